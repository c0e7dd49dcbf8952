//! Whom to call, in the agreed order: rotas become people, the absent are skipped and named, and each step has its time.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan, civil::Date};
use serde::Serialize;

use super::{Call, NumberCard, Scene, clock_time, day};
use crate::team::{Id, Person, Responder, Thing, Turn, Unplanned, WakeWhen};

/// Whom to call, in order, and who was skipped.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LineUp {
    /// Who can be called, in the agreed order.
    pub steps: Vec<Step>,
    /// Who stands in the order and cannot be called, each once.
    pub skipped: Vec<Skipped>,
    /// Rotas that do not say who is on duty, with the reason, in sentences.
    pub unknown: Vec<String>,
    /// Numbers that are lost with what is assumed to be down, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<String>,
}

/// One call of a line-up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// Position among the people of the agreed order, 1 is called first: each of a rota who is on duty has their own. Somebody
    /// who stands in has the position of the absent.
    pub position: usize,
    /// Where what names them stands in the order that was asked for, from 0.
    #[serde(skip)]
    pub responder: usize,
    /// The call to make; its number is the first that is not lost.
    #[serde(flatten)]
    pub call: Call,
    /// The rota that puts them here, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rota: Option<String>,
    /// When their turn on the rota ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_until: Option<Timestamp>,
    /// The same on the reader's clock: `Mon 09:00`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_until_clock: Option<String>,
    /// For whom they stand in, by name: somebody who is away, or whose turn it would have been.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stands_in_for: Option<String>,
    /// What puts them here, where the order is not that of owners: `holds slack-owner`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// The way that wakes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake_how: Option<String>,
    /// When they may be woken.
    pub wake_when: WakeWhen,
    /// Holidays and observances there today.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub today: Vec<String>,
    /// What to dial in the country that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dial: Option<String>,
    /// When to call them: now for the first, later for those who follow when nobody answers.
    pub from: Timestamp,
    /// The same on the reader's clock: `03:17`.
    pub from_clock: String,
}

/// Somebody in the order who cannot be called.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Skipped {
    /// Position among the people of the agreed order.
    pub position: usize,
    /// The person's id.
    pub id: String,
    /// The person's name.
    pub name: String,
    /// Why not.
    #[serde(flatten)]
    pub why: Why,
    /// Who was named to stand in, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegate: Option<String>,
    /// Who stands in and can be called, by name: the one who was named, or whoever stands in for them in turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stand_in: Option<String>,
}

/// Why somebody cannot be called.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Why {
    /// They are away.
    Away {
        /// The last day away.
        until: Date,
        /// The same in words: `Sun 22 Nov`.
        until_text: String,
        /// The reason, in words that may be shown.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The question assumes that they cannot be reached.
    Out,
    /// Nobody wrote a number down.
    NoNumber,
    /// Every number depends on what is assumed to be down.
    NumberDown {
        /// What that is.
        down: String,
    },
}

/// Somebody in the order, before it is asked whether they can be called.
struct Candidate<'a> {
    position: usize,
    responder: usize,
    id: &'a Id<Person>,
    person: &'a Person,
    rota: Option<&'a str>,
    on_until: Option<Timestamp>,
    instead_of: Option<&'a Id<Person>>,
}

/// Whom to call for an order of people and rotas.
pub fn line_up(scene: Scene<'_>, order: &[Responder]) -> LineUp {
    let mut line = LineUp::default();
    let mut met: BTreeSet<&Id<Person>> = BTreeSet::new();
    for candidate in candidates(scene, order, &mut line.unknown) {
        if !met.insert(candidate.id) {
            continue;
        }
        match reach(scene, candidate.person, candidate.id) {
            Ok(number) => {
                let instead_of = candidate.instead_of.map(|id| scene.team.person_name(id));
                line.step(scene, &candidate, (candidate.id, candidate.person), Some(number), instead_of);
            }
            Err(why) => {
                let stand_in = stand_in(scene, candidate.person);
                line.skipped.push(Skipped {
                    position: candidate.position,
                    id: candidate.id.to_string(),
                    name: candidate.person.name.clone(),
                    why,
                    delegate: scene
                        .away(candidate.person)
                        .and_then(|away| away.delegate)
                        .map(|id| scene.team.person_name(id).to_owned()),
                    stand_in: stand_in.as_ref().map(|(_, person, _)| person.name.clone()),
                });
                // Whoever stands in takes the place, unless they had an earlier one already.
                if let Some((id, person, number)) = stand_in
                    && met.insert(id)
                {
                    line.step(scene, &candidate, (id, person), Some(number), Some(&candidate.person.name));
                }
            }
        }
    }
    line
}

