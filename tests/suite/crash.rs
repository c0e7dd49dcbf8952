//! Killed and refused at every system call: afterwards the old or the new stands, whole, and the next attempt succeeds.
//!
//! `strace` counts the calls of one kind that the job's thread makes and, at the N-th, kills the process or makes the call
//! fail; N goes up until the job comes through.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

use outage_kit::{
    disk,
    store::{Accepted, Store, StoreError},
};

use crate::{
    child::{HANDLE, Under, WARM_UP, job},
    store::{KIT, Member, bundle, files, kit, settings, trusted},
};

/// More of one kind than any job makes; reaching it means the job never comes through.
const CALLS_MAX: usize = 400;

/// Calls at which a process is killed: those that change something. Between them every moment is like the next of these.
const KILLED_AT: [&str; 9] = [
    "openat",
    "write",
    "fsync",
    "rename,renameat,renameat2",
    "link,linkat",
    "unlink,unlinkat",
    "mkdir,mkdirat",
    "ftruncate",
    "fchmod,chmod,fchmodat",
];

/// Calls that fail, and how.
const FAILS: [(&str, &[&str]); 10] = [
    ("write", &["ENOSPC", "EIO", "EDQUOT"]),
    ("fsync", &["EIO", "ENOSPC", "EDQUOT"]),
    ("rename,renameat,renameat2", &["ENOSPC", "EIO", "EXDEV", "EROFS"]),
    ("openat", &["EMFILE", "EIO", "EACCES", "ENOSPC"]),
    ("read", &["EIO"]),
    ("getdents64", &["EIO"]),
    ("mkdir,mkdirat", &["ENOSPC", "EACCES"]),
    ("unlink,unlinkat", &["EIO", "EROFS"]),
    ("flock", &["ENOLCK", "EIO"]),
    ("ftruncate", &["EIO"]),
];

/// What was done to the N-th call.
pub(crate) struct Blow {
    pub(crate) what: String,
    pub(crate) is_kill: bool,
    /// What the job itself said, if it lived to say something.
    pub(crate) answer: Option<String>,
}

/// Does one thing at one call to fresh copies of what `prepare` makes, at each call in turn, until there is no such call
/// any more; how many there were.
pub(crate) fn at_each_call<T>(
    calls: &str,
    blow: &str,
    mut prepare: impl FnMut() -> (T, Vec<PathBuf>),
    mut check: impl FnMut(&T, &Blow),
) -> usize {
    let trace = tempfile::NamedTempFile::new().expect("a temporary file");
    let trace_path = trace.path().to_str().expect("UTF-8");
    // These the harness's own thread makes too: the job's are told apart by their number.
    let first = if ["openat", "read", "write"].contains(&calls) { WARM_UP + 1 } else { 1 };
    for number in first..first + CALLS_MAX {
        let (place, words) = prepare();
        let inject = format!("inject={calls}:{blow}:when={number}");
        let ran = job(&words).run(&Under::Strace(&["-o", trace_path, "-e", &format!("trace={calls}"), "-e", &inject]));
        let is_struck = ran.answer.is_none() || fs::read_to_string(trace.path()).expect("a trace").contains("(INJECTED)");
        let blow = Blow { what: format!("{inject} of {:?}", words[0]), is_kill: blow.contains("SIGKILL"), answer: ran.answer };
        check(&place, &blow);
        if !is_struck {
            return number - first;
        }
    }
    panic!("{blow} at {calls}: there is no end of them");
}

/// Every kill and every failure, once and from then on.
fn each_blow(mut then: impl FnMut(&str, &str)) {
    for calls in KILLED_AT {
        then(calls, "signal=SIGKILL");
    }
    for (calls, errors) in FAILS {
        for error in errors {
            then(calls, &format!("error={error}"));
        }
    }
}

pub(crate) fn temporaries(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in disk::entries(folder).expect("listed") {
        if path.is_dir() {
            found.extend(temporaries(&path));
        } else if path.extension().is_some_and(|ending| ending == "tmp") {
            found.push(path);
        }
    }
    found
}

/// A copy of a folder with the modes of everything in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("made");
    fs::set_permissions(to, fs::metadata(from).expect("facts").permissions()).expect("set");
    for path in disk::entries(from).expect("listed") {
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("copied");
        }
    }
}

fn copy_of(member: &Member) -> Member {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = folder.path().join("home");
    copy(&member.home, &home);
    Member { folder, home }
}

