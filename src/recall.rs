//! Recalling two kits that this machine accepted, to compare them. Touches no network and writes nothing.

use jiff::Timestamp;

use crate::{
    bundle,
    key::{Identity, Passphrase},
    open::{OpenError, reader},
    program::ChildEnvironment,
    store::{Store, StoreError},
    team::Team,
};

/// A kit that was accepted once, opened.
#[derive(Debug)]
pub struct Recalled {
    /// Its number.
    pub seq: u64,
    /// When it was signed.
    pub created: Timestamp,
    /// What it says.
    pub team: Team,
}

/// Why two kits cannot be compared. `E` is the reason of whoever asks for the passphrase.
#[derive(Debug, thiserror::Error)]
pub enum RecallError<E> {
    /// It was never here, is no longer kept, or is damaged.
    #[error("kit {seq} is not on this machine")]
    NotKept {
        /// The number that was asked for.
        seq: u64,
        /// Both that were asked for.
        asked: (u64, u64),
        /// Those that are here, the newest first.
        kept: Vec<u64>,
    },
    /// It is here, and was not sealed to this device: it is from before this device was let in.
    #[error("kit {seq} cannot be opened on this device: {why}")]
    NotForUs {
        /// The number that was asked for.
        seq: u64,
        /// Both that were asked for.
        asked: (u64, u64),
        /// Why.
        why: bundle::OpenError,
    },
    /// The key that opens kits was not given.
    #[error(transparent)]
    Open(#[from] OpenError<E>),
}

/// Opens two kits by their numbers.
///
/// # Errors
/// [`RecallError`] says which of them is missing, and which are here.
pub fn recall<E>(
    store: &Store,
    environment: &ChildEnvironment,
    (first, second): (u64, u64),
    passphrase: impl FnOnce() -> Result<Passphrase, E>,
) -> Result<(Recalled, Recalled), RecallError<E>> {
    let missing = |seq: u64| -> Result<RecallError<E>, StoreError> {
        let kept = store.kept()?.into_iter().filter(|kept| *kept != seq).collect();
        Ok(RecallError::NotKept { seq, asked: (first, second), kept })
    };
    // Nobody is asked for a passphrase before it is known that there is something to open.
    let mut generations = Vec::new();
    for seq in [first, second] {
        match store.numbered(seq).map_err(OpenError::Store)? {
            Some(generation) => generations.push((seq, generation)),
            None => return Err(missing(seq).map_err(OpenError::Store)?),
        }
    }
    let identity: Identity = reader(store, environment, passphrase)?;
    let mut recalled = Vec::new();
    for (seq, generation) in generations {
        let opened = bundle::open(generation.verified(), &identity, None).map_err(|why| RecallError::NotForUs {
            seq,
            asked: (first, second),
            why,
        })?;
        recalled.push(Recalled { seq, created: generation.verified().head().created, team: opened.team });
    }
    let mut recalled = recalled.into_iter();
    match (recalled.next(), recalled.next()) {
        (Some(first), Some(second)) => Ok((first, second)),
        _ => Err(missing(first).map_err(OpenError::Store)?),
    }
}

/// Every kit that is kept here and opens, the oldest first, and the numbers of those that do not open.
///
/// # Errors
/// [`StoreError`] when the folder of the kits cannot be listed.
pub fn all_kept(store: &Store, reader: &Identity) -> Result<(Vec<Recalled>, Vec<u64>), StoreError> {
    let (mut opened, mut closed) = (Vec::new(), Vec::new());
    for seq in store.kept()?.into_iter().rev() {
        let generation = store.numbered(seq)?;
        let team = generation.as_ref().and_then(|it| bundle::open(it.verified(), reader, None).ok());
        match (generation, team) {
            (Some(generation), Some(opened_kit)) => {
                opened.push(Recalled { seq, created: generation.verified().head().created, team: opened_kit.team });
            }
            _ => closed.push(seq),
        }
    }
    Ok((opened, closed))
}
