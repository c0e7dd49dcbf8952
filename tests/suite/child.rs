//! One job in a process of its own: to be killed, starved, stopped, or given another umask.
//!
//! The suite runs itself with one test selected, [`child`], and the job in the environment. The job prints one line.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use outage_kit::{
    bundle::KitId,
    disk::{self, Access},
    source::{Item, Version},
    store::{Store, StoreError},
};

use crate::{
    place::Place,
    store::{KIT, Member, at, files, settings},
};

/// How many calls the job's thread makes of what the test harness's own thread also calls, before the job begins: strace
/// counts calls by thread, so from this number on it means the job.
pub(crate) const WARM_UP: usize = 40;

/// The device whose letters the jobs queue.
pub(crate) const HANDLE: &str = "abcdefghij234567";

/// Prints what became of a job to the parent.
const ANSWER: &str = "job: ";

/// A job, not started.
pub(crate) struct Job {
    words: Vec<String>,
}

/// What runs the process.
pub(crate) enum Under<'a> {
    Nothing,
    /// `strace` with these arguments; nothing is traced to a file.
    Strace(&'a [&'a str]),
    /// `sh -c SCRIPT`, which ends in `exec "$@"`.
    Shell(&'a str),
    /// The same, as root of an own mount namespace.
    Mounts(&'a str),
}

pub(crate) fn job<S: AsRef<OsStr>>(words: &[S]) -> Job {
    let text = |word: &S| word.as_ref().to_str().expect("the tests' words are UTF-8").to_owned();
    Job { words: words.iter().map(text).collect() }
}

impl Job {
    pub(crate) fn command(&self, under: &Under<'_>) -> Command {
        let exe = std::env::current_exe().expect("the suite knows its own path");
        let child = ["child::child", "--exact", "--nocapture", "--test-threads=1"];
        let mut command = match under {
            Under::Nothing => Command::new(&exe),
            Under::Strace(arguments) => {
                let mut strace = Command::new("strace");
                // Not with --seccomp-bpf: strace 6.1 then injects no signals.
                strace.args(["-f", "-qq"]).args(*arguments).arg(&exe);
                strace
            }
            Under::Shell(script) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &format!("set -e; {script}; exec \"$@\""), "sh"]).arg(&exe);
                shell
            }
            Under::Mounts(script) => {
                let mut shell = Command::new("unshare");
                let is_root = rustix::process::geteuid().is_root();
                shell.args([if is_root { "-m" } else { "-rm" }, "sh", "-c", &format!("set -e; {script}; exec \"$@\""), "sh"]);
                shell.arg(&exe);
                shell
            }
        };
        command.args(child).env_clear().stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("KIT_SUITE_JOB", serde_json::to_string(&self.words).expect("words"));
        command
    }

    /// Runs it to its end, or to wherever it is stopped; the answer, if it came to one.
    pub(crate) fn run(&self, under: &Under<'_>) -> Ran {
        let mut command = self.command(under);
        let program = command.get_program().to_owned();
        let output = command
            .output()
            .unwrap_or_else(|e| panic!("{program:?} could not be run ({e}); install it: apt-get install strace util-linux"));
        Ran { answer: answer(&output), output }
    }

    /// Its answer, when it has to come to one.
    pub(crate) fn answer(&self, under: &Under<'_>) -> String {
        let ran = self.run(under);
        ran.answer.unwrap_or_else(|| panic!("the job came to no answer: {:?}", ran.output))
    }
}

pub(crate) struct Ran {
    pub(crate) answer: Option<String>,
    pub(crate) output: Output,
}

fn answer(output: &Output) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (_, answer) = text.split_once(ANSWER)?;
    Some(answer.split(['\n']).next().unwrap_or_default().to_owned())
}

