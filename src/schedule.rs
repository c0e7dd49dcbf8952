//! Scheduling: puts the files of a timer where the system looks for them, or takes them away, and tells the system.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    disk::{self, Access, DiskError},
    program::{Call, ChildEnvironment, Limit, Program},
    timer::{Plan, System, TimerError, is_ours},
};

/// Most bytes that are read of a file that stands where a timer's would.
const FILE_BYTES_MAX: u64 = 64 << 10;
/// How long the system may take to hear of it.
const TELLING: Duration = Duration::from_secs(30);

/// What became of a timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled {
    /// The files, and whether each was written or removed; one that stood there as it should be was not.
    pub files: Vec<(PathBuf, bool)>,
    /// Commands that are left to be run by hand, because the system could not be told.
    pub left: Vec<Vec<String>>,
    /// Why it could not.
    pub why: Option<String>,
}

/// Why a timer was neither made nor removed.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// A file of that name is there, and kit did not make it.
    #[error("{path} is there already, and not made by kit", path = .0.display())]
    Foreign(PathBuf),
    /// A path that cannot stand in such a file.
    #[error(transparent)]
    Timer(#[from] TimerError),
    /// A file could not be read, written or removed.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// Writes the files of a timer into `folder`, which is made where it is missing, and starts it. Run again it changes what is
/// different.
///
/// # Errors
/// [`ScheduleError`]; a file of somebody else is never written over.
pub fn install(plan: &Plan, system: System, folder: &Path, children: &ChildEnvironment) -> Result<Scheduled, ScheduleError> {
    let files: Vec<_> = plan.files(system)?.into_iter().map(|file| (folder.join(file.name), file.text)).collect();
    let mut standing = Vec::new();
    for (path, _) in &files {
        standing.push(ours(path)?);
    }
    let mut written = Vec::new();
    for ((path, text), standing) in files.into_iter().zip(standing) {
        let is_new = standing.as_ref() != Some(&text);
        if is_new {
            disk::make_dir(folder, Access::Shared)?;
            disk::replace(&path, text.as_bytes(), Access::Shared)?;
        }
        written.push((path, is_new));
    }
    let at = written.first().map(|(path, _)| path.display().to_string()).unwrap_or_default();
    let (left, why) = tell(&system.start(&at), children);
    Ok(Scheduled { files: written, left, why })
}

/// Stops a timer and removes its files; folders that are empty then, up to `above`, go too.
///
/// # Errors
/// [`ScheduleError`]; a file of somebody else is never removed.
pub fn remove(
    plan: &Plan,
    system: System,
    folder: &Path,
    above: &Path,
    children: &ChildEnvironment,
) -> Result<Scheduled, ScheduleError> {
    let mut files = Vec::new();
    for file in plan.files(system)? {
        let path = folder.join(file.name);
        let is_there = ours(&path)?.is_some();
        files.push((path, is_there));
    }
    let is_none = files.iter().all(|(_, is_there)| !is_there);
    if is_none {
        return Ok(Scheduled { files, left: Vec::new(), why: None });
    }
    let at = files.first().map(|(path, _)| path.display().to_string()).unwrap_or_default();
    let (mut left, why) = tell(&system.stop(&at), children);
    for (path, _) in files.iter().filter(|(_, is_there)| *is_there) {
        disk::remove(path)?;
    }
    for folder in folder.ancestors().take_while(|folder| *folder != above) {
        if disk::remove_empty(folder).is_err() {
            break;
        }
    }
    // What could not be stopped cannot be told to forget either.
    left.extend(if why.is_none() { tell(&system.forget(), children).0 } else { system.forget() });
    Ok(Scheduled { files, left, why })
}

/// What stands at a path, if kit made it; [`None`] where nothing stands.
fn ours(path: &Path) -> Result<Option<String>, ScheduleError> {
    match disk::read_to_string(path, FILE_BYTES_MAX) {
        Ok(text) if is_ours(&text) => Ok(Some(text)),
        Err(DiskError::Missing { .. }) => Ok(None),
        Ok(_) | Err(DiskError::NotText { .. } | DiskError::Kind { .. }) => Err(ScheduleError::Foreign(path.to_owned())),
        Err(error) => Err(error.into()),
    }
}

/// Runs commands until one fails; that one and those after it are left, with the reason.
fn tell(commands: &[Vec<String>], children: &ChildEnvironment) -> (Vec<Vec<String>>, Option<String>) {
    for (index, command) in commands.iter().enumerate() {
        if let Err(why) = run(command, children) {
            return (commands.iter().skip(index).cloned().collect(), Some(why));
        }
    }
    (Vec::new(), None)
}

fn run(command: &[String], children: &ChildEnvironment) -> Result<(), String> {
    let (name, arguments) = command.split_first().ok_or("nothing to run")?;
    let program = Program::find(name, children).ok_or_else(|| format!("{name} is not installed"))?;
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    let output = program.call(&Call::new(&arguments, Limit::Within(TELLING))).map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = output.said.lines().next().unwrap_or_default();
    Err(format!("{name}: {}", if said.is_empty() { output.status.to_string() } else { said.to_owned() }))
}
