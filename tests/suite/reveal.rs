//! `kit reveal` off a terminal: exact bytes, who may, what is recorded, and that nothing is opened before it is.

use std::{fs, os::unix::fs::PermissionsExt};

use outage_kit::{bundle::journal::What, key::Identity, store::Store};

use crate::{
    vault::{CANARY_CODES, CANARY_NOTE, CANARY_OKTA, CANARY_PASSWORD, Vault},
    world::{Run, World},
};

/// Reveals with a reason and the passphrase of these tests.
pub fn reveal(world: &World, arguments: &[&str]) -> Run {
    let fixed = ["--reason", "Okta is down", "--passphrase-file", "p"];
    world.kit(["reveal"].iter().chain(arguments).chain(&fixed))
}

/// The kit of a machine, by the name of its home.
pub fn store(world: &World, home: &str) -> Store {
    let home = world.path(home);
    let kits = Store::list(&home).unwrap();
    Store::open(&home, &kits[0]).unwrap()
}

/// What a machine's own journal says was done, and its lines.
pub fn entries(world: &World, home: &str) -> Vec<outage_kit::bundle::Entry> {
    let store = store(world, home);
    let outage_kit::store::ReaderKey::Plain(text) = store.reader().unwrap() else {
        panic!("the readers of these tests are plain")
    };
    let reader = Identity::parse(secrecy::ExposeSecret::expose_secret(&text)).unwrap();
    let mut all = Vec::new();
    for handle in store.journals().unwrap() {
        let journal = store.journal(&handle).unwrap();
        assert!(journal.damaged.is_empty());
        all.extend(journal.lines.iter().map(|line| line.open(&reader).unwrap()));
    }
    all
}

/// The eight words of the last receipt.
fn receipt(run: &Run) -> String {
    let all = run.stderr.replace("\n     ", " ");
    all.split("Receipt: ").nth(1).unwrap_or_else(|| panic!("{}", run.stderr)).trim().to_owned()
}

#[test]
fn u49_a_field_is_written_exactly_and_nothing_else() {
    let vault = Vault::sealed();
    let run = reveal(&vault.mia, &["aws-root", "--field", "password"]);
    run.ok().prints(CANARY_PASSWORD).says("Next: tell Dana Fox   +1 202 555 0177.").says("Rotate within 24 h, by ");
    run.says("by mia.krause").assert(!run.stderr.contains("canary"), "no value in the talk");
    assert_eq!(receipt(&run).split_whitespace().count(), 8);
    reveal(&vault.mia, &["aws-root", "--field", "password", "--newline"]).ok().prints(&format!("{CANARY_PASSWORD}\n"));
    reveal(&vault.mia, &["aws root", "--field", "user"]).ok().prints("aws-root@example.com");
    reveal(&vault.mia, &["aws-root", "--field", "note"]).ok().prints(CANARY_NOTE);
    // RFC 6238's seed at 2026-11-18T02:12:00Z, or a step later on a slow machine.
    let code = reveal(&vault.mia, &["aws-root", "--field", "totp"]);
    code.ok().assert(code.stdout.len() == 6 && code.stdout.bytes().all(|b| b.is_ascii_digit()), "six digits");
    let entries = entries(&vault.mia, "mia-home");
    assert_eq!(entries.len(), 5);
    let first = entries.first().unwrap();
    assert_eq!((first.person.as_str(), first.reason.as_str(), first.incident.as_deref()), ("mia.krause", "Okta is down", None));
    assert!(matches!(&first.what, What::Opened { credential, version: 1, by, field: Some(field) }
            if credential.as_str() == "aws-root" && by == "reveal" && field == "password"));
    assert!(first.boot.is_some() && first.held.1 == 3, "{first:?}");
}

