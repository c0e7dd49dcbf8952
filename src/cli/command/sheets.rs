//! `kit sheets`: what was printed from this machine, where it is, and what of it is out of date.

use clap::Args;
use serde::Serialize;

use crate::{
    answer::WhatIf,
    cli::{
        complete::printed,
        failure::Failure,
        report::{Sheet, sheets_of},
        screen,
        session::Session,
    },
    open::Reading,
    remember::tick,
};

/// Say what was printed from this machine, where the copies are, and which of them are out of date
///
/// Examples:
///   kit sheets
///   kit sheets --destroyed KIT-FT77-118-QX4 --copy safe
///
/// The ids stand at the foot of each page. What was printed on other machines is not known here. What is ticked off as
/// destroyed is forgotten 90 days later.
///
/// With --plain: id, kind (sheet, wallet, sealed, archive), what it is about, number of its kit, when it was printed, when it is to
/// be replaced (RFC 3339), state, how many things differ, where copies are, when it was destroyed, when it was last read back. The
/// state is good, changed, due, gone (what it is about is), closed (it does not open here) or destroyed.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Tick a sheet off: no copy of it is left
    #[arg(long, value_name = "ID", conflicts_with = "not_destroyed", add = printed())]
    destroyed: Option<String>,
    /// Take that back
    #[arg(long, value_name = "ID", add = printed())]
    not_destroyed: Option<String>,
    /// Only the copy that is there
    #[arg(long, value_name = "PLACE")]
    copy: Option<String>,
    /// Those that were destroyed too
    #[arg(long)]
    all: bool,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    outdated: usize,
    sheets: &'a [Sheet],
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let Arguments { destroyed, not_destroyed, copy, all } = arguments;
    let is_destroyed = destroyed.is_some();
    let (store, reading, reader) = session.read_with_key()?;
    let Some(id) = destroyed.as_ref().or(not_destroyed.as_ref()) else {
        if copy.is_some() {
            return Err(Failure::usage("--copy says which copy of a sheet was destroyed, and no sheet is named.")
                .hint("Name it: kit sheets --destroyed ID --copy PLACE"));
        }
        let nothing = WhatIf::default();
        let sheets = sheets_of(&store, &reader, &reading, session.scene(&reading, &nothing))?;
        return list(&sheets, *all, &reading, session);
    };
    let moment = session.moment().clone();
    let ticked = tick(&store, &reader, (id, copy.as_deref()), is_destroyed.then_some(moment.now))?;
    let sheet = Sheet::of(&reading.team, &ticked, None);
    let answer = Answer { outdated: 0, sheets: std::slice::from_ref(&sheet) };
    session.reply(
        &reading,
        "kit.sheets/1",
        &answer,
        || vec![sheet.record()],
        |screen, _| {
            screen::ticked(screen, &sheet, copy.as_deref(), is_destroyed, &moment);
        },
    )
}

fn list(sheets: &[Sheet], all: bool, reading: &Reading, mut session: Session<'_>) -> Result<(), Failure> {
    let moment = session.moment().clone();
    let outdated = sheets.iter().filter(|sheet| sheet.is_outdated()).count();
    let answer = Answer { outdated, sheets };
    let records = || sheets.iter().map(Sheet::record).collect();
    session.reply(reading, "kit.sheets/1", &answer, records, |screen, _| screen::sheets(screen, sheets, all, &moment))
}
