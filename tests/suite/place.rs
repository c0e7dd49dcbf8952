//! A source as tests hold it: by its address, with bounds of its own for each request.

use std::{
    ffi::OsString,
    path::Path,
    sync::{Arc, Barrier},
    thread,
};

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

/// Two publish at once over the same kit, again and again: each time one of them wins, the other is told, and what won stands
/// there. Gives what won, in its order.
pub fn race(publishers: &[Place; 2], rounds: usize) -> Vec<String> {
    let mut won = Vec::new();
    let mut standing: Option<Version> = None;
    for round in 0..rounds {
        let start = Arc::new(Barrier::new(2));
        let running: Vec<_> = publishers
            .iter()
            .enumerate()
            .map(|(who, publisher)| {
                let (publisher, start, standing) = (publisher.clone(), Arc::clone(&start), standing.clone());
                thread::spawn(move || {
                    start.wait();
                    publisher.publish(format!("kit {round} of {who}").as_bytes(), standing.as_ref())
                })
            })
            .collect();
        let results: Vec<_> = running.into_iter().map(|thread| thread.join().unwrap()).collect();
        let winners: Vec<usize> = (0..2).filter(|&who| results[who].is_ok()).collect();
        let losers = results.iter().filter(|result| matches!(result, Err(SourceError::LostRace { .. }))).count();
        assert_eq!((winners.len(), losers), (1, 1), "{}, round {round}: {results:?}", publishers[0].0.name());
        let fetched = publishers[0].fetch(1 << 20).unwrap().expect("there");
        let text = format!("kit {round} of {}", winners[0]);
        assert_eq!(String::from_utf8_lossy(&fetched.bytes), text);
        won.push(text);
        standing = Some(fetched.version);
    }
    won
}
