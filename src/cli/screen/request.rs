//! The screen of `kit request`: the command that a holder runs, whom to call for it, and the longer text.

use super::{
    Act, Screen, keep,
    line::{about_the_line, calls, checks, fastest},
};
use crate::cli::{command::request::Answer, quorum::in_letters};

/// The screen of `kit request`.
pub(crate) fn request(screen: &mut Screen, answer: &Answer, qr: bool) {
    let more = usize::from(answer.needed) - usize::from(answer.own_counts);
    let each = if more > 1 { " each" } else { "" };
    let of_whom = format!("{} of these holders{each} to run", in_letters(more));
    let command = format!("kit approve {}", answer.code);
    screen.act(&Act { verb: "ASK", name: Some(&of_whom), number: Some(&command), support: Vec::new() });
    screen.blank();
    let own = if answer.own_counts { "; yours counts as one" } else { "" };
    let tier = if answer.name == answer.tier { String::new() } else { format!(" (tier {})", answer.tier) };
    screen.row("For", format!("{}{tier}: {} of {} holders together{own}", answer.name, answer.needed, answer.of));
    screen.row("Words", format!("{}   the holder sees them too: read them when they call you", keep(&answer.words.join(" "))));
    screen.blank();
    calls(screen, "Call", &answer.holders, usize::MAX, None);
    about_the_line(screen, &answer.holders, None);
    fastest(screen, &answer.holders);
    checks(screen, &answer.holders.steps);
    screen.blank();
    screen.text("In a chat, send this instead of the code; it also says why:");
    screen.blank();
    screen.plain(&answer.text);
    screen.blank();
    if qr {
        screen.codes(&answer.text);
    }
    let then = match answer.opens.as_slice() {
        [only] => keep(&format!("kit reveal {only}")),
        several => format!("{}, for {}", keep("kit reveal NAME"), several.join(" or ")),
    };
    screen.row("Then", format!("{then}; it asks for what they sent"));
    screen.row("Receipt", answer.receipt.join(" "));
}
