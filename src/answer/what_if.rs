//! What if something is down and somebody is out: what falls with it, and what survives.
//!
//! A thing falls when it is down itself, or when anything it needs falls.

use std::collections::BTreeSet;

use super::{Match, Search, Strictness, card::name_of, fold::fold, lookup_among};
use crate::team::{Id, Kind, Need, Number, Person, Team, Thing};

/// What is assumed to be lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhatIf {
    down: Vec<Down>,
    out: Vec<Id<Person>>,
}

/// Something that is assumed to be down.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Down {
    /// A tool, vendor, system or bridge.
    Thing(Thing, String),
    /// One of [`Need::COMMON`].
    Common(String),
    /// A network that numbers depend on, as the team writes it.
    Carrier(String),
}

/// A name after `--down` or `--out` that is none, or stands for several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclear {
    /// As it was asked.
    pub query: String,
    /// Whether it should have been a person.
    pub wants_person: bool,
    /// What it may have meant, best first; several that match, or the nearest when none does.
    pub candidates: Vec<Match>,
    /// Whether the candidates match; otherwise they are only near.
    pub is_ambiguous: bool,
}

impl WhatIf {
    /// Reads what is assumed from names as people write them.
    ///
    /// # Errors
    /// [`Unclear`] for the first name that does not stand for one thing.
    pub fn of(team: &Team, down: &[String], out: &[String], strictness: Strictness) -> Result<Self, Unclear> {
        let down = down.iter().map(|query| Down::of(team, query, strictness)).collect::<Result<_, _>>()?;
        let person = |query: &String| {
            let found = one(team, query, strictness, &[Thing::Person])?;
            Id::parse(&found.id).map_err(|_| Unclear::nothing(query, true, Vec::new()))
        };
        Ok(Self { down, out: out.iter().map(person).collect::<Result<_, _>>()? })
    }

    /// The same with one more tool, bridge, vendor or system down.
    pub fn and_down(&self, kind: Thing, id: &str) -> Self {
        let mut more = self.clone();
        more.down.push(Down::Thing(kind, id.to_owned()));
        more
    }

    /// Whether nothing is assumed.
    pub fn is_nothing(&self) -> bool {
        self.down.is_empty() && self.out.is_empty()
    }

    /// Whether somebody is assumed to be out of reach.
    pub fn is_out(&self, person: &Id<Person>) -> bool {
        self.out.contains(person)
    }

    /// Why a thing falls, if it does: the names from what it needs down to what is down, empty when it is down itself.
    pub fn fells(&self, team: &Team, kind: Thing, id: &str) -> Option<Vec<String>> {
        if self.is_down(kind, id) { Some(Vec::new()) } else { self.fells_any(team, needs_of(team, kind, id), Some((kind, id))) }
    }

    /// What takes a number away, if anything does: its network, or telephones as a whole.
    pub fn fells_number(&self, number: &Number) -> Option<String> {
        self.down.iter().find_map(|down| {
            let falls = match down {
                Down::Carrier(name) => number.carrier.as_ref().is_some_and(|carrier| fold(carrier) == fold(name)),
                Down::Common(need) if need == "phone" => number.kind != Kind::Satellite,
                Down::Common(need) if need == "mobile-network" => matches!(number.kind, Kind::Mobile | Kind::Pager),
                _ => false,
            };
            falls.then(|| down.name_without_team())
        })
    }

