//! `sftp://user@host:port/path`: what the system's `sftp` is told is made from these parts, quoted.

use std::{fmt, sync::Arc};

use super::SftpSource;
use crate::source::{BUNDLE_NAME, Outside, Source, url::Url};

/// The ending that makes an address one file; any other is a folder.
const BUNDLE_ENDING: &str = ".kit";

/// A folder that holds `bundle.kit`, or one file that ends in `.kit`; `/~/x` stands in the home of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SftpAddress {
    url: Url,
    /// Absolute, or relative to the home and then begins with a dot; no slash at its end.
    folder: String,
    /// Of the bundle in it.
    name: String,
}

impl SftpAddress {
    /// Reads it.
    pub(in crate::source) fn parse(url: &Url) -> Result<Self, &'static str> {
        url.check_parameters(&[])?;
        let mut url = url.clone();
        while url.path.len() > 1 && url.path.ends_with('/') {
            url.path.pop();
        }
        let path = url.decoded_path()?;
        if path.contains("//") {
            return Err("a path has no empty part (//) in it");
        }
        // sftp takes some of these for patterns, wherever they stand, and others end a word.
        if path.contains(['"', '\\', '*', '?', '[', ']', '{', '}']) {
            return Err("a path over sftp has none of \" \\ * ? [ ] { } in it");
        }
        let path = match path.strip_prefix("/~") {
            Some("") => ".".to_owned(),
            Some(rest) if rest.starts_with('/') => format!(".{rest}"),
            Some(_) => return Err("the home of another user is written as an absolute path; /~/ is the account's own"),
            None => path,
        };
        let (above, last) = path.rsplit_once('/').unwrap_or(("", &path));
        let is_file = last.len() > BUNDLE_ENDING.len() && last.to_ascii_lowercase().ends_with(BUNDLE_ENDING);
        let (folder, name) = if is_file { (above.to_owned(), last.to_owned()) } else { (path, BUNDLE_NAME.to_owned()) };
        Ok(Self { url, folder: if folder == "/" { String::new() } else { folder }, name })
    }

    /// The source at this address.
    pub(in crate::source) fn source(&self, outside: &Outside) -> Arc<dyn Source> {
        Arc::new(SftpSource { address: self.clone(), outside: outside.clone() })
    }

    /// `user@host`, as sftp takes it.
    pub(super) fn host(&self) -> String {
        let host = if self.url.host.contains(':') { format!("[{}]", self.url.host) } else { self.url.host.clone() };
        match &self.url.user {
            Some(user) => format!("{user}@{host}"),
            None => host,
        }
    }

    /// Where it is not the usual one, or the one of the user's configuration.
    pub(super) fn port(&self) -> Option<u16> {
        self.url.port
    }

    /// The folder itself.
    pub(super) fn folder(&self) -> String {
        if self.folder.is_empty() { "/".to_owned() } else { self.folder.clone() }
    }

    /// The folder that the folder stands in; [`None`] for a home or the root.
    pub(super) fn above(&self) -> Option<&str> {
        self.folder.rsplit_once('/').map(|(above, _)| if above.is_empty() { "/" } else { above })
    }

    /// What the bundle is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A path in the folder.
    pub(super) fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    /// Where the bundle stands.
    pub(super) fn file(&self) -> String {
        self.path(&self.name)
    }
}

impl fmt::Display for SftpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<SftpAddress, &'static str> {
        SftpAddress::parse(&Url::parse(text)?)
    }

    #[test]
    fn a_folder_a_file_and_the_home_are_told_apart() {
        for (text, host, folder, file) in [
            ("sftp://kit@example.com:2222/srv/kit", "kit@example.com", "/srv/kit", "/srv/kit/bundle.kit"),
            ("sftp://example.com/srv/acme.kit", "example.com", "/srv", "/srv/acme.kit"),
            ("sftp://example.com/.kit", "example.com", "/.kit", "/.kit/bundle.kit"),
            ("sftp://example.com/acme.KIT", "example.com", "/", "/acme.KIT"),
            ("sftp://[::1]/", "[::1]", "/", "/bundle.kit"),
            ("sftp://example.com/~/kit", "example.com", "./kit", "./kit/bundle.kit"),
            ("sftp://example.com/~", "example.com", ".", "./bundle.kit"),
            ("sftp://example.com/~/acme.kit", "example.com", ".", "./acme.kit"),
            ("sftp://example.com/a%20b/it%27s-%C3%A9", "example.com", "/a b/it's-é", "/a b/it's-é/bundle.kit"),
        ] {
            let address = parsed(text).unwrap();
            assert_eq!((address.host().as_str(), address.folder().as_str()), (host, folder), "{text}");
            assert_eq!((address.file().as_str(), address.to_string().as_str()), (file, text));
        }
        assert_eq!(parsed("SFTP://Example.com/kit/").unwrap().to_string(), "sftp://example.com/kit");
        assert_eq!(parsed("sftp://h/a/b").unwrap().above(), Some("/a"));
        assert_eq!(parsed("sftp://h/a").unwrap().above(), Some("/"));
        assert_eq!((parsed("sftp://h/").unwrap().above(), parsed("sftp://h/~").unwrap().above()), (None, None));
    }

    #[test]
    fn what_sftp_could_take_for_a_pattern_or_another_word_is_refused() {
        for path in ["%22", "%5C", "*", "%3F", "[a]", "%7Ba%7D", "a%22%20/etc"] {
            assert!(parsed(&format!("sftp://host/kit/{path}")).is_err(), "{path}");
        }
        for text in [
            "sftp://host/~root/kit",
            "sftp://host/a//b",
            "sftp://host/kit?x=y",
            "sftp://user:secret@host/kit",
            "sftp://-oProxyCommand=x/kit",
            "sftp://-l@host/kit",
            "sftp://host/a%0a!id",
            "sftp://host/a/../b",
        ] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }
}
