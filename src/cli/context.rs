//! Everything that comes from outside the program, read once at the top: clock, environment, terminal.

use std::{
    ffi::OsString,
    io::IsTerminal,
    path::{Path, PathBuf},
};

use jiff::{Timestamp, tz::TimeZone};

use super::screen::Layout;
use crate::{answer::Moment, bundle::journal::Boot, disk, program::ChildEnvironment, source::Outside};

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
    /// Where all of the user's files are; `None` when the platform has no place and `KIT_HOME` is not set.
    pub home: Option<PathBuf>,
    /// The folder that relative paths start from.
    pub folder: Option<PathBuf>,
    /// What the terminal can do.
    pub terminal: Terminal,
    /// What the few programs that kit runs may see of the environment.
    pub children: ChildEnvironment,
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
}

/// What the terminal can do.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Whether somebody is there to answer questions: standard input and standard error are terminals.
    pub asks: bool,
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
            folder: std::env::current_dir().ok(),
            terminal: Terminal {
                asks: std::io::stdin().is_terminal() && std::io::stderr().is_terminal(),
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
            home,
            completing: variable(super::complete::VARIABLE),
            program: std::env::current_exe().ok(),
            kit_home: variable("KIT_HOME").map(PathBuf::from),
            host: host_name(),
        }
    }
}

/// What this machine says of its time without its clock: the id that the system drew when it started, and seconds since.
/// [`None`] where the system does not tell.
pub(super) fn boot() -> Option<Boot> {
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
