//! Object stores as sources: S3 and its compatibles, Azure blobs. A bundle is one object, replaced as a whole by a write
//! that names the object it replaces.
//!
//! ```text
//! ObjectSource ── what a source does, out of five requests: get, put, delete, list, and which of them to ask again
//!   └ Store ── S3 (signed addresses), Azure (a shared access signature)
//! ```
//!
//! A store that takes a conditional write and does not look at the condition would let two publishers overwrite each other:
//! so before each publish an impossible condition is tried on an object of its own.

mod azure;
mod fault;
mod s3;
mod s3_address;
mod session;
mod source;

pub(super) use azure::AzureAddress;
pub(super) use s3_address::S3Address;

use super::{Bounds, SourceError, url::Url};

/// One object store, spoken to in its own words.
trait Store: Send + Sync {
    /// What the source is called in messages.
    fn name(&self) -> &str;

    /// Asks for an object; with `known` only if it has another entity tag.
    fn get(&self, key: &str, known: Option<&str>, bounds: &Bounds) -> Result<Got, SourceError>;

    /// Writes a whole object if the condition holds.
    fn put(&self, key: &str, bytes: &[u8], condition: Condition<'_>, bounds: &Bounds) -> Result<Put, SourceError>;

    /// Removes an object.
    fn delete(&self, key: &str, bounds: &Bounds) -> Result<(), SourceError>;

    /// The keys that begin with `prefix`, from where the page before ended.
    fn list(&self, prefix: &str, after: Option<&str>, bounds: &Bounds) -> Result<Page, SourceError>;
}

/// What asking for an object gave.
#[derive(Debug, PartialEq, Eq)]
enum Got {
    /// No such object.
    Missing,
    /// The one that is known.
    Unchanged,
    /// The object, and its entity tag if the store gives them.
    Object { bytes: Vec<u8>, tag: Option<String> },
}

/// What has to hold for a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Condition<'a> {
    /// No such object.
    Absent,
    /// The object with this entity tag.
    Is(&'a str),
}

/// What came of a write.
#[derive(Debug, PartialEq, Eq)]
enum Put {
    /// Written.
    Done,
    /// The condition did not hold.
    Refused,
    /// The store knows no such condition.
    Unknown,
}

/// A part of a list.
#[derive(Debug, Default, PartialEq, Eq)]
struct Page {
    keys: Vec<String>,
    /// Where the next one begins; [`None`] for the last.
    next: Option<String>,
}

impl<'a> Condition<'a> {
    /// The header that says it.
    fn header(self) -> (&'static str, &'a str) {
        match self {
            Self::Absent => ("if-none-match", "*"),
            Self::Is(tag) => ("if-match", tag),
        }
    }
}

/// The folder that an address names in a bucket: without slashes at its ends, empty for the bucket itself.
fn folder_of(path: &str) -> Result<String, &'static str> {
    let folder = path.trim_matches('/');
    if folder.len() > KEY_BYTES_MAX {
        return Err("the folder in the bucket is longer than 512 bytes");
    }
    if folder.split('/').any(str::is_empty) && !folder.is_empty() {
        return Err("the folder in the bucket has two slashes beside each other");
    }
    Ok(folder.to_owned())
}

/// Longest folder in a bucket: a key has 1024 bytes at most, and an inbox stands below the folder.
const KEY_BYTES_MAX: usize = 512;

/// The address of a server, as `endpoint` names it: without a slash at its end.
fn endpoint_of(text: &str) -> Result<String, &'static str> {
    let url = Url::parse(text).map_err(|_| "the endpoint is no address such as https://minio.example.com")?;
    match url.scheme.as_str() {
        "https" => {}
        "http" if url.is_loopback() => {}
        _ => return Err("the endpoint begins with https:// (http:// only on this machine)"),
    }
    if url.user.is_some() || !url.query.is_empty() {
        return Err("the endpoint has a host, a port and perhaps a path, nothing else");
    }
    Ok(url.to_string().trim_end_matches('/').to_owned())
}
