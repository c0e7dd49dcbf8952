//! A web server as a source: conditional GET to read, WebDAV to publish and for what members send back.
//!
//! | part | is |
//! |---|---|
//! | `site` | one request to the server, as this user |
//! | `netrc` | who this user is there |
//! | `validator` | what a conditional GET goes by |
//! | `publish`, `lock` | compare and swap: under a lock, or by a condition that the server is seen to heed |
//! | `inbox`, `multistatus` | what members send; what a server says a folder holds |

mod inbox;
mod lock;
mod multistatus;
mod netrc;
mod publish;
mod site;
mod validator;

use std::{fmt, sync::Arc};

use self::site::Site;
use super::{BUNDLE_NAME, Bounds, CredentialCommand, Fetch, Fetched, Inbox, Outside, Source, SourceError, Version, url::Url};

/// The ending that makes an address that of a file; any other is a folder.
const BUNDLE_ENDING: &str = ".kit";

/// `https://host/folder/`, which holds `bundle.kit`, or `https://host/file.kit`. Plain http is for this machine only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAddress(Url);

impl WebAddress {
    /// Reads it.
    pub(super) fn parse(url: &Url) -> Result<Self, &'static str> {
        if !url.query.is_empty() {
            return Err("an address of a web server has nothing after a ?");
        }
        if url.scheme == "http" && !url.is_loopback() {
            return Err("http is for this machine only: write https");
        }
        let mut url = url.clone();
        let is_file = url.path.to_ascii_lowercase().ends_with(BUNDLE_ENDING);
        if !is_file && !url.path.ends_with('/') {
            url.path.push('/');
        }
        Ok(Self(url))
    }

    /// The source at this address.
    pub(super) fn source(&self, outside: &Outside, credentials: Option<&CredentialCommand>) -> Arc<dyn Source> {
        Arc::new(WebSource { site: Site::new(self, outside, credentials.cloned()) })
    }

    /// The file that holds the bundle.
    fn file(&self) -> Url {
        let mut url = Url { user: None, ..self.0.clone() };
        if url.path.ends_with('/') {
            url.path.push_str(BUNDLE_NAME);
        }
        url
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A bundle on a web server.
struct WebSource {
    site: Site,
}

impl Source for WebSource {
    fn fetch(&self, known: Option<&Version>, bounds: &Bounds) -> Result<Fetch, SourceError> {
        let condition = known.and_then(validator::condition);
        let headers: Vec<(&str, &str)> = condition.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = self.site.ask("GET", self.site.file(), &headers, b"", bounds)?;
        match reply.status {
            200 => {
                let version = validator::version(&reply);
                // Without anything to ask by, the bytes themselves tell.
                if known == Some(&version) {
                    return Ok(Fetch::Unchanged);
                }
                Ok(Fetch::Bytes(Fetched { bytes: reply.body, version }))
            }
            304 if condition.is_some() => Ok(Fetch::Unchanged),
            404 | 410 => Ok(Fetch::Nothing),
            _ => Err(self.site.refusal(&reply)),
        }
    }

    fn publish(&self, bytes: &[u8], expected: Option<&Version>, bounds: &Bounds) -> Result<(), SourceError> {
        publish::publish(&self.site, bytes, expected, bounds)
    }

    fn inbox(&self) -> Option<&dyn Inbox> {
        Some(&self.site)
    }

    fn name(&self) -> String {
        self.site.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_the_bundle_and_a_file_is_it() {
        for (text, shown, file) in [
            ("https://kit.example", "https://kit.example/", "https://kit.example/bundle.kit"),
            ("https://kit.example/a", "https://kit.example/a/", "https://kit.example/a/bundle.kit"),
            ("https://kit.example/a/", "https://kit.example/a/", "https://kit.example/a/bundle.kit"),
            ("https://kit.example/acme.KIT", "https://kit.example/acme.KIT", "https://kit.example/acme.KIT"),
            ("https://dana@kit.example/a/", "https://dana@kit.example/a/", "https://kit.example/a/bundle.kit"),
            ("http://[::1]:8080/a b", "", ""),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/bundle.kit"),
        ] {
            let Ok(url) = Url::parse(text) else {
                assert_eq!(shown, "", "{text}");
                continue;
            };
            let address = WebAddress::parse(&url).unwrap();
            assert_eq!((address.to_string(), address.file().to_string()), (shown.to_owned(), file.to_owned()), "{text}");
            assert_eq!(WebAddress::parse(&Url::parse(shown).unwrap()), Ok(address), "read again: {text}");
        }
        for (text, why) in
            [("https://kit.example/?a=b", "?"), ("http://kit.example/", "write https"), ("http://10.0.0.7/", "https")]
        {
            let found = WebAddress::parse(&Url::parse(text).unwrap());
            assert!(matches!(found, Err(found) if found.contains(why)), "{text}: {found:?}");
        }
    }
}
