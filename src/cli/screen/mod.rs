//! Screens: line 1 is the act, the rest supports it; numbers are never cut or wrapped, whatever the width.

mod acks;
mod announce;
mod approve;
mod authority;
mod bare;
mod bridge;
mod brief;
mod call;
mod card;
mod duty;
mod exposure;
mod line;
mod log;
mod qr;
mod request;
mod rescue;
mod sheets;
mod source;
mod standing;
mod status;
mod sync;
mod table;
mod tier;
mod tool;
mod who;
mod window;

use unicode_width::UnicodeWidthStr;

use super::out::shown;
pub(super) use acks::acks;
pub(super) use announce::as_they_are;
pub(super) use approve::{given, petition};
pub(super) use authority::{authorities, authority};
pub(super) use bare::bare;
pub(super) use bridge::{CodeForm, bridges};
pub(super) use brief::brief;
pub(super) use card::card;
pub(super) use duty::duty;
pub(super) use exposure::exposure;
pub(super) use log::{Beside, audits, entry, log};
pub(crate) use qr::qr;
pub(super) use request::request;
pub(super) use rescue::{proofs, rescue};
pub(super) use sheets::{sheets, ticked};
pub(super) use source::{places, trials};
pub(super) use standing::{AsOf, Standing};
pub(super) use status::status;
pub(super) use sync::sync;
use table::Table;
pub(super) use tier::tiers;
pub(super) use tool::{caller, tool, tools};
pub(super) use who::who;
pub(super) use window::{window, windows};

/// Columns of the label in a row, two of them indent.
const LABEL_COLUMNS: usize = 16;
/// Narrowest terminal that has room for labels in a column of their own.
const WIDE_COLUMNS: usize = 60;
/// A gap wider than this parts what has nothing to do with each other.
const SENTENCE_GAP_COLUMNS: usize = 4;
/// Keeps words together while lines are broken; printed as a space.
const KEEP: char = '\u{a0}';

/// What a screen is laid out for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Columns of the terminal.
    pub columns: usize,
    /// Whether it is read aloud: tables become lines of `label: value`, and nothing stands beside anything else.
    pub accessible: bool,
    /// Whether it goes to a terminal whose locale names a character set other than UTF-8: letters become the nearest ones of
    /// ASCII before anything is measured.
    pub ascii: bool,
}

/// Lines for a terminal of a width.
#[derive(Debug)]
pub(crate) struct Screen {
    columns: usize,
    accessible: bool,
    ascii: bool,
    lines: Vec<String>,
    /// Heads of the columns that had no room.
    left_out: Vec<String>,
}

/// The first line: a verb, whom or what, at most one number, and a word of support.
#[derive(Debug, Clone, Default)]
pub(super) struct Act<'a> {
    /// `CALL`, `JOIN`, `USE`.
    pub verb: &'a str,
    /// A name, if the number needs one.
    pub name: Option<&'a str>,
    /// The number as it is read.
    pub number: Option<&'a str>,
    /// What supports it; goes to a line of its own when there is no room.
    pub support: Vec<String>,
}

impl Screen {
    /// An empty screen.
    pub(super) fn new(layout: Layout) -> Self {
        let Layout { columns, accessible, ascii } = layout;
        Self { columns, accessible, ascii, lines: Vec::new(), left_out: Vec::new() }
    }

    /// What this screen is laid out for, for another one like it.
    fn layout(&self) -> Layout {
        Layout { columns: self.columns, accessible: self.accessible, ascii: self.ascii }
    }

    /// A text as the terminal shows it, so that what is measured is what is seen: in other letters a name may be of more
    /// words, and one that is kept together stays together.
    fn letters(&self, text: &str) -> String {
        if !self.ascii {
            return shown(text, false);
        }
        let has_kept = text.contains(KEEP);
        let in_ascii = |part: &str| {
            let last = part.split(' ').count() - 1;
            let words = part.split(' ').enumerate().map(|(index, word)| {
                let word = shown(word, true);
                // The outer words of a part stand beside what is kept.
                if has_kept && (index == 0 || index == last) { keep(word.trim()) } else { word.trim().to_owned() }
            });
            words.collect::<Vec<_>>().join(" ")
        };
        text.split(KEEP).map(in_ascii).collect::<Vec<_>>().join(&KEEP.to_string())
    }

    /// Whether the parts of a first line have room on it.
    fn has_room(&self, parts: &[String]) -> bool {
        line_of(&parts.iter().map(|part| self.letters(part)).collect::<Vec<_>>()).width() <= self.columns
    }

