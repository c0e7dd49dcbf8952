//! The sheet as pages: rows that flow from one page to the next, each page complete by itself.

use super::{Caller, Line, Named, Sheet, codes, day};
use crate::{
    code::{Code, Strength},
    export::{module_mm_within, plain::plain},
    paper::{Align, Document, Face, Fonts, LIVE_HEIGHT_MM, LIVE_WIDTH_MM, Page, Paper, Placed, Role, Text},
};

/// Most people on one page.
const PEOPLE_MAX: usize = 15;
/// Names and numbers, what stands below them, headings, and the rest.
const NAME_PT: f32 = 14.0;
const NOTE_PT: f32 = 10.0;
const HEADING_PT: f32 = 12.0;
const TITLE_PT: f32 = 18.0;
const SMALL_PT: f32 = 8.0;
/// From one row of a size to the next.
const NAME_MM: f32 = 6.4;
const NOTE_MM: f32 = 4.4;
/// Where what is read begins and ends.
const TOP_MM: f32 = 19.0;
const BOTTOM_MM: f32 = LIVE_HEIGHT_MM - 14.0;
/// Where numbers begin, right of names.
const NUMBER_MM: f32 = 84.0;
/// Where notes begin, right of the place in the order; and rows of tables, right of what they are about.
const INDENT_MM: f32 = 9.0;
const TABLE_MM: f32 = 60.0;
/// The widest that the code of a bridge is.
const BRIDGE_CODE_MM: f32 = 26.0;

/// How a sheet is printed, and for whom.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// Its id.
    pub id: &'a str,
    /// What it is printed on.
    pub paper: Paper,
    /// Whether a page of codes follows.
    pub codes: bool,
    /// Who printed it.
    pub by: &'a str,
    /// Where each copy is.
    pub copies: &'a [String],
    /// The team, as cards of people say it.
    pub team: &'a str,
}

/// The pages of a sheet.
pub fn sheet_pages(sheet: &Sheet, look: Look<'_>, fonts: &Fonts<'_>) -> Document {
    let mut flow = Flow { fonts, pages: vec![Page::default()], y_mm: TOP_MM, section: String::new(), people: 0, number: 0 };
    if !sheet.window.is_empty() {
        flow.section("THE WINDOW", 12.0);
        for line in &sheet.window {
            flow.wrapped(0.0, LIVE_WIDTH_MM, Face::Sans, line);
        }
    }
    join(&mut flow, sheet);
    call(&mut flow, sheet);
    turns(&mut flow, sheet);
    flow.table("BY SYSTEM: CALL FIRST, THEN", &sheet.systems);
    flow.table("IF THIS IS DOWN, USE", &sheet.instead);
    flow.table("WHO DECIDES, THEN", &sheet.decides);
    outside(&mut flow, sheet);
    let mut pages = flow.pages;
    if look.codes {
        pages.extend(codes::pages(sheet, look.team, fonts));
    }
    let count = pages.len();
    for (at, page) in pages.iter_mut().enumerate() {
        let items = std::mem::take(&mut page.items);
        head(page, sheet, look, fonts);
        page.items.extend(items);
        foot(page, look, (at + 1, count), fonts);
    }
    Document { title: format!("{}: who to call", sheet.about), id: look.id.to_owned(), paper: look.paper, pages }
}

fn head(page: &mut Page, sheet: &Sheet, look: Look<'_>, fonts: &Fonts<'_>) {
    let sensitive = "SENSITIVE: staff phone numbers";
    let room = LIVE_WIDTH_MM - fonts.width_mm(Face::Bold, NOTE_PT, sensitive) - 4.0;
    let title = format!("{}: who to call", sheet.about);
    let size = [TITLE_PT, NAME_PT].into_iter().find(|size| fonts.width_mm(Face::Bold, *size, &title) <= room).unwrap_or(NOTE_PT);
    let title = fonts.cut(Face::Bold, size, &title, room);
    page.text(Text::at(0.0, 7.0, title).size(size).face(Face::Bold).role(Role::Title));
    page.text(Text::at(LIVE_WIDTH_MM, 6.5, sensitive).face(Face::Bold).align(Align::Right));
    page.text(Text::at(0.0, 13.2, format!("as of {}     replace by {}", sheet.as_of_words(), day(sheet.replace_by))));
    page.text(Text::at(LIVE_WIDTH_MM, 13.2, look.id).face(Face::Mono).align(Align::Right));
    page.line((0.0, 15.5), (LIVE_WIDTH_MM, 15.5), 0.5);
}

