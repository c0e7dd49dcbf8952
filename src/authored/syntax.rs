//! The grammar: a file as far as it is TOML, and every place where it is not.
//!
//! A parser is sure of its first error only; what it says after that is mostly an echo. So the torn statement is blanked out,
//! byte for byte, and the rest is read again, until nothing is left to say. Bounded, so that no file can exhaust the stack:
//! dotted keys are measured on the tokens before anything is built.

use std::ops::Range;

use toml::de::DeTable;
use toml_parser::{Source, lexer::TokenKind};

use super::node::{Table, table};

/// Most dots in a key: a team directory needs one. Brackets are counted by the parser itself, which stops at 80, so that a
/// tree has at most 80 times this many levels.
const DOTS_MAX: usize = 3;
/// Most faults named in one file: a file that is no TOML at all needs no thousand lines to say so.
const FAULTS_MAX: usize = 20;
/// Stands in for the head of a table that cannot be read, so that what is below it does not fall to the table above.
const HEAD: &str = "[[0]]";

/// Where a file breaks the grammar, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
}

/// Reads a file as far as its grammar allows, and says where it does not: one fault a slip.
pub(super) fn parse(text: &str) -> (Table, Vec<Fault>) {
    if let Some(at) = too_deep(text) {
        return (Table::default(), vec![Fault { at, message: format!("a key has more than {DOTS_MAX} dots") }]);
    }
    let mut rest = text.to_owned();
    let mut faults = conflicts(text, &mut rest);
    loop {
        let (document, errors) = DeTable::parse_recoverable(&rest);
        let first =
            errors.iter().map(|error| (error.span().map_or(0, |span| span.start), error.message())).min_by_key(|(at, _)| *at);
        let Some((at, message)) = first.map(|(at, message)| (at.min(text.len()), message)) else {
            faults.sort_by_key(|fault| fault.at);
            return (table(document.get_ref()), faults);
        };
        let (fault, torn) = slip(&rest, at, message);
        let known = rest.get(torn.clone()).is_none_or(|torn| torn.trim().is_empty() || torn.starts_with(HEAD));
        if known || faults.len() >= FAULTS_MAX {
            let tree = table(document.get_ref());
            if faults.is_empty() {
                faults.push(fault);
            }
            faults.sort_by_key(|fault| fault.at);
            return (tree, faults);
        }
        faults.push(fault);
        blank(&mut rest, torn);
    }
}

/// What an error of the parser means, and the lines that are of no use because of it.
fn slip(text: &str, at: usize, message: &str) -> (Fault, Range<usize>) {
    let line = line_of(text, at);
    let start = statement_before(text, at);
    // A list that is not closed runs into the next line that begins something new, and is only noticed there.
    if start < line.start && text.get(line.clone()).is_some_and(begins_something) {
        let closing =
            text.get(start..line.start).map_or("]", |torn| if torn.contains('{') && !torn.contains('[') { "}" } else { "]" });
        return (Fault { at: start, message: format!("\"{closing}\" is missing at the end of this") }, start..line.start);
    }
    (Fault { at, message: plain(message) }, start.min(line.start)..line.end)
}

/// The line of a byte, with its line end.
fn line_of(text: &str, at: usize) -> Range<usize> {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let end = text.get(at..).and_then(|after| after.find('\n')).map_or(text.len(), |end| at + end + 1);
    start..end
}

/// Where the statement begins that a byte belongs to: the last line that no bracket and no text runs into.
fn statement_before(text: &str, at: usize) -> usize {
    let (mut open, mut start, mut fresh) = (0_usize, 0, true);
    for token in Source::new(text).lex() {
        let span = token.span();
        if span.start() > at {
            break;
        }
        match token.kind() {
            TokenKind::Newline if open == 0 => fresh = true,
            TokenKind::Newline | TokenKind::Whitespace | TokenKind::Comment => {}
            kind => {
                if std::mem::take(&mut fresh) {
                    start = line_of(text, span.start()).start;
                }
                match kind {
                    TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => open += 1,
                    TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => open = open.saturating_sub(1),
                    _ => {}
                }
            }
        }
    }
    // A head of a table ends with its line, whatever is missing in it.
    if text.get(start..).is_some_and(|head| head.starts_with('[')) {
        line_of(text, at.min(line_of(text, start).end.saturating_sub(1))).start
    } else {
        start
    }
}

/// Whether a line looks like the head of a table or like `key = …`.
fn begins_something(line: &str) -> bool {
    let line = line.trim_start();
    let key_ends = line.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.')).unwrap_or(line.len());
    line.starts_with('[') || (key_ends > 0 && line.get(key_ends..).is_some_and(|rest| rest.trim_start().starts_with('=')))
}

/// Puts spaces over some lines, or [`HEAD`] over the head of a table; places in the text stay what they are.
fn blank(text: &mut String, torn: Range<usize>) {
    let Some(lines) = text.get(torn.clone()) else { return };
    let was_head = lines.trim_start().starts_with('[') && lines.find('\n').unwrap_or(lines.len()) >= HEAD.len();
    let mut over: String = lines.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    if was_head {
        over.replace_range(..HEAD.len(), HEAD);
    }
    text.replace_range(torn, &over);
}

