//! Which values of a team directory have to change: what was opened, and what is left to do after somebody left.

use std::path::Path;

use super::here::Here;
use crate::{
    answer::{Burned, burned, day, open_tasks},
    cli::session::Session,
    recount::{Whose, openings, recount},
    team::{Opening, Rotate, Task, Team},
};

/// Each as a sentence. The kit on this machine says what was opened; where it does not open without asking, that is said, and
/// the directory alone is looked at.
pub(super) fn to_change((dir, team): (&Path, &Team), here: Result<&Here, &String>, session: &mut Session<'_>) -> Vec<String> {
    let opened = known(here, session).unwrap_or_else(|why| {
        // Where nothing was ever sealed nothing was opened.
        if team.credentials.values().any(|credential| credential.capsule.is_some()) {
            session.out.say(format!("kit: what was opened was not looked at: {why}"));
        }
        Vec::new()
    });
    let seal = |id: &str| format!("kit seal {id} --dir {}", dir.display());
    let opened: Vec<Burned> = opened.into_iter().filter(|burned| is_still_the_same(burned, team)).collect();
    let of_opened =
        opened.iter().map(|burned| format!("{} was {}: {}", burned.credential, burned.words(), seal(burned.credential.as_str())));
    let today = session.moment().here().date();
    let is_said = |task: &Task| match &task.rotate {
        Rotate::Credential { id, .. } => opened.iter().any(|burned| &burned.credential == id),
        Rotate::BridgePin { .. } | Rotate::VendorPin { .. } => false,
    };
    let of_tasks = open_tasks(team).filter(|task| !is_said(task)).map(|task| {
        let (why, by) = (&task.why, day(task.by, today));
        match &task.rotate {
            Rotate::Credential { id, .. } => format!("{id} is to change by {by} ({why}): {}", seal(id.as_str())),
            Rotate::BridgePin { id, .. } => format!("the PIN of bridge {id} is to change by {by} ({why})"),
            Rotate::VendorPin { id, .. } => format!("the PIN of vendor {id} is to change by {by} ({why})"),
        }
    });
    of_opened.chain(of_tasks).collect()
}

/// What is burned by the kit on this machine and the journals beside it, or why that is not known.
fn known(here: Result<&Here, &String>, session: &Session<'_>) -> Result<Vec<Burned>, String> {
    let Here { store, reading, reader } = here.map_err(Clone::clone)?;
    let told = recount(store, reading, reader, Whose::All).map_err(|error| error.to_string())?;
    Ok(burned(&reading.team, &openings(&told), session.moment()))
}

/// Whether the directory still has the value that was opened.
fn is_still_the_same(burned: &Burned, team: &Team) -> bool {
    Opening { credential: burned.credential.clone(), version: burned.version, at: burned.at }.is_burned(team)
}
