//! Sizes and places on paper, measured in the finished PDFs by another program: what is printed is what was meant.

use outage_kit::paper::POINT_MM;

use crate::{
    pdf::{Area, DrawnPage, LIVE_MM, Letters, drawn},
    vault::Vault,
    world::World,
};

/// What is drawn in a PDF is rounded to thousandths of a point.
const ROUNDING_MM: f64 = 0.02;
/// A dot of a printer.
const DOT_MM: f64 = 25.4 / 300.0;
/// The smallest module: six dots.
const DOTS_MIN: f64 = 6.0;
/// The largest code that phones read at once.
const VERSION_MAX: usize = 22;
/// How far what is read by a camera, or called, stands from where paper is folded or cut.
const FOLD_MM: f64 = 5.0;
pub const PAPERS: [&str; 2] = ["a4", "letter"];

/// The height of a page that is folded in thirds, by its paper.
const HEIGHTS_MM: [f64; 2] = [297.0, 279.4];

/// Everything that is printed, by whom, and whether it is the same each time.
pub const EXPORTS: [(&str, bool); 4] = [
    ("export sheet --copies safe", true),
    ("export sheet payments-db --no-qr", true),
    ("export wallet", true),
    (
        "export sealed aws-root --copies safe --copies lawyer --reason test --passphrase-file p --passphrase-out given/words-PAPER",
        false,
    ),
];

/// The pages of an export on a paper, and the file.
fn pages(world: &World, line: &str, paper: &str) -> Vec<DrawnPage> {
    let file = printed(world, line, paper);
    let pages = drawn(world, &file);
    assert!(!pages.is_empty(), "{file}");
    pages
}

/// Prints an export; the name of the file.
pub fn printed(world: &World, line: &str, paper: &str) -> String {
    let name: Vec<&str> = line.split(' ').skip(1).take(2).take_while(|word| !word.starts_with("--")).collect();
    let file = format!("{}-{paper}.pdf", name.join("-"));
    std::fs::create_dir_all(world.path("given")).unwrap();
    let line = line.replace("PAPER", paper);
    let _ = std::fs::remove_file(world.path(format!("given/words-{paper}")));
    world.kit(line.split(' ').chain(["--paper", paper, "--out", &file, "--force"])).ok();
    file
}

/// Each page of each export on each paper, with words for where it is from.
fn every_page(world: &World) -> Vec<(String, DrawnPage)> {
    let mut all = Vec::new();
    for (line, _) in EXPORTS {
        for paper in PAPERS {
            let pages = pages(world, line, paper);
            all.extend((1..).zip(pages).map(|(number, page)| (format!("kit {line} --paper {paper}, page {number}"), page)));
        }
    }
    all
}

fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 7 && text.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c))
}

