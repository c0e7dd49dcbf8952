//! Codes on a terminal: characters only, so that they need no colours.

use qrcode::{Color, EcLevel, QrCode};

/// Light modules around a code: four by the standard (ISO/IEC 18004).
const QUIET_MODULES: usize = 4;

/// A text as a code with its quiet zone, line by line; `None` when it is too long for one.
pub(crate) fn qr(text: &str, ascii: bool) -> Option<Vec<String>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (side, colors) = (code.width(), code.to_colors());
    let whole = side + 2 * QUIET_MODULES;
    let is_ink = |column: usize, row: usize| {
        let inside = |at: usize| at.checked_sub(QUIET_MODULES).filter(|at| *at < side);
        let dark = inside(column).zip(inside(row)).and_then(|(column, row)| colors.get(row * side + column));
        row < whole && dark.is_none_or(|color| *color == Color::Light)
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
