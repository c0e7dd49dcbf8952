//! What only this user may change: owner and mode of folders and files, looked at before anything in them is believed.
//!
//! Where the system has no owners and modes, nothing is refused here: the folder's own place has to protect it.

use std::{
    fs::{self, Metadata},
    path::{Path, PathBuf},
};

use super::{DiskError, read::kind};

/// What others must not be able to do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Write: enough for what is public or sealed.
    Unwritable,
    /// Read or write: for keys.
    Unreadable,
}

/// Refuses a folder that is a link, belongs to another user, or that others may write to.
///
/// A sticky bit does not help: others could still add files. The folder above is not looked at; whoever can rename this
/// one away can only put one of their own in its place, which is then refused as theirs.
///
/// # Errors
/// [`DiskError::Missing`], [`DiskError::Kind`], [`DiskError::Foreign`] or [`DiskError::Exposed`].
pub fn check_private(folder: &Path) -> Result<(), DiskError> {
    let facts = fs::symlink_metadata(folder).map_err(|e| DiskError::io(folder, e))?;
    if !facts.is_dir() {
        return Err(DiskError::Kind { path: folder.to_owned(), found: kind(facts.file_type()), expected: "a folder" });
    }
    check_facts(folder, &facts, Guard::Unwritable)
}

/// The path with every link in it followed, for the one folder that users may place by a link: their home of kits.
///
/// # Errors
/// [`DiskError::Missing`] when nothing is there.
pub fn real(path: &Path) -> Result<PathBuf, DiskError> {
    fs::canonicalize(path).map_err(|e| DiskError::io(path, e))
}

/// Whether other users of this machine may read a file, as far as its mode says.
#[cfg(unix)]
pub fn others_may_read(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).is_ok_and(|facts| facts.is_file() && facts.mode() & 0o044 != 0)
}

/// Whether other users of this machine may read a file: here nothing says so.
#[cfg(not(unix))]
pub fn others_may_read(_: &Path) -> bool {
    false
}

#[cfg(unix)]
pub(super) fn check_facts(path: &Path, facts: &Metadata, guard: Guard) -> Result<(), DiskError> {
    use std::os::unix::fs::MetadataExt;
    let path = || path.to_owned();
    if facts.uid() != rustix::process::geteuid().as_raw() {
        return Err(DiskError::Foreign { path: path(), uid: facts.uid() });
    }
    if facts.mode() & 0o022 != 0 {
        return Err(DiskError::Exposed { path: path() });
    }
    if guard == Guard::Unreadable && facts.mode() & 0o077 != 0 {
        return Err(DiskError::Readable { path: path() });
    }
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn check_facts(_: &Path, _: &Metadata, _: Guard) -> Result<(), DiskError> {
    Ok(())
}
