//! Carry: the kit of this machine, byte for byte, into a file for somebody to take along by hand.
//!
//! Needs no key. What it lands on is replaced only by a newer one of the same kit.

use std::path::PathBuf;

use crate::{
    bundle::{Verified, limits::BUNDLE_BYTES_MAX},
    source::{Bounds, Fetch, Fetched, FileSource, Source, SourceError},
    store::{Order, Store, StoreError},
};

/// What was carried where.
#[derive(Debug)]
pub struct Carried {
    /// The file.
    pub file: PathBuf,
    /// What is in it now.
    pub verified: Verified,
    /// What stood there before.
    pub before: Before,
}

/// What stood there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// Nothing.
    Nothing,
    /// The same, so nothing was written.
    Same,
    /// An older one of the same kit.
    Older {
        /// Its number.
        seq: u64,
    },
    /// Something else, which was to be overwritten all the same.
    Overwritten,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// The kit of this machine cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The place cannot be read or written.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// What stands there is newer than what is here.
    #[error("{file} holds kit {seq}, which is newer than kit {here} on this machine")]
    Newer {
        /// Where.
        file: PathBuf,
        /// Its number.
        seq: u64,
        /// The number of the one here.
        here: u64,
    },
    /// What stands there is no generation of this kit, or parts from it.
    #[error("{file} is there already, and is {what}")]
    Other {
        /// Where.
        file: PathBuf,
        /// What it is instead.
        what: &'static str,
    },
}

/// Writes the current generation into a folder (as `bundle.kit`) or a file. `path` is absolute; with `overwrites`, whatever
/// file stands there is overwritten.
///
/// # Errors
/// [`CarryError`]; what stood there still does.
pub fn carry(store: &Store, path: PathBuf, overwrites: bool) -> Result<Carried, CarryError> {
    let generation = store.current()?;
    let verified = generation.verified().clone();
    let source = FileSource::new(path);
    let file = source.file();
    let bounds = Bounds::of(BUNDLE_BYTES_MAX as u64);
    let standing = match source.fetch(None, &bounds)? {
        Fetch::Bytes(fetched) => Some(fetched),
        Fetch::Nothing | Fetch::Unchanged => None,
    };
    let before = match &standing {
        None => Before::Nothing,
        Some(standing) if standing.bytes == verified.bytes() => return Ok(Carried { file, verified, before: Before::Same }),
        Some(_) if overwrites => Before::Overwritten,
        Some(standing) => older(store, &verified, standing, &file)?,
    };
    source.publish(verified.bytes(), standing.map(|standing| standing.version).as_ref(), &bounds)?;
    Ok(Carried { file, verified, before })
}

/// What stands there, if it is an older generation of the same kit.
fn older(store: &Store, here: &Verified, standing: &Fetched, file: &std::path::Path) -> Result<Before, CarryError> {
    let other = |what| Err(CarryError::Other { file: file.to_owned(), what });
    let Ok(there) = store.verify(standing.bytes.clone()) else { return other("no kit of this team, or is damaged") };
    let seq = there.seq();
    match store.order(&there)? {
        Order::Older => Ok(Before::Older { seq }),
        // The state may be ahead of what answers: then the one that answers is what is carried.
        Order::First | Order::Newer | Order::Same if seq < here.seq() => Ok(Before::Older { seq }),
        Order::First | Order::Newer | Order::Same => Err(CarryError::Newer { file: file.to_owned(), seq, here: here.seq() }),
        Order::Fork | Order::RootFork => other("another kit with the same number or other roots"),
    }
}
