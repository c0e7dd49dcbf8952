//! Who has which kit, by what their devices sent: who has it, who has an older one, who is silent, and the numbers to call.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use jiff::Timestamp;
use serde::Serialize;

use super::{Call, Scene, Why, clock_time, line_up::reach, span};
use crate::team::{Authority, Device, Id, Part, Person, Responder, Team, Thing, Window};

/// Which kit is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Version of its last root.
    pub root: u32,
    /// Its number.
    pub seq: u64,
    /// The hash of its head line, if this machine still has it.
    pub head: Option<String>,
}

/// One acknowledgement whose signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// The device key that signed it, as in the roster.
    pub key: String,
    /// Its number among those of the device.
    pub number: u64,
    /// When it was written, by the device's clock.
    pub at: Timestamp,
    /// Which kit the device holds.
    pub kit: Wanted,
    /// Whether the device opens its contacts.
    pub contacts: bool,
    /// Whether the key for credentials opens there.
    pub credentials: bool,
    /// What tells it from another one with the same number.
    pub line: String,
}

/// Who has a kit and who is silent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Acks {
    /// The number of the kit that is asked about.
    pub seq: u64,
    /// The window whose people are asked about, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    /// How many have it.
    pub have: usize,
    /// Of how many.
    pub of: usize,
    /// Those who do not have it, in the order to call them: who is awake first, who cannot be called last.
    pub silent: Vec<Acker>,
    /// Those who have it.
    pub has_it: Vec<Acker>,
    /// What does not fit together, in sentences.
    pub doubts: Vec<String>,
}

/// One person, and what is known of their kit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Acker {
    /// How to call them; the number is there if they can be called.
    #[serde(flatten)]
    pub call: Call,
    /// What their best device has.
    pub state: AckState,
    /// Why they cannot be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_callable: Option<Why>,
    /// Their devices, the best first.
    pub devices: Vec<AckDevice>,
}

/// What one device said last.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AckDevice {
    /// What its owner calls it.
    pub name: String,
    /// What it has.
    pub state: AckState,
    /// The number of the kit it has; `None` while it is silent.
    pub seq: Option<u64>,
    /// When it said so, by its own clock.
    pub at: Option<Timestamp>,
    /// The same on the reader's clock.
    pub at_clock: Option<String>,
    /// How long ago that is: `32 min ago`, `just now`.
    pub ago: Option<String>,
    /// Whether the key for credentials opens there.
    pub credentials: Option<bool>,
}

/// What a device, or the best one of somebody, has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AckState {
    /// This kit or a newer one, and it opens.
    Has,
    /// This kit, but it does not open there.
    CannotOpen,
    /// Another kit of the same number: a fork.
    OtherKit,
    /// An older kit.
    Older,
    /// Nothing was ever heard.
    Silent,
    /// There is no device that could say anything.
    NoDevice,
}

impl AckState {
    /// The word for records.
    pub fn word(self) -> &'static str {
        match self {
            Self::Has => "has",
            Self::CannotOpen => "cannot-open",
            Self::OtherKit => "other-kit",
            Self::Older => "older",
            Self::Silent => "silent",
            Self::NoDevice => "no-device",
        }
    }
}

