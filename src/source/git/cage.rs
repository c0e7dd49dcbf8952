//! The cage that git runs in: which settings it has to keep, what it sees of the environment, how long it may take.
//!
//! The user's own settings, keys, agent and credential helpers work as they do for git, because git reads the user's files;
//! what is set here comes after them and counts more. Nothing asks anybody, no hook runs, no other protocol is spoken, and
//! what another side sends is checked as it comes.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
    sync::mpsc,
    thread,
    time::Duration,
};

use super::{
    super::{Bounds, Outside, SourceError, ssh::CAGE},
    address::{GitAddress, Way},
    said,
};
use crate::{
    disk::{self, Scratch},
    program::{Call, Limit, Output, Program, ProgramError, Stop},
};

/// The oldest git that knows all that is asked of it.
const VERSION_MIN: (u32, u32) = (2, 30);

/// Settings that count more than any file's.
const SETTINGS: &[&str] = &[
    // Nothing of the repository, of templates or of the user runs a program, but what reaches the other side.
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.symlinks=false",
    "core.pager=cat",
    "init.templateDir=",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "push.recurseSubmodules=no",
    "push.followTags=false",
    "push.gpgSign=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.writeCommitGraph=false",
    // Nobody is asked.
    "core.askPass=",
    "credential.interactive=false",
    // What comes is checked, written to one file that can be watched, and big files are not taken into memory.
    "transfer.fsckObjects=true",
    "fetch.fsckObjects=true",
    "fetch.unpackLimit=1",
    "core.bigFileThreshold=1m",
    "pack.threads=1",
    "core.fsync=none",
    // Nothing is fetched from a third place.
    "protocol.version=2",
    "transfer.bundleURI=false",
    "http.followRedirects=false",
    "http.sslVerify=true",
    "http.saveCookies=false",
];

/// What runs at the other end of a repository of this machine, for reading and for writing. Its own settings and hooks would
/// run as this user, who may only have plugged in a stick.
const LOCAL_READER: &str =
    "git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c uploadpack.packObjectsHook=env upload-pack";
const LOCAL_WRITER: &str = "git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.alternateRefsCommand=true \
     -c receive.autogc=false -c gc.auto=0 -c maintenance.auto=false -c receive.denyCurrentBranch=refuse \
     -c receive.fsckObjects=true -c gc.recentObjectsHook=true receive-pack";

/// The variables of the user's network that git understands.
const HANDED_ON: &[&str] = &[
    "ALL_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "XDG_CONFIG_HOME",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// Most bytes of an answer that is no file: names of objects, a listing of an inbox.
const ANSWER_BYTES_MAX: u64 = 64 << 10;
/// What a branch may hold besides the bundle, in bytes, and what git writes besides what came.
const BESIDES_BYTES: u64 = 1 << 20;
/// How often the folder is looked at into which something is fetched.
const LOOK: Duration = Duration::from_millis(20);

/// git, for one address.
pub(super) struct Cage {
    name: String,
    program: Program,
    way: Way,
    arguments: Vec<OsString>,
    variables: Vec<(&'static str, OsString)>,
}

/// What git is asked, and how that is waited for.
pub(super) enum Errand<'a> {
    /// Work in the scratch folder: quick.
    Here,
    /// A question to the other side with a short answer.
    Ask,
    /// Something is sent to the other side.
    Send,
    /// Something comes, at most the bounds' cap of it, into this folder.
    Receive(&'a Scratch),
}

/// One call.
pub(super) struct Words<'a> {
    /// Arguments behind the settings.
    pub words: &'a [&'a str],
    /// What it reads.
    pub input: &'a [u8],
    /// Most bytes of its answer.
    pub answer_bytes_max: u64,
    /// The repository, where there is one: in the scratch folder.
    pub repository: Option<&'a Path>,
}

impl<'a> Words<'a> {
    /// With no input and a short answer, in this repository.
    pub(super) fn new(words: &'a [&'a str], repository: Option<&'a Path>) -> Self {
        Self { words, input: b"", answer_bytes_max: ANSWER_BYTES_MAX, repository }
    }
}

