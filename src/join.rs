//! Joining: an invite pins a kit on this machine, makes the keys of this device, and asks a publisher to let it in.

use std::path::{Path, PathBuf};

use crate::{
    bundle::{
        KitId,
        invite::Invite,
        join_request::{JoinError, JoinRequest},
    },
    enrol::{self, EnrolError},
    key::{ChildEnvironment, Passphrase, WorkFactor},
    store::{How, ReaderHome, Settings, Store, StoreError, Trust},
    team::{Id, Person},
};

/// What a device joins with.
#[derive(Debug)]
pub struct Joining<'a> {
    /// The invite.
    pub invite: &'a Invite,
    /// How the invite's root was verified.
    pub verified: How,
    /// Who joins.
    pub person: &'a Id<Person>,
    /// What they call this machine.
    pub device: &'a str,
    /// Where the reader identity is to live.
    pub reader: ReaderHome,
    /// Cost of the passphrase's seal.
    pub work_factor: WorkFactor,
    /// Where to look for kits, absolute; the invite's suggestion when the user gave none.
    pub sources: Vec<String>,
}

/// What joining made.
#[derive(Debug)]
pub struct Joined {
    /// The kit.
    pub kit: KitId,
    /// What a publisher needs to let this device in.
    pub request: JoinRequest,
    /// Where the keys are.
    pub store: PathBuf,
}

/// Why a device could not join.
#[derive(Debug, thiserror::Error)]
pub enum JoiningError {
    /// The keys could not be made or kept.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// The request could not be signed.
    #[error(transparent)]
    Request(#[from] JoinError),
    /// The store could not be made.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes this device's keys and its store under `home`.
///
/// # Errors
/// [`JoiningError`]; a kit that is here already is left as it is.
pub fn join(
    home: &Path,
    joining: &Joining<'_>,
    passphrase: &Passphrase,
    environment: &ChildEnvironment,
) -> Result<Joined, JoiningError> {
    let pin = joining.invite.pin().clone();
    if Store::list(home)?.contains(&pin.kit) {
        return Err(StoreError::Exists { kit: pin.kit }.into());
    }
    let new = enrol::make(joining.person, joining.device, joining.reader, joining.work_factor, passphrase)?;
    let request = JoinRequest::sign(&pin.kit, &new.device(None), &new.device_key)?;
    let settings = Settings {
        person: joining.person.clone(),
        device: joining.device.to_owned(),
        reader: joining.reader,
        sources: joining.sources.clone(),
        acknowledged: Default::default(),
    };
    new.keep_reader(&pin.kit, environment)?;
    let kit = pin.kit.clone();
    let store = Store::create(home, &Trust { pin, verified: joining.verified }, &settings, &new.files())?;
    Ok(Joined { kit, request, store: store.dir().to_owned() })
}
