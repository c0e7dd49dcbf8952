//! Other programs as caged children: found once in absolute folders, started with a built environment, never through a shell.

use std::{
    ffi::{OsStr, OsString},
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use zeroize::Zeroizing;

/// Most bytes that are taken from a child's standard output.
const OUTPUT_BYTES_MAX: u64 = 64 * 1024;
/// Most bytes that are kept of a child's standard error: enough for its reason.
const REASON_BYTES_MAX: u64 = 400;
/// How long a child's reason is waited for after it ended.
const REASON_WAIT: Duration = Duration::from_secs(1);
/// How often a child with a deadline is looked at.
const TICK: Duration = Duration::from_millis(10);

/// The variables a child may see, whatever the caller's environment holds: where its own files and its agent are, and the terminal.
const PASSED_ON: &[&str] = &[
    "HOME",
    "PATH",
    "TERM",
    "LANG",
    "LC_ALL",
    "SSH_AUTH_SOCK",
    "DBUS_SESSION_BUS_ADDRESS",
    "XDG_RUNTIME_DIR",
    "DISPLAY",
    "WAYLAND_DISPLAY",
];

/// The environment for children: only what is on a short list of names is kept.
#[derive(Debug, Clone, Default)]
pub struct ChildEnvironment(Vec<(OsString, OsString)>);

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
    #[error("{program} wrote more than {OUTPUT_BYTES_MAX} bytes")]
    TooMuch {
        /// Its path.
        program: PathBuf,
    },
}

/// How long a child may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// A person may have to touch a key or type a PIN: as long as it takes.
    Person,
    /// No person is involved.
    Within(Duration),
}

impl ChildEnvironment {
    /// Keeps what children may see of the caller's environment.
    pub fn from_vars(vars: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self(vars.into_iter().filter(|(name, _)| PASSED_ON.iter().any(|passed| name == passed)).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_os_str()).filter(|value| !value.is_empty())
    }
}

impl Program {
    /// Looks for a program in the environment's PATH: absolute folders only, so that the current folder never counts.
    pub fn find(name: &str, environment: &ChildEnvironment) -> Option<Self> {
        let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && !name.is_empty();
        let folders = environment.get("PATH").filter(|_| plain)?;
        let path = folders_of(folders)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(name))
            .find(|path| is_program(path))?;
        Some(Self { path, environment: environment.clone() })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs it with `input` on standard input and gives its standard output; its standard error goes where kit's goes
    /// only when a person is needed.
    pub(super) fn run(&self, arguments: &[&OsStr], input: &[u8], limit: Limit) -> Result<Zeroizing<Vec<u8>>, ProgramError> {
        let stderr = if limit == Limit::Person { Stdio::inherit() } else { Stdio::piped() };
        let mut command = Command::new(&self.path);
        command.args(arguments).env_clear().envs(self.environment.0.iter().map(|(name, value)| (name, value)));
        if limit == Limit::Person {
            // On a desktop OpenSSH would open a window, or fail without the program for it: people are asked on the terminal.
            command.env("SSH_ASKPASS_REQUIRE", "never");
        }
        command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr);
        let mut child = command.spawn().map_err(|source| self.io(source))?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (Some(mut stdin), Some(stdout)) = (stdin, stdout) else { return Err(self.io(std::io::ErrorKind::BrokenPipe.into())) };
        // Threads, because a child may fill one pipe while we wait at the other. They end when the pipes close.
        let outcome = read_aside(stdout, OUTPUT_BYTES_MAX + 1);
        let reason = child.stderr.take().map(|stderr| read_aside(stderr, REASON_BYTES_MAX));
        let input = Zeroizing::new(input.to_vec());
        thread::spawn(move || stdin.write_all(&input)); // a child that does not read its input says why itself
        let output = match limit {
            Limit::Person => outcome.recv().ok(),
            Limit::Within(limit) => outcome.recv_timeout(limit).ok(),
        };
        let Some(output) = output else { return Err(self.stop(child, limit)) };
        let output = output.map_err(|source| self.io(source))?;
        if output.len() as u64 > OUTPUT_BYTES_MAX {
            self.stop(child, limit);
            return Err(ProgramError::TooMuch { program: self.path.clone() });
        }
        let status = self.ended(child, limit)?;
        if status.success() {
            return Ok(output);
        }
        let said = reason.and_then(|reason| reason.recv_timeout(REASON_WAIT).ok()?.ok()).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).trim().to_owned();
        Err(ProgramError::Failed { program: self.path.clone(), status, said })
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
        command.args(arguments).env_clear().envs(self.environment.0.iter().map(|(name, value)| (name, value)));
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

    /// Waits for a child that has closed its output.
    fn ended(&self, mut child: Child, limit: Limit) -> Result<ExitStatus, ProgramError> {
        let Limit::Within(most) = limit else { return child.wait().map_err(|source| self.io(source)) };
        for _ in 0..most.as_millis() / TICK.as_millis() {
            if let Some(status) = child.try_wait().map_err(|source| self.io(source))? {
                return Ok(status);
            }
            thread::sleep(TICK);
        }
        Err(self.stop(child, limit))
    }

    fn stop(&self, mut child: Child, limit: Limit) -> ProgramError {
        let _ = child.kill(); // it may have ended by itself in this moment
        let _ = child.wait();
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

/// Reads a pipe in a thread of its own.
fn read_aside(pipe: impl Read + Send + 'static, bytes_max: u64) -> mpsc::Receiver<std::io::Result<Zeroizing<Vec<u8>>>> {
    let (sender, outcome) = mpsc::channel();
    thread::spawn(move || {
        let mut output = Zeroizing::new(Vec::with_capacity(4096));
        let read = pipe.take(bytes_max).read_to_end(&mut output);
        let _ = sender.send(read.map(|_| output)); // nobody waits any more: the deadline has passed
    });
    outcome
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
        assert!(matches!(run("exec sleep 1000", Duration::from_millis(50)), Err(ProgramError::TimedOut { .. })));
        assert!(matches!(run("exec >&-; exec sleep 1000", Duration::from_millis(50)), Err(ProgramError::TimedOut { .. })));
        assert!(matches!(run("exec cat /dev/zero", long), Err(ProgramError::TooMuch { .. })));
    }
}
