//! Preparing: whether a credential could be opened on this device, alone or together with holders who gave their shares. Nothing
//! is opened yet, and nothing recorded.

use crate::{
    bundle::{KeyOf, Share, TierError},
    open::Reading,
    store::Store,
    team::{Capsule, Credential, Device, Id, Rule, Tier, TierKey},
    unseal::{self, UnsealError},
};

/// What has to be there to open a credential on this device.
#[derive(Debug, Clone, Copy)]
pub struct Prepared<'r> {
    /// The credential.
    pub credential: &'r Id<Credential>,
    /// The tier that it is sealed to.
    pub tier: &'r Id<Tier>,
    /// That tier's key.
    pub key: &'r TierKey,
    /// The sealed values.
    pub capsule: &'r Capsule,
    /// This device, as the kit has it.
    pub device: &'r Device,
    /// Whether this device has a box of that key; without one it takes the shares of those who have.
    pub holds: bool,
}

/// Why a credential cannot be opened here.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The kit has no such credential.
    #[error("there is no credential {0}")]
    Unknown(Id<Credential>),
    /// It is a label only.
    #[error("{0} has no value sealed yet")]
    NotSealed(Id<Credential>),
    /// The kit lacks the key that it is sealed to.
    #[error("the kit does not have the key that {0} is sealed to")]
    NoKey(Id<Credential>),
    /// This device has no box of that key, which any holder opens alone.
    #[error("this device cannot open what is in tier {tier}")]
    NotHolder {
        /// The tier.
        tier: Id<Tier>,
        /// Whether another device of the same person can.
        other_device: bool,
    },
    /// More holders are needed.
    #[error("{credential} needs {needed} of {of} holders together; here are {found}")]
    MoreNeeded {
        /// What was to be opened.
        credential: Id<Credential>,
        /// How many.
        needed: u8,
        /// Of how many.
        of: u8,
        /// How many are there, this device's own among them.
        found: usize,
        /// Whether this device's own is among them.
        holds: bool,
    },
    /// The kit does not have this device.
    #[error(transparent)]
    Device(#[from] UnsealError),
    /// A share is not what it says.
    #[error(transparent)]
    Tier(#[from] TierError),
}

/// Looks whether this device could open a credential, alone or with the shares of others: who holds nothing may open what
/// enough holders gave their shares for.
///
/// # Errors
/// [`PrepareError`].
pub fn prepare<'r>(store: &Store, reading: &'r Reading, id: &Id<Credential>) -> Result<Prepared<'r>, PrepareError> {
    let found = reading.team.credentials.get_key_value(id);
    let (credential, label) = found.ok_or_else(|| PrepareError::Unknown(id.clone()))?;
    let capsule = label.capsule.as_ref().ok_or_else(|| PrepareError::NotSealed(id.clone()))?;
    let tier = reading.team.tiers.get(&capsule.tier);
    let key = tier.and_then(|tier| tier.key_of(capsule.key)).ok_or_else(|| PrepareError::NoKey(id.clone()))?;
    let device = unseal::own_device(store, reading)?;
    let holds = key.is_for(device);
    if holds || key.rule != Rule::Any {
        return Ok(Prepared { credential, tier: &capsule.tier, key, capsule, device, holds });
    }
    let other_device = reading.team.devices.iter().any(|other| other.person == device.person && key.is_for(other));
    Err(PrepareError::NotHolder { tier: capsule.tier.clone(), other_device })
}

impl<'r> Prepared<'r> {
    /// The key, as what is sealed to it has to be opened.
    pub fn key_of(&self, store: &'r Store) -> KeyOf<'r> {
        KeyOf { kit: &store.trust().pin.kit, tier: self.tier, key: self.key }
    }

    /// How many shares are still needed, when these are there: this device's own counts. None where any holder opens alone.
    pub fn missing(&self, more: &[Share]) -> usize {
        match self.key.rule {
            Rule::Of { k, .. } => usize::from(k).saturating_sub(self.found(more)),
            Rule::Any => 0,
        }
    }

    /// Looks whether there are enough shares, with this device's own, and the right ones.
    ///
    /// # Errors
    /// [`PrepareError::MoreNeeded`], or whose share is wrong.
    pub fn check(&self, store: &Store, more: &[Share]) -> Result<(), PrepareError> {
        let Rule::Of { k, n } = self.key.rule else { return Ok(()) };
        let of = self.key_of(store);
        more.iter().try_for_each(|share| of.check(share))?;
        if self.missing(more) == 0 {
            return Ok(());
        }
        let (credential, found) = (self.credential.clone(), self.found(more));
        Err(PrepareError::MoreNeeded { credential, needed: k, of: n, found, holds: self.holds })
    }

    fn found(&self, more: &[Share]) -> usize {
        more.len() + usize::from(self.holds)
    }
}
