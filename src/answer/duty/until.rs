//! Until when a verdict holds: the first later moment at which the verdict or its reason is another.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    Timestamp, ToSpan,
    civil::{DateTime, Time, time},
    tz::TimeZone,
};

use super::{
    places::Places,
    ruling::{Ruling, rule},
    watch::{Watch, rota_of},
};
use crate::{
    answer::{Moment, Scene},
    team::{Person, Responder, Team, Thing},
};

/// Hours that are looked ahead: 14 days, which is two turns of a weekly rota.
const AHEAD_H: i64 = 14 * 24;

/// When the ruling changes, and to what; `None` when it stays for 14 days.
pub(super) fn until<'a>(
    scene: Scene<'_>,
    watch: &Watch<'a>,
    mut places: Places<'a>,
    ruling: &Ruling,
) -> Option<(Timestamp, Ruling)> {
    changes(scene, watch).into_iter().find_map(|(now, orders)| {
        let moment = Moment { now, zone: scene.moment.zone.clone() };
        let scene = scene.at(&moment);
        places.renew(scene, watch, orders);
        let next = rule(scene, watch, &places);
        (next != *ruling).then_some((now, next))
    })
}

/// Every moment ahead at which something that a ruling rests on may change, and the orders of people that change then, by
/// their index.
fn changes(scene: Scene<'_>, watch: &Watch<'_>) -> BTreeMap<Timestamp, BTreeSet<usize>> {
    let (team, now) = (scene.team, scene.moment.now);
    let end = now.saturating_add(AHEAD_H.hours()).unwrap_or(Timestamp::MAX);
    let mut changes: BTreeMap<Timestamp, BTreeSet<usize>> = BTreeMap::new();
    let own = roles(watch).chain(absences(team, watch.person, now, end)).chain(hours(watch.person, now, end));
    own.for_each(|at| {
        changes.entry(at).or_default();
    });
    // Many systems have the same owners.
    let mut known: BTreeMap<Vec<&Responder>, BTreeSet<Timestamp>> = BTreeMap::new();
    for (index, order) in watch.orders.iter().enumerate() {
        let moments = known.entry(order.responders()).or_insert_with(|| {
            let rotas = order.responders().into_iter().filter_map(|responder| responder.resolve(team));
            let rotas = rotas.filter(|(kind, _)| *kind == Thing::Rota).filter_map(|(_, id)| rota_of(team, id));
            let people = order.people(team).into_iter().filter_map(|id| team.people.get(id));
            let turns = rotas.flat_map(|rota| rota.changes(now, end));
            turns.chain(people.flat_map(|person| absences(team, person, now, end))).collect()
        });
        for at in moments.iter().copied().chain(order.edges(team)) {
            changes.entry(at).or_default().insert(index);
        }
    }
    changes.retain(|at, _| now < *at && *at <= end);
    changes
}

/// The beginnings and ends of the windows that name them, and of their parts in those.
fn roles(watch: &Watch<'_>) -> impl Iterator<Item = Timestamp> {
    watch.roles.iter().flat_map(|(_, window, role)| {
        let (from, until) = role.span(window);
        [from, until, window.start, window.end]
    })
}

/// The midnights, where a person is, at which an absence begins or ends.
fn absences(team: &Team, person: &Person, now: Timestamp, end: Timestamp) -> impl Iterator<Item = Timestamp> {
    let rules = person.zone.time_zone().unwrap_or(TimeZone::UTC);
    let day = |at: Timestamp| at.to_zoned(rules.clone()).date();
    let days = team.absence_edges(person, day(now), day(end));
    days.into_iter().flat_map(move |day| both(&rules, day.to_datetime(Time::midnight())))
}

/// The beginnings and ends of each day and of its hours: outside them, some things do not wake anybody. And the changes of
/// clocks, which may be put forward over such a time.
fn hours(person: &Person, now: Timestamp, end: Timestamp) -> impl Iterator<Item = Timestamp> {
    let rules = person.zone.time_zone().unwrap_or(TimeZone::UTC);
    let hours = person.hours.map_or([time(7, 0, 0, 0), time(22, 0, 0, 0)], |hours| [hours.from, hours.until]);
    let day = |at: Timestamp| at.to_zoned(rules.clone()).date();
    let days = day(now).series(1.day()).take_while(|date| *date <= day(end));
    let times = days.flat_map(|day| hours.into_iter().chain([Time::midnight()]).map(move |time| day.to_datetime(time)));
    let mut moments: Vec<Timestamp> = times.flat_map(|at| both(&rules, at)).collect();
    moments.extend(rules.following(now).map(|change| change.timestamp()).take_while(|at| *at <= end));
    moments.into_iter()
}

/// A local time as a moment; both, where the clocks are put back over it.
fn both(rules: &TimeZone, at: DateTime) -> impl Iterator<Item = Timestamp> + use<> {
    let ambiguous = rules.to_ambiguous_timestamp(at);
    [ambiguous.earlier(), ambiguous.later()].into_iter().flatten()
}
