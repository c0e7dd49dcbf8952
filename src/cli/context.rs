//! Everything that comes from outside the program, read once at the top: clock, environment, terminal.

use std::{
    ffi::OsString,
    io::IsTerminal,
    path::{Path, PathBuf},
    time::Instant,
};

use jiff::{Timestamp, tz::TimeZone};

use super::screen::Layout;
use crate::{answer::Moment, bundle::journal::Boot, disk, program::ChildEnvironment, record::Machine, source::Outside};

/// Columns of a terminal that does not say how wide it is, and of everything that is no terminal.
const COLUMNS_DEFAULT: usize = 80;
/// Narrowest layout: a phone's terminal. Below it lines wrap, numbers stay whole.
const COLUMNS_MIN: usize = 40;

/// Most bytes of what the system says of its start.
const BOOT_BYTES_MAX: u64 = 4096;

/// Where scratch folders are made, below the user's files.
const SCRATCH: &str = "scratch";

/// The world as this process found it.
#[derive(Debug, Clone)]
pub struct Context {
    /// When and where the question is asked; `--at` replaces the time.
    pub moment: Moment,
    /// Whether `--at` did.
    pub is_given: bool,
    /// Where all of the user's files are; `None` when the platform has no place and `KIT_HOME` is not set.
    pub home: Option<PathBuf>,
    /// The folder that relative paths start from.
    pub folder: Option<PathBuf>,
    /// What the terminal can do.
    pub terminal: Terminal,
    /// What the few programs that kit runs may see of the environment.
    pub children: ChildEnvironment,
    /// What password managers may see of it.
    pub managers: ChildEnvironment,
    /// What sources may know of the world.
    pub outside: Outside,
    /// The shell whose script asks for completions, if one does.
    pub completing: Option<OsString>,
    /// This program, by its absolute path.
    pub program: Option<PathBuf>,
    /// `KIT_HOME` as it is set, if it is.
    pub kit_home: Option<PathBuf>,
    /// This machine's name, as a proposal for the device's name.
    pub host: Option<String>,
    /// Where the stopwatch stood when the moment was read.
    started: Instant,
}

/// What the terminal can do.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Whether somebody is there to answer questions: standard input and standard error are terminals.
    pub asks: bool,
    /// Whether standard input is a terminal.
    pub input: bool,
    /// Whether standard output is a terminal.
    pub output: bool,
    /// What to lay screens out for.
    pub layout: Layout,
    /// Whether it can move its cursor: a terminal, and none that calls itself dumb.
    pub moves: bool,
    /// Whether a screen can be drawn for the person who is asked: standard error is a terminal that says what it is, and is
    /// not dumb.
    pub draws: bool,
    /// Whether talk goes to a terminal.
    pub talks: bool,
    /// Whether talk goes to a terminal that has ASCII only.
    pub ascii_talk: bool,
}

impl Context {
    /// Reads clock, environment and terminal of this process.
    #[expect(clippy::disallowed_methods, reason = "the one place where clock and environment come in")]
    pub fn of_process() -> Self {
        let variable = |name| std::env::var_os(name).filter(|value: &OsString| !value.is_empty());
        let columns = variable("COLUMNS").and_then(|text| text.to_str()?.parse().ok());
        let output = std::io::stdout().is_terminal();
        let accessible = variable("ACCESSIBLE").is_some_and(|value| value != "0");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable);
        let children = ChildEnvironment::from_vars(std::env::vars_os());
        let home = variable("KIT_HOME")
            .map(PathBuf::from)
            .or_else(|| directories::ProjectDirs::from("", "", "outage-kit").map(|places| places.data_dir().to_owned()));
        let is_old = locale.is_some_and(|name| !is_utf8(&name.to_string_lossy()));
        let now = Timestamp::now();
        Self {
            moment: Moment { now, zone: TimeZone::system() },
            is_given: false,
            folder: std::env::current_dir().ok(),
            terminal: Terminal {
                asks: std::io::stdin().is_terminal() && std::io::stderr().is_terminal(),
                input: std::io::stdin().is_terminal(),
                output,
                layout: Layout {
                    columns: columns.or_else(terminal_columns).unwrap_or(COLUMNS_DEFAULT).max(COLUMNS_MIN),
                    accessible,
                    ascii: output && is_old,
                },
                moves: output && variable("TERM").is_none_or(|name| name != "dumb"),
                draws: std::io::stderr().is_terminal() && variable("TERM").is_some_and(|name| name != "dumb"),
                talks: std::io::stderr().is_terminal(),
                ascii_talk: std::io::stderr().is_terminal() && is_old,
            },
            outside: Outside::new(std::env::vars_os(), children.clone(), home.as_ref().map(|home| home.join(SCRATCH))).at(now),
            children,
            managers: ChildEnvironment::for_managers(std::env::vars_os()),
            home,
            completing: variable(super::complete::VARIABLE),
            program: std::env::current_exe().ok(),
            kit_home: variable("KIT_HOME").map(PathBuf::from),
            host: host_name(),
            started: Instant::now(),
        }
    }

    /// The moment that was read at the start, or that `--at` gave, gone on since: for what changes while somebody looks at it.
    pub(super) fn live(&self) -> Timestamp {
        self.moment.now.checked_add(self.started.elapsed()).unwrap_or(self.moment.now)
    }

    /// What this machine says of its own time, for what is recorded: its clock too, where `--at` gave another time.
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock comes in")]
    pub(super) fn machine(&self) -> Machine {
        Machine { clock: self.is_given.then(Timestamp::now), boot: boot() }
    }
}

