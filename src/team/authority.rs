//! Authority: who decides, and who succeeds them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Id, Person, Window};

/// Who may take one decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Authority {
    /// The decision in words: `Call the rollback`.
    pub decision: String,
    /// Other names to look up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Who decides.
    pub holder: Id<Person>,
    /// Who decides when the one before cannot be reached, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<Id<Person>>,
    /// What has to be true before deciding.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// How far the decision goes: `up to 20 000 EUR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<String>,
    /// When it ends; open if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The window it is for; standing if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Id<Window>>,
}
