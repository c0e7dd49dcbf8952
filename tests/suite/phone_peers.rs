//! Programs that read what kit exports, and share nothing with it: vobject, khard, icalendar, ical.js, Python's csv, markdown-it.

use std::path::PathBuf;

use serde_json::Value;

use crate::world::{Run, World, peer};

/// A file below the folder that `scripts/test` fills.
fn installed(path: &str) -> String {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target/peers")).join(path);
    assert!(path.is_file(), "{} is missing: scripts/test installs it", path.display());
    path.into_os_string().into_string().unwrap()
}

/// A program of the Python that has readers of contacts and calendars.
pub fn program(name: &str) -> String {
    installed(&format!("contacts/bin/{name}"))
}

/// What the Python readers make of a file: `contacts`, `calendar`, `rows` or `page`.
#[track_caller]
pub fn python(world: &World, what: &str, file: &str) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/phone_peers.py");
    answer(&world.run(&program("python3"), [script, what, file], b""))
}

/// What ical.js makes of a file: `contacts` or `calendar`.
#[track_caller]
pub fn javascript(world: &World, what: &str, file: &str) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/phone_peers.mjs");
    let library = installed("calendars/node_modules/ical.js/dist/ical.js");
    answer(&world.run(peer("node").to_str().unwrap(), [script, &library, what, file], b""))
}

#[track_caller]
fn answer(run: &Run) -> Value {
    serde_json::from_str(&run.ok().stdout).unwrap()
}

/// Both readers' contacts, which have to be the same.
#[track_caller]
pub fn contacts(world: &World, file: &str) -> Vec<Value> {
    both(&python(world, "contacts", file), &javascript(world, "contacts", file), "name")
}

/// Both readers' events, which have to be the same.
#[track_caller]
pub fn events(world: &World, file: &str) -> Vec<Value> {
    both(&python(world, "calendar", file), &javascript(world, "calendar", file), "uid")
}

#[track_caller]
fn both(one: &Value, other: &Value, name: &str) -> Vec<Value> {
    let (one, other) = (one.as_array().unwrap(), other.as_array().unwrap());
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one, other, "{}", one[name]);
    }
    one.clone()
}

/// A text of one field of what was read.
#[track_caller]
pub fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}
