//! Am I needed? One of four verdicts for anybody at any time, with its reason, until when, and what follows from it.
//!
//! The rules stand in docs/design/0010-duty-has-four-answers.md.

mod places;
mod ruling;
mod until;
mod watch;
mod words;

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

pub use ruling::{Because, Verdict};
pub use watch::Post;

use self::{
    places::Places,
    ruling::{Ruling, rule},
    watch::{Order, Watch},
};
use super::{BridgeCard, Call, NumberCard, Scene, clock_time, in_charge, line_up, way_in};
use crate::team::{CalendarKind, Id, Part, Person, Role, Thing, Window};

/// What somebody is to do at a moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Duty {
    /// The person's id.
    pub person: String,
    /// The person's name, or the id when the kit does not know them.
    pub name: String,
    /// What to do.
    pub verdict: Verdict,
    /// Why, as a sentence.
    pub reason: String,
    /// Why, as a fact.
    pub because: Because,
    /// The first later moment at which verdict or reason is another; `None` when there is none within 14 days.
    pub until: Option<Until>,
    /// Their part in a window, running or next.
    pub role: Option<RoleNow>,
    /// Who is called before them for what the reason speaks of.
    pub before: Vec<Call>,
    /// Who tells them that they may go.
    pub released_by: Option<Call>,
    /// How they are woken, first way first.
    pub woken_by: Vec<String>,
    /// The numbers that such a call comes from.
    pub callers: Vec<Caller>,
    /// How to join; set when they are to join now.
    pub join: Option<BridgeCard>,
    /// Whom to ask; set when the kit does not say.
    pub ask: Option<Call>,
    /// Holidays and observances today, where they are.
    pub today: Vec<Day>,
}

/// When something else begins, and what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Until {
    /// The moment.
    pub at: Timestamp,
    /// On the reader's clock: `Mon 09:00`.
    pub clock: String,
    /// The verdict from then on.
    pub then: Verdict,
    /// Why, in a few words: `first for payments-db`.
    pub then_reason: String,
    /// Why, as a fact.
    pub then_because: Because,
}

/// A part in a window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoleNow {
    /// The window's id.
    pub window: String,
    /// The window's name.
    pub window_name: String,
    /// The part.
    pub part: Part,
    /// What they do, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub does: Option<String>,
    /// Whether it has begun.
    pub runs: bool,
    /// From when.
    pub from: Timestamp,
    /// The same on the reader's clock.
    pub from_clock: String,
    /// Until when.
    pub until: Timestamp,
    /// The same on the reader's clock.
    pub until_clock: String,
    /// When the window ends.
    pub window_end: Timestamp,
    /// The same on the reader's clock.
    pub window_end_clock: String,
    /// What to have at hand.
    pub bring: Vec<String>,
}

/// A number that may ring.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Caller {
    /// Whose it is.
    pub who: String,
    /// The number.
    pub number: NumberCard,
}

/// A day with a name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Day {
    /// `Father's Day`.
    pub name: String,
    /// What sort of day it is.
    pub kind: CalendarKind,
    /// The day.
    pub on: Date,
}

/// Hours before a part begins in which it is what there is to say: the night before.
const NIGHT_BEFORE_H: i64 = 24;
/// Days ahead in which a part is looked for.
const AHEAD_DAYS: i64 = 14;

/// What a person is to do at the moment of a scene.
pub fn duty(scene: Scene<'_>, person: &Id<Person>) -> Duty {
    let lead = in_charge(scene).map(|charge| charge.call);
    let Some((id, person)) = scene.team.people.get_key_value(person) else { return stranger(person, lead) };
    let watch = Watch::of(scene.team, id, person);
    let places = Places::of(scene, &watch);
    let ruling = rule(scene, &watch, &places);
    let until = until::until(scene, &watch, places, &ruling);
    let Ruling { verdict, because } = ruling;
    let role = role(scene, &watch);
    let running = role.filter(|(_, window, role)| role.covers(window, scene.moment.now));
    let before = before(scene, &watch, &because);
    let lead = lead.filter(|call| call.id != id.as_str());
    let is_called = match because {
        Because::First { .. } | Because::Behind { .. } | Because::Standby { .. } | Because::OutOfHours { .. } => true,
        _ => verdict == Verdict::Unknown,
    };
    Duty {
        person: id.to_string(),
        name: person.name.clone(),
        verdict,
        reason: night_before(scene, verdict, role).unwrap_or_else(|| words::reason(&because, scene.moment)),
        until: until.map(|(at, next)| Until::of(scene, at, &because, next)),
        released_by: running.and_then(|(_, _, role)| {
            let named = role.released_by.as_ref().filter(|named| *named != id);
            named.and_then(|named| Call::by_id(scene.team, named, scene.moment)).or_else(|| lead.clone())
        }),
        woken_by: if is_called { woken_by(scene, person, running.map(|it| it.2)) } else { Vec::new() },
        callers: if is_called { callers(scene, &before, lead.as_ref()) } else { Vec::new() },
        join: if verdict == Verdict::JoinNow { way_in(scene) } else { None },
        ask: lead.filter(|_| verdict == Verdict::Unknown),
        today: today(scene, person),
        role: role.map(|role| RoleNow::of(scene, role)),
        before,
        because,
    }
}

/// The verdict and its reason alone.
pub fn verdict(scene: Scene<'_>, person: &Id<Person>) -> (Verdict, Because) {
    let Some((id, person)) = scene.team.people.get_key_value(person) else { return (Verdict::Unknown, Because::NotInTheKit) };
    let watch = Watch::of(scene.team, id, person);
    let Ruling { verdict, because } = rule(scene, &watch, &Places::of(scene, &watch));
    (verdict, because)
}

