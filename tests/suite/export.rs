//! `kit export bundle`: the kit, byte for byte, for somebody to carry.

use std::fs;

use crate::acme::Acme;

#[test]
fn a_kit_is_carried_by_hand_to_a_machine_that_has_no_source() {
    let acme = Acme::joined();
    let alice = &acme.alice;
    fs::rename(alice.path("box"), alice.path("gone")).unwrap();
    fs::create_dir(alice.path("stick")).unwrap();
    let wrote = alice.kit(["export", "bundle", "stick"]);
    let size = alice.read("stick/bundle.kit").len().div_ceil(1024);
    let file = alice.path("stick/bundle.kit");
    wrote.ok().first_line(&format!("WROTE  kit 2, {size} KB, in {}", file.display())).quiet();
    wrote.has("kit verify FILE").has("kit sync --from FILE");
    assert_eq!(alice.read("stick/bundle.kit"), alice.read("gone/bundle.kit"), "byte for byte");
    alice.kit(["verify", "stick"]).ok().has("the same as the kit on this machine");
    // A second time there is nothing to do.
    alice.kit(["export", "bundle", "stick"]).ok().has("IS THERE").has("Nothing was written.");
    assert_eq!(alice.files("stick").len(), 1);
}

#[test]
fn a_member_whose_sources_are_all_away_gets_it_from_a_stick() {
    let acme = Acme::published();
    let join = acme.join(&acme.alice, "alice.okafor");
    acme.admit(&join);
    acme.publish().ok();
    fs::create_dir(acme.dana.path("stick")).unwrap();
    acme.dana.kit(["export", "bundle", "stick"]).ok();
    fs::rename(acme.dana.path("box"), acme.dana.path("gone")).unwrap();
    acme.alice.kit(["sync"]).fails(7);
    acme.alice.kit(["sync", "--from", "stick/bundle.kit"]).ok().has("kit 2");
    acme.alice.kit(["lookup", "alice"]).ok();
}

#[test]
fn it_needs_no_key_and_takes_the_current_folder_or_a_file() {
    let acme = Acme::joined();
    let files = acme.alice.files("alice-home");
    for key in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "age" || ending == "key")) {
        fs::remove_file(acme.alice.path(key)).unwrap();
    }
    acme.alice.kit(["export", "bundle"]).ok();
    acme.alice.kit(["export", "bundle", "acme.kit"]).ok();
    acme.alice.kit(["export", "bundle", "./folder"]).ok();
    let bundle = acme.alice.read("box/bundle.kit");
    for file in ["bundle.kit", "acme.kit", "folder/bundle.kit"] {
        assert_eq!(acme.alice.read(file), bundle, "{file}");
    }
    acme.alice.kit(["export", "bundle", "no/such/stick"]).fails(7).says("Is the stick in");
}

#[test]
fn only_an_older_kit_of_the_same_team_is_overwritten() {
    let acme = Acme::joined();
    acme.alice.kit(["export", "bundle", "old.kit"]).ok();
    acme.publish().ok();
    // The stick holds a newer one than this machine has.
    acme.alice.run("cp", ["box/bundle.kit", "new.kit"], b"").ok();
    let newer = acme.alice.read("new.kit");
    acme.alice
        .kit(["export", "bundle", "new.kit"])
        .fails(1)
        .says("holds kit 3, which is newer than kit 2")
        .says("kit sync --from");
    assert_eq!(acme.alice.read("new.kit"), newer);
    acme.alice.kit(["sync"]).ok();
    acme.alice.kit(["export", "bundle", "old.kit"]).ok().has("WROTE  kit 3").has("over kit 2");
    assert_eq!(acme.alice.read("old.kit"), newer);
    let other = Acme::published();
    for (name, content) in [
        ("notes.kit", b"my notes".to_vec()),
        ("other.kit", other.dana.read("box/bundle.kit")),
        ("half.kit", newer[..500].to_vec()),
    ] {
        acme.alice.write(name, &content);
        acme.alice.kit(["export", "bundle", name]).fails(1).says("is there already").says("--force");
        assert_eq!(acme.alice.read(name), content, "{name}");
        acme.alice.kit(["export", "bundle", name, "--force"]).ok().has("over what was there");
        assert_eq!(acme.alice.read(name), newer, "{name}");
    }
}

#[test]
fn programs_read_what_was_written_where() {
    let acme = Acme::joined();
    let run = acme.alice.kit(["export", "bundle", "a b.kit", "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&run.ok().stdout).unwrap();
    assert_eq!(answer["schema"], "kit.export-bundle/1");
    assert_eq!(answer["file"], acme.alice.path("a b.kit").to_str().unwrap());
    assert_eq!((&answer["before"], &answer["seq"]), (&"nothing".into(), &2.into()));
    assert_eq!(answer["bytes"], acme.alice.read("a b.kit").len());
    let sum = acme.alice.run("sha256sum", ["a b.kit"], b"");
    assert!(sum.ok().stdout.starts_with(answer["sha256"].as_str().unwrap()), "{}", sum.stdout);
}
