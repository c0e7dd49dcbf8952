//! Addresses of sources as people write them, and the one text that each is remembered by.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    CredentialCommand, FileSource, Outside, Source, SourceError,
    git::GitAddress,
    object::{AzureAddress, S3Address},
    sftp::SftpAddress,
    url::{Url, percent_decoded},
    web::WebAddress,
};

/// Where a source is: parsed, absolute, not looked at yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A folder or a file of this machine, a stick or a mounted share.
    File(PathBuf),
    /// A git repository, by ssh, https, or on this machine.
    Git(GitAddress),
    /// A web server, with WebDAV where it is published to.
    Web(WebAddress),
    /// An S3 bucket, at AWS or elsewhere.
    S3(S3Address),
    /// An Azure blob container.
    Azure(AzureAddress),
    /// A folder of another machine, by ssh.
    Sftp(SftpAddress),
}

impl Address {
    /// Reads `box`, `/media/stick/kit.kit`, `git@example.com:acme/kit.git`, `s3://bucket/kit` and the like. A relative path is
    /// taken from `base`, which has to be absolute; the text of the result ([`fmt::Display`]) reads as the same address from
    /// anywhere.
    ///
    /// Anything that looks like another kind of address is refused rather than taken for a strange file name: such a name
    /// has to be written `./like:this`.
    ///
    /// # Errors
    /// [`SourceError::Unsupported`] names the kind; [`SourceError::Address`] the rule that is broken.
    pub fn parse(text: &str, base: &Path) -> Result<Self, SourceError> {
        let fail = |why| SourceError::Address { text: text.to_owned(), why };
        if let Some(rest) = strip_scheme(text, "file:") {
            return file(&from_file_url(rest).map_err(fail)?, base).map_err(fail);
        }
        if let Some((repository, is_from_home)) = remote_shell(text) {
            let parse = if is_from_home { GitAddress::parse_from_home } else { GitAddress::parse };
            return parse(&Url::parse(&repository).map_err(fail)?).map(Self::Git).map_err(fail);
        }
        let Some(scheme) = scheme(text) else {
            if is_like_a_host(text) {
                return Err(fail(
                    "looks like a host on a network: write https://… or user@host:path; a folder of that name, ./…",
                ));
            }
            return file(text, base).map_err(fail);
        };
        // What may hold a password is not repeated.
        let scheme = scheme.to_ascii_lowercase();
        let fail = |why| SourceError::Address { text: format!("{scheme}://…"), why };
        let url = || Url::parse(text).map_err(fail);
        match scheme.as_str() {
            "git+ssh" | "git+https" | "git+http" | "git+file" | "ssh" => {
                GitAddress::parse(&git_url(text).map_err(fail)?).map(Self::Git).map_err(fail)
            }
            "https" | "http" => WebAddress::parse(&url()?).map(Self::Web).map_err(fail),
            "s3" => S3Address::parse(&url()?).map(Self::S3).map_err(fail),
            "azblob" => AzureAddress::parse(&url()?).map(Self::Azure).map_err(fail),
            "sftp" => SftpAddress::parse(&url()?).map(Self::Sftp).map_err(fail),
            _ => Err(SourceError::Unsupported { scheme }),
        }
    }

    /// The source at this address. `credentials` is the command that gives them, where the user named one.
    pub fn source(&self, outside: &Outside, credentials: Option<&CredentialCommand>) -> Arc<dyn Source> {
        match self {
            Self::File(path) => Arc::new(FileSource::new(path.clone())),
            Self::Git(address) => address.source(outside),
            Self::Web(address) => address.source(outside, credentials),
            Self::S3(address) => address.source(outside, credentials),
            Self::Azure(address) => address.source(outside, credentials),
            Self::Sftp(address) => address.source(outside),
        }
    }

    /// The sort of place, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::File(_) => "folder",
            Self::Git(_) => "git",
            Self::Web(_) => "web",
            Self::S3(_) => "s3",
            Self::Azure(_) => "azure",
            Self::Sftp(_) => "sftp",
        }
    }

    /// Whether it stands on this machine: such a place is never taken from somebody else's suggestion.
    pub fn is_local(&self) -> bool {
        match self {
            Self::File(_) => true,
            Self::Git(address) => address.is_local(),
            _ => false,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Git(address) => address.fmt(f),
            Self::Web(address) => address.fmt(f),
            Self::S3(address) => address.fmt(f),
            Self::Azure(address) => address.fmt(f),
            Self::Sftp(address) => address.fmt(f),
        }
    }
}

fn file(path: &str, base: &Path) -> Result<Address, &'static str> {
    if path.is_empty() {
        return Err("the path is empty");
    }
    if path.contains('\0') {
        return Err("a path cannot hold a NUL");
    }
    // Without "." in the middle: the text of an address is read by people.
    let path: PathBuf = base.join(path).components().collect();
    if !path.is_absolute() {
        return Err("a relative path needs a folder to start from");
    }
    if path.to_str().is_none() {
        return Err("the path is not UTF-8 text");
    }
    Ok(Address::File(path))
}

