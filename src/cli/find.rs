//! From a name as somebody typed it to the one thing it means: a numbered choice on a terminal, never a guess off it.

use super::{
    failure::{Failure, Kind},
    session::Session,
};
use crate::{
    answer::{self, Match, Search, Unclear, WhatIf},
    open::Reading,
    team::{Id, Thing, Window},
};

/// How often a number that is not in the list may be typed.
const TRIES: usize = 3;

/// Commands that open something, or record something that others see: a name that is only near is asked about first.
const RECORDED: [&str; 3] = ["reveal", "exec", "request"];

/// The thing of some kinds that a name means; `command` is what the hints say to type: `kit who payments-db`.
///
/// # Errors
/// Not found with the nearest names, ambiguous with all of them.
pub(super) fn find(
    session: &mut Session<'_>,
    reading: &Reading,
    query: &str,
    kinds: &[Thing],
    command: &str,
) -> Result<Match, Failure> {
    let search = match answer::lookup_among(&reading.team, query, session.strictness(), kinds) {
        Search::None { near } => all_of_a_kind(reading, query, kinds).unwrap_or(Search::None { near }),
        search => search,
    };
    match search {
        Search::One { found, close } => {
            if close {
                session.out.say(format!("kit: nobody and nothing is called {query:?}; the nearest is {}.", found.query));
                let is_meant = !RECORDED.contains(&command) || session.ask.yes("Is that the one?", "the full name")?;
                if !is_meant {
                    return Err(not_found(query, &[found], reading, session, kinds, command));
                }
            }
            Ok(found)
        }
        Search::Many { candidates, total } if session.ask.allowed => choose(query, candidates, total, session, command),
        Search::Many { candidates, total } => Err(ambiguous(query, &candidates, total, command)),
        Search::None { near } => Err(not_found(query, &near, reading, session, kinds, command)),
    }
}

/// The name of several words on a command line; `None` when there is nothing in them.
pub(super) fn name_of(words: &[String]) -> Option<String> {
    Some(words.join(" ")).filter(|name| !name.trim().is_empty())
}

/// The window of a name; without one, the one that runs, else the next, if there is any.
///
/// # Errors
/// As [`find`].
pub(super) fn window(
    session: &mut Session<'_>,
    reading: &Reading,
    query: Option<&str>,
    command: &str,
) -> Result<Option<Id<Window>>, Failure> {
    match query {
        Some(query) => Ok(Id::parse(&find(session, reading, query, &[Thing::Window], command)?.id).ok()),
        None => Ok(answer::current_window(session.scene(reading, &WhatIf::default()))),
    }
}

/// What is said of a thing that was found and has no answer.
pub(super) fn cannot_be_shown(id: &str) -> Failure {
    Failure::new(Kind::NotFound, format!("{id:?} cannot be shown by this version of kit.")).hint("Another name: kit lookup NAME")
}

/// What is said when nobody who could be called is left, nor the one in charge.
pub(super) fn nobody_left(id: &str, rendezvous: Option<&str>) -> Failure {
    let failure = Failure::new(Kind::No, format!("nobody who can be called is left for {id}."));
    match rendezvous {
        Some(place) => failure.hint(format!("Agreed for this case: {place}")),
        None => failure.hint("Other ways to meet and to call: kit"),
    }
}

/// What is said of a name after `--down` or `--out` that is none, or stands for several.
pub(super) fn assumption(unclear: &Unclear) -> Failure {
    let Unclear { query, wants_person, candidates, is_ambiguous } = unclear;
    let option = if *wants_person { "--out" } else { "--down" };
    let failure = if *is_ambiguous {
        Failure::new(
            Kind::Ambiguous,
            format!("{query:?} after {option} matches {} things, so nothing was printed.", candidates.len()),
        )
    } else if *wants_person {
        Failure::new(Kind::NotFound, format!("nobody is called {query:?}, so nothing was printed."))
    } else {
        Failure::new(
            Kind::NotFound,
            format!("no tool, vendor, system, bridge or network is called {query:?}, so nothing was printed."),
        )
    };
    match candidates.as_slice() {
        [] => failure.hint("The names: kit lookup NAME"),
        all => all.iter().fold(failure, |failure, candidate| failure.hint(format!("Did you mean {option} {}?", candidate.query))),
    }
}

