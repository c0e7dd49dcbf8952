//! The screens of `kit approve`: who asks, on which number to call them back, and what a yes gives away; then the share.

use super::{
    Act, Screen,
    call::{self, first_name},
    keep,
};
use crate::cli::quorum::Asked;

/// What somebody has to know before they give their share.
pub(crate) fn petition(screen: &mut Screen, asked: &Asked<'_>) {
    let petition = asked.petition;
    let (call, first) = (&asked.call, first_name(&asked.call.name));
    call::act(screen, call, vec!["before you give them anything".to_owned()]);
    screen.blank();
    let holder = if petition.is_holder { "a holder too" } else { "NOT a holder" };
    screen.row("Asks", format!("{} from {}, {holder}", keep(&call.name), keep(&petition.device.name)));
    screen.row("Asked", asked.age.as_deref().unwrap_or("when, a code does not say"));
    if !asked.answered.is_empty() {
        let when = asked.answered.join(", ");
        screen.row("Again", format!("for this very request a share was given from here already: {when}"));
    }
    if call.number.is_none() {
        screen.row("No number", format!("your kit has none for {first}: speak to them face to face, or give nothing"));
    }
    if let Some(until) = &asked.away {
        screen.row("Away", format!("your kit says that {first} is away until {until}"));
    }
    match &petition.says {
        Some(says) => {
            screen.row("Why", format!("signed on {first}'s device:"));
            screen.quote(&says.reason);
            screen.row("Incident", says.incident.as_deref().unwrap_or_default());
            let credential = says.credential.as_ref().map(ToString::to_string);
            screen.row("To open", credential.unwrap_or_default());
        }
        None => screen.row("Why", "a code does not say: ask them"),
    }
    let what = format!("tier {}, key {}, {}", petition.tier, petition.key.version, petition.key.rule.in_words());
    screen.row(
        "Gives",
        format!("your share of {what}. Whoever has enough shares has the key, and so all of: {}", asked.opens.join(", ")),
    );
    screen.row("Words", format!("{}   on the phone, they read these to you", keep(&asked.words.join(" "))));
    screen.blank();
}

/// What was given.
pub(crate) fn given(screen: &mut Screen, asked: &Asked<'_>, share: Option<&str>, receipt: &[&str], qr: bool) {
    let name = &asked.call.name;
    let what = if share.is_some() { "paste this" } else { "type the words" };
    let next =
        format!("they run: {}, and {what} when asked", keep(&format!("kit reveal {}", asked.credential().unwrap_or("NAME"))));
    match share {
        Some(text) => {
            let what = format!("this to {name}; only their {} opens it", asked.petition.device.name);
            screen.act(&Act { verb: "SEND", name: Some(&what), ..Act::default() });
            screen.blank();
            screen.plain(text);
            screen.blank();
            if qr {
                screen.codes(text);
            }
        }
        None => {
            screen.act(&Act { verb: "SHARED", name: Some(&format!("by voice, with {name}")), ..Act::default() });
            screen.blank();
        }
    }
    screen.row("Next", next);
    screen.row("Receipt", receipt.join(" "));
}