fn foot(page: &mut Page, look: Look<'_>, (number, count): (usize, usize), fonts: &Fonts<'_>) {
    let y_mm = LIVE_HEIGHT_MM - 8.0;
    page.line((0.0, y_mm - 4.0), (LIVE_WIDTH_MM, y_mm - 4.0), 0.2);
    let copies = match look.copies {
        [] => String::new(),
        copies => format!(" Copies: {}.", copies.iter().map(|copy| plain(copy)).collect::<Vec<_>>().join(", ")),
    };
    let says = format!("Printed by {}.{copies} Numbers change: shred this one when you print the next.", plain(look.by));
    page.text(Text::at(0.0, y_mm, fonts.cut(Face::Sans, SMALL_PT, &says, LIVE_WIDTH_MM - 30.0)).size(SMALL_PT));
    let of = format!("page {number} of {count}");
    page.text(Text::at(LIVE_WIDTH_MM, y_mm, of).size(SMALL_PT).align(Align::Right));
    let y_mm = LIVE_HEIGHT_MM - 2.0;
    page.line((0.0, y_mm), (50.0, y_mm), 0.3);
    for x_mm in [0.0, 50.0] {
        page.line((x_mm, y_mm - 1.5), (x_mm, y_mm + 1.5), 0.3);
    }
    let ruler = "This bar is 50 mm long. If it is not: print at 100 %.";
    page.text(Text::at(52.0, y_mm + 1.0, ruler).size(SMALL_PT).role(Role::Mark));
}

/// Rows on pages.
struct Flow<'f> {
    fonts: &'f Fonts<'f>,
    pages: Vec<Page>,
    y_mm: f32,
    section: String,
    people: usize,
    number: usize,
}

