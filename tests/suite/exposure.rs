//! The list of a leaver is the column of the matrix: what `kit exposure` and `kit member remove` say is compared with what really
//! opens when their own key is tried on every box and every capsule of every kit that was published.

use std::collections::BTreeSet;

use outage_kit::{
    bundle::{KeyOf, capsule, tier::Opened},
    key::{Identity, Passphrase},
    open,
    program::ChildEnvironment,
    recall::{Recalled, all_kept},
    unseal,
};
use serde_json::Value;

use crate::{
    acme::PASSPHRASE,
    seal::store,
    vault::Vault,
    world::{Run, World},
};

/// What somebody reads: credential, value, tier and key, first and last kit.
type Column = BTreeSet<(String, u64, String, u64, u64, u64)>;

/// What opens with the keys of a machine.
struct Matrix {
    alone: Column,
    shares: Column,
    pins: BTreeSet<(String, String)>,
}

/// A change of the directory, published, and had by Mia.
fn next(vault: &Vault) {
    vault.publish();
    vault.mia.kit(["sync"]).ok();
}

fn authored(world: &World, line: &str) -> Run {
    world.kit(line.split(' ').chain(["--dir", "team", "--passphrase-file", "p"]))
}

fn seal(world: &World, name: &str, value: &str) {
    let value = format!("{value}\n");
    world.kit_reading(value.as_bytes(), ["seal", name, "--field", "password", "--dir", "team"]).ok();
}

fn replace(world: &World, file: &str, old: &str, new: &str) {
    let text = String::from_utf8(world.read(file)).unwrap();
    assert!(text.contains(old), "{file} has {old}");
    world.write(file, text.replace(old, new));
}

/// Opens all that a machine can: its reader each kit, its opener each box, and each key each capsule, whatever is said about them.
fn matrix(mia: &World) -> Matrix {
    let store = store(mia, "mia-home");
    let passphrase = || Passphrase::new(PASSPHRASE.trim().to_owned());
    let children = ChildEnvironment::from_vars(std::iter::empty());
    let reader = open::reader(&store, &children, || Err::<Passphrase, ()>(())).unwrap();
    let opener = unseal::opener(&store, &passphrase()).unwrap();
    let (kept, closed) = all_kept(&store, &reader).unwrap();
    assert_eq!(closed, [] as [u64; 0]);
    let kit = &store.trust().pin.kit;
    let (mut whole, mut parts): (Vec<Identity>, BTreeSet<(String, u32)>) = Default::default();
    for kit_kept in &kept {
        for (id, tier) in &kit_kept.team.tiers {
            for key in &tier.keys {
                for device in &kit_kept.team.devices {
                    match (KeyOf { kit, tier: id, key }).open(device, &opener) {
                        Ok(Opened::Whole(identity)) => whole.push(identity),
                        Ok(Opened::Share(_)) => drop(parts.insert((id.to_string(), key.version))),
                        Err(_) => {}
                    }
                }
            }
        }
    }
    let opens = |of: &Recalled, name: &str| {
        let (id, it) = of.team.credentials.iter().find(|(id, _)| id.as_str() == name).unwrap();
        let capsule = it.capsule.as_ref().unwrap();
        whole.iter().any(|identity| capsule::open(kit, id, capsule, identity).is_ok())
    };
    let (mut alone, mut shares) = (Vec::new(), Vec::new());
    let mut pins = BTreeSet::new();
    for of in &kept {
        for (id, it) in &of.team.credentials {
            let Some(capsule) = &it.capsule else { continue };
            let place = (id.to_string(), u64::from(capsule.version), capsule.tier.to_string(), u64::from(capsule.key), of.seq);
            if opens(of, id.as_str()) {
                alone.push(place);
            } else if parts.contains(&(capsule.tier.to_string(), capsule.key)) {
                shares.push(place);
            }
        }
        pins.extend(of.team.bridges.iter().filter_map(|(id, it)| Some((id.to_string(), it.pin.clone()?))));
        pins.extend(of.team.vendors.iter().filter_map(|(id, it)| Some((id.to_string(), it.pin.clone()?))));
    }
    Matrix { alone: spans(&alone), shares: spans(&shares), pins }
}