fn words(what: &str, member: &Member, more: &[PathBuf]) -> Vec<PathBuf> {
    [&[PathBuf::from(what), member.home.clone(), PathBuf::from(KIT)], more].concat()
}

#[test]
fn accepting_is_killed_or_refused_at_any_call_f1_f6_f7_f8_f44() {
    // The oldest of three is pruned, which is the last thing that happens.
    let template = Member::with(&[40, 41, 42]);
    let offered = template.bundle_file(1, 43);
    let highest = |member: &Member| member.store().state().expect("state").highest.expect("something was accepted").seq;
    let mut kills = 0;
    each_blow(|calls, blow| {
        let prepare = || {
            let member = copy_of(&template);
            let words = words("accept", &member, std::slice::from_ref(&offered));
            (member, words)
        };
        let struck = at_each_call(calls, blow, prepare, |member, blow| {
            let Blow { what, is_kill, answer } = blow;
            let said_new = answer.as_deref() == Some("New");
            let seq = member.seq();
            assert!(seq == 43 || (seq == 42 && !said_new), "{what}: {seq} answers after {answer:?}");
            assert_eq!(highest(member), seq, "{what}");
            assert!(member.generations().iter().all(|path| path.extension().is_some_and(|e| e == "kit" || e == "tmp")), "{what}");
            let unlinking_fails = what.contains("inject=unlink");
            assert!(
                *is_kill || unlinking_fails || temporaries(&member.home).is_empty(),
                "{what}: {:?}",
                temporaries(&member.home)
            );
            assert!(matches!(member.accept(1, 41), Err(StoreError::Rollback { .. })), "{what}");
            let again = member.accept(1, 43).unwrap_or_else(|e| panic!("{what}: {e}"));
            assert_eq!(again, if seq == 43 { Accepted::AlreadyCurrent } else { Accepted::New }, "{what}");
            assert_eq!((member.seq(), member.generations().len()), (43, 3), "{what}");
            assert!(member.store().current().expect("answers").notes().is_empty(), "{what}: all is mended");
            assert_eq!(temporaries(&member.home), [] as [PathBuf; 0], "{what}: swept");
        });
        // A loop that strikes nothing would prove nothing.
        match calls {
            "fsync" => assert_eq!(struck, 4, "two files, two folders"),
            "rename,renameat,renameat2" => assert_eq!(struck, 2),
            "unlink,unlinkat" => assert_eq!(struck, 1, "the oldest generation"),
            _ => {}
        }
        kills += if blow.contains("SIGKILL") { struck } else { 0 };
    });
    assert!(kills > 20, "{kills}");
}

#[test]
fn a_letter_is_queued_and_delivered_killed_or_refused_at_any_call() {
    let template = Member::with(&[41]);
    let letter = |member: &Member| job(&words("letter", member, &[])).answer(&Under::Nothing);
    assert_eq!([letter(&template), letter(&template)], ["1", "2"]);
    let mut kills = 0;
    each_blow(|calls, blow| {
        let prepare = || {
            let member = copy_of(&template);
            let words = words("letter", &member, &[]);
            (member, words)
        };
        let struck = at_each_call(calls, blow, prepare, |member, blow| {
            let what = &blow.what;
            let store = member.store();
            let queue = store.queued().unwrap_or_else(|e| panic!("{what}: {e}"));
            assert!(queue.damaged.is_empty() && queue.letters.len() <= 1, "{what}: {queue:?}");
            let is_used = queue.letters.len() == 1 || blow.answer.as_deref() == Some("3");
            let next = store.next_number(HANDLE).unwrap_or_else(|e| panic!("{what}: {e}"));
            assert!(next == 4 || (next == 3 && !is_used), "{what}: {next} is next, and {queue:?} waits");
            // It goes on from there, and nothing is left behind but what waits.
            assert_eq!(letter(member), next.to_string(), "{what}");
            assert_eq!(temporaries(&member.home), [] as [PathBuf; 0], "{what}: swept");
            assert_eq!(store.queued().expect("read").letters.len(), queue.letters.len(), "{what}");
        });
        kills += if blow.contains("SIGKILL") { struck } else { 0 };
    });
    assert!(kills > 10, "{kills}");
}

