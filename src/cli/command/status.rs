//! `kit status`, and `kit` alone: what this machine has, and how good it is.

use clap::Args;
use serde::Serialize;

use crate::{
    answer::{self, BridgeCard, Freshness, InCharge, clock_time},
    cli::{
        failure::{Failure, Kind},
        screen::{self, Standing},
        session::Session,
    },
    store::{How, Settings, Store},
};

/// Say how old and how complete the kit on this machine is
///
/// Examples:
///   kit status
///   kit status --json
///
/// Exit status 1 when the kit is past its refresh date, damaged, or not this device's to open.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {}

/// One line of the status.
#[derive(Serialize)]
struct Finding {
    /// `ok`, `warn` or `fail`.
    level: &'static str,
    text: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<&'static str>,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    ready: bool,
    team: &'a str,
    person: String,
    device: String,
    kit: &'a Standing,
    findings: &'a [Finding],
}

/// The `--json` object of bare `kit`.
#[derive(Serialize)]
struct Bare<'a> {
    schema: &'static str,
    in_charge: &'a Option<InCharge>,
    join: &'a Option<BridgeCard>,
    kit: &'a Standing,
}

pub(super) fn bare(mut session: Session<'_>) -> Result<(), Failure> {
    let reading = session.read()?;
    let moment = session.moment();
    let (charge, bridge) = (answer::in_charge(&reading.team, moment), BridgeCard::first(&reading.team, moment));
    let standing = session.standing(&reading);
    if session.out.json {
        return session.out.json(&Bare { schema: "kit/1", in_charge: &charge, join: &bridge, kit: &standing });
    }
    session.out.lines(screen::bare(session.context.terminal.columns, charge.as_ref(), bridge.as_ref(), &standing));
    Ok(())
}

pub(super) fn run(_: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let store = session.store()?;
    let settings = store.settings()?;
    let reading = session.read()?;
    let standing = session.standing(&reading);
    let mut findings = standing_findings(&standing, store.trust().verified);
    findings.extend(team_findings(&reading.team));
    findings.extend(source_findings(&store, &settings, &session)?);
    let is_ready = standing.age.freshness != Freshness::Overdue && standing.notes.is_empty();
    if session.out.json {
        let answer = Answer {
            schema: "kit.status/1",
            ready: is_ready,
            team: &reading.team.name,
            person: settings.person.to_string(),
            device: settings.device,
            kit: &standing,
            findings: &findings,
        };
        session.out.json(&answer)?;
    } else {
        let word = if is_ready { "READY OFFLINE" } else { "NOT READY" };
        let signed = standing.signed_by.join(", ");
        session.out.line(format!(
            "{word}   kit {} of {}, {} old, signed by {signed}",
            standing.age.seq, reading.team.name, standing.age.text
        ));
        session.out.line("");
        for finding in &findings {
            let fix = finding.fix.map(|fix| format!("      {fix}")).unwrap_or_default();
            session.out.line(format!("  {:<5} {}{fix}", finding.level.to_uppercase(), finding.text));
        }
    }
    if is_ready {
        Ok(())
    } else {
        Err(Failure::new(Kind::No, "this kit is not as it should be; it still answers.")
            .hint("When there is a network: kit sync"))
    }
}

fn ok(text: String) -> Finding {
    Finding { level: "ok", text, fix: None }
}

fn warn(text: String, fix: &'static str) -> Finding {
    Finding { level: "warn", text, fix: Some(fix) }
}

fn fail(text: String, fix: &'static str) -> Finding {
    Finding { level: "fail", text, fix: Some(fix) }
}

fn standing_findings(standing: &Standing, verified: How) -> Vec<Finding> {
    let mut findings: Vec<Finding> = standing.notes.iter().map(|note| fail(note.clone(), "kit sync")).collect();
    findings.push(match verified {
        How::Founder => ok("its root was made on this machine".to_owned()),
        How::Words => ok("its 12 words were compared".to_owned()),
        How::Unverified => warn("its 12 words were not compared with a publisher yet".to_owned(), "kit trust"),
    });
    match standing.age.freshness {
        Freshness::Fresh => {}
        Freshness::Aging | Freshness::Old => findings.push(warn(format!("it is {} old", standing.age.text), "kit sync")),
        Freshness::Overdue => findings.push(fail(format!("STALE: {} old, past its refresh date", standing.age.text), "kit sync")),
    }
    if standing.age.clock_behind {
        findings.push(warn(
            format!("this machine's clock looks wrong: the kit was signed {}", standing.age.created),
            "set the clock",
        ));
    }
    findings
}

fn team_findings(team: &crate::team::Team) -> Vec<Finding> {
    let count = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let depth = usize::from(team.policy.owners_min);
    let thin = team.systems.values().filter(|system| system.owners.len() < depth).count();
    let silent = team.people.values().filter(|person| person.numbers.is_empty()).count();
    vec![
        ok(format!(
            "{}, {}, {}, {}",
            count(team.people.len(), "person", "people"),
            count(team.systems.len(), "system", "systems"),
            count(team.tools.len(), "tool", "tools"),
            count(team.bridges.len(), "bridge", "bridges"),
        )),
        match thin {
            0 => ok(format!("every system has {depth} owners")),
            thin => warn(format!("{} fewer than {depth} owners", count(thin, "system has", "systems have")), "kit check DIR"),
        },
        match silent {
            0 => ok("everybody has a number".to_owned()),
            silent => warn(format!("{} no number", count(silent, "person has", "people have")), "kit check DIR"),
        },
    ]
}

fn source_findings(store: &Store, settings: &Settings, session: &Session<'_>) -> Result<Vec<Finding>, Failure> {
    let state = store.state()?;
    if settings.sources.is_empty() {
        return Ok(vec![warn("no place to look for newer kits is known".to_owned(), "kit source add PLACE")]);
    }
    let moment = session.moment();
    let finding = |source: &String| match state.sources.get(source) {
        Some(note) => match (&note.last_error, note.last_good) {
            (Some((when, why)), _) => warn(format!("{source}: at {}: {why}", clock_time(moment, *when)), "kit sync"),
            (None, Some(when)) => ok(format!("{source}: in step at {}", clock_time(moment, when))),
            (None, None) => warn(format!("{source}: never asked"), "kit sync"),
        },
        None => warn(format!("{source}: never asked"), "kit sync"),
    };
    Ok(settings.sources.iter().map(finding).collect())
}
