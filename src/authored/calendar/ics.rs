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
    let (mut events, mut faults): (Vec<Event>, Vec<Fault>) = (Vec::new(), Vec::new());
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut fault = |at: usize, message: String, hint: &str| {
        faults.push(Fault { at, rule: Rule::Calendar, message, hint: Some(hint.to_owned()) });
    };
    let mut calendars = 0_usize;
    for (at, line) in unfolded(text) {
        if line.trim().is_empty() {
            continue;
        }
        let Some(line) = parsed(at, line) else {
            fault(at, "this line is no iCalendar: it has no \":\"".to_owned(), AGAIN);
            if calendars == 0 {
                break;
            }
            continue;
        };
        let what = line.value.trim().to_ascii_uppercase();
        match (line.name.as_str(), open.last()) {
            ("BEGIN", above) => {
                if above.is_none() && what != "VCALENDAR" {
                    fault(at, "a calendar file begins with BEGIN:VCALENDAR".to_owned(), AGAIN);
                    break;
                }
                if open.len() >= DEPTH_MAX {
                    fault(at, format!("this is nested more than {DEPTH_MAX} deep"), AGAIN);
                    break;
                }
                calendars += usize::from(above.is_none());
                if what == "VEVENT" {
                    if events.len() >= EVENTS_MAX {
                        fault(at, format!("a calendar file has at most {EVENTS_MAX} events"), "Export fewer years of it.");
                        break;
                    }
                    events.push(Event { at, lines: Vec::new() });
                }
                open.push((what, at));
            }
            ("END", Some((expected, _))) if *expected == what => {
                open.pop();
            }
            ("END", _) => {
                fault(at, format!("{} closes nothing that is open here", quoted(&line.text)), AGAIN);
            }
            (_, None) => {
                fault(at, "a calendar file begins with BEGIN:VCALENDAR".to_owned(), AGAIN);
                break;
            }
            (_, Some((inner, _))) if inner == "VEVENT" => {
                if let Some(event) = events.last_mut() {
                    event.lines.push(line);
                }
            }
            _ => {}
        }
    }
    for (what, at) in &open {
        fault(*at, format!("this {} is not closed: its END is missing", quoted(what)), AGAIN);
    }
    if calendars == 0 && faults.is_empty() {
        let hint = Some(AGAIN.to_owned());
        faults.push(Fault { at: 0, rule: Rule::Calendar, message: "this file is empty".to_owned(), hint });
    }
    (events, faults)
}

/// What helps with a file that a program wrote badly, or half.
const AGAIN: &str = "Export the calendar anew from the calendar program.";

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
            (
                "BEGIN:VCALENDAR\nBEGIN:VEVENT\n",
                vec![
                    (1, "this \"VCALENDAR\" is not closed: its END is missing"),
                    (2, "this \"VEVENT\" is not closed: its END is missing"),
                ],
            ),
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
