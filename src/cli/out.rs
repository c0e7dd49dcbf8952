//! The one printer: answers on standard output, talk on standard error, all foreign text made harmless.
//!
//! Whatever is printed comes as whole lines; the only control character that leaves the program is the line end between
//! them (attacks of the terminal by names and notes end here), and the return to the beginning of the one line that is
//! drawn again while something is waited for.

use std::io::{self, Write};

use serde::Serialize;
use unicode_normalization::char::is_combining_mark;
use unicode_width::UnicodeWidthStr;

use super::failure::{Failure, Kind};
use crate::team::is_invisible;

/// Marks on one character that are shown; more are counted instead.
const MARKS_SHOWN_MAX: usize = 4;

/// What a line of talk goes on with: where the reasons of failures begin.
const CONTINUED: &str = "     ";

/// Prints answers and talk.
#[derive(Debug)]
pub(super) struct Out {
    answers: io::Stdout,
    stderr: io::Stderr,
    /// Columns of the line that is drawn again, while there is one.
    drawn: usize,
    /// Why no more answers can be written, once that is so.
    stopped: Option<io::Error>,
    /// Where lines of talk are folded.
    pub(super) columns: usize,
    /// The exit status of the program that kit was asked to run; 0 without one.
    pub(super) status: u8,
    /// The form that answers are asked for in.
    pub form: Form,
    /// Whether answers are shown by a terminal that has ASCII only.
    pub ascii: bool,
    /// Whether talk is.
    pub ascii_talk: bool,
}

/// The forms of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// For people.
    Screen,
    /// One JSON object.
    Json,
    /// One record a line, tabs between its columns.
    Plain,
}

impl Out {
    /// The streams of this process.
    pub(super) fn of_process() -> Self {
        Self {
            answers: io::stdout(),
            stderr: io::stderr(),
            drawn: 0,
            stopped: None,
            columns: 80,
            status: 0,
            form: Form::Screen,
            ascii: false,
            ascii_talk: false,
        }
    }

    /// Whether answers are JSON.
    pub(super) fn is_json(&self) -> bool {
        self.form == Form::Json
    }

    /// Draws a line in the place of the one drawn before, for a person at a terminal that can go back; with an empty text it
    /// is gone. Whatever is printed next takes it away too.
    pub(super) fn redraw(&mut self, text: &str) {
        let text: String = self.talk(text).chars().take(self.columns.saturating_sub(1)).collect();
        let blank = self.drawn.saturating_sub(text.width());
        if self.drawn > 0 || !text.is_empty() {
            let back = if text.is_empty() { "\r" } else { "" };
            let _ = write!(self.stderr, "\r{text}{}{back}", " ".repeat(blank));
            let _ = self.stderr.flush();
        }
        self.drawn = text.width();
    }

    /// One line of the answer.
    pub(super) fn line(&mut self, text: impl AsRef<str>) {
        self.write(shown(text.as_ref(), self.ascii).as_bytes(), true);
    }

    /// One record: its columns with tabs between them, which no column can contain.
    pub(super) fn record(&mut self, columns: &[String]) {
        let columns: Vec<String> = columns.iter().map(|column| escape(column)).collect();
        self.write(columns.join("\t").as_bytes(), true);
    }

    /// One line of talk as this terminal shows it, for whoever draws it.
    pub(super) fn talk(&self, text: &str) -> String {
        shown(text, self.ascii_talk)
    }

    /// Text for another program, as it stands: kit's own, with nothing foreign in it that was not escaped.
    pub(super) fn script(&mut self, text: &[u8]) {
        self.write(text, false);
    }

    /// The lines of a screen.
    pub(super) fn lines<T: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = T>) {
        for line in lines {
            self.line(line);
        }
    }

    /// The answer as one JSON object. RFC 8259, and all characters that are not plainly visible are `\u` escapes, so that
    /// it is as harmless on a terminal as in a pipe.
    pub(super) fn json<T: Serialize>(&mut self, answer: &T) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(answer).map_err(|error| {
            Failure::new(Kind::Bug, format!("the answer could not be written as JSON: {error}."))
                .hint("Without --json it is printed as text.")
        })?;
        self.write(escape_json(&text).as_bytes(), true);
        Ok(())
    }

    /// One line to the person at the terminal, who may not be reading the answer; folded where it is too long.
    pub(super) fn say(&mut self, text: impl AsRef<str>) {
        self.redraw("");
        for line in folded(&self.talk(text.as_ref()), self.columns) {
            let _ = writeln!(self.stderr, "{line}");
        }
    }

    /// A failure: what happened, then what to do.
    pub(super) fn failure(&mut self, failure: &Failure) {
        let mut lines = failure.message.lines();
        self.say(format!("kit: {}", lines.next().unwrap_or_default()));
        for line in lines.chain(failure.hints.iter().flat_map(|hint| hint.lines())) {
            self.say(format!("     {line}"));
        }
    }

    /// Finishes: what could not be written is a failure, a reader who left (`| head -1`) is none.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        match self.stopped.take().map_or_else(|| self.answers.flush(), Err) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unwritable(&error)),
            _ => Ok(()),
        }
    }

    fn write(&mut self, bytes: &[u8], line_end: bool) {
        self.redraw("");
        if self.stopped.is_some() {
            return;
        }
        let end: &[u8] = if line_end { b"\n" } else { b"" };
        self.stopped = self.answers.write_all(bytes).and_then(|()| self.answers.write_all(end)).err();
    }
}

