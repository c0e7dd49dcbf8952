//! Whom to call about anything: its people in the agreed order, the hotlines outside, what is lost, and who is left at last.

mod order;
mod record;

use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use self::order::Order;
pub(super) use self::order::not_running;
use super::{Call, InCharge, LineUp, Match, NumberCard, Scene, Why, clock_time, in_charge, line_up::reach, what_if::and};
use crate::team::{E164, Id, Person, Region, Rota, Thing, Vendor, WakeWhen};

/// The importance that wakes people.
const WAKING_TIER: u8 = 1;
/// A team of up to this many people is listed as a whole: it fits a screen or two.
const WHOLE_TEAM_MAX: usize = 30;
/// How far ahead it is looked for who follows on a rota, in days: a turn of a year and some.
const FOLLOWING_DAYS: i64 = 400;

/// Most hand-overs that are looked at for who follows: ten shifts a day for more than a year.
const CHANGES_MAX: usize = 4_000;

/// Whom to call about one thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Who {
    /// What kind of thing was asked about.
    pub kind: Thing,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is the decision whose holder is in charge.
    pub is_lead: bool,
    /// A system's importance: 1 wakes people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<u8>,
    /// People, in order.
    #[serde(flatten)]
    pub line: LineUp,
    /// Suppliers to call, in order.
    pub hotlines: Vec<Hotline>,
    /// What does not hold now, in sentences: `Epic migration begins Sun 07:00`.
    pub notes: Vec<String>,
    /// Who follows on a rota.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub following: Option<Following>,
    /// How many holders it takes, where people stand in the order as holders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holders: Option<String>,
    /// The id of whoever is likely awake and comes earliest, when the first one likely sleeps.
    pub fastest_awake: Option<String>,
    /// Whether people may be woken, in words; empty when there is nobody.
    pub ok_to_wake: String,
    /// What is assumed, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_if: Option<String>,
    /// What falls with it, in words.
    pub lost: Vec<String>,
    /// The one in charge, when nobody of the order is left.
    pub in_charge: Option<InCharge>,
    /// Where to meet, when not even that one can be called.
    pub rendezvous: Option<String>,
    /// Everybody else, when they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub everybody: Option<Vec<Other>>,
}

/// A supplier's hotline and what they ask for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hotline {
    /// The vendor's id.
    pub id: String,
    /// The vendor's name.
    pub name: String,
    /// The first number that is not lost; `None` when there is none.
    pub number: Option<NumberCard>,
    /// Account number they ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Contract number they ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// Support PIN they ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// Where to open a case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Anything a caller should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What to dial in the country that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dial: Option<String>,
}

/// Who follows on a rota, and when.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Following {
    /// From when.
    pub from: Timestamp,
    /// The same on the reader's clock.
    pub from_clock: String,
    /// Who, in the order to call them.
    pub people: Vec<String>,
}

/// Somebody who is not in the order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Other {
    /// The call.
    #[serde(flatten)]
    pub call: Call,
    /// Teams within the organisation.
    pub teams: Vec<String>,
    /// Why they cannot be called, if they cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not: Option<Why>,
    /// What to dial in the country that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dial: Option<String>,
}

impl Who {
    /// The kinds of thing that somebody can be called about.
    pub const KINDS: [Thing; 9] = [
        Thing::Person,
        Thing::System,
        Thing::Tool,
        Thing::Authority,
        Thing::Vendor,
        Thing::Tier,
        Thing::Credential,
        Thing::Window,
        Thing::Rota,
    ];

    /// Whether anybody at all can be called.
    pub fn is_anybody(&self) -> bool {
        !self.line.steps.is_empty() || self.hotline().is_some() || self.in_charge.is_some()
    }

    /// The first hotline that can be called.
    pub fn hotline(&self) -> Option<&Hotline> {
        self.hotlines.iter().find(|hotline| hotline.number.is_some())
    }

    /// Whether the hotline comes before the people: a supplier was asked for, or nobody of the team is left.
    pub fn is_hotline_first(&self) -> bool {
        self.hotline().is_some() && (self.kind == Thing::Vendor || self.line.steps.is_empty())
    }

