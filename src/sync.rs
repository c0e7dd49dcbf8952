//! Sync: ask every source side by side, take the best kit that passes every check. A bad or slow source never hides a good one.
//!
//! Steps as in docs/format.md, "The client's rule". Needs no key and no clock to decide; the clock is only remembered.

use std::{path::Path, time::Duration};

use jiff::Timestamp;

use crate::{
    answer::{Change, Verb, diff},
    bundle::{Refusal, Verified},
    key::VerifyKey,
    open::{Reading, name_of_key},
    reach::reach,
    source::{Bounds, Fetch, Fetched, Outside, SourceError, Version, side_by_side},
    store::{Accepted, Asked, Held, LOCK_WAIT_S, Mark, Order, Store, StoreError},
};

/// How asking one source went.
#[derive(Debug)]
pub struct Answered {
    /// The source, as the user wrote it or as it is remembered.
    pub source: String,
    /// What it gave.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
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
    /// It holds what is current here; nothing was sent.
    Unchanged {
        /// Which.
        seq: u64,
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

/// A kit that a source gave, on its way to the store.
struct Candidate {
    index: usize,
    verified: Verified,
    version: Version,
}

/// Asks `sources` side by side, takes in the best, and remembers how each went. `bounds` are made anew for each source, by
/// its name.
///
/// # Errors
/// [`StoreError`] when the store cannot be written to; what it held before is then still there.
pub fn sync(
    store: &mut Store,
    sources: &[String],
    base: &Path,
    outside: &Outside,
    now: Timestamp,
    bounds: impl Fn(&str) -> Bounds,
) -> Result<Synced, StoreError> {
    // 1 to 5: read, split, check. What fails is dropped here; nobody who writes is kept waiting for a slow source.
    let (mut answers, candidates) = ask(store, sources, base, outside, bounds)?;
    let lock = store.lock(LOCK_WAIT_S)?;
    let before = store.state()?.highest;
    let unchanged = answers.iter().find(|answer| matches!(answer.outcome, Outcome::Unchanged { .. }));
    let mut taken = unchanged.map(|answer| (answer.source.clone(), Accepted::AlreadyCurrent));
    // 6 and 7: the highest first; those behind it are reported, never taken.
    let mut held: Vec<Option<Held>> = answers.iter().map(|_| None).collect();
    for Candidate { index, verified, version } in candidates {
        let Some(answer) = answers.get_mut(index) else { continue };
        match store.accept(&lock, &verified, now) {
            Ok(accepted) => {
                if accepted != Accepted::AlreadyCurrent || taken.is_none() {
                    taken = Some((answer.source.clone(), accepted));
                }
                if let Some(held) = held.get_mut(index) {
                    *held = Some(Held { version: version.to_string(), mark: Mark::of(&verified) });
                }
            }
            // A mirror behind the best one is late, not wrong.
            Err(StoreError::Rollback { .. }) if taken.is_some() => {}
            Err(error @ (StoreError::Rollback { .. } | StoreError::Fork { .. } | StoreError::RootFork { .. })) => {
                answer.outcome = Outcome::Older(error);
            }
            Err(error) => return Err(error),
        }
    }
    let asked = answers.iter().zip(held);
    let asked: Vec<Asked> =
        asked.map(|(answer, held)| Asked { source: answer.source.clone(), error: answer.outcome.problem(), held }).collect();
    store.remember(&lock, now, None, &asked)?;
    Ok(Synced { answers, taken, before })
}

/// Asks every source, and checks what each gave as it comes; the candidates, highest first.
fn ask(
    store: &Store,
    sources: &[String],
    base: &Path,
    outside: &Outside,
    bounds: impl Fn(&str) -> Bounds,
) -> Result<(Vec<Answered>, Vec<Candidate>), StoreError> {
    let settings = store.settings()?;
    let state = store.state()?;
    let here = store.current().ok().map(|generation| Mark::of(generation.verified()));
    let mut jobs: Vec<Box<dyn FnOnce(&Bounds) -> Result<Fetch, SourceError> + Send>> = Vec::new();
    for text in sources {
        let reached = reach(text, &settings, base, outside);
        // Only what stands here whole, and is the highest, needs not be sent again.
        let note = state.sources.get(text).and_then(|note| note.held.as_ref());
        let known = note.filter(|held| Some(&held.mark) == here.as_ref() && here == state.highest);
        let known = known.map(|held| Version::new(held.version.clone()));
        jobs.push(Box::new(move |bounds| match reached?.source.fetch(known.as_ref(), bounds)? {
            Fetch::Unchanged if known.is_none() => Err(SourceError::Answer {
                name: String::new(),
                what: "says that nothing changed, which it was not asked".to_owned(),
            }),
            fetch => Ok(fetch),
        }));
    }
    let bounds: Vec<Bounds> = sources.iter().map(|source| bounds(source)).collect();
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut refusals: Vec<Option<Refusal>> = sources.iter().map(|_| None).collect();
    let mut judge = |index: usize, result: &Result<Fetch, SourceError>| match result {
        Ok(Fetch::Unchanged) => true,
        Ok(Fetch::Bytes(Fetched { bytes, version })) => match store.verify(bytes.clone()) {
            Ok(verified) => {
                let is_good = matches!(store.order(&verified), Ok(Order::First | Order::Newer | Order::Same));
                candidates.push(Candidate { index, verified, version: version.clone() });
                is_good
            }
            Err(refusal) => {
                if let Some(place) = refusals.get_mut(index) {
                    *place = Some(refusal);
                }
                false
            }
        },
        Ok(Fetch::Nothing) | Err(_) => false,
    };
    let results = side_by_side(jobs, &bounds, &mut judge);
    let seq = here.map_or(0, |mark| mark.seq);
    let answered = |(answer, refusal): (crate::source::Answer<Result<Fetch, SourceError>>, Option<Refusal>)| {
        let source = sources.get(answer.index).cloned().unwrap_or_default();
        let outcome = match (answer.result, refusal) {
            (_, Some(refusal)) => Outcome::Refused(refusal),
            (None, _) => Outcome::Unreachable(SourceError::Stopped { name: source.clone(), seconds: answer.took.as_secs() }),
            (Some(Err(error)), _) => Outcome::Unreachable(error),
            (Some(Ok(Fetch::Nothing)), _) => Outcome::Nothing,
            (Some(Ok(Fetch::Unchanged)), _) => Outcome::Unchanged { seq },
            (Some(Ok(Fetch::Bytes(fetched))), _) => {
                let seq = candidates.iter().find(|candidate| candidate.index == answer.index);
                Outcome::Kit { seq: seq.map_or(0, |candidate| candidate.verified.seq()), bytes: fetched.bytes.len() }
            }
        };
        Answered { source, outcome, took: answer.took }
    };
    let answers: Vec<Answered> = results.into_iter().zip(refusals).map(answered).collect();
    candidates.sort_by_key(|candidate| std::cmp::Reverse((candidate.verified.root_version(), candidate.verified.seq())));
    Ok((answers, candidates))
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

impl Synced {
    /// The sources that answered as they should, in their order.
    pub fn answered(&self) -> Vec<String> {
        let well = self.answers.iter().filter(|answer| answer.outcome.problem().is_none());
        well.map(|answer| answer.source.clone()).collect()
    }
}

impl Outcome {
    /// What was wrong, in a sentence; `None` when it gave a kit or has none yet.
    pub fn problem(&self) -> Option<String> {
        match self {
            Self::Kit { .. } | Self::Unchanged { .. } => None,
            Self::Nothing => Some("nothing is published there yet".to_owned()),
            Self::Unreachable(error) => Some(error.to_string()),
            Self::Refused(refusal) => Some(refusal.to_string()),
            Self::Older(error) => Some(error.to_string()),
        }
    }
}
