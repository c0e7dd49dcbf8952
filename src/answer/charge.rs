//! Who is in charge now.

use serde::Serialize;

use super::{Call, Scene, Search, Strictness, fold, line_up, lookup, window::running};
use crate::team::{Authority, Id, System, Tool};

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

/// Names of this team's own for the commands that the first screen proposes: each can be typed as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NamesToTry {
    /// A system: the first of the window that runs, or the most important one.
    pub system: Option<String>,
    /// Somebody: its first owner, or else anybody.
    pub person: Option<String>,
    /// The tool with the most backups.
    pub tool: Option<String>,
    /// A decision of the window that runs, or else the one with the shortest name; not the lead.
    pub decision: Option<String>,
    /// A credential that has values: the one by which people sign in somewhere, if there is one.
    pub credential: Option<String>,
}

/// Names for the commands that the first screen proposes.
pub fn names_to_try(scene: Scene<'_>) -> NamesToTry {
    let (team, now) = (scene.team, scene.moment.now);
    let window = running(scene).into_iter().next();
    let important = || team.systems.iter().min_by_key(|(id, system)| (system.tier.unwrap_or(u8::MAX), *id)).map(|(id, _)| id);
    let system: Option<&Id<System>> = window.and_then(|(_, window)| window.systems.first()).or_else(important);
    let owners = system.and_then(|id| team.systems.get(id)).map(|system| line_up(scene, &system.owners));
    let person = owners.and_then(|line| line.first().map(|step| step.call.id.clone()));
    let person = person.or_else(|| team.people.keys().next().map(ToString::to_string));
    let backed = team.tools.iter().filter(|(_, tool)| !tool.backups.is_empty());
    let tool: Option<&Id<Tool>> = backed.max_by_key(|(id, tool)| (tool.backups.len(), std::cmp::Reverse(*id))).map(|(id, _)| id);
    let others = || team.authority.iter().filter(|(id, authority)| Some(*id) != team.lead.as_ref() && authority.holds(now));
    let of_window = window.and_then(|(id, _)| others().find(|(_, authority)| authority.window.as_ref() == Some(id)));
    let decision: Option<&Id<Authority>> =
        of_window.or_else(|| others().min_by_key(|(id, _)| (id.as_str().len(), *id))).map(|(id, _)| id);
    let sealed = team.credentials.iter().filter(|(_, credential)| credential.capsule.is_some());
    let credential = sealed.min_by_key(|(id, credential)| (credential.sign_in.is_none(), *id)).map(|(id, _)| id);
    NamesToTry {
        system: system.map(ToString::to_string),
        person: person.map(|id| short_name(scene, &id).unwrap_or(id)),
        tool: tool.map(ToString::to_string),
        decision: decision.map(ToString::to_string),
        credential: credential.map(ToString::to_string),
    }
}

/// The first name in small letters, where that means just this person.
fn short_name(scene: Scene<'_>, id: &str) -> Option<String> {
    let (_, person) = scene.person(id)?;
    let name = fold(person.name.split(' ').next()?);
    match lookup(scene.team, &name, Strictness::Exact) {
        Search::One { found, .. } if found.id == id => Some(name),
        _ => None,
    }
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
