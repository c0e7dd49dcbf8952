//! What is sealed in a team directory: keys of tiers and capsules, written by kit and carried by whoever publishes. And what is
//! left to change because of who has read it.
//!
//! ```text
//! sealed/tiers/<tier>.json              its keys, the current one last
//! sealed/credentials/<credential>.json  the capsule
//! sealed/tasks.json                     values that have to change
//! ```

use std::{collections::BTreeMap, path::Path};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    context::{Context, Spot},
    draft::{File, stem},
    problem::quoted,
    rule::Rule,
};
use crate::{
    disk::{self, Access, DiskError},
    team::{Capsule, Credential, Id, Task, Team, Tier, TierKey},
};

const TIERS: &str = "sealed/tiers/";
const CREDENTIALS: &str = "sealed/credentials/";
const TASKS: &str = "sealed/tasks.json";

/// What a directory has sealed, or will have: only what is in it is written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SealedFiles {
    /// Keys of tiers.
    pub tiers: BTreeMap<Id<Tier>, Vec<TierKey>>,
    /// Capsules.
    pub capsules: BTreeMap<Id<Credential>, Capsule>,
    /// Tasks, all of them; [`None`] leaves them as they are.
    pub tasks: Option<Vec<Task>>,
}

/// Whether a file of a directory is one of these, by its name.
pub(super) fn is_sealed(name: &str) -> bool {
    name == TASKS || [TIERS, CREDENTIALS].iter().any(|folder| name.starts_with(folder) && name.ends_with(".json"))
}

/// Puts what the draft has sealed into the team whose labels were read.
pub(super) fn read(cx: &Context<'_>, team: &mut Team) {
    for (at, file) in cx.draft.files.iter().enumerate().filter(|(_, file)| is_sealed(&file.name)) {
        let spot = Spot { file: at, at: 0 };
        let known = if file.name == TASKS {
            parse(cx, spot, file).is_none_or(|tasks| {
                team.tasks = tasks;
                true
            })
        } else if file.name.starts_with(TIERS) {
            let tier = Id::parse(stem(&file.name)).ok().and_then(|id| team.tiers.get_mut(&id));
            tier.is_some_and(|tier| {
                tier.keys = parse(cx, spot, file).unwrap_or_default();
                true
            })
        } else {
            let credential = Id::parse(stem(&file.name)).ok().and_then(|id| team.credentials.get_mut(&id));
            credential.is_some_and(|credential| {
                credential.capsule = parse(cx, spot, file);
                true
            })
        };
        if !known && !cx.maybe.contains(stem(&file.name)) {
            let message = format!("nothing with the id {} is written down", quoted(stem(&file.name)));
            let hint = "Write it down again, or remove this file.".to_owned();
            cx.report(Rule::SealedUnknown, spot, None, message, Some(hint));
        }
    }
}

fn parse<T: DeserializeOwned>(cx: &Context<'_>, spot: Spot, file: &File) -> Option<T> {
    let parsed = serde_json::from_str(&file.text);
    if let Err(error) = &parsed {
        let message = format!("this is not as kit wrote it (line {}, column {})", error.line(), error.column());
        let hint = "Take it back from the repository (git checkout), or seal again.".to_owned();
        cx.report(Rule::SealedDamaged, spot, None, message, Some(hint));
    }
    parsed.ok()
}

/// Writes what is given, each file so that a crash leaves the old one or the new one.
///
/// # Errors
/// [`DiskError`]; files before it were written.
pub fn write(dir: &Path, sealed: &SealedFiles) -> Result<Vec<String>, DiskError> {
    let tiers = sealed.tiers.iter().map(|(id, keys)| (format!("{TIERS}{id}.json"), pretty(keys)));
    let capsules = sealed.capsules.iter().map(|(id, capsule)| (format!("{CREDENTIALS}{id}.json"), pretty(capsule)));
    let tasks = sealed.tasks.iter().map(|tasks| (TASKS.to_owned(), pretty(tasks)));
    let mut written = Vec::new();
    for (name, text) in tiers.chain(capsules).chain(tasks) {
        let path = dir.join(&name);
        for folder in path.ancestors().skip(1).take_while(|folder| *folder != dir) {
            // A link would lead to another place than the one that is reviewed.
            if disk::is_link(folder) {
                return Err(DiskError::Kind { path: folder.to_owned(), found: "a link", expected: "a folder" });
            }
        }
        if let Some(folder) = path.parent() {
            disk::make_dir(folder, Access::Shared)?;
        }
        disk::replace(&path, text.as_bytes(), Access::Shared)?;
        written.push(name);
    }
    Ok(written)
}

/// The name of the file with the keys of a tier.
pub fn tier_file(id: &Id<Tier>) -> String {
    format!("{TIERS}{id}.json")
}

/// Removes the keys of a tier; missing is fine.
///
/// # Errors
/// [`DiskError`] when they are there and stay.
pub fn remove_tier(dir: &Path, id: &Id<Tier>) -> Result<(), DiskError> {
    let path = dir.join(tier_file(id));
    for folder in path.ancestors().skip(1).take_while(|folder| *folder != dir) {
        if disk::is_link(folder) {
            return Err(DiskError::Kind { path: folder.to_owned(), found: "a link", expected: "a folder" });
        }
    }
    disk::remove(&path)
}

fn pretty<T: Serialize>(value: &T) -> String {
    serde_json::to_string_pretty(value).expect("it is made of strings, numbers and lists") + "\n"
}
