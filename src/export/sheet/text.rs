//! The sheet as text, for printers that know no more, and for mail.

use unicode_width::UnicodeWidthStr as _;

use super::{Line, Named, Sheet, day};

/// Columns of the page.
const WIDTH: usize = 78;
/// Where names of a table end.
const TABLE: usize = 26;

/// The sheet as text of no more than 78 columns where its words allow.
pub fn sheet_text(sheet: &Sheet, id: &str) -> String {
    let mut out = Out(String::new());
    out.line(&format!("{}: WHO TO CALL", sheet.about));
    out.line("SENSITIVE: staff phone numbers");
    out.line(&format!("as of {}, replace by {}, {id}", sheet.as_of_words(), day(sheet.replace_by)));
    if !sheet.window.is_empty() {
        out.heading("THE WINDOW");
        sheet.window.iter().for_each(|line| out.wrapped(0, line));
    }
    if !sheet.join.is_empty() || sheet.meet.is_some() {
        out.heading("JOIN THE BRIDGE");
    }
    for way in &sheet.join {
        let numbers: Vec<String> = way.numbers.iter().map(|line| line.shown.clone()).collect();
        let pin = way.pin.iter().map(|pin| format!("PIN {pin}"));
        let needs = Some(format!("needs {}", way.needs.join(", "))).filter(|_| !way.needs.is_empty());
        let all: Vec<String> = numbers.into_iter().chain(pin).chain(way.reach.clone()).chain(needs).collect();
        out.row(&way.name, &all.join("; "));
    }
    sheet.meet.iter().for_each(|meet| out.wrapped(0, &format!("None of them works: {meet}")));
    sheet.say_first.iter().for_each(|say| out.wrapped(0, &format!("Say first: {say}")));
    if !sheet.people.is_empty() {
        out.heading("CALL, IN THIS ORDER");
        out.wrapped(0, &sheet.rule());
    }
    for (at, person) in sheet.people.iter().enumerate() {
        let number = person.numbers.first().map_or("no number", |line| line.shown.as_str());
        let pad = 30_usize.saturating_sub(person.name.width());
        out.line(&format!("[ ] {:>2}  {}{:pad$}  {number}", at + 1, person.name, ""));
        let others = person.numbers.iter().skip(1).map(|line| format!("{} {}", line.kind, line.shown));
        let notes = [format!("UTC {}", person.utc), person.role.clone()].into_iter().filter(|it| !it.is_empty());
        let notes: Vec<String> = notes.chain(others).chain(person.notes.iter().cloned()).collect();
        out.wrapped(8, &notes.join("; "));
    }
    if !sheet.turns.is_empty() {
        out.heading("ON DUTY, BY UTC");
    }
    for turns in &sheet.turns {
        let says: Vec<String> = turns.from.iter().map(|(from, who)| format!("{from} {who}")).chain(turns.note.clone()).collect();
        out.row(&turns.rota, &says.join("; "));
    }
    out.table("BY SYSTEM: CALL FIRST, THEN", &sheet.systems);
    out.table("IF THIS IS DOWN, USE", &sheet.instead);
    out.table("WHO DECIDES, THEN", &sheet.decides);
    if !sheet.outside.is_empty() {
        out.heading("OUTSIDE");
    }
    for vendor in &sheet.outside {
        let numbers = vendor.numbers.iter().map(|line: &Line| line.shown.clone());
        out.row(&vendor.name, &numbers.chain(vendor.asks.iter().cloned()).collect::<Vec<_>>().join("; "));
    }
    out.0
}

struct Out(String);

impl Out {
    fn line(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        self.line("");
        self.line(heading);
    }

    /// Broken at spaces, each line behind so many of them.
    fn wrapped(&mut self, indent: usize, text: &str) {
        let mut line = String::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && indent + line.width() + 1 + word.width() > WIDTH {
                self.line(&format!("{:indent$}{line}", ""));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            self.line(&format!("{:indent$}{line}", ""));
        }
    }

    /// What it is about, and the rest right of it.
    fn row(&mut self, what: &str, rest: &str) {
        let from = self.0.len();
        self.wrapped(TABLE, rest);
        let fits = what.width() + 2 <= TABLE;
        if self.0.len() == from || !fits {
            let below = self.0.split_off(from);
            self.line(what);
            self.0.push_str(&below);
        } else {
            let pad = TABLE - what.width();
            self.0.replace_range(from..from + TABLE, &format!("{what}{:pad$}", ""));
        }
    }

    fn table(&mut self, heading: &str, rows: &[Named]) {
        if rows.is_empty() {
            return;
        }
        self.heading(heading);
        for row in rows {
            let note = row.note.iter().map(|note| if row.then.is_empty() { note.clone() } else { format!("({note})") });
            let then = Some(row.then.join(", then ")).filter(|_| !row.then.is_empty());
            self.row(&row.what, &then.into_iter().chain(note).collect::<Vec<_>>().join(" "));
        }
    }
}
