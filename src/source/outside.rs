//! What a source may know of this machine: a few variables, the user's home, a folder for scratch. Nothing of the device.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    time::Instant,
};

use jiff::Timestamp;

use super::SourceError;
use crate::{
    disk::Scratch,
    program::{ChildEnvironment, Program},
};

/// The variables that sources read: proxies and where credentials are. Each is documented in docs/environment.md.
const READ: &[&str] = &[
    "ALL_PROXY",
    "AWS_ACCESS_KEY_ID",
    "AWS_CONFIG_FILE",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AZURE_STORAGE_SAS_TOKEN",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NETRC",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "XDG_CONFIG_HOME",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// What sources know of the world.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// What programs started on a source's behalf see of the environment.
    pub children: ChildEnvironment,
    /// A folder of this user alone where scratch folders may be made; it may not be there yet.
    pub scratch: Option<PathBuf>,
    /// The machine's own time when this program started, and where its stopwatch stood then.
    clock: Option<(Timestamp, Instant)>,
    variables: BTreeMap<String, OsString>,
}

impl Outside {
    /// Keeps what sources may read of the environment.
    pub fn new(
        vars: impl IntoIterator<Item = (OsString, OsString)>,
        children: ChildEnvironment,
        scratch: Option<PathBuf>,
    ) -> Self {
        let wanted = |(name, value): (OsString, OsString)| {
            let name = name.into_string().ok().filter(|name| READ.contains(&name.as_str()) && !value.is_empty())?;
            Some((name, value))
        };
        Self { children, scratch, clock: None, variables: vars.into_iter().filter_map(wanted).collect() }
    }

    /// The same at the machine's own time, which goes on from here: what signatures are dated by. A question asked about
    /// another moment does not change it.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "a stopwatch, no time of day")]
    pub fn at(self, now: Timestamp) -> Self {
        Self { clock: Some((now, Instant::now())), ..self }
    }

    /// The machine's own time now; [`None`] when nobody said it.
    pub fn now(&self) -> Option<Timestamp> {
        let (then, stopwatch) = self.clock?;
        Some(then.checked_add(stopwatch.elapsed()).unwrap_or(then))
    }

    /// All of them, for a program that the user named to this end.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&str, &OsStr)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_os_str()))
    }

    /// A program of this machine, for the source of this name.
    pub(super) fn program(&self, program: &'static str, name: &str) -> Result<Program, SourceError> {
        Program::find(program, &self.children).ok_or_else(|| SourceError::Program {
            name: name.to_owned(),
            program,
            why: format!("the program {program} is not installed, or not in an absolute folder of PATH"),
        })
    }

    /// A new scratch folder for what a program does for the source of this name.
    pub(super) fn scratch_for(&self, program: &str, name: &str) -> Result<Scratch, SourceError> {
        let why = || format!("{program} needs a folder to work in, and this user has none: set KIT_HOME");
        let folder = self.scratch.as_deref().ok_or_else(|| SourceError::Setup { name: name.to_owned(), why: why() })?;
        Ok(Scratch::new(folder)?)
    }

    /// A variable as text; [`None`] when it is not set, empty, or no text.
    pub fn variable(&self, name: &str) -> Option<&str> {
        debug_assert!(READ.contains(&name), "{name} is not among the variables that sources read");
        self.variables.get(name).and_then(|value| value.to_str())
    }

    /// The first of several that is set, with its name.
    pub fn first_of<'a>(&'a self, names: &[&'a str]) -> Option<(&'a str, &'a str)> {
        names.iter().find_map(|name| Some((*name, self.variable(name)?)))
    }

    /// A variable that names a path.
    pub fn path(&self, name: &str) -> Option<&Path> {
        debug_assert!(READ.contains(&name), "{name} is not among the variables that sources read");
        self.variables.get(name).map(|value| Path::new(OsStr::new(value)))
    }
}
