//! `kit log verify`: whether the record is whole.

use clap::Args;
use serde::Serialize;

use super::journals::{Journal, doubt, named, record};
use crate::{
    answer::clock_time,
    audit::audit,
    cli::{
        command::entries::{self, Which},
        failure::{Failure, Kind},
        report::{Row, given_times},
        screen,
        session::Session,
    },
    record::journal_readers,
    recount::{Whose, recount},
};

/// Check that nothing was changed, taken out or cut off: every signature, the chain, and what the signed kit knows of its end
///
/// Examples:
///   kit log verify
///   kit log verify --receipt "gorse lamp until vivid ocean paper seven wolf"
///
/// A receipt is looked for in this device's journal; for those who read journals, in all that are here.
///
/// Exit status 6 when something is not as it was written; 3 when no entry here has the receipt; 1 when entries of others are
/// not on this machine, so that they could not be looked at.
///
/// With --plain: one line for each journal. Columns: good, lacks or fail; device; entries; number of the last; what is wrong.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The eight words of a receipt that has to be there
    #[arg(long, value_name = "WORDS")]
    receipt: Option<String>,
    /// All journals that are here, not only this device's
    #[arg(long)]
    all: bool,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    good: bool,
    journals: Vec<Journal<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<Option<Row>>,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let (store, reading, reader) = session.read_with_key()?;
    let wanted = match arguments.receipt.as_deref() {
        None => None,
        Some(words) => match Which::parse(&[words.to_owned()])? {
            Which::Receipt(words) => Some(words),
            Which::Number(_) => return Err(entries::no_receipt()),
        },
    };
    // Receipts are read to others: whoever reads journals means any of them.
    let reads = || Ok::<_, Failure>(journal_readers(&reading, session.moment().now).contains(&store.settings()?.person));
    let is_all = arguments.all || (wanted.is_some() && reads()?);
    let told = recount(&store, &reading, &reader, if is_all { Whose::All } else { Whose::Own })?;
    let audits = named(audit(&store, &reading, is_all)?, &told);
    let found = wanted.as_ref().map(|words| told.iter().find(|told| told.line.receipt().join(" ") == *words));
    let moment = session.moment().clone();
    let row = found.flatten().and_then(|told| Row::of(&reading.team, told, None, &[], &moment));
    let words = found.flatten().map(|told| {
        let number = told.line.number;
        let what = row.as_ref().map(|row| format!(", {}: {}", clock_time(&moment, row.at), row.words));
        format!("entry {number} of {}{}", told.device_words(), what.unwrap_or_default())
    });
    let clocks = given_times(&reading.team, &told, &moment);
    let is_lost = found.is_some_and(|told| told.is_none());
    let faults: Vec<String> = audits.iter().filter(|audit| !audit.is_sound()).map(doubt).collect();
    let lacks = audits.iter().any(|audit| !audit.missing.is_empty());
    let answer = Answer {
        good: faults.is_empty() && !is_lost,
        journals: audits.iter().map(Journal::of).collect(),
        receipt: found.map(|_| row.clone()),
    };
    session.reply(
        &reading,
        "kit.log.verify/1",
        &answer,
        || audits.iter().map(record).collect(),
        |screen, standing| {
            let receipt = arguments.receipt.as_deref().map(|_| words.as_deref());
            screen::audits(screen, &audits, (receipt, is_all), standing, &clocks);
        },
    )?;
    match faults.first() {
        Some(fault) => Err(Failure::new(Kind::NotTrusted, format!("{fault}."))
            .hint("Tell those who publish and lead by phone: they have what was sent before. kit who")
            .hint("Keep the file as it is: it is what shows it.")),
        None if is_lost => Err(lost(is_all)),
        None if lacks => Err(Failure::new(Kind::No, "some entries of others are not on this machine.")
            .hint("Get what can be had: kit log --all")
            .hint("Then their owner sends the rest from their device: kit sync")),
        None => Ok(()),
    }
}

/// What is said of a receipt that no entry here has: of another device's nobody can say that it was taken out.
fn lost(is_all: bool) -> Failure {
    let failure = Failure::new(Kind::NotFound, "no entry here has this receipt.");
    let failure = match is_all {
        true => failure.hint("What others sent may not be here yet: kit log --all"),
        false => failure.hint("Of another device? Those who read journals find it: kit log verify --all --receipt WORDS"),
    };
    failure.hint("If it was shown on this device, its journal was changed: tell those who publish and lead by phone.")
}
