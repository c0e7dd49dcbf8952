//! Bridges: the ladder of ways to meet when the usual one is down.

use serde::{Deserialize, Serialize};

use super::{Checked, Need, Number};

/// One way to meet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bridge {
    /// Full name: `Phone bridge`.
    pub name: String,
    /// Other names to look up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Rung of the ladder: lower is tried first.
    pub order: u32,
    /// Dial-in numbers, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<Number>,
    /// What to key in: `4829 13 #`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// What the host keys in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_key: Option<String>,
    /// An address, a group or a channel where there is no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<String>,
    /// What it does not work without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// The last rehearsal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested: Option<Checked>,
    /// Anything a caller should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