fn spans(seen: &[(String, u64, String, u64, u64)]) -> Column {
    let same = |one: &(String, u64, String, u64, u64), other: &(String, u64, String, u64, u64)| {
        (&one.0, one.1, &one.2, one.3) == (&other.0, other.1, &other.2, other.3)
    };
    seen.iter()
        .map(|it| {
            let kits = || seen.iter().filter(|other| same(it, other)).map(|other| other.4);
            (it.0.clone(), it.1, it.2.clone(), it.3, kits().min().unwrap(), kits().max().unwrap())
        })
        .collect()
}

fn said(values: &Value) -> Column {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let number = |value: &Value| value.as_u64().unwrap();
    let one = |it: &Value| {
        let kits = (number(&it["first"]["seq"]), number(&it["last"]["seq"]));
        (text(&it["credential"]), number(&it["version"]), text(&it["tier"]), number(&it["key"]), kits.0, kits.1)
    };
    values.as_array().unwrap().iter().map(one).collect()
}

/// Kits 4 to 6: tiers of her own and of others, another value, another PIN, a tier that she lost, one that others lost. Of each
/// machine's kits only the newest three are sure to be kept.
fn history(vault: &Vault) {
    let dana = &vault.acme.dana;
    authored(dana, "tier new net --holders alice.okafor,dana.fox,mia.krause").ok();
    authored(dana, "tier new vaulted --holders alice.okafor,dana.fox").ok();
    let labels = String::from_utf8(dana.read("team/credentials.toml")).unwrap();
    let more = ["net", "vaulted"].map(|tier| {
        format!("\n[[credential]]\nid = \"of-{tier}\"\ntitle = \"Of {tier}\"\ntier = \"{tier}\"\nowner = \"dana.fox\"\n")
    });
    dana.write("team/credentials.toml", labels + &more.concat());
    for name in ["of-net", "of-vaulted", "slack-owner"] {
        seal(dana, name, "first");
    }
    next(vault);
    seal(dana, "aws-root", "second");
    replace(dana, "team/bridges.toml", &pin(vault), "777 888 #");
    next(vault);
    authored(dana, "tier remove on-call mia.krause").ok();
    seal(dana, "aws-root", "third");
    seal(dana, "dns-registrar", "first");
    authored(dana, "tier remove net alice.okafor").ok();
    next(vault);
}

/// The PIN that stands in the directory for the telephone bridge.
fn pin(vault: &Vault) -> String {
    let text = String::from_utf8(vault.acme.dana.read("team/bridges.toml")).unwrap();
    let line = text.lines().find(|line| line.starts_with("pin = ")).unwrap();
    line.split('"').nth(1).unwrap().to_owned()
}

/// What really opens, and the ids of the PINs; `kit exposure` says exactly that.
fn compared(vault: &Vault) -> (Matrix, Vec<String>) {
    let real = matrix(&vault.mia);
    let run = vault.acme.dana.kit(["exposure", "mia.krause", "--json"]);
    let exposure: Value = serde_json::from_str(&run.ok().stdout).unwrap();
    assert_eq!(said(&exposure["alone"]), real.alone);
    assert_eq!(said(&exposure["shares"]), real.shares);
    let pins = exposure["pins"].as_array().unwrap().iter();
    let mut pins: Vec<String> = pins.map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    let mut wanted: Vec<String> = real.pins.iter().map(|(id, _)| id.clone()).collect();
    wanted.sort();
    pins.sort();
    assert_eq!(pins, wanted);
    (real, wanted)
}

