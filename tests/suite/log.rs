//! The record of what was opened: read, verified, reviewed, carried into the kit; and everything that may be done to it.

use std::{fs, path::PathBuf};

use jiff::Timestamp;
use outage_kit::{
    audit::{Fault, examine},
    bundle::{
        KitId,
        journal::{Boot, JournalError, Line, What},
    },
    key::{DeviceKey, Passphrase},
    open::{self, Reading},
    program::ChildEnvironment,
    record::{Machine, Occasion, Recorded, record},
    store::{Journal, Store},
    team::{Id, JournalHead},
    unseal,
};

use crate::{
    acme::PASSPHRASE,
    vault::Vault,
    world::{NOW, Run, World},
};

/// A machine's store, opened as its owner opens it.
pub(crate) struct Desk {
    pub(crate) store: Store,
    pub(crate) reading: Reading,
    pub(crate) key: DeviceKey,
}

impl Desk {
    /// Of the machine whose files are in `home`.
    pub(crate) fn at(home: &std::path::Path) -> Self {
        let kit = Store::list(home).unwrap().pop().unwrap();
        let store = Store::open(home, &kit).unwrap();
        let passphrase = || Passphrase::new(PASSPHRASE.trim_end().to_owned());
        let children = ChildEnvironment::from_vars(std::iter::empty());
        let reading = open::open(&store, &children, || Err::<Passphrase, ()>(())).unwrap();
        let key = unseal::device_key(&store, &passphrase()).unwrap();
        Self { store, reading, key }
    }

    pub(crate) fn record(&self, occasion: Occasion) -> Recorded {
        record(&self.store, &self.reading, &self.key, occasion).unwrap()
    }

    pub(crate) fn handle(&self) -> String {
        self.key.public().handle()
    }

    /// The file of its own journal.
    pub(crate) fn file(&self, home: &std::path::Path) -> PathBuf {
        let kit = self.store.trust().pin.kit.to_string();
        home.join("kits").join(kit).join("journal").join(format!("{}.log", self.handle()))
    }
}

pub(crate) fn opened(credential: &str, version: u32) -> What {
    What::Opened { credential: Id::parse(credential).unwrap(), version, by: "reveal".to_owned(), field: None }
}

pub(crate) fn occasion(what: What, reason: &str, at: &str) -> Occasion {
    let now: Timestamp = at.parse().unwrap();
    let boot = Some(Boot { id: "boot-1".to_owned(), uptime_s: u64::try_from(now.as_second() - 1_790_000_000).unwrap_or(0) });
    Occasion {
        what,
        reason: reason.to_owned(),
        incident: Some("INC-4711".to_owned()),
        now,
        machine: Machine { clock: None, boot },
    }
}

/// Records an opening of `aws-root` on a machine and gives its receipt.
fn opens(machine: &World, home: &str, reason: &str) -> String {
    let recorded = Desk::at(&machine.path(home)).record(occasion(opened("aws-root", 1), reason, NOW));
    assert_eq!(recorded.unsent, None);
    recorded.line.receipt().join(" ")
}

/// `kit log` on a screen that is wide enough for sentences to stand in one line.
fn log<const N: usize>(machine: &World, more: [&str; N]) -> Run {
    machine.with("COLUMNS", "200").kit(["log"].into_iter().chain(more))
}

/// The lines of an answer.
fn lines(run: &Run) -> Vec<&str> {
    run.ok().stdout.lines().collect()
}

