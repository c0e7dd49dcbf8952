//! Bytes to text: UTF-8, UTF-16 by its mark, and the two single-byte sets that mail programs still write.

use std::borrow::Cow;

/// A character set that is not read here, and whose bytes cannot be guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnknownCharset(pub(super) String);

/// The whole file as bytes in which ASCII is ASCII: UTF-16 becomes UTF-8, a byte order mark goes.
pub(super) fn ascii_compatible(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Cow::Borrowed(rest),
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)),
        // Without a mark the first letter of BEGIN gives it away.
        [b'B' | b'b', 0, b'E' | b'e', 0, ..] => Cow::Owned(utf16(bytes, u16::from_le_bytes)),
        [0, b'B' | b'b', 0, b'E' | b'e', ..] => Cow::Owned(utf16(bytes, u16::from_be_bytes)),
        _ => Cow::Borrowed(bytes),
    }
}

/// What one value says, and whether its bytes were not what they were declared to be.
///
/// Undeclared bytes that are not UTF-8 are read as Windows-1252, which is what desktop programs without a declaration write.
///
/// # Errors
/// [`UnknownCharset`] when the declared set is not known and the bytes are not UTF-8 either.
pub(super) fn decode(bytes: &[u8], declared: Option<&str>) -> Result<(String, bool), UnknownCharset> {
    let name = declared.unwrap_or("utf-8").trim_matches('"').to_ascii_lowercase().replace('_', "-");
    let as_utf8 = || std::str::from_utf8(bytes).ok().map(str::to_owned);
    match name.as_str() {
        "iso-8859-1" | "iso8859-1" | "latin1" | "latin-1" | "windows-1252" | "cp1252" => Ok((windows_1252(bytes), false)),
        "iso-8859-15" | "iso8859-15" | "latin9" => Ok((latin_9(bytes), false)),
        "utf-8" | "utf8" | "us-ascii" | "ascii" | "" => {
            Ok(as_utf8().map_or_else(|| (windows_1252(bytes), true), |text| (text, false)))
        }
        _ => as_utf8().map(|text| (text, false)).ok_or(UnknownCharset(name)),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let units = bytes.chunks_exact(2).filter_map(|pair| Some(unit(pair.try_into().ok()?)));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>().into_bytes()
}

/// Windows-1252, a superset of ISO-8859-1 where that has control characters (WHATWG Encoding, "index windows-1252").
fn windows_1252(bytes: &[u8]) -> String {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘', '’', '“',
        '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    let high = |byte: u8| FROM_80.get(usize::from(byte).wrapping_sub(0x80)).copied();
    bytes.iter().map(|&byte| high(byte).unwrap_or(char::from(byte))).collect()
}

fn latin_9(bytes: &[u8]) -> String {
    let one = |byte: u8| match byte {
        0xA4 => '€',
        0xA6 => 'Š',
        0xA8 => 'š',
        0xB4 => 'Ž',
        0xB8 => 'ž',
        0xBC => 'Œ',
        0xBD => 'œ',
        0xBE => 'Ÿ',
        other => char::from(other),
    };
    bytes.iter().map(|&byte| one(byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_sets_are_followed_and_undeclared_bytes_guessed() {
        assert_eq!(decode("Müller".as_bytes(), None), Ok(("Müller".into(), false)));
        assert_eq!(decode(b"M\xFCller \x80", Some("ISO-8859-1")), Ok(("Müller €".into(), false)));
        assert_eq!(decode(b"M\xFCller", None), Ok(("Müller".into(), true)));
        assert_eq!(decode(b"\xA4", Some("iso-8859-15")), Ok(("€".into(), false)));
        assert_eq!(decode(b"\x93\xFA", Some("Shift_JIS")), Err(UnknownCharset("shift-jis".into())));
        assert_eq!(decode(b"plain", Some("Shift_JIS")), Ok(("plain".into(), false)));
    }

    #[test]
    fn utf_16_is_found_with_and_without_its_mark() {
        let text = "BEGIN:VCARD Ä";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [le.clone(), be.clone(), [vec![0xFF, 0xFE], le].concat(), [vec![0xFE, 0xFF], be].concat()] {
            assert_eq!(&*ascii_compatible(&bytes), text.as_bytes());
        }
    }
}
