//! `kit log verify`: whether the record is whole.

use clap::Args;
use serde::Serialize;

use crate::{
    answer::clock_time,
    audit::{Audit, audit},
    cli::{
        command::entries::{self, Which},
        failure::{Failure, Kind},
        report::{Row, given_times},
        screen,
        session::Session,
    },
    recount::{Whose, recount},
};

/// Check that nothing was changed, taken out or cut off: every signature, the chain, and what the signed kit knows of its end
///
/// Examples:
///   kit log verify
///   kit log verify --receipt "gorse lamp until vivid ocean paper seven wolf"
///
/// Exit status 6 when something is not as it was written, or when no entry has the receipt: its entry was taken out, or it
/// is of another device. 1 when entries of others are not on this machine, so that they could not be looked at.
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

#[derive(Serialize)]
struct Journal<'a> {
    device: &'a str,
    entries: usize,
    last: u64,
    faults: Vec<String>,
    missing: &'a [(u64, u64)],
    unfinished: bool,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let (store, reading, reader) = session.read_with_key()?;
    let audits = audit(&store, &reading, arguments.all)?;
    let wanted = match arguments.receipt.as_deref() {
        None => None,
        Some(words) => match Which::parse(&[words.to_owned()])? {
            Which::Receipt(words) => Some(words),
            Which::Number(_) => return Err(entries::no_receipt()),
        },
    };
    let whose = if arguments.all { Whose::All } else { Whose::Own };
    let told = recount(&store, &reading, &reader, whose)?;
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
            screen::audits(screen, &audits, (arguments.receipt.as_deref(), words.as_deref()), standing, &clocks);
        },
    )?;
    match faults.first() {
        Some(fault) => Err(Failure::new(Kind::NotTrusted, format!("{fault}."))
            .hint("Tell those who publish and lead by phone: they have what was sent before. kit who")
            .hint("Keep the file as it is: it is what shows it.")),
        None if is_lost => Err(Failure::new(Kind::NotTrusted, "no entry here has this receipt.").hint(
            "It was taken out, or is of another device: kit log verify --all --receipt WORDS, for those who read journals",
        )),
        None if lacks => Err(Failure::new(Kind::No, "some entries of others are not on this machine.")
            .hint("Get what can be had: kit log --all")
            .hint("Then their owner sends the rest from their device: kit sync")),
        None => Ok(()),
    }
}

/// What is wrong with a journal, its first fault, in a sentence without its end.
pub(super) fn doubt(audit: &Audit) -> String {
    let fault = audit.faults.first().map(ToString::to_string).unwrap_or_default();
    let more = audit.faults.len().saturating_sub(1);
    let more = if more == 0 { String::new() } else { format!(", and {more} more") };
    format!("the journal of {}: {fault}{more}", if audit.is_own { "this device" } else { name(audit) })
}

fn name(audit: &Audit) -> &str {
    audit.device.as_deref().unwrap_or(&audit.handle)
}

fn record(audit: &Audit) -> Vec<String> {
    let word = if !audit.is_sound() {
        "fail"
    } else if audit.missing.is_empty() {
        "good"
    } else {
        "lacks"
    };
    let faults: Vec<String> = audit.faults.iter().map(ToString::to_string).collect();
    vec![word.to_owned(), name(audit).to_owned(), audit.lines.to_string(), audit.last.to_string(), faults.join("; ")]
}

impl<'a> Journal<'a> {
    fn of(audit: &'a Audit) -> Self {
        Self {
            device: name(audit),
            entries: audit.lines,
            last: audit.last,
            faults: audit.faults.iter().map(ToString::to_string).collect(),
            missing: &audit.missing,
            unfinished: audit.is_torn,
        }
    }
}
