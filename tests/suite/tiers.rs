//! Keys of tiers: who gets a box, and what of a foreign hand is refused.

use serde_json::Value;

use crate::{
    acme::{Acme, CHEAP, token},
    vault::{CANARY_OKTA, CANARY_PASSWORD, Vault},
    world::{Run, World},
};

/// `kit tier …` on a team directory, with the passphrase.
fn tier(world: &World, line: &str) -> Run {
    world.kit(["tier"].into_iter().chain(line.split(' ')).chain(["--dir", "team", "--passphrase-file", "p"]))
}

/// One value, as a holder opens it.
fn reveal(world: &World, name: &str, with: &[&str]) -> Run {
    let line = ["reveal", name, "--field", "password", "--reason", "a drill", "--passphrase-file", "p"];
    world.kit(line.into_iter().chain(with.iter().flat_map(|share| ["--with", share])))
}

/// Somebody's share of `break-glass`, as another machine asked for it.
fn share(of: &World, asks: &World) -> String {
    let asked = asks.kit(["request", "break-glass", "--reason", "a drill", "--passphrase-file", "p"]);
    token(of.kit(["approve", &token(&asked, "kit-ask1:"), "--yes", "--passphrase-file", "p"]).ok(), "kit-share1:")
}

/// Another machine of somebody who has one already, let in.
fn second_device(vault: &Vault, person: &str) -> World {
    let world = vault.acme.dana.machine("second");
    let line = ["join", &vault.acme.invite, "--as", person, "--device", "tablet", "--reader", "plain", "--passphrase-file", "p"];
    let request = world.kit(line.into_iter().chain(CHEAP));
    vault.acme.admit(&request);
    world
}

/// Publishes, on a screen on which sentences stand in one line.
fn wide(vault: &Vault) -> Run {
    vault.acme.dana.with("COLUMNS", "300").kit(["publish", "team", "--to", "box", "--passphrase-file", "p"])
}

fn json(world: &World, path: &str) -> Value {
    serde_json::from_slice(&world.read(path)).unwrap()
}

#[test]
fn a_tier_without_a_label_gets_one_and_its_key() {
    let acme = Acme::joined();
    let before = String::from_utf8(acme.dana.read("team/credentials.toml")).unwrap();
    tier(&acme.dana, "new net --holders alice.okafor,dana.fox").ok().first_line("MADE  tier net, key 1   opened by any holder");
    let after = String::from_utf8(acme.dana.read("team/credentials.toml")).unwrap();
    assert_eq!(before.matches('#').count(), after.matches('#').count(), "{after}");
    assert!(after.contains("id = \"net\""), "{after}");
    assert_eq!(json(&acme.dana, "team/sealed/tiers/net.json")[0]["boxes"][0]["openers"].as_array().unwrap().len(), 2);
    // Made here, so nobody is asked when it is published.
    acme.publish().ok();
    acme.alice.kit(["sync"]).ok();
    acme.alice.kit(["tier", "show", "net"]).ok().has("opens on laptop");
    tier(&acme.dana, "new net").fails(2).says("has a key already");
}

#[test]
fn a_holder_without_a_device_is_named() {
    let acme = Acme::joined();
    tier(&acme.dana, "new net --holders alice.okafor,bob.reyes").fails(2).says("bob.reyes has no device");
    assert!(!acme.dana.path("team/sealed").exists());
}

#[test]
fn who_is_added_opens_and_who_is_removed_gets_no_box_of_the_new_key() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let old = json(dana, "team/sealed/credentials/aws-root.json");
    tier(dana, "remove on-call mia.krause").ok().has("to rotate  aws-root").has("revokes the future, not the past");
    let keys = json(dana, "team/sealed/tiers/on-call.json");
    assert_eq!((keys.as_array().unwrap().len(), &keys[0]["version"]), (1, &2.into()));
    assert_eq!(keys[0]["boxes"][0]["openers"].as_array().unwrap().len(), 2);
    let new = json(dana, "team/sealed/credentials/aws-root.json");
    assert_eq!((&new["version"], &new["key"]), (&old["version"], &2.into()));
    assert_eq!(json(dana, "team/sealed/tasks.json")[0]["id"], "aws-root");
    let run = vault.acme.publish();
    run.ok().says("new key").says("sealed to another key").says("mia.krause stopped holding");
    tier(dana, "add on-call mia.krause").ok();
    assert_eq!(json(dana, "team/sealed/tiers/on-call.json")[0]["boxes"][0]["openers"].as_array().unwrap().len(), 3);
    // What takes two people: its key is split anew for those who stay, and what is under the old one stays there. A share is
    // not a value.
    let run = tier(dana, "remove break-glass mia.krause");
    run.ok().has("okta-admin stays under the old key");
    run.assert(!run.stdout.contains("to rotate"), "nothing was read alone");
    assert_eq!(json(dana, "team/sealed/tiers/break-glass.json").as_array().unwrap().len(), 2);
    tier(dana, "remove break-glass alice.okafor").fails(2).says("and 1 would stay");
}