    /// What is assumed, in words: `Slack and Okta down, Alice Okafor out`; empty for nothing.
    pub fn text(&self, team: &Team) -> String {
        let down: Vec<String> = self.down.iter().map(|down| down.name(team)).collect();
        let out: Vec<String> = self.out.iter().map(|id| team.person_name(id).to_owned()).collect();
        let part = |names: Vec<String>, word: &str| (!names.is_empty()).then(|| format!("{} {word}", and(&names)));
        [part(down, "down"), part(out, "out")].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn is_down(&self, kind: Thing, id: &str) -> bool {
        self.down.iter().any(|down| matches!(down, Down::Thing(k, i) if *k == kind && i == id))
    }

    /// The first way from some needs to what is down. A loop and no recursion: a chain of needs may be as long as a kit has
    /// things, and longer than the stack.
    fn fells_any<'a>(&self, team: &'a Team, needs: &'a [Need], whose: Option<(Thing, &'a str)>) -> Option<Vec<String>> {
        if self.down.is_empty() {
            return None;
        }
        // Needs may go round in a circle.
        let mut seen: BTreeSet<(Thing, &str)> = whose.into_iter().collect();
        let mut way: Vec<(Thing, &str)> = Vec::new();
        let mut ahead = vec![needs.iter()];
        let names = |way: &[(Thing, &str)]| -> Vec<String> {
            way.iter().map(|(kind, id)| name_of(team, *kind, id).unwrap_or_else(|| (*id).to_owned())).collect()
        };
        while let Some(rest) = ahead.last_mut() {
            let Some(need) = rest.next() else {
                ahead.pop();
                way.pop();
                continue;
            };
            match need.resolve(team) {
                Some((kind, id)) if self.is_down(kind, id) => {
                    way.push((kind, id));
                    return Some(names(&way));
                }
                Some((kind, id)) => {
                    if seen.insert((kind, id)) {
                        way.push((kind, id));
                        ahead.push(needs_of(team, kind, id).iter());
                    }
                }
                None => {
                    let down = self.down.iter().find(|down| matches!(down, Down::Common(word) if word == need.as_str()));
                    if let Some(down) = down {
                        return Some([names(&way), vec![down.name(team)]].concat());
                    }
                }
            }
        }
        None
    }
}

impl Down {
    fn of(team: &Team, query: &str, strictness: Strictness) -> Result<Self, Unclear> {
        let word = fold(query).replace(' ', "-");
        if let Some(common) = Need::COMMON.iter().find(|common| **common == word) {
            return Ok(Self::Common((*common).to_owned()));
        }
        let numbers = team.people.values().flat_map(|person| &person.numbers);
        let numbers = numbers.chain(team.bridges.values().flat_map(|bridge| &bridge.numbers));
        let numbers = numbers.chain(team.vendors.values().flat_map(|vendor| &vendor.numbers));
        let carrier = numbers.filter_map(|number| number.carrier.as_ref()).find(|carrier| fold(carrier) == fold(query));
        match one(team, query, strictness, &[Thing::Tool, Thing::Vendor, Thing::System, Thing::Bridge]) {
            Ok(found) => Ok(Self::Thing(found.kind, found.id)),
            Err(unclear) => carrier.map(|carrier| Self::Carrier(carrier.clone())).ok_or(unclear),
        }
    }

    fn name(&self, team: &Team) -> String {
        match self {
            Self::Thing(kind, id) => name_of(team, *kind, id).unwrap_or_else(|| id.clone()),
            _ => self.name_without_team(),
        }
    }

    fn name_without_team(&self) -> String {
        match self {
            Self::Thing(_, id) => id.clone(),
            Self::Common(word) if word == "dns" => "DNS".to_owned(),
            Self::Common(word) if word == "phone" => "telephones".to_owned(),
            Self::Common(word) => word.replace('-', " "),
            Self::Carrier(name) => name.clone(),
        }
    }
}

impl Unclear {
    fn nothing(query: &str, wants_person: bool, near: Vec<Match>) -> Self {
        Self { query: query.to_owned(), wants_person, candidates: near, is_ambiguous: false }
    }
}

fn one(team: &Team, query: &str, strictness: Strictness, kinds: &[Thing]) -> Result<Match, Unclear> {
    let wants_person = kinds == [Thing::Person];
    match lookup_among(team, query, strictness, kinds) {
        Search::One { found, .. } => Ok(found),
        Search::Many { candidates, .. } => Err(Unclear { query: query.to_owned(), wants_person, candidates, is_ambiguous: true }),
        Search::None { near } => Err(Unclear::nothing(query, wants_person, near)),
    }
}

/// What a thing does not work without, as it is written.
pub(super) fn needs_of<'a>(team: &'a Team, kind: Thing, id: &str) -> &'a [Need] {
    fn under<'a, T, V>(map: &'a std::collections::BTreeMap<Id<T>, V>, id: &str, needs: fn(&V) -> &[Need]) -> &'a [Need] {
        Id::parse(id).ok().and_then(|id| map.get(&id)).map_or(&[], needs)
    }
    match kind {
        Thing::Tool => under(&team.tools, id, |it| &it.needs),
        Thing::Bridge => under(&team.bridges, id, |it| &it.needs),
        Thing::System => under(&team.systems, id, |it| &it.needs),
        Thing::Credential => under(&team.credentials, id, |it| &it.needs),
        _ => &[],
    }
}

/// `A`, `A and B`, `A, B and C`.
pub(super) fn and(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
