//! Succeeding: what is sealed goes on from what was signed. A key and a value keep their versions for ever, and go up by steps.

use crate::{
    bundle::limits::VERSION_STEP_MAX,
    team::{Capsule, Credential, Id, Rotate, Team, Tier},
};

/// Something sealed that does not go on from what was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// A key is not the one that was signed under its version: it is somebody's own, whatever holders it names.
    #[error("key {version} of tier {tier} is another one than was signed before")]
    OtherKey {
        /// The tier.
        tier: Id<Tier>,
        /// The version of the key.
        version: u32,
    },
    /// The current key of a tier is older than the one that was signed.
    #[error("tier {tier} goes back from key {from} to key {to}")]
    KeyBack {
        /// The tier.
        tier: Id<Tier>,
        /// As it was signed.
        from: u32,
        /// As it would be.
        to: u32,
    },
    /// The version of a key is far above the one that was signed: at their end they could not be told apart.
    #[error("tier {tier} jumps from key {from} to key {to}")]
    KeyJump {
        /// The tier.
        tier: Id<Tier>,
        /// As it was signed; 0 for a tier without a key.
        from: u32,
        /// As it would be.
        to: u32,
    },
    /// Another value stands under the version that was signed: the record of openings could not tell them apart.
    #[error("value {version} of {credential} is another one than was signed before")]
    OtherValue {
        /// The credential.
        credential: Id<Credential>,
        /// The version.
        version: u32,
    },
    /// What was sealed as another credential stands in its place.
    #[error("the value of {credential} is what was signed as that of {other}")]
    Swapped {
        /// The credential.
        credential: Id<Credential>,
        /// Whose value it was.
        other: Id<Credential>,
    },
    /// An older value came back.
    #[error("{credential} goes back from value {from} to value {to}")]
    ValueBack {
        /// The credential.
        credential: Id<Credential>,
        /// As it was signed.
        from: u32,
        /// As it would be.
        to: u32,
    },
    /// The version of a value is far above all that were known.
    #[error("{credential} jumps from value {from} to value {to}")]
    ValueJump {
        /// The credential.
        credential: Id<Credential>,
        /// The highest that was signed; 0 without any.
        from: u32,
        /// As it would be.
        to: u32,
    },
}

/// Whether each version of a tier's key is still the key that was signed, and no tier goes back to an older one.
///
/// # Errors
/// The first [`Break`].
pub fn keys(signed: &Team, team: &Team) -> Result<(), Break> {
    for (id, tier) in &team.tiers {
        let Some(before) = signed.tiers.get(id) else { continue };
        let is_other = |version: u32, recipient: &str| before.key_of(version).is_some_and(|was| was.recipient != recipient);
        if let Some(key) = tier.keys.iter().find(|key| is_other(key.version, &key.recipient)) {
            return Err(Break::OtherKey { tier: id.clone(), version: key.version });
        }
        if let (Some(was), Some(is)) = (before.key(), tier.key())
            && is.version < was.version
        {
            return Err(Break::KeyBack { tier: id.clone(), from: was.version, to: is.version });
        }
    }
    Ok(())
}

/// Everything that does not go on from what was signed; without a signed kit, from nothing.
pub fn breaks(signed: Option<&Team>, team: &Team) -> Vec<Break> {
    let mut found: Vec<Break> = signed.and_then(|signed| keys(signed, team).err()).into_iter().collect();
    for (id, tier) in &team.tiers {
        let before = signed.and_then(|signed| signed.tiers.get(id)?.key());
        let from = before.map_or(0, |key| key.version);
        let to = tier.keys.iter().map(|key| key.version).max().unwrap_or_default();
        if is_jump(from, to) {
            found.push(Break::KeyJump { tier: id.clone(), from, to });
        }
    }
    for (id, credential) in &team.credentials {
        found.extend(credential.capsule.as_ref().and_then(|capsule| value(signed, id, capsule)));
    }
    found
}

fn value(signed: Option<&Team>, id: &Id<Credential>, capsule: &Capsule) -> Option<Break> {
    let (credential, to) = (id.clone(), capsule.version);
    let is_it = |it: &Credential| it.capsule.as_ref().is_some_and(|signed| signed.sha256 == capsule.sha256);
    let other = signed.and_then(|signed| signed.credentials.iter().find(|(other, it)| *other != id && is_it(it)));
    if let Some((other, _)) = other {
        return Some(Break::Swapped { credential, other: other.clone() });
    }
    let was = signed.and_then(|signed| signed.credentials.get(id)?.capsule.as_ref());
    if let Some(was) = was {
        if to < was.version {
            return Some(Break::ValueBack { credential, from: was.version, to });
        }
        // The same value under another key has other bytes.
        let is_same_key = (&was.tier, was.key) == (&capsule.tier, capsule.key);
        if to == was.version && is_same_key && was.sha256 != capsule.sha256 {
            return Some(Break::OtherValue { credential, version: to });
        }
    }
    let from = highest(signed, id);
    is_jump(from, to).then_some(Break::ValueJump { credential, from, to })
}

/// The highest version of a value that the signed kit knows of: of what it has, had opened, or wants changed.
fn highest(signed: Option<&Team>, id: &Id<Credential>) -> u32 {
    let Some(signed) = signed else { return 0 };
    let capsule = signed.credentials.get(id).and_then(|it| it.capsule.as_ref()).map(|it| it.version);
    let openings = signed.ledger.openings.iter().filter(|it| it.credential == *id).map(|it| it.version);
    let tasks = signed.tasks.iter().filter_map(|task| match &task.rotate {
        Rotate::Credential { id: found, version } if found == id => Some(*version),
        _ => None,
    });
    capsule.into_iter().chain(openings).chain(tasks).max().unwrap_or_default()
}

fn is_jump(from: u32, to: u32) -> bool {
    to.saturating_sub(from) > VERSION_STEP_MAX
}
