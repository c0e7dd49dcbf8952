//! From the events of a calendar file to whole days: recurrence, exceptions and moved days by `calcard`.
//!
//! `calcard` passes over what it cannot read, so each value is looked at here first. Rules within a day are left out, and
//! how far and how often rules may go is bounded: no file can make the check hang.

use std::collections::{BTreeMap, BTreeSet};

use calcard::{
    Entry, Parser,
    common::{PartialDateTime, timezone::Tz},
    icalendar::{
        ICalendar, ICalendarFrequency, ICalendarPeriod, ICalendarRecurrenceRule, ICalendarValue, dates::CalendarErrorType,
    },
};
use jiff::civil::{Date, DateTime, Time, time};

use super::{
    Fault, Reach,
    ics::{Event, Line},
};
use crate::{
    authored::{form, problem::quoted, rule::Rule},
    team::{NamedDays, field_fault},
};

/// The lines that say when; all others are kept from the library.
const WHEN: [&str; 7] = ["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"];
/// Years that an event may be in.
const YEARS: std::ops::RangeInclusive<u16> = 1900..=2200;
/// Longest value of a line that says when, in bytes: a list of a thousand exceptions.
const WHEN_BYTES_MAX: usize = 16 * 1024;
/// Most bytes of the lines of one event that list dates: eight hundred exceptions, one a line. Each date is compared with all.
const DATES_BYTES_MAX: usize = 32 * 1024;
/// Most rules in one file: each may walk a hundred thousand days before it finds one.
const RULES_MAX: usize = 500;
/// Most days that one rule may give: each day since 1900.
const OCCURRENCES_MAX: usize = 50_000;
/// Most steps that all rules of a file may take: five hundred birthdays since 1900, or two hundred daily rules of five years.
const STEPS_MAX: i32 = 1_000_000;
/// The steps of a rule that never happens: where the library gives up.
const STEPS_IN_VAIN: i32 = 100_000;
/// Most days, or days in a row, that one file may give.
const DAYS_MAX: usize = 5_000;
/// An event that ends at this time or later fills its last day.
const LAST_MINUTE: Time = time(23, 59, 0, 0);

/// What a file gives.
#[derive(Default)]
pub(super) struct Expansion {
    pub(super) days: Vec<NamedDays>,
    pub(super) faults: Vec<Fault>,
    /// Where the events stand that cover no whole day.
    pub(super) part_days: Vec<usize>,
}

/// Works out the days that some events touch within reach. An event without a name has the calendar's.
pub(super) fn expand(events: &[Event], calendar: &str, reach: Reach) -> Expansion {
    let mut out = Expansion::default();
    let mut groups: BTreeMap<(&str, usize), Vec<&Event>> = BTreeMap::new();
    for (at, event) in events.iter().enumerate() {
        // An event and its moved days share a UID; one without has nothing to share.
        let key = event.line("UID").map_or(("", at), |line| (line.value.as_str(), usize::MAX));
        groups.entry(key).or_default().push(event);
    }
    let rules = events.iter().filter_map(|event| event.line("RRULE"));
    if let Some(line) = rules.clone().nth(RULES_MAX) {
        let message = format!("a calendar file has at most {RULES_MAX} events that repeat");
        out.faults.push(fault(line.at, message, FEWER));
        return out;
    }
    let mut steps = 0_i32;
    let mut days = BTreeSet::new();
    let mut part_days = BTreeSet::new();
    for group in groups.values() {
        match group_days(group, reach) {
            Ok(found) => {
                steps = steps.saturating_add(group.iter().map(|event| steps_of(event, reach, found.len())).sum());
                for (event, span) in found {
                    match span {
                        Some((from, until)) if reach.touches(from, until) => {
                            match name(event, calendar) {
                                Ok(name) => drop(days.insert((from, until, name))),
                                Err(fault) => {
                                    out.faults.push(fault);
                                    break;
                                }
                            };
                        }
                        Some(_) => {}
                        None => drop(part_days.insert(event.at)),
                    }
                }
            }
            Err(fault) => out.faults.push(fault),
        }
        if steps > STEPS_MAX {
            let at = group.first().map_or(0, |event| event.at);
            out.faults.push(fault(at, "the events of this file repeat more often than can be worked out".to_owned(), FEWER));
            break;
        }
        if days.len() > DAYS_MAX {
            let at = group.first().map_or(0, |event| event.at);
            let message = format!("a calendar gives at most {DAYS_MAX} days from last month to the year after next");
            out.faults.push(fault(at, message, "Make several calendars of it."));
            break;
        }
    }
    out.part_days = part_days.into_iter().collect();
    out.days = days.into_iter().map(|(from, until, name)| NamedDays { from, until, name }).collect();
    out
}

