//! `kit export`: the kit in other shapes and places. This one lists them.

mod bundle;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::{failure::Failure, session::Session};

/// Write the kit of this machine to a stick or a file
///
/// Examples:
///   kit export bundle /media/stick
///   kit export bundle acme.kit
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The signed, encrypted kit, byte for byte, to be carried by hand; opens nothing and needs no key
    Bundle {
        /// A folder or a stick (bundle.kit in it), or a file that ends in .kit; without it, the current folder
        #[arg(value_name = "PLACE", default_value = ".")]
        place: PathBuf,
        /// Overwrite whatever file stands there
        #[arg(long)]
        force: bool,
    },
}

pub(super) fn run(arguments: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    match &arguments.what {
        What::Bundle { place, force } => bundle::run(place, *force, session),
    }
}
