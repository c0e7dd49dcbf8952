//! Why a store did not do what was asked, and what it says beside an answer.

use std::path::PathBuf;

use super::Mark;
use crate::{bundle::KitId, disk::DiskError};

/// Why a store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such kit on this machine.
    #[error("kit {kit} is not on this machine")]
    NotHere {
        /// Which.
        kit: KitId,
    },
    /// Making the store was cut short; nothing in it was used yet, and making it again works.
    #[error("kit {kit} was not set up to the end here. Join it again with its invite")]
    HalfMade {
        /// Which.
        kit: KitId,
    },
    /// The kit is here already.
    #[error("kit {kit} is on this machine already")]
    Exists {
        /// Which.
        kit: KitId,
    },
    /// Neither trust.json nor its copy in state.json can be used: nothing here can be checked any more.
    #[error(
        "what this machine trusts for kit {kit} is lost: trust.json: {why}, nor is its copy in state.json usable. Join again with the invite"
    )]
    TrustLost {
        /// Which.
        kit: KitId,
        /// What is wrong with trust.json.
        why: String,
    },
    /// Nothing was ever accepted.
    #[error("kit {kit} is set up here, but no generation has arrived yet. Run kit sync")]
    Empty {
        /// Which.
        kit: KitId,
    },
    /// Something was accepted once, but nothing that is here passes the checks.
    #[error("no generation of kit {kit} on this machine can be used. Run kit sync{}", lines(notes))]
    NoGeneration {
        /// Which.
        kit: KitId,
        /// What is wrong with each.
        notes: Vec<Note>,
    },
    /// A bundle older than what is here.
    #[error("ROLLBACK: kit {offered} is older than kit {}, which is here", highest)]
    Rollback {
        /// What was offered.
        offered: Box<Mark>,
        /// What is here.
        highest: Box<Mark>,
    },
    /// Another bundle with the number of the one that is here: two publishers, or one who is lying.
    #[error("FORK: two different kits have number {here}: {} is here, {} was offered. Ask the publishers which is theirs", here.head, offered.head)]
    Fork {
        /// What is here.
        here: Box<Mark>,
        /// What was offered.
        offered: Box<Mark>,
    },
    /// A bundle whose roots part from the accepted ones: somebody who was dismissed, or a thief of an old root key.
    #[error(
        "ROOT FORK: kit {offered} does not contain root {} that is accepted here, so whoever signed it has no say any more. Ask the publishers",
        here.root
    )]
    RootFork {
        /// What is here.
        here: Box<Mark>,
        /// What was offered.
        offered: Box<Mark>,
    },
    /// A bundle that was checked against another pin.
    #[error("the bundle is of kit {found}, this store is of kit {expected}")]
    OtherKit {
        /// This store's.
        expected: KitId,
        /// The bundle's.
        found: KitId,
    },
    /// A bundle of this kit, but checked against another root.
    #[error("the bundle of kit {kit} was not checked against the root that this machine trusts")]
    OtherRoot {
        /// Which.
        kit: KitId,
    },
    /// Settings that are missing or wrong.
    #[error("{path}: the settings cannot be used: {why}")]
    Settings {
        /// Where.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// What was printed from this machine cannot be said, or not be kept.
    #[error("{path}: what was printed cannot be kept track of: {why}")]
    Sheets {
        /// Where.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// So many letters wait that another one would not help.
    #[error("{waiting} letters wait here and none was ever delivered")]
    QueueFull {
        /// How many.
        waiting: usize,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// Something a reader should know beside the answer. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// trust.json cannot be used; its copy was.
    TrustFromCopy {
        /// What is wrong with trust.json.
        why: String,
    },
    /// state.json cannot be used; the generations were looked through instead.
    StateRebuilt {
        /// What is wrong with state.json.
        why: String,
    },
    /// A generation on disk does not pass the checks.
    Damaged {
        /// Its file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// What is shown is older than what was accepted.
    Behind {
        /// What is shown.
        shown: Mark,
        /// What was accepted.
        highest: Mark,
    },
    /// A newer generation passes the checks, but this device cannot open it.
    Unopened {
        /// What is shown.
        shown: Mark,
        /// What cannot be opened.
        newer: Mark,
        /// Why.
        why: String,
    },
    /// A generation on disk is newer than the state knows: the state was restored from a backup, or a writer was cut off.
    Ahead {
        /// What is shown.
        shown: Mark,
        /// What the state knows.
        recorded: Option<Mark>,
    },
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TrustFromCopy { why } => write!(f, "trust.json: {why}; its copy in state.json is used. kit sync mends it"),
            Self::StateRebuilt { why } => {
                write!(f, "state.json: {why}; the generations were looked through instead. kit sync mends it")
            }
            Self::Damaged { path, why } => write!(f, "{}: cannot be used: {why}", path.display()),
            Self::Behind { shown, highest } => {
                write!(f, "kit {shown} is shown; kit {highest} was here, but is damaged or gone. kit sync fetches it again")
            }
            Self::Unopened { shown, newer, why } => {
                write!(f, "kit {shown} is shown, because kit {newer} cannot be opened here: {why}. Tell its publisher")
            }
            Self::Ahead { shown, recorded: Some(recorded) } => {
                write!(
                    f,
                    "kit {shown} is newer than the state records ({recorded}): a restored backup, or a writer that was cut off. kit sync mends it"
                )
            }
            Self::Ahead { shown, recorded: None } => {
                write!(
                    f,
                    "kit {shown} is here, but the state records none: a restored backup, or a writer that was cut off. kit sync mends it"
                )
            }
        }
    }
}

fn lines(notes: &[Note]) -> String {
    notes.iter().map(|note| format!("\n  {note}")).collect()
}
