//! What the finder shows: lines for a window of any size, as wide as it at most. Names give way, numbers never do.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Finder;
use crate::cli::out::escape;

/// Columns of the mark before the row that is meant.
const MARK: &str = "> ";
/// Narrowest window that says of what kind each row is.
const WIDE_COLUMNS: usize = 60;
/// Lowest window that says which keys do what.
const HELP_LINES: usize = 4;
/// Columns kept for a name, whatever else there is.
const NAME_COLUMNS_MIN: usize = 8;
/// What stands before the typed text.
const PROMPT: &str = "Find: ";

/// The window, and the first row in it.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct View {
    columns: usize,
    lines: usize,
    top: usize,
}

/// One row.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Row {
    /// What it is called.
    pub name: String,
    /// The number to dial, as it is read.
    pub number: Option<String>,
    /// What it is, and who answers that number.
    pub about: String,
}

impl View {
    /// A window of a size.
    pub(in crate::cli) fn new(columns: usize, lines: usize) -> Self {
        Self { columns: columns.max(1), lines: lines.max(1), top: 0 }
    }

    /// The same window at another size.
    pub(in crate::cli) fn resize(&mut self, columns: usize, lines: usize) {
        *self = Self { top: self.top, ..Self::new(columns, lines) };
    }

    /// A line that may have become wider than the window in another alphabet.
    pub(in crate::cli) fn fitted(&self, line: &str) -> String {
        cut(line, self.columns)
    }

    /// Rows that there is room for.
    pub(in crate::cli) fn page(&self) -> usize {
        (self.lines - 1 - usize::from(self.lines >= HELP_LINES)).max(1)
    }

    /// The rows to show, so that the one that is meant is among them.
    pub(in crate::cli) fn window(&mut self, finder: &Finder<'_>) -> Range<usize> {
        let (page, chosen) = (self.page(), finder.position());
        self.top = self.top.clamp((chosen + 1).saturating_sub(page), chosen);
        self.top = self.top.min(finder.count().saturating_sub(page));
        self.top..(self.top + page).min(finder.count())
    }

    /// All lines, and the column of the cursor in the first.
    pub(in crate::cli) fn list(&self, finder: &Finder<'_>, rows: &[Row]) -> (Vec<String>, usize) {
        let (prompt, cursor) = self.prompt(finder);
        let mut lines = vec![prompt];
        if self.lines > 1 {
            if rows.is_empty() {
                lines.push(cut("  Nothing has these letters. Take some away: Backspace", self.columns));
            }
            let widths = self.widths(rows);
            let meant = finder.position().saturating_sub(self.top);
            lines.extend(rows.iter().enumerate().map(|(at, row)| self.row(row, at == meant, widths)));
        }
        if self.lines >= HELP_LINES {
            let keys = if self.columns >= WIDE_COLUMNS {
                "  Enter: show it    Tab: code to dial it    Up, Down: move    Esc: leave"
            } else {
                "  Enter show  Tab code  Esc leave"
            };
            lines.resize(self.lines - 1, String::new());
            lines.push(cut(keys, self.columns));
        }
        lines.truncate(self.lines);
        (lines, cursor)
    }

    /// The lines of a code with what it dials; the number alone where the code has no room.
    pub(in crate::cli) fn code(&self, title: &Row, code: Option<Vec<String>>) -> Vec<String> {
        let number = title.number.as_deref();
        let mut lines = vec![cut(&escape(&title.name), self.columns), number.unwrap_or("There is no number to dial.").to_owned()];
        let back = cut("Any key: back", self.columns);
        if let (Some(code), Some(_)) = (code, number) {
            let width = code.iter().map(|line| line.width()).max().unwrap_or(0);
            if width <= self.columns && code.len() + 3 <= self.lines {
                lines.extend(code);
            } else {
                let needs = format!("No room for its code: {width} columns, {} lines.", code.len() + 3);
                lines.push(cut(&needs, self.columns));
            }
        }
        lines.push(back);
        lines.truncate(self.lines.max(2));
        lines
    }

    fn prompt(&self, finder: &Finder<'_>) -> (String, usize) {
        let room = self.columns.saturating_sub(PROMPT.len() + 1);
        let text = tail(&escape(finder.query()), room);
        let mut line = cut(&format!("{PROMPT}{text}"), self.columns);
        let cursor = line.width().min(self.columns - 1);
        let count = format!("{} of {}", finder.count(), finder.total());
        let gap = self.columns.saturating_sub(line.width() + count.len() + 1);
        if gap > 2 {
            line = format!("{line}{}{count}", " ".repeat(gap));
        }
        (line, cursor)
    }

