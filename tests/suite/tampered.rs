//! A team directory in which what is sealed was changed by hand: `kit check` names it, nothing is published, and no machine takes
//! a key that somebody put in another's place.

use outage_kit::{
    bundle::{self, capsule, tier},
    key::{Identity, Recipient, Signer},
    team::{Capsule, FieldKind, Id, Rule, TierKey},
};
use serde_json::{Value, json};

use crate::{
    log::{Desk, occasion, opened},
    vault::{Vault, field, rotate},
    world::{NOW, Run, World},
};

const ANY: &str = "team/sealed/tiers/on-call.json";
const SPLIT: &str = "team/sealed/tiers/break-glass.json";
const AWS: &str = "team/sealed/credentials/aws-root.json";
const OKTA: &str = "team/sealed/credentials/okta-admin.json";

fn read(world: &World, path: &str) -> Value {
    serde_json::from_slice(&world.read(path)).unwrap()
}

/// On a screen on which sentences stand in one line.
fn check(world: &World) -> Run {
    world.with("COLUMNS", "300").kit(["check", "team"])
}

fn publish(vault: &Vault) -> Run {
    vault.acme.dana.with("COLUMNS", "300").kit(["publish", "team", "--to", "box", "--passphrase-file", "p"])
}

/// One hostile edit of one file: it is named by `check` with exactly these words, and nothing is published.
#[track_caller]
fn named(vault: &Vault, path: &str, edit: impl FnOnce(&mut Value), words: &str) {
    let dana = &vault.acme.dana;
    let (whole, kit) = (dana.read(path), dana.read("box/bundle.kit"));
    let mut value: Value = serde_json::from_slice(&whole).unwrap();
    edit(&mut value);
    dana.write(path, value.to_string());
    let line = format!("{}:1: {words}", path.trim_start_matches("team/"));
    check(dana).status(1).has(&line).says("mistake");
    let run = publish(vault);
    run.assert(run.status == 1 || run.status == 6, "it is refused");
    run.says(words);
    assert_eq!(dana.read("box/bundle.kit"), kit, "{words}: something was published");
    dana.write(path, whole);
}

#[test]
fn keys_of_tiers_that_nobody_could_open_in_the_night_are_mistakes() {
    let vault = Vault::sealed();
    check(&vault.acme.dana).ok();
    let foreign = Identity::generate().recipient().to_string();
    let shown: String = foreign.chars().take(64).collect();
    named(&vault, SPLIT, |it| it[0]["boxes"] = json!([]), "key 1 has 0 boxes, and its rule 2-of-3 takes 3");
    named(&vault, ANY, |it| it[0]["boxes"] = json!([]), "key 1 has 0 boxes, and its rule any takes 1");
    let two = |it: &mut Value| {
        let one = it[0]["boxes"][0].clone();
        it[0]["boxes"].as_array_mut().unwrap().push(one);
    };
    named(&vault, ANY, two, "key 1 has 2 boxes, and its rule any takes 1");
    let fewer = |it: &mut Value| it[0]["holders"] = json!(["alice.okafor", "dana.fox"]);
    named(&vault, SPLIT, fewer, "key 1 names 2 holders, and its rule 2-of-3 counts 3");
    let none = |it: &mut Value| it[0]["boxes"].as_array_mut().unwrap().iter_mut().for_each(|one| one["commitment"] = Value::Null);
    let words = "has no commitment: a wrong share could not be told from a right one";
    named(&vault, SPLIT, none, &format!("box 1 of key 1 {words}"));
    let ill = |it: &mut Value| it[0]["boxes"][2]["commitment"] = json!("AB");
    named(&vault, SPLIT, ill, "box 3 of key 1 has a commitment that is no SHA-256");
    let more = |it: &mut Value| it[0]["boxes"][0]["openers"].as_array_mut().unwrap().push(json!(foreign));
    named(&vault, ANY, more, "box 1 of key 1 is sealed to 3 devices, and it says 4");
    named(&vault, ANY, more, &format!("box 1 of key 1 opens for {shown}, which is no device of a holder"));
    named(&vault, ANY, |it| it[0]["boxes"][0]["age"] = json!(""), "box 1 of key 1 is none that kit made: nobody opens it");
    // Two boxes of each other's holders: one device would open what is another's.
    let swapped = |it: &mut Value| it[0]["boxes"].as_array_mut().unwrap().swap(0, 1);
    named(&vault, SPLIT, swapped, "box 1 of key 1 opens for dana.fox/desk, and is not theirs");
    let double = |it: &mut Value| {
        let one = it[0].clone();
        it.as_array_mut().unwrap().push(one);
    };
    named(&vault, ANY, double, "key 1 stands behind key 1: the newest is the last");
    named(&vault, ANY, |it| it[0]["version"] = json!(u32::MAX), "tier on-call jumps from key 1 to key 4294967295");
    // What the signed kit says of a key stands for ever.
    let other = |it: &mut Value| it[0]["recipient"] = json!(foreign);
    named(&vault, ANY, other, "key 1 of tier on-call is another one than was signed before");
    check(&vault.acme.dana).ok();
    publish(&vault).ok();
}

