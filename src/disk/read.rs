//! Reading: regular files only, up to a cap, through the one descriptor that was looked at.

use std::{
    fs::{self, File, OpenOptions},
    io::Read,
    path::{Path, PathBuf},
};

use super::{DiskError, Guard, private::check_facts};

/// Reads a regular file of at most `cap_bytes`. No link in the last component is followed and no pipe or device waited for.
///
/// # Errors
/// [`DiskError`] with the path and the reason.
pub fn read(path: &Path, cap_bytes: u64) -> Result<Vec<u8>, DiskError> {
    read_checked(path, cap_bytes, None)
}

/// Like [`read`], for a file that must be this user's own and closed to others.
///
/// # Errors
/// [`DiskError`], also [`DiskError::Foreign`], [`DiskError::Exposed`] and [`DiskError::Readable`].
pub fn read_private(path: &Path, cap_bytes: u64, guard: Guard) -> Result<Vec<u8>, DiskError> {
    read_checked(path, cap_bytes, Some(guard))
}

/// Like [`read`], for UTF-8 text.
///
/// # Errors
/// [`DiskError`], also when the bytes are not UTF-8.
pub fn read_to_string(path: &Path, cap_bytes: u64) -> Result<String, DiskError> {
    String::from_utf8(read(path, cap_bytes)?)
        .map_err(|e| DiskError::NotText { path: path.to_owned(), offset: e.utf8_error().valid_up_to() })
}

/// Reads what a user named on the command line: links and pipes are theirs to use, as in `--passphrase-file <(pass show kit)`.
///
/// # Errors
/// [`DiskError`] when it is not there, is a folder, or has more than `cap_bytes`.
pub fn read_given(path: &Path, cap_bytes: u64) -> Result<Vec<u8>, DiskError> {
    let file = File::open(path).map_err(|e| DiskError::io(path, e))?;
    let mut bytes = Vec::new();
    file.take(cap_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| DiskError::io(path, e))?;
    if bytes.len() as u64 > cap_bytes {
        return Err(DiskError::TooLarge { path: path.to_owned(), cap_bytes });
    }
    Ok(bytes)
}

/// Whether anything stands at a path, be it a dangling link.
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether a regular file stands at a path, be it through a link: no pipe, device or folder.
pub fn is_regular(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|facts| facts.is_file())
}

/// Whether a folder stands at a path, be it through a link.
pub fn is_folder(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|facts| facts.is_dir())
}

/// Whether a link stands at a path, wherever it leads.
pub fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|facts| facts.is_symlink())
}

/// How many bytes a file has so far; none while it is not there.
pub fn length(path: &Path) -> u64 {
    fs::symlink_metadata(path).map_or(0, |facts| if facts.is_file() { facts.len() } else { 0 })
}

/// The paths of what is in a folder, sorted.
///
/// # Errors
/// [`DiskError`] when it cannot be listed.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>, DiskError> {
    let listing = fs::read_dir(folder).map_err(|e| DiskError::io(folder, e))?;
    let mut paths =
        listing.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>().map_err(|e| DiskError::io(folder, e))?;
    paths.sort();
    Ok(paths)
}

fn read_checked(path: &Path, cap_bytes: u64, guard: Option<Guard>) -> Result<Vec<u8>, DiskError> {
    let file = open(path)?;
    let facts = file.metadata().map_err(|e| DiskError::io(path, e))?;
    if !facts.is_file() {
        return Err(DiskError::Kind { path: path.to_owned(), found: kind(facts.file_type()), expected: "a file" });
    }
    if let Some(guard) = guard {
        check_facts(path, &facts, guard)?;
    }
    let too_large = || DiskError::TooLarge { path: path.to_owned(), cap_bytes };
    if facts.len() > cap_bytes {
        return Err(too_large());
    }
    // The length is a hint only: what counts is what is read.
    let mut bytes = Vec::with_capacity(usize::try_from(facts.len()).unwrap_or(0));
    file.take(cap_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| DiskError::io(path, e))?;
    if bytes.len() as u64 > cap_bytes {
        return Err(too_large());
    }
    Ok(bytes)
}

#[cfg(unix)]
fn open(path: &Path) -> Result<File, DiskError> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::CLOEXEC;
    let flags = i32::try_from(flags.bits()).expect("open flags fit an i32");
    OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(|e| open_error(path, e))
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<File, DiskError> {
    let facts = fs::symlink_metadata(path).map_err(|e| DiskError::io(path, e))?;
    if !facts.is_file() {
        return Err(DiskError::Kind { path: path.to_owned(), found: kind(facts.file_type()), expected: "a file" });
    }
    OpenOptions::new().read(true).open(path).map_err(|e| open_error(path, e))
}

/// What an open that follows no link and waits for nobody means by its refusal.
pub(super) fn open_error(path: &Path, e: std::io::Error) -> DiskError {
    #[cfg(unix)]
    {
        let found = match e.raw_os_error().map(rustix::io::Errno::from_raw_os_error) {
            Some(rustix::io::Errno::LOOP) => Some("a link"),
            Some(rustix::io::Errno::NXIO) => Some("a device, pipe or socket"),
            Some(rustix::io::Errno::ISDIR) => Some("a folder"),
            _ => None,
        };
        if let Some(found) = found {
            return DiskError::Kind { path: path.to_owned(), found, expected: "a file" };
        }
    }
    DiskError::io(path, e)
}

pub(super) fn kind(file_type: fs::FileType) -> &'static str {
    if file_type.is_dir() {
        "a folder"
    } else if file_type.is_symlink() {
        "a link"
    } else if file_type.is_file() {
        "a file"
    } else {
        "a device, pipe or socket"
    }
}
