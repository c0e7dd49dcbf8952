//! News of what changed from one kit to a later one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Announcement, News, in_a_sentence, keep, utc};
use crate::{
    answer::{Change, Scene, Verb, day, diff, way_in},
    team::{Person, Team},
};

/// One kit of several.
#[derive(Debug, Clone, Copy)]
pub struct Edition<'a> {
    /// Its number.
    pub seq: u64,
    /// When it was signed.
    pub created: Timestamp,
    /// What it says.
    pub team: &'a Team,
}

/// What is different in the later of two kits, and why where the team wrote that down. The scene is of the later one.
pub fn announce_changes(scene: Scene<'_>, old: Edition<'_>, new: Edition<'_>) -> Announcement {
    // Who can open the kit is for its keepers, not for everybody.
    let changes: Vec<Change> = diff(old.team, new.team);
    let changes: Vec<&Change> = changes.iter().filter(|it| !matches!(it.what, Verb::Readers | Verb::Signers)).collect();
    let count = match changes.len() {
        0 => "nothing changed".to_owned(),
        1 => "1 change".to_owned(),
        many => format!("{many} changes"),
    };
    let subject = format!("News of {}: {count} from kit {} to {}", new.team.name, old.seq, new.seq);
    let mut news = News::about(&subject);
    news.say("", [&subject]);
    news.put_everywhere("Changed", changes.iter().map(|change| line(change)));
    news.put_everywhere("Why", reasons(old.team, new.team));
    news.say("Published", [utc(new.created)]);
    news.put("Published", published(new, &changes));
    news.put_whom_to_call(scene, way_in(scene).as_ref());
    news.put_everywhere("Get it", ["kit sync"]);
    news.told()
}

fn line(change: &Change) -> String {
    let values = |text: &str| {
        text.split(", ").map(|it| if it.starts_with('+') { keep(it) } else { it.to_owned() }).collect::<Vec<_>>().join(", ")
    };
    let (of, from, to) = (&change.of, values(&change.from), values(&change.to));
    let part = if change.part.is_empty() { String::new() } else { format!(", {}", change.part) };
    let told = match (change.what, from.is_empty(), to.is_empty()) {
        (Verb::Added, _, true) => format!("{of} is new"),
        (Verb::Added, _, false) => format!("{of} is new: {to}"),
        (Verb::Removed, ..) => format!("{of} is gone"),
        (_, true, true) => format!("{of}{part}"),
        (_, true, false) => format!("{of}{part}: now {to}"),
        (_, false, true) => format!("{of}{part}: no longer {from}"),
        (_, false, false) => format!("{of}{part}: now {to} (was {from})"),
    };
    change.note.iter().fold(told, |told, note| format!("{told}, {note}"))
}

/// Reasons that came with the later kit: absences, swaps, delegations, and windows that moved.
fn reasons(old: &Team, new: &Team) -> Vec<String> {
    let mut reasons = Vec::new();
    let why = |why: &Option<String>| why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    for (id, person) in &new.people {
        let before = old.people.get(id).map_or(&[][..], |person| &person.absences);
        for absence in person.absences.iter().filter(|absence| !before.contains(absence)) {
            let stands_in =
                absence.delegate.as_ref().map(|id| format!("; {} stands in", new.person_name(id))).unwrap_or_default();
            let (from, until) = (keep(&day(absence.from, absence.until)), keep(&day(absence.until, absence.from)));
            reasons.push(format!("{} is away from {from} to {until}{}{stands_in}", person.name, why(&absence.why)));
        }
    }
    for (id, rota) in &new.rotas {
        let before = old.rotas.get(id).map_or(&[][..], |rota| &rota.overrides);
        for swap in rota.overrides.iter().filter(|swap| !before.contains(swap)) {
            let whom = swap.instead_of.as_ref().map(|id| format!(" for {}", new.person_name(id))).unwrap_or_default();
            let (name, when) = (new.person_name(&swap.person), spell(swap.from, swap.until));
            reasons.push(format!("{name} takes {}{whom} from {when}{}", rota.name, why(&swap.why)));
        }
    }
    for (id, authority) in &new.authority {
        let before = old.authority.get(id).map_or(&[][..], |authority| &authority.delegations);
        for it in authority.delegations.iter().filter(|it| !before.contains(it)) {
            let (who, does) = (it.to.name(new), in_a_sentence(&authority.decision));
            reasons.push(format!("{who} {does} from {}{}", spell(it.from, it.until), why(&it.why)));
        }
    }
    for (id, window) in &new.windows {
        let moved = old.windows.get(id).filter(|before| (before.start, before.end) != (window.start, window.end));
        reasons.extend(moved.map(|before| {
            format!("{} is now {} (was {})", window.name, spell(window.start, window.end), spell(before.start, before.end))
        }));
    }
    reasons
}

fn spell(from: Timestamp, until: Timestamp) -> String {
    format!("{} to {}", utc(from), utc(until))
}

/// When the later kit was signed, in UTC and where the people are whose lines changed.
fn published(new: Edition<'_>, changes: &[&Change]) -> Vec<String> {
    let names: BTreeSet<&str> = changes.iter().map(|change| change.of.as_str()).collect();
    let concerned = new.team.people.values().filter(|person| names.contains(person.name.as_str()));
    let mut clocks: BTreeMap<String, String> = BTreeMap::new();
    for person in concerned {
        let Some(rules) = person.zone.time_zone() else { continue };
        let clock = new.created.to_zoned(rules).strftime("%a %H:%M").to_string();
        clocks.entry(place(person)).or_insert(clock);
    }
    let there = clocks.into_iter().map(|(place, clock)| keep(&format!("{clock} {place}")));
    vec![std::iter::once(utc(new.created)).chain(there).collect::<Vec<_>>().join(", ")]
}

fn place(person: &Person) -> String {
    person.place.clone().unwrap_or_else(|| person.zone.city())
}
