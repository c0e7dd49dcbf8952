//! One writer at a time: an advisory lock that the system releases when its holder dies.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
    time::Duration,
};

use super::{Access, DiskError, read::kind};

/// How often a taken lock is tried again.
const RETRY_EVERY: Duration = Duration::from_millis(50);

/// Longest process number that is read from a lock file, in bytes.
const HOLDER_BYTES_MAX: u64 = 16;

/// A held lock; dropping it lets the next one in.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Takes the lock at `path` (a private file that is made when missing and stays), waiting about `wait_s` seconds.
///
/// The file holds the holder's process number: only to be named to whoever waits, never to decide anything.
///
/// # Errors
/// [`DiskError::Locked`] when another process still holds it.
pub fn lock(path: &Path, wait_s: u64) -> Result<Lock, DiskError> {
    let mut file = open(path, Access::Private)?;
    super::write::set_access(&file, Access::Private, None).map_err(|e| DiskError::io(path, e))?;
    if !wait(&file, path, wait_s)? {
        return Err(DiskError::Locked { path: path.to_owned(), waited_s: wait_s, holder: holder(&mut file) });
    }
    // On a full disk the number is missing from a message; the lock holds all the same.
    let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
    Ok(Lock { _file: file })
}

/// Takes a lock on a shared folder itself, which leaves nothing behind; where folders cannot be locked (network shares,
/// Windows), on an empty file `name` in it, which stays.
///
/// # Errors
/// [`DiskError::Locked`] when another process still holds it.
pub fn lock_folder(folder: &Path, name: &str, wait_s: u64) -> Result<Lock, DiskError> {
    let own = File::open(folder).map_err(|e| DiskError::io(folder, e)).and_then(|file| Ok((wait(&file, folder, wait_s)?, file)));
    let (is_taken, file) = match own {
        Err(DiskError::Io { .. }) => {
            let path = folder.join(name);
            // Nothing is ever written into it: others may have put a second name of some other file there.
            let file = open(&path, Access::Shared)?;
            (wait(&file, &path, wait_s)?, file)
        }
        own => own?,
    };
    if is_taken {
        return Ok(Lock { _file: file });
    }
    Err(DiskError::Locked { path: folder.to_owned(), waited_s: wait_s, holder: None })
}

fn open(path: &Path, access: Access) -> Result<File, DiskError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let file = super::write::open(path, options, access)?;
    let facts = file.metadata().map_err(|e| DiskError::io(path, e))?;
    if !facts.is_file() {
        return Err(DiskError::Kind { path: path.to_owned(), found: kind(facts.file_type()), expected: "a file" });
    }
    Ok(file)
}

fn wait(file: &File, path: &Path, wait_s: u64) -> Result<bool, DiskError> {
    // Counted in tries, not by the clock, which may jump.
    let tries = Duration::from_secs(wait_s).as_millis() / RETRY_EVERY.as_millis();
    for attempt in 0..=tries {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if attempt == tries => {}
            Err(TryLockError::WouldBlock) => std::thread::sleep(RETRY_EVERY),
            Err(TryLockError::Error(e)) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(e)) => return Err(DiskError::io(path, e)),
        }
    }
    Ok(false)
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(HOLDER_BYTES_MAX).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