/// About how many steps the rule of an event takes, when it gave some days or none.
fn steps_of(event: &Event, reach: Reach, given: usize) -> i32 {
    let Some(rule) = event.line("RRULE").map(|line| line.value.to_ascii_uppercase()) else { return 0 };
    let written = event.lines.iter().filter(|line| line.name == "RDATE").map(|line| line.value.split(',').count()).sum();
    let Some(first) = begins(event).filter(|first| *first < reach.until && given > written) else { return STEPS_IN_VAIN };
    let days = (reach.until - first).get_days();
    match rule.split(';').find_map(|part| part.trim().strip_prefix("FREQ=")) {
        Some("DAILY") => days,
        Some("WEEKLY") => days / 7,
        // Of each month and year every day is looked at, if quickly.
        _ => days / 30,
    }
}

const FEWER: &str = "Let repetitions begin later, or export fewer of them.";

type Found<'e> = Vec<(&'e Event, Option<(Date, Date)>)>;

/// The whole days of an event and its moved days; `None` where one covers no whole day.
fn group_days<'e>(group: &[&'e Event], reach: Reach) -> Result<Found<'e>, Fault> {
    let mut ical = parse(group)?;
    for (event, component) in group.iter().zip(ical.components.iter_mut().skip(1)) {
        let lines: Vec<&Line> = when(event).collect();
        if lines.len() != component.entries.len() {
            return Err(fault(event.at, "this event cannot be read".to_owned(), AGAIN));
        }
        for (line, entry) in lines.into_iter().zip(&mut component.entries) {
            if !good(line, &entry.values) {
                let message = format!("{} is no date of iCalendar between 1900 and 2200", quoted(&line.value));
                let message =
                    if line.name == "RRULE" { format!("{} is no rule of iCalendar", quoted(&line.value)) } else { message };
                let message =
                    if line.name == "DURATION" { format!("{} is no length of time", quoted(&line.value)) } else { message };
                return Err(fault(line.at, message, AGAIN));
            }
            for value in &mut entry.values {
                if let ICalendarValue::RecurrenceRule(rule) = value {
                    if within_a_day(rule) {
                        return Ok(vec![(event, None)]);
                    }
                    if begins(event).is_some_and(|first| reach.until < first) {
                        return Ok(Vec::new());
                    }
                    clip(rule, reach.until);
                }
            }
        }
    }
    let found = ical.expand_dates(Tz::Floating, OCCURRENCES_MAX);
    let of = |component: u32| group.get(usize::try_from(component).ok()?.checked_sub(1)?).copied();
    if let Some((error, event)) = found.errors.into_iter().find_map(|error| Some((error.error, of(error.comp_id)?))) {
        let message = match error {
            CalendarErrorType::MissingDtStart => "this event has no DTSTART: it does not say when it is",
            CalendarErrorType::RRule(_) => "the rule by which this event repeats makes no sense",
            _ => "this event does not say when it is",
        };
        let at = if matches!(error, CalendarErrorType::RRule(_)) {
            event.line("RRULE").map_or(event.at, |line| line.at)
        } else {
            event.at
        };
        return Err(fault(at, message.to_owned(), AGAIN));
    }
    let mut days = Vec::new();
    for occurrence in found.events {
        let Some(event) = of(occurrence.comp_id).filter(|event| !is_cancelled(event)) else { continue };
        let Some(found) = occurrence.try_into_date_time() else { continue };
        // By the clock that it is written in; its zone is not asked: a day away is a day away.
        let clock = |text: String| text.parse::<DateTime>().ok();
        let (Some(from), Some(until)) =
            (clock(found.start.naive_local().to_string()), clock(found.end.naive_local().to_string()))
        else {
            continue;
        };
        if until < from {
            let at = event.line("DTEND").map_or(event.at, |line| line.at);
            let hint = Some(AGAIN.to_owned());
            return Err(Fault { at, rule: Rule::EndBeforeStart, message: "this event ends before it begins".to_owned(), hint });
        }
        let has_length = is_date(event) || event.lines.iter().any(|line| ["DTEND", "DURATION"].contains(&line.name.as_str()));
        days.push((event, if has_length { whole_days(from, until, is_date(event)) } else { None }));
    }
    Ok(days)
}

