//! Whom to call, in which order, and what there is to know of each.

use jiff::{Timestamp, tz::TimeZone};

use super::{About, Caller, Line};
use crate::{
    export::{outgoing::Outgoing, plain::plain, vcard},
    team::{Id, Kind, Number, Person, Responder, Rota, Thing, WakeWhen, Window},
};

type Entry<'a> = (&'a Id<Person>, &'a Person);

/// Everybody who is on the sheet, in the order to call them.
pub(super) fn order<'a>(out: Outgoing<'a>, about: About<'_>) -> Vec<Entry<'a>> {
    let team = out.team;
    let mut all: Vec<Entry<'a>> = Vec::new();
    let mut add = |entry: Entry<'a>| {
        if !all.iter().any(|(known, _)| *known == entry.0) {
            all.push(entry);
        }
    };
    match about {
        About::Team => {
            vcard::callers(out).into_iter().for_each(&mut add);
            team.people.iter().for_each(&mut add);
        }
        About::Part(part) => {
            let is_in = |(_, person): &Entry<'_>| person.teams.iter().any(|name| name.eq_ignore_ascii_case(part));
            vcard::callers(out).into_iter().filter(is_in).for_each(&mut add);
            team.people.iter().filter(is_in).for_each(&mut add);
        }
        About::System(id) => {
            let owners = team.systems.get(id).map(|system| system.owners.as_slice()).unwrap_or_default();
            owners.iter().flat_map(|owner| people_of(out, owner)).for_each(&mut add);
            leads(out).for_each(&mut add);
        }
        About::Window(id) => {
            leads(out).for_each(&mut add);
            let of_window = team.authority.values().filter(|it| it.window.as_ref() == Some(id));
            let deciders = of_window.flat_map(|it| it.line(out.now)).collect::<Vec<_>>();
            deciders.iter().flat_map(|one| people_of(out, one)).for_each(&mut add);
            let roles = team.windows.get(id).map(|window| window.roles.as_slice()).unwrap_or_default();
            roles.iter().filter_map(|role| team.people.get_key_value(&role.person)).for_each(&mut add);
        }
    }
    all
}

fn leads(out: Outgoing<'_>) -> impl Iterator<Item = Entry<'_>> {
    let lead = out.team.lead.as_ref().and_then(|id| out.team.authority.get(id));
    let line = lead.map(|it| it.line(out.now)).unwrap_or_default();
    line.into_iter().flat_map(move |one| people_of(out, &one))
}

/// The people behind a name of an order: one, or all of a rota.
fn people_of<'a>(out: Outgoing<'a>, responder: &Responder) -> Vec<Entry<'a>> {
    let team = out.team;
    let ids: Vec<&Id<Person>> = match responder.resolve(team) {
        Some((Thing::Person, id)) => {
            Id::parse(id).ok().and_then(|id| team.people.get_key_value(&id)).map(|(id, _)| id).into_iter().collect()
        }
        Some((_, id)) => {
            Id::<Rota>::parse(id).ok().and_then(|id| team.rotas.get(&id)).into_iter().flat_map(Rota::people).collect()
        }
        None => Vec::new(),
    };
    ids.into_iter().filter_map(|id| team.people.get_key_value(id)).collect()
}

/// What the sheet says of each of them.
pub(super) fn callers(
    out: Outgoing<'_>,
    (about, window): (About<'_>, Option<&Window>),
    people: &[Entry<'_>],
    to: Timestamp,
) -> Vec<Caller> {
    let caller = |(id, person): &Entry<'_>| {
        let title = person.title.as_deref().map(plain).unwrap_or_default();
        let place = person.place.as_deref().map_or_else(|| person.zone.city(), plain);
        let role: Vec<String> = [title, place].into_iter().filter(|part| !part.is_empty()).collect();
        let mut notes: Vec<String> = Vec::new();
        if let (About::Window(_), Some(window)) = (about, window) {
            notes.extend(window.roles_of(id).filter_map(|role| role.does.as_deref()).map(plain));
        }
        notes.extend(wake(person));
        notes.extend(person.message.as_deref().map(plain));
        notes.extend(away(out, person, to));
        Caller {
            id: id.to_string(),
            name: plain(&person.name),
            numbers: lines(out, &person.numbers),
            role: role.join(", "),
            utc: offsets(person, out.now, to),
            notes,
        }
    };
    people.iter().map(caller).collect()
}

/// The numbers that leave.
pub(super) fn lines(out: Outgoing<'_>, numbers: &[Number]) -> Vec<Line> {
    let line = |number: &Number| Line {
        shown: number.read_aloud().to_owned(),
        e164: number.e164.to_string(),
        kind: match number.kind {
            Kind::Mobile => "mobile",
            Kind::Landline => "landline",
            Kind::Home => "home",
            Kind::Work => "work",
            Kind::Satellite => "satellite",
            Kind::Pager => "pager",
            Kind::Other => "number",
        },
        checked: number.checked.as_ref().map(|checked| checked.on),
    };
    // What is private stays behind with whatever else has no business on paper.
    let leaving: Vec<&Number> = out.numbers(numbers).collect();
    leaving.into_iter().map(line).collect()
}

fn wake(person: &Person) -> Option<String> {
    let when = match &person.wake.when {
        WakeWhen::NotSaid => None,
        WakeWhen::AnyHour => Some("wake at any hour".to_owned()),
        WakeWhen::Never => Some("never outside working hours".to_owned()),
        WakeWhen::If(condition) => Some(format!("wake if {}", plain(condition))),
    };
    let all: Vec<String> = when.into_iter().chain(person.wake.how.as_deref().map(plain)).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// Absences while the sheet is valid.
fn away(out: Outgoing<'_>, person: &Person, to: Timestamp) -> Vec<String> {
    let zone = person.zone.time_zone().unwrap_or(TimeZone::UTC);
    let (first, last) = (out.now.to_zoned(zone.clone()).date(), to.to_zoned(zone).date());
    let within = person.absences.iter().filter(|away| away.from <= last && away.until >= first);
    let words = |away: &crate::team::Absence| {
        let delegate = away.delegate.as_ref().map(|id| format!(": {}", plain(out.team.person_name(id)))).unwrap_or_default();
        format!("AWAY {} to {}{delegate}", away.from.strftime("%-d %b"), away.until.strftime("%-d %b"))
    };
    within.map(words).collect()
}

/// Hours from UTC on the day of printing, and each change before the sheet is replaced: `-5, -4 from 14 Mar`.
fn offsets(person: &Person, from: Timestamp, to: Timestamp) -> String {
    let Some(zone) = person.zone.time_zone() else { return person.zone.city() };
    let mut words = hours(zone.to_offset(from).seconds());
    for change in zone.following(from).take_while(|change| change.timestamp() < to) {
        let at = change.timestamp().to_zoned(zone.clone()).date();
        words.push_str(&format!(", {} from {}", hours(change.offset().seconds()), at.strftime("%-d %b")));
    }
    words
}

fn hours(seconds: i32) -> String {
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    match minutes % 60 {
        0 => format!("{sign}{}", minutes / 60),
        rest => format!("{sign}{}:{rest:02}", minutes / 60),
    }
}
