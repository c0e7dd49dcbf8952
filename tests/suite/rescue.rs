//! The rescue drill: a holder proves that their device opens what it holds, and the proof shows nothing.

use outage_kit::bundle::Hash;

use crate::vault::{CANARY_NOTE, CANARY_OKTA, CANARY_PASSWORD, CANARY_SEED, Vault, rotate};

#[test]
fn h10_a_holder_proves_that_they_can_open_and_nothing_is_shown() {
    let vault = Vault::sealed();
    let run = vault.mia.kit(["rescue-drill", "--passphrase-file", "p"]);
    run.ok();
    run.assert(run.stdout.starts_with("OPENS  1 credential in 2 tiers"), "the verdict first");
    let json = vault.mia.kit(["rescue-drill", "on-call", "--json", "--passphrase-file", "p"]);
    let answer: serde_json::Value = serde_json::from_str(&json.ok().stdout).unwrap();
    assert_eq!((answer["opens"].as_bool(), answer["credentials"].as_u64()), (Some(true), Some(1)));
    for secret in [CANARY_PASSWORD, CANARY_SEED, CANARY_NOTE, CANARY_OKTA] {
        assert!(!run.stdout.contains(secret) && !json.stdout.contains(secret));
    }
    // Three tiers were tried in all: three lines of her journal.
    let kits = std::fs::read_dir(vault.mia.path("mia-home/kits")).unwrap();
    let journals = kits.filter_map(|kit| std::fs::read_dir(kit.unwrap().path().join("journal")).ok()).flatten();
    let journals = journals.map(|it| it.unwrap().path()).filter(|path| path.extension().is_some_and(|it| it == "log"));
    let lines: usize = journals.map(|path| std::fs::read_to_string(path).unwrap().lines().count()).sum();
    assert_eq!(lines, 3);
    vault.mia.write("wrong", "not the passphrase\n");
    assert_eq!(vault.mia.kit(["rescue-drill", "--passphrase-file", "wrong"]).status, 5);
    vault.mia.kit(["rescue-drill", "--all"]).ok().has("never");
}

/// A box that decayed, or was changed by somebody who may write to the directory, is found by a drill and not in an incident.
#[test]
fn a_damaged_box_or_value_fails_the_drill() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    for (file, tier) in
        [("team/sealed/tiers/break-glass.json", "break-glass"), ("team/sealed/credentials/aws-root.json", "on-call")]
    {
        // A value that was signed once is never another one: only a new one can come damaged.
        if tier == "on-call" {
            rotate(dana, "aws-root", 2);
        }
        let whole = String::from_utf8(dana.read(file)).unwrap();
        let mut json: serde_json::Value = serde_json::from_str(&whole).unwrap();
        // One letter in the middle of the sealed text: that of Mia, the last of the three boxes, or the value's.
        let age = match tier {
            "break-glass" => &mut json[0]["boxes"][2]["age"],
            _ => &mut json["age"],
        };
        let text = age.as_str().unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let line = lines[lines.len() - 3];
        let with = if line.starts_with('A') { "B" } else { "A" };
        let damaged = text.replacen(line, &format!("{with}{}", &line[1..]), 1);
        *age = damaged.clone().into();
        // A value is checked against the hash beside it: whoever changes it on purpose changes both.
        if tier == "on-call" {
            json["sha256"] = Hash::of(damaged.as_bytes()).to_string().into();
        }
        dana.write(file, serde_json::to_string_pretty(&json).unwrap());
        vault.publish();
        vault.mia.kit(["sync"]).ok();
        let run = vault.mia.kit(["rescue-drill", "--passphrase-file", "p"]);
        run.status(5).has("FAULT").says("this device does not open all that it holds");
        run.assert(run.stdout.starts_with("FAILS  1 fault in 2 tiers"), "the verdict first");
        let one = vault.mia.kit(["rescue-drill", tier, "--json", "--passphrase-file", "p"]);
        let answer: serde_json::Value = serde_json::from_str(&one.status(5).stdout).unwrap();
        assert_eq!((&answer["opens"], &answer["tiers"][0]["tier"]), (&false.into(), &tier.into()));
        for secret in [CANARY_PASSWORD, CANARY_SEED, CANARY_NOTE, CANARY_OKTA] {
            assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret));
        }
        // It is no proof: she is as overdue as before.
        let proofs = vault.mia.kit(["rescue-drill", "--all", "--plain"]);
        let is_proved = |line: &str| line.starts_with("break-glass\t1\tmia.krause\t2026");
        proofs.ok().assert(tier != "break-glass" || !proofs.stdout.lines().any(is_proved), "no proof is counted");
        if tier == "on-call" {
            rotate(dana, "aws-root", 3);
        } else {
            dana.write(file, whole);
        }
        vault.publish();
        vault.mia.kit(["sync"]).ok();
    }
    vault.mia.kit(["rescue-drill", "--passphrase-file", "p"]).ok();
}

