//! A folder of another machine as a source, through the system's sftp, caged.

use std::{fmt, sync::Arc};

use super::{Outside, Source, url::Url};

/// An address of this kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SftpAddress(Url);

impl SftpAddress {
    /// Reads it.
    pub(super) fn parse(url: &Url) -> Result<Self, &'static str> {
        url.check_parameters(&[])?;
        Ok(Self(url.clone()))
    }

    /// The source at this address.
    pub(super) fn source(&self, _outside: &Outside) -> Arc<dyn Source> {
        unimplemented!("sftp")
    }
}

impl fmt::Display for SftpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
