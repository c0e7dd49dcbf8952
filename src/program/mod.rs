//! Other programs as caged children: found once in absolute folders, started with a built environment, never through a shell.

mod attached;
mod environment;
mod line;
mod managers;
mod pipe;
mod talk;
mod words;

use std::{
    ffi::OsStr,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use pipe::{read_aside, read_ends};

pub use attached::Attached;
pub use environment::ChildEnvironment;
pub use line::{CommandLine, LineError};
pub use talk::{Heard, Talk};
pub use words::words;

/// Most bytes that are taken from a child's standard output.
const OUTPUT_BYTES_MAX: u64 = 64 * 1024;
/// Most bytes that are kept of a child's standard error, half from its start and half from its end: enough for its reason.
const SAID_BYTES_MAX: usize = 4096;
/// How long a child's reason is waited for after it ended: something it started may still hold the pipe.
const SAID_WAIT: Duration = Duration::from_secs(1);
/// How often a running child is looked at.
const TICK: Duration = Duration::from_millis(10);

/// A program by its absolute path, with the environment it is started in.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
    environment: ChildEnvironment,
}

/// A program that runs beside kit, and waits for a word at its standard input.
#[derive(Debug)]
pub struct Beside(Child);

/// Why a program gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It could not be started, or talking to it failed.
    #[error("{program} could not be run: {source}")]
    Io {
        /// Its path.
        program: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It ended with a failure.
    #[error("{program} failed ({status}) {said}")]
    Failed {
        /// Its path.
        program: PathBuf,
        /// How it ended.
        status: ExitStatus,
        /// The start of what it wrote to standard error, if that was not the terminal's.
        said: String,
    },
    /// It did not end in time and was stopped.
    #[error("{program} did not answer within {} s", .limit.as_secs())]
    TimedOut {
        /// Its path.
        program: PathBuf,
        /// How long it had.
        limit: Duration,
    },
    /// It wrote more than any answer has.
    #[error("{program} wrote more than {bytes_max} bytes")]
    TooMuch {
        /// Its path.
        program: PathBuf,
        /// The most that is taken.
        bytes_max: u64,
    },
}

/// How long a child may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// A person may have to touch a key or type a PIN: as long as it takes.
    Person,
    /// No person is involved.
    Within(Duration),
}

/// What a program is asked.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Its arguments.
    pub arguments: &'a [&'a OsStr],
    /// What it reads from standard input.
    pub input: &'a [u8],
    /// How long it may take.
    pub limit: Limit,
    /// Who may stop it before that.
    pub stop: Option<&'a Stop>,
    /// Most bytes of its standard output.
    pub output_bytes_max: u64,
    /// Variables besides those that every child sees.
    pub variables: &'a [(&'a str, &'a OsStr)],
    /// The folder it runs in.
    pub folder: &'a Path,
}

/// What a program answered.
#[derive(Debug)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output, wiped when dropped: it may be a secret.
    pub stdout: Zeroizing<Vec<u8>>,
    /// The start and the end of its standard error, not yet made harmless for a terminal.
    pub said: String,
}

/// A word to everybody who waits for something on somebody's behalf: nobody waits any more.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Says it.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was said.
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl<'a> Call<'a> {
    /// No input, an answer of at most 64 KiB, nothing in the environment but what every child sees, in the root folder.
    pub fn new(arguments: &'a [&'a OsStr], limit: Limit) -> Self {
        let folder = Path::new("/");
        Self { arguments, input: b"", limit, stop: None, output_bytes_max: OUTPUT_BYTES_MAX, variables: &[], folder }
    }
}

impl Program {
    /// Looks for a program in the environment's PATH: absolute folders only, so that the current folder never counts.
    pub fn find(name: &str, environment: &ChildEnvironment) -> Option<Self> {
        let is_plain = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        if is_plain { Self::named(name, environment) } else { None }
    }

    /// The same for a name that a person gave, whatever letters it has; a path is none.
    pub fn named(name: &str, environment: &ChildEnvironment) -> Option<Self> {
        let is_name = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0']);
        let folders = environment.get("PATH").filter(|_| is_name)?;
        folders_of(folders).find_map(|folder| Self::at(&folder.join(name), environment))
    }

