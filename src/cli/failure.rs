//! What went wrong, said once: what, why, and what to do now. The one table of exit statuses.

use std::process::ExitCode;

use super::directory::filled;

/// Why a command ends without its answer; each has its exit status (listed in `kit help exit-codes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The answer is no: a check failed, a required generation or age is not met.
    No,
    /// The command line or the input is wrong.
    Usage,
    /// Nothing is called so.
    NotFound,
    /// Several things are called so.
    Ambiguous,
    /// No key, wrong passphrase, sealed to others.
    CannotOpen,
    /// Signature, rollback, fork, unknown signer, damage.
    NotTrusted,
    /// No source could be reached.
    NoSource,
    /// A bug in kit.
    Bug,
    /// Interrupted by the user.
    Interrupted,
}

/// The exit statuses in words, for help and manual page.
pub(super) const EXIT_STATUSES: &str = "   0  done, or yes
   1  the answer is no: a check found a FAIL; a required generation or age is not met
   2  usage: the command line or an input file is wrong
   3  not found
   4  ambiguous
   5  cannot open: no key, wrong passphrase, sealed to others
   6  not trusted: signature, rollback, fork, unknown signer, damaged
   7  no source could be reached; the kit here is unchanged and works
  70  a bug in kit
 130  interrupted";

/// One failure, with the next steps.
#[derive(Debug)]
pub(super) struct Failure {
    /// The kind, which is the exit status.
    pub kind: Kind,
    /// What happened and why, one sentence or two.
    pub message: String,
    /// What to do now: commands to paste, or whom to call.
    pub hints: Vec<String>,
}

impl Kind {
    /// The exit status.
    pub fn status(self) -> u8 {
        match self {
            Self::No => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Ambiguous => 4,
            Self::CannotOpen => 5,
            Self::NotTrusted => 6,
            Self::NoSource => 7,
            Self::Bug => 70,
            Self::Interrupted => 130,
        }
    }
}

impl From<Kind> for ExitCode {
    fn from(kind: Kind) -> Self {
        Self::from(kind.status())
    }
}

impl Failure {
    /// A failure without hints yet.
    pub(super) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: without_numbers(&message.into()), hints: Vec::new() }
    }

    /// Wrong command line or input.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// The same with hints that name the team directory of this machine, which is looked for only where one is meant.
    #[must_use]
    pub(super) fn in_directory(mut self, find: impl FnOnce() -> Option<String>) -> Self {
        if self.hints.iter().any(|hint| hint.contains("DIR"))
            && let Some(directory) = find()
        {
            self.hints.iter_mut().for_each(|hint| *hint = filled(hint, &directory));
        }
        self
    }

    /// Adds one next step.
    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// The system's words for a fault without its number, which tells a person nothing: `Is a directory (os error 21)`.
fn without_numbers(message: &str) -> String {
    let mut plain = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, after)) = rest.split_once(" (os error ") {
        let Some((number, after)) = after.split_once(')') else { break };
        plain.push_str(before);
        if number.parse::<i32>().is_err() {
            plain.push_str(" (os error ");
            plain.push_str(number);
            plain.push(')');
        }
        rest = after;
    }
    plain + rest
}
