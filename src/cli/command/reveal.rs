//! `kit reveal`: a credential is opened, recorded first, and looked at.

use std::path::{Path, PathBuf};

use clap::Args;
use zeroize::Zeroizing;

#[cfg(unix)]
use crate::cli::opening::look;
use crate::{
    cli::{
        complete::names,
        context::{Sink, sink},
        failure::Failure,
        opening::{self, Open, Wish, after, can_watch, choose, for_program, say_spent},
        session::Session,
    },
    disk::{self, Reserved},
    team::{FieldKind, Thing},
};

/// Open a break-glass credential: recorded first, then shown one value at a time
///
/// Examples:
///   kit reveal aws-root
///   kit reveal aws-root --field password --reason "Okta is down" | xclip
///
/// Asks why and for the passphrase, writes an entry into this machine's journal, and only then opens it. User name and sign-in
/// address stand on the terminal; the rest on a screen of its own that leaves nothing behind. A password goes to the clipboard
/// for 45 s, unless --show shows it. Enter turns to the next value, c copies, s shows or hides, n shows the next recovery code
/// (recorded as used), q ends.
///
/// With --field, to a program or a file, exactly that value and nothing else is printed: of totp the code of now, of recovery
/// codes the next one. What some holders open together asks for their shares (kit request NAME). Exit status 5 when this device is no holder, or more holders are needed: it says who they are.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Its name, alias or title
    #[arg(value_name = "NAME", required = true, add = names(&[Thing::Credential]))]
    name: Vec<String>,
    /// Why it is opened, for those who read the record
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The incident that it belongs to
    #[arg(long, value_name = "ID")]
    incident: Option<String>,
    /// What another holder sent you: its text, a file that holds it, or "-"; can be given again
    #[arg(long, value_name = "SHARE")]
    with: Vec<String>,
    /// This value only: user, password, totp …
    #[arg(long, value_name = "FIELD")]
    field: Option<String>,
    /// Write that value into a new file that only you can read
    #[arg(long, value_name = "FILE", requires = "field")]
    to: Option<PathBuf>,
    /// Show secrets on the screen at once, and put none into the clipboard
    #[arg(long)]
    show: bool,
    /// End the value with a line end
    #[arg(long, requires = "field")]
    newline: bool,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    if session.out.is_json() {
        return Err(Failure::usage("a credential is never written as JSON; nothing was opened.")
            .hint("One value, exactly: kit reveal NAME --field FIELD"));
    }
    let is_watched = session.context.terminal.output && arguments.to.is_none();
    if is_watched {
        can_watch(&session)?;
    } else if arguments.field.is_none() {
        return Err(Failure::usage("this is no terminal, and no value was named; nothing was opened.")
            .hint("Name one: kit reveal NAME --field password --reason TEXT"));
    }
    let wish = Wish {
        name: &arguments.name,
        reason: arguments.reason.as_deref(),
        incident: arguments.incident.as_deref(),
        by: "reveal",
        field: arguments.field.clone(),
        to: arguments.to.as_ref().map(|to| session.folder().map(|folder| folder.join(to))).transpose()?,
        with: opening::given(&session, &arguments.with, "reveal")?,
    };
    let chosen = choose(&mut session, &wish)?;
    let kind = arguments.field.as_ref().map(|field| chosen.field(field).map(|label| label.kind)).transpose()?;
    // What cannot be written is found out before somebody is asked why, and again before it is opened: a code would be spent.
    match &wish.to {
        Some(to) => can_be_made(to)?,
        None if !is_watched => arrives(kind)?,
        None => {}
    }
    let mut open = opening::open(&mut session, chosen, wish)?;
    match (&arguments.field, open.to.take()) {
        (Some(field), Some(to)) => save(&mut session, &open, (field, arguments.newline), to)?,
        (Some(field), None) if !is_watched => {
            let bytes = value(&mut session, &open, (field, arguments.newline))?;
            session.out.script(&bytes);
        }
        (field, _) => look(&mut session, &open, field.as_deref(), arguments.show)?,
    }
    after(&mut session, &open, is_watched);
    Ok(())
}

/// Looks whether a new file can be made there.
fn can_be_made(to: &Path) -> Result<(), Failure> {
    if disk::exists(to) {
        return Err(Failure::usage(format!("{} is there already; nothing was opened.", to.display())).hint("Name a new file."));
    }
    Reserved::new(to)?;
    Ok(())
}

/// Looks whether what is printed comes to somebody.
fn arrives(kind: Option<FieldKind>) -> Result<(), Failure> {
    let why = match sink() {
        Sink::Closed => "standard output is closed, so the value would be lost",
        Sink::Null if kind == Some(FieldKind::Codes) => "the code would be lost in /dev/null, and count as used",
        Sink::Null | Sink::Kept => return Ok(()),
    };
    Err(Failure::usage(format!("{why}; nothing was opened.")).hint("Into a file: kit reveal NAME --field FIELD --to FILE"))
}

fn value(session: &mut Session<'_>, open: &Open, (field, newline): (&str, bool)) -> Result<Zeroizing<Vec<u8>>, Failure> {
    say_spent(session, open, field);
    let value = for_program(open, field, &session.context)?;
    let end: &[u8] = if newline { b"\n" } else { b"" };
    Ok(Zeroizing::new([value.as_slice(), end].concat()))
}

fn save(session: &mut Session<'_>, open: &Open, field: (&str, bool), to: Reserved) -> Result<(), Failure> {
    let bytes = value(session, open, field)?;
    let path = to.path().display().to_string();
    to.fill(&bytes)?;
    session.out.say(format!("WROTE  {path} ({} bytes), readable by you alone. Remove it when you are done.", bytes.len()));
    Ok(())
}

#[cfg(not(unix))]
fn look(_: &mut Session<'_>, _: &Open, _: Option<&str>, _: bool) -> Result<(), Failure> {
    Ok(()) // can_watch has refused
}
