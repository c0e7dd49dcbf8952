//! A new file whose name is taken before anybody knows whether there will be something in it.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use super::{
    Access, DiskError,
    write::{Folder, open, set_access},
};

/// A new, empty file of this user alone. Removed when dropped, unless it was filled.
#[derive(Debug)]
pub struct Reserved {
    path: PathBuf,
    file: File,
    is_filled: bool,
}

impl Reserved {
    /// Makes the file, where nothing stands yet.
    ///
    /// # Errors
    /// [`DiskError::Exists`] when something does, also a link; [`DiskError`] when the folder takes no file.
    pub fn new(path: &Path) -> Result<Self, DiskError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let file = open(path, options, Access::Private)?;
        let reserved = Self { path: path.to_owned(), file, is_filled: false };
        set_access(&reserved.file, Access::Private, None).map_err(|e| DiskError::io(path, e))?;
        Ok(reserved)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts `bytes` into it, flushed; from then on it stays.
    ///
    /// # Errors
    /// [`DiskError`]; the file is then removed.
    pub fn fill(mut self, bytes: &[u8]) -> Result<(), DiskError> {
        let folder = Folder::open(&self.path)?;
        self.file.write_all(bytes).and_then(|()| self.file.sync_all()).map_err(|e| DiskError::io(&self.path, e))?;
        folder.sync()?;
        self.is_filled = true;
        Ok(())
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if !self.is_filled {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_at_once_and_given_back_unless_something_is_in_it() {
        let world = tempfile::tempdir().unwrap();
        let path = world.path().join("file");
        let reserved = Reserved::new(&path).unwrap();
        assert!(matches!(Reserved::new(&path), Err(DiskError::Exists { .. })), "it is somebody's");
        drop(reserved);
        assert!(!path.exists());
        Reserved::new(&path).unwrap().fill(b"dear").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"dear");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            std::os::unix::fs::symlink(world.path().join("nowhere"), world.path().join("link")).unwrap();
            assert!(Reserved::new(&world.path().join("link")).is_err());
        }
        assert!(Reserved::new(&world.path().join("no/file")).is_err());
    }
}
