//! Unlocking: the reader identity stays in the kernel's memory for some hours. The opener never does.

use secrecy::ExposeSecret;

use crate::{
    key::{self, Identity, Passphrase, keyring},
    open::{OpenError, account},
    store::{ReaderKey, Store},
};

/// What unlocking came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlocked {
    /// The kernel keeps the reader.
    Kept,
    /// The reader is not behind a passphrase.
    NotNeeded,
    /// There is no kernel keyring to keep it in.
    Impossible,
}

/// Asks for the passphrase once and keeps the reader open for `hours`.
///
/// # Errors
/// [`OpenError`] when the passphrase is wrong or the reader damaged.
pub fn unlock<E>(
    store: &Store,
    hours: u16,
    passphrase: impl FnOnce() -> Result<Passphrase, E>,
) -> Result<Unlocked, OpenError<E>> {
    let ReaderKey::Sealed(sealed) = store.reader()? else { return Ok(Unlocked::NotNeeded) };
    let text = key::unseal(&sealed, &passphrase().map_err(OpenError::Declined)?)?;
    Identity::parse(text.expose_secret())?;
    let kept = keyring::kernel::keep(&account(store)?, &text, u32::from(hours) * 3600);
    Ok(if kept.is_ok() { Unlocked::Kept } else { Unlocked::Impossible })
}

/// Drops what [`unlock`] kept; whether there was anything.
///
/// # Errors
/// [`OpenError`] when the kernel's keyring has it and does not let it go.
pub fn lock(store: &Store) -> Result<bool, OpenError<std::convert::Infallible>> {
    match keyring::kernel::forget(&account(store)?) {
        Err(keyring::KeyringError::Unsupported) => Ok(false),
        forgotten => Ok(forgotten?),
    }
}
