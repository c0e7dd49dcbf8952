//! Transcribing: lines of journals that came as letters go into this machine's copies. Each is checked, none is ever replaced.
//!
//! Lines of one number contradict each other: all are kept, for whoever verifies the copy, and what they say was opened counts.

use std::collections::{BTreeMap, HashSet};

use crate::{
    bundle::{
        Hash,
        journal::Line,
        letter::{Content, Letter},
    },
    key::VerifyKey,
    store::{Store, StoreError, WriterLock},
};

/// Bytes of a copy: below what is read of a journal. However many lines have one number, each is signed, and what it says was
/// opened counts.
const COPY_BYTES_MAX: usize = 48 << 20;

/// What came of transcribing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Transcribed {
    /// How many lines were new.
    pub(crate) fresh: usize,
    /// How many were not of the journal of the device that sent them.
    pub(crate) refused: usize,
    /// How many had no room in a copy.
    pub(crate) dropped: usize,
}

/// Puts the lines that letters carry into the copies of their devices' journals. `own` is the handle of this device: its own
/// journal is written by itself only.
///
/// # Errors
/// [`StoreError`]; what was in the copies then still is.
pub(crate) fn transcribe<'l>(
    store: &Store,
    lock: &WriterLock,
    roster: &BTreeMap<String, VerifyKey>,
    own: Option<&str>,
    letters: impl Iterator<Item = &'l Letter>,
) -> Result<Transcribed, StoreError> {
    let mut transcribed = Transcribed::default();
    let mut of_device: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for letter in letters {
        let Content::Entry(text) = &letter.content else { continue };
        let handle = letter.envelope.key.handle();
        match line_of(letter, text).filter(|_| roster.get(&handle) == Some(&letter.envelope.key)) {
            Some(_) if own == Some(handle.as_str()) => {}
            Some(line) => of_device.entry(handle).or_default().push(line),
            None => transcribed.refused += 1,
        }
    }
    for (handle, lines) in of_device {
        let journal = store.journal(&handle)?;
        let is_whole = journal.damaged.is_empty() && !journal.is_torn;
        let mut copy = journal.lines;
        let before = copy.len();
        let mut known: HashSet<Hash> = copy.iter().map(|line| line.sha256).collect();
        let mut bytes: usize = copy.iter().map(|line| line.text().len()).sum();
        for line in lines.into_iter().filter(|line| known.insert(line.sha256)) {
            bytes += line.text().len();
            if bytes > COPY_BYTES_MAX {
                transcribed.dropped += 1;
            } else {
                copy.push(line);
            }
        }
        transcribed.fresh += copy.len() - before;
        // What was first stays first.
        copy.sort_by_key(|line| line.number);
        if copy.len() > before || !is_whole {
            store.keep_journal(lock, &handle, &copy)?;
        }
    }
    Ok(transcribed)
}

/// The line that a letter carries, if it is one of its sender's journal in this kit.
fn line_of(letter: &Letter, text: &str) -> Option<Line> {
    let line = Line::parse(text).ok()?;
    (line.kit == letter.envelope.kit && line.verify(&letter.envelope.key).is_ok()).then_some(line)
}
