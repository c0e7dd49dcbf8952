//! The screen of a bridge.

use super::{ago, keep, note};
use crate::{
    answer::BridgeCard,
    cli::screen::{Screen, bare::join},
};

pub(super) fn bridge(screen: &mut Screen, card: &BridgeCard, old: Option<String>) {
    join(screen, card, old);
    screen.blank();
    screen.row("Bridge", format!("{}, number {} of {}", card.name, card.rung, card.rungs));
    for other in card.numbers.iter().skip(1) {
        screen.row("Other number", format!("{}   {}", keep(&other.shown), other.note.clone().unwrap_or_default()));
    }
    screen.row("Host key", card.host_key.as_deref().map(keep).unwrap_or_default());
    screen.row("Needs", card.needs.join(", "));
    screen.row("Say first", card.say_first.as_deref().unwrap_or_default());
    note(screen, card.note.as_deref());
    screen.row("Tested", card.tested.as_ref().map(ago).unwrap_or_default());
}
