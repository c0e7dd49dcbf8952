//! Vouching: which devices, keys of tiers and roots this machine's user has accepted, so that nothing that came into a team
//! directory by another way is published, sealed to or let in unseen.
//!
//! What is remembered (`Settings::acknowledged`) are hashes over everything that matters of a device, so that another key
//! under a known name is another device; of a tier's current key, its boxes too; and the hash of the newest root.

use std::collections::BTreeSet;

use crate::{
    bundle::{self, Hash, Roots},
    key::VerifyKey,
    team::{Device, Id, Team, Tier, TierKey},
};

/// Hexadecimal digits of the code that stands for a set of readers and signers: 64 bits cannot be met by trying.
const CODE_DIGITS: usize = 16;

/// What has to be accepted before it is published.
#[derive(Debug)]
pub struct Unvouched {
    /// Devices that could not read the kit before as they are now: `Erin Lam (laptop)`.
    pub readers: Vec<String>,
    /// Keys of tiers that are new or have other boxes: `tier on-call has a key, made by nobody on this machine: …`.
    pub tiers: Vec<String>,
    /// Fingerprints of keys that sign, or change who signs, and did not before.
    pub signers: Vec<String>,
    /// What to say to accept exactly all readers, openers and signers that the kit would have.
    pub code: String,
}

/// What stands for a device.
pub fn of_device(device: &Device) -> String {
    let Device { person, name, reader, opener, key, added: _ } = device;
    Hash::of(format!("{person}\n{name}\n{reader}\n{opener}\n{key}\n").as_bytes()).to_string()
}

/// What stands for a tier's current key: what is sealed to it, who opens it, and how many of them it takes. `None` without a key.
pub fn of_tier(id: &Id<Tier>, tier: &Tier) -> Option<String> {
    of_keys(id, &tier.keys)
}

/// What stands for a tier's keys: [`of_tier`].
pub fn of_keys(id: &Id<Tier>, keys: &[TierKey]) -> Option<String> {
    let TierKey { version, recipient, rule, made: _, holders, boxes, canary: _ } = keys.last()?;
    let holders: Vec<&str> = holders.iter().map(Id::as_str).collect();
    let mut text = format!("tier {id}\n{version}\n{recipient}\n{rule}\n{}\n", holders.join(" "));
    for one in boxes {
        // Its bytes too: a box that opens for others, or for nobody, is another box.
        let (openers, age) = (one.openers.join(" "), Hash::of(one.age.as_bytes()));
        text += &format!("{openers}\n{}\n{age}\n", one.commitment.as_deref().unwrap_or_default());
    }
    Some(Hash::of(text.as_bytes()).to_string())
}

/// Whether a device is exactly as the signed kit of this machine has it, or was accepted here.
pub fn is_device_trusted(accepted: &BTreeSet<String>, signed: Option<&Team>, device: &Device) -> bool {
    let hash = of_device(device);
    accepted.contains(&hash) || signed.is_some_and(|team| team.devices.iter().any(|known| of_device(known) == hash))
}

/// Whether this machine may seal to a tier's current key: it is exactly the one of the signed kit, or was accepted here. A tier
/// without a key is not.
pub fn is_tier_trusted(accepted: &BTreeSet<String>, signed: Option<&Team>, id: &Id<Tier>, tier: &Tier) -> bool {
    let signed = signed.and_then(|team| team.tiers.get(id)).and_then(|known| of_tier(id, known));
    of_tier(id, tier).is_some_and(|hash| accepted.contains(&hash) || signed.as_ref() == Some(&hash))
}

/// What stands for the newest root of a chain.
pub fn of_roots(roots: &Roots) -> String {
    roots.pin().root.to_string()
}

/// What stands for everything that a kit of this team and these roots lets read, open or sign.
pub fn of_all(team: &Team, roots: &Roots) -> BTreeSet<String> {
    let tiers = team.tiers.iter().filter_map(|(id, tier)| of_tier(id, tier));
    team.devices.iter().map(of_device).chain(tiers).chain([of_roots(roots)]).collect()
}