#[test]
fn the_list_is_the_column_of_the_matrix_and_check_is_red_until_each_is_changed() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    history(&vault);
    let (real, wanted) = compared(&vault);
    // The history has what it was made for.
    let has = |id: &str, version: u64| real.alone.iter().any(|it| (it.0.as_str(), it.1) == (id, version));
    assert!(has("aws-root", 1) && has("aws-root", 2) && !has("aws-root", 3), "{:?}", real.alone);
    assert!(has("of-net", 1) && has("slack-owner", 1) && !has("of-vaulted", 1) && !has("dns-registrar", 1));
    assert!(real.shares.iter().any(|it| it.0 == "okta-admin") && wanted.iter().filter(|id| *id == "phone-bridge").count() == 2);

    // Somebody who gets a tier back changes nothing of hers; a kit later the column is another, and the list with it.
    authored(dana, "tier add net alice.okafor").ok();
    next(&vault);
    compared(&vault);

    // What of the column the team still has is what is to change.
    let listed = authored(dana, "member remove mia.krause --to dana.fox");
    listed.ok();
    let tasks: Value = serde_json::from_slice(&dana.read("team/sealed/tasks.json")).unwrap();
    let names: BTreeSet<&str> = tasks.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(names, BTreeSet::from(["aws-support", "of-net", "phone-bridge", "slack-owner"]));
    for name in &names {
        listed.has(name);
    }
    let red = |left: &[&str]| {
        let run = dana.with("COLUMNS", "200").kit(["check", "team"]);
        run.status(1);
        for name in &names {
            let line = run.stdout.lines().any(|line| line.starts_with("FAIL  ") && line.contains(name));
            run.assert(line == left.contains(name), &format!("{name} is {left:?}"));
        }
    };
    red(&["aws-support", "of-net", "phone-bridge", "slack-owner"]);
    vault.publish();
    vault.acme.alice.kit(["sync"]).ok();
    let status = |words: &str| vault.acme.alice.with("COLUMNS", "200").kit(["status"]).has(words).status;
    status("to change");
    seal(dana, "of-net", "second");
    red(&["aws-support", "phone-bridge", "slack-owner"]);
    replace(dana, "team/bridges.toml", "777 888 #", "111 222 #");
    red(&["aws-support", "slack-owner"]);
    seal(dana, "slack-owner", "second");
    red(&["aws-support"]);
    let vendors = String::from_utf8(dana.read("team/vendors.toml")).unwrap();
    let line = vendors.lines().find(|line| line.starts_with("pin = ")).unwrap();
    replace(dana, "team/vendors.toml", line, "pin = \"900 001\"");
    dana.kit(["check", "team"]).ok().lacks("FAIL");
    vault.publish();
    vault.acme.alice.kit(["sync"]).ok();
    vault.acme.alice.with("COLUMNS", "200").kit(["status"]).lacks("to change");
}

