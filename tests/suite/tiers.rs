//! Keys of tiers: who gets a box, and what of a foreign hand is refused.

use serde_json::Value;

use crate::{
    acme::Acme,
    vault::Vault,
    world::{Run, World},
};

/// `kit tier …` on a team directory, with the passphrase.
fn tier(world: &World, line: &str) -> Run {
    world.kit(["tier"].into_iter().chain(line.split(' ')).chain(["--dir", "team", "--passphrase-file", "p"]))
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
    // What takes two people: its key is split anew for those who stay, and what is under the old one stays there.
    tier(dana, "remove break-glass mia.krause").ok().has("to rotate  okta-admin").has("okta-admin stays under the old key");
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
    keys[0]["recipient"] = other.clone().into();
    dana.write(path, keys.to_string());
    tier(dana, "remove on-call mia.krause").fails(6).says("the key of tier on-call");
    vault.acme.publish().status(1).says("+ tier on-call can be opened by");
    // Or adds an opener.
    let mut keys = json(dana, path);
    keys[0]["boxes"][0]["openers"].as_array_mut().unwrap().push(other.clone().into());
    dana.write(path, keys.to_string());
    vault.acme.publish().status(1).says(&other).says("by others than it says");
}
