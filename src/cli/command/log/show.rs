//! `kit log show`: one entry with all its facts.

use clap::Args;

use super::super::entries::{self, Which};
use crate::cli::{failure::Failure, report::Row, screen, session::Session};

/// Say all that is known of one entry: when, by which clock, why, its receipt, and who looked at it
///
/// Examples:
///   kit log show 3
///   kit log show 12 --device mia.krause/laptop
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Its number, or the eight words of its receipt
    #[arg(value_name = "N|RECEIPT", required = true)]
    which: Vec<String>,
    /// Of this device, for those who read journals: PERSON/NAME; else of this one
    #[arg(long, value_name = "PERSON/NAME")]
    device: Option<String>,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let (store, reading, reader) = session.read_with_key()?;
    let which = Which::parse(&arguments.which)?;
    let (told, index) = entries::find(&store, &reading, &reader, &which, arguments.device.as_deref())?;
    let one = told.get(index);
    let before = index.checked_sub(1).and_then(|index| told.get(index));
    let before = before.filter(|before| one.is_some_and(|one| one.handle == before.handle));
    let row = one.and_then(|one| Row::of(&reading.team, one, before, &told, session.moment()));
    let row = row.ok_or_else(|| entries::sealed(&which))?;
    session.reply(
        &reading,
        "kit.log.show/1",
        &row,
        || vec![row.record()],
        |screen, standing| {
            screen::entry(screen, &row, standing);
        },
    )
}
