//! Somebody who leaves, taken out of everything that names them. What only a person can decide is named first.

use toml_edit::{Item, TableLike, Value};

use super::{EditError, Edits, list::take_out};
use crate::{
    authored::{
        draft::{Draft, File as Written, Place},
        node::{Table, Value as Node},
    },
    team::{Id, Person, Rule},
};

/// What becomes of a key that names them.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    /// They are taken out of the list.
    List,
    /// Somebody else takes their place: a person has to say who.
    Single,
    /// The key goes: it said who did something, or who stands in.
    Key,
    /// The whole table goes.
    Table,
}

/// Every key of a team directory that names a person, by the tables that it stands in.
const NAMES: &[(&str, &str, Does)] = &[
    ("policy", "auditors", Does::List),
    ("policy.waiver", "owner", Does::Single),
    ("person", "id", Does::Table),
    ("person.number", "checked_by", Does::Key),
    ("person.absence", "delegate", Does::Key),
    ("system", "owners", Does::List),
    ("tool", "owner", Does::Single),
    ("tool", "checked_by", Does::Key),
    ("tool.number", "checked_by", Does::Key),
    ("bridge", "tested_by", Does::Key),
    ("bridge.number", "checked_by", Does::Key),
    ("vendor.number", "checked_by", Does::Key),
    ("authority", "holder", Does::Single),
    ("authority", "successors", Does::List),
    ("authority.delegation", "to", Does::Single),
    ("tier", "holders", Does::List),
    ("credential", "owner", Does::Single),
    ("window", "acknowledge", Does::List),
    ("window.role", "person", Does::Table),
    ("window.role", "released_by", Does::Single),
    ("window.rehearsal", "who", Does::List),
    ("rota.shift", "people", Does::List),
    ("rota.override", "person", Does::Single),
    ("rota.override", "instead_of", Does::Table),
    ("device", "person", Does::Table),
];

/// Something that one person has and that cannot be without anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// Where it is written.
    pub place: Place,
    /// What it is: `authority "spend", holder`.
    pub what: String,
}

/// What in a directory only a person can give to somebody else before `person` leaves.
pub fn undecided(draft: &Draft, person: &Id<Person>) -> Vec<Undecided> {
    let mut found = Vec::new();
    for file in draft.tables() {
        for entry in file.root.entries() {
            look((file, person), (&entry.key, &entry.key), &entry.node.value, &mut found);
        }
    }
    found.sort_by(|one, other| one.place.cmp(&other.place));
    found
}

fn look((file, person): (&Written, &Id<Person>), (path, said): (&str, &str), value: &Node, found: &mut Vec<Undecided>) {
    match value {
        Node::List(items) => items.iter().for_each(|item| look((file, person), (path, said), &item.value, found)),
        Node::Table(table) => {
            let said = named(table).map_or_else(|| said.to_owned(), |name| format!("{said} {name:?}"));
            let is_leaving = |key: &str| matches!(&table.get(key).map(|entry| &entry.node.value), Some(Node::Text(text)) if means(text, person));
            let goes = NAMES.iter().any(|(at, key, does)| *at == path && *does == Does::Table && is_leaving(key));
            if goes {
                return;
            }
            for entry in table.entries() {
                let is_single = NAMES.contains(&(path, entry.key.as_str(), Does::Single));
                if is_single && is_leaving(&entry.key) {
                    let what = format!("{said}, {}", entry.key);
                    found.push(Undecided { place: file.place(entry.node.span.start), what });
                } else {
                    let (path, said) = (format!("{path}.{}", entry.key), format!("{said}, {}", entry.key));
                    look((file, person), (&path, &said), &entry.node.value, found);
                }
            }
        }
        _ => {}
    }
}

fn named(table: &Table) -> Option<&str> {
    match &table.get("id")?.node.value {
        Node::Text(id) => Some(id),
        _ => None,
    }
}

/// Whether a reference as written means a person.
fn means(text: &str, person: &Id<Person>) -> bool {
    text.strip_prefix("person:").unwrap_or(text) == person.as_str()
}

impl Edits {
    /// Takes somebody out of the whole directory: what they are, their devices, every list; `heir` takes over what cannot be
    /// without anybody. A tier that counts its holders counts one less.
    ///
    /// # Errors
    /// [`EditError::Unknown`] when nothing names them. What is undecided without an heir stays, and the check will find it.
    pub fn remove_person(&mut self, person: &Id<Person>, heir: Option<&Id<Person>>) -> Result<(), EditError> {
        let mut any = false;
        for file in self.files.values_mut() {
            let Some(document) = file.document.as_mut() else { continue };
            let mut touched = false;
            let keys: Vec<String> = document.iter().map(|(key, _)| key.to_owned()).collect();
            for key in keys {
                let Some(item) = document.get_mut(&key) else { continue };
                let done = within((person, heir), &key, item);
                if done && is_nothing(item) {
                    document.remove(&key);
                }
                touched |= done;
            }
            if touched && document.is_empty() {
                file.document = None;
            }
            file.touched |= touched;
            any |= touched;
        }
        self.people.remove(person.as_str());
        if any { Ok(()) } else { Err(EditError::Unknown(person.to_string())) }
    }
}

