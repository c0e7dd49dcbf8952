//! `kit authority`: who decides, and who if they cannot be reached.

use clap::Args;
use serde::Serialize;

use crate::{
    answer::{self, Decision, InCharge},
    cli::{
        complete::names,
        failure::Failure,
        find::{find, name_of, nobody_left},
        options::Assumed,
        screen,
        session::Session,
    },
    team::Thing,
};

/// Say who decides now, and who if they cannot be reached
///
/// Examples:
///   kit authority rollback
///   kit authority rollback --out chris.lindqvist
///   kit authority
///
/// Without a name, all decisions. Delegations begin and end by themselves. A
/// decision that cannot be taken now says so on the first line. Exit status 1
/// when nobody in its line can be called, nor the one in charge.
///
/// With --plain: decision, state ("now" or "not-now"), position, id, name,
/// number, call from (RFC 3339); a record for each person in line, one without a
/// person where nobody is left.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// A decision by name, alias or id
    #[arg(value_name = "DECISION", add = names(&[Thing::Authority]))]
    query: Vec<String>,
    #[command(flatten)]
    assumed: Assumed,
}

/// What was asked, and the answer.
#[derive(Serialize)]
struct Answer<'a> {
    query: Option<&'a str>,
    what_if: Option<String>,
    in_charge: Option<InCharge>,
    decisions: Vec<Decision>,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let query = name_of(&arguments.query);
    if query.is_none() && !arguments.query.is_empty() {
        return Err(Failure::usage("the decision to ask about is empty.").hint("All of them: kit authority"));
    }
    let reading = session.read()?;
    let found = match &query {
        None => None,
        Some(query) => Some(find(&mut session, &reading, query, &[Thing::Authority], "authority")?),
    };
    let what_if = arguments.assumed.what_if(&session, &reading)?;
    let scene = session.scene(&reading, &what_if);
    let decisions = match &found {
        None => answer::decisions(scene),
        Some(found) => answer::decision(scene, &found.id).into_iter().collect(),
    };
    let answer = Answer {
        query: query.as_deref(),
        what_if: (!what_if.is_nothing()).then(|| what_if.text(&reading.team)),
        in_charge: answer::in_charge(scene),
        decisions,
    };
    let records = || answer.decisions.iter().flat_map(Decision::records).collect();
    session.reply(&reading, "kit.authority/1", &answer, records, |screen, standing| {
        let what_if = answer.what_if.as_deref();
        match answer.decisions.as_slice() {
            [decision] if found.is_some() => screen::authority(screen, decision, what_if, standing),
            all => screen::authorities(screen, all, answer.in_charge.as_ref(), what_if, standing),
        }
    })?;
    let lost = answer.decisions.iter().find(|decision| found.is_some() && !decision.is_anybody());
    lost.map_or(Ok(()), |decision| Err(nobody_left(&decision.id, decision.rendezvous.as_deref())))
}
