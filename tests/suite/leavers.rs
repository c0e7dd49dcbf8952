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

/// Two who leave one after the other can put their shares together: with the second, what takes two is to change.
#[test]
fn c4_two_who_left_have_a_key_together_and_its_values_are_to_change() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let bob = dana.machine("bob-home");
    vault.acme.admit(&vault.acme.join(&bob, "bob.reyes"));
    let four = "alice.okafor,bob.reyes,dana.fox,mia.krause";
    dana.kit(["tier", "new", "prod", "--holders", four, "--rule", "2-of-4", "--dir", "team", "--passphrase-file", "p"]).ok();
    let labels = String::from_utf8(dana.read("team/credentials.toml")).unwrap();
    let label = "\n[[credential]]\nid = \"of-prod\"\ntitle = \"Of prod\"\ntier = \"prod\"\nowner = \"dana.fox\"\n";
    dana.write("team/credentials.toml", labels + label);
    dana.kit_reading(b"canary-of-prod\n", ["seal", "of-prod", "--field", "password", "--dir", "team"]).ok();
    vault.publish();
    let leaves = |who: &str| {
        let run = dana.kit(["member", "remove", who, "--to", "dana.fox", "--dir", "team", "--passphrase-file", "p"]);
        let tasks: serde_json::Value = serde_json::from_slice(&dana.read("team/sealed/tasks.json")).unwrap();
        let ids: Vec<String> = tasks.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
        (run, ids)
    };
    let (run, ids) = leaves("mia.krause");
    run.ok().has("tier prod: key 2").has("of-prod stays under the old key").lacks("canary");
    assert!(!ids.contains(&"of-prod".to_owned()) && ids.contains(&"aws-root".to_owned()), "{ids:?}");
    vault.publish();
    // `break-glass` takes two, and only two are left of it: nobody of them goes before another holds it.
    let before = tree(&vault);
    let refused = dana.kit(["member", "remove", "alice.okafor", "--to", "dana.fox", "--dir", "team", "--passphrase-file", "p"]);
    refused.fails(2).says("tier break-glass takes 2 holders, and 1 would stay");
    assert_eq!(tree(&vault), before);
    let labels = String::from_utf8(dana.read("team/credentials.toml")).unwrap();
    let at = labels.find("id = \"break-glass\"").unwrap();
    assert!(labels[at..].contains("alice.okafor"), "{labels}");
    // Bob leaves: he and Mia had two shares of the first key of prod.
    let (run, ids) = leaves("bob.reyes");
    run.ok().has("of-prod value 1").has("tier prod: key 3");
    assert!(ids.contains(&"of-prod".to_owned()) && !ids.contains(&"okta-admin".to_owned()), "{ids:?}");
    dana.kit(["check", "team"]).status(1).has("of-prod");
}

#[test]
fn what_is_no_leaving_is_refused_and_nothing_is_written() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let before = tree(&vault);
    let remove =
        |arguments: &[&str]| dana.kit(["member", "remove", "--dir", "team", "--passphrase-file", "p"].iter().chain(arguments));
    remove(&["mia.krauze", "--to", "alice.okafor"]).fails(3).says("Did you mean mia.krause?");
    remove(&["Mia Krause", "--to", "alice.okafor"]).fails(3).says("kit member list");
    remove(&["mia.krause", "--to", "mia.krause"]).fails(2).says("--to OTHER");
    remove(&["mia.krause", "--to", "zoe.nobody"]).fails(3);
    dana.write("wrong", "wrong\n");
    let run = dana.kit(["member", "remove", "mia.krause", "--to", "alice.okafor", "--dir", "team", "--passphrase-file", "wrong"]);
    assert_ne!(run.status, 0, "{}", run.stdout);
    assert_eq!(tree(&vault), before);
}

/// What people wrote stays as they wrote it, its line ends and remarks too: only what names the leaver goes.
#[test]
fn line_ends_and_remarks_of_the_directory_are_kept() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let tomls: Vec<std::path::PathBuf> =
        dana.files("team").into_iter().filter(|file| file.extension().is_some_and(|it| it == "toml")).collect();
    for file in &tomls {
        let text = String::from_utf8(dana.read(file)).unwrap();
        let text = format!("# a remark at the top\n{text}# and one at the end\n");
        dana.write(file, text.replace("\r\n", "\n").replace('\n', "\r\n"));
    }
    let lines = |file: &std::path::Path| -> Vec<String> {
        String::from_utf8(dana.read(file)).unwrap().split('\n').map(str::to_owned).collect()
    };
    let before: Vec<Vec<String>> = tomls.iter().map(|file| lines(file)).collect();
    remove(&vault, &["--to", "alice.okafor"]).ok();
    let mut changed = 0;
    // Their device's own file goes whole.
    let stay = |(file, _): &(&std::path::PathBuf, &Vec<String>)| dana.path(file).exists();
    for (file, before) in tomls.iter().zip(&before).filter(stay) {
        let after = lines(file);
        changed += usize::from(after != *before);
        let bare = after.iter().filter(|line| !line.is_empty() && !line.ends_with('\r')).count();
        assert_eq!(bare, 0, "{}: {after:#?}", file.display());
        for remark in ["# a remark at the top\r", "# and one at the end\r"] {
            assert!(after.iter().any(|line| line == remark), "{} lost {remark:?}", file.display());
        }
        // Each remark that there was, and nothing new but lines that say who does it now.
        for line in before.iter().filter(|line| line.starts_with('#') && !line.contains("mia")) {
            assert!(after.contains(line), "{} lost {line:?}", file.display());
        }
        for line in after.iter().filter(|line| !before.contains(line)) {
            assert!(
                line.contains("alice.okafor") || line.starts_with("rule = ") || line.contains('['),
                "{}: new line {line:?}",
                file.display()
            );
        }
    }
    assert!(changed >= 2, "{changed}");
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
    for tier in ["on-call", "break-glass"] {
        dana.kit(["tier", "rekey", tier, "--reason", reason, "--dir", "team", "--passphrase-file", "p"]).ok();
    }
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
