//! Foreign text becomes text that may be stored: what drives a terminal, hides or reorders goes, and it is said (U76, D1 to D8).

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::team::{FIELD_CHARS_MAX, NOTE_BYTES_MAX, field_fault, is_invisible};

/// Most combining marks kept on one character; `team` refuses more.
const MARKS_MAX: usize = 4;

/// A text with every character that could not be shown as it is written as `\x1b` or `\u{202e}`.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if c.is_control() && u32::from(c) < 0x100 {
            out.push_str(&format!("\\x{:02x}", u32::from(c)));
        } else if is_invisible(c) || marks > MARKS_MAX {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// A single-line field and whether anything but white space was taken out of it.
///
/// Line ends and tabs become spaces, runs of them one; the rest is cut at [`FIELD_CHARS_MAX`] characters.
pub(super) fn field(text: &str) -> (String, bool) {
    let (plain, mut touched) = visible(text, false);
    let mut clean = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = clean.char_indices().nth(FIELD_CHARS_MAX) {
        clean.truncate(cut);
        clean.truncate(clean.trim_end().len());
        touched = true;
    }
    debug_assert!(clean.is_empty() || field_fault(&clean).is_none(), "{clean:?}");
    (clean, touched)
}

/// A note of several lines and whether anything but white space was taken out of it.
pub(super) fn note(text: &str) -> (String, bool) {
    let (plain, mut touched) = visible(&text.replace("\r\n", "\n").replace('\r', "\n"), true);
    let mut clean = plain.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned();
    if clean.len() > NOTE_BYTES_MAX {
        let cut = (0..=NOTE_BYTES_MAX).rev().find(|&at| clean.is_char_boundary(at)).unwrap_or(0);
        clean.truncate(cut);
        clean.truncate(clean.trim_end().len());
        touched = true;
    }
    (clean, touched)
}

/// The text without terminal sequences, control and invisible characters and piled-up marks; composed (NFC), so that the
/// same name from a Mac and from a phone is the same text.
fn visible(text: &str, lines: bool) -> (String, bool) {
    let mut touched = false;
    let mut plain = String::with_capacity(text.len());
    for c in without_sequences(text, &mut touched).chars() {
        match c {
            '\n' if lines => plain.push('\n'),
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => plain.push(' '),
            c if c.is_control() || is_invisible(c) => touched = true,
            c if c.is_whitespace() => plain.push(' '),
            c => plain.push(c),
        }
    }
    // Marks are counted last: what stood between them may be gone.
    let (mut out, mut marks) = (String::with_capacity(plain.len()), 0);
    for c in plain.nfc() {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if marks > MARKS_MAX { touched = true } else { out.push(c) }
    }
    (out, touched)
}

/// Whole terminal sequences go (ECMA-48: CSI, and OSC, DCS, APC, PM, SOS up to their end), so that no `[2J` stays behind.
fn without_sequences(text: &str, touched: &mut bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let introducer = match c {
            '\u{1b}' => rest.clone().next(),
            '\u{9b}' => Some('['),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => Some(']'),
            _ => {
                out.push(c);
                continue;
            }
        };
        *touched = true;
        let after = if c == '\u{1b}' { skip(rest.clone(), 1) } else { rest.clone() };
        rest = match introducer {
            Some('[') => after_csi(after),
            // Without an end nothing but the introducer belongs to it: the rest may be a name.
            Some(']' | 'P' | 'X' | '^' | '_') => after_string(after.clone()).unwrap_or(after),
            Some(' '..='~') => after,
            _ => rest,
        };
    }
    out
}

fn skip(mut chars: std::str::Chars<'_>, count: usize) -> std::str::Chars<'_> {
    for _ in 0..count {
        chars.next();
    }
    chars
}

fn after_csi(mut chars: std::str::Chars<'_>) -> std::str::Chars<'_> {
    loop {
        let mut ahead = chars.clone();
        match ahead.next() {
            Some(' '..='?') => chars = ahead,
            Some('@'..='~') => return ahead,
            _ => return chars,
        }
    }
}

fn after_string(mut chars: std::str::Chars<'_>) -> Option<std::str::Chars<'_>> {
    while let Some(c) = chars.next() {
        match c {
            '\u{7}' | '\u{9c}' => return Some(chars),
            '\u{1b}' => return Some(skip(chars.clone(), usize::from(chars.clone().next() == Some('\\')))),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_drives_a_terminal_stays() {
        for (foreign, stored) in [
            ("Bob\u{1b}[2J\u{1b}[1;31m Reyes", "Bob Reyes"),
            ("Bob\u{9b}2J", "Bob"),
            ("Bob\u{1b}]52;c;aGk=\u{7} Reyes", "Bob Reyes"),
            ("Bob\u{1b}]8;;https://example.com\u{1b}\\link\u{1b}]8;;\u{1b}\\", "Boblink"),
            ("Bob\u{1b}]0;never ended", "Bob0;never ended"),
            ("Bob\u{1b}cReyes", "BobReyes"),
            ("Bob\u{1b}", "Bob"),
            ("\u{202E}seyeR boB\u{202C}", "seyeR boB"),
            ("Anna\u{200B}\u{FEFF}", "Anna"),
        ] {
            assert_eq!(field(foreign), (stored.to_owned(), true), "{foreign:?}");
        }
        assert_eq!(field("Bob\nVERIFIED\tby  root"), ("Bob VERIFIED by root".into(), false));
        assert_eq!(field("Zoe\u{308} d\u{2019}Arc"), ("Zoë d’Arc".into(), false));
        let (piled, touched) = field(&format!("a{}", "\u{301}".repeat(500)));
        assert!(touched && field_fault(&piled).is_none());
        assert_eq!(field(&"x".repeat(300)), ("x".repeat(256), true));
    }

    #[test]
    fn marks_do_not_pile_up_where_something_hidden_stood_between_them() {
        let marks = "\u{301}".repeat(4);
        let (piled, touched) = field(&format!("a{marks}\u{200B}{marks}\u{7}{marks}"));
        assert!(touched && field_fault(&piled).is_none(), "{piled:?}");
        // What is together now is one letter, as everywhere else.
        assert_eq!(field("Zoe\u{200B}\u{308}"), ("Zoë".into(), true));
    }

    #[test]
    fn notes_keep_their_lines() {
        assert_eq!(note("1. stop\r\n2. start\u{7}\r\n"), ("1. stop\n2. start".into(), true));
    }

    #[test]
    fn what_was_taken_out_can_be_seen() {
        assert_eq!(escaped("Bob\u{1b}[2J\u{9b}\u{202E}é\n"), "Bob\\x1b[2J\\x9b\\u{202e}é\\x0a");
    }

    proptest::proptest! {
        #[test]
        fn cleaned_text_may_be_stored(text: String) {
            let (clean, _) = field(&text);
            proptest::prop_assert!(clean.is_empty() || field_fault(&clean).is_none());
            proptest::prop_assert_eq!(field(&clean), (clean.clone(), false));
            let (clean, _) = note(&text);
            proptest::prop_assert!(crate::team::note_fault(&clean).is_none());
            proptest::prop_assert_eq!(note(&clean).0, clean);
        }
    }
}
