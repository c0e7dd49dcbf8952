//! A person: the number, whether they sleep, whether they may be woken, and whom to call when they do not answer.

use jiff::civil::Date;
use serde::Serialize;

use super::{Call, NumberCard};
use crate::{
    answer::{Moment, clock_time, day},
    team::{Id, Person, System, Team, WakeWhen},
};

/// Minutes to wait for a call back before the next one is tried: two rings and a glass of water.
const ANSWER_WITHIN_MIN: i64 = 5;
/// The importance that wakes people.
const WAKING_TIER: u8 = 1;

/// What there is to say of a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonCard {
    /// The call to make; when they are away, see `away`.
    #[serde(flatten)]
    pub call: Call,
    /// Job title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Teams within the organisation.
    pub teams: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// All numbers, the first one first.
    pub numbers: Vec<NumberCard>,
    /// How to reach them by message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How and when they may be woken.
    pub wake: WakeCard,
    /// Set while they are away.
    pub away: Option<Away>,
    /// Whom to call in their place, when they are away or have no number and somebody else can be called.
    pub instead: Option<Call>,
    /// Whom to call when they do not answer.
    pub next: Option<NextCall>,
    /// Systems they own, with their position, first ones first.
    pub owns: Vec<Owned>,
    /// Anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How and when somebody may be woken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WakeCard {
    /// The way that works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// Whether it is all right, in words: `yes, any hour: first on payments-db`.
    pub allowed: String,
}

/// Somebody who is away.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Away {
    /// The last day away, in words: `Sun 22 Nov`.
    pub until: String,
    /// The last day away.
    pub until_date: Date,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Who stands in.
    pub delegate: Option<Call>,
}

/// Whom to call next, and from when.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NextCall {
    /// Clock time in the reader's zone: `03:17`.
    pub at: String,
    /// The call to make.
    pub call: Call,
    /// The system that makes them the next one; `None` for a delegate.
    pub system: Option<String>,
}

/// A system somebody owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Owned {
    /// The system's id.
    pub system: String,
    /// 1 is called first.
    pub position: usize,
    /// The system's importance.
    pub tier: Option<u8>,
}

impl PersonCard {
    pub(super) fn of(team: &Team, id: &Id<Person>, person: &Person, moment: &Moment) -> Self {
        let mut owned: Vec<(Owned, &System)> = team.systems.iter().filter_map(|(name, system)| owned(id, name, system)).collect();
        owned.sort_by_key(|(owned, _)| (owned.position, owned.tier.unwrap_or(u8::MAX), owned.system.clone()));
        let away = away(team, person, moment);
        let call = Call::to(team, id, person, moment);
        let next = next_call(team, id, &owned, away.as_ref(), moment);
        let instead = (away.is_some() || call.number.is_none())
            .then(|| {
                let delegate = away.as_ref().and_then(|away| away.delegate.clone()).filter(|call| is_here(team, call, moment));
                delegate.or_else(|| next.as_ref().map(|next| next.call.clone())).filter(|call| call.number.is_some())
            })
            .flatten();
        Self {
            call,
            title: person.title.clone(),
            teams: person.teams.clone(),
            emails: person.emails.clone(),
            numbers: NumberCard::all(team, &person.numbers, moment),
            message: person.message.clone(),
            wake: wake(person, owned.first().map(|(owned, _)| owned)),
            next,
            away,
            instead,
            owns: owned.into_iter().map(|(owned, _)| owned).collect(),
            note: person.note.clone(),
        }
    }
}

fn owned<'a>(id: &Id<Person>, name: &Id<System>, system: &'a System) -> Option<(Owned, &'a System)> {
    let position = system.owners.iter().position(|owner| owner == id)? + 1;
    Some((Owned { system: name.to_string(), position, tier: system.tier }, system))
}

fn away(team: &Team, person: &Person, moment: &Moment) -> Option<Away> {
    let today = moment.at(&person.zone).date();
    let absence = person.absent_on(today)?;
    Some(Away {
        until: day(absence.until, today),
        until_date: absence.until,
        why: absence.why.clone(),
        delegate: absence.delegate.as_ref().and_then(|delegate| Call::by_id(team, delegate, moment)),
    })
}

/// Whether somebody who stands in can be called: they have a number and are not away themselves.
fn is_here(team: &Team, call: &Call, moment: &Moment) -> bool {
    let person = Id::parse(&call.id).ok().and_then(|id| team.people.get(&id));
    call.number.is_some() && person.is_some_and(|person| person.absent_on(moment.at(&person.zone).date()).is_none())
}

fn wake(person: &Person, first: Option<&Owned>) -> WakeCard {
    let because = first
        .filter(|owned| owned.position == 1 && owned.tier == Some(WAKING_TIER))
        .map(|owned| format!("first on {}", owned.system));
    let allowed = match (&person.wake.when, because) {
        (WakeWhen::AnyHour, Some(because)) => format!("yes, any hour: {because}"),
        (WakeWhen::AnyHour, None) => "yes, any hour".to_owned(),
        (WakeWhen::Never, _) => "no, only in working hours".to_owned(),
        (WakeWhen::If(condition), _) => format!("if {condition}"),
        (WakeWhen::NotSaid, Some(because)) => format!("not agreed, but {because} (tier {WAKING_TIER})"),
        (WakeWhen::NotSaid, None) => "not agreed".to_owned(),
    };
    WakeCard { how: person.wake.how.clone(), allowed }
}

/// The next owner after this person of the most important system they are on, skipping those who are away or have no
/// number; else whoever stands in for them.
fn next_call(team: &Team, id: &Id<Person>, owned: &[(Owned, &System)], away: Option<&Away>, moment: &Moment) -> Option<NextCall> {
    let at = moment.now.checked_add(jiff::Span::new().minutes(ANSWER_WITHIN_MIN)).ok()?;
    let after = |system: &System| {
        let rest = system.owners.iter().skip_while(|owner| *owner != id).skip(1);
        rest.filter_map(|owner| team.people.get_key_value(owner))
            .find(|(_, person)| !person.numbers.is_empty() && person.absent_on(moment.at(&person.zone).date()).is_none())
            .map(|(owner, person)| Call::to(team, owner, person, moment))
    };
    let from_systems = owned.iter().find_map(|(owned, system)| Some((after(system)?, Some(owned.system.clone()))));
    let from_delegate =
        || away.and_then(|away| away.delegate.clone()).filter(|call| is_here(team, call, moment)).map(|call| (call, None));
    let (call, system) = from_systems.or_else(from_delegate)?;
    Some(NextCall { at: clock_time(moment, at), call, system })
}
