//! Tools: what people work with, and what to use instead.

use serde::{Deserialize, Serialize};

use super::{Checked, Credential, Id, Need, Number, Person, Ref};

/// Something people work with: chat, pager, password manager, cloud console.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// Full name.
    pub name: String,
    /// Other names to look up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What it is for: `chat`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// How to get there: an address, a group, a channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<String>,
    /// Numbers that it calls people from: what the screen of a woken phone shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<Number>,
    /// Where its maker says whether it is down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_page: Option<String>,
    /// Who knows it best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Id<Person>>,
    /// What to use instead, in order: tools or bridges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backups: Vec<Ref>,
    /// What it does not work without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// What not to use instead, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub avoid: Vec<Avoid>,
    /// The break-glass credential to get in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<Id<Credential>>,
    /// The last check by a human.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<Checked>,
}

/// Something that looks like a backup and is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Avoid {
    /// What not to use.
    pub what: String,
    /// Why: `it signs in through Okta, like Slack`.
    pub why: String,
}
