//! A place where newer kits are looked for, as this machine remembers it: for `kit source list` and `kit status`.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    answer::{Moment, clock_time},
    cli::{explain::next_step, finding::Level},
    source::{Address, unnamed},
    store::{Settings, State},
};

/// One place.
#[derive(Debug, Clone, Serialize)]
pub(in crate::cli) struct Place {
    /// Its address.
    pub(in crate::cli) source: String,
    /// The sort of place: `folder`, `git`, `web`, `s3`, `azure`, `sftp`.
    pub(in crate::cli) kind: &'static str,
    /// When it last gave a kit that was taken or already here.
    pub(in crate::cli) last_good: Option<Timestamp>,
    /// When it last failed, if it failed since.
    pub(in crate::cli) failed: Option<Timestamp>,
    /// Why.
    pub(in crate::cli) problem: Option<String>,
    /// What to do about that.
    pub(in crate::cli) next: Option<String>,
    /// The program that gives the credentials for it.
    pub(in crate::cli) credentials_from: Option<String>,
}

impl Place {
    /// All of them, in the order of the settings: the first decides when somebody publishes.
    pub(in crate::cli) fn all(settings: &Settings, state: &State) -> Vec<Self> {
        settings.sources.iter().map(|source| Self::of(source, settings, state)).collect()
    }

    fn of(source: &str, settings: &Settings, state: &State) -> Self {
        let note = state.sources.get(source).cloned().unwrap_or_default();
        let (failed, problem) = note.last_error.unzip();
        let next = problem.as_ref().and_then(|_| next_step(note.kind.as_deref().unwrap_or_default(), source));
        Self {
            source: source.to_owned(),
            kind: Address::parse(source, Path::new("/")).map_or("unknown", |address| address.kind()),
            last_good: note.last_good,
            failed,
            next: next.or_else(|| problem.as_ref().map(|_| "kit sync".to_owned())),
            problem: problem.map(|problem| unnamed(source, &problem).to_owned()),
            credentials_from: settings.credentials.get(source).and_then(|words| words.first()).cloned(),
        }
    }

    /// Whether all is well with it.
    pub(in crate::cli) fn level(&self) -> Level {
        if self.problem.is_none() && self.last_good.is_some() { Level::Ok } else { Level::Warn }
    }

    /// What is known of it, in a sentence without the address.
    pub(in crate::cli) fn words(&self, moment: &Moment) -> String {
        let good = self.last_good.map(|when| clock_time(moment, when));
        match (&self.problem, self.failed, good) {
            (Some(problem), Some(failed), good) => {
                let failed = clock_time(moment, failed);
                let good = good.map_or_else(|| "never in step".to_owned(), |good| format!("last in step at {good}"));
                format!("at {failed}: {problem} ({good})")
            }
            (_, _, Some(good)) => format!("in step at {good}"),
            _ => "never asked".to_owned(),
        }
    }

    /// The columns of `--plain`.
    pub(in crate::cli) fn record(&self) -> Vec<String> {
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
        vec![
            self.source.clone(),
            self.kind.to_owned(),
            time(self.last_good),
            time(self.failed),
            self.problem.clone().unwrap_or_default(),
        ]
    }
}
