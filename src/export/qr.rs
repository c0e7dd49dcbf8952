//! A text as a QR code (ISO/IEC 18004): which modules are dark, and nothing about how they are drawn.

use qrcode::{Color, EcLevel, QrCode};

/// The levels of error correction above the lowest, weakest first.
const STRONGER: [EcLevel; 3] = [EcLevel::M, EcLevel::Q, EcLevel::H];

/// A code as a square of modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    side: usize,
    dark: Vec<bool>,
}

impl Code {
    /// Modules that have to stay light around a code, on each side (ISO/IEC 18004, 5.3.8).
    pub const QUIET_MODULES: usize = 4;

    /// The smallest code that holds a text, as strong as its size allows; `None` for a text of more than 2953 bytes or so.
    pub fn of(text: &str) -> Option<Self> {
        let smallest = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
        let version = smallest.version();
        let stronger = STRONGER.into_iter().rev().find_map(|level| QrCode::with_version(text, version, level).ok());
        let code = stronger.unwrap_or(smallest);
        let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Some(Self { side: code.width(), dark })
    }

    /// Modules on each side, without the quiet zone.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Whether the module in a column and a row is dark; both count from 0, and all beyond the code is light.
    pub fn is_dark(&self, column: usize, row: usize) -> bool {
        column < self.side && row < self.side && self.dark.get(row * self.side + column).is_some_and(|dark| *dark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_takes_the_smallest_code() {
        for number in ["tel:+12025550100", "tel:+4930231250101234", "tel:+1234"] {
            let code = Code::of(number).expect("short");
            assert_eq!(code.side(), 21, "{number}");
            // Three corners have a finder: a dark ring of seven modules.
            for (column, row) in [(0, 0), (14, 0), (0, 14)] {
                assert!((0..7).all(|step| code.is_dark(column + step, row) && code.is_dark(column, row + step)), "{number}");
            }
            assert!(!code.is_dark(21, 0) && !code.is_dark(0, 21));
        }
        assert_eq!(Code::of(&"x".repeat(3000)), None);
    }
}
