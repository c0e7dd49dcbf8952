//! Lines and properties: folding, quoted-printable soft breaks, parameters, escapes.

use super::{
    super::charset::{self, UnknownCharset},
    Marker,
};

/// One line of the file without its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: usize,
    pub(super) bytes: &'a [u8],
}

/// One property: `group.NAME;PARAMETER=VALUE:value`.
#[derive(Debug)]
pub(super) struct Property {
    /// Line where it begins.
    pub(super) line: usize,
    /// `item1`, in lower case; empty without one.
    pub(super) group: String,
    /// In upper case.
    pub(super) name: String,
    /// Values of TYPE and bare parameters (2.1), in upper case.
    pub(super) types: Vec<String>,
    /// 1 is the most preferred; 101 when nothing is said. TYPE=pref and a bare PREF are 1 (RFC 6350, section 5.3).
    pub(super) preference: u8,
    charset: Option<String>,
    value: Vec<u8>,
}

/// What a stretch of lines turned out to be.
#[derive(Debug)]
pub(super) enum Piece {
    Property(Property),
    /// A line that is no property.
    Stray(usize, Vec<u8>),
}

/// Splits at LF, CR LF, CR, and the CR CR LF of files converted twice.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut rest = Some(bytes).filter(|bytes| !bytes.is_empty());
    let mut number = 0;
    std::iter::from_fn(move || {
        let text = rest?;
        number += 1;
        let Some(end) = text.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
            rest = None;
            return Some(Line { number, bytes: text });
        };
        let (line, tail) = text.split_at(end);
        let returns = tail.iter().take_while(|&&byte| byte == b'\r').count();
        let break_bytes = if tail.get(returns) == Some(&b'\n') { returns + 1 } else { 1 };
        rest = tail.get(break_bytes..).filter(|tail| !tail.is_empty());
        Some(Line { number, bytes: line })
    })
}

/// The properties of one card. Binary values are dropped here, undecoded.
pub(super) fn pieces(lines: &[Line<'_>]) -> Vec<Piece> {
    // 2.1 folds at white space that belongs to the text; 3.0 and 4.0 anywhere, with one white space that does not.
    let keep_space = lines.iter().any(|line| line.bytes.trim_ascii().eq_ignore_ascii_case(b"VERSION:2.1"));
    let mut pieces = Vec::new();
    let mut rest = lines.iter().peekable();
    while let Some(first) = rest.next() {
        if first.is_blank() {
            continue;
        }
        let mut text = first.bytes.to_vec();
        let mut head = Head::read(&text);
        while let Some(next) = rest.peek() {
            if head.as_ref().is_some_and(|head| head.quoted_printable) && text.trim_ascii_end().ends_with(b"=") {
                text.truncate(text.trim_ascii_end().len() - 1);
                text.extend_from_slice(next.bytes);
            } else if next.is_folded() && !(next.is_blank() && head.as_ref().is_some_and(|head| head.binary)) {
                text.extend_from_slice(if keep_space { next.bytes } else { next.bytes.get(1..).unwrap_or_default() });
            } else if head.as_ref().is_some_and(|head| head.binary) && next.is_base64() {
                // Outlook and old phones do not indent; an empty line or the next property ends it.
            } else {
                break;
            }
            rest.next();
            if head.is_none() {
                head = Head::read(&text);
            }
        }
        match head.or_else(|| Head::read_unquoted(&text)) {
            Some(head) if head.binary => {}
            Some(head) => pieces.push(Piece::Property(head.property(first.number, &text))),
            None => pieces.push(Piece::Stray(first.number, text)),
        }
    }
    pieces
}

impl Line<'_> {
    pub(super) fn is_blank(&self) -> bool {
        self.bytes.trim_ascii().is_empty()
    }

    pub(super) fn marker(&self) -> Option<Marker> {
        if self.is_folded() {
            return None;
        }
        let colon = self.bytes.iter().position(|&byte| byte == b':')?;
        let (name, value) = self.bytes.split_at(colon);
        if !value.get(1..)?.trim_ascii().eq_ignore_ascii_case(b"VCARD") {
            return None;
        }
        match name.trim_ascii().to_ascii_uppercase().as_slice() {
            b"BEGIN" => Some(Marker::Begin),
            b"END" => Some(Marker::End),
            _ => None,
        }
    }

    fn is_folded(&self) -> bool {
        matches!(self.bytes.first(), Some(b' ' | b'\t'))
    }

    fn is_base64(&self) -> bool {
        let text = self.bytes.trim_ascii();
        !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
    }
}

