//! Journals on this machine: its own, which grows by a line before anything is opened, and copies of others' for those who
//! read them. Signed and encrypted as they travel (docs/format.md, "Journal").
//!
//! ```text
//! journal/<handle>.log      lines in the order of their numbers; a copy may lack some that did not come yet
//! journal/<handle>.letters  of this device's: the hash of a line, and the letter that carries it
//! ```

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{Store, StoreError, WriterLock};
use crate::{
    bundle::{
        Hash,
        journal::{JournalError, Line},
    },
    disk::{self, Access, DiskError, Guard},
    source::Item,
};

/// Most bytes of a journal: thousands of openings.
const JOURNAL_BYTES_MAX: u64 = 64 << 20;

const JOURNAL: &str = "journal";
const ENDING: &str = "log";
const LETTERS: &str = "letters";

/// A journal as it was read: its lines, and what of it is no line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Journal {
    /// The lines that have the form of one, in their order.
    pub lines: Vec<Line>,
    /// Places of those that have not, counted from 1, and why.
    pub damaged: Vec<(usize, JournalError)>,
    /// Whether something without an end stands after the last line: writing it was cut short, and nothing was shown for it.
    pub is_torn: bool,
}

impl Store {
    /// The journal of a device, by its handle; empty when there is none.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when it is there and cannot be read.
    pub fn journal(&self, handle: &str) -> Result<Journal, StoreError> {
        Ok(read(&self.journal_path(handle))?)
    }

    /// The handles of the devices whose journals are here.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the folder is there and cannot be listed.
    pub fn journals(&self) -> Result<Vec<String>, StoreError> {
        let entries = match disk::entries(&self.dir.join(JOURNAL)) {
            Err(DiskError::Missing { .. }) => return Ok(Vec::new()),
            entries => entries?,
        };
        let handle = |path: &PathBuf| {
            let is_journal = path.extension().is_some_and(|ending| ending == ENDING);
            path.file_stem()?.to_str().filter(|_| is_journal).map(str::to_owned)
        };
        Ok(entries.iter().filter_map(handle).collect())
    }

    /// Adds a line to a journal and flushes it to the disk. What an attempt before it left unfinished is cut off first.
    ///
    /// # Errors
    /// [`StoreError::Disk`]: the line may or may not be there; nothing may be shown for it.
    pub fn append_journal(&self, lock: &WriterLock, handle: &str, line: &Line) -> Result<(), StoreError> {
        self.check_lock(lock);
        disk::make_dir(&self.dir.join(JOURNAL), Access::Private)?;
        let path = self.journal_path(handle);
        let text = read_text(&path)?;
        if !text.is_empty() && !text.ends_with('\n') {
            let whole = text.rfind('\n').map_or("", |end| text.get(..=end).unwrap_or_default());
            disk::replace(&path, whole.as_bytes(), Access::Private)?;
        }
        Ok(disk::append(&path, line.text().as_bytes(), Access::Private)?)
    }

    /// Replaces the copy of another device's journal.
    ///
    /// # Errors
    /// [`StoreError::Disk`]; the old copy then stands.
    pub fn keep_journal(&self, lock: &WriterLock, handle: &str, lines: &[Line]) -> Result<(), StoreError> {
        self.check_lock(lock);
        disk::make_dir(&self.dir.join(JOURNAL), Access::Private)?;
        let text: String = lines.iter().map(Line::text).collect();
        Ok(disk::replace(&self.journal_path(handle), text.as_bytes(), Access::Private)?)
    }

    /// Remembers the letter that carries a line of this device's journal.
    ///
    /// # Errors
    /// [`StoreError::Disk`]: then the line is sent once more, which changes nothing.
    pub fn note_letter(&self, lock: &WriterLock, line: &Line, letter: &Item) -> Result<(), StoreError> {
        self.check_lock(lock);
        let path = self.dir.join(JOURNAL).join(format!("{}.{LETTERS}", letter.device()));
        Ok(disk::append(&path, format!("{} {letter}\n", line.sha256).as_bytes(), Access::Private)?)
    }

    /// The lines of this device's journal that a letter carries, by their hashes, each with the name of that letter.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the file is there and cannot be read.
    pub fn letters_of(&self, handle: &str) -> Result<BTreeMap<Hash, String>, StoreError> {
        let text = read_text(&self.dir.join(JOURNAL).join(format!("{handle}.{LETTERS}")))?;
        let pair = |line: &str| line.split_once(' ').and_then(|(hash, name)| Some((Hash::parse(hash).ok()?, name.to_owned())));
        Ok(text.lines().filter_map(pair).collect())
    }

    fn journal_path(&self, handle: &str) -> PathBuf {
        self.dir.join(JOURNAL).join(format!("{handle}.{ENDING}"))
    }
}

fn read_text(path: &Path) -> Result<String, DiskError> {
    match disk::read_private(path, JOURNAL_BYTES_MAX, Guard::Unwritable) {
        Err(DiskError::Missing { .. }) => Ok(String::new()),
        // What is no text is no line either: it is named by its place.
        bytes => Ok(String::from_utf8_lossy(&bytes?).into_owned()),
    }
}

fn read(path: &Path) -> Result<Journal, DiskError> {
    let text = read_text(path)?;
    let mut journal = Journal { is_torn: !text.is_empty() && !text.ends_with('\n'), ..Journal::default() };
    for (place, line) in (1..).zip(text.split_inclusive('\n').filter(|line| line.ends_with('\n'))) {
        match Line::parse(line) {
            Ok(line) => journal.lines.push(line),
            Err(error) => journal.damaged.push((place, error)),
        }
    }
    Ok(journal)
}
