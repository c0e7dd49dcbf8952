//! What of others' changes a team would take back: a value that was left behind comes again, what came goes, what went comes.
//!
//! Compared is what the payload holds, field by field, so that no field is forgotten. Two who changed the same field to two
//! new values are no undoing: the later one is a change like any other, and is told as one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Change, Verb};
use crate::team::{Ledger, Team};

/// Longest value that is told, in characters.
const VALUE_CHARS_MAX: usize = 60;

/// One thing that would be as it was before somebody changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// From what is published to what the new team has.
    pub change: Change,
    /// Which of the past teams first had it otherwise, counted from zero.
    pub since: usize,
}

/// What `new` would take back of what changed in `past`, the oldest first and the published one last.
pub fn undone(past: &[&Team], new: &Team) -> Vec<Undone> {
    // What is known of journals is no directory's to say, so none takes it back.
    let value = |team: &Team| serde_json::to_value(Team { ledger: Ledger::default(), ..team.clone() }).unwrap_or_default();
    let mut all: Vec<Value> = past.iter().map(|team| value(team)).chain([value(new)]).collect();
    same_days(&mut all);
    let Some((new, past)) = all.split_last() else { return Vec::new() };
    let mut found = Vec::new();
    let olds: Vec<Option<&Value>> = past.iter().map(Some).collect();
    walk(&mut Vec::new(), &olds, Some(new), &mut |path, cur, new, since| {
        found.push(Undone { change: told(path, past, cur, new), since });
    });
    found
}

type Found<'f> = dyn FnMut(&[String], Option<&Value>, Option<&Value>, usize) + 'f;

fn walk(path: &mut Vec<String>, past: &[Option<&Value>], new: Option<&Value>, found: &mut Found<'_>) {
    let current = past.last().copied().flatten();
    if current == new {
        return;
    }
    if let (Some(current), Some(new)) = (current, new)
        && let Some(parts) = parts(path.last().map_or("", String::as_str), past, current, new)
    {
        for key in parts.iter().flat_map(|part| part.keys()).collect::<BTreeSet<_>>() {
            let mut olds: Vec<Option<&Value>> = parts.iter().map(|part| part.get(key).copied()).collect();
            let new = olds.pop().flatten();
            path.push(key.clone());
            walk(path, &olds, new, found);
            path.pop();
        }
        return;
    }
    // Something of the same name that came again is what went, whatever was changed in it meanwhile.
    let is_again = |old: &Option<&Value>| match (*old, new) {
        (Some(old), Some(new)) => old == new || (current.is_none() && old.is_object() && new.is_object()),
        (old, new) => old.is_none() && new.is_none(),
    };
    if let Some(last) = past.iter().rposition(is_again) {
        found(path, current, new, last + 1);
    }
}

type Parts<'v> = BTreeMap<String, &'v Value>;

/// The parts of an object or a list in each of the past and in the new, by a name that they have in all; [`None`] for what
/// has no parts.
fn parts<'v>(called: &str, past: &[Option<&'v Value>], current: &'v Value, new: &'v Value) -> Option<Vec<Parts<'v>>> {
    let all = || past.iter().copied().chain([Some(new)]);
    match (current, new) {
        (Value::Object(_), Value::Object(_)) => {
            let parts = |value: Option<&'v Value>| {
                let object = value.and_then(Value::as_object).into_iter().flatten();
                // A number is what is read aloud: its other forms say the same.
                let is_number = value.is_some_and(|value| value.get("shown").is_some());
                let told = object.filter(|(key, _)| !is_number || !["e164", "written"].contains(&key.as_str()));
                told.map(|(key, value)| (key.clone(), value)).collect()
            };
            Some(all().map(parts).collect())
        }
        (Value::Array(_), Value::Array(new)) => {
            let list = |value: Option<&'v Value>| value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            // As long as nothing came or went, what stands at a place is that place's; devices are their owner's anywhere.
            let by_place = called != "devices" && all().all(|value| list(value).len() == new.len());
            let name = |(at, value): (usize, &'v Value)| (if by_place { (at + 1).to_string() } else { name_of(value) }, value);
            Some(all().map(|value| list(value).iter().enumerate().map(name).collect()).collect())
        }
        _ => None,
    }
}

/// What tells an element of a list from the others: the number, whose machine it is, else all that it is.
fn name_of(value: &Value) -> String {
    let field = |name: &str| value.get(name).and_then(Value::as_str);
    match (field("e164"), field("person"), field("reader"), field("name")) {
        (Some(number), ..) => number.to_owned(),
        (_, Some(person), Some(_), Some(name)) => format!("{person}.{name}"),
        _ => value.to_string(),
    }
}