    /// Adds to every number what to dial in a country.
    #[must_use]
    pub fn dialled_from(mut self, region: Region) -> Self {
        let dial = |number: Option<&NumberCard>| E164::parse(&number?.e164).ok().map(|number| number.dial_from(region));
        for step in &mut self.line.steps {
            step.dial = dial(step.call.number.as_ref());
        }
        for hotline in &mut self.hotlines {
            hotline.dial = dial(hotline.number.as_ref());
        }
        for other in self.everybody.iter_mut().flatten() {
            other.dial = dial(other.call.number.as_ref());
        }
        self
    }
}

/// Whom to call about a thing that a lookup found; `None` when it is of no kind that has people, or the team has it no more.
pub fn who(scene: Scene<'_>, found: &Match, with_everybody: bool) -> Option<Who> {
    let order = Order::of(scene, found.kind, &found.id)?;
    let mut line = order.line_up(scene);
    let numbers = std::mem::take(&mut line.lost);
    let hotlines: Vec<Hotline> = order.vendors.iter().map(|(id, vendor)| Hotline::of(scene, id, vendor)).collect();
    let is_nobody = line.steps.is_empty() && hotlines.iter().all(|hotline| hotline.number.is_none());
    let in_charge = if is_nobody { in_charge(scene) } else { None };
    Some(Who {
        kind: found.kind,
        id: found.id.clone(),
        name: found.name.clone(),
        is_lead: found.kind == Thing::Authority && scene.team.lead.as_ref().is_some_and(|lead| lead.as_str() == found.id),
        tier: order.tier,
        following: order.rota.and_then(|rota| following(scene, rota)),
        fastest_awake: line.fastest_awake().map(|step| step.call.id.clone()),
        ok_to_wake: ok_to_wake(&line, (order.tier == Some(WAKING_TIER)).then_some(found.id.as_str())),
        what_if: (!scene.what_if.is_nothing()).then(|| scene.what_if.text(scene.team)),
        lost: lost(scene, found, &order).into_iter().chain(numbers).collect(),
        rendezvous: scene.team.rendezvous.clone().filter(|_| is_nobody && in_charge.is_none()),
        everybody: with_everybody.then(|| everybody(scene, &line)),
        holders: order.holders,
        notes: order.notes,
        in_charge,
        hotlines,
        line,
    })
}

impl Hotline {
    fn of(scene: Scene<'_>, id: &Id<Vendor>, vendor: &Vendor) -> Self {
        let is_down = scene.what_if.fells(scene.team, Thing::Vendor, id.as_str()).is_some();
        let number = vendor.numbers.iter().find(|number| !is_down && scene.what_if.fells_number(number).is_none());
        Self {
            id: id.to_string(),
            name: vendor.name.clone(),
            number: number.map(|number| NumberCard::of(scene.team, number, scene.moment)),
            account: vendor.account.clone(),
            contract: vendor.contract.clone(),
            pin: vendor.pin.clone(),
            url: vendor.url.clone(),
            note: vendor.note.clone(),
            dial: None,
        }
    }
}

/// Who is on duty after those who are now, at the first hand-over to somebody else.
fn following(scene: Scene<'_>, rota: &Rota) -> Option<Following> {
    let now = scene.moment.now;
    let on = |at: Timestamp| -> Vec<&Id<Person>> {
        rota.on(at).map(|turns| turns.into_iter().map(|turn| turn.person).collect()).unwrap_or_default()
    };
    let until = now.saturating_add((FOLLOWING_DAYS * 24).hours()).unwrap_or(Timestamp::MAX);
    let today = on(now);
    let (from, people) = rota
        .changes(now, until)
        .into_iter()
        .take(CHANGES_MAX)
        .map(|at| (at, on(at)))
        .find(|(_, people)| !people.is_empty() && *people != today)?;
    Some(Following {
        from,
        from_clock: clock_time(scene.moment, from),
        people: people.into_iter().map(|id| scene.team.person_name(id).to_owned()).collect(),
    })
}

