//! Errors of opening a credential.

use crate::{
    cli::failure::{Failure, Kind},
    reveal::RevealError,
};

/// Said when somebody does not come upon their passphrase.
pub(in crate::cli) fn wrong_too_often() -> Failure {
    Failure::new(Kind::CannotOpen, "the passphrase was wrong three times; nothing was opened.")
        .hint("Nothing is locked: try again as often as you need.")
        .hint("If you wrote it down, look where you keep your recovery sheet: in a safe, or with somebody you trust.")
        .hint("Another holder can open it: kit lookup NAME")
}

impl From<RevealError> for Failure {
    fn from(error: RevealError) -> Self {
        let text = format!("{error}.");
        match error {
            RevealError::Unknown(_) => Self::new(Kind::NotFound, text).hint("Is this kit current? kit sync"),
            RevealError::NotSealed(_) => {
                Self::new(Kind::NotFound, text).hint("Whoever publishes seals one: kit seal NAME --dir DIR, then kit publish DIR")
            }
            RevealError::NoKey(_) => {
                Self::new(Kind::NotTrusted, text).hint("Whoever publishes seals it again: kit seal NAME --dir DIR")
            }
            RevealError::NotHolder { .. } => Self::new(Kind::CannotOpen, text).hint("Who can: kit lookup NAME"),
            RevealError::MoreNeeded { .. } => {
                Self::new(Kind::CannotOpen, text).hint("Ask the others for their shares: kit request NAME")
            }
            RevealError::Unseal(error) => error.into(),
            RevealError::Record(error) => error.into(),
            RevealError::Tier(error) => error.into(),
            RevealError::Capsule(error) => error.into(),
        }
    }
}