/// The other side: does nothing unless it was started by [`Job`].
#[test]
fn child() {
    let Ok(words) = std::env::var("KIT_SUITE_JOB") else { return };
    let words: Vec<String> = serde_json::from_str(&words).expect("words");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    warm_up();
    let answer = match *words.as_slice() {
        ["accept", home, kit, ref bundles @ ..] => accept(home, kit, bundles),
        ["create", home, _, trusted] => {
            let trust = serde_json::from_slice(&fs::read(trusted).expect("there")).expect("what to trust");
            say(Store::create(home.as_ref(), &trust, &settings(), &files()).map(|_| "made"))
        }
        ["current", home, kit] => say(open(home, kit).and_then(|store| store.current()).map(|g| g.mark().to_string())),
        ["remember", home, kit] => say(remember(home, kit)),
        ["lock", home, kit, wait_s] => {
            say(open(home, kit).and_then(|store| store.lock(wait_s.parse().expect("seconds"))).map(|_| "locked"))
        }
        ["seed", folder] => seed(Path::new(folder)),
        ["hold", home, kit] => {
            let _lock = open(home, kit).and_then(|store| store.lock(0)).expect("nobody else holds it");
            println!("{ANSWER}held");
            loop {
                std::thread::park();
            }
        }
        ["replace", path, text] => say(disk::replace(path.as_ref(), text.as_bytes(), Access::Private).map(|()| "written")),
        ["create-new", path, text] => say(disk::create_new(path.as_ref(), text.as_bytes(), Access::Shared).map(|()| "written")),
        ["make-dir", path] => say(disk::make_dir(path.as_ref(), Access::Private).map(|()| "made")),
        ["letter", home, kit] => say(letter(home, kit)),
        ["record", home, reason] => crate::journal::record_here(Path::new(home), reason),
        ["record-until-full", home, fill] => crate::journal::record_until_full(Path::new(home), Path::new(fill)),
        ["publish", address, file] => publish(address, file, None),
        ["publish", address, file, expected] => publish(address, file, Some(expected)),
        ref other => panic!("no such job: {other:?}"),
    };
    println!("{ANSWER}{answer}");
}

fn warm_up() {
    for _ in 0..WARM_UP {
        let mut null = File::options().read(true).write(true).open("/dev/null").expect("/dev/null is there");
        null.write_all(b".").expect("/dev/null takes it");
        let _ = std::io::Read::read(&mut null, &mut [0]);
    }
}

fn id(kit: &str) -> KitId {
    KitId::parse(kit).expect("a kit id")
}

fn open(home: &str, kit: &str) -> Result<Store, StoreError> {
    Store::open(Path::new(home), &id(kit))
}

fn accept(home: &str, kit: &str, bundles: &[&str]) -> String {
    let mut store = match open(home, kit) {
        Ok(store) => store,
        Err(error) => return format!("error: {error}"),
    };
    let mut answers = Vec::new();
    for bundle in bundles {
        let verified = store.verify(fs::read(bundle).expect("the bundle is there")).expect("the bundle is good");
        let accepted = store.lock(60).and_then(|lock| store.accept(&lock, &verified, at(0)));
        answers.push(say(accepted.map(|accepted| format!("{accepted:?}"))));
    }
    answers.join(" | ")
}

/// For `tests/power-cut`: a home that accepted 41 and 42, and the bundle 43, in a folder.
fn seed(folder: &Path) -> String {
    let member = Member::with(&[41, 42]);
    let offered = member.bundle_file(1, 43);
    let moved = std::process::Command::new("cp").arg("-a").args([&member.home, &offered]).arg(folder).status();
    assert!(moved.expect("cp runs").success());
    format!("{KIT} {}", offered.file_name().expect("a name").to_string_lossy())
}

fn remember(home: &str, kit: &str) -> Result<&'static str, StoreError> {
    let mut store = open(home, kit)?;
    let lock = store.lock(60)?;
    store.remember(&lock, at(60), Some(3), &[]).map(|()| "remembered")
}

/// Queues a letter under the next number and takes it out again, as when a source took it; gives the number.
fn letter(home: &str, kit: &str) -> Result<u64, StoreError> {
    let store = open(home, kit)?;
    let lock = store.lock(60)?;
    let number = store.next_number(HANDLE)?;
    let bytes = format!("letter {number}");
    let name = Item::new(HANDLE, number, bytes.as_bytes()).expect("a name");
    store.enqueue(&lock, &name, bytes.as_bytes())?;
    store.delivered(&lock, &name, bytes.as_bytes())?;
    Ok(number)
}

/// `expected` is a file whose bytes are expected to stand there.
fn publish(address: &str, file: &str, expected: Option<&str>) -> String {
    let source = Place::here(address);
    let expected: Option<Version> = expected.map(|path| {
        let path = PathBuf::from(path);
        let same = Place::at(path.to_str().expect("UTF-8"));
        same.fetch(1 << 20).expect("readable").expect("there").version
    });
    say(source.publish(&fs::read(file).expect("there"), expected.as_ref()).map(|()| "published"))
}

fn say<T: ToString, E: std::fmt::Display>(result: Result<T, E>) -> String {
    match result {
        Ok(value) => value.to_string(),
        Err(error) => format!("error: {}", error.to_string().replace('\n', "; ")),
    }
}
