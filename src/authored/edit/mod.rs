//! Edits of what people wrote: prepared in memory, checked by the caller as a whole, then written file by file.
//!
//! Everything a human wrote stays as it is: comments, order, blank lines, line ends (a file that mixes CR LF and LF comes out
//! with LF). Nothing that stands there already is overwritten by a guess: it is an error. Only `leaver` takes values out, of
//! somebody who is named.

mod file;
mod leaver;
mod list;
mod table;
mod tier;

pub use leaver::{Undecided, undecided};

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table};

use self::{
    file::File,
    table::{add_to, commented, place_of, text},
};
use super::draft::{Draft, FILE_BYTES_MAX, is_other};
use crate::{
    disk::{self, Access, DiskError},
    team::{Device, Id, Kind, Person, Zone},
};

/// A team directory in memory, and what should become of it.
#[derive(Debug, Clone)]
pub struct Edits {
    files: BTreeMap<String, File>,
    /// Names and texts of calendars and of what is sealed, which are never edited here.
    others: Vec<(String, String)>,
    /// Names of files by their lower case: some file systems know no other.
    folded: HashMap<String, String>,
    /// File and place in its list, by id; the first one where an id stands twice.
    people: HashMap<String, (String, usize)>,
}

/// What becomes of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Relative to the directory, with `/`.
    pub file: String,
    /// The text that was read; `None` for a new file.
    pub before: Option<String>,
    /// The text to write; `None` when the file goes.
    pub after: Option<String>,
}

/// A person who is written down for the first time.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPerson {
    /// Not taken yet.
    pub id: Id<Person>,
    /// Full name.
    pub name: String,
    /// Where their day happens.
    pub zone: Zone,
    /// Stands behind the zone as a comment.
    pub zone_comment: Option<String>,
    /// The rest.
    pub more: MoreOfPerson,
}

/// What is added to a person.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MoreOfPerson {
    /// Only where there is none.
    pub title: Option<String>,
    /// Added at the end of the list, like the other lists.
    pub teams: Vec<String>,
    /// Other names.
    pub aliases: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Numbers.
    pub numbers: Vec<NumberText>,
    /// Only where there is none.
    pub note: Option<String>,
}

/// A number as it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberText {
    /// The number, best with its `+`.
    pub number: String,
    /// What it reaches.
    pub kind: Kind,
    /// Anything a caller should know.
    pub note: Option<String>,
    /// Stands behind the number as a comment.
    pub comment: Option<String>,
}

/// Why an edit cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The directory or a file of it.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A file that is no TOML.
    #[error("{file}: is not TOML: {why}")]
    Syntax {
        /// Relative to the directory.
        file: String,
        /// The first fault.
        why: String,
    },
    /// Valid TOML in a form that cannot be edited in place.
    #[error("{file}: {what} is not written as {expected}, so it cannot be edited here")]
    Shape {
        /// Relative to the directory.
        file: String,
        /// What it is about.
        what: String,
        /// The form that can.
        expected: &'static str,
    },
    /// Nobody and nothing of that name.
    #[error("{0} is not written down in this directory")]
    Unknown(String),
    /// Something is there already.
    #[error("{file}: {what} is written down there already")]
    Taken {
        /// Relative to the directory.
        file: String,
        /// What it is.
        what: String,
    },
    /// A file is no longer what was read.
    #[error("{file}: was changed by someone else in the meantime, so nothing was written")]
    Stale {
        /// Relative to the directory.
        file: String,
    },
    /// Writing stopped half-way.
    #[error("{source}; written before that: {}", if written.is_empty() { "nothing".to_owned() } else { written.join(", ") })]
    Partly {
        /// The files that were written.
        written: Vec<String>,
        /// Why it stopped.
        #[source]
        source: DiskError,
    },
}