/// Whoever put a shared key together has all of its tier from then on, alone: by their journal, by those of who gave the shares,
/// and by the signed kit where no journal says who it was.
#[test]
fn what_somebody_put_together_counts_as_theirs_alone() {
    let vault = Vault::sealed();
    let (dana, alice, mia) = (&vault.acme.dana, &vault.acme.alice, &vault.mia);
    seal(dana, "entra-admin", "first");
    next(&vault);
    alice.kit(["sync"]).ok();
    let wide = dana.with("COLUMNS", "200");
    wide.kit(["exposure", "mia.krause"]).ok().has("With others").lacks("Opened").has("Alone");
    let lists = |machine: &World, person: &str| -> (Vec<String>, Vec<String>) {
        let run = machine.kit(["exposure", person, "--json"]);
        let json: Value = serde_json::from_str(&run.ok().stdout).unwrap();
        let names =
            |list: &Value| list.as_array().unwrap().iter().map(|it| it["credential"].as_str().unwrap().to_owned()).collect();
        (names(&json["opened"]), names(&json["shares"]))
    };
    let (none, both) = (Vec::<String>::new(), vec!["entra-admin".to_owned(), "okta-admin".to_owned()]);
    assert_eq!(lists(dana, "mia.krause"), (none.clone(), both.clone()));
    let asked = mia.kit(["request", "okta-admin", "--reason", "x", "--passphrase-file", "p"]);
    let text = crate::acme::token(&asked, "kit-ask1:");
    let given = alice.kit(["approve", &text, "--yes", "--passphrase-file", "p"]);
    let share = crate::acme::token(&given, "kit-share1:");
    // By whoever gave the share: with her own it is enough, whatever she does with it.
    alice.kit(["sync"]).ok();
    dana.kit(["sync"]).ok();
    assert_eq!(lists(dana, "mia.krause"), (both.clone(), none.clone()));
    assert_eq!(lists(dana, "alice.okafor"), (none.clone(), both.clone()));
    let reveal = ["reveal", "okta-admin", "--field", "password", "--reason", "x", "--passphrase-file", "p", "--with", &share];
    mia.kit(reveal).ok();
    mia.kit(["sync"]).ok();
    dana.kit(["sync"]).ok().has("okta-admin by Mia Krause");
    assert_eq!(lists(dana, "mia.krause"), (both.clone(), none.clone()));
    wide.kit(["exposure", "mia.krause"]).ok().has("Opened").lacks("With others").lacks("no journal here says who");
    let plain = dana.kit(["exposure", "mia.krause", "--plain"]);
    assert_eq!(plain.ok().stdout.lines().filter(|line| line.starts_with("opened\t")).count(), 2);
    // The signed kit says that it was opened; Bob, who has no journals, has to take it for anybody's.
    vault.publish();
    let bob = dana.machine("bob-home");
    vault.acme.admit(&vault.acme.join(&bob, "bob.reyes"));
    vault.publish();
    bob.kit(["sync"]).ok();
    let bob = bob.with("COLUMNS", "200");
    for person in ["alice.okafor", "mia.krause"] {
        assert_eq!(lists(&bob, person), (both.clone(), none.clone()));
        bob.kit(["exposure", person]).ok().has("no journal here says who; so it counts for every holder");
    }
    assert_eq!(lists(&bob, "bob.reyes"), (none.clone(), none.clone()));
    // When she leaves, all of it is to change.
    let listed = authored(dana, "member remove mia.krause --to dana.fox");
    listed.ok().has("entra-admin value 1").has("okta-admin value 1");
    let tasks: Value = serde_json::from_slice(&dana.read("team/sealed/tasks.json")).unwrap();
    let names: BTreeSet<&str> = tasks.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(names.contains("okta-admin") && names.contains("entra-admin") && names.contains("aws-root"), "{names:?}");
}

/// Only some kits are kept: what was written down when somebody lost a tier or left is named from then on, whoever is in the kits.
#[test]
fn what_was_written_down_is_named_when_the_kits_of_then_are_gone() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    authored(dana, "member remove mia.krause --to dana.fox").ok();
    for _ in 0..5 {
        vault.publish();
    }
    vault.acme.alice.kit(["sync"]).ok();
    let alice = vault.acme.alice.with("COLUMNS", "200");
    for _ in 0..4 {
        vault.publish();
        alice.kit(["sync"]).ok();
    }
    // Her own machine keeps no kit that had Mia in it.
    let run = alice.kit(["exposure", "mia.krause"]);
    run.ok().has("COULD READ  0 credentials and 0 PINs, 0 still valid");
    run.has("To change").has("aws-root value 1, by ").has("mia.krause left").has("what was only in older ones is unknown");
    let plain = alice.kit(["exposure", "mia.krause", "--plain"]);
    plain.ok().has("written-down\taws-root\t1\tmia.krause left\t");
    alice.kit(["exposure", "nobody.known"]).fails(3).says("left long ago");
}
