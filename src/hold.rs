//! Holding: who can open a tier. Makes its key, boxes it for more devices, and writes both down in a team directory.
//!
//! Boxes are made only for devices that this machine trusts: those of the signed kit, and those that were accepted here. A pull
//! request that adds a device, or swaps a key, gets nothing sealed to it.

use std::{collections::BTreeSet, path::Path};

use jiff::{Timestamp, civil::Date};

use crate::{
    authored::{
        self, LoadError,
        edit::{EditError, Edits},
        sealed::SealedFiles,
    },
    bundle::{
        CapsuleError, KitId,
        tier::{self, Holder, KeyOf, TierError},
    },
    disk::DiskError,
    key::{Identity, Recipient},
    record::RecordError,
    store::{LOCK_WAIT_S, Store, StoreError},
    team::{Id, Person, Rule, Team, Tier},
    vouch::{self, is_device_trusted, is_tier_trusted},
};

/// What is known where holders change: a team directory, and what this machine trusts.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The kit.
    pub kit: &'a KitId,
    /// What the directory says.
    pub team: &'a Team,
    /// The team of the signed kit on this machine, if there is one.
    pub signed: Option<&'a Team>,
    /// What was accepted here: `Settings::acknowledged`.
    pub accepted: &'a BTreeSet<String>,
    /// Now.
    pub now: Timestamp,
    /// The day here.
    pub today: Date,
}

/// Why holders were not changed.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// The directory has mistakes, or would have.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The directory cannot be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The label cannot be written.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key cannot be made, boxed or opened.
    #[error(transparent)]
    Tier(#[from] TierError),
    /// It was not recorded that a key is opened, so it was not opened.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A capsule cannot be sealed anew.
    #[error("{0}: {1}")]
    Capsule(String, CapsuleError),
    /// No such tier in the directory.
    #[error("no tier {0} is written down in the directory")]
    NoTier(Id<Tier>),
    /// Nobody of those ids in the directory.
    #[error("nobody in the directory is called {}", .0.join(" or "))]
    NoPeople(Vec<String>),
    /// Holders who could never open it.
    #[error("{} {} no device that could open it", .0.join(", "), if .0.len() == 1 { "has" } else { "have" })]
    NoDevices(Vec<String>),
    /// The tier is needed.
    #[error("tier {tier} is in use: {}", .by.join(", "))]
    InUse {
        /// The tier.
        tier: Id<Tier>,
        /// The credentials that are sealed to it, or are to be.
        by: Vec<String>,
    },
    /// The tier has a key.
    #[error("tier {0} has a key already")]
    HasKey(Id<Tier>),
    /// The tier has no key yet.
    #[error("tier {0} has no key yet")]
    NoKey(Id<Tier>),
    /// What was asked for is not what the label says.
    #[error("tier {tier} is written down with another {what}: {written}")]
    Differs {
        /// The tier.
        tier: Id<Tier>,
        /// `rule`, `name`, `holders`.
        what: &'static str,
        /// As it stands in the directory.
        written: String,
    },
    /// A device came into the directory by another way.
    #[error("{person}'s device {device:?} is not in the signed kit as the directory has it, and nobody accepted it here")]
    StrangeDevice {
        /// Whose.
        person: Id<Person>,
        /// Its name.
        device: String,
    },
    /// A key came into the directory by another way.
    #[error("the key of tier {0} is not the one of the signed kit, and nobody accepted it here")]
    StrangeKey(Id<Tier>),
    /// The versions are used up: somebody set them so.
    #[error("tier {0} has the last version of a key that there is, so none can come after it")]
    NoVersion(Id<Tier>),
    /// Not a holder.
    #[error("{1} does not hold tier {0}")]
    NotHolder(Id<Tier>, Id<Person>),
    /// Fewer would stay than it takes.
    #[error("tier {tier} takes {needed} holders, and {left} would stay")]
    TooFewStay {
        /// The tier.
        tier: Id<Tier>,
        /// How many it takes.
        needed: u8,
        /// How many would stay.
        left: usize,
    },
}

/// A tier's key that is made for the first time.
///
/// # Errors
/// [`HoldError`].
pub fn begin(ground: &Ground<'_>, id: &Id<Tier>, label: &Tier) -> Result<Tier, HoldError> {
    if label.key().is_some() {
        return Err(HoldError::HasKey(id.clone()));
    }
    let holders = ground.holders(&label.holders)?;
    // Of a tier that was ended and is made again, while the signed kit still has it.
    let before = ground.signed.and_then(|signed| signed.tiers.get(id)?.key()).map_or(0, |key| key.version);
    let version = before.checked_add(1).ok_or_else(|| HoldError::NoVersion(id.clone()))?;
    let (key, _) = tier::make(ground.kit, id, (version, label.rule), &holders, ground.today)?;
    Ok(Tier { keys: vec![key], ..label.clone() })
}

