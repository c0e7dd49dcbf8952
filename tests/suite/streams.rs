//! What stands on which stream, with which exit status: what scripts rely on.

use std::{io, process::Stdio};

use serde_json::Value;

use crate::{
    acme::{Acme, PASSPHRASE, token},
    world::{Run, World},
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
    case(alice.kit(["--kit", "0000", "status"]), 3);
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
fn a_reader_who_leaves_is_no_failure_and_a_full_disk_is_one() {
    let acme = Acme::joined();
    let others = [&["lookup", "payments-db"][..], &["status"], &["help"], &["--json", "lookup", "alice"], &["manual", "-"]];
    for arguments in others.into_iter().chain([&["completions", "bash"][..]]).chain(crate::environment::AT_NIGHT) {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut kit = acme.alice.kit_command();
        let output = kit.args(arguments).stdin(Stdio::null()).stdout(writer).output().unwrap();
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !talk.contains("kit: "), "{arguments:?}: {output:?}");

        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut kit = acme.alice.kit_command();
        let output = kit.args(arguments).stdin(Stdio::null()).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(said.lines().any(|line| line.starts_with("kit: the answer could not be written")), "{said}");
    }
    // Nobody reads the talk either.
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let mut kit = acme.alice.kit_command();
    let status = kit.args(["lookup", "quetzal"]).stdin(Stdio::null()).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(3));
}
