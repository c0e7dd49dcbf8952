//! Appointing publishers: a new version of the root, signed by who may change it, says whose signatures count from now on.

use std::path::Path;

use crate::{
    bundle::{Refusal, RootError, Roots},
    disk::{self, Access, DiskError},
    key::{Signer, VerifyKey},
};

/// The file of a team directory that holds its roots, exactly as they stand in every bundle.
pub const ROOTS_FILE: &str = "roots.kit";
/// Most bytes of it: 64 roots with 16 signatures each stay far below.
const ROOTS_BYTES_MAX: u64 = 8 << 20;

/// Why a directory's roots cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// There are none.
    #[error("{path}: is missing, so this is no team directory that kit init made")]
    Missing {
        /// Where they should be.
        path: String,
    },
    /// They do not hold together.
    #[error("{path}: {refusal}")]
    Refused {
        /// Where.
        path: String,
        /// Why.
        refusal: Box<Refusal>,
    },
    /// They could not be read.
    #[error(transparent)]
    Disk(DiskError),
}

/// Why the root was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AppointError {
    /// The roots of the directory cannot be used.
    #[error(transparent)]
    Roots(#[from] RootsError),
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

/// The roots of a team directory, checked from the first on.
///
/// # Errors
/// [`RootsError`] when they are missing or do not hold together.
pub fn roots_of(dir: &Path) -> Result<Roots, RootsError> {
    let path = dir.join(ROOTS_FILE);
    let shown = path.display().to_string();
    let text = disk::read_to_string(&path, ROOTS_BYTES_MAX).map_err(|error| match error {
        DiskError::Missing { .. } => RootsError::Missing { path: shown.clone() },
        other => RootsError::Disk(other),
    })?;
    Roots::parse(&text).map_err(|refusal| RootsError::Refused { path: shown, refusal: Box::new(refusal) })
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
    let roots = roots_of(dir)?;
    if !roots.last().root_keys.contains(signer.public()) {
        return Err(AppointError::NotRoot(signer.public().fingerprint()));
    }
    let mut keys = roots.last().keys();
    change(&mut keys.publish_keys)?;
    // Whoever publishes may also appoint, so that one lost laptop does not end the kit.
    keys.root_keys = keys.publish_keys.clone();
    let next = roots.next(keys, &[signer])?;
    disk::replace(&dir.join(ROOTS_FILE), next.to_text().as_bytes(), Access::Shared)?;
    Ok(next)
}
