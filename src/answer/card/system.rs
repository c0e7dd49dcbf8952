//! A system: whom to call for it, in the agreed order.

use serde::Serialize;

use super::{Call, needs};
use crate::{
    answer::{LineUp, Scene, in_charge, line_up},
    team::{Id, System},
};

/// What there is to say of a system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SystemCard {
    /// The system's id.
    pub id: String,
    /// The system's name.
    pub name: String,
    /// Importance: 1 wakes people.
    pub tier: Option<u8>,
    /// Owners in the agreed order.
    #[serde(flatten)]
    pub line: LineUp,
    /// Whom to call when no owner can be: the one in charge.
    pub fallback: Option<Call>,
    /// What it does not run without.
    pub needs: Vec<String>,
    /// Address of the full playbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub playbook: Option<String>,
    /// The part of it that works offline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
}

impl SystemCard {
    pub(super) fn of(scene: Scene<'_>, id: &Id<System>, system: &System) -> Self {
        let line = line_up(scene, &system.owners);
        let fallback = if line.steps.is_empty() { in_charge(scene).map(|charge| charge.call) } else { None };
        Self {
            id: id.to_string(),
            name: system.name.clone(),
            tier: system.tier,
            line,
            fallback,
            needs: needs(scene.team, &system.needs),
            playbook: system.playbook.clone(),
            runbook: system.runbook.clone(),
        }
    }
}
