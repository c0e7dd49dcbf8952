//! `kit member`: who may open the kit, from which devices.

mod remove;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::{
    admit,
    bundle::join_request::JoinRequest,
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    key::words,
    team::Device,
};

/// How many of the 12 words are asked for: 44 bits that nobody can know before the call.
const WORDS_ASKED: usize = 4;

/// Let devices in, take somebody out, or see who is in
///
/// Examples:
///   kit member add kit-join1:… --dir team
///   kit member remove bob.reyes --dir team --dry-run
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    devices: &'a [Device],
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Write a device that asked to join into the team directory
    ///
    /// Call its owner on a number that you know, and have them read their words: whoever sent the request may not be them.
    Add {
        /// The request, a file that holds it, or "-"
        request: String,
        /// The team directory
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// All 12 words, as their owner read them to you
        #[arg(long, value_name = "WORDS")]
        words: Option<String>,
    },
    /// Take somebody who leaves out of the team directory
    ///
    /// Their devices, their data, every list that names them; tiers that they held get new keys. What they could read, and the
    /// team still has, becomes tasks. Nothing is written when something only a person can decide has nobody to go to.
    Remove(remove::Arguments),
    /// The devices that can open the kit on this machine
    List,
}

pub(super) fn run(arguments: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    match &arguments.action {
        Action::Add { request, dir, words } => add(request, dir, words.as_deref(), session),
        Action::Remove(arguments) => remove::run(arguments, session),
        Action::List => list(session),
    }
}

fn add(request: &str, dir: &std::path::Path, words: Option<&str>, mut session: Session<'_>) -> Result<(), Failure> {
    let request = JoinRequest::parse(&session.given_text(request, "kit-join1:")?)?;
    let store = session.store_of(request.kit())?;
    let today = session.moment().here().date();
    let team = admit::check(dir, &request, today)?;
    let device = request.device();
    let name = team.person_name(&device.person).to_owned();
    // The number of the kit that everybody has: whoever sent the request may have changed the directory too.
    let known = session.read_without_asking(&store).ok().map(|reading| reading.team);
    let person = known.as_ref().unwrap_or(&team).people.get(&device.person);
    let number = person.and_then(|person| person.numbers.first()).map(|number| number.read_aloud().to_owned());
    heard(&request, words, &name, number.as_deref(), &mut session)?;
    let file = admit::admit(&store, dir, &request, today)?;
    session.out.lines([
        format!("ADDED  {name}, device {}   {}/{file}", device.name, dir.display()),
        format!("  It can read the kit from the next one on: kit publish {}", dir.display()),
    ]);
    Ok(())
}

/// Compares words that came by voice: four that are drawn now at the terminal, all twelve otherwise.
fn heard(
    request: &JoinRequest,
    words: Option<&str>,
    name: &str,
    number: Option<&str>,
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    let own = request.words();
    let matches = match words {
        Some(typed) => words::are(typed, &own),
        None => {
            let call = number
                .map_or_else(|| format!("Call {name} on a number that you know."), |number| format!("Call {name}   {number}"));
            session.out.say(format!("{call}  and ask for these words of their request:"));
            let mut all = true;
            for index in words::drawn(WORDS_ASKED) {
                let typed = session.ask.line(&format!("word {:>2}:", index + 1), "--words with all 12 words")?;
                all &= own.get(index).is_some_and(|word| words::matches(&typed, word));
            }
            all
        }
    };
    if matches {
        return Ok(());
    }
    let failure =
        Failure::new(Kind::NotTrusted, format!("these are not the words of this request, so {name}'s device was not added."));
    Err(failure.hint("Listen again for each word. If they still differ, this request is not theirs: ask them for a new one."))
}

fn list(mut session: Session<'_>) -> Result<(), Failure> {
    let reading = session.read()?;
    if session.out.is_json() {
        return session.out.json(&Answer { schema: "kit.members/1", devices: &reading.team.devices });
    }
    for device in &reading.team.devices {
        let added = device.added.map(|day| format!("   since {day}")).unwrap_or_default();
        session.out.line(format!("{:<24} {:<16}{added}", reading.team.person_name(&device.person), device.name));
    }
    Ok(())
}
