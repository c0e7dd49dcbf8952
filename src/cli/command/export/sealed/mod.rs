//! `kit export sealed`: a credential on paper, sealed by a passphrase; recorded like every opening.

mod page;

use std::path::PathBuf;

use clap::Args;

use crate::{
    bundle::journal::ON_PAPER,
    cli::{
        complete::names,
        failure::Failure,
        opening::{self, Open, Wish, can_show_words, choose, receipt, tell, written_down},
        printing::Printing,
        session::Session,
    },
    disk::Reserved,
    enclose::{Content, Enclosed, enclose},
    key::WorkFactor,
    store::SheetKind,
    team::Thing,
};

/// A break-glass credential on paper, sealed by a passphrase that is not on it: any age tool opens it, without kit
///
/// Examples:
///   kit export sealed aws-root --copies "safe, building 2" --held-by "Chris Lindqvist"
///   kit export sealed aws-root --field user --field password --reason "quarterly envelopes"
///
/// Asks why and for your passphrase, and writes an entry into this machine's journal before anything is opened, as kit reveal
/// does. Then it shows six words, once: write them down by hand and keep them elsewhere. One page for each copy: a code for a
/// phone's camera, the same as lines to type, how it is opened, whom to tell. What was printed is still the value until it is
/// changed: nobody saw it.
///
/// What some holders open together asks for their shares (kit request NAME). Off a terminal the words go to --passphrase-out.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// Its name, alias or title
    #[arg(value_name = "NAME", required = true, add = names(&[Thing::Credential]))]
    name: Vec<String>,
    /// Why it is printed, for those who read the record
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The incident that it belongs to
    #[arg(long, value_name = "ID")]
    incident: Option<String>,
    /// What another holder sent you: its text, a file that holds it, or "-"; can be given again
    #[arg(long, value_name = "SHARE")]
    with: Vec<String>,
    /// This value only; can be given again
    #[arg(long, value_name = "FIELD")]
    field: Vec<String>,
    /// Allow a code that not every phone reads: up to 706 bytes instead of 508
    #[arg(long)]
    dense: bool,
    /// Who keeps the words, or where: stands on the page
    #[arg(long, value_name = "TEXT")]
    held_by: Option<String>,
    /// Write the words into a new file that only you can read, instead of showing them
    #[arg(long, value_name = "FILE")]
    passphrase_out: Option<PathBuf>,
    #[command(flatten)]
    printing: Printing,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    if arguments.passphrase_out.is_none() {
        can_show_words(&session, &arguments.name.join(" "))?;
    }
    let to = arguments.passphrase_out.as_ref();
    let wish = Wish {
        name: &arguments.name,
        reason: arguments.reason.as_deref(),
        incident: arguments.incident.as_deref(),
        by: ON_PAPER,
        field: Some(arguments.field.join(", ")).filter(|fields| !fields.is_empty()),
        to: to.map(|to| session.folder().map(|folder| folder.join(to))).transpose()?,
        with: opening::given(&session, &arguments.with, ON_PAPER)?,
    };
    let chosen = choose(&mut session, &wish)?;
    arguments.field.iter().try_for_each(|field| chosen.field(field).map(|_| ()))?;
    // What cannot be written is found out before somebody is asked why.
    arguments.printing.check(&session, SheetKind::Sealed, chosen.found.id.as_str())?;
    wish.to.as_deref().map(Reserved::new).transpose()?;
    let mut open = opening::open(&mut session, chosen, wish)?;
    let enclosed = sealed(&session, &open, arguments)?;
    match open.to.take() {
        Some(to) => to.fill(format!("{}\n", *enclosed.passphrase).as_bytes())?,
        None => written_down(&mut session, &open, &enclosed.passphrase)?,
    }
    page::print(&mut session, &open, &enclosed, arguments)?;
    let told = tell(&open).map(|owner| format!("Next: tell {owner}.  ")).unwrap_or_default();
    session.out.say(format!("{told}Keep the words and the page in two places. Try it: open the page once, before you need it."));
    let receipt = receipt(&session, &open);
    session.out.say(receipt);
    Ok(())
}

/// The values, sealed by a passphrase of their own.
fn sealed(session: &Session<'_>, open: &Open, arguments: &Arguments) -> Result<Enclosed, Failure> {
    let wanted = |name: &String| arguments.field.is_empty() || arguments.field.contains(name);
    let fields = open.revealed.fields.iter().filter(|field| wanted(&field.name)).collect();
    let id = open.chosen.id()?;
    let version = open.chosen.capsule().map_or(0, |capsule| capsule.version);
    let content = Content { id: &id, version, now: session.moment().now, fields };
    Ok(enclose(&content, WorkFactor::DEFAULT, arguments.dense)?)
}
