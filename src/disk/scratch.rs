//! A private folder for what a program writes, gone with whoever made it.

use std::path::{Path, PathBuf};

use super::{Access, DiskError};

/// A new private folder; dropping it removes it with the files in it.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes one in `parent`, which is made too when missing.
    ///
    /// # Errors
    /// [`DiskError`] with the path and the reason.
    pub fn new(parent: &Path) -> Result<Self, DiskError> {
        use rand_core::RngCore;
        super::make_dir(parent, Access::Private)?;
        let mut random = [0; 8];
        rand_core::OsRng.try_fill_bytes(&mut random).map_err(|_| DiskError::NoRandom { path: parent.to_owned() })?;
        let path = parent.join(format!(".kit-{:016x}", u64::from_le_bytes(random)));
        super::make_dir(&path, Access::Private)?;
        Ok(Self { path })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for path in super::entries(&self.path).unwrap_or_default() {
            let _ = super::remove(&path);
        }
        let _ = super::remove_empty(&self.path);
    }
}
