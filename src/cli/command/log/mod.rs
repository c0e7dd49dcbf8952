//! `kit log`: what was opened, by whom and why; and whether the record is whole.

mod journals;
mod show;
mod verify;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::{
    answer::{self, Burned},
    audit::audit,
    bundle::limits::BUNDLE_BYTES_MAX,
    cli::{
        failure::{Failure, Kind},
        report::{Row, rows},
        screen::{self, Beside},
        session::Session,
    },
    collect,
    key::Identity,
    open::Reading,
    reach::Route,
    record::journal_readers,
    recount::{Whose, openings, recount},
    source::{Bounds, named},
    store::Store,
};

/// Entries that are shown unless more are asked for.
const LAST: usize = 8;

/// Say what was opened on this device, by whom, why, and what is burned since: opened and not changed
///
/// Examples:
///   kit log
///   kit log --all --last 20
///
/// The newest stands first. With --all, for those who read journals (the auditors of the policy, those who publish and those
/// who lead): everybody's, after every place that can be reached was asked for what is new. It is a record, not a lock.
///
/// With --plain: one line for each. Columns: number; device; when (RFC 3339); opened, code-shown, asked, shared, drilled or
/// reviewed; of what; which value; reason; incident; receipt; burned or rotated; who reviewed it.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    /// Everybody's, for those who read journals
    #[arg(long)]
    all: bool,
    /// Ask no place: by what was collected before
    #[arg(long, requires = "all")]
    offline: bool,
    /// How many of the newest
    #[arg(long, value_name = "N")]
    last: Option<usize>,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    Show(show::Arguments),
    Verify(verify::Arguments),
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    entries: &'a [Row],
    burned: &'a [Burned],
    sealed: usize,
    doubts: &'a [String],
    collected: Option<jiff::Timestamp>,
    not_heard: &'a [(String, String)],
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    match &arguments.action {
        Some(Action::Show(arguments)) => return show::run(arguments, session),
        Some(Action::Verify(arguments)) => return verify::run(arguments, session),
        None => {}
    }
    let (store, reading, reader) = session.read_with_key()?;
    let whose = if arguments.all { Whose::All } else { Whose::Own };
    let inboxes = match arguments.all {
        true => Some(collected(&store, &reading, &reader, arguments.offline, &session)?),
        false => None,
    };
    let told = recount(&store, &reading, &reader, whose)?;
    let moment = session.moment().clone();
    let burned = answer::burned(&reading.team, &openings(&told), &moment);
    let (all, sealed) = rows(&reading.team, &told, &moment);
    let is_screen = !session.global.json && !session.global.plain;
    let last = arguments.last.unwrap_or(if is_screen { LAST } else { usize::MAX });
    let (shown, older) = all.split_at(last.min(all.len()));
    let audits = journals::named(audit(&store, &reading, arguments.all)?, &told);
    let doubts: Vec<String> = audits.iter().filter(|audit| !audit.is_sound()).map(journals::doubt).collect();
    let inboxes = inboxes.unwrap_or_default();
    let answer =
        Answer { entries: shown, burned: &burned, sealed, doubts: &doubts, collected: inboxes.at, not_heard: &inboxes.problems };
    let collected = inboxes.at.map(|at| answer::ago(moment.now, at));
    session.reply(
        &reading,
        "kit.log/1",
        &answer,
        || shown.iter().map(Row::record).collect(),
        |screen, standing| {
            let problems: Vec<String> = inboxes.problems.iter().map(|(source, problem)| named(source, problem)).collect();
            let (is_all, older, collected) = (arguments.all, older.len(), collected.as_deref());
            let beside = Beside { is_all, older, sealed, doubts: &doubts, collected, problems: &problems };
            screen::log(screen, shown, &burned, &beside, standing);
        },
    )
}

/// What others recorded, with what is new, for those who may read it.
pub(super) fn collected(
    store: &Store,
    reading: &Reading,
    reader: &Identity,
    is_offline: bool,
    session: &Session<'_>,
) -> Result<collect::Inboxes, Failure> {
    let (settings, now) = (store.settings()?, session.moment().now);
    let readers = journal_readers(reading, now);
    if !readers.contains(&settings.person) {
        let names: Vec<&str> = readers.iter().map(|id| reading.team.person_name(id)).collect();
        return Err(Failure::new(Kind::CannotOpen, "the journals of others are sealed to those who read them, and you do not.")
            .hint(format!("Who can read them: {}", names.join(", ")))
            .hint("Your own: kit log"));
    }
    if is_offline || settings.sources.is_empty() {
        return Ok(collect::collected(store, reading, reader)?);
    }
    let base = session.folder()?;
    let route = Route { places: &settings.sources, base: &base, outside: &session.context.outside };
    Ok(collect::collect(store, reading, reader, route, now, |_| Bounds::of(BUNDLE_BYTES_MAX as u64))?)
}
