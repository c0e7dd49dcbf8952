//! The screen of a tier.

use super::credential::holders;
use crate::{
    answer::TierCard,
    cli::screen::{
        Screen,
        call::{act, nobody},
    },
};

pub(super) fn tier(screen: &mut Screen, card: &TierCard, old: String) {
    match card.holders.iter().find(|call| call.number.is_some()) {
        Some(call) => act(screen, call, vec![old, format!("holds {}", card.id)]),
        None => nobody(screen, &format!("can be called who holds {}", card.name), vec![old]),
    }
    screen.blank();
    holders(screen, &card.holders);
    screen.row("CANNOT OPEN", card.cannot_open.join(", "));
    screen.row("Tier", format!("{}, opened by {}", card.name, card.rule.in_words()));
    screen.row("Opens", card.credentials.join(", "));
}
