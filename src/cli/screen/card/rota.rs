//! The screen of a rota.

use crate::{
    answer::RotaCard,
    cli::screen::{
        Screen, Table,
        call::{act, nobody},
        keep,
        line::line_up,
    },
};

pub(super) fn rota(screen: &mut Screen, card: &RotaCard, old: String) {
    match card.line.first() {
        Some(step) => act(screen, &step.call, vec![old, format!("on duty for {}", card.id)]),
        None => nobody(screen, &format!("is on duty now for {}", card.name), vec![old]),
    }
    screen.blank();
    line_up(screen, &card.line, Some(&card.name));
    screen.blank();
    let mut turns = Table::new(["Then", "On duty"], 2);
    for turn in &card.turns {
        let people = if turn.people.is_empty() { "nobody".to_owned() } else { turn.people.join(", then ") };
        turns.row([keep(&turn.from_clock), people]);
    }
    if !turns.is_empty() {
        screen.table(&turns);
        screen.blank();
    }
    screen.row("Rota", &card.name);
    screen.row("Plan ends", card.planned_until.as_deref().map(keep).unwrap_or_default());
}
