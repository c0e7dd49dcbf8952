//! The screen of a vendor.

use crate::{
    answer::VendorCard,
    cli::screen::{Act, Screen, call::checked, keep},
};

pub(super) fn vendor(screen: &mut Screen, card: &VendorCard, old: String) {
    let why = card.falls.as_ref().map_or("hotline".to_owned(), |falls| format!("hotline, {}", falls.text));
    let number = card.numbers.first().filter(|_| card.falls.is_none());
    screen.act(&Act {
        verb: if number.is_none() { "NO NUMBER" } else { "CALL" },
        name: Some(&card.name),
        number: number.map(|number| number.shown.as_str()),
        support: vec![old, why],
    });
    screen.blank();
    screen.row("Account", card.account.as_deref().map(keep).unwrap_or_default());
    screen.row("Contract", card.contract.as_deref().map(keep).unwrap_or_default());
    screen.row("Support PIN", card.pin.as_deref().map(keep).unwrap_or_default());
    for other in card.numbers.iter().skip(1) {
        screen.row("Other number", format!("{}   {}", keep(&other.shown), other.note.clone().unwrap_or_default()));
    }
    screen.row("Open a case", card.url.as_deref().unwrap_or_default());
    screen.note(card.note.as_deref());
    if let Some(number) = card.numbers.first() {
        screen.row("Number", checked(number));
    }
}