#[test]
fn an_opening_is_told_to_its_owner_and_to_those_who_read_journals_and_to_nobody_else() {
    let vault = Vault::sealed();
    let (dana, alice, mia) = (&vault.acme.dana, &vault.acme.alice, &vault.mia);
    log(mia, []).ok().first_line("NOTHING  is recorded on this device");
    let receipt = opens(mia, "mia-home", "the password manager is down");

    let own = log(mia, []);
    own.ok().first_line("BURNED  aws-root, rotate by Thu 03:12");
    own.has("1  03:12").has("opened aws-root").has("the password manager is down").has("(INC-4711)").has("burned");
    let two: Vec<&str> = receipt.split(' ').take(2).collect();
    own.has(&two.join(" "));
    // Nothing was sent yet.
    log(dana, ["--all"]).ok().first_line("NOTHING  is recorded here");
    mia.kit(["sync"]).ok();
    let all = log(dana, ["--all"]);
    all.ok().has("mia.krause/laptop").has("opened aws-root").has("the password manager is down");
    // It is kept, and no place is asked for it again.
    fs::rename(dana.path("box"), dana.path("away")).unwrap();
    log(dana, ["--all", "--offline"]).ok().has("opened aws-root");
    log(dana, ["--all"]).ok().has("opened aws-root").has("Not heard");
    fs::rename(dana.path("away"), dana.path("box")).unwrap();
    let plain = log(dana, ["--all", "--plain"]);
    let columns: Vec<&str> = plain.ok().stdout.trim_end_matches('\n').split('\t').collect();
    assert_eq!(columns[..4], ["1", "mia.krause/laptop", NOW, "opened"]);
    assert_eq!(columns[4..], ["aws-root", "1", "the password manager is down", "INC-4711", receipt.as_str(), "burned", ""]);
    let json: serde_json::Value = serde_json::from_str(&log(dana, ["--all", "--json"]).ok().stdout).unwrap();
    assert_eq!((&json["schema"], &json["entries"][0]["receipt"]), (&"kit.log/1".into(), &receipt.as_str().into()));

    // Alice leads when nobody before her can; Mia neither leads nor publishes.
    log(alice, ["--all"]).ok().has("opened aws-root");
    log(mia, ["--all"]).fails(5).says("Who can read them");
    log(alice, []).ok().first_line("NOTHING  is recorded on this device");
    for columns in ["40", "80"] {
        for line in lines(&mia.with("COLUMNS", columns).kit(["log"])) {
            assert!(line.chars().count() <= columns.parse().unwrap(), "{line}");
        }
    }
    log(&mia.with("ACCESSIBLE", "1"), []).ok().first_line("BURNED  aws-root, rotate by Thu 03:12");
}

#[test]
fn an_auditor_who_neither_leads_nor_publishes_reads_entries_and_no_acknowledgements() {
    let vault = Vault::sealed();
    let (dana, alice, mia) = (&vault.acme.dana, &vault.acme.alice, &vault.mia);
    let head = String::from_utf8(dana.read("team/kit.toml")).unwrap();
    let named = head.replacen("[policy]", "[policy]\nauditors = [\"mia.krause\"]", 1);
    assert_ne!(named, head);
    dana.write("team/kit.toml", named);
    vault.publish();
    alice.kit(["sync"]).ok();
    mia.kit(["sync"]).ok();
    opens(alice, "alice-home", "reason one");
    alice.kit(["ack", "--passphrase-file", "p"]).ok();
    log(mia, ["--all"]).ok().has("alice.okafor/laptop").has("reason one").lacks("DOUBT");
    log(mia, ["verify", "--all"]).ok().first_line("GOOD  1 entry, each signed and in its place");
    mia.kit(["acks"]).fails(5);
}

#[test]
fn one_entry_is_shown_with_all_its_facts_by_number_or_receipt() {
    let vault = Vault::sealed();
    let (dana, mia) = (&vault.acme.dana, &vault.mia);
    let receipt = opens(mia, "mia-home", "reason one");
    log(mia, ["show", "1"]).ok().first_line("ENTRY  1, opened aws-root   03:12");
    let shown = log(mia, ["show", &receipt.to_uppercase()]);
    shown.ok().has("reason one").has("INC-4711").has(&receipt).has("Mia Krause, mia.krause/laptop").has("boot-1");
    log(mia, ["show", "2"]).fails(3).says("has no entry 2");
    log(mia, ["show", "gorse", "lamp"]).fails(2);
    log(dana, ["show", "1"]).fails(3);
    mia.kit(["sync"]).ok();
    log(dana, ["--all"]).ok();
    log(dana, ["show", "1", "--device", "mia.krause/laptop"]).ok().has("reason one");
}

#[test]
fn a_clock_that_was_moved_is_told_and_changes_no_order_g3() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    let desk = Desk::at(&mia.path("mia-home"));
    let told = |reason: &str, at: &str, boot: Option<(&str, u64)>| {
        let boot = boot.map(|(id, uptime_s)| Boot { id: id.to_owned(), uptime_s });
        desk.record(Occasion { machine: Machine { clock: None, boot }, ..occasion(opened("aws-root", 1), reason, at) });
    };
    told("one", "2026-11-18T02:12:00Z", Some(("a", 1000)));
    told("two", "2026-11-18T03:12:00Z", Some(("a", 1060)));
    // Earlier than this machine knows that it is: the kit came at 02:12.
    told("three", "2026-11-17T03:12:00Z", Some(("b", 5)));
    told("four", "2026-11-18T03:20:00Z", None);
    let plain = log(mia, ["--plain"]);
    let reasons: Vec<&str> = plain.ok().stdout.lines().map(|line| line.split('\t').nth(6).unwrap()).collect();
    assert_eq!(reasons, ["four", "three", "two", "one"]);
    log(mia, ["show", "1"]).ok().lacks("clock was");
    log(mia, ["show", "2"]).ok().has("the clock was set forward by 59 min");
    log(mia, ["show", "3"]).ok().has("the clock was moved back");
    log(mia, ["verify"]).ok().first_line("GOOD  4 entries, each signed and in its place");
}

