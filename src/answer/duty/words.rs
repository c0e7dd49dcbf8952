//! A ruling in words.

use super::{ruling::Because, watch::Post};
use crate::answer::{Moment, clock_time, day, rank};

/// Names that are said before the others are counted.
const NAMES_MAX: usize = 2;

/// The reason as a sentence: `You are second for ledger-api; you will be called only if needed.`
pub(super) fn reason(because: &Because, moment: &Moment) -> String {
    let short = short(because, moment);
    match because {
        Because::Behind { .. } | Because::Standby { .. } => format!("You are {short}; you will be called only if needed."),
        Because::NeededAndAway { .. }
        | Because::TwoParts { .. }
        | Because::NotNeededAndFirst { .. }
        | Because::FirstAndNeverWoken { .. } => format!("This kit contradicts itself: you are {short}."),
        Because::RotaUnknown { .. } => format!("You are {short}, so nobody knows who is on duty."),
        Because::CannotBeCalled { .. } => format!("You are {short}: nobody can call you."),
        _ => format!("You are {short}."),
    }
}

/// The reason in a few words that follow "you are": `second for ledger-api`.
pub(super) fn short(because: &Because, moment: &Moment) -> String {
    let date = |date| day(date, moment.here().date());
    match because {
        Because::Needed { window, .. } => format!("needed in {window}"),
        Because::First { of, .. } => format!("first for {}{}", names(of), in_place_of(of)),
        Because::Behind { of, position, .. } => {
            format!("{} for {}{}", rank(*position), of.id, in_place_of(std::slice::from_ref(of)))
        }
        Because::OutOfHours { of } => {
            let wakes = if of.len() == 1 { "wakes" } else { "wake" };
            format!("first for {}, which {wakes} nobody outside working hours", names(of))
        }
        Because::CannotBeCalled { of, down: Some(down) } => {
            format!("in line for {}, with no number that works without {down}", of.id)
        }
        Because::CannotBeCalled { of, down: None } => format!("in line for {}, with no number in this kit", of.id),
        Because::Standby { window } => format!("on standby in {window}"),
        Because::NotNeeded { window } => format!("not needed in {window}"),
        Because::Away { until, delegate: Some(name) } => format!("away until {}; {name} stands in", date(*until)),
        Because::Away { until, delegate: None } => format!("away until {}", date(*until)),
        Because::Out => "assumed to be out of reach".to_owned(),
        Because::NotTheirTurn { rota } => format!("not on duty now ({rota})"),
        Because::Nothing => "in line for nothing in this kit".to_owned(),
        Because::NotInTheKit => "not in this kit".to_owned(),
        Because::RotaUnknown { rota, ended: Some(at), .. } => {
            format!("on {rota}, which is planned until {} only", clock_time(moment, *at))
        }
        Because::RotaUnknown { rota, ended: None, .. } => {
            format!("on {rota}, which follows a time zone that this version of kit does not know")
        }
        Because::NeededAndAway { window, until } => format!("needed in {window}, and away until {}", date(*until)),
        Because::TwoParts { window } => format!("needed and not needed in {window}"),
        Because::NotNeededAndFirst { window, of } => format!("not needed in {window}, and first for {}", of.id),
        Because::FirstAndNeverWoken { of } if of.wakes => {
            format!("first for {}, which wakes people, and never to be woken at this hour", of.id)
        }
        Because::FirstAndNeverWoken { of } => {
            format!("first for {} and on standby, and never to be woken at this hour", of.id)
        }
    }
}

/// `payments-db`, `payments-db and ledger-api`, `payments-db and 3 more`.
fn names(posts: &[Post]) -> String {
    let ids: Vec<&str> = posts.iter().map(|post| post.id.as_str()).collect();
    match ids.as_slice() {
        [all @ .., last] if !all.is_empty() && ids.len() <= NAMES_MAX => format!("{} and {last}", all.join(", ")),
        [first, rest @ ..] if !rest.is_empty() => format!("{first} and {} more", rest.len()),
        ids => ids.join(""),
    }
}

fn in_place_of(posts: &[Post]) -> String {
    let absent = posts.iter().find_map(|post| post.stands_in_for.as_ref());
    absent.map(|name| format!(" in place of {name}")).unwrap_or_default()
}
