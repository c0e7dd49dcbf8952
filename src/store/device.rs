//! This device's keys, as files that stock tools read: an age identity, a passphrase-sealed age identity, an OpenSSH key.
//!
//! What they hold is for `key` to say; here they are bytes.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::{DEVICE, ReaderHome, Store, StoreError};
use crate::disk::{self, Access, DiskError, Guard};

const READER_PLAIN: &str = "reader.txt";
const READER_SEALED: &str = "reader.age";
const OPENER: &str = "opener.age";
const DEVICE_KEY: &str = "device_ed25519";

/// Most bytes of a key file: a stock one has below 1 KiB.
const CAP_BYTES: u64 = 64 << 10;

/// The reader identity, as far as the store has it.
#[derive(Debug)]
pub enum ReaderKey {
    /// The text of an age identity file.
    Plain(SecretString),
    /// An age file sealed by a passphrase that holds it.
    Sealed(Vec<u8>),
    /// Not in the store: the platform's keyring has it.
    Keyring,
}

/// The key files of a new store.
#[derive(Debug)]
pub struct DeviceFiles {
    /// Opens the payload.
    pub reader: ReaderKey,
    /// Opens credentials: an age file sealed by a passphrase.
    pub opener: Vec<u8>,
    /// Signs: an encrypted OpenSSH private key.
    pub device_key: Vec<u8>,
}

impl Store {
    /// The reader identity. Which file is there decides, so that damaged settings do not keep anybody from reading.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when its file cannot be read, is missing though the settings name it, or is open to others.
    pub fn reader(&self) -> Result<ReaderKey, StoreError> {
        let plain = match self.device_file(READER_PLAIN) {
            Err(DiskError::Missing { path }) => path,
            Err(error) => return Err(error.into()),
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|e| DiskError::NotText {
                    path: self.dir.join(DEVICE).join(READER_PLAIN),
                    offset: e.utf8_error().valid_up_to(),
                })?;
                return Ok(ReaderKey::Plain(text.into()));
            }
        };
        let sealed = match self.device_file(READER_SEALED) {
            Err(DiskError::Missing { path }) => path,
            Err(error) => return Err(error.into()),
            Ok(bytes) => return Ok(ReaderKey::Sealed(bytes)),
        };
        match self.settings().map(|settings| settings.reader) {
            Ok(ReaderHome::Plain) => Err(DiskError::Missing { path: plain }.into()),
            Ok(ReaderHome::Passphrase) => Err(DiskError::Missing { path: sealed }.into()),
            Ok(ReaderHome::Keyring) | Err(_) => Ok(ReaderKey::Keyring),
        }
    }

    /// The sealed opener identity.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when its file cannot be read or is open to others.
    pub fn opener(&self) -> Result<Vec<u8>, StoreError> {
        Ok(self.device_file(OPENER)?)
    }

    /// The sealed device key.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when its file cannot be read or is open to others.
    pub fn device_key(&self) -> Result<Vec<u8>, StoreError> {
        Ok(self.device_file(DEVICE_KEY)?)
    }

    fn device_file(&self, name: &str) -> Result<Vec<u8>, DiskError> {
        disk::read_private(&self.dir.join(DEVICE).join(name), CAP_BYTES, Guard::Unreadable)
    }
}

impl DeviceFiles {
    pub(super) fn write(&self, dir: &Path) -> Result<(), StoreError> {
        let folder = dir.join(DEVICE);
        let write = |name: &str, bytes: &[u8]| disk::replace(&folder.join(name), bytes, Access::Private);
        // One that an attempt before this one left would otherwise be taken for the reader.
        disk::remove(&folder.join(READER_PLAIN))?;
        disk::remove(&folder.join(READER_SEALED))?;
        match &self.reader {
            ReaderKey::Plain(text) => write(READER_PLAIN, text.expose_secret().as_bytes())?,
            ReaderKey::Sealed(bytes) => write(READER_SEALED, bytes)?,
            ReaderKey::Keyring => {}
        }
        write(OPENER, &self.opener)?;
        write(DEVICE_KEY, &self.device_key)?;
        Ok(())
    }
}