#[test]
fn values_that_are_not_what_they_say_are_mistakes() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let [aws, okta] = [AWS, OKTA].map(|path| read(dana, path));
    named(&vault, AWS, |it| it["sha256"] = json!("0"), "its value is not the one whose hash stands beside it: it was changed");
    let none = |it: &mut Value| it["age"] = json!("nothing");
    named(&vault, AWS, none, "its value is none that kit sealed: nobody opens it");
    named(&vault, AWS, |it| it["fields"] = json!([]), "it has 0 fields; 1 to 64 can be sealed");
    let name = |it: &mut Value| it["fields"][0]["name"] = json!("user\u{1b}[2J");
    named(&vault, AWS, name, r#"no field can be called "user\u{1b}[2J""#);
    let twice = |it: &mut Value| it["fields"][1]["name"] = json!("user");
    named(&vault, AWS, twice, "it has the field \"user\" twice");
    // In another's place: the same twice, and each for the other.
    let words = "its value is the same as that of aws-root: one was put in the other's place";
    named(&vault, OKTA, |it| *it = aws.clone(), words);
    named(&vault, OKTA, |it| *it = aws.clone(), "its value opens for tier on-call, and its label says break-glass");
    dana.write(AWS, okta.to_string());
    let words = "the value of okta-admin is what was signed as that of aws-root";
    named(&vault, OKTA, |it| *it = aws.clone(), words);
    dana.write(AWS, aws.to_string());
    named(
        &vault,
        AWS,
        |it| it["key"] = json!(7),
        "its value is sealed to key 7 of tier on-call, which is not there: nobody opens it",
    );
    // Versions: the end of them, another value under the signed one, one that is older.
    named(&vault, AWS, |it| it["version"] = json!(u32::MAX), "aws-root jumps from value 1 to value 4294967295");
    named(&vault, AWS, |it| it["version"] = json!(66), "aws-root jumps from value 1 to value 66");
    let tier = read(dana, ANY);
    let again = sealed_anew(&serde_json::from_value(tier[0].clone()).unwrap(), &kit(dana), 1);
    named(&vault, AWS, |it| *it = again.clone(), "value 1 of aws-root is another one than was signed before");
    rotate(dana, "aws-root", 2);
    check(dana).ok();
    publish(&vault).ok();
    named(&vault, AWS, |it| *it = aws.clone(), "aws-root goes back from value 2 to value 1");
    check(dana).ok();
}

/// Another value of `aws-root`, as whoever has the public key of the tier seals it.
fn sealed_anew(key: &TierKey, kit: &bundle::KitId, version: u32) -> Value {
    let (id, tier) = (Id::parse("aws-root").unwrap(), Id::parse("on-call").unwrap());
    let place = capsule::Place { kit, id: &id, version, tier: (&tier, key), now: NOW.parse().unwrap() };
    let capsule: Capsule = capsule::seal(place, &[field("password", FieldKind::Secret, "of somebody else")]).unwrap();
    serde_json::to_value(capsule).unwrap()
}

fn kit(dana: &World) -> bundle::KitId {
    Desk::at(&dana.path("home")).store.trust().pin.kit.clone()
}

#[test]
fn at_the_end_of_the_versions_nothing_is_sealed_and_no_key_made() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let mut value = read(dana, AWS);
    value["version"] = json!(u32::MAX);
    dana.write(AWS, value.to_string());
    let before = dana.read(AWS);
    let line = ["seal", "aws-root", "--from-file", "password=p", "--dir", "team", "--passphrase-file", "p"];
    dana.kit(line).fails(6).says("aws-root has the last version that there is").says("sealed/credentials/aws-root.json");
    assert_eq!(dana.read(AWS), before);
}

