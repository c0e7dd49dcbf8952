//! Addresses of sources as people write them, and the one text that each is remembered by.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::{FileSource, Source, SourceError};

/// Where a source is: parsed, absolute, not looked at yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A folder or a file of this machine, a stick or a mounted share.
    File(PathBuf),
}

impl Address {
    /// Reads `box`, `/media/stick/kit.kit` or `file:///media/stick`. A relative path is taken from `base`, which has to be
    /// absolute; the text of the result ([`fmt::Display`]) reads as the same address from anywhere.
    ///
    /// Anything that looks like another kind of address is refused rather than taken for a strange file name: such a name
    /// has to be written `./like:this`.
    ///
    /// # Errors
    /// [`SourceError::Unsupported`] names the kind; [`SourceError::Address`] the rule that is broken.
    pub fn parse(text: &str, base: &Path) -> Result<Self, SourceError> {
        let fail = |why| SourceError::Address { text: text.to_owned(), why };
        let unsupported = |scheme: &str| SourceError::Unsupported { scheme: scheme.to_owned() };
        let path = if let Some(rest) = strip_scheme(text, "file:") {
            from_file_url(rest).map_err(fail)?
        } else if let Some(scheme) = scheme(text) {
            return Err(unsupported(scheme));
        } else if is_remote_shell(text) {
            return Err(unsupported("ssh"));
        } else {
            text.to_owned()
        };
        if path.is_empty() {
            return Err(fail("the path is empty"));
        }
        if path.contains('\0') {
            return Err(fail("a path cannot hold a NUL"));
        }
        // Without "." in the middle: the text of an address is read by people.
        let path: PathBuf = base.join(path).components().collect();
        if !path.is_absolute() {
            return Err(fail("a relative path needs a folder to start from"));
        }
        if path.to_str().is_none() {
            return Err(fail("the path is not UTF-8 text"));
        }
        Ok(Self::File(path))
    }

    /// The source at this address.
    pub fn source(&self) -> Box<dyn Source> {
        match self {
            Self::File(path) => Box::new(FileSource::new(path.clone())),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
        }
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

/// `git@example.com:acme/kit.git`: a host before the first slash.
fn is_remote_shell(text: &str) -> bool {
    text.split('/').next().is_some_and(|first| first.contains('@') && first.contains(':'))
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

fn percent_decoded(text: &str) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first != b'%' {
            bytes.push(first);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_at_checked(2).ok_or("a % stands before two hex digits")?;
        let byte = data_encoding::HEXLOWER_PERMISSIVE.decode(digits).map_err(|_| "a % stands before two hex digits")?;
        bytes.extend(byte);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| "the path is not UTF-8 text")
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
        for (text, scheme) in [
            ("https://example.com/kit", "https"),
            ("s3://bucket/kit", "s3"),
            ("git+ssh://example.com/kit", "git+ssh"),
            ("ext::sh -c date", "ext"),
            ("git@example.com:acme/kit.git", "ssh"),
            ("mailto:a@example.com", "mailto"),
        ] {
            let found = parsed(text);
            assert!(found.contains(&format!("{scheme} sources are not supported yet")), "{text:?}: {found}");
        }
    }

    #[test]
    fn broken_addresses_say_which_rule() {
        for (text, why) in [
            ("", "empty"),
            ("a\0b", "NUL"),
            ("file:///a%00b", "NUL"),
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
