//! The rescue drill: a holder proves that their device opens what it holds, and the proof shows nothing.

use crate::vault::{CANARY_NOTE, CANARY_OKTA, CANARY_PASSWORD, CANARY_SEED, Vault};

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
    let lines: usize = journals.map(|it| std::fs::read_to_string(it.unwrap().path()).unwrap().lines().count()).sum();
    assert_eq!(lines, 3);
    vault.mia.write("wrong", "not the passphrase\n");
    assert_eq!(vault.mia.kit(["rescue-drill", "--passphrase-file", "wrong"]).status, 5);
    vault.mia.kit(["rescue-drill", "--all"]).ok().has("never");
}