/// Everything before the value.
#[derive(Debug)]
struct Head {
    bytes: usize,
    group: String,
    name: String,
    types: Vec<String>,
    preference: u8,
    charset: Option<String>,
    quoted_printable: bool,
    binary: bool,
}

impl Head {
    /// Reads up to the colon; `None` when there is none yet or what stands before it is no name.
    fn read(text: &[u8]) -> Option<Self> {
        Self::until(text, unquoted(text, b':').next()?)
    }

    /// Like [`Head::read`], for a whole line in which a quotation mark has no partner.
    fn read_unquoted(text: &[u8]) -> Option<Self> {
        Self::until(text, text.iter().position(|&byte| byte == b':')?)
    }

    fn until(text: &[u8], colon: usize) -> Option<Self> {
        let before = String::from_utf8_lossy(text.get(..colon)?).into_owned();
        let mut parts = split_unquoted(&before, b';').into_iter();
        let full_name = parts.next()?.trim();
        let (group, name) = full_name.rsplit_once('.').unwrap_or(("", full_name));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
        if name.is_empty() || !name.chars().all(plain) {
            return None;
        }
        let mut head = Self {
            bytes: colon + 1,
            group: group.to_ascii_lowercase(),
            name: name.to_ascii_uppercase(),
            types: Vec::new(),
            preference: 101,
            charset: None,
            quoted_printable: false,
            binary: false,
        };
        for part in parts {
            match part.split_once('=') {
                Some((name, value)) => head.parameter(&name.trim().to_ascii_uppercase(), value.trim()),
                None => head.bare(part.trim()),
            }
        }
        let data_uri = text.get(head.bytes..).is_some_and(|value| value.trim_ascii_start().starts_with(b"data:"));
        head.binary |= data_uri || matches!(head.name.as_str(), "PHOTO" | "LOGO" | "SOUND" | "KEY" | "AGENT");
        Some(head)
    }

    fn parameter(&mut self, name: &str, value: &str) {
        match name {
            "TYPE" => value.split(',').for_each(|one| self.bare(one.trim_matches(['"', ' ', '\t']))),
            "ENCODING" => self.bare(value.trim_matches('"')),
            "CHARSET" => self.charset = Some(value.trim_matches('"').to_owned()),
            "PREF" => self.preference = value.trim_matches('"').parse().unwrap_or(100).clamp(1, 100),
            _ => {}
        }
    }

    fn bare(&mut self, value: &str) {
        match value.to_ascii_uppercase().as_str() {
            "QUOTED-PRINTABLE" | "Q" => self.quoted_printable = true,
            "BASE64" | "B" => self.binary = true,
            "PREF" => self.preference = self.preference.min(1),
            "8BIT" | "7BIT" | "" => {}
            other => self.types.push(other.to_owned()),
        }
    }

    fn property(self, line: usize, text: &[u8]) -> Property {
        let raw = text.get(self.bytes..).unwrap_or_default();
        Property {
            line,
            group: self.group,
            name: self.name,
            types: self.types,
            preference: self.preference,
            charset: self.charset,
            value: if self.quoted_printable { quoted_printable(raw) } else { raw.to_vec() },
        }
    }
}

impl Property {
    /// The value as text, escapes resolved, and whether its character set had to be guessed.
    ///
    /// # Errors
    /// [`UnknownCharset`].
    pub(super) fn text(&self) -> Result<(String, bool), UnknownCharset> {
        let (raw, guessed) = charset::decode(&self.value, self.charset.as_deref())?;
        Ok((unescaped(&raw), guessed))
    }

    /// The parts of a structured value (N, ORG), escapes resolved.
    ///
    /// # Errors
    /// [`UnknownCharset`].
    pub(super) fn parts(&self, separator: u8) -> Result<Vec<String>, UnknownCharset> {
        let (raw, _) = charset::decode(&self.value, self.charset.as_deref())?;
        Ok(split_unescaped(&raw, separator).iter().map(|part| unescaped(part)).collect())
    }

    /// Whether one of its types is this.
    pub(super) fn is(&self, one: &str) -> bool {
        self.types.iter().any(|known| known == one)
    }
}

/// RFC 2045, section 6.7; what is no code stays as it is.
fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        let digit = |at: usize| tail.get(at).and_then(|&hex| char::from(hex).to_digit(16)).and_then(|hex| u8::try_from(hex).ok());
        match (byte, digit(0), digit(1)) {
            (b'=', Some(high), Some(low)) => {
                out.push(high << 4 | low);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    out
}

/// `\n`, `\,`, `\;`, `\:` and `\\`; other backslashes are what people typed.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let next = if c == '\\' { chars.clone().next() } else { None };
        match next {
            Some('n' | 'N') => out.push('\n'),
            Some(literal @ (',' | ';' | ':' | '\\' | '"')) => out.push(literal),
            _ => {
                out.push(c);
                continue;
            }
        }
        chars.next();
    }
    out
}