    /// The program at an absolute path; [`None`] when there is none that can be run.
    pub fn at(path: &Path, environment: &ChildEnvironment) -> Option<Self> {
        let is_there = path.is_absolute() && is_program(path);
        is_there.then(|| Self { path: path.to_owned(), environment: environment.clone() })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs it with `input` on standard input and gives its standard output; its standard error goes where kit's goes
    /// only when a person is needed.
    ///
    /// # Errors
    /// [`ProgramError`]; what it wrote to standard error stands in [`ProgramError::Failed`].
    pub fn run(&self, arguments: &[&OsStr], input: &[u8], limit: Limit) -> Result<Zeroizing<Vec<u8>>, ProgramError> {
        let output = self.call(&Call { input, ..Call::new(arguments, limit) })?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(ProgramError::Failed { program: self.path.clone(), status: output.status, said: output.said })
    }

    /// Runs it and gives all it answered, whatever its status. When the time is up, or somebody stops waiting, it and all
    /// that it started are killed.
    ///
    /// # Errors
    /// [`ProgramError`], never [`ProgramError::Failed`].
    pub fn call(&self, call: &Call<'_>) -> Result<Output, ProgramError> {
        let is_person = call.limit == Limit::Person;
        let mut command = self.command(call);
        command.stdout(Stdio::piped()).stderr(if is_person { Stdio::inherit() } else { Stdio::piped() });
        let mut child = Running { child: command.spawn().map_err(|source| self.io(source))?, has_group: !is_person };
        let (stdin, stdout) = (child.child.stdin.take(), child.child.stdout.take());
        let (Some(mut stdin), Some(stdout)) = (stdin, stdout) else { return Err(self.io(std::io::ErrorKind::BrokenPipe.into())) };
        // Threads, because a child may fill one pipe while we wait at the other. They end when the pipes close.
        let outcome = read_aside(stdout, call.output_bytes_max + 1);
        let said = child.child.stderr.take().map(|stderr| read_ends(stderr, SAID_BYTES_MAX));
        let input = Zeroizing::new(call.input.to_vec());
        thread::spawn(move || stdin.write_all(&input)); // a child that does not read its input says why itself
        let clock = Clock::start(call.limit, call.stop);
        let Some(output) = clock.wait(|wait| outcome.recv_timeout(wait).ok()) else { return Err(self.timed_out(call.limit)) };
        let stdout = output.map_err(|source| self.io(source))?;
        if stdout.len() as u64 > call.output_bytes_max {
            return Err(ProgramError::TooMuch { program: self.path.clone(), bytes_max: call.output_bytes_max });
        }
        let ended = clock.wait(|wait| match child.child.try_wait() {
            Ok(None) => {
                thread::sleep(wait);
                None
            }
            ended => Some(ended),
        });
        let status = match ended {
            None => return Err(self.timed_out(call.limit)),
            Some(Err(source)) => return Err(self.io(source)),
            Some(Ok(status)) => status.expect("the wait goes on while there is no status"),
        };
        let said = said.and_then(|said| said.recv_timeout(SAID_WAIT).ok()?.ok()).unwrap_or_default();
        Ok(Output { status, stdout, said: String::from_utf8_lossy(&said).trim().to_owned() })
    }

    /// Starts it beside kit, in a process group of its own, and waits until it has said one line. When kit ends, in whatever
    /// way, its standard input does too.
    ///
    /// # Errors
    /// It could not be started, or ended without a line.
    #[cfg(unix)]
    pub fn beside(&self, arguments: &[&OsStr]) -> Result<Beside, ProgramError> {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new(&self.path);
        command.args(arguments).env_clear().envs(self.environment.variables());
        command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut child = command.spawn().map_err(|source| self.io(source))?;
        let mut line = [0];
        let said = child.stdout.as_mut().map_or(Ok(()), |stdout| stdout.read_exact(&mut line));
        let beside = Beside(child);
        match said {
            Ok(()) => Ok(beside),
            Err(source) => {
                beside.tell(b"");
                Err(self.io(source))
            }
        }
    }

    /// The child for a call, without its output.
    fn command(&self, call: &Call<'_>) -> Command {
        let is_person = call.limit == Limit::Person;
        let mut command = Command::new(&self.path);
        command.args(call.arguments).env_clear().envs(self.environment.variables());
        if is_person {
            // On a desktop OpenSSH would open a window, or fail without the program for it: people are asked on the terminal.
            command.env("SSH_ASKPASS_REQUIRE", "never");
        }
        command.envs(call.variables.iter().copied()).current_dir(call.folder).stdin(Stdio::piped());
        // What it starts (`git` starts `ssh`) has to end with it. A person's terminal stays with kit's own group.
        #[cfg(unix)]
        if !is_person {
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
        }
        command
    }

    fn timed_out(&self, limit: Limit) -> ProgramError {
        let limit = if let Limit::Within(limit) = limit { limit } else { Duration::ZERO };
        ProgramError::TimedOut { program: self.path.clone(), limit }
    }

    fn io(&self, source: std::io::Error) -> ProgramError {
        ProgramError::Io { program: self.path.clone(), source }
    }
}

impl Beside {
    /// Says the word that it waits for, and waits for its end.
    pub fn tell(mut self, word: &[u8]) {
        if let Some(mut stdin) = self.0.stdin.take() {
            let _ = stdin.write_all(word); // it may have ended before
        }
        let _ = self.0.wait();
    }
}

/// A child that does not outlive its use: killed when dropped before it ended.
struct Running {
    child: Child,
    has_group: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        #[cfg(unix)]
        if self.has_group {
            let _ =
                rustix::process::kill_process_group(rustix::process::Pid::from_child(&self.child), rustix::process::Signal::KILL);
        }
        let _ = self.child.kill(); // it may have ended by itself in this moment
        let _ = self.child.wait();
    }
}

