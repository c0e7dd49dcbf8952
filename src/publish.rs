//! Publishing: what a team wrote down becomes the next generation, first at the source, then here.
//!
//! The file that is published is checked by the same verifier that every member runs, before anybody sees it.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::{
    answer::{Change, diff},
    appoint::{RootsError, roots_of},
    authored,
    bundle::{self, BundleError, KitId, Refusal, Roots, SealError, Verified},
    key::Signer,
    mirror::{Brought, Published, apart, bring_up},
    reach::Route,
    sound,
    source::{Bounds, SourceError},
    store::{LOCK_WAIT_S, Mark, Store, StoreError},
    succeed::Break,
    survey::{Ours, Place, Surveyed, Unfit, look, survey},
    sync::signers as changed_signers,
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
    /// The place that decides who published.
    first: Place,
    mirrors: Vec<Place>,
    /// Mirrors that are left as they are.
    unfit: Vec<Brought>,
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
    /// No place to publish to is known.
    #[error("no place to publish to is known yet")]
    NoPlace,
    /// A key of a tier was swapped, or is an older one.
    #[error(transparent)]
    Swapped(#[from] Break),
    /// Somebody else published: a place holds something newer than this machine.
    #[error("{place} holds kit {}, this machine has {ours}", .theirs.seq())]
    Behind {
        /// The place.
        place: String,
        /// Its kit, which passes every check.
        theirs: Box<Verified>,
        /// What is here.
        ours: String,
    },
    /// The first place holds something that does not pass the checks.
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
/// [`PublishError`] with the reason why it cannot be published as it is; [`PublishError::Behind`] wherever something newer is,
/// because to publish beside it would give two kits one number.
pub fn prepare(
    store: &Store,
    dir: &Path,
    route: Route<'_>,
    before: Option<&Team>,
    today: jiff::civil::Date,
    bounds: impl FnMut(&str) -> Bounds,
) -> Result<Prepared, PublishError> {
    // 1. The directory.
    let team = sound::load::<PublishError>(dir, before, today)?;
    let roots = roots_of(dir)?;
    let pin = &store.trust().pin;
    if roots.kit() != &pin.kit {
        return Err(PublishError::OtherKit { expected: pin.kit.clone(), found: roots.kit().clone() });
    }
    // 2. What is there, and what is here.
    let highest = store.state()?.highest;
    let surveyed = survey(store, route, bounds)?;
    if let Some(behind) = PublishError::behind(&surveyed, highest.as_ref()) {
        return Err(behind);
    }
    // A chain that does not go on from what is pinned and published would lock every member out.
    let goes_on = roots.hash(pin.root_version) == Some(pin.root)
        && highest.as_ref().is_none_or(|highest| roots.hash(highest.root) == Some(highest.root_sha256));
    if !goes_on {
        return Err(PublishError::OtherChain);
    }
    let mut surveyed = surveyed.into_iter();
    let first = match surveyed.next() {
        None => return Err(PublishError::NoPlace),
        Some((_, Ok(place))) => place,
        Some((name, Err(why))) => return Err(PublishError::undecided(name, why, highest)),
    };
    let (mirrors, unfit) = apart(surveyed.collect());
    // 3. What changes, and for whom.
    let published = store.current().ok().map(|generation| generation.verified().roots().clone());
    let accepted = store.settings()?.acknowledged;
    let mut changes = before.map(|before| diff(before, &team)).unwrap_or_default();
    if let (Some(before), Some(published)) = (before, &published) {
        changes.extend(changed_signers(before, &published.last().publish_keys, &roots.last().publish_keys));
    }
    Ok(Prepared {
        seq: Mark::next_seq(highest.as_ref()),
        changes,
        unvouched: vouch::unvouched(&accepted, before, published.as_ref(), &team, &roots),
        team,
        roots,
        first,
        mirrors,
        unfit,
    })
}

/// Seals, signs, checks and publishes what was prepared. The first place decides; then it is the current generation here too,
/// and the mirrors follow side by side. `bounds` are made anew for each place, when its turn comes.
///
/// # Errors
/// [`PublishError`]: nothing was published.
pub fn publish(
    store: &mut Store,
    prepared: Prepared,
    signers: &[&Signer],
    now: Timestamp,
    mut bounds: impl FnMut(&str) -> Bounds,
) -> Result<Published, PublishError> {
    if let Some(stranger) =
        signers.iter().map(|signer| signer.public()).find(|key| !prepared.roots.last().publish_keys.contains(key))
    {
        return Err(PublishError::NotPublisher(stranger.fingerprint()));
    }
    let lock = store.lock(LOCK_WAIT_S)?;
    let highest = store.state()?.highest;
    if Mark::next_seq(highest.as_ref()) != prepared.seq {
        return Err(PublishError::Raced);
    }
    // 4 and 5. Seal, sign, and check as every client does.
    let sealed = bundle::seal(&prepared.team, prepared.roots.kit(), prepared.seq)?;
    let refresh = SignedDuration::from_hours(24 * i64::from(prepared.team.policy.refresh_days));
    let verified = bundle::sign(sealed, &prepared.roots, now, now.saturating_add(refresh).unwrap_or(now), signers)?;
    // 6. The first place decides the race.
    let Prepared { first, mirrors, unfit, .. } = prepared;
    let ours = Ours { pin: store.trust().pin.clone(), highest };
    decide(&first, &ours, &verified, &mut bounds)?;
    // 7. Here, before the mirrors: who is killed while these are slow goes on from the right kit.
    let not_kept = store.accept_own(&lock, &verified, now).err();
    drop(lock);
    let mut brought = vec![(first.name, Ok(()))];
    brought.extend(unfit);
    brought.extend(bring_up(store, &verified, mirrors, bounds));
    let published = Published { not_kept, ..Published::of(&verified, brought) };
    published.remember(store, now);
    Ok(published)
}

/// Publishes to the first place. Where that fails it is looked at again: it may have taken it all the same, its answer lost on
/// the way; or somebody else was faster.
fn decide(first: &Place, ours: &Ours, verified: &Verified, mut bounds: impl FnMut(&str) -> Bounds) -> Result<(), PublishError> {
    let source = first.source.as_ref();
    let Err(error) = source.publish(verified.bytes(), first.holds.version(), &bounds(&first.name)) else { return Ok(()) };
    match look(source, ours, None, &bounds(&first.name)) {
        Err(Unfit::Newer(theirs)) if theirs.head_sha256() == verified.head_sha256() => Ok(()),
        Err(Unfit::Newer(theirs)) => Err(PublishError::newer(first.name.clone(), theirs, ours.highest.as_ref())),
        _ => Err(error.into()),
    }
}

impl PublishError {
    /// The newest of what is newer than what is here, if any place has such.
    pub(crate) fn behind(surveyed: &[Surveyed], highest: Option<&Mark>) -> Option<Self> {
        let newer = surveyed.iter().filter_map(|(place, result)| match result {
            Err(Unfit::Newer(theirs)) => Some((place, theirs)),
            _ => None,
        });
        let (place, theirs) = newer.max_by_key(|(_, theirs)| (theirs.root_version(), theirs.seq()))?;
        Some(Self::newer(place.clone(), theirs.clone(), highest))
    }

    fn newer(place: String, theirs: Box<Verified>, ours: Option<&Mark>) -> Self {
        Self::Behind { place, theirs, ours: ours.map_or_else(|| "none".to_owned(), |ours| format!("kit {ours}")) }
    }

    /// Why the place that decides does not.
    fn undecided(place: String, why: Unfit, highest: Option<Mark>) -> Self {
        match (why, highest) {
            (Unfit::Source(error), _) => error.into(),
            (Unfit::Stranger(refusal), _) => Self::Stranger { place, refusal },
            (Unfit::Parted(theirs), Some(here)) => {
                StoreError::Fork { here: here.into(), offered: Mark::of(&theirs).into() }.into()
            }
            (Unfit::Newer(theirs) | Unfit::Parted(theirs), here) => Self::newer(place, theirs, here.as_ref()),
        }
    }
}
