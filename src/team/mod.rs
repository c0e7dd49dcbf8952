//! What a team knows: people, systems, tools, bridges, authority, vendors, credential labels, windows and policy.
//!
//! Plain data, valid by construction where a type can say so ([`Id`], [`Number`]). No I/O, no clock, no cryptography.
//! The same structs are what the payload holds (docs/format.md, "Payload"): keys are only ever added.

mod absence;
mod authority;
mod bridge;
mod calendar;
mod credential;
mod device;
mod id;
mod ledger;
mod number;
mod person;
mod policy;
mod reference;
mod rota;
mod system;
mod task;
mod text;
mod tier;
mod tool;
mod vendor;
mod window;
mod zone;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use absence::Away;
pub use authority::{Authority, Delegation};
pub use bridge::Bridge;
pub use calendar::{Calendar, CalendarKind, NamedDays};
pub use credential::{Capsule, Credential, FieldKind, FieldLabel, is_field_name};
pub use device::{Device, device_name};
pub use id::{Id, IdError};
pub use ledger::{Drill, JournalHead, Ledger, Opening};
pub use number::{Checked, E164, Kind, Number, NumberError, Region};
pub use person::{Absence, Hours, Person, Wake, WakeWhen};
pub use policy::{Policy, Waiver};
pub use reference::{Need, Ref, Responder, Thing};
pub use rota::{Override, Rota, Shift, Spell, Turn, Unplanned};
pub use system::System;
pub use task::{Rotate, Task};
pub use text::{FIELD_CHARS_MAX, NOTE_BYTES_MAX, TextFault, field_fault, is_invisible, note_fault};
pub use tier::{Rule, Tier, TierBox, TierKey};
pub use tool::{Avoid, Tool};
pub use vendor::Vendor;
pub use window::{Part, Rehearsal, Role, Window};
pub use zone::{Zone, ZoneError};

/// Everything a team wrote down, at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Team {
    /// What the team calls itself.
    pub name: String,
    /// The decision whose holder is "in charge now", usually `incident-lead`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<Id<Authority>>,
    /// Where to meet when no bridge works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rendezvous: Option<String>,
    /// What to say first on a bridge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub say_first: Option<String>,
    /// How people are woken when nothing else was agreed, first way first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub woken_by: Vec<String>,
    /// Sources that the publishers suggest to members: addresses on a network, which only a command adds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggested_sources: Vec<String>,
    /// People, by id.
    #[serde(default)]
    pub people: BTreeMap<Id<Person>, Person>,
    /// Systems, by id.
    #[serde(default)]
    pub systems: BTreeMap<Id<System>, System>,
    /// Tools, by id.
    #[serde(default)]
    pub tools: BTreeMap<Id<Tool>, Tool>,
    /// Ways to meet, by id; [`Team::ladder`] gives their order.
    #[serde(default)]
    pub bridges: BTreeMap<Id<Bridge>, Bridge>,
    /// Who decides what, by id.
    #[serde(default)]
    pub authority: BTreeMap<Id<Authority>, Authority>,
    /// Suppliers and their hotlines, by id.
    #[serde(default)]
    pub vendors: BTreeMap<Id<Vendor>, Vendor>,
    /// Groups of credentials with the same holders, by id.
    #[serde(default)]
    pub tiers: BTreeMap<Id<Tier>, Tier>,
    /// Labels of break-glass credentials, by id; never values.
    #[serde(default)]
    pub credentials: BTreeMap<Id<Credential>, Credential>,
    /// Maintenance windows, by id.
    #[serde(default)]
    pub windows: BTreeMap<Id<Window>, Window>,
    /// Rotas, by id.
    #[serde(default)]
    pub rotas: BTreeMap<Id<Rota>, Rota>,
    /// Calendars, by id.
    #[serde(default)]
    pub calendars: BTreeMap<Id<Calendar>, Calendar>,
    /// Member devices that may open this kit.
    #[serde(default)]
    pub devices: Vec<Device>,
    /// How fresh and how deep the data has to be.
    #[serde(default)]
    pub policy: Policy,
    /// Values that have to change because of who has read them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Task>,
    /// What publishers know from members' journals.
    #[serde(default, skip_serializing_if = "Ledger::is_empty")]
    pub ledger: Ledger,
}

impl Team {
    /// A team with a name and nothing else.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            lead: None,
            rendezvous: None,
            say_first: None,
            woken_by: Vec::new(),
            suggested_sources: Vec::new(),
            people: BTreeMap::new(),
            systems: BTreeMap::new(),
            tools: BTreeMap::new(),
            bridges: BTreeMap::new(),
            authority: BTreeMap::new(),
            vendors: BTreeMap::new(),
            tiers: BTreeMap::new(),
            credentials: BTreeMap::new(),
            windows: BTreeMap::new(),
            rotas: BTreeMap::new(),
            calendars: BTreeMap::new(),
            devices: Vec::new(),
            policy: Policy::default(),
            tasks: Vec::new(),
            ledger: Ledger::default(),
        }
    }

    /// The bridges in the order to try them: by `order`, then by id.
    pub fn ladder(&self) -> Vec<(&Id<Bridge>, &Bridge)> {
        let mut ladder: Vec<_> = self.bridges.iter().collect();
        ladder.sort_by_key(|(id, bridge)| (bridge.order, (*id).clone()));
        ladder
    }

    /// The name to print for a person: their own, or the id when the kit does not know them.
    pub fn person_name<'a>(&'a self, id: &'a Id<Person>) -> &'a str {
        self.people.get(id).map_or(id.as_str(), |person| person.name.as_str())
    }
}