/// Whether the people of a line may be woken: one sentence for all of them when any hour is agreed with each.
fn ok_to_wake(line: &LineUp, waking: Option<&str>) -> String {
    let because = waking.map(|id| format!(": {id} is tier {WAKING_TIER}")).unwrap_or_default();
    let any = |when: &WakeWhen| *when == WakeWhen::AnyHour;
    if line.steps.is_empty() {
        return String::new();
    }
    if line.steps.iter().all(|step| any(&step.wake_when)) {
        return match line.steps.as_slice() {
            [one] => format!("OK to wake {} at any hour{because}.", one.call.name),
            _ => format!("OK to wake anyone above at any hour{because}."),
        };
    }
    let names: Vec<String> = line.steps.iter().filter(|step| any(&step.wake_when)).map(|step| step.call.name.clone()).collect();
    let mut rules = if names.is_empty() { Vec::new() } else { vec![format!("{} at any hour", and(&names))] };
    rules.extend(line.steps.iter().filter_map(|step| {
        let name = &step.call.name;
        match &step.wake_when {
            WakeWhen::AnyHour => None,
            WakeWhen::If(condition) => Some(format!("{name} if {condition}")),
            WakeWhen::Never => Some(format!("{name} only in working hours")),
            WakeWhen::NotSaid => Some(format!("{name}: nothing is agreed")),
        }
    }));
    format!("OK to wake {}.", rules.join("; "))
}

/// What falls with what is assumed to be down, in words.
fn lost(scene: Scene<'_>, found: &Match, order: &Order<'_>) -> Vec<String> {
    let mut lost = Vec::new();
    if let Some(chain) = scene.what_if.fells(scene.team, found.kind, &found.id) {
        lost.push(match chain.as_slice() {
            [] => format!("{} itself", found.id),
            [root] => format!("{} is also down with {root}, which it needs", found.id),
            [first, .., root] => format!("{} is also down with {root}: it needs {first}", found.id),
        });
    }
    for (id, vendor) in &order.vendors {
        if scene.what_if.fells(scene.team, Thing::Vendor, id.as_str()).is_some() {
            lost.push(format!("the hotline of {}", vendor.name));
        }
        let numbers = vendor.numbers.iter().filter_map(|number| Some((number, scene.what_if.fells_number(number)?)));
        lost.extend(numbers.map(|(number, down)| format!("{} of {}, which needs {down}", number.read_aloud(), vendor.name)));
    }
    lost
}

/// Everybody who is not in a line: all of a small team, else those who share a team with somebody in it, these first.
fn everybody(scene: Scene<'_>, line: &LineUp) -> Vec<Other> {
    let people = &scene.team.people;
    let ids: Vec<&str> =
        line.steps.iter().map(|step| step.call.id.as_str()).chain(line.skipped.iter().map(|it| it.id.as_str())).collect();
    let teams: Vec<&String> = ids.iter().filter_map(|id| scene.person(id)).flat_map(|(_, person)| &person.teams).collect();
    let is_near = |person: &Person| person.teams.iter().any(|team| teams.contains(&team));
    let mut others: Vec<(&Id<Person>, &Person)> = people
        .iter()
        .filter(|(id, person)| !ids.contains(&id.as_str()) && (people.len() <= WHOLE_TEAM_MAX || is_near(person)))
        .collect();
    others.sort_by_key(|(_, person)| (!is_near(person), person.name.clone()));
    let other = |(id, person): (&Id<Person>, &Person)| {
        let (number, not) = match reach(scene, person, id) {
            Ok(number) => (Some(number), None),
            // Who is away has a number all the same, for when everybody else was tried.
            Err(why @ Why::Away { .. }) => {
                (person.numbers.first().map(|number| NumberCard::of(scene.team, number, scene.moment)), Some(why))
            }
            Err(why) => (None, Some(why)),
        };
        let call = Call { number, ..Call::to(scene.team, id, person, scene.moment) };
        Other { call, teams: person.teams.clone(), not, dial: None }
    };
    others.into_iter().map(other).collect()
}
