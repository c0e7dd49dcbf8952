//! One window of planned work: when, who, who decides what, and what falls into it.

mod clocks;
mod falls_in;

use jiff::{Timestamp, Zoned, civil::Date};
use serde::Serialize;

pub(super) use self::clocks::clocks_in_utc;
pub use self::{clocks::Clock, falls_in::FallsIn};
use self::{clocks::clocks, falls_in::falls_in};
use super::{Call, Decision, Moment, Scene, clock_time, day, span};
use crate::team::{Authority, Id, Part, Person, Rehearsal, Role, Window};

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

/// The rules of a window: what everybody in it has to know before it begins.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WindowPlan {
    /// What a list says of it.
    #[serde(flatten)]
    pub line: WindowLine,
    /// When to roll back.
    pub rollback: Vec<String>,
    /// How the go or no-go is decided.
    pub go_no_go: Option<String>,
    /// How changes of plan are announced.
    pub announce: Option<String>,
}

/// One window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WindowCard {
    /// When it is, and its rules.
    #[serde(flatten)]
    pub plan: WindowPlan,
    /// Start and end where its people are, the earliest clock first; not where the reader's clock shows the same.
    pub clocks: Vec<Clock>,
    /// What is worked on, by id.
    pub systems: Vec<String>,
    /// People, in the order in which they were written.
    pub people: Vec<RoleCard>,
    /// Who leads, then who decides what in this window.
    pub decides: Vec<Decision>,
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

/// Every window: those that run, the one that began last first, then those to come, then those that are over, the latest first.
pub fn windows(scene: Scene<'_>) -> Vec<WindowLine> {
    let mut lines: Vec<WindowLine> =
        scene.team.windows.iter().map(|(id, window)| WindowLine::of(scene.moment, id, window)).collect();
    lines.sort_by_key(|line| {
        let order = match line.stage {
            Stage::Running => -line.start.as_second(),
            Stage::Ahead => line.start.as_second(),
            Stage::Over => -line.end.as_second(),
        };
        (line.stage, order, line.id.clone())
    });
    lines
}

/// The windows that run, the one that began last first.
pub(super) fn running(scene: Scene<'_>) -> Vec<(&Id<Window>, &Window)> {
    let mut running: Vec<_> = scene.team.windows.iter().filter(|(_, window)| window.covers(scene.moment.now)).collect();
    running.sort_by_key(|(_, window)| std::cmp::Reverse(window.start));
    running
}

/// That a window does not run now, in a sentence, if it does not.
pub(super) fn not_running(scene: Scene<'_>, window: &Window) -> Option<String> {
    let clock = |at: Timestamp| clock_time(scene.moment, at);
    match scene.moment.now {
        now if now < window.start => Some(format!("{} begins {}", window.name, clock(window.start))),
        now if window.end <= now => Some(format!("{} ended {}", window.name, clock(window.end))),
        _ => None,
    }
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
    let was_there = |person: &Id<Person>| window.rehearsals.iter().any(|rehearsal| rehearsal.who.contains(person));
    let needed = window.roles.iter().filter(|role| role.part == Part::Needed).map(|role| &role.person);
    let not_rehearsed: Vec<_> = needed.filter(|id| !window.rehearsals.is_empty() && !was_there(id)).cloned().collect();
    Some(WindowCard {
        clocks: clocks(scene, window),
        systems: window.systems.iter().map(ToString::to_string).collect(),
        people: window.roles.iter().filter_map(|role| RoleCard::of(scene, window, role)).collect(),
        decides: decides(scene, id),
        rehearsals: window.rehearsals.iter().map(|it| Rehearsed::of(scene, it)).collect(),
        not_rehearsed: names(&not_rehearsed),
        acknowledge: names(&window.acknowledge),
        falls_in: falls_in(scene, window),
        also_running: running(scene).into_iter().filter(|(other, _)| *other != id).map(|(id, _)| id.to_string()).collect(),
        plan: WindowPlan::of(scene.moment, id, window),
    })
}

impl WindowPlan {
    pub(super) fn of(moment: &Moment, id: &Id<Window>, window: &Window) -> Self {
        Self {
            line: WindowLine::of(moment, id, window),
            rollback: window.rollback.clone(),
            go_no_go: window.go_no_go.clone(),
            announce: window.announce.clone(),
        }
    }
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

/// Who leads, then who takes the decisions of this window.
fn decides(scene: Scene<'_>, id: &Id<Window>) -> Vec<Decision> {
    let is_own = |it: &Authority| it.window.as_ref() == Some(id);
    let own = scene.team.authority.iter().filter(|(_, it)| is_own(it));
    let lead = scene.team.lead.as_ref().and_then(|lead| scene.team.authority.get_key_value(lead));
    lead.filter(|(_, it)| !is_own(it)).into_iter().chain(own).map(|(id, it)| Decision::of(scene, id, it)).collect()
}