/// Where git left both sides of a conflict, only that is said.
fn conflicts(text: &str, rest: &mut String) -> Vec<Fault> {
    let marks = |mark: &'static str| {
        text.match_indices(mark)
            .map(|(at, _)| at)
            .filter(|at| *at == 0 || text.get(..*at).is_some_and(|before| before.ends_with('\n')))
    };
    let ends: Vec<usize> = marks(">>>>>>> ").collect();
    let mut faults = Vec::new();
    let mut done = 0;
    for start in marks("<<<<<<< ").take(FAULTS_MAX) {
        let end = ends.iter().copied().find(|end| *end > start);
        if let (Some(end), true) = (end, start >= done) {
            done = line_of(text, end).end;
            faults.push(Fault { at: start, message: "both sides of a conflict that git could not merge stand here".to_owned() });
            let over: String =
                text.get(start..done).unwrap_or_default().bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
            rest.replace_range(start..done, &over);
        }
    }
    faults
}

/// Where a dotted key has too many parts: each part is a table in a table, which the parser does not count.
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

/// The parser's words, made to stand in a sentence after "this is not TOML:".
fn plain(message: &str) -> String {
    const WORDS: [(&str, &str); 12] = [
        ("cannot recurse further", "it is nested too deep"),
        ("duplicate key", "this key stands here twice"),
        ("string values must be quoted", "a text needs quotation marks around it"),
        ("invalid basic string, expected `\"`", "the quotation mark at the end of this text is missing"),
        ("invalid literal string", "the quotation mark at the end of this text is missing"),
        ("invalid multi-line basic string", "the quotation marks at the end of this text are missing"),
        ("key with no value", "a \"=\" and a value are missing after this key"),
        ("missing comma", "a comma is missing"),
        ("unclosed array table", "\"]]\" is missing at the end of this line"),
        ("unclosed table", "\"]\" is missing at the end of this line"),
        ("unclosed array", "\"]\" is missing at the end of this"),
        ("unclosed inline table", "\"}\" is missing at the end of this"),
    ];
    WORDS
        .iter()
        .find(|(words, _)| message.starts_with(words))
        .map_or_else(|| super::problem::shown(message), |(_, plain)| (*plain).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines and messages of the faults of a text.
    fn faults(text: &str) -> Vec<(usize, String)> {
        let line = |at: usize| text.get(..at).map_or(0, |before| before.matches('\n').count() + 1);
        parse(text).1.into_iter().map(|fault| (line(fault.at), fault.message)).collect()
    }

    #[test]
    fn each_slip_is_told_once_and_where_it_stands() {
        for (text, expected) in [
            ("[team]\nname = \"Acme\nlead = x\n[[person]]\nid = \"a\"\nid = \"b\"\n", vec![2, 3, 6]),
            ("[[s]]\nowners = [\"a\", \"b\"\nneeds = [\"x\"]\ntier = 1\n[[s]]\nid = \"b\"\n", vec![2]),
            ("[[s]]\nowners = [\n  \"a\",\n  \"b\"\n\n[[s]]\nid = \"b\"\n", vec![2]),
            ("[[s]]\nowners = [\"a\" \"b\"]\nx = 1 2\n", vec![2, 3]),
            ("[[s]]\nx = { a = 1\nid = 1\n", vec![2]),
            ("[[s]]\nid\nneeds = [\"x\"]\n[[s]]\nid : 1\n", vec![2, 5]),
            ("[[s]]\nid = 1\n[[sy]\nid = 2\n[[s]]\nid = 3\n[team\nid = 4\n", vec![3, 7]),
            ("[[s]]\nrun = \"\"\"\nabc\n[[s]]\n", vec![5]),
            ("x = [\n", vec![1]),
            ("[[s]]\nx = 2026-13-01\ny = 09:00-17:00\nz = yes\n", vec![2, 3, 4]),
        ] {
            assert_eq!(faults(text).iter().map(|(line, _)| *line).collect::<Vec<_>>(), expected, "{text}{:?}", faults(text));
        }
        let junk = "= \n".repeat(1000);
        assert_eq!(faults(&junk).len(), FAULTS_MAX);
    }

    #[test]
    fn what_stands_after_a_slip_is_still_read() {
        let (tree, found) = parse("[[a]]\nx = [1\ny = 2\n[[bb]\nz = 3\n[[c]]\nid\nw = 4\n");
        assert_eq!(found.len(), 3, "{found:?}");
        let keys: Vec<_> = tree.entries().map(|entry| entry.key.as_str()).collect();
        assert_eq!(keys, ["0", "a", "c"]);
    }

    #[test]
    fn a_conflict_of_git_is_one_fault() {
        let conflict = "both sides of a conflict that git could not merge stand here";
        let text = "id = \"a\"\n<<<<<<< HEAD\nzone = \"UTC\"\n=======\nzone = \"GMT\"\n>>>>>>> branch\nid = \"b\"\n";
        assert_eq!(faults(text), [(2, conflict.to_owned()), (7, "this key stands here twice".to_owned())]);
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
