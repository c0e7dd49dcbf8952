//! Keys and values put into a table, so that they look as if a human had written them there.

use toml_edit::{Array, ArrayOfTables, Item, RawString, Table, Value};

use super::{EditError, MoreOfPerson, NumberText};
use crate::{authored::number::NUMBER_KINDS, team::Kind};

pub(super) fn add_to(table: &mut Table, more: &MoreOfPerson, file: &str) -> Result<(), EditError> {
    add_where_none(table, "title", more.title.as_deref(), file)?;
    for (key, values) in [("aliases", &more.aliases), ("teams", &more.teams), ("emails", &more.emails)] {
        if values.is_empty() {
            continue;
        }
        let shape = || EditError::Shape { file: file.to_owned(), what: key.to_owned(), expected: "a list" };
        let list = table.entry(key).or_insert_with(|| Array::new().into()).as_array_mut().ok_or_else(shape)?;
        values.iter().for_each(|value| push(list, value));
    }
    add_where_none(table, "note", more.note.as_deref(), file)?;
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

fn add_where_none(table: &mut Table, key: &str, value: Option<&str>, file: &str) -> Result<(), EditError> {
    let Some(value) = value else { return Ok(()) };
    if table.contains_key(key) {
        return Err(EditError::Taken { file: file.to_owned(), what: format!("a {key}") });
    }
    table.insert(key, text(value));
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
    NUMBER_KINDS.iter().find(|(_, known)| *known == kind).map_or("other", |(word, _)| *word)
}

/// Where a key of a new person stands.
pub(super) fn place_of(key: &str) -> usize {
    ["id", "name", "aliases", "title", "teams", "zone", "emails", "note"]
        .iter()
        .position(|known| *known == key)
        .unwrap_or(usize::MAX)
}

pub(super) fn text(value: &str) -> Item {
    toml_edit::value(value)
}

pub(super) fn commented(mut item: Item, comment: Option<&str>) -> Item {
    if let (Some(value), Some(comment)) = (item.as_value_mut(), comment) {
        // A line end in a comment would be a line of its own.
        let line = comment.replace(|c: char| c.is_control(), " ");
        value.decor_mut().set_suffix(format!(" # {line}"));
    }
    item
}

pub(super) fn push(list: &mut Array, text: &str) {
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
    // What stands between the last value and the bracket, up to the line of the bracket.
    let between = if comma { trailing } else { format!("{last_suffix}{trailing}") };
    let indent = match last_prefix.rsplit_once('\n') {
        Some((_, indent)) => indent,
        None if between.contains('\n') => "    ",
        None => {
            value.decor_mut().set_prefix(" ");
            value.decor_mut().set_suffix(last_suffix);
            last.decor_mut().set_suffix("");
            return;
        }
    };
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use toml_edit::DocumentMut;

    use super::*;

    /// White space and comments as they stand between the values of a list.
    fn gap() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["", " ", "\n", "\n    ", " # about the one before\n", "\n  # about the next\n  ", "\n\n\t"])
    }

    proptest! {
        #[test]
        fn a_list_grows_and_keeps_its_comments(gaps in prop::collection::vec((gap(), gap()), 0..4), end in gap(), comma: bool) {
            let values: Vec<_> = gaps.iter().map(|(before, behind)| format!("{before}\"v\"{behind}")).collect();
            let comma = if comma && !values.is_empty() { "," } else { "" };
            let text = format!("list = [{}{comma}{end}] # behind\n", values.join(","));
            let mut document = text.parse::<DocumentMut>().expect("TOML");
            let list = document.get_mut("list").and_then(Item::as_array_mut).expect("a list");
            push(list, "new");
            push(list, "newer");
            let after = document.to_string();
            let read: DocumentMut = after.parse().unwrap_or_else(|e| panic!("{e}\n{text}{after}"));
            let found: Vec<_> = read.get("list").and_then(Item::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
            let expected: Vec<_> = gaps.iter().map(|_| "v").chain(["new", "newer"]).collect();
            prop_assert_eq!(found, expected, "{}", after);
            prop_assert_eq!(after.matches('#').count(), text.matches('#').count(), "{}", after);
            prop_assert!(after.ends_with("] # behind\n"), "{}", after);
        }
    }
}
