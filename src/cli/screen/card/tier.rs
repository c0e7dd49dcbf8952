//! The screen of a tier.

use super::credential::holders;
use crate::{
    answer::TierCard,
    cli::screen::{
        Screen,
        call::{act, nobody},
    },
};

pub(super) fn tier(screen: &mut Screen, card: &TierCard, old: Option<String>) {
    match card.holders.iter().find(|call| call.number.is_some()) {
        Some(call) => act(screen, call, vec![old.unwrap_or_default(), format!("holds {}", card.id)]),
        None => nobody(screen, &format!("can be called who holds {}", card.name), vec![old.unwrap_or_default()]),
    }
    screen.blank();
    holders(screen, &card.holders);
    screen.row("Tier", format!("{}, opened by {}", card.name, card.rule.in_words()));
    screen.row("Opens", card.credentials.join(", "));
}
