//! Sealing: the values of a credential go into its capsule in a team directory. Nothing that was there has to be opened for it.

use std::path::Path;

use jiff::Timestamp;

use crate::{
    authored::{
        self,
        sealed::{self, SealedFiles},
    },
    bundle::{
        CapsuleError, Hash, KeyOf, KitId, TierError,
        capsule::{self, Field, Place},
        journal::What,
        tier::Opened,
    },
    disk::DiskError,
    key::Passphrase,
    open::Reading,
    record::{Machine, Occasion, RecordError, record},
    store::{LOCK_WAIT_S, Store, StoreError},
    team::{Capsule, Credential, Id, Rotate, Rule, Team, Tier, TierKey},
    unseal::{self, UnsealError},
    vouch,
};

/// A credential whose values can be sealed on this machine.
#[derive(Debug, Clone)]
pub struct Target {
    /// Which.
    pub id: Id<Credential>,
    /// The tier and its current key.
    pub tier: (Id<Tier>, TierKey),
    /// What is sealed in the directory so far.
    pub old: Option<Capsule>,
    /// The version that comes next.
    pub version: u32,
    /// When it was last opened without getting a new value since, if it was.
    pub opened: Option<Timestamp>,
    /// Whether a task says that its value has to change.
    pub has_task: bool,
}

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealingError {
    /// No label in the directory.
    #[error("the directory has no credential {id:?}")]
    Unknown {
        /// As it was typed.
        id: String,
        /// The nearest id that is there.
        nearest: Option<String>,
    },
    /// Its tier has no key.
    #[error("the tier {0} of this credential has no key yet")]
    NoKey(Id<Tier>),
    /// The key is neither in the signed kit nor accepted here.
    #[error("the key of the tier {tier} in the directory is neither in the kit of this machine nor made or accepted here")]
    NotTrusted {
        /// Which.
        tier: Id<Tier>,
        /// Who could open what is sealed to it.
        holders: Vec<String>,
    },
    /// The versions are used up: somebody set them so.
    #[error("{0} has the last version that there is, so no value can come after it")]
    NoVersion(Id<Credential>),
    /// There is nothing to keep.
    #[error("nothing is sealed of this credential yet, so there is nothing to keep")]
    NothingToKeep,
    /// There is no kit here to record it for.
    #[error("what is sealed can be opened on a machine that has the kit, and this one has none yet")]
    NoKit,
    /// The capsule.
    #[error(transparent)]
    Capsule(#[from] CapsuleError),
    /// The tier's key does not open.
    #[error(transparent)]
    Tier(#[from] TierError),
    /// The keys of this device do not open.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// The opening was not recorded.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The directory could not be written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a directory has of a credential: known before anything is opened.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Which.
    pub id: Id<Credential>,
    /// What is sealed of it so far.
    pub old: Option<Capsule>,
}

/// Looks for a credential whose tier has a key.
///
/// # Errors
/// [`SealingError::Unknown`], [`SealingError::NoKey`].
pub fn seen(team: &Team, name: &str) -> Result<Seen, SealingError> {
    let (id, credential, _) = label(team, name)?;
    Ok(Seen { id, old: credential.capsule.clone() })
}

type Label<'t> = (Id<Credential>, &'t Credential, (&'t Tier, &'t TierKey));

fn label<'t>(team: &'t Team, name: &str) -> Result<Label<'t>, SealingError> {
    let found = Id::parse(name).ok().and_then(|id: Id<Credential>| Some((team.credentials.get(&id)?, id)));
    let (credential, id) = found.ok_or_else(|| {
        let nearest = authored::nearest(name, team.credentials.keys().map(Id::as_str)).map(str::to_owned);
        SealingError::Unknown { id: name.to_owned(), nearest }
    })?;
    let tier = team.tiers.get(&credential.tier).and_then(|tier| Some((tier, tier.key()?)));
    Ok((id, credential, tier.ok_or_else(|| SealingError::NoKey(credential.tier.clone()))?))
}

