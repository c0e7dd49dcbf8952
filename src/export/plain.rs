//! Text of a kit as it may stand in a file that other programs show: what is not plainly visible becomes a visible escape.

use unicode_normalization::char::is_combining_mark;

use crate::team::is_invisible;

/// Marks on one character that stay; `team` refuses more where people write.
const MARKS_MAX: usize = 4;

/// A text on one line: control characters, line ends too, and invisible characters stand as `\x1b` or `\u{202e}`.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if c.is_control() {
            out.push_str(&format!("\\x{:02x}", u32::from(c)));
        } else if is_invisible(c) || marks > MARKS_MAX {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// The lines of a note, each of them plain; a tab is a space.
pub(super) fn plain_lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(|line| plain(&line.replace('\t', " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_drives_something_is_seen() {
        assert_eq!(plain("Bob\u{1b}[2J\r\nEND\u{202e}x\u{0}"), "Bob\\x1b[2J\\x0d\\x0aEND\\u{202e}x\\x00");
        assert_eq!(plain("Zoë Łukasz 李小龍 محمد नेहा"), "Zoë Łukasz 李小龍 محمد नेहा");
        assert_eq!(plain(&format!("a{}", "\u{301}".repeat(6))), format!("a{}\\u{{301}}\\u{{301}}", "\u{301}".repeat(4)));
        assert_eq!(plain_lines("1.\tstop\n2. start\r").collect::<Vec<_>>(), ["1. stop", "2. start\\x0d"]);
    }
}