#[test]
fn recovery_codes_come_one_after_the_other_and_count_as_used() {
    let vault = Vault::sealed();
    let codes: Vec<&str> = CANARY_CODES.lines().collect();
    for code in &codes {
        reveal(&vault.mia, &["aws-root", "--field", "codes"]).ok().prints(code);
    }
    reveal(&vault.mia, &["aws-root", "--field", "codes"]).status(1).says("all codes in codes were shown before");
    let places: Vec<u16> = entries(&vault.mia, "mia-home")
        .iter()
        .filter_map(|entry| if let What::CodeShown { place, .. } = &entry.what { Some(*place) } else { None })
        .collect();
    assert_eq!(places, [1, 2, 3, 4, 5]);
}

#[test]
fn c1_who_is_no_holder_is_told_who_is() {
    let vault = Vault::sealed();
    let bob = vault.acme.dana.machine("bob-home");
    let request = vault.acme.join(&bob, "bob.reyes");
    vault.acme.admit(&request);
    vault.publish();
    bob.kit(["sync"]).ok();
    let run = reveal(&bob, &["aws-root", "--field", "password"]);
    run.fails(5)
        .says("this device is no holder of aws-root")
        .says("Dana Fox   +1 202 555 0177")
        .says("Alice Okafor   +44 7700 900123");
    run.says("likely asleep").lacks("canary");
    assert!(store(&bob, "bob-home").journals().unwrap().is_empty(), "what was not opened is not recorded");
}

#[test]
fn a_tier_of_two_says_that_one_more_is_needed() {
    let vault = Vault::sealed();
    let run = reveal(&vault.mia, &["okta-admin", "--field", "password"]);
    run.fails(5).says("okta-admin needs 2 of 3 holders together; yours and one more").says("kit request okta-admin");
    run.says("Dana Fox   +1 202 555 0177").lacks(CANARY_OKTA);
    assert!(store(&vault.mia, "mia-home").journals().unwrap().is_empty());
}

/// Who holds nothing opens what enough holders gave their shares for, and nothing with fewer.
#[test]
fn c5_who_holds_nothing_opens_with_the_shares_of_enough_holders() {
    let vault = Vault::sealed();
    let bob = vault.acme.dana.machine("bob-home");
    let request = vault.acme.join(&bob, "bob.reyes");
    vault.acme.admit(&request);
    vault.publish();
    vault.machines().iter().for_each(|machine| drop(machine.kit(["sync"])));
    bob.kit(["sync"]).ok();
    reveal(&bob, &["okta-admin", "--field", "password"]).fails(5).says("2 of 3 holders together").says("kit request okta-admin");
    let asked = bob.kit(["request", "okta-admin", "--reason", "nobody can sign in", "--passphrase-file", "p"]);
    let asked = crate::acme::token(&asked, "kit-ask1:");
    let shares = [&vault.mia, &vault.acme.alice].map(|holder| {
        let given = holder.kit(["approve", &asked, "--yes", "--passphrase-file", "p"]);
        crate::acme::token(&given, "kit-share1:")
    });
    let one = reveal(&bob, &["okta-admin", "--field", "password", "--with", &shares[0]]);
    one.fails(5).says("needs 2 of 3 holders together").lacks(CANARY_OKTA);
    let both = ["okta-admin", "--field", "password", "--with", &shares[0], "--with", &shares[1]];
    reveal(&bob, &both).ok().prints(CANARY_OKTA);
    let opened = entries(&bob, "bob-home").into_iter().filter(|entry| matches!(entry.what, What::Opened { .. })).count();
    assert_eq!(opened, 1);
}

