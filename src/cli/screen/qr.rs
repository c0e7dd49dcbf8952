//! Codes on a terminal: characters only, so that they are as harmless as any other text and need no colours.
//!
//! Light modules are ink and dark ones are left out: on a terminal with light letters that is a dark code on light, as the
//! standard wants it. On one with dark letters it comes out reversed, which today's cameras read as well.

use unicode_width::UnicodeWidthStr;

use super::{Screen, keep};
use crate::code::Code;

/// Most codes that one text is taken apart into: more than four nobody photographs.
const PARTS_MAX: usize = 4;

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

/// A text as codes that fit a width, as few as possible: together, one after another, they are the text.
fn parts(text: &str, columns: usize, ascii: bool) -> Option<Vec<Vec<String>>> {
    (1..=PARTS_MAX).find_map(|count| {
        let characters: Vec<char> = text.chars().collect();
        let parts =
            characters.chunks(characters.len().div_ceil(count).max(1)).map(|part| qr(&part.iter().collect::<String>(), ascii));
        let parts: Vec<Vec<String>> = parts.collect::<Option<_>>()?;
        let fits = parts.iter().flatten().all(|line| line.width() <= columns);
        fits.then_some(parts)
    })
}

impl Screen {
    /// A text to paste as codes for a camera, or why there are none.
    pub(super) fn codes(&mut self, text: &str) {
        let Some(codes) = parts(text, self.columns, self.ascii) else {
            let room = format!("this window of {} columns has no room for them", self.columns);
            return self.row("No codes", format!("{room}. Send the text, or make the window wider"));
        };
        let count = codes.len();
        for (at, code) in (1..).zip(codes) {
            let order = if count > 1 {
                format!("Code {at} of {count}: scan them all, paste them one after another")
            } else {
                "Code".to_owned()
            };
            let lines = if self.accessible { format!(". The next {} lines are its picture", code.len()) } else { String::new() };
            self.text(&format!("{order}{lines}"));
            self.lines.extend(code);
            self.blank();
        }
    }

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