/// A moment before a sync of the same second is no clock that was moved: entries have whole seconds.
#[test]
fn a_clock_is_moved_back_only_by_more_than_it_can_tell() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    let desk = Desk::at(&mia.path("mia-home"));
    // This machine has known that it was 02:12:00.
    for (at, is_moved) in [("02:12:00Z", false), ("02:11:59.2Z", false), ("02:11:58Z", false), ("02:11:57Z", true)] {
        let recorded = desk.record(occasion(opened("aws-root", 1), "why", &format!("2026-11-18T{at}")));
        let shown = log(mia, ["show", &recorded.line.number.to_string()]);
        shown.ok();
        assert_eq!(shown.stdout.contains("moved back"), is_moved, "{at}: {}", shown.stdout);
    }
    // What counts is the machine's own clock, whatever time was given.
    let given = |at: &str, clock: &str| {
        let machine = Machine { clock: Some(clock.parse().unwrap()), boot: None };
        let occasion = Occasion { machine, ..occasion(opened("aws-root", 1), "why", at) };
        log(mia, ["show", &desk.record(occasion).line.number.to_string()])
    };
    given("2001-01-01T00:00:00Z", NOW).ok().lacks("moved back").has("clock said Wed 18 Nov 2026 03:12");
    given(NOW, "2001-01-01T00:00:00Z").ok().has("moved back").has("clock said Mon 1 Jan 2001 01:00");
}

#[test]
fn the_field_that_was_taken_is_named() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    let reveal = ["reveal", "aws-root", "--field", "password", "--reason", "x", "--passphrase-file", "p"];
    mia.kit(reveal).ok();
    log(mia, []).ok().has("opened aws-root (password)");
    log(mia, ["show", "1"]).ok().first_line("ENTRY  1, opened aws-root (password)   03:12").has("1 of the value");
    // Of one that was only looked at, none.
    opens(mia, "mia-home", "to look");
    log(mia, ["show", "2"]).ok().first_line("ENTRY  2, opened aws-root   03:12");
}

#[test]
fn who_looked_at_an_opening_is_recorded_and_nobody_looks_at_their_own() {
    let vault = Vault::sealed();
    let (dana, mia) = (&vault.acme.dana, &vault.mia);
    let receipt = opens(mia, "mia-home", "reason one");
    mia.kit(["sync"]).ok();
    log(dana, ["--all"]).ok();
    let review = |more: &[&str]| dana.kit(["review", "--passphrase-file", "p"].iter().chain(more));
    review(&["1"]).fails(2).says("its number and its device");
    review(&["2", "--device", "mia.krause/laptop"]).fails(3);
    let run = review(&["1", "--device", "mia.krause/laptop", "--note", "as agreed"]);
    run.ok().first_line("REVIEWED  entry 1 of mia.krause/laptop: opened aws-root, 03:12");
    log(dana, ["--all"]).ok().has("Dana Fox");
    log(dana, ["show", &receipt]).ok().has("Reviewed by").has("Dana Fox");
    // Her own review is an entry as well, and she cannot look at that.
    log(dana, []).ok().first_line("RECORDED  1 entry   nothing is burned").has("looked at entry 1").has("as agreed");
    review(&["1", "--device", "dana.fox/desk"]).fails(1).says("somebody else");
}

