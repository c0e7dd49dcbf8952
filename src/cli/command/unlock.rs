//! `kit unlock`: contacts stay open for some hours, without asking for the passphrase each time.

use clap::Args;

use super::sync::not_yet;
use crate::{
    bundle,
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    open::OpenError,
    unlock::{self, Unlocked},
};

/// Longest time that contacts stay open, in hours: a week.
const HOURS_MAX: u16 = 168;

/// Keep contacts open for some hours, so that lookups do not ask
///
/// Examples:
///   kit unlock
///   kit unlock --for 48h
///
/// For readers behind a passphrase. The kernel keeps the key in memory and drops it by itself; kit lock drops it now.
/// Credentials always ask.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// How long, in hours: 12h
    #[arg(long = "for", value_name = "HOURS", default_value = "12h")]
    hours: String,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let text = arguments.hours.trim();
    let hours = text.strip_suffix('h').unwrap_or(text).parse::<u16>().ok().filter(|hours| (1..=HOURS_MAX).contains(hours));
    let hours = hours.ok_or_else(|| {
        Failure::usage(format!("--for {text:?} is not a number of hours from 1 to {HOURS_MAX}."))
            .hint("For example: kit unlock --for 12h")
    })?;
    let store = session.store()?;
    let is_not_for_us = |session: &Session<'_>| {
        let opened = session.read_without_asking(&store);
        matches!(opened, Err(OpenError::Payload(bundle::OpenError::NotForUs { .. })))
    };
    match unlock::unlock(&store, hours, || session.passphrase())? {
        // The key opens, and nothing with it.
        Unlocked::Kept | Unlocked::NotNeeded if is_not_for_us(&session) => return Err(not_yet()),
        Unlocked::Kept => session.out.line(format!("UNLOCKED  contacts open without asking for {hours} h. To end it: kit lock")),
        Unlocked::NotNeeded => session.out.line("UNLOCKED  contacts open without asking on this machine anyway."),
        Unlocked::Impossible => {
            return Err(Failure::new(
                Kind::CannotOpen,
                "this machine has no kernel keyring that kit may use, so nothing was kept.",
            )
            .hint("The passphrase is asked for at each lookup, or taken with --passphrase-file FILE"));
        }
    }
    Ok(())
}
