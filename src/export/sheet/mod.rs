//! Whom to call, how to meet and what to use instead, as it is printed: what holds for a month, and not only now.

mod codes;
mod html;
mod pages;
mod parts;
mod people;
mod text;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;

use super::{outgoing::Outgoing, plain::plain};
use crate::team::{Id, System, Window};

pub use html::sheet_html;
pub use pages::{Look, sheet_pages};
pub use text::sheet_text;

/// What a sheet is about.
#[derive(Debug, Clone, Copy)]
pub enum About<'a> {
    /// Everything in the kit.
    Team,
    /// Those who have this among their teams.
    Part(&'a str),
    /// One system.
    System(&'a Id<System>),
    /// One window.
    Window(&'a Id<Window>),
}

/// What stands on a sheet, in its order: what is done first comes first. All texts are plain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// The name of what it is about.
    pub about: String,
    /// When it was so.
    pub as_of: Timestamp,
    /// The day by which it is replaced, whatever changed.
    pub replace_by: Date,
    /// When the window is, and what it is about, in sentences.
    pub window: Vec<String>,
    /// Ways to meet, the first one first.
    pub join: Vec<Way>,
    /// Where to meet when none of them works.
    pub meet: Option<String>,
    /// What to say first.
    pub say_first: Option<String>,
    /// Minutes without an answer after which the next one is called.
    pub answer_within_min: u8,
    /// Whom to call, in order.
    pub people: Vec<Caller>,
    /// Turns on rotas while the sheet is valid.
    pub turns: Vec<Turns>,
    /// Who answers for what.
    pub systems: Vec<Named>,
    /// What to use when something is down.
    pub instead: Vec<Named>,
    /// Who decides, and who when they cannot be reached.
    pub decides: Vec<Named>,
    /// Suppliers.
    pub outside: Vec<Outside>,
    /// What is not on it.
    pub left_out: Vec<String>,
}

/// A way to meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Way {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its numbers.
    pub numbers: Vec<Line>,
    /// What is keyed in.
    pub pin: Option<String>,
    /// Where it is, when it has no number.
    pub reach: Option<String>,
    /// What it does not work without.
    pub needs: Vec<String>,
}

/// Somebody to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Caller {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their numbers, the first one first.
    pub numbers: Vec<Line>,
    /// What they do, and where: `SRE, London`.
    pub role: String,
    /// Hours from UTC while the sheet is valid: `+0, +1 from 29 Mar`.
    pub utc: String,
    /// What a caller should know, in short sentences: when they may be woken, when they are away.
    pub notes: Vec<String>,
}

/// A number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// As it is read.
    pub shown: String,
    /// As it is dialled.
    pub e164: String,
    /// What it reaches: `mobile`.
    pub kind: &'static str,
    /// When somebody last made sure of it.
    pub checked: Option<Date>,
}

/// The turns of a rota.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Turns {
    /// The rota's name.
    pub rota: String,
    /// From when who is on duty: `Fri 20 Nov 09:00`, by UTC, and the name.
    pub from: Vec<(String, String)>,
    /// What else there is to say of it.
    pub note: Option<String>,
}

/// Something with names in an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its id, with its kind: `system:payments-db`.
    pub id: String,
    /// What it is called.
    pub what: String,
    /// Names, or what to use, in order.
    pub then: Vec<String>,
    /// What else there is to say of it.
    pub note: Option<String>,
}

/// A supplier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outside {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its numbers.
    pub numbers: Vec<Line>,
    /// What they ask for: account, contract and PIN.
    pub asks: Vec<String>,
}

/// What stands on the sheet of a team, or of a part of it.
pub fn sheet(out: Outgoing<'_>, about: About<'_>, replace_by: Timestamp) -> Sheet {
    let team = out.team;
    let called = people::order(out, about);
    let home = called.iter().map(|(_, person)| super::outgoing::home_numbers(&person.numbers)).sum();
    let pins = parts::pins(out, about);
    let name = |id: &str, name: Option<&str>| plain(name.unwrap_or(id));
    let window = match about {
        About::Window(id) => team.windows.get(id),
        _ => None,
    };
    Sheet {
        about: match about {
            About::Team => plain(&team.name),
            About::Part(part) => plain(part),
            About::System(id) => name(id.as_str(), team.systems.get(id).map(|it| it.name.as_str())),
            About::Window(id) => name(id.as_str(), window.map(|it| it.name.as_str())),
        },
        as_of: out.now,
        replace_by: replace_by.to_zoned(TimeZone::UTC).date(),
        window: window.map(parts::window).unwrap_or_default(),
        join: parts::join(out),
        meet: team.rendezvous.as_deref().map(plain),
        say_first: team.say_first.as_deref().map(plain),
        answer_within_min: team.policy.answer_within_min,
        people: people::callers(out, (about, window), &called, replace_by),
        turns: parts::turns(out, about, replace_by),
        systems: parts::systems(out, about),
        instead: parts::instead(out, about),
        decides: parts::decides(out, about),
        outside: parts::outside(out, about),
        left_out: out.left_out(home, pins),
    }
}

impl Sheet {
    /// What stands on it, each by what it is about: to know later what changed. Turns are not among it: they change by themselves.
    pub fn facts(&self) -> BTreeMap<String, String> {
        let mut facts = BTreeMap::new();
        let mut lines = |of: String, lines: &[Line]| {
            for (at, line) in lines.iter().enumerate() {
                facts.insert(format!("{of} {} {}", line.kind, at + 1), line.shown.clone());
            }
        };
        for person in &self.people {
            lines(format!("person:{}", person.id), &person.numbers);
        }
        for way in &self.join {
            lines(format!("bridge:{}", way.id), &way.numbers);
        }
        for vendor in &self.outside {
            lines(format!("vendor:{}", vendor.id), &vendor.numbers);
        }
        for way in &self.join {
            let also: Vec<&str> = way.pin.iter().chain(&way.reach).map(String::as_str).collect();
            facts.extend(Some((format!("bridge:{} way in", way.id), also.join(", "))).filter(|(_, also)| !also.is_empty()));
        }
        for named in self.systems.iter().chain(&self.instead).chain(&self.decides) {
            facts.insert(named.id.clone(), named.then.join(", then "));
        }
        facts
    }

    /// When it was so, in words: `18 Nov 2026 02:12 UTC`.
    fn as_of_words(&self) -> String {
        self.as_of.strftime("%-d %b %Y %H:%M UTC").to_string()
    }

    /// The rule by which calls are made.
    fn rule(&self) -> String {
        format!("Ring twice within 3 min. No answer in {} min: the next one.", self.answer_within_min)
    }
}

/// A day in words: `18 Dec 2026`.
fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}
