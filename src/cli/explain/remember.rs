//! Errors of remembering what was printed.

use crate::{
    cli::failure::{Failure, Kind},
    remember::RememberError,
};

impl From<RememberError> for Failure {
    fn from(error: RememberError) -> Self {
        let text = format!("{error}.");
        match error {
            RememberError::Store(error) => error.into(),
            RememberError::Seal { .. } => {
                Self::usage(text).hint("Nothing of it was remembered here. Write down by hand where the copies are.")
            }
            RememberError::Closed { .. } => Self::new(Kind::CannotOpen, text)
                .hint("It was damaged, or remembered by another device. Its id, kind and times are listed: kit sheets"),
            RememberError::Unknown { nearest, .. } => {
                let failure = Self::new(Kind::NotFound, text);
                let failure = match nearest {
                    Some(nearest) => failure.hint(format!("Did you mean {nearest}?")),
                    None => failure,
                };
                failure.hint("All that were printed here, and where their copies are: kit sheets")
            }
            RememberError::NoCopy { copies, .. } if copies.is_empty() => Self::new(Kind::NotFound, text)
                .hint("Nobody said where its copies are. The whole sheet: kit sheets --destroyed ID"),
            RememberError::NoCopy { copies, .. } => {
                Self::new(Kind::NotFound, text).hint(format!("Its copies: {}", copies.join(", ")))
            }
        }
    }
}
