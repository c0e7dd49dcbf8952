//! What changed from one kit to the next, in the words of people: numbers, owners, holders, turns, devices.
//!
//! Everything a member might act on differently is a line of its own; the rest of a thing's fields are named only.

mod held;
mod planned;
mod undone;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub use undone::{Undone, undone};

use crate::team::{Authority, Device, Id, Number, Person, Responder, Team};

/// What is said of a number whose check was of the one before it.
const NOT_RUNG: &str = "not rung since";

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Whether something came, went or is another now.
    pub what: Verb,
    /// Whose: a person's name, a system's id, `readers`.
    pub of: String,
    /// Which part of it: `mobile`, `second`; empty for all of it.
    pub part: String,
    /// Before; empty when it came.
    pub from: String,
    /// After; empty when it went.
    pub to: String,
    /// What to know of it besides: `not rung since`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The sort of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// It came.
    Added,
    /// It is another now.
    Changed,
    /// It went.
    Removed,
    /// A device can open the kit that could not before, or no longer can.
    Readers,
    /// A key signs kits that did not before, or no longer does.
    Signers,
}

impl Verb {
    /// The word at the beginning of a line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Readers => "readers",
            Self::Signers => "signers",
        }
    }
}

/// What is different in `new`; who can open it always comes last, so that it is not scrolled away.
pub fn diff(old: &Team, new: &Team) -> Vec<Change> {
    let mut changes = people(old, new);
    let mut put = |what, of: &str, part: &str, from: &str, to: &str| changes.push(Change::of(what, of, part, from, to));
    fn responders<'a>(team: &Team, all: impl IntoIterator<Item = &'a Responder>) -> Vec<String> {
        all.into_iter().map(|responder| responder.name(team).to_owned()).collect()
    }
    each(&old.systems, &new.systems, |id, before, after| match (before, after) {
        (Some(before), Some(after)) => {
            for (position, from, to) in by_position(&responders(old, &before.owners), &responders(new, &after.owners)) {
                put(Verb::Changed, id.as_str(), &format!("owner {position}"), &from, &to);
            }
            let rest = |system: &crate::team::System| crate::team::System { owners: Vec::new(), ..system.clone() };
            if rest(before) != rest(after) {
                put(Verb::Changed, id.as_str(), "details", "", "");
            }
        }
        (before, after) => came_or_went(&mut put, id.as_str(), before.is_some(), after.is_some()),
    });
    each(&old.authority, &new.authority, |id, before, after| match (before, after) {
        (Some(before), Some(after)) if before != after => {
            let chain =
                |team: &Team, it: &Authority| responders(team, std::iter::once(&it.holder).chain(&it.successors)).join(", then ");
            let (from, to) = (chain(old, before), chain(new, after));
            let rest = |it: &Authority| Authority {
                holder: Responder::new(""),
                successors: Vec::new(),
                delegations: Vec::new(),
                ..it.clone()
            };
            if from != to {
                put(Verb::Changed, id.as_str(), "who decides", &from, &to);
            }
            planned::delegations(&mut put, id.as_str(), (old, &before.delegations), (new, &after.delegations));
            if rest(before) != rest(after) {
                put(Verb::Changed, id.as_str(), "details", "", "");
            }
        }
        (before, after) => came_or_went(&mut put, id.as_str(), before.is_some(), after.is_some()),
    });
    held::tiers(&mut put, old, new);
    plain(&mut put, &old.tools, &new.tools);
    plain(&mut put, &old.bridges, &new.bridges);
    plain(&mut put, &old.vendors, &new.vendors);
    held::credentials(&mut put, old, new);
    held::tasks(&mut put, old, new);
    plain(&mut put, &old.windows, &new.windows);
    planned::rotas(&mut put, old, new);
    planned::calendars(&mut put, old, new);
    let own = |team: &Team| {
        let Team { name, lead, rendezvous, say_first, woken_by, .. } = team;
        (name.clone(), lead.clone(), rendezvous.clone(), say_first.clone(), woken_by.clone())
    };
    // Where members may be led to stands on a line of its own.
    let (before, after) = (&old.suggested_sources, &new.suggested_sources);
    for came in after.iter().filter(|source| !before.contains(source)) {
        put(Verb::Added, "the team", "suggested source", "", came);
    }
    for went in before.iter().filter(|source| !after.contains(source)) {
        put(Verb::Removed, "the team", "suggested source", went, "");
    }
    if own(old) != own(new) || old.policy != new.policy {
        put(Verb::Changed, "the team", "its own settings", "", "");
    }
    changes.extend(reader_changes(old, new));
    changes
}

