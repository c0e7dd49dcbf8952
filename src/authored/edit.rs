//! Edits of what people wrote: prepared in memory, checked by the caller as a whole, then written file by file.
//!
//! Everything a human wrote stays as it is: comments, order, blank lines, line ends (a file that mixes CR LF and LF comes out
//! with LF). Nothing here removes or overwrites a value; what is there already is an error, not a guess.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, RawString, Table, Value};

use crate::{
    disk::{self, Access, DiskError},
    team::{Device, Id, Kind, Person, Zone},
};

/// A team directory in memory, and what should become of it.
#[derive(Debug)]
pub struct Edits {
    files: BTreeMap<String, File>,
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

/// Largest file that is read, like that of [`super::read`].
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

#[derive(Debug)]
struct File {
    before: Option<String>,
    /// `None` when the file goes.
    document: Option<DocumentMut>,
    bom: bool,
    crlf: bool,
    touched: bool,
}

impl Edits {
    /// Takes up the files of a directory: names relative to it, with `/`, and their texts.
    ///
    /// # Errors
    /// [`EditError::Syntax`] for the first file that is no TOML.
    pub fn of(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, EditError> {
        let mut edits = Self { files: BTreeMap::new(), people: HashMap::new() };
        for (name, text) in files {
            let file = File::parse(&name, text)?;
            for (at, id) in file.ids("person") {
                edits.people.entry(id).or_insert_with(|| (name.clone(), at));
            }
            edits.files.insert(name, file);
        }
        Ok(edits)
    }

    /// Reads the named files of a directory: see [`super::Draft`] for which belong to it.
    ///
    /// # Errors
    /// [`EditError::Disk`] and [`EditError::Syntax`].
    pub fn read(dir: &Path, names: impl IntoIterator<Item = String>) -> Result<Self, EditError> {
        let texts = names.into_iter().map(|name| {
            let text = disk::read_to_string(&path(dir, &name), FILE_BYTES_MAX)?;
            Ok((name, text))
        });
        Self::of(texts.collect::<Result<Vec<_>, EditError>>()?)
    }

    /// Every file as it would be, for a check of the whole before anything is written.
    pub fn texts(&self) -> impl Iterator<Item = (&str, String)> {
        self.files.iter().filter_map(|(name, file)| Some((name.as_str(), file.text()?)))
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
        let taken = |name: &str| self.files.keys().any(|known| known.eq_ignore_ascii_case(name));
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
        self.files.insert(name.to_owned(), File { before, document: Some(document), bom: false, crlf: false, touched: true });
    }
}

impl File {
    fn parse(name: &str, text: String) -> Result<Self, EditError> {
        let bom = text.starts_with('\u{feff}');
        let plain = text.trim_start_matches('\u{feff}');
        let crlf = plain.contains("\r\n") && plain.matches('\n').count() == plain.matches("\r\n").count();
        let plain = plain.replace("\r\n", "\n");
        let syntax = |error: toml_edit::TomlError| EditError::Syntax { file: name.to_owned(), why: error.message().to_owned() };
        let document = plain.parse::<DocumentMut>().map_err(syntax)?;
        Ok(Self { before: Some(text), document: Some(document), bom, crlf, touched: false })
    }

    fn text(&self) -> Option<String> {
        if !self.touched {
            return self.before.clone();
        }
        let text = self.document.as_ref()?.to_string();
        let text = if self.crlf { text.replace('\n', "\r\n") } else { text };
        Some(if self.bom { format!("\u{feff}{text}") } else { text })
    }

    fn tables(&self, list: &str) -> Option<&ArrayOfTables> {
        self.document.as_ref()?.get(list)?.as_array_of_tables()
    }