const AGAIN: &str = "Correct it in the calendar program and export it anew.";

fn fault(at: usize, message: String, hint: &str) -> Fault {
    Fault { at, rule: Rule::Calendar, message, hint: Some(hint.to_owned()) }
}

fn when(event: &Event) -> impl Iterator<Item = &Line> {
    event.lines.iter().filter(|line| WHEN.contains(&line.name.as_str()))
}

/// A calendar of these events alone, and of nothing in them but when they are.
fn parse(group: &[&Event]) -> Result<ICalendar, Fault> {
    let mut text = "BEGIN:VCALENDAR\r\n".to_owned();
    for event in group {
        text.push_str("BEGIN:VEVENT\r\n");
        let mut seen = BTreeSet::new();
        let mut dates_bytes = 0;
        for line in when(event) {
            let odd = line.text.len() > WHEN_BYTES_MAX || line.text.contains(char::is_control);
            if odd || (!["RDATE", "EXDATE"].contains(&line.name.as_str()) && !seen.insert(line.name.as_str())) {
                let what = if odd { "cannot be read" } else { "stands twice in this event" };
                return Err(fault(line.at, format!("{} {what}", quoted(&line.name)), AGAIN));
            }
            if ["RDATE", "EXDATE"].contains(&line.name.as_str()) {
                dates_bytes += line.text.len();
            }
            if dates_bytes > DATES_BYTES_MAX {
                return Err(fault(line.at, "this event lists more dates than can be worked out".to_owned(), FEWER));
            }
            text.push_str(&line.text);
            text.push_str("\r\n");
        }
        text.push_str("END:VEVENT\r\n");
    }
    text.push_str("END:VCALENDAR\r\n");
    match Parser::new(&text).entry() {
        Entry::ICalendar(ical) if ical.components.len() == group.len() + 1 => Ok(ical),
        _ => Err(fault(group.first().map_or(0, |event| event.at), "this event cannot be read".to_owned(), AGAIN)),
    }
}

/// Whether the values of a line are what its name says.
fn good(line: &Line, values: &[ICalendarValue]) -> bool {
    let many = ["RDATE", "EXDATE"].contains(&line.name.as_str());
    let each = |value: &ICalendarValue| match (line.name.as_str(), value) {
        ("RRULE", ICalendarValue::RecurrenceRule(rule)) => rule.until.as_ref().is_none_or(is_day),
        ("DURATION", ICalendarValue::Duration(length)) => {
            length.weeks < 10_000 && length.days < 100_000 && length.hours < 1_000_000
        }
        ("RDATE", ICalendarValue::Period(ICalendarPeriod::Range { start, end })) => is_day(start) && is_day(end),
        ("RDATE", ICalendarValue::Period(ICalendarPeriod::Duration { start, .. })) => is_day(start),
        ("DTSTART" | "DTEND" | "RECURRENCE-ID" | "RDATE" | "EXDATE", ICalendarValue::PartialDateTime(day)) => is_day(day),
        _ => false,
    };
    (values.len() == 1 || (many && !values.is_empty())) && values.iter().all(each)
}

