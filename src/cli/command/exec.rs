//! `kit exec`: a program gets values of a credential, and nothing of them stays.

use std::{ffi::OsString, path::Path, process::ExitStatus};

use clap::Args;

use crate::{
    cli::{
        complete::names,
        context,
        failure::{Failure, Kind},
        lending::Lent,
        opening::{self, Wish, after, choose},
        session::Session,
    },
    program::{Attached, Program},
    team::Thing,
};

/// Run a program with values of a break-glass credential: recorded first, gone with the program
///
/// Examples:
///   kit exec aws-root --reason "rotate keys" -- aws sts get-caller-identity
///   kit exec db-admin --stdin password --reason failover -- psql -h db1 -U admin
///
/// Without --env, --stdin and --file every value of one line is given in the environment under the name of the credential and
/// its own: AWS_ROOT_PASSWORD. Of totp the code of now is given, of recovery codes the next one. The program sees your
/// environment and your terminal, is looked for in PATH, and no shell takes part.
///
/// The exit status is the program's; 128 and the number when a signal ended it. Its own children see the values too.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Its name, alias or title
    #[arg(value_name = "NAME", add = names(&[Thing::Credential]))]
    name: String,
    /// Why it is opened, for those who read the record
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The incident that it belongs to
    #[arg(long, value_name = "ID")]
    incident: Option<String>,
    /// What another holder sent you: its text, or a file that holds it; can be given again
    #[arg(long, value_name = "SHARE")]
    with: Vec<String>,
    /// A value in a variable of the program
    #[arg(long, value_name = "VAR=FIELD")]
    env: Vec<String>,
    /// A value on its standard input
    #[arg(long, value_name = "FIELD")]
    stdin: Option<String>,
    /// A value in a private file whose path is in a variable; gone when the program ends
    #[arg(long, value_name = "VAR=FIELD")]
    file: Vec<String>,
    /// The program and its arguments
    #[arg(value_name = "CMD", last = true, required = true)]
    command: Vec<OsString>,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    if session.out.is_json() {
        return Err(
            Failure::usage("what a program prints is its own; nothing was opened.").hint("Without --json: kit exec NAME -- CMD")
        );
    }
    let program = program(arguments, &session)?;
    let lent = Lent::parse(&arguments.env, arguments.stdin.as_deref(), &arguments.file)?;
    let words = [arguments.name.clone()];
    let wish = Wish {
        name: &words,
        reason: arguments.reason.as_deref(),
        incident: arguments.incident.as_deref(),
        by: "exec",
        with: opening::given(&session, &arguments.with, "exec")?,
    };
    let chosen = choose(&mut session, &wish)?;
    lent.fields().try_for_each(|field| chosen.field(field).map(|_| ()))?;
    let open = opening::open(&mut session, chosen, wish)?;
    let mut given = lent.give(&mut session, &open)?;
    let folder = session.folder()?;
    let call = Attached {
        arguments: arguments.command.get(1..).unwrap_or_default(),
        environment: &context::environment(),
        secrets: &given.variables,
        input: given.input.as_ref().map(|input| input.as_slice()),
        folder: &folder,
    };
    let files = &mut given.files;
    let ended = attend(&program, &call, || *files = None);
    given.files = None;
    let ended =
        ended.map_err(|error| Failure::usage(format!("{error}.")).hint("It is recorded as opened. Is the program right?"))?;
    after(&mut session, &open, false);
    session.out.status = status(ended);
    Ok(())
}

/// The program that is meant: by its path, or in the folders of PATH.
fn program(arguments: &Arguments, session: &Session<'_>) -> Result<Program, Failure> {
    let name = arguments.command.first().cloned().unwrap_or_default();
    let children = &session.context.children;
    let is_path = Path::new(&name).components().count() > 1 || Path::new(&name).is_absolute();
    let found = if is_path {
        Program::at(&session.folder()?.join(&name), children)
    } else {
        name.to_str().and_then(|name| Program::named(name, children))
    };
    found.ok_or_else(|| {
        Failure::new(Kind::NotFound, format!("there is no program {}; nothing was opened.", name.to_string_lossy()))
            .hint("Name one that is in an absolute folder of PATH, or its path: kit exec NAME -- /path/to/program")
    })
}

/// Waits for the program. A signal that asks kit to end takes the files away at once and is passed on; the terminal's own keys
/// reach the program without kit.
#[cfg(unix)]
fn attend(
    program: &Program,
    call: &Attached<'_>,
    mut take_away: impl FnMut(),
) -> Result<ExitStatus, crate::program::ProgramError> {
    use signal_hook::consts::{SIGHUP, SIGTERM};

    use crate::cli::ask::signals::Signals;

    let signals = Signals::watch().ok();
    program.attend(call, || {
        let signals = signals.as_ref()?;
        if signals.took_stop() {
            let _ = signals.stop_here(); // the terminal has stopped the program too
        }
        let signal = signals.took_over().filter(|signal| [SIGHUP, SIGTERM].contains(signal))?;
        take_away();
        Some(signal)
    })
}

#[cfg(not(unix))]
fn attend(program: &Program, call: &Attached<'_>, _: impl FnMut()) -> Result<ExitStatus, crate::program::ProgramError> {
    program.attend(call, || None)
}

fn status(ended: ExitStatus) -> u8 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&ended).map(|signal| 128 + signal);
    #[cfg(not(unix))]
    let signal = None;
    ended.code().or(signal).and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
