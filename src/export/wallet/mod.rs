//! A card for the wallet: the bridge, whom to call, and what calls you. It gets lost: no surnames, no services, nothing sealed.

mod cards;

use super::{outgoing::Outgoing, plain::plain, vcard::callers};
use crate::team::{Id, Number, Person, Team};

pub use cards::wallet_cards;

/// Most people on a card.
const PEOPLE_MAX: usize = 5;
/// Most other ways to meet, and most numbers of suppliers.
const OTHERS_MAX: usize = 3;
/// Most numbers that a pager calls from.
const PAGERS_MAX: usize = 4;

/// What stands on a card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wallet {
    /// Whose card it is: a team, or part of one.
    pub title: String,
    /// The bridge to join first.
    pub bridge: Option<WalletLine>,
    /// What is keyed in there.
    pub pin: Option<String>,
    /// Whom to call, in order.
    pub people: Vec<WalletLine>,
    /// Minutes after which the next one is called.
    pub answer_within_min: u8,
    /// Other ways to meet, in order, in words.
    pub fallbacks: Vec<String>,
    /// Suppliers.
    pub outside: Vec<WalletLine>,
    /// What calls people at night.
    pub pagers: Vec<WalletLine>,
    /// What somebody who finds it is asked to do.
    pub found: Option<String>,
}

/// A name and its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletLine {
    /// What this device knows it by: `person:alice.okafor`.
    pub about: String,
    /// The name: of people without the surname.
    pub name: String,
    /// The number as it is read.
    pub shown: String,
    /// The number as it is dialled.
    pub e164: String,
}

/// What stands on the card of a team, or of some parts of it (`Person::teams`); an error is the parts that there are.
///
/// # Errors
/// Nobody is in any of these parts: the names of all that somebody is in.
pub fn wallet(out: Outgoing<'_>, parts: &[String]) -> Result<Wallet, Vec<String>> {
    let team = out.team;
    let is_in = |person: &Person| {
        parts.is_empty() || person.teams.iter().any(|name| parts.iter().any(|part| part.eq_ignore_ascii_case(name)))
    };
    let mut people: Vec<(&Id<Person>, &Person)> = callers(out);
    let others = team.people.iter().filter(|(id, _)| !people.iter().any(|(known, _)| known == id)).collect::<Vec<_>>();
    // Who is called anyway comes first; of a whole team, others only where nobody is.
    if people.is_empty() || !parts.is_empty() {
        people.extend(others);
    }
    people.retain(|(_, person)| is_in(person));
    if people.is_empty() && !parts.is_empty() {
        let mut all: Vec<String> = team.people.values().flat_map(|person| person.teams.clone()).collect();
        all.sort_unstable();
        all.dedup();
        return Err(all);
    }
    let with_number = people.into_iter().filter_map(|(id, person)| Some((id, person, out.numbers(&person.numbers).next()?)));
    let people: Vec<_> = with_number.take(PEOPLE_MAX).collect();
    let names: Vec<String> = people.iter().map(|(id, person, _)| given_name(team, id, person)).collect();
    let ladder = team.ladder();
    let bridge = ladder.iter().find_map(|(id, bridge)| Some((*id, *bridge, out.numbers(&bridge.numbers).next()?)));
    let fallbacks = ladder.iter().filter(|(id, _)| bridge.is_none_or(|(first, ..)| first != *id)).map(|(_, bridge)| {
        let number = out.numbers(&bridge.numbers).next().map(|number| number.read_aloud().to_owned());
        let place = number.or_else(|| bridge.reach.clone()).unwrap_or_default();
        plain(format!("{}  {place}", bridge.name).trim())
    });
    let vendors =
        team.vendors.iter().filter_map(|(id, it)| Some(line(format!("vendor:{id}"), &it.name, out.numbers(&it.numbers).next()?)));
    let pagers = team.tools.iter().flat_map(|(id, it)| {
        let all = out.numbers(&it.numbers);
        all.map(move |number| line(format!("tool:{id}"), &it.name, number)).collect::<Vec<_>>()
    });
    Ok(Wallet {
        title: if parts.is_empty() { plain(&team.name) } else { plain(&parts.join(", ")) },
        pin: bridge.and_then(|(_, bridge, _)| bridge.pin.as_deref()).map(plain),
        bridge: bridge.map(|(id, bridge, number)| line(format!("bridge:{id}"), &bridge.name, number)),
        people: people.iter().zip(names).map(|((id, _, number), name)| line(format!("person:{id}"), &name, number)).collect(),
        answer_within_min: team.policy.answer_within_min,
        fallbacks: fallbacks.take(OTHERS_MAX).collect(),
        outside: vendors.take(OTHERS_MAX).collect(),
        pagers: pagers.take(PAGERS_MAX).collect(),
        found: None,
    })
}

fn line(about: String, name: &str, number: &Number) -> WalletLine {
    WalletLine { about, name: plain(name), shown: number.read_aloud().to_owned(), e164: number.e164.to_string() }
}

/// The name that a person is called by; with the first letter of the surname where two have the same.
fn given_name(team: &Team, id: &Id<Person>, person: &Person) -> String {
    let words = |person: &Person| -> Vec<String> { person.name.split_whitespace().map(str::to_owned).collect() };
    let own = words(person);
    let first = own.first().cloned().unwrap_or_else(|| id.to_string());
    let same = team.people.iter().filter(|(other, it)| *other != id && words(it).first() == Some(&first)).count();
    match own.last().and_then(|last| last.chars().next()).filter(|_| same > 0 && own.len() > 1) {
        Some(letter) => format!("{first} {letter}."),
        None => first,
    }
}

impl Wallet {
    /// What stands on it, each by what it is about.
    pub fn facts(&self) -> impl Iterator<Item = (String, String)> + '_ {
        let lines = self.bridge.iter().chain(&self.people).chain(&self.outside).chain(&self.pagers);
        let mut seen = std::collections::BTreeMap::<String, usize>::new();
        let numbers = lines.map(move |line| {
            let count = seen.entry(line.about.clone()).or_default();
            *count += 1;
            (if *count == 1 { line.about.clone() } else { format!("{} {count}", line.about) }, line.e164.clone())
        });
        let bridge = self.bridge.as_ref().zip(self.pin.as_ref());
        let pin = bridge.map(|(bridge, pin)| (format!("{} PIN", bridge.about), pin.clone()));
        let fallbacks = (1..).zip(&self.fallbacks).map(|(place, way): (usize, _)| (format!("fallback {place}"), way.clone()));
        numbers.chain(pin).chain(fallbacks)
    }
}
