//! Rows for spreadsheets: CSV (RFC 4180), UTF-8 with a mark at its beginning, without which they take it for something else.
//!
//! No cell can become a formula (CWE-1236), also where a spreadsheet takes semicolons or tabs for separators: what would begin
//! one gets a `'` before it, and its row says in the last column in which columns that is so. It keeps a number a text, too.

use super::{
    Made, Outgoing,
    plain::{plain, plain_lines},
};
use crate::team::{Kind, Number};

/// The columns. Later kits add more behind them and change none.
pub const COLUMNS: [&str; 14] =
    ["kind", "id", "name", "title", "teams", "zone", "hours", "email", "number", "reaches", "checked", "note", "kit", "guarded"];
/// What makes a cell a formula when it stands first.
const FORMULA: &[char] = &['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// What some spreadsheet takes for the end of a cell.
const SEPARATORS: &[char] = &[';', ',', '|', '\t', '\n', '\r'];

/// One row for each number of each person, bridge, tool and vendor; those without one have one row.
pub fn csv(out: Outgoing<'_>) -> Made {
    let team = out.team;
    let mut rows: Vec<Row> = Vec::new();
    for (id, it) in &team.people {
        let hours = it.hours.map(|hours| hours.to_string()).unwrap_or_default();
        let row = Row {
            title: it.title.clone().unwrap_or_default(),
            teams: it.teams.join(" / "),
            zone: it.zone.to_string(),
            hours,
            email: it.emails.join(" "),
            ..Row::of("person", id.as_str(), &it.name, it.note.as_deref())
        };
        rows.extend(row.each(out, &it.numbers));
    }
    for (id, it) in team.ladder() {
        rows.extend(Row::of("bridge", id.as_str(), &it.name, it.note.as_deref()).each(out, &it.numbers));
    }
    for (id, it) in &team.tools {
        rows.extend(Row::of("tool", id.as_str(), &it.name, None).each(out, &it.numbers));
    }
    for (id, it) in &team.vendors {
        rows.extend(Row::of("vendor", id.as_str(), &it.name, it.note.as_deref()).each(out, &it.numbers));
    }
    let mut text = format!("\u{feff}{}\r\n", COLUMNS.join(","));
    let edition = format!("{} of {}", out.seq, out.created.strftime("%Y-%m-%d"));
    let mut is_guarded = false;
    for row in &rows {
        let mut cells: Vec<String> = row.cells(&edition).iter().map(|cell| plain(cell)).collect();
        let guarded = COLUMNS.iter().zip(&cells).filter(|(_, cell)| guard(cell) != **cell).map(|(name, _)| *name);
        let guarded = guarded.collect::<Vec<_>>().join(" ");
        is_guarded |= !guarded.is_empty();
        cells.push(guarded);
        text.push_str(&cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(","));
        text.push_str("\r\n");
    }
    let (home, _) = out.private_of_all();
    let guarded = "cells that begin like a formula, numbers too, have a ' before them; the last column names them".to_owned();
    let warnings = if is_guarded { vec![guarded] } else { Vec::new() };
    Made { text, count: rows.len(), left_out: out.left_out(home, 0), warnings }
}

/// One row, its cells as they are.
#[derive(Debug, Clone, Default)]
struct Row {
    kind: &'static str,
    id: String,
    name: String,
    title: String,
    teams: String,
    zone: String,
    hours: String,
    email: String,
    number: String,
    reaches: String,
    checked: String,
    note: String,
}

impl Row {
    fn of(kind: &'static str, id: &str, name: &str, note: Option<&str>) -> Self {
        let note = note.map(|note| plain_lines(note).collect::<Vec<_>>().join(" / ")).unwrap_or_default();
        Self { kind, id: id.to_owned(), name: name.to_owned(), note, ..Self::default() }
    }

    /// One for each number that leaves, in the order to try them; itself when there is none.
    fn each(self, out: Outgoing<'_>, numbers: &[Number]) -> Vec<Self> {
        let one = |number: &Number| {
            let notes = [number.note.as_deref(), number.carrier.as_deref(), Some(self.note.as_str())];
            let notes: Vec<&str> = notes.into_iter().flatten().filter(|note| !note.is_empty()).collect();
            Self {
                number: number.read_aloud().to_owned(),
                reaches: if self.is_nobody(number) { String::new() } else { word(number.kind).to_owned() },
                checked: number.checked.as_ref().map(|checked| checked.on.to_string()).unwrap_or_default(),
                note: notes.join(" / "),
                ..self.clone()
            }
        };
        let rows: Vec<Self> = out.numbers(numbers).map(one).collect();
        if rows.is_empty() { vec![self] } else { rows }
    }

    /// That a number is a mobile one is only what a kit takes for granted of people.
    fn is_nobody(&self, number: &Number) -> bool {
        self.kind != "person" && number.kind == Kind::Mobile
    }

    fn cells<'r>(&'r self, edition: &'r str) -> [&'r str; COLUMNS.len() - 1] {
        let Self { kind, id, name, title, teams, zone, hours, email, number, reaches, checked, note } = self;
        [kind, id, name, title, teams, zone, hours, email, number, reaches, checked, note, edition]
    }
}