/// Who has a kit: everybody with a device, or the people of a window. `here` is the key of the device that asks, which holds
/// what it asks about.
pub fn acks(
    scene: Scene<'_>,
    wanted: &Wanted,
    heard: &[Acknowledged],
    here: Option<&str>,
    window: Option<&Id<Window>>,
) -> Option<Acks> {
    let team = scene.team;
    let window = match window {
        Some(id) => Some(team.windows.get(id)?),
        None => None,
    };
    let mut of_person: BTreeMap<&Id<Person>, Vec<&Device>> = BTreeMap::new();
    team.devices.iter().for_each(|device| of_person.entry(&device.person).or_default().push(device));
    let mut of_key: BTreeMap<&str, Vec<&Acknowledged>> = BTreeMap::new();
    heard.iter().for_each(|ack| of_key.entry(&ack.key).or_default().push(ack));
    let mut doubts: Vec<String> =
        team.devices.iter().flat_map(|device| contradictions(device, acks_of(&of_key, device))).collect();
    let (mut silent, mut has_it) = (Vec::new(), Vec::new());
    let asked = match window {
        Some(window) => people_in(window),
        None => of_person.keys().copied().collect(),
    };
    for id in asked {
        let Some((id, person)) = team.people.get_key_value(id) else { continue };
        let devices = of_person.get(id).map(Vec::as_slice).unwrap_or_default().iter();
        let devices = devices.map(|device| {
            let is_here = here == Some(device.key.as_str());
            AckDevice::of(scene, device, wanted, acks_of(&of_key, device), is_here)
        });
        let acker = Acker::of(scene, id, person, devices.collect());
        let forked = acker.devices.iter().filter(|device| device.state == AckState::OtherKit);
        doubts.extend(forked.map(|device| {
            format!("{}'s {} has ANOTHER kit {}: somebody made two. Ask the publishers", person.name, device.name, wanted.seq)
        }));
        if acker.state == AckState::Has { has_it.push(acker) } else { silent.push(acker) }
    }
    // Nobody is woken for this while somebody is awake.
    silent.sort_by_key(|acker| (acker.not_callable.is_some(), acker.call.there.likely_asleep));
    let (have, of) = (has_it.len(), has_it.len() + silent.len());
    Some(Acks { seq: wanted.seq, window: window.map(|it| it.name.clone()), have, of, silent, has_it, doubts })
}

/// Who may read what devices send, the first first: those whose device publishes, those who lead, and those who decide in a
/// window that is not over. `publish_keys` are written as in the roster.
pub fn letter_readers<'a>(team: &'a Team, publish_keys: &[String], now: Timestamp) -> Vec<&'a Id<Person>> {
    let publishers = team.devices.iter().filter(|device| publish_keys.contains(&device.key)).map(|device| &device.person);
    let lead = team.lead.as_ref().and_then(|id| team.authority.get(id));
    let is_ahead = |authority: &&Authority| {
        let window = authority.window.as_ref().and_then(|id| team.windows.get(id));
        window.is_some_and(|window| now < window.end)
    };
    let decides = lead.into_iter().chain(team.authority.values().filter(is_ahead));
    let deciders = decides.flat_map(|authority| {
        let delegates = authority.delegations.iter().filter(|it| now < it.until).map(|it| &it.to);
        std::iter::once(&authority.holder).chain(delegates).chain(&authority.successors)
    });
    let mut met = BTreeSet::new();
    let people = publishers.chain(deciders.flat_map(|who| people_of(team, who)));
    people.filter(|id| met.insert(*id)).collect()
}

/// Whoever a responder may be: a rota is everybody on it, for what is sent today is read next week.
fn people_of<'a>(team: &'a Team, who: &Responder) -> Vec<&'a Id<Person>> {
    match who.resolve(team) {
        Some((Thing::Person, id)) => Id::parse(id).ok().and_then(|id| team.people.get_key_value(&id)).map(|(id, _)| id),
        Some((Thing::Rota, id)) => {
            let rota = Id::parse(id).ok().and_then(|id| team.rotas.get(&id));
            return rota.map(|rota| rota.shifts.iter().flat_map(|shift| &shift.people).collect()).unwrap_or_default();
        }
        _ => None,
    }
    .into_iter()
    .collect()
}

/// Who is asked about in a window, each once: who has to acknowledge it, else who is needed or on standby.
fn people_in(window: &Window) -> Vec<&Id<Person>> {
    let mut met = BTreeSet::new();
    let of = |part| window.roles.iter().filter(move |role| role.part == part).map(|role| &role.person);
    let all: Vec<&Id<Person>> = match window.acknowledge.as_slice() {
        [] => of(Part::Needed).chain(of(Part::Standby)).collect(),
        named => named.iter().collect(),
    };
    all.into_iter().filter(|id| met.insert(*id)).collect()
}

fn acks_of<'a, 'h>(of_key: &'a BTreeMap<&str, Vec<&'h Acknowledged>>, device: &Device) -> &'a [&'h Acknowledged] {
    of_key.get(device.key.as_str()).map(Vec::as_slice).unwrap_or_default()
}

