//! The first whole path: what a team writes down becomes a signed, encrypted kit that answers with no network.

use std::fs;

use crate::{
    acme::{Acme, words},
    world::peer,
};

#[test]
fn from_a_directory_to_an_answer_with_the_source_gone() {
    let acme = Acme::joined();
    fs::rename(acme.dana.path("box"), acme.dana.path("gone")).unwrap();
    let run = acme.alice.kit(["lookup", "alice"]);
    run.ok().first_line("CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min").quiet();
    // The source being away is a failure of sync, with its own status, and says that the kit works.
    acme.alice.kit(["sync"]).fails(7).says("Your kit still works");
    acme.alice.kit(["lookup", "alice"]).ok();
}

#[test]
fn lookup_opens_no_socket_and_writes_nothing() {
    let acme = Acme::joined();
    let mut strace = acme.alice.command(peer("strace"));
    strace.args(["-f", "-qq", "-o"]).arg(acme.alice.path("trace"));
    strace.args(["-e", "trace=%network,openat,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,ftruncate"]);
    strace.arg(env!("CARGO_BIN_EXE_kit")).args(["lookup", "alice"]);
    let output = strace.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let trace = String::from_utf8(acme.alice.read("trace")).unwrap();
    assert!(trace.contains(".kit\""), "the generation is read, so the trace sees files:\n{trace}");
    for line in trace.lines() {
        for call in ["socket(", "connect(", "sendto(", "bind(", "rename", "unlink", "mkdir", "creat(", "ftruncate("] {
            assert!(!line.contains(call), "{line}");
        }
        assert!(!line.contains("O_WRONLY") && !line.contains("O_RDWR") || line.contains("/dev/"), "{line}");
    }
}

#[test]
fn nothing_readable_leaves_the_machine() {
    let acme = Acme::joined();
    let bundle = String::from_utf8(acme.dana.read("box/bundle.kit")).unwrap();
    let mut strings = 0;
    for file in acme.dana.files("team").iter().filter(|file| file.extension().is_some_and(|e| e == "toml")) {
        for text in quoted(&String::from_utf8(acme.dana.read(file)).unwrap()) {
            // Short words of letters and digits turn up in base64 by chance; public keys of the root stand in the signed part.
            let by_chance = text.len() < 8 && text.chars().all(|c| c.is_ascii_alphanumeric() || "+/=".contains(c));
            if !by_chance && text.len() >= 3 && !text.starts_with("ssh-ed25519 ") {
                strings += 1;
                assert!(!bundle.contains(&text), "{text:?} of {} stands in the bundle", file.display());
            }
        }
    }
    assert!(strings > 200, "only {strings} strings were looked for");
}

#[test]
fn a_wrong_word_admits_nobody() {
    let acme = Acme::published();
    let join = acme.join(&acme.alice, "alice.okafor");
    let request = crate::acme::token(&join, "kit-join1:");
    let mut wrong: Vec<String> = words(&join).split(' ').map(str::to_owned).collect();
    wrong[3] = if wrong[3] == "zebra" { "abandon".into() } else { "zebra".into() };
    let before = acme.dana.files("team");
    acme.dana.kit(["member", "add", &request, "--dir", "team", "--words", &wrong.join(" ")]).fails(6);
    assert_eq!(acme.dana.files("team"), before);
}

#[test]
fn damage_of_any_kind_is_refused_and_the_old_kit_answers() {
    let acme = Acme::joined();
    acme.publish().ok();
    let good = acme.dana.read("box/bundle.kit");
    let mut mutants: Vec<(String, Vec<u8>)> = vec![
        ("one byte appended".into(), [good.as_slice(), b"\n"].concat()),
        ("twice".into(), [good.as_slice(), good.as_slice()].concat()),
        ("empty".into(), Vec::new()),
        ("web page".into(), b"<!doctype html><title>Log in</title>".to_vec()),
        ("CRLF".into(), String::from_utf8(good.clone()).unwrap().replace('\n', "\r\n").into_bytes()),
    ];
    for step in 0..40 {
        let at = step * (good.len() - 1) / 39;
        let mut flipped = good.clone();
        flipped[at] ^= 1 << (step % 8);
        mutants.push((format!("bit {} of byte {at}", step % 8), flipped));
        mutants.push((format!("cut off at {at}"), good[..at].to_vec()));
    }
    let store = acme.alice.files("alice-home");
    for (what, bytes) in mutants {
        acme.alice.write("box/bundle.kit", &bytes);
        let run = acme.alice.kit(["sync"]);
        run.assert(run.status == 6, &format!("status 6 for {what}"));
        run.assert(run.stdout.is_empty() && run.stderr.starts_with("kit: "), "a reason on stderr only");
        assert_eq!(acme.alice.files("alice-home"), store, "{what} left something behind");
        acme.alice.kit(["verify", "box/bundle.kit"]).fails(6);
    }
    acme.alice.kit(["lookup", "alice"]).ok().has("+44 7700 900123").has("Kit 2,");
    acme.alice.write("box/bundle.kit", &good);
    acme.alice.kit(["sync"]).ok();
    acme.alice.kit(["lookup", "alice"]).ok().has("Kit 3,");
}

#[test]
fn an_older_kit_and_a_fork_are_refused() {
    let acme = Acme::joined();
    let second = acme.dana.read("box/bundle.kit");
    acme.publish().ok();
    acme.alice.kit(["sync"]).ok();
    acme.alice.write("box/bundle.kit", &second);
    acme.alice.kit(["sync"]).fails(6).says("ROLLBACK");
    acme.alice.kit(["lookup", "alice"]).ok().has("Kit 3,");
}

/// The strings in double quotes of a TOML file, comments left out.
fn quoted(toml: &str) -> Vec<String> {
    let lines = toml.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}