impl Flow<'_> {
    fn page(&mut self) -> &mut Page {
        if self.pages.is_empty() {
            self.pages.push(Page::default());
        }
        self.pages.last_mut().expect("there is one")
    }

    fn new_page(&mut self) {
        self.pages.push(Page::default());
        (self.y_mm, self.people) = (TOP_MM, 0);
        let again = format!("{} (goes on)", self.section);
        self.heading(&again);
    }

    /// Makes room for something that stays together.
    fn ensure(&mut self, height_mm: f32) {
        if self.y_mm + height_mm > BOTTOM_MM && self.y_mm > TOP_MM + 10.0 {
            self.new_page();
        }
    }

    fn heading(&mut self, heading: &str) {
        let y_mm = self.y_mm + 4.6;
        let heading = self.fonts.cut(Face::Bold, HEADING_PT, heading, LIVE_WIDTH_MM);
        self.page().text(Text::at(0.0, y_mm, heading).size(HEADING_PT).face(Face::Bold).role(Role::Heading));
        self.y_mm = y_mm + 2.6;
    }

    /// A part of the sheet, with room for its first row.
    fn section(&mut self, title: &str, first_mm: f32) {
        if self.y_mm + 9.0 + first_mm > BOTTOM_MM {
            self.pages.push(Page::default());
            (self.y_mm, self.people) = (TOP_MM, 0);
        } else if self.y_mm > TOP_MM {
            self.y_mm += 1.6;
            let y_mm = self.y_mm;
            self.page().line((0.0, y_mm), (LIVE_WIDTH_MM, y_mm), 0.2);
        }
        self.number += 1;
        self.section = format!("{}  {title}", self.number);
        let heading = self.section.clone();
        self.heading(&heading);
    }

    /// A text in as many rows as it takes.
    fn wrapped(&mut self, x_mm: f32, width_mm: f32, face: Face, text: &str) {
        for line in self.fonts.wrap(face, NOTE_PT, text, width_mm) {
            self.ensure(NOTE_MM);
            let y_mm = self.y_mm + 3.4;
            self.page().text(Text::at(x_mm, y_mm, line).size(NOTE_PT).face(face));
            self.y_mm += NOTE_MM;
        }
    }

    /// A name and its first number in large letters; a name that is too long has a row of its own.
    fn named(&mut self, x_mm: f32, name: &str, number: Option<&Line>) {
        let long = self.fonts.width_mm(Face::Sans, NAME_PT, name) > NUMBER_MM - x_mm - 3.0;
        let rows = if long { self.fonts.wrap(Face::Sans, NAME_PT, name, LIVE_WIDTH_MM - x_mm) } else { vec![name.to_owned()] };
        for row in &rows {
            let y_mm = self.y_mm + 5.0;
            self.page().text(Text::at(x_mm, y_mm, row.clone()).size(NAME_PT));
            self.y_mm += NAME_MM;
        }
        if !long {
            self.y_mm -= NAME_MM;
        }
        let y_mm = self.y_mm + 5.0;
        match number {
            Some(line) => self.page().text(number_at(NUMBER_MM, y_mm, line).size(NAME_PT).face(Face::MonoBold)),
            None => self.page().text(Text::at(NUMBER_MM, y_mm, "no number").size(NOTE_PT)),
        }
        self.y_mm += NAME_MM;
    }

    /// Things with names in an order.
    fn table(&mut self, title: &str, rows: &[Named]) {
        if rows.is_empty() {
            return;
        }
        self.section(title, 2.0 * NOTE_MM);
        for row in rows {
            let what = self.fonts.wrap(Face::Bold, NOTE_PT, &row.what, TABLE_MM - 3.0);
            let then = if row.then.is_empty() { "nobody".to_owned() } else { row.then.join(", then ") };
            let then = match (&row.note, row.then.is_empty()) {
                (Some(note), true) => note.clone(),
                (Some(note), false) => format!("{then} ({note})"),
                (None, _) => then,
            };
            let then = self.fonts.wrap(Face::Sans, NOTE_PT, &then, LIVE_WIDTH_MM - TABLE_MM);
            let height = what.len().max(then.len()) as f32 * NOTE_MM;
            self.ensure(height);
            for (x_mm, face, lines) in [(0.0, Face::Bold, what), (TABLE_MM, Face::Sans, then)] {
                let mut y_mm = self.y_mm + 3.4;
                for line in lines {
                    self.page().text(Text::at(x_mm, y_mm, line).size(NOTE_PT).face(face));
                    y_mm += NOTE_MM;
                }
            }
            self.y_mm += height + 0.4;
        }
    }
}

fn number_at(x_mm: f32, y_mm: f32, line: &Line) -> Text {
    Text::at(x_mm, y_mm, line.shown.clone()).link(Some(format!("tel:{}", line.e164)))
}

