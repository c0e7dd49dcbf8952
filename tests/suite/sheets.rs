//! What was printed from a machine: remembered for the machine's own user, found when it is out of date, ticked off when it is
//! destroyed.

use std::{fs, os::unix::fs::PermissionsExt};

use jiff::{SignedDuration, Timestamp};
use outage_kit::{
    compare::outdated,
    key::Identity,
    remember::{Facts, RememberError, Remembered, Says, Sheet, remember, remembered, tested, tick},
    store::{Printed, SheetKind, StoreError},
};

use crate::{
    acme::Acme,
    store::{Member, at},
    vault::{Vault, aws_root, rotate_to},
};

/// A fact that nothing else has.
const CANARY: &str = "+44 7700 900 4711";

fn facts(of: &[(&str, &str)]) -> Facts {
    of.iter().map(|(what, value)| ((*what).to_owned(), (*value).to_owned())).collect()
}

fn sheet(id: &str, copies: &[&str]) -> Sheet {
    let says = Says {
        about: "payments-canary".to_owned(),
        copies: copies.iter().map(|place| ((*place).to_owned(), None)).collect(),
        facts: facts(&[("person:alice.okafor mobile", CANARY), ("bridge:main", "+12025550100")]),
    };
    let replace_by = at(0) + SignedDuration::from_hours(30 * 24);
    Sheet { id: id.to_owned(), kind: SheetKind::Sheet, seq: 7, at: at(0), replace_by, says }
}

fn copies(remembered: &Remembered) -> Vec<(String, bool)> {
    let says = remembered.says.as_ref().expect("it opens");
    says.copies.iter().map(|(place, destroyed)| (place.clone(), destroyed.is_some())).collect()
}

#[test]
fn a_sheet_printed_again_is_one_sheet_with_the_copies_of_both() {
    let (member, reader) = (Member::new(), Identity::generate());
    let store = member.store();
    assert_eq!(remembered(&store, &reader).expect("nothing yet"), []);
    remember(&store, &reader, sheet("KIT-AAAA-7-ABC", &["safe"])).expect("remembered");
    remember(&store, &reader, sheet("KIT-AAAA-7-DEF", &[])).expect("remembered");
    remember(&store, &reader, sheet("KIT-AAAA-7-ABC", &["desk 4"])).expect("remembered");
    let all = remembered(&store, &reader).expect("readable");
    let ids: Vec<&str> = all.iter().map(|it| it.printed.id.as_str()).collect();
    assert_eq!(ids, ["KIT-AAAA-7-DEF", "KIT-AAAA-7-ABC"], "the one that was printed last is last");
    assert_eq!(copies(&all[1]), [("desk 4".to_owned(), false), ("safe".to_owned(), false)]);
    assert_eq!(all[1].says.as_ref().expect("it opens").facts["person:alice.okafor mobile"], CANARY);
}

#[test]
fn what_changed_went_and_came_is_found_and_nothing_else() {
    let (member, reader) = (Member::new(), Identity::generate());
    let store = member.store();
    remember(&store, &reader, sheet("KIT-AAAA-7-ABC", &["safe"])).expect("remembered");
    let all = remembered(&store, &reader).expect("readable");
    let of = |now: Timestamp, today: Option<Facts>| {
        let found = outdated(&all, now, |printed: &Printed, says: &Says| {
            assert_eq!((printed.seq, says.about.as_str()), (7, "payments-canary"));
            today.clone()
        });
        found.into_iter().map(|it| (it.changed, it.gone, it.new, it.is_past, it.is_orphan)).collect::<Vec<_>>()
    };
    let same = sheet("", &[]).says.facts;
    let list = |what: &[&str]| what.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    assert_eq!(of(at(60), Some(same.clone())), []);
    let other = facts(&[("person:alice.okafor mobile", "+44"), ("person:bob.reyes mobile", "+1")]);
    let expected =
        (list(&["person:alice.okafor mobile"]), list(&["bridge:main"]), list(&["person:bob.reyes mobile"]), false, false);
    assert_eq!(of(at(60), Some(other)), [expected]);
    let empty = || (vec![], vec![], vec![]);
    let (changed, gone, new) = empty();
    assert_eq!(of(at(60), None), [(changed, gone, new, false, true)], "what it is about is gone");
    let (changed, gone, new) = empty();
    assert_eq!(of(all[0].printed.replace_by, Some(same.clone())), [(changed, gone, new, true, false)], "its day has come");
    tick(&store, &reader, ("KIT-AAAA-7-ABC", None), Some(at(1))).expect("ticked");
    let all = remembered(&store, &reader).expect("readable");
    assert_eq!(outdated(&all, all[0].printed.replace_by, |_, _| None), [], "what is destroyed is not asked about");
}

