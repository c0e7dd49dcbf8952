//! `kit sync --install-timer` and `--remove-timer`: the system runs `kit sync` by itself.

use std::path::{Path, PathBuf};

use super::Arguments;
use crate::{
    cli::{context::user_folders, failure::Failure, session::Session},
    schedule::{self, Scheduled},
    timer::{Every, Plan, System},
};

/// Whether the timer of this system was never seen at work by those who wrote it.
const UNTESTED: &str = "This kind of timer was not tested by the makers of kit: look whether it runs.";

pub(super) fn run(arguments: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    let every = match &arguments.every {
        None => Every::of_seconds(900).expect("an hour is made of 15 minutes"),
        Some(length) => Every::of_seconds(length.seconds).ok_or_else(|| {
            Failure::usage(format!("--every {} does not divide an hour or a day evenly.", length.text))
                .hint(format!("Take one of these: {}", Every::WORDS))
        })?,
    };
    let program = session.context.program.as_deref().and_then(Path::to_str).ok_or_else(|| {
        Failure::usage("where this program stands cannot be written into a timer's file.").hint("Put it at a path of plain text.")
    })?;
    let home = match &session.context.kit_home {
        Some(home) => Some(text(&session.folder()?.join(home))?),
        None => None,
    };
    let plan = Plan { program: program.to_owned(), home, kit: session.global.kit.clone(), every };
    let (system, above, folder) = place(&session)?;
    if arguments.dry_run {
        for file in plan.files(system).map_err(schedule::ScheduleError::from)? {
            session.out.line(format!("# {}", folder.join(file.name).display()));
            session.out.lines(file.text.lines());
        }
        return Ok(());
    }
    let children = &session.context.children;
    let (verb, scheduled) = if arguments.remove_timer {
        ("REMOVED", schedule::remove(&plan, system, &folder, &above, children)?)
    } else {
        session.store()?;
        ("INSTALLED", schedule::install(&plan, system, &folder, children)?)
    };
    report(verb, &scheduled, &plan, session);
    Ok(())
}

fn report(verb: &str, scheduled: &Scheduled, plan: &Plan, session: Session<'_>) {
    let Scheduled { files, left, why } = scheduled;
    let out = session.out;
    let is_any = files.iter().any(|(_, changed)| *changed);
    let every = format!("every {}, each machine at its own time", plan.every.words());
    out.line(match (verb, is_any, left.is_empty()) {
        ("REMOVED", false, _) => "NOTHING TO REMOVE  kit made no timer here".to_owned(),
        ("REMOVED", true, true) => "REMOVED  kit sync no longer runs by itself".to_owned(),
        ("REMOVED", ..) => "REMOVED  its files are gone; the system could not be told".to_owned(),
        (_, true, true) => format!("INSTALLED  kit sync runs by itself {every}"),
        (_, false, true) => format!("UNCHANGED  kit sync runs by itself {every}"),
        _ => format!("WRITTEN, NOT STARTED  kit sync is to run {every}"),
    });
    for (path, changed) in files {
        let word = match (verb, changed) {
            ("REMOVED", true) => "removed",
            ("REMOVED", false) => continue,
            (_, true) => "written",
            (_, false) => "as it was",
        };
        out.line(format!("  {word:<9}  {}", path.display()));
    }
    if !left.is_empty() {
        out.line(format!("  The system could not be told ({}). Run this yourself:", why.as_deref().unwrap_or("no reason given")));
        out.lines(left.iter().map(|command| format!("    {}", shell(command))));
    }
    if !cfg!(target_os = "linux") {
        out.line(UNTESTED);
    }
}

/// What runs things here; the folder that a timer may be the first to fill, and the one its files stand in.
fn place(session: &Session<'_>) -> Result<(System, PathBuf, PathBuf), Failure> {
    let missing =
        || Failure::usage("there is no home folder for a timer's files.").hint("Set HOME to your own folder, then try again.");
    if cfg!(target_os = "macos") {
        let above = user_folders().ok_or_else(missing)?.0.join("Library");
        Ok((System::Launchd, above.clone(), above.join("LaunchAgents")))
    } else if cfg!(windows) {
        let above = session.home()?.to_owned();
        Ok((System::TaskScheduler, above.clone(), above))
    } else {
        let above = user_folders().ok_or_else(missing)?.1;
        Ok((System::Systemd, above.clone(), above.join("systemd/user")))
    }
}

fn text(path: &Path) -> Result<String, Failure> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        Failure::usage("KIT_HOME cannot be written into a timer's file.").hint("Set KIT_HOME to a path of plain text.")
    })
}

/// A command as a shell takes it.
fn shell(command: &[String]) -> String {
    let plain = |word: &String| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./=:".contains(&byte));
    let quoted = |word: &String| if plain(word) { word.clone() } else { format!("'{}'", word.replace('\'', "'\\''")) };
    command.iter().map(quoted).collect::<Vec<_>>().join(" ")
}
