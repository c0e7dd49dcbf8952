//! The world a test runs `kit` in: a folder of its own, a cleared environment, a fixed clock, and a terminal when asked.
//!
//! ```text
//! let dana = World::new();                       // KIT_HOME=<folder>/home
//! let alice = dana.machine("alice");             // same folder, KIT_HOME=<folder>/alice
//! dana.kit(["publish", "team", "--to", "box"]).ok();
//! alice.kit(["lookup", "alice"]).ok().first_line("CALL  Alice Okafor   +44 7700 900123");
//! alice.with("COLUMNS", "40").at("2026-11-25T00:00Z").kit(["lookup", "alice"]).ok();
//! let mut screen = alice.terminal(["unlock"]);
//! screen.expect("Passphrase: ").send_line("correct horse");
//! screen.ends(0);
//! ```

use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
    fs,
    io::{Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use rexpect::{process::WaitStatus, session::PtySession};
use tempfile::TempDir;

/// The moment of the screens in README.md: a Wednesday, 03:12 in Berlin.
pub const NOW: &str = "2026-11-18T02:12:00Z";

/// After this long a program counts as hung. A guard for broken code, never a measure: no test waits for it.
const HUNG: Duration = Duration::from_secs(120);

/// One machine of one user. Clones and [`World::machine`] share the folder, which goes with the last of them.
#[derive(Clone)]
pub struct World {
    folder: Arc<TempDir>,
    environment: BTreeMap<OsString, OsString>,
    now: Option<String>,
}

impl World {
    /// A new folder, `KIT_HOME` in it (not made yet), Berlin's time zone, [`NOW`].
    pub fn new() -> Self {
        let folder = TempDir::with_prefix("kit-test-").unwrap();
        let path = env::var_os("PATH").expect("tests need PATH to find stock tools");
        let environment = [
            ("PATH", path),
            ("KIT_HOME", folder.path().join("home").into_os_string()),
            ("TZ", "Europe/Berlin".into()),
            ("LANG", "C.UTF-8".into()),
        ];
        let environment = environment.into_iter().map(|(name, value)| (name.into(), value)).collect();
        Self { folder: Arc::new(folder), environment, now: Some(NOW.to_owned()) }
    }

    /// Another user's machine beside this one: the same folder, another `KIT_HOME`.
    pub fn machine(&self, name: &str) -> Self {
        self.with("KIT_HOME", self.path(name))
    }

    /// The same with one more (or another) environment variable.
    pub fn with(&self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        let mut world = self.clone();
        world.environment.insert(name.as_ref().to_owned(), value.as_ref().to_owned());
        world
    }

    /// The same without an environment variable.
    pub fn without(&self, name: &str) -> Self {
        let mut world = self.clone();
        world.environment.remove(OsStr::new(name));
        world
    }

    /// The same at another moment.
    pub fn at(&self, moment: &str) -> Self {
        Self { now: Some(moment.to_owned()), ..self.clone() }
    }

    /// The same by the machine's own clock: nothing is passed as `--at`.
    pub fn by_the_clock(&self) -> Self {
        Self { now: None, ..self.clone() }
    }

    /// Runs `kit` in the world's folder, without a terminal and with empty standard input.
    pub fn kit<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        self.kit_reading(b"", arguments)
    }

    /// Runs `kit` with `input` on its standard input.
    pub fn kit_reading<A: AsRef<OsStr>>(&self, input: &[u8], arguments: impl IntoIterator<Item = A>) -> Run {
        let mut command = self.kit_command();
        command.args(arguments);
        let mut run = Run::of(command, input);
        if self.now.is_some() {
            run.stdout = by_this_clock(&run.stdout);
        }
        run
    }

    /// The command that [`World::kit`] runs, for tests that start it in their own way; `--at` is already there.
    pub fn kit_command(&self) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_kit"));
        if let Some(now) = &self.now {
            command.args(["--at", now]);
        }
        command
    }

    /// Runs another program in the same folder and environment: `world.run("jq", ["-e", ".kit"], &payload)`.
    pub fn run<A: AsRef<OsStr>>(&self, program: &str, arguments: impl IntoIterator<Item = A>, input: &[u8]) -> Run {
        let mut command = self.command(peer(program));
        command.args(arguments);
        Run::of(command, input)
    }

    /// A program with this world's folder and environment, not started yet.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).env_clear().envs(&self.environment);
        command
    }

    /// Runs `kit` on a terminal of 24 lines and 80 columns.
    pub fn terminal<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Screen {
        self.terminal_of(24, 80, arguments)
    }

    /// Runs `kit` on a terminal of another size.
    pub fn terminal_of<A: AsRef<OsStr>>(&self, lines: u16, columns: u16, arguments: impl IntoIterator<Item = A>) -> Screen {
        let mut kit = self.kit_command();
        kit.args(arguments);
        Screen::of(self, &kit, lines, columns)
    }

    /// Runs another program on a terminal of 24 lines and 80 columns.
    pub fn screen(&self, program: &Command) -> Screen {
        Screen::of(self, program, 24, 80)
    }

    /// A path in the world's folder.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, relative: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(&relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        if relative.as_ref() == Path::new("p") {
            // A passphrase, which kit wants to be its owner's alone.
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        path
    }

    /// Reads a file.
    #[track_caller]
    pub fn read(&self, relative: impl AsRef<Path>) -> Vec<u8> {
        let path = self.path(relative);
        fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// Every file below a path, sorted, relative to the world's folder: to see that nothing was added or left behind.
    pub fn files(&self, relative: impl AsRef<Path>) -> Vec<PathBuf> {
        fn walk(path: &Path, found: &mut Vec<PathBuf>) {
            if fs::symlink_metadata(path).is_ok_and(|facts| facts.is_dir()) {
                fs::read_dir(path).unwrap().for_each(|entry| walk(&entry.unwrap().path(), found));
            } else if fs::symlink_metadata(path).is_ok() {
                found.push(path.to_owned());
            }
        }
        let mut found = Vec::new();
        walk(&self.path(relative), &mut found);
        found.sort();
        found.iter().map(|path| path.strip_prefix(self.folder.path()).unwrap().to_owned()).collect()
    }
}

