//! A program that a person runs through kit: on their terminal, in their environment, and kit only waits for it.

use std::{
    ffi::{OsStr, OsString},
    io::Write,
    path::Path,
    process::{Command, ExitStatus, Stdio},
    thread,
};

use zeroize::Zeroizing;

use super::{Program, ProgramError, TICK};

/// How a program is run for a person.
#[derive(Clone, Copy)]
pub struct Attached<'a> {
    /// Its arguments.
    pub arguments: &'a [OsString],
    /// All that it sees of the environment.
    pub environment: &'a [(OsString, OsString)],
    /// More of it: secrets, which stand nowhere else.
    pub secrets: &'a [(String, Zeroizing<String>)],
    /// What it reads from standard input, instead of what kit would.
    pub input: Option<&'a [u8]>,
    /// The folder it runs in.
    pub folder: &'a Path,
}

impl Program {
    /// Runs it with kit's own terminal and waits for its end. `heard` is asked again and again for a signal to pass on to it.
    ///
    /// # Errors
    /// [`ProgramError::Io`] when it could not be started or waited for.
    pub fn attend(&self, call: &Attached<'_>, mut heard: impl FnMut() -> Option<i32>) -> Result<ExitStatus, ProgramError> {
        let mut command = Command::new(&self.path);
        command.args(call.arguments).env_clear().envs(call.environment.iter().map(|(name, value)| (name, value)));
        command.envs(call.secrets.iter().map(|(name, value)| (name, OsStr::new(value.as_str())))).current_dir(call.folder);
        if call.input.is_some() {
            command.stdin(Stdio::piped());
        }
        let mut child = command.spawn().map_err(|source| self.io(source))?;
        // What the child got stands in its own memory; the copy in the command goes now.
        drop(command);
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), call.input) {
            let input = Zeroizing::new(input.to_vec());
            thread::spawn(move || stdin.write_all(&input)); // a child that does not read its input says why itself
        }
        loop {
            if let Some(status) = child.try_wait().map_err(|source| self.io(source))? {
                return Ok(status);
            }
            #[cfg(unix)]
            if let Some(signal) = heard().and_then(rustix::process::Signal::from_named_raw) {
                let _ = rustix::process::kill_process(rustix::process::Pid::from_child(&child), signal); // it may have ended
            }
            #[cfg(not(unix))]
            let _ = heard();
            thread::sleep(TICK);
        }
    }
}
