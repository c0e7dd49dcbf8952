//! `kit import FILE --into DIR`: people from an address book into a team directory.

use std::path::Path;

use serde::Serialize;

use super::Arguments;
use crate::{
    adopt::{Adopted, adopt},
    authored::{self, edit::Edits},
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    import::{self, Proposal},
    team::{Region, Zone},
};

/// Most bytes of an address book.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    #[serde(flatten)]
    proposal: &'a Proposal,
}

pub(super) fn run(file: &Path, into: &Path, arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let cards = import::vcard::read(&session.given(file, FILE_BYTES_MAX)?);
    let today = session.moment().here().date();
    let draft = authored::read(into)?;
    let checked = authored::check(&draft, today).map_err(authored::LoadError::from)?;
    let zone = default_zone(arguments, &session)?;
    let mut region = region(arguments.region.as_deref(), checked.region)?;
    let mut proposal = import::propose(&checked.team.people, &cards, region, &zone);
    if region.is_none() && !proposal.numbers_without_country.is_empty() && session.ask.allowed {
        let count = authored::count(proposal.numbers_without_country.len(), "number");
        let answer = session
            .ask
            .line(&format!("{count} have no country code. Which country (such as GB; Enter to leave them out)?"), "--region")?;
        if !answer.is_empty() {
            region = Some(
                Region::parse(&answer)
                    .map_err(|error| Failure::usage(format!("{error}.")).hint("Say it with two letters: --region GB"))?,
            );
            proposal = import::propose(&checked.team.people, &cards, region, &zone);
        }
    }
    let Adopted { edits, proposal, .. } = adopt(&draft, proposal, today)?;
    if session.out.is_json() {
        session.out.json(&Answer { schema: "kit.import/1", proposal: &proposal })?;
    } else {
        session.out.lines(import::listing(&proposal).lines());
    }
    write(into, arguments, &edits, &proposal, &mut session)?;
    if proposal.numbers_without_country.is_empty() || region.is_some() {
        verdict(arguments, &proposal)
    } else {
        Err(Failure::usage(format!(
            "{} without a country code were left out.",
            authored::count(proposal.numbers_without_country.len(), "number")
        ))
        .hint("Say which country they are of: kit import … --region GB     (nothing else is lost by running it again)"))
    }
}

fn write(
    into: &Path,
    arguments: &Arguments,
    edits: &Edits,
    proposal: &Proposal,
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    if proposal.is_empty() || arguments.dry_run {
        return Ok(());
    }
    if !arguments.yes && !session.ask.yes("Write this into the team directory?", "--yes")? {
        return Err(Failure::new(Kind::Interrupted, "nothing was written."));
    }
    let files = edits.changes().len();
    edits.write(into)?;
    session.out.say(format!("WROTE {}. Next: kit check {}", authored::count(files, "file"), into.display()));
    Ok(())
}

/// One bad card is no failure; nothing usable is.
fn verdict(arguments: &Arguments, proposal: &Proposal) -> Result<(), Failure> {
    let skipped = proposal.skipped.len() + proposal.conflicts.len();
    if !proposal.found_anyone() {
        return Err(
            Failure::new(Kind::No, "no card in this file could be used.").hint("Is it a vCard file? The reasons stand above.")
        );
    }
    if arguments.strict && skipped > 0 {
        return Err(Failure::new(Kind::No, format!("{} skipped.", authored::count(skipped, "card")))
            .hint("The reasons stand above. Without --strict that is no failure."));
    }
    Ok(())
}

/// The region of the command line, else the one that the team wrote down.
fn region(argument: Option<&str>, written: Option<Region>) -> Result<Option<Region>, Failure> {
    match argument {
        Some(text) => {
            Region::parse(text).map(Some).map_err(|error| Failure::usage(format!("{error}.")).hint("For example: --region GB"))
        }
        None => Ok(written),
    }
}

fn default_zone(arguments: &Arguments, session: &Session<'_>) -> Result<Zone, Failure> {
    match &arguments.zone {
        Some(name) => {
            Zone::parse(name).map_err(|error| Failure::usage(format!("{error}.")).hint("For example: --zone Europe/Berlin"))
        }
        None => Ok(session.local_zone()),
    }
}
