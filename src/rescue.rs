//! The rescue drill: this device opens what it holds, each key and each value, and shows none of it.

use crate::{
    answer::next_proof,
    bundle::{KeyOf, KitId, canary::try_canary, capsule, journal::What, tier::Opened},
    key::Identity,
    team::{Device, Id, Team, Tier},
};
use jiff::civil::Date;
use serde::Serialize;

/// What trying one tier gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drilled {
    /// The tier.
    pub tier: Id<Tier>,
    /// Its name.
    pub name: String,
    /// The version of its current key.
    pub version: u32,
    /// Whether this device opens its part: the key, or its share.
    pub opens: bool,
    /// Whether it is a share: then no value opens with it alone.
    pub is_share: bool,
    /// How many values this device opened, of those that it should.
    pub credentials: usize,
    /// Why something does not open, in sentences.
    pub faults: Vec<String>,
    /// The day by which to try again.
    pub next: Date,
}

/// Tries the tiers that a device holds, or those of them that are named.
pub fn drill(kit: &KitId, team: &Team, device: &Device, opener: &Identity, wanted: &[Id<Tier>], today: Date) -> Vec<Drilled> {
    let holds = |id: &Id<Tier>, tier: &Tier| {
        let is_holder = tier.holders.contains(&device.person) || tier.keys.iter().any(|key| key.is_for(device));
        tier.key().is_some() && is_holder && (wanted.is_empty() || wanted.contains(id))
    };
    let own = team.tiers.iter().filter(|(id, tier)| holds(id, tier));
    own.map(|(id, tier)| one(kit, team, (id, tier), device, opener, today)).collect()
}

impl Drilled {
    /// What the journal says of it.
    pub fn what(&self) -> What {
        What::Drilled { tier: self.tier.clone(), version: self.version, opens: self.opens }
    }
}

fn one(kit: &KitId, team: &Team, (id, tier): (&Id<Tier>, &Tier), device: &Device, opener: &Identity, today: Date) -> Drilled {
    let mut done = Drilled {
        tier: id.clone(),
        name: tier.name.clone(),
        version: tier.key().map_or(0, |key| key.version),
        opens: true,
        is_share: false,
        credentials: 0,
        faults: Vec::new(),
        next: next_proof(team, today),
    };
    for key in &tier.keys {
        let is_current = key.version == done.version;
        let sealed: Vec<_> = team.credentials.iter().filter_map(|(id, it)| Some((id, it.capsule.as_ref()?))).collect();
        let sealed: Vec<_> = sealed.into_iter().filter(|(_, it)| it.tier == *id && it.key == key.version).collect();
        if !is_current && (sealed.is_empty() || !key.is_for(device)) {
            continue;
        }
        let of = KeyOf { kit, tier: id, key };
        match of.open(device, opener) {
            Ok(Opened::Share(_)) => done.is_share |= is_current,
            Ok(Opened::Whole(identity)) => {
                if let Err(error) = try_canary(of, &identity) {
                    done.faults.push(format!("the canary of key {}: {error}", key.version));
                }
                for (credential, capsule) in sealed {
                    match capsule::open(kit, credential, capsule, &identity) {
                        Ok(_) => done.credentials += 1,
                        Err(error) => done.faults.push(format!("{credential}: {error}")),
                    }
                }
            }
            Err(error) => done.faults.push(format!("key {}: {error}", key.version)),
        }
    }
    done.opens = done.faults.is_empty();
    done
}
