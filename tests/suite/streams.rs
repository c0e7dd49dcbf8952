//! What stands on which stream, with which exit status: what scripts rely on.

use std::{
    io,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    acme::{Acme, PASSPHRASE, token},
    world::{Run, World, peer},
};

/// U35: every failure ends with what to do now: a command, a file to mend, or somebody to ask.
#[track_caller]
fn has_a_next_step(run: &Run) {
    let lines: Vec<&str> = run.stderr.lines().collect();
    let hints: Vec<&&str> = lines.iter().filter(|line| line.starts_with("     ")).collect();
    run.assert(!hints.is_empty(), "a next step after the reason");
    let acts =
        ["kit ", "KIT_HOME", "--", "Mend", "Name", "Write it", "Put", "Try again", "again", "Is the name right", "ls", "Copy"];
    run.assert(hints.iter().any(|hint| acts.iter().any(|act| hint.contains(act))), "something to do in the next step");
    run.assert(
        !run.stderr.contains("Error:") && !run.stderr.contains(".rs:") && !run.stderr.contains("panicked"),
        "no trace (U36)",
    );
}

#[test]
fn every_exit_status_has_its_case() {
    let acme = Acme::joined();
    let alice = &acme.alice;
    alice.kit(["lookup", "alice"]).status(0).quiet();
    let mut seen = vec![0];
    let mut case = |run: Run, status: i32| {
        run.fails_talking_or_answering(status);
        has_a_next_step(&run);
        seen.push(status);
    };
    case(alice.at("2027-02-01T00:00:00Z").kit(["status"]), 1);
    alice.write("bad/kit.toml", "[team]\nnme = \"Acme\"\n");
    case(alice.kit(["check", "bad"]), 1);
    case(alice.kit(["lookup"]), 2);
    case(alice.kit(["--at", "soon", "lookup", "alice"]), 2);
    case(alice.kit(["check", "missing"]), 2);
    case(alice.kit(["lookup", "quetzal"]), 3);
    case(alice.machine("new").kit(["lookup", "alice"]), 3);
    case(alice.machine("new").kit(["sync"]), 3);
    case(alice.kit(["--kit", "zzzz", "status"]), 3);
    case(alice.kit(["lookup", "al"]), 4);
    alice.write("wrong", "not this one\n");
    case(acme.dana.kit(["publish", "team", "--passphrase-file", "wrong"]), 5);
    case(alice.kit(["verify", "bad/kit.toml"]), 6);
    alice.write("box/bundle.kit", "<!doctype html>");
    case(alice.kit(["sync"]), 6);
    std::fs::rename(alice.path("box"), alice.path("gone")).unwrap();
    case(alice.kit(["sync"]), 7);
    case(alice.kit(["sync", "--from", "nowhere"]), 7);
    let help = alice.kit(["help", "exit-codes"]);
    for status in seen.into_iter().chain([70, 130]) {
        assert!(
            help.stdout.lines().any(|line| line.trim_start().starts_with(&format!("{status} "))),
            "{status} in {}",
            help.stdout
        );
    }
    alice.kit(["lookup", "alice"]).ok().quiet();
}

impl Run {
    /// A failure; `check` and `status` print their answer all the same, nothing else does.
    #[track_caller]
    fn fails_talking_or_answering(&self, expected: i32) -> &Self {
        if expected == 1 {
            self.status(1).assert(self.stderr.lines().any(|line| line.starts_with("kit: ")), "a reason")
        } else {
            self.fails_talking(expected)
        }
    }
}

#[test]
fn answers_are_on_stdout_and_talk_is_not() {
    let acme = Acme::joined();
    acme.alice.kit(["trust", "--words", &crate::acme::words(&acme.dana.kit(["invite"]))]).ok().quiet();
    for arguments in [
        &[][..],
        &["status"],
        &["lookup", "alice"],
        &["member", "list"],
        &["source", "list"],
        &["invite"],
        &["verify", "box/bundle.kit"],
        &["trust"],
        &["help"],
        &["sync"],
        &["lock"],
    ] {
        let run = acme.alice.kit(arguments);
        run.ok().quiet().assert(!run.stdout.is_empty() && run.stdout.ends_with('\n'), "an answer of whole lines");
    }
}

