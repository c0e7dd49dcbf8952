//! One writer at a time: an advisory lock that the system releases when its holder dies.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
    time::Duration,
};

use super::DiskError;

/// How often a taken lock is tried again.
const RETRY_EVERY: Duration = Duration::from_millis(50);

/// A held lock; dropping it lets the next one in.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Takes the lock at `path` (a file that is made when missing), waiting at most `wait_s` seconds.
///
/// # Errors
/// [`DiskError::Locked`] when another process still holds it.
pub fn lock(path: &Path, wait_s: u64) -> Result<Lock, DiskError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::CLOEXEC;
        options.mode(0o600).custom_flags(i32::try_from(flags.bits()).expect("open flags fit an i32"));
    }
    let file = options.open(path).map_err(|e| DiskError::io(path, e))?;
    // Counted in tries, not by the clock, which may jump.
    let tries = Duration::from_secs(wait_s).as_millis() / RETRY_EVERY.as_millis();
    for _ in 0..=tries {
        match file.try_lock() {
            Ok(()) => return Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => std::thread::sleep(RETRY_EVERY),
            Err(TryLockError::Error(e)) => return Err(DiskError::io(path, e)),
        }
    }
    Err(DiskError::Locked { path: path.to_owned(), waited_s: wait_s })
}