/// How long is waited.
struct Clock<'a> {
    started: Instant,
    limit: Limit,
    stop: Option<&'a Stop>,
}

impl<'a> Clock<'a> {
    #[expect(clippy::disallowed_methods, reason = "a deadline, no time of day")]
    fn start(limit: Limit, stop: Option<&'a Stop>) -> Self {
        Self { started: Instant::now(), limit, stop }
    }

    /// Asks `done` again and again, each time for a tick, until it has something or the time is up.
    fn wait<T>(&self, mut done: impl FnMut(Duration) -> Option<T>) -> Option<T> {
        loop {
            if let Some(done) = done(TICK) {
                return Some(done);
            }
            let is_late = matches!(self.limit, Limit::Within(limit) if self.started.elapsed() > limit);
            if is_late || self.stop.is_some_and(Stop::is_stopped) {
                return None;
            }
        }
    }
}

#[cfg(unix)]
fn folders_of(path: &OsStr) -> impl Iterator<Item = &Path> {
    use std::os::unix::ffi::OsStrExt;
    path.as_bytes().split(|byte| *byte == b':').map(|folder| Path::new(OsStr::from_bytes(folder)))
}

#[cfg(not(unix))]
fn folders_of(_path: &OsStr) -> impl Iterator<Item = &Path> {
    std::iter::empty() // no stock tools are run on this platform yet
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(_path: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(path: &str) -> ChildEnvironment {
        let vars = [("PATH", path), ("LD_PRELOAD", "/evil.so"), ("SSH_ASKPASS", "/evil"), ("HOME", "/root")];
        ChildEnvironment::from_vars(vars.map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn f14_programs_come_from_absolute_folders_and_plain_names_only() {
        assert_eq!(Program::find("sh", &environment("/nowhere:/bin")).unwrap().path(), Path::new("/bin/sh"));
        for path in ["", ".", "bin:", "../bin", "/dev/null", "/nowhere"] {
            assert!(Program::find("sh", &environment(path)).is_none(), "{path}");
        }
        for name in ["", "../bin/sh", "/bin/sh", "sh;id", "SH", "passwd"] {
            assert!(Program::find(name, &environment("/etc")).is_none(), "{name}");
        }
    }

    #[test]
    fn f12_children_see_a_built_environment() {
        let env = Program::find("env", &environment("/usr/bin:/bin")).unwrap();
        let output = env.run(&[], b"", Limit::Within(Duration::from_secs(60))).unwrap();
        let mut lines: Vec<_> = std::str::from_utf8(&output).unwrap().lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, ["HOME=/root", "PATH=/usr/bin:/bin"]);
    }

    #[test]
    fn a_child_that_hangs_fails_or_babbles_is_told_apart() {
        let sh = Program::find("sh", &environment("/bin")).unwrap();
        let run = |script: &str, limit| sh.run(&["-c".as_ref(), script.as_ref()], b"in", Limit::Within(limit));
        let long = Duration::from_secs(60);
        assert_eq!(*run("read x; echo $x", long).unwrap(), b"in\n");
        assert!(
            matches!(run("echo why >&2; exit 3", long), Err(ProgramError::Failed { status, said, .. }) if status.code() == Some(3) && said == "why")
        );
        let talks = "seq 100000 >&2; echo last >&2; echo done";
        let talks = sh.call(&Call::new(&["-c".as_ref(), talks.as_ref()], Limit::Within(long))).unwrap();
        assert!(talks.status.success() && talks.said.starts_with("1\n2\n") && talks.said.ends_with("last"), "{}", talks.said);
        assert!(talks.said.len() <= 4096, "{}", talks.said.len());
        assert!(matches!(run("exec sleep 1000", Duration::from_millis(50)), Err(ProgramError::TimedOut { .. })));
        assert!(matches!(run("exec >&-; exec sleep 1000", Duration::from_millis(50)), Err(ProgramError::TimedOut { .. })));
        assert!(matches!(run("exec cat /dev/zero", long), Err(ProgramError::TooMuch { .. })));
    }
}
