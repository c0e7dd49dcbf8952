//! A number as address books write it: taken apart into what is dialled and the extension behind it.

/// What to dial, and the extension to key in once connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// The number, with plain spaces and hyphens.
    pub(super) text: String,
    /// Digits to key in afterwards.
    pub(super) extension: Option<String>,
}

/// Reads `+44 20 7946 0958 x12`, `tel:+44-20-7946-0958;ext=12` (RFC 3966) and the like. Never fails: whether the rest can be
/// dialled is for `team::Number` to say.
pub(super) fn take_apart(raw: &str) -> Written {
    let text: String = raw.chars().map(plain).collect();
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    if let Some(scheme) = ["tel:", "sms:", "callto:"].iter().find(|scheme| lower.starts_with(**scheme)) {
        return uri(text.get(scheme.len()..).unwrap_or_default());
    }
    let (number, extension) = split_extension(text);
    Written { text: number.trim().to_owned(), extension }
}

/// Spaces and hyphens in all their shapes are one; telephones and word processors write them in place of each other.
fn plain(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => '-',
        '\u{FF0B}' => '+',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

fn uri(text: &str) -> Written {
    let decoded = percent_decoded(text.trim_start_matches('/'));
    let mut parts = decoded.split(';');
    let number = parts.next().unwrap_or_default().trim();
    let mut written = take_apart_plain(number);
    for parameter in parts {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if name.eq_ignore_ascii_case("ext") && !value.is_empty() {
            written.extension = Some(value.trim().to_owned());
        }
        // A local number with the country it is local to (RFC 3966, section 5.1.5); a domain says nothing about dialling.
        if name.eq_ignore_ascii_case("phone-context") && value.starts_with('+') && !written.text.starts_with('+') {
            written.text = format!("{value} {}", written.text);
        }
    }
    written
}

fn take_apart_plain(text: &str) -> Written {
    let (number, extension) = split_extension(text);
    Written { text: number.trim().to_owned(), extension }
}

/// Cuts `x12`, `ext. 12`, `;ext=12`, `#12`, `,12` and `p12` (a pause, then tones) off the end.
fn split_extension(text: &str) -> (&str, Option<String>) {
    let digits_from = text.char_indices().rev().take_while(|(_, c)| c.is_ascii_digit()).last().map(|(at, _)| at);
    let Some(from) = digits_from else { return (text, None) };
    let (before, extension) = text.split_at(from);
    let before = before.trim_end_matches([' ', '.', ':', '=']);
    let lower = before.to_ascii_lowercase();
    // The longest first: "extension" ends in "n", not in "ext".
    const MARKS: [&str; 11] = ["extension", "extn", "ext", "durchwahl", "poste", "x", ",", "p", "w", "#", ";"];
    let Some(mark) = MARKS.iter().find(|mark| lower.ends_with(**mark)) else { return (text, None) };
    let number = before.get(..before.len() - mark.len()).unwrap_or_default().trim_end_matches([' ', ',', ';', '.', '-']);
    // What is left must be long enough to be a number of its own, and the tail short enough to be an extension.
    if number.chars().filter(char::is_ascii_digit).count() < 4 || extension.len() > 8 {
        return (text, None);
    }
    (number, Some(extension.to_owned()))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = (byte == b'%').then(|| tail.get(..2)).flatten();
        let decoded = code.and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(decoded.unwrap_or(byte));
        rest = if decoded.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_in_every_spelling_come_off() {
        for (raw, text, extension) in [
            ("+44 20 7946 0958", "+44 20 7946 0958", None),
            ("+44 20 7946 0958 x12", "+44 20 7946 0958", Some("12")),
            ("(202) 555-0143 ext. 4711", "(202) 555-0143", Some("4711")),
            ("(202) 555-0143 Extension 7", "(202) 555-0143", Some("7")),
            ("+1 202 555 0143,,123", "+1 202 555 0143", Some("123")),
            ("+1 202 555 0143;ext=9", "+1 202 555 0143", Some("9")),
            ("tel:+1-202-555-0143;ext=12", "+1-202-555-0143", Some("12")),
            ("TEL:+1%20202%20555%200143", "+1 202 555 0143", None),
            ("tel:7700-900123;phone-context=+44", "+44 7700-900123", None),
            ("tel:863-1234;phone-context=example.com", "863-1234", None),
            ("+44\u{a0}7700\u{2011}900123", "+44 7700-900123", None),
            ("BusinessPhone", "BusinessPhone", None),
            ("1-800-FLOWERS", "1-800-FLOWERS", None),
            ("x12", "x12", None),
            ("*21*07700900123#", "*21*07700900123#", None),
            ("", "", None),
        ] {
            let written = take_apart(raw);
            assert_eq!((written.text.as_str(), written.extension.as_deref()), (text, extension), "{raw}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken_apart(text: String) {
            take_apart(&text);
            take_apart(&format!("tel:{text}"));
        }
    }
}
