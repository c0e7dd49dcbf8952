//! The screen of a system.

use crate::{
    answer::{SystemCard, rank},
    cli::screen::{
        Screen,
        call::{act, nobody},
        line::line_up,
    },
};

pub(super) fn system(screen: &mut Screen, card: &SystemCard, old: String) {
    match (card.line.first(), &card.fallback) {
        (Some(step), _) => act(screen, &step.call, vec![old, format!("{} for {}", rank(step.position), card.id)]),
        (None, Some(call)) => act(screen, call, vec![old, format!("in charge; no owner of {} can be called", card.id)]),
        (None, None) => nobody(screen, &format!("can be called for {}", card.name), vec![old]),
    }
    screen.blank();
    line_up(screen, &card.line, None);
    screen.row(
        "System",
        match card.tier {
            Some(tier) => format!("{}, tier {tier}", card.name),
            None => card.name.clone(),
        },
    );
    screen.row("Needs", card.needs.join(", "));
    screen.row("Playbook", card.playbook.as_deref().unwrap_or_default());
    if let Some(runbook) = &card.runbook {
        screen.row("Runbook", "works offline:");
        screen.quote(runbook);
    }
}
