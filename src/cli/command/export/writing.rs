//! Where an export goes, and what is said of it: one rule for all shapes that others read.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    disk::{self, Access, DiskError},
    export::{Made, Outgoing, file_name},
    open::Reading,
};

/// Where it goes, and how much of it.
#[derive(Debug, Args)]
pub(super) struct To {
    /// A file or a folder, or - for standard output; without it, a file in the current folder
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Overwrite whatever file stands there
    #[arg(long)]
    force: bool,
    /// Private things too: home numbers; PINs and host keys where they have a place
    #[arg(long)]
    private: bool,
}

/// What is written.
pub(super) struct File<'a> {
    /// The shape: `vcard`.
    pub(super) shape: &'static str,
    /// What the name of the file is made from.
    pub(super) of: &'a str,
    /// What it holds.
    pub(super) what: &'static str,
    /// The ending of its name.
    pub(super) ending: &'static str,
    /// What is counted: one, several.
    pub(super) things: (&'static str, &'static str),
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    shape: &'static str,
    file: String,
    count: usize,
    bytes: usize,
    from: String,
    left_out: &'a [String],
    warnings: &'a [String],
}

/// The team of a kit on its way out.
pub(super) fn outgoing<'a>(reading: &'a Reading, kit: &'a str, to: &To, session: &Session<'_>) -> Outgoing<'a> {
    let head = reading.generation.verified().head();
    let (seq, created, now) = (head.seq, head.created, session.moment().now);
    Outgoing { team: &reading.team, kit, seq, created, now, private: to.private }
}

/// Writes it, and says what it is and what is not in it.
pub(super) fn write(file: &File<'_>, made: &Made, to: &To, reading: &Reading, mut session: Session<'_>) -> Result<(), Failure> {
    let left_out = made.left_out.join(", ");
    if to.out.as_deref() == Some(Path::new("-")) {
        if session.out.is_json() {
            return Err(Failure::usage("--json says where a file was written, and --out - writes none.")
                .hint("The team as JSON: kit export json --out -"));
        }
        session.out.script(made.text.as_bytes());
        warn(reading, &mut session);
        session.out.say(format!("Left out: {left_out}."));
        made.warnings.iter().for_each(|warning| session.out.say(format!("Mind: {warning}.")));
        return Ok(());
    }
    let path = path_of(file, to, session.folder()?);
    put(&path, made.text.as_bytes(), to.force)?;
    warn(reading, &mut session);
    let head = reading.generation.verified().head();
    let from = format!("kit {} of {}, {}", head.seq, reading.team.name, head.created.strftime("%Y-%m-%d"));
    if session.out.is_json() {
        return session.out.json(&Answer {
            schema: "kit.export-file/1",
            shape: file.shape,
            file: path.display().to_string(),
            count: made.count,
            bytes: made.text.len(),
            from,
            left_out: &made.left_out,
            warnings: &made.warnings,
        });
    }
    let things = if made.count == 1 { file.things.0 } else { file.things.1 };
    session.out.lines([
        format!("WROTE  {} {things} in {}", made.count, path.display()),
        format!("  from      {from}"),
        format!("  left out  {left_out}"),
    ]);
    session.out.lines(made.warnings.iter().map(|warning| format!("  mind      {warning}")));
    session.out.line("  Whoever has the file can read it. Delete it when it is where it belongs.");
    Ok(())
}

/// What there is to say of the kit itself, once there is a file of it.
fn warn(reading: &Reading, session: &mut Session<'_>) {
    for warning in session.standing(reading).warnings() {
        session.out.say(warning);
    }
}

/// The file: as named, or with a name of its own in a folder.
fn path_of(file: &File<'_>, to: &To, folder: PathBuf) -> PathBuf {
    let named = folder.join(to.out.as_deref().unwrap_or(Path::new("."))).components().collect::<PathBuf>();
    if disk::is_folder(&named) { named.join(file_name(file.of, file.what, file.ending)) } else { named }
}

/// For the user alone; as the place allows where it knows no such thing (a stick).
fn put(path: &Path, bytes: &[u8], force: bool) -> Result<(), Failure> {
    let write = if force { disk::replace } else { disk::create_new };
    match write(path, bytes, Access::Private).or_else(|error| match error {
        DiskError::Exists { .. } => Err(error),
        _ => write(path, bytes, Access::Shared),
    }) {
        Err(DiskError::Exists { path }) => {
            Err(Failure::new(Kind::No, format!("{} is there already; nothing was written.", path.display()))
                .hint("Over it: the same with --force")
                .hint("Under another name: --out FILE"))
        }
        result => Ok(result?),
    }
}
