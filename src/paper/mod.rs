//! Pages as data, and the PDF that they become: what stands where, in which letters, and nothing of what it means.
//!
//! Lengths are millimetres from the top left corner of the live area, which is the same on A4 and Letter paper: what fits on
//! one prints unclipped on the other. Sizes of letters are points.

mod draw;
mod fonts;
mod page;
mod shape;

pub use draw::{PdfError, pdf};
pub use fonts::{Face, FontError, Fonts};
pub use page::{Align, Document, Item, LIVE_HEIGHT_MM, LIVE_WIDTH_MM, Line, Page, Paper, Placed, Role, Text};

/// Millimetres of a point.
pub const POINT_MM: f32 = 25.4 / 72.0;
