//! `kit export`: the kit in other shapes and places. This one lists them.

mod archive;
mod bundle;
mod phone;
mod sealed;
mod sheet;
mod table;
mod wallet;
mod writing;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::{failure::Failure, session::Session};

/// Write the kit of this machine to a stick or a file, or what is in it for phones, calendars and other programs
///
/// Examples:
///   kit export bundle /media/stick
///   kit export vcard --pager
///
/// All but a bundle and a sealed page are readable by whoever has them. Nothing that is sealed is ever in them; home numbers and
/// PINs only with --private, but for the bridge's PIN on a wallet card. Without --out they go to the current folder, under a name after the team.
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
    Vcard(phone::Contacts),
    Ics(phone::Calendar),
    /// Rows for a spreadsheet: one for each number of people, bridges, tools and vendors
    Csv(writing::To),
    /// All that is not secret as one JSON object, for programs
    Json(writing::To),
    Sheet(sheet::Arguments),
    Wallet(wallet::Arguments),
    Sealed(sealed::Arguments),
    Archive(archive::Arguments),
    /// A page for a wiki: bridges, who decides, systems, people, vendors, tools, windows
    Markdown(writing::To),
}

pub(super) fn run(arguments: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    match &arguments.what {
        What::Bundle { place, force } => bundle::run(place, *force, session),
        What::Vcard(arguments) => phone::contacts(arguments, session),
        What::Ics(arguments) => phone::calendar(arguments, session),
        What::Csv(to) => table::run(table::Shape::Csv, to, session),
        What::Json(to) => table::run(table::Shape::Json, to, session),
        What::Sheet(arguments) => sheet::run(arguments, session),
        What::Wallet(arguments) => wallet::run(arguments, session),
        What::Archive(arguments) => archive::run(arguments, session),
        What::Sealed(arguments) => sealed::run(arguments, session),
        What::Markdown(to) => table::run(table::Shape::Markdown, to, session),
    }
}
