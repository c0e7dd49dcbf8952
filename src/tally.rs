//! Tallying: what a publisher knows from the members' journals goes into the next kit, so that everybody holds it.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use crate::{
    audit::{Audit, examine},
    bundle::{
        Hash,
        journal::{After, What},
    },
    key::Identity,
    open::Reading,
    recount::{Told, Whose, device_of, recount},
    store::{Journal, Store, StoreError},
    team::{Drill, JournalHead, Ledger, Opening, Team},
};

/// What was tallied.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// For the next kit.
    pub ledger: Ledger,
    /// Journals here that contradict themselves or what the kit before knows of them, each with what was found. The kit goes on
    /// to say what it said of them.
    pub contradicted: Vec<String>,
}

/// The ledger of the kit after `before`, whose content is `next`.
///
/// # Errors
/// [`StoreError`] when a journal is there and cannot be read.
pub fn tally(store: &Store, before: &Reading, reader: &Identity, next: &Team, now: Timestamp) -> Result<Tally, StoreError> {
    let old = &before.team.ledger;
    let told = recount(store, before, reader, Whose::All)?;
    let mut tally = Tally::default();
    let mut heads: BTreeMap<String, JournalHead> = old.heads.iter().map(|head| (head.device.clone(), head.clone())).collect();
    for handle in store.journals()? {
        let journal = store.journal(&handle)?;
        // Whatever it lacks did not come yet; what contradicts is never taken for the truth.
        let audit = examine(&journal, &store.trust().pin.kit, &handle, heads.get(&handle), false);
        if !audit.is_sound() {
            let device = device_of(&before.team, &handle);
            let device = device.map_or_else(|| handle.clone(), |device| format!("{}/{}", device.person, device.name));
            tally.contradicted.push(format!("the journal of {device}: {}", audit.words()));
            mark(&mut heads, &journal, &handle);
        } else if let Some(head) = furthest(&journal.lines.last().map(crate::bundle::journal::Line::place), &audit) {
            let is_further = heads.get(&handle).is_none_or(|known| known.number < head.number);
            if is_further {
                heads.insert(handle, head);
            }
        }
    }
    tally.ledger = Ledger {
        heads: heads.into_values().collect(),
        openings: openings(old, &told, &before.team, next),
        drills: drills(old, &told, next, now),
    };
    Ok(tally)
}

/// Puts down that a device contradicted itself. Where it has no head yet, the first of the lines that came is it.
fn mark(heads: &mut BTreeMap<String, JournalHead>, journal: &Journal, handle: &str) {
    let mut pairs = journal.lines.iter().zip(journal.lines.iter().skip(1));
    let Some((first, _)) = pairs.find(|(one, next)| one.number == next.number) else { return };
    let head = heads.entry(handle.to_owned()).or_insert_with(|| JournalHead {
        device: handle.to_owned(),
        number: first.number,
        sha256: first.sha256.to_string(),
        contradicted: None,
    });
    head.contradicted.get_or_insert(first.number);
}

fn furthest(last: &Option<After>, audit: &Audit) -> Option<JournalHead> {
    let After { number, before, .. } = last.as_ref()?;
    let sha256 = before.as_ref().map(Hash::to_string)?;
    Some(JournalHead { device: audit.handle.clone(), number: *number, sha256, contradicted: None })
}

/// The first opening of each value that the next kit still has.
fn openings(old: &Ledger, told: &[Told], before: &Team, next: &Team) -> Vec<Opening> {
    // A value that was never published was never opened, whatever a journal says.
    let was_there = |opening: &Opening| {
        let capsule = before.credentials.get(&opening.credential).and_then(|it| it.capsule.as_ref());
        capsule.is_some_and(|capsule| opening.version <= capsule.version)
    };
    let fresh = told.iter().filter_map(|told| Some(told.opening()?.opening));
    let mut first: BTreeMap<_, Opening> = BTreeMap::new();
    for opening in old.openings.iter().cloned().chain(fresh).filter(|it| was_there(it) && it.is_burned(next)) {
        let key = (opening.credential.clone(), opening.version);
        let here = first.entry(key).or_insert_with(|| opening.clone());
        here.at = here.at.min(opening.at);
    }
    first.into_values().collect()
}

/// The newest drill of each holder with each key that is still the current one.
fn drills(old: &Ledger, told: &[Told], next: &Team, now: Timestamp) -> Vec<Drill> {
    let mut newest: BTreeMap<_, Drill> = BTreeMap::new();
    for drill in old.drills.iter().cloned().chain(told.iter().filter_map(|told| drill_of(told, now))) {
        let key = next.tiers.get(&drill.tier).and_then(|tier| tier.key());
        if key.is_some_and(|key| key.version == drill.version && key.holders.contains(&drill.person)) {
            let here = newest.entry((drill.tier.clone(), drill.person.clone())).or_insert_with(|| drill.clone());
            here.on = here.on.max(drill.on);
        }
    }
    newest.into_values().collect()
}

/// A drill that went well, if an entry says so; a clock that ran ahead makes it no later than now.
pub fn drill_of(told: &Told, now: Timestamp) -> Option<Drill> {
    let entry = told.entry.as_ref()?;
    let What::Drilled { tier, version, opens: true } = &entry.what else { return None };
    let on: Date = entry.earliest().min(now).to_zoned(jiff::tz::TimeZone::UTC).date();
    Some(Drill { tier: tier.clone(), version: *version, person: told.person()?.clone(), on })
}
