//! Scratch folders: for programs that need a place of their own for one errand, in a folder of this user alone.
//!
//! The one thing of kit that is removed with all that is in it, because what a program leaves there has names that nobody
//! knows before. Nobody else can put anything there: the folder around it is checked to be the user's own, and private.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use super::{Access, DiskError, Lock, check_private, lock_folder, make_dir, real, write::random_name};

/// How a scratch folder's name begins.
const PREFIX: &str = "scratch-";
/// What its owner holds locked while it lives; the system lets go of it when the owner dies. No variable is called like that,
/// so no file that is called after one is in its place.
const LIVES: &str = ".lives";
/// The folder's own lock, where folders cannot be locked.
const LOCK_NAME: &str = ".lock";
/// How long others who make or sweep scratch folders are waited for, in seconds; it takes milliseconds.
const LOCK_WAIT_S: u64 = 10;
/// How often removing is tried again: programs that were just killed may write for a moment longer.
const TRIES: u32 = 10;
/// How long is waited between two tries.
const PAUSE: Duration = Duration::from_millis(10);
/// Folders below each other that are looked into: deeper ones are none that a program of kit's makes.
const DEPTH_MAX: usize = 16;

/// A folder that nobody else can look into, removed with all that is in it when dropped.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    _lives: Option<Lock>,
}

impl Scratch {
    /// Makes one below `folder`, which is made when missing, and sweeps what killed owners left there.
    ///
    /// # Errors
    /// [`DiskError`], also when others may write to `folder`.
    pub fn new(folder: &Path) -> Result<Self, DiskError> {
        make_dir(folder, Access::Private)?;
        // Programs run in it, so its path has to mean the same from anywhere.
        let folder = real(folder)?;
        // Nobody sweeps between the folder's making and the lock in it.
        let _lock = lock_folder(&folder, LOCK_NAME, LOCK_WAIT_S)?;
        sweep(&folder)?;
        let path = folder.join(format!("{PREFIX}{}", random_name(&folder)?));
        make_dir(&path, Access::Private)?;
        let mut scratch = Self { path, _lives: None };
        scratch._lives = Some(super::lock(&scratch.path.join(LIVES), 0)?);
        Ok(scratch)
    }

    /// Where it is: absolute, with no link in it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes the files in it have at this moment, while programs write there.
    pub fn bytes(&self) -> u64 {
        bytes_below(&self.path, DEPTH_MAX)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Removes what killed owners left below `folder`; where there is no such folder, or it is not this user's own, nothing.
///
/// # Errors
/// [`DiskError`] when it cannot be looked at.
pub fn sweep_scratch(folder: &Path) -> Result<(), DiskError> {
    if !has_some(folder) {
        return Ok(());
    }
    let _lock = lock_folder(folder, LOCK_NAME, LOCK_WAIT_S)?;
    sweep(folder)
}

/// How many scratch folders below `folder` have an owner who was killed; none while somebody makes or sweeps some. Nothing is
/// changed.
pub fn left_behind(folder: &Path) -> usize {
    let lock = Some(folder).filter(|folder| has_some(folder)).and_then(|folder| lock_folder(folder, LOCK_NAME, 0).ok());
    let paths = lock.as_ref().and_then(|_| super::entries(folder).ok()).unwrap_or_default();
    paths.iter().filter(|path| is_left(path)).count()
}

/// Whether a folder is this user's own and has scratch folders in it.
fn has_some(folder: &Path) -> bool {
    check_private(folder).is_ok() && super::entries(folder).is_ok_and(|paths| paths.iter().any(|path| is_scratch(path)))
}

/// A folder of this user's for scratch folders that never stand on a disk, where the system has memory for that. It may not be
/// there yet.
#[cfg(target_os = "linux")]
pub fn memory() -> Option<PathBuf> {
    const MEMORY: &str = "/dev/shm";
    const TMPFS_MAGIC: i64 = 0x0102_1994;
    let facts = rustix::fs::statfs(MEMORY).ok()?;
    #[allow(clippy::useless_conversion, reason = "its width differs from one architecture to the next")]
    let is_memory = i64::try_from(facts.f_type).is_ok_and(|kind| kind == TMPFS_MAGIC);
    is_memory.then(|| Path::new(MEMORY).join(format!("outage-kit-{}", rustix::process::geteuid().as_raw())))
}

/// Elsewhere there is no such place that every user has.
#[cfg(not(target_os = "linux"))]
pub fn memory() -> Option<PathBuf> {
    None
}

fn bytes_below(folder: &Path, depth: usize) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(facts) if facts.is_dir() && depth > 0 => bytes_below(&entry.path(), depth - 1),
        Ok(facts) if facts.is_file() => facts.len(),
        _ => 0, // gone meanwhile
    };
    entries.flatten().map(size).fold(0, u64::saturating_add)
}

