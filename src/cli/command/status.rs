//! `kit status`: what this machine has, and how good it is.

use clap::Args;
use serde::Serialize;

use crate::{
    answer::{Freshness, WhatIf, opens},
    audit::audit,
    cli::{
        directory::filled,
        failure::{Failure, Kind},
        finding::{self, Finding},
        lending,
        report::{Place, sheets_of},
        screen,
        session::Session,
    },
    reach::suggested,
    recount::{Whose, openings, recount},
    tally::drill_of,
    team::Drill,
    unseal,
};

/// Say how old and how complete the kit on this machine is
///
/// Examples:
///   kit status
///   kit status --json
///
/// Exit status 1 when the kit is past its refresh date, damaged, or not this device's to open.
///
/// With --plain: one line for each finding. Columns: ok, warn or fail; what was found; what to do about it.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {}

/// Whether this machine is ready, and what was found.
#[derive(Serialize)]
struct Answer<'a> {
    ready: bool,
    team: &'a str,
    person: String,
    device: String,
    findings: &'a [Finding],
    sources: &'a [Place],
}

pub(super) fn run(_: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let (store, reading, reader) = session.read_with_key()?;
    let settings = store.settings()?;
    let standing = session.standing(&reading);
    let mut findings = finding::of_standing(&standing, store.trust().verified);
    findings.extend(finding::of_team(&reading.team));
    let told = recount(&store, &reading, &reader, Whose::All).unwrap_or_else(|error| {
        findings.push(finding::of_journals(&error));
        Vec::new()
    });
    findings.extend(audit(&store, &reading, false).ok().as_deref().and_then(finding::of_record));
    findings.extend(finding::of_values(&reading.team, &openings(&told), session.moment()));
    if let Ok(device) = unseal::own_device(&store, &reading) {
        let now = session.moment().now;
        let drills: Vec<Drill> = told.iter().filter_map(|told| drill_of(told, now)).collect();
        findings.extend(opens(&reading.team, device, &drills, session.moment()).as_ref().map(finding::of_key));
    }
    let places = Place::all(&settings, &store.state()?);
    findings.extend(finding::of_places(&places, session.moment()));
    let nothing = WhatIf::default();
    findings.extend(match sheets_of(&store, &reader, &reading, session.scene(&reading, &nothing)) {
        Ok(sheets) => finding::of_paper(&sheets, session.moment()),
        Err(error) => vec![finding::of_no_paper(&error)],
    });
    findings.extend(finding::of_left_behind(&lending::left_behind(&session)));
    findings.extend(finding::of_suggestions(&suggested(&reading.team, &settings.sources)));
    if let Some(directory) = session.directory() {
        let fixes = findings.iter_mut().filter_map(|finding| finding.fix.as_mut());
        fixes.for_each(|fix| *fix = filled(fix, &directory).into());
    }
    let is_ready = standing.age.freshness != Freshness::Overdue && standing.notes.is_empty();
    let answer = Answer {
        ready: is_ready,
        team: &reading.team.name,
        person: settings.person.to_string(),
        device: settings.device,
        findings: &findings,
        sources: &places,
    };
    let records = || findings.iter().map(Finding::record).collect();
    session.reply(&reading, "kit.status/1", &answer, records, |screen, standing| {
        screen::status(screen, &reading.team.name, is_ready, standing, &findings);
    })?;
    if is_ready {
        Ok(())
    } else {
        Err(Failure::new(Kind::No, "this kit is not as it should be; it still answers.")
            .hint("When there is a network: kit sync"))
    }
}