/// A program that a test needs beside `kit`: its path, or a failure that says how to install it.
#[track_caller]
pub fn peer(program: &str) -> PathBuf {
    let package = match program {
        "ssh" | "sftp" | "ssh-keygen" | "ssh-agent" | "ssh-add" => "openssh-client",
        "sshd" => "openssh-server",
        "age-keygen" => "age",
        "secret-tool" => "libsecret-tools",
        "gnome-keyring-daemon" => "gnome-keyring",
        "dbus-daemon" | "dbus-run-session" => "dbus",
        "nginx" => "nginx-light libnginx-mod-http-dav-ext",
        "apache2" => "apache2-bin",
        "tinyproxy" => "tinyproxy-bin",
        "unshare" => "util-linux",
        "ip" => "iproute2",
        "mkfs.vfat" => "dosfstools",
        "linux.uml" => "user-mode-linux",
        "insmod" => "kmod",
        "kill" => "procps",
        "gpg" | "gpgconf" => "gnupg",
        "keepassxc-cli" => "keepassxc",
        "keyctl" => "keyutils",
        "zbarimg" => "zbar-tools",
        "mutool" => "mupdf-tools",
        "pdftotext" | "pdftoppm" => "poppler-utils",
        "node" => "nodejs",
        "systemd-analyze" => "systemd",
        "script" => "bsdutils",
        "Xvfb" => "xvfb",
        name => name,
    };
    let path = env::var_os("PATH").unwrap_or_default();
    // Debian keeps some tools where only root looks.
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let found = folders.map(|folder| folder.join(program)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{program} is missing: apt-get install {package} (scripts/test installs it)"))
}

/// What a program did. Every assertion shows all of it when it fails.
pub struct Run {
    command: String,
    /// Exit status; 128 + n after signal n.
    pub status: i32,
    /// Standard output, nothing stripped.
    pub stdout: String,
    /// Standard error, nothing stripped.
    pub stderr: String,
}

/// An answer without the sentence that says which time was asked about: it is said of the clock that stands still here, and
/// read by whoever asks for another time by `--at`.
pub fn by_this_clock(answer: &str) -> String {
    let words = answer.rfind("As of ").filter(|at| answer[..*at].ends_with([' ', '\n']));
    match words.and_then(|at| Some((at, at + answer[at..].find('.')? + 1))) {
        Some((at, end)) => answer[..at].trim_end().to_owned() + &answer[end..],
        None => answer.to_owned(),
    }
}

impl Run {
    fn of(mut command: Command, input: &[u8]) -> Self {
        let shown = shown(&command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|e| panic!("{shown}: {e}"));
        let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_owned());
        // A program that does not read its input is fine.
        let writer = thread::spawn(move || drop(stdin.write_all(&input)));
        let stdout = drain(child.stdout.take().unwrap());
        let stderr = drain(child.stderr.take().unwrap());
        let status = wait(&mut child, &shown);
        writer.join().unwrap();
        let text = |bytes: Vec<u8>, name| {
            String::from_utf8(bytes).unwrap_or_else(|e| panic!("{shown}: {name} is not UTF-8: {:?}", e.into_bytes()))
        };
        let (stdout, stderr) = (text(stdout.join().unwrap(), "stdout"), text(stderr.join().unwrap(), "stderr"));
        Self { status: number(status), stdout, stderr, command: shown }
    }

    /// It succeeded.
    #[track_caller]
    pub fn ok(&self) -> &Self {
        self.status(0)
    }

    /// It ended with this status.
    #[track_caller]
    pub fn status(&self, expected: i32) -> &Self {
        self.assert(self.status == expected, &format!("exit status {expected}"))
    }

    /// It failed as a command of kit does: this status, an empty stdout, and a reason that starts with `kit: `.
    #[track_caller]
    pub fn fails(&self, expected: i32) -> &Self {
        self.status(expected);
        self.assert(self.stdout.is_empty(), "nothing on stdout");
        self.assert(self.stderr.starts_with("kit: "), "a reason on stderr that starts with `kit: `")
    }

    /// It failed after it had talked: this status, an empty stdout, and a reason on a line of stderr.
    #[track_caller]
    pub fn fails_talking(&self, expected: i32) -> &Self {
        self.status(expected);
        self.assert(self.stdout.is_empty(), "nothing on stdout");
        self.assert(self.stderr.lines().any(|line| line.starts_with("kit: ")), "a reason on stderr after `kit: `")
    }

    /// The first line of stdout is exactly this.
    #[track_caller]
    pub fn first_line(&self, expected: &str) -> &Self {
        self.assert(self.stdout.lines().next() == Some(expected), &format!("first line {expected:?}"))
    }

    /// stdout is exactly this.
    #[track_caller]
    pub fn prints(&self, expected: &str) -> &Self {
        self.assert(self.stdout == expected, &format!("stdout exactly\n{expected}"))
    }

    /// stdout has this in it.
    #[track_caller]
    pub fn has(&self, needle: &str) -> &Self {
        self.assert(self.stdout.contains(needle), &format!("{needle:?} on stdout"))
    }

    /// Neither stdout nor stderr has this in it.
    #[track_caller]
    pub fn lacks(&self, needle: &str) -> &Self {
        self.assert(!self.stdout.contains(needle) && !self.stderr.contains(needle), &format!("no {needle:?} anywhere"))
    }

    /// stderr has this in it.
    #[track_caller]
    pub fn says(&self, needle: &str) -> &Self {
        self.assert(self.stderr.contains(needle), &format!("{needle:?} on stderr"))
    }

    /// Nothing stands on stderr.
    #[track_caller]
    pub fn quiet(&self) -> &Self {
        self.assert(self.stderr.is_empty(), "nothing on stderr")
    }

    /// Fails with the whole run when `holds` is false.
    #[track_caller]
    pub fn assert(&self, holds: bool, expected: &str) -> &Self {
        assert!(
            holds,
            "expected {expected}\n$ {}\n--- status {}\n--- stdout\n{}--- stderr\n{}---",
            self.command, self.status, self.stdout, self.stderr
        );
        self
    }
}

