//! The words about a call that every screen says alike: whom, on which number, what time it is there, who checked it.

use unicode_width::UnicodeWidthStr;

use super::{Act, Screen, keep, line_of};
use crate::answer::{Call, CheckedCard, InCharge, NumberCard, There};

/// The first line that calls somebody, or says that there is no number.
pub(super) fn act(screen: &mut Screen, call: &Call, support: Vec<String>) {
    screen.act(&Act {
        verb: if call.number.is_some() { "CALL" } else { "NO NUMBER" },
        name: Some(&call.name),
        number: call.shown(),
        support,
    });
}

/// The line that calls whoever is in charge.
pub(super) fn in_charge(screen: &mut Screen, charge: &InCharge, old: String) {
    screen.act(&Act {
        verb: "CALL",
        name: Some(&charge.call.name),
        number: charge.call.shown(),
        support: vec![old, format!("in charge now, {} there", charge.call.there.time)],
    });
}

/// `NOBODY  is left for payments-db   call Chris Lindqvist   +1 202 555 0131`, in two lines where one is too short.
pub(super) fn nobody_but(screen: &mut Screen, left: &str, call: &Call, old: String) {
    let number = call.shown().unwrap_or_default();
    let one = ["NOBODY".to_owned(), left.to_owned(), format!("call {}", call.name), number.to_owned()];
    if line_of(&one).width() <= screen.columns {
        let name = format!("{left}   call {}", call.name);
        let support = vec![old, "in charge now".to_owned()];
        screen.act(&Act { verb: "NOBODY", name: Some(&name), number: Some(number), support });
    } else {
        screen.act(&Act { verb: "NOBODY", name: Some(left), support: vec![old], ..Act::default() });
        let support = vec!["in charge now".to_owned()];
        screen.act(&Act { verb: "CALL", name: Some(&call.name), number: Some(number), support });
    }
}

/// The name and the number, for a row.
pub(super) fn called(call: &Call) -> String {
    match call.shown() {
        Some(number) => format!("{}   {}", keep(&call.name), keep(number)),
        None => format!("{} (no number)", keep(&call.name)),
    }
}

/// The number of a table's row.
pub(super) fn dial(call: &Call) -> String {
    keep(call.shown().unwrap_or("no number"))
}

/// When the number of a table's row was last checked.
pub(super) fn checked_when(call: &Call) -> String {
    match &call.number {
        Some(number) if number.stale => "STALE".to_owned(),
        Some(NumberCard { checked: Some(check), .. }) => keep(&days_ago(check)),
        _ => String::new(),
    }
}

/// What time it is where somebody is, and whether they sleep or work, as a sentence.
pub(super) fn there(there: &There) -> String {
    let asleep = if there.likely_asleep { ". Likely asleep" } else { "" };
    let works = there.works.as_ref().map(|hours| format!(" (works {})", keep(hours))).unwrap_or_default();
    format!("{}, {}: {}{asleep}{works}", keep(&format!("{} {}", there.time, there.weekday)), there.place, there.part.word())
}

/// Time, weekday and part of the day where somebody is.
pub(super) fn local(there: &There) -> String {
    format!("{}  {}", keep(&format!("{} {}", there.time, there.weekday)), there.part.word())
}

/// The same, and whether they likely sleep.
pub(super) fn short(there: &There) -> String {
    let asleep = if there.likely_asleep { ", likely asleep" } else { "" };
    format!("{}  {}{asleep}", keep(&format!("{} {}", there.time, there.weekday)), there.part.word())
}

/// When and by whom a number was checked.
pub(super) fn checked(number: &NumberCard) -> String {
    match &number.checked {
        Some(check) if number.stale => format!("STALE: checked {}", ago(check)),
        Some(check) => format!("checked {}", ago(check)),
        None => "STALE: nobody has checked it".to_owned(),
    }
}

/// How long ago a check was, and whose.
pub(super) fn ago(check: &CheckedCard) -> String {
    let by = check.by.as_ref().map(|name| format!(" by {}", first_name(name))).unwrap_or_default();
    format!("{}{by}", days_ago(check))
}

/// How long ago a check was.
pub(super) fn days_ago(check: &CheckedCard) -> String {
    match check.days {
        // The day may have begun elsewhere; further ahead, this machine's clock is wrong and a count would be too.
        ..-1 => format!("on {}", check.on),
        -1..=0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    }
}

/// What somebody is called among colleagues.
pub(super) fn first_name(name: &str) -> String {
    name.split(' ').next().unwrap_or(name).to_owned()
}
