//! Content lines: what vCard (RFC 2426) and iCalendar (RFC 5545) are both written in. CRLF ends a line, 75 octets are the most.

/// Octets of a line, its end not counted (RFC 2425, 5.8.1; RFC 5545, 3.1).
const OCTETS_MAX: usize = 75;
/// Octets by which a line may be shorter for the sake of a better place to break it.
const STEP_BACK_MAX: usize = 12;

/// A text of content lines, as it grows.
#[derive(Debug, Default)]
pub(super) struct Lines {
    text: String,
}

impl Lines {
    /// A line whose value is made of kit's own words and signs: dates, numbers, ids.
    pub(super) fn raw(&mut self, name: &str, value: &str) {
        fold(&format!("{name}:{value}"), &mut self.text);
    }

    /// A line whose value is one text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.raw(name, &escaped(text));
    }

    /// A line whose value is several texts with a sign between them; none when there is none of them.
    pub(super) fn texts<T: AsRef<str>>(&mut self, name: &str, texts: &[T], between: &str) {
        if !texts.is_empty() {
            self.raw(name, &texts.iter().map(|text| escaped(text.as_ref())).collect::<Vec<_>>().join(between));
        }
    }

    /// All of it.
    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// A text as a value: backslashes, commas, semicolons and line ends escaped (RFC 2426, section 5; RFC 5545, 3.3.11).
pub(super) fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\n' | '\r' => value.push_str("\\n"),
            '\\' | ',' | ';' => value.extend(['\\', c]),
            c => value.push(c),
        }
    }
    value
}

/// Adds a line, folded between characters: a reader takes each CRLF with the space after it away. Not beside a space, which
/// some readers trim, and not within an escape.
fn fold(line: &str, out: &mut String) {
    let mut rest = line;
    let mut room = OCTETS_MAX;
    while rest.len() > room {
        let at = break_of(rest, room);
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        out.push_str("\r\n ");
        rest = tail;
        room = OCTETS_MAX - 1;
    }
    out.push_str(rest);
    out.push_str("\r\n");
}

/// Where to break: as late as there is room, or a little earlier where that is safer.
fn break_of(text: &str, room: usize) -> usize {
    let borders = || (room.saturating_sub(STEP_BACK_MAX)..=room).rev().filter(|at| *at > 0 && text.is_char_boundary(*at));
    let is_safe = |at: &usize| {
        let (head, tail) = text.split_at(*at);
        !head.ends_with([' ', '\\']) && !tail.starts_with(' ')
    };
    borders().find(is_safe).or_else(|| borders().next()).unwrap_or(room)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The other way round, by the letter of the two standards.
    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    fn unescaped(value: &str) -> String {
        let mut text = String::new();
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n' | 'N') => text.push('\n'),
                    Some(c) => text.push(c),
                    None => panic!("a lone backslash in {value:?}"),
                },
                ',' | ';' => panic!("a bare separator in {value:?}"),
                c => text.push(c),
            }
        }
        text
    }

    #[test]
    fn a_line_of_75_octets_is_one_and_of_76_two() {
        for (octets, lines) in [(75, 1), (76, 2), (149, 2), (150, 3)] {
            let mut text = String::new();
            fold(&"x".repeat(octets), &mut text);
            assert_eq!(text.matches("\r\n").count(), lines, "{octets}");
        }
    }

    proptest! {
        #[test]
        fn d13_whatever_a_text_holds_it_is_one_value_and_comes_back(text in ".{0,400}", extra in "[;,\\\\\n\r =+@\u{202e}é李🚑]{0,200}") {
            let text = format!("{text}{extra}");
            let mut lines = Lines::default();
            lines.text("NOTE", &text);
            lines.texts("NICKNAME", &[text.as_str(), "b"], ",");
            let written = lines.into_text();
            for line in written.split_terminator("\r\n") {
                prop_assert!(line.len() <= OCTETS_MAX, "{} octets", line.len());
                prop_assert!(!line.contains(['\n', '\r']));
            }
            let read = unfolded(&written);
            prop_assert_eq!(read.len(), 2);
            let expected = text.replace("\r\n", "\n").replace('\r', "\n");
            prop_assert_eq!(unescaped(read[0].strip_prefix("NOTE:").unwrap()), expected);
            prop_assert!(read[1].ends_with(",b"));
        }
    }
}
