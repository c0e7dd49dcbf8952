//! `kit import`: an address book into a team directory, or what photographs of paper hold.

mod book;
mod scan;

use std::path::PathBuf;

use clap::Args;

use crate::cli::{failure::Failure, session::Session};

/// Take people from an address book (vCard 2.1, 3.0, 4.0) into a team directory, or a kit from photographs of its paper
///
/// Examples:
///   kit import contacts.vcf --into team --region GB
///   kit import --scan page1.jpg page2.jpg
///
/// Address books: shows what would be added and changed, then asks. People are matched by e-mail, then by number, never by
/// name alone. What a human wrote is never overwritten. The same file a second time changes nothing.
///
/// --scan reads the codes in JPEG and PNG pictures, and codes or lines that were copied or typed into text files, in any order. A kit
/// on paper (kit export archive) is checked and taken like one from kit sync --from FILE. A sealed page is written to a file, which
/// age opens with its passphrase. All other codes are shown as text.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The address book, or "-"; with --scan, the pictures and text files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Read what photographs of paper hold
    #[arg(long, conflicts_with_all = ["into", "region", "zone", "yes", "strict"])]
    scan: bool,
    /// With --scan, where a sealed page goes, if not to sealed.age in the current folder
    #[arg(long, value_name = "FILE", requires = "scan")]
    out: Option<PathBuf>,
    /// The team directory
    #[arg(long, value_name = "DIR", required_unless_present = "scan")]
    into: Option<PathBuf>,
    /// The country of numbers written without one, such as GB
    #[arg(long, value_name = "COUNTRY")]
    region: Option<String>,
    /// The time zone of people whose card says none, if it is not this machine's
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Write without asking
    #[arg(long)]
    yes: bool,
    /// Show, and write nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Fail when any card had to be skipped
    #[arg(long)]
    strict: bool,
}

pub(super) fn run(arguments: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    match (arguments.files.as_slice(), &arguments.into) {
        (files, None) => scan::run(files, arguments, session),
        ([file], Some(into)) => book::run(file, into, arguments, session),
        (_, Some(_)) => Err(Failure::usage("one address book at a time.").hint("For each of them: kit import FILE --into DIR")),
    }
}
