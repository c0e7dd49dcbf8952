//! Start and end of a window on the clocks of the people in it.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use super::moment_text;
use crate::{answer::Scene, team::Window};

/// Start and end on the clock of a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// `London`.
    pub place: String,
    /// IANA name.
    pub zone: String,
    /// `Sun 15 Nov 05:00`.
    pub start: String,
    /// The same of the end.
    pub end: String,
}

/// Start and end on the clocks of its people that differ from the reader's.
pub(super) fn clocks(scene: Scene<'_>, window: &Window) -> Vec<Clock> {
    let own = clock(scene, window, String::new(), scene.moment.zone.clone());
    let mut clocks: Vec<Clock> = Vec::new();
    for clock in everywhere(scene, window) {
        // Two zones with the same clock are one line.
        if !clocks.iter().chain([&own]).any(|other| (&other.start, &other.end) == (&clock.start, &clock.end)) {
            clocks.push(clock);
        }
    }
    clocks
}

/// Start and end in UTC, then on the clock of each zone that its people are in.
pub(in crate::answer) fn clocks_in_utc(scene: Scene<'_>, window: &Window) -> Vec<Clock> {
    std::iter::once(clock(scene, window, "UTC".to_owned(), TimeZone::UTC)).chain(everywhere(scene, window)).collect()
}

/// The clock of each zone that people of a window are in, the earliest first.
fn everywhere(scene: Scene<'_>, window: &Window) -> Vec<Clock> {
    let mut zones = BTreeMap::new();
    for person in window.roles.iter().filter_map(|role| scene.team.people.get(&role.person)) {
        zones.entry(&person.zone).or_insert(person);
    }
    let mut clocks: Vec<(i32, Clock)> = Vec::new();
    for (zone, person) in zones {
        let Some(rules) = zone.time_zone() else { continue };
        let offset_s = rules.to_offset(window.start).seconds();
        let place = person.place.clone().unwrap_or_else(|| zone.city());
        clocks.push((offset_s, clock(scene, window, place, rules)));
    }
    clocks.sort_by_key(|(offset_s, clock)| (*offset_s, clock.place.clone()));
    clocks.into_iter().map(|(_, clock)| clock).collect()
}

fn clock(scene: Scene<'_>, window: &Window, place: String, rules: TimeZone) -> Clock {
    let today = scene.moment.here().date();
    let zone = rules.iana_name().unwrap_or("UTC").to_owned();
    let text = |at: Timestamp| moment_text(&at.to_zoned(rules.clone()), today);
    Clock { place, zone, start: text(window.start), end: text(window.end) }
}
