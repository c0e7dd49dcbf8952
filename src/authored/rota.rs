//! Rotas, as they are written: shifts in turns, and who swapped with whom.

use jiff::{Timestamp, ToSpan, civil::Time, tz::TimeZone};

use super::{
    context::{Spot, Subject},
    duties::{about, ends_after_start},
    item::Item,
    nearest::nearest,
    problem::quoted,
    rule::Rule,
    things::hours,
    time::LocalZone,
};
use crate::team::{Id, Override, Person, Rota, Shift, Thing, Zone};

pub(super) const ROTA: &[&str] = &["id", "name", "aliases", "zone", "until", "shift", "override"];
pub(super) const SHIFT: &[&str] = &["name", "zone", "people", "first", "turn", "handover", "hours", "days"];
pub(super) const OVERRIDE: &[&str] = &["from", "until", "person", "instead_of", "why"];

/// Weekdays as they are written, from Monday.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// The longest turn, in days: a year of whole weeks.
const TURN_DAYS_MAX: u16 = 364;
/// How long before a rota ends somebody is told: time to plan the next one.
const PLAN_AHEAD_DAYS: i32 = 14;
/// How far ahead gaps are looked for, in days: a week has every weekday in it.
const GAP_DAYS: i32 = 7;
/// When turns change hands if nothing is said: people are at their desks.
const HANDOVER: Time = jiff::civil::time(9, 0, 0, 0);

pub(super) fn rota(item: &Item<'_>, of: Option<&Subject>) -> Option<(Id<Rota>, Rota)> {
    let id = item.id("platform-on-call");
    let name = item.full_name("name", of, "Platform on call");
    let aliases = item.aliases(of);
    let zone = item.local_zone();
    let until = item.moment("until", &zone);
    let written = item.tables("shift", SHIFT);
    if written.is_empty() && !item.failed() {
        let hint = "Add  [[rota.shift]]  and below it  people = [\"alice.okafor\"],  first = 2026-11-16  and  zone.".to_owned();
        item.fail(Rule::MissingKey, item.spot(), "this [rota] has no [[rota.shift]]: nobody takes turns".to_owned(), Some(hint));
    }
    let shifts = written.iter().filter_map(|one| shift(item, one, &zone)).collect();
    let swaps: Vec<(Override, Spot)> = item
        .tables("override", OVERRIDE)
        .iter()
        .filter_map(|one| swap(item, one, &zone).map(|swap| (swap, one.spot())))
        .collect();
    if item.failed() {
        return None;
    }
    let planned = Rota { name: name?, aliases, until, shifts, overrides: Vec::new() };
    let idle: Vec<Spot> = swaps.iter().filter(|(swap, _)| is_idle(&planned, swap, item)).map(|(_, spot)| *spot).collect();
    let rota = Rota { overrides: swaps.into_iter().map(|(swap, _)| swap).collect(), ..planned };
    for spot in idle {
        let message = "this override takes over from somebody who is not on duty then".to_owned();
        let hint = "Name who is on duty in \"instead_of\", or correct its times.".to_owned();
        item.cx.report(Rule::OverrideIdle, spot, about(of), message, Some(hint));
    }
    over(item, of, &rota);
    gap(item, of, &rota, zone.zone());
    Some((id?, rota))
}

fn shift(whole: &Item<'_>, item: &Item<'_>, zone: &LocalZone) -> Option<Shift> {
    item.must("people", "[\"alice.okafor\", \"bob.reyes\"]");
    item.must("first", "2026-11-16");
    let own = item.zone("zone");
    if own.is_none() && zone.zone().is_none() && !zone.is_excused() {
        item.must("zone", "\"Europe/Berlin\"");
    }
    let people: Vec<Id<Person>> = item.references("people", Thing::Person);
    if people.is_empty() && item.has("people") && !item.failed() {
        let message = "nobody takes turns in this shift".to_owned();
        item.fail(Rule::MissingKey, item.spot_at("people"), message, Some("Name at least one person.".to_owned()));
    }
    let (name, first, turn_days) = (item.text("name"), item.date("first"), turn(item));
    let (handover, hours, days) = (handover(item), hours(item), days(item));
    if item.failed() {
        whole.fail_silently();
    }
    let zone: Zone = own.or_else(|| zone.zone().cloned())?;
    Some(Shift { name, zone, people, first: first?, turn_days: turn_days?, handover: handover?, hours, days })
}

/// `1 week`, `3 days`.
fn turn(item: &Item<'_>) -> Option<u16> {
    if !item.has("turn") {
        return Some(7);
    }
    let (text, spot) = item.raw_text("turn")?;
    let days = text.split_once(' ').and_then(|(number, unit)| {
        let number: u16 = number.parse().ok().filter(|_| number.bytes().all(|byte| byte.is_ascii_digit()))?;
        match unit.trim_end_matches('s') {
            "day" => Some(number),
            "week" => number.checked_mul(7),
            _ => None,
        }
    });
    let days = days.filter(|days| (1..=TURN_DAYS_MAX).contains(days));
    if days.is_none() {
        let hint = "A number of days or weeks, up to 52 weeks:  turn = \"1 week\"  or  turn = \"3 days\"".to_owned();
        item.fail(Rule::Word, spot, format!("{} is no length of a turn", quoted(text)), Some(hint));
    }
    days
}

