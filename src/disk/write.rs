//! Writing: a new file in the same folder, flushed, read back, then renamed over the old one.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

use super::{
    DiskError, Guard,
    private::check_facts,
    read::{kind, open_error},
};

/// How a temporary's name begins and ends; between them stand 64 random bits.
const TEMPORARY: (&str, &str) = (".kit-", ".tmp");

/// Who may read what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The user alone: files 0600, folders 0700, whatever the umask.
    Private,
    /// As the umask says, or as the replaced file was: for files that a team shares, also where there are no modes (FAT).
    Shared,
}

/// Puts `bytes` at `path` so that a crash at any moment leaves the old file or the new one.
///
/// New temporary in the same folder, write, fsync, read back, rename, fsync the folder (docs/format.md, "Store"). A failed
/// fsync aborts and the temporary is removed; it is never tried again on the same file.
///
/// # Errors
/// [`DiskError`]; the old file is then untouched, except when only the last step, the folder's fsync, failed.
pub fn replace(path: &Path, bytes: &[u8], access: Access) -> Result<(), DiskError> {
    let standing = match fs::symlink_metadata(path) {
        Ok(facts) if facts.is_file() => Some(facts),
        Ok(facts) => {
            return Err(DiskError::Kind { path: path.to_owned(), found: kind(facts.file_type()), expected: "a file" });
        }
        Err(_) => None,
    };
    let folder = Folder::open(path)?;
    write_beside(path, bytes, access, standing.as_ref())?.rename(path)?;
    folder.sync()
}

/// Like [`replace`], for a path where nothing stands yet.
///
/// # Errors
/// [`DiskError::Exists`] when something does.
pub fn create_new(path: &Path, bytes: &[u8], access: Access) -> Result<(), DiskError> {
    let folder = Folder::open(path)?;
    write_beside(path, bytes, access, None)?.rename_new(path)?;
    folder.sync()
}

/// Adds `bytes` to the end of a file, made when missing, and flushes it.
///
/// # Errors
/// [`DiskError`]; some of the bytes may then stand at the end.
pub fn append(path: &Path, bytes: &[u8], access: Access) -> Result<(), DiskError> {
    let folder = Folder::open(path)?;
    let is_new = !super::exists(path);
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    let mut file = open(path, options, access)?;
    let facts = file.metadata().map_err(|e| DiskError::io(path, e))?;
    if !facts.is_file() {
        return Err(DiskError::Kind { path: path.to_owned(), found: kind(facts.file_type()), expected: "a file" });
    }
    if is_new {
        set_access(&file, access, None).map_err(|e| DiskError::io(path, e))?;
    }
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|e| DiskError::io(path, e))?;
    folder.sync()
}

/// Makes a folder and those above it. An existing folder is fine, if it is private where that is asked; a link to a folder
/// is fine only for [`Access::Shared`]; anything else in its place is not.
///
/// # Errors
/// [`DiskError`] with the path and the reason.
pub fn make_dir(path: &Path, access: Access) -> Result<(), DiskError> {
    let standing = match access {
        Access::Private => fs::symlink_metadata(path),
        Access::Shared => fs::metadata(path),
    };
    if let Ok(facts) = standing {
        return check_folder(path, &facts, access);
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty())
        && !super::is_folder(parent)
    {
        make_dir(parent, access)?;
    }
    let folder = Folder::open(path)?;
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    if access == Access::Private {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    match builder.create(path) {
        Ok(()) => set_private_folder(path, access)?,
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            // Made by another process meanwhile, or a link to nowhere.
            let facts = fs::symlink_metadata(path).map_err(|e| DiskError::io(path, e))?;
            return check_folder(path, &facts, access);
        }
        Err(e) => return Err(DiskError::io(path, e)),
    }
    folder.sync()
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

/// Removes a folder that has nothing in it; one that has, or is missing, stays as it is.
///
/// # Errors
/// [`DiskError`] when it is there and stays.
pub fn remove_empty(folder: &Path) -> Result<(), DiskError> {
    match fs::remove_dir(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(DiskError::io(folder, e)),
        _ => Ok(()),
    }
}

/// Removes the temporaries that killed writers left in a folder. Only for whoever holds the folder's lock.
///
/// # Errors
/// [`DiskError`] when the folder cannot be listed or one stays.
pub fn sweep(folder: &Path) -> Result<(), DiskError> {
    for path in super::entries(folder)? {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        if name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1) {
            remove(&path)?;
        }
    }
    Ok(())
}

/// A temporary file that is removed unless it gets its name.
struct Temporary {
    path: PathBuf,
    is_named: bool,
}

impl Temporary {
    fn rename(mut self, path: &Path) -> Result<(), DiskError> {
        fs::rename(&self.path, path).map_err(|e| DiskError::io(path, e))?;
        self.is_named = true;
        Ok(())
    }

