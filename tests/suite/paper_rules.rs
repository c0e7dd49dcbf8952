//! D12: the objects of each PDF are of a fixed set: no action but a link to a number or a page, no script, no attachment, nothing said of
//! who made it; all letters are in the file; it can be read aloud; and the same is the same bytes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{paper_geometry::printed, pdf::objects, vault::Vault};

/// The keys of dictionaries that a page of kit has, and no others.
const KEYS: &[&str] = &[];

/// Every dictionary of an object, itself and those in it.
fn dictionaries<'v>(value: &'v Value, found: &mut Vec<&'v serde_json::Map<String, Value>>) {
    match value {
        Value::Object(map) => {
            found.push(map);
            map.values().for_each(|value| dictionaries(value, found));
        }
        Value::Array(all) => all.iter().for_each(|value| dictionaries(value, found)),
        _ => {}
    }
}
#[test]
fn dump() {
    let vault = Vault::sealed();
    for line in ["export wallet", "export sealed aws-root --reason test --passphrase-file p --passphrase-out given/words-PAPER"] {
        let file = printed(&vault.mia, line, "a4");
        std::fs::copy(vault.mia.path(&file), format!("/tmp/led/{file}")).unwrap();
        let all = objects(&vault.mia, &file);
        std::fs::write(format!("/tmp/led/{file}.json"), serde_json::to_string_pretty(&all).unwrap()).unwrap();
    }
}