/// The bridges, and a code that calls the first one.
fn join(flow: &mut Flow<'_>, sheet: &Sheet) {
    if sheet.join.is_empty() && sheet.meet.is_none() {
        return;
    }
    flow.section("JOIN THE BRIDGE", BRIDGE_CODE_MM);
    let (top, pages) = (flow.y_mm, flow.pages.len());
    let first = sheet.join.iter().find_map(|way| Some((way, way.numbers.first()?)));
    let code = first.and_then(|(way, line)| {
        let code = Code::within(&format!("tel:{}", line.e164), Strength::M, 2)?;
        let module_mm = module_mm_within(&code, BRIDGE_CODE_MM);
        let placed = Placed { x_mm: 0.0, y_mm: top - 4.0, module_mm, code, alt: format!("Calls {}", way.name) };
        Some(Placed { x_mm: LIVE_WIDTH_MM - placed.side_mm(), ..placed })
    });
    let beside = LIVE_WIDTH_MM - code.as_ref().map_or(0.0, Placed::side_mm) - 3.0;
    let low = code.as_ref().map(|code| top - 4.0 + code.side_mm());
    for way in &sheet.join {
        flow.ensure(NAME_MM * way.numbers.len().max(1) as f32 + NOTE_MM);
        let width = if flow.pages.len() == pages && low.is_some_and(|low| flow.y_mm < low) { beside } else { LIVE_WIDTH_MM };
        let needs = if way.needs.is_empty() { String::new() } else { format!("needs {}", way.needs.join(", ")) };
        let reach = way.reach.as_ref().filter(|reach| !way.numbers.iter().any(|line| &&line.shown == reach));
        let about: Vec<String> = reach.cloned().into_iter().chain(Some(needs).filter(|it| !it.is_empty())).collect();
        match way.numbers.split_first() {
            Some((line, others)) => {
                flow.named(0.0, &way.name, Some(line));
                for other in others {
                    let y_mm = flow.y_mm + 5.0;
                    flow.page().text(number_at(NUMBER_MM, y_mm, other).size(NAME_PT).face(Face::MonoBold));
                    flow.y_mm += NAME_MM;
                }
                if let Some(pin) = &way.pin {
                    let y_mm = flow.y_mm + 5.0;
                    flow.page().text(Text::at(NUMBER_MM - 12.0, y_mm, "PIN").size(NOTE_PT));
                    flow.page().text(Text::at(NUMBER_MM, y_mm, pin.clone()).size(NAME_PT).face(Face::MonoBold));
                    flow.y_mm += NAME_MM;
                }
            }
            None => {
                let y_mm = flow.y_mm + 5.0;
                let name = flow.fonts.cut(Face::Sans, NAME_PT, &way.name, NUMBER_MM - 3.0);
                flow.page().text(Text::at(0.0, y_mm, name).size(NAME_PT));
                flow.y_mm += 1.4;
            }
        }
        if about.is_empty() {
            flow.y_mm += if way.numbers.is_empty() { NAME_MM } else { 0.0 };
        } else {
            flow.wrapped(NUMBER_MM, width - NUMBER_MM, Face::Sans, &about.join("; "));
        }
    }
    if let Some(meet) = &sheet.meet {
        flow.wrapped(0.0, beside, Face::Sans, &format!("None of them works: {meet}"));
    }
    if let Some(say) = &sheet.say_first {
        flow.wrapped(0.0, beside, Face::Sans, &format!("Say first: {say}"));
    }
    if let Some(code) = code {
        if flow.pages.len() == pages {
            flow.y_mm = flow.y_mm.max(top - 4.0 + code.side_mm());
        }
        if let Some(page) = flow.pages.get_mut(pages - 1) {
            page.code(code);
        }
    }
}

/// Whom to call.
fn call(flow: &mut Flow<'_>, sheet: &Sheet) {
    if sheet.people.is_empty() {
        return;
    }
    flow.section("CALL, IN THIS ORDER", 14.0);
    let y_mm = flow.y_mm - 2.6;
    flow.page().text(Text::at(LIVE_WIDTH_MM - 8.0, y_mm, "UTC").size(SMALL_PT).align(Align::Right));
    flow.page().text(Text::at(LIVE_WIDTH_MM, y_mm, "ok?").size(SMALL_PT).align(Align::Right));
    let rule = sheet.rule();
    flow.wrapped(0.0, LIVE_WIDTH_MM, Face::Bold, &rule);
    for (at, person) in sheet.people.iter().enumerate() {
        caller(flow, at + 1, person);
    }
}