/// A change of one path as people read it.
fn told(path: &[String], past: &[Value], current: Option<&Value>, new: Option<&Value>) -> Change {
    let (of, part) = match path {
        [devices, device] if devices == "devices" => (format!("device {device}"), String::new()),
        [devices, device, rest @ ..] if devices == "devices" => (format!("device {device}"), rest.join(" ")),
        [kind, id, rest @ ..] if past.last().is_some_and(|team| team.get(kind).is_some_and(Value::is_object)) => {
            let named = past.iter().rev().find_map(|team| team.get(kind)?.get(id)?.get("name")?.as_str());
            let rest = if let [rest @ .., last] = rest
                && last == "shown"
            {
                rest
            } else {
                rest
            };
            (named.unwrap_or(id).to_owned(), rest.join(" "))
        }
        rest => ("the team".to_owned(), rest.join(" ")),
    };
    // The last part of a list's element is the element itself, which is told as the value.
    let is_element = path.last().is_some_and(|last| last.starts_with(['{', '"']));
    let part = if is_element { path.iter().rev().nth(1).cloned().unwrap_or_default() } else { part };
    let is_whole = part.is_empty();
    let text = |value: Option<&Value>| value.filter(|_| !is_whole).map(in_words).unwrap_or_default();
    let what = match (current, new) {
        (None, Some(_)) if is_whole => Verb::Added,
        (Some(_), None) if is_whole => Verb::Removed,
        _ => Verb::Changed,
    };
    Change { what, of, part, from: text(current), to: text(new), note: None }
}

/// The texts and numbers in a value, in a line.
fn in_words(value: &Value) -> String {
    fn leaves(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => match fields.get("shown") {
                Some(number) => leaves(number, found),
                None => fields.values().for_each(|value| leaves(value, found)),
            },
            Value::Array(list) => list.iter().for_each(|value| leaves(value, found)),
            Value::String(text) => found.push(text.clone()),
            Value::Null => {}
            other => found.push(other.to_string()),
        }
    }
    let mut found = Vec::new();
    leaves(value, &mut found);
    let line = found.join(", ");
    match line.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// Leaves the days that all of them know: a kit holds a stretch of days around the time when it was made, and that the next
