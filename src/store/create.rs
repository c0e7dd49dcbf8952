//! Making a store so that it is there whole or not at all.
//!
//! Everything else first, `trust.json` last: from then on the store is made. A folder without trust, state and generations
//! is one whose making was cut short; its keys were never shown to anybody, so making it again may replace them.

use std::path::Path;

use super::{
    DEVICE, DeviceFiles, GENERATIONS, KITS, LOCK_WAIT_S, STATE, Settings, State, Store, StoreError, TRUST, Trust, check_folders,
    lock, record, settings, trust,
};
use crate::disk::{self, Access, DiskError};

impl Store {
    /// Makes the store of a kit under `home`, which is made when missing.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the kit is here already, even if damaged: its keys are kept.
    pub fn create(home: &Path, trust: &Trust, settings: &Settings, device: &DeviceFiles) -> Result<Self, StoreError> {
        if !disk::is_folder(home) {
            disk::make_dir(home, Access::Private)?;
        }
        let kit = &trust.pin.kit;
        let dir = disk::real(home)?.join(KITS).join(kit.to_string());
        disk::check_private(&disk::real(home)?)?;
        disk::make_dir(&dir, Access::Private)?;
        check_folders(&dir)?;
        let lock = lock(&dir, LOCK_WAIT_S)?;
        if is_made(&dir) {
            return Err(StoreError::Exists { kit: kit.clone() });
        }
        disk::make_dir(&dir.join(GENERATIONS), Access::Private)?;
        disk::make_dir(&dir.join(DEVICE), Access::Private)?;
        disk::sweep(&dir)?;
        disk::sweep(&dir.join(DEVICE))?;
        device.write(&dir)?;
        settings::write(&dir, settings)?;
        trust::write(&dir, trust)?;
        record::write(&dir.join(STATE), &State::new(trust.clone()))?;
        drop(lock);
        Ok(Self { dir, trust: trust.clone(), trust_note: None })
    }

    /// Puts back what this machine trusts after [`StoreError::TrustLost`]; keys and generations stay as they are.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when what it trusts is not lost.
    pub fn restore_trust(home: &Path, trust: &Trust) -> Result<Self, StoreError> {
        let kit = &trust.pin.kit;
        match Self::open(home, kit) {
            Ok(_) => Err(StoreError::Exists { kit: kit.clone() }),
            Err(StoreError::TrustLost { .. }) => {
                let dir = disk::real(home)?.join(KITS).join(kit.to_string());
                let _lock = lock(&dir, LOCK_WAIT_S)?;
                trust::write(&dir, trust)?;
                Self::open(home, kit)
            }
            Err(other) => Err(other),
        }
    }
}

/// Whether making a store got to its end, be it damaged since.
pub(super) fn is_made(dir: &Path) -> bool {
    let has_generation = match disk::entries(&dir.join(GENERATIONS)) {
        Ok(entries) => entries.iter().any(|path| super::mark::Named::parse(path).is_some()),
        Err(DiskError::Missing { .. }) => false,
        // Not to be taken for an empty one.
        Err(_) => true,
    };
    has_generation || disk::exists(&dir.join(TRUST)) || disk::exists(&dir.join(STATE))
}