#[test]
fn what_was_opened_is_burned_until_a_new_value_is_published() {
    let vault = Vault::sealed();
    let [dana, alice, mia] = [&vault.acme.dana, &vault.acme.alice, &vault.mia].map(|machine| machine.with("COLUMNS", "200"));
    let (dana, alice, mia) = (&dana, &alice, &mia);
    dana.kit(["check", "team"]).ok();
    mia.kit(["lookup", "aws-root"]).ok().lacks("rotate by");
    opens(mia, "mia-home", "reason one");
    mia.kit(["lookup", "aws-root"]).ok().has("Wed 18 Nov by Mia Krause: rotate by Thu 03:12");
    mia.kit(["status"]).ok().has("WARN  aws-root was opened Wed 18 Nov by Mia Krause, rotate by Thu 03:12");
    mia.at("2026-11-19T03:12:00Z").kit(["status"]).ok().has("FAIL  aws-root was opened Wed 18 Nov by Mia Krause, it was to be");
    mia.kit(["sync"]).ok();
    // Nobody knows of it who does not read journals, until it is in the kit.
    alice.kit(["lookup", "aws-root", "--json"]).ok().lacks("rotate_by_clock");
    let published = vault.acme.publish();
    published.ok().says("  opened   aws-root, opened Wed 18 Nov by Mia Krause, rotate by Thu 03:12").lacks("ledger");
    alice.kit(["sync"]).ok().lacks("ledger");
    alice.kit(["lookup", "aws-root"]).ok().has("Wed 18 Nov by Mia Krause: rotate by Thu 03:12");
    let check = dana.kit(["check", "team"]);
    check.status(1).has("FAIL  aws-root was opened Wed 18 Nov by Mia Krause, rotate by Thu 03:12: kit seal aws-root --dir team");
    check.says("1 value to change").says("kit publish team");
    assert!(dana.files("team").iter().all(|file| !file.to_string_lossy().contains("ledger")));
    // Published again, nothing is forgotten, and it is no undoing.
    vault.acme.publish().ok();
    alice.kit(["sync"]).ok();
    alice.kit(["lookup", "aws-root"]).ok().has("rotate by");

    crate::vault::rotate(dana, "aws-root", 2);
    dana.kit(["check", "team"]).ok();
    vault.acme.publish().ok();
    for machine in vault.machines() {
        machine.kit(["sync"]).ok();
        machine.kit(["lookup", "aws-root"]).ok().lacks("rotate by");
    }
    log(mia, []).ok().first_line("RECORDED  1 entry   nothing is burned").has("rotated");
}

#[test]
fn c11_the_published_kit_knows_how_far_a_journal_went() {
    let vault = Vault::sealed();
    let (dana, mia) = (&vault.acme.dana, &vault.mia);
    let home = mia.path("mia-home");
    for reason in ["one", "two", "three"] {
        opens(mia, "mia-home", reason);
    }
    let last = opens(mia, "mia-home", "four");
    let file = Desk::at(&home).file(&home);
    let whole = fs::read_to_string(&file).unwrap();
    log(mia, ["verify", "--receipt", &last]).ok().first_line("GOOD  4 entries, each signed and in its place");
    let cut = |count: usize| fs::write(&file, whole.split_inclusive('\n').take(count).collect::<String>()).unwrap();
    // Before anybody else knows of it only the receipt does.
    for count in 0..4 {
        cut(count);
        log(mia, ["verify"]).ok();
        let run = log(mia, ["verify", "--receipt", &last]);
        run.status(3).says("no entry here has this receipt").says("If it was shown on this device");
        run.first_line("NOT HERE  the journal of this device has no entry with this receipt").lacks("taken out");
    }
    fs::write(&file, &whole).unwrap();
    mia.kit(["sync"]).ok();
    vault.acme.publish().ok();
    mia.kit(["sync"]).ok();
    for count in 0..4 {
        cut(count);
        let run = log(mia, ["verify"]);
        run.status(6).says("the signed kit knows of").lacks("GOOD");
        log(mia, []).ok().has("DOUBT");
    }
    fs::remove_file(&file).unwrap();
    log(mia, ["verify"]).status(6).says("it is gone, and the signed kit knows of 4 entries");
    // What comes then goes on from what everybody holds: the gap stays to be seen.
    opens(mia, "mia-home", "five");
    log(mia, ["verify"]).status(6).says("entries 1 to 4 were taken out");
    // Those who read journals have them all.
    mia.kit(["sync"]).ok();
    log(dana, ["--all"]).ok();
    log(dana, ["verify", "--all", "--receipt", &last]).ok().first_line("GOOD  5 entries, each signed and in its place");
    // A place that forgot them, and a copy that lost some: fetched again where they are, else told.
    let copy = copy_of(dana, "home", &Desk::at(&home).handle());
    let all = fs::read_to_string(&copy).unwrap();
    fs::write(&copy, all.split_inclusive('\n').take(2).collect::<String>()).unwrap();
    log(dana, ["verify", "--all"]).status(1).has("NOT ALL  2 entries").has("entries 3 to 4");
    log(dana, ["--all"]).ok();
    log(dana, ["verify", "--all"]).ok();
}