#[test]
fn what_mends_a_mistake_goes_on_in_spite_of_it() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    // The label went to another tier: the value follows when it is sealed anew.
    let labels = String::from_utf8(dana.read("team/credentials.toml")).unwrap();
    let at = labels.find("id = \"aws-root\"").unwrap();
    let moved = labels[..at].to_owned() + &labels[at..].replacen("tier = \"on-call\"", "tier = \"break-glass\"", 1);
    dana.write("team/credentials.toml", moved);
    check(dana)
        .status(1)
        .has("its value opens for tier on-call, and its label says break-glass")
        .has("kit seal aws-root --dir DIR");
    publish(&vault).status(1).says("its label says break-glass");
    let line = ["seal", "aws-root", "--from-file", "password=p", "--dir", "team", "--passphrase-file", "p"];
    dana.kit(line).ok();
    check(dana).ok();
    publish(&vault).ok();
    // A device that went: the key is made anew for those that are there.
    let device = "team/devices/mia.krause.laptop.toml";
    let text = dana.read(device);
    std::fs::remove_file(dana.path(device)).unwrap();
    check(dana).status(1).has("which is no device of a holder").has("kit tier rekey on-call --dir DIR");
    dana.write(device, text);
    check(dana).ok();
}

/// A kit with another team than that of the directory, signed by the publisher, as whoever has taken her machine makes it.
fn hostile(vault: &Vault, seq: u64, edit: impl FnOnce(&mut outage_kit::team::Team, &bundle::KitId)) {
    let dana = &vault.acme.dana;
    let Desk { reading, key, store } = Desk::at(&dana.path("home"));
    let roots = reading.generation.verified().roots().clone();
    let mut team = reading.team.clone();
    edit(&mut team, &store.trust().pin.kit);
    let sealed = bundle::seal(&team, roots.kit(), seq).unwrap();
    let now: jiff::Timestamp = NOW.parse().unwrap();
    let by = now + jiff::SignedDuration::from_hours(24 * 30);
    let kit = bundle::sign(sealed, &roots, now, by, &[&Signer::device(key)]).unwrap();
    dana.write("box/bundle.kit", kit.bytes());
}

#[test]
fn h3_no_machine_takes_another_key_under_an_old_name_whoever_signed_it() {
    let vault = Vault::sealed();
    let on_call = Id::parse("on-call").unwrap();
    let words = "kit 4 is signed, and is not taken: key 1 of tier on-call is another one than was signed before";
    let before = vault.mia.kit(["status", "--json"]);
    hostile(&vault, 4, |team, _| {
        let other = Identity::generate().recipient().to_string();
        team.tiers.get_mut(&on_call).unwrap().keys[0].recipient = other;
    });
    let wide = &vault.mia.with("COLUMNS", "300");
    for machine in [wide, &vault.acme.alice.with("COLUMNS", "300")] {
        machine.kit(["sync", "--dry-run"]).status(6).says(words);
        let run = machine.kit(["sync"]);
        run.status(6).says(words).says("Whoever made that key can open").says("Nothing changed").says("Your kit still works");
        machine.kit(["lookup", "aws-root"]).ok();
    }
    assert_eq!(seq(&before), seq(&vault.mia.kit(["status", "--json"])));
    // The next number with its own key is the next kit.
    hostile(&vault, 4, |team, kit| {
        let device = team.devices.iter().find(|device| device.person.as_str() == "mia.krause").unwrap();
        let holder = (device.person.clone(), vec![Recipient::parse(&device.opener).unwrap()]);
        let (key, _) = tier::make(kit, &on_call, (2, Rule::Any), &[holder], jiff::civil::date(2026, 11, 18)).unwrap();
        team.tiers.get_mut(&on_call).unwrap().keys.push(key);
    });
    wide.kit(["sync"]).ok().has("key 1 -> key 2");
    // Who has taken it does not go back from it.
    hostile(&vault, 5, |team, _| assert_eq!(team.tiers[&on_call].keys.len(), 1));
    wide.kit(["sync"]).status(6).says("kit 5 is signed, and is not taken: tier on-call goes back from key 2 to key 1");
}

fn seq(run: &Run) -> Value {
    serde_json::from_str::<Value>(&run.ok().stdout).unwrap()["as_of"].clone()
}

