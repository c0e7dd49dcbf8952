//! Mirroring: the other places get the very bytes that the first one decided on. What is newer there, or a stranger's, stays.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    bundle::Verified,
    source::{Bounds, Job, SourceError, side_by_side},
    store::{Asked, LOCK_WAIT_S, Mark, Store, StoreError},
    survey::{Holds, Ours, Place, Surveyed, Unfit, look},
};

/// How often a place that somebody else wrote to meanwhile is tried again.
const TRIES_MAX: usize = 3;

/// How it went with one place: its address, and why not.
pub(crate) type Brought = (String, Result<(), Unfit>);

/// What became of a kit at its places, and here.
#[derive(Debug)]
pub struct Published {
    /// The number of the kit.
    pub seq: u64,
    /// Bytes of the bundle.
    pub bytes: usize,
    /// How many devices can open it.
    pub readers: usize,
    /// The places that hold it now.
    pub places: Vec<String>,
    /// Mirrors that do not hold it, and why. The place that decided is never here.
    pub failed: Vec<(String, Unfit)>,
    /// Why this machine itself could not keep it, when it could not.
    pub not_kept: Option<StoreError>,
}

/// Those that can be written to, and those that cannot be.
pub(crate) fn apart(surveyed: Vec<Surveyed>) -> (Vec<Place>, Vec<Brought>) {
    let (mut places, mut unfit) = (Vec::new(), Vec::new());
    for (name, result) in surveyed {
        match result {
            Ok(place) => places.push(place),
            Err(why) => unfit.push((name, Err(why))),
        }
    }
    (places, unfit)
}

/// Puts a kit to several places side by side, each within bounds of its own: one that hangs keeps no other waiting.
pub(crate) fn bring_up(
    store: &Store,
    verified: &Verified,
    places: Vec<Place>,
    mut bounds: impl FnMut(&str) -> Bounds,
) -> Vec<Brought> {
    let ours = Ours { pin: store.trust().pin.clone(), highest: Some(Mark::of(verified)) };
    let verified = Arc::new(verified.clone());
    let names: Vec<String> = places.iter().map(|place| place.name.clone()).collect();
    let each: Vec<Bounds> = names.iter().map(|name| bounds(name).for_upload()).collect();
    let mut jobs: Vec<Job<Result<(), Unfit>>> = Vec::new();
    for place in places {
        let (ours, verified) = (ours.clone(), Arc::clone(&verified));
        // What was looked at was compared with the kit before this one.
        jobs.push(Box::new(move |bounds| bring_one_up(&place, &ours, verified.bytes(), bounds)));
    }
    let answers = side_by_side(jobs, &each, |_, _| false, |_| {});
    let brought = |(name, answer): (String, crate::source::Answer<_>)| {
        let hangs = || SourceError::Stopped { name: name.clone(), seconds: answer.took.as_secs() };
        let result = answer.result.unwrap_or_else(|| Err(hangs().into()));
        (name, result)
    };
    names.into_iter().zip(answers).map(brought).collect()
}

fn bring_one_up(place: &Place, ours: &Ours, bytes: &[u8], bounds: &Bounds) -> Result<(), Unfit> {
    let source = place.source.as_ref();
    let mut expected = place.holds.version().cloned();
    for _ in 1..TRIES_MAX {
        let Err(error) = source.publish(bytes, expected.as_ref(), bounds) else { return Ok(()) };
        let is_lost = matches!(error, SourceError::LostRace { .. });
        match look(source, ours, None, bounds) {
            // It got there all the same, or somebody else brought it.
            Ok(Holds::Same(_)) => return Ok(()),
            Ok(holds) if is_lost => expected = holds.version().cloned(),
            Err(why @ (Unfit::Newer(_) | Unfit::Parted(_) | Unfit::Stranger(_))) if is_lost => return Err(why),
            _ => return Err(error.into()),
        }
    }
    Ok(source.publish(bytes, expected.as_ref(), bounds)?)
}

impl Published {
    /// What became of a kit at all its places.
    pub(crate) fn of(verified: &Verified, brought: Vec<Brought>) -> Self {
        let (mut places, mut failed) = (Vec::new(), Vec::new());
        for (name, result) in brought {
            match result {
                Ok(()) => places.push(name),
                Err(why) => failed.push((name, why)),
            }
        }
        let (seq, bytes, readers) = (verified.seq(), verified.bytes().len(), verified.devices());
        Self { seq, bytes, readers, places, failed, not_kept: None }
    }

    /// Notes how it went with each place; a note that cannot be written is no failure of what was published.
    pub(crate) fn remember(&self, store: &mut Store, now: Timestamp) {
        let good = self.places.iter().map(|place| (place, None));
        let bad = self.failed.iter().map(|(place, why)| (place, Some(why.to_string())));
        let asked: Vec<Asked> =
            good.chain(bad).map(|(source, error)| Asked { source: source.clone(), error, kind: None, held: None }).collect();
        if let Ok(lock) = store.lock(LOCK_WAIT_S) {
            let _ = store.remember(&lock, now, None, &asked);
        }
    }
}