#[test]
fn every_answer_has_a_json_form_with_a_schema() {
    let acme = Acme::joined();
    let alice = &acme.alice;
    let card = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Roe;Jane\r\nFN:Jane Roe\r\nTEL:+44 7700 900999\r\nEND:VCARD\r\n";
    alice.write("people.vcf", card);
    for arguments in [
        &[][..],
        &["lookup", "alice"],
        &["lookup", "payments-db"],
        &["lookup", "slack"],
        &["lookup", "phone-bridge"],
        &["lookup", "aws-support"],
        &["lookup", "aws-root"],
        &["status"],
        &["sync"],
        &["member", "list"],
        &["source", "list"],
        &["invite"],
        &["trust"],
        &["verify", "box/bundle.kit"],
        &["check", "team"],
        &["publisher", "list", "--dir", "team"],
        &["import", "people.vcf", "--into", "team", "--dry-run"],
    ] {
        let run = alice.kit(["--json"].iter().chain(arguments));
        json(alice, &run);
        // The option may stand anywhere.
        json(alice, &alice.kit(arguments.iter().chain(&["--json"])));
    }
    json(&acme.dana, &acme.dana.kit(["--json", "publish", "team", "--dry-run"]));
    json(&acme.dana, &acme.dana.kit(["--json", "publish", "team", "--passphrase-file", "p"]));
    // U45: for machines numbers have no groups.
    let value = json(alice, &alice.kit(["--json", "lookup", "alice"]));
    assert_eq!(value["found"]["number"]["e164"], "+447700900123");
    // A no is an answer too; a failure has none.
    alice.write("bad/kit.toml", "[team]\nnme = \"Acme\"\n");
    let run = alice.kit(["--json", "check", "bad"]);
    assert_eq!(serde_json::from_str::<Value>(&run.status(1).stdout).unwrap()["good"], false);
    let run = alice.at("2027-02-01T00:00:00Z").kit(["--json", "status"]);
    assert_eq!(serde_json::from_str::<Value>(&run.status(1).stdout).unwrap()["ready"], false);
    alice.kit(["--json", "lookup", "quetzal"]).fails(3);
}

#[track_caller]
fn json(world: &World, run: &Run) -> Value {
    run.ok();
    let schema = world.run("jq", ["-er", ".schema"], run.stdout.as_bytes());
    run.assert(
        schema.status == 0 && schema.stdout.starts_with("kit"),
        &format!("a schema, not {:?} {}", schema.stdout, schema.stderr),
    );
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_dash_is_standard_input() {
    let acme = Acme::published();
    let invite = acme.invite.clone() + "\n";
    let join = [
        "join",
        "-",
        "--as",
        "alice.okafor",
        "--device",
        "laptop",
        "--reader",
        "plain",
        "--work-factor",
        "14",
        "--passphrase-file",
        "p",
    ];
    let request = token(acme.alice.kit_reading(invite.as_bytes(), join).ok(), "kit-join1:");
    let words = crate::acme::words(&acme.alice.kit(["invite"]));
    acme.alice.kit(["trust", "--words", &words]).ok();
    acme.dana.kit_reading(request.as_bytes(), ["member", "add", "-", "--dir", "team", "--words", "wrong"]).fails(6);
    acme.dana.kit_reading(PASSPHRASE.as_bytes(), ["publish", "team", "--passphrase-file", "-"]).ok();
    acme.alice.kit_reading(&acme.dana.read("box/bundle.kit"), ["verify", "-"]).ok().has("GOOD");
    acme.alice.kit_reading(b"nothing", ["verify", "-"]).fails(6);
    // Input that never ends is not read to its end.
    let mut kit = acme.alice.kit_command();
    kit.args(["verify", "-"]).stdin(Stdio::from(std::fs::File::open("/dev/zero").unwrap()));
    assert_eq!(kit.output().unwrap().status.code(), Some(2));
}

#[test]
fn nothing_but_text_whatever_the_terminal() {
    let acme = Acme::joined();
    for world in [
        acme.alice.clone(),
        acme.alice.with("TERM", "dumb"),
        acme.alice.with("NO_COLOR", "1"),
        acme.alice.with("CLICOLOR_FORCE", "1"),
    ] {
        for arguments in [&["lookup", "alice"][..], &["status"], &[], &["help"], &["look"], &["lookup", "-h"]] {
            let run = world.kit(arguments);
            run.lacks("\u{1b}");
            let seen = world.terminal(arguments).rest();
            assert!(!seen.contains('\u{1b}'), "{arguments:?}: {seen:?}");
        }
    }
}

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
    for name in names.into_iter().filter(|name| !matches!(*name, "help" | "lock")) {
        let run = world.kit(["help", name]);
        let text = &run.ok().stdout;
        run.assert(text.matches(&format!("kit {name}")).count() >= 2, "two examples");
        run.assert(text.find("Examples:") < text.find("Usage:"), "examples before the usage");
    }
}

