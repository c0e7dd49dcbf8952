//! Why a source did not do what was asked. Facts only; what to do about it is for `cli` to say. No secret stands in one.

use crate::disk::DiskError;

/// Most characters of what a server or a program said that are kept.
pub(super) const SAID_CHARS_MAX: usize = 200;

/// Why a source did not do what was asked. What another side said is kept as it was, cut short: the printer makes it harmless.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A kind of address that this version does not know. What was written is not repeated: it may hold a password.
    #[error("{scheme}: is no kind of source that kit knows")]
    Unsupported {
        /// Its kind.
        scheme: String,
    },
    /// An address that cannot be read.
    #[error("{text}: {why}")]
    Address {
        /// What was written; without it where a password may stand in it.
        text: String,
        /// Which rule it breaks.
        why: &'static str,
    },
    /// Neither the place nor the folder it would stand in is there: a stick that is not plugged in, a share not mounted.
    #[error("{name}: not there")]
    Unreachable {
        /// The source.
        name: String,
    },
    /// No connection: no such name, no route, refused, a dead proxy.
    #[error("{name}: no connection: {why}")]
    Offline {
        /// The source.
        name: String,
        /// What failed.
        why: String,
    },
    /// No byte of an answer came in time.
    #[error("{name}: no answer within {seconds} s")]
    NoAnswer {
        /// The source.
        name: String,
        /// How long it had.
        seconds: u64,
    },
    /// It sends, but too slowly.
    #[error("{name}: too slow: {bytes} bytes in {seconds} s")]
    TooSlow {
        /// The source.
        name: String,
        /// What came.
        bytes: u64,
        /// In how long.
        seconds: u64,
    },
    /// It took longer than any source may.
    #[error("{name}: not done after {seconds} s, {bytes} bytes so far")]
    TooLong {
        /// The source.
        name: String,
        /// How long it had.
        seconds: u64,
        /// What came.
        bytes: u64,
    },
    /// It was not waited for: another one had given a kit.
    #[error("{name}: not waited for any longer after {seconds} s")]
    Stopped {
        /// The source.
        name: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// It sends more than any bundle has.
    #[error("{name}: sends more than {cap_bytes} bytes")]
    TooBig {
        /// The source.
        name: String,
        /// The most that is taken.
        cap_bytes: u64,
    },
    /// It ended before all that it announced had come.
    #[error("{name}: cut off at {bytes} of {of} bytes")]
    CutOff {
        /// The source.
        name: String,
        /// What came.
        bytes: u64,
        /// What was announced.
        of: u64,
    },
    /// The other side cannot be shown to be who it should be: a certificate, an ssh host key.
    #[error("{name}: {why}")]
    Identity {
        /// The source.
        name: String,
        /// What is wrong.
        why: String,
        /// Whether a wrong clock on this machine can be the cause.
        clock: bool,
    },
    /// It wants to know who asks, or does not let them.
    #[error("{name}: access denied: {why}")]
    Denied {
        /// The source.
        name: String,
        /// What it said.
        why: String,
    },
    /// It sends somebody elsewhere where kit does not go.
    #[error("{name}: redirects to {to}, {why}")]
    Redirect {
        /// The source.
        name: String,
        /// Where to; scheme and host only.
        to: String,
        /// Why not.
        why: &'static str,
    },
    /// It answered something that is no answer to this.
    #[error("{name}: {what}")]
    Answer {
        /// The source.
        name: String,
        /// What it answered.
        what: String,
    },
    /// It cannot be written to: by its kind, or because nobody may.
    #[error("{name}: cannot be published to: {why}")]
    ReadOnly {
        /// The source.
        name: String,
        /// Why.
        why: String,
    },
    /// It cannot keep two publishers apart.
    #[error("{name}: cannot keep two publishers apart: {why}")]
    NoCompare {
        /// The source.
        name: String,
        /// What it lacks.
        why: String,
    },
    /// Somebody else is publishing there right now.
    #[error("{name}: somebody else is publishing there: {why}")]
    Busy {
        /// The source.
        name: String,
        /// How that is known.
        why: String,
    },
    /// Somebody else published meanwhile.
    #[error("{name}: somebody else published meanwhile, so nothing was sent")]
    LostRace {
        /// The source.
        name: String,
    },
    /// What was read after publishing is not what was sent.
    #[error("{name}: holds something else than was just published there")]
    ReadBack {
        /// The source.
        name: String,
    },
    /// The program that reaches it is missing, or cannot do this.
    #[error("{name}: {why}")]
    Program {
        /// The source.
        name: String,
        /// Which program.
        program: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// What the user set up for it does not do: no credentials, a region that is missing.
    #[error("{name}: {why}")]
    Setup {
        /// The source.
        name: String,
        /// What is missing or wrong.
        why: String,
    },
    /// A file of the source could not be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl SourceError {
    /// For a source that says that nothing changed to whoever asked for all of it.
    pub fn not_asked(name: String) -> Self {
        Self::Answer { name, what: "says that nothing changed, which it was not asked".to_owned() }
    }

    /// The source that it is about; empty where none is known.
    pub fn name(&self) -> &str {
        match self {
            Self::Unsupported { .. } | Self::Disk(_) => "",
            Self::Address { text, .. } => text,
            Self::Unreachable { name, .. }
            | Self::Offline { name, .. }
            | Self::NoAnswer { name, .. }
            | Self::TooSlow { name, .. }
            | Self::TooLong { name, .. }
            | Self::Stopped { name, .. }
            | Self::TooBig { name, .. }
            | Self::CutOff { name, .. }
            | Self::Identity { name, .. }
            | Self::Denied { name, .. }
            | Self::Redirect { name, .. }
            | Self::Answer { name, .. }
            | Self::ReadOnly { name, .. }
            | Self::NoCompare { name, .. }
            | Self::Busy { name, .. }
            | Self::LostRace { name, .. }
            | Self::ReadBack { name, .. }
            | Self::Program { name, .. }
            | Self::Setup { name, .. } => name,
        }
    }

    /// The sort of it, in one word for scripts; it is remembered, so that `kit status` can say what to do about it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unsupported { .. } => "unsupported",
            Self::Address { .. } => "address",
            Self::Unreachable { .. } => "not-there",
            Self::Offline { .. } => "offline",
            Self::NoAnswer { .. } => "no-answer",
            Self::TooSlow { .. } => "too-slow",
            Self::TooLong { .. } => "too-long",
            Self::Stopped { .. } => "stopped",
            Self::TooBig { .. } => "too-big",
            Self::CutOff { .. } => "cut-off",
            Self::Identity { clock: true, .. } => "clock",
            Self::Identity { clock: false, .. } => "identity",
            Self::Denied { .. } => "denied",
            Self::Redirect { .. } => "redirect",
            Self::Answer { .. } => "answer",
            Self::ReadOnly { .. } => "read-only",
            Self::NoCompare { .. } => "no-compare",
            Self::Busy { .. } => "busy",
            Self::LostRace { .. } => "lost-race",
            Self::ReadBack { .. } => "read-back",
            Self::Program { .. } => "program",
            Self::Setup { .. } => "setup",
            Self::Disk(_) => "disk",
        }
    }
}

/// What went wrong at a source, with its name, which most reasons say themselves.
pub fn named(source: &str, problem: &str) -> String {
    if problem.starts_with(source) { problem.to_owned() } else { format!("{source}: {problem}") }
}

/// What went wrong at a source, without its name.
pub fn unnamed<'a>(source: &str, problem: &'a str) -> &'a str {
    problem.strip_prefix(source).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(problem)
}

/// What another side said, cut to one line of 200 characters.
pub(super) fn said(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SAID_CHARS_MAX) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
