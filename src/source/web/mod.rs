//! A web server as a source: conditional GET, and WebDAV for publishing.

use std::{fmt, sync::Arc};

use super::{CredentialCommand, Outside, Source, url::Url};

/// An address of this kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAddress(Url);

impl WebAddress {
    /// Reads it.
    pub(super) fn parse(url: &Url) -> Result<Self, &'static str> {
        url.check_parameters(&[])?;
        Ok(Self(url.clone()))
    }

    /// The source at this address.
    pub(super) fn source(&self, _outside: &Outside, _credentials: Option<&CredentialCommand>) -> Arc<dyn Source> {
        unimplemented!("web")
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
