//! Calendars: on-call shifts, windows and what is to be checked by when, as iCalendar (RFC 5545).
//!
//! Times stand in UTC, worked out with the rules of the place that a shift follows: so every calendar shows them rightly, also
//! beyond the day on which clocks change, and none needs rules of its own. What is due on a day stands on that day everywhere.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};

use super::{Made, Outgoing, content_line::Lines, plain::plain};
use crate::team::{Id, Number, Part, Person, Rota, Spell, Unplanned, Window};

/// Most days ahead that are written.
pub const DAYS_MAX: u16 = 730;

/// What a calendar is about.
#[derive(Debug, Clone, Copy)]
pub struct Horizon<'a> {
    /// Whose shifts, parts and checks; everybody's if not said.
    pub person: Option<&'a Id<Person>>,
    /// Days ahead.
    pub days: u16,
}

/// One event.
struct Event {
    /// The name by which a calendar knows it again.
    of: String,
    when: When,
    summary: String,
    says: Vec<String>,
    /// Alarms, as lengths of time from its beginning: `-P1D`.
    alarms: &'static [&'static str],
    /// Whether whoever has it in their calendar is busy.
    is_busy: bool,
}

enum When {
    Span(Timestamp, Timestamp),
    Day(Date),
}

/// The calendar of a team, or of one person in it.
pub fn ics(out: Outgoing<'_>, horizon: Horizon<'_>) -> Made {
    let hours = SignedDuration::from_hours(24 * i64::from(horizon.days.clamp(1, DAYS_MAX)));
    let to = out.now.saturating_add(hours).unwrap_or(out.now);
    let mut events: Vec<Event> = Vec::new();
    let mut warnings = Vec::new();
    for (id, rota) in &out.team.rotas {
        match shifts(out, horizon.person, (id, rota), to) {
            Ok(shifts) => events.extend(shifts),
            Err(why) => warnings.push(why),
        }
    }
    for (id, window) in &out.team.windows {
        let is_ahead = out.now < window.end && window.start < to;
        match horizon.person {
            _ if !is_ahead => {}
            None => events.extend(whole_window(out, id, window)),
            Some(person) => events.extend(parts(out, id, window, person)),
        }
    }
    events.extend(reminders(out, horizon.person, to));
    let count = events.len();
    let left_out = out.left_out(0, 0);
    let mut lines = Lines::default();
    lines.raw("BEGIN", "VCALENDAR");
    lines.raw("VERSION", "2.0");
    lines.raw("PRODID", "-//kit//kit//EN");
    lines.raw("CALSCALE", "GREGORIAN");
    let whose = horizon.person.map(|id| format!(": {}", plain(out.team.person_name(id)))).unwrap_or_default();
    lines.text("X-WR-CALNAME", &format!("{} on call{whose}", plain(&out.team.name)));
    let left = left_out.join(", ");
    lines.text("X-WR-CALDESC", &format!("{} days ahead, from {}. Left out: {left}.", horizon.days, out.edition()));
    for event in events {
        event.write(out, &mut lines);
    }
    lines.raw("END", "VCALENDAR");
    Made { text: lines.into_text(), count, left_out, warnings }
}