fn split_unescaped(text: &str, separator: u8) -> Vec<&str> {
    let mut escaped = false;
    let stops = text.bytes().enumerate().filter_map(move |(at, byte)| {
        let stop = byte == separator && !escaped;
        escaped = byte == b'\\' && !escaped;
        stop.then_some(at)
    });
    cut(text, stops)
}

fn split_unquoted(text: &str, separator: u8) -> Vec<&str> {
    cut(text, unquoted(text.as_bytes(), separator))
}

fn unquoted(text: &[u8], wanted: u8) -> impl Iterator<Item = usize> {
    let mut quoted = false;
    text.iter().enumerate().filter_map(move |(at, &byte)| {
        quoted ^= byte == b'"';
        (byte == wanted && !quoted).then_some(at)
    })
}

/// Cuts at ASCII characters, which are never inside another one in UTF-8.
fn cut(text: &str, stops: impl Iterator<Item = usize>) -> Vec<&str> {
    let mut from = 0;
    let mut parts = Vec::new();
    for at in stops {
        parts.push(text.get(from..at).unwrap_or_default());
        from = at + 1;
    }
    parts.push(text.get(from..).unwrap_or_default());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(text: &str) -> Vec<(String, String)> {
        let lines: Vec<_> = lines(text.as_bytes()).collect();
        let read = |piece: Piece| match piece {
            Piece::Property(property) => (property.name.clone(), property.text().expect("a known set").0),
            Piece::Stray(line, _) => ("stray".into(), line.to_string()),
        };
        pieces(&lines).into_iter().map(read).collect()
    }

    #[test]
    fn lines_end_in_four_ways() {
        for text in ["A:1\nB:2\n", "A:1\r\nB:2", "A:1\rB:2\r", "A:1\r\r\nB:2\r\r\n"] {
            assert_eq!(properties(text), [("A".into(), "1".into()), ("B".into(), "2".into())], "{text:?}");
        }
    }

    #[test]
    fn both_kinds_of_folding_are_undone() {
        for (text, value) in [
            ("NOTE:one\n  two\n\tthree", "one twothree"),
            ("NOTE;ENCODING=QUOTED-PRINTABLE:M=C3=\n=BCller =3D 1=\n;2", "Müller = 1;2"),
            ("note;quoted-printable:a=\r\n b", "a b"),
            ("NOTE;X-A=\"a:b;c\";LANGUAGE=\n de:x", "x"),
            ("NOTE;X-A=\"b:x", "x"),
            ("NOTE:a\\nb\\, c\\; d\\\\e C:\\temp", "a\nb, c; d\\e C:\\temp"),
        ] {
            assert_eq!(properties(text), [("NOTE".into(), value.into())], "{text:?}");
        }
        assert_eq!(properties("VERSION:2.1\nNOTE:one\n two").last().map(|(_, text)| text.as_str()), Some("one two"));
    }

    #[test]
    fn binary_values_are_passed_over_in_every_shape() {
        for photo in [
            "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\n /9j/4AAQ\n",
            "PHOTO;TYPE=JPEG;ENCODING=BASE64:\n /9j/4AAQ\n /9j=\n\n",
            "PHOTO;JPEG;BASE64:/9j/4AAQ\n/9j/4AAQ\n/9==\n\n",
            "X-PICTURE;ENCODING=BASE64:/9j/\n/9j/\n",
            "PHOTO:data:image/jpeg;base64,/9j/\n /9j/\n",
            "PHOTO;VALUE=uri:https://example.com/a.jpg\n",
        ] {
            assert_eq!(properties(&format!("{photo}TEL:1\n")), [("TEL".into(), "1".into())], "{photo:?}");
        }
    }

    #[test]
    fn preference_has_three_spellings() {
        let preference = |head: &str| Head::read(head.as_bytes()).map(|head| head.preference);
        assert_eq!(preference("TEL;PREF;CELL:1"), Some(1));
        assert_eq!(preference("TEL;type=CELL;type=pref:1"), Some(1));
        assert_eq!(preference("TEL;TYPE=\"cell,voice\";PREF=3:1"), Some(3));
        assert_eq!(preference("TEL:1"), Some(101));
    }

    #[test]
    fn what_is_no_property_is_named() {
        assert_eq!(properties("just text\nTEL:1"), [("stray".into(), "1".into()), ("TEL".into(), "1".into())]);
        assert_eq!(properties("my phone: 1"), [("stray".into(), "1".into())]);
    }
}
