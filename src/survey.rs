//! Surveying: what the places that a team publishes to hold, beside what is here. All are asked side by side; nothing is
//! written.

use std::sync::Arc;

use crate::{
    bundle::{Pin, Refusal, Verified},
    reach::{Route, reach},
    source::{Bounds, Fetch, Job, Source, SourceError, Version, side_by_side},
    store::{Mark, Order, Store, StoreError},
};

/// One place that may be published to, as it was when it was looked at.
#[derive(Clone)]
pub struct Place {
    /// Its address.
    pub name: String,
    /// What it holds.
    pub holds: Holds,
    pub(crate) source: Arc<dyn Source>,
}

/// What a place holds that something newer may be put over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// Nothing yet.
    Nothing,
    /// An older kit.
    Older(Version),
    /// The kit it was compared with.
    Same(Version),
}

/// Why a place is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It could not be reached, read or written to.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It holds something that does not pass the checks.
    #[error("it holds something that is not this kit: {0}")]
    Stranger(Box<Refusal>),
    /// It holds a newer kit.
    #[error("it holds kit {}, which is newer", .0.seq())]
    Newer(Box<Verified>),
    /// It holds a kit that is signed, but is none of those that lead to what is here.
    #[error("it holds another kit {} than the one here: a fork", .0.seq())]
    Parted(Box<Verified>),
}

/// What looking at a place gave, by its address.
pub type Surveyed = (String, Result<Place, Unfit>);

/// What a place is compared with.
#[derive(Debug, Clone)]
pub(crate) struct Ours {
    pub(crate) pin: Pin,
    pub(crate) highest: Option<Mark>,
}

/// Looks at all places side by side; the answers come in their order. Once the first has answered, the others have until
/// [`crate::source::PATIENCE`]. `bounds` are made anew for each, by its address.
///
/// # Errors
/// [`StoreError`] when the store cannot be read.
pub fn survey(store: &Store, route: Route<'_>, mut bounds: impl FnMut(&str) -> Bounds) -> Result<Vec<Surveyed>, StoreError> {
    let (settings, state) = (store.settings()?, store.state()?);
    let ours = Ours { pin: store.trust().pin.clone(), highest: state.highest.clone() };
    let mut jobs: Vec<Job<Result<Place, Unfit>>> = Vec::new();
    for text in route.places {
        let reached = reach(text, &settings, route);
        // What it held when it was last asked needs not be sent again.
        let known = ours.highest.as_ref().and_then(|highest| state.version_at(text, highest)).map(Version::new);
        // A place that was in step once and is gone is not made anew: it would be a folder where a stick is missing.
        let was_there = state.sources.get(text).is_some_and(|note| note.last_good.is_some());
        let ours = ours.clone();
        jobs.push(Box::new(move |bounds| {
            let reached = reached?;
            let holds = look(reached.source.as_ref(), &ours, known.as_ref(), bounds)?;
            if matches!(holds, Holds::Nothing) && was_there && !reached.source.is_there() {
                return Err(SourceError::Unreachable { name: reached.name }.into());
            }
            Ok(Place { name: reached.name, holds, source: reached.source })
        }));
    }
    let each: Vec<Bounds> = route.places.iter().map(|place| bounds(place)).collect();
    let answers = side_by_side(jobs, &each, |index, _| index == 0, |_| {});
    let answered = |(place, answer): (&String, crate::source::Answer<_>)| {
        let not_waited_for = || SourceError::Stopped { name: place.clone(), seconds: answer.took.as_secs() };
        (place.clone(), answer.result.unwrap_or_else(|| Err(not_waited_for().into())))
    };
    Ok(route.places.iter().zip(answers).map(answered).collect())
}

/// What one place holds, beside what is ours; `known` is the version that stands for ours, if the place ever told it.
pub(crate) fn look(source: &dyn Source, ours: &Ours, known: Option<&Version>, bounds: &Bounds) -> Result<Holds, Unfit> {
    let fetched = match (source.fetch(known, bounds)?, known) {
        (Fetch::Nothing, _) => return Ok(Holds::Nothing),
        (Fetch::Unchanged, Some(known)) => return Ok(Holds::Same(known.clone())),
        (Fetch::Unchanged, None) => {
            return Err(SourceError::not_asked(source.name()).into());
        }
        (Fetch::Bytes(fetched), _) => fetched,
    };
    let theirs = crate::bundle::verify(fetched.bytes, &ours.pin).map_err(|refusal| Unfit::Stranger(Box::new(refusal)))?;
    match Order::of(&theirs, ours.highest.as_ref()) {
        Order::Older => Ok(Holds::Older(fetched.version)),
        Order::Same => Ok(Holds::Same(fetched.version)),
        Order::First | Order::Newer => Err(Unfit::Newer(Box::new(theirs))),
        Order::Fork | Order::RootFork => Err(Unfit::Parted(Box::new(theirs))),
    }
}

impl Holds {
    /// What to expect there when publishing over it.
    pub(crate) fn version(&self) -> Option<&Version> {
        match self {
            Self::Nothing => None,
            Self::Older(version) | Self::Same(version) => Some(version),
        }
    }
}