#[test]
fn failures_from_some_call_on_leave_the_old_kit_answering_f8() {
    let template = Member::with(&[41, 42]);
    let offered = template.bundle_file(1, 43);
    for (calls, error) in [("write", "ENOSPC"), ("fsync", "EIO"), ("openat", "EMFILE"), ("rename,renameat,renameat2", "EROFS")] {
        for number in 0..6 {
            let member = copy_of(&template);
            let first = if matches!(calls, "write" | "openat") { WARM_UP + 1 } else { 1 };
            let inject = format!("inject={calls}:error={error}:when={}+", first + number);
            let trace = format!("trace={calls}");
            let accept = job(&words("accept", &member, std::slice::from_ref(&offered)));
            accept.run(&Under::Strace(&["-o", "/dev/null", "-e", &trace, "-e", &inject]));
            let seq = member.seq();
            assert!([42, 43].contains(&seq), "{inject}");
            assert_eq!(temporaries(&member.home), [] as [PathBuf; 0], "{inject}");
            member.accept(1, 43).unwrap_or_else(|e| panic!("{inject}: {e}"));
            assert_eq!(member.seq(), 43, "{inject}");
        }
    }
}

#[test]
fn recovering_is_killed_at_any_call_too_f5() {
    // What a kill between the generation and the state leaves, with a damaged trust besides.
    let template = Member::with(&[41, 42]);
    let old = fs::read(template.dir().join("state.json")).expect("state");
    template.accept(1, 43).expect("accepted");
    fs::write(template.dir().join("state.json"), old).expect("restored");
    fs::write(template.dir().join("trust.json"), b"rot").expect("written");
    fs::write(template.dir().join("generations/.kit-0123456789abcdef.tmp"), bundle(1, 99, "never finished")).expect("written");
    let offered = template.bundle_file(1, 44);
    for calls in KILLED_AT {
        let prepare = || {
            let member = copy_of(&template);
            let words = words("accept", &member, std::slice::from_ref(&offered));
            (member, words)
        };
        at_each_call(calls, "signal=SIGKILL", prepare, |member, blow| {
            assert!([43, 44].contains(&member.seq()), "{}: {}", blow.what, member.seq());
            member.accept(1, 44).unwrap_or_else(|e| panic!("{}: {e}", blow.what));
            assert!(member.store().current().expect("answers").notes().is_empty(), "{}", blow.what);
            assert_eq!(temporaries(&member.home), [] as [PathBuf; 0], "{}", blow.what);
        });
    }
}

#[test]
fn making_a_store_is_killed_or_refused_at_any_call_f1() {
    each_blow(|calls, blow| {
        let prepare = || {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let home = folder.path().join("home");
            let member = Member { folder, home };
            let pinned = member.folder.path().join("pinned");
            fs::write(&pinned, serde_json::to_vec(&trusted()).expect("text")).expect("written");
            let words = words("create", &member, &[pinned]);
            (member, words)
        };
        at_each_call(calls, blow, prepare, |member, blow| {
            let what = &blow.what;
            let made = Store::create(&member.home, &trusted(), &settings(), &files());
            let is_listed = Store::list(&member.home).expect("listed") == [kit()];
            match made {
                Ok(_) => assert_ne!(blow.answer.as_deref(), Some("made"), "{what}: it said so, and it was not"),
                Err(StoreError::Exists { .. }) => {}
                Err(other) => panic!("{what}: {other}"),
            }
            assert!(is_listed, "{what}");
            let store = member.store();
            assert!(
                store.settings().is_ok() && store.reader().is_ok() && store.opener().is_ok() && store.device_key().is_ok(),
                "{what}"
            );
            assert_eq!(member.accept(1, 1).unwrap_or_else(|e| panic!("{what}: {e}")), Accepted::New);
            assert!(store.current().expect("answers").notes().is_empty(), "{what}");
        });
    });
}

