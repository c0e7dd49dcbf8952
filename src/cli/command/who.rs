//! `kit who`: whom to call about anything, in the agreed order.

use clap::Args;
use serde::Serialize;

use crate::{
    answer::{self, Match, Who},
    cli::{
        complete::names,
        failure::{Failure, Kind},
        find::{find, name_of, nobody_left},
        options::Assumed,
        screen,
        session::Session,
    },
    open::Reading,
    team::{Region, Thing},
};

/// Say whom to call, in the agreed order
///
/// Examples:
///   kit who payments-db
///   kit who payments-db --out alice.okafor --down okta
///   kit who payments-db --from DE
///
/// For a system, tool, vendor, credential, window, rota, person or decision
/// ("kit who incident-lead"); without a name, who is in charge. Whoever is away
/// or out is skipped and named once, and whoever stands in takes the place.
///
/// When nobody of the order is left, the first line says so and names the one in
/// charge. Exit status 1 when not even that one can be called.
///
/// With --plain: position, id, name, number, zone, local time, likely asleep
/// (yes or no), call from (RFC 3339), state. The state is "call", "hotline",
/// "in-charge", "other" (--all), or why somebody is skipped: "away", "out",
/// "no-number", "number-down".
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// A name, alias or id
    #[arg(value_name = "NAME", add = names(&Who::KINDS))]
    query: Vec<String>,
    /// Everybody else as well: the whole of a small team, or the teams of those above
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    assumed: Assumed,
    /// Also what to dial from a country, such as DE
    #[arg(long, value_name = "COUNTRY")]
    from: Option<String>,
}

/// What was asked, and the answer.
#[derive(Serialize)]
struct Answer<'a> {
    query: Option<&'a str>,
    #[serde(flatten)]
    who: &'a Who,
    dialled_from: Option<String>,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let query = name_of(&arguments.query);
    if query.is_none() && !arguments.query.is_empty() {
        return Err(Failure::usage("the name to ask about is empty.").hint("Who is in charge: kit who"));
    }
    let region = arguments.from.as_deref().map(country).transpose()?;
    let reading = session.read()?;
    let found = match &query {
        None => in_charge(&reading)?,
        Some(query) => find(&mut session, &reading, query, &Who::KINDS, "who")?,
    };
    let what_if = arguments.assumed.what_if(&session, &reading)?;
    let who = answer::who(session.scene(&reading, &what_if), &found, arguments.all).ok_or_else(|| {
        Failure::new(Kind::NotFound, format!("{:?} is not in this kit.", found.id)).hint("Look it up: kit lookup")
    })?;
    let who = match region {
        Some(region) => who.dialled_from(region),
        None => who,
    };
    let dialled_from = region.map(|region| region.to_string());
    let answer = Answer { query: query.as_deref(), who: &who, dialled_from };
    session.reply(
        &reading,
        "kit.who/1",
        &answer,
        || who.records(),
        |screen, standing| {
            screen::who(screen, &who, answer.dialled_from.as_deref(), standing);
        },
    )?;
    if who.is_anybody() { Ok(()) } else { Err(nobody_left(&who.id, who.rendezvous.as_deref())) }
}

/// The decision whose holder is in charge.
fn in_charge(reading: &Reading) -> Result<Match, Failure> {
    let lead = reading.team.lead.as_ref().and_then(|id| Some((id, reading.team.authority.get(id)?)));
    let (id, authority) = lead.ok_or_else(|| {
        Failure::new(Kind::NotFound, "this kit does not say who is in charge.").hint("Ask about a system: kit who NAME")
    })?;
    let name = authority.decision.clone();
    Ok(Match { kind: Thing::Authority, id: id.to_string(), name, query: id.to_string() })
}

fn country(text: &str) -> Result<Region, Failure> {
    Region::parse(text).map_err(|error| {
        Failure::usage(format!("{error}.")).hint("Two letters, as in addresses of web sites: kit who NAME --from DE")
    })
}