/// The whole environment of this process but kit's own variables: for a program that the user runs through kit.
#[expect(clippy::disallowed_methods, reason = "the one place where the environment comes in")]
pub(super) fn environment() -> Vec<(OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| !name.to_string_lossy().starts_with("KIT_")).collect()
}

/// What this machine says of its time without its clock: the id that the system drew when it started, and seconds since.
/// [`None`] where the system does not tell.
fn boot() -> Option<Boot> {
    let read = |path: &str| disk::read_to_string(Path::new(path), BOOT_BYTES_MAX).ok();
    let id = read("/proc/sys/kernel/random/boot_id")?.trim().to_owned();
    let uptime_s = read("/proc/uptime")?.split('.').next()?.parse().ok()?;
    Some(Boot { id, uptime_s })
}

/// The user's own folder, and where their programs keep settings. Asked for only where it is used: without `HOME` the system
/// has to look the user up.
pub(super) fn user_folders() -> Option<(PathBuf, PathBuf)> {
    directories::BaseDirs::new().map(|places| (places.home_dir().to_owned(), places.config_dir().to_owned()))
}

/// Whether a locale such as `de_DE.UTF-8` has UTF-8 for its character set.
fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// Where the answer goes, as far as it would be lost there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sink {
    /// To somebody.
    Kept,
    /// To the null device, as somebody said.
    Null,
    /// Standard output was closed when kit started.
    Closed,
}

/// Where the answer goes. Rust opens the null device for reading and writing where a standard stream is closed; whoever names it
/// in a shell opens it for writing alone.
#[cfg(unix)]
pub(super) fn sink() -> Sink {
    use rustix::fs::{FileType, OFlags, fcntl_getfl, fstat, stat};
    let stdout = std::io::stdout();
    let (Ok(own), Ok(null)) = (fstat(&stdout), stat("/dev/null")) else { return Sink::Kept };
    let is_null = FileType::from_raw_mode(own.st_mode) == FileType::CharacterDevice && own.st_rdev == null.st_rdev;
    match fcntl_getfl(&stdout) {
        _ if !is_null => Sink::Kept,
        Ok(flags) if flags & OFlags::RWMODE == OFlags::RDWR => Sink::Closed,
        _ => Sink::Null,
    }
}

/// Elsewhere nothing tells.
#[cfg(not(unix))]
pub(super) fn sink() -> Sink {
    Sink::Kept
}

/// Whether this process is in the foreground of its terminal: what is typed there as a signal then goes to all programs beside
/// it, too. Where the system does not tell, it counts as that.
pub(super) fn is_foreground() -> bool {
    let stat = disk::read_to_string(Path::new("/proc/self/stat"), BOOT_BYTES_MAX).unwrap_or_default();
    // After the name, which may hold anything: state, parent, group, session, terminal, group in its foreground.
    let facts: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, facts)| facts).split_whitespace().collect();
    match (facts.get(2), facts.get(5)) {
        (Some(own), Some(foreground)) => own == foreground,
        _ => true,
    }
}

/// Keeps what this process holds in memory out of core dumps and debuggers of the same user. Where the system does not
/// offer it, kit works all the same.
#[cfg(target_os = "linux")]
pub(super) fn keep_memory_private() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Other systems need other calls, which need unsafe code.
#[cfg(not(target_os = "linux"))]
pub(super) fn keep_memory_private() {}

/// The words of this process's command line.
#[expect(clippy::disallowed_methods, reason = "the one place where they come in")]
pub fn arguments() -> impl Iterator<Item = OsString> {
    std::env::args_os()
}

#[cfg(unix)]
fn terminal_columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|&columns| columns > 0)
}

#[cfg(not(unix))]
fn terminal_columns() -> Option<usize> {
    None
}

#[cfg(unix)]
fn host_name() -> Option<String> {
    rustix::system::uname().nodename().to_str().ok().map(str::to_owned)
}

#[cfg(not(unix))]
fn host_name() -> Option<String> {
    None
}
