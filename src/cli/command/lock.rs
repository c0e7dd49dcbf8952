//! `kit lock`: contacts ask for the passphrase again.

use clap::Args;

use crate::{
    cli::{failure::Failure, session::Session},
    unlock,
};

/// End what kit unlock began: contacts ask for the passphrase again
///
/// Examples:
///   kit lock
///   kit lock --kit 7f3a
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {}

pub(super) fn run(_: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    let store = session.store()?;
    if unlock::lock(&store).map_err(|error| error.map_declined(|never| match never {}))? {
        session.out.line("LOCKED  contacts ask for the passphrase again.");
    } else {
        session.out.line("LOCKED  nothing was open.");
    }
    Ok(())
}