impl Edits {
    /// Takes up the files of a directory: names relative to it, with `/`, and their texts.
    ///
    /// # Errors
    /// [`EditError::Syntax`] for the first file that is no TOML.
    pub fn of(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, EditError> {
        let mut edits = Self { files: BTreeMap::new(), others: Vec::new(), folded: HashMap::new(), people: HashMap::new() };
        for (name, text) in files {
            if is_other(&name) {
                edits.others.push((name, text));
                continue;
            }
            let file = File::parse(&name, text)?;
            for (at, id) in file.ids("person") {
                edits.people.entry(id).or_insert_with(|| (name.clone(), at));
            }
            edits.folded.insert(name.to_ascii_lowercase(), name.clone());
            edits.files.insert(name, file);
        }
        Ok(edits)
    }

    /// Takes up a directory as it was read.
    ///
    /// # Errors
    /// [`EditError::Syntax`] for the first file that is no TOML.
    pub fn of_draft(draft: &Draft) -> Result<Self, EditError> {
        Self::of(draft.files.iter().map(|file| (file.name.clone(), file.text.clone())))
    }

    /// The directory as it would be, for a check of the whole before anything is written.
    pub fn draft(&self) -> Draft {
        let texts: Vec<_> = self.texts().collect();
        Draft::of(texts.iter().map(|(name, text)| (*name, text.as_str())))
    }

    /// Every file as it would be.
    pub fn texts(&self) -> impl Iterator<Item = (&str, String)> {
        let files = self.files.iter().filter_map(|(name, file)| Some((name.as_str(), file.text()?)));
        files.chain(self.others.iter().map(|(name, text)| (name.as_str(), text.clone())))
    }

    /// The files that would be written or removed, by name.
    pub fn changes(&self) -> Vec<Change> {
        let changed = self.files.iter().filter(|(_, file)| file.touched);
        let change =
            |(name, file): (&String, &File)| Change { file: name.clone(), before: file.before.clone(), after: file.text() };
        changed.map(change).filter(|change| change.before != change.after).collect()
    }

    /// Writes a person down in a file of their own; its name is given back.
    ///
    /// # Errors
    /// [`EditError::Taken`] when somebody has that id.
    pub fn add_person(&mut self, person: &NewPerson) -> Result<String, EditError> {
        if let Some((file, _)) = self.people.get(person.id.as_str()) {
            return Err(EditError::Taken { file: file.clone(), what: format!("the person {:?}", person.id.as_str()) });
        }
        let mut table = Table::new();
        table.insert("id", person.id.as_str().into());
        table.insert("name", text(&person.name));
        table.insert("zone", commented(text(person.zone.as_str()), person.zone_comment.as_deref()));
        let file = self.free_name("people", person.id.as_str());
        add_to(&mut table, &person.more, &file)?;
        // Who it is first, then how to reach them.
        table.sort_values_by(|one, _, other, _| place_of(one.get()).cmp(&place_of(other.get())));
        self.new_file(&file, "person", table);
        self.people.insert(person.id.as_str().to_owned(), (file.clone(), 0));
        Ok(file)
    }

    /// Adds to a person wherever they are written down; the file's name is given back.
    ///
    /// # Errors
    /// [`EditError::Unknown`], [`EditError::Taken`] for a title or note that is there, [`EditError::Shape`].
    pub fn extend_person(&mut self, id: &Id<Person>, more: &MoreOfPerson) -> Result<String, EditError> {
        let unknown = || EditError::Unknown(id.to_string());
        let (name, at) = self.people.get(id.as_str()).cloned().ok_or_else(unknown)?;
        let file = self.files.get_mut(&name).ok_or_else(unknown)?;
        file.touched = true;
        let document = file.document.as_mut().ok_or_else(unknown)?;
        let people = document.get_mut("person").and_then(Item::as_array_of_tables_mut).ok_or_else(|| EditError::Shape {
            file: name.clone(),
            what: format!("the person {:?}", id.as_str()),
            expected: "[[person]]",
        })?;
        add_to(people.get_mut(at).ok_or_else(unknown)?, more, &name)?;
        Ok(name)
    }

    /// Writes a device down in a file of its own; its name is given back.
    ///
    /// # Errors
    /// [`EditError::Taken`] when that person has a device of that name.
    pub fn add_device(&mut self, device: &Device) -> Result<String, EditError> {
        if let Some((file, _)) = self.find_device(&device.person, &device.name) {
            return Err(EditError::Taken { file, what: format!("the device {:?} of {}", device.name, device.person) });
        }
        let mut table = Table::new();
        table.insert("person", device.person.as_str().into());
        table.insert("name", text(&device.name));
        table.insert("reader", text(&device.reader));
        table.insert("opener", text(&device.opener));
        table.insert("key", text(&device.key));
        if let Some(added) = device.added.and_then(|day| day.to_string().parse::<toml_edit::Datetime>().ok()) {
            table.insert("added", added.into());
        }
        let file = self.free_name("devices", &format!("{}.{}", device.person, device.name));
        self.new_file(&file, "device", table);
        Ok(file)
    }

    /// Takes a device out, and its file when nothing else stands there; the file's name is given back.
    ///
    /// # Errors
    /// [`EditError::Unknown`] when that person has no device of that name.
    pub fn remove_device(&mut self, person: &Id<Person>, name: &str) -> Result<String, EditError> {
        let unknown = || EditError::Unknown(format!("the device {name:?} of {person}"));
        let (file_name, at) = self.find_device(person, name).ok_or_else(unknown)?;
        let file = self.files.get_mut(&file_name).ok_or_else(unknown)?;
        let document = file.document.as_mut().ok_or_else(unknown)?;
        let devices = document.get_mut("device").and_then(Item::as_array_of_tables_mut).ok_or_else(unknown)?;
        devices.remove(at);
        file.touched = true;
        if devices.is_empty() {
            document.remove("device");
        }
        if document.is_empty() {
            file.document = None;
        }
        Ok(file_name)
    }

    /// Writes the changes below a directory, each file at once, new ones without overwriting.
    ///
    /// # Errors
    /// [`EditError::Stale`] when a file is no longer what was read: then nothing was written. [`EditError::Partly`] names
    /// the files that were.
    pub fn write(&self, dir: &Path) -> Result<(), EditError> {
        let changes = self.changes();
        for Change { file, before, .. } in &changes {
            let now = disk::exists(&path(dir, file)).then(|| disk::read_to_string(&path(dir, file), FILE_BYTES_MAX));
            if now.transpose()? != *before {
                return Err(EditError::Stale { file: file.clone() });
            }
        }
        let mut written = Vec::new();
        for change in changes {
            match write_one(dir, &change) {
                Ok(()) => written.push(change.file),
                Err(source) => return Err(EditError::Partly { written, source }),
            }
        }
        Ok(())
    }

    fn find_device(&self, person: &Id<Person>, name: &str) -> Option<(String, usize)> {
        self.files.iter().find_map(|(file_name, file)| {
            let devices = file.tables("device")?;
            let is = |table: &Table, key: &str, text: &str| table.get(key).and_then(Item::as_str) == Some(text);
            let at = devices.iter().position(|table| is(table, "person", person.as_str()) && is(table, "name", name))?;
            Some((file_name.clone(), at))
        })
    }

    /// `people/anna.muller.toml`, or one like it that is free on every file system (case aside).
    fn free_name(&self, folder: &str, stem: &str) -> String {
        // Windows keeps these for devices, whatever follows the dot: a team's repository is checked out there too.
        let first = stem.split('.').next().unwrap_or_default();
        let numbered =
            |word: &str| first.strip_prefix(word).is_some_and(|rest| rest.len() == 1 && rest != "0" && is_digits(rest));
        let device = matches!(first, "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt");
        let stem = if device { format!("of.{stem}") } else { stem.to_owned() };
        let known = |name: &str| self.folded.get(&name.to_ascii_lowercase()).and_then(|known| self.files.get(known));
        let taken = |name: &str| known(name).is_some_and(|file| file.document.is_some());
        std::iter::once(format!("{folder}/{stem}.toml"))
            .chain((2_u32..).map(|count| format!("{folder}/{stem}-{count}.toml")))
            .find(|name| !taken(name))
            .expect("numbers go on longer than there are files")
    }

    fn new_file(&mut self, name: &str, list: &str, table: Table) {
        let mut tables = ArrayOfTables::new();
        tables.push(table);
        let mut document = DocumentMut::new();
        document.insert(list, Item::ArrayOfTables(tables));
        // A removed file of that name stays what it was on disk.
        let before = self.files.get(name).and_then(|file| file.before.clone());
        self.folded.insert(name.to_ascii_lowercase(), name.to_owned());
        self.files.insert(name.to_owned(), File { before, document: Some(document), bom: false, crlf: false, touched: true });
    }
}

fn write_one(dir: &Path, Change { file, before, after }: &Change) -> Result<(), DiskError> {
    let path = path(dir, file);
    match (before, after) {
        (_, None) => disk::remove(&path),
        (Some(_), Some(after)) => disk::replace(&path, after.as_bytes(), Access::Shared),
        (None, Some(after)) => {
            if let Some(folder) = path.parent() {
                disk::make_dir(folder, Access::Shared)?;
            }
            disk::create_new(&path, after.as_bytes(), Access::Shared)
        }
    }
}

fn path(dir: &Path, name: &str) -> PathBuf {
    dir.join(name.split('/').collect::<PathBuf>())
}

fn is_digits(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEOPLE: &str = r#"# Who we call.

[[person]]
id = "bob" # not the builder
name = "Bob"
zone = "UTC"
aliases = [ "B" ]   # short
teams = [
    "one", # first
    # nobody knows why
    "two"  # last
]

  [[person.number]]
  number = "+1 202 555 0143"

[[person.absence]]
from = 2026-12-24 # Christmas
until = 2026-12-26

# Carl comes after Bob.
[[person]]
id = "carl"
name = "Carl"
zone = "UTC"
number = [{ number = "+1 202 555 0144" }]

# The end.
"#;

    fn edits(text: &str) -> Edits {
        Edits::of([("people.toml".to_owned(), text.to_owned())]).expect("TOML")
    }

    fn number(text: &str) -> NumberText {
        let comment = Some("two\nlines".to_owned());
        NumberText { number: text.to_owned(), kind: Kind::Pager, note: Some("\"quoted\"".to_owned()), comment }
    }

    fn id(text: &str) -> Id<Person> {
        Id::parse(text).expect("an id")
    }

    fn after(edits: &Edits) -> String {
        edits.changes().pop().and_then(|change| change.after).expect("one change")
    }

    #[test]
    fn what_stands_around_an_edit_stays() {
        let mut edits = edits(PEOPLE);
        assert_eq!(edits.changes(), []);
        let more = MoreOfPerson {
            aliases: vec!["Bobby".into()],
            teams: vec!["three".into(), "four".into()],
            emails: vec!["bob@example.com".into()],
            numbers: vec![number("+1 202 555 0199")],
            ..MoreOfPerson::default()
        };
        edits.extend_person(&id("bob"), &more).expect("bob is there");
        let carl = MoreOfPerson { numbers: vec![number("+1 202 555 0198")], ..MoreOfPerson::default() };
        edits.extend_person(&id("carl"), &carl).expect("carl is there");
        let expected = PEOPLE
            .replace("[ \"B\" ]", "[ \"B\", \"Bobby\" ]")
            .replace("\"two\"  # last\n", "\"two\",  # last\n    \"three\",\n    \"four\",\n")
            .replace("]\n\n  [[person.number]]", "]\nemails = [\"bob@example.com\"]\n\n  [[person.number]]")
            .replace(
                "0143\"\n",
                "0143\"\n\n[[person.number]]\nnumber = \"+1 202 555 0199\" # two lines\nkind = \"pager\"\nnote = '\"quoted\"'\n",
            )
            .replace("0144\" }]", "0144\" }, { number = \"+1 202 555 0198\", kind = \"pager\", note = '\"quoted\"' }]");
        assert_eq!(after(&edits), expected);
    }

    #[test]
    fn nothing_is_overwritten_and_what_cannot_be_edited_is_said() {
        let text = "person = [{ id = \"ann\", name = \"Ann\", zone = \"UTC\" }]";
        let more = MoreOfPerson { title: Some("Lead".into()), emails: vec!["a@example.com".into()], ..MoreOfPerson::default() };
        assert!(matches!(edits(text).extend_person(&id("ann"), &more), Err(EditError::Shape { .. })));
        assert!(matches!(edits(text).extend_person(&id("bob"), &more), Err(EditError::Unknown(_))));
        let text = "[[person]]\nid = \"ann\"\ntitle = \"Chief\"\n";
        assert!(matches!(edits(text).extend_person(&id("ann"), &more), Err(EditError::Taken { .. })));
        let text = "[[person]]\nid = \"ann\"\nemails = \"a@example.com\"\n";
        assert!(matches!(edits(text).extend_person(&id("ann"), &more), Err(EditError::Shape { .. })));
        let new =
            NewPerson { id: id("ann"), name: "Ann".into(), zone: Zone::parse("UTC").expect("a zone"), zone_comment: None, more };
        assert!(matches!(edits(text).add_person(&new), Err(EditError::Taken { .. })));
        assert!(matches!(Edits::of([("x.toml".to_owned(), "[[person]".to_owned())]), Err(EditError::Syntax { .. })));
    }

    #[test]
    fn a_new_file_takes_no_name_that_is_taken() {
        let mut edits = Edits::of([("people/ANN.toml".to_owned(), String::new())]).expect("TOML");
        let new = |text: &str| NewPerson {
            id: id(text),
            name: "Ann \"A\" \\ Lee".into(),
            zone: Zone::parse("UTC").expect("a zone"),
            zone_comment: None,
            more: MoreOfPerson::default(),
        };
        let names: Vec<_> = ["ann", "con", "com1.x", "com10", "nul.b"].map(|id| edits.add_person(&new(id)).expect("new")).into();
        assert_eq!(
            names,
            ["people/ann-2.toml", "people/of.con.toml", "people/of.com1.x.toml", "people/com10.toml", "people/of.nul.b.toml"]
        );
        assert_eq!(after(&edits), "[[person]]\nid = \"nul.b\"\nname = 'Ann \"A\" \\ Lee'\nzone = \"UTC\"\n");
    }

    #[test]
    fn devices_come_and_go_with_their_files() {
        let device = |name: &str| Device {
            person: id("bob"),
            name: name.into(),
            reader: "age1reader".into(),
            opener: "age1opener".into(),
            key: "ssh-ed25519 AAAA".into(),
            added: Some(jiff::civil::date(2026, 11, 23)),
        };
        let mut edits = edits(PEOPLE);
        assert_eq!(edits.add_device(&device("laptop")).expect("new"), "devices/bob.laptop.toml");
        let text = "[[device]]\nperson = \"bob\"\nname = \"laptop\"\nreader = \"age1reader\"\nopener = \"age1opener\"\n\
                    key = \"ssh-ed25519 AAAA\"\nadded = 2026-11-23\n";
        let change = Change { file: "devices/bob.laptop.toml".into(), before: None, after: Some(text.into()) };
        assert_eq!(edits.changes(), [change]);
        assert!(matches!(edits.add_device(&device("laptop")), Err(EditError::Taken { .. })));

        // A file of its own goes whole; one that holds more keeps the rest.
        let tablet = text.replace("laptop", "tablet");
        let shared = format!("# Bob's machines\n{tablet}\n# the old one\n{}", text.replace("laptop", "desk"));
        let files = [("devices/bob.laptop.toml", text.to_owned()), ("all.toml", shared.clone())];
        let mut edits = Edits::of(files.map(|(name, text)| (name.to_owned(), text))).expect("TOML");
        edits.remove_device(&id("bob"), "laptop").expect("is there");
        edits.remove_device(&id("bob"), "desk").expect("is there");
        assert!(matches!(edits.remove_device(&id("bob"), "desk"), Err(EditError::Unknown(_))));
        let changes: Vec<_> = edits.changes().into_iter().map(|change| (change.file, change.after)).collect();
        assert_eq!(
            changes,
            [("all.toml".into(), Some(format!("# Bob's machines\n{tablet}"))), ("devices/bob.laptop.toml".into(), None)]
        );
        assert_eq!(edits.add_device(&device("laptop")).expect("is gone"), "devices/bob.laptop.toml");
        assert_eq!(edits.changes().len(), 1, "what was taken out and put back is no change");
    }
}
