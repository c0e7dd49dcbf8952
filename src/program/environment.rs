//! What children see of the caller's environment: what is on a short list of names.

use std::{
    ffi::{OsStr, OsString},
    fmt,
};

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
#[derive(Clone, Default)]
pub struct ChildEnvironment(Vec<(OsString, OsString)>);

impl ChildEnvironment {
    /// Keeps what children may see of the caller's environment.
    pub fn from_vars(vars: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self::keeping(vars, |_| false)
    }

    /// Keeps what every child may see, and what `is_more` by its name.
    pub(super) fn keeping(vars: impl IntoIterator<Item = (OsString, OsString)>, is_more: impl Fn(&str) -> bool) -> Self {
        let is_kept = |name: &OsString| PASSED_ON.iter().any(|passed| name == passed) || name.to_str().is_some_and(&is_more);
        Self(vars.into_iter().filter(|(name, _)| is_kept(name)).collect())
    }

    /// All of them.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// A variable; [`None`] when children do not see it, or it is empty.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_os_str()).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for ChildEnvironment {
    /// Names only: some values are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
