//! Who can open it instead, and what is to be done after an opening.

use jiff::ToSpan;

use super::Open;
use crate::{
    answer::{Call, CredentialCard, clock_time},
    cli::{
        failure::{Failure, Kind},
        screen::Screen,
        session::Session,
    },
    prepare::PrepareError,
    reveal::RevealError,
};

/// Most holders that are named.
const HOLDERS_MAX: usize = 6;

/// Says whom to tell and until when it has to have another value, and the receipt: as the answer, or as talk beside one.
pub(in crate::cli) fn after(session: &mut Session<'_>, open: &Open, is_answer: bool) {
    let moment = session.moment().clone();
    let hours = open.chosen.reading.team.policy.rotate_within_h;
    let (now, machine) = session.when();
    let by = machine.clock.map_or(now, |clock| clock.min(now)).checked_add(i64::from(hours).hours()).ok();
    let by = by.map(|by| format!(", by {}", clock_time(&moment, by))).unwrap_or_default();
    let tell = tell(open).map(|owner| format!("tell {owner}.  ")).unwrap_or_default();
    let opened = receipt(session, open);
    let lines = [format!("Next: {tell}Rotate within {hours} h{by}."), opened];
    for line in lines {
        if is_answer {
            let mut screen = Screen::new(session.context.terminal.layout);
            screen.plain(&line);
            session.out.lines(screen.into_lines());
        } else {
            session.out.say(line);
        }
    }
}

/// Whom to tell that it was opened, unless that is whoever opened it.
pub(in crate::cli) fn tell(open: &Open) -> Option<String> {
    let me = me(open);
    open.chosen.card.owner.as_ref().filter(|owner| owner.id != me).map(called)
}

/// When and by whom it was opened, with the words of the journal's line.
pub(in crate::cli) fn receipt(session: &Session<'_>, open: &Open) -> String {
    let (moment, me) = (session.moment(), me(open));
    let receipt = open.revealed.line.receipt().join(" ");
    let kept = if open.revealed.is_recorded { "Receipt" } else { "NOT RECORDED; receipt for paper" };
    format!("Opened {} by {me}.  {kept}: {receipt}", clock_time(moment, moment.now))
}

fn me(open: &Open) -> String {
    open.chosen.store.settings().map(|settings| settings.person.to_string()).unwrap_or_default()
}

/// Leaves out whoever asks, and puts those first who are likely to be awake.
pub(super) fn call_first(card: &mut CredentialCard, me: &str) {
    card.holders.retain(|call| call.id != me);
    card.holders.sort_by_key(|call| call.there.likely_asleep);
}

/// What is said when this device does not open it: who does, whom to call first.
pub(super) fn refused(error: PrepareError, card: &CredentialCard) -> Failure {
    let id = &card.id;
    match error {
        PrepareError::NotHolder { tier, other_device } => {
            let text = format!("this device is no holder of {id} (tier {tier}), so nothing was opened.");
            let failure = Failure::new(Kind::CannotOpen, text);
            let failure = if other_device { failure.hint("Another device of yours is: open it there.") } else { failure };
            holders(failure, "Holders are:", card)
                .hint(format!("To become one, a holder runs: kit tier add {tier} YOUR.ID --dir DIR"))
        }
        PrepareError::MoreNeeded { needed, of, found, holds, .. } => {
            let more = usize::from(needed).saturating_sub(found);
            let count = if more == 1 { "one".to_owned() } else { more.to_string() };
            let here = match found {
                0 => "this device has none of their shares".to_owned(),
                1 if holds => format!("yours and {count} more"),
                _ => format!("those here and {count} more"),
            };
            let text = format!("{id} needs {needed} of {of} holders together; {here}. Nothing was opened.");
            let failure = Failure::new(Kind::CannotOpen, text).hint(format!("Ask for their shares: kit request {id}"));
            holders(failure, "Holders are:", card)
        }
        error => error.into(),
    }
}

/// What is said when nothing was opened: of a device that does not open it, who does.
pub(super) fn failed(error: RevealError, card: &CredentialCard) -> Failure {
    match error {
        RevealError::Prepare(error) => refused(error, card),
        error => error.into(),
    }
}

fn holders(failure: Failure, head: &str, card: &CredentialCard) -> Failure {
    let mut failure = failure.hint(head);
    for call in card.holders.iter().take(HOLDERS_MAX) {
        let asleep = if call.there.likely_asleep { ", likely asleep" } else { "" };
        failure = failure.hint(format!("  {}   {} there{asleep}", called(call), call.there.time));
    }
    if card.holders.len() > HOLDERS_MAX {
        failure = failure.hint(format!("  and {} more: kit lookup {}", card.holders.len() - HOLDERS_MAX, card.id));
    }
    card.skipped.iter().fold(failure, |failure, skipped| failure.hint(format!("  {}: {}", skipped.name, skipped.why.text())))
}

fn called(call: &Call) -> String {
    format!("{}   {}", call.name, call.shown().unwrap_or("(no number)"))
}
