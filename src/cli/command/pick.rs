//! `kit pick`: choose by typing a part of a name or a number.

use clap::Args;

use super::lookup;
use crate::cli::{failure::Failure, session::Session};

/// Choose from everything the kit knows by typing a part of a name or number, and print its screen
///
/// Examples:
///   kit pick
///   kit pick --plain | cut -f5
///
/// Needs a terminal. Up, Down, PgUp and PgDn move, Enter prints what kit lookup prints, Tab shows a code that a phone's camera
/// dials. Ctrl-U takes away all letters, Ctrl-W the last word. Esc and Ctrl-C leave with exit status 130.
///
/// The list is drawn on standard error, the answer goes to standard output. With --accessible, or on a terminal that cannot
/// draw (TERM=dumb), it asks with numbered lists instead.
///
/// With --plain: the records of what was chosen, with the columns that kit help lookup names.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {}

pub(super) fn run(_: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    lookup::chosen(session)
}
