//! The screen of a rota.

use crate::{
    answer::RotaCard,
    cli::screen::{Act, Screen, Table, call::act, keep, line::line_up},
};

pub(super) fn rota(screen: &mut Screen, card: &RotaCard, old: String) {
    match card.line.first() {
        Some(step) => act(screen, &step.call, vec![old, format!("on duty for {}", card.id)]),
        None => screen.act(&Act {
            verb: "NOBODY",
            name: Some("is on duty now for"),
            support: vec![card.name.clone(), old],
            ..Act::default()
        }),
    }
    screen.blank();
    line_up(screen, &card.line);
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
    screen.row("Planned until", card.planned_until.as_deref().map(keep).unwrap_or_default());
}
