//! One window of planned work: when, who, who decides what, and what falls into it.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan, Zoned, civil::Date, tz::TimeZone};
use serde::Serialize;

use super::{Call, Moment, Scene, clock_time, day, line_up, span};
use crate::team::{Authority, CalendarKind, Id, Part, Person, Rehearsal, Role, Window};

/// Days of a window that are looked at for absences and named days; a longer one is no window.
const DAYS_MAX: usize = 62;

/// What is said of a part that lasts as long as its window.
pub const WHOLE: &str = "all of it";

/// Where a moment lies to a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// It has begun and not ended.
    Running,
    /// It has not begun.
    Ahead,
    /// It has ended.
    Over,
}

impl Stage {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Ahead => "ahead",
            Self::Over => "over",
        }
    }
}

/// A window in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WindowLine {
    /// The window's id.
    pub id: String,
    /// The window's name.
    pub name: String,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// The same on the reader's clock: `Sun 15 Nov 06:00`.
    pub start_clock: String,
    /// The end on the reader's clock.
    pub end_clock: String,
    /// Whether it runs.
    pub stage: Stage,
    /// The same in words: `running, 4 days left`, `in 3 days`, `over since 9 h`.
    pub state: String,
}

/// One window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WindowCard {
    /// What a list says of it.
    #[serde(flatten)]
    pub line: WindowLine,
    /// Start and end where its people are, the earliest clock first; not where the reader's clock shows the same.
    pub clocks: Vec<Clock>,
    /// What is worked on, by id.
    pub systems: Vec<String>,
    /// People, in the order in which they were written.
    pub people: Vec<RoleCard>,
    /// Who decides what.
    pub decides: Vec<Decides>,
    /// When to roll back.
    pub rollback: Vec<String>,
    /// How the go or no-go is decided.
    pub go_no_go: Option<String>,
    /// How changes of plan are announced.
    pub announce: Option<String>,
    /// Rehearsals, the first one first.
    pub rehearsals: Vec<Rehearsed>,
    /// Who is needed and was in no rehearsal, by name; empty when there was none at all.
    pub not_rehearsed: Vec<String>,
    /// Who has to acknowledge the kit, by name.
    pub acknowledge: Vec<String>,
    /// Absences, holidays and observances of its people that fall into it.
    pub falls_in: Vec<FallsIn>,
    /// Other windows that run at the moment, by id.
    pub also_running: Vec<String>,
}

/// Start and end on the clock of a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// `London`.
    pub place: String,
    /// IANA name.
    pub zone: String,
    /// `Sun 15 Nov 05:00`.
    pub start: String,
    /// The same of the end.
    pub end: String,
}

/// What is expected of one person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoleCard {
    /// Whom to call.
    pub call: Call,
    /// The part.
    pub part: Part,
    /// What they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub does: Option<String>,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// The same in words, on the reader's clock: `all of it`, `until Fri 11:00`.
    pub when: String,
    /// Who tells them that they may go, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released_by: Option<String>,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decides {
    /// The decision's id.
    pub id: String,
    /// The decision in words.
    pub decision: String,
    /// Whether it is for this window only.
    pub for_this_window: bool,
    /// Who decides; `None` when nobody can be called.
    pub who: Option<Call>,
    /// Who decides when they cannot be reached, by name, in order.
    pub then: Vec<String>,
    /// How far it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<String>,
    /// What has to be true first.
    pub conditions: Vec<String>,
}

/// One rehearsal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rehearsed {
    /// The day.
    pub on: Date,
    /// The same in words.
    pub day: String,
    /// Who was there, by name.
    pub who: Vec<String>,
}

/// Days within a window on which people are away, or which have a name where they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FallsIn {
    /// The first day.
    pub from: Date,
    /// The same in words, with the last day if there are several: `Sun 22 Nov`.
    pub days: String,
    /// `Father's Day`, `away`.
    pub what: String,
    /// Whether nobody works then.
    pub is_off: bool,
    /// Whose, by name.
    pub who: Vec<String>,
}

/// Every window: those that run, then those to come, then those that are over, the latest first.
pub fn windows(scene: Scene<'_>) -> Vec<WindowLine> {
    let mut lines: Vec<WindowLine> =
        scene.team.windows.iter().map(|(id, window)| WindowLine::of(scene.moment, id, window)).collect();
    lines.sort_by_key(|line| {
        let order = if line.stage == Stage::Over { -line.end.as_second() } else { line.start.as_second() };
        (line.stage, order, line.id.clone())
    });
    lines
}

/// The window that is asked for without a name: the one that runs, else the next.
pub fn current_window(scene: Scene<'_>) -> Option<Id<Window>> {
    let first = windows(scene).into_iter().next().filter(|line| line.stage != Stage::Over)?;
    Id::parse(&first.id).ok()
}

