//! A folder or a file as a source: a stick, a mounted share, a directory that something else carries along.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    Bounds, Fetch, Fetched, Inbox, Item, STANDING_CAP_BYTES, Source, SourceError, Version,
    inbox::{FOLDER, ITEM_BYTES_MAX, check_count},
};
use crate::disk::{self, Access, DiskError};

/// What the bundle is called in a folder.
pub const BUNDLE_NAME: &str = "bundle.kit";

/// The ending that makes a path that is not there yet a file; any other becomes a folder.
const BUNDLE_EXTENSION: &str = "kit";

/// The empty file that is locked where the folder itself cannot be.
const LOCK_NAME: &str = ".bundle.kit.lock";

/// How long another publisher on the same machine or share is waited for, in seconds; a publish takes milliseconds.
const LOCK_WAIT_S: u64 = 10;

/// A folder that holds `bundle.kit`, or one file.
///
/// What is there decides which; where nothing is yet, a path that ends in `.kit` is a file and any other a folder, made by
/// the first publish if the folder above it is there. The folder may be a link, the file may not.
#[derive(Debug, Clone)]
pub struct FileSource {
    path: PathBuf,
}

impl FileSource {
    /// The source at an absolute path.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The file that holds the bundle, now or after the first publish.
    pub fn file(&self) -> PathBuf {
        let is_folder = if disk::exists(&self.path) {
            disk::is_folder(&self.path)
        } else {
            self.path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case(BUNDLE_EXTENSION))
        };
        if is_folder { self.path.join(BUNDLE_NAME) } else { self.path.clone() }
    }

    fn read(&self, file: &Path, cap_bytes: u64) -> Result<Option<Fetched>, SourceError> {
        match disk::read(file, cap_bytes) {
            Ok(bytes) => {
                let version = Version::of(&bytes);
                Ok(Some(Fetched { bytes, version }))
            }
            Err(DiskError::Missing { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Where members leave what they send: beside the bundle.
    fn inbox_folder(&self) -> PathBuf {
        let file = self.file();
        file.parent().unwrap_or(&file).join(FOLDER)
    }

    /// Where an item stands. Neither the inbox nor a device's folder in it may be a link: whoever made it would say where on
    /// a member's machine something is written.
    fn item_path(&self, item: &Item) -> Result<PathBuf, SourceError> {
        let path = self.inbox_folder().join(item.to_string());
        check_no_link(&self.inbox_folder())?;
        path.parent().map_or(Ok(()), check_no_link)?;
        Ok(path)
    }

    /// What the disk said to a writer: that nobody may write there is a property of the source.
    fn refused(&self, error: DiskError) -> SourceError {
        let DiskError::Io { source, .. } = &error else { return error.into() };
        let why = match source.kind() {
            io::ErrorKind::ReadOnlyFilesystem => "the disk or share is read-only",
            io::ErrorKind::PermissionDenied => "this user may not write there",
            _ => return error.into(),
        };
        SourceError::ReadOnly { name: self.name(), why: why.to_owned() }
    }

    /// The lock of the folder; a share that knows none keeps nobody apart.
    fn lock(&self, folder: &Path) -> Result<disk::Lock, SourceError> {
        disk::lock_folder(folder, LOCK_NAME, LOCK_WAIT_S).map_err(|error| match &error {
            DiskError::Locked { waited_s, .. } => {
                let why = format!("its folder is locked, and was not free within {waited_s} s");
                SourceError::Busy { name: self.name(), why }
            }
            DiskError::Io { source, .. } if source.kind() == io::ErrorKind::Unsupported || is_no_lock(source) => {
                SourceError::NoCompare { name: self.name(), why: format!("its file system has no locks: {source}") }
            }
            _ => self.refused(error),
        })
    }

    /// Whether the path stands in a folder that is there.
    fn check_reachable(&self) -> Result<(), SourceError> {
        let above = self.path.parent().unwrap_or(&self.path);
        if disk::is_folder(above) { Ok(()) } else { Err(SourceError::Unreachable { name: self.name() }) }
    }
}

impl Source for FileSource {
    fn fetch(&self, known: Option<&Version>, bounds: &Bounds) -> Result<Fetch, SourceError> {
        self.check_reachable()?;
        bounds.step(format!("reads {}", self.file().display()));
        Ok(match self.read(&self.file(), bounds.cap_bytes)? {
            None => Fetch::Nothing,
            Some(fetched) if known == Some(&fetched.version) => Fetch::Unchanged,
            Some(fetched) => Fetch::Bytes(fetched),
        })
    }

    /// Locks the folder, compares, and puts the new file in place of the old one by a rename.
    ///
    /// The lock keeps two publishers of one machine, or of a share that carries locks, apart. Where a share has none, nothing
    /// is published ([`SourceError::NoCompare`]). Where it has them and keeps them from other machines, two who publish
    /// within the same few milliseconds can both pass the comparison; the reading back then tells the loser.
    fn publish(&self, bytes: &[u8], expected: Option<&Version>, _bounds: &Bounds) -> Result<(), SourceError> {
        self.check_reachable()?;
        let file = self.file();
        let folder = file.parent().unwrap_or(&file);
        let refused = |error| self.refused(error);
        disk::make_dir(folder, Access::Shared).map_err(refused)?;
        let _lock = self.lock(folder)?;
        disk::sweep(folder).map_err(refused)?;
        let standing = self.read(&file, STANDING_CAP_BYTES)?.map(|fetched| fetched.version);
        let lost = || SourceError::LostRace { name: self.name() };
        if standing.as_ref() != expected {
            return Err(lost());
        }
        match standing {
            Some(_) => disk::replace(&file, bytes, Access::Shared).map_err(refused)?,
            None => match disk::create_new(&file, bytes, Access::Shared) {
                Err(DiskError::Exists { .. }) => return Err(lost()),
                result => result.map_err(refused)?,
            },
        }
        match self.read(&file, STANDING_CAP_BYTES)? {
            Some(fetched) if fetched.bytes == bytes => Ok(()),
            _ => Err(SourceError::ReadBack { name: self.name() }),
        }
    }

    fn is_there(&self) -> bool {
        disk::exists(&self.path)
    }

    fn inbox(&self) -> Option<&dyn Inbox> {
        Some(self)
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }
}

impl Inbox for FileSource {
    fn put(&self, item: &Item, bytes: &[u8], _bounds: &Bounds) -> Result<(), SourceError> {
        // Only beside a bundle: a folder made where a stick is not plugged in would be an inbox that nobody ever sees.
        if !disk::exists(&self.file()) {
            return Err(SourceError::Unreachable { name: self.name() });
        }
        let path = self.item_path(item)?;
        disk::make_dir(path.parent().unwrap_or(&path), Access::Shared).map_err(|error| self.refused(error))?;
        match disk::create_new(&path, bytes, Access::Shared) {
            Err(DiskError::Exists { .. }) => Ok(()),
            result => result.map_err(|error| self.refused(error)),
        }
    }

    fn list(&self, _bounds: &Bounds) -> Result<Vec<Item>, SourceError> {
        // A stick that is not plugged in has no empty inbox: it has none to look at.
        if !disk::exists(&self.path) {
            return Err(SourceError::Unreachable { name: self.name() });
        }
        let mut items = Vec::new();
        check_no_link(&self.inbox_folder())?;
        for device in listed(&self.inbox_folder())?.iter().filter(|device| check_no_link(device).is_ok()) {
            for path in listed(device)? {
                let name = path.strip_prefix(self.inbox_folder()).ok().and_then(Path::to_str);
                items.extend(name.and_then(|name| name.parse::<Item>().ok()));
                check_count(&items, &self.name())?;
            }
        }
        Ok(items)
    }

    fn take(&self, items: &[Item], _bounds: &Bounds) -> Result<Vec<(Item, Vec<u8>)>, SourceError> {
        let read = |item: &Item| match self.item_path(item).map(|path| disk::read(&path, ITEM_BYTES_MAX)) {
            Ok(Ok(bytes)) if item.is_of(&bytes) => Some(Ok((item.clone(), bytes))),
            // Half of one, or somebody else's: what cannot be whole is not there, and keeps nobody from the others.
            Ok(Ok(_) | Err(DiskError::Missing { .. } | DiskError::Kind { .. } | DiskError::TooLarge { .. })) => None,
            Ok(Err(error)) => Some(Err(error.into())),
            Err(error) => Some(Err(error)),
        };
        items.iter().filter_map(read).collect()
    }
}

fn check_no_link(folder: &Path) -> Result<(), SourceError> {
    if disk::is_link(folder) {
        return Err(DiskError::Kind { path: folder.to_owned(), found: "a link", expected: "a folder" }.into());
    }
    Ok(())
}

/// What systems say where nothing can be locked.
#[cfg(unix)]
fn is_no_lock(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let no_lock = [Errno::NOLCK, Errno::NOSYS, Errno::BADF, Errno::INVAL];
    error.raw_os_error().is_some_and(|raw| no_lock.contains(&Errno::from_raw_os_error(raw)))
}

#[cfg(not(unix))]
fn is_no_lock(_: &io::Error) -> bool {
    false
}

/// What is in a folder; nothing when it is not there, or is no folder.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    if !disk::is_folder(folder) {
        return Ok(Vec::new());
    }
    Ok(disk::entries(folder)?)
}