#[test]
fn h3_a_key_of_somebody_elses_making_is_called_that() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    // Under a number of its own it can be meant; it has a list of holders that is right in every word.
    let mut keys = read(dana, ANY);
    let team = Desk::at(&dana.path("home")).reading.team;
    let people = ["alice.okafor", "dana.fox", "mia.krause"].map(|id| Id::parse(id).unwrap());
    let openers =
        |id| team.devices.iter().filter(move |it| it.person == id).map(|it| Recipient::parse(&it.opener).unwrap()).collect();
    let holders = people.map(|id| (id.clone(), openers(id)));
    let tier = Id::parse("on-call").unwrap();
    let (key, _) = tier::make(&kit(dana), &tier, (2, Rule::Any), &holders, jiff::civil::date(2026, 11, 18)).unwrap();
    keys.as_array_mut().unwrap().push(serde_json::to_value(key).unwrap());
    dana.write(ANY, keys.to_string());
    let run = publish(&vault);
    run.status(1)
        .says("tier on-call has another key, made by nobody on this machine: it says that it can be opened by Alice Okafor");
    run.says("whoever made it can open all that is sealed to it from now on").says("ask who made it");
    let line = ["seal", "aws-root", "--from-file", "password=p", "--dir", "team", "--passphrase-file", "p"];
    dana.kit(line).fails(6).says("Whoever made it can open all that is sealed to it from now on");
}

/// The file of a machine's own journal, and what it adds to it.
fn restored(machine: &World, whole: &[u8], reason: &str, (credential, version): (&str, u32)) {
    let home = machine.path("mia-home");
    let desk = Desk::at(&home);
    if !whole.is_empty() || desk.file(&home).exists() {
        std::fs::write(desk.file(&home), whole).unwrap();
    }
    desk.record(occasion(opened(credential, version), reason, NOW));
}

#[test]
fn h1_l3_every_line_of_one_number_counts_and_a_third_one_is_news() {
    let vault = Vault::sealed();
    let (dana, mia) = (&vault.acme.dana, &vault.mia.with("COLUMNS", "200"));
    restored(mia, b"", "the first", ("aws-root", 1));
    mia.kit(["sync"]).ok();
    // A machine that knows of no kit that has a head of this journal, as a backup brings it back.
    let old = Desk::at(&mia.path("mia-home"));
    // Restored before any kit had a head of this journal: two lines of number 1.
    restored(mia, b"", "a backup came back", ("aws-root", 1));
    mia.kit(["sync"]).ok();
    mia.kit(["log", "verify"]).ok();
    let run = publish(&vault);
    run.ok().says("ALARM  the journal of mia.krause/laptop: two different lines have number 1");
    // The device learns of it, though its own journal looks whole.
    mia.kit(["sync"]).ok();
    mia.kit(["status"])
        .has("FAIL  the journal of this device is not whole: the signed kit knows of two different lines with number 1");
    mia.kit(["log", "verify"]).status(6).says("the signed kit knows of two different lines with number 1");
    // A new value, opened under the number that is double already.
    rotate(dana, "aws-root", 2);
    publish(&vault).ok();
    mia.kit(["sync"]).ok();
    std::fs::write(old.file(&mia.path("mia-home")), b"").unwrap();
    old.record(occasion(opened("aws-root", 2), "INVISIBLE", NOW));
    mia.kit(["sync"]).ok();
    let run = publish(&vault);
    run.ok().says("ALARM  the journal of mia.krause/laptop: 3 different lines have number 1");
    run.says("opened   aws-root, opened Wed 18 Nov by Mia Krause");
    dana.with("COLUMNS", "200").kit(["log", "--all"]).ok().has("INVISIBLE");
    check(dana).status(1).has("FAIL  aws-root was opened");
    // What the device records from now on follows one of them, and counts.
    restored(mia, b"", "goes on", ("aws-root", 2));
    mia.kit(["sync"]).ok();
    dana.with("COLUMNS", "200").kit(["log", "--all"]).ok().has("goes on").has("3 different lines").lacks("does not count");
    // And everybody's kit has it.
    vault.acme.alice.kit(["sync"]).ok();
    vault.acme.alice.with("COLUMNS", "200").kit(["lookup", "aws-root"]).ok().has("rotate by");
}

#[test]
fn d1_check_says_what_is_only_a_label_and_as_of_when_openings_are_known() {
    let acme = crate::acme::Acme::joined();
    let run = acme.dana.with("COLUMNS", "200").kit(["check", "team"]);
    run.ok()
        .has("2 tiers have no key yet: kit tier new TIER --dir team")
        .has("credentials have no value: kit seal NAME --dir team");
    run.lacks("Openings as");
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    check(dana).ok().lacks("no key yet").has("have no value");
    dana.kit(["log", "--all"]).ok();
    check(dana).ok().has("Openings as of 03:12, when members' journals were last fetched. Now: kit log --all");
}
