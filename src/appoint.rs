//! Appointing publishers: a new version of the root, signed by who may change it, says whose signatures count from now on.

use std::path::Path;

use crate::{
    bundle::{RootError, Roots},
    disk::DiskError,
    key::{Signer, VerifyKey},
    publish::{PublishError, roots_of, write_roots},
};

/// Why the root was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AppointError {
    /// The roots of the directory cannot be used.
    #[error(transparent)]
    Roots(#[from] Box<PublishError>),
    /// The key publishes already.
    #[error("this key publishes already")]
    AlreadyPublisher,
    /// The key does not publish.
    #[error("this key does not publish")]
    NoPublisher,
    /// Nobody would be left to publish.
    #[error("it is the last publisher, and a kit needs one")]
    Last,
    /// This device may not change the root.
    #[error("the key of this device ({0}) may not change who publishes")]
    NotRoot(String),
    /// The new root could not be signed.
    #[error(transparent)]
    Sign(#[from] RootError),
    /// The roots could not be written.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// Lets `key` publish, and change who publishes, from the next root on.
///
/// # Errors
/// [`AppointError`]; the old roots then stand.
pub fn appoint(dir: &Path, key: &VerifyKey, signer: &Signer) -> Result<Roots, AppointError> {
    change(dir, signer, |keys| {
        if keys.contains(key) {
            return Err(AppointError::AlreadyPublisher);
        }
        keys.push(key.clone());
        Ok(())
    })
}

/// Takes from `key` the right to publish and to change who publishes.
///
/// # Errors
/// [`AppointError`]; the old roots then stand.
pub fn dismiss(dir: &Path, key: &VerifyKey, signer: &Signer) -> Result<Roots, AppointError> {
    change(dir, signer, |keys| {
        let before = keys.len();
        keys.retain(|other| other != key);
        match keys.len() {
            0 => Err(AppointError::Last),
            now if now == before => Err(AppointError::NoPublisher),
            _ => Ok(()),
        }
    })
}

fn change(
    dir: &Path,
    signer: &Signer,
    change: impl Fn(&mut Vec<VerifyKey>) -> Result<(), AppointError>,
) -> Result<Roots, AppointError> {
    let roots = roots_of(dir).map_err(Box::new)?;
    if !roots.last().root_keys.contains(signer.public()) {
        return Err(AppointError::NotRoot(signer.public().fingerprint()));
    }
    let mut keys = roots.last().keys();
    change(&mut keys.publish_keys)?;
    // Whoever publishes may also appoint, so that one lost laptop does not end the kit.
    keys.root_keys = keys.publish_keys.clone();
    let next = roots.next(keys, &[signer])?;
    write_roots(dir, &next)?;
    Ok(next)
}
