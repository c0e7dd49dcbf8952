//! Sync: ask every source side by side, take the best kit that passes every check. A bad or slow source never hides a good one.
//!
//! Steps as in docs/format.md, "The client's rule". Needs no key and no clock to decide; the clock is only remembered.
//! Asking and judging write nothing ([`ask`]); [`Heard::take`] does.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    answer::{Change, Verb, diff},
    bundle::{Refusal, Verified},
    judge::{Best, Candidate, Heard, answered},
    key::VerifyKey,
    open::name_of_key,
    reach::{Route, reach},
    source::{Answer, Bounds, Fetch, Fetched, Job, SourceError, Version, side_by_side},
    store::{Accepted, Asked, Generation, LOCK_WAIT_S, Order, Store, StoreError},
    team::Team,
};

/// Asks the places of `route` side by side and judges what they give. Writes nothing. `bounds` are the sources' own; `tick` is called
/// several times a second while they are waited for, with how many have not answered yet.
///
/// # Errors
/// [`StoreError`] when the store cannot be looked at.
pub fn ask(store: &Store, route: Route<'_>, bounds: &[Bounds], tick: impl FnMut(usize)) -> Result<Heard, StoreError> {
    let settings = store.settings()?;
    let here = store.current().ok();
    let state = here.as_ref().map_or_else(|| store.state(), |here| Ok(here.state().clone()))?;
    let mark = here.as_ref().map(Generation::mark);
    let mut jobs: Vec<Job<Result<Fetch, SourceError>>> = Vec::new();
    for text in route.places {
        let reached = reach(text, &settings, route);
        // Only what stands here whole, and is the highest, needs not be sent again.
        let whole = mark.filter(|mark| state.highest.as_ref() == Some(*mark));
        let known = whole.and_then(|mark| state.version_at(text, mark)).map(Version::new);
        let name = text.clone();
        jobs.push(Box::new(move |bounds| {
            let source = reached?.source;
            match source.fetch(known.as_ref(), bounds)? {
                Fetch::Unchanged if known.is_none() => Err(SourceError::not_asked(name)),
                Fetch::Nothing if !source.is_there() => Err(SourceError::Unreachable { name }),
                fetch => Ok(fetch),
            }
        }));
    }
    // 1 to 5: read, split, check. What fails is dropped here; nobody who writes is kept waiting for a slow source.
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut refusals: Vec<Option<Refusal>> = route.places.iter().map(|_| None).collect();
    let judge = |index: usize, result: &Result<Fetch, SourceError>| {
        let (is_good, words) = match result {
            Err(error) => (false, error.to_string()),
            Ok(Fetch::Nothing) => (false, "nothing is published there yet".to_owned()),
            Ok(Fetch::Unchanged) => (true, "holds what is here: nothing was sent".to_owned()),
            Ok(Fetch::Bytes(Fetched { bytes, version })) => match store.verify(bytes.clone()) {
                Ok(verified) => {
                    let order = Order::of(&verified, state.highest.as_ref());
                    let words = format!("{} bytes: kit {}, {}", bytes.len(), verified.seq(), order.words());
                    candidates.push(Candidate { index, verified, version: version.clone() });
                    (order.is_acceptable(), words)
                }
                Err(refusal) => {
                    let words = format!("{} bytes, refused: {refusal}", bytes.len());
                    refusals.get_mut(index).into_iter().for_each(|place| *place = Some(refusal.clone()));
                    (false, words)
                }
            },
        };
        bounds.get(index).into_iter().for_each(|bounds| bounds.step(&words));
        is_good
    };
    let results = side_by_side(jobs, bounds, judge, tick);
    let has_good = candidates.iter().any(|candidate| Order::of(&candidate.verified, state.highest.as_ref()).is_acceptable())
        || results.iter().any(|answer| matches!(answer.result, Some(Ok(Fetch::Unchanged))));
    let seq = mark.map_or(0, |mark| mark.seq);
    let answers = results.into_iter().zip(refusals).zip(route.places);
    let answers = answers.map(|((answer, refusal), source)| answered(answer, refusal, source, seq, has_good));
    let mut heard = Heard { answers: answers.collect(), best: None, here };
    heard.judge(candidates, state.highest);
    if let Some((best, bounds)) = heard.best.as_ref().and_then(|best| Some((best, bounds.get(best.index)?))) {
        bounds.step(if best.accepted == Accepted::AlreadyCurrent { "nothing to take from it" } else { "the best: taken" });
    }
    Ok(heard)
}

