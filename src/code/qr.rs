//! A text as a QR code (ISO/IEC 18004): which modules are dark, and nothing about how they are drawn.

use qrcode::{Color, EcLevel, QrCode};

/// How much of a code may be lost (ISO/IEC 18004, 7.5.1), weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// 7 %.
    L,
    /// 15 %.
    M,
    /// 25 %.
    Q,
    /// 30 %.
    H,
}

const STRENGTHS: [Strength; 4] = [Strength::L, Strength::M, Strength::Q, Strength::H];

/// A code as a square of modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    text: String,
    strength: Strength,
    side: usize,
    dark: Vec<bool>,
}

impl Code {
    /// Modules that have to stay light around a code, on each side (ISO/IEC 18004, 5.3.8).
    pub const QUIET_MODULES: usize = 4;

    /// The largest version there is: 177 modules on each side.
    pub const VERSION_MAX: usize = 40;

    /// The smallest code that holds a text, as strong as its size allows; `None` for a text of more than 2953 bytes or so.
    pub fn of(text: &str) -> Option<Self> {
        Self::within(text, Strength::L, Self::VERSION_MAX)
    }

    /// The smallest code of at least a strength that holds a text, as strong as its size allows; `None` when that takes a larger
    /// version (1 to 40).
    pub fn within(text: &str, least: Strength, version_max: usize) -> Option<Self> {
        let version = QrCode::with_error_correction_level(text, level(least)).ok()?.version();
        let code = STRENGTHS
            .into_iter()
            .rev()
            .find_map(|strength| Some((strength, QrCode::with_version(text, version, level(strength)).ok()?)));
        let (strength, code) = code?;
        let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        let code = Self { text: text.to_owned(), strength, side: code.width(), dark };
        (code.version() <= version_max).then_some(code)
    }

    /// Most bytes of a text in a version (1 to 40) at a strength, as bytes: what is all digits or capitals takes less room.
    pub fn bytes_max(version: usize, strength: Strength) -> usize {
        let fits = |bytes: usize| Self::within(&"a".repeat(bytes), strength, version).is_some();
        // The largest code has 2953 bytes.
        let (mut low, mut high) = (0, 2954);
        while low + 1 < high {
            let middle = usize::midpoint(low, high);
            if fits(middle) { low = middle } else { high = middle }
        }
        low
    }

    /// What it says.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How much of it may be lost.
    pub fn strength(&self) -> Strength {
        self.strength
    }

    /// Its version, 1 to 40.
    pub fn version(&self) -> usize {
        self.side.saturating_sub(17) / 4
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

fn level(strength: Strength) -> EcLevel {
    match strength {
        Strength::L => EcLevel::L,
        Strength::M => EcLevel::M,
        Strength::Q => EcLevel::Q,
        Strength::H => EcLevel::H,
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

    /// The figures of ISO/IEC 18004, table 7.
    #[test]
    fn a_version_holds_what_the_standard_says() {
        for (version, strength, bytes) in [
            (2, Strength::L, 32),
            (2, Strength::M, 26),
            (8, Strength::M, 152),
            (15, Strength::M, 412),
            (22, Strength::M, 779),
            (40, Strength::L, 2953),
        ] {
            assert_eq!(Code::bytes_max(version, strength), bytes, "{version} {strength:?}");
        }
    }

    #[test]
    fn a_code_is_as_strong_as_its_size_allows_and_never_larger_for_it() {
        let code = Code::within("tel:+12025550100", Strength::M, 2).expect("short");
        assert_eq!((code.version(), code.strength()), (1, Strength::Q));
        assert_eq!(Code::within(&"x".repeat(27), Strength::M, 2), None);
    }
}
