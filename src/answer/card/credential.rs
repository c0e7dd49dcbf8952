//! The label of a credential: who holds it and who answers for it. Never a value.

use jiff::civil::Date;
use serde::Serialize;

use super::{Call, needs};
use crate::{
    answer::Moment,
    team::{Credential, Id, Rule, Team},
};

/// What there is to say of a credential without opening it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CredentialCard {
    /// The credential's id.
    pub id: String,
    /// What it opens.
    pub title: String,
    /// The tier that holds it.
    pub tier: String,
    /// How many holders it takes.
    pub rule: Rule,
    /// Who holds it.
    pub holders: Vec<Call>,
    /// Who answers for it.
    pub owner: Option<Call>,
    /// Where to sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<String>,
    /// The day by which it gets a new value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotate_by: Option<Date>,
    /// What it does not work without.
    pub needs: Vec<String>,
}

impl CredentialCard {
    pub(super) fn of(team: &Team, id: &Id<Credential>, label: &Credential, moment: &Moment) -> Self {
        let tier = team.tiers.get(&label.tier);
        let call = |id| Call::by_id(team, id, moment);
        Self {
            id: id.to_string(),
            title: label.title.clone(),
            tier: tier.map_or_else(|| label.tier.to_string(), |tier| tier.name.clone()),
            rule: tier.map(|tier| tier.rule).unwrap_or_default(),
            holders: tier.map(|tier| tier.holders.iter().filter_map(call).collect()).unwrap_or_default(),
            owner: label.owner.as_ref().and_then(call),
            sign_in: label.sign_in.clone(),
            rotate_by: label.rotate_by,
            needs: needs(team, &label.needs),
        }
    }
}
