//! `kit lookup`: one person, system, tool, bridge, vendor or credential label.

use clap::Args;
use serde::Serialize;

use crate::{
    answer::{self, Card, Scene, WhatIf},
    cli::{
        failure::{Failure, Kind},
        find::find,
        screen,
        session::Session,
    },
    team::Thing,
};

/// Find a person, system, tool, bridge, vendor or credential label, or whom a number belongs to
///
/// Examples:
///   kit lookup alice
///   kit lookup "+44 7700 900123"
///
/// Names, ids, aliases, e-mail addresses and numbers, whatever their case and accents. On a terminal typing errors are
/// forgiven; in scripts only exact names count. kind:id (person:alice.okafor) means just that one.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// A name, alias, id, e-mail address or number
    #[arg(required = true, value_name = "NAME")]
    query: Vec<String>,
}

/// What was asked, and the answer.
#[derive(Serialize)]
struct Answer<'a> {
    query: &'a str,
    found: &'a Card,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let query = arguments.query.join(" ");
    if query.trim().is_empty() {
        return Err(Failure::usage("the name to look up is empty.").hint("For example: kit lookup alice"));
    }
    let reading = session.read()?;
    let found = find(&mut session, &reading, &query, &Thing::ALL, "lookup")?;
    let moment = session.moment().clone();
    let scene = Scene { team: &reading.team, moment: &moment, what_if: &WhatIf::default() };
    let card = answer::card(scene, &found)
        .ok_or_else(|| Failure::new(Kind::NotFound, format!("{:?} cannot be shown by this version of kit.", found.id)))?;
    let answer = Answer { query: &query, found: &card };
    session.reply(&reading, "kit.lookup/1", &answer, Vec::new, |screen, standing| screen::card(screen, &card, standing))?;
    // The process ends here: taking a large team apart piece by piece would only keep the reader waiting.
    std::mem::forget(reading);
    Ok(())
}