    /// Gives the name only if it is free: at once where the system can, by a hard link where it can do that, and else (FAT
    /// on an old system) after a look.
    fn rename_new(mut self, path: &Path) -> Result<(), DiskError> {
        #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
        {
            use rustix::fs::{CWD, RenameFlags, renameat_with};
            match renameat_with(CWD, &self.path, CWD, path, RenameFlags::NOREPLACE) {
                Ok(()) => {
                    self.is_named = true;
                    return Ok(());
                }
                Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => {}
                Err(e) => return Err(DiskError::io(path, e)),
            }
        }
        match fs::hard_link(&self.path, path) {
            Ok(()) => Ok(()),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Err(DiskError::io(path, e)),
            Err(_) if super::exists(path) => Err(DiskError::Exists { path: path.to_owned() }),
            Err(_) => {
                fs::rename(&self.path, path).map_err(|e| DiskError::io(path, e))?;
                self.is_named = true;
                Ok(())
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_named {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The folder a path stands in, opened before anything is written, so that its fsync cannot fail for want of a descriptor.
pub(super) struct Folder<'a> {
    path: &'a Path,
    #[cfg(unix)]
    handle: File,
}

impl<'a> Folder<'a> {
    pub(super) fn open(path: &'a Path) -> Result<Self, DiskError> {
        let path = folder_of(path);
        #[cfg(unix)]
        let handle = File::open(path).map_err(|e| DiskError::io(path, e))?;
        Ok(Self {
            path,
            #[cfg(unix)]
            handle,
        })
    }

    /// Makes a rename or a new name in the folder survive a power cut.
    pub(super) fn sync(self) -> Result<(), DiskError> {
        #[cfg(unix)]
        match self.handle.sync_all() {
            Ok(()) => {}
            // Some network and FUSE file systems have no such thing for folders.
            Err(e) if matches!(e.kind(), std::io::ErrorKind::InvalidInput | std::io::ErrorKind::Unsupported) => {}
            Err(e) => return Err(DiskError::io(self.path, e)),
        }
        let _ = self.path;
        Ok(())
    }
}

fn write_beside(path: &Path, bytes: &[u8], access: Access, standing: Option<&Metadata>) -> Result<Temporary, DiskError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    let beside = folder_of(path).join(temporary_name(path)?);
    let mut file = open(&beside, options, access)?;
    let temporary = Temporary { path: beside, is_named: false };
    let fail = |e| DiskError::io(path, e);
    set_access(&file, access, standing).map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    file.sync_all().map_err(fail)?;
    file.rewind().map_err(fail)?;
    // Wiped: it may be a key.
    let mut back = zeroize::Zeroizing::new(Vec::with_capacity(bytes.len()));
    file.read_to_end(&mut back).map_err(fail)?;
    if back.as_slice() != bytes {
        return Err(DiskError::ReadBack { path: path.to_owned() });
    }
    Ok(temporary)
}

fn temporary_name(path: &Path) -> Result<String, DiskError> {
    Ok(format!("{}{}{}", TEMPORARY.0, random_name(path)?, TEMPORARY.1))
}

/// A name that nobody can foresee, so that nothing can be planted there.
pub(super) fn random_name(path: &Path) -> Result<String, DiskError> {
    use rand_core::RngCore;
    let mut random = [0; 8];
    rand_core::OsRng.try_fill_bytes(&mut random).map_err(|_| DiskError::NoRandom { path: path.to_owned() })?;
    Ok(format!("{:016x}", u64::from_le_bytes(random)))
}

pub(super) fn open(path: &Path, mut options: OpenOptions, access: Access) -> Result<File, DiskError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::CLOEXEC;
        options.custom_flags(i32::try_from(flags.bits()).expect("open flags fit an i32"));
        options.mode(if access == Access::Private { 0o600 } else { 0o666 });
    }
    #[cfg(not(unix))]
    let _ = access;
    options.open(path).map_err(|e| open_error(path, e))
}

/// A umask can only take rights away, be it the owner's own; and a shared file keeps the rights its forerunner had.
#[cfg(unix)]
pub(super) fn set_access(file: &File, access: Access, standing: Option<&Metadata>) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let mode = file.metadata()?.mode() & 0o777;
    match (access, standing) {
        (Access::Private, _) if mode != 0o600 => file.set_permissions(fs::Permissions::from_mode(0o600)),
        (Access::Shared, Some(standing)) if mode != standing.mode() & 0o777 => {
            // FAT and shares of other owners refuse; the bytes matter more than the mode.
            let _ = file.set_permissions(fs::Permissions::from_mode(standing.mode() & 0o777));
            Ok(())
        }
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
pub(super) fn set_access(_: &File, _: Access, _: Option<&Metadata>) -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn set_private_folder(path: &Path, access: Access) -> Result<(), DiskError> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let facts = fs::symlink_metadata(path).map_err(|e| DiskError::io(path, e))?;
    if access == Access::Private && facts.is_dir() && facts.mode() & 0o777 != 0o700 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(|e| DiskError::io(path, e))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn set_private_folder(_: &Path, _: Access) -> Result<(), DiskError> {
    Ok(())
}

fn check_folder(path: &Path, facts: &Metadata, access: Access) -> Result<(), DiskError> {
    if !facts.is_dir() {
        return Err(DiskError::Kind { path: path.to_owned(), found: kind(facts.file_type()), expected: "a folder" });
    }
    match access {
        Access::Private => check_facts(path, facts, Guard::Unwritable),
        Access::Shared => Ok(()),
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
