//! `kit exec`: a program gets values of a credential, and nothing of them stays.

use std::ffi::OsString;

use clap::Args;

use crate::{
    cli::{
        complete::names,
        context,
        failure::Failure,
        lending::Lent,
        opening::{self, Wish, after, choose},
        running::{attend, program, status},
        session::Session,
    },
    program::Attached,
    team::Thing,
};

/// Run a program with values of a break-glass credential: recorded first, gone with the program
///
/// Examples:
///   kit exec aws-root --reason "rotate keys" -- aws sts get-caller-identity
///   kit exec db-admin --stdin password --reason failover -- psql -h db1 -U admin
///
/// Without --env, --stdin and --file every value of one line is given in the environment under the name of the credential and
/// its own: AWS_ROOT_PASSWORD. Of totp that is the code of now. Recovery codes, notes and files are given only if they are named;
/// of recovery codes the next one, which then counts as used. The program sees your environment and your terminal, is looked for
/// in PATH, and no shell takes part.
///
/// Files stand in memory, in XDG_RUNTIME_DIR or /dev/shm, and on the disk where there is neither. If kit is killed, the program
/// goes on, and its files stay until the next kit reveal, exec or sync. The exit status is the program's; 128 and the number when
/// a signal ended it. Its own children see the values too.
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
    let program = program(arguments.command.first().cloned().unwrap_or_default(), &session)?;
    let lent = Lent::parse(&arguments.env, arguments.stdin.as_deref(), &arguments.file)?;
    let words = [arguments.name.clone()];
    let wish = Wish {
        name: &words,
        reason: arguments.reason.as_deref(),
        incident: arguments.incident.as_deref(),
        by: "exec",
        field: lent.named(),
        to: None,
        with: opening::given(&session, &arguments.with, "exec")?,
    };
    let chosen = choose(&mut session, &wish)?;
    lent.check(&chosen)?;
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