#[test]
fn publishing_is_killed_or_refused_at_any_call_b14() {
    let template = tempfile::tempdir().expect("a temporary folder");
    let [old, new] = ["old", "new"].map(|name| template.path().join(name));
    fs::write(&old, "old".repeat(9000)).expect("written");
    fs::write(&new, "new".repeat(9000)).expect("written");
    each_blow(|calls, blow| {
        for is_first in [true, false] {
            let prepare = || {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let share = folder.path().join("share");
                let mut words = vec![PathBuf::from("publish"), share.clone(), new.clone()];
                if !is_first {
                    fs::create_dir(&share).expect("made");
                    fs::copy(&old, share.join("bundle.kit")).expect("copied");
                    words.push(old.clone());
                }
                (folder, words)
            };
            at_each_call(calls, blow, prepare, |folder, blow| {
                let what = &blow.what;
                let bundle = folder.path().join("share/bundle.kit");
                let stands = fs::read(&bundle).ok();
                let said_published = blow.answer.as_deref() == Some("published");
                let is_new = stands.as_deref() == Some("new".repeat(9000).as_bytes());
                let is_old = if is_first { stands.is_none() } else { stands.as_deref() == Some("old".repeat(9000).as_bytes()) };
                assert!(is_new || (is_old && !said_published), "{what}: neither old nor new, or it said so");
                if !is_new {
                    let mut words = vec![PathBuf::from("publish"), folder.path().join("share"), new.clone()];
                    words.extend((!is_first).then(|| old.clone()));
                    assert_eq!(job(&words).answer(&Under::Nothing), "published", "{what}: the next attempt");
                }
                let unlinking_fails = what.contains("inject=unlink");
                if !blow.is_kill && !unlinking_fails {
                    assert_eq!(temporaries(folder.path()), [] as [PathBuf; 0], "{what}");
                }
            });
        }
    });
}

#[test]
fn what_is_written_is_flushed_before_it_gets_its_name_and_the_folder_after_f4() {
    let member = Member::with(&[42]);
    let trace = member.folder.path().join("trace");
    let accept = job(&words("accept", &member, &[member.bundle_file(1, 43)]));
    let path = trace.to_str().expect("UTF-8");
    let calls = "trace=write,fsync,rename,renameat,renameat2";
    assert_eq!(accept.answer(&Under::Strace(&["-o", path, "-y", "-s", "4096", "-e", calls])), "New");
    let home = member.home.to_str().expect("UTF-8");
    let dir = member.dir();
    let generations = dir.join("generations");
    let calls: Vec<String> = fs::read_to_string(&trace)
        .expect("a trace")
        .lines()
        .filter(|line| line.contains(home) && !line.contains("/lock>"))
        .map(|line| {
            let call = line.split_whitespace().nth(1).and_then(|call| call.split('(').next()).expect("a call").to_owned();
            let folder = if line.contains(generations.to_str().expect("UTF-8")) { "generations" } else { "store" };
            let of = if line.contains("/.kit-") { "file" } else { "folder" };
            format!("{call} {of} in {folder}").replace("renameat2", "rename").replace("renameat", "rename")
        })
        .collect();
    let steps =
        |folder: &str| ["write file", "fsync file", "rename file", "fsync folder"].map(|step| format!("{step} in {folder}"));
    assert_eq!(calls, [steps("generations"), steps("store")].concat(), "the generation, then the state");
}

#[test]
fn many_processes_accept_at_once_while_others_read_f16() {
    const PROCESSES: usize = 8;
    let member = Member::with(&[10]);
    let bundles: Vec<PathBuf> = (11..=30).map(|seq| member.bundle_file(1, seq)).collect();
    let mut running: Vec<Child> = (0..PROCESSES)
        .map(|process| {
            // Each in an order of its own: most come too late for most numbers.
            let mut mine: Vec<PathBuf> = bundles.iter().skip(process % 3).step_by(1 + process % 4).cloned().collect();
            mine.push(bundles[bundles.len() - 1].clone());
            let accept = job(&words("accept", &member, &mine));
            accept.command(&Under::Nothing).stdout(Stdio::piped()).spawn().expect("started")
        })
        .collect();
    let mut last = 10;
    while running.iter_mut().any(|child| child.try_wait().expect("asked").is_none()) {
        // `Member::seq` compares the bytes with what was published under that number.
        let seq = member.seq();
        assert!(seq >= last, "{seq} after {last}");
        last = seq;
    }
    for child in running {
        let output = child.wait_with_output().expect("ended");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let (_, said) = said.split_once("job: ").unwrap_or_else(|| panic!("{output:?}"));
        for answer in said.lines().next().expect("a line").split(" | ") {
            let is_fine = ["New", "AlreadyCurrent"].contains(&answer) || answer.starts_with("error: ROLLBACK");
            assert!(is_fine, "{answer:?} in {said}");
        }
    }
    assert_eq!((member.seq(), member.generations().len()), (30, 3));
    assert!(member.store().current().expect("answers").notes().is_empty());
}