#[test]
fn what_cannot_be_done_is_refused_before_anything_is_opened() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    mia.write("taken", "mine");
    for (arguments, status, says) in [
        (&["aws-root"][..], 2, "--field password"),
        (&["aws-root", "--json"], 2, "never written as JSON"),
        (&["aws-root", "--field", "pin"], 3, "user, password, totp, codes, note"),
        (&["slack-owner", "--field", "password"], 3, "has no value sealed yet"),
        (&["aws-root", "--field", "password", "--to", "taken"], 2, "is there already"),
        (&["nothing", "--field", "password"], 3, "no credential is called"),
        (&["alice", "--field", "password"], 3, "no credential is called"),
    ] {
        reveal(mia, arguments).fails(status).says(says).lacks("canary");
    }
    mia.kit(["reveal", "aws-root", "--field", "password", "--passphrase-file", "p"]).fails_talking(2).says("--reason TEXT");
    mia.kit(["reveal", "aws-root", "--field", "password", "--passphrase-file", "p", "--reason", "  "])
        .fails(2)
        .says("without a reason");
    let long = "x".repeat(257);
    mia.kit(["reveal", "aws-root", "--field", "password", "--passphrase-file", "p", "--reason", &long])
        .fails(2)
        .says("at most 256");
    mia.write("wrong", "not this one\n");
    mia.kit(["reveal", "aws-root", "--field", "password", "--passphrase-file", "wrong", "--reason", "x"])
        .fails(5)
        .says("Nothing is locked");
    // F6, U50: no secret as an argument.
    mia.kit(["reveal", "aws-root", "--password", "x"]).fails(2);
    assert!(store(mia, "mia-home").journals().unwrap().is_empty(), "nothing was recorded, for nothing was opened");
}