/// Those of some people who can be called, whoever is likely awake first, else as they stand. Nobody stands in for them.
pub fn awake_first(scene: Scene<'_>, people: &[Responder]) -> LineUp {
    let asked = line_up(scene, people);
    let sleeps = |responder: usize| {
        let own = asked.steps.iter().find(|step| step.responder == responder);
        own.is_none_or(|step| step.stands_in_for.is_some() || step.call.there.likely_asleep)
    };
    let mut order: Vec<usize> = (0..people.len()).collect();
    order.sort_by_key(|&responder| sleeps(responder));
    let sorted: Vec<Responder> = order.into_iter().filter_map(|responder| people.get(responder)).cloned().collect();
    let mut line = line_up(scene, &sorted);
    line.steps.retain(|step| step.stands_in_for.is_none());
    line.skipped.iter_mut().for_each(|skipped| skipped.stand_in = None);
    line
}

impl LineUp {
    /// The first call.
    pub fn first(&self) -> Option<&Step> {
        self.steps.first()
    }

    /// Whoever is likely awake and comes earliest, when the first one likely sleeps.
    pub fn fastest_awake(&self) -> Option<&Step> {
        let first = self.steps.first()?;
        self.steps.iter().find(|step| !step.call.there.likely_asleep).filter(|_| first.call.there.likely_asleep)
    }

    fn step(
        &mut self,
        scene: Scene<'_>,
        candidate: &Candidate<'_>,
        (id, person): (&Id<Person>, &Person),
        number: Option<NumberCard>,
        stands_in_for: Option<&str>,
    ) {
        self.lost.extend(lost(scene, person));
        let waiting = i64::from(scene.team.policy.answer_within_min) * i64::try_from(self.steps.len()).unwrap_or(0);
        let from = scene.moment.now.saturating_add(waiting.minutes()).unwrap_or(Timestamp::MAX);
        self.steps.push(Step {
            position: candidate.position,
            responder: candidate.responder,
            call: Call { number, ..Call::to(scene.team, id, person, scene.moment) },
            rota: candidate.rota.map(str::to_owned),
            on_until: candidate.on_until,
            on_until_clock: candidate.on_until.map(|until| clock_time(scene.moment, until)),
            stands_in_for: stands_in_for.map(str::to_owned),
            part: None,
            wake_how: person.wake.how.clone(),
            wake_when: person.wake.when.clone(),
            today: scene.named_days(person),
            dial: None,
            from,
            from_clock: clock_time(scene.moment, from),
        });
    }
}

impl Why {
    /// The reason in a few words: `away until Sun 22 Nov`.
    pub fn text(&self) -> String {
        match self {
            Self::Away { until_text, .. } => format!("away until {until_text}"),
            Self::Out => "out".to_owned(),
            Self::NoNumber => "no number".to_owned(),
            Self::NumberDown { down } => format!("no number without {down}"),
        }
    }

    /// The reason in one word, for records and JSON: `away`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Away { .. } => "away",
            Self::Out => "out",
            Self::NoNumber => "no-number",
            Self::NumberDown { .. } => "number-down",
        }
    }

    /// The reason of an absence, if one was written that may be shown.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Away { reason, .. } => reason.as_deref(),
            _ => None,
        }
    }
}

/// A position in words: `first` to `fourth`, then `number 5`.
pub fn rank(position: usize) -> String {
    match position {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        4 => "fourth".to_owned(),
        n => format!("number {n}"),
    }
}

