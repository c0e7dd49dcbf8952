//! A program that a person runs through kit: found, waited for, and how it ended.

use std::{ffi::OsString, path::Path, process::ExitStatus};

#[cfg(unix)]
use super::{ask::signals::Signals, context::is_foreground};
use super::{
    failure::{Failure, Kind},
    session::Session,
};
use crate::program::{Attached, Program, ProgramError};

/// The program that is meant: by its path, or in the folders of PATH.
///
/// # Errors
/// Not found; nothing was opened.
pub(super) fn program(name: OsString, session: &Session<'_>) -> Result<Program, Failure> {
    let children = &session.context.children;
    let is_path = Path::new(&name).components().count() > 1 || Path::new(&name).is_absolute();
    let found = if is_path {
        Program::at(&session.folder()?.join(&name), children)
    } else {
        name.to_str().and_then(|name| Program::named(name, children))
    };
    found.ok_or_else(|| {
        Failure::new(Kind::NotFound, format!("there is no program {}; nothing was opened.", name.to_string_lossy()))
            .hint("Name one that is in an absolute folder of PATH, or its path: kit exec NAME -- /path/to/program")
    })
}

/// Waits for the program. A signal that asks kit to end is passed on, and one that leaves no choice takes the files away at once.
/// In the foreground of a terminal its keys reach the program without kit, so those are not passed on: it would get them twice.
///
/// # Errors
/// When it could not be started or waited for.
#[cfg(unix)]
pub(super) fn attend(program: &Program, call: &Attached<'_>, mut take_away: impl FnMut()) -> Result<ExitStatus, ProgramError> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

    let signals = Signals::watch().ok();
    program.attend(call, || {
        let signals = signals.as_ref()?;
        if signals.took_stop() {
            let _ = signals.stop_here(); // the terminal has stopped the program too
        }
        let signal = signals.took_over()?;
        if [SIGHUP, SIGTERM].contains(&signal) {
            take_away();
        }
        let is_typed = [SIGINT, SIGQUIT].contains(&signal) && is_foreground();
        Some(signal).filter(|_| !is_typed)
    })
}

#[cfg(not(unix))]
pub(super) fn attend(program: &Program, call: &Attached<'_>, _: impl FnMut()) -> Result<ExitStatus, ProgramError> {
    program.attend(call, || None)
}

/// The exit status of kit for how the program ended.
pub(super) fn status(ended: ExitStatus) -> u8 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&ended).map(|signal| 128 + signal);
    #[cfg(not(unix))]
    let signal = None;
    ended.code().or(signal).and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