fn people(old: &Team, new: &Team) -> Vec<Change> {
    let mut changes = Vec::new();
    each(&old.people, &new.people, |_, before, after| match (before, after) {
        (None, Some(person)) => changes.push(Change::of(Verb::Added, &person.name, "", "", &numbers(&person.numbers))),
        (Some(person), None) => changes.push(Change::of(Verb::Removed, &person.name, "", &numbers(&person.numbers), "")),
        (Some(before), Some(after)) => {
            changes.extend(number_changes(&after.name, &before.numbers, &after.numbers));
            let rest = |person: &Person| Person { numbers: Vec::new(), ..person.clone() };
            if rest(before) != rest(after) {
                changes.push(Change::of(Verb::Changed, &after.name, "details", "", ""));
            }
        }
        (None, None) => {}
    });
    changes
}

/// Devices that can open `new` and could not open `old`, and the other way round.
fn reader_changes(old: &Team, new: &Team) -> Vec<Change> {
    let devices = |team: &Team| -> BTreeMap<String, Device> {
        // Another key under a known name is another device.
        let keys =
            |device: &Device| format!("{} {} {} {} {}", device.person, device.name, device.reader, device.opener, device.key);
        team.devices.iter().map(|device| (keys(device), device.clone())).collect()
    };
    let (before, after) = (devices(old), devices(new));
    let line = |team: &Team, device: &Device| format!("{} ({})", team.person_name(&device.person), device.name);
    let came = after.iter().filter(|(reader, _)| !before.contains_key(*reader)).map(|(_, device)| Change {
        what: Verb::Readers,
        of: String::new(),
        part: String::new(),
        from: String::new(),
        to: line(new, device),
        note: None,
    });
    let went = before.iter().filter(|(reader, _)| !after.contains_key(*reader)).map(|(_, device)| Change {
        what: Verb::Readers,
        of: String::new(),
        part: String::new(),
        from: line(old, device),
        to: String::new(),
        note: None,
    });
    came.chain(went).collect()
}

impl Change {
    fn of(what: Verb, of: &str, part: &str, from: &str, to: &str) -> Self {
        Self { what, of: of.into(), part: part.into(), from: from.into(), to: to.into(), note: None }
    }

    /// The change as one line: `changed  Alice Okafor   number 1   +44 … -> +44 …, not rung since`.
    pub fn line(&self) -> String {
        let values = match (self.from.is_empty(), self.to.is_empty()) {
            (true, true) => String::new(),
            (true, false) => format!("   + {}", self.to),
            (false, true) => format!("   - {}", self.from),
            (false, false) => format!("   {} -> {}", self.from, self.to),
        };
        let part = if self.part.is_empty() { String::new() } else { format!("   {}", self.part) };
        let note = self.note.as_ref().map(|note| format!(", {note}")).unwrap_or_default();
        format!("{:<8} {}{part}{values}{note}", self.what.word(), self.of)
    }
}

fn each<'a, K: Ord, V>(old: &'a BTreeMap<K, V>, new: &'a BTreeMap<K, V>, mut take: impl FnMut(&K, Option<&'a V>, Option<&'a V>)) {
    for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        take(key, old.get(key), new.get(key));
    }
}

