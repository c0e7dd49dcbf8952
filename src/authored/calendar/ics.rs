//! The events of an iCalendar file with the place of each line (RFC 5545, 3.1 and 3.6): what a lenient reader would pass
//! over in silence is a fault here. What the lines mean is not asked.

use super::Fault;
use crate::authored::{problem::quoted, rule::Rule};

/// Most events in one file: ten years of a large team's absences.
const EVENTS_MAX: usize = 10_000;
/// Deepest nesting: an alarm in an event in a calendar is 3.
const DEPTH_MAX: usize = 8;

/// One event and its own lines, without those of its alarms.
pub(super) struct Event {
    /// Where its `BEGIN:VEVENT` stands.
    pub(super) at: usize,
    pub(super) lines: Vec<Line>,
}

/// One line, its continuations joined to it.
pub(super) struct Line {
    pub(super) at: usize,
    /// In capitals.
    pub(super) name: String,
    /// All of it, parameters included.
    pub(super) text: String,
    pub(super) value: String,
}

impl Event {
    /// The first line of a name.
    pub(super) fn line(&self, name: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.name == name)
    }
}

/// Reads a file as far as it goes.
pub(super) fn events(text: &str) -> (Vec<Event>, Vec<Fault>) {
    let mut reader = Reader::default();
    for (at, line) in unfolded(text) {
        if line.trim().is_empty() {
            continue;
        }
        if let Err(why) = reader.take(at, line) {
            reader.fault(at, why);
            return (reader.events, reader.faults);
        }
    }
    match reader.open.last().cloned() {
        // What is around it is not closed either: that is the same mistake.
        Some((what, at)) => reader.fault(at, format!("the file ends within this {}: its END is missing", quoted(&what))),
        None if !reader.has_begun => reader.fault(0, "this file is empty".to_owned()),
        None => {}
    }
    (reader.events, reader.faults)
}

#[derive(Default)]
struct Reader {
    events: Vec<Event>,
    faults: Vec<Fault>,
    /// What is begun and not ended, with its place.
    open: Vec<(String, usize)>,
    has_begun: bool,
}

impl Reader {
    /// Takes up one line, or says why there is no use in reading on.
    fn take(&mut self, at: usize, text: String) -> Result<(), String> {
        let Some(line) = parsed(at, text) else {
            let why = "this line is no iCalendar: it has no \":\"".to_owned();
            if !self.has_begun {
                return Err(why);
            }
            self.fault(at, why);
            return Ok(());
        };
        let what = line.value.trim().to_ascii_uppercase();
        match (line.name.as_str(), self.open.last()) {
            ("BEGIN", around) => {
                let is_first = around.is_none();
                let nested = around.is_some_and(|(inner, _)| inner == "VEVENT" && what == "VEVENT");
                if (is_first && what != "VCALENDAR") || nested {
                    return Err(if nested { NESTED } else { FIRST }.to_owned());
                }
                if self.open.len() >= DEPTH_MAX {
                    return Err(format!("this is nested more than {DEPTH_MAX} deep"));
                }
                if what == "VEVENT" && self.events.len() >= EVENTS_MAX {
                    return Err(format!("a calendar file has at most {EVENTS_MAX} events"));
                }
                if what == "VEVENT" {
                    self.events.push(Event { at, lines: Vec::new() });
                }
                self.has_begun = true;
                self.open.push((what, at));
            }
            ("END", _) => self.close(&what, &line),
            (_, None) => return Err(FIRST.to_owned()),
            (_, Some((inner, _))) if inner == "VEVENT" => {
                if let Some(event) = self.events.last_mut() {
                    event.lines.push(line);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, what: &str, line: &Line) {
        if !self.open.iter().any(|(open, _)| open == what) {
            self.fault(line.at, format!("{} closes nothing that is open here", quoted(&line.text)));
            return;
        }
        while let Some((inner, at)) = self.open.pop().filter(|(inner, _)| inner != what) {
            self.fault(at, format!("this {} is not closed: its END is missing", quoted(&inner)));
        }
    }

    fn fault(&mut self, at: usize, message: String) {
        self.faults.push(Fault { at, rule: Rule::Calendar, message, hint: Some(AGAIN.to_owned()) });
    }
}

const FIRST: &str = "a calendar file begins with BEGIN:VCALENDAR";
const NESTED: &str = "an event begins before the one above it ends";
/// What helps with a file that a program wrote badly, or half.
const AGAIN: &str = "Export the calendar anew, or less of it, from the calendar program.";

/// Each logical line with the place of its first byte: a line that begins with white space continues the one before.
fn unfolded(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let line = raw.trim_end_matches(['\n', '\r']);
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some((_, whole))) => whole.push_str(more),
            _ => lines.push((at, line.trim_start_matches('\u{feff}').to_owned())),
        }
        at += raw.len();
    }
    lines
}

fn parsed(at: usize, text: String) -> Option<Line> {
    let mut quoted = false;
    let colon = text.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == ':' && !quoted).then_some(at)
    })?;
    let (head, value) = text.split_at_checked(colon)?;
    let name = head.split(';').next()?.trim().to_ascii_uppercase();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let value = value.trim_start_matches(':').to_owned();
    is_name.then_some(Line { at, name, value, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(usize, String)> {
        let line = |at: usize| text.get(..at).map_or(0, |before| before.matches('\n').count() + 1);
        events(text).1.into_iter().map(|fault| (line(fault.at), fault.message)).collect()
    }

    #[test]
    fn lines_are_joined_and_keep_their_place() {
        let text = "\u{feff}BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY;X=\"a:b\":Holi\r\n day\r\n\tend\r\nBEGIN:VALARM\r\nSUMMARY:no\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let (events, faults) = events(text);
        assert!(faults.is_empty());
        let [event] = events.as_slice() else { panic!("one event") };
        let summary = event.line("SUMMARY").expect("a summary");
        assert_eq!((summary.value.as_str(), event.lines.len()), ("Holidayend", 1));
        assert_eq!(text.get(summary.at..summary.at + 7), Some("SUMMARY"));
    }

    #[test]
    fn what_is_not_closed_or_no_calendar_is_told_once_where_it_stands() {
        for (text, expected) in [
            ("", vec![(1, "this file is empty")]),
            ("hello\nthere\n", vec![(1, "this line is no iCalendar: it has no \":\"")]),
            ("BEGIN:VCARD\nEND:VCARD\n", vec![(1, "a calendar file begins with BEGIN:VCALENDAR")]),
            ("X-A:1\n", vec![(1, "a calendar file begins with BEGIN:VCALENDAR")]),
            ("BEGIN:VCALENDAR\nnonsense\nEND:VCALENDAR\n", vec![(2, "this line is no iCalendar: it has no \":\"")]),
            ("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", vec![(2, "the file ends within this \"VEVENT\": its END is missing")]),
            ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", vec![(2, "this \"VEVENT\" is not closed: its END is missing")]),
            ("BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR\n", vec![(2, "\"END:VEVENT\" closes nothing that is open here")]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(line, message)| (line, message.to_owned())).collect();
            assert_eq!(told(text), expected, "{text}");
        }
        let deep = "BEGIN:VCALENDAR\n".to_owned() + &"BEGIN:X\n".repeat(100_000);
        assert!(told(&deep).len() <= DEPTH_MAX + 1);
        let many = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", "BEGIN:VEVENT\nEND:VEVENT\n".repeat(EVENTS_MAX + 1));
        assert!(told(&many).iter().any(|(_, message)| message == "a calendar file has at most 10000 events"));
    }
}
