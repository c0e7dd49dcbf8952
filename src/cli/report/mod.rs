//! What is said of sources: while they are asked (`waiting`), what a sync came to (`settle`; made once, laid out by `screen::sync`,
//! printed as JSON or as records), how one did when it was tried (`trial`), what is remembered of each (`place`); and of what was printed (`sheet`).

mod entry;
mod facts;
mod place;
mod settle;
mod sheet;
mod trial;
mod waiting;

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::{
    explain::{STILL_WORKS, next_step},
    failure::{Failure, Kind},
};
use crate::{
    answer::Change,
    judge::{Answered, Heard, Outcome},
    source::unnamed,
    store::{Accepted, StoreError},
};
pub(super) use entry::{Row, given_times, rows};
pub(super) use facts::Facts;
pub(super) use place::Place;
pub(super) use settle::{Settled, settle};
pub(super) use sheet::{Sheet, State as SheetState, sheets_of};
pub(super) use trial::Trial;
pub(super) use waiting::{Manner, ask, wait};

/// What a sync came to.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Whether a kit came, or would have with `--dry-run`.
    pub(super) updated: bool,
    /// Whether nothing was stored.
    pub(super) dry_run: bool,
    /// Whether the copy here was damaged and is whole again.
    pub(super) mended: bool,
    /// Which kit is here now, or would be.
    pub(super) seq: u64,
    /// Which kit was here before.
    pub(super) before: Option<u64>,
    /// Where it came from, or who holds the same.
    pub(super) source: String,
    /// When it was signed.
    pub(super) created: Timestamp,
    /// The same as people read it.
    #[serde(skip)]
    pub(super) signed_at: String,
    /// Who signed it.
    pub(super) signed_by: Vec<String>,
    /// What this device opens since it was let in with this kit; nothing when it read kits before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) let_in: Option<Vec<Holds>>,
    /// What it changed; empty while the contacts are locked.
    pub(super) changes: Vec<Change>,
    /// Which requirements of the command line are not met.
    pub(super) unmet: Vec<String>,
    /// What the publishers suggest to add as sources, and is none yet.
    pub(super) suggested: Vec<String>,
    /// How each source did, in the order of the settings.
    pub(super) sources: Vec<Source>,
}

/// A tier that a device holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Holds {
    /// The tier.
    pub(super) tier: String,
    /// How many others it takes to open it.
    pub(super) with: u8,
}

/// How one source did.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Source {
    /// Its address.
    pub(super) source: String,
    /// `taken`, `kit`, `unchanged`, or the sort of its trouble.
    pub(super) outcome: &'static str,
    /// Which kit it gave.
    pub(super) seq: Option<u64>,
    /// Bytes of the kit that it sent.
    pub(super) bytes: Option<usize>,
    /// How long it took.
    pub(super) seconds: f64,
    /// What is wrong.
    pub(super) problem: Option<String>,
    /// What to do about it.
    pub(super) next: Option<String>,
}

impl Source {
    /// How a source did; `is_taken` when the kit that is here now came from it.
    pub(super) fn of(answer: &Answered, is_taken: bool) -> Self {
        let (seq, bytes) = match &answer.outcome {
            Outcome::Kit { seq, bytes } => (Some(*seq), Some(*bytes)),
            Outcome::Unchanged { seq } | Outcome::Behind { seq, .. } => (Some(*seq), None),
            Outcome::Older(
                StoreError::Rollback { offered, .. } | StoreError::Fork { offered, .. } | StoreError::RootFork { offered, .. },
            ) => (Some(offered.seq), None),
            _ => (None, None),
        };
        let outcome = if is_taken { "taken" } else { answer.outcome.kind() };
        let problem = answer.outcome.problem().map(|problem| unnamed(&answer.source, &problem).to_owned());
        let next = problem.as_ref().and_then(|_| next_step(outcome, &answer.source));
        let seconds = (answer.took.as_secs_f64() * 1000.0).round() / 1000.0;
        Self { source: answer.source.clone(), outcome, seq, bytes, seconds, problem, next }
    }

    /// The columns of `--plain`.
    pub(super) fn record(&self) -> Vec<String> {
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        vec![
            self.source.clone(),
            self.outcome.to_owned(),
            number(self.seq),
            number(self.bytes.map(|bytes| bytes as u64)),
            format!("{:.1}", self.seconds),
            self.problem.clone().unwrap_or_default(),
        ]
    }

