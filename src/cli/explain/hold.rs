//! Errors of changing who holds a tier.

use crate::{
    cli::failure::{Failure, Kind},
    hold::HoldError,
};

impl From<HoldError> for Failure {
    fn from(error: HoldError) -> Self {
        let text = format!("{error}. Nothing was written.");
        match error {
            HoldError::Load(error) => error.into(),
            HoldError::Disk(error) => error.into(),
            HoldError::Edit(error) => error.into(),
            HoldError::Store(error) => error.into(),
            HoldError::Tier(error) => error.into(),
            HoldError::Record(error) => error.into(),
            HoldError::Capsule(_, error) => error.into(),
            HoldError::NoTier(_) => Self::new(Kind::NotFound, text).hint("See which there are: kit tier list"),
            HoldError::NoDevices(_) => Self::usage(text)
                .hint("They join first: kit invite, then kit member add REQUEST --dir DIR")
                .hint("Or make it for the others now, and let them hold it later: kit tier new TIER --holders a,b --dir DIR"),
            HoldError::InUse { tier, .. } => Self::usage(text)
                .hint("Give each of them another tier in its label, and seal it anew: kit seal NAME --dir DIR")
                .hint(format!("To end that somebody holds it: kit tier remove {tier} PERSON --dir DIR")),
            HoldError::NoPeople(_) => Self::new(Kind::NotFound, text).hint("Write them down first, in people/ of the directory."),
            HoldError::HasKey(id) => Self::usage(text)
                .hint(format!("One more holder: kit tier add {id} PERSON --dir DIR"))
                .hint(format!("One less, with another key: kit tier remove {id} PERSON --dir DIR")),
            HoldError::NoKey(id) => Self::usage(text).hint(format!("Make it: kit tier new {id} --dir DIR")),
            HoldError::Differs { .. } => {
                Self::usage(text).hint("Leave it out here, or change it in the directory (credentials.toml).")
            }
            HoldError::StrangeDevice { .. } => Self::new(Kind::NotTrusted, text)
                .hint("If it is theirs, call them and publish it with the code that is shown: kit publish DIR")
                .hint("If nobody knows it, see who wrote it into the directory: its devices/ folder and its history in git."),
            HoldError::StrangeKey(_) => Self::new(Kind::NotTrusted, text)
                .hint("If a colleague made it, publish it with the code that is shown: kit publish DIR")
                .hint("If nobody did, take it back: sealed/tiers/ of the directory, and its history in git."),
            HoldError::NoVersion(_) => Self::new(Kind::NotTrusted, text)
                .hint("Nobody makes that many. See who wrote it: sealed/tiers/ of the directory, and its history in git."),
            HoldError::NotHolder(..) => Self::new(Kind::NotFound, text).hint("See who does: kit tier list"),
            HoldError::TooFewStay { tier, .. } => {
                Self::usage(text).hint(format!("Appoint somebody first: kit tier add {tier} PERSON --dir DIR"))
            }
        }
    }
}