fn caller(flow: &mut Flow<'_>, place: usize, person: &Caller) {
    let others = person.numbers.iter().skip(1).map(|line| format!("{} {}", line.kind, line.shown));
    let checked = person.numbers.first().and_then(|line| line.checked).map(|on| format!("checked {}", on.strftime("%-d %b")));
    let role = Some(person.role.clone()).filter(|role| !role.is_empty());
    let notes: Vec<String> = role.into_iter().chain(others).chain(person.notes.iter().cloned()).chain(checked).collect();
    let notes = flow.fonts.wrap(Face::Sans, NOTE_PT, &notes.join("; "), LIVE_WIDTH_MM - INDENT_MM - 10.0);
    if flow.people >= PEOPLE_MAX {
        flow.new_page();
    }
    flow.ensure(NAME_MM + notes.len() as f32 * NOTE_MM + 0.4);
    flow.people += 1;
    let y_mm = flow.y_mm + 5.0;
    let place = place.to_string();
    let size = if place.len() > 2 { NOTE_PT } else { NAME_PT };
    flow.page().text(Text::at(0.0, y_mm, place).size(size).face(Face::Bold));
    let (left, right) = (LIVE_WIDTH_MM - 5.0, LIVE_WIDTH_MM);
    for (from, to) in [
        ((left, y_mm - 4.0), (right, y_mm - 4.0)),
        ((left, y_mm + 1.0), (right, y_mm + 1.0)),
        ((left, y_mm - 4.0), (left, y_mm + 1.0)),
        ((right, y_mm - 4.0), (right, y_mm + 1.0)),
    ] {
        flow.page().line(from, to, 0.25);
    }
    flow.named(INDENT_MM, &person.name, person.numbers.first());
    // In the row of the number; where that leaves no room, in one of its own.
    let ends = person.numbers.first().map_or(0.0, |line| flow.fonts.width_mm(Face::MonoBold, NAME_PT, &line.shown));
    let room = LIVE_WIDTH_MM - 8.0 - NUMBER_MM - ends - 3.0;
    let utc = Text::at(LIVE_WIDTH_MM - 8.0, flow.y_mm - NAME_MM + 5.0, person.utc.clone()).align(Align::Right);
    if flow.fonts.width_mm(Face::Sans, NOTE_PT, &person.utc) <= room {
        flow.page().text(utc.size(NOTE_PT));
    } else {
        flow.wrapped(INDENT_MM, LIVE_WIDTH_MM - INDENT_MM - 10.0, Face::Sans, &format!("UTC {}", person.utc));
    }
    for line in notes {
        let y_mm = flow.y_mm + 3.4;
        flow.page().text(Text::at(INDENT_MM, y_mm, line).size(NOTE_PT));
        flow.y_mm += NOTE_MM;
    }
    flow.y_mm += 0.4;
}

fn turns(flow: &mut Flow<'_>, sheet: &Sheet) {
    if sheet.turns.is_empty() {
        return;
    }
    flow.section("ON DUTY, BY UTC", 2.0 * NOTE_MM);
    for turns in &sheet.turns {
        let mut says: Vec<String> = turns.from.iter().map(|(from, who)| format!("{from} {who}")).collect();
        says.extend(turns.note.clone());
        let what = flow.fonts.wrap(Face::Bold, NOTE_PT, &turns.rota, TABLE_MM - 3.0);
        flow.ensure(NOTE_MM * what.len().max(2) as f32);
        let mut y_mm = flow.y_mm + 3.4;
        for line in what {
            flow.page().text(Text::at(0.0, y_mm, line).size(NOTE_PT).face(Face::Bold));
            y_mm += NOTE_MM;
        }
        // Each turn by itself: a row is not broken within one.
        for says in says {
            flow.wrapped(TABLE_MM, LIVE_WIDTH_MM - TABLE_MM, Face::Sans, &says);
        }
    }
}

fn outside(flow: &mut Flow<'_>, sheet: &Sheet) {
    if sheet.outside.is_empty() {
        return;
    }
    flow.section("OUTSIDE", NAME_MM + NOTE_MM);
    for vendor in &sheet.outside {
        flow.ensure(NAME_MM + NOTE_MM);
        flow.named(0.0, &vendor.name, vendor.numbers.first());
        let others = vendor.numbers.iter().skip(1).map(|line| line.shown.clone());
        let says: Vec<String> = others.chain(vendor.asks.iter().cloned()).collect();
        if !says.is_empty() {
            flow.wrapped(NUMBER_MM, LIVE_WIDTH_MM - NUMBER_MM, Face::Sans, &says.join(", "));
        }
    }
}
