//! The human side: arguments in, screens and failures out. Everything else is below and knows nothing of terminals.

mod ask;
mod command;
mod complete;
mod context;
mod dial;
mod directory;
mod explain;
mod failure;
mod find;
mod finder;
mod finding;
mod help;
mod holding;
mod lending;
mod manual;
mod opening;
mod options;
mod out;
mod pick;
mod printing;
mod publishing;
mod quorum;
mod report;
mod running;
mod scanning;
mod screen;
mod sealing;
mod session;
mod time;
mod viewer;
mod voice;

use std::{ffi::OsString, panic::AssertUnwindSafe, process::ExitCode};

use clap::{
    CommandFactory, FromArgMatches,
    error::{ContextKind, ContextValue, ErrorKind},
};

pub use context::{Context, arguments};

use self::{
    command::Cli,
    failure::{Failure, Kind},
    out::Out,
    session::Session,
};

/// Runs one command line and gives its exit status.
pub fn main(context: Context, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    context::keep_memory_private();
    let mut out = Out::of_process();
    std::panic::set_hook(Box::new(|_| {}));
    let result = std::panic::catch_unwind(AssertUnwindSafe(|| run(context, arguments, &mut out))).unwrap_or_else(|_| Err(bug()));
    match result.and_then(|()| out.finish()) {
        Ok(()) => ExitCode::from(out.status),
        Err(failure) => {
            out.failure(&failure);
            failure.kind.into()
        }
    }
}

fn run(context: Context, arguments: impl IntoIterator<Item = OsString>, out: &mut Out) -> Result<(), Failure> {
    if let Some(shell) = context.completing.clone() {
        complete::answer(&shell, context, arguments, out);
        return Ok(());
    }
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let matches = match Cli::command().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) if error.use_stderr() => return Err(with_directory(usage(&error), &error, &context)),
        Err(_) => {
            // Help was asked for: only then are its texts laid out.
            let help = help::description(context.terminal.layout.columns).try_get_matches_from(&arguments);
            out.lines(help.err().map(|help| help.to_string()).unwrap_or_default().lines());
            return Ok(());
        }
    };
    let cli = Cli::from_arg_matches(&matches).map_err(|error| usage(&error))?;
    if cli.global.plain {
        help::check_plain(&matches)?;
    }
    let (home, folder, kit) = (context.home.clone(), context.folder.clone(), cli.global.kit.clone());
    let session = Session::new(context, cli.global, out)?;
    let published = || directory::published(home.as_deref(), kit.as_deref(), folder.as_deref());
    let directory = || directory::named(&matches).or_else(published);
    command::run(cli.command, session).map_err(|failure| failure.in_directory(directory))
}

/// What the argument parser found wrong, in kit's own form.
fn usage(error: &clap::Error) -> Failure {
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let mut failure = Failure::usage(first);
    for line in lines.filter(|line| !line.starts_with("For more information")) {
        failure = failure.hint(line);
    }
    // The likeliest slip at night: a name where a command belongs.
    if let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand)
        && !word.starts_with('-')
    {
        failure = failure.hint(format!("To look up a name: kit lookup {word}"));
    }
    failure.hint("More: kit help")
}

/// Where `--dir` is missing, the directory that it was the last time.
fn with_directory(failure: Failure, error: &clap::Error, context: &Context) -> Failure {
    let is_missing = error.kind() == ErrorKind::MissingRequiredArgument && error.to_string().contains("  --dir <DIR>");
    let last = || directory::published(context.home.as_deref(), None, context.folder.as_deref());
    match is_missing.then(last).flatten() {
        Some(directory) => failure.hint(format!("The one that was published last from here: --dir {directory}")),
        None => failure,
    }
}

fn bug() -> Failure {
    Failure::new(Kind::Bug, "kit made a mistake of its own and stopped. What it had stored before is unchanged.")
        .hint("Your kit still works: try the same again, or another command.")
        .hint("By hand, with stock tools: docs/format.md, \"Recover without kit\".")
}
