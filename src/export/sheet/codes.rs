//! Pages of codes: a contact for each person, so that a telephone takes the whole team in, and a call for each bridge.

use super::{Caller, Line, Sheet};
use crate::{
    code::{Code, Strength},
    export::{content_line::Lines, module_mm_within},
    paper::{Align, Face, Fonts, LIVE_WIDTH_MM, Page, Placed, Role, Text},
};

/// Columns and rows of a page.
const COLUMNS: usize = 4;
const ROWS: usize = 5;
const CELL_WIDTH_MM: f32 = LIVE_WIDTH_MM / COLUMNS as f32;
const CELL_HEIGHT_MM: f32 = 43.0;
/// Where the first row begins.
const TOP_MM: f32 = 25.0;
/// The widest that a code is, with its quiet zone.
const CODE_MM_MAX: f32 = 33.6;
/// The largest version that telephones read at this size at once, and the largest at all.
const VERSION_MAX: usize = 8;
const VERSION_LAST: usize = 10;

/// A code with what it is.
struct Cell<'s> {
    code: Code,
    name: &'s str,
    number: &'s Line,
}

/// The pages; none when nobody has a number.
pub(super) fn pages(sheet: &Sheet, team: &str, fonts: &Fonts<'_>) -> Vec<Page> {
    let bridges = sheet.join.iter().filter_map(|way| {
        let number = way.numbers.first()?;
        Some(Cell { code: Code::within(&format!("tel:{}", number.e164), Strength::M, 2)?, name: &way.name, number })
    });
    let people = sheet.people.iter().filter_map(|person| {
        let number = person.numbers.first()?;
        Some(Cell { code: contact(person, number, team)?, name: &person.name, number })
    });
    let cells: Vec<Cell<'_>> = bridges.chain(people).collect();
    cells.chunks(COLUMNS * ROWS).map(|cells| page(cells, fonts)).collect()
}

fn page(cells: &[Cell<'_>], fonts: &Fonts<'_>) -> Page {
    let mut page = Page::default();
    let how = "Point a phone's camera at a code: a person comes into its contacts, a bridge is called.";
    page.text(Text::at(0.0, 21.0, how).size(10.0).face(Face::Bold).role(Role::Heading));
    for (at, cell) in cells.iter().enumerate() {
        let (column, row) = (at % COLUMNS, at / COLUMNS);
        let (left, top) = (column as f32 * CELL_WIDTH_MM, TOP_MM + row as f32 * CELL_HEIGHT_MM);
        let middle = left + CELL_WIDTH_MM / 2.0;
        let module_mm = module_mm_within(&cell.code, CODE_MM_MAX);
        let alt = format!("{}, {}", cell.name, cell.number.shown);
        let placed = Placed { x_mm: 0.0, y_mm: top, module_mm, code: cell.code.clone(), alt };
        let (side, below) = (placed.side_mm(), top + CODE_MM_MAX);
        // Names stand in one row, whatever the sizes of their codes.
        page.code(Placed { x_mm: middle - side / 2.0, y_mm: below - side, ..placed });
        let width = CELL_WIDTH_MM - 2.0;
        let size = [10.0, 9.0, 8.0].into_iter().find(|size| fonts.width_mm(Face::Sans, *size, cell.name) <= width).unwrap_or(7.0);
        let name = fonts.cut(Face::Sans, size, cell.name, width);
        page.text(Text::at(middle, below + 3.4, name).size(size).align(Align::Centre));
        let size = [10.0, 9.0].into_iter().find(|size| fonts.width_mm(Face::MonoBold, *size, &cell.number.shown) <= width);
        let number = Text::at(middle, below + 7.8, cell.number.shown.clone()).size(size.unwrap_or(8.0)).face(Face::MonoBold);
        page.text(number.align(Align::Centre).link(Some(format!("tel:{}", cell.number.e164))));
    }
    page
}

/// A contact in a code: with all numbers and the team where there is room, else with less.
fn contact(person: &Caller, number: &Line, team: &str) -> Option<Code> {
    let all: Vec<&Line> = person.numbers.iter().collect();
    let full = card(&person.name, &all, Some(team));
    let numbers = card(&person.name, &all, None);
    let one = card(&person.name, &[number], None);
    let small = |text: &String| Code::within(text, Strength::M, VERSION_MAX);
    let texts = [full, numbers, one];
    let dense = |text: &String| Code::within(text, Strength::L, VERSION_LAST);
    let code = texts.iter().find_map(small).or_else(|| texts.get(2).and_then(dense));
    // A name that is longer than any of a telephone's: the number calls.
    code.or_else(|| Code::within(&format!("tel:{}", number.e164), Strength::M, 2))
}

fn card(name: &str, numbers: &[&Line], team: Option<&str>) -> String {
    let mut lines = Lines::default();
    lines.raw("BEGIN", "VCARD");
    lines.raw("VERSION", "3.0");
    lines.texts("N", &["", name, "", "", ""], ";");
    lines.text("FN", name);
    if let Some(team) = team {
        lines.text("ORG", team);
    }
    for line in numbers {
        lines.raw(if line.kind == "mobile" { "TEL;TYPE=CELL" } else { "TEL;TYPE=VOICE" }, &line.e164);
    }
    lines.raw("END", "VCARD");
    lines.into_text()
}
