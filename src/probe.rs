//! Probing sources: each is asked twice, and what it can do is told. Nothing is stored, and nothing is written there.

use std::time::Duration;

use crate::{
    judge::Outcome,
    reach::{Route, reach},
    source::{Bounds, Fetch, Fetched, Job, SourceError, side_by_side},
    store::{Mark, Order, Store, StoreError},
};

/// What one source did.
#[derive(Debug)]
pub struct Probed {
    /// Its address.
    pub source: String,
    /// How long the first request took.
    pub took: Duration,
    /// What it gave.
    pub outcome: Outcome,
    /// How what it gave stands to what is here; `None` when it gave no kit.
    pub order: Option<Order>,
    /// What it said when it was asked again for what is new; `None` when there was nothing to ask again for.
    pub again: Option<Result<Again, SourceError>>,
    /// Whether the place is there at all: a folder that is not may be a slip of the pen, or a stick that is not plugged in.
    pub is_there: bool,
    /// Whether its kind can be published to. Whether this user may is only known by doing it.
    pub is_writable: bool,
}

/// What a source says to whoever has what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// That nothing changed.
    Unchanged,
    /// All of it once more: it knows no conditional requests, or somebody published just now.
    Everything,
}

/// What a thread brings back.
struct Tried {
    took: Duration,
    fetch: Result<Fetch, SourceError>,
    again: Option<Result<Again, SourceError>>,
    is_there: bool,
    is_writable: bool,
}

/// Asks each source for its kit, then for what is newer than that.
///
/// # Errors
/// [`StoreError`] when the store cannot be looked at.
pub fn probe(store: &Store, route: Route<'_>, bounds: &[Bounds], tick: impl FnMut(usize)) -> Result<Vec<Probed>, StoreError> {
    let settings = store.settings()?;
    let highest = store.state()?.highest;
    let mut jobs: Vec<Job<Tried>> = Vec::new();
    for text in route.places {
        let reached = reach(text, &settings, route);
        jobs.push(Box::new(move |bounds| match reached {
            Err(error) => Tried { took: bounds.elapsed(), fetch: Err(error), again: None, is_there: true, is_writable: false },
            Ok(reached) => {
                let fetch = reached.source.fetch(None, bounds);
                let took = bounds.elapsed();
                let again = match &fetch {
                    Ok(Fetch::Bytes(Fetched { version, .. })) => {
                        bounds.step("asks again, for what is newer than that");
                        Some(reached.source.fetch(Some(version), bounds).map(|fetch| match fetch {
                            Fetch::Unchanged => Again::Unchanged,
                            Fetch::Bytes(_) | Fetch::Nothing => Again::Everything,
                        }))
                    }
                    _ => None,
                };
                let is_there = !matches!(fetch, Ok(Fetch::Nothing)) || reached.source.is_there();
                let is_writable = reached.source.inbox().is_some();
                Tried { took, fetch, again, is_there, is_writable }
            }
        }));
    }
    // None is good enough to stop waiting for the others: the user wants to know of each.
    let answers = side_by_side(jobs, bounds, |_, _| false, tick);
    Ok(answers
        .into_iter()
        .zip(route.places)
        .map(|(answer, source)| match answer.result {
            Some(tried) => judged(store, tried, source, highest.as_ref()),
            None => {
                let silent = SourceError::NoAnswer { name: source.clone(), seconds: answer.took.as_secs() };
                let tried = Tried { took: answer.took, fetch: Err(silent), again: None, is_there: true, is_writable: false };
                judged(store, tried, source, highest.as_ref())
            }
        })
        .collect())
}

fn judged(store: &Store, tried: Tried, source: &str, highest: Option<&Mark>) -> Probed {
    let Tried { took, fetch, again, is_there, is_writable } = tried;
    let mut order = None;
    let outcome = match fetch {
        Err(error) => Outcome::Unreachable(error),
        Ok(Fetch::Nothing | Fetch::Unchanged) => Outcome::Nothing,
        Ok(Fetch::Bytes(Fetched { bytes, .. })) => {
            let count = bytes.len();
            match store.verify(bytes) {
                Err(refusal) => Outcome::Refused(refusal),
                Ok(verified) => {
                    let stands = Order::of(&verified, highest);
                    order = Some(stands);
                    let refusal = highest.and_then(|highest| stands.refusal(Mark::of(&verified), highest));
                    refusal.map_or(Outcome::Kit { seq: verified.seq(), bytes: count }, Outcome::Older)
                }
            }
        }
    };
    Probed { source: source.to_owned(), took, outcome, order, again, is_there, is_writable }
}