#[test]
fn c8_a_device_or_a_key_of_a_foreign_hand_gets_nothing() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    // A pull request swaps the opener of Mia's device for its own.
    let device = "team/devices/mia.krause.laptop.toml";
    let text = String::from_utf8(dana.read(device)).unwrap();
    let own = text.lines().find(|line| line.starts_with("opener")).unwrap();
    let other = outage_kit::key::Identity::generate().recipient().to_string();
    dana.write(device, text.replace(own, &format!("opener = \"{other}\"")));
    tier(dana, "add on-call mia.krause").fails(6).says("mia.krause's device");
    tier(dana, "remove on-call alice.okafor").fails(6).says("mia.krause's device");
    dana.write(device, text);
    // Another one swaps what is sealed to.
    let path = "team/sealed/tiers/on-call.json";
    let mut keys = json(dana, path);
    let signed = keys.clone();
    keys[0]["recipient"] = other.clone().into();
    dana.write(path, keys.to_string());
    tier(dana, "remove on-call mia.krause").fails(6).says("the key of tier on-call");
    vault.acme.publish().status(6).says("key 1 of tier on-call is another one");
    // Or adds an opener.
    let mut keys = signed;
    keys[0]["boxes"][0]["openers"].as_array_mut().unwrap().push(other.clone().into());
    dana.write(path, keys.to_string());
    wide(&vault).status(1).says(&other).says("is sealed to 3 devices, and it says 4");
}

#[test]
fn who_is_added_reveals_and_each_opening_of_a_key_is_recorded_first() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    tier(dana, "remove on-call mia.krause").ok();
    vault.publish();
    vault.mia.kit(["sync"]).ok();
    reveal(&vault.mia, "aws-root", &[]).fails(5).says("no holder of aws-root");
    tier(dana, "add on-call mia.krause").ok().has("Receipt");
    vault.publish();
    vault.mia.kit(["sync"]).ok();
    let run = reveal(&vault.mia, "aws-root", &[]);
    run.ok();
    assert_eq!(run.stdout.trim_end(), CANARY_PASSWORD);
    dana.kit(["log"]).ok().has("for tier add").has("for tier remove");
    // A journal that cannot be read or written: nothing is opened, nothing changed.
    let before = dana.read("team/sealed/tiers/on-call.json");
    let kits = dana.path("home/kits");
    let kit = std::fs::read_dir(&kits).unwrap().next().unwrap().unwrap().path();
    let journal = kit.join("journal");
    std::fs::rename(&journal, kit.join("aside")).unwrap();
    std::fs::write(&journal, "no folder").unwrap();
    let run = tier(dana, "add on-call mia.krause");
    run.assert(run.status == 2 && run.stdout.is_empty() && run.stderr.contains("journal"), "the journal is named");
    assert_eq!(dana.read("team/sealed/tiers/on-call.json"), before);
}

#[test]
fn a_holders_new_device_gets_its_box_when_they_are_added_again() {
    let vault = Vault::sealed();
    let second = second_device(&vault, "mia.krause");
    vault.publish();
    second.kit(["sync"]).ok();
    reveal(&second, "aws-root", &[]).fails(5).says("Another device of yours is");
    tier(&vault.acme.dana, "add on-call mia.krause").ok();
    vault.publish();
    second.kit(["sync"]).ok();
    let run = reveal(&second, "aws-root", &[]);
    run.ok();
    assert_eq!(run.stdout.trim_end(), CANARY_PASSWORD);
}