fn plain<T, V: PartialEq>(
    put: &mut impl FnMut(Verb, &str, &str, &str, &str),
    old: &BTreeMap<Id<T>, V>,
    new: &BTreeMap<Id<T>, V>,
) {
    each(old, new, |id, before, after| match (before, after) {
        (Some(before), Some(after)) if before != after => put(Verb::Changed, id.as_str(), "details", "", ""),
        (before, after) => came_or_went(put, id.as_str(), before.is_some(), after.is_some()),
    });
}

fn came_or_went(put: &mut impl FnMut(Verb, &str, &str, &str, &str), id: &str, before: bool, after: bool) {
    match (before, after) {
        (false, true) => put(Verb::Added, id, "", "", ""),
        (true, false) => put(Verb::Removed, id, "", "", ""),
        _ => {}
    }
}

fn numbers(numbers: &[Number]) -> String {
    numbers.iter().map(Number::read_aloud).collect::<Vec<_>>().join(", ")
}

fn number_changes(of: &str, before: &[Number], after: &[Number]) -> Vec<Change> {
    let shown = |numbers: &[Number]| -> Vec<String> { numbers.iter().map(|number| number.read_aloud().to_owned()).collect() };
    let mut changes: Vec<Change> = by_position(&shown(before), &shown(after))
        .into_iter()
        .map(|(position, from, to)| Change {
            note: has_the_check_of_another(before, after, position).then(|| NOT_RUNG.to_owned()),
            ..Change::of(Verb::Changed, of, &format!("number {position}"), &from, &to)
        })
        .collect();
    let facts = |numbers: &[Number]| {
        numbers.iter().map(|n| (n.kind, n.carrier.clone(), n.note.clone(), n.checked.clone())).collect::<Vec<_>>()
    };
    if changes.is_empty() && facts(before) != facts(after) {
        changes.push(Change::of(Verb::Changed, of, "about the numbers", "", ""));
    }
    changes
}

/// Whether a number is new to its person while its check is still that of the number before it.
fn has_the_check_of_another(before: &[Number], after: &[Number], position: usize) -> bool {
    let at = |numbers: &[Number]| position.checked_sub(1).and_then(|index| numbers.get(index)).cloned();
    let (Some(old), Some(new)) = (at(before), at(after)) else { return false };
    new.checked.is_some() && new.checked == old.checked && before.iter().all(|known| known.e164 != new.e164)
}

fn by_position(before: &[String], after: &[String]) -> Vec<(usize, String, String)> {
    let at = |list: &[String], index: usize| list.get(index).cloned().unwrap_or_default();
    (0..before.len().max(after.len()))
        .map(|index| (index + 1, at(before, index), at(after, index)))
        .filter(|(_, from, to)| from != to)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;
    use crate::team::Checked;

    fn number(text: &str, day: Option<i8>) -> Number {
        let checked = day.map(|day| Checked { on: jiff::civil::date(2026, 11, day), by: None });
        Number { checked, ..Number::parse(text, None).expect("a number") }
    }

    #[test]
    fn a_new_number_under_an_old_check_was_not_rung() {
        let told = |before: &[Number], after: &[Number]| -> Vec<String> {
            number_changes("Ann", before, after).iter().map(Change::line).collect()
        };
        let (old, kept) = (number("+44 7700 900123", Some(1)), number("+44 7700 900999", Some(1)));
        let changed = "changed  Ann   number 1   +44 7700 900123 -> +44 7700 900124";
        assert_eq!(told(slice::from_ref(&old), &[number("+44 7700 900124", Some(1))]), [format!("{changed}, not rung since")]);
        for day in [Some(2), None] {
            assert_eq!(told(slice::from_ref(&old), &[number("+44 7700 900124", day)]), [changed]);
        }
        // Numbers that changed places were rung, and one that came has a check of its own.
        let swapped = told(&[old.clone(), kept.clone()], &[kept.clone(), old.clone()]);
        assert!(swapped.len() == 2 && swapped.iter().all(|line| !line.contains("rung")), "{swapped:?}");
        assert_eq!(told(slice::from_ref(&old), &[old.clone(), kept]), ["changed  Ann   number 2   + +44 7700 900999"]);
    }
}
