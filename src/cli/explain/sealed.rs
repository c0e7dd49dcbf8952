//! Errors of what is sealed: tiers, capsules, journals, and the keys of this device.

use crate::{
    bundle::{AgeError, CapsuleError, JournalError, TierError},
    cli::failure::{Failure, Kind},
    record::RecordError,
    unseal::UnsealError,
};

/// Who makes it right when what is sealed in a kit is not as it should be.
const SEALED_WRONGLY: &str = "It was sealed wrongly. Whoever publishes seals it again: kit seal NAME --dir DIR";

impl From<UnsealError> for Failure {
    fn from(error: UnsealError) -> Self {
        let text = format!("{error}.");
        match error {
            UnsealError::Store(error) => error.into(),
            UnsealError::DeviceKey(error) => error.into(),
            UnsealError::Opener(error) => error.into(),
            UnsealError::Identity(_) => {
                Self::new(Kind::CannotOpen, text).hint("Join anew with another device name: kit join INVITE")
            }
            UnsealError::NotInRoster => Self::new(Kind::CannotOpen, text)
                .hint("Its publisher lets it in: kit member add REQUEST --dir DIR, then kit publish DIR")
                .hint("Then: kit sync"),
        }
    }
}

impl From<TierError> for Failure {
    fn from(error: TierError) -> Self {
        let text = format!("{error}.");
        match error {
            TierError::NoDevice(_) => {
                Self::usage(text).hint("They join first: kit invite, then kit member add REQUEST --dir DIR")
            }
            TierError::Rule { .. } | TierError::Split(_) => {
                Self::usage(text).hint("Name as many holders as the rule counts, for example --rule 2-of-3 with three.")
            }
            TierError::BadShare(_) | TierError::NoHolder(_) => {
                Self::new(Kind::NotTrusted, text).hint("Ask them for it again, for the key that is current in your kit: kit sync")
            }
            TierError::Twice(_) | TierError::TooFew { .. } => {
                Self::new(Kind::CannotOpen, text).hint("Ask another holder: kit request NAME")
            }
            TierError::NotForUs | TierError::Box(AgeError::NotForUs) => {
                Self::new(Kind::CannotOpen, text).hint("See who holds it: kit tier list")
            }
            TierError::Box(_) | TierError::Other => Self::new(Kind::NotTrusted, text).hint(SEALED_WRONGLY),
        }
    }
}

impl From<CapsuleError> for Failure {
    fn from(error: CapsuleError) -> Self {
        let text = format!("{error}.");
        match error {
            CapsuleError::Fields { .. } | CapsuleError::Age(AgeError::TooLarge) => {
                Self::usage(text).hint("Nothing was written. Make two credentials of it.")
            }
            CapsuleError::Age(AgeError::NotForUs) => Self::new(Kind::CannotOpen, text).hint(SEALED_WRONGLY),
            _ => Self::new(Kind::NotTrusted, text).hint(SEALED_WRONGLY),
        }
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        let text = format!("{error}.");
        match error {
            JournalError::TooLong => Self::usage(text).hint("Say it in fewer words. Nothing was opened."),
            _ => Self::new(Kind::NotTrusted, text).hint("See the whole journal: kit log verify"),
        }
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Store(error) => error.into(),
            RecordError::Journal(error) => error.into(),
            RecordError::NotWritten { error, .. } => {
                Self::usage(format!("the journal could not be written, so nothing was opened: {error}."))
                    .hint("Make room, or mend the folder of the kit. Then try again.")
            }
        }
    }
}
