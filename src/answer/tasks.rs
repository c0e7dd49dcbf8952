//! What is left to change because of who has read it, and whom to call for each.

use jiff::civil::Date;
use serde::Serialize;

use super::{Call, Scene, in_charge, line_up};
use crate::team::{Id, Person, Responder, Rotate, Task, Team};

/// One value to change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskCard {
    /// The task as it is written down.
    #[serde(skip)]
    pub task: Task,
    /// `credential`, `bridge` or `vendor`.
    pub kind: &'static str,
    /// What it belongs to, by id.
    pub id: String,
    /// By name.
    pub name: String,
    /// Which value of a credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Why, in words.
    pub why: String,
    /// The day by which it has to be done.
    pub by: Date,
    /// Whether that day is over.
    pub overdue: bool,
    /// Who does it: the owner, else whoever is in charge.
    pub call: Option<Call>,
}

/// The open tasks of a team, those that are due first in front.
pub fn tasks(scene: Scene<'_>) -> Vec<TaskCard> {
    let today = scene.moment.here().date();
    let mut open: Vec<&Task> = scene.team.tasks.iter().filter(|task| task.rotate.is_open(scene.team)).collect();
    open.sort_by_key(|task| (task.by, task.rotate.clone()));
    open.dedup_by_key(|task| task.rotate.clone());
    let card = |task: &Task| {
        let (kind, id, version, name, owner) = about(scene.team, &task.rotate);
        let owner = owner.and_then(|owner| line_up(scene, &[Responder::person(&owner)]).first().map(|step| step.call.clone()));
        TaskCard {
            kind,
            id,
            name,
            version,
            why: task.why.clone(),
            by: task.by,
            overdue: task.by < today,
            call: owner.or_else(|| in_charge(scene).map(|charge| charge.call)),
            task: task.clone(),
        }
    };
    open.into_iter().map(card).collect()
}

/// The tasks of before that are still open, and new ones; what stands twice keeps the earlier date.
pub fn merged(before: &[Task], new: &[Task], team: &Team) -> Vec<Task> {
    let mut all: Vec<Task> = before.iter().filter(|task| task.rotate.is_open(team)).cloned().collect();
    for task in new {
        if !all.iter().any(|other| other.rotate == task.rotate) {
            all.push(task.clone());
        }
    }
    all.sort_by_key(|task| (task.by, task.rotate.clone()));
    all
}

type About = (&'static str, String, Option<u32>, String, Option<Id<Person>>);

fn about(team: &Team, rotate: &Rotate) -> About {
    match rotate {
        Rotate::Credential { id, version } => {
            let credential = team.credentials.get(id);
            let title = credential.map_or_else(|| id.to_string(), |it| it.title.clone());
            ("credential", id.to_string(), Some(*version), title, credential.and_then(|it| it.owner.clone()))
        }
        Rotate::BridgePin { id, .. } => {
            let name = team.bridges.get(id).map_or_else(|| id.to_string(), |it| it.name.clone());
            ("bridge", id.to_string(), None, name, None)
        }
        Rotate::VendorPin { id, .. } => {
            let name = team.vendors.get(id).map_or_else(|| id.to_string(), |it| it.name.clone());
            ("vendor", id.to_string(), None, name, None)
        }
    }
}
