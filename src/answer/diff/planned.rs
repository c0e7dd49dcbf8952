//! What changed in what is planned: turns, swaps, delegations, days.
//!
//! Times are in UTC, and say so: whoever reads them may be anywhere.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{Verb, by_position, each};
use crate::team::{Calendar, CalendarKind, Delegation, Id, NamedDays, Override, Person, Rota, Shift, Team};

/// Most days of one calendar that are told one by one.
const DAYS_MAX: usize = 5;

/// Who is on a rota, in which order and when, and who swapped.
pub(super) fn rotas(put: &mut impl FnMut(Verb, &str, &str, &str, &str), old: &Team, new: &Team) {
    each(&old.rotas, &new.rotas, |_, before, after| match (before, after) {
        (None, Some(rota)) => put(Verb::Added, &rota.name, "", "", &everybody(new, rota)),
        (Some(rota), None) => put(Verb::Removed, &rota.name, "", &everybody(old, rota), ""),
        (Some(before), Some(after)) => {
            let told = rota_changes((old, before), (new, after));
            for (part, from, to) in &told {
                put(Verb::Changed, &after.name, part, from, to);
            }
            if before != after && told.is_empty() {
                put(Verb::Changed, &after.name, "details", "", "");
            }
        }
        (None, None) => {}
    });
}

/// Decisions that were put into other hands for a while, or no longer are.
pub(super) fn delegations(
    put: &mut impl FnMut(Verb, &str, &str, &str, &str),
    id: &str,
    (old, before): (&Team, &[Delegation]),
    (new, after): (&Team, &[Delegation]),
) {
    let line = |team: &Team, it: &Delegation| {
        let limits = it.limits.as_ref().map_or(String::new(), |limits| format!(", {limits}"));
        format!("{}, {}{limits}", it.to.name(team), span(it.from, it.until))
    };
    for (part, from, to) in came_and_went("delegated", before, after, |it| line(old, it), |it| line(new, it)) {
        put(Verb::Changed, id, part, &from, &to);
    }
}

/// Days that came or went. Kits know a stretch of days around the time when they were made; that the later kit knows days
/// further ahead, and no longer those long past, is no change.
pub(super) fn calendars(put: &mut impl FnMut(Verb, &str, &str, &str, &str), old: &Team, new: &Team) {
    let floor = new.calendars.values().flat_map(|calendar| calendar.days.iter().map(|days| days.from)).min();
    each(&old.calendars, &new.calendars, |_, before, after| match (before, after) {
        (None, Some(calendar)) => put(Verb::Added, &calendar.name, "", "", ""),
        (Some(calendar), None) => put(Verb::Removed, &calendar.name, "", "", ""),
        (Some(before), Some(after)) => {
            let known = |days: &&NamedDays| both_know(before, after, floor, days);
            let gone: Vec<_> = before.days.iter().filter(|days| !after.days.contains(days)).filter(known).collect();
            let come: Vec<_> = after.days.iter().filter(|days| !before.days.contains(days)).filter(known).collect();
            let told = gone.iter().map(|days| (day_line(days), String::new()));
            let told: Vec<_> = told.chain(come.iter().map(|days| (String::new(), day_line(days)))).collect();
            for (from, to) in told.iter().take(DAYS_MAX) {
                put(Verb::Changed, &after.name, "days", from, to);
            }
            if let Some(more) = told.len().checked_sub(DAYS_MAX).filter(|more| *more > 0) {
                put(Verb::Changed, &after.name, &format!("{more} more of its days"), "", "");
            }
            let own = |calendar: &Calendar| Calendar { days: Vec::new(), ..calendar.clone() };
            if own(before) != own(after) {
                put(Verb::Changed, &after.name, "details", "", "");
            }
        }
        (None, None) => {}
    });
}

fn both_know(before: &Calendar, after: &Calendar, floor: Option<Date>, days: &NamedDays) -> bool {
    if after.kind == CalendarKind::Absences {
        return floor.is_none_or(|floor| floor <= days.until);
    }
    let ends = |calendar: &Calendar| {
        let first = calendar.days.iter().map(|days| days.from).min()?;
        Some((first, calendar.days.iter().map(|days| days.until).max()?))
    };
    let (Some((first, last)), Some((new_first, new_last))) = (ends(before), ends(after)) else { return true };
    first.max(new_first) <= days.from && days.until <= last.min(new_last)
}

type Line = (String, String, String);

