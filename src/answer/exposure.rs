//! What somebody could read: of each kit that is kept, the credentials through the keys that they hold, alone, with others, or
//! with others once and alone since; the PINs and the numbers; and what of it is still as they had it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;

use crate::team::{Bridge, Credential, Device, Id, Person, Rotate, Rule, Task, Team, Tier, Vendor};

/// One kit, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub struct KeptKit<'a> {
    /// Its number.
    pub seq: u64,
    /// When it was signed.
    pub created: Timestamp,
    /// What it says.
    pub team: &'a Team,
}

/// A kit in which something was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The number of the kit.
    pub seq: u64,
    /// The day it was signed (UTC).
    pub on: Date,
}

/// A key that takes several holders, and that somebody put together: they have it in whole from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Combined {
    /// The tier.
    pub tier: Id<Tier>,
    /// Which of its keys.
    pub key: u32,
    /// Who; [`None`] where it was somebody whom no journal here names, so it may have been any holder.
    pub by: Option<Id<Person>>,
}

/// What somebody could read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// Who, by id.
    pub id: Id<Person>,
    /// Who, by name.
    pub name: String,
    /// The numbers of the kits that were looked at, the oldest first.
    pub kits: Vec<u64>,
    /// Values that they could read alone.
    pub alone: Vec<Reach>,
    /// Values of keys that they put together with others, or may have: what one such key opens, they have.
    pub opened: Vec<Reach>,
    /// Values of which they have a share: readable with others only.
    pub shares: Vec<Reach>,
    /// PINs that everybody with the kit sees.
    pub pins: Vec<Pin>,
    /// Telephone numbers, likewise.
    pub numbers: Vec<NumberSeen>,
    /// Their devices.
    pub devices: Vec<DeviceSeen>,
    /// What is to change because of them and was written down, from kits that may no longer be here.
    pub written_down: Vec<Task>,
}

/// One value of one credential, and how they reach it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// The credential.
    pub credential: Id<Credential>,
    /// What it opens.
    pub title: String,
    /// Which of its values.
    pub version: u32,
    /// The tier whose key opens it.
    pub tier: Id<Tier>,
    /// Which of its keys.
    pub key: u32,
    /// How many holders it takes.
    pub rule: Rule,
    /// The first kit that has it and was sealed to them.
    pub first: Seen,
    /// The last one.
    pub last: Seen,
    /// Whether the team still has this value.
    pub valid: bool,
    /// Whether it was somebody whom no journal here names who put the key together: it may have been them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub perhaps: bool,
    /// Holders of that key who are no longer in the team. As many of them as it takes can still open it together.
    pub gone: Vec<Id<Person>>,
}

/// A PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pin {
    /// `bridge` or `vendor`.
    pub kind: &'static str,
    /// By id.
    pub id: String,
    /// By name.
    pub name: String,
    /// The first kit with this PIN that was sealed to them.
    pub first: Seen,
    /// The last one.
    pub last: Seen,
    /// Whether it is still the PIN.
    pub valid: bool,
    #[serde(skip)]
    rotate: Rotate,
}

/// A telephone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NumberSeen {
    /// Whose: `person:alice.okafor`.
    pub whose: String,
    /// The number to dial.
    pub number: String,
    /// The first kit with it that was sealed to them.
    pub first: Seen,
    /// The last one.
    pub last: Seen,
    /// Whether it is still written down.
    pub valid: bool,
}

/// A device of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceSeen {
    /// What they call it.
    pub name: String,
    /// The first kit that was sealed to it.
    pub first: Seen,
    /// The last one.
    pub last: Seen,
    /// Whether the next kit would be.
    pub active: bool,
}

