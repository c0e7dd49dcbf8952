//! Syncing: every source is asked, the highest kit that passes every check wins, and a bad source never hides a good one.
//!
//! Steps as in docs/format.md, "The client's rule". Needs no key and no clock to decide; the clock is only remembered.

use std::path::Path;

use jiff::Timestamp;

use crate::{
    answer::{Change, Verb, diff},
    bundle::{Refusal, Verified, limits::BUNDLE_BYTES_MAX},
    key::VerifyKey,
    open::{Reading, name_of_key},
    source::{Address, SourceError},
    store::{Accepted, Asked, LOCK_WAIT_S, Mark, Store, StoreError},
};

/// How asking one source went.
#[derive(Debug)]
pub struct Answered {
    /// The source, as the user wrote it or as it is remembered.
    pub source: String,
    /// What it gave.
    pub outcome: Outcome,
}

/// What a source gave.
#[derive(Debug)]
pub enum Outcome {
    /// A kit that passes every check of its own.
    Kit {
        /// Which.
        seq: u64,
        /// Its bytes.
        bytes: usize,
    },
    /// Nothing is published there yet.
    Nothing,
    /// It cannot be reached or read.
    Unreachable(SourceError),
    /// What it gave is not to be trusted.
    Refused(Refusal),
    /// It is intact, but older than what is here, or another kit with the same number.
    Older(StoreError),
}

/// What a sync came to.
#[derive(Debug)]
pub struct Synced {
    /// How asking each source went.
    pub answers: Vec<Answered>,
    /// The source of what is current now and whether it is new; `None` when no source gave a usable kit.
    pub taken: Option<(String, Accepted)>,
    /// What was current before, if anything was.
    pub before: Option<Mark>,
}

/// Asks `sources`, takes in the best, and remembers how each went.
///
/// # Errors
/// [`StoreError`] when the store cannot be written to; what it held before is then still there.
pub fn sync(store: &mut Store, sources: &[String], base: &Path, now: Timestamp) -> Result<Synced, StoreError> {
    // 1 to 5: read, split, check. What fails is dropped here; nobody who writes is kept waiting for a slow source.
    let mut answers = Vec::new();
    let mut candidates: Vec<(String, Verified)> = Vec::new();
    for source in sources {
        let (outcome, verified) = ask(store, source, base);
        candidates.extend(verified.map(|verified| (source.clone(), verified)));
        answers.push(Answered { source: source.clone(), outcome });
    }
    let lock = store.lock(LOCK_WAIT_S)?;
    let before = store.state()?.highest;
    // 6 and 7: the highest first; those behind it are reported, never taken.
    candidates.sort_by_key(|(_, verified)| std::cmp::Reverse((verified.root_version(), verified.seq())));
    let mut taken = None;
    for (source, verified) in candidates {
        match store.accept(&lock, &verified, now) {
            Ok(accepted) => taken = taken.or(Some((source, accepted))),
            // A mirror behind the best one is late, not wrong.
            Err(StoreError::Rollback { .. }) if taken.is_some() => {}
            Err(error @ (StoreError::Rollback { .. } | StoreError::Fork { .. } | StoreError::RootFork { .. })) => {
                if let Some(answer) = answers.iter_mut().find(|answer| answer.source == source) {
                    answer.outcome = Outcome::Older(error);
                }
            }
            Err(error) => return Err(error),
        }
    }
    let asked: Vec<Asked> =
        answers.iter().map(|answer| Asked { source: answer.source.clone(), error: answer.outcome.problem() }).collect();
    store.remember(&lock, now, None, &asked)?;
    Ok(Synced { answers, taken, before })
}

/// What is different for the people who read: the team's own changes, then whose signature counts.
pub fn changes(before: &Reading, after: &Reading) -> Vec<Change> {
    fn keys(reading: &Reading) -> &[VerifyKey] {
        &reading.generation.verified().roots().last().publish_keys
    }
    let only_in = |these: &Reading, others: &Reading| -> Vec<String> {
        let others = keys(others);
        keys(these).iter().filter(|key| !others.contains(key)).map(|key| name_of_key(&before.team, key)).collect()
    };
    let line =
        |from: String, to: String| Change { what: Verb::Signers, of: String::new(), part: String::new(), from, to, note: None };
    let mut changes = diff(&before.team, &after.team);
    changes.extend(only_in(after, before).into_iter().map(|came| line(String::new(), came)));
    changes.extend(only_in(before, after).into_iter().map(|went| line(went, String::new())));
    changes
}

fn ask(store: &Store, source: &str, base: &Path) -> (Outcome, Option<Verified>) {
    let fetched = Address::parse(source, base).and_then(|address| address.source().fetch(BUNDLE_BYTES_MAX as u64));
    match fetched {
        Ok(Some(fetched)) => {
            let bytes = fetched.bytes.len();
            match store.verify(fetched.bytes) {
                Ok(verified) => (Outcome::Kit { seq: verified.seq(), bytes }, Some(verified)),
                Err(refusal) => (Outcome::Refused(refusal), None),
            }
        }
        Ok(None) => (Outcome::Nothing, None),
        Err(error) => (Outcome::Unreachable(error), None),
    }
}

impl Outcome {
    /// What was wrong, in a sentence; `None` when it gave a kit or has none yet.
    pub fn problem(&self) -> Option<String> {
        match self {
            Self::Kit { .. } => None,
            Self::Nothing => Some("nothing is published there yet".to_owned()),
            Self::Unreachable(error) => Some(error.to_string()),
            Self::Refused(refusal) => Some(refusal.to_string()),
            Self::Older(error) => Some(error.to_string()),
        }
    }
}
