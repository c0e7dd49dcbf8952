//! A git repository as a source, through the system's git, caged.

use std::{fmt, sync::Arc};

use super::{Outside, Source, url::Url};

/// An address of this kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitAddress(Url);

impl GitAddress {
    /// Reads it.
    pub(super) fn parse(url: &Url) -> Result<Self, &'static str> {
        url.check_parameters(&[])?;
        Ok(Self(url.clone()))
    }

    /// The source at this address.
    pub(super) fn source(&self, _outside: &Outside) -> Arc<dyn Source> {
        unimplemented!("git")
    }
}

impl fmt::Display for GitAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl GitAddress {
    /// Whether it is a repository on this machine.
    pub(super) fn is_local(&self) -> bool {
        self.0.scheme == "git+file"
    }
}