/// What somebody could read in some kits, compared with what the team has `now`; `combined` are the shared keys that were put
/// together. Somebody who only ever held a key and had no device could read nothing.
pub fn exposure(kits: &[KeptKit<'_>], now: &Team, person: &Id<Person>, combined: &[Combined]) -> Exposure {
    let mut kits: Vec<KeptKit<'_>> = kits.to_vec();
    kits.sort_by_key(|kit| (kit.seq, kit.created));
    let theirs: Vec<KeptKit<'_>> = kits.iter().copied().filter(|kit| devices_of(kit.team, person).next().is_some()).collect();
    let held = held_keys(&kits, person, combined);
    let (mut values, mut pins, mut numbers, mut devices) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for kit in &theirs {
        let seen = Seen { seq: kit.seq, on: kit.created.to_zoned(TimeZone::UTC).date() };
        for device in devices_of(kit.team, person) {
            saw(&mut devices, device.name.clone(), seen);
        }
        for (id, credential) in &kit.team.credentials {
            let Some(capsule) = &credential.capsule else { continue };
            let key = (capsule.tier.clone(), capsule.key);
            if held.contains_key(&key) {
                saw(&mut values, (id.clone(), capsule.version, key, credential.title.clone()), seen);
            }
        }
        for (rotate, name) in pins_of(kit.team) {
            saw(&mut pins, (rotate, name), seen);
        }
        for number in numbers_of(kit.team) {
            saw(&mut numbers, number, seen);
        }
    }
    let reach = |((credential, version, (tier, key), title), (first, last)): (ValueKey, Span)| {
        let holders = held.get(&(tier.clone(), key));
        let mut whole = combined.iter().filter(|it| (&it.tier, it.key) == (&tier, key)).map(|it| it.by.as_ref());
        let perhaps = whole.clone().any(|by| by.is_none()) && !whole.any(|by| by == Some(person));
        let valid = Rotate::Credential { id: credential.clone(), version }.is_open(now);
        let gone = holders.into_iter().flat_map(|(_, holders)| holders).filter(|id| !now.people.contains_key(*id));
        let gone = gone.cloned().collect();
        let rule = holders.map(|(rule, _)| *rule).unwrap_or_default();
        Reach { credential, title, version, tier, key, rule, first, last, valid, perhaps, gone }
    };
    let is_whole = |reach: &Reach| {
        let is_it = |it: &Combined| (&it.tier, it.key) == (&reach.tier, reach.key);
        reach.perhaps || combined.iter().any(|it| is_it(it) && it.by.as_ref() == Some(person))
    };
    let (alone, others): (Vec<Reach>, _) = values.into_iter().map(reach).partition(|reach| reach.rule == Rule::Any);
    let (opened, shares) = others.into_iter().partition(is_whole);
    let is_about = |task: &&Task| task.why.split(' ').next() == Some(person.as_str()) && task.rotate.is_open(now);
    let still: BTreeSet<(String, String)> = numbers_of(now).collect();
    Exposure {
        id: person.clone(),
        name: theirs.last().map_or_else(|| now.person_name(person), |kit| kit.team.person_name(person)).to_owned(),
        kits: kits.iter().map(|kit| kit.seq).collect(),
        alone,
        opened,
        shares,
        written_down: now.tasks.iter().filter(is_about).cloned().collect(),
        pins: pins.into_iter().map(|((rotate, name), span)| pin(now, rotate, name, span)).collect(),
        numbers: numbers
            .into_iter()
            .map(|((whose, number), (first, last))| {
                let valid = still.contains(&(whose.clone(), number.clone()));
                NumberSeen { whose, number, first, last, valid }
            })
            .collect(),
        devices: devices
            .into_iter()
            .map(|(name, (first, last))| {
                let active = devices_of(now, person).any(|device| device.name == name);
                DeviceSeen { name, first, last, active }
            })
            .collect(),
    }
}

impl Reach {
    /// Whether they can open it without anybody who is still there, once they have left too.
    pub fn opens_without_the_team(&self) -> bool {
        match self.rule {
            Rule::Any => true,
            // Whoever asks is counted once, whether or not they are gone already.
            Rule::Of { k, .. } => self.gone.len() >= usize::from(k),
        }
    }
}

impl Exposure {
    /// How many values and PINs are still as they had them.
    pub fn still_valid(&self) -> usize {
        self.alone.iter().chain(&self.opened).filter(|it| it.valid).count() + self.pins.iter().filter(|it| it.valid).count()
    }

    /// What has to change because of what they could read, if `now` no longer has them.
    pub fn tasks(&self, why: &str, since: Date, by: Date) -> Vec<Task> {
        let shares = self.shares.iter().filter(|it| it.opens_without_the_team());
        let values = self.alone.iter().chain(&self.opened).chain(shares).filter(|it| it.valid);
        let values = values.map(|it| Rotate::Credential { id: it.credential.clone(), version: it.version });
        let pins = self.pins.iter().filter(|it| it.valid).map(|it| it.rotate.clone());
        let all: BTreeSet<Rotate> = values.chain(pins).collect();
        all.into_iter().map(|rotate| Task { rotate, why: why.to_owned(), since, by }).collect()
    }
}

type Span = (Seen, Seen);
type KeyName = (Id<Tier>, u32);
type ValueKey = (Id<Credential>, u32, KeyName, String);

fn saw<K: Ord>(map: &mut BTreeMap<K, Span>, key: K, seen: Seen) {
    map.entry(key).or_insert((seen, seen)).1 = seen;
}

fn devices_of<'t>(team: &'t Team, person: &'t Id<Person>) -> impl Iterator<Item = &'t Device> {
    team.devices.iter().filter(move |device| device.person == *person)
}

/// The keys that somebody was ever given or put together, with their rule and all who were: whoever had a key once has it for
/// every kit.
fn held_keys(
    kits: &[KeptKit<'_>],
    person: &Id<Person>,
    combined: &[Combined],
) -> BTreeMap<KeyName, (Rule, BTreeSet<Id<Person>>)> {
    let openers: BTreeSet<&str> =
        kits.iter().flat_map(|kit| devices_of(kit.team, person)).map(|device| device.opener.as_str()).collect();
    let mut all: BTreeMap<KeyName, (Rule, BTreeSet<Id<Person>>, bool)> = BTreeMap::new();
    for (tier, key) in
        kits.iter().flat_map(|kit| &kit.team.tiers).flat_map(|(id, tier)| tier.keys.iter().map(move |key| (id, key)))
    {
        let boxed = key.boxes.iter().flat_map(|one| &one.openers).any(|opener| openers.contains(opener.as_str()));
        let entry = all.entry((tier.clone(), key.version)).or_insert((key.rule, BTreeSet::new(), false));
        entry.1.extend(key.holders.iter().cloned());
        let is_it = |it: &Combined| (&it.tier, it.key) == (tier, key.version);
        entry.2 |= boxed || key.holders.contains(person);
        entry.2 |= combined.iter().any(|it| is_it(it) && it.by.as_ref() == Some(person));
    }
    all.into_iter().filter(|(_, (_, _, held))| *held).map(|(key, (rule, holders, _))| (key, (rule, holders))).collect()
}

fn pins_of(team: &Team) -> impl Iterator<Item = (Rotate, String)> {
    let bridge =
        |(id, it): (&Id<Bridge>, &Bridge)| Some((Rotate::BridgePin { id: id.clone(), was: it.pin.clone()? }, it.name.clone()));
    let vendor =
        |(id, it): (&Id<Vendor>, &Vendor)| Some((Rotate::VendorPin { id: id.clone(), was: it.pin.clone()? }, it.name.clone()));
    team.bridges.iter().filter_map(bridge).chain(team.vendors.iter().filter_map(vendor))
}

fn pin(now: &Team, rotate: Rotate, name: String, (first, last): Span) -> Pin {
    let (kind, id) = match &rotate {
        Rotate::BridgePin { id, .. } => ("bridge", id.to_string()),
        Rotate::VendorPin { id, .. } => ("vendor", id.to_string()),
        Rotate::Credential { id, .. } => ("credential", id.to_string()),
    };
    Pin { kind, id, name, first, last, valid: rotate.is_open(now), rotate }
}

fn numbers_of(team: &Team) -> impl Iterator<Item = (String, String)> {
    let people = team.people.iter().flat_map(|(id, it)| it.numbers.iter().map(move |number| (format!("person:{id}"), number)));
    let bridges = team.bridges.iter().flat_map(|(id, it)| it.numbers.iter().map(move |number| (format!("bridge:{id}"), number)));
    let vendors = team.vendors.iter().flat_map(|(id, it)| it.numbers.iter().map(move |number| (format!("vendor:{id}"), number)));
    people.chain(bridges).chain(vendors).map(|(whose, number)| (whose, number.e164.to_string()))
}
