//! Unsealing: the keys of this device that open with its passphrase only, at each use anew. Nothing keeps them open.

use secrecy::ExposeSecret;

use crate::{
    key::{self, DeviceKey, DeviceKeyError, Identity, IdentityError, Passphrase, SealedError},
    open::Reading,
    store::{Store, StoreError},
    team::Device,
};

/// Why a key of this device is not open.
#[derive(Debug, thiserror::Error)]
pub enum UnsealError {
    /// Its file cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The device key does not open.
    #[error("the key that signs: {0}")]
    DeviceKey(#[from] DeviceKeyError),
    /// The opener does not open.
    #[error("the key that opens credentials: {0}")]
    Opener(#[from] SealedError),
    /// The opener is damaged.
    #[error("the key that opens credentials: {0}")]
    Identity(#[from] IdentityError),
    /// The kit does not have this device.
    #[error("this device is not in the kit that it holds")]
    NotInRoster,
}

/// The key that signs what this device says.
///
/// # Errors
/// [`UnsealError`].
pub fn device_key(store: &Store, passphrase: &Passphrase) -> Result<DeviceKey, UnsealError> {
    Ok(DeviceKey::unseal(&String::from_utf8_lossy(&store.device_key()?), passphrase)?)
}

/// The key that opens boxes of tiers.
///
/// # Errors
/// [`UnsealError`].
pub fn opener(store: &Store, passphrase: &Passphrase) -> Result<Identity, UnsealError> {
    let text = key::unseal(&store.opener()?, passphrase)?;
    Ok(Identity::parse(text.expose_secret())?)
}

/// This device, as the kit has it: by its owner and name, for its keys may be sealed.
///
/// # Errors
/// [`UnsealError::NotInRoster`].
pub fn own_device<'r>(store: &Store, reading: &'r Reading) -> Result<&'r Device, UnsealError> {
    let settings = store.settings()?;
    let is_own = |device: &&Device| device.person == settings.person && device.name == settings.device;
    reading.team.devices.iter().find(is_own).ok_or(UnsealError::NotInRoster)
}