#[test]
fn copies_are_ticked_off_one_by_one_and_taken_back() {
    let (member, reader) = (Member::new(), Identity::generate());
    let store = member.store();
    remember(&store, &reader, sheet("KIT-AAAA-7-ABC", &["safe", "desk 4"])).expect("remembered");
    let tick = |copy: Option<&str>, when| tick(&store, &reader, ("kit-aaaa-7-abc", copy), when);
    let one = tick(Some("safe"), Some(at(5))).expect("one");
    assert_eq!((one.printed.destroyed, copies(&one)[1].1), (None, true), "one copy is still around");
    let both = tick(Some("desk 4"), Some(at(6))).expect("the other");
    assert_eq!(both.printed.destroyed, Some(at(6)), "with the last copy the sheet is destroyed");
    let back = tick(Some("safe"), None).expect("taken back");
    assert_eq!((back.printed.destroyed, copies(&back)), (None, vec![("desk 4".to_owned(), true), ("safe".to_owned(), false)]));
    assert_eq!(tick(None, Some(at(7))).expect("all").printed.destroyed, Some(at(7)));
    let error = tick(Some("home"), Some(at(8))).expect_err("there is none");
    assert!(matches!(error, RememberError::NoCopy { copies, .. } if copies == ["desk 4", "safe"]));
    // Printed again, it is around again.
    remember(&store, &reader, sheet("KIT-AAAA-7-ABC", &["safe"])).expect("remembered");
    let all = remembered(&store, &reader).expect("readable");
    assert_eq!((all[0].printed.destroyed, copies(&all[0])[1].1), (None, false));
}

#[test]
fn an_unknown_id_proposes_the_nearest() {
    let (member, reader) = (Member::new(), Identity::generate());
    let store = member.store();
    let nearest = |id: &str| match tick(&store, &reader, (id, None), None) {
        Err(RememberError::Unknown { nearest, .. }) => nearest,
        other => panic!("{id}: {other:?}"),
    };
    assert_eq!(nearest("KIT-AAAA-7-ABC"), None, "nothing was printed");
    remember(&store, &reader, sheet("KIT-AAAA-7-ABC", &[])).expect("remembered");
    assert_eq!(nearest("KIT-AAAA-7-ABD").as_deref(), Some("KIT-AAAA-7-ABC"));
    assert_eq!(nearest("hello"), None);
}

