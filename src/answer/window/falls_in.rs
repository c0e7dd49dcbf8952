//! What falls into a window: absences of its people, and days that have a name where they are.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::Serialize;

use crate::{
    answer::{Scene, day},
    team::{CalendarKind, Id, Part, Person, Window},
};

/// Days of a window that are looked at for absences and named days; a longer one is no window.
const DAYS_MAX: usize = 62;

/// Days within a window on which people are away, or which have a name where they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FallsIn {
    /// The first day.
    pub from: Date,
    /// The same in words, with the last day if there are several: `Sun 22 Nov`.
    pub days: String,
    /// `Father's Day`, `away`.
    pub what: String,
    /// Whether nobody works then.
    pub is_off: bool,
    /// Whose, by name.
    pub who: Vec<String>,
}

/// What falls into a window, the earliest first.
pub(super) fn falls_in(scene: Scene<'_>, window: &Window) -> Vec<FallsIn> {
    let today = scene.moment.here().date();
    let mut found: BTreeMap<(Date, Date, String, bool), Vec<String>> = BTreeMap::new();
    let mut people: Vec<&Id<Person>> = Vec::new();
    for role in window.roles.iter().filter(|role| role.part != Part::NotNeeded) {
        if !people.contains(&&role.person) {
            people.push(&role.person);
        }
    }
    for person in people.into_iter().filter_map(|id| scene.team.people.get(id)) {
        let rules = person.zone.time_zone().unwrap_or(TimeZone::UTC);
        let (first, last) = (window.start.to_zoned(rules.clone()).date(), window.end.to_zoned(rules).date());
        let mut put = |from: Date, until: Date, what: String, is_off: bool| {
            let who = found.entry((from.max(first), until.min(last), what, is_off)).or_default();
            if !who.contains(&person.name) {
                who.push(person.name.clone());
            }
        };
        for date in first.series(1.day()).take_while(|day| *day <= last).take(DAYS_MAX) {
            for (kind, days) in scene.team.named_days(person, date) {
                put(days.from, days.until, days.name.clone(), kind == CalendarKind::Holidays);
            }
            let was_away =
                date.yesterday().ok().filter(|day| first <= *day).is_some_and(|day| scene.team.away(person, day).is_some());
            if let Some(away) = scene.team.away(person, date).filter(|_| !was_away) {
                put(date, away.until, "away".to_owned(), true);
            }
        }
    }
    let days = |from: Date, until: Date| match from == until {
        true => day(from, today),
        false => format!("{} to {}", day(from, today), day(until, today)),
    };
    found
        .into_iter()
        .map(|((from, until, what, is_off), who)| FallsIn { from, days: days(from, until), what, is_off, who })
        .collect()
}