#[test]
fn a_field_goes_into_a_new_file_that_nobody_else_can_read() {
    let vault = Vault::sealed();
    reveal(&vault.mia, &["aws-root", "--field", "note", "--to", "note.txt"]).ok().prints("").says("WROTE").lacks("canary");
    assert_eq!(vault.mia.read("note.txt"), CANARY_NOTE.as_bytes());
    let mode = fs::metadata(vault.mia.path("note.txt")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// The record comes first: where it cannot be written nothing is opened, and off a terminal nothing can be done about it.
#[test]
fn u52_nothing_is_opened_when_the_journal_cannot_be_written() {
    let vault = Vault::sealed();
    let kit = vault.mia.kit_command();
    let mut strace = vault.mia.command(crate::world::peer("strace"));
    strace.args(["-f", "-qq", "-o", "calls", "-e", "trace=fsync", "-e", "inject=fsync:error=ENOSPC"]);
    strace.arg(kit.get_program()).args(kit.get_args());
    strace.args(["reveal", "aws-root", "--field", "password", "--reason", "why", "--passphrase-file", "p"]);
    let out = strace.output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(out.stdout.is_empty());
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(said.contains("so nothing was opened") && !said.contains("canary"), "{said}");
    reveal(&vault.mia, &["aws-root", "--field", "password"]).ok().prints(CANARY_PASSWORD);
}

/// The journal stands on the disk, flushed, before the capsule's key is even unsealed: seen in the order of system calls.
#[test]
fn the_entry_is_flushed_before_the_opener_is_read() {
    let vault = Vault::sealed();
    let kit = vault.mia.kit_command();
    let mut strace = vault.mia.command(crate::world::peer("strace"));
    strace
        .args(["-f", "-s", "300", "-o", "calls", "-e", "trace=openat,write,fsync,read,close"])
        .arg(kit.get_program())
        .args(kit.get_args());
    strace.args(["reveal", "aws-root", "--field", "password", "--reason", "why", "--passphrase-file", "p"]);
    strace.env("PATH", "/usr/bin:/bin");
    let out = strace.output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let calls = String::from_utf8_lossy(&vault.mia.read("calls")).into_owned();
    let lines: Vec<&str> = calls.lines().collect();
    let position = |what: &dyn Fn(&str) -> bool| lines.iter().position(|line| what(line)).unwrap_or_else(|| panic!("{calls}"));
    let journal = position(&|line| line.contains("openat") && line.contains(".log\"") && line.contains("O_WRONLY"));
    let flushed = journal + lines[journal..].iter().position(|line| line.contains("fsync(")).unwrap();
    let opener = position(&|line| line.contains("openat") && line.contains("opener"));
    let shown = position(&|line| line.contains("write(1, \"canary"));
    assert!(journal < flushed && flushed < opener && opener < shown, "{journal} {flushed} {opener} {shown}\n{calls}");
}

/// F7: no core file, and nobody of the same user looks into the memory.
#[test]
fn f7_a_crash_leaves_no_core() {
    use std::os::unix::process::ExitStatusExt;
    let vault = Vault::sealed();
    let mut kit = vault.mia.kit_command();
    kit.args(["reveal", "aws-root", "--field", "password", "--reason", "x", "--passphrase-file", "-"]);
    kit.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = kit.spawn().unwrap();
    let limits = format!("/proc/{}/limits", child.id());
    let is_off = || {
        let limits = fs::read_to_string(&limits).unwrap_or_default();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap_or_default().to_owned();
        core.split_whitespace().filter(|word| *word == "0").count() == 2
    };
    // It waits for a passphrase that nobody gives.
    let is_off = (0..1000).any(|_| {
        is_off() || {
            std::thread::sleep(std::time::Duration::from_millis(10));
            false
        }
    });
    assert!(is_off, "core dumps are off");
    // Not SEGV: the runtime's own handler takes a single one for a page of the stack.
    vault.mia.run("kill", ["-ABRT", &child.id().to_string()], b"").ok();
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(6));
    assert!(!status.core_dumped());
}

/// H2: `--at` is marked, and gives nobody another time than they had.
#[test]
fn a_time_that_was_given_is_marked_and_gives_nobody_more_time() {
    let vault = Vault::sealed();
    let (dana, mia) = (&vault.acme.dana.with("COLUMNS", "200"), &vault.mia.with("COLUMNS", "200"));
    let clock: jiff::Timestamp = jiff::Timestamp::now();
    let late = reveal(&mia.at("2099-01-01T00:00:00Z"), &["aws-root", "--field", "password"]);
    late.ok().prints(CANARY_PASSWORD).says("the time was given with --at").lacks("2099");
    let first = &entries(mia, "mia-home")[0];
    assert_eq!(first.at.to_string(), "2099-01-01T00:00:00Z");
    let said = first.clock.expect("what the clock said");
    assert!(said.as_second() >= clock.as_second() && first.earliest() == said && !first.moved_back, "{first:?}");
    // By the clock there is nothing to say.
    reveal(&mia.by_the_clock(), &["aws-root", "--field", "password"]).ok().lacks("--at");
    assert_eq!(entries(mia, "mia-home")[1].clock, None);
    // Whoever reads it is told, wherever the time is.
    let given = "its time was given with --at; the machine's clock said ";
    mia.kit(["log", "show", "1"]).ok().has(given).has("its time is later than now").has("2099-01-01T00:00:00Z as it was given");
    mia.kit(["log", "show", "2"]).ok().lacks("given with --at").has("by the clock of the device");
    mia.kit(["log"]).ok().has(&format!("entry 1: {given}"));
    mia.kit(["lookup", "aws-root", "--json"]).ok().lacks("2099").has("rotate_by");
    mia.kit(["sync"]).ok();
    dana.kit(["log", "--all"]).ok().has(given);
    dana.kit(["log", "verify", "--all"]).ok().has(&format!("entry 1 of mia.krause/laptop: {given}"));
    dana.kit(["review", "1", "--device", "mia.krause/laptop", "--passphrase-file", "p"]).ok().has(given);
    // A time long ago is no later than any other, and marked as well.
    reveal(&mia.at("2001-01-01T00:00:00Z"), &["aws-root", "--field", "password"]).ok();
    mia.kit(["log", "show", "3"]).ok().has(given).lacks("moved back").lacks("later than now");
}

/// H2: nobody chooses with `--at` who reads it.
#[test]
fn who_reads_journals_at_the_time_of_the_clock_reads_what_is_recorded_with_another() {
    use outage_kit::record::{Machine, Occasion, journal_readers};

    use crate::log::{Desk, occasion, opened};
    let vault = Vault::sealed();
    let bob = vault.acme.dana.machine("bob-home");
    let request = vault.acme.join(&bob, "bob.reyes");
    vault.acme.admit(&request);
    vault.publish();
    [&vault.mia, &bob].iter().for_each(|machine| drop(machine.kit(["sync"])));
    let desk = Desk::at(&vault.mia.path("mia-home"));
    // He decides in a window, and reads until it is over.
    let reads = |at: &str| journal_readers(&desk.reading, at.parse().unwrap()).iter().any(|id| id.as_str() == "bob.reyes");
    let (now, late) = (crate::world::NOW, "2099-01-01T00:00:00Z");
    assert!(reads(now) && !reads(late));
    let reader = {
        let outage_kit::store::ReaderKey::Plain(text) = store(&bob, "bob-home").reader().unwrap() else { unreachable!() };
        Identity::parse(secrecy::ExposeSecret::expose_secret(&text)).unwrap()
    };
    for (at, clock, opens) in [(now, None, true), (late, None, false), (late, Some(now), true), (now, Some(late), true)] {
        let machine = Machine { clock: clock.map(|clock: &str| clock.parse().unwrap()), boot: None };
        let recorded = desk.record(Occasion { machine, ..occasion(opened("aws-root", 1), "why", at) });
        assert_eq!(recorded.line.open(&reader).is_ok(), opens, "{at} {clock:?}");
    }
}

/// A code that somebody else was shown is skipped where that is known; where it cannot be known, that is said.
#[test]
fn codes_say_what_is_known_of_them_and_what_is_not() {
    let vault = Vault::sealed();
    let (dana, mia) = (&vault.acme.dana.with("COLUMNS", "200"), &vault.mia.with("COLUMNS", "200"));
    let codes: Vec<&str> = CANARY_CODES.lines().collect();
    let first = reveal(mia, &["aws-root", "--field", "codes"]);
    first.ok().prints(codes[0]).says("Code 1 of 5. This machine has shown none before; another holder may have shown more");
    first.says("it does not hear of that").says("If it fails, somebody may have used it: the same command gives the next.");
    reveal(mia, &["aws-root", "--field", "codes"]).ok().prints(codes[1]).says("Code 2 of 5. This machine has shown 1 before; ");
    // Dana reads journals, and has heard of nothing yet.
    reveal(dana, &["aws-root", "--field", "codes"]).ok().prints(codes[0]).says("This machine has shown none before; another");
    mia.kit(["sync"]).ok();
    dana.kit(["log", "--all"]).ok();
    let fourth = reveal(dana, &["aws-root", "--field", "codes"]);
    fourth.ok().prints(codes[2]).says("This machine has shown 1 before, others have shown 2 that it knows of;");
    fourth.says("it heard of them last at 03:12");
    // Of other fields nothing is said.
    reveal(dana, &["aws-root", "--field", "password"]).ok().lacks("Code ").lacks("If it fails");
}

#[test]
fn a_name_that_is_only_near_opens_nothing_unless_it_is_said_to_be_meant() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    for arguments in [&["reveal", "aws-rot"][..], &["exec", "aws-rot", "--", "true"], &["request", "okta-admn"]] {
        let mut screen = mia.terminal(arguments);
        screen.expect("the nearest is ").expect("Is that the one? [y/N]").send_line("");
        let seen = screen.ends(3);
        assert!(!seen.contains("Why are you") && !seen.contains("What is it for"), "{seen}");
    }
    assert!(store(mia, "mia-home").journals().unwrap().is_empty());
    let mut screen = mia.terminal(["reveal", "aws-rot"]);
    screen.expect("the nearest is aws-root").expect("[y/N]").send_line("y").expect("Why are you opening it?").control('c');
    screen.rest();
}

