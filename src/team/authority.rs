//! Authority: who decides, and who succeeds them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Id, Responder, Window};

/// Who may take one decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Authority {
    /// The decision in words: `Call the rollback`.
    pub decision: String,
    /// Other names to look up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Who decides; a rota stands for whoever is on it.
    pub holder: Responder,
    /// Who decides when the one before cannot be reached, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<Responder>,
    /// What has to be true before deciding.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// How far the decision goes: `up to 20 000 EUR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<String>,
    /// For a while somebody else decides, from when until when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delegations: Vec<Delegation>,
    /// When it begins; at once if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// When it ends; open if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The window it is for; standing if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Id<Window>>,
}

impl Authority {
    /// Whether it holds at a moment: it has begun and has not ended.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    /// The delegation that is in force, if there is one: the one that began last.
    pub fn delegation(&self, now: Timestamp) -> Option<&Delegation> {
        let running = self.delegations.iter().filter(|it| it.from <= now && now < it.until);
        running.max_by_key(|it| it.from)
    }

    /// Who decides at a moment, then who decides when they cannot be reached, in order.
    pub fn line(&self, now: Timestamp) -> Vec<Responder> {
        let delegate = self.delegation(now).map(|delegation| &delegation.to);
        let mut line: Vec<Responder> = Vec::new();
        for next in delegate.into_iter().chain([&self.holder]).chain(&self.successors) {
            if !line.contains(next) {
                line.push(next.clone());
            }
        }
        line
    }
}

/// One decision in other hands for a while; it begins and ends by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// To whom.
    pub to: Responder,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// How far it goes, if less far than the decision itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<String>,
    /// Why, in words that may be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}
