//! Publishing: what a team wrote down becomes the next generation, first at the source, then here.
//!
//! The file that is published is checked by the same verifier that every member runs, before anybody sees it.

use std::{path::Path, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use crate::{
    answer::{Change, diff},
    appoint::{RootsError, roots_of},
    authored,
    bundle::{self, BundleError, KitId, Refusal, Roots, SealError, Verified, limits::BUNDLE_BYTES_MAX},
    key::Signer,
    reach::reach,
    source::{Bounds, Outside, Source, SourceError, Version},
    store::{LOCK_WAIT_S, Mark, Store, StoreError},
    team::Team,
    vouch::{self, Unvouched},
};

/// A team directory that is ready to be published.
pub struct Prepared {
    /// What it says.
    pub team: Team,
    /// Its roots.
    pub roots: Roots,
    /// Its next number.
    pub seq: u64,
    /// What changes for its readers; everything is new at the first publish.
    pub changes: Vec<Change>,
    /// What nobody on this machine has accepted yet.
    pub unvouched: Unvouched,
    targets: Vec<Target>,
    /// Mirrors that could not be looked at, and why.
    failed: Vec<(String, String)>,
}

/// One place to publish to, and what it held when it was looked at.
struct Target {
    name: String,
    source: Arc<dyn Source>,
    version: Option<Version>,
}

/// What publishing came to.
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
    /// Mirrors that could not be written to, and why. The first place is never here.
    pub failed: Vec<(String, String)>,
}

