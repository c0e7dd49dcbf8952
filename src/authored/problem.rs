//! What is wrong with a team directory, where, and what to do about it.

use std::fmt;

use serde::Serialize;
use unicode_normalization::char::is_combining_mark;

use super::rule::{Rule, Weight};
use crate::team::is_invisible;

/// One finding, at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file, relative to the team directory, with `/`.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The rule that is broken; its word never changes.
    pub rule: Rule,
    /// Whether it stands in the way of a kit.
    pub weight: Weight,
    /// What it is about, as `system:payments-db`: the second word of a waiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What is wrong and why, in one sentence.
    pub message: String,
    /// What to do now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Why a directory is no team yet: every error, and the warnings beside them, sorted by file and line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("the team directory has {}", count(errors.len(), "mistake"))]
pub struct Problems {
    /// What has to be put right first; never empty.
    pub errors: Vec<Problem>,
    /// What should be looked at.
    pub warnings: Vec<Problem>,
}

impl fmt::Display for Problem {
    /// `people/alice.okafor.toml:7: …`, then the hint on lines of its own, indented.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let warning = if self.weight == Weight::Warning { "warning: " } else { "" };
        write!(f, "{}:{}: {warning}{}", escaped(&self.file), self.line, self.message)?;
        for line in self.hint.iter().flat_map(|hint| hint.lines()) {
            write!(f, "\n    {line}")?;
        }
        Ok(())
    }
}

/// `1 mistake`, `20 mistakes`.
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// Foreign text as it may stand in a message: one line, nothing invisible, not too long.
pub(super) fn shown(text: &str) -> String {
    const CHARS_MAX: usize = 80;
    let cut = text.char_indices().nth(CHARS_MAX).map(|(at, _)| at);
    let kept = escaped(cut.and_then(|at| text.get(..at)).unwrap_or(text));
    if cut.is_some() { kept + "…" } else { kept }
}

/// Foreign text with what drives, hides or piles up made visible.
fn escaped(text: &str) -> String {
    let (mut out, mut marks) = (String::new(), 0);
    for c in text.chars() {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if c.is_control() || is_invisible(c) || marks > 2 {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Foreign text in quotation marks.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", shown(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_reads_as_place_message_and_indented_hint() {
        let problem = Problem {
            file: "people/alice.okafor.toml".into(),
            line: 7,
            column: 8,
            rule: Rule::Zone,
            weight: Weight::Error,
            about: None,
            message: "no time zone is called \"Europe/Londn\"".into(),
            hint: Some("Did you mean \"Europe/London\"?".into()),
        };
        assert_eq!(
            problem.to_string(),
            "people/alice.okafor.toml:7: no time zone is called \"Europe/Londn\"\n    Did you mean \"Europe/London\"?"
        );
        let json = serde_json::to_value(&problem).expect("plain data");
        assert_eq!(json.get("rule"), Some(&"zone".into()));
        assert_eq!(json.get("weight"), Some(&"error".into()));
        assert_eq!(json.get("line"), Some(&7.into()));
    }

    #[test]
    fn foreign_text_cannot_drive_the_terminal() {
        assert_eq!(quoted("a\u{1b}[2J\u{202e}b\nc"), "\"a\\u{1b}[2J\\u{202e}b\\u{a}c\"");
        assert_eq!(shown(&"x".repeat(500)).chars().count(), 81);
    }
}
