//! Who this machine is to a source: from the environment, the user's own files, or a command. Never from the command line.

use std::path::PathBuf;

/// A command that prints credentials: a program by its absolute path, and its arguments; run without a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialCommand {
    /// The program.
    pub program: PathBuf,
    /// What it is given.
    pub arguments: Vec<String>,
}