    /// Columns of names and of numbers.
    fn widths(&self, rows: &[Row]) -> (usize, usize) {
        let number = rows.iter().filter_map(|row| row.number.as_deref()).map(UnicodeWidthStr::width).max().unwrap_or(0);
        let name = rows.iter().map(|row| escape(&row.name).width()).max().unwrap_or(0);
        let about = if self.columns >= WIDE_COLUMNS { 20 } else { 0 };
        let room = self.columns.saturating_sub(MARK.len() + number + 2 + about);
        (name.min(room.max(NAME_COLUMNS_MIN)), number)
    }

    fn row(&self, row: &Row, is_meant: bool, (name, number): (usize, usize)) -> String {
        let mark = if is_meant { MARK } else { "  " };
        let mut line = format!("{mark}{}", padded(&cut(&escape(&row.name), name), name));
        let shown = row.number.as_deref().unwrap_or_default();
        if MARK.len() + name + 2 + number > self.columns {
            // Too narrow for both: the number is what it is about.
            let room = self.columns.saturating_sub(MARK.len() + shown.width() + 1);
            line = format!("{mark}{} ", cut(&escape(&row.name), room));
            return if shown.is_empty() { line } else { format!("{line}{shown}") };
        }
        line = format!("{line}  {}", padded(shown, number));
        if self.columns >= WIDE_COLUMNS {
            line = format!("{line}  {}", escape(&row.about));
        }
        cut(line.trim_end(), self.columns)
    }
}

/// A text of at most some columns; what is cut ends in dots where there is room for them.
fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let dots = if columns > 6 { ".." } else { "" };
    let mut shown = String::new();
    let mut width = dots.len();
    for c in text.chars() {
        width += c.width().unwrap_or(0);
        if width > columns {
            break;
        }
        shown.push(c);
    }
    shown + dots
}

/// The end of a text, of at most some columns.
fn tail(text: &str, columns: usize) -> String {
    let mut width = 0;
    let kept = text.char_indices().rev().take_while(|(_, c)| {
        width += c.width().unwrap_or(0);
        width <= columns
    });
    let start = kept.last().map_or(text.len(), |(at, _)| at);
    text.get(start..).unwrap_or_default().to_owned()
}

fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{answer::Entry, team::Thing};

    fn finder(count: usize, names: &[String]) -> Finder<'_> {
        let entry = |name: &'_ String| Entry {
            kind: Thing::Person,
            id: "x",
            name: leaked(name),
            aliases: &[],
            emails: &[],
            numbers: &[],
        };
        Finder::new(names.iter().take(count).map(entry).collect())
    }

    fn leaked(text: &str) -> &'static str {
        Box::leak(text.to_owned().into_boxed_str())
    }

    fn rows(finder: &Finder<'_>, window: Range<usize>) -> Vec<Row> {
        window
            .filter_map(|at| finder.get(at))
            .map(|entry| Row { name: entry.name.to_owned(), number: Some("+44 7700 900123".into()), about: "person".into() })
            .collect()
    }

    #[test]
    fn no_window_is_overrun_and_no_number_cut() {
        let hostile = ["Zoë", "李小龍李小龍李小龍李小龍李小龍李小龍", "a\u{1b}[2J\nb", "\u{202e}x"].map(str::to_owned);
        let names: Vec<String> =
            hostile.into_iter().chain((0..30).map(|n| format!("Somebody with quite a long name {n}"))).collect();
        for columns in 20..100 {
            for lines in 1..30 {
                let mut finder = finder(34, &names);
                let mut view = View::new(columns, lines);
                for position in [0, 1, 33] {
                    finder.press(crate::cli::finder::Key::Home, 1);
                    finder.press(crate::cli::finder::Key::PageDown, position);
                    let window = view.window(&finder);
                    assert!(window.contains(&finder.position()) && window.len() <= view.page(), "{columns}x{lines}");
                    let (shown, cursor) = view.list(&finder, &rows(&finder, window));
                    assert!(shown.len() <= lines && cursor < columns, "{columns}x{lines}");
                    for (at, line) in shown.iter().enumerate() {
                        assert!(line.width() <= columns && !line.chars().any(char::is_control), "{columns}x{lines}: {line:?}");
                        let is_row = at > 0 && !(lines >= HELP_LINES && at + 1 == lines);
                        assert!(!is_row || line.is_empty() || line.contains("+44 7700 900123"), "{columns}x{lines}: {line:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_end_of_a_long_text_stays_visible() {
        assert_eq!(tail("abcdef", 3), "def");
        assert_eq!(tail("李小龍", 4), "小龍");
        assert_eq!(cut("abcdefghij", 8), "abcdef..");
    }
}
