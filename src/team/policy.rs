//! Policy: how fresh and how deep the data has to be.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Id, Person};

/// What counts as old, thin or excused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Days after which a number counts as unchecked.
    pub number_stale_days: u16,
    /// Days after which a kit is to be published again, changed or not.
    pub refresh_days: u16,
    /// How many owners a system needs.
    pub owners_min: u8,
    /// Minutes to wait for a call back before the next one in line is called.
    pub answer_within_min: u8,
    /// Hours within which a credential that was opened gets a new value.
    pub rotate_within_h: u16,
    /// Days after which holders prove again that they can open their tiers.
    pub rescue_days: u16,
    /// Who reads the journals of openings, besides those who publish and lead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub auditors: Vec<Id<Person>>,
    /// Rules that are set aside for a while.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
}

/// One rule set aside, by whom, why and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// The finding that is waived.
    pub what: String,
    /// Who takes the responsibility, by person id.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day of the waiver.
    pub until: Date,
}

impl Default for Policy {
    /// 90 days for numbers and for holders, 30 for the kit, three owners, 5 minutes to answer, a day to rotate: what on-call
    /// handbooks ask for.
    fn default() -> Self {
        Self {
            number_stale_days: 90,
            refresh_days: 30,
            owners_min: 3,
            answer_within_min: 5,
            rotate_within_h: 24,
            rescue_days: 90,
            auditors: Vec::new(),
            waivers: Vec::new(),
        }
    }
}
