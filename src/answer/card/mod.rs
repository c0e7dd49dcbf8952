//! What `kit lookup` says of one thing: the act first, then what supports it.

mod bridge;
mod calendar;
mod credential;
mod person;
mod rota;
mod system;
mod tier;
mod tool;
mod vendor;

use jiff::civil::Date;
use serde::Serialize;

pub use bridge::BridgeCard;
pub use calendar::{CalendarCard, CalendarDays};
pub use credential::CredentialCard;
pub(super) use person::owned_systems;
pub use person::{Away, NextCall, PersonCard, WakeCard};
pub use rota::{RotaCard, TurnCard};
pub use system::SystemCard;
pub use tier::TierCard;
pub use tool::{Ask, ToolCard, UseInstead};
pub use vendor::VendorCard;

use super::{Bridges, Decision, Match, Moment, Scene, There, WindowCard, bridges, decision, window};
use crate::team::{Checked, Id, Kind, Need, Number, Person, Team, Thing};

/// One thing, as it is answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Card {
    /// Somebody.
    Person(Box<PersonCard>),
    /// Something the team runs.
    System(Box<SystemCard>),
    /// Something people work with.
    Tool(Box<ToolCard>),
    /// A way to meet.
    Bridge(Box<Bridges>),
    /// A supplier.
    Vendor(Box<VendorCard>),
    /// The label of a credential.
    Credential(Box<CredentialCard>),
    /// A decision and who takes it.
    Authority(Box<Decision>),
    /// Planned work.
    Window(Box<WindowCard>),
    /// A group of credentials.
    Tier(Box<TierCard>),
    /// People who take turns.
    Rota(Box<RotaCard>),
    /// Days that matter somewhere.
    Calendar(Box<CalendarCard>),
}

/// Somebody to call, and what time it is for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Call {
    /// The person's id.
    pub id: String,
    /// The person's name.
    pub name: String,
    /// The first number, if there is any.
    pub number: Option<NumberCard>,
    /// What time it is there.
    pub there: There,
}

/// A number to dial, and how much it can be relied on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NumberCard {
    /// For dialling: `+447700900123`.
    pub e164: String,
    /// For reading: `+44 7700 900123`.
    pub shown: String,
    /// What it reaches.
    pub kind: Kind,
    /// The network it depends on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// Anything a caller should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The last check; `None` when nobody ever checked it.
    pub checked: Option<CheckedCard>,
    /// Whether the check is older than the team's policy allows, or missing.
    pub stale: bool,
}

/// The last check by a human.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedCard {
    /// The day.
    pub on: Date,
    /// Days since then.
    pub days: i32,
    /// Who did it, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// The answer about one thing that a lookup found; `None` when the team no longer has it.
pub fn card(scene: Scene<'_>, found: &Match) -> Option<Card> {
    fn get<'a, T, V>(map: &'a std::collections::BTreeMap<Id<T>, V>, id: &str) -> Option<(&'a Id<T>, &'a V)> {
        map.get_key_value(&Id::parse(id).ok()?)
    }
    let (id, team) = (found.id.as_str(), scene.team);
    Some(match found.kind {
        Thing::Person => get(&team.people, id).map(|(id, it)| Card::Person(Box::new(PersonCard::of(scene, id, it))))?,
        Thing::System => get(&team.systems, id).map(|(id, it)| Card::System(Box::new(SystemCard::of(scene, id, it))))?,
        Thing::Tool => get(&team.tools, id).map(|(id, it)| Card::Tool(Box::new(ToolCard::of(scene, id, it))))?,
        Thing::Bridge => get(&team.bridges, id).map(|(id, _)| Card::Bridge(Box::new(bridges(scene, Some(id)))))?,
        Thing::Vendor => get(&team.vendors, id).map(|(id, it)| Card::Vendor(Box::new(VendorCard::of(scene, id, it))))?,
        Thing::Credential => {
            get(&team.credentials, id).map(|(id, it)| Card::Credential(Box::new(CredentialCard::of(scene, id, it))))?
        }
        Thing::Tier => get(&team.tiers, id).map(|(id, it)| Card::Tier(Box::new(TierCard::of(team, id, it, scene.moment))))?,
        Thing::Rota => get(&team.rotas, id).map(|(id, it)| Card::Rota(Box::new(RotaCard::of(scene, id, it))))?,
        Thing::Calendar => {
            get(&team.calendars, id).map(|(id, it)| Card::Calendar(Box::new(CalendarCard::of(team, id, it, scene.moment))))?
        }
        Thing::Authority => Card::Authority(Box::new(decision(scene, id)?)),
        Thing::Window => Card::Window(Box::new(window(scene, &Id::parse(id).ok()?)?)),
    })
}

