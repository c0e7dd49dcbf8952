//! Member devices: who can open the kit, from which machine, with which public keys.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Id, Person};

/// One machine of one member, by its public keys. What the texts mean is for `key` to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Whose it is.
    pub person: Id<Person>,
    /// What they call it: `laptop`.
    pub name: String,
    /// age recipient that opens the payload: `age1…`.
    pub reader: String,
    /// age recipient that opens credentials: `age1…`.
    pub opener: String,
    /// OpenSSH public key that signs: `ssh-ed25519 AAAA…`, without comment.
    pub key: String,
    /// The day it joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<Date>,
}

/// Reads a device name: the rules are those of an id.
///
/// # Errors
/// The rule that is broken.
pub fn device_name(text: &str) -> Result<String, super::IdError> {
    Id::<Device>::parse(text).map(|id| id.to_string())
}
