//! Tables that stay true at any width: cells wrap between words, columns without room stand below their row or drop from the
//! right, and what must be read is stacked rather than cut.

use unicode_width::UnicodeWidthStr;

use super::{KEEP, Screen, broken, finished};

/// Columns between two cells.
const GAP_COLUMNS: usize = 2;
/// Columns before the first cell.
const INDENT_COLUMNS: usize = 2;
/// Columns before what is stacked below a first cell: past its number.
const STACKED_COLUMNS: usize = 5;
/// A column of prose is dropped rather than squeezed below this.
const PROSE_COLUMNS_MIN: usize = 14;

/// Rows under heads.
#[derive(Debug)]
pub(super) struct Table {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
    essential: usize,
    /// What stands before the cell of each column that is not essential, where it stands below its row; none where such
    /// columns drop.
    below: Option<Vec<&'static str>>,
}

impl Table {
    /// A table whose first `essential` columns are shown at any width; the others drop from the right.
    pub(super) fn new<T: Into<String>>(heads: impl IntoIterator<Item = T>, essential: usize) -> Self {
        Self { heads: heads.into_iter().map(Into::into).collect(), rows: Vec::new(), essential, below: None }
    }

    /// The same, where no column drops: what has no room stands below its row, each cell behind the word that says here what
    /// its head would have said, if it needs one.
    pub(super) fn spilling<const N: usize>(mut self, words: [&'static str; N]) -> Self {
        self.below = Some(words.into());
        self
    }

    /// Adds a row of as many cells as there are heads.
    pub(super) fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Whether there is no row.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn columns(&self) -> usize {
        self.heads.len()
    }

    fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        std::iter::once(&self.heads).chain(&self.rows).filter_map(move |row| row.get(column).map(String::as_str))
    }

    /// The cells of a row that have no room beside the others, as phrases.
    fn spilled(&self, row: &[String], columns: &[usize]) -> Vec<String> {
        let phrase = |&column: &usize| {
            let cell = row.get(column).filter(|cell| !cell.is_empty())?;
            let cell = cell.split([' ', KEEP]).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            let word = self.below.as_ref().and_then(|words| words.get(column.checked_sub(self.essential)?)).copied();
            Some(match word.unwrap_or_default() {
                "" => cell,
                word if cell.chars().all(|c| c.is_ascii_uppercase()) => format!("{word}: {cell}"),
                word => format!("{word} {cell}"),
            })
        };
        columns.iter().filter_map(phrase).collect()
    }

    fn is_blank(&self, column: usize) -> bool {
        self.cells(column).skip(1).all(str::is_empty)
    }

    /// Columns that a column would like, and those that it cannot do without.
    fn widths(&self, column: usize) -> (usize, usize) {
        let natural = self.cells(column).map(UnicodeWidthStr::width).max().unwrap_or(0);
        let word = self.cells(column).flat_map(|cell| cell.split(' ')).map(UnicodeWidthStr::width).max().unwrap_or(0);
        (natural, word.max(natural.min(PROSE_COLUMNS_MIN)))
    }
}

impl Screen {
    /// A table; columns that do not fit stand below their rows, or are left out, and the end of the screen says so.
    pub(super) fn table(&mut self, table: &Table) {
        if self.accessible {
            return self.spoken(table);
        }
        let cells = |row: &Vec<String>| row.iter().map(|cell| self.letters(cell)).collect();
        let (heads, rows) = (cells(&table.heads), table.rows.iter().map(cells).collect());
        let table = &Table { heads, rows, essential: table.essential, below: table.below.clone() };
        let room = self.columns.saturating_sub(INDENT_COLUMNS);
        let blank: Vec<usize> = (0..table.columns()).filter(|&column| table.is_blank(column)).collect();
        let mut shown: Vec<usize> = (0..table.columns()).filter(|column| !blank.contains(column)).collect();
        let mut spilled = Vec::new();
        let fits = |shown: &[usize], least: bool| {
            let widths = shown.iter().map(|&column| if least { table.widths(column).1 } else { table.widths(column).0 });
            widths.sum::<usize>() + GAP_COLUMNS * shown.len().saturating_sub(1) <= room
        };
        while !fits(&shown, true) && shown.last().is_some_and(|&last| last >= table.essential) {
            let Some(column) = shown.pop() else { break };
            match table.heads.get(column) {
                _ if table.below.is_some() => spilled.insert(0, column),
                Some(head) => self.leave_out(head),
                None => {}
            }
        }
        if !fits(&shown, true) {
            return self.stacked(table, &shown, &spilled);
        }
        let mut widths: Vec<(usize, usize)> = shown.iter().map(|&column| table.widths(column)).collect();
        let gaps = GAP_COLUMNS * shown.len().saturating_sub(1);
        while widths.iter().map(|(width, _)| width).sum::<usize>() + gaps > room {
            // The widest gives first: prose wraps, names and numbers stay on one line.
            let Some(widest) = widths.iter_mut().filter(|(width, least)| width > least).max_by_key(|(width, _)| *width) else {
                break;
            };
            widest.0 -= 1;
        }
        if table.heads.iter().any(|head| !head.trim().is_empty()) {
            self.cells(&table.heads, &shown, &widths);
        }
        let mut below = Vec::new();
        for row in &table.rows {
            // A row that goes on with the one before it stands directly below it.
            if row.first().is_some_and(|first| !first.is_empty()) {
                self.below(&std::mem::take(&mut below));
            }
            self.cells(row, &shown, &widths);
            below.extend(table.spilled(row, &spilled));
        }
        self.below(&below);
    }