/// What a number reaches, in a word.
pub(super) fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Mobile => "mobile",
        Kind::Landline => "landline",
        Kind::Home => "home",
        Kind::Work => "work",
        Kind::Satellite => "satellite",
        Kind::Pager => "pager",
        Kind::Other => "other",
    }
}

/// A cell as it is written: guarded, and in quotes, always.
fn quoted(cell: &str) -> String {
    format!("\"{}\"", guard(cell).replace('"', "\"\""))
}

/// A text with a `'` before whatever could begin a formula: at its beginning and behind every sign that may end a cell.
fn guard(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_start = true;
    while let Some(c) = rest.chars().next() {
        if is_start && begins_formula(rest) {
            out.push('\'');
        }
        out.push(c);
        // Spaces and quotes before a formula do not make it a text everywhere.
        is_start = SEPARATORS.contains(&c) || (is_start && (c.is_whitespace() || c == '"'));
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    out
}

/// Whether a text is a formula, or one behind guards of its own: so a guard can be told from a `'` that was always there.
fn begins_formula(text: &str) -> bool {
    let bare = text.trim_start_matches('\'');
    bare.starts_with(FORMULA) || bare.starts_with(['\t', '\r'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The other way round.
    fn unguarded(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        let mut is_start = true;
        while let Some(c) = rest.chars().next() {
            if is_start && c == '\'' && begins_formula(&rest[1..]) {
                rest = &rest[1..];
                is_start = false;
                continue;
            }
            out.push(c);
            is_start = SEPARATORS.contains(&c) || (is_start && (c.is_whitespace() || c == '"'));
            rest = &rest[c.len_utf8()..];
        }
        out
    }

    /// Whether some spreadsheet would take a part of a cell for a formula, whatever separates its cells.
    fn acts(cell: &str) -> bool {
        let parts = cell.split(SEPARATORS);
        parts.map(|part| part.trim_start_matches(|c: char| c.is_whitespace() || c == '"')).any(|part| part.starts_with(FORMULA))
    }

    #[test]
    fn d10_no_cell_begins_a_formula() {
        for (cell, written) in [
            ("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""),
            ("+44 7700 900123", "\"'+44 7700 900123\""),
            ("-2+3", "\"'-2+3\""),
            ("@SUM(1)", "\"'@SUM(1)\""),
            ("  =1", "\"  '=1\""),
            ("\"=1", "\"\"\"'=1\""),
            ("x;=1", "\"x;'=1\""),
            ("x\";\"=1", "\"x\"\";\"\"'=1\""),
            ("a|@x", "\"a|'@x\""),
            ("＝1", "\"'＝1\""),
            ("'=1", "\"''=1\""),
            ("it's 1 - 2 = 3", "\"it's 1 - 2 = 3\""),
            ("", "\"\""),
        ] {
            assert_eq!(quoted(cell), written, "{cell:?}");
        }
        assert!(acts("=1") && acts(" =1") && acts("a;=1") && acts("a;\"=1") && !acts("a=1"));
    }

    proptest! {
        #[test]
        fn d10_whatever_a_cell_holds_it_is_a_text_and_comes_back(cell in ".{0,60}", more in "[=+\\-@'\"; ,|\tx＝\n\r]{0,40}") {
            for text in [format!("{cell}{more}"), format!("{more}{cell}"), more] {
                let guarded = guard(&text);
                prop_assert!(!acts(&guarded), "{guarded:?}");
                prop_assert_eq!(unguarded(&guarded), text);
            }
        }
    }
}