    /// The ids of a list, whether it is written as tables or inline.
    fn ids(&self, list: &str) -> Vec<(usize, String)> {
        let id = |(at, table): (usize, &dyn toml_edit::TableLike)| Some((at, table.get("id")?.as_str()?.to_owned()));
        match self.document.as_ref().and_then(|document| document.get(list)) {
            Some(Item::ArrayOfTables(tables)) => {
                tables.iter().map(|t| t as &dyn toml_edit::TableLike).enumerate().filter_map(id).collect()
            }
            Some(Item::Value(Value::Array(array))) => {
                let inline = array.iter().filter_map(|value| value.as_inline_table().map(|t| t as &dyn toml_edit::TableLike));
                inline.enumerate().filter_map(id).collect()
            }
            _ => Vec::new(),
        }
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

fn add_to(table: &mut Table, more: &MoreOfPerson, file: &str) -> Result<(), EditError> {
    for (key, value) in [("title", &more.title), ("note", &more.note)] {
        match value {
            Some(_) if table.contains_key(key) => {
                return Err(EditError::Taken { file: file.to_owned(), what: format!("a {key}") });
            }
            Some(value) => _ = table.insert(key, text(value)),
            None => {}
        }
    }
    for (key, values) in [("aliases", &more.aliases), ("teams", &more.teams), ("emails", &more.emails)] {
        if values.is_empty() {
            continue;
        }
        let shape = || EditError::Shape { file: file.to_owned(), what: key.to_owned(), expected: "a list" };
        let list = table.entry(key).or_insert_with(|| Array::new().into()).as_array_mut().ok_or_else(shape)?;
        values.iter().for_each(|value| push(list, value));
    }
    if more.numbers.is_empty() {
        return Ok(());
    }
    let numbers = table.entry("number").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    for number in &more.numbers {
        let shape = || EditError::Shape { file: file.to_owned(), what: "number".to_owned(), expected: "[[person.number]]" };
        match &mut *numbers {
            Item::ArrayOfTables(tables) => tables.push(number_table(number)),
            Item::Value(Value::Array(list)) => {
                let mut inline = number_table(number).into_inline_table();
                // A comment cannot stand inside the braces of a line.
                inline.fmt();
                let mut value = Value::InlineTable(inline);
                set_place(list, &mut value);
                list.push_formatted(value);
            }
            _ => return Err(shape()),
        }
    }
    Ok(())
}

fn number_table(number: &NumberText) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table.insert("number", commented(text(&number.number), number.comment.as_deref()));
    table.insert("kind", kind_word(number.kind).into());
    if let Some(note) = &number.note {
        table.insert("note", text(note));
    }
    table
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Mobile => "mobile",
        Kind::Landline => "landline",
        Kind::Home => "home",
        Kind::Work => "work",
        Kind::Satellite => "satellite",
        Kind::Pager => "pager",
        Kind::Other => "other",
    }
}

/// Where a key of a new person stands.
fn place_of(key: &str) -> usize {
    ["id", "name", "aliases", "title", "teams", "zone", "emails", "note"]
        .iter()
        .position(|known| *known == key)
        .unwrap_or(usize::MAX)
}

fn text(value: &str) -> Item {
    toml_edit::value(value)
}

fn commented(mut item: Item, comment: Option<&str>) -> Item {
    if let (Some(value), Some(comment)) = (item.as_value_mut(), comment) {
        // A line end in a comment would be a line of its own.
        let line = comment.replace(|c: char| c.is_control(), " ");
        value.decor_mut().set_suffix(format!(" # {line}"));
    }
    item
}

fn push(list: &mut Array, text: &str) {
    let mut value = Value::from(text);
    set_place(list, &mut value);
    list.push_formatted(value);
}

/// Puts a value where the next one of a list belongs: on a line of its own when the last one is, and behind the comment that
/// speaks of the last one.
fn set_place(list: &mut Array, value: &mut Value) {
    let trailing = raw(list.trailing());
    let comma = list.trailing_comma();
    let Some(last) = list.iter_mut().last() else { return };
    let last_prefix = raw(last.decor().prefix().unwrap_or(&RawString::default()));
    let last_suffix = raw(last.decor().suffix().unwrap_or(&RawString::default()));
    let Some((_, indent)) = last_prefix.rsplit_once('\n') else {
        value.decor_mut().set_prefix(" ");
        return;
    };
    // What stands between the last value and the bracket, up to the line of the bracket.
    let between = if comma { trailing.clone() } else { format!("{last_suffix}{trailing}") };
    let (behind, before_bracket) = between.rsplit_once('\n').unwrap_or(("", ""));
    value.decor_mut().set_prefix(format!("{behind}\n{indent}"));
    if !comma {
        last.decor_mut().set_suffix("");
    }
    list.set_trailing(format!("\n{before_bracket}"));
    list.set_trailing_comma(true);
}

fn raw(text: &RawString) -> String {
    text.as_str().unwrap_or_default().to_owned()
}

fn is_digits(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit())
}
