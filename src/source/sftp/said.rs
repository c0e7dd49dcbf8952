//! What `sftp` and `ssh` said, and what that means. Nothing of it is believed further than as a reason.

use crate::source::{Bounds, SourceError, error::said};

/// What was said in answer to one command; nothing but lists is said when it went well.
#[derive(Debug)]
pub(super) struct Said(pub Vec<String>);

/// Why a command was not carried out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nothing is there, or the folder it would stand in is not.
    Missing,
    /// This account may not.
    Denied,
    /// Anything else: the protocol has one word for it all, `Failure`.
    Other(String),
}

impl Trouble {
    /// What it means where it is not expected.
    pub(super) fn error(self, name: &str, doing: &str) -> SourceError {
        let name = name.to_owned();
        match self {
            Self::Missing => SourceError::Answer { name, what: format!("{doing}: no such file or folder there") },
            Self::Denied => SourceError::Denied { name, why: format!("{doing}: permission denied") },
            Self::Other(why) => SourceError::Answer { name, what: format!("{doing}: {why}") },
        }
    }
}

impl Said {
    /// Lines of talk about what is being done are no trouble; anything else is.
    pub(super) fn done(self) -> Result<(), Trouble> {
        const TALK: [&str; 5] = ["Fetching ", "Uploading ", "Removing ", "Changing ", "Connected to "];
        match self.0.iter().find(|line| !line.is_empty() && !TALK.iter().any(|talk| line.starts_with(talk))) {
            None => Ok(()),
            Some(line) => Err(trouble(line)),
        }
    }

    /// Lines of a list: those that `read` can read.
    pub(super) fn listed<T>(self, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Trouble> {
        // A list that began and then broke off is none.
        match self.0.iter().find(|line| line.starts_with("Can't ls") || line.starts_with("remote ")) {
            Some(line) => Err(trouble(line)),
            None => Ok(self.0.iter().filter_map(|line| read(line)).collect()),
        }
    }
}

/// The reason stands at the end of a line, after what the line is about.
fn trouble(line: &str) -> Trouble {
    let line = line.trim_end_matches(['.', ' ']);
    if line.ends_with("No such file or directory") || line.ends_with("No such file") || line.ends_with(" not found") {
        Trouble::Missing
    } else if line.ends_with("Permission denied") {
        Trouble::Denied
    } else {
        Trouble::Other(said(line))
    }
}

/// Why there is no connection, from all that was said before it ended.
pub(super) fn no_connection(name: &str, lines: &[String], bounds: &Bounds) -> SourceError {
    let has = |words: &[&str]| lines.iter().any(|line| words.iter().any(|word| line.contains(word)));
    let name = name.to_owned();
    let identity = |why: &str| SourceError::Identity { name: name.clone(), why: why.to_owned(), clock: false };
    // Of all that ssh says, its last word is the reason; sftp says after every end that the connection is closed.
    let is_reason = |line: &&String| !line.is_empty() && line.trim_end_matches(['.', ' ']) != "Connection closed";
    let reason = lines.iter().rev().find(is_reason);
    let why = said(reason.map_or("the connection was closed without a word", String::as_str));
    if has(&["REMOTE HOST IDENTIFICATION HAS CHANGED", "host key has changed"]) {
        identity("the server shows another ssh host key than the one that is known")
    } else if has(&["REVOKED HOST KEY", "marked as revoked"]) {
        identity("the server's ssh host key is revoked")
    } else if has(&["Host key verification failed", "host key is known for", "Host key not found"]) {
        identity("the server's ssh host key is not known on this machine")
    } else if has(&[
        "Permission denied (",
        "Too many authentication failures",
        "Authentication failed",
        "No supported authentication",
    ]) {
        SourceError::Denied { name, why }
    } else if has(&["Connection timed out", "Operation timed out"]) {
        SourceError::NoAnswer { name, seconds: bounds.elapsed().as_secs().max(1) }
    } else if reason.is_none() || has(&["subsystem request failed", "Received message too long", "Connection to remote server"]) {
        SourceError::Answer { name, what: format!("offers no sftp to this account: {why}") }
    } else if has(&["Bad configuration option", "Unsupported option", "unknown option", "illegal option", "bad permissions"]) {
        SourceError::Setup { name, why: format!("ssh does not take its configuration: {why}") }
    } else {
        SourceError::Offline { name, why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(lines: &[&str]) -> Said {
        Said(lines.iter().map(|&line| line.to_owned()).collect())
    }

    #[test]
    fn the_reason_is_what_stands_at_the_end() {
        for (line, trouble) in [
            (r#"remote rename "/a" to "/b": No such file or directory"#, Trouble::Missing),
            (r#"File "/srv/Permission denied" not found."#, Trouble::Missing),
            (r#"remote open "/srv/not found": Permission denied"#, Trouble::Denied),
            (r#"remote mkdir "/srv": Failure"#, Trouble::Other(r#"remote mkdir "/srv": Failure"#.into())),
        ] {
            assert_eq!(said(&["Fetching /a to b", line]).done(), Err(trouble), "{line}");
        }
        assert_eq!(said(&["Uploading a to /b", ""]).done(), Ok(()));
        assert_eq!(said(&[r#"Can't ls: "/x" not found"#]).listed(|line| Some(line.len())), Err(Trouble::Missing));
        assert_eq!(said(&["a", "bc"]).listed(|line| (line != "a").then_some(line.len())), Ok(vec![2]));
    }

    #[test]
    fn each_way_to_have_no_connection_has_its_kind() {
        let bounds = Bounds::of(1);
        let kind = |lines: &[&str]| {
            let error = format!("{:?}", no_connection("x", &said(lines).0, &bounds));
            error.split([' ', '{']).next().unwrap_or_default().to_owned()
        };
        assert_eq!(
            kind(&["@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @", "Host key verification failed.", "Connection closed"]),
            "Identity"
        );
        assert_eq!(
            kind(&[
                "No ED25519 host key is known for x and you have requested strict checking.",
                "Host key verification failed."
            ]),
            "Identity"
        );
        assert_eq!(kind(&["kit@x: Permission denied (publickey).", "Connection closed"]), "Denied");
        assert_eq!(kind(&["ssh: connect to host x port 22: Connection refused", "Connection closed"]), "Offline");
        assert_eq!(kind(&["ssh: Could not resolve hostname x: Name or service not known"]), "Offline");
        assert_eq!(kind(&["ssh: connect to host x port 22: Connection timed out"]), "NoAnswer");
        assert_eq!(kind(&["subsystem request failed on channel 0", "Connection closed"]), "Answer");
        assert_eq!(kind(&["command-line: line 0: Bad configuration option: x"]), "Setup");
        assert_eq!(kind(&["Connection closed"]), "Answer");
        let refused = no_connection("x", &said(&["ssh: connect: Connection refused", "Connection closed.  "]).0, &bounds);
        assert!(refused.to_string().ends_with("Connection refused"), "{refused}");
    }
}
