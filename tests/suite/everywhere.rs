//! One kit in every kind of place at once: whoever looks at one of them has the same bytes, and is heard from there.

use std::fs;

use crate::{
    acme::Acme,
    git_peers::bare,
    s3::{self, S3},
    sshd::Sshd,
    web_server::{NGINX_DAV, WebServer},
    world::{Run, World},
};

/// Who looks where: one member for each kind.
const MEMBERS: [&str; 5] = ["alice.okafor", "bob.reyes", "chris.lindqvist", "priya.nair", "erin.lam"];

/// The generations that a machine keeps, by name.
fn generations(world: &World, home: &str) -> Vec<(String, Vec<u8>)> {
    let kept = world.files(home).into_iter().filter(|path| path.to_string_lossy().contains("/generations/"));
    kept.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), world.read(&path))).collect()
}

/// It succeeded, and its screen begins so, however its lines are folded.
#[track_caller]
fn says(run: &Run, beginning: &str) {
    let words: Vec<&str> = run.ok().stdout.split_whitespace().collect();
    run.assert(words.join(" ").starts_with(beginning), &format!("{beginning:?} first"));
}

#[test]
fn one_kit_in_five_kinds_of_places_is_the_same_kit() {
    let mut acme = Acme::published();
    let sshd = Sshd::start(&acme.dana, &[]);
    let web = WebServer::nginx(NGINX_DAV);
    let s3 = S3::start(&acme.dana);
    let repository = bare(&acme.dana, "kit.git");
    fs::create_dir_all(acme.dana.path("srv/kit")).unwrap();
    let places = [
        sshd.url("git+ssh", &repository),
        s3.address("kit"),
        web.url("/"),
        sshd.url("sftp", acme.dana.path("srv/kit")),
        acme.dana.path("box").display().to_string(),
    ];
    let dana = sshd.user(&acme.dana).with("HOME", acme.dana.path("user-home"));
    acme.dana = s3::variables().iter().fold(dana, |world, (name, value)| world.with(name, value));

    let machines = MEMBERS.map(|person| (person.replace('.', "-"), acme.dana.machine(&person.replace('.', "-"))));
    for ((_, machine), person) in machines.iter().zip(MEMBERS) {
        let join = acme.join(machine, person);
        acme.admit(&join);
    }
    let mut publish = vec!["publish", "team", "--passphrase-file", "p"];
    publish.extend(places.iter().flat_map(|place| ["--to", place.as_str()]));
    acme.dana.kit(publish).ok().has("PUBLISHED  kit 2");

    for ((_, machine), place) in machines.iter().zip(&places) {
        machine.kit(["source", "remove", "box"]).ok();
        machine.kit(["source", "add", place]).ok();
        machine.kit(["source", "test"]).ok();
        says(&machine.kit(["sync"]), &format!("UPDATED kit 2 from {place}"));
        says(&machine.kit(["sync"]), &format!("UP TO DATE kit 2, as at {place}"));
        machine.kit(["lookup", "alice"]).ok().has("+44 7700 900123");
    }
    let expected = generations(&acme.dana, &machines[0].0);
    assert_eq!(expected.len(), 1, "one generation");
    for (home, _) in &machines {
        assert!(generations(&acme.dana, home) == expected, "{home} has other bytes");
    }

    // What they send back arrives from each of the places.
    for ((_, machine), place) in machines.iter().zip(&places) {
        says(&machine.kit(["ack", "--passphrase-file", "p"]), &format!("ACKNOWLEDGED kit 2, sent to {place}"));
    }
    acme.dana.kit(["acks"]).ok().has("ALL 6");
}