/// Removes the scratch folders whose owners are dead. What cannot be removed now is tried again next time.
fn sweep(folder: &Path) -> Result<(), DiskError> {
    for path in super::entries(folder)? {
        if is_left(&path) {
            remove(&path);
        }
    }
    Ok(())
}

/// Whether a path is that of a scratch folder whose owner is dead.
fn is_left(path: &Path) -> bool {
    is_scratch(path) && !lives(path)
}

fn is_scratch(path: &Path) -> bool {
    let is_called_so = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(PREFIX));
    is_called_so && fs::symlink_metadata(path).is_ok_and(|facts| facts.is_dir())
}

fn lives(scratch: &Path) -> bool {
    let Ok(file) = File::open(scratch.join(LIVES)) else { return false };
    file.try_lock().is_err()
}

/// Follows no link: `remove_dir_all` opens each folder from the one above it and refuses links.
fn remove(path: &Path) {
    for _ in 0..TRIES {
        match fs::remove_dir_all(path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => thread::sleep(PAUSE),
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_with_its_owner_and_takes_no_link_along() {
        let world = tempfile::tempdir().unwrap();
        let folder = world.path().join("kit/scratch");
        fs::write(world.path().join("mine"), "dear").unwrap();
        let first = Scratch::new(&folder).unwrap();
        let second = Scratch::new(&folder).unwrap();
        assert!(first.path().is_dir() && second.path().is_dir(), "those that live are not swept");
        fs::create_dir_all(first.path().join("a/b")).unwrap();
        fs::write(first.path().join("a/b/c"), "123").unwrap();
        assert!((3..100).contains(&first.bytes()), "{}", first.bytes());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(world.path(), first.path().join("link")).unwrap();
            std::os::unix::fs::symlink(world.path().join("mine"), first.path().join("a/link")).unwrap();
        }
        drop((first, second));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        assert_eq!(fs::read(world.path().join("mine")).unwrap(), b"dear");
    }

    #[test]
    fn what_the_dead_left_is_swept_and_nothing_else() {
        let world = tempfile::tempdir().unwrap();
        let folder = world.path().join("scratch");
        make_dir(&folder, Access::Private).unwrap();
        for name in ["scratch-0123456789abcdef", "scratch-0", "other"] {
            fs::create_dir_all(folder.join(name).join("deep/er")).unwrap();
            fs::write(folder.join(name).join(LIVES), "1").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(world.path(), folder.join("scratch-link")).unwrap();
        let scratch = Scratch::new(&folder).unwrap();
        assert!(!folder.join("scratch-0").exists() && !folder.join("scratch-0123456789abcdef").exists());
        assert!(folder.join("other/deep/er").exists());
        #[cfg(unix)]
        assert!(fs::symlink_metadata(folder.join("scratch-link")).is_ok() && world.path().is_dir());
        drop(scratch);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_write_to_is_none_for_scratch() {
        use std::os::unix::fs::PermissionsExt;
        let world = tempfile::tempdir().unwrap();
        let folder = world.path().join("scratch");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(Scratch::new(&folder), Err(DiskError::Exposed { .. })));
    }
}