fn rota_changes((old, before): (&Team, &Rota), (new, after): (&Team, &Rota)) -> Vec<Line> {
    let mut lines = Vec::new();
    let names =
        |team: &Team, rota: &Rota| -> Vec<String> { rota.shifts.iter().map(|shift| people(team, &shift.people)).collect() };
    let label = |at: usize| {
        let shift = |rota: &Rota| rota.shifts.get(at - 1).and_then(|shift| shift.name.clone());
        shift(after).or_else(|| shift(before)).unwrap_or_else(|| format!("shift {at}"))
    };
    for (at, from, to) in by_position(&names(old, before), &names(new, after)) {
        lines.push((format!("turns, {}", label(at)), from, to));
    }
    let times = |rota: &Rota| -> Vec<String> { rota.shifts.iter().map(times).collect() };
    for (at, from, to) in by_position(&times(before), &times(after)) {
        // A shift that came or went has been told with its people.
        if !from.is_empty() && !to.is_empty() {
            lines.push((format!("times, {}", label(at)), from, to));
        }
    }
    let swap = |team: &Team, it: &Override| {
        let whose = it.instead_of.as_ref().map_or("whoever is first", |id| team.person_name(id));
        format!("{} for {whose}, {}", team.person_name(&it.person), span(it.from, it.until))
    };
    let swaps = came_and_went("swap", &before.overrides, &after.overrides, |it| swap(old, it), |it| swap(new, it));
    lines.extend(swaps.into_iter().map(|(part, from, to)| (part.to_owned(), from, to)));
    if before.until != after.until {
        let until = |rota: &Rota| rota.until.map_or("for ever".to_owned(), |until| format!("until {} UTC", clock(until)));
        lines.push(("planned".to_owned(), until(before), until(after)));
    }
    lines
}

/// What stands in one list only, as lines: first what went, then what came.
fn came_and_went<'p, T: PartialEq>(
    part: &'p str,
    before: &[T],
    after: &[T],
    old_line: impl Fn(&T) -> String,
    new_line: impl Fn(&T) -> String,
) -> Vec<(&'p str, String, String)> {
    let gone = before.iter().filter(|it| !after.contains(it)).map(|it| (part, old_line(it), String::new()));
    let come = after.iter().filter(|it| !before.contains(it)).map(|it| (part, String::new(), new_line(it)));
    gone.chain(come).collect()
}

fn everybody(team: &Team, rota: &Rota) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in rota.people().map(|id| team.person_name(id)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

fn people(team: &Team, ids: &[Id<Person>]) -> String {
    ids.iter().map(|id| team.person_name(id)).collect::<Vec<_>>().join(", ")
}

/// `1 week each from 2 Nov 2026, 08:00-17:00 on Mon, Tue, Sydney time`.
fn times(shift: &Shift) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let turn = match (shift.turn_days / 7, shift.turn_days % 7) {
        (1, 0) => "1 week".to_owned(),
        (weeks, 0) => format!("{weeks} weeks"),
        _ if shift.turn_days == 1 => "1 day".to_owned(),
        _ => format!("{} days", shift.turn_days),
    };
    let hours =
        shift.hours.map_or_else(|| format!("handed over at {}", shift.handover.strftime("%H:%M")), |hours| hours.to_string());
    let days: Vec<&str> = shift.days.iter().filter_map(|day| DAYS.get(usize::from(*day).checked_sub(1)?).copied()).collect();
    let days = if days.is_empty() { String::new() } else { format!(" on {}", days.join(", ")) };
    format!("{turn} each from {}, {hours}{days}, {} time", day(shift.first), shift.zone.city())
}

fn day_line(days: &NamedDays) -> String {
    let until = if days.from == days.until { String::new() } else { format!(" to {}", day(days.until)) };
    format!("{}{until} {}", day(days.from), days.name)
}

fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

fn span(from: Timestamp, until: Timestamp) -> String {
    format!("{} to {} UTC", clock(from), clock(until))
}

fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%-d %b %Y %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::super::diff;
    use super::*;
    use crate::team::{Authority, Hours, Responder, Wake, Zone};

    fn id<T>(text: &str) -> Id<T> {
        Id::parse(text).expect("an id")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn zone() -> Zone {
        Zone::parse("Europe/Paris").expect("bundled")
    }

    fn team() -> Team {
        let mut team = Team::named("Acme");
        for name in ["Ann", "Ben", "Cem"] {
            let person = Person {
                name: name.into(),
                aliases: vec![],
                title: None,
                teams: vec![],
                zone: zone(),
                hours: None,
                place: None,
                emails: vec![],
                numbers: vec![],
                message: None,
                wake: Wake::default(),
                calendars: vec![],
                absences: vec![],
                note: None,
            };
            team.people.insert(id(&name.to_lowercase()), person);
        }
        let shift = Shift {
            name: Some("By day".into()),
            zone: zone(),
            people: vec![id("ann"), id("ben")],
            first: date(2026, 11, 2),
            turn_days: 7,
            handover: time(9, 0, 0, 0),
            hours: Some(Hours::parse("08:00-17:00").expect("hours")),
            days: vec![],
        };
        let rota = Rota { name: "On call".into(), aliases: vec![], until: None, shifts: vec![shift], overrides: vec![] };
        team.rotas.insert(id("on-call"), rota);
        let days = |from: Date, name: &str| NamedDays { from, until: from, name: name.into() };
        let calendar = |kind, days| Calendar { name: "Germany".into(), aliases: vec![], kind, days };
        let three =
            vec![days(date(2026, 10, 3), "Unity"), days(date(2026, 12, 25), "Christmas"), days(date(2027, 1, 1), "New Year")];
        team.calendars.insert(id("germany"), calendar(CalendarKind::Holidays, three));
        team
    }

    fn told(old: &Team, new: &Team) -> Vec<String> {
        diff(old, new).iter().map(super::super::Change::line).collect()
    }

    fn rota(team: &mut Team) -> &mut Rota {
        team.rotas.get_mut(&id("on-call")).expect("a rota")
    }

    #[test]
    fn a_rota_says_who_and_when() {
        let old = team();
        assert_eq!(told(&old, &old), [""; 0]);
        let mut new = team();
        let swap = Override {
            from: at("2026-11-19T15:00:00Z"),
            until: at("2026-11-19T23:00:00Z"),
            person: id("cem"),
            instead_of: Some(id("ann")),
            why: None,
        };
        rota(&mut new).overrides.push(swap);
        rota(&mut new).until = Some(at("2027-03-01T08:00:00Z"));
        let shift = rota(&mut new).shifts.first_mut().expect("a shift");
        shift.people.reverse();
        shift.turn_days = 3;
        shift.days = vec![1, 5];
        assert_eq!(
            told(&old, &new),
            [
                "changed  On call   turns, By day   Ann, Ben -> Ben, Ann",
                "changed  On call   times, By day   1 week each from 2 Nov 2026, 08:00-17:00, Paris time -> \
                 3 days each from 2 Nov 2026, 08:00-17:00 on Mon, Fri, Paris time",
                "changed  On call   swap   + Cem for Ann, 19 Nov 2026 15:00 to 19 Nov 2026 23:00 UTC",
                "changed  On call   planned   for ever -> until 1 Mar 2027 08:00 UTC",
            ]
        );
        let mut gone = team();
        gone.rotas.clear();
        assert_eq!(told(&new, &gone), ["removed  On call   - Ben, Ann, Cem"]);
        assert_eq!(told(&gone, &old), ["added    On call   + Ann, Ben"]);
        let mut more = team();
        let second = Shift { name: None, people: vec![id("cem")], ..more.rotas[&id("on-call")].shifts[0].clone() };
        rota(&mut more).shifts.push(second);
        assert_eq!(told(&old, &more), ["changed  On call   turns, shift 2   + Cem"]);
    }

    #[test]
    fn a_later_kit_knows_other_days_and_that_is_no_change() {
        let old = team();
        let mut later = team();
        let calendar = |team: &mut Team, days: Vec<NamedDays>| team.calendars.get_mut(&id("germany")).expect("one").days = days;
        let days = |from: Date, name: &str| NamedDays { from, until: from, name: name.into() };
        let (christmas, new_year) = (days(date(2026, 12, 25), "Christmas"), days(date(2027, 1, 1), "New Year"));
        calendar(&mut later, vec![christmas.clone(), new_year.clone(), days(date(2027, 3, 26), "Good Friday")]);
        assert_eq!(told(&old, &later), [""; 0]);
        calendar(&mut later, vec![christmas, days(date(2026, 12, 28), "Holy Innocents"), new_year]);
        assert_eq!(told(&old, &later), ["changed  Germany   days   + 28 Dec 2026 Holy Innocents"]);
        // Of absences every day to come is told.
        let mut away = team();
        let mut back = team();
        for team in [&mut away, &mut back] {
            team.calendars.values_mut().for_each(|calendar| calendar.kind = CalendarKind::Absences);
        }
        calendar(&mut back, vec![days(date(2027, 1, 1), "New Year"), days(date(2027, 8, 2), "Summer")]);
        assert_eq!(told(&away, &back), ["changed  Germany   days   + 2 Aug 2027 Summer"]);
    }

    #[test]
    fn a_delegation_is_told_without_the_line_that_did_not_change() {
        let mut old = team();
        let authority = Authority {
            decision: "Buys".into(),
            aliases: vec![],
            holder: Responder::new("ann"),
            successors: vec![],
            conditions: vec![],
            limits: None,
            delegations: vec![],
            from: None,
            until: None,
            window: None,
        };
        old.authority.insert(id("spend"), authority);
        let mut new = old.clone();
        let delegation = Delegation {
            to: Responder::new("rota:on-call"),
            from: at("2026-11-20T17:00:00Z"),
            until: at("2026-11-23T07:00:00Z"),
            limits: Some("up to 10 EUR".into()),
            why: None,
        };
        new.authority.values_mut().for_each(|it| it.delegations.push(delegation.clone()));
        let line = "changed  spend   delegated   + On call, 20 Nov 2026 17:00 to 23 Nov 2026 07:00 UTC, up to 10 EUR";
        assert_eq!(told(&old, &new), [line]);
        new.authority.values_mut().for_each(|it| it.holder = Responder::new("ben"));
        assert_eq!(told(&old, &new), ["changed  spend   who decides   Ann -> Ben", line]);
    }
}