/// one holds others at its ends is nobody's change.
fn same_days(teams: &mut [Value]) {
    fn calendars(team: &Value) -> impl Iterator<Item = (&String, &Value)> {
        team.get("calendars").and_then(Value::as_object).into_iter().flatten()
    }
    fn days(calendar: &Value) -> impl Iterator<Item = &Value> {
        calendar.get("days").and_then(Value::as_array).into_iter().flatten()
    }
    fn day<'v>(days: &'v Value, end: &str) -> &'v str {
        days.get(end).and_then(Value::as_str).unwrap_or_default()
    }
    let first = |team: &Value| calendars(team).flat_map(|(_, it)| days(it)).map(|it| day(it, "from").to_owned()).min();
    let floor = teams.iter().filter_map(first).max().unwrap_or_default();
    let mut ceilings: BTreeMap<String, String> = BTreeMap::new();
    for (id, calendar) in teams.iter().flat_map(calendars) {
        let last = days(calendar).map(|it| day(it, "until").to_owned()).max();
        let is_dense = calendar.get("kind").and_then(Value::as_str) != Some("absences");
        if let Some(last) = last.filter(|_| is_dense) {
            ceilings.entry(id.clone()).and_modify(|ceiling| *ceiling = last.clone().min(ceiling.clone())).or_insert(last);
        }
    }
    let all = teams.iter_mut().filter_map(|team| team.get_mut("calendars").and_then(Value::as_object_mut));
    for (id, calendar) in all.flat_map(Map::iter_mut) {
        if let Some(list) = calendar.get_mut("days").and_then(Value::as_array_mut) {
            list.retain(|it| {
                let is_early = ceilings.get(id).is_none_or(|ceiling| day(it, "until") <= ceiling.as_str());
                day(it, "until") >= floor.as_str() && is_early
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::team::{Calendar, CalendarKind, Device, Id, NamedDays, Number, Person, Wake, Zone};

    fn number(text: &str) -> Number {
        Number::parse(text, None).expect("a number")
    }

    const A: &str = "+44 7700 900001";
    const B: &str = "+44 7700 900002";
    const C: &str = "+44 7700 900003";

    fn team(numbers: &[&str], title: Option<&str>) -> Team {
        let mut team = Team::named("Acme");
        let person = Person {
            name: "Ann".into(),
            aliases: vec![],
            title: title.map(str::to_owned),
            teams: vec![],
            zone: Zone::parse("Europe/Paris").expect("bundled"),
            hours: None,
            place: None,
            emails: vec![],
            numbers: numbers.iter().map(|text| number(text)).collect(),
            message: None,
            wake: Wake::default(),
            calendars: vec![],
            absences: vec![],
            note: None,
        };
        team.people.insert(Id::parse("ann").expect("an id"), person);
        team
    }

    fn told(past: &[&Team], new: &Team) -> Vec<String> {
        undone(past, new).iter().map(|undone| format!("{} [{}]", undone.change.line(), undone.since)).collect()
    }

    #[test]
    fn a_value_that_others_left_behind_is_seen_when_it_comes_again() {
        let (old, current) = (team(&[A], None), team(&[B], None));
        assert_eq!(told(&[&old, &current], &old), [format!("changed  Ann   numbers 1   {B} -> {A} [1]")]);
        // With a change of one's own in another field, the other's is still lost.
        let mine = team(&[A], Some("Engineer"));
        assert!(told(&[&old, &current], &mine).iter().any(|line| line.contains(&format!("{B} -> {A}"))));
        // The last who turned away from it is named.
        let lines = told(&[&old, &current, &old, &team(&[C], None)], &old);
        assert!(lines.iter().all(|line| line.ends_with("[3]")) && !lines.is_empty(), "{lines:#?}");
        // Going on from theirs is no undoing, nor is what both have.
        let theirs = [&old, &current];
        assert_eq!(told(&theirs, &team(&[C], None)), [""; 0]);
        assert_eq!(told(&theirs, &team(&[B], Some("Engineer"))), [""; 0]);
        assert_eq!(told(&theirs, &team(&[B, C], None)), [""; 0]);
        assert_eq!(told(&[&current], &old), [""; 0], "one's own may be taken back");
    }

    #[test]
    fn what_came_does_not_go_and_what_went_does_not_come_again() {
        let (one, two) = (team(&[A], None), team(&[A, B], None));
        assert_eq!(told(&[&one, &two], &one), [format!("changed  Ann   numbers +447700900002   - {B} [1]")]);
        // Both added a number: the other's would be gone.
        assert_eq!(told(&[&one, &two], &team(&[A, C], None)), [format!("changed  Ann   numbers +447700900002   - {B} [1]")]);
        assert_eq!(told(&[&two, &one], &two), [format!("changed  Ann   numbers +447700900002   + {B} [1]")]);
        let nobody = Team::named("Acme");
        assert_eq!(told(&[&nobody, &one], &nobody), ["removed  Ann [1]"]);
        assert_eq!(told(&[&one, &nobody], &one), ["added    Ann [1]"]);
        assert_eq!(told(&[&one, &nobody], &two), ["added    Ann [1]"], "changed meanwhile, it is the same person");
        // A field that may be empty.
        let titled = team(&[A], Some("Engineer"));
        assert_eq!(told(&[&one, &titled], &one), ["changed  Ann   title   - Engineer [1]"]);
        assert_eq!(told(&[&titled, &one], &titled), ["changed  Ann   title   + Engineer [1]"]);
        assert_eq!(told(&[&titled, &one], &team(&[A], Some("Lead"))), [""; 0]);
    }

    #[test]
    fn a_device_is_its_owners_wherever_it_stands() {
        let device = |name: &str| Device {
            person: Id::parse("ann").expect("an id"),
            name: name.into(),
            reader: format!("age1{name}"),
            opener: "age1o".into(),
            key: "k".into(),
            added: None,
        };
        let with = |names: &[&str]| Team { devices: names.iter().map(|name| device(name)).collect(), ..team(&[A], None) };
        let (old, current) = (with(&["desk"]), with(&["desk", "laptop"]));
        assert_eq!(told(&[&old, &current], &with(&["desk", "tablet"])), ["removed  device ann.laptop [1]"]);
        assert_eq!(told(&[&old, &current], &with(&["laptop", "tablet", "desk"])), [""; 0]);
    }

    #[test]
    fn days_at_the_ends_of_what_is_known_are_nobodys_change() {
        let day = |text: &str| text.parse::<jiff::civil::Date>().expect("a day");
        let with = |dates: &[&str]| {
            let days = dates.iter().map(|date| NamedDays { from: day(date), until: day(date), name: (*date).into() }).collect();
            let calendar = Calendar { name: "Germany".into(), aliases: vec![], kind: CalendarKind::Holidays, days };
            let mut team = team(&[A], None);
            team.calendars.insert(Id::parse("de").expect("an id"), calendar);
            team
        };
        let (early, late) =
            (with(&["2026-10-03", "2026-12-25", "2027-01-01"]), with(&["2026-12-25", "2027-01-01", "2027-03-26"]));
        assert_eq!(told(&[&early, &late], &early), [""; 0]);
        let more = with(&["2026-12-25", "2026-12-28", "2027-01-01"]);
        let lines = told(&[&with(&["2026-12-25", "2027-01-01"]), &more], &with(&["2026-12-25", "2027-01-01"]));
        assert!(lines.len() == 1 && lines.iter().all(|line| line.contains("- 2026-12-28")), "{lines:?}");
    }
}
