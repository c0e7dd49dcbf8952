//! Where bundles come from and go to: bytes only. A source can withhold, never change what a member believes.
//!
//! Nothing here knows what a bundle is, checks a signature, or decides which of two bundles is newer.

mod address;
mod file;

use std::fmt;

use sha2::{Digest, Sha256};

use crate::disk::DiskError;

pub use address::Address;
pub use file::{BUNDLE_NAME, FileSource};

/// One place that holds at most one bundle.
pub trait Source: Send + Sync {
    /// Reads what is published, at most `cap_bytes` of it; [`None`] when nothing is published there yet.
    ///
    /// # Errors
    /// [`SourceError`] when the source cannot be reached, is no such thing, or holds more than the cap.
    fn fetch(&self, cap_bytes: u64) -> Result<Option<Fetched>, SourceError>;

    /// Publishes `bytes` if the source still holds what `expected` stands for ([`None`]: nothing). Whoever reads at the
    /// same time gets the old bytes or the new ones, whole.
    ///
    /// # Errors
    /// [`SourceError::LostRace`] when somebody else published meanwhile; the source then keeps theirs.
    fn publish(&self, bytes: &[u8], expected: Option<&Version>) -> Result<(), SourceError>;

    /// What to call it in messages: the address.
    fn name(&self) -> String;
}

/// What a source held at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The bytes, not yet checked by anybody.
    pub bytes: Vec<u8>,
    /// What to expect there when publishing over it.
    pub version: Version,
}

/// Which bytes a source held: equal while nobody published. Its text means something to its own source only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(String);

impl Version {
    /// For sources without a notion of their own: the SHA-256 of the bytes.
    fn of(bytes: &[u8]) -> Self {
        Self(data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a source did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A kind of address that this version does not know. What was written is not repeated: it may hold a password.
    #[error("{scheme} sources are not supported yet. Use a folder or file: a path, or file:///path")]
    Unsupported {
        /// Its kind.
        scheme: String,
    },
    /// An address that cannot be read.
    #[error("{text}: {why}. Use a folder or file: a path, or file:///path")]
    Address {
        /// What was written.
        text: String,
        /// Which rule it breaks.
        why: &'static str,
    },
    /// Neither the place nor the folder it would stand in is there: a stick that is not plugged in, a share not mounted.
    #[error("{name}: not there. Is the stick plugged in, the share mounted?")]
    Unreachable {
        /// The source.
        name: String,
    },
    /// Somebody else published meanwhile.
    #[error("{name}: somebody else published meanwhile, so nothing was sent")]
    LostRace {
        /// The source.
        name: String,
    },
    /// What was read after publishing is not what was sent.
    #[error("{name}: holds something else than was just published there")]
    ReadBack {
        /// The source.
        name: String,
    },
    /// A file of the source could not be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
}