#[test]
fn what_a_sheet_says_is_readable_to_this_device_alone() {
    let (member, reader) = (Member::new(), Identity::generate());
    let store = member.store();
    remember(&store, &reader, sheet("KIT-AAAA-7-ABC", &["the safe-canary"])).expect("remembered");
    let path = member.dir().join("sheets.json");
    let text = fs::read_to_string(&path).expect("text");
    assert!(text.contains("KIT-AAAA-7-ABC"), "{text}");
    for secret in [CANARY, "payments-canary", "safe-canary", "alice"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    // Somebody else's device sees that there is a sheet and no more; it does not write over what it cannot read.
    let other = Identity::generate();
    assert_eq!(remembered(&store, &other).expect("readable")[0].says, None);
    let closed = |result: Result<(), RememberError>| assert!(matches!(result, Err(RememberError::Closed { .. })), "{result:?}");
    closed(remember(&store, &other, sheet("KIT-AAAA-7-ABC", &[])));
    closed(tick(&store, &other, ("KIT-AAAA-7-ABC", None), Some(at(1))).map(drop));
    assert_eq!(fs::read_to_string(&path).expect("text"), text);
}

#[test]
fn a_damaged_file_is_not_taken_for_none_and_never_overwritten() {
    let (member, reader) = (Member::new(), Identity::generate());
    let store = member.store();
    remember(&store, &reader, sheet("KIT-AAAA-7-ABC", &[])).expect("remembered");
    let path = member.dir().join("sheets.json");
    let whole = fs::read(&path).expect("bytes");
    let mut cases: Vec<Vec<u8>> = (0..whole.len()).step_by(97).map(|end| whole[..end].to_vec()).collect();
    cases.extend([
        b"[]".to_vec(),
        b"{\"printed\":[],\"more\":1}".to_vec(),
        vec![0xff; 64],
        b"{\"printed\":[{\"id\":1}]}".to_vec(),
    ]);
    for bytes in cases {
        fs::write(&path, &bytes).expect("written");
        let damaged = |error: &StoreError| matches!(error, StoreError::Sheets { .. });
        assert!(damaged(&store.sheets().expect_err("damaged")), "{} bytes", bytes.len());
        let kept = remember(&store, &reader, sheet("KIT-AAAA-7-DEF", &[]));
        assert!(matches!(kept, Err(RememberError::Store(error)) if damaged(&error)));
        assert_eq!(fs::read(&path).expect("bytes"), bytes, "as it was");
    }
    // Longer than is ever read: sparse, so that it costs nothing.
    fs::File::options().write(true).open(&path).expect("there").set_len((64 << 20) + 1).expect("longer");
    assert!(matches!(store.sheets(), Err(StoreError::Sheets { .. })));
    fs::remove_file(&path).expect("removed");
    std::os::unix::fs::symlink("/etc/hostname", &path).expect("a link");
    assert!(matches!(store.sheets(), Err(StoreError::Sheets { .. })), "a link is not followed");
}

#[test]
fn a_damaged_record_does_not_hide_the_others() {
    let (member, reader) = (Member::new(), Identity::generate());
    let store = member.store();
    remember(&store, &reader, sheet("KIT-AAAA-7-ABC", &[])).expect("remembered");
    remember(&store, &reader, sheet("KIT-AAAA-7-DEF", &[])).expect("remembered");
    let mut sheets = store.sheets().expect("readable");
    let says = &mut sheets.printed[0].says;
    says.truncate(says.len() / 2);
    store.keep_sheets(&store.lock(1).expect("free"), &sheets).expect("kept");
    let all = remembered(&store, &reader).expect("readable");
    assert_eq!(all.iter().map(|it| it.says.is_some()).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn what_was_destroyed_long_ago_is_forgotten_with_the_next_print() {
    let (member, reader) = (Member::new(), Identity::generate());
    let store = member.store();
    let day = |days: i64| at(days * 86_400);
    remember(&store, &reader, sheet("KIT-AAAA-7-ABC", &[])).expect("remembered");
    remember(&store, &reader, sheet("KIT-AAAA-7-OLD", &[])).expect("remembered");
    tick(&store, &reader, ("KIT-AAAA-7-OLD", None), Some(at(0))).expect("ticked");
    let ids = |on: Timestamp| {
        remember(&store, &reader, Sheet { at: on, ..sheet("KIT-AAAA-7-NEW", &[]) }).expect("remembered");
        remembered(&store, &reader).expect("readable").into_iter().map(|it| it.printed.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(day(89)), ["KIT-AAAA-7-ABC", "KIT-AAAA-7-OLD", "KIT-AAAA-7-NEW"]);
    assert_eq!(ids(day(90)), ["KIT-AAAA-7-ABC", "KIT-AAAA-7-NEW"]);
}

#[test]
fn a_photograph_that_was_read_back_is_remembered() {
    let (member, reader) = (Member::new(), Identity::generate());
    let store = member.store();
    remember(&store, &reader, sheet("KIT-AAAA-7-ABC", &[])).expect("remembered");
    tested(&store, "KIT-AAAA-7-ABC", at(9)).expect("noted");
    assert_eq!(store.sheets().expect("readable").printed[0].tested, Some(at(9)));
    remember(&store, &reader, sheet("KIT-AAAA-7-ABC", &[])).expect("remembered");
    assert_eq!(store.sheets().expect("readable").printed[0].tested, Some(at(9)), "the page is the same");
    let unknown = tested(&store, "KIT-AAAA-7-XYZ", at(9));
    assert!(matches!(unknown, Err(RememberError::Unknown { .. })), "{unknown:?}");
}

/// The id of the one sheet that was printed on a machine.
fn only_id(world: &crate::world::World) -> String {
    let run = world.kit(["sheets", "--plain"]);
    let rows: Vec<&str> = run.ok().stdout.lines().collect();
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    row.split('\t').next().expect("an id").to_owned()
}

#[test]
fn u64_a_number_that_changed_is_said_in_status_with_where_the_copies_are() {
    let acme = Acme::joined();
    let dana = &acme.dana;
    dana.kit(["sheets"]).ok().first_line("NO SHEET  is around that was printed from this machine: kit export sheet");
    dana.kit(["export", "wallet", "--copies", "my wallet", "--copies", "desk 4", "--out", "cards.pdf"]).ok();
    let id = only_id(dana);
    dana.kit(["sheets"])
        .ok()
        .first_line("SHEETS  1 is around, and nothing on it changed")
        .has(&id)
        .has("desk 4, my wallet")
        .quiet();
    dana.kit(["status"]).lacks("paper");
    let people = String::from_utf8(dana.read("team/people/alice.okafor.toml")).expect("text");
    assert!(people.contains("+44 7700 900123"), "{people}");
    dana.write("team/people/alice.okafor.toml", people.replace("+44 7700 900123", "+44 7700 900999"));
    acme.publish().ok();
    let run = dana.kit(["sheets"]);
    run.ok().first_line("OUTDATED  1 of 1 sheet that is around").has("1 changed (alice.okafor) since it was printed");
    run.has("kit export wallet, then").has(&format!("kit sheets --destroyed {id}"));
    let paper = format!("paper {id}: 1 changed (alice.okafor) since it was printed, copies: desk 4, my wallet");
    let line = dana.kit(["status", "--plain"]);
    line.has(&format!("warn\t{paper}\tkit export wallet\n"));
    // Printed again, and the old one destroyed.
    dana.kit(["export", "wallet", "--out", "new.pdf"]).ok();
    dana.kit(["sheets"]).ok().first_line("OUTDATED  1 of 2 sheets that are around");
    dana.kit(["sheets", "--destroyed", &id, "--copy", "desk 4"]).ok().has("still around: my wallet").has("--not-destroyed");
    dana.kit(["status", "--plain"]).has(&format!("{}, copies: my wallet", paper.split(", copies").next().expect("text")));
    dana.kit(["sheets", "--destroyed", &id.to_lowercase()]).ok().first_line(&format!("DESTROYED  {id}"));
    dana.kit(["status"]).lacks("paper");
    dana.kit(["sheets"]).ok().first_line("SHEETS  1 is around, and nothing on it changed").has("1 destroyed").lacks(&id);
    dana.kit(["sheets", "--all"]).ok().has(&id).has("destroyed");
    dana.kit(["sheets", "--not-destroyed", &id]).ok().first_line(&format!("AROUND  {id}"));
    dana.kit(["status", "--plain"]).has(&paper);
}

/// The screen keeps to its width, breaks no id, and is whole sentences where it is read aloud.
#[test]
fn the_list_is_read_on_any_screen() {
    let acme = Acme::joined();
    let dana = &acme.dana;
    let places = ["--copies", "the safe on the second floor of building 2", "--copies", "desk 4"];
    dana.kit(["export", "wallet", "--out", "cards.pdf"].iter().chain(&places)).ok();
    let id = only_id(dana);
    let later = dana.at("2027-03-01T00:00:00Z");
    for (columns, world) in [(80, later.clone()), (40, later.with("COLUMNS", "40")), (80, later.with("TERM", "dumb"))] {
        let run = world.kit(["sheets"]);
        run.ok().assert(run.stdout.lines().all(|line| line.chars().count() <= columns), &format!("{columns} columns"));
        let line = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        run.assert(line.contains(&format!("kit sheets --destroyed {id}")), "what to do then");
        run.has("OUTDATED  1 of 1 sheet that is around").has(&id);
    }
    let aloud = later.kit(["--accessible", "sheets"]);
    aloud.ok().has("State: to be replaced since Fri 18 Dec 2026").has("Copies: desk 4, the safe");
}

#[test]
fn a_wallet_of_a_part_and_a_sealed_page_are_compared_with_what_they_are_about() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    let sealed = ["export", "sealed", "aws-root", "--reason", "envelopes", "--passphrase-file", "p", "--passphrase-out", "words"];
    mia.kit(sealed.iter().chain(&["--out", "page.pdf", "--copies", "safe"])).ok();
    mia.kit(["sheets"]).ok().first_line("SHEETS  1 is around, and nothing on it changed").has("sealed: aws-root");
    rotate_to(&vault.acme.dana, "aws-root", 2, &aws_root());
    vault.publish();
    mia.kit(["sync"]).ok();
    let run = mia.kit(["status"]);
    run.has("the value was changed since it was printed").has("copies: safe").has("kit export sealed aws-root");
    let json: serde_json::Value = serde_json::from_str(&mia.kit(["sheets", "--json"]).ok().stdout).expect("JSON");
    assert_eq!((&json["schema"], &json["outdated"]), (&"kit.sheets/1".into(), &1.into()), "{json}");
    let sheet = &json["sheets"][0];
    assert_eq!(
        (&sheet["kind"], &sheet["about"], &sheet["state"]),
        (&"sealed".into(), &"aws-root".into(), &"changed".into()),
        "{json}"
    );
    assert_eq!(sheet["changed"], serde_json::json!(["credential:aws-root"]), "{json}");
    assert_eq!(sheet["copies"], serde_json::json!([{ "place": "safe", "destroyed": null }]), "{json}");
}

#[test]
fn a_day_that_has_come_is_said_and_a_future_one_is_not() {
    let acme = Acme::joined();
    acme.dana.kit(["export", "wallet", "--out", "cards.pdf"]).ok();
    acme.dana.at("2026-12-17T00:00:00Z").kit(["sheets"]).ok().has("nothing on it changed");
    acme.dana
        .at("2026-12-19T00:00:00Z")
        .kit(["sheets"])
        .ok()
        .first_line("OUTDATED  1 of 1 sheet that is around")
        .has("to be replaced since");
}

#[test]
fn what_is_mistyped_is_answered_with_what_there_is() {
    let acme = Acme::joined();
    let dana = &acme.dana;
    dana.kit(["sheets", "--destroyed", "KIT-XXXX-1-AAA"]).fails(3).says("kit sheets");
    dana.kit(["export", "wallet", "--copies", "safe", "--out", "cards.pdf"]).ok();
    let id = only_id(dana);
    let near = id.replace("KIT-", "KIT ");
    dana.kit(["sheets", "--destroyed", &near]).fails(3).says(&format!("Did you mean {id}?"));
    dana.kit(["sheets", "--destroyed", &id, "--copy", "sofa"]).fails(3).says("Its copies: safe");
    dana.kit(["sheets", "--copy", "safe"]).fails(2).says("kit sheets --destroyed ID --copy PLACE");
    dana.kit(["sheets", "--destroyed", &id, "--not-destroyed", &id]).fails(2);
    dana.kit(["sheets"]).ok().has("1 is around");
    // A shell completes the id, and needs no key for it.
    let shell = dana.with("KIT_COMPLETE", "bash").with("_CLAP_COMPLETE_INDEX", "3").by_the_clock();
    let completed = shell.kit(["--", "kit", "sheets", "--destroyed", "kit-"]);
    completed.ok().has(&id);
}

/// Nothing of what is printed stands on the disk in the clear, whoever looks.
#[test]
fn the_store_says_neither_where_copies_are_nor_what_is_on_them() {
    let acme = Acme::joined();
    let dana = &acme.dana;
    dana.kit(["export", "wallet", "--copies", "canary-behind-the-boiler", "--out", "cards.pdf"]).ok();
    fs::remove_file(dana.path("cards.pdf")).expect("there");
    for file in dana.files("home") {
        let bytes = dana.read(&file);
        for secret in ["canary-behind-the-boiler", "447700900123", "7700 900123", "alice.okafor"] {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "{secret} in {}", file.display());
        }
    }
    assert!(dana.files("home").iter().any(|file| file.ends_with("sheets.json")));
}

#[test]
fn a_damaged_list_is_a_finding_of_status_and_stops_no_printing() {
    let acme = Acme::joined();
    let dana = &acme.dana;
    dana.kit(["export", "wallet", "--out", "cards.pdf"]).ok();
    let file = dana.files("home").into_iter().find(|file| file.ends_with("sheets.json")).expect("there");
    dana.write(&file, "{");
    dana.kit(["status", "--plain"]).has("fail\t").has("sheets.json");
    dana.kit(["sheets"]).fails(2).says("sheets.json.old");
    dana.kit(["export", "wallet", "--out", "again.pdf"]).ok().says("WARN");
    assert_eq!(dana.read(&file), b"{", "not written over");
    dana.kit(["lookup", "alice"]).ok();
}