/// Whatever a value is to be written to is there before it is opened, and gone again if nothing came.
#[test]
fn nothing_is_opened_for_a_file_that_cannot_be_written() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    reveal(mia, &["aws-root", "--field", "codes", "--to", "nowhere/x"]).fails(2);
    std::os::unix::fs::symlink(mia.path("elsewhere"), mia.path("link")).unwrap();
    reveal(mia, &["aws-root", "--field", "codes", "--to", "link"]).fails(2).says("is there already");
    mia.write("wrong", "not this one\n");
    let wrong = ["aws-root", "--field", "codes", "--to", "new", "--reason", "x", "--passphrase-file", "wrong"];
    mia.kit(["reveal"].iter().chain(&wrong)).fails(5);
    assert!(!mia.path("new").exists() && !mia.path("elsewhere").exists());
    assert!(store(mia, "mia-home").journals().unwrap().is_empty());
}

/// A value that would go nowhere is not opened: with it a code would be spent.
#[test]
fn nothing_is_opened_for_a_standard_output_that_is_closed() {
    let vault = Vault::sealed();
    let run = |field: &str, output: &str| {
        let kit = vault.mia.kit_command();
        let mut shell = vault.mia.command(crate::world::peer("sh"));
        shell.args(["-c", &format!("exec \"$0\" \"$@\" {output}")]).arg(kit.get_program()).args(kit.get_args());
        shell.args(["reveal", "aws-root", "--field", field, "--reason", "x", "--passphrase-file", "p"]);
        let out = shell.output().unwrap();
        (out.status.code(), String::from_utf8(out.stderr).unwrap())
    };
    for field in ["password", "codes"] {
        let (status, said) = run(field, ">&-");
        assert!(status == Some(2) && said.contains("standard output is closed"), "{said}");
    }
    let (status, said) = run("codes", ">/dev/null");
    assert!(status == Some(2) && said.contains("/dev/null"), "{said}");
    assert!(store(&vault.mia, "mia-home").journals().unwrap().is_empty());
    assert_eq!(run("password", ">/dev/null").0, Some(0), "that is anybody's to try");
}

