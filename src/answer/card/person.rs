//! A person: the number, whether they sleep, whether they may be woken, and whom to call when they do not answer.

use jiff::{ToSpan, civil::Date};
use serde::Serialize;

use super::{Call, NumberCard};
use crate::{
    answer::{LineUp, Scene, clock_time, day, line_up},
    team::{Id, Person, Responder, System, Thing, WakeWhen},
};

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
    /// Holidays and observances there today.
    pub today: Vec<String>,
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
    /// Until when, on the reader's clock, where a rota gives them the position.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl PersonCard {
    pub(super) fn of(scene: Scene<'_>, id: &Id<Person>, person: &Person) -> Self {
        let Scene { team, moment, .. } = scene;
        let owned = owned_systems(scene, id);
        // One person alone is a line too: it says whether they can be called, and who stands in.
        let alone = line_up(scene, &[Responder::person(id)]);
        let away = away(scene, person);
        let call = alone.first().filter(|step| step.call.id == id.as_str());
        let call = call.map_or_else(|| Call::to(team, id, person, moment), |step| step.call.clone());
        let next = next_call(scene, id, &owned, &alone);
        let instead = alone.first().filter(|step| step.call.id != id.as_str()).map(|step| step.call.clone());
        let cannot = !alone.skipped.is_empty();
        let instead = instead.or_else(|| next.as_ref().filter(|_| cannot).map(|next| next.call.clone()));
        Self {
            call,
            title: person.title.clone(),
            teams: person.teams.clone(),
            emails: person.emails.clone(),
            numbers: NumberCard::all(team, &person.numbers, moment),
            message: person.message.clone(),
            wake: wake(person, owned.first().map(|(owned, _)| owned)),
            today: scene.named_days(person),
            next,
            away,
            instead,
            owns: owned.into_iter().map(|(owned, _)| owned).collect(),
            note: person.note.clone(),
        }
    }
}

/// The systems of a person: those first on which they come first, then the most important.
pub(in crate::answer) fn owned_systems<'a>(scene: Scene<'a>, id: &Id<Person>) -> Vec<(Owned, &'a System)> {
    let systems = scene.team.systems.iter();
    let mut owned: Vec<_> = systems.filter_map(|(name, system)| owned(scene, id, name, system)).collect();
    owned.sort_by_key(|(owned, _)| (owned.position, owned.tier.unwrap_or(u8::MAX), owned.system.clone()));
    owned
}

/// The position of a person among a system's owners, by name or by the rota that they are on now.
fn owned<'a>(scene: Scene<'_>, id: &Id<Person>, name: &Id<System>, system: &'a System) -> Option<(Owned, &'a System)> {
    // Whether an owner stands for them, and until when their turn lasts.
    let them = |owner: &Responder| match owner.resolve(scene.team)? {
        (Thing::Person, owner) => (owner == id.as_str()).then_some(None),
        (_, rota) => {
            let rota = scene.team.rotas.get(&Id::parse(rota).ok()?)?;
            let turn = rota.on(scene.moment.now).ok()?.into_iter().find(|turn| turn.person == id)?;
            Some(Some(clock_time(scene.moment, turn.until)))
        }
    };
    let (index, until) = system.owners.iter().enumerate().find_map(|(index, owner)| Some((index, them(owner)?)))?;
    Some((Owned { system: name.to_string(), position: index + 1, tier: system.tier, until }, system))
}

fn away(scene: Scene<'_>, person: &Person) -> Option<Away> {
    let away = scene.away(person)?;
    Some(Away {
        until: day(away.until, scene.moment.at(&person.zone).date()),
        until_date: away.until,
        why: away.why.map(str::to_owned),
        delegate: away.delegate.and_then(|delegate| Call::by_id(scene.team, delegate, scene.moment)),
    })
}

fn wake(person: &Person, first: Option<&Owned>) -> WakeCard {
    let because = first.filter(|owned| owned.position == 1 && owned.tier == Some(WAKING_TIER)).map(
        |Owned { system, until, .. }| match until {
            Some(until) => format!("first on {system} until {until}"),
            None => format!("first on {system}"),
        },
    );
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

/// The next owner after this person of the most important system they are on; else whoever stands in for them.
fn next_call(scene: Scene<'_>, id: &Id<Person>, owned: &[(Owned, &System)], alone: &LineUp) -> Option<NextCall> {
    let wait = i64::from(scene.team.policy.answer_within_min).minutes();
    let at = clock_time(scene.moment, scene.moment.now.checked_add(wait).ok()?);
    let from_systems = owned.iter().find_map(|(owned, system)| {
        let line = line_up(scene, &system.owners);
        let own = line.steps.iter().position(|step| step.call.id == id.as_str());
        let next = match own {
            Some(index) => line.steps.get(index + 1),
            None => line.steps.iter().find(|step| step.responder + 1 >= owned.position),
        };
        next.map(|step| (step.call.clone(), Some(owned.system.clone())))
    });
    let stand_in = || alone.first().filter(|step| step.call.id != id.as_str()).map(|step| (step.call.clone(), None));
    let (call, system) = from_systems.or_else(stand_in)?;
    Some(NextCall { at, call, system })
}
