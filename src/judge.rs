//! Judging what sources gave: each against what is here, then against each other. No source is asked and nothing is written.
//!
//! Steps 6 and 7 of docs/format.md, "The client's rule".

use std::time::Duration;

use crate::{
    bundle::{Refusal, Verified},
    source::{Answer, Fetch, SourceError, Version},
    store::{Accepted, Generation, Held, Mark, Order, StoreError},
};

/// How asking one source went.
#[derive(Debug)]
pub struct Answered {
    /// The source, as the user wrote it or as it is remembered.
    pub source: String,
    /// What it gave.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
    /// What to remember of it.
    pub(crate) held: Option<Held>,
}

/// What a source gave.
#[derive(Debug)]
pub enum Outcome {
    /// A kit that passes every check.
    Kit {
        /// Which.
        seq: u64,
        /// Its bytes.
        bytes: usize,
    },
    /// It holds what is current here; nothing was sent.
    Unchanged {
        /// Which.
        seq: u64,
    },
    /// A kit that passes every check, but another source has a newer one: a mirror that is late.
    Behind {
        /// Which.
        seq: u64,
        /// The newest.
        newest: u64,
    },
    /// Nothing is published there yet.
    Nothing,
    /// It cannot be reached or read.
    Unreachable(SourceError),
    /// What it gave is not to be trusted.
    Refused(Refusal),
    /// It is intact, but older than what is here, or another kit with the same number.
    Older(StoreError),
}

/// What the sources gave, judged; nothing of it is stored yet.
#[derive(Debug)]
pub struct Heard {
    /// How asking each source went.
    pub answers: Vec<Answered>,
    /// The best of it; `None` when no source gave a usable kit.
    pub best: Option<Best>,
    /// What is current on this machine, if anything is.
    pub here: Option<Generation>,
}

/// The best kit that the sources gave.
#[derive(Debug)]
pub struct Best {
    /// Which source gave it, counted from zero.
    pub index: usize,
    /// Whether it is new here.
    pub accepted: Accepted,
    /// The kit; `None` when it is the one that is here.
    pub verified: Option<Verified>,
}

/// A kit that a source gave, on its way to the store.
pub(crate) struct Candidate {
    /// Which source gave it.
    pub(crate) index: usize,
    /// The kit.
    pub(crate) verified: Verified,
    /// What the source calls it.
    pub(crate) version: Version,
}

/// What one source gave, before it is compared with the others; `seq` is of the kit that is here.
pub(crate) fn answered(
    answer: Answer<Result<Fetch, SourceError>>,
    refusal: Option<Refusal>,
    source: &str,
    seq: u64,
    has_good: bool,
) -> Answered {
    let (name, seconds) = (source.to_owned(), answer.took.as_secs());
    let outcome = match (answer.result, refusal) {
        (_, Some(refusal)) => Outcome::Refused(refusal),
        (None, _) if has_good => Outcome::Unreachable(SourceError::Stopped { name, seconds }),
        (None, _) => Outcome::Unreachable(SourceError::NoAnswer { name, seconds }),
        (Some(Err(error)), _) => Outcome::Unreachable(error),
        (Some(Ok(Fetch::Nothing)), _) => Outcome::Nothing,
        (Some(Ok(Fetch::Unchanged)), _) => Outcome::Unchanged { seq },
        (Some(Ok(Fetch::Bytes(fetched))), _) => Outcome::Kit { seq: 0, bytes: fetched.bytes.len() },
    };
    Answered { source: source.to_owned(), outcome, took: answer.took, held: None }
}

impl Heard {
    /// Compares what came with what is here and with each other: the highest first; those behind it are reported, never
    /// taken (steps 6 and 7).
    pub(crate) fn judge(&mut self, mut candidates: Vec<Candidate>, highest: Option<Mark>) {
        let unchanged = self.answers.iter().position(|answer| matches!(answer.outcome, Outcome::Unchanged { .. }));
        self.best = unchanged.map(|index| Best { index, accepted: Accepted::AlreadyCurrent, verified: None });
        candidates.sort_by_key(|candidate| std::cmp::Reverse((candidate.verified.root_version(), candidate.verified.seq())));
        let mut top = highest.clone();
        let is_whole = self.here.as_ref().map(Generation::mark) == highest.as_ref();
        for Candidate { index, verified, version } in candidates {
            let Some(answer) = self.answers.get_mut(index) else { continue };
            let (mark, seq) = (Mark::of(&verified), verified.seq());
            let order = Order::of(&verified, top.as_ref());
            let before = highest.as_ref().and_then(|highest| Order::of(&verified, Some(highest)).refusal(mark.clone(), highest));
            let beside = top.as_ref().and_then(|top| order.refusal(mark.clone(), top));
            match (before, beside) {
                (Some(refusal), _) => answer.outcome = Outcome::Older(refusal),
                (None, Some(StoreError::Rollback { highest, .. })) => {
                    answer.outcome = Outcome::Behind { seq, newest: highest.seq };
                }
                // Two sources, two kits of one number: the first of them counts until somebody says which.
                (None, Some(refusal)) => answer.outcome = Outcome::Older(refusal),
                (None, None) => {
                    if let Outcome::Kit { seq: given, .. } = &mut answer.outcome {
                        *given = seq;
                    }
                    answer.held = Some(Held { version: version.to_string(), mark: mark.clone() });
                    let accepted = match order {
                        Order::Same if self.best.as_ref().is_some_and(|best| best.verified.is_some()) => continue,
                        Order::Same if is_whole => Accepted::AlreadyCurrent,
                        Order::Same => Accepted::Mended,
                        _ => Accepted::New,
                    };
                    if accepted != Accepted::AlreadyCurrent || self.best.is_none() {
                        let verified = (accepted != Accepted::AlreadyCurrent).then_some(verified);
                        self.best = Some(Best { index, accepted, verified });
                    }
                    top = Some(mark);
                }
            }
        }
    }
}

impl Outcome {
    /// What was wrong, in a sentence; `None` when it gave the best kit, or has what is here.
    pub fn problem(&self) -> Option<String> {
        match self {
            Self::Kit { .. } | Self::Unchanged { .. } => None,
            Self::Behind { seq, newest } => Some(format!("kit {seq}, behind kit {newest} of another source")),
            Self::Nothing => Some("nothing is published there yet".to_owned()),
            Self::Unreachable(error) => Some(error.to_string()),
            Self::Refused(refusal) => Some(refusal.to_string()),
            Self::Older(error) => Some(error.to_string()),
        }
    }

    /// The sort of it, in one word for scripts.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Kit { .. } => "kit",
            Self::Unchanged { .. } => "unchanged",
            Self::Behind { .. } => "behind",
            Self::Nothing => "nothing",
            Self::Unreachable(error) => error.kind(),
            Self::Refused(Refusal::NewerFormat { .. } | Refusal::NewerKit { .. }) => "newer-kit",
            Self::Refused(Refusal::NoBundle { .. }) => "no-kit",
            Self::Refused(_) => "refused",
            Self::Older(StoreError::Fork { .. }) => "fork",
            Self::Older(StoreError::RootFork { .. }) => "root-fork",
            Self::Older(_) => "rollback",
        }
    }

    /// Whether it is a sign of somebody lying, or of two publishers at odds.
    pub fn is_alarm(&self) -> bool {
        match self {
            Self::Older(_) => true,
            // A log-in page and a kit of the future are nobody's lie.
            Self::Refused(refusal) => {
                !matches!(refusal, Refusal::NewerFormat { .. } | Refusal::NewerKit { .. } | Refusal::NoBundle { .. })
            }
            _ => false,
        }
    }
}