/// The file of a copy of a device's journal.
fn copy_of(machine: &World, home: &str, handle: &str) -> PathBuf {
    let files = machine.files(home);
    let file = files.iter().find(|file| file.ends_with(format!("journal/{handle}.log")));
    machine.path(file.unwrap_or_else(|| panic!("no copy of {handle} in {files:?}")))
}

#[test]
fn a_journal_that_contradicts_what_everybody_holds_is_an_alarm_and_changes_no_head() {
    let vault = Vault::sealed();
    let (dana, mia) = (&vault.acme.dana, &vault.mia);
    let home = mia.path("mia-home");
    opens(mia, "mia-home", "one");
    mia.kit(["sync"]).ok();
    vault.acme.publish().ok();
    // Mia's machine is set back to before, and never learns of that kit: it writes another entry 1.
    let file = Desk::at(&home).file(&home);
    fs::remove_file(&file).unwrap();
    opens(mia, "mia-home", "never happened");
    mia.kit(["sync"]).ok();
    let run = vault.acme.publish();
    run.ok().says("ALARM  the journal of mia.krause/laptop: two different lines have number 1");
    log(dana, ["--all"]).ok().has("DOUBT").has("one").has("never happened");
    log(dana, ["verify", "--all"]).status(6).says("two different lines have number 1");
    log(mia, ["verify"]).status(6).has("FAIL  this device: entry 1 is another one than the signed kit knows");
}

#[test]
fn all_entries_come_however_many_and_none_twice() {
    let vault = Vault::sealed();
    let (dana, mia) = (&vault.acme.dana, &vault.mia);
    let desk = Desk::at(&mia.path("mia-home"));
    for number in 0..30 {
        desk.record(occasion(opened("aws-root", 1), &format!("reason {number}"), NOW));
    }
    mia.kit(["ack", "--passphrase-file", "p"]).ok();
    log(dana, ["--all"]).ok();
    assert_eq!(log(dana, ["--all", "--offline", "--plain"]).ok().stdout.lines().count(), 30);
    log(dana, ["verify", "--all"]).ok().first_line("GOOD  30 entries, each signed and in its place");
    dana.kit(["acks", "--offline", "--plain"]).has("mia.krause\tMia Krause\thas");
    // Whatever was read is not asked for again: what is under those names now is never looked at.
    let letters = dana.files("box/inbox");
    assert!(letters.len() > 30, "{letters:?}");
    let oldest = letters.iter().find(|file| file.to_string_lossy().contains("0000000001-")).unwrap();
    fs::remove_file(dana.path(oldest)).unwrap();
    fs::create_dir(dana.path(oldest)).unwrap();
    log(dana, ["--all"]).ok().lacks("Not heard");
    assert_eq!(log(dana, ["--all", "--plain"]).ok().stdout.lines().count(), 30);
    // On the screen the newest.
    log(dana, ["--all"]).ok().has("There are 22 older ones, with --last 30.");
}

fn journal_of(text: &str) -> Journal {
    let mut journal = Journal { is_torn: !text.is_empty() && !text.ends_with('\n'), ..Journal::default() };
    for (place, line) in (1..).zip(text.split_inclusive('\n').filter(|line| line.ends_with('\n'))) {
        match Line::parse(line) {
            Ok(line) => journal.lines.push(line),
            Err(error) => journal.damaged.push((place, error)),
        }
    }
    journal
}

/// A journal of three lines, its kit, its handle, and the head that everybody holds.
fn three() -> (Vec<String>, KitId, String, JournalHead) {
    use outage_kit::{
        bundle::journal::{After, Entry, write},
        key::Identity,
    };
    let (kit, key, reader) = (KitId::generate().unwrap(), DeviceKey::generate("").unwrap(), Identity::generate());
    let mut after = After::nothing(kit.clone());
    let mut lines = Vec::new();
    for reason in ["one", "two", "three"] {
        let entry = Entry {
            person: Id::parse("mia.krause").unwrap(),
            device: "laptop".to_owned(),
            at: NOW.parse().unwrap(),
            clock: None,
            boot: None,
            moved_back: false,
            held: (1, 3),
            what: opened("aws-root", 1),
            reason: reason.to_owned(),
            incident: None,
        };
        let line = write(&after, &entry, &key, &[reader.recipient()]).unwrap();
        after = line.place();
        lines.push(line.text().to_owned());
    }
    let handle = key.public().handle();
    let head = JournalHead { device: handle.clone(), number: 3, sha256: after.before.unwrap().to_string(), contradicted: None };
    (lines, kit, handle, head)
}

