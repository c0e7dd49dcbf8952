//! The label of a credential: who holds it and who answers for it. Never a value.

use jiff::civil::Date;
use serde::Serialize;

use super::{Call, needs};
use crate::{
    answer::{Burned, Falls, Scene, Skipped, burned, line_up},
    team::{Capsule, Credential, Id, Responder, Rule, Thing},
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
    /// Who holds it and can be called.
    pub holders: Vec<Call>,
    /// Who holds it and cannot be called, with the reason.
    pub skipped: Vec<Skipped>,
    /// Who answers for it, or whoever stands in for them.
    pub owner: Option<Call>,
    /// Where to sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<String>,
    /// Why nobody can sign in there, if so.
    pub falls: Option<Falls>,
    /// The day by which it gets a new value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotate_by: Option<Date>,
    /// Who opened it, if that was not followed by another value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened: Option<Burned>,
    /// Whether it has values in this kit, sealed to its tier; else it is a label only.
    pub sealed: bool,
    /// Which value that is: 1, 2, 3 …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Five digits to compare over a phone: the same on paper, the same value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// What it does not work without.
    pub needs: Vec<String>,
}

impl CredentialCard {
    pub(in crate::answer) fn of(scene: Scene<'_>, id: &Id<Credential>, label: &Credential) -> Self {
        let Scene { team, .. } = scene;
        let tier = team.tiers.get(&label.tier);
        let holders: Vec<Responder> = tier.map(|tier| tier.holders.iter().map(Responder::person).collect()).unwrap_or_default();
        let held = line_up(scene, &holders);
        let owner = label.owner.as_ref().and_then(|owner| line_up(scene, &[Responder::person(owner)]).steps.into_iter().next());
        // Whoever stands in for a holder holds nothing.
        let own = held.steps.into_iter().filter(|step| step.stands_in_for.is_none());
        Self {
            id: id.to_string(),
            title: label.title.clone(),
            tier: tier.map_or_else(|| label.tier.to_string(), |tier| tier.name.clone()),
            rule: tier.map(|tier| tier.rule).unwrap_or_default(),
            holders: own.map(|step| step.call).collect(),
            skipped: held.skipped,
            owner: owner.map(|step| step.call),
            sign_in: label.sign_in.clone(),
            falls: Falls::of_thing(scene, Thing::Credential, id.as_str()),
            rotate_by: label.rotate_by,
            opened: burned(team, &[], scene.moment).into_iter().find(|burned| &burned.credential == id),
            sealed: label.capsule.is_some(),
            version: label.capsule.as_ref().map(|capsule| capsule.version),
            mark: label.capsule.as_ref().map(Capsule::mark),
            needs: needs(team, &label.needs),
        }
    }
}
