//! The screen of a person.

use crate::{
    answer::PersonCard,
    cli::screen::{
        Screen,
        call::{act, called, checked, dial, first_name, there},
        keep,
    },
    team::Kind,
};

pub(super) fn person(screen: &mut Screen, card: &PersonCard, old: String) {
    let gone = card.away.as_ref().map(|away| format!("away until {}", away.until));
    match (&card.instead, &gone) {
        (Some(call), Some(gone)) => act(screen, call, vec![old, format!("for {}, {gone}", card.call.name)]),
        (Some(call), None) => act(screen, call, vec![old, format!("for {}, who has no number", card.call.name)]),
        (None, Some(gone)) => act(screen, &card.call, vec![gone.clone(), old]),
        (None, None) if card.call.number.is_none() => {
            let other = card.message.clone().or_else(|| card.emails.first().map(|mail| format!("mail {mail}")));
            act(screen, &card.call, vec![other.unwrap_or_default(), old]);
        }
        (None, None) => act(screen, &card.call, vec![old, card.wake.how.clone().unwrap_or_default()]),
    }
    screen.blank();
    if card.instead.is_some() {
        screen.row(&first_name(&card.call.name), dial(&card.call));
    }
    if let Some(why) = card.away.as_ref().and_then(|away| away.why.as_ref()) {
        screen.row("Away", why);
    }
    screen.row("There now", there(&card.call.there));
    screen.row("Today there", card.today.join(", "));
    screen.row("OK to wake", &card.wake.allowed);
    if let Some(next) = card.next.as_ref().filter(|next| card.instead.as_ref().is_none_or(|call| call.id != next.call.id)) {
        screen.row("No answer", format!("at {} your time call {}", next.at, called(&next.call)));
    }
    for other in card.numbers.iter().skip(1) {
        let about = [Some(kind(other.kind).to_owned()), other.note.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
        screen.row("Other number", format!("{}   {about}{}", keep(&other.shown), if other.stale { "   STALE" } else { "" }));
    }
    screen.row("Message", card.message.as_deref().unwrap_or_default());
    screen.row("Mail", card.emails.join(", "));
    let role = [card.title.clone(), Some(card.teams.join(", ")).filter(|teams| !teams.is_empty())];
    screen.row("Role", role.into_iter().flatten().collect::<Vec<_>>().join(", "));
    screen.note(card.note.as_deref());
    if let Some(number) = card.call.number.as_ref() {
        screen.row("Number", checked(number));
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Mobile => "mobile",
        Kind::Landline => "landline",
        Kind::Home => "at home",
        Kind::Work => "at work",
        Kind::Satellite => "satellite",
        Kind::Pager => "pager",
        Kind::Other => "other",
    }
}
