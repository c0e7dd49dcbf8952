//! Reading and checking in one step, for those who need the team and nothing else.

use std::path::Path;

use jiff::civil::Date;

use super::{Checked, Problems, check, read};
use crate::disk::DiskError;

/// Why a directory gives no team.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It cannot be read.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// It has mistakes.
    #[error(transparent)]
    Mistakes(Box<Problems>),
}

impl From<Problems> for LoadError {
    fn from(problems: Problems) -> Self {
        Self::Mistakes(Box::new(problems))
    }
}

/// The team of a directory, checked as of a day.
///
/// # Errors
/// [`LoadError`] with every mistake at once.
pub fn load(dir: &Path, today: Date) -> Result<Checked, LoadError> {
    Ok(check(&read(dir)?, today)?)
}