    /// The finished lines.
    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines
    }

    /// The first line. Where it is too long, support goes to the lines after it, then the name; the number stays.
    pub(super) fn act(&mut self, act: &Act<'_>) {
        let mut head = vec![act.verb.to_owned()];
        let mut rest = Vec::new();
        let number = act.number.map(str::to_owned);
        if let Some(name) = act.name {
            let with_name = [head.as_slice(), &[name.to_owned()], number.as_slice()].concat();
            if self.has_room(&with_name) { head.push(name.to_owned()) } else { rest.push(name.to_owned()) }
        }
        if let (Some(name), None) = (rest.first(), &number) {
            // A long text in the place of a number begins on the first line all the same.
            self.wrapped(&format!("{}  ", act.verb), "  ", name);
            return act.support.iter().filter(|text| !text.is_empty()).for_each(|text| self.text(text));
        }
        head.extend(number);
        for support in act.support.iter().filter(|text| !text.is_empty()) {
            let with_support = [head.as_slice(), std::slice::from_ref(support)].concat();
            if rest.is_empty() && self.has_room(&with_support) { head = with_support } else { rest.push(support.clone()) }
        }
        let head: Vec<String> = head.iter().map(|part| self.letters(part)).collect();
        self.lines.push(line_of(&head));
        for text in rest {
            self.text(&text);
        }
    }

    /// An empty line.
    pub(super) fn blank(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// A label and what belongs to it; nothing when the text is empty.
    pub(super) fn row(&mut self, label: &str, text: impl AsRef<str>) {
        let text = text.as_ref();
        if text.is_empty() {
            return;
        }
        if self.columns >= WIDE_COLUMNS && !self.accessible {
            // A label that fills its column keeps two spaces before the text.
            let label = self.letters(label);
            let gap = LABEL_COLUMNS.saturating_sub(2 + label.width()).max(2);
            self.wrapped(&format!("  {label}{}", " ".repeat(gap)), &" ".repeat(LABEL_COLUMNS), text);
        } else {
            let label = label.trim();
            let colon = if label.ends_with('?') { "" } else { ":" };
            self.wrapped(&format!("  {label}{colon} "), "    ", text);
        }
    }

    /// Several lines under one label.
    fn rows(&mut self, label: &str, lines: &[String]) {
        let is_wide = self.columns >= WIDE_COLUMNS && !self.accessible;
        let indent = if is_wide { " ".repeat(LABEL_COLUMNS) } else { "    ".to_owned() };
        for (index, line) in lines.iter().enumerate() {
            if index == 0 { self.row(label, line) } else { self.wrapped(&indent, &indent, line) }
        }
    }

    /// What the team wrote for whoever calls.
    fn note(&mut self, text: Option<&str>) {
        if let Some(text) = text {
            self.row("Note", "written by the team:");
            self.quote(text);
        }
    }

    /// A line of its own, indented.
    pub(super) fn text(&mut self, text: &str) {
        self.wrapped("  ", "  ", text);
    }

    /// A line from the left edge.
    pub(super) fn plain(&mut self, text: &str) {
        self.wrapped("", "", text);
    }

    /// Text of several lines that somebody wrote, behind a gutter so that it cannot pass for kit's own words, nor be changed
    /// as they are.
    pub(super) fn quote(&mut self, text: &str) {
        let accessible = std::mem::replace(&mut self.accessible, false);
        for line in text.lines() {
            self.wrapped("  | ", "  | ", line);
        }
        self.accessible = accessible;
    }

    /// Remembers that a column had no room, for the end of the screen.
    fn leave_out(&mut self, head: &str) {
        let head = head.trim().to_owned();
        if !self.left_out.contains(&head) {
            self.left_out.insert(0, head);
        }
    }

    /// The line that says how to see what had no room, if anything had none.
    fn say_what_is_left_out(&mut self) {
        if !self.left_out.is_empty() {
            self.plain(&format!("No room here for: {}. To see it: a wider window, or --accessible", self.left_out.join(", ")));
        }
    }

    fn wrapped(&mut self, first: &str, following: &str, text: &str) {
        let text = self.letters(text);
        let text = &if self.accessible { spoken(&text) } else { text };
        let mut line = self.letters(first);
        let mut empty = true;
        for word in text.split(' ') {
            let fits = |line: &str, gap: usize| line.width() + gap + word.width() <= self.columns;
            // A long word goes below its label when that saves it from being broken by the terminal.
            let below = empty && !line.trim().is_empty() && !fits(&line, 0) && line.width() > following.width();
            if below || (!empty && !fits(&line, 1)) {
                self.lines.push(finished(&line));
                line = following.to_owned();
                empty = true;
            }
            if empty && word.is_empty() {
                continue;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
        self.lines.push(finished(&line));
    }
}

/// A text for reading aloud: what stands beside something else, with nothing but a gap between them, follows it in the same
/// sentence; after a word in capitals, which says what kind of line it is, it is what that word is about.
fn spoken(text: &str) -> String {
    let is_space = |c: char| c == ' ' || c == KEEP;
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((gap, length)) = first_gap(rest) {
        let (before, after) = (rest.get(..gap).unwrap_or_default(), rest.get(gap + length..).unwrap_or_default());
        said.push_str(before);
        let is_kind = !said.is_empty() && said.chars().all(|c| c.is_ascii_uppercase() || is_space(c));
        match () {
            () if said.is_empty() || said.ends_with([',', ':', ';', '.']) => {
                said.push_str(if said.is_empty() { "" } else { " " })
            }
            () if is_kind => said.push_str(": "),
            () if rest.get(gap..gap + length).unwrap_or_default().chars().count() > SENTENCE_GAP_COLUMNS => said.push_str(". "),
            () => said.push_str(", "),
        }
        rest = after;
    }
    said + rest
}

/// Where two or more spaces follow each other, and of how many bytes they are.
fn first_gap(text: &str) -> Option<(usize, usize)> {
    let is_space = |c: &char| *c == ' ' || *c == KEEP;
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find([' ', KEEP]).map(|at| at + from) {
        let gap: Vec<char> = text.get(at..)?.chars().take_while(is_space).collect();
        let length = gap.iter().map(|c| c.len_utf8()).sum();
        if gap.len() > 1 {
            return Some((at, length));
        }
        from = at + length;
    }
    None
}

/// A text in lines of a width, broken between words; a longer word stands alone.
fn broken(text: &str, columns: usize) -> Vec<String> {
    let mut screen = Screen::new(Layout { columns, accessible: false, ascii: false });
    screen.wrapped("", "", text);
    screen.into_lines()
}

fn line_of(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [verb, rest @ ..] => finished(&format!("{verb}  {}", rest.join("   "))),
    }
}

fn finished(line: &str) -> String {
    line.trim_end().replace(KEEP, " ")
}

/// A text that is not to be broken over two lines: a number, a PIN, a name.
pub(in crate::cli) fn keep(text: &str) -> String {
    text.replace(' ', &KEEP.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(columns: usize) -> Vec<String> {
        let mut screen = Screen::new(Layout { columns, accessible: false, ascii: false });
        screen.act(&Act {
            verb: "CALL",
            name: Some("Alice Okafor"),
            number: Some("+44 7700 900123"),
            support: vec!["ring twice within 3 min".into()],
        });
        screen.into_lines()
    }

    #[test]
    fn the_number_stays_on_line_one_whatever_the_width() {
        assert_eq!(act(80), ["CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min"]);
        assert_eq!(act(40), ["CALL  Alice Okafor   +44 7700 900123", "  ring twice within 3 min"]);
        assert_eq!(act(30), ["CALL  +44 7700 900123", "  Alice Okafor", "  ring twice within 3 min"]);
    }

    #[test]
    fn a_long_text_in_the_place_of_a_number_begins_on_line_one() {
        let mut screen = Screen::new(Layout { columns: 40, accessible: false, ascii: false });
        let place = "in the canteen, building 2, at every full hour";
        screen.act(&Act { verb: "MEET", name: Some(place), support: vec!["no bridge is left".into()], ..Act::default() });
        let lines = ["MEET  in the canteen, building 2, at", "  every full hour", "  no bridge is left"];
        assert_eq!(screen.into_lines(), lines);
    }

    #[test]
    fn gaps_are_read_as_commas() {
        assert_eq!(spoken("+44 7700 900123   landline"), "+44 7700 900123, landline");
        assert_eq!(spoken(&keep("1  Alice Okafor")), format!("1, {}", keep("Alice Okafor")));
        assert_eq!(
            spoken("WARN  this kit is old. When there is a network: kit sync"),
            "WARN: this kit is old. When there is a network: kit sync"
        );
        assert_eq!(spoken("Before one: kit status  sync      More: kit help"), "Before one: kit status, sync. More: kit help");
        assert_eq!(spoken("one word"), "one word");
    }

    #[test]
    fn other_letters_are_laid_out_as_they_are_shown() {
        let mut screen = Screen::new(Layout { columns: 40, accessible: false, ascii: true });
        let name = "李小梅梅梅";
        screen.act(&Act { verb: "CALL", name: Some(name), number: Some("+61 491 570 157"), ..Act::default() });
        screen.act(&Act { verb: "CALL", name: Some("李小梅"), number: Some("+61 491 570 157"), ..Act::default() });
        screen.row("Łódź", format!("eleven letters to fill it, {}", keep("Zażółć 李小梅 +1 202")));
        let lines = [
            "CALL  +61 491 570 157",
            "  Li Xiao Mei Mei Mei",
            "CALL  Li Xiao Mei   +61 491 570 157",
            "  Lodz: eleven letters to fill it,",
            "    Zazolc Li Xiao Mei +1 202",
        ];
        assert_eq!(screen.into_lines(), lines);
    }

    #[test]
    fn rows_break_between_words_and_never_in_a_number() {
        let mut screen = Screen::new(Layout { columns: 40, accessible: false, ascii: false });
        screen.row("No answer", format!("at 03:17 your time call {} {}", keep("Bob Reyes"), keep("+1 202 555 0143")));
        assert_eq!(screen.into_lines(), ["  No answer: at 03:17 your time call", "    Bob Reyes +1 202 555 0143"]);
        let mut screen = Screen::new(Layout { columns: 80, accessible: false, ascii: false });
        screen.row("There now", "02:12 Wed, London: night.");
        assert_eq!(screen.into_lines(), ["  There now     02:12 Wed, London: night."]);
    }
}
