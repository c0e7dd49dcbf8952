//! What git and ssh say when something fails, and what it means. They say it in English (`LC_ALL=C`), and have for years.
//!
//! A hostile server can write any of these lines too. All it gains is another sentence in the report: no decision hangs on them
//! but whether to try again.

use super::super::{SourceError, error::said};

/// What a branch is called that is not there.
const NO_BRANCH: &str = "fatal: couldn't find remote ref refs/heads/";

/// Lines that say nothing, or what git says of itself.
const EMPTY_TALK: &[&str] = &[
    "Please make sure you have the correct access rights",
    "and the repository exists.",
    "fatal: Could not read from remote repository.",
    "@@@@@",
    "hint:",
    "warning:",
    "Warning: Permanently added",
    "To add an exception",
];

/// Whether the branch that was asked for is not there, or nothing is.
pub(super) fn is_no_branch(talk: &str) -> bool {
    talk.lines().any(|line| line.starts_with(NO_BRANCH))
}

/// Whether the other side numbers its objects by SHA-256.
pub(super) fn is_sha256(talk: &str) -> bool {
    talk.contains("mismatched algorithms: client sha1; server sha256")
}

/// Whether a refused push says that somebody else was faster or is at it, so that another try may do.
pub(super) fn is_race(reason: &str) -> bool {
    const RACES: &[&str] = &[
        "fetch first",
        "non-fast-forward",
        "stale info",
        "failed to update ref",
        "failed to lock",
        "cannot lock ref",
        "reference already exists",
        "incorrect old value",
        "unable to create",
        "needs lock",
        "remote ref updated since",
    ];
    let reason = reason.to_ascii_lowercase();
    RACES.iter().any(|race| reason.contains(race))
}

/// The lines that say why, in one.
pub(super) fn reason(talk: &str) -> String {
    let says = |line: &&str| !line.trim().is_empty() && !EMPTY_TALK.iter().any(|empty| line.trim().starts_with(empty));
    let lines: Vec<&str> = talk.lines().filter(says).map(|line| line.trim().trim_start_matches("fatal: ")).collect();
    let line = if lines.is_empty() { talk.to_owned() } else { lines.join("; ") };
    if line.trim().is_empty() { "git failed and did not say why".to_owned() } else { said(&line) }
}

/// What a failure means.
pub(super) fn error(name: &str, talk: &str) -> SourceError {
    let low = talk.to_ascii_lowercase();
    let has = |needles: &[&str]| needles.iter().any(|needle| low.contains(needle));
    let (name, why) = (name.to_owned(), reason(talk));
    if has(&["remote host identification has changed"]) {
        let why = "its ssh host key is another one than before: it was installed anew, or somebody is in between. Nothing was \
                   sent to it"
            .to_owned();
        return SourceError::Identity { name, why, clock: false };
    }
    if has(&["host key verification failed", "no matching host key"]) {
        let why = "its ssh host key is not known on this machine. Check it, then let ssh remember it".to_owned();
        return SourceError::Identity { name, why, clock: false };
    }
    if has(&["certificate", "ssl peer", "ssl: "]) && !has(&["client certificate"]) {
        return SourceError::Identity { name, why, clock: has(&["expired", "not yet", "not activated"]) };
    }
    if has(&["dubious ownership"]) {
        let why = "the repository belongs to another user, and git reads it only where its own setting safe.directory says so"
            .to_owned();
        return SourceError::Setup { name, why };
    }
    if low.contains("transport '") && low.contains("' not allowed") {
        let why = format!("git's own settings (url.….insteadOf) lead to another protocol: {why}");
        return SourceError::Setup { name, why };
    }
    if has(&["returned error: 30"]) {
        let what = format!("redirects elsewhere, where kit does not go; write the address that it leads to: {why}");
        return SourceError::Answer { name, what };
    }
    if has(&[
        "permission denied (",
        "authentication failed",
        "could not read username",
        "could not read password",
        "unable to get password from user",
        "terminal prompts disabled",
        "returned error: 401",
        "returned error: 403",
        "too many authentication failures",
        "repository not found",
        "access denied",
        "not authorized",
        "permission to ",
    ]) {
        return SourceError::Denied { name, why };
    }
    if has(&[
        "could not resolve",
        "connection refused",
        "connection timed out",
        "no route to host",
        "network is unreachable",
        "failed to connect",
        "couldn't connect",
        "could not connect",
        "connection reset",
        "connection closed by",
        "kex_exchange_identification",
        "operation timed out",
    ]) {
        return SourceError::Offline { name, why };
    }
    if has(&["does not appear to be a git repository", "not found"]) {
        return SourceError::Answer { name, what: format!("there is no git repository: {why}") };
    }
    if has(&["early eof", "index-pack", "unexpected disconnect", "bad object", "fsck", "pack has", "inflate", "invalid object"]) {
        return SourceError::Answer { name, what: format!("what it sent is damaged: {why}") };
    }
    SourceError::Answer { name, what: why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line_without_the_usual_talk() {
        let talk = "ERROR: Repository not found.\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.";
        assert_eq!(reason(talk), "ERROR: Repository not found.");
        assert!(matches!(error("x", talk), SourceError::Denied { .. }));
        assert_eq!(reason(" \n"), "git failed and did not say why");
        assert!(reason(&"a".repeat(1000)).chars().count() <= 201);
    }

    #[test]
    fn only_a_race_is_tried_again() {
        for race in ["[rejected] (fetch first)", "[remote rejected] (cannot lock ref 'refs/heads/kit': is at 1 but expected 2)"] {
            assert!(is_race(race), "{race}");
        }
        for no in [
            "[remote rejected] (pre-receive hook declined)",
            "[remote rejected] (protected branch hook declined)",
            "[remote failure]",
        ] {
            assert!(!is_race(no), "{no}");
        }
    }
}
