//! Where the values of a credential come from when they are sealed: a command for each field, as it is written.

use std::collections::BTreeMap;

use super::{context::Spot, item::Item, node::Value, problem::quoted, rule::Rule};
use crate::{program::words, team::is_field_name};

/// The key of the table.
const FROM: &str = "from";

/// The commands of one credential by field.
pub(super) fn read(item: &Item<'_>) -> BTreeMap<String, String> {
    let mut commands = BTreeMap::new();
    let Some(node) = item.value(FROM) else { return commands };
    let Value::Table(table) = &node.value else {
        let hint = "Write [credential.from] on a line of its own, and below it  password = \"op read op://…\"".to_owned();
        item.wrong(FROM, node, "a table", hint);
        return commands;
    };
    for entry in table.entries() {
        let name_at = Spot { file: item.file, at: entry.key_at };
        let line_at = Spot { file: item.file, at: entry.node.span.start };
        let Value::Text(line) = &entry.node.value else {
            item.wrong(&entry.key, &entry.node, "a command", format!("Write it in quotation marks:  {} = \"…\"", entry.key));
            continue;
        };
        if !is_field_name(&entry.key) {
            let message = format!("{} cannot be the name of a field", quoted(&entry.key));
            let hint = "A name has a-z, 0-9, \".\", \"-\" and \"_\", 32 characters at most: password, db-user.".to_owned();
            item.fail(Rule::Command, name_at, message, Some(hint));
        } else if item.no_secret(&entry.key, line, line_at) && item.good_text(&entry.key, line, line_at) {
            match words(line) {
                Ok(_) => {
                    commands.insert(entry.key.clone(), line.clone());
                }
                // The line is not repeated: somebody may have written the value itself.
                Err(why) => {
                    let message = format!("{} is no command: {why}", quoted(&entry.key));
                    let hint = "Write a program and its words, such as  op read op://ops/aws/password".to_owned();
                    item.fail(Rule::Command, line_at, message, Some(hint));
                }
            }
        }
    }
    commands
}
