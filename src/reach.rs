//! Reaching: from the addresses that this machine remembers, or that a kit suggests, to sources that can be asked.

use std::{path::Path, sync::Arc};

use crate::{
    program::CommandLine,
    source::{Address, CredentialCommand, Outside, Source, SourceError},
    store::Settings,
    team::Team,
};

/// Most suggestions that are shown.
const SUGGESTED_MAX: usize = 5;

/// Which places, and from where they are reached.
#[derive(Clone, Copy)]
pub struct Route<'a> {
    /// Their addresses; the first decides who published.
    pub places: &'a [String],
    /// The folder that relative addresses start from.
    pub base: &'a Path,
    /// What sources may know of this machine.
    pub outside: &'a Outside,
}

/// A source that is to be asked.
#[derive(Clone)]
pub struct Reached {
    /// What it is called, and remembered by.
    pub name: String,
    /// The source.
    pub source: Arc<dyn Source>,
}

/// The source at one address, with the credentials that the settings name for it.
///
/// # Errors
/// [`SourceError`] when the text is no address.
pub fn reach(text: &str, settings: &Settings, route: Route<'_>) -> Result<Reached, SourceError> {
    let address = Address::parse(text, route.base)?;
    let name = address.to_string();
    let command = settings.credentials.get(&name).and_then(|words| {
        let (program, arguments) = words.split_first()?;
        Some(CredentialCommand(CommandLine { program: program.into(), arguments: arguments.to_vec() }))
    });
    Ok(Reached { name, source: address.source(route.outside, command.as_ref()) })
}

/// What the publishers of a kit suggest and this machine has not; never used before somebody adds it by a command. Addresses on
/// a network only, so that a kit can neither make a machine look at its own files nor have it start anything.
pub fn suggested(team: &Team, known: &[String]) -> Vec<String> {
    let addresses = team.suggested_sources.iter().filter_map(|text| suggestion(text));
    let mut suggested: Vec<String> = addresses.filter(|address| !known.contains(address)).collect();
    suggested.dedup();
    suggested.truncate(SUGGESTED_MAX);
    suggested
}

/// The text that an address is remembered by; [`None`] for what no member could add, or should not.
fn suggestion(text: &str) -> Option<String> {
    let address = Address::parse(text, Path::new("/")).ok()?;
    (!address.is_local()).then(|| address.to_string())
}
