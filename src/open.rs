//! Opening the kit on this machine for reading: the current generation, the reader identity, the team.
//!
//! Touches no network, takes no lock, writes nothing; asks for a passphrase only when the reader is sealed and no keyring
//! has it unlocked.

use jiff::Timestamp;
use secrecy::ExposeSecret;

use crate::{
    bundle::{self, Verified},
    key::{
        self, Identity, IdentityError, Passphrase, SealedError, VerifyKey,
        keyring::{self, Account},
    },
    program::ChildEnvironment,
    store::{Generation, ReaderKey, Store, StoreError, Trust},
    team::Team,
};

/// The kit of this machine, opened.
#[derive(Debug)]
pub struct Reading {
    /// What the team wrote down.
    pub team: Team,
    /// The generation it comes from.
    pub generation: Generation,
    /// What this machine trusts, and how that was verified.
    pub trust: Trust,
    /// Which stanza of the payload is this device's.
    pub stanza: usize,
    /// Why a newer generation than this one could not be opened.
    pub unopened: Option<bundle::OpenError>,
}

/// Why the kit could not be opened. `E` is the reason of whoever asks for the passphrase.
#[derive(Debug, thiserror::Error)]
pub enum OpenError<E> {
    /// The store did not give it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The sealed reader identity does not open.
    #[error("the key that opens contacts: {0}")]
    Sealed(#[from] SealedError),
    /// The reader identity is damaged.
    #[error("the key that opens contacts: {0}")]
    Identity(#[from] IdentityError),
    /// The keyring does not give the reader.
    #[error(transparent)]
    Keyring(#[from] keyring::KeyringError),
    /// The platform's keyring answers, but has no such key: it was removed, or this is another user's session.
    #[error("the platform's keyring no longer has the key that opens contacts")]
    NotInKeyring,
    /// The payload does not open with this reader.
    #[error(transparent)]
    Payload(#[from] bundle::OpenError),
    /// Whoever was asked did not say the passphrase.
    #[error("no passphrase")]
    Declined(E),
}

/// Opens the current generation.
///
/// # Errors
/// [`OpenError`]; nothing was changed.
pub fn open<E>(
    store: &Store,
    environment: &ChildEnvironment,
    passphrase: impl FnOnce() -> Result<Passphrase, E>,
) -> Result<Reading, OpenError<E>> {
    let generation = store.current()?;
    open_generation(store, generation, environment, passphrase)
}

/// Opens a generation that was the current one when it was read.
///
/// # Errors
/// [`OpenError`]; nothing was changed.
pub fn open_generation<E>(
    store: &Store,
    generation: Generation,
    environment: &ChildEnvironment,
    passphrase: impl FnOnce() -> Result<Passphrase, E>,
) -> Result<Reading, OpenError<E>> {
    let identity = reader(store, environment, passphrase)?;
    open_with(store, generation, &identity)
}

/// Opens a generation, or the newest before it that opens, with a reader that is at hand.
///
/// # Errors
/// [`OpenError`]; nothing was changed.
pub fn open_with<E>(store: &Store, generation: Generation, identity: &Identity) -> Result<Reading, OpenError<E>> {
    let (generation, opened, unopened) = match bundle::open(generation.verified(), identity, generation.state().stanza) {
        Ok(opened) => (generation, opened, None),
        Err(error) => match newest_that_opens(store, &generation, identity, &error)? {
            Some((older, opened)) => (older, opened, Some(error)),
            None => return Err(error.into()),
        },
    };
    Ok(Reading { stanza: opened.stanza, team: opened.team, generation, trust: store.trust().clone(), unopened })
}

/// Opens a kit that is not stored here, or not yet.
///
/// # Errors
/// [`OpenError`]; nothing was changed.
pub fn open_verified<E>(
    store: &Store,
    verified: &Verified,
    environment: &ChildEnvironment,
    passphrase: impl FnOnce() -> Result<Passphrase, E>,
) -> Result<bundle::Opened, OpenError<E>> {
    Ok(bundle::open(verified, &reader(store, environment, passphrase)?, None)?)
}

/// What was readable stays readable: a newer kit that is signed, but sealed to others or made wrongly, does not take it away.
fn newest_that_opens(
    store: &Store,
    newest: &Generation,
    identity: &Identity,
    error: &bundle::OpenError,
) -> Result<Option<(Generation, bundle::Opened)>, StoreError> {
    let why = error.to_string();
    let mut older = store.older(newest, &why)?;
    while let Some(generation) = older {
        if let Ok(opened) = bundle::open(generation.verified(), identity, None) {
            return Ok(Some((generation, opened)));
        }
        older = store.older(&generation, &why)?;
    }
    Ok(None)
}

/// This device's reader identity, from where it lives.
///
/// # Errors
/// [`OpenError`] says which place did not give it.
pub fn reader<E>(
    store: &Store,
    environment: &ChildEnvironment,
    passphrase: impl FnOnce() -> Result<Passphrase, E>,
) -> Result<Identity, OpenError<E>> {
    let text = match store.reader()? {
        ReaderKey::Plain(text) => text,
        ReaderKey::Keyring => keyring::platform::fetch(environment, &account(store)?)?.ok_or(OpenError::NotInKeyring)?,
        // A kernel without a keyring is no obstacle: the passphrase opens it too.
        ReaderKey::Sealed(sealed) => match keyring::kernel::fetch(&account(store)?).ok().flatten() {
            Some(text) => text,
            None => key::unseal(&sealed, &passphrase().map_err(OpenError::Declined)?)?,
        },
    };
    Ok(Identity::parse(text.expose_secret())?)
}

/// The name under which keyrings keep this device's reader.
pub(crate) fn account<E>(store: &Store) -> Result<Account, OpenError<E>> {
    let settings = store.settings()?;
    Ok(Account::new(store.trust().pin.kit.as_str(), settings.person.as_str(), &settings.device)?)
}

impl<E> OpenError<E> {
    /// The same with another reason for the missing passphrase.
    pub fn map_declined<F>(self, other: impl FnOnce(E) -> F) -> OpenError<F> {
        match self {
            Self::Store(error) => OpenError::Store(error),
            Self::Sealed(error) => OpenError::Sealed(error),
            Self::Identity(error) => OpenError::Identity(error),
            Self::Keyring(error) => OpenError::Keyring(error),
            Self::NotInKeyring => OpenError::NotInKeyring,
            Self::Payload(error) => OpenError::Payload(error),
            Self::Declined(reason) => OpenError::Declined(other(reason)),
        }
    }
}

impl Reading {
    /// The latest time this machine has known.
    pub fn last_seen(&self) -> Option<Timestamp> {
        self.generation.state().last_seen
    }

    /// Who signed the generation: the names of those whose device key it is, else the key's fingerprint.
    pub fn signed_by(&self) -> Vec<String> {
        self.generation.verified().signers().iter().map(|key| name_of_key(&self.team, key)).collect()
    }
}

/// The id of the person whose device has a key; the fingerprint of a key that no device has.
pub fn name_of_key(team: &Team, key: &VerifyKey) -> String {
    let text = key.to_string();
    let device = team.devices.iter().find(|device| device.key == text);
    device.map_or_else(|| key.fingerprint(), |device| device.person.to_string())
}