impl Cage {
    /// Finds git, and ssh where it is needed, and sees whether it is new enough.
    pub(super) fn new(address: &GitAddress, outside: &Outside, bounds: &Bounds) -> Result<Self, SourceError> {
        let name = address.to_string();
        let program = outside.program("git", &name)?;
        let mut variables: Vec<(&'static str, OsString)> = vec![
            ("GIT_ALLOW_PROTOCOL", address.protocol().into()),
            ("GIT_TERMINAL_PROMPT", "0".into()),
            ("GIT_ASKPASS", OsString::new()),
            ("SSH_ASKPASS", OsString::new()),
            ("SSH_ASKPASS_REQUIRE", "never".into()),
            ("GCM_INTERACTIVE", "never".into()),
            ("GIT_NO_REPLACE_OBJECTS", "1".into()),
            ("GIT_NO_LAZY_FETCH", "1".into()),
            ("GIT_ATTR_NOSYSTEM", "1".into()),
            // The same words from every git, and the same word of us to every server.
            ("LC_ALL", "C".into()),
            ("LANGUAGE", OsString::new()),
            ("GIT_USER_AGENT", "git/kit".into()),
        ];
        if address.way() == Way::Ssh {
            let ssh = outside.program("ssh", &name)?;
            variables.push(("GIT_SSH_COMMAND", ssh_command(&name, ssh.path(), bounds)?));
            variables.push(("GIT_SSH_VARIANT", "ssh".into()));
        }
        let handed = |name: &'static str| Some((name, outside.path(name)?.as_os_str().to_owned()));
        variables.extend(HANDED_ON.iter().filter_map(|name| handed(name)));
        let slowest = [
            format!("http.lowSpeedLimit={}", bounds.rate_min),
            format!("http.lowSpeedTime={}", bounds.first_byte.as_secs().max(1)),
        ];
        let settings = SETTINGS.iter().map(|&setting| setting.to_owned()).chain(slowest);
        let arguments = settings.flat_map(|setting| [OsString::from("-c"), setting.into()]).collect();
        let cage = Self { name, program, way: address.way(), arguments, variables };
        cage.check_version(bounds)?;
        Ok(cage)
    }

    /// What to call the other end's program, where it is one of this machine.
    pub(super) fn local_reader(&self) -> Option<String> {
        (self.way == Way::File).then(|| format!("--upload-pack={LOCAL_READER}"))
    }

    /// The same for publishing.
    pub(super) fn local_writer(&self) -> Option<String> {
        (self.way == Way::File).then(|| format!("--receive-pack={LOCAL_WRITER}"))
    }

    /// Refuses to write into a repository of this machine whose own settings name hooks: from git 2.54 on they are run, and
    /// have names that nobody can know before, so that no setting of ours switches them off.
    ///
    /// # Errors
    /// [`SourceError::ReadOnly`] when it does.
    pub(super) fn check_hooks(&self, folder: &Path, bounds: &Bounds) -> Result<(), SourceError> {
        let words = ["config", "--show-scope", "--includes", "--name-only", "--get-regexp", r"^hook\."];
        for repository in [folder.to_owned(), folder.join(".git")] {
            let output = self.call(&Words::new(&words, Some(&repository)), &Errand::Here, bounds)?;
            let own = |line: &str| line.starts_with("local") || line.starts_with("worktree");
            if output.status.success() && String::from_utf8_lossy(&output.stdout).lines().any(own) {
                let why = "its own settings name hooks, programs that would run as you".to_owned();
                return Err(SourceError::ReadOnly { name: self.name.clone(), why });
            }
        }
        Ok(())
    }

    /// Runs git and gives its answer if it was content.
    ///
    /// # Errors
    /// What it said, as the [`SourceError`] that it means.
    pub(super) fn run(&self, words: &Words<'_>, errand: &Errand<'_>, bounds: &Bounds) -> Result<Vec<u8>, SourceError> {
        let output = self.call(words, errand, bounds)?;
        if output.status.success() { Ok(output.stdout.to_vec()) } else { Err(said::error(&self.name, &output.said)) }
    }

    /// Runs git and gives its answer, content or not.
    ///
    /// # Errors
    /// [`SourceError`] when there is no answer, or none within the bounds.
    pub(super) fn call(&self, words: &Words<'_>, errand: &Errand<'_>, bounds: &Bounds) -> Result<Output, SourceError> {
        let mut arguments: Vec<&OsStr> = self.arguments.iter().map(OsString::as_os_str).collect();
        arguments.extend(words.words.iter().map(OsStr::new));
        // Without a repository there is none: not whatever stands in a folder above.
        let repository = words.repository.map_or(OsStr::new("/dev/null"), Path::as_os_str);
        let own = self.variables.iter().map(|(name, value)| (*name, value.as_os_str()));
        let variables: Vec<(&str, &OsStr)> = own.chain([("GIT_DIR", repository)]).collect();
        let left = match errand {
            Errand::Ask => bounds.left().min(bounds.first_byte),
            _ => bounds.left(),
        };
        let call = Call {
            input: words.input,
            output_bytes_max: words.answer_bytes_max,
            variables: &variables,
            folder: words.repository.filter(|folder| disk::is_folder(folder)).unwrap_or(Path::new("/")),
            stop: Some(&bounds.stop),
            ..Call::new(&arguments, Limit::Within(left))
        };
        let Errand::Receive(scratch) = errand else {
            return self.program.call(&call).map_err(|error| self.unanswered(error, errand, bounds));
        };
        let watched = Watched { name: &self.name, scratch, before: scratch.bytes(), bounds };
        let stop = Stop::default();
        let (output, verdict) = thread::scope(|scope| {
            let (done, is_done) = mpsc::channel::<()>();
            let (watched, stop) = (&watched, &stop);
            let watcher = scope.spawn(move || {
                let verdict = watched.watch(&is_done);
                if verdict.is_err() {
                    stop.stop();
                }
                verdict
            });
            let output = self.program.call(&Call { stop: Some(stop), ..call });
            drop(done);
            (output, watcher.join().unwrap_or(Ok(())))
        });
        match output {
            Ok(output) => Ok(output),
            Err(error) => Err(verdict.err().unwrap_or_else(|| self.unanswered(error, errand, bounds))),
        }
    }

