//! Break-glass credentials: their labels, and the values as sealed capsules. Nothing here can be opened without a tier's key.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Id, Need, Person, Tier};

/// What can be said of a credential without opening it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Credential {
    /// What it opens: `AWS root account`.
    pub title: String,
    /// Other names to look up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The tier that holds it.
    pub tier: Id<Tier>,
    /// Who answers for it and is told of each opening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Id<Person>>,
    /// Where to sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<String>,
    /// The day by which it gets a new value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotate_by: Option<Date>,
    /// What it does not work without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// The values, sealed; none before `kit seal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capsule: Option<Capsule>,
}

/// The sealed values of a credential (docs/format.md, "Capsules").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capsule {
    /// 1, 2, 3 …: another one for each new value.
    pub version: u32,
    /// The tier whose key it is sealed to.
    pub tier: Id<Tier>,
    /// Which key of that tier.
    pub key: u32,
    /// When it was sealed.
    pub sealed: Timestamp,
    /// Names and kinds of the values in it, in their order.
    pub fields: Vec<FieldLabel>,
    /// The SHA-256 of `age` (64 hexadecimal digits).
    pub sha256: String,
    /// The age file, armoured.
    pub age: String,
}

/// What can be said of one value without opening it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldLabel {
    /// `password`.
    pub name: String,
    /// What sort of value it is.
    pub kind: FieldKind,
}

/// The sorts of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// May be seen on the screen: a user name, an address.
    Text,
    /// One line that nobody else may see: a password, a key.
    Secret,
    /// The seed of one-time codes, as an `otpauth://` address (RFC 6238).
    Totp,
    /// Recovery codes, one a line, each used once.
    Codes,
    /// Several lines.
    Note,
    /// A file; its bytes in base64 (RFC 4648).
    File,
    /// A sort that a later kit writes: shown as a secret.
    #[serde(other)]
    Unknown,
}
