//! What is said of pictures and texts of paper: what was found in them, and what is missing.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::{
    authored::count,
    bundle::archive::ArchiveError,
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    code::{
        PHOTO_BYTES_MAX, PhotoError,
        parts::{JoinError, Set},
    },
    disk::{self, Access, DiskError},
    scan::{self, Found, LookError, ScanError, Seen},
};

/// What was found.
#[derive(Debug, Serialize)]
pub(super) struct Scanned {
    pictures: usize,
    texts: usize,
    archives: Vec<Archive>,
    sealed_pages: usize,
    /// What other codes say.
    other_codes: Vec<String>,
    /// Pictures without any code.
    empty: Vec<String>,
}

/// The codes of one printing of a kit.
#[derive(Debug, Serialize)]
struct Archive {
    kit: String,
    set: String,
    codes: u8,
    found: Vec<u8>,
    missing: Vec<u8>,
    /// Those that were damaged or forged, and not used.
    wrong: Vec<u8>,
    is_whole: bool,
}

/// Reads the files, in whatever order, and sorts what is in them.
pub(super) fn read(files: &[PathBuf], session: &mut Session<'_>) -> Result<(Scanned, Found), Failure> {
    let mut seen = Vec::new();
    let mut empty = Vec::new();
    for (number, file) in (1..).zip(files) {
        progress(number, file, files.len(), session);
        let bytes = session.given(file, PHOTO_BYTES_MAX)?;
        let one = scan::look(&bytes).map_err(|error| unreadable(file, &error))?;
        if one == Seen::Picture(Vec::new()) {
            empty.push(file.display().to_string());
        }
        seen.push(one);
    }
    session.out.redraw("");
    let found = scan::sort(&seen);
    let pictures = seen.iter().filter(|seen| matches!(seen, Seen::Picture(_))).count();
    let scanned = Scanned {
        pictures,
        texts: seen.len() - pictures,
        archives: found.sets.iter().map(Archive::of).collect(),
        sealed_pages: found.sealed.len(),
        other_codes: found.others.clone(),
        empty,
    };
    Ok((scanned, found))
}

/// A picture takes a second or two.
fn progress(number: usize, file: &Path, of: usize, session: &mut Session<'_>) {
    let line = format!("Reading {} ({number} of {of})", file.display());
    if session.context.terminal.draws && !session.context.terminal.layout.accessible {
        session.out.redraw(&line);
    } else if session.context.terminal.talks {
        session.out.say(line);
    }
}

impl Archive {
    fn of(set: &Set) -> Self {
        let joined = set.join();
        Self {
            kit: set.kit().to_owned(),
            set: set.name().to_owned(),
            codes: set.total(),
            found: set.found(),
            missing: set.missing(),
            is_whole: joined.is_ok(),
            wrong: joined.map(|joined| joined.wrong).unwrap_or_default(),
        }
    }

    /// `READ  11 of 12 codes in 2 pictures; missing 07, made good from parity`.
    fn told(&self, place: &str) -> String {
        let mut line = format!("READ  {} of {} codes in {place}", self.found.len(), self.codes);
        let made_good = if self.is_whole { ", made good by the others" } else { "" };
        if !self.missing.is_empty() {
            line.push_str(&format!("; missing {}{made_good}", numbers(&self.missing)));
        }
        if !self.wrong.is_empty() {
            line.push_str(&format!("; DAMAGED OR FORGED {}{made_good}", numbers(&self.wrong)));
        }
        line
    }
}

impl Scanned {
    /// What there is to say of it, a line each.
    pub(super) fn told(&self) -> Vec<String> {
        let counts = [(self.pictures, "picture"), (self.texts, "text file")];
        let place: Vec<String> =
            counts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| count(*number, what)).collect();
        let place = place.join(" and ");
        let mut lines: Vec<String> = self.archives.iter().map(|archive| archive.told(&place)).collect();
        if self.archives.len() > 1 {
            lines.push(format!("These are codes of {} printings: each is put together by itself.", self.archives.len()));
        }
        lines.extend(self.empty.iter().map(|file| format!("No code was found in {file}.")));
        lines
    }
}