/// Letters of one device with the same number that say different things: its key is in two places, or its memory is from a
/// backup.
fn contradictions(device: &Device, own: &[&Acknowledged]) -> Vec<String> {
    let mut lines: BTreeMap<u64, BTreeSet<&str>> = BTreeMap::new();
    own.iter().for_each(|ack| {
        lines.entry(ack.number).or_default().insert(&ack.line);
    });
    let twice = lines.into_iter().filter(|(_, lines)| lines.len() > 1);
    twice
        .map(|(number, _)| {
            let Device { person, name, .. } = device;
            format!("{person}/{name} sent two different letters {number}: a restored backup, or a stolen key. Ask {person}")
        })
        .collect()
}

impl Acker {
    fn of(scene: Scene<'_>, id: &Id<Person>, person: &Person, mut devices: Vec<AckDevice>) -> Self {
        devices.sort_by_key(|device| (device.state, Reverse(device.at)));
        let (number, not_callable) = match reach(scene, person, id) {
            Ok(number) => (Some(number), None),
            Err(why) => (None, Some(why)),
        };
        let state = devices.first().map_or(AckState::NoDevice, |device| device.state);
        Self { call: Call { number, ..Call::to(scene.team, id, person, scene.moment) }, state, not_callable, devices }
    }
}

impl AckDevice {
    fn of(scene: Scene<'_>, device: &Device, wanted: &Wanted, own: &[&Acknowledged], is_here: bool) -> Self {
        // Of two that contradict each other the worse one counts.
        let last = own.iter().map(|ack| (ack, state_of(ack, wanted))).max_by_key(|(ack, state)| (ack.number, *state));
        let state = match last {
            _ if is_here => AckState::Has,
            Some((_, state)) => state,
            None => AckState::Silent,
        };
        let last = last.map(|(ack, _)| ack);
        Self {
            name: device.name.clone(),
            state,
            seq: last.map(|ack| ack.kit.seq).or_else(|| is_here.then_some(wanted.seq)),
            at: last.map(|ack| ack.at),
            at_clock: last.map(|ack| clock_time(scene.moment, ack.at)),
            ago: last.map(|ack| ago(scene.moment.now, ack.at)),
            credentials: last.map(|ack| ack.credentials),
        }
    }
}

/// How long ago something was, or that it just was; a clock that runs ahead makes it no older.
pub fn ago(now: Timestamp, at: Timestamp) -> String {
    match now.as_second() - at.as_second() {
        ..60 => "just now".to_owned(),
        seconds => format!("{} ago", span(seconds)),
    }
}

fn state_of(ack: &Acknowledged, wanted: &Wanted) -> AckState {
    let (has, wants) = ((ack.kit.root, ack.kit.seq), (wanted.root, wanted.seq));
    match () {
        () if has < wants => AckState::Older,
        () if has == wants && wanted.head.is_some() && ack.kit.head != wanted.head => AckState::OtherKit,
        () if !ack.contacts => AckState::CannotOpen,
        () => AckState::Has,
    }
}

impl Acks {
    /// Whether everybody has it.
    pub fn is_complete(&self) -> bool {
        self.silent.is_empty()
    }

    /// Who is to be called first, if anybody who is silent can be.
    pub fn first(&self) -> Option<&Acker> {
        self.silent.first().filter(|acker| acker.not_callable.is_none())
    }

    /// A record for each person. Columns: id, name, state, number of their kit, when they said so, device, E.164.
    pub fn records(&self) -> Vec<Vec<String>> {
        let record = |acker: &Acker| {
            let best = acker.devices.first();
            vec![
                acker.call.id.clone(),
                acker.call.name.clone(),
                acker.state.word().to_owned(),
                best.and_then(|it| it.seq).map(|seq| seq.to_string()).unwrap_or_default(),
                best.and_then(|it| it.at).map(|at| at.to_string()).unwrap_or_default(),
                best.map(|it| it.name.clone()).unwrap_or_default(),
                acker.call.e164().unwrap_or_default().to_owned(),
            ]
        };
        self.silent.iter().chain(&self.has_it).map(record).collect()
    }
}
