//! The keys of one device: a reader, an opener and a device key, made once and kept as stock files.

use crate::{
    bundle::KitId,
    key::{
        self, DeviceKey, DeviceKeyError, Identity, Passphrase, SealedError, WorkFactor,
        keyring::{self, Account},
    },
    program::ChildEnvironment,
    store::{DeviceFiles, ReaderHome, ReaderKey},
    team::{Device, Id, Person},
};

/// Fresh keys of one device, in memory.
pub struct NewDevice {
    /// Opens the payload.
    pub reader: Identity,
    /// Signs.
    pub device_key: DeviceKey,
    person: Id<Person>,
    name: String,
    opener: String,
    reader_home: ReaderHome,
    sealed_reader: Option<String>,
    sealed_opener: String,
    sealed_device_key: String,
}

/// Why keys could not be made or kept.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// An age identity could not be sealed.
    #[error(transparent)]
    Sealed(#[from] SealedError),
    /// The device key could not be made or sealed.
    #[error(transparent)]
    DeviceKey(#[from] DeviceKeyError),
    /// The keyring does not take the reader.
    #[error(transparent)]
    Keyring(#[from] keyring::KeyringError),
}

/// Makes the keys of a device. The opener and the device key are sealed with the passphrase, the reader where it lives in
/// a file that asks for one.
///
/// # Errors
/// [`EnrolError`] when there is no randomness or no memory to seal them with.
pub fn make(
    person: &Id<Person>,
    device: &str,
    reader_home: ReaderHome,
    work_factor: WorkFactor,
    passphrase: &Passphrase,
) -> Result<NewDevice, EnrolError> {
    let reader = Identity::generate();
    let opener = Identity::generate();
    let device_key = DeviceKey::generate(&format!("{person} {device}"))?;
    let sealed_reader = match reader_home {
        ReaderHome::Passphrase => Some(key::seal(&reader.to_text(), passphrase, work_factor)?),
        ReaderHome::Plain | ReaderHome::Keyring => None,
    };
    Ok(NewDevice {
        sealed_opener: key::seal(&opener.to_text(), passphrase, work_factor)?,
        sealed_device_key: device_key.seal(passphrase)?,
        opener: opener.recipient().to_string(),
        person: person.clone(),
        name: device.to_owned(),
        reader,
        device_key,
        reader_home,
        sealed_reader,
    })
}

impl NewDevice {
    /// The public side, as it stands in a team directory.
    pub fn device(&self, added: Option<jiff::civil::Date>) -> Device {
        Device {
            person: self.person.clone(),
            name: self.name.clone(),
            reader: self.reader.recipient().to_string(),
            opener: self.opener.clone(),
            key: self.device_key.public().to_string(),
            added,
        }
    }

    /// Puts the reader into the platform's keyring, where it lives there.
    ///
    /// # Errors
    /// [`EnrolError::Keyring`].
    pub fn keep_reader(&self, kit: &KitId, environment: &ChildEnvironment) -> Result<(), EnrolError> {
        if self.reader_home == ReaderHome::Keyring {
            let account = Account::new(kit.as_str(), self.person.as_str(), &self.name)?;
            keyring::platform::store(environment, &account, &self.reader.to_text())?;
        }
        Ok(())
    }

    /// The files for the store.
    pub fn files(&self) -> DeviceFiles {
        let reader = match (&self.sealed_reader, self.reader_home) {
            (Some(sealed), _) => ReaderKey::Sealed(sealed.clone().into_bytes()),
            (None, ReaderHome::Keyring) => ReaderKey::Keyring,
            (None, _) => ReaderKey::Plain(self.reader.to_text()),
        };
        DeviceFiles {
            reader,
            opener: self.sealed_opener.clone().into_bytes(),
            device_key: self.sealed_device_key.clone().into_bytes(),
        }
    }
}
