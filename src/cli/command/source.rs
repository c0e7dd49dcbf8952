//! `kit source`: where newer kits are looked for.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::{
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    source::Address,
    store::LOCK_WAIT_S,
};

/// Say where newer kits are looked for, add a place or take one away
///
/// Examples:
///   kit source list
///   kit source add /mnt/share/kit
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    sources: &'a [String],
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The places, in the order in which they are asked
    List,
    /// Add a place: a folder, a share, a stick
    Add {
        /// A path, or file:///path
        place: String,
    },
    /// Take a place away
    Remove {
        /// As kit source list shows it
        place: String,
    },
}

pub(super) fn run(arguments: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    let store = session.store()?;
    let mut settings = store.settings()?;
    match &arguments.action {
        Action::List => return show(&settings.sources, session),
        Action::Add { place } => {
            let place = Address::parse(place, &session.folder()?)?.to_string();
            if !settings.sources.contains(&place) {
                settings.sources.push(place);
            }
        }
        Action::Remove { place } => {
            let before = settings.sources.len();
            let absolute = Address::parse(place, &session.folder()?)?.to_string();
            settings.sources.retain(|source| source != place && *source != absolute);
            if settings.sources.len() == before {
                return Err(
                    Failure::new(Kind::NotFound, format!("{place} is not among the places.")).hint("The list: kit source list")
                );
            }
        }
    }
    let lock = store.lock(LOCK_WAIT_S)?;
    store.set_settings(&lock, &settings)?;
    show(&settings.sources, session)
}

fn show(sources: &[String], session: Session<'_>) -> Result<(), Failure> {
    if session.out.is_json() {
        return session.out.json(&Answer { schema: "kit.source/1", sources });
    }
    session.out.lines(sources);
    Ok(())
}