impl Event {
    fn write(self, out: Outgoing<'_>, lines: &mut Lines) {
        lines.raw("BEGIN", "VEVENT");
        lines.text("UID", &out.uid(&self.of));
        // By the kit, not by the clock: the same kit gives the same calendar, and a newer one counts.
        lines.raw("DTSTAMP", &utc(out.created));
        lines.raw("SEQUENCE", &out.seq.min(u64::from(i32::MAX.unsigned_abs())).to_string());
        match self.when {
            When::Span(from, until) => {
                lines.raw("DTSTART", &utc(from));
                lines.raw("DTEND", &utc(until));
            }
            When::Day(day) => {
                lines.raw("DTSTART;VALUE=DATE", &day.strftime("%Y%m%d").to_string());
                lines.raw("DTEND;VALUE=DATE", &day.saturating_add(1.day()).strftime("%Y%m%d").to_string());
            }
        }
        lines.text("SUMMARY", &self.summary);
        let mut says = self.says;
        says.push(format!("From {}. What changed since is not in it.", out.edition()));
        lines.text("DESCRIPTION", &says.join("\n"));
        lines.raw("TRANSP", if self.is_busy { "OPAQUE" } else { "TRANSPARENT" });
        for alarm in self.alarms {
            lines.raw("BEGIN", "VALARM");
            lines.raw("ACTION", "DISPLAY");
            lines.raw("TRIGGER", alarm);
            lines.text("DESCRIPTION", &self.summary);
            lines.raw("END", "VALARM");
        }
        lines.raw("END", "VEVENT");
    }
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Shifts: each turn by itself, named by its rota, its place in the order and its beginning, so that a swap changes an event.
fn shifts(
    out: Outgoing<'_>,
    only: Option<&Id<Person>>,
    (id, rota): (&Id<Rota>, &Rota),
    to: Timestamp,
) -> Result<Vec<Event>, String> {
    let name = plain(&rota.name);
    let spells = rota.spells(out.now, to).map_err(|unplanned| match unplanned {
        Unplanned::Zone(zone) => {
            format!("without {name}: this version of kit does not know the time zone {}", plain(zone.as_str()))
        }
        Unplanned::Ended(_) => format!("without {name}: it is planned no further"),
    })?;
    let mut events = Vec::new();
    for stretch in stretches(&spells).iter().filter(|stretch| only.is_none_or(|only| only == stretch.person)) {
        let who = plain(out.team.person_name(stretch.person));
        let (first, places) = (stretch.places.first().copied().unwrap_or_default(), stretch.places.as_slice());
        let is_one = places.iter().all(|(before, _)| *before == first.0);
        let mut says = Vec::new();
        let person = out.team.people.get(stretch.person);
        says.extend(person.and_then(|it| out.numbers(&it.numbers).next()).map(|it| format!("Call {who}: {}", it.read_aloud())));
        says.extend(stretch.instead_of.map(|other| format!("Instead of {}", plain(out.team.person_name(other)))));
        if !is_one {
            let from =
                |(before, from): &(usize, Timestamp)| format!("Called {} from {}", rank(*before), from.strftime("%a %H:%M UTC"));
            says.extend(places.iter().map(from));
        }
        let place = if is_one { format!(", {}", rank(first.0)) } else { String::new() };
        events.push(Event {
            of: format!("shift.{id}.{}.{}", first.0, utc(stretch.from)),
            when: When::Span(stretch.from, stretch.until),
            summary: format!("On call{place}: {who} ({name})"),
            says,
            alarms: if only.is_some() { &["-PT30M"] } else { &[] },
            is_busy: false,
        });
    }
    let ends = rota.until.filter(|until| out.now < *until && *until < to);
    let is_theirs = only.is_none_or(|only| rota.people().any(|person| person == only));
    events.extend(ends.filter(|_| is_theirs).map(|until| Event {
        of: format!("rota-end.{id}"),
        when: When::Day(day(until)),
        summary: format!("{name} is planned up to today"),
        says: vec!["After it nobody knows who is on duty.".to_owned()],
        alarms: &["-P7D"],
        is_busy: false,
    }));
    Ok(events)
}

/// A time without a gap in which somebody is on duty, whoever else is.
pub(super) struct Stretch<'a> {
    pub(super) person: &'a Id<Person>,
    instead_of: Option<&'a Id<Person>>,
    pub(super) from: Timestamp,
    until: Timestamp,
    /// How many are called before them, from when.
    places: Vec<(usize, Timestamp)>,
}

/// Spells of one person that follow each other only because others come and go are one stretch; two turns stay two.
pub(super) fn stretches<'a>(spells: &[Spell<'a>]) -> Vec<Stretch<'a>> {
    let mut all: Vec<Stretch<'a>> = Vec::new();
    for spell in spells {
        let goes_on = |stretch: &&mut Stretch<'_>| {
            let is_their = stretch.person == spell.person && stretch.instead_of == spell.instead_of;
            is_their && stretch.until == spell.from && stretch.places.last().is_some_and(|(before, _)| *before != spell.before)
        };
        let place = (spell.before, spell.from);
        match all.iter_mut().find(goes_on) {
            Some(stretch) => {
                stretch.until = spell.until;
                stretch.places.push(place);
            }
            None => {
                let Spell { person, instead_of, from, until, .. } = *spell;
                all.push(Stretch { person, instead_of, from, until, places: vec![place] });
            }
        }
    }
    all
}

fn rank(before: usize) -> String {
    match before {
        0 => "first".to_owned(),
        1 => "second".to_owned(),
        2 => "third".to_owned(),
        before => format!("number {}", before + 1),
    }
}