fn is_day(at: &PartialDateTime) -> bool {
    at.year.is_some_and(|year| YEARS.contains(&year)) && at.to_date_time().is_some()
}

fn within_a_day(rule: &ICalendarRecurrenceRule) -> bool {
    use ICalendarFrequency::{Hourly, Minutely, Secondly};
    matches!(rule.freq, Hourly | Minutely | Secondly)
        || !(rule.byhour.is_empty() && rule.byminute.is_empty() && rule.bysecond.is_empty())
}

/// Ends a rule where nobody looks any more.
fn clip(rule: &mut ICalendarRecurrenceRule, until: Date) {
    let last = PartialDateTime {
        year: u16::try_from(until.year()).ok(),
        month: u8::try_from(until.month()).ok(),
        day: u8::try_from(until.day()).ok(),
        hour: Some(23),
        minute: Some(59),
        second: Some(59),
        ..PartialDateTime::default()
    };
    let key = |at: &PartialDateTime| (at.year, at.month, at.day);
    if rule.until.as_ref().is_none_or(|own| key(&last) < key(own)) {
        rule.until = Some(last);
    }
}

/// The day on which an event begins, by its own clock.
fn begins(event: &Event) -> Option<Date> {
    let digits = event.line("DTSTART")?.value.get(..8)?;
    Date::strptime("%Y%m%d", digits).ok()
}

/// Whether an event is written in days: an end is then the day after its last.
fn is_date(event: &Event) -> bool {
    event.line("DTSTART").or_else(|| event.line("RECURRENCE-ID")).is_some_and(|line| !line.value.contains('T'))
}

fn is_cancelled(event: &Event) -> bool {
    event.line("STATUS").is_some_and(|line| line.value.trim().eq_ignore_ascii_case("CANCELLED"))
}

/// The days that lie wholly between two clock times; what is written in days ends before its end.
fn whole_days(from: DateTime, until: DateTime, dates: bool) -> Option<(Date, Date)> {
    let (first, last) = (from.date(), until.date());
    if dates {
        return Some((first, last.yesterday().ok()?.max(first)));
    }
    let first = if from.time() == Time::midnight() { first } else { first.tomorrow().ok()? };
    let last = if LAST_MINUTE <= until.time() { last } else { last.yesterday().ok()? };
    (first <= last).then_some((first, last))
}

/// What an event is called: on one line, and nothing when it is private.
fn name(event: &Event, calendar: &str) -> Result<String, Fault> {
    let is_private = |line: &Line| ["PRIVATE", "CONFIDENTIAL"].contains(&line.value.trim().to_ascii_uppercase().as_str());
    if event.line("CLASS").is_some_and(is_private) {
        return Ok("private".to_owned());
    }
    let Some(line) = event.line("SUMMARY").filter(|line| !line.value.trim().is_empty()) else { return Ok(calendar.to_owned()) };
    let text = unescaped(&line.value);
    if form::holds_secret(&text) {
        let message = "\"SUMMARY\" holds a secret, and secrets never stand in these files".to_owned();
        let hint = Some("Take it out. If it was ever committed or sent, change it: it is known.".to_owned());
        return Err(Fault { at: line.at, rule: Rule::Secret, message, hint });
    }
    match field_fault(&text) {
        None => Ok(text),
        Some(why) => {
            let (message, hint) = (format!("\"SUMMARY\" cannot be shown: {why}"), Some(AGAIN.to_owned()));
            Err(Fault { at: line.at, rule: Rule::Text, message, hint })
        }
    }
}

/// A text without its escapes (RFC 5545, 3.3.11), line ends made spaces.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.trim().chars();
    while let Some(c) = letters.next() {
        match (c, c == '\\') {
            (_, true) => match letters.next() {
                Some('n' | 'N') => out.push(' '),
                Some(other) => out.push(other),
                None => {}
            },
            _ => out.push(c),
        }
    }
    out.trim().to_owned()
}
