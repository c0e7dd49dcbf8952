//! The words of a command, as a person writes them in one line: quotes, and nothing else of a shell.

/// Characters that only a shell would make something of.
const SHELL: &[char] = &['|', '&', ';', '<', '>', '(', ')', '$', '`', '*', '?', '[', '#', '~', '\n', '\r'];

/// Splits a line at its spaces. What stands in quotes stays together; a backslash takes the next character as it is, but
/// not in single quotes.
///
/// # Errors
/// What is wrong with the line, in words.
pub fn words(line: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some('"') | None, '\\') => {
                let next = chars.next().ok_or("it ends in a backslash")?;
                word.get_or_insert_default().push(next);
            }
            (Some(_), _) => word.get_or_insert_default().push(c),
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ' | '\t') => words.extend(word.take()),
            (None, _) if SHELL.contains(&c) => {
                return Err("it is run without a shell, so | & ; < > $ * ~ and the like mean nothing: put them into a script");
            }
            (None, _) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed");
    }
    words.extend(word);
    if words.iter().any(|word| word.contains('\0')) {
        return Err("a word cannot hold a NUL");
    }
    if words.is_empty() { Err("it is empty") } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_words_together_and_a_shell_is_not_there() {
        for (line, expected) in [
            ("aws configure export-credentials", &["aws", "configure", "export-credentials"][..]),
            ("  /opt/a\\ b  'x y'\"z\" ''", &["/opt/a b", "x yz", ""]),
            (r#""a \"b\" \\" 'c\d|e;$(f)'"#, &[r#"a "b" \"#, r"c\d|e;$(f)"]),
            (r"\$HOME", &["$HOME"]),
        ] {
            assert_eq!(words(line).unwrap(), expected, "{line}");
        }
        for line in ["", "  ", "'a", "\"a", "a\\", "a | b", "a; b", "$(id)", "`id`", "a > b", "~/x", "a\nb", "a \0"] {
            assert!(words(line).is_err(), "{line:?}");
        }
    }
}
