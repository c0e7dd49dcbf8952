//! One file per command: its arguments, what it runs, how it prints. This one lists them.

mod announce;
mod bare;
mod check;
mod duty;
mod import;
mod init;
mod invite;
mod join;
mod keys;
mod lock;
mod lookup;
mod member;
mod publish;
mod publisher;
mod source;
mod status;
mod sync;
mod trust;
mod unlock;
mod verify;
mod window;

use clap::{Parser, Subcommand};

use super::{
    failure::{EXIT_STATUSES, Failure},
    options::Global,
    session::Session,
};

/// What stands below the list of commands.
pub(super) const AFTER_HELP: &str = "\
Examples:
  kit lookup alice                 her number, whether she sleeps, whom to call next
  kit lookup +447700900123         who is calling me?
  kit --at 'Sun 03:00' lookup bob  the same, for Sunday night

Exit statuses: kit help exit-codes. Reading needs no network and changes nothing.";

/// People, numbers, bridges and break-glass credentials of a team, signed and encrypted, answered with no network.
#[derive(Debug, Parser)]
#[command(name = "kit", version, propagate_version = true, disable_help_subcommand = true)]
pub(super) struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do; without it, who is in charge and how to join.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Lookup(lookup::Arguments),
    Duty(duty::Arguments),
    Window(window::Arguments),
    Announce(announce::Arguments),
    Status(status::Arguments),
    Sync(sync::Arguments),
    Check(check::Arguments),
    Init(init::Arguments),
    Import(import::Arguments),
    Publish(publish::Arguments),
    Invite(invite::Arguments),
    Join(join::Arguments),
    Member(member::Arguments),
    Publisher(publisher::Arguments),
    Source(source::Arguments),
    Trust(trust::Arguments),
    Verify(verify::Arguments),
    Unlock(unlock::Arguments),
    Lock(lock::Arguments),
    /// Say how to use kit or one of its commands
    Help {
        /// A command, or "exit-codes"
        topic: Option<String>,
    },
}

/// Runs one command.
pub(super) fn run(command: Option<Command>, session: Session<'_>) -> Result<(), Failure> {
    match command {
        None => bare::run(session),
        Some(Command::Lookup(arguments)) => lookup::run(&arguments, session),
        Some(Command::Duty(arguments)) => duty::run(&arguments, session),
        Some(Command::Window(arguments)) => window::run(&arguments, session),
        Some(Command::Announce(arguments)) => announce::run(&arguments, session),
        Some(Command::Status(arguments)) => status::run(&arguments, session),
        Some(Command::Sync(arguments)) => sync::run(&arguments, session),
        Some(Command::Check(arguments)) => check::run(&arguments, session),
        Some(Command::Init(arguments)) => init::run(&arguments, session),
        Some(Command::Import(arguments)) => import::run(&arguments, session),
        Some(Command::Publish(arguments)) => publish::run(&arguments, session),
        Some(Command::Invite(arguments)) => invite::run(&arguments, session),
        Some(Command::Join(arguments)) => join::run(&arguments, session),
        Some(Command::Member(arguments)) => member::run(&arguments, session),
        Some(Command::Publisher(arguments)) => publisher::run(&arguments, session),
        Some(Command::Source(arguments)) => source::run(&arguments, session),
        Some(Command::Trust(arguments)) => trust::run(&arguments, session),
        Some(Command::Verify(arguments)) => verify::run(&arguments, session),
        Some(Command::Unlock(arguments)) => unlock::run(&arguments, session),
        Some(Command::Lock(arguments)) => lock::run(&arguments, session),
        Some(Command::Help { topic }) => help(topic.as_deref(), session),
    }
}

/// The answer to a wrong `kit TOPIC`, with the nearest command.
fn unknown(kit: clap::Command, topic: &str) -> Failure {
    match kit.try_get_matches_from(["kit", topic]) {
        Err(error) if error.use_stderr() => super::usage(&error),
        _ => Failure::usage(format!("there is no command {topic:?}.")).hint("The list: kit help"),
    }
}

fn help(topic: Option<&str>, session: Session<'_>) -> Result<(), Failure> {
    use clap::CommandFactory;
    let mut kit = Cli::command().after_help(AFTER_HELP).term_width(session.context.terminal.layout.columns.min(100));
    kit.build();
    let text = match topic {
        None => kit.render_help().to_string(),
        Some("exit-codes") => EXIT_STATUSES.to_owned(),
        Some(topic) => match kit.find_subcommand_mut(topic) {
            Some(command) => command.render_long_help().to_string(),
            None => return Err(unknown(kit, topic)),
        },
    };
    session.out.lines(text.lines());
    Ok(())
}
