//! What this machine pinned when it joined, and how well that was checked.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{
    Note, STATE, State, StoreError, TRUST, create,
    record::{self, RecordError},
};
use crate::{
    bundle::{KitId, Pin},
    disk::DiskError,
};

/// The anchor of everything: which kit, from which root on, verified how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    /// The kit and the first root this machine believes.
    pub pin: Pin,
    /// How that root was verified.
    pub verified: How,
}

/// How the pinned root came to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It was made on this machine.
    Founder,
    /// Its words were compared with somebody who has it, out of band.
    Words,
    /// Taken from an invite that nobody compared: every screen says so.
    Unverified,
}

impl Trust {
    /// Whether somebody vouches for the root: its maker, or words compared out of band.
    pub fn is_verified(&self) -> bool {
        self.verified != How::Unverified
    }
}

/// The trust of a store; when trust.json is gone or damaged, its copy in state.json and a note.
pub(super) fn read(dir: &Path, kit: &KitId) -> Result<(Trust, Option<Note>), StoreError> {
    let own = record::read::<Trust>(&dir.join(TRUST)).and_then(|trust| of_kit(trust, kit));
    let why = match own {
        Ok(trust) => return Ok((trust, None)),
        Err(RecordError::Guarded(error)) => return Err(error.into()),
        Err(why) => why.to_string(),
    };
    match record::read::<State>(&dir.join(STATE)).and_then(|state| of_kit(state.trust, kit)) {
        Ok(trust) => Ok((trust, Some(Note::TrustFromCopy { why }))),
        Err(RecordError::Guarded(error)) => Err(error.into()),
        Err(_) if !create::is_made(dir) => Err(StoreError::HalfMade { kit: kit.clone() }),
        Err(_) => Err(StoreError::TrustLost { kit: kit.clone(), why }),
    }
}

pub(super) fn write(dir: &Path, trust: &Trust) -> Result<(), DiskError> {
    record::write(&dir.join(TRUST), trust)
}

fn of_kit(trust: Trust, kit: &KitId) -> Result<Trust, RecordError> {
    if trust.pin.kit == *kit {
        return Ok(trust);
    }
    Err(RecordError::Damaged(format!("it is about kit {}", trust.pin.kit)))
}
