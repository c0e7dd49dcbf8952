//! What publishers know from the journals that members sent: signed with the kit, so that everybody holds it.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Credential, Id, Person, Team, Tier};

/// The state of the members' journals as a publisher last saw it (docs/format.md, "Journal").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    /// The last entry of each device's journal: a journal that is shorter or other than this was tampered with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heads: Vec<JournalHead>,
    /// Credentials that were opened and not changed since.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub openings: Vec<Opening>,
    /// When each holder last proved that they can open their tiers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drills: Vec<Drill>,
}

/// How far a device's journal goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalHead {
    /// The handle of the device key (docs/format.md, "Letters").
    pub device: String,
    /// The number of the last entry.
    pub number: u64,
    /// The SHA-256 of its line, LF included (64 hexadecimal digits).
    pub sha256: String,
    /// The first number of which the device signed different lines, where it did; it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contradicted: Option<u64>,
}

/// A credential that somebody opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Which.
    pub credential: Id<Credential>,
    /// The version that was opened.
    pub version: u32,
    /// When, by the clock of whoever opened it.
    pub at: Timestamp,
}

/// A proof that a holder can open a tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drill {
    /// The tier.
    pub tier: Id<Tier>,
    /// The version of its key.
    pub version: u32,
    /// Who.
    pub person: Id<Person>,
    /// The day.
    pub on: Date,
}

impl Ledger {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Opening {
    /// Whether the team still has the value that was opened: it is burned until there is a new one.
    pub fn is_burned(&self, team: &Team) -> bool {
        let capsule = team.credentials.get(&self.credential).and_then(|credential| credential.capsule.as_ref());
        capsule.is_some_and(|capsule| capsule.version <= self.version)
    }
}
