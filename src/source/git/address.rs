//! Addresses of git repositories, and what git is given for them: made from the parts, never from the text.
//!
//! `git+ssh://`, `git+https://`, `git+http://` to this machine only, `git+file:///`; `git@host:path` as git itself writes it,
//! which is relative to the home of that user there and stays so. Behind a `?`: `branch=NAME` and `path=FILE`.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::super::{
    BUNDLE_NAME,
    url::{Url, percent_encoded},
};

/// The branch, when the address names none.
const BRANCH: &str = "kit";
/// Longest name of a branch or a path in a repository, in bytes.
const NAME_BYTES_MAX: usize = 200;
/// The branch where members leave what they send has the name of the other one with this behind it.
const INBOX: &str = "-inbox";

/// How a repository is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Ssh,
    Https,
    /// To this machine only.
    Http,
    File,
}

/// Where a repository is, and which file of which branch is the bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitAddress {
    way: Way,
    url: Url,
    /// Written `host:path`: from the home of the user there.
    is_from_home: bool,
    branch: String,
    path: String,
}

impl GitAddress {
    /// Reads it.
    pub(in super::super) fn parse(url: &Url) -> Result<Self, &'static str> {
        Self::of(url, false)
    }

    /// Reads `user@host:path`, given as the URL with that path below the root.
    pub(in super::super) fn parse_from_home(url: &Url) -> Result<Self, &'static str> {
        Self::of(url, true)
    }

    fn of(url: &Url, is_from_home: bool) -> Result<Self, &'static str> {
        url.check_parameters(&["branch", "path"])?;
        let way = match url.scheme.as_str() {
            "git+ssh" | "ssh" => Way::Ssh,
            "git+https" => Way::Https,
            "git+http" if url.is_loopback() => Way::Http,
            "git+http" => return Err("git without TLS is for this machine only: write git+https://"),
            "git+file" if url.host == "localhost" && url.user.is_none() && url.port.is_none() => Way::File,
            _ => return Err("a repository of this machine is written git+file:///path"),
        };
        let mut url = url.clone();
        while url.path.ends_with('/') {
            url.path.pop();
        }
        if is_from_home && url.path.contains('%') {
            return Err("after host: there are no escapes such as %20: write git+ssh://host/path");
        }
        let path = url.decoded_path()?;
        if path.trim_matches('/').is_empty() {
            return Err("the address names no repository");
        }
        if path.split('/').any(|part| part.starts_with('-')) {
            return Err("no part of a repository's path begins with a hyphen: programs take it for an option");
        }
        let branch = url.parameter("branch").unwrap_or(BRANCH).to_owned();
        check_branch(&branch)?;
        let path = url.parameter("path").unwrap_or(BUNDLE_NAME).to_owned();
        check_path(&path)?;
        url.query.clear();
        url.scheme = match way {
            Way::Ssh => "ssh",
            Way::Https => "https",
            Way::Http => "http",
            Way::File => "file",
        }
        .to_owned();
        Ok(Self { way, url, is_from_home, branch, path })
    }

    /// Whether it is a repository on this machine.
    pub(in super::super) fn is_local(&self) -> bool {
        self.way == Way::File
    }

    pub(super) fn way(&self) -> Way {
        self.way
    }

    /// The one protocol that git may speak, by its name in `GIT_ALLOW_PROTOCOL`.
    pub(super) fn protocol(&self) -> &str {
        &self.url.scheme
    }

    /// What git is given.
    pub(super) fn remote(&self) -> String {
        match self.way {
            Way::Ssh if self.is_from_home => self.from_home(),
            Way::File => format!("file://{}", self.url.path),
            _ => self.url.to_string(),
        }
    }

    /// The folder of a repository on this machine.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        let path = self.url.decoded_path().ok().filter(|_| self.is_local())?;
        Some(Path::new(&path).to_owned())
    }

    /// The branch that holds the bundle.
    pub(super) fn branch(&self) -> &str {
        &self.branch
    }

    /// The branch where members leave what they send.
    pub(super) fn inbox_branch(&self) -> String {
        format!("{}{INBOX}", self.branch)
    }

    /// The bundle's path in the tree of the branch.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    fn from_home(&self) -> String {
        let user = self.url.user.as_deref().map(|user| format!("{user}@")).unwrap_or_default();
        // As it is: this form has no escapes, so none were let in.
        format!("{user}{}:{}", self.url.authority(), self.url.path.trim_start_matches('/'))
    }
}

impl fmt::Display for GitAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.way {
            Way::File => write!(f, "git+file://{}", self.url.path)?,
            Way::Ssh if self.is_from_home => f.write_str(&self.from_home())?,
            _ => write!(f, "git+{}", self.url)?,
        }
        let named = [("branch", &self.branch, BRANCH), ("path", &self.path, BUNDLE_NAME)];
        for (at, (name, value, _)) in named.iter().filter(|(_, value, usual)| value != usual).enumerate() {
            write!(f, "{}{name}={}", if at == 0 { '?' } else { '&' }, percent_encoded(value))?;
        }
        Ok(())
    }
}

