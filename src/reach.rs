//! Reaching: from what this machine remembers of its sources to sources that can be asked.

use std::{path::Path, sync::Arc};

use crate::{
    source::{Address, CredentialCommand, Outside, Source, SourceError},
    store::Settings,
};

/// A source that is to be asked, or why it cannot be.
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
pub fn reach(text: &str, settings: &Settings, base: &Path, outside: &Outside) -> Result<Reached, SourceError> {
    let address = Address::parse(text, base)?;
    let name = address.to_string();
    let command = settings.credentials.get(&name).and_then(|words| {
        let (program, arguments) = words.split_first()?;
        Some(CredentialCommand { program: program.into(), arguments: arguments.to_vec() })
    });
    Ok(Reached { name, source: address.source(outside, command.as_ref()) })
}
