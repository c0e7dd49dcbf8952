//! The known word that somebody probably meant.

/// The nearest of some known words, if one is near: at most one slip for every three letters.
///
/// Case, spaces and underscores do not count, so `Alice Okafor` finds `alice.okafor`.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = plain(word);
    let length = wanted.chars().count();
    // Ids and keys have at most 64 characters; what is longer is no slip of one.
    if length == 0 || length > 80 {
        return None;
    }
    let slips_max = (length / 3).max(1);
    known
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(wanted.len()) <= slips_max + 8)
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &plain(candidate)), candidate))
        .filter(|(slips, _)| *slips <= slips_max)
        .min()
        .map(|(_, candidate)| candidate)
}

fn plain(word: &str) -> String {
    word.trim().to_lowercase().replace([' ', '_', '-'], ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_what_was_meant_and_strangers_find_nothing() {
        let known = ["alice.okafor", "alan.whitfield", "bob.reyes"];
        for (word, meant) in [
            ("alcie.okafor", Some("alice.okafor")),
            ("Alice Okafor", Some("alice.okafor")),
            ("bob_reyes", Some("bob.reyes")),
            ("zoe", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
        assert_eq!(nearest("Europe/Londn", ["Europe/London", "Europe/Lisbon"]), Some("Europe/London"));
        assert_eq!(nearest(&"x".repeat(1_000_000), known), None);
    }
}
