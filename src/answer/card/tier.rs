//! A tier: who holds its credentials, and how many of them it takes.

use serde::Serialize;

use super::Call;
use crate::{
    answer::{Moment, tier::cannot_open},
    team::{Id, Rule, Team, Tier},
};

/// What there is to say of a tier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TierCard {
    /// The tier's id.
    pub id: String,
    /// The tier's name.
    pub name: String,
    /// How many holders it takes.
    pub rule: Rule,
    /// Who holds it.
    pub holders: Vec<Call>,
    /// Names of those who cannot open: no device of theirs has a box of the current key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cannot_open: Vec<String>,
    /// Its credentials, by title.
    pub credentials: Vec<String>,
}

impl TierCard {
    pub(super) fn of(team: &Team, id: &Id<Tier>, tier: &Tier, moment: &Moment) -> Self {
        let credentials = team.credentials.values().filter(|credential| credential.tier == *id);
        let shut = tier.holders.iter().filter(|person| cannot_open(team, tier, person));
        Self {
            cannot_open: shut.map(|person| team.person_name(person).to_owned()).collect(),
            id: id.to_string(),
            name: tier.name.clone(),
            rule: tier.rule,
            holders: tier.holders.iter().filter_map(|id| Call::by_id(team, id, moment)).collect(),
            credentials: credentials.map(|credential| credential.title.clone()).collect(),
        }
    }
}
