//! `kit window`: planned work on one screen.

use clap::Args;
use serde::Serialize;

use crate::{
    answer::{self, WhatIf, WindowLine},
    cli::{
        complete::names,
        failure::{Failure, Kind},
        find, screen,
        session::Session,
    },
    team::Thing,
};

/// Say when a window of planned work is, who is in it, and who decides what
///
/// Examples:
///   kit window
///   kit window epic-migration --all
///   kit window --list
///
/// Without a name: the one that runs, else the next.
///
/// With --plain: name, start and end (RFC 3339), running, ahead or over; with a name, a line for each person: name, part,
/// from, until, who releases them, number.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The window's name
    #[arg(value_name = "NAME", add = names(&[Thing::Window]))]
    query: Option<String>,
    /// List all windows
    #[arg(long, conflicts_with_all = ["query", "all"])]
    list: bool,
    /// Everything, also what does not fit on one screen
    #[arg(long)]
    all: bool,
}

/// The list.
#[derive(Serialize)]
struct List {
    windows: Vec<WindowLine>,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let reading = session.read()?;
    let nothing = WhatIf::default();
    if arguments.list {
        let list = List { windows: answer::windows(session.scene(&reading, &nothing)) };
        let records = || list.windows.iter().map(record).collect();
        return session.reply(&reading, "kit.window/1", &list, records, |screen, standing| {
            screen::windows(screen, &list.windows, standing);
        });
    }
    let id = find::window(&mut session, &reading, arguments.query.as_deref(), "window")?.ok_or_else(none_ahead)?;
    let card = answer::window(session.scene(&reading, &nothing), &id).ok_or_else(none_ahead)?;
    let records = || {
        let people = card.people.iter().map(|it| {
            let number = it.call.e164().unwrap_or_default().to_owned();
            let released_by = it.released_by.clone().unwrap_or_default();
            vec![it.call.name.clone(), it.part.word().to_owned(), it.from.to_string(), it.until.to_string(), released_by, number]
        });
        std::iter::once(record(&card.plan.line)).chain(people).collect()
    };
    session.reply(&reading, "kit.window/1", &card, records, |screen, standing| {
        screen::window(screen, &card, arguments.all, standing);
    })
}

fn record(line: &WindowLine) -> Vec<String> {
    vec![line.id.clone(), line.start.to_string(), line.end.to_string(), line.stage.word().to_owned()]
}

fn none_ahead() -> Failure {
    Failure::new(Kind::NotFound, "no window of planned work runs, and no other is ahead.")
        .hint("Those that are over: kit window --list")
        .hint("Is this kit current? When there is a network: kit sync")
}
