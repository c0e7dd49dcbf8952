//! Another key for a tier, for those of its holders who stay.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{
    bundle::{
        KitId, TierError,
        tier::{self, Holder},
    },
    key::Recipient,
    team::{Id, Person, Rule, Team, Tier, TierKey},
    vouch,
};

/// Why a tier gets no other key.
#[derive(Debug, thiserror::Error)]
pub enum RekeyError {
    /// Too few would be left to open a tier.
    #[error("tier {tier} would have {left} of the {needed} holders that it takes to open it")]
    TooFew {
        /// The tier.
        tier: Id<Tier>,
        /// Who would be left.
        left: usize,
        /// How many it takes.
        needed: usize,
    },
    /// A device that a key would be sealed to was never accepted on this machine.
    #[error("tier {tier} would be sealed to {device}, which nobody accepted on this machine")]
    Unvouched {
        /// The tier.
        tier: Id<Tier>,
        /// `bob.reyes/laptop`.
        device: String,
    },
    /// A key could not be made.
    #[error("a new key for tier {tier}: {error}")]
    Tier {
        /// The tier.
        tier: Id<Tier>,
        /// Why.
        error: TierError,
    },
}

/// What a key may be sealed to: what this machine accepted, and the newest kit that it has.
#[derive(Clone, Copy)]
pub(crate) struct Trusted<'a> {
    pub(crate) accepted: &'a BTreeSet<String>,
    pub(crate) signed: Option<&'a Team>,
}

/// The next key of a tier, for those of its holders who stay.
pub(crate) fn without(
    kit: &KitId,
    (id, tier): (&Id<Tier>, &Tier),
    (team, trusted): (&Team, Trusted<'_>),
    (person, today): (&Id<Person>, Date),
) -> Result<TierKey, RekeyError> {
    let failed = |error: TierError| RekeyError::Tier { tier: id.clone(), error };
    let old = tier.key().ok_or_else(|| failed(TierError::NotForUs))?;
    let mut holders: Vec<Holder> = Vec::new();
    for holder in old.holders.iter().filter(|holder| *holder != person && tier.holders.contains(holder)) {
        let mut openers = Vec::new();
        for device in team.devices.iter().filter(|device| device.person == *holder) {
            if !vouch::is_device_trusted(trusted.accepted, trusted.signed, device) {
                return Err(RekeyError::Unvouched { tier: id.clone(), device: format!("{holder}/{}", device.name) });
            }
            openers.extend(Recipient::parse(&device.opener));
        }
        holders.push((holder.clone(), openers));
    }
    let rule = match old.rule {
        Rule::Any => Rule::Any,
        Rule::Of { k, .. } => Rule::Of { k, n: u8::try_from(holders.len()).unwrap_or(u8::MAX) },
    };
    if let Rule::Of { k, .. } = rule
        && holders.len() < usize::from(k)
    {
        return Err(RekeyError::TooFew { tier: id.clone(), left: holders.len(), needed: usize::from(k) });
    }
    let (key, _) = tier::make(kit, id, (old.version + 1, rule), &holders, today).map_err(failed)?;
    Ok(key)
}
