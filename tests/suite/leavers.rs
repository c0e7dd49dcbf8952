//! Who leaves: taken out of everything, tiers with new keys, and a list of what to change that is the column of the matrix.

use crate::{
    acme::CHEAP,
    vault::{CANARY_OKTA, CANARY_PASSWORD, Vault},
    world::{Run, World},
};

fn remove(vault: &Vault, more: &[&str]) -> Run {
    vault.acme.dana.kit(["member", "remove", "mia.krause", "--dir", "team", "--passphrase-file", "p"].iter().chain(more))
}

fn tree(vault: &Vault) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![vault.acme.dana.path("team")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn c4_who_leaves_is_out_and_what_they_could_read_is_to_change() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let before = tree(&vault);
    // What only a person can decide stops it, named by file and line, and nothing is written.
    let refused = dana.kit(["member", "remove", "alice.okafor", "--dir", "team", "--passphrase-file", "p"]);
    refused.assert(refused.status == 1 && refused.stderr.contains(".toml:"), "places by file and line");
    assert_eq!(tree(&vault), before);
    let dry = remove(&vault, &["--to", "alice.okafor", "--dry-run"]);
    dry.ok();
    assert_eq!(tree(&vault), before, "a dry run writes nothing");
    let column = dana.kit(["exposure", "mia.krause", "--plain"]);
    column.ok();
    let run = remove(&vault, &["--to", "alice.okafor"]);
    run.ok();
    run.has("aws-root");
    for secret in [CANARY_PASSWORD, CANARY_OKTA] {
        run.assert(!run.stdout.contains(secret) && !run.stderr.contains(secret), "no value is shown");
    }
    // The list is the column: every value and PIN that is still valid and that she could read alone.
    let expected: Vec<String> = column
        .stdout
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|it| ["alone", "pin"].contains(&it[0]) && it[6] == "valid")
        .map(|it| it[1].rsplit(':').next().unwrap().to_owned())
        .collect();
    let tasks: serde_json::Value = serde_json::from_slice(&dana.read("team/sealed/tasks.json")).unwrap();
    let mut ids: Vec<String> = tasks.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    let mut wanted = expected;
    ids.sort();
    wanted.sort();
    assert_eq!(ids, wanted);
    assert!(ids.contains(&"aws-root".to_owned()) && !ids.contains(&"okta-admin".to_owned()), "{ids:?}");
    for (file, text) in tree(&vault) {
        let says = file.ends_with(".toml") && String::from_utf8_lossy(&text).contains("\"mia.krause\"");
        assert!(!says, "{file} still names her");
    }
    let key: serde_json::Value = serde_json::from_slice(&dana.read("team/sealed/tiers/on-call.json")).unwrap();
    let last = key.as_array().unwrap().last().unwrap().clone();
    // What this device opens is sealed to the new key, and that it was opened is recorded; two together it does not open.
    let capsule = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&dana.read(format!("team/sealed/credentials/{name}.json"))).unwrap()
    };
    assert_eq!((&capsule("aws-root")["key"], &capsule("okta-admin")["key"]), (&2.into(), &1.into()));
    run.has("okta-admin stays under the old key").has("Receipt");
    assert_eq!((last["version"].as_u64(), last["holders"].as_array().unwrap().len()), (Some(2), 2));
    dana.kit(["check", "team"]).status(1).has("aws-root is to change by").lacks("mistake");
    vault.publish();
    vault.acme.alice.kit(["sync"]).ok();
    vault.acme.alice.kit(["rescue-drill", "--passphrase-file", "p"]).ok();
}

#[test]
fn who_publishes_is_not_taken_out() {
    let vault = Vault::sealed();
    let run =
        vault.acme.dana.kit(["member", "remove", "dana.fox", "--dir", "team", "--to", "alice.okafor", "--passphrase-file", "p"]);
    run.assert(run.status == 1 && run.stderr.contains("kit publisher add"), "the last publisher stays");
}

/// docs/guide/publishing.md, "End a device's access", as it is written there.
#[test]
fn a_lost_laptop_opens_nothing_that_comes() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let phone = dana.machine("alice-phone");
    let request = phone.kit(
        ["join", &vault.acme.invite, "--as", "alice.okafor", "--device", "phone", "--reader", "plain", "--passphrase-file", "p"]
            .into_iter()
            .chain(CHEAP),
    );
    vault.acme.admit(&request);
    dana.kit(["tier", "add", "on-call", "alice.okafor", "--dir", "team", "--passphrase-file", "p"]).ok();
    vault.publish();
    phone.kit(["sync"]).ok();
    let opens =
        |world: &World| world.kit(["reveal", "aws-root", "--field", "password", "--reason", "x", "--passphrase-file", "p"]);
    opens(&phone).ok();
    // Naming the device says what to do instead.
    let refused = dana.kit(["member", "remove", "alice.okafor/laptop", "--dir", "team", "--passphrase-file", "p"]);
    refused.fails(3).says("delete team/devices/alice.okafor.laptop.toml").says("kit tier rekey TIER --reason TEXT --dir team");
    std::fs::remove_file(dana.path("team/devices/alice.okafor.laptop.toml")).unwrap();
    let reason = "Alice's laptop is lost";
    dana.kit(["tier", "rekey", "on-call", "--reason", reason, "--dir", "team", "--passphrase-file", "p"]).ok();
    dana.kit_reading(b"canary-new", ["seal", "aws-root", "--field", "password", "--dir", "team"]).ok();
    vault.publish();
    phone.kit(["sync"]).ok();
    opens(&phone).ok();
    let laptop = &vault.acme.alice;
    let before = laptop.kit(["status", "--json"]).stdout.clone();
    laptop.kit(["sync"]);
    let after = laptop.kit(["status", "--json"]).stdout.clone();
    let seq = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["kit"]["seq"].clone();
    assert_eq!(seq(&before), seq(&after), "the lost one reads no later kit");
}