#[test]
fn a_passphrase_file_is_a_file_and_its_owners_alone() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    mia.write("open", crate::acme::PASSPHRASE);
    let with = |file: &str| mia.kit(["reveal", "aws-root", "--field", "user", "--reason", "x", "--passphrase-file", file]);
    with("open").ok().says("others on this machine may read open: chmod 600 it");
    with("p").ok().lacks("chmod");
    // A pipe with a name, into which nobody ever writes.
    mia.run("mkfifo", ["pipe"], b"").ok();
    with("pipe").fails(2).says("pipe is no file").says("<(PROGRAM)");
    with("/dev/zero").fails(2).says("is no file");
    with(".").fails(2).says("is no file");
    // One that the shell made is given on purpose.
    let kit = mia.kit_command();
    let mut shell = mia.command(crate::world::peer("sh"));
    shell.args(["-c", "cat p | exec \"$0\" \"$@\" 3<&0"]).arg(kit.get_program()).args(kit.get_args());
    shell.args(["reveal", "aws-root", "--field", "user", "--reason", "x", "--passphrase-file", "/dev/fd/3"]);
    let out = shell.output().unwrap();
    assert_eq!(out.stdout, b"aws-root@example.com", "{}", String::from_utf8_lossy(&out.stderr));
}

/// Whoever looks for somebody to call is not told to call themselves, and first of those who are awake.
#[test]
fn holders_are_others_and_first_those_who_are_awake() {
    let vault = Vault::sealed();
    let run = reveal(&vault.mia, &["okta-admin", "--field", "password"]);
    run.fails(5).says("Holders are:").lacks("Mia Krause");
    let place = |text: &str| run.stderr.find(text).unwrap_or_else(|| panic!("{}", run.stderr));
    assert!(place("Dana Fox") < place("Alice Okafor"), "{}", run.stderr);
    run.says("likely asleep");
    assert!(place("Alice Okafor") < place("likely asleep"), "{}", run.stderr);
}
