//! `kit lookup`: one person, system, tool, bridge, vendor or credential label.

use clap::Args;
use serde::Serialize;

use crate::{
    answer::{self, Card, Match, Search},
    cli::{
        failure::{Failure, Kind},
        screen::{self, Standing},
        session::Session,
    },
    open::Reading,
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

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    query: &'a str,
    found: &'a Card,
    kit: &'a Standing,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let query = arguments.query.join(" ");
    if query.trim().is_empty() {
        return Err(Failure::usage("the name to look up is empty.").hint("For example: kit lookup alice"));
    }
    let reading = session.read()?;
    let found = search(&query, &reading, &mut session)?;
    let moment = session.moment().clone();
    let card = answer::card(&reading.team, &found, &moment)
        .ok_or_else(|| Failure::new(Kind::NotFound, format!("{:?} cannot be shown by this version of kit.", found.id)))?;
    let standing = session.standing(&reading);
    if session.out.json {
        return session.out.json(&Answer { schema: "kit.lookup/1", query: &query, found: &card, kit: &standing });
    }
    session.out.lines(screen::card(session.context.terminal.columns, &card, &standing));
    // The process ends here: taking a large team apart piece by piece would only keep the reader waiting.
    std::mem::forget(reading);
    Ok(())
}

fn search(query: &str, reading: &Reading, session: &mut Session<'_>) -> Result<Match, Failure> {
    match answer::lookup(&reading.team, query, session.strictness()) {
        Search::One { found, close } => {
            if close {
                session.out.say(format!("kit: nobody and nothing is called {query:?}; the nearest is {}.", found.query));
            }
            Ok(found)
        }
        Search::Many { candidates, total } if session.ask.allowed => choose(query, candidates, total, session),
        Search::Many { candidates, total } => Err(ambiguous(query, &candidates, total)),
        Search::None { near } => Err(not_found(query, &near, reading, session)),
    }
}

/// A numbered list and a question; the number or the name answers it.
fn choose(query: &str, candidates: Vec<Match>, total: usize, session: &mut Session<'_>) -> Result<Match, Failure> {
    session.out.say(format!("{query:?} matches {total}:"));
    for (index, candidate) in candidates.iter().enumerate() {
        session.out.say(format!("  {:>2}  {:<24} {} ({})", index + 1, candidate.query, candidate.name, candidate.kind.word()));
    }
    if total > candidates.len() {
        session.out.say(format!("      and {} more: say more of the name", total - candidates.len()));
    }
    let answer = session.ask.line("Which one?", "the full name")?;
    let index = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let by_name = candidates.iter().position(|candidate| candidate.query == answer);
    index.or(by_name).and_then(|index| candidates.get(index).cloned()).ok_or_else(|| ambiguous(query, &candidates, total))
}

fn ambiguous(query: &str, candidates: &[Match], total: usize) -> Failure {
    let all_people = candidates.iter().all(|candidate| candidate.kind == crate::team::Thing::Person);
    let what = if all_people { "people" } else { "things" };
    let failure = Failure::new(Kind::Ambiguous, format!("{query:?} matches {total} {what}, so nothing was printed."));
    let failure = candidates.iter().fold(failure.hint("Use one of these names:"), |failure, candidate| {
        failure.hint(format!("  kit lookup {}", candidate.query))
    });
    if total > candidates.len() { failure.hint(format!("  and {} more", total - candidates.len())) } else { failure }
}

fn not_found(query: &str, near: &[Match], reading: &Reading, session: &Session<'_>) -> Failure {
    let age = session.standing(reading).age.text;
    let people = reading.team.people.len();
    let failure = Failure::new(Kind::NotFound, format!("nobody is called {query:?} ({people} people, kit {age} old)."));
    match near {
        [] => failure.hint(
            "No system, tool, bridge, vendor or credential is either.\nIs this kit current? When there is a network: kit sync",
        ),
        [first, ..] => {
            near.iter().skip(1).fold(failure.hint(format!("Did you mean {}?   kit lookup {0}", first.query)), |failure, other| {
                failure.hint(format!("or             {}?   kit lookup {0}", other.query))
            })
        }
    }
}