/// After ninety days a proof is due again; everybody knows of the last one from the signed kit.
#[test]
fn a_proof_is_overdue_after_ninety_days_by_what_is_published() {
    let vault = Vault::sealed();
    let (dana, alice, mia) = (&vault.acme.dana, &vault.acme.alice, &vault.mia);
    // Before the machine's own clock, whenever this runs: of two times the earlier one counts.
    let later = "2026-11-20T03:00:00Z";
    mia.at(later).kit(["rescue-drill", "--passphrase-file", "p"]).ok();
    mia.at(later).kit(["sync"]).ok();
    dana.at(later).kit(["publish", "team", "--to", "box", "--passphrase-file", "p"]).ok();
    // Somebody who reads no journals has it from the kit.
    let reader = dana.machine("bob-home");
    vault.acme.admit(&vault.acme.join(&reader, "bob.reyes"));
    dana.at(later).kit(["publish", "team", "--to", "box", "--passphrase-file", "p"]).ok();
    for machine in [&reader, alice] {
        machine.at(later).kit(["sync"]).ok();
        let overdue = |moment: &str| -> Vec<(String, String)> {
            let run = machine.at(moment).kit(["rescue-drill", "--all", "--json"]);
            let json: serde_json::Value = serde_json::from_str(&run.ok().stdout).unwrap();
            let proofs = json["proofs"].as_array().unwrap().iter().filter(|it| it["overdue"] == true);
            proofs.map(|it| (it["person"].as_str().unwrap().to_owned(), it["due"].as_str().unwrap().to_owned())).collect()
        };
        assert_eq!(overdue("2027-02-16T03:00:00Z"), []);
        let people: Vec<(String, String)> = overdue("2027-02-17T03:00:00Z");
        assert_eq!(people.len(), 4, "{people:?}");
        assert!(people.iter().all(|(person, due)| person != "mia.krause" && due == "2027-02-16"), "{people:?}");
        assert_eq!(overdue("2027-02-18T03:00:00Z").len(), 4);
        assert_eq!(overdue("2027-02-19T03:00:00Z").len(), 6);
        machine.at("2027-02-17T03:00:00Z").kit(["rescue-drill", "--all"]).ok().has("OVERDUE  4 of 6 proofs");
    }
    // And the holder's own machine says that it is due.
    mia.at("2027-02-19T03:00:00Z").with("COLUMNS", "200").kit(["status"]).has("not tested for 91 days");
}

/// What holders see fits the terminal, narrow ones too, and is one label or sentence a line where it is read aloud.
#[test]
fn screens_of_holders_fit_and_can_be_read_aloud() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    let commands = [
        &["rescue-drill", "--passphrase-file", "p"][..],
        &["rescue-drill", "--all"],
        &["exposure", "mia.krause"],
        &["tier", "list"],
        &["log"],
    ];
    for command in commands {
        for columns in [40, 80] {
            let run = mia.with("COLUMNS", columns.to_string()).kit(command);
            let verb = run.ok().stdout.split("  ").next().unwrap().to_owned();
            run.assert(!verb.is_empty() && verb.chars().all(|c| c.is_ascii_uppercase() || c == ' '), "line 1 is the verdict");
            run.assert(run.stdout.lines().all(|line| line.chars().count() <= columns), "it fits");
        }
        let run = mia.with("ACCESSIBLE", "1").kit(command);
        for line in run.ok().stdout.lines().skip(1) {
            run.assert(!line.trim_start().contains("   "), &format!("no columns in {line:?}"));
        }
    }
    mia.kit(["rescue-drill", "--all"]).ok().has("GOOD  6 proofs, nobody is overdue");
}
