//! A vendor: the hotline, and what they will ask for.

use serde::Serialize;

use super::NumberCard;
use crate::{
    answer::{Falls, Scene, fall::still_ringing},
    team::{Id, Vendor},
};

/// What there is to say of a vendor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VendorCard {
    /// The vendor's id.
    pub id: String,
    /// The vendor's name.
    pub name: String,
    /// Hotlines that still ring, the first one first; all of them when none does.
    pub numbers: Vec<NumberCard>,
    /// Why no hotline can be called, if so.
    pub falls: Option<Falls>,
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
    pub(in crate::answer) fn of(scene: Scene<'_>, id: &Id<Vendor>, vendor: &Vendor) -> Self {
        let Scene { team, moment, .. } = scene;
        let (numbers, falls) = match still_ringing(scene, &vendor.numbers) {
            Some(Ok(ringing)) => (ringing.iter().map(|number| NumberCard::of(team, number, moment)).collect(), None),
            Some(Err(falls)) => (NumberCard::all(team, &vendor.numbers, moment), Some(falls)),
            None => (Vec::new(), None),
        };
        Self {
            id: id.to_string(),
            name: vendor.name.clone(),
            numbers,
            falls,
            account: vendor.account.clone(),
            contract: vendor.contract.clone(),
            pin: vendor.pin.clone(),
            url: vendor.url.clone(),
            note: vendor.note.clone(),
        }
    }
}