fn handover(item: &Item<'_>) -> Option<Time> {
    if !item.has("handover") {
        return Some(HANDOVER);
    }
    let (text, spot) = item.raw_text("handover")?;
    if item.has("hours") {
        let message = "a shift with hours changes hands when its hours begin, so \"handover\" says nothing here".to_owned();
        item.fail(Rule::Hours, spot, message, Some("Take \"handover\" or \"hours\" out.".to_owned()));
        return None;
    }
    let time = Time::strptime("%H:%M", text).ok();
    if time.is_none() {
        let hint = "Like this:  handover = \"09:00\"".to_owned();
        item.fail(Rule::Hours, spot, format!("{} is no time of day", quoted(text)), Some(hint));
    }
    time
}

/// Weekdays as numbers from 1 for Monday, sorted.
fn days(item: &Item<'_>) -> Vec<u8> {
    let mut days = Vec::new();
    for (text, spot) in item.texts("days") {
        let found = (1_u8..).zip(DAYS).find(|(_, day)| *day == text).map(|(number, _)| number);
        if found.is_none() {
            let all = DAYS.map(quoted).join(", ");
            let meant = text.get(..3).map(str::to_lowercase).and_then(|head| DAYS.into_iter().find(|day| *day == head));
            let hint = match meant.or_else(|| nearest(&text, DAYS)) {
                Some(meant) => format!("Did you mean {}? It can be {all}.", quoted(meant)),
                None => format!("It can be {all}."),
            };
            item.fail(Rule::Word, spot, format!("{} is no day of the week", quoted(&text)), Some(hint));
        }
        days.extend(found);
    }
    days.sort_unstable();
    days
}

fn swap(whole: &Item<'_>, item: &Item<'_>, zone: &LocalZone) -> Option<Override> {
    item.must("from", "2026-11-19T09:00:00");
    item.must("until", "2026-11-19T18:00:00");
    item.must("person", "\"alice.okafor\"");
    let (from, until) = (item.moment("from", zone), item.moment("until", zone));
    ends_after_start(item, ("until", "this override"), from, until);
    let person: Option<Id<Person>> = item.reference("person", Thing::Person);
    let (instead_of, why) = (item.reference("instead_of", Thing::Person), item.text("why"));
    if let (Some(person), true) = (&person, person.is_some() && person == instead_of) {
        let message = format!("{} cannot take over from themselves", quoted(person.as_str()));
        item.fail(Rule::Own, item.spot_at("instead_of"), message, Some("Name whose turn it was.".to_owned()));
    }
    if item.failed() {
        whole.fail_silently();
    }
    Some(Override { from: from?, until: until?, person: person?, instead_of, why })
}

/// Whether an override that is still to come takes over from somebody who is never on duty while it lasts.
fn is_idle(planned: &Rota, swap: &Override, item: &Item<'_>) -> bool {
    let Some(whose) = swap.instead_of.as_ref().filter(|_| start_of(item.cx.today) < swap.until) else { return false };
    let on = |at: Timestamp| planned.on(at).is_ok_and(|turns| turns.iter().any(|turn| turn.person == whose));
    !std::iter::once(swap.from).chain(planned.changes(swap.from, swap.until).into_iter().filter(|at| *at < swap.until)).any(on)
}

fn over(item: &Item<'_>, of: Option<&Subject>, rota: &Rota) {
    let Some(until) = rota.until.map(|until| until.to_zoned(TimeZone::UTC).date()) else { return };
    let days = (until - item.cx.today).get_days();
    if days >= PLAN_AHEAD_DAYS {
        return;
    }
    let message = if days < 0 {
        format!("this rota ended on {until}: nobody knows who is on duty")
    } else {
        format!("this rota is planned until {until} only: after it nobody knows who is on duty")
    };
    let hint = "Plan on: set a later \"until\", or take it out if the turns go on as they are.".to_owned();
    item.cx.report(Rule::RotaOver, item.spot_at("until"), about(of), message, Some(hint));
}

/// The first hours of the coming week in which nobody is on duty.
fn gap(item: &Item<'_>, of: Option<&Subject>, rota: &Rota, zone: Option<&Zone>) {
    let from = start_of(item.cx.today);
    let Some(to) = [start_of(item.cx.today.saturating_add(GAP_DAYS.days()))].into_iter().chain(rota.until).min() else { return };
    let changes = rota.changes(from, to);
    let empty = |at: &Timestamp| rota.on(*at).is_ok_and(|turns| turns.is_empty());
    let Some(begins) = std::iter::once(from).chain(changes.iter().copied()).filter(|at| *at < to).find(empty) else { return };
    let ends = changes.iter().copied().find(|at| begins < *at && !empty(at));
    let zone = zone.or_else(|| rota.shifts.first().map(|shift| &shift.zone));
    let clock = |at: Timestamp| {
        let rules = zone.and_then(Zone::time_zone).unwrap_or(TimeZone::UTC);
        at.to_zoned(rules).strftime("%a %-d %b %H:%M").to_string()
    };
    let ends = ends.filter(|at| *at < to);
    let when = match (begins == from, ends) {
        (true, None) => "in the coming week".to_owned(),
        (true, Some(ends)) => format!("until {}", clock(ends)),
        (false, None) => format!("from {} on", clock(begins)),
        (false, Some(ends)) => format!("from {} to {}", clock(begins), clock(ends)),
    };
    let place = zone.map_or("UTC".to_owned(), Zone::city);
    let message = format!("nobody is on duty {when} ({place} time)");
    let hint = "Cover it with a shift, or waive this if that is agreed.".to_owned();
    item.cx.report(Rule::RotaGap, item.spot_at("shift"), about(of), message, Some(hint));
}

/// The beginning of a day, in UTC: one fixed moment for checks that know the day only.
fn start_of(day: jiff::civil::Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |start| start.timestamp())
}