/// One window; `None` when the team has none of that id.
pub fn window(scene: Scene<'_>, id: &Id<Window>) -> Option<WindowCard> {
    let (id, window) = scene.team.windows.get_key_value(id)?;
    let names = |ids: &[Id<Person>]| ids.iter().map(|id| scene.team.person_name(id).to_owned()).collect::<Vec<_>>();
    let line = WindowLine::of(scene.moment, id, window);
    let was_there = |person: &Id<Person>| window.rehearsals.iter().any(|rehearsal| rehearsal.who.contains(person));
    let needed = window.roles.iter().filter(|role| role.part == Part::Needed).map(|role| &role.person);
    let not_rehearsed: Vec<_> = needed.filter(|id| !window.rehearsals.is_empty() && !was_there(id)).cloned().collect();
    Some(WindowCard {
        clocks: clocks(scene, window),
        systems: window.systems.iter().map(ToString::to_string).collect(),
        people: window.roles.iter().filter_map(|role| RoleCard::of(scene, window, role)).collect(),
        decides: decides(scene, id),
        rollback: window.rollback.clone(),
        go_no_go: window.go_no_go.clone(),
        announce: window.announce.clone(),
        rehearsals: window.rehearsals.iter().map(|it| Rehearsed::of(scene, it)).collect(),
        not_rehearsed: names(&not_rehearsed),
        acknowledge: names(&window.acknowledge),
        falls_in: falls_in(scene, window),
        also_running: windows(scene)
            .into_iter()
            .filter(|it| it.stage == Stage::Running && it.id != line.id)
            .map(|it| it.id)
            .collect(),
        line,
    })
}

impl WindowLine {
    fn of(moment: &Moment, id: &Id<Window>, window: &Window) -> Self {
        let (now, start, end) = (moment.now.as_second(), window.start.as_second(), window.end.as_second());
        let (stage, state) = match now {
            now if now < start => (Stage::Ahead, format!("in {}", span(start - now))),
            now if now < end => (Stage::Running, format!("running, {} left", span(end - now))),
            now => (Stage::Over, format!("over for {}", span(now - end))),
        };
        let here = |at: Timestamp| moment_text(&at.to_zoned(moment.zone.clone()), moment.here().date());
        Self {
            id: id.to_string(),
            name: window.name.clone(),
            start: window.start,
            end: window.end,
            start_clock: here(window.start),
            end_clock: here(window.end),
            stage,
            state,
        }
    }
}

impl RoleCard {
    fn of(scene: Scene<'_>, window: &Window, role: &Role) -> Option<Self> {
        let (from, until) = role.span(window);
        let from_text = (from != window.start).then(|| format!("from {}", near(scene.moment, from)));
        let until_text = (until != window.end).then(|| format!("until {}", near(scene.moment, until)));
        let when = match (from_text, until_text) {
            (None, None) => WHOLE.to_owned(),
            (from, until) => from.into_iter().chain(until).collect::<Vec<_>>().join(" "),
        };
        Some(Self {
            call: Call::by_id(scene.team, &role.person, scene.moment)?,
            part: role.part,
            does: role.does.clone(),
            from,
            until,
            when,
            released_by: role.released_by.as_ref().map(|id| scene.team.person_name(id).to_owned()),
        })
    }
}

impl Rehearsed {
    fn of(scene: Scene<'_>, rehearsal: &Rehearsal) -> Self {
        Self {
            on: rehearsal.on,
            day: day(rehearsal.on, scene.moment.here().date()),
            who: rehearsal.who.iter().map(|id| scene.team.person_name(id).to_owned()).collect(),
        }
    }
}

/// A time within a week as it is said: `Fri 11:00`; later ones with their day.
fn near(moment: &Moment, at: Timestamp) -> String {
    let here = at.to_zoned(moment.zone.clone());
    let days = (here.date() - moment.here().date()).get_days();
    if days.abs() < 7 { clock_time(moment, at) } else { moment_text(&here, moment.here().date()) }
}

/// A moment with its day: `Sun 15 Nov 06:00`, with the year when it is another one.
fn moment_text(at: &Zoned, today: Date) -> String {
    format!("{} {}", day(at.date(), today), at.strftime("%H:%M"))
}

/// Start and end on the clocks of its people that differ from the reader's.
fn clocks(scene: Scene<'_>, window: &Window) -> Vec<Clock> {
    let own = clock(scene, window, String::new(), scene.moment.zone.clone());
    let mut clocks: Vec<Clock> = Vec::new();
    for clock in everywhere(scene, window) {
        // Two zones with the same clock are one line.
        if !clocks.iter().chain([&own]).any(|other| (&other.start, &other.end) == (&clock.start, &clock.end)) {
            clocks.push(clock);
        }
    }
    clocks
}

