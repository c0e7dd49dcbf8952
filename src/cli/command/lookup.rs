//! `kit lookup`: anything by its name, or whose a number is.

use clap::Args;
use serde::Serialize;

use crate::{
    answer::{self, Card, Match, NumberCard, WhatIf},
    cli::{
        complete::names,
        dial::{dials, record},
        failure::Failure,
        find::{cannot_be_shown, find, name_of},
        pick::{self, pick},
        screen,
        session::Session,
    },
    key::Identity,
    open::Reading,
    recount::{Whose, openings, recount},
    store::Store,
    team::Thing,
};

/// Find anything by its name: a person, system, tool, bridge, decision, vendor, credential label, window, rota, calendar; or
/// whom a number belongs to
///
/// Examples:
///   kit lookup alice
///   kit lookup "+44 7700 900123"
///
/// Names, ids, aliases, e-mail addresses and numbers, whatever their case and accents. On a terminal typing errors are
/// forgiven; in scripts only exact names count. kind:id (person:alice.okafor) means just that one. Without a name, on a
/// terminal, it is kit pick: type a part and choose.
///
/// With --plain: one line for each number, in the order to try. Columns: kind, id and name of what was found; who answers;
/// the number for dialling; the same for reading; ok, stale, away or none. What has no number has one line with none.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// A name, alias, id, e-mail address or number
    #[arg(value_name = "NAME", add = names(&Thing::ALL))]
    query: Vec<String>,
}

/// What was asked, and the answer.
#[derive(Serialize)]
struct Answer<'a> {
    query: &'a str,
    found: &'a Card,
    /// The number that was asked for, when it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    number_asked: Option<&'a NumberCard>,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    if arguments.query.is_empty() {
        return chosen(session);
    }
    let query = name_of(&arguments.query)
        .ok_or_else(|| Failure::usage("the name to look up is empty.").hint("For example: kit lookup alice"))?;
    let (store, reading, reader) = session.read_with_key()?;
    let found = find(&mut session, &reading, &query, &Thing::ALL, "lookup")?;
    show(session, (&store, &reading, &reader), &query, &found)
}

/// The same for what is chosen in the finder.
pub(super) fn chosen(mut session: Session<'_>) -> Result<(), Failure> {
    // Off a terminal there is no choice to make, whatever the kit holds.
    if !session.ask.allowed {
        return Err(pick::no_terminal());
    }
    let (store, reading, reader) = session.read_with_key()?;
    let found = pick(&mut session, &reading)?;
    show(session, (&store, &reading, &reader), &found.query, &found)
}

fn show(
    mut session: Session<'_>,
    (store, reading, reader): (&Store, &Reading, &Identity),
    query: &str,
    found: &Match,
) -> Result<(), Failure> {
    let card = answer::card(session.scene(reading, &WhatIf::default()), found);
    let mut card = card.ok_or_else(|| cannot_be_shown(&found.id))?;
    if let Card::Credential(card) = &mut card {
        // Journals here know who opened it, and of openings that are in no kit yet; a damaged one keeps no card from anybody.
        let known = openings(&recount(store, reading, reader, Whose::All).unwrap_or_default());
        let burned = answer::burned(&reading.team, &known, session.moment());
        card.opened = burned.into_iter().find(|burned| burned.credential.as_str() == card.id);
    }
    let asked = answer::number_asked(&reading.team, found, query);
    let asked = asked.map(|number| NumberCard::of(&reading.team, number, session.moment()));
    let answer = Answer { query, found: &card, number_asked: asked.as_ref() };
    let records = || dials(&card).iter().map(|dial| record(&card, dial)).collect();
    session.reply(reading, "kit.lookup/1", &answer, records, |screen, standing| {
        screen::card(screen, &card, asked.as_ref(), standing);
    })
}
