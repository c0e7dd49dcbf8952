//! A vendor: the hotline, and what they will ask for.

use serde::Serialize;

use super::NumberCard;
use crate::{
    answer::Moment,
    team::{Id, Team, Vendor},
};

/// What there is to say of a vendor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VendorCard {
    /// The vendor's id.
    pub id: String,
    /// The vendor's name.
    pub name: String,
    /// Hotlines, the first one first.
    pub numbers: Vec<NumberCard>,
    /// Account number they ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Contract number they ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// Support PIN they ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// Where to open a case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Anything a caller should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl VendorCard {
    pub(super) fn of(team: &Team, id: &Id<Vendor>, vendor: &Vendor, moment: &Moment) -> Self {
        Self {
            id: id.to_string(),
            name: vendor.name.clone(),
            numbers: NumberCard::all(team, &vendor.numbers, moment),
            account: vendor.account.clone(),
            contract: vendor.contract.clone(),
            pin: vendor.pin.clone(),
            url: vendor.url.clone(),
            note: vendor.note.clone(),
        }
    }
}