/// Finds out what to seal to, and whether this machine may.
///
/// `team` is that of the directory, `signed` that of the kit on this machine.
///
/// # Errors
/// [`SealingError`]; an unknown tier key is [`SealingError::NotTrusted`].
pub fn target(store: &Store, signed: Option<&Team>, team: &Team, name: &str) -> Result<Target, SealingError> {
    let (id, credential, (tier, key)) = label(team, name)?;
    if !vouch::is_tier_trusted(&store.settings()?.acknowledged, signed, &credential.tier, tier) {
        let holders = key.holders.iter().map(|holder| team.person_name(holder).to_owned()).collect();
        return Err(SealingError::NotTrusted { tier: credential.tier.clone(), holders });
    }
    let teams = || [Some(team), signed].into_iter().flatten();
    let capsules = teams().filter_map(|team| Some(team.credentials.get(&id)?.capsule.as_ref()?.version));
    let openings = teams().flat_map(|team| &team.ledger.openings).filter(|opening| opening.credential == id);
    let tasks = teams().flat_map(|team| &team.tasks).filter_map(|task| match &task.rotate {
        Rotate::Credential { id: found, version } if *found == id => Some(*version),
        _ => None,
    });
    let old = credential.capsule.clone();
    let is_open = |version: u32| old.as_ref().is_some_and(|old| old.version <= version);
    let highest = capsules.chain(openings.clone().map(|it| it.version)).chain(tasks.clone()).max();
    Ok(Target {
        tier: (credential.tier.clone(), key.clone()),
        version: highest.unwrap_or(0).checked_add(1).ok_or_else(|| SealingError::NoVersion(id.clone()))?,
        opened: openings.filter(|opening| is_open(opening.version)).map(|opening| opening.at).max(),
        has_task: tasks.into_iter().any(is_open),
        old,
        id,
    })
}

impl Target {
    /// The fields of the old capsule that are not among some names.
    pub fn left_out<'t>(&'t self, names: &[&str]) -> Vec<&'t str> {
        let old = self.old.iter().flat_map(|old| &old.fields).map(|field| field.name.as_str());
        old.filter(|name| !names.contains(name)).collect()
    }

    /// Seals some values and puts them into the directory. `remember` keeps a digest of them on this machine.
    ///
    /// # Errors
    /// [`SealingError`]: what was sealed before still stands.
    pub fn seal(
        &self,
        (store, dir): (&Store, &Path),
        fields: &[Field],
        now: Timestamp,
        remember: bool,
    ) -> Result<Capsule, SealingError> {
        let (tier, key) = &self.tier;
        let place = Place { kit: kit(store), id: &self.id, version: self.version, tier: (tier, key), now };
        let capsule = capsule::seal(place, fields)?;
        let mut files = SealedFiles::default();
        files.capsules.insert(self.id.clone(), capsule.clone());
        sealed::write(dir, &files)?;
        if remember {
            let lock = store.lock(LOCK_WAIT_S)?;
            let mut digests = store.digests()?;
            // Without random bytes it is only sealed anew next time.
            if digests.keep(&self.id, &capsule, fields).is_ok() {
                store.keep_digests(&lock, &digests)?;
            }
        }
        Ok(capsule)
    }

    /// Opens what is sealed so far, as a holder who opens alone; recorded first. The line's receipt comes with it.
    ///
    /// # Errors
    /// [`SealingError`]: nothing was opened.
    pub fn open_old(
        &self,
        (store, team): (&Store, &Team),
        reading: Option<&Reading>,
        passphrase: &Passphrase,
        (now, machine): (Timestamp, Machine),
    ) -> Result<Vec<Field>, SealingError> {
        let old = self.old.as_ref().ok_or(SealingError::NothingToKeep)?;
        let reading = reading.ok_or(SealingError::NoKit)?;
        if Hash::of(old.age.as_bytes()).to_string() != old.sha256 {
            return Err(CapsuleError::Hash.into());
        }
        let key = team.tiers.get(&old.tier).and_then(|tier| tier.key_of(old.key));
        let key = key.ok_or_else(|| SealingError::NoKey(old.tier.clone()))?;
        let device = unseal::own_device(store, reading)?;
        let signing = unseal::device_key(store, passphrase)?;
        let opener = unseal::opener(store, passphrase)?;
        let whole = match (KeyOf { kit: kit(store), tier: &old.tier, key }).open(device, &opener)? {
            Opened::Whole(whole) => whole,
            Opened::Share(_) => {
                let Rule::Of { k, .. } = key.rule else { return Err(TierError::Other.into()) };
                return Err(TierError::TooFew { needed: k, found: 1 }.into());
            }
        };
        let what = What::Opened { credential: self.id.clone(), version: old.version, by: "seal".to_owned(), field: None };
        let reason = "sealed with some values new and the others as they were".to_owned();
        record(store, reading, &signing, Occasion { what, reason, incident: None, now, machine })?;
        Ok(capsule::open(kit(store), &self.id, old, &whole)?)
    }
}

fn kit(store: &Store) -> &KitId {
    &store.trust().pin.kit
}
