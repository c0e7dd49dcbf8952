//! Disbanding: a tier that no credential needs goes, with its keys. What was sealed to it, and is kept elsewhere, opens with them
//! alone.

use std::path::Path;

use jiff::civil::Date;

use crate::{
    authored::{self, Draft, LoadError, edit::Edits, sealed},
    hold::HoldError,
    team::{Credential, Id, Team, Tier},
};

/// Whether nothing is sealed to a tier, or is to be.
///
/// # Errors
/// [`HoldError::InUse`], [`HoldError::NoTier`].
pub fn unused(team: &Team, id: &Id<Tier>) -> Result<(), HoldError> {
    if !team.tiers.contains_key(id) {
        return Err(HoldError::NoTier(id.clone()));
    }
    let needs = |it: &Credential| it.tier == *id || it.capsule.as_ref().is_some_and(|capsule| capsule.tier == *id);
    let by: Vec<String> = team.credentials.iter().filter(|(_, it)| needs(it)).map(|(name, _)| name.to_string()).collect();
    if by.is_empty() { Ok(()) } else { Err(HoldError::InUse { tier: id.clone(), by }) }
}

/// Takes the label and the keys of a tier out of the directory.
///
/// # Errors
/// [`HoldError`]; nothing is written when the directory would have mistakes.
pub fn disband(dir: &Path, id: &Id<Tier>, edits: &Edits, today: Date) -> Result<(), HoldError> {
    let keys = sealed::tier_file(id);
    let left: Vec<_> = edits.texts().filter(|(name, _)| *name != keys).collect();
    let draft = Draft::of(left.iter().map(|(name, text)| (*name, text.as_str())));
    authored::check(&draft, today).map_err(LoadError::from)?;
    // The keys first: a label without a key is no mistake, keys without a label are one.
    sealed::remove_tier(dir, id)?;
    Ok(edits.write(dir)?)
}