impl Call {
    /// How to call a person at a moment.
    pub fn to(team: &Team, id: &Id<Person>, person: &Person, moment: &Moment) -> Self {
        Self {
            id: id.to_string(),
            name: person.name.clone(),
            number: person.numbers.first().map(|number| NumberCard::of(team, number, moment)),
            there: moment.there(person),
        }
    }

    /// How to call a person by id, if the team knows them.
    pub fn by_id(team: &Team, id: &Id<Person>, moment: &Moment) -> Option<Self> {
        team.people.get(id).map(|person| Self::to(team, id, person, moment))
    }

    /// The number for dialling.
    pub fn e164(&self) -> Option<&str> {
        self.number.as_ref().map(|number| number.e164.as_str())
    }

    /// The number for reading.
    pub fn shown(&self) -> Option<&str> {
        self.number.as_ref().map(|number| number.shown.as_str())
    }
}

impl NumberCard {
    /// A number as it is answered.
    pub fn of(team: &Team, number: &Number, moment: &Moment) -> Self {
        let checked = number.checked.as_ref().map(|checked| CheckedCard::of(team, checked, moment));
        Self {
            e164: number.e164.to_string(),
            shown: number.read_aloud().to_owned(),
            kind: number.kind,
            carrier: number.carrier.clone(),
            note: number.note.clone(),
            stale: CheckedCard::is_stale(checked.as_ref(), team),
            checked,
        }
    }

    /// All numbers of a list.
    pub fn all(team: &Team, numbers: &[Number], moment: &Moment) -> Vec<Self> {
        numbers.iter().map(|number| Self::of(team, number, moment)).collect()
    }
}

impl CheckedCard {
    /// A check, and how long ago it was.
    pub fn of(team: &Team, checked: &Checked, moment: &Moment) -> Self {
        let days = (moment.here().date() - checked.on).get_days();
        Self { on: checked.on, days, by: checked.by.as_ref().map(|id| team.person_name(id).to_owned()) }
    }

    /// Whether a check is missing, or older than the team's policy allows for numbers.
    pub(super) fn is_stale(check: Option<&Self>, team: &Team) -> bool {
        check.is_none_or(|check| check.days > i32::from(team.policy.number_stale_days))
    }
}

/// The words for what something needs: the names of things, and common needs as anybody says them.
pub(super) fn needs(team: &Team, needs: &[Need]) -> Vec<String> {
    let name = |need: &Need| match need.resolve(team) {
        Some((kind, id)) => name_of(team, kind, id).unwrap_or_else(|| id.to_owned()),
        None if need.as_str() == "phone" => "a phone".to_owned(),
        None if need.as_str() == "dns" => "DNS".to_owned(),
        None => need.as_str().replace('-', " "),
    };
    needs.iter().map(name).collect()
}

/// The name of a tool, bridge, vendor or system.
pub(super) fn name_of(team: &Team, kind: Thing, id: &str) -> Option<String> {
    match kind {
        Thing::Tool => team.tools.get(&Id::parse(id).ok()?).map(|it| it.name.clone()),
        Thing::Bridge => team.bridges.get(&Id::parse(id).ok()?).map(|it| it.name.clone()),
        Thing::Vendor => team.vendors.get(&Id::parse(id).ok()?).map(|it| it.name.clone()),
        Thing::System => team.systems.get(&Id::parse(id).ok()?).map(|it| it.name.clone()),
        _ => None,
    }
}