/// Start and end in UTC, then on the clock of each zone that its people are in.
pub(super) fn clocks_in_utc(scene: Scene<'_>, window: &Window) -> Vec<Clock> {
    std::iter::once(clock(scene, window, "UTC".to_owned(), TimeZone::UTC)).chain(everywhere(scene, window)).collect()
}

/// The clock of each zone that people of a window are in, the earliest first.
fn everywhere(scene: Scene<'_>, window: &Window) -> Vec<Clock> {
    let mut zones = BTreeMap::new();
    for person in window.roles.iter().filter_map(|role| scene.team.people.get(&role.person)) {
        zones.entry(&person.zone).or_insert(person);
    }
    let mut clocks: Vec<(i32, Clock)> = Vec::new();
    for (zone, person) in zones {
        let Some(rules) = zone.time_zone() else { continue };
        let offset_s = rules.to_offset(window.start).seconds();
        let place = person.place.clone().unwrap_or_else(|| zone.city());
        clocks.push((offset_s, clock(scene, window, place, rules)));
    }
    clocks.sort_by_key(|(offset_s, clock)| (*offset_s, clock.place.clone()));
    clocks.into_iter().map(|(_, clock)| clock).collect()
}

fn clock(scene: Scene<'_>, window: &Window, place: String, rules: TimeZone) -> Clock {
    let today = scene.moment.here().date();
    let zone = rules.iana_name().unwrap_or("UTC").to_owned();
    let text = |at: Timestamp| moment_text(&at.to_zoned(rules.clone()), today);
    Clock { place, zone, start: text(window.start), end: text(window.end) }
}

/// The decisions of this window, then the one that names who leads.
fn decides(scene: Scene<'_>, id: &Id<Window>) -> Vec<Decides> {
    let own = scene.team.authority.iter().filter(|(_, it)| it.window.as_ref() == Some(id));
    let lead = scene.team.lead.as_ref().and_then(|lead| scene.team.authority.get_key_value(lead));
    let lead = lead.filter(|(_, it)| it.window.as_ref() != Some(id));
    let decides = |(name, it): (&Id<Authority>, &Authority)| {
        let line = line_up(scene, &it.line(scene.moment.now));
        let mut steps = line.steps.into_iter().map(|step| step.call);
        Decides {
            id: name.to_string(),
            decision: it.decision.clone(),
            for_this_window: it.window.as_ref() == Some(id),
            who: steps.next(),
            then: steps.map(|call| call.name).collect(),
            limits: it.limits.clone(),
            conditions: it.conditions.clone(),
        }
    };
    lead.into_iter().chain(own).map(decides).collect()
}

fn falls_in(scene: Scene<'_>, window: &Window) -> Vec<FallsIn> {
    let today = scene.moment.here().date();
    let mut found: BTreeMap<(Date, Date, String, bool), Vec<String>> = BTreeMap::new();
    let mut people: Vec<&Id<Person>> = Vec::new();
    for role in window.roles.iter().filter(|role| role.part != Part::NotNeeded) {
        if !people.contains(&&role.person) {
            people.push(&role.person);
        }
    }
    for person in people.into_iter().filter_map(|id| scene.team.people.get(id)) {
        let rules = person.zone.time_zone().unwrap_or(TimeZone::UTC);
        let (first, last) = (window.start.to_zoned(rules.clone()).date(), window.end.to_zoned(rules).date());
        let mut put = |from: Date, until: Date, what: String, is_off: bool| {
            let who = found.entry((from.max(first), until.min(last), what, is_off)).or_default();
            if !who.contains(&person.name) {
                who.push(person.name.clone());
            }
        };
        for date in first.series(1.day()).take_while(|day| *day <= last).take(DAYS_MAX) {
            for (kind, days) in scene.team.named_days(person, date) {
                put(days.from, days.until, days.name.clone(), kind == CalendarKind::Holidays);
            }
            let was_away =
                date.yesterday().ok().filter(|day| first <= *day).is_some_and(|day| scene.team.away(person, day).is_some());
            if let Some(away) = scene.team.away(person, date).filter(|_| !was_away) {
                put(date, away.until, "away".to_owned(), true);
            }
        }
    }
    let days = |from: Date, until: Date| match from == until {
        true => day(from, today),
        false => format!("{} to {}", day(from, today), day(until, today)),
    };
    found
        .into_iter()
        .map(|((from, until, what, is_off), who)| FallsIn { from, days: days(from, until), what, is_off, who })
        .collect()
}
