//! A picture in greys, and a code as one.

use super::Code;

/// A picture: a byte a pixel, 0 is black, row by row from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Grey {
    /// A picture of so many pixels; [`None`] when there are not width times height of them, or none.
    pub fn new(width: usize, height: usize, pixels: Vec<u8>) -> Option<Self> {
        (width > 0 && width.checked_mul(height) == Some(pixels.len()) && !pixels.is_empty()).then_some(Self {
            width,
            height,
            pixels,
        })
    }

    /// A code as a printer draws it: black on white, each module a square of so many mm, so many dots per inch, its quiet zone around it.
    pub fn printed(code: &Code, module_mm: f32, dpi: u16) -> Self {
        let dots = module_mm / 25.4 * f32::from(dpi);
        let modules = code.side() + 2 * Code::QUIET_MODULES;
        let side = to_pixels(modules as f32 * dots).max(1);
        let module = |pixel: usize| to_pixels((pixel as f32 + 0.5) / dots - 0.5).checked_sub(Code::QUIET_MODULES);
        let pixels = (0..side * side).map(|at| match (module(at % side), module(at / side)) {
            (Some(column), Some(row)) if code.is_dark(column, row) => 0,
            _ => 255,
        });
        Self { width: side, height: side, pixels: pixels.collect() }
    }

    /// Pixels in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// All pixels, row by row from the top.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The pixel of a column and a row; white beyond the picture.
    pub fn at(&self, column: usize, row: usize) -> u8 {
        let inside = column < self.width && row < self.height;
        if inside { self.pixels.get(row * self.width + column).copied().unwrap_or(255) } else { 255 }
    }

    /// Parts of it, so many on each side, each twice as long as from one to the next: what is smaller than that is whole in one.
    pub fn parts(&self, on_a_side: usize) -> Vec<Self> {
        let steps = on_a_side.max(1) + 1;
        let (across, down) = (self.width.div_ceil(steps), self.height.div_ceil(steps));
        let mut parts = Vec::new();
        for row in 0..steps - 1 {
            for column in 0..steps - 1 {
                let (left, top) = (column * across, row * down);
                let (right, bottom) = ((left + 2 * across).min(self.width), (top + 2 * down).min(self.height));
                let rows = (top..bottom).filter_map(|y| self.pixels.get(y * self.width + left..y * self.width + right));
                let pixels: Vec<u8> = rows.flatten().copied().collect();
                parts.extend(Self::new(right.saturating_sub(left), bottom.saturating_sub(top), pixels));
            }
        }
        parts
    }

    /// Half as wide and half as high, each pixel the mean of four.
    pub fn half(&self) -> Option<Self> {
        let (width, height) = (self.width / 2, self.height / 2);
        let mean = |at: usize| {
            let (column, row) = (at % width * 2, at / width * 2);
            let sum: u16 = [(0, 0), (1, 0), (0, 1), (1, 1)].iter().map(|(x, y)| u16::from(self.at(column + x, row + y))).sum();
            u8::try_from(sum / 4).unwrap_or(255)
        };
        Self::new(width, height, (0..width.checked_mul(height)?).map(mean).collect())
    }
}

/// A length that is not negative as whole pixels, rounded.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pages are small, and negative ones are none")]
fn to_pixels(length: f32) -> usize {
    length.round().max(0.0) as usize
}