/// Whether a list of tables has lost all of them.
fn is_nothing(item: &Item) -> bool {
    match item {
        Item::ArrayOfTables(tables) => tables.is_empty(),
        Item::Value(Value::Array(list)) => list.is_empty(),
        _ => false,
    }
}

type Leaver<'a> = (&'a Id<Person>, Option<&'a Id<Person>>);

/// Changes what stands in an item at a path; whether anything did.
fn within(leaver: Leaver<'_>, path: &str, item: &mut Item) -> bool {
    let mut touched = false;
    match item {
        Item::ArrayOfTables(tables) => {
            let before = tables.len();
            tables.retain(|table| !goes(leaver.0, path, table));
            touched |= tables.len() < before;
            for table in tables.iter_mut() {
                touched |= of_table(leaver, path, table);
            }
        }
        Item::Value(Value::Array(list)) => {
            let before = list.len();
            list.retain(|value| !value.as_inline_table().is_some_and(|table| goes(leaver.0, path, table)));
            touched |= list.len() < before;
            for value in list.iter_mut() {
                if let Some(table) = value.as_inline_table_mut() {
                    touched |= of_table(leaver, path, table);
                }
            }
        }
        item => {
            if let Some(table) = item.as_table_like_mut() {
                touched |= of_table(leaver, path, table);
            }
        }
    }
    touched
}

fn goes(person: &Id<Person>, path: &str, table: &dyn TableLike) -> bool {
    NAMES.iter().any(|(at, key, does)| *at == path && *does == Does::Table && names(person, table, key))
}

fn names(person: &Id<Person>, table: &dyn TableLike, key: &str) -> bool {
    table.get(key).and_then(Item::as_str).is_some_and(|text| means(text, person))
}

fn of_table(leaver: Leaver<'_>, path: &str, table: &mut dyn TableLike) -> bool {
    let (person, heir) = leaver;
    let mut touched = false;
    for (_, key, does) in NAMES.iter().filter(|(at, _, _)| *at == path) {
        touched |= match does {
            Does::Table => false,
            Does::List => {
                let out = table
                    .get_mut(key)
                    .and_then(Item::as_array_mut)
                    .is_some_and(|list| take_out(list, |text| means(text, person)));
                if out && path == "tier" {
                    count_less(table);
                }
                out
            }
            Does::Key => names(person, table, key) && table.remove(key).is_some(),
            Does::Single => names(person, table, key) && heir.is_some_and(|heir| hand_over(table, key, heir)),
        };
    }
    let keys: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    for key in keys {
        let path = format!("{path}.{key}");
        if !NAMES.iter().any(|(at, _, _)| *at == path) {
            continue;
        }
        let Some(item) = table.get_mut(&key) else { continue };
        let done = within(leaver, &path, item);
        if done && is_nothing(item) {
            table.remove(&key);
        }
        touched |= done;
    }
    touched
}

/// Writes somebody else into a place of one person. Who holds a decision does not succeed themselves, nor is it delegated to them.
fn hand_over(table: &mut dyn TableLike, key: &str, heir: &Id<Person>) -> bool {
    let Some(value) = table.get_mut(key).and_then(Item::as_value_mut) else { return false };
    let decor = value.decor().clone();
    *value = Value::from(heir.as_str());
    *value.decor_mut() = decor;
    if key == "holder" {
        if let Some(list) = table.get_mut("successors").and_then(Item::as_array_mut) {
            take_out(list, |text| means(text, heir));
        }
        if let Some(delegations) = table.get_mut("delegation").and_then(Item::as_array_of_tables_mut) {
            delegations.retain(|delegation| !names(heir, delegation, "to"));
        }
    }
    true
}

/// `2-of-3` becomes `2-of-2`. What then cannot be opened any more is refused before this.
fn count_less(table: &mut dyn TableLike) {
    let Some(value) = table.get_mut("rule").and_then(Item::as_value_mut) else { return };
    if let Some(Rule::Of { k, n }) = value.as_str().and_then(|text| Rule::parse(text).ok()) {
        let decor = value.decor().clone();
        *value = Value::from(Rule::Of { k, n: n.saturating_sub(1) }.to_string());
        *value.decor_mut() = decor;
    }
}
