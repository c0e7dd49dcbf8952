//! What was printed from a machine: remembered for the machine's own user, found when it is out of date, ticked off when it is
//! destroyed.

use std::{fs, os::unix::fs::PermissionsExt};

use jiff::{SignedDuration, Timestamp};
use outage_kit::{
    key::Identity,
    remember::{Facts, RememberError, Remembered, Says, Sheet, outdated, remember, remembered, tested, tick},
    store::{Printed, SheetKind, StoreError},
};

use crate::store::{Member, at};

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