#[test]
fn everything_that_is_printed_keeps_the_measures_of_paper() {
    let vault = Vault::sealed();
    let mut wrong = Vec::new();
    let mut codes = 0;
    for (from, page) in every_page(&vault.mia) {
        codes += page.codes.len();
        inside_the_live_area(&page, &mut |what| wrong.push(format!("{from}: {what}")));
        codes_are_large_and_alone(&page, &mut |what| wrong.push(format!("{from}: {what}")));
        folds_and_cuts_are_clear(&page, &mut |what| wrong.push(format!("{from}: {what}")));
        nothing_covers_anything(&page, &mut |what| wrong.push(format!("{from}: {what}")));
    }
    assert!(codes >= 8, "only {codes} codes");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// U56: what stands in the middle 186 by 255 mm prints on both papers.
fn inside_the_live_area(page: &DrawnPage, wrong: &mut dyn FnMut(String)) {
    let sizes = [(210.0, 297.0), (215.9, 279.4)];
    if !sizes.iter().any(|size| (size.0 - page.size_mm.0).abs() < 0.1 && (size.1 - page.size_mm.1).abs() < 0.1) {
        wrong(format!("{:?} is neither A4 nor Letter", page.size_mm));
    }
    let live = Area { left: 0.0, top: 0.0, right: LIVE_MM.0, bottom: LIVE_MM.1 }.grown(ROUNDING_MM + 0.15);
    for (what, area) in page.areas() {
        let is_inside = area.left >= live.left && area.right <= live.right && area.top >= live.top && area.bottom <= live.bottom;
        if !is_inside {
            wrong(format!("{what} stands outside: {area:.1?}"));
        }
    }
}

/// U54: versions, modules of whole dots, and four modules of nothing around each code.
fn codes_are_large_and_alone(page: &DrawnPage, wrong: &mut dyn FnMut(String)) {
    for (at, code) in page.codes.iter().enumerate() {
        let dots = code.module_mm / DOT_MM;
        if code.version() > VERSION_MAX {
            wrong(format!("a code of version {}", code.version()));
        }
        if dots < DOTS_MIN - 0.02 || (dots - dots.round()).abs() > 0.02 {
            wrong(format!("modules of {:.4} mm: {dots:.3} dots", code.module_mm));
        }
        // Three corners have a finder: a dark ring of seven modules around a light one.
        for (column, row) in [(0, 0), (code.side - 7, 0), (0, code.side - 7)] {
            let is_dark = |x: usize, y: usize| code.dark[(row + y) * code.side + column + x];
            if !(0..7).all(|step| is_dark(step, 0) && is_dark(0, step)) || is_dark(1, 1) {
                wrong(format!("a code without a finder at {column}, {row}"));
            }
        }
        let alone = code.with_quiet_zone().grown(-ROUNDING_MM);
        let others = page.areas().filter(|(what, area)| what != "a code" && area.meets(&alone));
        others.for_each(|(what, area)| wrong(format!("{what} at {area:.1?} stands in the quiet zone of {:.1?}", code.area)));
        let codes = page.codes.iter().enumerate().filter(|(other, it)| *other != at && it.area.meets(&alone));
        codes.for_each(|(_, it)| wrong(format!("the code at {:.1?} stands in the quiet zone of {:.1?}", it.area, code.area)));
    }
}

/// U55: where paper is folded (dashed lines) or cut (the solid marks beside cards), nothing is read by a camera or called.
fn folds_and_cuts_are_clear(page: &DrawnPage, wrong: &mut dyn FnMut(String)) {
    let middle = |area: &Area| ((area.left + area.right) / 2.0, (area.top + area.bottom) / 2.0);
    let is_level = |area: &Area| area.right - area.left > area.bottom - area.top;
    let is_cards = page.letters.iter().any(|it| it.text.starts_with("Print at 100 %. Cut"));
    let is_mark = |area: &Area| is_cards && (area.right - area.left).max(area.bottom - area.top) < 6.0 && !is_ruler(area, page);
    let mut lines = 0;
    for stroke in page.strokes.iter().filter(|stroke| stroke.is_dashed || is_mark(&stroke.area)) {
        lines += 1;
        let (x, y) = middle(&stroke.area);
        let near = |area: &Area| {
            let (from, to, at) = if is_level(&stroke.area) { (area.top, area.bottom, y) } else { (area.left, area.right, x) };
            from - FOLD_MM < at - ROUNDING_MM && at + ROUNDING_MM < to + FOLD_MM
        };
        let called: Vec<&Letters> = page.letters.iter().filter(|it| is_number(&it.text)).collect();
        let read = page.codes.iter().map(|it| ("a code".to_owned(), it.area));
        let called = called.into_iter().map(|it| (it.text.clone(), digits(it)));
        for (what, area) in read.chain(called).filter(|(_, area)| near(area)) {
            wrong(format!("{what} at {area:.1?} stands beside the fold or cut at {x:.1}, {y:.1}"));
        }
    }
    let is_folded = page.letters.iter().any(|it| it.text.starts_with("SEALED:") || it.text.starts_with("Print at 100 %. Cut"));
    let has_code = !page.codes.is_empty();
    if is_folded && has_code && lines < 2 {
        wrong("no fold is drawn".to_owned());
    }
}

/// The area of digits: they reach from the base line to their height, not below.
fn digits(it: &Letters) -> Area {
    let height = 0.75 * it.size_pt * f64::from(POINT_MM);
    Area { top: it.base_mm - height, bottom: it.base_mm, ..it.area }
}

/// Whether a short line is an end of the bar that shows whether the page was scaled.
fn is_ruler(area: &Area, page: &DrawnPage) -> bool {
    let is_bar = |it: &Area| (it.right - it.left - 50.0).abs() < 0.1 && it.bottom - it.top < 1.0;
    let bars = page.strokes.iter().map(|it| it.area).filter(|it| is_bar(it));
    let mut near = bars.filter(|bar| area.grown(0.5).meets(bar));
    near.next().is_some()
}

/// No text stands over another one, over a line or over a code.
fn nothing_covers_anything(page: &DrawnPage, wrong: &mut dyn FnMut(String)) {
    // What is seen of most letters: from their height to the base line.
    let seen: Vec<(String, Area)> = page.letters.iter().map(|it| (it.text.clone(), digits(it).grown(-0.1))).collect();
    for (at, (text, area)) in seen.iter().enumerate() {
        for (other, covered) in seen.iter().skip(at + 1).filter(|(_, it)| it.meets(area)) {
            wrong(format!("{text:?} and {other:?} stand over each other: {area:.1?} {covered:.1?}"));
        }
        for stroke in page.strokes.iter().filter(|it| it.area.meets(area)) {
            wrong(format!("a line runs through {text:?}: {:.1?} {area:.1?}", stroke.area));
        }
    }
}

/// U56: what stands on A4 stands at the same place on Letter, but for the folds, which are thirds of the paper.
#[test]
fn a4_and_letter_have_the_same_at_the_same_place() {
    let vault = Vault::sealed();
    for (line, _) in EXPORTS.iter().filter(|(_, is_repeatable)| *is_repeatable) {
        let [a4, letter] = PAPERS.map(|paper| pages(&vault.mia, line, paper));
        assert_eq!(a4.len(), letter.len(), "kit {line}");
        for (a4, letter) in a4.iter().zip(&letter) {
            let (one, other): (Vec<_>, Vec<_>) = (a4.areas().collect(), letter.areas().collect());
            assert_eq!(one.len(), other.len(), "kit {line}");
            for ((what, one), (same, other)) in one.iter().zip(&other) {
                let far = [one.left - other.left, one.top - other.top, one.right - other.right, one.bottom - other.bottom];
                assert!(
                    what == same && far.iter().all(|it| it.abs() < ROUNDING_MM),
                    "kit {line}: {what} {one:?}, {same} {other:?}"
                );
            }
        }
    }
}

/// U55: a sealed page is folded in thirds of its paper, whichever it is.
#[test]
fn a_sealed_page_is_folded_where_the_paper_is_folded() {
    let vault = Vault::sealed();
    for (paper, height) in PAPERS.iter().zip(HEIGHTS_MM) {
        let pages = pages(&vault.mia, EXPORTS[3].0, paper);
        assert_eq!(pages.len(), 2, "one for each copy");
        for page in pages {
            let folds: Vec<f64> =
                page.strokes.iter().filter(|it| it.is_dashed).map(|it| (it.area.top + it.area.bottom) / 2.0).collect();
            let thirds = [1.0, 2.0].map(|third| height * third / 3.0 - (height - LIVE_MM.1) / 2.0);
            assert_eq!(folds.len(), 2);
            assert!(folds.iter().zip(thirds).all(|(fold, third)| (fold - third).abs() < 0.1), "{folds:?}, {thirds:?}");
        }
    }
}

/// The bar of each page measures what it says.
#[test]
fn the_bar_measures_fifty_millimetres() {
    let vault = Vault::sealed();
    for (from, page) in every_page(&vault.mia) {
        assert!(page.letters.iter().any(|it| it.text.contains("50 mm")), "{from} says no 50 mm");
        let bars = page.strokes.iter().filter(|it| (it.area.right - it.area.left - 50.0).abs() < 0.05).count();
        assert_eq!(bars, 1, "{from}");
    }
}
