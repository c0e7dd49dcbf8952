//! `kit rescue-drill`: proves that this device opens what it holds.

use clap::Args;
use serde::Serialize;

use crate::{
    answer::{self, Proof, WhatIf},
    cli::{
        complete::names,
        failure::{Failure, Kind},
        session::Session,
    },
    open::Reading,
    record::{Occasion, record},
    rescue::{self, Drilled},
    team::{Id, Thing},
    unseal,
};

/// Prove that this device opens the tiers that it holds, and each value in them; nothing is shown
///
/// Examples:
///   kit rescue-drill
///   kit rescue-drill --all
///
/// Each tier that was tried goes into the journal. Exit status 5 when something does not open.
///
/// With --plain: tier, key, "opens" or "fails", values opened, next day; with --all: tier, key, person, last day, next day.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Only these tiers
    #[arg(value_name = "TIER", add = names(&[Thing::Tier]))]
    tiers: Vec<String>,
    /// Try nothing: say who proved it when, and whose turn it is
    #[arg(long, conflicts_with = "tiers")]
    all: bool,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    opens: bool,
    credentials: usize,
    tiers: &'a [Drilled],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unsent: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let reading = session.read()?;
    if arguments.all {
        return all(session, &reading);
    }
    let unknown = |name: &String| {
        Failure::new(Kind::NotFound, format!("no tier of this kit is called {name:?}.")).hint("See them: kit rescue-drill --all")
    };
    let known =
        |name: &String| Id::parse(name).ok().filter(|id| reading.team.tiers.contains_key(id)).ok_or_else(|| unknown(name));
    let wanted = arguments.tiers.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    let store = session.store()?;
    let passphrase = session.passphrase()?;
    let (key, opener) = (unseal::device_key(&store, &passphrase)?, unseal::opener(&store, &passphrase)?);
    let device = unseal::own_device(&store, &reading)?;
    let (now, today) = (session.moment().now, session.moment().here().date());
    let done = rescue::drill(&reading.trust.pin.kit, &reading.team, device, &opener, &wanted, today);
    if done.is_empty() {
        return Err(Failure::new(Kind::CannotOpen, "this device holds none of these tiers.")
            .hint("See who holds them: kit rescue-drill --all"));
    }
    let mut unsent = Vec::new();
    for tier in &done {
        let occasion = Occasion {
            what: tier.what(),
            reason: "rescue drill".to_owned(),
            incident: None,
            now,
            machine: session.context.machine(),
        };
        unsent.extend(record(&store, &reading, &key, occasion)?.unsent);
    }
    let (opens, credentials) = (done.iter().all(|it| it.opens), done.iter().map(|it| it.credentials).sum());
    let answer = Answer { opens, credentials, tiers: &done, unsent };
    let records = || done.iter().map(plain).collect();
    session.reply(&reading, "kit.rescue-drill/1", &answer, records, |screen, standing| {
        crate::cli::screen::rescue(screen, &done, standing);
    })?;
    if opens {
        return Ok(());
    }
    Err(Failure::new(Kind::CannotOpen, "this device does not open all that it holds.")
        .hint("Tell whoever publishes: they seal it again, or let this device in anew."))
}

fn plain(it: &Drilled) -> Vec<String> {
    let opens = if it.opens { "opens" } else { "fails" };
    vec![it.tier.to_string(), it.version.to_string(), opens.to_owned(), it.credentials.to_string(), it.next.to_string()]
}

fn all(mut session: Session<'_>, reading: &Reading) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct All<'a> {
        overdue: usize,
        proofs: &'a [Proof],
    }
    let proofs = answer::proofs(session.scene(reading, &WhatIf::default()));
    let answer = All { overdue: proofs.iter().filter(|it| it.overdue).count(), proofs: &proofs };
    let record = |it: &Proof| {
        let on = it.on.map(|day| day.to_string()).unwrap_or_default();
        vec![it.tier.to_string(), it.version.to_string(), it.person.to_string(), on, it.due.to_string()]
    };
    let records = || proofs.iter().map(record).collect();
    session.reply(reading, "kit.rescue-proofs/1", &answer, records, |screen, standing| {
        crate::cli::screen::proofs(screen, &proofs, standing);
    })
}
