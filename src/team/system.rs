//! Systems: what breaks, and who owns it in depth.

use serde::{Deserialize, Serialize};

use super::{Need, Responder};

/// Something the team runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct System {
    /// Full name.
    pub name: String,
    /// Other names to look up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Importance: 1 wakes people, larger numbers matter less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<u8>,
    /// Owners in the order to call them: primary, secondary, tertiary; a rota stands for whoever is on it.
    #[serde(default)]
    pub owners: Vec<Responder>,
    /// Address of the full playbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playbook: Option<String>,
    /// The part of it that has to work offline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
    /// What it does not run without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
}