    /// What it gave, in a few words.
    pub(super) fn words(&self) -> String {
        let seq = self.seq.unwrap_or_default();
        match self.outcome {
            "taken" => format!("kit {seq}, taken{}", self.cost()),
            "kit" => format!("kit {seq}, the same{}", self.cost()),
            "unchanged" => format!("kit {seq}, unchanged"),
            "rollback" => format!("kit {seq}, older than yours: ROLLBACK, not taken"),
            "fork" => format!("another kit {seq}: FORK, not taken"),
            "root-fork" => format!("kit {seq} by somebody with no say any more: ROOT FORK, not taken"),
            "refused" => format!("not to be trusted, not taken: {}", self.problem.as_deref().unwrap_or_default()),
            _ => self.problem.clone().unwrap_or_default(),
        }
    }

    /// `   3 KB, 0.6 s`: how much it sent and, where that was to be noticed, how long it took.
    pub(super) fn cost(&self) -> String {
        let Some(bytes) = self.bytes else { return String::new() };
        let seconds = if self.seconds < 0.1 { String::new() } else { format!(", {:.1} s", self.seconds) };
        format!("   {} KB{seconds}", bytes.div_ceil(1024))
    }
}

/// How each source did.
pub(super) fn sources(heard: &Heard) -> Vec<Source> {
    let taken = heard.best.as_ref().filter(|best| best.accepted != Accepted::AlreadyCurrent).map(|best| best.index);
    heard.answers.iter().enumerate().map(|(index, answer)| Source::of(answer, taken == Some(index))).collect()
}

/// The full sentence of each answer that is a sign of somebody lying, or of publishers at odds; nothing of the others.
pub(super) fn alarms(heard: &Heard) -> Vec<String> {
    let alarms = heard.answers.iter().filter(|answer| answer.outcome.is_alarm());
    alarms
        .map(|answer| {
            let problem = answer.outcome.problem().unwrap_or_default();
            format!("ALARM  {}: {}.", answer.source, unnamed(&answer.source, &problem))
        })
        .collect()
}

/// Why nothing was taken: not trusted when a source gave something wrong, else no source at all. `standing` says how the kit
/// is that stays; what is required and not met makes it a plain no, unless somebody lied.
pub(super) fn nothing_usable(heard: &Heard, standing: Option<String>, unmet: &[String]) -> Failure {
    let sources = sources(heard);
    let count = sources.len();
    let waited = heard.answers.iter().map(|answer| answer.took).max().unwrap_or_default();
    let within = if waited < Duration::from_secs(1) { String::new() } else { format!(" in {:.0} s", waited.as_secs_f64()) };
    let is = |wanted: fn(&Outcome) -> bool| heard.answers.iter().all(|answer| wanted(&answer.outcome));
    let gave = heard.answers.iter().any(|answer| matches!(answer.outcome, Outcome::Refused(_) | Outcome::Older(_)));
    let failure = if gave {
        Failure::new(Kind::NotTrusted, "what the sources gave is not to be trusted. Nothing changed.")
    } else if let Some(unmet) = unmet.first() {
        Failure::new(Kind::No, format!("{unmet} No source could be reached{within} (tried {count}). Nothing changed."))
    } else if is(|outcome| matches!(outcome, Outcome::Nothing)) {
        Failure::new(Kind::NoSource, format!("nothing is published there yet (asked {count}). Nothing changed."))
    } else {
        Failure::new(Kind::NoSource, format!("no source could be reached{within} (tried {count}). Nothing changed."))
    };
    let failure = sources.iter().zip(&heard.answers).fold(failure, |failure, (source, answer)| {
        let problem = if answer.outcome.is_alarm() { source.problem.clone().unwrap_or_default() } else { source.words() };
        let failure = failure.hint(format!("{}: {problem}", source.source));
        match &source.next {
            Some(next) => failure.hint(format!("  {next}")),
            None => failure,
        }
    });
    failure
        .hint(standing.map_or_else(|| "There is no kit on this machine yet.".to_owned(), |age| format!("{STILL_WORKS} {age}")))
        .hint("Retry: kit sync     From a stick: kit sync --from PLACE")
}
