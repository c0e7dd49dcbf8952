//! `kit brief`: all of it for one system or window, on one screen.

use clap::Args;

use super::bare;
use crate::{
    answer,
    cli::{
        complete::names,
        failure::Failure,
        find::{cannot_be_shown, find, name_of},
        options::Assumed,
        screen,
        session::Session,
    },
    team::Thing,
};

/// Show one system or window on one screen: whom to call, how to join, who decides, what it needs, how to get in
///
/// Examples:
///   kit brief payments-db
///   kit brief payments-db --down okta --out alice
///   kit brief epic-migration --all
///
/// Without a name: the window that runs now, else what kit alone says. A screen has 24 lines; what has no room is left out by
/// whole rows from the end (playbook, runbook, credentials, needs, window, decisions), and the last line says so.
///
/// With --plain: "call", "join", "decides", "needs" or "credential", then id, name, number or address, and a word about it.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// A system or a window
    #[arg(value_name = "NAME", add = names(&[Thing::System, Thing::Window]))]
    name: Vec<String>,
    /// Leave nothing out, however long it gets
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    assumed: Assumed,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let reading = session.read()?;
    let what_if = arguments.assumed.what_if(&session, &reading)?;
    let found = match name_of(&arguments.name) {
        None => None,
        Some(name) => Some(find(&mut session, &reading, &name, &[Thing::System, Thing::Window], "brief")?),
    };
    let brief = match (answer::brief(session.scene(&reading, &what_if), found.as_ref()), &found) {
        (Some(brief), _) => brief,
        (None, Some(found)) => return Err(cannot_be_shown(&found.id)),
        (None, None) => return bare::reply(session, &reading),
    };
    session.reply(
        &reading,
        "kit.brief/1",
        &brief,
        || brief.records(),
        |screen, standing| {
            screen::brief(screen, &brief, arguments.all, standing);
        },
    )
}
