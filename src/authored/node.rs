//! One TOML file as a tree that knows where each part stands.
//!
//! Owned, so that a draft can outlive its texts, and bounded, so that no file can exhaust the stack: nesting is measured
//! on the tokens before anything is built.

use std::ops::Range;

use toml::de::{DeTable, DeValue};
use toml::value::Datetime;
use toml_parser::{Source, lexer::TokenKind};

/// Deepest nesting that is read. A team directory needs 4; the parser below is safe up to 80.
const DEPTH_MAX: usize = 16;
/// Most syntax errors named in one file: a file that is no TOML at all needs no thousand lines to say so.
const FAULTS_MAX: usize = 20;

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

/// Where a file breaks the grammar, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
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

/// Reads a file as far as its grammar allows, and says where it does not: at most one fault a line.
pub(super) fn parse(text: &str) -> (Table, Vec<Fault>) {
    if let Some(at) = too_deep(text) {
        let message = format!("it is nested more than {DEPTH_MAX} levels deep");
        return (Table::default(), vec![Fault { at, message }]);
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut faults: Vec<Fault> = errors
        .iter()
        .map(|error| Fault { at: error.span().map_or(0, |span| span.start.min(text.len())), message: plain(error.message()) })
        .collect();
    faults.sort_by_key(|fault| fault.at);
    // What follows a slip on the same line is mostly its echo.
    faults.dedup_by(|next, first| !text.get(first.at..next.at).is_some_and(|between| between.contains('\n')));
    faults.truncate(FAULTS_MAX);
    (table(document.get_ref()), faults)
}

/// Where nesting exceeds the limit: open brackets, or a dotted key of too many parts.
fn too_deep(text: &str) -> Option<usize> {
    let (mut open, mut dots) = (0_usize, 0_usize);
    for token in Source::new(text).lex() {
        match token.kind() {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => (open, dots) = (open + 1, 0),
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => (open, dots) = (open.saturating_sub(1), 0),
            TokenKind::Dot => dots += 1,
            TokenKind::Equals | TokenKind::Comma | TokenKind::Newline | TokenKind::Comment => dots = 0,
            _ => {}
        }
        if open > DEPTH_MAX || dots > DEPTH_MAX {
            return Some(token.span().start());
        }
    }
    None
}

fn table(from: &DeTable<'_>) -> Table {
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

/// The parser's words, made to stand in a sentence after "this is not TOML:".
fn plain(message: &str) -> String {
    match message {
        "duplicate key" => "this key stands here twice".to_owned(),
        "string values must be quoted" => "a text needs quotation marks around it".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slip_is_found_with_its_place() {
        let text = "[team]\nname = \"Acme\nlead = x\n[[person]]\nid = \"a\"\nid = \"b\"\n";
        let (_, faults) = parse(text);
        let lines: Vec<usize> =
            faults.iter().map(|fault| text.get(..fault.at).map_or(0, |before| before.matches('\n').count() + 1)).collect();
        assert_eq!(lines, [2, 3, 6], "{faults:?}");
    }

    #[test]
    fn deep_nesting_is_refused_before_it_is_built() {
        for text in [
            "[".repeat(100_000),
            format!("x = {}", "[".repeat(100_000)),
            format!("x = {}", "{a=".repeat(100_000)),
            format!("{}a = 1", "a.".repeat(100_000)),
            format!("[{}a]", "a.".repeat(100_000)),
            format!("[[{}a]]", "\"a\" . ".repeat(100_000)),
        ] {
            let (_, faults) = parse(&text);
            assert_eq!(faults.first().map(|fault| fault.message.as_str()), Some("it is nested more than 16 levels deep"));
        }
        let (_, faults) = parse("version = \"1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18\"\nx = [[1.5], [2.5]]");
        assert_eq!(faults, []);
    }
}
