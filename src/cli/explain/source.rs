//! What to do now about a source: one sentence by the sort of its trouble and the kind of its address.

use std::path::Path;

use super::STILL_WORKS;
use crate::{
    cli::failure::{Failure, Kind},
    source::{Address, SourceError},
};

/// What to do about trouble of this sort (as `SourceError::kind` and `Outcome::kind` name them) with a source.
pub(in crate::cli) fn next_step(trouble: &str, source: &str) -> Option<String> {
    let kind = Address::parse(source, Path::new("/")).map_or("", |address| address.kind());
    let has_ssh = kind == "sftp" || source.starts_with("git+ssh:");
    let text = match trouble {
        "unsupported" | "address" => {
            "For example: /mnt/share/kit, https://example.com/kit/, git+ssh://git@example.com/acme/kit.git"
        }
        "not-there" => "Is the stick in, the share mounted? Then: kit sync",
        "offline" if has_ssh => "Is there a network? A VPN to start? Then: kit sync",
        "offline" => "Is there a network? A proxy to name (HTTPS_PROXY)? Then: kit sync",
        "no-answer" | "too-slow" | "too-long" => "Try again later: kit sync. Or from a stick: kit sync --from PLACE",
        "stopped" => return Some(format!("Alone it has more time: kit sync --from {source}")),
        "too-big" | "answer" | "no-kit" => {
            return Some(match kind {
                "web" => "Log in to this network first (hotel, train), or put the address right: kit source list".to_owned(),
                _ => "Is the address right? kit source list".to_owned(),
            });
        }
        "cut-off" => "Try again: kit sync. If it stays so, tell whoever keeps that server.",
        "clock" => "Set this machine's clock, then: kit sync",
        "identity" if has_ssh => {
            "Ask its administrator for the fingerprint of its host key, by phone; compare: ssh-keyscan HOST | ssh-keygen -lf -"
        }
        "identity" => "Somebody may stand between. Another network? A certificate of your company (SSL_CERT_FILE)?",
        "denied" if has_ssh => "Load your key: ssh-add. Then: kit sync",
        "denied" if matches!(kind, "s3" | "azure") => {
            "Are its credentials here, and not over? A command can give them: kit source add PLACE --credentials-from COMMAND"
        }
        "denied" => "Are your credentials for it in ~/.netrc, or in git's own credential helper?",
        "redirect" => "If you trust where it leads: kit source add NEW, then kit source remove OLD",
        "read-only" | "no-compare" => {
            "Publish to another place first, and keep this one for reading: kit source add PLACE --first"
        }
        "busy" => "Try again in a minute.",
        "lost-race" => "Take theirs first, then publish again: kit sync",
        "read-back" => "Something else writes there too. Look at it: kit source test",
        "program" => "Install it with your package manager, then: kit sync",
        "setup" => "How each kind of place is set up: docs/guide/sources.md",
        "disk" => "Look at the place: who may read it, is it what it should be?",
        "nothing" => "Its publisher publishes there: kit publish DIR --to PLACE",
        "behind" => "A mirror that is late. If it stays so, tell a publisher.",
        "newer-kit" => "Install a newer kit. This one goes on working with what is here.",
        "rollback" => "If it stays so, tell a publisher: somebody may hold back newer kits there.",
        "fork" | "root-fork" | "refused" => "Tell a publisher, on a number that you know. Nothing of it was kept.",
        _ => return None,
    };
    Some(text.to_owned())
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        let text = format!("{error}.");
        let name = error.name().to_owned();
        let next = next_step(error.kind(), &name).unwrap_or_else(|| "The places: kit source list".to_owned());
        match error {
            // Slips on the command line; the kit has nothing to do with them.
            SourceError::Unsupported { .. } | SourceError::Address { .. } => Self::usage(text).hint(next),
            SourceError::LostRace { .. } => Self::new(Kind::No, text).hint(next),
            _ => Self::new(Kind::NoSource, text).hint(next).hint(STILL_WORKS),
        }
    }
}
