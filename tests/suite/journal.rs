//! Recording, killed and refused at every step: either the line is whole on the disk, and what it says may be done, or nothing
//! may be shown; and the next record goes on.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

use outage_kit::{
    audit::examine,
    record::record,
    store::{Journal, Store},
};

use crate::{
    child::{Under, job},
    crash::{at_each_call, copy, temporaries},
    log::{Desk, occasion, opened},
    vault::Vault,
    world::{NOW, World},
};

/// Calls at which a recording process is killed: those that change something.
const KILLED_AT: [&str; 7] =
    ["openat", "write", "fsync", "rename,renameat,renameat2", "link,linkat", "unlink,unlinkat", "mkdir,mkdirat"];

/// Calls that fail, and how.
const FAILS: [(&str, &[&str]); 6] = [
    ("write", &["ENOSPC"]),
    ("fsync", &["EIO"]),
    ("openat", &["EMFILE"]),
    ("rename,renameat,renameat2", &["ENOSPC"]),
    ("mkdir,mkdirat", &["ENOSPC"]),
    ("flock", &["ENOLCK"]),
];

/// What a child does: records an opening and says `shown RECEIPT`, as `kit reveal` shows a value then, or why not.
pub(crate) fn record_here(home: &Path, reason: &str) -> String {
    let desk = Desk::at(home);
    match record(&desk.store, &desk.reading, &desk.key, occasion(opened("aws-root", 1), reason, NOW)) {
        Ok(recorded) => format!("shown {}", recorded.line.receipt().join(" ")),
        Err(error) => format!("error: {}", error.to_string().replace('\n', "; ")),
    }
}

/// Records until the disk is full, then makes room and records once more; says what stands in the journal each time.
pub(crate) fn record_until_full(home: &Path, fill: &Path) -> String {
    let mut shown = 0;
    let error = loop {
        let answer = record_here(home, "until it is full");
        if !answer.starts_with("shown ") {
            break answer;
        }
        shown += 1;
        assert!(shown < 1000, "the disk is never full");
    };
    let full = lines(home, "full");
    assert!(full == shown || full == shown + 1, "{full} lines, {shown} were shown: {error}");
    fs::remove_file(fill).unwrap();
    let after = record_here(home, "there is room again");
    format!("{error} | {} | {}", after.split(' ').next().unwrap(), lines(home, "room") - full)
}

/// How many entries the own journal has; it has to be whole, but for an end that was cut short.
fn lines(home: &Path, what: &str) -> usize {
    let (handle, journal) = read(home);
    let kit = Store::list(home).unwrap().pop().unwrap();
    let audit = examine(&journal, &kit, &handle, None, true);
    assert!(audit.is_sound(), "{what}: {:?}", audit.faults);
    audit.lines
}

/// The only journal, and the handle that it is called by.
fn read(home: &Path) -> (String, Journal) {
    let kit = Store::list(home).unwrap().pop().unwrap();
    let store = Store::open(home, &kit).unwrap();
    let handle = store.journals().unwrap().pop().unwrap_or_default();
    let journal = store.journal(&handle).unwrap();
    (handle, journal)
}

/// Mia's machine with one entry in its journal.
fn mia() -> World {
    let mia = Vault::sealed().mia;
    let answer = record_here(&mia.path("mia-home"), "the first");
    assert!(answer.starts_with("shown "), "{answer}");
    mia
}

/// Strikes at each call of recording on copies of a home and looks what became of it; how often it was struck.
fn strike(template: &Path, calls: &str, blow: &str) -> usize {
    let before = lines(template, "template");
    let prepare = || {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        copy(template, &home);
        let words = vec![PathBuf::from("record"), home, PathBuf::from("struck")];
        (folder, words)
    };
    at_each_call(calls, blow, prepare, |folder, blow| {
        let what = &blow.what;
        let home = folder.path().join("home");
        let whole = lines(&home, what);
        assert!(whole == before || whole == before + 1, "{what}: {whole} entries");
        if let Some(receipt) = blow.answer.as_deref().and_then(|answer| answer.strip_prefix("shown ")) {
            let (_, journal) = read(&home);
            let last = journal.lines.last().unwrap_or_else(|| panic!("{what}: shown, and nothing is recorded"));
            assert!(last.receipt().join(" ") == receipt && !journal.is_torn, "{what}: shown, and not recorded");
        }
        let next = record_here(&home, "the next");
        assert!(next.starts_with("shown "), "{what}: {next}");
        let (_, journal) = read(&home);
        assert!(!journal.is_torn && lines(&home, what) == whole + 1, "{what}: the next goes on");
        if !blow.is_kill {
            assert_eq!(temporaries(&home), [] as [PathBuf; 0], "{what}");
        }
    })
}

