//! What of planned work is in a short message: when, in as few characters as can be, and whom it needs.

use std::collections::BTreeMap;

use jiff::{Zoned, tz::TimeZone};

use super::{keep, utc};
use crate::{
    answer::{RoleCard, Scene, day, in_charge},
    team::{Part, Window},
};

/// Start and end in UTC, then on each other clock of the people who are needed or stand by, with the days that differ:
/// `Sun 15 Nov 05:00 to Sun 22 Nov 17:00 UTC`, `Berlin 06:00 to Sun 18:00`.
pub(super) fn when(scene: Scene<'_>, window: &Window) -> Vec<String> {
    let today = scene.moment.here().date();
    let (start, end) = (window.start.to_zoned(TimeZone::UTC), window.end.to_zoned(TimeZone::UTC));
    let until = if start.date() == end.date() { String::new() } else { format!("{} ", day(end.date(), today)) };
    let first = format!("{} {} to {until}{} UTC", day(start.date(), today), clock(&start), clock(&end));
    std::iter::once(first).chain(elsewhere(window, scene, &start, &end)).collect()
}

/// Those who are needed, with their numbers; not the number of the one in charge a second time.
pub(super) fn needed(scene: Scene<'_>, window: &Window, people: &[RoleCard]) -> Vec<String> {
    let lead = in_charge(scene).map(|charge| charge.call);
    let people = people.iter().filter(|role| role.part == Part::Needed);
    let line = |role: &RoleCard| {
        let is_lead = lead.as_ref().is_some_and(|lead| (&lead.name, &lead.number) == (&role.call.name, &role.call.number));
        let number = role.call.number.as_ref().filter(|_| !is_lead).map(|number| number.shown.clone());
        let from = (role.from != window.start).then(|| format!("from {}", utc(role.from)));
        let until = (role.until != window.end).then(|| format!("until {}", utc(role.until)));
        let parts: Vec<String> = number.into_iter().chain(from).chain(until).map(|part| keep(&part)).collect();
        std::iter::once(keep(&role.call.name)).chain(parts).collect::<Vec<_>>().join(&keep(" "))
    };
    people.map(line).collect()
}

/// The names of those on standby.
pub(super) fn standby(people: &[RoleCard]) -> Option<String> {
    let people = people.iter().filter(|role| role.part == Part::Standby);
    let names: Vec<String> = people.map(|role| keep(&role.call.name)).collect();
    Some(names.join(", ")).filter(|names| !names.is_empty())
}

fn elsewhere(window: &Window, scene: Scene<'_>, start: &Zoned, end: &Zoned) -> Vec<String> {
    let mut clocks: BTreeMap<_, (String, Vec<String>)> = BTreeMap::new();
    for role in window.roles.iter().filter(|role| role.part != Part::NotNeeded) {
        let Some(person) = scene.team.people.get(&role.person) else { continue };
        let Some(rules) = person.zone.time_zone() else { continue };
        let (from, until) = (start.with_time_zone(rules.clone()), end.with_time_zone(rules));
        let clocks_there = (from.datetime(), until.datetime());
        if clocks_there == (start.datetime(), end.datetime()) {
            continue;
        }
        let first_day = if from.date() == start.date() { String::new() } else { weekday(&from) };
        let last_day = if until.date() == from.date() { String::new() } else { weekday(&until) };
        let span = format!("{first_day}{} to {last_day}{}", clock(&from), clock(&until));
        let place = person.place.clone().unwrap_or_else(|| person.zone.city());
        let (_, places) = clocks.entry(clocks_there).or_insert_with(|| (span, Vec::new()));
        if !places.contains(&place) {
            places.push(place);
        }
    }
    clocks.into_values().map(|(span, places)| format!("{} {span}", places.join(", "))).collect()
}

fn weekday(at: &Zoned) -> String {
    at.strftime("%a ").to_string()
}

fn clock(at: &Zoned) -> String {
    at.strftime("%H:%M").to_string()
}
