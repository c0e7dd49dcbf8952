//! The screen of `kit lookup`: one card of any kind, a file for each kind, and the words that they share.

mod calendar;
mod credential;
mod person;
mod rota;
mod system;
mod tier;
mod vendor;

use super::{Act, Screen, Standing, keep};
use crate::answer::{Call, Card, CheckedCard, NumberCard, There};

/// The screen of one card.
pub(crate) fn card(screen: &mut Screen, card: &Card, standing: &Standing) {
    let old = standing.age.on_first_line();
    match card {
        Card::Person(card) => person::person(screen, card, old),
        Card::System(card) => system::system(screen, card, old),
        Card::Tool(card) => return super::tool(screen, card, standing),
        Card::Bridge(card) => return super::bridges(screen, card, None, standing),
        Card::Vendor(card) => vendor::vendor(screen, card, old),
        Card::Credential(card) => credential::credential(screen, card, old),
        Card::Authority(card) => return super::authority(screen, card, None, standing),
        Card::Window(card) => return super::window(screen, card, false, standing),
        Card::Tier(card) => tier::tier(screen, card, old),
        Card::Rota(card) => rota::rota(screen, card, old),
        Card::Calendar(card) => calendar::calendar(screen, card, old),
    }
    standing.close(screen, ", offline");
}

/// The first line that calls somebody, or says that there is no number.
pub(super) fn act(screen: &mut Screen, call: &Call, support: Vec<String>) {
    screen.act(&Act {
        verb: if call.number.is_some() { "CALL" } else { "NO NUMBER" },
        name: Some(&call.name),
        number: call.number.as_ref().map(|number| number.shown.as_str()),
        support,
    });
}

pub(super) fn called(call: &Call) -> String {
    match &call.number {
        Some(number) => format!("{}   {}", keep(&call.name), keep(&number.shown)),
        None => format!("{} (no number)", keep(&call.name)),
    }
}

/// The number of a table's row.
pub(super) fn dial(call: &Call) -> String {
    call.number.as_ref().map_or_else(|| keep("no number"), |number| keep(&number.shown))
}

/// When the number of a table's row was last checked.
fn checked_when(call: &Call) -> String {
    match &call.number {
        Some(number) if number.stale => "STALE".to_owned(),
        Some(NumberCard { checked: Some(check), .. }) => keep(&days_ago(check)),
        _ => String::new(),
    }
}

fn there(there: &There) -> String {
    let asleep = if there.likely_asleep { ". Likely asleep" } else { "" };
    let works = there.works.as_ref().map(|hours| format!(" (works {})", keep(hours))).unwrap_or_default();
    format!("{}, {}: {}{asleep}{works}", keep(&format!("{} {}", there.time, there.weekday)), there.place, there.part.word())
}

pub(super) fn short(there: &There) -> String {
    let asleep = if there.likely_asleep { ", likely asleep" } else { "" };
    format!("{}  {}{asleep}", keep(&format!("{} {}", there.time, there.weekday)), there.part.word())
}

fn checked(number: &NumberCard) -> String {
    match &number.checked {
        Some(check) if number.stale => format!("STALE: checked {}", ago(check)),
        Some(check) => format!("checked {}", ago(check)),
        None => "STALE: nobody has checked it".to_owned(),
    }
}

pub(super) fn ago(check: &CheckedCard) -> String {
    let by = check.by.as_ref().map(|name| format!(" by {}", first_name(name))).unwrap_or_default();
    format!("{}{by}", days_ago(check))
}

pub(super) fn days_ago(check: &CheckedCard) -> String {
    match check.days {
        // The day may have begun elsewhere; further ahead, this machine's clock is wrong and a count would be too.
        ..-1 => format!("on {}", check.on),
        -1..=0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    }
}

pub(super) fn note(screen: &mut Screen, text: Option<&str>) {
    if let Some(text) = text {
        screen.row("Note", "written by the team:");
        screen.quote(text);
    }
}

pub(super) fn first_name(name: &str) -> String {
    name.split(' ').next().unwrap_or(name).to_owned()
}
