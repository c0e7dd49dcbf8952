//! Where bundles come from and go to: bytes only. A source can withhold, never change what a member believes.
//!
//! Nothing here knows what a bundle is, checks a signature, or decides which of two bundles is newer.
//!
//! ```text
//! text ─parse─> Address ─source─> dyn Source ─fetch─> bytes, or that nothing changed
//!                                      └─publish─> compare and swap          └─inbox─> what members send
//! ```
//!
//! | part | is |
//! |---|---|
//! | `address`, `url` | addresses as people write them |
//! | `bounds`, `together` | how long and how much; several sources side by side |
//! | `outside` | what a source may know of this machine |
//! | `credential` | who this machine is to a source, from the user's own files and commands |
//! | `file`, `git`, `web`, `object`, `sftp` | the kinds |
//! | `wire` | HTTP within bounds, below `web` and `object` |
//! | `ssh` | what ssh may not do, below `git` and `sftp` |
//! | `inbox` | what members send back: items that are created once |

mod address;
mod bounds;
mod credential;
mod error;
mod file;
mod git;
mod inbox;
mod object;
mod outside;
mod sftp;
mod ssh;
mod together;
mod url;
mod web;
mod wire;

use std::fmt;

use sha2::{Digest, Sha256};

pub use address::Address;
pub use bounds::{Bounds, Progress, Watch};
pub use credential::{AwsKeys, CredentialCommand, Credentials};
pub use error::{SourceError, named, unnamed};
pub use file::{BUNDLE_NAME, FileSource};
pub use inbox::{Inbox, Item, ItemError};
pub use outside::Outside;
pub use together::{Answer, Job, PATIENCE, side_by_side};

/// Most bytes read to learn what stands there before publishing over it: the cap of a bundle (docs/format.md, "Limits").
const STANDING_CAP_BYTES: u64 = 64 << 20;

/// One place that holds at most one bundle.
pub trait Source: Send + Sync {
    /// Reads what is published, at most [`Bounds::cap_bytes`] of it. With `known`, which this source gave with bytes that the
    /// caller still has, it says [`Fetch::Unchanged`] when it holds the same, in one request.
    ///
    /// # Errors
    /// [`SourceError`] when the source cannot be reached, is no such thing, or holds more than the cap.
    fn fetch(&self, known: Option<&Version>, bounds: &Bounds) -> Result<Fetch, SourceError>;

    /// Publishes `bytes` if the source still holds what `expected` stands for ([`None`]: nothing). Whoever reads at the
    /// same time gets the old bytes or the new ones, whole. What is read back is what was sent.
    ///
    /// # Errors
    /// [`SourceError::LostRace`] when somebody else published meanwhile; the source then keeps theirs.
    fn publish(&self, bytes: &[u8], expected: Option<&Version>, bounds: &Bounds) -> Result<(), SourceError>;

    /// Where members leave what they send; [`None`] for a source that is read only by its kind.
    fn inbox(&self) -> Option<&dyn Inbox>;

    /// Whether the place itself is there, whatever it holds: a stick that is not plugged in is no empty stick. Asked only where
    /// nothing is published, and of places that can be looked at.
    fn is_there(&self) -> bool {
        true
    }

    /// What to call it in messages: the address, without secrets.
    fn name(&self) -> String;
}

/// What asking a source gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetch {
    /// Nothing is published there yet.
    Nothing,
    /// What the caller has already.
    Unchanged,
    /// Bytes.
    Bytes(Fetched),
}

/// What a source held at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The bytes, not yet checked by anybody.
    pub bytes: Vec<u8>,
    /// What to expect there when publishing over it, and to say when asking again.
    pub version: Version,
}

/// Which bytes a source held: equal while nobody published. Its text means something to its own source only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(String);

impl Version {
    /// Longest text of a version, in bytes: an entity tag is shorter.
    pub const BYTES_MAX: usize = 512;

    /// One that was remembered, or that a source's own protocol gives (an entity tag, a commit).
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For sources without a notion of their own: the SHA-256 of the bytes.
    fn of(bytes: &[u8]) -> Self {
        Self(data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)))
    }

    /// Its text, to be remembered.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Fetch {
    /// The bytes; [`None`] when nothing is published. For callers that asked without a known version.
    pub fn into_fetched(self) -> Option<Fetched> {
        match self {
            Self::Bytes(fetched) => Some(fetched),
            Self::Nothing | Self::Unchanged => None,
        }
    }
}
