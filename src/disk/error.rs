//! Why a file could not be read or written, in words that say what to do.

use std::{
    io,
    path::{Path, PathBuf},
};

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
    #[error("{path}: other users may write to it. Mend: chmod go-w {}", pasteable(path))]
    Exposed {
        /// Where.
        path: PathBuf,
    },
    /// Others may read what only the user should.
    #[error("{path}: other users may read it. Mend: chmod go-rwx {}", pasteable(path))]
    Readable {
        /// Where.
        path: PathBuf,
    },
    /// Belongs to somebody else.
    #[error("{path}: belongs to another user (uid {uid}). Run kit as that user, or name another place with KIT_HOME")]
    Foreign {
        /// Where.
        path: PathBuf,
        /// The owner.
        uid: u32,
    },
    /// What was read back is not what was written.
    #[error("{path}: reads back differently from what was written: the disk may be failing")]
    ReadBack {
        /// Where.
        path: PathBuf,
    },
    /// Another process holds the lock.
    #[error("{path}: another kit is writing{} (waited {waited_s} s)", process(*holder))]
    Locked {
        /// The lock.
        path: PathBuf,
        /// Seconds waited.
        waited_s: u64,
        /// The process that said it holds the lock.
        holder: Option<u32>,
    },
    /// The system gave no random bytes for a name that nobody can foresee.
    #[error("{path}: the system gives no random bytes, so nothing was written")]
    NoRandom {
        /// What was to be written.
        path: PathBuf,
    },
    /// The system's own reason.
    #[error("{path}: {}", plain(source))]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl DiskError {
    pub(super) fn io(path: &Path, source: impl Into<io::Error>) -> Self {
        let (path, source) = (path.to_owned(), source.into());
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { path },
            io::ErrorKind::AlreadyExists => Self::Exists { path },
            _ => Self::Io { path, source },
        }
    }

    /// The path it is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::Missing { path }
            | Self::Exists { path }
            | Self::Kind { path, .. }
            | Self::TooLarge { path, .. }
            | Self::NotText { path, .. }
            | Self::Exposed { path }
            | Self::Readable { path }
            | Self::Foreign { path, .. }
            | Self::ReadBack { path }
            | Self::Locked { path, .. }
            | Self::NoRandom { path }
            | Self::Io { path, .. } => path,
        }
    }
}

fn plain(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::QuotaExceeded => "the disk quota is used up".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not do that here".to_owned(),
        _ => source.to_string(),
    }
}

fn process(holder: Option<u32>) -> String {
    holder.map(|pid| format!(": process {pid}")).unwrap_or_default()
}

/// A path as one word of a shell command.
fn pasteable(path: &Path) -> String {
    let text = path.display().to_string();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-+".contains(&b)) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_pasted_whatever_the_path() {
        assert_eq!(pasteable(Path::new("/home/a/kit")), "/home/a/kit");
        assert_eq!(pasteable(Path::new("/home/a b/it's")), r"'/home/a b/it'\''s'");
    }

    #[test]
    fn a_taken_lock_names_the_process_when_it_is_known() {
        let locked = |holder| DiskError::Locked { path: "l".into(), waited_s: 5, holder }.to_string();
        assert_eq!(locked(Some(7)), "l: another kit is writing: process 7 (waited 5 s)");
        assert_eq!(locked(None), "l: another kit is writing (waited 5 s)");
    }
}