fn whole_window(out: Outgoing<'_>, id: &Id<Window>, window: &Window) -> Option<Event> {
    let mut says = Vec::new();
    let systems: Vec<String> =
        window.systems.iter().map(|id| out.team.systems.get(id).map_or_else(|| id.to_string(), |it| plain(&it.name))).collect();
    says.extend(Some(format!("Systems: {}", systems.join(", "))).filter(|_| !systems.is_empty()));
    for role in &window.roles {
        let (from, until) = role.span(window);
        let name = plain(out.team.person_name(&role.person));
        let does = role.does.as_ref().map(|does| format!(", {}", plain(does))).unwrap_or_default();
        let span = format!("{} to {} UTC", from.strftime("%d %b %H:%M"), until.strftime("%d %b %H:%M"));
        says.push(format!("{name}: {}{does} ({span})", role.part.word()));
    }
    says.extend(window.rollback.iter().map(|line| format!("Roll back: {}", plain(line))));
    says.extend(window.go_no_go.iter().map(|line| format!("Go or no-go: {}", plain(line))));
    (window.start < window.end).then(|| Event {
        of: format!("window.{id}"),
        when: When::Span(window.start, window.end),
        summary: plain(&window.name),
        says,
        alarms: &["-P1D", "-PT1H"],
        is_busy: true,
    })
}

/// The parts of one person in a window, but for those who may sleep.
fn parts(out: Outgoing<'_>, id: &Id<Window>, window: &Window, person: &Id<Person>) -> Vec<Event> {
    let mut events = Vec::new();
    for (index, role) in window.roles_of(person).enumerate().filter(|(_, role)| role.part != Part::NotNeeded) {
        let (from, until) = role.span(window);
        if until <= from {
            continue;
        }
        let mut says: Vec<String> = role.does.iter().map(|does| plain(does)).collect();
        says.extend(Some(format!("Bring: {}", plain(&role.bring.join(", ")))).filter(|_| !role.bring.is_empty()));
        let released = role.released_by.as_ref().map(|by| format!("You may go when {} says so", plain(out.team.person_name(by))));
        says.extend(released);
        events.push(Event {
            of: format!("window.{id}.{person}.{index}"),
            when: When::Span(from, until),
            summary: format!("{}: you are {}", plain(&window.name), role.part.word()),
            says,
            alarms: &["-P1D", "-PT1H"],
            is_busy: role.part == Part::Needed,
        });
    }
    events
}

/// Numbers and bridges that somebody has to try again: one event on the last day on which each still counts as checked, and one
/// today for all that do not.
fn reminders(out: Outgoing<'_>, only: Option<&Id<Person>>, to: Timestamp) -> Vec<Event> {
    let (today, last) = (day(out.now), day(to));
    let team = out.team;
    let due = |on: Option<Date>| on.map(|on| on.saturating_add(i64::from(team.policy.number_stale_days).days()));
    // The name in the calendar, the name for people, the day.
    let mut all: Vec<(String, String, Option<Date>)> = Vec::new();
    let soonest = |numbers: &[Number]| {
        let days = numbers.iter().map(|number| due(number.checked.as_ref().map(|checked| checked.on)));
        days.min().filter(|_| !numbers.is_empty())
    };
    for (id, person) in team.people.iter().filter(|(id, _)| only.is_none_or(|only| only == *id)) {
        let day = soonest(&person.numbers);
        all.extend(day.map(|day| (format!("verify.person.{id}"), format!("the numbers of {}", plain(&person.name)), day)));
    }
    if only.is_none() {
        for (id, vendor) in &team.vendors {
            let day = soonest(&vendor.numbers);
            all.extend(day.map(|day| (format!("verify.vendor.{id}"), format!("the numbers of {}", plain(&vendor.name)), day)));
        }
        for (id, bridge) in &team.bridges {
            let day = due(bridge.tested.as_ref().map(|tested| tested.on));
            all.push((format!("verify.bridge.{id}"), format!("the way to meet {}", plain(&bridge.name)), day));
        }
    }
    let (late, ahead): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, _, day)| day.is_none_or(|day| day < today));
    let mut events: Vec<Event> = Vec::new();
    for (of, what, day) in ahead {
        events.extend(day.filter(|day| *day <= last).map(|day| Event {
            of,
            when: When::Day(day),
            summary: format!("Try {what}"),
            says: vec!["After today it counts as unchecked. Write down who tried it and when: checked, checked_by.".to_owned()],
            alarms: &["PT9H"],
            is_busy: false,
        }));
    }
    if !late.is_empty() {
        events.push(Event {
            of: format!("verify.late{}", only.map(|id| format!(".{id}")).unwrap_or_default()),
            when: When::Day(today),
            summary: format!("{} to try again: nobody has for too long", things(late.len())),
            says: late.iter().map(|(_, what, _)| format!("- {what}")).collect(),
            alarms: &["PT9H"],
            is_busy: false,
        });
    }
    events
}

fn things(count: usize) -> String {
    if count == 1 { "1 contact".to_owned() } else { format!("{count} contacts") }
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}