#[test]
fn c10_every_byte_of_every_line_changed_is_found_and_its_line_named() {
    let (lines, kit, handle, head) = three();
    let whole = lines.concat();
    let good = examine(&journal_of(&whole), &kit, &handle, Some(&head), true);
    assert!(good.is_sound() && !good.is_torn && (good.lines, good.last) == (3, 3), "{good:?}");
    let mut starts = vec![0];
    lines.iter().for_each(|line| starts.push(starts[starts.len() - 1] + line.len()));
    for at in 0..whole.len() {
        let mut bytes = whole.clone().into_bytes();
        bytes[at] ^= 1;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let audit = examine(&journal_of(&text), &kit, &handle, Some(&head), true);
        let changed = starts.iter().filter(|start| **start <= at).count();
        let named = audit.faults.iter().find_map(|fault| match fault {
            Fault::Line { place, .. } => Some(*place),
            _ => None,
        });
        // The last line without its end looks like one that was never finished; that it was, everybody knows.
        let is_end = at == whole.len() - 1;
        assert!(named == Some(changed) || (is_end && audit.is_torn && !audit.is_sound()), "byte {at}: {:?}", audit.faults);
    }
}

#[test]
fn c10_lines_taken_out_put_in_swapped_or_repeated_are_found() {
    let (lines, kit, handle, head) = three();
    let (others, _, other_handle, _) = three();
    let faults = |chosen: &[&String]| {
        let text: String = chosen.iter().map(|line| line.as_str()).collect();
        examine(&journal_of(&text), &kit, &handle, Some(&head), true).faults
    };
    let [one, two, three] = lines.as_slice() else { unreachable!() };
    let mut wrong = 0;
    let all = [one, two, three];
    // Every sequence of up to four of the three lines but the right one.
    for length in 0..=4_u32 {
        for code in 0..3_usize.pow(length) {
            let chosen: Vec<&String> = (0..length).map(|place| all[code / 3_usize.pow(place) % 3]).collect();
            if chosen == all {
                continue;
            }
            assert!(!faults(&chosen).is_empty(), "{code} of {length}");
            wrong += 1;
        }
    }
    assert_eq!(wrong, 1 + 3 + 9 + 27 + 81 - 1);
    assert_eq!(faults(&[one, three]).first(), Some(&Fault::Missing { from: 2, to: 2 }));
    // C12: a line of another device, or of another kit.
    assert!(faults(&[one, two, three, &others[0]]).contains(&Fault::Line { place: 4, error: JournalError::OtherKit }));
    let forged = examine(&journal_of(&lines.concat()), &kit, &other_handle, None, true);
    assert_eq!(forged.faults.first(), Some(&Fault::Line { place: 1, error: JournalError::OtherKey }));
}

#[test]
fn c11_every_cut_is_found_and_a_torn_end_is_no_damage() {
    let (lines, kit, handle, head) = three();
    let whole = lines.concat();
    for end in 0..whole.len() {
        let journal = journal_of(&whole[..end]);
        let known = examine(&journal, &kit, &handle, Some(&head), true);
        let is_shorter = known.faults.iter().any(|fault| matches!(fault, Fault::Shorter { head: 3, .. }));
        assert!(is_shorter, "{end}: {:?}", known.faults);
        // Without what others know a cut end is no damage; inside a line it is told.
        let alone = examine(&journal, &kit, &handle, None, true);
        let is_line_end = end == 0 || whole.as_bytes()[end - 1] == b'\n';
        assert!(alone.is_sound() && alone.is_torn != is_line_end, "{end}: {alone:?}");
    }
}

