//! The one place that reads and writes files: no link followed, nothing half written, private unless asked otherwise.
//!
//! Everything above passes bytes and paths; nothing above opens a file by itself (`clippy.toml` refuses it).

#![expect(clippy::disallowed_methods, reason = "the one place that opens files")]

mod lock;
mod read;
mod walk;
mod write;

use std::{io, path::PathBuf};

pub use lock::{Lock, lock};
pub use read::{entries, exists, read, read_to_string};
pub use walk::{Tree, walk};
pub use write::{Access, append, create_new, make_dir, remove, replace};

/// Why a file could not be read or written; each names the path.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// Nothing is there.
    #[error("{path}: no such file or folder")]
    Missing {
        /// Where.
        path: PathBuf,
    },
    /// Something is there already and must not be overwritten.
    #[error("{path}: is there already")]
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// A link, device, socket, pipe or folder where a regular file belongs, or the other way round.
    #[error("{path}: is {found}, not {expected}")]
    Kind {
        /// Where.
        path: PathBuf,
        /// What it is.
        found: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
    /// More bytes than the cap.
    #[error("{path}: is larger than {cap_bytes} bytes")]
    TooLarge {
        /// Where.
        path: PathBuf,
        /// The most that is read.
        cap_bytes: u64,
    },
    /// Bytes that are not UTF-8 where text belongs.
    #[error("{path}: is not UTF-8 text (byte {offset})")]
    NotText {
        /// Where.
        path: PathBuf,
        /// Offset of the first bad byte.
        offset: usize,
    },
    /// Others may write here, so nothing here can be trusted.
    #[error("{path}: other users may write to it")]
    Exposed {
        /// Where.
        path: PathBuf,
    },
    /// Belongs to somebody else.
    #[error("{path}: belongs to another user (uid {uid})")]
    Foreign {
        /// Where.
        path: PathBuf,
        /// The owner.
        uid: u32,
    },
    /// What was read back is not what was written.
    #[error("{path}: reads back differently from what was written")]
    ReadBack {
        /// Where.
        path: PathBuf,
    },
    /// Another process holds the lock.
    #[error("{path}: another kit is writing (waited {waited_s} s)")]
    Locked {
        /// The lock.
        path: PathBuf,
        /// Seconds waited.
        waited_s: u64,
    },
    /// The system's own reason.
    #[error("{path}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl DiskError {
    fn io(path: &std::path::Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { path },
            io::ErrorKind::AlreadyExists => Self::Exists { path },
            _ => Self::Io { path, source },
        }
    }
}
