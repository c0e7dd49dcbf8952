//! Errors of filling and sealing.

mod vault;

use crate::{
    cli::failure::{Failure, Kind},
    fill::FillError,
    refresh::RefreshError,
    seal::SealingError,
};

/// Why a field has no value, and what to do.
pub(in crate::cli) fn no_value(name: &str, error: &FillError) -> Failure {
    let failure = Failure::usage(format!("{name}: {error}. Nothing was sealed."));
    match error {
        FillError::Empty => failure.hint("Give it a value, or leave the field out."),
        FillError::TooLarge => failure.hint("A capsule has room for key files and notes. Seal less, or two credentials."),
        FillError::NoText => failure.hint(format!("If it is a file: --from-file {name}=PATH --kind {name}=file")),
        FillError::Lines(_) => failure.hint(format!("If all of them are meant: --kind {name}=note")),
        FillError::Totp(_) => failure
            .hint("It is what stands behind the QR code: \"cannot scan?\", \"setup key\", or an otpauth:// address.")
            .hint(format!("If it is no seed: --kind {name}=secret")),
        FillError::Gone(_) => failure.hint("Is it installed? See where with: command -v NAME"),
        FillError::Failed { .. } | FillError::Program(_) => failure
            .hint("Unlock the password manager, and try the same command by itself.")
            .hint(format!("By hand: kit seal NAME --field {name} --dir DIR")),
    }
}

impl From<SealingError> for Failure {
    fn from(error: SealingError) -> Self {
        let text = format!("{error}.");
        match error {
            SealingError::Unknown { id, nearest } => {
                let failure = Self::new(Kind::NotFound, text);
                let failure = match nearest {
                    Some(nearest) => failure.hint(format!("Did you mean {nearest}?")),
                    None => failure,
                };
                let id = if crate::team::Id::<()>::parse(&id).is_ok() { id } else { "aws-root".to_owned() };
                failure
                    .hint("Write its label into credentials.toml of the directory first:")
                    .hint("  [[credential]]")
                    .hint(format!("  id = \"{id}\""))
                    .hint("  title = \"What it opens\"")
                    .hint("  tier = \"on-call\"")
            }
            SealingError::NoKey(tier) => Self::new(Kind::NotFound, text).hint(format!("Make it: kit tier new {tier} --dir DIR")),
            SealingError::NotTrusted { tier, holders } => Self::new(Kind::NotTrusted, format!("{text} Nothing was sealed."))
                .hint(format!("It says that it opens for: {}. Who made it is not known here.", holders.join(", ")))
                .hint("Whoever made it can open all that is sealed to it from now on. Ask the holders who that was.")
                .hint("If the team has published it: kit sync, then the same again.")
                .hint(format!("If not, see who wrote it: the history of sealed/tiers/{tier}.json in git."))
                .hint("A key of your own making: kit tier new TIER --dir DIR"),
            SealingError::NoVersion(id) => Self::new(Kind::NotTrusted, format!("{text} Nothing was sealed."))
                .hint(format!("Nobody seals that often. See who wrote it: the history of sealed/credentials/{id}.json in git."))
                .hint("Take that file back, then the same again."),
            SealingError::NothingToKeep => Self::usage(text).hint("Seal it without --keep-others."),
            SealingError::NoKit => {
                Self::new(Kind::NotFound, text).hint("Get it: kit sync").hint("Or name all fields, without --keep-others.")
            }
            SealingError::Capsule(error) => error.into(),
            SealingError::Tier(error) => error.into(),
            SealingError::Unseal(error) => error.into(),
            SealingError::Record(error) => error.into(),
            SealingError::Disk(error) => error.into(),
            SealingError::Store(error) => error.into(),
        }
    }
}

impl From<RefreshError> for Failure {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Value { field, error } => no_value(&field, &error),
            RefreshError::Sealing(error) => error.into(),
            RefreshError::Line { field, error } => Self::usage(format!("the command for {field}: {error}."))
                .hint("Install it, or mend [credential.from] in the directory."),
            RefreshError::Inside { .. } => Self::usage(format!("{error}. It is not run."))
                .hint("Whoever changes the directory would change what runs here, with your password manager open.")
                .hint("Put it elsewhere: a program of your own, in a folder of PATH."),
            RefreshError::LeftOut(_) => {
                Self::usage(format!("{error}.")).hint("Seal it by hand: kit seal NAME --keep-others --dir DIR")
            }
        }
    }
}
