//! Joining: an invite pins a kit on this machine, makes the keys of this device, and asks a publisher to let it in.

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;

use crate::{
    bundle::{
        KitId, Pin,
        invite::Invite,
        join_request::{JoinError, JoinRequest},
    },
    enrol::{self, EnrolError},
    key::{self, DeviceKey, DeviceKeyError, Identity, IdentityError, Passphrase, SealedError, WorkFactor},
    open::{self, OpenError},
    program::ChildEnvironment,
    store::{How, ReaderHome, Settings, Store, StoreError, Trust},
    team::{Device, Id, Person},
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
    /// Where the reader lives.
    pub reader: ReaderHome,
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
    /// This machine is in the kit already, as somebody else or under another name.
    #[error("this machine is in this kit already, as {person}, device {device}")]
    Other {
        /// As whom.
        person: Id<Person>,
        /// Under which name.
        device: String,
    },
    /// This machine has a kit of the same name, but with other roots.
    #[error("this machine has a kit of this id, but not with the root of this invite: one of the two invites is false")]
    OtherRoot,
    /// The reader that is here does not open.
    #[error(transparent)]
    Open(#[from] OpenError<std::convert::Infallible>),
    /// The opener that is here does not open.
    #[error(transparent)]
    Sealed(#[from] SealedError),
    /// The opener that is here is damaged.
    #[error("the key that opens credentials: {0}")]
    Identity(#[from] IdentityError),
    /// The device key that is here does not open.
    #[error(transparent)]
    DeviceKey(#[from] DeviceKeyError),
    /// The store could not be made.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes this device's keys and its store under `home`.
///
/// # Errors
/// [`JoiningError`]; the keys of a kit that is here already stay as they are.
pub fn join(
    home: &Path,
    joining: &Joining<'_>,
    passphrase: &Passphrase,
    environment: &ChildEnvironment,
) -> Result<Joined, JoiningError> {
    let pin = joining.invite.pin().clone();
    match Store::open(home, &pin.kit) {
        // Here already: the keys stay, and what the invite pins is put back if it was lost.
        Ok(store) if !fits(&store, &pin) => return Err(JoiningError::OtherRoot),
        Ok(store) => return again(&store, joining, passphrase, environment),
        Err(StoreError::TrustLost { .. }) => {
            let store = Store::restore_trust(home, &Trust { pin, verified: joining.verified })?;
            return again(&store, joining, passphrase, environment);
        }
        Err(StoreError::NotHere { .. } | StoreError::HalfMade { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let new = enrol::make(joining.person, joining.device, joining.reader, joining.work_factor, passphrase)?;
    let request = JoinRequest::sign(&pin.kit, &new.device(None), &new.device_key)?;
    let settings = Settings {
        person: joining.person.clone(),
        device: joining.device.to_owned(),
        reader: joining.reader,
        sources: joining.sources.clone(),
        credentials: Default::default(),
        commands: std::collections::BTreeSet::new(),
        directory: None,
        acknowledged: Default::default(),
    };
    new.keep_reader(&pin.kit, environment)?;
    let kit = pin.kit.clone();
    let store = Store::create(home, &Trust { pin, verified: joining.verified }, &settings, &new.files())?;
    Ok(Joined { kit, request, store: store.dir().to_owned(), reader: joining.reader })
}

/// Whether an invite is for the kit as this machine knows it.
fn fits(store: &Store, pin: &Pin) -> bool {
    let published = store.current().ok().and_then(|generation| generation.verified().roots().hash(pin.root_version));
    store.trust().pin == *pin || published == Some(pin.root)
}

/// The request of a device that has its keys already: whoever lost the line gets it once more.
fn again(
    store: &Store,
    joining: &Joining<'_>,
    passphrase: &Passphrase,
    environment: &ChildEnvironment,
) -> Result<Joined, JoiningError> {
    let settings = store.settings()?;
    if settings.person != *joining.person || settings.device != joining.device {
        return Err(JoiningError::Other { person: settings.person, device: settings.device });
    }
    let (kit, reader) = (store.trust().pin.kit.clone(), settings.reader);
    Ok(Joined { kit, request: request(store, passphrase, environment)?, store: store.dir().to_owned(), reader })
}

/// The request of the device that this machine is, made once more of its keys.
///
/// # Errors
/// [`JoiningError`] when one of them does not open.
pub fn request(store: &Store, passphrase: &Passphrase, environment: &ChildEnvironment) -> Result<JoinRequest, JoiningError> {
    let (settings, kit) = (store.settings()?, store.trust().pin.kit.clone());
    let reader = open::reader(store, environment, || Ok::<_, std::convert::Infallible>(passphrase.clone()))?;
    let opener = key::unseal(&store.opener()?, passphrase)?;
    let device_key = DeviceKey::unseal(&String::from_utf8_lossy(&store.device_key()?), passphrase)?;
    let device = Device {
        person: settings.person,
        name: settings.device,
        reader: reader.recipient().to_string(),
        opener: Identity::parse(opener.expose_secret())?.recipient().to_string(),
        key: device_key.public().to_string(),
        added: None,
    };
    Ok(JoinRequest::sign(&kit, &device, &device_key)?)
}
