//! Writing: a new file in the same folder, flushed, read back, then renamed over the old one.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

use super::{DiskError, read::kind};

/// Who may read what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The user alone: files 0600, folders 0700, whatever the umask.
    Private,
    /// As the umask says: for files that a team shares.
    Shared,
}

/// Puts `bytes` at `path` so that a crash at any moment leaves the old file or the new one.
///
/// New temporary in the same folder, write, fsync, read back, rename, fsync the folder (docs/format.md, "Store"). A failed
/// fsync aborts and the temporary is removed; it is never tried again on the same file.
///
/// # Errors
/// [`DiskError`]; the old file is then untouched.
pub fn replace(path: &Path, bytes: &[u8], access: Access) -> Result<(), DiskError> {
    if let Ok(facts) = fs::symlink_metadata(path)
        && !facts.is_file()
    {
        return Err(DiskError::Kind { path: path.to_owned(), found: kind(facts.file_type()), expected: "a file" });
    }
    let temporary = write_beside(path, bytes, access)?;
    temporary.keep_as(path)?;
    sync_folder(folder_of(path))
}

/// Like [`replace`], for a path where nothing stands yet.
///
/// # Errors
/// [`DiskError::Exists`] when something does.
pub fn create_new(path: &Path, bytes: &[u8], access: Access) -> Result<(), DiskError> {
    let temporary = write_beside(path, bytes, access)?;
    // A hard link fails where the name is taken; file systems without links (FAT) are checked by name.
    match fs::hard_link(&temporary.path, path) {
        Ok(()) => {}
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => return Err(DiskError::io(path, e)),
        Err(_) if super::exists(path) => return Err(DiskError::Exists { path: path.to_owned() }),
        Err(_) => temporary.keep_as(path)?,
    }
    sync_folder(folder_of(path))
}

/// Adds `bytes` to the end of a file, made when missing, and flushes it.
///
/// # Errors
/// [`DiskError`]; some of the bytes may then stand at the end.
pub fn append(path: &Path, bytes: &[u8], access: Access) -> Result<(), DiskError> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    let mut file = open(path, options, access)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|e| DiskError::io(path, e))?;
    sync_folder(folder_of(path))
}

/// Makes a folder and those above it. An existing one is fine; a link or file in its place is not.
///
/// # Errors
/// [`DiskError`] with the path and the reason.
pub fn make_dir(path: &Path, access: Access) -> Result<(), DiskError> {
    if let Ok(facts) = fs::metadata(path) {
        if !facts.is_dir() {
            return Err(DiskError::Kind { path: path.to_owned(), found: kind(facts.file_type()), expected: "a folder" });
        }
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        make_dir(parent, access)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    if access == Access::Private {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    match builder.create(path) {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => return Err(DiskError::io(path, e)),
        _ => {}
    }
    sync_folder(folder_of(path))
}

/// Removes one file by its name; missing is fine. Folders are never removed with what is in them.
///
/// # Errors
/// [`DiskError`] when it is there and stays.
pub fn remove(path: &Path) -> Result<(), DiskError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(DiskError::io(path, e)),
        _ => Ok(()),
    }
}

/// A temporary file that is removed unless it gets its name.
struct Temporary {
    path: PathBuf,
}

impl Temporary {
    fn keep_as(&self, path: &Path) -> Result<(), DiskError> {
        fs::rename(&self.path, path).map_err(|e| DiskError::io(path, e))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After keep_as nothing stands there any more.
        let _ = fs::remove_file(&self.path);
    }
}

fn write_beside(path: &Path, bytes: &[u8], access: Access) -> Result<Temporary, DiskError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    let temporary = Temporary { path: folder_of(path).join(temporary_name()) };
    let mut file = open(&temporary.path, options, access)?;
    let fail = |e| DiskError::io(&temporary.path, e);
    file.write_all(bytes).map_err(fail)?;
    file.sync_all().map_err(fail)?;
    file.rewind().map_err(fail)?;
    let mut back = Vec::with_capacity(bytes.len());
    file.read_to_end(&mut back).map_err(fail)?;
    if back != bytes {
        return Err(DiskError::ReadBack { path: path.to_owned() });
    }
    Ok(temporary)
}

/// A name that nobody can foresee, so that nothing can be planted there.
fn temporary_name() -> String {
    use rand_core::RngCore;
    format!(".kit-{:016x}.tmp", rand_core::OsRng.next_u64())
}

fn open(path: &Path, mut options: OpenOptions, access: Access) -> Result<File, DiskError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::CLOEXEC;
        options.custom_flags(i32::try_from(flags.bits()).expect("open flags fit an i32"));
        options.mode(if access == Access::Private { 0o600 } else { 0o666 });
    }
    #[cfg(not(unix))]
    let _ = access;
    options.open(path).map_err(|e| DiskError::io(path, e))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a rename or a new name in a folder survive a power cut.
fn sync_folder(folder: &Path) -> Result<(), DiskError> {
    if cfg!(unix) {
        File::open(folder).and_then(|handle| handle.sync_all()).map_err(|e| DiskError::io(folder, e))?;
    }
    Ok(())
}
