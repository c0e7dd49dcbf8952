//! `kit manual`: manual pages and the reference in Markdown, from the same description as the help.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{failure::Failure, manual, session::Session},
    disk::{self, Access},
};

/// Write the manual pages into a folder
///
/// Examples:
///   kit manual /usr/local/share/man/man1
///   kit manual --markdown -
///
/// One page for each command: kit.1, kit-lookup.1 and so on. Read one with man -l FILE.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The folder, or "-" for everything on standard output
    dir: PathBuf,
    /// One reference of all commands in Markdown instead, as cli.md
    #[arg(long)]
    markdown: bool,
}

pub(super) fn run(arguments: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    let pages = if arguments.markdown { vec![manual::reference()] } else { manual::pages() };
    if arguments.dir.as_os_str() == "-" {
        pages.iter().for_each(|(_, text)| session.out.script(text.as_bytes()));
        return Ok(());
    }
    disk::make_dir(&arguments.dir, Access::Shared)?;
    for (name, text) in &pages {
        disk::replace(&arguments.dir.join(name), text.as_bytes(), Access::Shared)?;
    }
    session.out.line(format!("WROTE  {} files into {}", pages.len(), arguments.dir.display()));
    Ok(())
}
