//! What can be forgotten: the highest generation, the latest time seen, what each source last said.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Mark, Trust};

/// Longest remembered error of a source, in characters: it is shown on one line.
const ERROR_CHARS_MAX: usize = 256;

/// The state of a store; the file is rebuilt from the generations when it is missing or damaged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The highest generation ever accepted: nothing lower is accepted again.
    pub highest: Option<Mark>,
    /// What this machine last published: from it on more is kept, to see what others published since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Mark>,
    /// The latest time that any writer saw: how old a kit is never shrinks when the clock is set back.
    pub last_seen: Option<Timestamp>,
    /// Which stanza of the payload was this device's when last opened: tried first, so that opening does not slow with members.
    pub stanza: Option<usize>,
    /// By address: what each source last said.
    pub sources: BTreeMap<String, SourceNote>,
    /// A copy of trust.json, for the day that one is damaged.
    pub(super) trust: Trust,
}

/// What a source last said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceNote {
    /// When it last gave a bundle that was accepted or already here.
    pub last_good: Option<Timestamp>,
    /// When it last failed and why, if it failed since.
    pub last_error: Option<(Timestamp, String)>,
    /// The sort of that failure, in one word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What it held when it was last asked with success: asked again, it only has to say that this is still so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

/// What a source held, by its own account and by ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// What the source calls it: an entity tag, a commit.
    pub version: String,
    /// The generation that it is.
    pub mark: Mark,
}

/// How asking one source went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The source's address, as in the settings.
    pub source: String,
    /// [`None`] when it went well, else why not.
    pub error: Option<String>,
    /// The sort of that, in one word.
    pub kind: Option<&'static str>,
    /// What it gave, if it gave something that was accepted or already here.
    pub held: Option<Held>,
}

impl State {
    pub(super) fn new(trust: Trust) -> Self {
        Self { highest: None, published: None, last_seen: None, stanza: None, sources: BTreeMap::new(), trust }
    }

    /// What a source called this generation when it last held it; [`None`] when it last held another, or was never asked.
    pub fn version_at(&self, source: &str, mark: &Mark) -> Option<&str> {
        let held = self.sources.get(source)?.held.as_ref()?;
        (held.mark == *mark).then_some(held.version.as_str())
    }

    pub(super) fn see(&mut self, now: Timestamp) {
        self.last_seen = self.last_seen.max(Some(now));
    }

    pub(super) fn note(&mut self, asked: &Asked, now: Timestamp) {
        let note = self.sources.entry(asked.source.clone()).or_default();
        match &asked.error {
            None => {
                let held = asked.held.clone().or_else(|| note.held.take());
                *note = SourceNote { last_good: Some(now), last_error: None, kind: None, held };
            }
            Some(why) => {
                note.last_error = Some((now, why.chars().take(ERROR_CHARS_MAX).collect()));
                note.kind = asked.kind.map(str::to_owned);
            }
        }
    }
}
