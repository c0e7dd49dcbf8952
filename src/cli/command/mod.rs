//! One file per command: its arguments, what it runs, how it prints. This one lists them.

mod ack;
mod acks;
mod announce;
pub(in crate::cli) mod approve;
mod authority;
mod bare;
mod bridge;
mod brief;
mod check;
mod completions;
mod duty;
mod entries;
mod exec;
mod export;
mod exposure;
mod import;
mod init;
mod invite;
mod join;
mod keys;
mod lock;
mod log;
mod lookup;
mod manual;
mod member;
mod pick;
mod publish;
mod publisher;
pub(in crate::cli) mod request;
mod rescue_drill;
mod reveal;
mod review;
mod seal;
mod sheets;
mod source;
mod status;
mod sync;
mod tier;
mod tool;
mod trust;
mod unlock;
mod verify;
mod who;
mod window;

use clap::{Parser, Subcommand};

use super::{failure::Failure, options::Global, session::Session};

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
    Who(who::Arguments),
    Lookup(lookup::Arguments),
    Authority(authority::Arguments),
    Bridge(bridge::Arguments),
    Tool(tool::Arguments),
    Brief(brief::Arguments),
    Duty(duty::Arguments),
    Window(window::Arguments),
    Announce(announce::Arguments),
    Pick(pick::Arguments),
    Reveal(reveal::Arguments),
    Exec(exec::Arguments),
    Status(status::Arguments),
    Sync(sync::Arguments),
    Request(request::Arguments),
    Approve(approve::Arguments),
    Ack(ack::Arguments),
    Acks(acks::Arguments),
    Log(log::Arguments),
    Review(review::Arguments),
    Check(check::Arguments),
    Init(init::Arguments),
    Import(import::Arguments),
    Publish(publish::Arguments),
    Invite(invite::Arguments),
    Join(join::Arguments),
    Member(member::Arguments),
    Publisher(publisher::Arguments),
    Tier(tier::Arguments),
    Seal(seal::Arguments),
    Sheets(sheets::Arguments),
    Exposure(exposure::Arguments),
    RescueDrill(rescue_drill::Arguments),
    Source(source::Arguments),
    Trust(trust::Arguments),
    Verify(verify::Arguments),
    Export(export::Arguments),
    Unlock(unlock::Arguments),
    Lock(lock::Arguments),
    Completions(completions::Arguments),
    Manual(manual::Arguments),
    /// Say how to use kit or one of its commands
    Help {
        /// A command, or "exit-codes"
        #[arg(value_name = "COMMAND")]
        topic: Vec<String>,
    },
}

/// Runs one command.
pub(super) fn run(command: Option<Command>, session: Session<'_>) -> Result<(), Failure> {
    match command {
        None => bare::run(session),
        Some(Command::Who(arguments)) => who::run(&arguments, session),
        Some(Command::Authority(arguments)) => authority::run(&arguments, session),
        Some(Command::Lookup(arguments)) => lookup::run(&arguments, session),
        Some(Command::Bridge(arguments)) => bridge::run(&arguments, session),
        Some(Command::Tool(arguments)) => tool::run(&arguments, session),
        Some(Command::Brief(arguments)) => brief::run(&arguments, session),
        Some(Command::Duty(arguments)) => duty::run(&arguments, session),
        Some(Command::Window(arguments)) => window::run(&arguments, session),
        Some(Command::Announce(arguments)) => announce::run(&arguments, session),
        Some(Command::Pick(arguments)) => pick::run(&arguments, session),
        Some(Command::Reveal(arguments)) => reveal::run(&arguments, session),
        Some(Command::Exec(arguments)) => exec::run(&arguments, session),
        Some(Command::Status(arguments)) => status::run(&arguments, session),
        Some(Command::Sync(arguments)) => sync::run(&arguments, session),
        Some(Command::Request(arguments)) => request::run(&arguments, session),
        Some(Command::Approve(arguments)) => approve::run(&arguments, session),
        Some(Command::Ack(arguments)) => ack::run(&arguments, session),
        Some(Command::Acks(arguments)) => acks::run(&arguments, session),
        Some(Command::Log(arguments)) => log::run(&arguments, session),
        Some(Command::Review(arguments)) => review::run(&arguments, session),
        Some(Command::Check(arguments)) => check::run(&arguments, session),
        Some(Command::Init(arguments)) => init::run(&arguments, session),
        Some(Command::Import(arguments)) => import::run(&arguments, session),
        Some(Command::Publish(arguments)) => publish::run(&arguments, session),
        Some(Command::Invite(arguments)) => invite::run(&arguments, session),
        Some(Command::Join(arguments)) => join::run(&arguments, session),
        Some(Command::Member(arguments)) => member::run(&arguments, session),
        Some(Command::Publisher(arguments)) => publisher::run(&arguments, session),
        Some(Command::Tier(arguments)) => tier::run(&arguments, session),
        Some(Command::Seal(arguments)) => seal::run(&arguments, session),
        Some(Command::Sheets(arguments)) => sheets::run(&arguments, session),
        Some(Command::Exposure(arguments)) => exposure::run(&arguments, session),
        Some(Command::RescueDrill(arguments)) => rescue_drill::run(&arguments, session),
        Some(Command::Source(arguments)) => source::run(&arguments, session),
        Some(Command::Trust(arguments)) => trust::run(&arguments, session),
        Some(Command::Export(arguments)) => export::run(&arguments, session),
        Some(Command::Verify(arguments)) => verify::run(&arguments, session),
        Some(Command::Unlock(arguments)) => unlock::run(&arguments, session),
        Some(Command::Lock(arguments)) => lock::run(&arguments, session),
        Some(Command::Completions(arguments)) => completions::run(&arguments, session),
        Some(Command::Manual(arguments)) => manual::run(&arguments, session),
        Some(Command::Help { topic }) => help(&topic, session),
    }
}

fn help(topic: &[String], session: Session<'_>) -> Result<(), Failure> {
    let text = super::help::help(topic, session.context.terminal.layout.columns)?;
    session.out.lines(text.lines());
    Ok(())
}
