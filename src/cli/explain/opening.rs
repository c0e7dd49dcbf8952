//! Errors of opening a credential.

use crate::{
    cli::failure::{Failure, Kind},
    prepare::PrepareError,
    reveal::RevealError,
};

/// Said when somebody does not come upon their passphrase.
pub(in crate::cli) fn wrong_too_often() -> Failure {
    Failure::new(Kind::CannotOpen, "the passphrase was wrong three times; nothing was opened.")
        .hint("Nothing is locked: try again as often as you need.")
        .hint("If you wrote it down, look where you keep your recovery sheet: in a safe, or with somebody you trust.")
        .hint("Another holder can open it: kit lookup NAME")
}

impl From<PrepareError> for Failure {
    fn from(error: PrepareError) -> Self {
        let text = format!("{error}.");
        match error {
            PrepareError::Unknown(_) => Self::new(Kind::NotFound, text).hint("Is this kit current? kit sync"),
            PrepareError::NotSealed(_) => {
                Self::new(Kind::NotFound, text).hint("Whoever publishes seals one: kit seal NAME --dir DIR, then kit publish DIR")
            }
            PrepareError::NoKey(_) => {
                Self::new(Kind::NotTrusted, text).hint("Whoever publishes seals it again: kit seal NAME --dir DIR")
            }
            PrepareError::NotHolder { .. } => Self::new(Kind::CannotOpen, text).hint("Who can: kit lookup NAME"),
            PrepareError::MoreNeeded { .. } => {
                Self::new(Kind::CannotOpen, text).hint("Ask the others for their shares: kit request NAME")
            }
            PrepareError::Device(error) => error.into(),
            PrepareError::Tier(error) => error.into(),
        }
    }
}

impl From<RevealError> for Failure {
    fn from(error: RevealError) -> Self {
        match error {
            RevealError::Prepare(error) => error.into(),
            RevealError::Unseal(error) => error.into(),
            RevealError::Record(error) => error.into(),
            RevealError::Tier(error) => error.into(),
            RevealError::Capsule(error) => error.into(),
        }
    }
}
