//! What the bytes of a terminal mean: keys, as they are typed.

/// One key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Key {
    /// A character of the text.
    Char(char),
    /// Take away the last character.
    Backspace,
    /// Take away the last word: Ctrl-W.
    Word,
    /// Take away everything: Ctrl-U.
    Line,
    /// One row up: the arrow, or Ctrl-P.
    Up,
    /// One row down: the arrow, or Ctrl-N.
    Down,
    /// To the right: the arrow.
    Right,
    /// To the left: the arrow.
    Left,
    /// A screenful up.
    PageUp,
    /// A screenful down.
    PageDown,
    /// The first row.
    Home,
    /// The last row.
    End,
    /// This one.
    Enter,
    /// The other view.
    Tab,
    /// Leave: Esc, or Ctrl-D.
    Escape,
    /// Break off: Ctrl-C.
    Interrupt,
    /// Stop for now: Ctrl-Z.
    Suspend,
    /// A key that means nothing here.
    Other,
}

/// What the first bytes mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Decoded {
    /// A key, and of how many bytes it is.
    Key(Key, usize),
    /// The beginning of something longer, unless nothing follows soon.
    Unfinished,
}

/// Longest sequence of a key that is waited for, in bytes.
const SEQUENCE_BYTES_MAX: usize = 16;

/// Reads one key off the front of what was typed, which is not empty; `is_all` says that nothing follows, so that a lone
/// escape is the key Esc and half a character is a letter of an old character set.
pub(in crate::cli) fn decode(typed: &[u8], is_all: bool) -> Decoded {
    let key = |key| Decoded::Key(key, 1);
    match typed {
        [] => Decoded::Unfinished,
        [0x1b, rest @ ..] => escape_sequence(rest, is_all),
        [0x03, ..] => key(Key::Interrupt),
        [0x04, ..] => key(Key::Escape),
        [0x08 | 0x7f, ..] => key(Key::Backspace),
        [b'\t', ..] => key(Key::Tab),
        [b'\r' | b'\n', ..] => key(Key::Enter),
        [0x0e, ..] => key(Key::Down),
        [0x10, ..] => key(Key::Up),
        [0x15, ..] => key(Key::Line),
        [0x17, ..] => key(Key::Word),
        [0x1a, ..] => key(Key::Suspend),
        [0x00..0x20, ..] => key(Key::Other),
        [first @ 0x20..0x80, ..] => key(Key::Char(char::from(*first))),
        [first, ..] => character(typed, *first, is_all),
    }
}

/// What follows an escape.
fn escape_sequence(rest: &[u8], is_all: bool) -> Decoded {
    match rest {
        [] if is_all => Decoded::Key(Key::Escape, 1),
        [] | [b'[' | b'O'] if !is_all => Decoded::Unfinished,
        [0x1b, ..] => Decoded::Key(Key::Escape, 1),
        [b'O', last, ..] => Decoded::Key(named(&[], *last), 3),
        [b'[', sequence @ ..] => match sequence.iter().position(|byte| (0x40..0x7f).contains(byte)) {
            Some(end) => {
                let (parameters, last) =
                    (sequence.get(..end).unwrap_or_default(), sequence.get(end).copied().unwrap_or_default());
                Decoded::Key(named(parameters, last), end + 3)
            }
            None if is_all || sequence.len() > SEQUENCE_BYTES_MAX => Decoded::Key(Key::Other, rest.len() + 1),
            None => Decoded::Unfinished,
        },
        // A key together with Alt.
        _ => Decoded::Key(Key::Other, 2),
    }
}

/// The key of a sequence, as xterm and its many followers send it.
fn named(parameters: &[u8], last: u8) -> Key {
    match (parameters, last) {
        (_, b'A') => Key::Up,
        (_, b'B') => Key::Down,
        (_, b'C') => Key::Right,
        (_, b'D') => Key::Left,
        (_, b'H') | (b"1" | b"7", b'~') => Key::Home,
        (_, b'F') | (b"4" | b"8", b'~') => Key::End,
        (b"5", b'~') => Key::PageUp,
        (b"6", b'~') => Key::PageDown,
        _ => Key::Other,
    }
}

/// A character beyond ASCII: of UTF-8, or of Latin 1 when the bytes are none.
fn character(typed: &[u8], first: u8, is_all: bool) -> Decoded {
    let length = match first {
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => 1,
    };
    let latin = Decoded::Key(printable(char::from(first)), 1);
    match typed.get(..length).map(std::str::from_utf8) {
        Some(Ok(text)) => text.chars().next().map_or(latin, |c| Decoded::Key(printable(c), length)),
        Some(Err(_)) => latin,
        None if is_all => latin,
        None => Decoded::Unfinished,
    }
}

fn printable(c: char) -> Key {
    if c.is_control() { Key::Other } else { Key::Char(c) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut typed: &[u8]) -> Vec<Key> {
        let mut keys = Vec::new();
        while let Decoded::Key(key, bytes) = decode(typed, true) {
            keys.push(key);
            typed = &typed[bytes.min(typed.len())..];
        }
        keys
    }

    #[test]
    fn keys_of_all_common_terminals_are_known() {
        for (typed, key) in [
            (&b"\x1b[A"[..], Key::Up),
            (b"\x1bOA", Key::Up),
            (b"\x1b[1;5B", Key::Down),
            (b"\x1b[C", Key::Right),
            (b"\x1bOD", Key::Left),
            (b"\x1b[5~", Key::PageUp),
            (b"\x1b[6~", Key::PageDown),
            (b"\x1b[H", Key::Home),
            (b"\x1b[1~", Key::Home),
            (b"\x1bOF", Key::End),
            (b"\x1b[3~", Key::Other),
            (b"\x1b[200~", Key::Other),
            (b"\x1bx", Key::Other),
            (b"\x1b", Key::Escape),
            (b"\x03", Key::Interrupt),
            (b"\x7f", Key::Backspace),
            ("ł".as_bytes(), Key::Char('ł')),
            ("李".as_bytes(), Key::Char('李')),
            (b"\xe9", Key::Char('é')),
        ] {
            assert_eq!(all(typed), [key], "{typed:?}");
        }
        assert_eq!(all(b"a\x1b[Bb\r"), [Key::Char('a'), Key::Down, Key::Char('b'), Key::Enter]);
        assert_eq!(all(b"\x1b\x1b[A"), [Key::Escape, Key::Up]);
    }

    #[test]
    fn what_is_unfinished_is_waited_for() {
        for typed in [&b"\x1b"[..], b"\x1b[", b"\x1b[5", b"\x1bO", b"\xe6\x9d", b"\xf0"] {
            assert_eq!(decode(typed, false), Decoded::Unfinished, "{typed:?}");
            assert!(matches!(decode(typed, true), Decoded::Key(..)), "{typed:?}");
        }
    }

    #[test]
    fn any_bytes_are_taken_to_their_end() {
        for a in 0..=255_u8 {
            for b in 0..=255_u8 {
                assert!(!all(&[a, b, b'[', a]).is_empty());
            }
        }
    }
}
