//! How many codes are read from pages as printed and after what happens to paper and to photographs of it: by zbarimg, by each of
//! the two readers in kit, and by kit, which uses both. The same harms each time, so the counts are the same too.
//!
//! Run it with `benches/run`, which needs the Debian packages poppler-utils and zbar-tools. It prints the tables of
//! docs/benchmarks.md, "Codes on paper".

#![allow(clippy::disallowed_macros, clippy::disallowed_methods, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "../made/mod.rs"]
mod made;

mod harms;

use std::path::Path;

use harms::{HARMS, Harm, Page, Read};
use made::{Kit, checked};

/// What is printed, and where its codes are.
const SHEETS: [(&str, &str); 4] =
    [("sheet", "export sheet"), ("wallet", "export wallet"), ("sealed", ""), ("archive", "export archive")];
/// Dots per inch of the scans.
const DPI: [u32; 2] = [200, 300];

fn main() {
    let kit = Kit::published(0, 0);
    kit.seal();
    for (name, line) in SHEETS {
        let line = if line.is_empty() { made::SEALED_PAGE } else { line };
        checked(kit.run(&format!("{line} --out {name}.pdf --force")));
    }
    let folder = kit.folder.path();
    println!("| codes read of all | {} |", SHEETS.map(|(name, _)| name).join(" | "));
    println!("|---|{}", "---|".repeat(SHEETS.len()));
    for dpi in DPI {
        let sheets = SHEETS.map(|(name, _)| Page::all(&folder.join(format!("{name}.pdf")), dpi, folder));
        for harm in HARMS {
            let cells: Vec<String> = sheets.iter().map(|pages| cell(pages, harm, folder)).collect();
            println!("| {}, {dpi} dpi | {} |", harm.name(), cells.join(" | "));
        }
    }
}

/// `8 of 8 (zbarimg 8, rxing 8, rqrr 7)`.
fn cell(pages: &[Page], harm: Harm, folder: &Path) -> String {
    let read = pages.iter().map(|page| page.read_after(harm, folder)).fold(Read::default(), Read::and);
    format!("{} of {} ({} / {} / {})", read.kit, read.codes, read.zbar, read.rxing, read.rqrr)
}
