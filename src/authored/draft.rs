//! The directory as it was written: every file parsed as far as it goes, nothing believed yet.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::{
    node::{Table, Value},
    problem::{Problem, quoted},
    rule::Rule,
    sealed::is_sealed,
    syntax::{Fault, parse},
};
use crate::{
    disk::{self, DiskError},
    team::Thing,
};

/// Largest file that is read. The largest honest one, a whole company in one file, is a tenth of it.
pub(super) const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Most files below a team directory, of any kind.
const FILES_MAX: usize = 20_000;
/// Deepest folder below a team directory.
const DEPTH_MAX: usize = 8;

/// A team directory as read.
#[derive(Default)]
pub struct Draft {
    pub(super) files: Vec<File>,
    /// What could not be read at all.
    pub(super) unread: Vec<Problem>,
    /// Calendar files that could not be read: of no matter as long as nothing names them.
    pub(super) unread_calendars: Vec<Problem>,
}

/// One file that was read.
pub(super) struct File {
    /// Relative to the directory, with `/`.
    pub(super) name: String,
    pub(super) text: String,
    pub(super) root: Table,
    pub(super) faults: Vec<Fault>,
    line_starts: Vec<usize>,
}

/// Where something stands in a team directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the directory, with `/`.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.files.iter().map(|file| &file.name)).finish()
    }
}

/// Reads every `*.toml` and `*.ics` below a directory, and what is sealed there. Links are not followed and hidden names skipped; what cannot be read is kept for
/// [`super::check`] to report beside all the rest.
///
/// # Errors
/// [`DiskError`] when the directory itself cannot be listed.
pub fn read(dir: &Path) -> Result<Draft, DiskError> {
    let tree = disk::walk(dir, DEPTH_MAX, FILES_MAX)?;
    let mut draft = Draft::default();
    for path in &tree.files {
        let name = relative(dir, path);
        if !is_toml(path) && !is_other(&name) {
            continue;
        }
        if path.strip_prefix(dir).unwrap_or(path).to_str().is_none() {
            draft.refuse(&name, Rule::Unreadable, "its name is not UTF-8".to_owned(), "Give it a plain name.");
            continue;
        }
        match disk::read_to_string(path, FILE_BYTES_MAX) {
            Ok(text) => draft.add(name, text),
            Err(error) => {
                let (message, hint) = reason(&error);
                draft.refuse(&name, Rule::Unreadable, message, hint);
            }
        }
    }
    for path in &tree.links {
        let (rule, hint) = if is_toml(path) || is_other(&relative(dir, path)) {
            (Rule::Link, "Put the file itself here.")
        } else {
            (Rule::LinkedFolder, "If it holds files of the team, put the folder itself here.")
        };
        draft.refuse(&relative(dir, path), rule, "this is a link, and links are not followed".to_owned(), hint);
    }
    for path in &tree.too_deep {
        let message = format!("this folder lies more than {DEPTH_MAX} folders deep and was not read");
        draft.refuse(&relative(dir, path), Rule::TooMany, message, "Move it up.");
    }
    if tree.too_many {
        let message = format!("more than {FILES_MAX} files stand below this directory, so not all were read");
        draft.refuse(".", Rule::TooMany, message, "Is this the team directory?");
    }
    Ok(draft)
}

impl Draft {
    /// The files of TOML: all but the calendars and what is sealed.
    pub(super) fn tables(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| !is_other(&file.name))
    }

    /// A draft of texts that stand in no directory: name and text of each file.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut draft = Self::default();
        for (name, text) in files {
            draft.add(name.to_owned(), text.to_owned());
        }
        draft
    }

    /// Where the thing of a kind with an id is written down, first place first.
    pub fn places(&self, kind: Thing, id: &str) -> Vec<Place> {
        let mut places = Vec::new();
        for file in &self.files {
            let Some(Value::List(items)) = file.root.get(kind.word()).map(|entry| &entry.node.value) else { continue };
            for item in items {
                let Value::Table(table) = &item.value else { continue };
                if table.get("id").is_some_and(|entry| matches!(&entry.node.value, Value::Text(text) if text == id)) {
                    places.push(file.place(item.span.start));
                }
            }
        }
        places
    }

    fn add(&mut self, name: String, text: String) {
        let (root, faults) = if is_other(&name) { Default::default() } else { parse(&text) };
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        self.files.push(File { name, text, root, faults, line_starts });
    }

    fn refuse(&mut self, file: &str, rule: Rule, message: String, hint: &str) {
        let unread = if is_calendar(file) { &mut self.unread_calendars } else { &mut self.unread };
        unread.push(Problem {
            file: file.to_owned(),
            line: 1,
            column: 1,
            rule,
            weight: rule.weight(),
            about: None,
            message,
            hint: Some(hint.to_owned()),
        });
    }
}

impl File {
    /// Line and column of a byte.
    pub(super) fn place(&self, at: usize) -> Place {
        let line = self.line(at);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0);
        let column = self.text.get(start..at).map_or(1, |before| before.trim_start_matches('\u{feff}').chars().count() + 1);
        Place { file: self.name.clone(), line, column }
    }

    /// The line of a byte, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= at).max(1)
    }

    /// Whether the grammar breaks between the head of a table and the head of the next one at the top.
    pub(super) fn fault_within(&self, start: usize) -> bool {
        if self.faults.is_empty() {
            return false;
        }
        let Some(body) = self.text.get(start..) else { return false };
        let length = body.match_indices("\n[").map(|(at, _)| at + 1).find(|at| {
            let head = body.get(*at..).unwrap_or_default().trim_start_matches('[');
            !head.split([']', '\n']).next().unwrap_or_default().contains('.')
        });
        let end = length.map_or(usize::MAX, |length| start + length);
        self.faults.iter().any(|fault| (start..end).contains(&fault.at))
    }

    /// The name of the file without folder and ending.
    pub(super) fn stem(&self) -> &str {
        stem(&self.name)
    }
}

/// `alice.okafor` of `people/alice.okafor.toml`.
pub(super) fn stem(name: &str) -> &str {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn is_toml(path: &Path) -> bool {
    ends_with(path, b".toml")
}

fn ends_with(path: &Path, ending: &[u8]) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().to_ascii_lowercase().ends_with(ending))
}

/// Whether a file is read but is no TOML, by its name.
pub(super) fn is_other(name: &str) -> bool {
    is_calendar(name) || is_sealed(name)
}

/// Whether a file is a calendar by its name, and no TOML.
pub(super) fn is_calendar(name: &str) -> bool {
    ends_with(Path::new(name), b".ics")
}

fn relative(dir: &Path, path: &Path) -> String {
    let parts: PathBuf = path.strip_prefix(dir).unwrap_or(path).to_owned();
    parts.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn reason(error: &DiskError) -> (String, &'static str) {
    match error {
        DiskError::TooLarge { .. } => ("the file is larger than 4 MiB".to_owned(), "Split it into several files."),
        DiskError::NotText { offset, .. } => {
            (format!("the file is not UTF-8 text (byte {offset})"), "Save it as UTF-8 in your editor.")
        }
        DiskError::Io { source, .. } => (format!("the file cannot be read: {}", quoted(&source.to_string())), "May you read it?"),
        other => (format!("the file cannot be read: {other}"), "Put a regular file here, or take it away."),
    }
}
