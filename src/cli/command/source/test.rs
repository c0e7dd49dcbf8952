//! `kit source test`: what each place can do.

use serde::Serialize;

use crate::{
    cli::{
        failure::{Failure, Kind},
        report::{self, Manner, Trial},
        screen,
        session::Session,
    },
    judge::Outcome,
    probe::probe,
    reach::Route,
    source::Address,
    store::Store,
};

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    good: bool,
    sources: &'a [Trial],
}

pub(super) fn run(place: Option<&str>, store: &Store, mut session: Session<'_>) -> Result<(), Failure> {
    let base = session.folder()?;
    let sources = match place {
        Some(place) => vec![Address::parse(place, &base)?.to_string()],
        None => store.settings()?.sources,
    };
    if sources.is_empty() {
        return Err(Failure::usage("this kit has no place to look for newer ones yet.").hint("Add one: kit source add PLACE"));
    }
    let outside = session.context.outside.clone();
    let probed = report::wait(&mut session, &sources, Manner::Usual, |bounds, tick| {
        probe(store, Route { places: &sources, base: &base, outside: &outside }, bounds, tick)
    })?;
    let trials: Vec<Trial> = probed.iter().map(Trial::of).collect();
    let bad: Vec<&Trial> = trials.iter().filter(|trial| !trial.good).collect();
    let answer = Answer { schema: "kit.source-test/1", good: bad.is_empty(), sources: &trials };
    let records = || trials.iter().map(Trial::record).collect();
    session.print(&answer, records, |screen| screen::trials(screen, &trials))?;
    let Some(first) = bad.first() else { return Ok(()) };
    let is_lie = probed.iter().any(|probed| matches!(probed.outcome, Outcome::Refused(_) | Outcome::Older(_)));
    let kind = if is_lie { Kind::NotTrusted } else { Kind::NoSource };
    let next = first.next.clone().unwrap_or_else(|| "Retry: kit source test".to_owned());
    Err(Failure::new(kind, format!("{} of {} places cannot be synced from.", bad.len(), trials.len())).hint(next))
}