/// What nobody on this machine accepted, and what the kit before did not let in either.
///
/// `before` is the team and the chain of the kit before; without it, only what was accepted counts.
pub fn unvouched(
    accepted: &BTreeSet<String>,
    before: Option<&Team>,
    published: Option<&Roots>,
    team: &Team,
    roots: &Roots,
) -> Unvouched {
    let readers = team
        .devices
        .iter()
        .filter(|device| !is_device_trusted(accepted, before, device))
        .map(|device| format!("{} ({})", team.person_name(&device.person), device.name))
        .collect();
    let is_new = |id: &Id<Tier>, tier: &Tier| tier.key().is_some() && !is_tier_trusted(accepted, before, id, tier);
    let key_before = |id: &Id<Tier>| before.and_then(|before| before.tiers.get(id)?.key());
    let tiers = team.tiers.iter().filter(|(id, tier)| is_new(id, tier));
    let tiers = tiers.map(|(id, tier)| who_opens(team, id, (key_before(id), tier))).collect();
    let doc = roots.last();
    let is_accepted = accepted.contains(&of_roots(roots)) || published.is_some_and(|old| of_roots(old) == of_roots(roots));
    let known = published.map(keys).unwrap_or_default();
    let new = if is_accepted { BTreeSet::new() } else { &keys(roots) - &known };
    let signers: BTreeSet<String> = new.iter().map(VerifyKey::fingerprint).collect();
    // A root that only takes keys away is a change of who signs too.
    let signers = if !is_accepted && signers.is_empty() {
        vec![format!("root {} as a whole", doc.version)]
    } else {
        signers.into_iter().collect()
    };
    let all = of_all(team, roots).into_iter().fold(String::new(), |all, one| all + &one + "\n");
    Unvouched { readers, tiers, signers, code: Hash::of(all.as_bytes()).to_string().chars().take(CODE_DIGITS).collect() }
}

/// Who opens a tier's current key, by the devices that its boxes are sealed to; what is no device of the team is shown as it is.
///
/// Who made a key is in none of it, and its maker has it: that is said, so that nobody takes the list of holders for all.
fn who_opens(team: &Team, id: &Id<Tier>, (before, tier): (Option<&TierKey>, &Tier)) -> String {
    let Some(key) = tier.key() else { return String::new() };
    let mut names: Vec<String> = Vec::new();
    for opener in key.boxes.iter().flat_map(|one| &one.openers) {
        let device = team.devices.iter().find(|device| device.opener == *opener);
        let name = match device {
            Some(device) if key.holders.contains(&device.person) => team.person_name(&device.person).to_owned(),
            Some(device) => format!("{} (no holder)", team.person_name(&device.person)),
            None => format!("{opener} (no device of this team)"),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let hidden = key.boxes.iter().any(|one| bundle::tier::stanzas(one) != Some(one.openers.len()));
    let hidden = if hidden { ", and by others than it says: its box is sealed to more or fewer devices" } else { "" };
    let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    let opened = format!("{names} ({}){hidden}", key.rule.in_words());
    if before.is_some_and(|before| before.recipient == key.recipient) {
        return format!("tier {id} is boxed anew: its key can be opened by {opened}");
    }
    let which = if before.is_some() { "another key" } else { "a key" };
    format!(
        "tier {id} has {which}, made by nobody on this machine: it says that it can be opened by {opened}; whoever made it can open \
         all that is sealed to it from now on"
    )
}

/// Every key that signs, or says who signs.
fn keys(roots: &Roots) -> BTreeSet<VerifyKey> {
    let doc = roots.last();
    doc.root_keys.iter().chain(&doc.publish_keys).cloned().collect()
}

impl Unvouched {
    /// Whether everything is accepted.
    pub fn is_empty(&self) -> bool {
        self.readers.is_empty() && self.tiers.is_empty() && self.signers.is_empty()
    }
}