/// `kit` on a pseudo-terminal. Output lines end with CR LF there, and what is typed is echoed unless the program hides it.
pub struct Screen {
    session: PtySession,
    command: String,
    seen: String,
}

impl Screen {
    fn of(world: &World, program: &Command, lines: u16, columns: u16) -> Self {
        // The size is set before the program starts, so that it never sees another one; the echo is the terminal's usual.
        let mut command = world.command(peer("sh"));
        command.args(["-c", "stty rows \"$0\" cols \"$1\" echo && shift && exec \"$@\""]);
        command.args([lines.to_string(), columns.to_string()]);
        command.arg(program.get_program()).args(program.get_args());
        if !world.environment.contains_key(OsStr::new("TERM")) {
            command.env("TERM", "xterm-256color");
        }
        let hung_ms = u64::try_from(HUNG.as_millis()).unwrap();
        let session = rexpect::session::spawn_command(command, Some(hung_ms)).unwrap();
        Self { session, command: shown(program), seen: String::new() }
    }

    /// Waits for this text and gives the screen again, to go on with [`Screen::send_line`].
    #[track_caller]
    pub fn expect(&mut self, needle: &str) -> &mut Self {
        match self.session.exp_string(&as_latin1(needle)) {
            Ok(before) => self.seen += &(as_utf8(&before) + needle),
            Err(error) => self.fail(&format!("{needle:?}"), &error),
        }
        self
    }

    /// Waits for this text and gives what stood before it.
    #[track_caller]
    pub fn until(&mut self, needle: &str) -> String {
        let start = self.seen.len();
        self.expect(needle);
        self.seen[start..].trim_end_matches(needle).to_owned()
    }

    /// Types a line.
    pub fn send_line(&mut self, line: &str) -> &mut Self {
        self.session.send_line(line).unwrap();
        self.session.flush().unwrap();
        self
    }

    /// Types keys without an Enter.
    pub fn send(&mut self, keys: &str) -> &mut Self {
        self.session.send(keys).unwrap();
        self.session.flush().unwrap();
        self
    }

