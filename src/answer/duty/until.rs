//! Until when a verdict holds: the first later moment at which the verdict or its reason is another.

use std::collections::BTreeSet;

use jiff::{
    Timestamp, ToSpan,
    civil::{DateTime, Time, time},
    tz::TimeZone,
};

use super::{
    ruling::{Ruling, rule},
    watch::{Watch, rota_of},
};
use crate::{
    answer::{Moment, Scene},
    team::Thing,
};

/// Hours that are looked ahead: 14 days, which is two turns of a weekly rota.
const AHEAD_H: i64 = 14 * 24;

/// When the ruling changes, and to what; `None` when it stays for 14 days.
pub(super) fn until(scene: Scene<'_>, watch: &Watch<'_>, ruling: &Ruling) -> Option<(Timestamp, Ruling)> {
    candidates(scene, watch).into_iter().find_map(|now| {
        let moment = Moment { now, zone: scene.moment.zone.clone() };
        let next = rule(scene.at(&moment), watch);
        (next != *ruling).then_some((now, next))
    })
}

/// Every moment ahead at which something that a ruling rests on may change.
fn candidates(scene: Scene<'_>, watch: &Watch<'_>) -> BTreeSet<Timestamp> {
    let (team, now) = (scene.team, scene.moment.now);
    let end = now.saturating_add(AHEAD_H.hours()).unwrap_or(Timestamp::MAX);
    let mut at = BTreeSet::new();
    for (_, window, role) in &watch.roles {
        let (from, until) = role.span(window);
        at.extend([from, until, window.start, window.end]);
    }
    let mut rotas = BTreeSet::new();
    for order in &watch.orders {
        at.extend(order.edges(team));
        let named = order.responders().into_iter().filter_map(|responder| responder.resolve(team));
        rotas.extend(named.filter(|(kind, _)| *kind == Thing::Rota).map(|(_, id)| id));
    }
    at.extend(rotas.into_iter().filter_map(|id| rota_of(team, id)).flat_map(|rota| rota.changes(now, end)));
    for person in watch.others(team).into_iter().filter_map(|id| team.people.get(id)) {
        let rules = person.zone.time_zone().unwrap_or(TimeZone::UTC);
        let day = |at: Timestamp| at.to_zoned(rules.clone()).date();
        let days = team.absence_edges(person, day(now), day(end));
        at.extend(days.into_iter().flat_map(|day| both(&rules, day.to_datetime(Time::midnight()))));
    }
    // The hours of the person, each day: outside them, some things do not wake anybody.
    let rules = watch.person.zone.time_zone().unwrap_or(TimeZone::UTC);
    let hours = watch.person.hours.map_or([time(7, 0, 0, 0), time(22, 0, 0, 0)], |hours| [hours.from, hours.until]);
    let first = now.to_zoned(rules.clone()).date();
    for day in first.series(1.day()).take_while(|day| *day <= end.to_zoned(rules.clone()).date()) {
        let times = hours.into_iter().chain([Time::midnight()]);
        at.extend(times.flat_map(|time| both(&rules, day.to_datetime(time))));
    }
    // Clocks that are put forward over the start of the hours, or back.
    at.extend(rules.following(now).take_while(|change| change.timestamp() <= end).map(|change| change.timestamp()));
    at.into_iter().filter(|at| now < *at && *at <= end).collect()
}

/// A local time as a moment; both, where the clocks are put back over it.
fn both(rules: &TimeZone, at: DateTime) -> impl Iterator<Item = Timestamp> {
    let ambiguous = rules.to_ambiguous_timestamp(at);
    [ambiguous.earlier(), ambiguous.later()].into_iter().flatten()
}
