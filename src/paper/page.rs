//! What stands on a page.

use crate::code::Code;

/// The width of the live area.
pub const LIVE_WIDTH_MM: f32 = 186.0;
/// The height of the live area.
pub const LIVE_HEIGHT_MM: f32 = 255.0;

/// What is printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paper {
    /// 210 × 297 mm.
    #[default]
    A4,
    /// 8.5 × 11 inches.
    Letter,
}

impl Paper {
    /// Width and height in millimetres.
    pub fn size_mm(self) -> (f32, f32) {
        match self {
            Self::A4 => (210.0, 297.0),
            Self::Letter => (215.9, 279.4),
        }
    }
}

/// Pages to print.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its title, for windows and screen readers.
    pub title: String,
    /// What identifies it: the sheet id.
    pub id: String,
    /// What it is printed on.
    pub paper: Paper,
    /// The pages, first one first.
    pub pages: Vec<Page>,
}

/// What stands on one page, in the order in which it is read aloud.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Texts, lines and codes.
    pub items: Vec<Item>,
}

/// One thing on a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A line of text.
    Text(Text),
    /// A straight line.
    Line(Line),
    /// A code for a camera.
    Code(Placed),
}

/// What a text is to somebody who has the page read aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// The title of the page.
    Title,
    /// The heading of a part.
    Heading,
    /// What is read.
    #[default]
    Body,
    /// Repeated on each page, or a mark for the eye: left out when read aloud.
    Mark,
}

/// Where a text stands relative to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// It begins there.
    #[default]
    Left,
    /// Its middle is there.
    Centre,
    /// It ends there.
    Right,
}

/// A line of text. It is never broken: whoever sets it asks [`super::Fonts`] how long it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// From the left of the live area.
    pub x_mm: f32,
    /// The base line, from the top of the live area.
    pub y_mm: f32,
    /// The size of the letters, in points.
    pub size_pt: f32,
    /// The letters.
    pub face: super::Face,
    /// What it says, in the order in which it is spoken.
    pub text: String,
    /// Where it stands relative to `x_mm`.
    pub align: Align,
    /// What it is.
    pub role: Role,
    /// What a click or a tap opens: `tel:+12025550100`.
    pub link: Option<String>,
}

impl Text {
    /// A text of 10 points that begins at a point.
    pub fn at(x_mm: f32, y_mm: f32, text: impl Into<String>) -> Self {
        Self {
            x_mm,
            y_mm,
            size_pt: 10.0,
            face: super::Face::Sans,
            text: text.into(),
            align: Align::Left,
            role: Role::Body,
            link: None,
        }
    }

    /// In letters of another size.
    #[must_use]
    pub fn size(mut self, size_pt: f32) -> Self {
        self.size_pt = size_pt;
        self
    }

    /// In other letters.
    #[must_use]
    pub fn face(mut self, face: super::Face) -> Self {
        self.face = face;
        self
    }

    /// Set at its end, or around its middle.
    #[must_use]
    pub fn align(mut self, align: Align) -> Self {
        self.align = align;
        self
    }

    /// As something else than what is read.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// With something that a tap opens.
    #[must_use]
    pub fn link(mut self, link: Option<String>) -> Self {
        self.link = link;
        self
    }
}

/// A straight line, for the eye only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Where it begins, from the left and the top of the live area.
    pub from_mm: (f32, f32),
    /// Where it ends.
    pub to_mm: (f32, f32),
    /// How thick it is.
    pub width_mm: f32,
    /// Whether it is dashed: a fold, where a solid one is a cut.
    pub dashed: bool,
}

/// A code on a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The left of its quiet zone.
    pub x_mm: f32,
    /// The top of its quiet zone.
    pub y_mm: f32,
    /// The side of a module.
    pub module_mm: f32,
    /// The code.
    pub code: Code,
    /// What it is for, in words, for those who cannot see it.
    pub alt: String,
}

impl Placed {
    /// Its side with the quiet zone.
    pub fn side_mm(&self) -> f32 {
        (self.code.side() + 2 * Code::QUIET_MODULES) as f32 * self.module_mm
    }

    /// The dark modules as rectangles in modules from the left and the top of the code: column, row, width, height. Modules that
    /// touch are one rectangle where they can be, so that no viewer draws a seam between them.
    pub fn rectangles(&self) -> Vec<(usize, usize, usize, usize)> {
        let side = self.code.side();
        let mut done: Vec<(usize, usize, usize, usize)> = Vec::new();
        let mut open: Vec<(usize, usize, usize, usize)> = Vec::new();
        for row in 0..side {
            let mut next = Vec::new();
            let mut column = 0;
            while column < side {
                let width = (column..side).take_while(|at| self.code.is_dark(*at, row)).count();
                if width > 0 {
                    let above = open.iter().position(|(at, _, wide, _)| (*at, *wide) == (column, width));
                    next.push(match above {
                        Some(at) => {
                            let (column, top, width, height) = open.swap_remove(at);
                            (column, top, width, height + 1)
                        }
                        None => (column, row, width, 1),
                    });
                }
                column += width.max(1);
            }
            done.append(&mut open);
            open = next;
        }
        done.append(&mut open);
        done.sort_unstable_by_key(|(column, row, ..)| (*row, *column));
        done
    }
}

impl Page {
    /// Adds a text.
    pub fn text(&mut self, text: Text) {
        self.items.push(Item::Text(text));
    }

    /// Adds a solid line.
    pub fn line(&mut self, from_mm: (f32, f32), to_mm: (f32, f32), width_mm: f32) {
        self.items.push(Item::Line(Line { from_mm, to_mm, width_mm, dashed: false }));
    }

    /// Adds a dashed line.
    pub fn fold(&mut self, from_mm: (f32, f32), to_mm: (f32, f32), width_mm: f32) {
        self.items.push(Item::Line(Line { from_mm, to_mm, width_mm, dashed: true }));
    }

    /// Adds a code.
    pub fn code(&mut self, placed: Placed) {
        self.items.push(Item::Code(placed));
    }

    /// Its codes.
    pub fn codes(&self) -> impl Iterator<Item = &Placed> {
        self.items.iter().filter_map(|item| match item {
            Item::Code(placed) => Some(placed),
            Item::Text(_) | Item::Line(_) => None,
        })
    }

    /// Its texts.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.items.iter().filter_map(|item| match item {
            Item::Text(text) => Some(text),
            Item::Code(_) | Item::Line(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rectangles_of_a_code_are_its_dark_modules_each_once() {
        let code = Code::of("tel:+12025550100").expect("short");
        let placed = Placed { x_mm: 0.0, y_mm: 0.0, module_mm: 0.5, code: code.clone(), alt: String::new() };
        let mut seen = vec![0_u8; code.side() * code.side()];
        for (column, row, width, height) in placed.rectangles() {
            for row in row..row + height {
                for column in column..column + width {
                    *seen.get_mut(row * code.side() + column).expect("inside") += 1;
                }
            }
        }
        for (at, times) in seen.iter().enumerate() {
            assert_eq!(*times, u8::from(code.is_dark(at % code.side(), at / code.side())), "module {at}");
        }
    }
}
