//! A source as tests hold it: by its address, with bounds of its own for each request.

use std::{ffi::OsString, path::Path, sync::Arc};

use outage_kit::{
    program::ChildEnvironment,
    source::{Address, Bounds, Fetched, Inbox, Outside, Source, SourceError, Version},
};

/// One place to fetch from and to publish to.
#[derive(Clone)]
pub struct Place(pub Arc<dyn Source>);

impl Place {
    /// The source at an address, by somebody whose environment holds nothing.
    pub fn at(address: &str) -> Self {
        Self::of(address, &Outside::default())
    }

    /// The source at an address, by this process, with its `PATH`.
    pub fn here(address: &str) -> Self {
        let path = std::env::var("PATH").unwrap_or_default();
        Self::with(address, &[("PATH", &path)], &std::env::temp_dir())
    }

    /// The source at an address, by somebody with this environment; scratch folders are made below `scratch`.
    pub fn with(address: &str, variables: &[(&str, &str)], scratch: &Path) -> Self {
        let variables: Vec<(OsString, OsString)> =
            variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let children = ChildEnvironment::from_vars(variables.clone());
        Self::of(address, &Outside::new(variables, children, Some(scratch.to_owned())).at(jiff::Timestamp::now()))
    }

    fn of(address: &str, outside: &Outside) -> Self {
        let address = Address::parse(address, Path::new("/")).unwrap_or_else(|e| panic!("{address}: {e}"));
        Self(address.source(outside, None))
    }

    /// What is published there, at most `cap_bytes` of it; [`None`] when nothing is.
    pub fn fetch(&self, cap_bytes: u64) -> Result<Option<Fetched>, SourceError> {
        Ok(self.0.fetch(None, &Bounds::of(cap_bytes))?.into_fetched())
    }

    /// Publishes over what `expected` stands for.
    pub fn publish(&self, bytes: &[u8], expected: Option<&Version>) -> Result<(), SourceError> {
        self.0.publish(bytes, expected, &Bounds::of(64 << 20))
    }

    /// Where members leave what they send.
    pub fn inbox(&self) -> &dyn Inbox {
        self.0.inbox().expect("this kind of source has an inbox")
    }

    /// What it is called.
    pub fn name(&self) -> String {
        self.0.name()
    }
}
