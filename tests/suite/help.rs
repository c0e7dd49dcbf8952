//! Help, and what is typed by mistake: both are answered, neither acts.

use crate::{acme::Acme, world::World};

#[test]
fn an_unknown_command_is_never_run() {
    let acme = Acme::joined();
    let before = acme.alice.files("");
    for (typed, nearest) in [("look", "lookup"), ("lokup", "lookup"), ("stat", "status"), ("syn", "sync"), ("initt", "init")] {
        acme.alice.kit([typed, "alice"]).fails(2).says(nearest);
        acme.alice.kit(["help", typed]).fails(2).says(nearest);
    }
    acme.alice.kit(["alice"]).fails(2);
    acme.alice.kit(["member", "ad"]).fails(2).says("add");
    acme.alice.kit(["lookup", "alice", "--jso"]).fails(2).says("--json");
    acme.alice.kit(["--js", "lookup", "alice"]).fails(2);
    assert_eq!(acme.alice.files(""), before);
}

#[test]
fn help_never_acts() {
    let acme = Acme::joined();
    let before: Vec<_> = acme.alice.files("").into_iter().map(|file| (acme.alice.read(&file), file)).collect();
    for arguments in [
        &["-h"][..],
        &["--help"],
        &["lookup", "-h"],
        &["who", "-h"],
        &["who", "payments-db", "--down", "slack", "-h"],
        &["authority", "rollback", "-h"],
        &["lookup", "alice", "-h"],
        &["-h", "lookup", "alice"],
        &["sync", "-h"],
        &["sync", "--from", "nowhere", "--help"],
        &["init", "new", "--name", "New", "--as", "x", "-h"],
        &["init", "-h", "new", "--name", "New", "--as", "x"],
        &["publish", "team", "-h"],
        &["publish", "team", "--passphrase-file", "p", "--help"],
        &["member", "add", "x", "--dir", "team", "-h"],
        &["member", "-h"],
        &["source", "remove", "box", "-h"],
        &["publisher", "remove", "dana.fox", "--dir", "team", "-h"],
        &["join", "x", "--as", "y", "-h"],
        &["import", "x", "--into", "team", "--yes", "-h"],
        &["lock", "-h"],
        &["unlock", "-h"],
        &["trust", "-h"],
        &["pick", "-h"],
        &["completions", "-h"],
        &["completions", "bash", "--help"],
        &["manual", "team/man", "-h"],
    ] {
        let run = acme.dana.kit(arguments);
        run.ok().quiet().has("Usage:");
    }
    let after: Vec<_> = acme.alice.files("").into_iter().map(|file| (acme.alice.read(&file), file)).collect();
    assert!(before == after);
}

#[test]
fn help_begins_with_examples() {
    let world = World::new();
    let commands = world.kit(["help"]);
    let names = commands.ok().stdout.split_once("Commands:").unwrap().1.split_once("Options:").unwrap().0;
    let names: Vec<&str> = names
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(names.len() > 14, "{names:?}");
    for name in names.into_iter().filter(|name| *name != "help") {
        let run = world.kit(["help", name]);
        let text = &run.ok().stdout;
        run.assert(text.matches(&format!("kit {name}")).count() >= 2, "two examples");
        run.assert(text.find("Examples:") < text.find("Usage:"), "examples before the usage");
        // The same in a narrow window: prose is as wide as it, and no line of an example is run into the next.
        let narrow = world.with("COLUMNS", "40").kit(["help", name]);
        let prose = narrow.ok().stdout.split("Usage:").next().unwrap();
        narrow.assert(prose.lines().all(|line| line.chars().count() <= 40), "40 columns");
    }
}

#[test]
fn bare_kit_is_short_and_begins_with_the_act() {
    let acme = Acme::joined();
    for world in [
        acme.alice.clone(),
        acme.alice.at("2027-06-01T00:00:00Z"),
        acme.alice.at("1970-01-01T00:00:00Z"),
        acme.alice.with("COLUMNS", "40"),
    ] {
        let run = world.kit([""; 0]);
        run.ok().assert(run.stdout.lines().count() <= 20 && run.stdout.starts_with("CALL  "), "at most 20 lines, the act first");
    }
    acme.alice.machine("new").kit([""; 0]).fails(3).says("kit init").says("kit join");
}