    /// Phrases below their row: as many on a line as have room, none broken that fits on one.
    fn below(&mut self, phrases: &[String]) {
        let indent = " ".repeat(STACKED_COLUMNS);
        let mut line = String::new();
        for phrase in phrases {
            let joined = if line.is_empty() { phrase.clone() } else { format!("{line}; {phrase}") };
            if line.is_empty() || STACKED_COLUMNS + joined.width() <= self.columns {
                line = joined;
            } else {
                self.wrapped(&indent, &indent, &std::mem::replace(&mut line, phrase.clone()));
            }
        }
        if !line.is_empty() {
            self.wrapped(&indent, &indent, &line);
        }
    }

    /// One row, as many lines high as its highest cell.
    fn cells(&mut self, row: &[String], shown: &[usize], widths: &[(usize, usize)]) {
        let cells: Vec<Vec<String>> = shown
            .iter()
            .zip(widths)
            .map(|(&column, (width, _))| broken(row.get(column).map_or("", String::as_str), *width))
            .collect();
        for index in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
            let mut line = " ".repeat(INDENT_COLUMNS);
            for (cell, (width, _)) in cells.iter().zip(widths) {
                let text = cell.get(index).map_or("", String::as_str);
                line.push_str(text);
                line.push_str(&" ".repeat(width.saturating_sub(text.width()) + GAP_COLUMNS));
            }
            self.lines.push(finished(&line));
        }
    }

    /// A row at a time, each cell behind its head.
    fn spoken(&mut self, table: &Table) {
        if table.heads.iter().all(|head| head.trim().is_empty()) {
            // Without heads the first cell is what the others are about.
            for row in &table.rows {
                let (first, others) = row.split_first().map_or(("", &[][..]), |(first, others)| (first.as_str(), others));
                self.row(first, others.join(", "));
            }
            return;
        }
        for (number, row) in table.rows.iter().enumerate() {
            if number > 0 {
                self.blank();
            }
            for (head, cell) in table.heads.iter().zip(row) {
                match (head.trim(), cell.is_empty()) {
                    (_, true) => {}
                    ("", _) => self.text(cell),
                    (head, _) => self.row(head, cell),
                }
            }
        }
    }

    /// Where not even names and numbers fit beside each other: each on a line of its own.
    fn stacked(&mut self, table: &Table, shown: &[usize], spilled: &[usize]) {
        let indent = " ".repeat(INDENT_COLUMNS);
        let below = " ".repeat(STACKED_COLUMNS);
        let mut phrases = Vec::new();
        for row in &table.rows {
            if row.first().is_some_and(|first| !first.is_empty()) {
                self.below(&std::mem::take(&mut phrases));
            }
            phrases.extend(table.spilled(row, spilled));
            for &column in shown {
                let (Some(head), Some(cell)) = (table.heads.get(column), row.get(column)) else { continue };
                let first = if column == 0 { &indent } else { &below };
                let text = if column < 2 { cell.clone() } else { format!("{head}: {cell}") };
                if !cell.is_empty() {
                    self.wrapped(first, &below, &text);
                }
            }
        }
        self.below(&phrases);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::screen::{Layout, keep};

    fn table() -> Table {
        let mut table = Table::new([keep("   Call").as_str(), "Number", "There now", "Checked"], 2);
        table.row([
            keep("1  Alice Okafor"),
            keep("+44 7700 900123"),
            "02:12 Wed  night, likely asleep".into(),
            "6 days ago".into(),
        ]);
        table.row([keep("2  Bob Reyes"), keep("+1 202 555 0143"), "21:12 Tue  evening".into(), "STALE".into()]);
        table
    }

    fn lines(columns: usize) -> Vec<String> {
        let mut screen = Screen::new(Layout { columns, accessible: false, ascii: false });
        screen.table(&table());
        screen.into_lines()
    }

    #[test]
    fn columns_line_up_and_drop_before_a_number_is_touched() {
        assert_eq!(
            lines(80),
            [
                "     Call          Number           There now                        Checked",
                "  1  Alice Okafor  +44 7700 900123  02:12 Wed  night, likely asleep  6 days ago",
                "  2  Bob Reyes     +1 202 555 0143  21:12 Tue  evening               STALE",
            ]
        );
        assert_eq!(
            lines(40),
            ["     Call          Number", "  1  Alice Okafor  +44 7700 900123", "  2  Bob Reyes     +1 202 555 0143"]
        );
        assert_eq!(lines(30), ["  1  Alice Okafor", "     +44 7700 900123", "  2  Bob Reyes", "     +1 202 555 0143"]);
    }

    #[test]
    fn what_has_no_room_stands_below_its_row() {
        let lines = |columns| {
            let mut screen = Screen::new(Layout { columns, accessible: false, ascii: false });
            let mut table = table().spilling(["", "checked"]);
            // What goes on with a row stays directly below it.
            table.row([String::new(), keep("00 1 202 555 0143"), String::new(), String::new()]);
            screen.table(&table);
            assert!(screen.left_out.is_empty());
            screen.into_lines()
        };
        assert_eq!(
            lines(60),
            [
                "     Call          Number             There now",
                "  1  Alice Okafor  +44 7700 900123    02:12 Wed  night,",
                "                                      likely asleep",
                "     checked 6 days ago",
                "  2  Bob Reyes     +1 202 555 0143    21:12 Tue  evening",
                "                   00 1 202 555 0143",
                "     checked: STALE",
            ]
        );
        assert_eq!(
            lines(40),
            [
                "     Call          Number",
                "  1  Alice Okafor  +44 7700 900123",
                "     02:12 Wed night, likely asleep",
                "     checked 6 days ago",
                "  2  Bob Reyes     +1 202 555 0143",
                "                   00 1 202 555 0143",
                "     21:12 Tue evening; checked: STALE",
            ]
        );
        assert_eq!(
            lines(30),
            [
                "  1  Alice Okafor",
                "     +44 7700 900123",
                "     02:12 Wed night, likely",
                "     asleep",
                "     checked 6 days ago",
                "  2  Bob Reyes",
                "     +1 202 555 0143",
                "     00 1 202 555 0143",
                "     21:12 Tue evening",
                "     checked: STALE",
            ]
        );
    }

    #[test]
    fn other_letters_are_measured_as_they_are_shown() {
        let mut screen = Screen::new(Layout { columns: 60, accessible: false, ascii: true });
        let mut table = Table::new(["Name", "Number"], 2);
        table.row([keep("李小梅 (li.xiaomei)"), keep("+61 491 570 157")]);
        table.row([keep("Bob Reyes"), keep("+1 202 555 0143")]);
        screen.table(&table);
        let lines = [
            "  Name                      Number",
            "  Li Xiao Mei (li.xiaomei)  +61 491 570 157",
            "  Bob Reyes                 +1 202 555 0143",
        ];
        assert_eq!(screen.into_lines(), lines);
    }

    #[test]
    fn what_is_left_out_is_said_at_the_end() {
        for (columns, said) in [(80, ""), (40, "There now, Checked"), (60, "Checked")] {
            let mut screen = Screen::new(Layout { columns, accessible: false, ascii: false });
            screen.table(&table());
            assert_eq!(screen.left_out.join(", "), said, "{columns}");
        }
    }

    #[test]
    fn no_width_cuts_a_number() {
        for columns in 20..120 {
            let lines = lines(columns);
            for number in ["+44 7700 900123", "+1 202 555 0143"] {
                assert!(lines.iter().any(|line| line.contains(number)), "{columns}: {lines:#?}");
            }
            assert!(lines.iter().all(|line| line.width() <= columns), "{columns}: {lines:#?}");
        }
    }
}
