//! Opening is killed or refused at every call that it makes of the system: then it is recorded and shown, or recorded and not
//! shown, or neither. Never shown and not recorded.

use std::{fs, os::unix::process::ExitStatusExt as _, path::Path};

use crate::{
    reveal::entries,
    vault::{CANARY_CODES, CANARY_NOTE, CANARY_PASSWORD, Vault},
    world::{World, peer},
};

/// More calls of a kind than any opening makes.
const CALLS_MAX: usize = 400;

/// Calls at which it is killed: those that change something, and those that may give a value away.
const KILLED_AT: [&str; 8] = [
    "openat",
    "write",
    "fsync",
    "rename,renameat,renameat2",
    "link,linkat",
    "unlink,unlinkat",
    "mkdir,mkdirat",
    "ftruncate,fchmod,chmod,fchmodat",
];

/// Calls that fail, and how.
const FAILS: [(&str, &[&str]); 8] = [
    ("write", &["ENOSPC"]),
    ("fsync", &["ENOSPC"]),
    ("openat", &["ENOSPC"]),
    ("read", &["EIO"]),
    ("rename,renameat,renameat2", &["EROFS"]),
    ("mkdir,mkdirat", &["ENOSPC"]),
    ("unlink,unlinkat", &["EROFS"]),
    ("flock", &["ENOLCK"]),
];

/// A way to open.
struct Way {
    /// The words behind `kit`.
    words: &'static [&'static str],
    /// What it gives away, and how many entries have to stand before that.
    gives: &'static str,
    entries: usize,
}

const FIXED: [&str; 4] = ["--reason", "Okta is down", "--passphrase-file", "p"];

const PASSWORD: Way = Way { words: &["reveal", "aws-root", "--field", "password"], gives: CANARY_PASSWORD, entries: 1 };
const FILE: Way = Way { words: &["reveal", "aws-root", "--field", "note", "--to", "out"], gives: CANARY_NOTE, entries: 1 };
const CODE: Way = Way { words: &["reveal", "aws-root", "--field", "codes"], gives: "canary-c1-7731", entries: 2 };
const EXEC: Way = Way { words: &["exec", "aws-root", "--file", "N=note"], gives: CANARY_PASSWORD, entries: 1 };

/// What the program of `kit exec` does: it keeps what it was given.
const PROGRAM: [&str; 4] = ["--", "sh", "-c", "printf %s \"$AWS_ROOT_PASSWORD\" >out"];

struct Struck {
    is_struck: bool,
    is_given: bool,
    recorded: usize,
    said: String,
    is_ok: bool,
}

/// Runs it with something done to its calls.
fn strike(world: &World, way: &Way, calls: &str, blow: &str) -> Struck {
    forget(world);
    let kit = world.kit_command();
    let mut strace = world.command(peer("strace"));
    let (trace, inject) = (format!("trace={calls}"), format!("inject={calls}:{blow}"));
    strace.args(["-f", "-qq", "-o", "calls", "-e", &trace, "-e", &inject]);
    strace.arg(kit.get_program()).args(kit.get_args()).args(way.words).args(FIXED);
    if way.words[0] == "exec" {
        let asks_for = if way.gives == CANARY_PASSWORD { "AWS_ROOT_PASSWORD=password" } else { way.gives };
        strace.args(["--env", asks_for]).args(PROGRAM);
    }
    let out = strace.output().unwrap();
    let is_killed = out.status.signal() == Some(9);
    let is_struck = is_killed || String::from_utf8_lossy(&world.read("calls")).contains("(INJECTED)");
    let written = fs::read(world.path("out")).unwrap_or_default();
    let is_given = [&out.stdout, &written].iter().any(|bytes| String::from_utf8_lossy(bytes).contains(&way.gives[..10]));
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!said.contains("canary") && !said.contains("panicked") && !said.contains("a bug"), "{inject}: {said}");
    Struck { is_struck, is_given, recorded: entries(world, "mia-home").len(), said, is_ok: out.status.success() }
}

/// No opening was ever recorded here, and nothing written.
fn forget(world: &World) {
    for kit in fs::read_dir(world.path("mia-home/kits")).unwrap() {
        let journal = kit.unwrap().path().join("journal");
        if journal.exists() {
            fs::remove_dir_all(journal).unwrap();
        }
    }
    let _ = fs::remove_file(world.path("out"));
}

/// Each call of a kind in turn, until it makes no more of them; how many there were.
fn at_each_call(world: &World, way: &Way, calls: &str, blow: &str) -> usize {
    for number in 1..CALLS_MAX {
        let what = format!("{:?}: {blow} at {calls} {number}", way.words);
        let struck = strike(world, way, calls, &format!("{blow}:when={number}"));
        let Struck { is_struck, is_given, recorded, ref said, is_ok } = struck;
        assert!(!is_given || recorded >= way.entries, "{what}: given away with {recorded} entries: {said}");
        assert!(recorded <= way.entries, "{what}: {recorded} entries");
        assert!(is_given || !is_ok, "{what}: it says that all is well: {said}");
        assert!(is_ok || !said.is_empty() || blow.contains("KILL"), "{what}: it says nothing");
        if !is_struck {
            assert!(is_ok && is_given && recorded == way.entries, "{what}: {said}");
            return number - 1;
        }
        if number % 25 == 0 {
            goes_on(world, &what);
        }
    }
    panic!("{blow} at {calls}: there is no end of them");
}

/// What comes after a blow is recorded and shown as ever.
fn goes_on(world: &World, what: &str) {
    let before = entries(world, "mia-home").len();
    let words = ["reveal", "aws-root", "--field", "password"].iter().chain(&FIXED);
    let run = world.kit(words);
    assert!(run.status == 0 && run.stdout == CANARY_PASSWORD, "{what}: then {}", run.stderr);
    assert_eq!(entries(world, "mia-home").len(), before + 1, "{what}");
    world.kit(["log", "verify"]).ok();
}

#[test]
fn a_kill_at_any_call_leaves_it_recorded_or_not_shown() {
    let vault = Vault::sealed();
    let counts = KILLED_AT.map(|calls| at_each_call(&vault.mia, &PASSWORD, calls, "signal=SIGKILL"));
    assert!(counts.iter().sum::<usize>() > 30 && counts[1] > 3 && counts[2] > 0, "{counts:?}");
    goes_on(&vault.mia, "at the end");
}

#[test]
fn a_failure_of_any_call_leaves_it_recorded_or_not_shown() {
    let vault = Vault::sealed();
    let mut counts = Vec::new();
    for (calls, errors) in FAILS {
        for error in errors {
            counts.push(at_each_call(&vault.mia, &PASSWORD, calls, &format!("error={error}")));
        }
    }
    assert!(counts.iter().sum::<usize>() > 50, "{counts:?}");
    goes_on(&vault.mia, "at the end");
}

#[test]
fn files_codes_and_programs_get_nothing_that_is_not_recorded() {
    let vault = Vault::sealed();
    for way in [FILE, CODE, EXEC] {
        for calls in ["write", "fsync"] {
            at_each_call(&vault.mia, &way, calls, "signal=SIGKILL");
            at_each_call(&vault.mia, &way, calls, "error=ENOSPC");
        }
    }
    assert_eq!(CANARY_CODES.lines().next(), Some(CODE.gives));
    assert!(Path::new(&vault.mia.path("mia-home")).exists());
    goes_on(&vault.mia, "at the end");
}
