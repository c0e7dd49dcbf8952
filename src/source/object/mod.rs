//! Object stores as sources: S3 and its compatibles, Azure blobs.

use std::{fmt, sync::Arc};

use super::{CredentialCommand, Outside, Source, url::Url};

/// An address of this kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Address(Url);

impl S3Address {
    /// Reads it.
    pub(super) fn parse(url: &Url) -> Result<Self, &'static str> {
        url.check_parameters(&[])?;
        Ok(Self(url.clone()))
    }

    /// The source at this address.
    pub(super) fn source(&self, _outside: &Outside, _credentials: Option<&CredentialCommand>) -> Arc<dyn Source> {
        unimplemented!("s3")
    }
}

impl fmt::Display for S3Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
/// An address of this kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AzureAddress(Url);

impl AzureAddress {
    /// Reads it.
    pub(super) fn parse(url: &Url) -> Result<Self, &'static str> {
        url.check_parameters(&[])?;
        Ok(Self(url.clone()))
    }

    /// The source at this address.
    pub(super) fn source(&self, _outside: &Outside, _credentials: Option<&CredentialCommand>) -> Arc<dyn Source> {
        unimplemented!("azure")
    }
}

impl fmt::Display for AzureAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