#[test]
fn recording_is_killed_or_refused_at_any_call_and_shows_nothing_that_is_not_recorded() {
    let mia = mia();
    let template = mia.path("mia-home");
    let mut kills = 0;
    for calls in KILLED_AT {
        kills += strike(&template, calls, "signal=SIGKILL");
    }
    assert!(kills > 10, "{kills}");
    for (calls, errors) in FAILS {
        for error in errors {
            strike(&template, calls, &format!("error={error}"));
        }
    }
}

#[test]
fn a_torn_end_is_cut_off_by_the_next_record_and_that_may_be_killed_too() {
    let mia = mia();
    let home = mia.path("mia-home");
    let file = Desk::at(&home).file(&home);
    let whole = fs::read(&file).unwrap();
    for torn in [1, 700, whole.len() - 1] {
        fs::write(&file, [whole.as_slice(), whole.get(..torn).unwrap()].concat()).unwrap();
        assert!(read(&home).1.is_torn);
        if torn == 700 {
            for calls in ["write", "rename,renameat,renameat2"] {
                strike(&home, calls, "signal=SIGKILL");
                strike(&home, calls, "error=ENOSPC");
            }
        }
        let next = record_here(&home, "after a torn end");
        assert!(next.starts_with("shown "), "{next}");
        assert_eq!((read(&home).1.is_torn, lines(&home, "mended")), (false, 2));
        fs::write(&file, &whole).unwrap();
    }
}

#[test]
fn several_who_record_at_once_make_one_chain() {
    let mia = mia();
    let home = mia.path("mia-home");
    let words: Vec<PathBuf> = vec!["record".into(), home.clone(), "at once".into()];
    let start = || -> Child { job(&words).command(&Under::Nothing).stdout(Stdio::piped()).spawn().unwrap() };
    let running: Vec<Child> = (0..6).map(|_| start()).collect();
    let mut receipts = Vec::new();
    for child in running {
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (_, receipt) = text.split_once("job: shown ").unwrap_or_else(|| panic!("{text}"));
        receipts.push(receipt.lines().next().unwrap().to_owned());
    }
    let (_, journal) = read(&home);
    let mut found: Vec<String> = journal.lines.iter().skip(1).map(|line| line.receipt().join(" ")).collect();
    found.sort();
    receipts.sort();
    assert_eq!((found, lines(&home, "at once")), (receipts, 7));
}

#[test]
fn a_full_disk_refuses_to_record_and_harms_nothing() {
    let mia = mia();
    let (template, full) = (mia.path("mia-home"), mia.path("full"));
    fs::create_dir(&full).unwrap();
    let (from, at) = (template.display(), full.display());
    let script = format!(
        "mount -t tmpfs -o size=2m,mode=0700 none {at}; cp -a {from}/. {at}/; rm -f {at}/kits/*/journal/*.log; \
         dd if=/dev/zero of={at}/fill bs=4k 2>/dev/null || true; \
         dd if=/dev/zero of={at}/fill bs=4k count=1 conv=notrunc seek=0 2>/dev/null; truncate -s -64k {at}/fill"
    );
    let words: Vec<PathBuf> = vec!["record-until-full".into(), full.clone(), full.join("fill")];
    let answer = job(&words).answer(&Under::Mounts(&script));
    assert!(answer.contains("the journal could not be written") && answer.ends_with("| shown | 1"), "{answer}");
    assert!(answer.contains("the disk is full"), "{answer}");
}
