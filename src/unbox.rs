//! Unboxing: this device opens a tier's key, to box it for others or to seal what it opens to another key. That is an opening:
//! it stands in the journal before the box is opened.

use jiff::Timestamp;

use crate::{
    bundle::{KeyOf, Share, TierError, journal::What, tier::Opened},
    hold::HoldError,
    key::{DeviceKey, Identity},
    open::Reading,
    record::{Machine, Occasion, Recorded, record},
    store::Store,
    team::{Device, Id, Rule, Tier, TierKey},
};

/// This device, its keys open, and what it opens keys of tiers for. No Debug: it is full of secrets.
pub struct Unboxer<'a> {
    /// The store.
    pub store: &'a Store,
    /// The kit on this machine.
    pub reading: &'a Reading,
    /// This device, as the team directory has it.
    pub device: &'a Device,
    /// Opens its boxes.
    pub opener: Identity,
    /// Signs its journal.
    pub key: DeviceKey,
    /// Shares that other holders gave.
    pub more: Vec<Share>,
    /// The command: `tier add`.
    pub by: &'static str,
    /// Why, for the journal.
    pub reason: String,
    /// Now.
    pub now: Timestamp,
    /// What this machine says of its time beside that.
    pub machine: Machine,
}

impl Unboxer<'_> {
    /// Whether this device could open a key, with the shares that it was given.
    ///
    /// # Errors
    /// [`TierError::NotForUs`], [`TierError::TooFew`], or whose share is wrong.
    pub fn could(&self, tier: &Id<Tier>, key: &TierKey) -> Result<(), TierError> {
        if !key.is_for(self.device) {
            return Err(TierError::NotForUs);
        }
        let Rule::Of { k, .. } = key.rule else { return Ok(()) };
        let of = KeyOf { kit: &self.store.trust().pin.kit, tier, key };
        self.more.iter().try_for_each(|share| of.check(share))?;
        let found = self.more.len() + 1;
        if found < usize::from(k) { Err(TierError::TooFew { needed: k, found }) } else { Ok(()) }
    }

    /// Records that the key is opened, then opens it.
    ///
    /// # Errors
    /// [`HoldError::Tier`] as [`Unboxer::could`] says; [`HoldError::Record`]: nothing was opened.
    pub fn unbox(&self, tier: &Id<Tier>, key: &TierKey) -> Result<(Identity, Recorded), HoldError> {
        self.could(tier, key)?;
        let what = What::Rekeyed { tier: tier.clone(), version: key.version, by: self.by.to_owned() };
        let (reason, machine) = (self.reason.clone(), self.machine.clone());
        let occasion = Occasion { what, reason, incident: None, now: self.now, machine };
        let recorded = record(self.store, self.reading, &self.key, occasion)?;
        let of = KeyOf { kit: &self.store.trust().pin.kit, tier, key };
        let identity = match of.open(self.device, &self.opener)? {
            Opened::Whole(identity) => identity,
            Opened::Share(own) => of.combine(&[&[own][..], &self.more].concat())?,
        };
        Ok((identity, recorded))
    }
}