/// `03, 07, 11`.
fn numbers(numbers: &[u8]) -> String {
    numbers.iter().map(|number| format!("{number:02}")).collect::<Vec<_>>().join(", ")
}

/// What a kit from paper is called where places are named.
pub(super) fn name(set: &Set) -> String {
    format!("paper {}", set.name())
}

fn unreadable(file: &Path, error: &LookError) -> Failure {
    let failure = Failure::usage(format!("{}: {error}.", file.display()));
    match error {
        LookError::Pdf => failure.hint("Make pictures of its pages, then name those: pdftoppm -r 200 -png FILE.pdf page"),
        LookError::Photo(PhotoError::Heic) => failure
            .hint("On the iPhone: Settings, Camera, Formats, Most Compatible; then take it again.")
            .hint("Or make a JPEG of it: heif-convert FILE.heic FILE.jpg"),
        LookError::Photo(PhotoError::TooLarge) => failure.hint("Take it with fewer pixels: 12 million are plenty."),
        LookError::Photo(_) => failure.hint("Copy it from the phone again, or take it again."),
        LookError::Kind => failure.hint("Name photographs or scans (JPEG, PNG), or text files with codes or typed lines."),
    }
}

/// Nothing in the files is paper of kit.
pub(super) fn nothing(scanned: &Scanned, found: &Found) -> Failure {
    if let Some(error) = found.mistyped.first().filter(|_| scanned.pictures == 0) {
        return Failure::new(Kind::No, format!("what was typed is not the paper yet: {error}."))
            .hint("Compare those lines with the paper, letter by letter; the last two letters of each line are its check.");
    }
    let failure = Failure::new(Kind::NotFound, "there is no code of kit in these files.");
    let failure =
        found.others.iter().fold(failure, |failure, text| failure.hint(format!("A code of something else says: {text}")));
    failure
        .hint("Photograph the page from straight above, so that it fills the picture, sharp and in good light.")
        .hint("Each code may be a picture of its own: kit import --scan FILE FILE …")
}

/// One printing that gives no kit.
pub(super) fn not_restored(set: &Set, error: ScanError, here: &str) -> Failure {
    let again = "Photograph them again, nearer, and name all pictures: kit import --scan FILE FILE …";
    match error {
        ScanError::Join(JoinError::TooFew { .. }) => {
            let failure = Failure::new(Kind::No, format!("{error}. Nothing was kept."));
            failure.hint(format!("Missing: {}", numbers(&set.missing()))).hint(again)
        }
        ScanError::Join(JoinError::Damaged { .. }) => {
            Failure::new(Kind::NotTrusted, format!("{error}. Nothing was kept.")).hint(again)
        }
        ScanError::Archive(_) if !here.to_ascii_uppercase().starts_with(set.kit()) => {
            Failure::new(Kind::NotTrusted, format!("these codes are of kit {}, and the one here is {here}.", set.kit()))
                .hint("Nothing was kept. Is it another team's paper?")
        }
        ScanError::Archive(ArchiveError::NotForUs) => Failure::new(Kind::CannotOpen, format!("{error}."))
            .hint("Try it on a machine that was a member when it was printed.")
            .hint("With the key file of such a machine, by hand: docs/format.md, \"Get a kit from paper\""),
        ScanError::Archive(ArchiveError::Damaged) => Failure::new(Kind::NotTrusted, format!("{error}."))
            .hint("Nothing was kept. Is there another copy, or a stick? kit sync --from PLACE"),
    }
}

/// Writes a file for the user alone where there is none.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    match disk::create_new(path, bytes, Access::Private) {
        Err(DiskError::Exists { path }) => {
            Err(Failure::new(Kind::No, format!("{} is there already; nothing was written.", path.display()))
                .hint("Under another name: kit import --scan FILE --out NAME.age"))
        }
        result => Ok(result?),
    }
}
