//! What is left to do after somebody left or something was opened: values that others have read and that have to change.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Bridge, Credential, Id, Team, Vendor};

/// One value to change. Done as soon as the team has another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// What has to change.
    #[serde(flatten)]
    pub rotate: Rotate,
    /// Why, in words: `bob.reyes left`.
    pub why: String,
    /// The day it came up.
    pub since: Date,
    /// The day by which it has to be done.
    pub by: Date,
}

/// A value that has to change, and what it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "rotate", rename_all = "kebab-case")]
pub enum Rotate {
    /// A credential: to be sealed anew, at its source too.
    Credential {
        /// Which.
        id: Id<Credential>,
        /// The version that was read.
        version: u32,
    },
    /// The PIN of a bridge.
    BridgePin {
        /// Which.
        id: Id<Bridge>,
        /// The PIN that was read.
        was: String,
    },
    /// The support PIN of a vendor.
    VendorPin {
        /// Which.
        id: Id<Vendor>,
        /// The PIN that was read.
        was: String,
    },
}

impl Rotate {
    /// Whether the team still has the value that was read. What is no longer there at all has nothing left to change.
    pub fn is_open(&self, team: &Team) -> bool {
        match self {
            Self::Credential { id, version } => {
                let capsule = team.credentials.get(id).and_then(|credential| credential.capsule.as_ref());
                capsule.is_some_and(|capsule| capsule.version <= *version)
            }
            Self::BridgePin { id, was } => team.bridges.get(id).is_some_and(|bridge| bridge.pin.as_ref() == Some(was)),
            Self::VendorPin { id, was } => team.vendors.get(id).is_some_and(|vendor| vendor.pin.as_ref() == Some(was)),
        }
    }
}
