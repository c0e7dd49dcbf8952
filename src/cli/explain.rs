//! What the library's errors mean to a person: the kind, which is the exit status, and what to do now.

use super::failure::{Failure, Kind};
use crate::{
    admit::AdmitError,
    authored::AuthoredError,
    bundle,
    disk::DiskError,
    enrol::EnrolError,
    init::InitError,
    join::JoiningError,
    key::{KeyError, keyring::KeyringError},
    open::OpenError,
    publish::PublishError,
    source::SourceError,
    store::StoreError,
};

/// Said wherever something failed that leaves the kit on this machine as it was.
pub const STILL_WORKS: &str = "Your kit still works, as it was.";

impl From<DiskError> for Failure {
    fn from(error: DiskError) -> Self {
        let failure = Self::usage(format!("{error}."));
        match error {
            DiskError::Exposed { path, .. } => failure.hint(format!("Take the others' right away: chmod go-w '{}'", path.display())),
            DiskError::Locked { .. } => failure.hint("Try again when it is done."),
            _ => failure,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let text = format!("{error}.");
        match error {
            StoreError::Disk(error) => error.into(),
            StoreError::NotHere { .. } => Self::new(Kind::NotFound, text).hint("Join it: kit join INVITE --as YOUR.ID"),
            StoreError::Empty { .. } => Self::new(Kind::NotFound, text)
                .hint("Get it: kit sync")
                .hint("If this device is not admitted yet, its publisher runs: kit member add REQUEST --dir DIR, then kit publish"),
            StoreError::Rollback { .. } | StoreError::Fork { .. } | StoreError::OtherKit { .. } => {
                Self::new(Kind::NotTrusted, text).hint(STILL_WORKS)
            }
            StoreError::NoGeneration { .. } | StoreError::TrustLost { .. } => {
                Self::new(Kind::NotTrusted, text).hint("Recover by hand with stock tools: docs/format.md, \"Recover without kit\".")
            }
            _ => Self::usage(text),
        }
    }
}