/// The same of bytes that somebody has at hand, by what they are called: nobody is asked. Writes nothing.
///
/// # Errors
/// [`StoreError`] when the store cannot be looked at.
pub fn given(store: &Store, given: Vec<(String, Vec<u8>)>) -> Result<Heard, StoreError> {
    let here = store.current().ok();
    let state = here.as_ref().map_or_else(|| store.state(), |here| Ok(here.state().clone()))?;
    let mut candidates = Vec::new();
    let mut answers = Vec::new();
    for (index, (name, bytes)) in given.into_iter().enumerate() {
        let version = Version::new(String::new());
        let refusal = match store.verify(bytes.clone()) {
            Ok(verified) => {
                candidates.push(Candidate { index, verified, version: version.clone() });
                None
            }
            Err(refusal) => Some(refusal),
        };
        let answer = Answer { index, took: Duration::ZERO, result: Some(Ok(Fetch::Bytes(Fetched { bytes, version }))) };
        answers.push(answered(answer, refusal, &name, 0, true));
    }
    let mut heard = Heard { answers, best: None, here };
    heard.judge(candidates, state.highest);
    Ok(heard)
}

impl Heard {
    /// Stores the best, and remembers how each source went. `stanza` is this device's place in the best kit, if it was opened.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be written to; what it held before is then still there.
    pub fn take(&mut self, store: &mut Store, now: Timestamp, stanza: Option<usize>) -> Result<(), StoreError> {
        let lock = store.lock(LOCK_WAIT_S)?;
        if let Some(best) = &mut self.best
            && let Some(verified) = &best.verified
        {
            match store.accept(&lock, verified, now) {
                Ok(accepted) => best.accepted = accepted,
                // Another kit on this machine took something newer meanwhile.
                Err(StoreError::Rollback { .. }) => {
                    *best = Best { index: best.index, accepted: Accepted::AlreadyCurrent, verified: None };
                    self.here = store.current().ok();
                }
                Err(error) => return Err(error),
            }
        }
        let asked = self.answers.iter().map(|answer| Asked {
            source: answer.source.clone(),
            error: answer.outcome.problem(),
            kind: Some(answer.outcome.kind()),
            held: answer.held.clone(),
        });
        store.remember(&lock, now, stanza, &asked.collect::<Vec<_>>())
    }
}

/// What is different for the people who read: the team's own changes, then whose signature counts.
pub fn changes((team, kit): (&Team, &Verified), (new_team, new_kit): (&Team, &Verified)) -> Vec<Change> {
    let keys = |kit: &Verified| kit.roots().last().publish_keys.clone();
    let mut changes = diff(team, new_team);
    changes.extend(signers(team, &keys(kit), &keys(new_kit)));
    changes
}

/// Whose signature counts from now on, and whose no longer does, by the names that a team knows.
pub fn signers(team: &Team, old: &[VerifyKey], new: &[VerifyKey]) -> Vec<Change> {
    let only_in = |these: &[VerifyKey], others: &[VerifyKey]| -> Vec<String> {
        these.iter().filter(|key| !others.contains(key)).map(|key| name_of_key(team, key)).collect()
    };
    let line =
        |from: String, to: String| Change { what: Verb::Signers, of: String::new(), part: String::new(), from, to, note: None };
    let came = only_in(new, old).into_iter().map(|came| line(String::new(), came));
    came.chain(only_in(old, new).into_iter().map(|went| line(went, String::new()))).collect()
}
