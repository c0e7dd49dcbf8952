//! Sources that the publishers of a kit suggest: shown, never used before somebody adds them by a command.

use std::path::Path;

use crate::{source::Address, team::Team};

/// Most suggestions that are shown.
const SHOWN_MAX: usize = 5;

/// What a kit suggests and this machine has not: addresses on a network only, so that a kit can neither make a machine look
/// at its own files nor have it start anything.
pub fn usable(team: &Team, known: &[String]) -> Vec<String> {
    let addresses = team.suggested_sources.iter().filter_map(|text| address(text).ok());
    let mut usable: Vec<String> = addresses.filter(|address| !known.contains(address)).collect();
    usable.dedup();
    usable.truncate(SHOWN_MAX);
    usable
}

/// The first suggestion that no member could add, and why: publishing it is refused.
pub fn refused(team: &Team) -> Option<(&str, String)> {
    team.suggested_sources.iter().find_map(|text| Some((text.as_str(), address(text).err()?)))
}

/// The text that an address is remembered by.
fn address(text: &str) -> Result<String, String> {
    match Address::parse(text, Path::new("/")) {
        Ok(address) if address.is_local() => Err("is on the machine of whoever reads it".to_owned()),
        Ok(address) => Ok(address.to_string()),
        Err(error) => Err(error.to_string()),
    }
}