#[test]
fn h10_what_several_combined_gets_another_key_and_a_new_value_is_due() {
    let vault = Vault::sealed();
    let (dana, alice) = (&vault.acme.dana, &vault.acme.alice);
    let run = reveal(dana, "okta-admin", &[&share(alice, dana)]);
    run.ok().says("kit tier rekey break-glass --dir DIR");
    // Alone it opens nothing: the value stays where it is, and is due all the same.
    let with = share(alice, dana);
    let files = ["team/sealed/tiers/break-glass.json", "team/sealed/tasks.json"];
    let old = dana.read(files[0]);
    tier(dana, "rekey break-glass").ok().has("okta-admin stays under the old key").has("to rotate  okta-admin");
    assert_eq!(json(dana, "team/sealed/tiers/break-glass.json").as_array().unwrap().len(), 2);
    let why = json(dana, "team/sealed/tasks.json")[0]["why"].clone();
    assert_eq!(why, "its key was combined by dana.fox");
    dana.write(files[0], old);
    std::fs::remove_file(dana.path(files[1])).unwrap();
    // With a share of a holder it is sealed to the new key at once, and the old key goes.
    let line = ["tier", "rekey", "break-glass", "--with", &with, "--dir", "team", "--passphrase-file", "p"];
    let run = dana.kit(line);
    run.ok().first_line("REKEYED  tier break-glass, key 2   opened by 2 of 3 holders together").has("Receipt");
    run.assert(!run.stdout.contains("stays under"), "sealed anew");
    assert_eq!(json(dana, "team/sealed/tiers/break-glass.json").as_array().unwrap().len(), 1);
    vault.publish();
    for machine in vault.machines() {
        machine.kit(["sync"]).ok();
    }
    // The share of before is of no use, one of the new key is.
    reveal(dana, "okta-admin", &[&with]).fails(6).says("of an older key");
    let run = reveal(dana, "okta-admin", &[&share(&vault.mia, dana)]);
    run.ok();
    assert_eq!(run.stdout.trim_end(), CANARY_OKTA);
}

#[test]
fn somebody_joins_what_takes_several_with_their_shares() {
    let vault = Vault::sealed();
    let (dana, alice) = (&vault.acme.dana, &vault.acme.alice);
    let bob = dana.machine("bob");
    let request = vault.acme.join(&bob, "bob.reyes");
    vault.acme.admit(&request);
    tier(dana, "add break-glass bob.reyes").fails(5).says("kit request break-glass").says("--with SHARE");
    let line =
        ["tier", "add", "break-glass", "bob.reyes", "--with", &share(alice, dana), "--dir", "team", "--passphrase-file", "p"];
    dana.kit(line).ok().first_line("ADDED  tier break-glass, key 1   opened by 2 of 4 holders together");
    vault.publish();
    for machine in [dana, alice, &bob] {
        machine.kit(["sync"]).ok();
    }
    let run = reveal(&bob, "okta-admin", &[&share(alice, &bob)]);
    run.ok();
    assert_eq!(run.stdout.trim_end(), CANARY_OKTA);
}

#[test]
fn c15_a_value_that_was_swapped_under_its_number_is_not_passed_on() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    // Whoever may write into the directory can seal to the public key of a tier: another value under the number of the old one.
    let before = json(dana, "team/sealed/credentials/aws-root.json");
    crate::vault::rotate(dana, "aws-root", 1);
    assert_ne!(json(dana, "team/sealed/credentials/aws-root.json"), before);
    let run = tier(dana, "remove on-call mia.krause");
    run.ok().has("aws-root stays under the old key");
    assert_eq!(json(dana, "team/sealed/credentials/aws-root.json")["key"], 1);
    // And it is not published.
    wide(&vault).status(1).says("value 1 of aws-root is another one than was signed before");
}

#[test]
fn b2_the_list_that_is_typed_is_written_and_every_slip_is_told_at_once() {
    let acme = Acme::joined();
    let before = acme.dana.read("team/credentials.toml");
    // The wrong id first, and who is meant; then everybody without a device.
    tier(&acme.dana, "new on-call --holders alice.okafor,mia").fails(3).says("nobody in the directory is called mia");
    tier(&acme.dana, "new on-call").fails(2).says("bob.reyes, chris.lindqvist, mia.krause, priya.nair have no device");
    assert_eq!(acme.dana.read("team/credentials.toml"), before);
    tier(&acme.dana, "new on-call --holders alice.okafor,dana.fox").ok().has("wrote   team/credentials.toml");
    let labels = String::from_utf8(acme.dana.read("team/credentials.toml")).unwrap();
    assert!(labels.contains("name = \"On call\"\nrule = \"any\"\nholders = [\"alice.okafor\", \"dana.fox\"]"), "{labels}");
    tier(&acme.dana, "new on-call --holders alice.okafor,dana.fox").fails(2).says("has a key already");
    acme.publish().ok();
}