/// `git+file:///path` has no host; every other address has one.
fn git_url(text: &str) -> Result<Url, &'static str> {
    match strip_scheme(text, "git+file:///") {
        Some(rest) => Url::parse(&format!("git+file://localhost/{rest}")),
        None => Url::parse(text),
    }
}

fn strip_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// The scheme of a URL (RFC 3986, 3.1). One letter is a drive of Windows.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let mut chars = scheme.chars();
    let is_scheme = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
        && scheme.len() > 1;
    is_scheme.then_some(scheme)
}

/// `git@example.com:acme/kit.git`, as git itself writes it: a user and a host before the first slash. As a URL, and whether
/// the path is from the home of that user there rather than from the root.
fn remote_shell(text: &str) -> Option<(String, bool)> {
    let end = text.find("@[").and_then(|at| text.get(at..)?.find("]:").map(|length| at + length + 1));
    let (place, path) = match end {
        Some(end) => (text.get(..end)?, text.get(end + 1..)?),
        None => text.split_once(':')?,
    };
    let is_place = place.contains('@') && !place.contains('/') && !path.starts_with("//");
    is_place.then(|| (format!("git+ssh://{place}/{}", path.trim_start_matches('/')), !path.starts_with('/')))
}

/// `kit.example.com` or `git@example.com`: one word with the end of a host name, and not that of a bundle.
fn is_like_a_host(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    let has_domain =
        text.contains('.') && !text.starts_with('.') && last.len() > 1 && last.bytes().all(|b| b.is_ascii_alphabetic());
    !text.contains(['/', '\\', ' ']) && !last.eq_ignore_ascii_case("kit") && (has_domain || text.contains('@'))
}

/// The path of what follows `file:` (RFC 8089): `//` with no host or `localhost`, then an absolute path, percent-encoded.
fn from_file_url(rest: &str) -> Result<String, &'static str> {
    let rest = rest.strip_prefix("//").ok_or("a file URL begins with file:///")?;
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    if !path.starts_with('/') {
        return Err("a file URL names no other host: it begins with file:///");
    }
    if path.contains(['?', '#']) {
        return Err("a file URL has no query or fragment: write ? as %3F and # as %23");
    }
    let path = percent_decoded(path)?;
    let is_drive = |path: &str| matches!(path.as_bytes(), [b'/', letter, b':', ..] if letter.is_ascii_alphabetic());
    Ok(if cfg!(windows) && is_drive(&path) { path.get(1..).unwrap_or_default().to_owned() } else { path })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> String {
        match Address::parse(text, Path::new("/base/dir")) {
            Ok(address) => address.to_string(),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn paths_become_absolute_and_stay_what_they_are() {
        for (text, path) in [
            ("box", "/base/dir/box"),
            ("./a b", "/base/dir/a b"),
            ("/media/stick/x.kit", "/media/stick/x.kit"),
            ("../box", "/base/dir/../box"),
            ("a\nb", "/base/dir/a\nb"),
            ("./git@host:x", "/base/dir/git@host:x"),
            ("./https:", "/base/dir/https:"),
            ("-rf", "/base/dir/-rf"),
            ("file:///a%20b/%C3%A9%25", "/a b/é%"),
            ("FILE://localhost/a", "/a"),
            ("größe", "/base/dir/größe"),
        ] {
            assert_eq!(parsed(text), path, "{text:?}");
            assert_eq!(parsed(&parsed(text)), path, "read again: {text:?}");
        }
    }

    #[test]
    fn other_kinds_are_named_and_never_taken_for_a_file_name() {
        for (text, scheme) in [("ext::sh -c date", "ext"), ("mailto:a@example.com", "mailto"), ("FTP://x/y", "ftp")] {
            let found = parsed(text);
            assert!(found.starts_with(&format!("error: {scheme}: is no kind of source")), "{text:?}: {found}");
        }
    }

    #[test]
    fn each_kind_is_told_by_its_scheme() {
        for text in [
            "git+ssh://git@example.com/acme/kit.git",
            "https://example.com/kit/",
            "s3://bucket/kit",
            "azblob://account/container/kit",
            "sftp://example.com/srv/kit",
        ] {
            assert_eq!(parsed(text), text);
        }
        let secret = parsed("https://user:hunter2@example.com/");
        assert!(secret.contains("a password") && !secret.contains("hunter2"), "{secret}");
    }

    #[test]
    fn broken_addresses_say_which_rule() {
        for (text, why) in [
            ("", "empty"),
            ("a\0b", "NUL"),
            ("file:///a%00b", "NUL"),
            ("kit.example.com", "looks like a host"),
            ("git@github.com", "looks like a host"),
            ("file:a", "file:///"),
            ("file://host/a", "no other host"),
            ("file://localhostage/a", "no other host"),
            ("file:///a%2", "hex digits"),
            ("file:///a%zz", "hex digits"),
            ("file:///%ff", "UTF-8"),
            ("file:///a?b", "query"),
        ] {
            let found = parsed(text);
            assert!(found.starts_with("error: ") && found.contains(why), "{text:?}: {found}");
        }
        assert!(Address::parse("box", Path::new("relative")).is_err());
    }
}
