//! The options that every command takes.

use std::path::PathBuf;

use clap::Args;

use super::{complete::names, failure::Failure, find::assumption, session::Session};
use crate::{answer::WhatIf, open::Reading, team::Thing};

/// Options of every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Options of every command")]
pub(super) struct Global {
    /// Ask as of another time, on this machine's clock: "Sun 03:00", "03:00", "2026-11-18 03:12"; or RFC 3339 with its offset
    #[arg(long, global = true, value_name = "TIME")]
    pub at: Option<String>,
    /// Print the answer as one JSON object
    #[arg(long, global = true)]
    pub json: bool,
    /// Print the answer as one record a line, its columns separated by tabs
    #[arg(long, global = true, conflicts_with = "json")]
    pub plain: bool,
    /// For screen readers: tables become lines of "label: value", nothing is redrawn (also ACCESSIBLE=1)
    #[arg(long, global = true)]
    pub accessible: bool,
    /// Print no colour; there is none, so this changes nothing and is accepted for scripts that pass it
    #[arg(long, global = true, hide = true)]
    pub no_color: bool,
    /// Never ask; fail and name the missing option instead
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Read the passphrase from the first line of a file, or of standard input with "-"
    #[arg(long, global = true, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// Which kit, where this machine has several: the first letters of its id
    #[arg(long, global = true, value_name = "ID")]
    pub kit: Option<String>,
}

/// What a question assumes to be lost.
#[derive(Debug, Args)]
pub(super) struct Assumed {
    /// What is assumed to be down: tools, vendors, systems, bridges, networks, or "internet", "phone", "dns", "power"
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', add = names(&[Thing::Tool, Thing::Vendor, Thing::System, Thing::Bridge]))]
    down: Vec<String>,
    /// Who is assumed to be out of reach
    #[arg(long, value_name = "PERSON,…", value_delimiter = ',', add = names(&[Thing::Person]))]
    out: Vec<String>,
}

impl Assumed {
    /// The same as a team knows it.
    ///
    /// # Errors
    /// Not found or ambiguous, with names that can be typed instead.
    pub(super) fn what_if(&self, session: &Session<'_>, reading: &Reading) -> Result<WhatIf, Failure> {
        WhatIf::of(&reading.team, &self.down, &self.out, session.strictness()).map_err(|unclear| assumption(&unclear))
    }
}
