//! The screen of a credential.

use crate::{
    answer::{Call, CredentialCard},
    cli::screen::{
        Screen, Table,
        call::{act, checked_when, dial, nobody, said, short},
        keep,
    },
};

pub(super) fn credential(screen: &mut Screen, card: &CredentialCard, old: String) {
    let can_be_called = |call: &&Call| call.number.is_some();
    let holder = card.holders.iter().find(can_be_called);
    match card.owner.as_ref().filter(can_be_called).or(holder).or(card.owner.as_ref()) {
        Some(call) => act(screen, call, vec![old, format!("answers for {}", card.id)]),
        None => nobody(screen, &format!("can be called for {}", card.id), vec![old]),
    }
    screen.blank();
    screen.row("Credential", &card.title);
    let open = if card.sealed { keep(&format!("kit reveal {}", card.id)) } else { "no value sealed yet".to_owned() };
    screen.row("Open", open);
    let value = card.version.zip(card.mark.as_ref()).map(|(version, mark)| format!("version {version}, mark {mark}"));
    screen.row("Value", value.unwrap_or_default());
    screen.row("Tier", format!("{}, opened by {}", card.tier, card.rule.in_words()));
    screen.blank();
    holders(screen, &card.holders);
    for skipped in &card.skipped {
        screen.row("Skipped", format!("{}, {}", keep(&skipped.name), skipped.why.text()));
    }
    if let Some(burned) = &card.opened {
        let by = burned.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        let verb = if burned.is_past { "was to be rotated by" } else { "rotate by" };
        screen.row("Opened", format!("{}{by}: {verb} {}", burned.day, burned.rotate_by_clock));
    }
    screen.row("Now", card.falls.as_ref().map(|falls| falls.text.as_str()).unwrap_or_default());
    screen.row("Sign in", card.sign_in.as_deref().unwrap_or_default());
    screen.row("Needs", card.needs.join(", "));
    screen.row("Rotate by", card.rotate_by.map(|day| day.to_string()).unwrap_or_default());
}

/// The people who hold a tier.
pub(super) fn holders(screen: &mut Screen, calls: &[Call]) {
    let mut holders = Table::new(["Holder", "Number", "There now", "Checked"], 2).spilling(["", "checked"]);
    for holder in calls {
        holders.row([keep(&said(holder)), dial(holder), short(&holder.there), checked_when(holder)]);
    }
    if !holders.is_empty() {
        screen.table(&holders);
        screen.blank();
    }
}
