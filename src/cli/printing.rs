//! Paper: the options that all printed pages take, and the one way in which they are printed, written and remembered.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;

use super::{
    failure::{Failure, Kind},
    session::Session,
};
use crate::{
    authored::count,
    disk::{self, Access, DiskError},
    export::file_name,
    key::Identity,
    paper::{Document, Fonts, Paper},
    print::print,
    remember::{Facts, Says, Sheet, remember},
    store::{SheetKind, Store},
};

/// Most bytes of a font that somebody gives.
const FONT_BYTES_MAX: u64 = 64 << 20;

/// How it is printed, and where it goes.
#[derive(Debug, Args)]
pub(super) struct Printing {
    /// What it is printed on
    #[arg(long, value_name = "PAPER", value_enum, default_value_t = Size::A4)]
    paper: Size,
    /// A font for letters that kit has none for; can be given again
    #[arg(long, value_name = "FILE")]
    font: Vec<PathBuf>,
    /// Where a copy will be; can be given again
    #[arg(long, value_name = "TEXT")]
    pub(super) copies: Vec<String>,
    /// A file or a folder, or - for standard output; without it, a file in the current folder
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Overwrite whatever file stands there
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Size {
    A4,
    Letter,
}

/// What is printed.
pub(super) struct Job<'a> {
    /// Its kind.
    pub(super) kind: SheetKind,
    /// What it is about: a credential, a team.
    pub(super) about: &'a str,
    /// The kit that it is from.
    pub(super) seq: u64,
    /// When it is replaced, whatever changed.
    pub(super) replace_by: Timestamp,
    /// What stands on it.
    pub(super) facts: Facts,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    kind: &'static str,
    id: &'a str,
    file: String,
    what: &'a str,
    bytes: usize,
    warnings: &'a [String],
}

impl Printing {
    /// The paper.
    pub(super) fn paper(&self) -> Paper {
        match self.paper {
            Size::A4 => Paper::A4,
            Size::Letter => Paper::Letter,
        }
    }

    /// The fonts that were given.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(super) fn fonts(&self, session: &Session<'_>) -> Result<Vec<Vec<u8>>, Failure> {
        self.font.iter().map(|font| session.given(font, FONT_BYTES_MAX)).collect()
    }

    /// Looks, before there is anything to write, whether it could be written.
    ///
    /// # Errors
    /// When something stands there, or standard output is not for a file.
    pub(super) fn check(&self, session: &Session<'_>, kind: SheetKind, about: &str) -> Result<(), Failure> {
        match self.path(session, (kind, about), "pdf")? {
            Some(path) if !self.force && disk::exists(&path) => Err(taken(&path)),
            None if session.out.is_json() => {
                Err(Failure::usage("--json says where a file was written, and --out - writes none.")
                    .hint("Leave one of them out: --json or --out -"))
            }
            None if session.context.terminal.output => {
                Err(Failure::usage("a PDF is nothing for a terminal; nothing was written.")
                    .hint("Into a file: --out FILE")
                    .hint("To a printer: kit … --out - | lp"))
            }
            _ => Ok(()),
        }
    }

    /// Where it goes; [`None`] for standard output.
    fn path(&self, session: &Session<'_>, (kind, about): (SheetKind, &str), ending: &str) -> Result<Option<PathBuf>, Failure> {
        if self.out.as_deref() == Some(Path::new("-")) {
            return Ok(None);
        }
        let named = session.folder()?.join(self.out.as_deref().unwrap_or(Path::new("."))).components().collect::<PathBuf>();
        Ok(Some(if disk::is_folder(&named) { named.join(file_name(about, kind.word(), ending)) } else { named }))
    }
}

/// The letters of the program, and those that were given.
///
/// # Errors
/// When one of them is no font.
pub(super) fn fonts(given: &[Vec<u8>]) -> Result<Fonts<'_>, Failure> {
    Fonts::with(given).map_err(|error| {
        Failure::usage(format!("--font: {error}."))
            .hint("A file that ends in .ttf or .otf; leave --font out for the letters of kit.")
    })
}

