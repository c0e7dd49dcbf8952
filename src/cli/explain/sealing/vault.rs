//! Errors of exports of other password managers.

use crate::{
    cli::failure::{Failure, Kind},
    import::vault::VaultError,
    take_out::{KEEPASS_PROGRAM, TakeOutError},
};

/// How a KeePass database becomes a file that kit reads by itself.
const TO_XML: &str = "Or export it: KeePass: File, Export, KeePass XML (2.x); KeePassXC: Database, Export, XML File.";
/// Most titles that are repeated.
const TITLES_MAX: usize = 20;

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        let failure = Self::usage(format!("{error}."));
        match error {
            VaultError::Unknown => failure
                .hint("Bitwarden: Tools, Export vault, format .json; 1Password: File, Export, 1PUX.")
                .hint("KeePass: the .kdbx itself, or its XML; authenticators: otpauth:// addresses, one a line."),
            VaultError::Database => failure.hint(TO_XML),
            VaultError::Encrypted { .. } => {
                failure.hint("Export again with the format .json, not .json (Encrypted): Tools, Export vault.")
            }
            VaultError::StillProtected => failure.hint("Export it from KeePass itself: File, Export, KeePass XML (2.x)."),
            VaultError::Damaged { .. } | VaultError::TooMuch => {
                failure.hint("Export again. If it stays so, type the values: kit seal NAME --field password --dir DIR")
            }
        }
    }
}

impl From<TakeOutError> for Failure {
    fn from(error: TakeOutError) -> Self {
        let text = format!("{error}.");
        match error {
            TakeOutError::Empty => Self::new(Kind::NotFound, text).hint("Export again, with the item in it."),
            TakeOutError::Missing { titles, .. } => {
                listed(Self::new(Kind::NotFound, text).hint("These are there, each said as it stands:"), &titles)
            }
            TakeOutError::Several { titles, .. } => {
                listed(Self::new(Kind::Ambiguous, text).hint("Say its folder too: --item FOLDER/TITLE"), &titles)
            }
            TakeOutError::NoProgram => Self::usage(text)
                .hint(format!("Install it: apt-get install keepassxc (it brings {KEEPASS_PROGRAM})"))
                .hint(TO_XML),
            TakeOutError::Closed => Self::new(Kind::CannotOpen, text).hint("Try again: nothing was changed.").hint(TO_XML),
            TakeOutError::Program(_) => Self::new(Kind::CannotOpen, text).hint(TO_XML),
            TakeOutError::Disk(error) => error.into(),
        }
    }
}

fn listed(failure: Failure, titles: &[String]) -> Failure {
    let failure = titles.iter().take(TITLES_MAX).fold(failure, |failure, title| failure.hint(format!("--item {title:?}")));
    match titles.len().checked_sub(TITLES_MAX) {
        Some(more @ 1..) => failure.hint(format!("And {more} more.")),
        _ => failure,
    }
}
