//! Who is in charge now.

use serde::Serialize;

use super::{Call, Scene, line_up};

/// Who is in charge, and how to call them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InCharge {
    /// The decision, in words: `Lead the incident`.
    pub decision: String,
    /// The id of the decision.
    pub authority: String,
    /// Whom to call.
    pub call: Call,
    /// Who is skipped because they cannot be called, by name.
    pub away: Vec<String>,
}

/// Whoever takes the team's lead decision now: the holder, a delegate, or the first successor who can be called; `None` when
/// the team names no lead or none of them can be.
pub fn in_charge(scene: Scene<'_>) -> Option<InCharge> {
    let id = scene.team.lead.as_ref()?;
    let authority = scene.team.authority.get(id)?;
    let line = line_up(scene, &authority.line(scene.moment.now));
    let first = line.first()?;
    Some(InCharge {
        decision: authority.decision.clone(),
        authority: id.to_string(),
        call: first.call.clone(),
        away: line.skipped.iter().map(|skipped| skipped.name.clone()).collect(),
    })
}
