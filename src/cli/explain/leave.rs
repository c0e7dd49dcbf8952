//! Errors of somebody's leaving.

use crate::{
    cli::failure::{Failure, Kind},
    leave::LeaveError,
    team::IdError,
};

/// Why a text is nobody who could leave.
pub(in crate::cli) fn nobody(text: &str, error: &IdError) -> Failure {
    let failure = Failure::new(Kind::NotFound, format!("{text:?} is nobody's id: {error}."));
    match text.split_once('/') {
        Some((person, device)) => failure
            .hint("It takes a person out, with all their devices. One device, if it is lost:")
            .hint(format!(
                "1. delete DIR/devices/{person}.{device}.toml     (and kit publisher remove {text} --dir DIR, if it published)"
            ))
            .hint("2. for each tier they hold: kit tier rekey TIER --reason TEXT --dir DIR")
            .hint("3. kit publish DIR"),
        None => failure.hint("See who is in: kit member list"),
    }
}

impl From<LeaveError> for Failure {
    fn from(error: LeaveError) -> Self {
        let text = format!("{error}.");
        match error {
            LeaveError::Load(error) => error.into(),
            LeaveError::Roots(error) => error.into(),
            LeaveError::Edit(error) => error.into(),
            LeaveError::Disk(error) => error.into(),
            LeaveError::Store(error) => error.into(),
            LeaveError::Unknown { nearest, .. } => {
                let failure = Self::new(Kind::NotFound, text);
                match nearest {
                    Some(nearest) => failure.hint(format!("Did you mean {nearest}?")),
                    None => failure.hint("See who is in: kit member list"),
                }
            }
            LeaveError::OwnHeir(_) => Self::usage(text).hint("Name somebody who stays: --to OTHER"),
            LeaveError::Publishes { device, is_last: false } => {
                Self::new(Kind::No, text).hint(format!("Nothing was written. First: kit publisher remove {device} --dir DIR"))
            }
            LeaveError::Publishes { is_last: true, .. } => Self::new(Kind::No, text)
                .hint("Nothing was written. Somebody else publishes first: kit publisher add MEMBER --dir DIR")
                .hint("Then, on their machine: kit publisher remove MEMBER --dir DIR"),
            LeaveError::Undecided { places, .. } => {
                let place = |failure: Self, it: &crate::authored::edit::Undecided| {
                    failure.hint(format!("{}:{}  {}", it.place.file, it.place.line, it.what))
                };
                let failure = Self::new(Kind::No, text).hint("Nothing was written. They are:");
                places.iter().fold(failure, place).hint("Give each to somebody by hand, or all to one: --to OTHER")
            }
            LeaveError::Hold(error) => error.into(),
        }
    }
}
