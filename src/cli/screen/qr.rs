//! Codes on a terminal: characters only, so that they are as harmless as any other text and need no colours.
//!
//! Light modules are ink and dark ones are left out: on a terminal with light letters that is a dark code on light, as the
//! standard wants it. On one with dark letters it comes out reversed, which today's cameras read as well.

use unicode_width::UnicodeWidthStr;

use super::{Screen, keep};
use crate::export::Code;

/// A text as a code with its quiet zone, line by line; `None` when it is too long for one.
///
/// With `ascii` each module is `##` or two spaces, otherwise two modules share a character, one above the other.
pub(crate) fn qr(text: &str, ascii: bool) -> Option<Vec<String>> {
    let code = Code::of(text)?;
    let whole = code.side() + 2 * Code::QUIET_MODULES;
    // Beyond the quiet zone there is no module, and so no ink.
    let is_ink = |column: usize, row: usize| {
        let inside = |at: usize| at.checked_sub(Code::QUIET_MODULES).unwrap_or(usize::MAX);
        row < whole && !code.is_dark(inside(column), inside(row))
    };
    let line = |row: usize| -> String {
        (0..whole)
            .map(|column| match (ascii, is_ink(column, row), is_ink(column, row + 1)) {
                (true, true, _) => "##",
                (true, false, _) => "  ",
                (false, true, true) => "█",
                (false, true, false) => "▀",
                (false, false, true) => "▄",
                (false, false, false) => " ",
            })
            .collect()
    };
    Some((0..whole).step_by(if ascii { 1 } else { 2 }).map(line).collect())
}

impl Screen {
    /// A code that dials a number (`tel:`, RFC 3966), with the number below it; says so where it has no room or no use.
    pub(super) fn dialling_code(&mut self, e164: &str, shown: &str, ascii: bool) {
        let Some(code) = qr(&format!("tel:{e164}"), ascii) else { return };
        let width = code.iter().map(|line| line.width()).max().unwrap_or(0);
        self.blank();
        if width > self.columns {
            let room = format!("it is {width} columns wide and this window has {}", self.columns);
            return self.row("No code", format!("{room}. Dial {}", keep(shown)));
        }
        if self.accessible {
            self.text(&format!("A code for a camera: the next {} lines are its picture.", code.len()));
        }
        self.lines.extend(code);
        self.row("Dial", keep(shown));
    }
}
