//! Lines to paste or to pipe: printed as they are, whatever the terminal's width, with nothing before or after them.

use super::{Screen, finished};

/// Lines that kit did not lay out for this terminal.
pub(crate) fn as_they_are(screen: &mut Screen, lines: &[String]) {
    screen.lines.extend(lines.iter().map(|line| finished(line)));
}