impl Until {
    fn of(scene: Scene<'_>, at: Timestamp, because: &Because, next: Ruling) -> Self {
        let standby = match (because.standby(), next.because.standby()) {
            (Some(_), None) if next.verdict != Verdict::JoinNow => ", no longer on standby".to_owned(),
            (before, Some(window)) if before != Some(window) => format!(", on standby in {window}"),
            _ => String::new(),
        };
        Self {
            at,
            clock: clock_time(scene.moment, at),
            then: next.verdict,
            then_reason: words::short(&next.because, scene.moment) + &standby,
            then_because: next.because,
        }
    }
}

impl RoleNow {
    fn of(scene: Scene<'_>, (id, window, role): (&Id<Window>, &Window, &Role)) -> Self {
        let (from, until) = role.span(window);
        Self {
            window: id.to_string(),
            window_name: window.name.clone(),
            part: role.part,
            does: role.does.clone(),
            runs: role.covers(window, scene.moment.now),
            from,
            from_clock: clock_time(scene.moment, from),
            until,
            until_clock: clock_time(scene.moment, until),
            window_end: window.end,
            window_end_clock: clock_time(scene.moment, window.end),
            bring: role.bring.clone(),
        }
    }
}

fn stranger(person: &Id<Person>, lead: Option<Call>) -> Duty {
    Duty {
        person: person.to_string(),
        name: person.to_string(),
        verdict: Verdict::Unknown,
        reason: format!("Nobody called {person} is in this kit."),
        because: Because::NotInTheKit,
        until: None,
        role: None,
        before: Vec::new(),
        released_by: None,
        woken_by: Vec::new(),
        callers: Vec::new(),
        join: None,
        ask: lead,
        today: Vec::new(),
    }
}

/// The part that counts now; else the one in which they are needed next, within 14 days.
fn role<'a>(scene: Scene<'_>, watch: &Watch<'a>) -> Option<(&'a Id<Window>, &'a Window, &'a Role)> {
    let now = scene.moment.now;
    let running = |part: Part| watch.roles.iter().find(|(_, window, role)| role.part == part && role.covers(window, now));
    let found = [Part::Needed, Part::Standby, Part::NotNeeded].into_iter().find_map(running);
    let from = |(_, window, role): &&(_, &Window, &Role)| role.span(window).0;
    let is_soon = |role: &&(_, &Window, &Role)| {
        let seconds = from(role).as_second() - now.as_second();
        role.2.part == Part::Needed && seconds > 0 && seconds <= AHEAD_DAYS * 24 * 3600
    };
    found.or_else(|| watch.roles.iter().filter(is_soon).min_by_key(from)).copied()
}

/// What there is to say to somebody who sleeps and has to get up.
fn night_before(scene: Scene<'_>, verdict: Verdict, role: Option<(&Id<Window>, &Window, &Role)>) -> Option<String> {
    let (_, window, role) = role.filter(|(_, _, role)| verdict == Verdict::SleepOn && role.part == Part::Needed)?;
    let (from, _) = role.span(window);
    let seconds = from.as_second() - scene.moment.now.as_second();
    let is_near = seconds > 0 && seconds <= NIGHT_BEFORE_H * 3600;
    is_near.then(|| format!("You are needed in {} from {}.", window.name, clock_time(scene.moment, from)))
}

/// Who is called before them.
fn before(scene: Scene<'_>, watch: &Watch<'_>, because: &Because) -> Vec<Call> {
    let Because::Behind { of, position, .. } = because else { return Vec::new() };
    let order = watch.orders.iter().find(|order| {
        let post = order.post(None);
        post.kind == of.kind && post.id == of.id
    });
    let line = order.and_then(|order: &Order<'_>| order.now(scene)).map(|responders| line_up(scene, &responders));
    line.into_iter().flat_map(|line| line.steps).take(position - 1).map(|step| step.call).collect()
}

fn woken_by(scene: Scene<'_>, person: &Person, role: Option<&Role>) -> Vec<String> {
    let agreed = role.map(|role| &role.woken_by).filter(|ways| !ways.is_empty()).unwrap_or(&scene.team.woken_by);
    if agreed.is_empty() { person.wake.how.iter().cloned().collect() } else { agreed.clone() }
}

/// What calls people, then those who are called before, then whoever is in charge; each number once.
fn callers(scene: Scene<'_>, before: &[Call], lead: Option<&Call>) -> Vec<Caller> {
    let tools = scene.team.tools.iter().filter(|(id, _)| scene.what_if.fells(scene.team, Thing::Tool, id.as_str()).is_none());
    let tools = tools.flat_map(|(_, tool)| tool.numbers.iter().map(|number| (tool.name.clone(), number)));
    let mut callers: Vec<Caller> =
        tools.map(|(who, number)| Caller { who, number: NumberCard::of(scene.team, number, scene.moment) }).collect();
    for call in before.iter().chain(lead) {
        callers.extend(call.number.clone().map(|number| Caller { who: call.name.clone(), number }));
    }
    let mut seen = std::collections::BTreeSet::new();
    callers.retain(|caller| seen.insert(caller.number.e164.clone()));
    callers
}

fn today(scene: Scene<'_>, person: &Person) -> Vec<Day> {
    let on = scene.moment.at(&person.zone).date();
    scene.team.named_days(person, on).map(|(kind, days)| Day { name: days.name.clone(), kind, on }).collect()
}