    fn unanswered(&self, error: ProgramError, errand: &Errand<'_>, bounds: &Bounds) -> SourceError {
        let name = self.name.clone();
        match error {
            ProgramError::TimedOut { .. } if bounds.stop.is_stopped() => {
                SourceError::Stopped { name, seconds: bounds.elapsed().as_secs() }
            }
            ProgramError::TimedOut { .. } if matches!(errand, Errand::Ask) && !bounds.left().is_zero() => {
                SourceError::NoAnswer { name, seconds: bounds.first_byte.as_secs() }
            }
            ProgramError::TimedOut { .. } => SourceError::TooLong { name, seconds: bounds.total.as_secs(), bytes: 0 },
            ProgramError::TooMuch { bytes_max, .. } => SourceError::TooBig { name, cap_bytes: bytes_max },
            error => SourceError::Program { name, program: "git", why: error.to_string() },
        }
    }

    fn check_version(&self, bounds: &Bounds) -> Result<(), SourceError> {
        let answer = self.run(&Words::new(&["version"], None), &Errand::Here, bounds)?;
        let answer = String::from_utf8_lossy(&answer).trim().to_owned();
        let fail = |why| SourceError::Program { name: self.name.clone(), program: "git", why };
        let numbers = answer.strip_prefix("git version ").unwrap_or_default();
        let mut numbers = numbers.split('.').map(|number| number.parse::<u32>().ok());
        match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(major), Some(minor)) if (major, minor) >= VERSION_MIN => Ok(()),
            (Some(major), Some(minor)) => {
                let (least, then) = VERSION_MIN;
                Err(fail(format!("git {major}.{minor} is too old: kit needs {least}.{then} or newer")))
            }
            _ => {
                Err(fail(format!("what is called git does not say which version it is: {}", super::super::error::said(&answer))))
            }
        }
    }
}

/// As the user's `~/.ssh/config` says, within the cage of every ssh.
fn ssh_command(name: &str, ssh: &Path, bounds: &Bounds) -> Result<OsString, SourceError> {
    let odd = || SourceError::Program {
        name: name.to_owned(),
        program: "ssh",
        why: "the path of the program ssh has a quote in it, or is no text".to_owned(),
    };
    // git hands this to a shell.
    let path = ssh.to_str().filter(|path| !path.contains('\'')).ok_or_else(odd)?;
    let seconds = bounds.connect.as_secs().max(1);
    let options: String = CAGE.iter().map(|option| format!(" -o {option}")).collect();
    Ok(format!("'{path}' -a -x -T{options} -o ConnectTimeout={seconds}").into())
}

/// A folder that something comes into.
struct Watched<'a> {
    name: &'a str,
    scratch: &'a Scratch,
    before: u64,
    bounds: &'a Bounds,
}

impl Watched<'_> {
    /// Looks again and again, until git is done: whether something comes, how fast, and how much.
    fn watch(&self, is_done: &mpsc::Receiver<()>) -> Result<(), SourceError> {
        let asked = self.bounds.elapsed();
        let mut begun = None;
        while is_done.recv_timeout(LOOK) == Err(mpsc::RecvTimeoutError::Timeout) {
            let bytes = self.scratch.bytes().saturating_sub(self.before);
            let now = self.bounds.elapsed();
            let flowing = (bytes > 0).then(|| now.saturating_sub(*begun.get_or_insert(now)));
            self.bounds.check_rate(self.name, bytes, flowing.unwrap_or_default())?;
            if flowing.is_none() && now.saturating_sub(asked) > self.bounds.first_byte {
                let seconds = self.bounds.first_byte.as_secs();
                return Err(SourceError::NoAnswer { name: self.name.to_owned(), seconds });
            }
            if bytes > self.bounds.cap_bytes.saturating_add(BESIDES_BYTES) {
                return Err(SourceError::TooBig { name: self.name.to_owned(), cap_bytes: self.bounds.cap_bytes });
            }
            if bytes > 0 {
                self.bounds.progress(bytes, None);
            }
        }
        Ok(())
    }
}

/// Whether the folder of a repository of this machine is there: a stick may not be plugged in.
pub(super) fn check_there(address: &GitAddress) -> Result<(), SourceError> {
    match address.folder() {
        Some(folder) if !disk::is_folder(&folder) => Err(SourceError::Unreachable { name: address.to_string() }),
        _ => Ok(()),
    }
}
