//! Names of the files that are written: short, plain, and the same on every system, whatever a team is called.

/// Most characters of what a name is made from.
const SLUG_CHARS_MAX: usize = 48;

/// The name of a file: of what (a team's name, an id), what it holds, and its ending. Only `a-z`, `0-9`, `-` and the dot of the
/// ending; never a path, never a name that a system keeps for itself.
pub fn file_name(of: &str, what: &str, ending: &str) -> String {
    format!("{}-{what}.{ending}", slug(of))
}

/// Letters without their accents, digits, and one `-` for everything between.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in deunicode::deunicode(text).chars() {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() == SLUG_CHARS_MAX {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "kit".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether every system takes a name as just a name.
    fn is_safe(name: &str) -> bool {
        let stem = name.split('.').next().unwrap_or_default();
        let kept = ["con", "prn", "aux", "nul", "conin$", "conout$"].contains(&stem)
            || (stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")));
        let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.'));
        plain && !kept && !name.starts_with(['-', '.']) && !name.ends_with(['-', '.']) && name.len() <= 80 && !name.contains("..")
    }

    #[test]
    fn d16_whatever_a_team_is_called_its_file_has_a_plain_name() {
        let mut corpus: Vec<String> = [
            "Acme",
            "../../etc/passwd",
            "..\\..\\windows",
            "C:\\boot.ini",
            "/",
            "\\\\server\\share",
            "",
            " ",
            ".",
            "..",
            "...",
            "-rf",
            "--out",
            "~",
            "~root",
            "$HOME",
            "`id`",
            "$(id)",
            "a;b",
            "a|b",
            "a&b",
            "a>b",
            "a\"b",
            "a'b",
            "a*b",
            "a?b",
            "name.",
            "name ",
            " name",
            "a:b",
            "a::$DATA",
            "file.txt:stream",
            "\u{202e}fdp.exe",
            "Zoë & Co. KG",
            "李小龍",
            "محمد",
            "🚑",
            "a\tb",
            "a\nb",
            "a\rb",
            "a\u{7f}b",
            "%2e%2e%2f",
            "..%c0%af",
            "café",
            "ＣＯＮ",
            "ＮＵＬ．txt",
        ]
        .map(str::to_owned)
        .into();
        for word in ["con", "CON", "Prn", "aux", "nul", "com1", "COM9", "lpt1", "LPT9", "conin$", "clock$"] {
            corpus.extend([word.to_owned(), format!("{word}.txt"), format!("{word}."), format!(" {word}"), format!("{word}-")]);
        }
        corpus.extend((0..=0x1f).chain(0x7f..=0x9f).filter_map(char::from_u32).map(|c| format!("a{c}../b")));
        corpus.extend([47, 48, 49, 255, 256, 300, 4096].map(|length| "x".repeat(length)));
        corpus.extend((1..20).map(|depth| "../".repeat(depth) + "x"));
        assert!(corpus.len() >= 200 - 20, "{}", corpus.len());
        for name in &corpus {
            for (what, ending) in [("people", "vcf"), ("calendar", "ics"), ("contacts", "csv")] {
                let name = file_name(name, what, ending);
                assert!(is_safe(&name), "{name:?}");
            }
        }
        assert!(!is_safe("con.csv") && !is_safe("../x") && !is_safe("-x") && !is_safe("x."));
        assert_eq!(file_name("Zoë & Co. KG", "people", "vcf"), "zoe-co-kg-people.vcf");
        assert_eq!(file_name("alice.okafor", "contact", "vcf"), "alice-okafor-contact.vcf");
        assert_eq!(file_name("../", "contacts", "csv"), "kit-contacts.csv");
    }
}
