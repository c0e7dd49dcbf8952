//! Whom a card says to call, in the order to try: what scripts read, what the finder shows and what its code dials.

use crate::{
    answer::{Call, Card, NumberCard, PersonCard},
    team::Thing,
};

/// One number to dial, or somebody who has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dial {
    /// Who or what answers.
    pub who: String,
    /// For dialling: `+447700900123`; empty where there is no number.
    pub e164: String,
    /// For reading: `+44 7700 900123`.
    pub shown: String,
    /// `ok`, `stale`, `away`, or `none` where there is no number.
    pub state: &'static str,
}

/// The columns of `--plain`, as the help of the commands says them.
pub(super) fn record(card: &Card, dial: &Dial) -> Vec<String> {
    let (kind, id, name) = title(card);
    let Dial { who, e164, shown, state } = dial.clone();
    vec![kind.word().to_owned(), id, name, who, e164, shown, state.to_owned()]
}

/// Every number of a card, the one of line 1 first; one without a number when it has none.
pub(super) fn dials(card: &Card) -> Vec<Dial> {
    let dials: Vec<Dial> = match card {
        Card::Person(card) => person(card),
        Card::System(card) => card.line.steps.iter().map(|step| &step.call).chain(&card.fallback).map(called).collect(),
        Card::Tool(card) => {
            let ways = card.instead.iter().filter_map(|way| {
                let shown = way.number.clone()?;
                Some(Dial { who: way.name.clone(), e164: shown.replace(' ', ""), shown, state: "ok" })
            });
            ways.chain(card.ask.iter().map(|ask| called(&ask.call))).collect()
        }
        Card::Bridge(card) => {
            let ways = card.asked.iter().chain(card.join.iter().filter(|_| card.asked.is_none()));
            ways.flat_map(|way| way.numbers.iter().map(|number| dial(&way.name, number))).collect()
        }
        Card::Vendor(card) => card.numbers.iter().map(|number| dial(&card.name, number)).collect(),
        Card::Credential(card) => {
            let others = card.holders.iter().filter(|holder| card.owner.as_ref().is_none_or(|owner| owner.id != holder.id));
            card.owner.iter().chain(others).map(called).collect()
        }
        Card::Authority(card) => card.line.steps.iter().map(|step| called(&step.call)).collect(),
        Card::Rota(card) => card.line.steps.iter().map(|step| called(&step.call)).collect(),
        Card::Tier(card) => card.holders.iter().map(called).collect(),
        Card::Window(card) => card.people.iter().map(|role| called(&role.call)).collect(),
        Card::Calendar(_) => Vec::new(),
    };
    if dials.is_empty() {
        let (_, _, name) = title(card);
        return vec![Dial { who: name, e164: String::new(), shown: String::new(), state: "none" }];
    }
    dials
}

/// What a card is about: kind, id, name.
fn title(card: &Card) -> (Thing, String, String) {
    match card {
        Card::Person(card) => (Thing::Person, card.call.id.clone(), card.call.name.clone()),
        Card::System(card) => (Thing::System, card.id.clone(), card.name.clone()),
        Card::Tool(card) => (Thing::Tool, card.id.clone(), card.name.clone()),
        Card::Bridge(card) => {
            let way = card.asked.as_ref().or(card.join.as_ref());
            let (id, name) = way.map(|way| (way.id.clone(), way.name.clone())).unwrap_or_default();
            (Thing::Bridge, id, name)
        }
        Card::Vendor(card) => (Thing::Vendor, card.id.clone(), card.name.clone()),
        Card::Credential(card) => (Thing::Credential, card.id.clone(), card.title.clone()),
        Card::Authority(card) => (Thing::Authority, card.id.clone(), card.decision.clone()),
        Card::Rota(card) => (Thing::Rota, card.id.clone(), card.name.clone()),
        Card::Tier(card) => (Thing::Tier, card.id.clone(), card.name.clone()),
        Card::Window(card) => (Thing::Window, card.plan.line.id.clone(), card.plan.line.name.clone()),
        Card::Calendar(card) => (Thing::Calendar, card.id.clone(), card.name.clone()),
    }
}

/// Whoever stands in comes first; the numbers of somebody who is away are marked.
fn person(card: &PersonCard) -> Vec<Dial> {
    let own = card.numbers.iter().map(|number| dial(&card.call.name, number));
    let own = own.map(|dial| if card.away.is_some() { Dial { state: "away", ..dial } } else { dial });
    card.instead.iter().map(called).chain(own).collect()
}

fn called(call: &Call) -> Dial {
    match &call.number {
        Some(number) => dial(&call.name, number),
        None => Dial { who: call.name.clone(), e164: String::new(), shown: String::new(), state: "none" },
    }
}

fn dial(who: &str, number: &NumberCard) -> Dial {
    let state = if number.stale { "stale" } else { "ok" };
    Dial { who: who.to_owned(), e164: number.e164.clone(), shown: number.shown.clone(), state }
}