/// A line that is too wide, in several: a command at its end goes to a line of its own, whole, so that it can be pasted; the
/// rest breaks between words, under its own beginning.
fn folded(text: &str, columns: usize) -> Vec<String> {
    if text.width() <= columns {
        return vec![text.to_owned()];
    }
    let indent = " ".repeat(text.len() - text.trim_start().len());
    // Not the "kit: " that every failure begins with.
    let last = text.rfind(": kit ").filter(|at| *at > indent.len() + "kit".len());
    if let Some(at) = last {
        let (words, command) = (text.get(..=at).unwrap_or(text), text.get(at + 2..).unwrap_or_default());
        let mut lines = folded(words, columns);
        lines.push(format!("{indent}  {command}"));
        return lines;
    }
    // What stands in a text may be a name that reads like kit's own words: no line after the first begins with it.
    let following = if indent.is_empty() { CONTINUED.to_owned() } else { indent.clone() };
    let mut lines = Vec::new();
    let mut line = indent;
    for word in text.trim_start().split(' ') {
        if !line.trim().is_empty() && line.width() + 1 + word.width() > columns {
            lines.push(std::mem::replace(&mut line, following.clone()));
        }
        if !line.trim().is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

fn unwritable(error: &io::Error) -> Failure {
    Failure::new(Kind::No, format!("the answer could not be written: {error}."))
        .hint("Is the disk full? Without a file: run the same without > FILE")
}

/// A text as a terminal can show it: letters it has not become those nearest to them. What was shown once stays as it is.
pub(super) fn shown(text: &str, ascii: bool) -> String {
    let shown = escape(text);
    if ascii { deunicode::deunicode(&shown) } else { shown }
}

/// One line as it may be shown: control, invisible and piled-up characters as visible escapes.
pub(super) fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        // Variation selectors are marks too, and change the character before them without showing.
        if is_combining_mark(c) && !is_invisible(c) {
            marks += 1;
            if marks <= MARKS_SHOWN_MAX {
                shown.push(c);
            }
            continue;
        }
        close_marks(&mut shown, marks);
        marks = 0;
        match c {
            c if c.is_control() => shown.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if is_invisible(c) => shown.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => shown.push(c),
        }
    }
    close_marks(&mut shown, marks);
    shown
}

fn close_marks(shown: &mut String, marks: usize) {
    if marks > MARKS_SHOWN_MAX {
        shown.push_str(&format!("\\+{} marks", marks - MARKS_SHOWN_MAX));
    }
}

/// JSON text without a character that a terminal or an old parser could trip over; the structure's own line ends stay.
fn escape_json(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if c == '\n' || !(c.is_control() || is_invisible(c) || marks > MARKS_SHOWN_MAX) {
            shown.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_visible_text_is_shown() {
        assert_eq!(escape("Bob\u{1b}[2J\r\nVERIFIED"), "Bob\\x1b[2J\\x0d\\x0aVERIFIED");
        assert_eq!(escape("a\u{202e}b\u{200b}c"), "a\\u{202e}b\\u{200b}c");
        assert_eq!(escape("Zoë Łukasz 李 नेहा"), "Zoë Łukasz 李 नेहा");
        assert_eq!(escape("a\u{fe0f}b\u{e0100}"), "a\\u{fe0f}b\\u{e0100}");
        let zalgo = format!("Z{} end", "\u{301}".repeat(500));
        assert_eq!(escape(&zalgo), format!("Z{}\\+496 marks end", "\u{301}".repeat(4)));
        for c in (0..=0x9f).filter_map(char::from_u32).filter(|c| c.is_control()) {
            assert!(!escape(&format!("x{c}y")).chars().any(char::is_control), "{c:?}");
        }
    }

    #[test]
    fn long_talk_is_folded_and_commands_stay_whole() {
        assert_eq!(folded("     short", 80), ["     short"]);
        assert_eq!(folded("     one two three four", 15), ["     one two", "     three four"]);
        assert_eq!(folded("kit: one two three", 12), ["kit: one two", "     three"]);
        let command = "kit join INVITE --as YOUR.ID --device NAME";
        assert_eq!(folded(&format!("     Join it again: {command}"), 40), ["     Join it again:", &format!("       {command}")]);
        let long = "a".repeat(100);
        assert_eq!(folded(&long, 80), [long]);
    }

    #[test]
    fn no_letter_becomes_something_that_acts_on_a_terminal_without_it() {
        let acts = |c: char| shown(&c.to_string(), true).chars().any(|c| !c.is_ascii() || c.is_control());
        assert_eq!(('\0'..=char::MAX).find(|c| acts(*c)), None);
    }

    #[test]
    fn json_stays_json_and_harmless() {
        let text = serde_json::to_string("a\u{9b}\u{2028}\u{e0041}b\n").expect("a string");
        let shown = escape_json(&text);
        assert!(shown.is_ascii());
        let piled = format!("\"Z{}\"", "\u{301}".repeat(50));
        assert_eq!(escape_json(&piled).matches('\u{301}').count(), MARKS_SHOWN_MAX);
        assert_eq!(serde_json::from_str::<String>(&escape_json(&piled)).ok(), serde_json::from_str(&piled).ok());
        assert_eq!(serde_json::from_str::<String>(&shown).expect("still JSON"), "a\u{9b}\u{2028}\u{e0041}b\n");
    }
}