#[test]
fn a_reader_who_leaves_is_no_failure_and_a_full_disk_is_one() {
    let acme = Acme::joined();
    for arguments in [&["lookup", "payments-db"][..], &["status"], &["help"], &["--json", "lookup", "alice"]] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut kit = acme.alice.kit_command();
        let output = kit.args(arguments).stdin(Stdio::null()).stdout(writer).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");

        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut kit = acme.alice.kit_command();
        let output = kit.args(arguments).stdin(Stdio::null()).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(said.starts_with("kit: the answer could not be written"), "{said}");
    }
    // Nobody reads the talk either.
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let mut kit = acme.alice.kit_command();
    let status = kit.args(["lookup", "quetzal"]).stdin(Stdio::null()).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(3));
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

#[test]
fn reading_needs_nothing_of_the_environment() {
    let acme = Acme::joined();
    let alice = &acme.alice;
    let expected = alice.kit(["lookup", "alice"]).stdout.clone();
    let bare = ["PATH", "LANG"].iter().fold(alice.clone(), |world, name| world.without(name));
    for world in [
        bare.clone(),
        bare.with("TERM", "dumb"),
        bare.with("LANG", "C").with("LC_ALL", "C"),
        bare.with("HOME", "/nonexistent"),
        bare.with("HOME", ""),
        bare.with("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent"),
        bare.with("XDG_DATA_HOME", "/nonexistent").with("XDG_RUNTIME_DIR", "/nonexistent"),
        bare.with("TMPDIR", "/nonexistent"),
    ] {
        let run = world.kit(["lookup", "alice"]);
        run.ok().quiet().prints(&expected);
        world.kit([""; 0]).ok();
        world.kit(["status"]).ok();
    }
    for zone in ["", "Nowhere/Atlantis", ":", "UTC", "EST5EDT", "/etc/passwd", "../../etc/passwd"] {
        bare.with("TZ", zone).kit(["lookup", "alice"]).ok().has("+44 7700 900123").has("02:12 Wed, London");
    }
    // Without any place for files the way out is named.
    alice.without("KIT_HOME").with("HOME", "").kit(["lookup", "alice"]).assert_any(&[2, 3]);
}

impl Run {
    #[track_caller]
    fn assert_any(&self, statuses: &[i32]) -> &Self {
        self.assert(statuses.contains(&self.status) && self.stdout.is_empty(), &format!("one of {statuses:?}"))
    }
}

#[test]
fn a_read_only_store_answers() {
    let acme = Acme::joined();
    let mut shell = Command::new(peer("unshare"));
    let script =
        "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" && ! touch \"$1/x\" 2>/dev/null && shift && exec \"$@\"";
    shell.args(["--user", "--map-root-user", "--mount", peer("sh").to_str().unwrap(), "-c", script, "sh"]);
    shell.arg(acme.alice.path("alice-home"));
    let kit = acme.alice.kit_command();
    shell.arg(kit.get_program()).args(kit.get_args()).args(["lookup", "alice"]);
    shell.current_dir(acme.alice.path("")).env("KIT_HOME", acme.alice.path("alice-home"));
    let output = shell.output().unwrap();
    let (answer, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(answer.starts_with("CALL  Alice Okafor   +44 7700 900123"), "{answer}\n{said}");
}

#[test]
fn homes_with_any_name_work() {
    let acme = Acme::published();
    let homes = [
        ("with space", "alice.okafor"),
        ("with\nnewline", "bob.reyes"),
        ("-dash", "priya.nair"),
        ("q'uo\"te", "mia.krause"),
        ("zażółć 李", "lukasz.zolkiewski"),
        ("$(touch x)", "erin.lam"),
        ("%s;b&c|d", "carl.meyer"),
    ];
    let machines = homes.map(|(home, person)| {
        let machine = acme.dana.machine(home);
        acme.admit(&acme.join(&machine, person));
        machine
    });
    acme.publish().ok();
    for machine in machines {
        machine.kit(["sync"]).ok();
        machine.kit(["lookup", "alice"]).ok().quiet().has("+44 7700 900123");
        machine.kit(["status"]).ok();
    }
    assert!(!acme.dana.path("x").exists());
}