#[test]
fn verify_names_what_was_changed_in_the_file() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    let home = mia.path("mia-home");
    for reason in ["one", "two", "three"] {
        opens(mia, "mia-home", reason);
    }
    let file = Desk::at(&home).file(&home);
    let whole = fs::read(&file).unwrap();
    // One byte in each word of each line.
    let mut at = 0;
    for (place, line) in (1..).zip(whole.split_inclusive(|byte| *byte == b'\n')) {
        for word in line.split(|byte| *byte == b' ') {
            let mut changed = whole.clone();
            let middle = at + word.len() / 2;
            changed[middle] = if changed[middle] == b'a' { b'b' } else { b'a' };
            fs::write(&file, &changed).unwrap();
            let run = log(mia, ["verify"]);
            run.status(6).says(&format!("line {place} does not count")).has("FAIL  this device: line");
            at += word.len() + 1;
        }
    }
    fs::write(&file, [whole.as_slice(), b"half a line"].concat()).unwrap();
    log(mia, ["verify"]).ok().first_line("GOOD  3 entries, each signed and in its place").has("nothing was shown for it");
    opens(mia, "mia-home", "four");
    log(mia, ["verify"]).ok().first_line("GOOD  4 entries, each signed and in its place").lacks("nothing was shown");
}

#[test]
fn status_says_what_this_key_opens_and_when_that_was_tried() {
    let vault = Vault::sealed();
    let mia = &vault.mia.with("COLUMNS", "200");
    mia.kit(["status"])
        .ok()
        .has("your key opens 1 credential, and 1 more together with others, not tested yet")
        .has("kit rescue-drill");
    let desk = Desk::at(&mia.path("mia-home"));
    for tier in ["on-call", "break-glass"] {
        let what = What::Drilled { tier: Id::parse(tier).unwrap(), version: 1, opens: true };
        desk.record(occasion(what, "drill", NOW));
    }
    mia.kit(["status"]).ok().has("together with others (tested today)");
    mia.at("2026-11-20T02:12:00Z").kit(["status"]).ok().has("(tested 2 days ago)");
    mia.at("2027-02-18T02:12:00Z").kit(["status"]).has("not tested for 92 days");
    // It goes with the kit to everybody.
    mia.kit(["sync"]).ok();
    vault.acme.publish().ok();
    fs::remove_file(desk.file(&mia.path("mia-home"))).unwrap();
    mia.kit(["sync"]).ok();
    mia.kit(["status"]).ok().has("together with others (tested today)");
}

/// A true receipt is never said to be a lie: whoever reads journals finds it, and nobody else is told that it was taken out.
#[test]
fn a_receipt_of_another_device_is_found_by_those_who_read_journals_and_is_not_here_for_others() {
    let vault = Vault::sealed();
    let (dana, alice, mia) = (&vault.acme.dana, &vault.acme.alice, &vault.mia);
    let receipt = opens(alice, "alice-home", "reason one");
    // Nobody has it yet.
    let run = log(dana, ["verify", "--receipt", &receipt]);
    run.status(3).first_line("NOT HERE  no journal here has an entry with this receipt").says("kit log --all");
    alice.kit(["sync"]).ok();
    log(dana, ["--all"]).ok();
    let run = log(dana, ["verify", "--receipt", &receipt]);
    run.ok().first_line("GOOD  1 entry, each signed and in its place").has("entry 1 of alice.okafor/laptop");
    // Mia neither leads nor publishes: her own journal is all she can look at.
    let run = log(mia, ["verify", "--receipt", &receipt]);
    run.status(3).first_line("NOT HERE  the journal of this device has no entry with this receipt");
    run.says("kit log verify --all --receipt WORDS").lacks("taken out");
    let json = log(mia, ["verify", "--receipt", &receipt, "--json"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json.status(3).stdout).unwrap()["good"], false);
    // One that stands here beside a fault is no excuse for it.
    let home = alice.path("alice-home");
    let file = Desk::at(&home).file(&home);
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("AAAA", "AAAB", 1).replacen("YWdl", "YWdm", 1)).unwrap();
    log(alice, ["verify", "--receipt", &receipt]).status(6);
}

#[test]
fn the_journal_of_somebody_who_left_is_named() {
    let vault = Vault::sealed();
    let (dana, mia) = (&vault.acme.dana, &vault.mia);
    opens(mia, "mia-home", "reason one");
    mia.kit(["sync"]).ok();
    log(dana, ["--all"]).ok();
    dana.kit(["member", "remove", "mia.krause", "--to", "alice.okafor", "--dir", "team", "--passphrase-file", "p"]).ok();
    vault.publish();
    dana.kit(["sync"]).ok();
    let handle = Desk::at(&mia.path("mia-home")).handle();
    let run = log(dana, ["verify", "--all"]);
    run.ok().has("mia.krause/laptop, no longer in the kit, up to entry 1").lacks(&handle);
}

