//! Former publishers and pull requests: whoever was dismissed has no say any more, and nothing enters a directory unseen.

use std::fs;

use crate::{
    acme::{Acme, token, words},
    world::{Run, World},
};

/// A copy of Dana's directory, as a colleague would have it from git.
fn copy(acme: &Acme, name: &str) {
    for file in acme.dana.files("team") {
        let to = acme.dana.path(name).join(file.strip_prefix("team").unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(acme.dana.path(&file), to).unwrap();
    }
}

fn publisher(machine: &World, verb: &str, member: &str, dir: &str) -> Run {
    machine.kit(["publisher", verb, member, "--dir", dir, "--passphrase-file", "p"])
}

/// Alice publishes for a while, then is dismissed; her clone of that time is in `former`.
fn dismissed() -> Acme {
    let acme = Acme::joined();
    publisher(&acme.dana, "add", "alice.okafor", "team").ok();
    acme.publish().ok();
    copy(&acme, "former");
    acme.alice.kit(["sync"]).ok();
    publisher(&acme.dana, "remove", "alice.okafor", "team").ok();
    acme.publish().ok();
    // From here on she works alone.
    acme.alice.kit(["source", "remove", "box"]).ok();
    acme
}

#[test]
fn b3_a_dismissed_publisher_leads_nobody_away() {
    let acme = dismissed();
    // With the roots from before her dismissal, past the number that everybody has.
    for _ in 0..3 {
        acme.alice.kit(["publish", "former", "--to", "evil", "--passphrase-file", "p"]).ok();
    }
    acme.dana.kit(["sync", "--from", "evil"]).fails(6).says("ROLLBACK");
    acme.dana.kit(["lookup", "alice"]).ok().has("Kit 4,");
}

#[test]
fn b4_roots_that_part_from_the_accepted_ones_are_refused() {
    let acme = dismissed();
    // Another root 3, made by the key that the real root 3 dismissed: it throws Dana out.
    publisher(&acme.alice, "remove", "dana.fox", "former").ok();
    acme.alice.kit(["publish", "former", "--to", "evil", "--passphrase-file", "p"]).ok();
    publisher(&acme.alice, "add", "dana.fox", "former").ok();
    acme.alice.kit(["publish", "former", "--to", "evil", "--passphrase-file", "p"]).ok();
    acme.dana.kit(["sync", "--from", "evil"]).fails(6).says("ROOT FORK");
    acme.dana.kit(["verify", "evil"]).fails(6).says("its roots part");
    acme.dana.kit(["lookup", "alice"]).ok();
}

#[test]
fn b9_roots_from_elsewhere_are_never_published() {
    let acme = dismissed();
    publisher(&acme.alice, "remove", "dana.fox", "former").ok();
    let bundle = acme.dana.read("box/bundle.kit");
    fs::copy(acme.dana.path("former/roots.kit"), acme.dana.path("team/roots.kit")).unwrap();
    acme.publish().fails_talking(6).says("do not go on from those");
    assert_eq!(acme.dana.read("box/bundle.kit"), bundle);
}

#[test]
fn b9_a_root_that_this_machine_did_not_make_stops_publishing() {
    let acme = Acme::joined();
    publisher(&acme.dana, "add", "alice.okafor", "team").ok();
    acme.publish().ok();
    acme.alice.kit(["sync"]).ok();
    // Alice may appoint, but Dana publishes only what she has seen.
    copy(&acme, "copy");
    let bob = acme.dana.machine("bob-home");
    let join = acme.join(&bob, "bob.reyes");
    acme.alice.kit(["member", "add", &token(&join, "kit-join1:"), "--dir", "copy", "--words", &words(&join)]).ok();
    publisher(&acme.alice, "add", "bob.reyes", "copy").ok();
    fs::copy(acme.dana.path("copy/roots.kit"), acme.dana.path("team/roots.kit")).unwrap();
    acme.publish().fails_talking(1).says("signs, or says who signs").says("--ack-recipients");
}

#[test]
fn b9_another_key_under_an_accepted_name_stops_publishing() {
    let acme = Acme::joined();
    let file = "team/devices/alice.okafor.laptop.toml";
    let text = String::from_utf8(acme.dana.read(file)).unwrap();
    let key = |text: &str, name: &str| text.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    // Somebody else's opener: what Alice would open later is theirs to open.
    let other = outage_kit::key::Identity::generate().recipient();
    acme.dana.write(file, text.replace(&key(&text, "opener"), &format!("opener = \"{other}\"")));
    acme.publish().fails_talking(1).says("+ Alice Okafor (laptop) can read");
    // The name alone, moved to another person, is another device too.
    acme.dana.write(file, text.replace("name = \"laptop\"", "name = \"tablet\""));
    acme.publish().fails_talking(1).says("+ Alice Okafor (tablet) can read");
}

#[test]
fn c4_a_device_that_was_removed_is_not_let_in_again_unasked() {
    let acme = Acme::joined();
    let file = acme.dana.path("team/devices/alice.okafor.laptop.toml");
    let away = acme.dana.path("away.toml");
    fs::rename(&file, &away).unwrap();
    acme.publish().ok().says("- Alice Okafor (laptop)");
    acme.alice.kit(["sync"]).status(5).says("this one is not");
    // What she could read she still can, and is told that it is not the newest.
    acme.alice.kit(["lookup", "bob"]).ok().has("Kit 2,").has("kit 2 is shown, because kit 3 cannot be opened here");
    acme.alice.kit(["status"]).status(1).has("NOT READY");
    fs::rename(&away, &file).unwrap();
    acme.publish().fails_talking(1).says("+ Alice Okafor (laptop) can read");
}

#[test]
fn h7_words_confirm_the_root_that_they_are_of() {
    let acme = Acme::joined();
    publisher(&acme.dana, "add", "alice.okafor", "team").ok();
    acme.publish().ok();
    acme.alice.kit(["sync"]).ok();
    let invite = acme.dana.kit(["invite"]);
    acme.alice.kit(["trust", "--words", &words(&invite)]).ok().has("VERIFIED");
    let trust = acme.alice.files("alice-home").into_iter().find(|path| path.ends_with("trust.json")).unwrap();
    let text = String::from_utf8(acme.alice.read(trust)).unwrap();
    assert!(text.contains("\"root_version\":2"), "the root whose words were compared is the one that is pinned: {text}");
    acme.alice.kit(["lookup", "bob"]).ok().lacks("UNVERIFIED");
    acme.publish().ok();
    acme.alice.kit(["sync"]).ok();
}

#[test]
fn b13_two_publishes_on_one_machine_make_one_kit_with_a_number() {
    let acme = Acme::joined();
    copy(&acme, "other");
    let start = |dir: &str, to: &str| {
        let mut command = acme.dana.kit_command();
        command.args(["publish", dir, "--to", to, "--passphrase-file", "p"]);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        command.spawn().unwrap()
    };
    for _ in 0..3 {
        let mut both = [start("team", "box"), start("other", "box")];
        let won = both.iter_mut().filter_map(|child| child.wait().ok()).filter(|status| status.success()).count();
        assert!(won >= 1, "somebody wins");
        acme.dana.kit(["sync"]).ok();
        acme.dana.kit(["verify", "box"]).ok().has("the same as the kit on this machine");
    }
}
