//! Who is in charge now.

use serde::Serialize;

use super::{Call, Moment};
use crate::team::Team;

/// Who is in charge, and how to call them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InCharge {
    /// The decision, in words: `Lead the incident`.
    pub decision: String,
    /// The id of the decision.
    pub authority: String,
    /// Whom to call.
    pub call: Call,
    /// Who is skipped because they are away, by name.
    pub away: Vec<String>,
}

/// The holder of the team's lead decision, or the first successor who is not away; `None` when the team names no lead.
pub fn in_charge(team: &Team, moment: &Moment) -> Option<InCharge> {
    let id = team.lead.as_ref()?;
    let authority = team.authority.get(id)?;
    let mut away = Vec::new();
    for candidate in std::iter::once(&authority.holder).chain(&authority.successors) {
        let Some(person) = team.people.get(candidate) else { continue };
        if person.absent_on(moment.at(&person.zone).date()).is_some() {
            away.push(person.name.clone());
            continue;
        }
        return Some(InCharge {
            decision: authority.decision.clone(),
            authority: id.to_string(),
            call: Call::to(team, candidate, person, moment),
            away,
        });
    }
    None
}
