//! Sizes and places on paper, measured in the finished PDFs by another program: what is printed is what was meant.

use outage_kit::paper::{Face, Fonts};

use crate::{
    pdf::{Area, DrawnPage, LIVE_MM, drawn},
    vault::Vault,
    world::World,
};

/// What is drawn in a PDF is rounded to thousandths of a point.
const ROUNDING_MM: f64 = 0.02;
/// A dot of a printer.
const DOT_MM: f64 = 25.4 / 300.0;
/// The smallest module: six dots.
const MODULE_MM_MIN: f64 = 6.0 * DOT_MM;
/// How far what is read by a camera or called stands from where paper is folded or cut.
const FOLD_MM: f64 = 5.0;
/// What is called is at least so large.
const CALLED_PT: f64 = 14.0;
/// The height of a small x in it (NASA CR-177605).
const X_HEIGHT_MM: f64 = 2.5;
/// Most people on a page.
const PEOPLE_MAX: usize = 15;

/// An export, and whether a second run of it gives the same pages.
struct Export {
    line: &'static str,
    is_repeatable: bool,
}

const EXPORTS: [Export; 1] = [Export { line: "export sheet", is_repeatable: true }];

/// The pages of an export on a paper.
fn pages(world: &World, export: &Export, paper: &str) -> Vec<DrawnPage> {
    let file = format!("{}-{paper}.pdf", export.line.replace(' ', "-"));
    let words = export.line.split(' ').chain(["--paper", paper, "--out", &file, "--force"]);
    world.kit(words).ok();
    let pages = drawn(world, &file);
    assert!(!pages.is_empty(), "{file}");
    pages
}