#[test]
fn b2_step_one_of_the_guide_works_on_the_example_team() {
    let acme = Acme::published();
    for (at, person) in ["alice.okafor", "bob.reyes", "mia.krause"].into_iter().enumerate() {
        let machine = acme.dana.machine(&format!("machine-{at}"));
        let request = acme.join(&machine, person);
        acme.admit(&request);
    }
    let guide = String::from_utf8(std::fs::read("docs/guide/break-glass.md").unwrap()).unwrap();
    let lines: Vec<&str> = guide.lines().filter(|line| line.starts_with("kit tier new ")).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    for line in lines {
        let line = line.split('#').next().unwrap().trim();
        let words = line.split_whitespace().skip(1).chain(["--passphrase-file", "p"]);
        acme.dana.kit(words).ok().has("MADE  tier");
    }
    assert_eq!(json(&acme.dana, "team/sealed/tiers/break-glass.json")[0]["rule"], "2-of-3");
    acme.publish().ok();
}

#[test]
fn b6_who_holds_no_key_is_told_who_does_and_what_they_type() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    tier(dana, "remove on-call dana.fox").ok();
    vault.publish();
    let run = tier(dana, "add on-call bob.reyes");
    run.fails(2).says("bob.reyes has no device");
    let run = tier(dana, "add on-call dana.fox");
    run.fails(5).says("you hold no key of tier on-call").says("A holder runs: kit tier add on-call dana.fox --dir team");
    run.says("Alice Okafor   +44").says("Mia Krause   +");
}

#[test]
fn a8_a_rule_that_needs_everybody_is_told_where_it_comes_about() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana.with("COLUMNS", "300");
    let words = "WARN  tier break-glass takes 2 of 2 now: Alice Okafor and Dana Fox are all needed. Add a holder: kit tier add break-glass PERSON --dir team";
    let away = ["member", "remove", "mia.krause", "--dir", "team", "--to", "alice.okafor", "--dry-run", "--passphrase-file", "p"];
    dana.kit(away).ok().has(words);
    tier(dana, "remove break-glass mia.krause").ok().has(words);
    // The example team has waived it for its own two; of another tier it is said by name.
    tier(dana, "new solo --holders alice.okafor").ok();
    dana.kit(["check", "team"]).ok().has("tier solo cannot be opened when one holder cannot be reached");
}

#[test]
fn d9_a_tier_that_nobody_needs_ends_and_one_in_use_does_not() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let before = dana.read("team/credentials.toml");
    tier(dana, "remove on-call").fails(2).says("tier on-call is in use: aws-root");
    tier(dana, "remove ghost").fails(3).says("no tier ghost");
    tier(dana, "new ops --holders alice.okafor,dana.fox").ok();
    vault.publish();
    tier(dana, "remove ops").ok().first_line("ENDED  tier ops: nothing was sealed to it").has("sealed/tiers/ops.json");
    assert_eq!(dana.read("team/credentials.toml"), before);
    assert!(!dana.path("team/sealed/tiers/ops.json").exists());
    // Made again before anybody heard of its end, its key has the next number: one number is one key for ever.
    tier(dana, "new ops --holders alice.okafor,dana.fox").ok().first_line("MADE  tier ops, key 2   opened by any holder");
    vault.acme.publish().ok();
    tier(dana, "remove ops").ok();
    vault.acme.publish().ok();
    vault.mia.kit(["sync"]).ok();
}

#[test]
fn tiers_are_listed_for_people_and_programs() {
    let vault = Vault::sealed();
    let alice = &vault.acme.alice;
    let list = alice.kit(["tier", "list", "--plain"]);
    list.ok();
    let rows: Vec<Vec<&str>> = list.stdout.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.iter().map(|row| &row[..3]).collect::<Vec<_>>(), [["break-glass", "2-of-3", "1"], ["on-call", "any", "1"]]);
    let answer: Value = serde_json::from_str(&alice.kit(["tier", "list", "--json"]).stdout).unwrap();
    assert_eq!(answer["schema"], "kit.tiers/1");
    let narrow = alice.with("COLUMNS", "40").kit(["tier", "list"]);
    narrow.ok();
    assert!(narrow.stdout.lines().all(|line| line.chars().count() <= 40), "{}", narrow.stdout);
}
