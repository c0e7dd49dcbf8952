//! News as lines: a mail, a chat, a page.

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::{KEEP, News};

/// Columns of a mail's body: quoted once or twice it still fits 80.
const MAIL_COLUMNS: usize = 76;
/// Columns of a page.
const PAGE_COLUMNS: usize = 80;
/// Columns of the labels, with the gap after them.
const LABEL_COLUMNS: usize = 14;

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// One line of ASCII: a header has no other letters.
    pub subject: String,
    /// Lines of at most 76 columns.
    pub body: Vec<String>,
}

impl Mail {
    /// The header, an empty line, the text.
    pub fn lines(&self) -> Vec<String> {
        [format!("Subject: {}", self.subject), String::new()].into_iter().chain(self.body.iter().cloned()).collect()
    }
}

pub(super) fn mail(news: &News) -> Mail {
    let subject = deunicode::deunicode(&plain(&news.subject));
    Mail { subject: subject.split_whitespace().collect::<Vec<_>>().join(" "), body: laid_out(news, MAIL_COLUMNS) }
}

pub(super) fn print(news: &News) -> Vec<String> {
    let mut lines = wrapped("", "  ", &news.subject, PAGE_COLUMNS);
    lines.push(String::new());
    lines.extend(laid_out(news, PAGE_COLUMNS));
    lines
}

/// Lines without markup: what a chat would take for a mention, a link or a format is written so that it is none.
pub(super) fn chat(news: &News) -> Vec<String> {
    let mut lines = vec![harmless(&news.subject)];
    for fact in &news.facts {
        match fact.lines.as_slice() {
            [one] => lines.push(harmless(&format!("{}: {one}", fact.label))),
            several => {
                lines.push(format!("{}:", fact.label));
                lines.extend(several.iter().map(|line| format!("   {}", harmless(line))));
            }
        }
    }
    lines
}

fn harmless(text: &str) -> String {
    let text = plain(text).replace("://", ": //").replace("](", "] (").replace('@', "(at)");
    text.chars()
        .map(|c| match c {
            '<' => '(',
            '>' => ')',
            '`' => '\'',
            c => c,
        })
        .collect()
}

fn laid_out(news: &News, columns: usize) -> Vec<String> {
    let indent = " ".repeat(LABEL_COLUMNS);
    let mut lines = Vec::new();
    for fact in &news.facts {
        for (index, line) in fact.lines.iter().enumerate() {
            let label = if index == 0 { fact.label.as_str() } else { "" };
            let gap = LABEL_COLUMNS.saturating_sub(label.width()).max(2);
            lines.extend(wrapped(&format!("{label}{}", " ".repeat(gap)), &indent, line, columns));
        }
    }
    lines
}

/// Lines broken between words; a word that is longer than a line stands alone.
fn wrapped(first: &str, following: &str, text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !is_empty && line.width() + 1 + word.width() > columns {
            lines.push(plain(&line));
            line = following.to_owned();
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(plain(&line));
    lines
}

fn plain(text: &str) -> String {
    text.replace(KEEP, " ").trim_end().to_owned()
}