/// Prints pages whose codes were read back, writes them, says so, and remembers what was printed.
///
/// # Errors
/// When a code cannot be read, or nothing can be written.
pub(super) fn deliver(
    session: &mut Session<'_>,
    (document, fonts): (&Document, &Fonts<'_>),
    at: (&Store, &Identity),
    printing: &Printing,
    job: Job<'_>,
) -> Result<(), Failure> {
    let printed = print(document, fonts)?;
    let pages = count(document.pages.len(), "page");
    let codes = document.pages.iter().map(|page| page.codes().count()).sum::<usize>();
    let what = if codes == 0 { pages } else { format!("{pages}, {} read back", count(codes, "code")) };
    let mut warnings: Vec<String> = printed
        .hard_to_read
        .iter()
        .map(|what| format!("some cameras may not read this code: {what}. Try yours on the printed page"))
        .collect();
    if !printed.lacking.is_empty() {
        let numbers: Vec<String> = printed.lacking.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
        warnings.push(format!("no letters for {}: they are printed as numbers. Give a font: --font FILE", numbers.join(", ")));
    }
    let file = Written { id: &document.id, ending: "pdf", bytes: &printed.pdf, what: &what, warnings: &warnings };
    hand_over(session, &file, at, printing, job)
}

/// A sheet as a file.
pub(super) struct Written<'a> {
    /// The id of the sheet.
    pub(super) id: &'a str,
    /// What its name ends in.
    pub(super) ending: &'static str,
    /// The file.
    pub(super) bytes: &'a [u8],
    /// What it holds, in words.
    pub(super) what: &'a str,
    /// What whoever prints it has to know.
    pub(super) warnings: &'a [String],
}

/// Writes a sheet, says so, and remembers what was printed.
///
/// # Errors
/// When nothing can be written.
pub(super) fn hand_over(
    session: &mut Session<'_>,
    file: &Written<'_>,
    (store, reader): (&Store, &Identity),
    printing: &Printing,
    job: Job<'_>,
) -> Result<(), Failure> {
    let path = printing.path(session, (job.kind, job.about), file.ending)?;
    if path.is_none() && session.out.is_json() {
        return Err(
            Failure::usage("--json says where a file was written, and --out - writes none.").hint("Leave one of them out.")
        );
    }
    match &path {
        Some(path) => put(path, file.bytes, printing.force)?,
        None => session.out.script(file.bytes),
    }
    let copies = printing.copies.iter().map(|place| (place.clone(), None)).collect();
    let says = Says { about: job.about.to_owned(), copies, facts: job.facts };
    let (id, at) = (file.id.to_owned(), session.moment().now);
    let sheet = Sheet { id, kind: job.kind, seq: job.seq, at, replace_by: job.replace_by, says };
    if let Err(error) = remember(store, reader, sheet) {
        session.out.say(format!("WARN  {} is not in kit sheets: {error}.", file.id));
    }
    for warning in file.warnings {
        session.out.say(format!("WARN  {warning}."));
    }
    let Some(path) = path else { return Ok(()) };
    if session.out.is_json() {
        return session.out.json(&Answer {
            schema: "kit.export-paper/1",
            kind: job.kind.word(),
            id: file.id,
            file: path.display().to_string(),
            what: file.what,
            bytes: file.bytes.len(),
            warnings: file.warnings,
        });
    }
    session.out.lines([
        format!("WROTE  {}   {}", path.display(), file.what),
        format!("  sheet     {}, replace by {}", file.id, job.replace_by.strftime("%-d %b %Y")),
        "  Print it at 100 %. Then delete the file.".to_owned(),
    ]);
    Ok(())
}

fn put(path: &Path, bytes: &[u8], force: bool) -> Result<(), Failure> {
    let write = if force { disk::replace } else { disk::create_new };
    match write(path, bytes, Access::Private).or_else(|error| match error {
        DiskError::Exists { .. } => Err(error),
        _ => write(path, bytes, Access::Shared),
    }) {
        Err(DiskError::Exists { path }) => Err(taken(&path)),
        result => Ok(result?),
    }
}

fn taken(path: &Path) -> Failure {
    Failure::new(Kind::No, format!("{} is there already; nothing was written.", path.display()))
        .hint("Over it: the same with --force")
        .hint("Under another name: --out FILE")
}

/// The beginning of a day, as a time.
pub(super) fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |day| day.timestamp())
}
