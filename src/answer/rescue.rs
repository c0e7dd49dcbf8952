//! Who proved when that they can open their tiers, and who has to prove it again.

use jiff::{ToSpan, civil::Date};
use serde::Serialize;

use super::Scene;
use crate::team::{Id, Person, Team, Tier};

/// One holder of one tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// The tier.
    pub tier: Id<Tier>,
    /// Its name.
    pub tier_name: String,
    /// The version of its current key.
    pub version: u32,
    /// The holder.
    pub person: Id<Person>,
    /// Their name.
    pub name: String,
    /// The day of their last proof with that key.
    pub on: Option<Date>,
    /// The day by which the next one is due; of somebody who never proved it, counted from the day the key was made.
    pub due: Date,
    /// Whether that day is over.
    pub overdue: bool,
}

/// The proofs of all holders of tiers that have a key; those who are due first in front.
pub fn proofs(scene: Scene<'_>) -> Vec<Proof> {
    proofs_of(scene.team, scene.moment.here().date())
}

/// The same on a day.
pub fn proofs_of(team: &Team, today: Date) -> Vec<Proof> {
    let mut all = Vec::new();
    for (id, tier) in &team.tiers {
        let Some(key) = tier.key() else { continue };
        for person in &key.holders {
            let own = team.ledger.drills.iter();
            let own = own.filter(|it| it.tier == *id && it.version == key.version && it.person == *person);
            let on = own.map(|drill| drill.on).max();
            let due = next_proof(team, on.unwrap_or(key.made));
            all.push(Proof {
                tier: id.clone(),
                tier_name: tier.name.clone(),
                version: key.version,
                person: person.clone(),
                name: team.person_name(person).to_owned(),
                on,
                due,
                overdue: due < today,
            });
        }
    }
    all.sort_by_key(|proof| (proof.due, proof.tier.clone(), proof.person.clone()));
    all
}

/// The day by which a proof of a day has to be made again.
pub fn next_proof(team: &Team, on: Date) -> Date {
    on.checked_add(i64::from(team.policy.rescue_days).days()).unwrap_or(Date::MAX)
}
