//! Tiers: who holds each, whose devices can open it, and what is sealed to it.

use serde::Serialize;

use crate::team::{Id, Person, Rule, Team, Tier};

/// Every tier that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tiers {
    /// By id.
    pub tiers: Vec<TierState>,
}

/// How a tier stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TierState {
    /// The tier's id.
    pub id: String,
    /// The tier's name.
    pub name: String,
    /// How many holders it takes.
    pub rule: Rule,
    /// The version of its current key; none before `kit tier new`.
    pub key: Option<u32>,
    /// Who holds it.
    pub holders: Vec<HolderState>,
    /// Credentials that have a value.
    pub sealed: Vec<String>,
    /// Credentials that are labels only.
    pub labels: Vec<String>,
}

/// Whether a holder can open.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HolderState {
    /// The person's id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their devices with a box of the current key.
    pub devices: Vec<String>,
    /// Their devices without one.
    pub without: Vec<String>,
}

/// How one tier stands, or all.
pub fn tiers(team: &Team, asked: Option<&Id<Tier>>) -> Tiers {
    let wanted = team.tiers.iter().filter(|(id, _)| asked.is_none_or(|asked| asked == *id));
    Tiers { tiers: wanted.map(|(id, tier)| TierState::of(team, id, tier)).collect() }
}

/// Whether a holder of a tier that has a key has no device that opens it.
pub(super) fn cannot_open(team: &Team, tier: &Tier, person: &Id<Person>) -> bool {
    let opens = |key: &crate::team::TierKey| team.devices.iter().any(|device| device.person == *person && key.is_for(device));
    tier.key().is_some_and(|key| !opens(key))
}

impl TierState {
    fn of(team: &Team, id: &Id<Tier>, tier: &Tier) -> Self {
        let holder = |person: &Id<Person>| {
            let own = team.devices.iter().filter(|device| device.person == *person);
            let (with, without): (Vec<_>, Vec<_>) = own.partition(|device| tier.key().is_some_and(|key| key.is_for(device)));
            let names = |devices: Vec<&crate::team::Device>| devices.iter().map(|device| device.name.clone()).collect();
            let (devices, without) = (names(with), names(without));
            HolderState { id: person.to_string(), name: team.person_name(person).to_owned(), devices, without }
        };
        let own = team.credentials.iter().filter(|(_, credential)| credential.tier == *id);
        let (sealed, labels): (Vec<_>, Vec<_>) = own.partition(|(_, credential)| credential.capsule.is_some());
        let ids = |all: Vec<(&Id<crate::team::Credential>, _)>| all.iter().map(|(id, _)| id.to_string()).collect();
        Self {
            id: id.to_string(),
            name: tier.name.clone(),
            rule: tier.rule,
            key: tier.key().map(|key| key.version),
            holders: tier.holders.iter().map(holder).collect(),
            sealed: ids(sealed),
            labels: ids(labels),
        }
    }

    /// One line of `--plain`.
    pub fn record(&self) -> Vec<String> {
        let ids = |all: Vec<&HolderState>| all.iter().map(|holder| holder.id.as_str()).collect::<Vec<_>>().join(", ");
        vec![
            self.id.clone(),
            self.rule.to_string(),
            self.key.map(|version| version.to_string()).unwrap_or_default(),
            ids(self.holders.iter().collect()),
            ids(self.holders.iter().filter(|holder| self.key.is_some() && holder.devices.is_empty()).collect()),
            self.sealed.join(", "),
            self.labels.join(", "),
        ]
    }
}
