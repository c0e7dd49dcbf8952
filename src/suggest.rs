//! Sources that the publishers of a kit suggest: shown, never used before somebody adds them by a command.

use std::path::Path;

use crate::{source::Address, team::Team};

/// Most suggestions that are shown.
const SHOWN_MAX: usize = 5;

/// What a kit suggests and this machine has not: addresses on a network only, so that a kit can neither make a machine look
/// at its own files nor have it start anything.
pub fn usable(team: &Team, known: &[String]) -> Vec<String> {
    let addresses = team.suggested_sources.iter().filter_map(|text| address(text));
    let mut usable: Vec<String> = addresses.filter(|address| !known.contains(address)).collect();
    usable.dedup();
    usable.truncate(SHOWN_MAX);
    usable
}

/// The text that an address is remembered by; [`None`] for what no member could add, or should not.
fn address(text: &str) -> Option<String> {
    let address = Address::parse(text, Path::new("/")).ok()?;
    (!address.is_local()).then(|| address.to_string())
}
