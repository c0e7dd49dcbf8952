//! Admitting: a device that asked to join gets into the team directory, once its words were heard from its owner.

use std::path::Path;

use jiff::civil::Date;

use crate::{
    appoint::{RootsError, roots_of},
    authored::{
        self, LoadError,
        edit::{EditError, Edits},
    },
    bundle::{KitId, join_request::JoinRequest},
    store::{LOCK_WAIT_S, Store, StoreError},
    team::{Device, Id, Person, Team},
    vouch,
};

/// Why a device was not admitted.
#[derive(Debug, thiserror::Error)]
pub enum AdmitError {
    /// The directory cannot be read or has mistakes.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The roots of the directory cannot be used.
    #[error(transparent)]
    Roots(#[from] RootsError),
    /// The request is for another kit.
    #[error("the request is for kit {asked}, the directory is of kit {here}")]
    OtherKit {
        /// In the request.
        asked: KitId,
        /// Of the directory.
        here: KitId,
    },
    /// Nobody in the directory has this id.
    #[error("nobody in the team directory is called {person}")]
    Unknown {
        /// In the request.
        person: Id<Person>,
        /// The nearest id that is known.
        nearest: Option<String>,
    },
    /// The device is in the directory already.
    #[error("{person} has a device called {device:?} already")]
    Taken {
        /// Whose.
        person: Id<Person>,
        /// What they call it.
        device: String,
    },
    /// A key of the device is another device's.
    #[error("a key of the request is that of {person}'s device {device:?}")]
    SharedKey {
        /// Whose.
        person: Id<Person>,
        /// What they call it.
        device: String,
    },
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The device could not be written down.
    #[error(transparent)]
    Edit(#[from] EditError),
}

/// Whether a request fits a directory: the right kit, a person who is in it, a device name that is free.
///
/// # Errors
/// [`AdmitError`] with the first reason that speaks against it.
pub fn check(dir: &Path, request: &JoinRequest, today: Date) -> Result<Team, AdmitError> {
    let roots = roots_of(dir)?;
    if roots.kit() != request.kit() {
        return Err(AdmitError::OtherKit { asked: request.kit().clone(), here: roots.kit().clone() });
    }
    let team = authored::load(dir, today)?.team;
    let device = request.device();
    if !team.people.contains_key(&device.person) {
        let known = team.people.keys().map(Id::as_str);
        let nearest = authored::nearest(device.person.as_str(), known).map(str::to_owned);
        return Err(AdmitError::Unknown { person: device.person.clone(), nearest });
    }
    if team.devices.iter().any(|other| other.person == device.person && other.name == device.name) {
        return Err(AdmitError::Taken { person: device.person.clone(), device: device.name.clone() });
    }
    let shares = |other: &&Device| {
        [&other.reader, &other.opener].iter().any(|key| [&device.reader, &device.opener].contains(key)) || other.key == device.key
    };
    if let Some(other) = team.devices.iter().find(shares) {
        return Err(AdmitError::SharedKey { person: other.person.clone(), device: other.name.clone() });
    }
    Ok(team)
}

/// Writes the device into the directory and accepts its reader on this machine, so that the next publish may seal to it.
///
/// # Errors
/// [`AdmitError`]; see [`check`], which is made again.
pub fn admit(store: &Store, dir: &Path, request: &JoinRequest, today: Date) -> Result<String, AdmitError> {
    check(dir, request, today)?;
    let device = Device { added: Some(today), ..request.device().clone() };
    let lock = store.lock(LOCK_WAIT_S)?;
    let mut edits = Edits::of(std::iter::empty())?;
    let name = edits.add_device(&device)?;
    edits.write(dir)?;
    let mut settings = store.settings()?;
    settings.acknowledged.insert(vouch::of_device(&device));
    store.set_settings(&lock, &settings)?;
    Ok(name)
}