/// Everybody's entries in 80 columns: one line of words each, the newest first, and no receipt that breaks.
#[test]
fn everybodys_entries_have_room_and_stand_with_the_newest_first() {
    let vault = Vault::sealed();
    let (dana, mia) = (&vault.acme.dana, &vault.mia);
    opens(mia, "mia-home", "paging is down");
    let receipt = opens(mia, "mia-home", "again");
    mia.kit(["sync"]).ok();
    let run = dana.with("COLUMNS", "80").kit(["log", "--all"]);
    let rows: Vec<&str> = run.ok().stdout.lines().filter(|line| line.contains("opened aws-root")).collect();
    assert_eq!(rows.len(), 2, "{}", run.stdout);
    for (row, number) in rows.iter().zip(["2", "1"]) {
        assert!(row.trim_start().starts_with(number), "{}", run.stdout);
        assert!(row.contains("mia.krause/laptop") && row.contains("burned"), "{}", run.stdout);
    }
    let two: Vec<&str> = receipt.split(' ').take(2).collect();
    run.lacks(&two.join(" ")).lacks("receipt");
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{}", run.stdout);
    let first = receipt.split(' ').next().unwrap();
    mia.with("COLUMNS", "80").kit(["log"]).ok().has(first);
}

/// A line that could not be queued goes with a later letter: with the next entry, or when the passphrase is at hand.
#[test]
fn what_could_not_be_queued_is_queued_later() {
    let vault = Vault::sealed();
    let (dana, mia) = (&vault.acme.dana, &vault.mia.with("COLUMNS", "200"));
    let home = mia.path("mia-home");
    let queue = Desk::at(&home).file(&home).parent().unwrap().with_file_name("queue");
    let unsent = |reason: &str| {
        fs::remove_dir_all(&queue).ok();
        fs::write(&queue, "no folder").unwrap();
        let recorded = Desk::at(&home).record(occasion(opened("aws-root", 1), reason, NOW));
        assert!(recorded.unsent.is_some());
        fs::remove_file(&queue).unwrap();
    };
    unsent("one");
    let run = mia.kit(["sync"]);
    run.ok().lacks("sent").says("1 entry of this device's journal could not be queued yet. To send them: kit ack");
    mia.kit(["sync", "--passphrase-file", "p"]).ok().quiet().has("sent     1 journal entry, to");
    mia.kit(["sync", "--passphrase-file", "p"]).ok().quiet().lacks("sent");
    log(dana, ["--all"]).ok().has("one");
    unsent("two");
    mia.kit(["ack", "--passphrase-file", "p"]).ok();
    log(dana, ["--all"]).ok().has("two");
    unsent("three");
    opens(mia, "mia-home", "four");
    mia.kit(["sync"]).ok().quiet().has("sent     2 journal entries, to");
    log(dana, ["--all"]).ok().has("three").has("four");
    log(dana, ["verify", "--all"]).ok().first_line("GOOD  4 entries, each signed and in its place");
}

#[test]
fn a_sync_tells_those_who_read_journals_what_was_opened() {
    let vault = Vault::sealed();
    let (dana, alice, mia) = (&vault.acme.dana, &vault.acme.alice, &vault.mia);
    opens(mia, "mia-home", "one");
    mia.kit(["ack", "--passphrase-file", "p"]).ok();
    opens(mia, "mia-home", "two");
    mia.kit(["sync"]).ok().has("journal entr");
    dana.kit(["sync", "--quiet"]).ok().prints("").quiet();
    opens(mia, "mia-home", "three");
    mia.kit(["sync"]).ok().has("sent     1 journal entry, to");
    let run = dana.kit(["sync"]);
    run.ok().has("  opened   1 opening heard of: aws-root by Mia Krause at 03:12: kit log --all");
    dana.kit(["sync"]).ok().lacks("heard of");
    log(dana, ["--all", "--offline"]).ok().has("three");
    let json: serde_json::Value = serde_json::from_str(&alice.kit(["sync", "--json"]).ok().stdout).unwrap();
    assert_eq!(json["opened"].as_array().unwrap().len(), 3);
    assert_eq!((&json["opened"][0]["credential"], &json["opened"][0]["by"]), (&"aws-root".into(), &"Mia Krause".into()));
    // Who does not read journals hears of nothing, and asks for nothing.
    opens(alice, "alice-home", "four");
    alice.kit(["sync"]).ok();
    mia.kit(["sync"]).ok().lacks("heard of");
    assert_eq!(mia.kit(["log", "--all", "--offline"]).status, 5);
}