/// The tier with one more holder, or with boxes for all devices of one who holds it already. `identity` is its current key,
/// opened by a holder or by several. Of a `k-of-n` tier the key is split anew, for one more.
///
/// # Errors
/// [`HoldError`].
pub fn add_holder(ground: &Ground<'_>, id: &Id<Tier>, person: &Id<Person>, identity: &Identity) -> Result<Tier, HoldError> {
    let tier = ground.trusted(id)?;
    let old = tier.key().ok_or_else(|| HoldError::NoKey(id.clone()))?;
    if identity.recipient().to_string() != old.recipient {
        return Err(TierError::Other.into());
    }
    let with = |ids: &[Id<Person>]| -> Vec<Id<Person>> {
        let new = Some(person).filter(|person| !ids.contains(person));
        ids.iter().chain(new).cloned().collect()
    };
    let people = with(&old.holders);
    let rule = old.rule.for_holders(people.len());
    let label = if rule == Rule::Any { with(&tier.holders) } else { people.clone() };
    let key = crate::team::TierKey { rule, ..old.clone() };
    let key = tier::boxed(KeyOf { kit: ground.kit, tier: id, key: &key }, identity, &ground.holders(&people)?)?;
    let older = tier.keys.iter().filter(|known| known.version != key.version).cloned();
    let keys = older.chain([key.clone()]).collect();
    Ok(Tier { rule, holders: label, keys, ..tier.clone() })
}

impl Ground<'_> {
    /// A tier of the directory whose current key this machine trusts.
    ///
    /// # Errors
    /// [`HoldError::NoTier`], [`HoldError::NoKey`], [`HoldError::StrangeKey`].
    pub fn trusted(&self, id: &Id<Tier>) -> Result<&Tier, HoldError> {
        let tier = self.team.tiers.get(id).ok_or_else(|| HoldError::NoTier(id.clone()))?;
        match tier.key() {
            None => Err(HoldError::NoKey(id.clone())),
            Some(_) if is_tier_trusted(self.accepted, self.signed, id, tier) => Ok(tier),
            Some(_) => Err(HoldError::StrangeKey(id.clone())),
        }
    }

    /// The openers of some people's devices, each of which this machine trusts.
    ///
    /// # Errors
    /// [`HoldError`] names everybody without a device, or the first device that nobody accepted here.
    pub fn holders(&self, people: &[Id<Person>]) -> Result<Vec<Holder>, HoldError> {
        self.known(people)?;
        let has_none = |person: &&Id<Person>| !self.team.devices.iter().any(|device| device.person == **person);
        let without: Vec<String> = people.iter().filter(has_none).map(ToString::to_string).collect();
        if !without.is_empty() {
            return Err(HoldError::NoDevices(without));
        }
        let one = |person: &Id<Person>| {
            let devices = self.team.devices.iter().filter(|device| device.person == *person);
            let openers = devices.map(|device| {
                let strange = || HoldError::StrangeDevice { person: person.clone(), device: device.name.clone() };
                let is_trusted = is_device_trusted(self.accepted, self.signed, device);
                Recipient::parse(&device.opener).ok().filter(|_| is_trusted).ok_or_else(strange)
            });
            Ok((person.clone(), openers.collect::<Result<Vec<_>, HoldError>>()?))
        };
        people.iter().map(one).collect()
    }

    /// Whether all of some people are written down.
    ///
    /// # Errors
    /// [`HoldError::NoPeople`] names everybody who is not, each with who is meant perhaps.
    pub fn known(&self, people: &[Id<Person>]) -> Result<(), HoldError> {
        let unknown = people.iter().filter(|person| !self.team.people.contains_key(person));
        let meant = |person: &Id<Person>| match authored::nearest(person.as_str(), self.team.people.keys().map(Id::as_str)) {
            Some(nearest) => format!("{person} (is it {nearest}?)"),
            None => person.to_string(),
        };
        let unknown: Vec<String> = unknown.map(meant).collect();
        if unknown.is_empty() { Ok(()) } else { Err(HoldError::NoPeople(unknown)) }
    }
}

/// Writes changed labels and what is sealed into the directory, and accepts the new keys on this machine. The label comes
/// first: where it stops half-way, `kit check` says that boxes are missing.
///
/// # Errors
/// [`HoldError`]; nothing is written when the directory would have mistakes.
pub fn keep(store: &Store, dir: &Path, (edits, sealed): (&Edits, &SealedFiles), today: Date) -> Result<Vec<String>, HoldError> {
    authored::check(&edits.draft(), today).map_err(LoadError::from)?;
    let lock = store.lock(LOCK_WAIT_S)?;
    edits.write(dir)?;
    let mut written: Vec<String> = edits.changes().into_iter().map(|change| change.file).collect();
    written.extend(authored::sealed::write(dir, sealed)?);
    let mut settings = store.settings()?;
    settings.acknowledged.extend(sealed.tiers.iter().filter_map(|(id, keys)| vouch::of_keys(id, keys)));
    store.set_settings(&lock, &settings)?;
    Ok(written)
}
