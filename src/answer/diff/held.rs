//! What changed of tiers, of what is sealed to them, and of the tasks that are left.

use super::{Verb, came_or_went, each};
use crate::team::{Capsule, Credential, Id, Person, Rotate, Task, Team, Tier};

type Put<'p> = dyn FnMut(Verb, &str, &str, &str, &str) + 'p;

/// Holders one by one, the rule, and the key.
pub(super) fn tiers(mut put: &mut Put<'_>, old: &Team, new: &Team) {
    each(&old.tiers, &new.tiers, |id, before, after| match (before, after) {
        (Some(before), Some(after)) => {
            let id = id.as_str();
            let missing = |ids: &[Id<Person>], other: &[Id<Person>]| -> Vec<Id<Person>> {
                ids.iter().filter(|id| !other.contains(id)).cloned().collect()
            };
            for came in missing(&after.holders, &before.holders) {
                put(Verb::Changed, id, "holder", "", new.person_name(&came));
            }
            for went in missing(&before.holders, &after.holders) {
                put(Verb::Changed, id, "holder", old.person_name(&went), "");
            }
            if before.rule != after.rule {
                put(Verb::Changed, id, "rule", &before.rule.to_string(), &after.rule.to_string());
            }
            key(put, id, before, after);
            let rest = |tier: &Tier| (tier.name.clone(), tier.keys.len());
            let is_moved = before.holders != after.holders && missing(&before.holders, &after.holders).is_empty();
            let is_moved = is_moved && missing(&after.holders, &before.holders).is_empty();
            if before.key() == after.key() && (rest(before) != rest(after) || is_moved) {
                put(Verb::Changed, id, "details", "", "");
            }
        }
        (before, after) => came_or_went(&mut put, id.as_str(), before.is_some(), after.is_some()),
    });
}

fn key(put: &mut Put<'_>, id: &str, before: &Tier, after: &Tier) {
    match (before.key(), after.key()) {
        (None, Some(key)) => put(Verb::Changed, id, "key", "", &format!("key {}", key.version)),
        (Some(key), None) => put(Verb::Changed, id, "key", &format!("key {}", key.version), ""),
        (Some(old), Some(new)) if old.recipient != new.recipient || old.version != new.version => {
            put(Verb::Changed, id, "new key", &format!("key {}", old.version), &format!("key {}", new.version));
        }
        (Some(old), Some(new)) if old != new => put(Verb::Changed, id, "boxed anew", "", &format!("key {}", new.version)),
        _ => {}
    }
}

/// The label, and what happened to the value.
pub(super) fn credentials(mut put: &mut Put<'_>, old: &Team, new: &Team) {
    each(&old.credentials, &new.credentials, |id, before, after| {
        came_or_went(&mut put, id.as_str(), before.is_some(), after.is_some());
        let Some(after) = after else { return };
        let label = |it: &Credential| Credential { capsule: None, ..it.clone() };
        if before.is_some_and(|before| label(before) != label(after)) {
            put(Verb::Changed, id.as_str(), "details", "", "");
        }
        let part = match (before.and_then(|before| before.capsule.as_ref()), after.capsule.as_ref()) {
            (None, Some(_)) => "sealed for the first time",
            (Some(_), None) => "its value is gone",
            (Some(before), Some(after)) if before != after => value(before, after),
            _ => return,
        };
        put(Verb::Changed, id.as_str(), part, "", "");
    });
}

fn value(before: &Capsule, after: &Capsule) -> &'static str {
    match before.version.cmp(&after.version) {
        std::cmp::Ordering::Less => "new value",
        std::cmp::Ordering::Greater => "an older value",
        std::cmp::Ordering::Equal if (&before.tier, before.key) != (&after.tier, after.key) => "sealed to another key",
        std::cmp::Ordering::Equal => "other bytes under the same version",
    }
}

/// What is to change from now on, and what has changed.
pub(super) fn tasks(put: &mut Put<'_>, old: &Team, new: &Team) {
    let open = |team: &Team, task: &&Task| task.rotate.is_open(team);
    let was = |team: &Team, task: &Task| team.tasks.iter().any(|known| known.rotate == task.rotate && known.rotate.is_open(team));
    for task in new.tasks.iter().filter(|task| open(new, task) && !was(old, task)) {
        put(Verb::Added, name(&task.rotate), "to change", "", &format!("by {}, {}", task.by, task.why));
    }
    for task in old.tasks.iter().filter(|task| open(old, task) && !was(new, task)) {
        let is_kept = task.rotate.is_open(new);
        put(Verb::Removed, name(&task.rotate), if is_kept { "task dropped, NOT changed" } else { "task done" }, "", "");
    }
}

fn name(rotate: &Rotate) -> &str {
    match rotate {
        Rotate::Credential { id, .. } => id.as_str(),
        Rotate::BridgePin { id, .. } => id.as_str(),
        Rotate::VendorPin { id, .. } => id.as_str(),
    }
}
