//! `kit completions`: the script by which a shell completes commands, options and names.

use clap::Args;

use crate::cli::{
    complete::{self, Shell},
    failure::Failure,
    session::Session,
};

/// Print the script that makes a shell complete commands, options and names
///
/// Examples:
///   source <(kit completions bash)
///   kit completions fish | source
///
/// Put the line into the shell's start-up file, so that the script is that of the kit in use. Names come from the kit on this
/// machine when it opens by itself: nothing is asked or fetched.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    session.out.script(&complete::script(arguments.shell));
    Ok(())
}