/// The people of an order, numbered as they come; somebody who stands there again keeps their first place.
fn candidates<'a>(scene: Scene<'a>, order: &'a [Responder], unknown: &mut Vec<String>) -> Vec<Candidate<'a>> {
    let mut all: Vec<Candidate<'a>> = Vec::new();
    let mut met = BTreeSet::new();
    let mut add = |responder: usize, id: &'a Id<Person>, person: &'a Person, turn: Option<(&'a str, Turn<'a>)>| {
        if met.insert(id) {
            let (rota, turn) = turn.unzip();
            let (on_until, instead_of) = (turn.as_ref().map(|turn| turn.until), turn.and_then(|turn| turn.instead_of));
            all.push(Candidate { position: met.len(), responder, id, person, rota, on_until, instead_of });
        }
    };
    for (index, responder) in order.iter().enumerate() {
        match responder.resolve(scene.team) {
            Some((Thing::Person, id)) => {
                if let Some((id, person)) = scene.person(id) {
                    add(index, id, person, None);
                }
            }
            Some((_, id)) => {
                let Some(rota) = Id::parse(id).ok().and_then(|id| scene.team.rotas.get(&id)) else { continue };
                match rota.on(scene.moment.now) {
                    Ok(turns) if turns.is_empty() => unknown.push(format!("{}: nobody is on duty now", rota.name)),
                    Ok(turns) => {
                        for turn in turns {
                            if let Some(person) = scene.team.people.get(turn.person) {
                                add(index, turn.person, person, Some((&rota.name, turn)));
                            }
                        }
                    }
                    Err(Unplanned::Ended(at)) => {
                        let at = day(at.to_zoned(scene.moment.zone.clone()).date(), scene.moment.here().date());
                        unknown.push(format!("{}: planned until {at} only", rota.name));
                    }
                    Err(Unplanned::Zone(zone)) => {
                        unknown.push(format!("{}: this version of kit does not know the zone {zone}", rota.name));
                    }
                }
            }
            None => unknown.push(format!("{responder}: this kit has nobody and no rota of that name")),
        }
    }
    all
}

/// The first number of a person that is not lost, or why they cannot be called.
pub(super) fn reach(scene: Scene<'_>, person: &Person, id: &Id<Person>) -> Result<NumberCard, Why> {
    if scene.what_if.is_out(id) {
        return Err(Why::Out);
    }
    if let Some(away) = scene.away(person) {
        let today = scene.moment.at(&person.zone).date();
        let (until_text, reason) = (day(away.until, today), away.why.map(str::to_owned));
        return Err(Why::Away { until: away.until, until_text, reason });
    }
    let mut down = None;
    for number in &person.numbers {
        match scene.what_if.fells_number(number) {
            None => return Ok(NumberCard::of(scene.team, number, scene.moment)),
            lost => down = down.or(lost),
        }
    }
    Err(down.map_or(Why::NoNumber, |down| Why::NumberDown { down }))
}

/// The numbers of a person that are lost with what is assumed to be down, in words.
fn lost<'a>(scene: Scene<'a>, person: &'a Person) -> impl Iterator<Item = String> {
    person.numbers.iter().filter_map(move |number| {
        let down = scene.what_if.fells_number(number)?;
        Some(format!("{}'s {}, which needs {down}", person.name, number.read_aloud()))
    })
}

/// Whoever stands in for somebody who is away, or for them in turn, and can be called.
fn stand_in<'a>(scene: Scene<'a>, person: &'a Person) -> Option<(&'a Id<Person>, &'a Person, NumberCard)> {
    let mut seen = BTreeSet::new();
    let mut absent = person;
    loop {
        let delegate = scene.away(absent)?.delegate?;
        // Two who stand in for each other are both away.
        if !seen.insert(delegate) {
            return None;
        }
        let person = scene.team.people.get(delegate)?;
        match reach(scene, person, delegate) {
            Ok(number) => return Some((delegate, person, number)),
            Err(_) => absent = person,
        }
    }
}
