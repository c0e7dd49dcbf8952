//! `kit review`: somebody who reads journals takes note that they looked at an entry.

use clap::Args;
use serde::Serialize;

use super::{
    ack,
    entries::{self, Which},
    log,
};
use crate::{
    bundle::journal::What,
    cli::{
        failure::{Failure, Kind},
        report::Row,
        session::Session,
    },
    open,
    record::{Occasion, record},
    unseal,
};

/// Record that you looked at what somebody else opened, for everybody who reads journals
///
/// Examples:
///   kit review 3 --device mia.krause/laptop
///   kit review gorse lamp until vivid ocean paper seven wolf --note "as agreed in INC-4711"
///
/// It becomes an entry of your own journal, signed by this device; kit log --all shows who looked at what. Your own openings
/// somebody else looks at.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The number of the entry, or the eight words of its receipt
    #[arg(value_name = "N|RECEIPT", required = true)]
    which: Vec<String>,
    /// Of which device: PERSON/NAME
    #[arg(long, value_name = "PERSON/NAME")]
    device: Option<String>,
    /// What you found, in a sentence
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    reviewed: &'a Row,
    number: u64,
    receipt: String,
    waiting: usize,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let which = Which::parse(&arguments.which)?;
    if matches!(which, Which::Number(_)) && arguments.device.is_none() {
        return Err(Failure::usage("an entry is named by its number and its device.")
            .hint("For example: kit review 3 --device mia.krause/laptop")
            .hint("What there is: kit log --all"));
    }
    let store = session.store()?;
    // The reader and the signing key open with one passphrase.
    let passphrase = session.passphrase()?;
    let children = session.context.children.clone();
    let reader = open::reader(&store, &children, || Ok::<_, Failure>(passphrase.clone()))?;
    let reading = open::open_with::<Failure>(&store, store.current()?, &reader)?;
    // Who may not read journals is told so before anything else.
    log::collected(&store, &reading, &reader, true, &session)?;
    let (told, index) = entries::find(&store, &reading, &reader, &which, arguments.device.as_deref())?;
    let one = told.get(index).ok_or_else(|| entries::sealed(&which))?;
    let row = Row::of(&reading.team, one, None, &told, session.moment()).ok_or_else(|| entries::sealed(&which))?;
    if one.person() == Some(&store.settings()?.person) {
        return Err(Failure::new(Kind::No, "this is your own entry: somebody else has to look at it.")
            .hint("Who looked at what, for those who read journals: kit log --all"));
    }
    let what = What::Reviewed { of: one.handle.clone(), number: one.line.number, line: one.hash() };
    let key = unseal::device_key(&store, &passphrase)?;
    let ((now, machine), reason) = (session.when(), arguments.note.clone());
    let recorded = record(&store, &reading, &key, Occasion { what, reason, incident: None, now, machine })?;
    let sources = store.settings()?.sources;
    let delivery = ack::carry(&store, &sources, &session.folder()?, &session)?;
    let receipt = recorded.line.receipt().join(" ");
    if session.out.is_json() {
        let (number, waiting) = (recorded.line.number, delivery.waiting);
        return session.out.json(&Answer { schema: "kit.review/1", reviewed: &row, number, receipt, waiting });
    }
    session.out.line(format!("REVIEWED  entry {} of {}: {}, {}", row.number, row.device, row.words, row.at_clock));
    row.clock.iter().for_each(|fact| session.out.line(format!("  clock    {fact}")));
    session.out.line(format!("  receipt  {receipt}"));
    if let Some(why) = &recorded.unsent {
        session.out.say(format!("kit: it is in the journal here, and was not sent: {why}."));
    }
    delivery.passed_over.iter().for_each(|problem| session.out.say(format!("kit: {problem}")));
    Ok(())
}