/// The rules of git-check-ref-format(1), with less room: what is a name here is one to git, to every server and to every file system.
fn check_branch(name: &str) -> Result<(), &'static str> {
    let is_part = |part: &str| !part.is_empty() && !part.starts_with(['.', '-']) && !part.ends_with('.') && !is_lock(part);
    if is_plain(name) && name.split('/').all(is_part) && name != "HEAD" {
        Ok(())
    } else {
        Err("a branch is letters, digits, dots, hyphens and underscores, with / between its parts, as git has them")
    }
}

fn check_path(path: &str) -> Result<(), &'static str> {
    let is_part = |part: &str| {
        !part.is_empty() && !part.starts_with('-') && !part.ends_with('.') && !part.to_ascii_lowercase().starts_with(".git")
    };
    if is_plain(path) && path.split('/').all(is_part) {
        Ok(())
    } else {
        Err(
            "a path in a repository is letters, digits, dots, hyphens and underscores, with / between its parts, and nothing of git's own",
        )
    }
}

fn is_plain(name: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'/');
    name.len() <= NAME_BYTES_MAX && name.bytes().all(is_plain) && !name.contains("..")
}

fn is_lock(part: &str) -> bool {
    part.to_ascii_lowercase().ends_with(".lock")
}

#[cfg(test)]
mod tests {
    use super::super::super::Address;
    use super::*;

    fn parsed(text: &str) -> Result<GitAddress, String> {
        match Address::parse(text, Path::new("/base")) {
            Ok(Address::Git(address)) => Ok(address),
            other => Err(other.map_or_else(|e| e.to_string(), |other| format!("{other:?}"))),
        }
    }

    #[test]
    fn each_form_is_given_to_git_as_it_was_meant_and_reads_as_itself_again() {
        for (text, canonical, remote) in [
            ("git@example.com:acme/kit.git", "git@example.com:acme/kit.git", "git@example.com:acme/kit.git"),
            ("git@example.com:/srv/kit.git", "git+ssh://git@example.com/srv/kit.git", "ssh://git@example.com/srv/kit.git"),
            ("git@[::1]:kit.git", "git@[::1]:kit.git", "git@[::1]:kit.git"),
            ("git@example.com:2222/kit", "git@example.com:2222/kit", "git@example.com:2222/kit"),
            ("git@example.com:~ops/kit", "git@example.com:~ops/kit", "git@example.com:~ops/kit"),
            ("ssh://example.com:2222/kit/", "git+ssh://example.com:2222/kit", "ssh://example.com:2222/kit"),
            ("git+ssh://git@[::1]:22/kit", "git+ssh://git@[::1]:22/kit", "ssh://git@[::1]:22/kit"),
            ("git+https://example.com/a/b%20c.git", "git+https://example.com/a/b%20c.git", "https://example.com/a/b%20c.git"),
            ("git+http://127.0.0.1:8080/kit", "git+http://127.0.0.1:8080/kit", "http://127.0.0.1:8080/kit"),
            ("git+file:///srv/a%20b.git", "git+file:///srv/a%20b.git", "file:///srv/a%20b.git"),
            ("GIT+FILE:///srv/kit?branch=kit&path=bundle.kit", "git+file:///srv/kit", "file:///srv/kit"),
            (
                "git@example.com:kit.git?path=a/b.kit&branch=ops/kit",
                "git@example.com:kit.git?branch=ops/kit&path=a/b.kit",
                "git@example.com:kit.git",
            ),
            ("git+file:///srv/kit?branch=main", "git+file:///srv/kit?branch=main", "file:///srv/kit"),
        ] {
            let address = parsed(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!((address.to_string().as_str(), address.remote().as_str()), (canonical, remote), "{text}");
            assert_eq!(parsed(canonical), Ok(address), "read again: {canonical}");
        }
        let address = parsed("git+file:///srv/a%20b.git?branch=ops").unwrap();
        assert_eq!((address.folder(), address.inbox_branch().as_str()), (Some("/srv/a b.git".into()), "ops-inbox"));
    }

    #[test]
    fn names_that_git_or_a_file_system_takes_for_something_else_are_refused() {
        let long = "a".repeat(201);
        for branch in [
            "", "-f", "a/-f", ".", "..", "a..b", "a//b", "/a", "a/", "a.lock", "a.LOCK/b", ".a", "a.", "a b", "a~1", "a^", "a:b",
            "a?", "a*", "a[", "a%5Cb", "@", "a@%7Bb", "HEAD", "+a", "%C3%A9", &long,
        ] {
            let found = parsed(&format!("git+file:///srv/kit?branch={branch}"));
            assert!(found.is_err(), "{branch:?}: {found:?}");
        }
        for path in [
            "",
            "/a",
            "a/",
            "a//b",
            "../a",
            "a/../b",
            "-a",
            "a/-b",
            ".git",
            ".GIT/config",
            "a/.gitmodules",
            "a.",
            "a:b",
            "a%00",
            "git~1",
            &long,
        ] {
            let found = parsed(&format!("git+file:///srv/kit?path={path}"));
            assert!(found.is_err(), "{path:?}: {found:?}");
        }
    }
}
