//! The words about a call that every screen says alike: whom, on which number, what time it is there, who checked it.

use super::{Act, Screen, keep};
use crate::answer::{Call, CheckedCard, InCharge, NumberCard, There};

/// What there is to do when nobody can be called.
pub(super) const WAY_ON: &str = "kit bridge";

/// The name of whoever is called. One without any letter of the Latin alphabet's basic ones can be neither said nor typed by
/// most colleagues: it has the person's id behind it.
pub(super) fn said(call: &Call) -> String {
    let Call { name, id, .. } = call;
    if name.chars().any(|c| c.is_ascii_alphabetic()) { name.clone() } else { format!("{name} ({id})") }
}

/// The first line that calls somebody, or says that there is no number.
pub(super) fn act(screen: &mut Screen, call: &Call, support: Vec<String>) {
    screen.act(&Act {
        verb: if call.number.is_some() { "CALL" } else { "NO NUMBER" },
        name: Some(&said(call)),
        number: call.shown(),
        support,
    });
}

/// The line that calls whoever is in charge.
pub(super) fn in_charge(screen: &mut Screen, charge: &InCharge, old: String) {
    screen.act(&Act {
        verb: "CALL",
        name: Some(&said(&charge.call)),
        number: charge.call.shown(),
        support: vec![old, format!("in charge now, {} there", charge.call.there.time)],
    });
}

/// `NOBODY  is left for payments-db   call Chris Lindqvist   +1 202 555 0131`; where that has no room, the call alone stands
/// first: `CALL  Chris Lindqvist   +1 202 555 0131`, then `nobody is left for payments-db`.
pub(super) fn nobody_but(screen: &mut Screen, left: &str, call: &Call, old: String) {
    let number = call.shown().unwrap_or_default();
    let name = format!("{left}   call {}", said(call));
    let in_charge = "in charge now".to_owned();
    if screen.has_room(&["NOBODY".to_owned(), name.clone(), number.to_owned()]) {
        screen.act(&Act { verb: "NOBODY", name: Some(&name), number: Some(number), support: vec![old, in_charge] });
    } else {
        act(screen, call, vec![old, format!("nobody {left}"), in_charge]);
    }
}

/// `NOBODY  is left for payments-db   kit bridge`; where that has no room, what is said of whom stands below it.
pub(super) fn nobody(screen: &mut Screen, left: &str, mut support: Vec<String>) {
    let way = Some(WAY_ON);
    if screen.has_room(&["NOBODY".to_owned(), left.to_owned(), WAY_ON.to_owned()]) {
        screen.act(&Act { verb: "NOBODY", name: Some(left), number: way, support });
    } else {
        support.insert(support.len().min(1), format!("nobody {left}"));
        screen.act(&Act { verb: "NOBODY", name: Some("can be called"), number: way, support });
    }
}

/// The name and the number, for a row.
pub(super) fn called(call: &Call) -> String {
    match call.shown() {
        Some(number) => format!("{}   {}", keep(&said(call)), keep(number)),
        None => format!("{} (no number)", keep(&said(call))),
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