/// Everything of a kind, for somebody who asks for the kind itself: `rota`, `holidays`.
fn all_of_a_kind(reading: &Reading, query: &str, kinds: &[Thing]) -> Option<Search> {
    let word = query.to_lowercase();
    let kind = match word.as_str() {
        "people" => Thing::Person,
        "decision" | "decisions" | "authorities" => Thing::Authority,
        "on-call" | "oncall" | "duty" => Thing::Rota,
        "holiday" | "holidays" => Thing::Calendar,
        word => Thing::from_word(word).or_else(|| Thing::from_word(word.strip_suffix('s')?))?,
    };
    if kinds.contains(&kind) { answer::all_of(&reading.team, kind) } else { None }
}

/// A numbered list and a question; the number or the name answers it.
fn choose(query: &str, candidates: Vec<Match>, total: usize, session: &mut Session<'_>, command: &str) -> Result<Match, Failure> {
    session.out.say(format!("{query:?} matches {total}:"));
    for (index, candidate) in candidates.iter().enumerate() {
        session.out.say(format!("  {:>2}  {:<24} {} ({})", index + 1, candidate.query, candidate.name, candidate.kind.word()));
    }
    if total > candidates.len() {
        session.out.say(format!("      and {} more: say more of the name", total - candidates.len()));
    }
    for _ in 0..TRIES {
        let answer = session.ask.line("Which one?", "the full name")?;
        let index = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let by_name = candidates.iter().position(|candidate| candidate.query == answer);
        if let Some(chosen) = index.or(by_name).and_then(|index| candidates.get(index)) {
            return Ok(chosen.clone());
        }
        session.out.say(format!("There is no {answer:?} in this list. Type a number from 1 to {}.", candidates.len()));
    }
    Err(ambiguous(query, &candidates, total, command))
}

fn ambiguous(query: &str, candidates: &[Match], total: usize, command: &str) -> Failure {
    let all_people = candidates.iter().all(|candidate| candidate.kind == Thing::Person);
    let what = if all_people { "people" } else { "things" };
    let failure = Failure::new(Kind::Ambiguous, format!("{query:?} matches {total} {what}, so nothing was printed."));
    let failure = candidates.iter().fold(failure.hint("Use one of these names:"), |failure, candidate| {
        failure.hint(format!("  kit {command} {}", candidate.query))
    });
    if total > candidates.len() { failure.hint(format!("  and {} more", total - candidates.len())) } else { failure }
}

fn not_found(query: &str, near: &[Match], reading: &Reading, session: &Session<'_>, kinds: &[Thing], command: &str) -> Failure {
    let age = session.standing(reading).age.text;
    let people = reading.team.people.len();
    let message = match kinds {
        [Thing::Authority] => format!("no decision is called {query:?} (kit {age} old)."),
        kinds if kinds.contains(&Thing::Person) => format!("nobody is called {query:?} ({people} people, kit {age} old)."),
        kinds => {
            let words: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
            format!("no {} is called {query:?} (kit {age} old).", either(&words))
        }
    };
    let failure = Failure::new(Kind::NotFound, message);
    match near {
        [] if kinds.len() > 1 && kinds.contains(&Thing::Person) => {
            failure.hint("Nothing else is either.\nIs this kit current? When there is a network: kit sync")
        }
        [] => failure.hint(match command {
            "authority" | "bridge" | "tool" => format!("All of them: kit {command}"),
            "window" | "announce" => "All of them: kit window --list".to_owned(),
            _ => format!("Whatever it is: kit lookup {query:?}"),
        }),
        [first, ..] => near
            .iter()
            .skip(1)
            .fold(failure.hint(format!("Did you mean {}?   kit {command} {0}", first.query)), |failure, other| {
                failure.hint(format!("or             {}?   kit {command} {0}", other.query))
            }),
    }
}

/// `a`, `a or b`, `a, b or c`.
fn either(words: &[&str]) -> String {
    match words {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        words => words.concat(),
    }
}