#[test]
fn a_killed_lock_holder_lets_go_and_a_stopped_one_is_named_f17_f18() {
    let member = Member::with(&[42]);
    let hold = || {
        let mut command = job(&words("hold", &member, &[])).command(&Under::Nothing);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("started");
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().expect("piped")));
        assert!(lines.any(|line| line.expect("a line").contains("job: held")));
        child
    };
    let mut holder = hold();
    let stop = std::process::Command::new("kill").args(["-STOP", &holder.id().to_string()]).status().expect("kill runs");
    assert!(stop.success());
    let error = member.store().lock(0).expect_err("taken").to_string();
    assert!(error.contains(&format!("another kit is writing: process {}", holder.id())), "{error}");
    assert_eq!(member.seq(), 42, "readers take no lock");
    holder.kill().expect("killed");
    holder.wait().expect("ended");
    assert_eq!(member.accept(1, 43).expect("free"), Accepted::New);
}

#[test]
fn reading_that_is_refused_at_any_call_looks_again_or_fails_and_remembers_nothing_f8() {
    let template = Member::with(&[40, 41, 42]);
    let mut answers = std::collections::BTreeSet::new();
    for (calls, errors) in [("read", ["EIO", "EINVAL"]), ("openat", ["EIO", "EMFILE"]), ("getdents64", ["EIO", "ENOENT"])] {
        for error in errors {
            let prepare = || (template.seq(), words("current", &template, &[]));
            at_each_call(calls, &format!("error={error}"), prepare, |before, blow| {
                let answer = blow.answer.clone().unwrap_or_else(|| panic!("{}: it ended", blow.what));
                assert!(answer == "42" || answer.starts_with("error: "), "{}: {answer}", blow.what);
                assert_eq!(*before, template.seq(), "{}: the next reader is not affected", blow.what);
                answers.insert(answer.chars().take(2).collect::<String>());
            });
        }
    }
    // One failing read is looked past by looking again.
    assert_eq!(answers.into_iter().collect::<Vec<_>>(), ["42", "er"]);
}

#[test]
fn a_limit_on_memory_is_no_damage_f14() {
    let member = Member::with(&[42]);
    let large = member.folder.path().join("large");
    fs::write(&large, bundle(1, 43, &"a long name ".repeat(100_000))).expect("written");
    for limit_kib in [4_000, 8_000, 16_000, 70_000, 72_000, 74_000, 76_000, 80_000, 90_000] {
        job(&words("accept", &member, std::slice::from_ref(&large))).run(&Under::Shell(&format!("ulimit -v {limit_kib}")));
        let current = member.store().current().expect("answers");
        assert!([42, 43].contains(&current.verified().seq()), "{limit_kib}");
    }
    assert!(member.accept(1, 44).is_ok());
}

#[test]
fn a_limit_on_open_files_is_an_error_and_no_damage_f13() {
    let member = Member::with(&[42]);
    let offered = member.bundle_file(1, 43);
    for limit in 3..12 {
        let accept = job(&words("accept", &member, std::slice::from_ref(&offered)));
        accept.run(&Under::Shell(&format!("ulimit -n {limit}")));
        assert!([42, 43].contains(&member.seq()), "{limit}");
        assert_eq!(temporaries(&member.home), [] as [PathBuf; 0], "{limit}");
    }
    member.accept(1, 43).expect("accepted");
}

#[test]
fn a_limit_on_file_size_is_no_damage_f13() {
    let member = Member::with(&[42]);
    let offered = member.folder.path().join("large");
    fs::write(&offered, bundle(1, 43, &"a long name ".repeat(10_000))).expect("written");
    let accept = job(&words("accept", &member, std::slice::from_ref(&offered)));
    // The signal that comes with it is ignored by the program; here by the shell before it.
    let answer = accept.answer(&Under::Shell("trap '' XFSZ; ulimit -f 8"));
    assert!(answer.starts_with("error: ") && answer.contains("File too large"), "{answer}");
    assert_eq!((member.seq(), temporaries(&member.home)), (42, vec![]));
    // And where it is not ignored, the process ends and nothing has changed.
    assert_eq!(accept.run(&Under::Shell("ulimit -f 8")).answer, None);
    assert_eq!(member.seq(), 42);
    member.accept(1, 43).expect("accepted");
}