/// Why nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The directory cannot be read or has mistakes.
    #[error(transparent)]
    Load(#[from] authored::LoadError),
    /// The roots of the directory are missing or wrong.
    #[error(transparent)]
    Roots(#[from] RootsError),
    /// The directory is of another kit than the store.
    #[error("the directory is of kit {found}, this machine's is {expected}")]
    OtherKit {
        /// Of the store.
        expected: KitId,
        /// Of the directory.
        found: KitId,
    },
    /// The roots do not go on from those that are pinned and published.
    #[error("the directory's roots do not go on from those that this kit was published with")]
    OtherChain,
    /// Another publish or sync on this machine was faster.
    #[error("another publish or sync on this machine was faster, so nothing was published")]
    Raced,
    /// It is published, but this machine could not keep it.
    #[error("kit {seq} is published, but could not be kept on this machine: {error}")]
    NotKept {
        /// Its number.
        seq: u64,
        /// Why.
        error: Box<StoreError>,
    },
    /// No place to publish to is known.
    #[error("no place to publish to is known yet")]
    NoPlace,
    /// A source holds something newer than this machine.
    #[error("{place} holds kit {theirs}, this machine has {ours}")]
    Behind {
        /// The place.
        place: String,
        /// Its kit.
        theirs: u64,
        /// What is here.
        ours: String,
    },
    /// A source holds something that does not pass the checks.
    #[error("{place} holds something that is not this kit: {refusal}")]
    Stranger {
        /// The place.
        place: String,
        /// Why.
        refusal: Box<Refusal>,
    },
    /// This device may not sign.
    #[error("the key of this device ({0}) is not among the publishers of this kit")]
    NotPublisher(String),
    /// A source could not be reached or written to.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The payload could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The head could not be signed, or the finished file does not pass the checks of every client.
    #[error(transparent)]
    Sign(#[from] BundleError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads and checks a directory, looks at the places, and says what would change. Writes nothing.
///
/// `before` is the team of the current generation, if there is one and it could be opened.
///
/// # Errors
/// [`PublishError`] with the reason why it cannot be published as it is.
pub fn prepare(
    store: &Store,
    dir: &Path,
    places: &[String],
    base: &Path,
    outside: &Outside,
    before: Option<&Team>,
    today: jiff::civil::Date,
) -> Result<Prepared, PublishError> {
    // 1. The directory.
    let team = authored::load(dir, today)?.team;
    let roots = roots_of(dir)?;
    let pin = &store.trust().pin;
    if roots.kit() != &pin.kit {
        return Err(PublishError::OtherKit { expected: pin.kit.clone(), found: roots.kit().clone() });
    }
    // 2. What is here and what is there.
    let highest = store.state()?.highest;
    // A chain that does not go on from what is pinned and published would lock every member out.
    let goes_on = roots.hash(pin.root_version) == Some(pin.root)
        && highest.as_ref().is_none_or(|highest| roots.hash(highest.root) == Some(highest.root_sha256));
    if !goes_on {
        return Err(PublishError::OtherChain);
    }
    let mut targets = Vec::new();
    let mut failed = Vec::new();
    for place in places {
        match look(store, place, base, outside) {
            Ok(target) => targets.push(target),
            // The first place decides; a mirror that is away or broken holds nobody up.
            Err(error) if targets.is_empty() => return Err(error),
            Err(error) => failed.push((place.clone(), error.to_string())),
        }
    }
    if targets.is_empty() {
        return Err(PublishError::NoPlace);
    }
    // 3. What changes, and for whom.
    let published = store.current().ok().map(|generation| generation.verified().roots().clone());
    let accepted = store.settings()?.acknowledged;
    Ok(Prepared {
        seq: next_seq(highest.as_ref()),
        changes: before.map(|before| diff(before, &team)).unwrap_or_default(),
        unvouched: vouch::unvouched(&accepted, before, published.as_ref(), &team, &roots),
        team,
        roots,
        targets,
        failed,
    })
}

fn next_seq(highest: Option<&Mark>) -> u64 {
    highest.map_or(1, |highest| highest.seq + 1)
}

/// Seals, signs, checks and publishes what was prepared; then it is the current generation here too.
///
/// # Errors
/// [`PublishError`]; unless the reason is the store's, nothing was published.
pub fn publish(store: &mut Store, prepared: Prepared, signers: &[&Signer], now: Timestamp) -> Result<Published, PublishError> {
    if let Some(stranger) =
        signers.iter().map(|signer| signer.public()).find(|key| !prepared.roots.last().publish_keys.contains(key))
    {
        return Err(PublishError::NotPublisher(stranger.fingerprint()));
    }
    let lock = store.lock(LOCK_WAIT_S)?;
    if next_seq(store.state()?.highest.as_ref()) != prepared.seq {
        return Err(PublishError::Raced);
    }
    // 4 and 5. Seal, sign, and check as every client does.
    let sealed = bundle::seal(&prepared.team, prepared.roots.kit(), prepared.seq)?;
    let refresh = SignedDuration::from_hours(24 * i64::from(prepared.team.policy.refresh_days));
    let verified = bundle::sign(sealed, &prepared.roots, now, now.saturating_add(refresh).unwrap_or(now), signers)?;
    // 6. The first place decides the race; mirrors follow.
    let mut places = Vec::new();
    let mut failed = prepared.failed;
    for target in prepared.targets {
        match target.source.publish(verified.bytes(), target.version.as_ref(), &bounds()) {
            Ok(()) => places.push(target.name),
            Err(error) if places.is_empty() => return Err(error.into()),
            Err(error) => failed.push((target.name, error.to_string())),
        }
    }
    // 7. Here.
    let bytes = verified.bytes().len();
    store.accept(&lock, &verified, now).map_err(|error| PublishError::NotKept { seq: prepared.seq, error: Box::new(error) })?;
    Ok(Published { seq: prepared.seq, bytes, readers: prepared.team.devices.len(), places, failed })
}

/// What a place holds: nothing, or this kit and not newer than here.
fn look(store: &Store, place: &str, base: &Path, outside: &Outside) -> Result<Target, PublishError> {
    let reached = reach(place, &store.settings()?, base, outside)?;
    let fetched = reached.source.fetch(None, &bounds())?.into_fetched();
    let version = match fetched {
        None => None,
        Some(fetched) => {
            let theirs: Verified = store
                .verify(fetched.bytes)
                .map_err(|refusal| PublishError::Stranger { place: place.to_owned(), refusal: Box::new(refusal) })?;
            let ours = store.state()?.highest;
            let is_ahead = ours.as_ref().is_none_or(|ours| (theirs.root_version(), theirs.seq()) > (ours.root, ours.seq));
            if is_ahead {
                let ours = ours.map_or_else(|| "none".to_owned(), |ours| format!("kit {ours}"));
                return Err(PublishError::Behind { place: place.to_owned(), theirs: theirs.seq(), ours });
            }
            Some(fetched.version)
        }
    };
    Ok(Target { name: reached.name, source: reached.source, version })
}

fn bounds() -> Bounds {
    Bounds::of(BUNDLE_BYTES_MAX as u64)
}
