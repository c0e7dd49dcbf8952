//! Which text may stand in a field: what could hide, reorder or overprint something on a screen may not.

use unicode_normalization::char::is_combining_mark;

/// Longest single-line field, in characters (docs/format.md, "Limits").
pub const FIELD_CHARS_MAX: usize = 256;
/// Longest note, in bytes (docs/format.md, "Limits").
pub const NOTE_BYTES_MAX: usize = 64 * 1024;
/// Most combining marks on one base character: Vietnamese needs 2, pointed Hebrew 3.
const MARKS_MAX: usize = 4;

/// Why a text may not be shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Nothing but white space.
    #[error("it is empty")]
    Empty,
    /// More than [`FIELD_CHARS_MAX`] characters.
    #[error("it has {0} characters, the most is {FIELD_CHARS_MAX}")]
    TooLong(usize),
    /// More than [`NOTE_BYTES_MAX`] bytes.
    #[error("it has {0} bytes, the most is {NOTE_BYTES_MAX}")]
    NoteTooLong(usize),
    /// A line end in a single-line field.
    #[error("it has a line end in it")]
    LineEnd,
    /// A control character: it could drive the terminal.
    #[error("it has the control character U+{:04X} in it", u32::from(*.0))]
    Control(char),
    /// A character that reorders, hides or joins text.
    #[error("it has the invisible character U+{:04X} in it", u32::from(*.0))]
    Invisible(char),
    /// Marks piled up on one character.
    #[error("it piles more than {MARKS_MAX} marks on one character")]
    Marks,
}

/// What is wrong with a single-line field, if anything.
pub fn field_fault(text: &str) -> Option<TextFault> {
    if text.trim().is_empty() {
        return Some(TextFault::Empty);
    }
    let chars = text.chars().count();
    if chars > FIELD_CHARS_MAX {
        return Some(TextFault::TooLong(chars));
    }
    if text.contains(['\n', '\r']) {
        return Some(TextFault::LineEnd);
    }
    character_fault(text)
}

/// What is wrong with a note of several lines, if anything.
pub fn note_fault(text: &str) -> Option<TextFault> {
    if text.len() > NOTE_BYTES_MAX {
        return Some(TextFault::NoteTooLong(text.len()));
    }
    text.lines().find_map(|line| character_fault(&line.replace('\t', " ")))
}

fn character_fault(text: &str) -> Option<TextFault> {
    let mut marks = 0;
    for c in text.chars() {
        if c.is_control() {
            return Some(TextFault::Control(c));
        }
        if is_invisible(c) {
            return Some(TextFault::Invisible(c));
        }
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if marks > MARKS_MAX {
            return Some(TextFault::Marks);
        }
    }
    None
}

/// Format characters (Unicode category Cf), line and paragraph separators, variation selectors, private use and
/// noncharacters: all that takes no room of its own but changes how other text looks (Unicode 17, CVE-2021-42574).
pub fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0x00AD | 0x034F | 0x0600..=0x0605 | 0x061C | 0x06DD | 0x070F | 0x0890..=0x0891 | 0x08E2
        | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xE000..=0xF8FF
        | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0xFFFE..=0xFFFF
        | 0x110BD | 0x110CD | 0x13430..=0x1345F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
        | 0xE0000..=0x10FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_many_scripts_are_fine() {
        for good in ["Alice Okafor", "Łukasz Żółć", "Nguyễn Thị Bích", "李小龍", "محمد علي", "שָׁלוֹם", "Zoë d’Arc", "नेहा शर्मा"]
        {
            assert_eq!(field_fault(good), None, "{good}");
        }
    }

    #[test]
    fn what_drives_terminals_or_hides_is_named() {
        assert_eq!(field_fault("a\u{1b}[2J"), Some(TextFault::Control('\u{1b}')));
        assert_eq!(field_fault("a\u{9b}2J"), Some(TextFault::Control('\u{9b}')));
        assert_eq!(field_fault("Bob\nVERIFIED"), Some(TextFault::LineEnd));
        for bidi in ['\u{202A}', '\u{202E}', '\u{2066}', '\u{2069}', '\u{200F}', '\u{061C}', '\u{200B}', '\u{E0041}'] {
            assert_eq!(field_fault(&format!("a{bidi}b")), Some(TextFault::Invisible(bidi)));
        }
        assert_eq!(field_fault(&format!("a{}", "\u{301}".repeat(500))), Some(TextFault::TooLong(501)));
        assert_eq!(field_fault(&format!("a{}", "\u{301}".repeat(50))), Some(TextFault::Marks));
        assert_eq!(field_fault("  "), Some(TextFault::Empty));
        assert_eq!(note_fault("1. stop\n\t2. start\n"), None);
        assert_eq!(note_fault("run this\r\u{8}"), Some(TextFault::Control('\r')));
    }
}