    /// Types a control character: `control('c')`.
    pub fn control(&mut self, letter: char) -> &mut Self {
        self.session.send_control(letter).unwrap();
        self
    }

    /// Waits for the end, asserts the exit status and gives all that was ever on the screen.
    #[track_caller]
    pub fn ends(mut self, expected: i32) -> String {
        match self.session.exp_eof() {
            Ok(rest) => self.seen += &as_utf8(&rest),
            Err(error) => self.fail("the end", &error),
        }
        let status = match self.session.process().wait().unwrap() {
            WaitStatus::Exited(_, code) => code,
            WaitStatus::Signaled(_, signal, _) => 128 + signal as i32,
            other => panic!("{other:?}"),
        };
        assert!(status == expected, "expected exit status {expected}, not {status}\n$ {}\n{}", self.command, self.seen);
        self.seen
    }

    /// Waits for the end whatever its status and gives all that was ever on the screen.
    pub fn rest(mut self) -> String {
        match self.session.exp_eof() {
            Ok(rest) => self.seen + &as_utf8(&rest),
            Err(error) => self.fail("the end", &error),
        }
    }

    #[track_caller]
    fn fail(&self, expected: &str, error: &rexpect::error::Error) -> ! {
        let got = match error {
            rexpect::error::Error::EOF { got, .. } | rexpect::error::Error::Timeout { got, .. } => as_utf8(got),
            other => other.to_string(),
        };
        panic!("expected {expected} on the screen\n$ {}\n--- before\n{}\n--- then\n{got}\n---", self.command, self.seen)
    }
}

/// rexpect hands each byte on as one character.
fn as_utf8(latin1: &str) -> String {
    String::from_utf8(latin1.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()).expect("the screen shows UTF-8")
}

fn as_latin1(utf8: &str) -> String {
    utf8.bytes().map(char::from).collect()
}

fn drain(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

fn wait(child: &mut Child, shown: &str) -> ExitStatus {
    let pause = Duration::from_millis(2);
    for _ in 0..HUNG.as_millis() / pause.as_millis() {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        thread::sleep(pause);
    }
    child.kill().unwrap();
    panic!("$ {shown}\nhung: stopped after {HUNG:?}")
}

fn number(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_environment_is_the_worlds_own() {
    let world = World::new().with("COLUMNS", "40").without("LANG");
    let run = world.run("env", [""; 0], b"");
    let mut names: Vec<&str> = run.ok().stdout.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    names.sort_unstable();
    assert_eq!(names, ["COLUMNS", "KIT_HOME", "PATH", "TZ"]);
    let other = world.machine("b").run("sh", ["-c", "echo $KIT_HOME; pwd -P"], b"");
    other.prints(&format!("{}/b\n{0}\n", world.path("").canonicalize().unwrap().display()));
}

#[test]
fn a_run_shows_status_and_both_streams() {
    let world = World::new();
    let run = world.run("sh", ["-c", "cat; echo reason >&2; exit 7"], "zażółć\n".as_bytes());
    run.status(7).prints("zażółć\n").says("reason").lacks("other");
    let failure = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        run.ok();
    }));
    let message = *failure.unwrap_err().downcast::<String>().unwrap();
    for part in ["expected exit status 0", "status 7", "zażółć", "reason", "sh -c"] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(world.run("sh", ["-c", "kill -KILL $$"], b"").status, 137);
}

#[test]
fn a_terminal_has_its_size_and_hides_what_the_program_hides() {
    let world = World::new();
    let script = "test -t 0 && stty size; printf 'Größe: '; read a; echo \"got $a\"; stty -echo; printf 'Secret: '; read b; stty echo; exit 3";
    let mut program = world.command("sh");
    program.args(["-c", script]);
    let mut screen = Screen::of(&world, &program, 24, 40);
    screen.expect("24 40\r\n").expect("Größe: ").send_line("zażółć").expect("got zażółć\r\n");
    screen.expect("Secret: ").send_line("swordfish");
    let seen = screen.ends(3);
    assert!(seen.contains("Größe: zażółć\r\n"), "the terminal echoes: {seen:?}");
    assert!(!seen.contains("swordfish"), "{seen:?}");
}

#[test]
fn files_are_listed_links_and_all() {
    let world = World::new();
    world.write("a/b/c", "1");
    std::os::unix::fs::symlink("nowhere", world.path("a/link")).unwrap();
    assert_eq!(world.files("a"), [PathBuf::from("a/b/c"), PathBuf::from("a/link")]);
    assert!(world.files("missing").is_empty());
    assert_eq!(world.read("a/b/c"), b"1");
}

#[test]
#[should_panic(expected = "no-such-program is missing: apt-get install no-such-program")]
fn a_missing_peer_says_how_to_get_it() {
    peer("no-such-program");
}
