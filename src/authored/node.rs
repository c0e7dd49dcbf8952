//! One TOML file as a tree that knows where each part stands.
//!
//! Owned, so that a draft can outlive its texts. How deep it can be is bounded in `syntax`.

use std::ops::Range;

use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

/// A value and where it stands, in bytes.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) span: Range<usize>,
    pub(super) value: Value,
}

/// A TOML value, as far as a team directory uses them.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    Whole(i64),
    Moment(Datetime),
    List(Vec<Node>),
    Table(Table),
    /// A value that no key wants, in words.
    Other(&'static str),
}

/// A table by its keys.
#[derive(Debug, Default)]
pub(super) struct Table {
    entries: Vec<Entry>,
}

/// One key of a table.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_at: usize,
    pub(super) node: Node,
}

impl Table {
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.binary_search_by(|entry| entry.key.as_str().cmp(key)).ok().and_then(|at| self.entries.get(at))
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }
}

impl Value {
    /// What it is, in words.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Whole(_) => "a number",
            Self::Moment(at) => match (at.date.is_some(), at.time.is_some()) {
                (true, false) => "a date",
                (false, _) => "a time of day",
                (true, true) => "a date with a time",
            },
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(kind) => kind,
        }
    }
}

pub(super) fn table(from: &DeTable<'_>) -> Table {
    // DeTable keeps its keys sorted, which `Table::get` relies on.
    let mut entries: Vec<Entry> = from
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_at: key.span().start,
            node: Node { span: value.span(), value: convert(value.get_ref()) },
        })
        .collect();
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    Table { entries }
}

fn convert(from: &DeValue<'_>) -> Value {
    match from {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Other("a number too large"), Value::Whole)
        }
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Boolean(_) => Value::Other("true or false"),
        DeValue::Datetime(at) => Value::Moment(*at),
        DeValue::Array(list) => {
            Value::List(list.iter().map(|node| Node { span: node.span(), value: convert(node.get_ref()) }).collect())
        }
        DeValue::Table(inner) => Value::Table(table(inner)),
    }
}
