//! One TOML file as a tree that knows where each part stands.
//!
//! Owned, so that a draft can outlive its texts, and bounded, so that no file can exhaust the stack: dotted
//! keys are measured on the tokens before anything is built.

use std::ops::Range;

use toml::de::{DeTable, DeValue};
use toml::value::Datetime;
use toml_parser::{Source, lexer::TokenKind};

/// Most dots in a key: a team directory needs one. Brackets are counted by the parser itself, which stops at 80, so that a
/// tree has at most 80 times this many levels.
const DOTS_MAX: usize = 3;
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
        let message = format!("a key has more than {DOTS_MAX} dots");
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

/// Where a dotted key has too many parts: each part is a table in a table, which the parser below does not count.
fn too_deep(text: &str) -> Option<usize> {
    let mut dots = 0_usize;
    for token in Source::new(text).lex() {
        match token.kind() {
            TokenKind::Dot => dots += 1,
            TokenKind::Atom | TokenKind::BasicString | TokenKind::LiteralString | TokenKind::Whitespace => {}
            _ => dots = 0,
        }
        if dots > DOTS_MAX {
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
    const WORDS: [(&str, &str); 8] = [
        ("cannot recurse further", "it is nested too deep"),
        ("duplicate key", "this key stands here twice"),
        ("string values must be quoted", "a text needs quotation marks around it"),
        ("invalid basic string, expected `\"`", "the quotation mark at the end of this text is missing"),
        ("invalid literal string", "the quotation mark at the end of this text is missing"),
        ("key with no value", "this key has no \"=\" and no value"),
        ("unclosed array table", "\"]]\" is missing at the end of this line"),
        ("unclosed array", "\"]\" is missing at the end of this list"),
    ];
    WORDS
        .iter()
        .find(|(words, _)| message.starts_with(words))
        .map_or_else(|| super::problem::shown(message), |(_, plain)| (*plain).to_owned())
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
    fn deep_nesting_is_refused_and_never_overflows() {
        // E1
        let deep = |text: &str| parse(text).1.first().map(|fault| fault.message.clone());
        for text in [format!("x = {}", "[".repeat(100_000)), format!("x = {}", "{a=".repeat(100_000))] {
            assert_eq!(deep(&text).as_deref(), Some("it is nested too deep"));
        }
        for text in [
            format!("{}a = 1", "a.".repeat(100_000)),
            format!("[{}a]", "a.".repeat(100_000)),
            format!("[[{}a]]", "\"a\" . ".repeat(100_000)),
            format!("x = {{{}a = 1}}", "a.".repeat(100_000)),
        ] {
            assert_eq!(deep(&text).as_deref(), Some("a key has more than 3 dots"));
        }
        assert!(deep(&"[".repeat(100_000)).is_some());
        // The deepest that is let through, on a small stack.
        let text = format!("x = {}1{}", "{a.a.a.a=".repeat(79), "}".repeat(79));
        let small = std::thread::Builder::new().stack_size(1 << 20);
        small.spawn(move || parse(&text)).expect("a thread").join().expect("no overflow");
        assert_eq!(deep("version = \"1.2.3.4.5.6\"\nx = [[1.5, 2.5, 3.5], [2.5]]\n# a.b.c.d.e.f"), None);
    }
}
