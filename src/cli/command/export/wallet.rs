//! `kit export wallet`: cards that are always there.

use clap::Args;
use jiff::ToSpan;

use super::writing::outgoing_of;
use crate::{
    cli::{
        failure::{Failure, Kind},
        printing::{self, Printing},
        session::Session,
    },
    export::{wallet, wallet_cards},
    store::SheetKind,
};

/// Cards for the wallet: the bridge and its PIN, whom to call, what your pager calls from; four on a page
///
/// Examples:
///   kit export wallet
///   kit export wallet Platform --copies "my wallet"
///
/// First names only, no services, nothing sealed: a wallet gets lost. The bridge's PIN is on it, for nobody gets in without. A
/// camera that looks at the code calls the bridge. Cut at the solid marks, fold at the dashed ones.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// Parts of the team, as people have them under "teams"; without one, whoever leads and answers for what wakes people
    #[arg(value_name = "TEAM")]
    teams: Vec<String>,
    /// What somebody who finds it is asked to do
    #[arg(long, value_name = "TEXT")]
    found: Option<String>,
    #[command(flatten)]
    printing: Printing,
}
