//! One spelling for searching: case, accents and punctuation do not matter.

/// Folds a text for comparison: accents and letters beyond ASCII become their nearest ASCII spelling, case is dropped, and
/// whatever is neither letter nor digit becomes one space.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in deunicode::deunicode(text).chars() {
        if c.is_ascii_alphanumeric() {
            folded.push(c.to_ascii_lowercase());
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_does_not_matter() {
        for (text, folded) in [
            ("Łukasz Żółć", "lukasz zolc"),
            ("Søren  O'Neill-Groß", "soren o neill gross"),
            ("MÜLLER", "muller"),
            ("alice.okafor", "alice okafor"),
            ("@mia", "mia"),
            ("...", ""),
        ] {
            assert_eq!(fold(text), folded);
        }
    }
}
