//! An exclusive WebDAV lock (RFC 4918, 6 and 9.10): one publisher at a time. On a name beside the bundle, since locking
//! the bundle before there is one would make an empty one.

use std::{thread, time::Duration};

use super::{multistatus, site::Site};
use crate::source::{BUNDLE_NAME, Bounds, SourceError, error::said, url::Url};

/// What stands behind the name of the bundle in that of the lock; the empty file stays.
const LOCK_ENDING: &str = ".lock";

/// How long the server is asked to keep a lock whose holder died, in seconds.
const LOCK_S: u64 = 90;
/// What is taken for granted when the server does not say, in seconds.
const GRANTED_S: u64 = 30;
/// How much of it is kept for the way, in seconds.
const MARGIN_S: u64 = 5;

/// How often another publisher's lock is looked at.
const TICK: Duration = Duration::from_millis(100);
/// How long another publisher is waited for.
const WAIT: Duration = Duration::from_secs(20);

const BODY: &[u8] = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:lockinfo xmlns:D=\"DAV:\">\
    <D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner>kit</D:owner></D:lockinfo>\n";

/// What asking for a lock came to.
pub(super) enum Locked {
    /// It is held.
    Held(Lock),
    /// The server keeps no locks, and why that is known.
    NotOffered(String),
}

/// A lock that is held.
pub(super) struct Lock {
    url: Url,
    token: String,
    /// How long, since the start of the errand.
    until: Duration,
}

/// Takes the lock, waits for another publisher's, and sees that the server does keep two apart.
pub(super) fn take(site: &Site, bounds: &Bounds) -> Result<Locked, SourceError> {
    let name = site.file().path.rsplit('/').next().unwrap_or(BUNDLE_NAME);
    let url = site.beside(&format!("{name}{LOCK_ENDING}"));
    let give_up = bounds.elapsed() + WAIT;
    let mut is_made = false;
    loop {
        let reply = ask(site, &url, bounds)?;
        match reply.status {
            200 | 201 => {
                let Some(token) = token(reply.header("lock-token")) else {
                    return Ok(Locked::NotOffered("LOCK gives no token".to_owned()));
                };
                let granted = multistatus::lock_seconds(&reply.body).unwrap_or(GRANTED_S).min(LOCK_S);
                let until = bounds.elapsed() + Duration::from_secs(granted.saturating_sub(MARGIN_S));
                bounds.step(format!("locked {name} for {granted} s"));
                let lock = Lock { url, token, until };
                return seen_to_hold(site, lock, bounds);
            }
            423 if bounds.elapsed() >= give_up => {
                let why = "it is locked (423); a lock whose holder died ends by itself within minutes".to_owned();
                return Err(SourceError::Busy { name: site.name().to_owned(), why });
            }
            423 => thread::sleep(TICK),
            404 | 409 if !is_made => {
                site.make_folder_of(&url, bounds)?;
                is_made = true;
            }
            400 | 404 | 405 | 409 | 415 | 501 => {
                return Ok(Locked::NotOffered(format!("LOCK is answered with {}", reply.status)));
            }
            _ => return Err(site.refusal(&reply)),
        }
    }
}

/// Some servers grant locks to please editors, and keep nobody out: a second one has to be refused.
fn seen_to_hold(site: &Site, lock: Lock, bounds: &Bounds) -> Result<Locked, SourceError> {
    let result = ask(site, &lock.url, bounds);
    match result {
        Ok(reply) if reply.status == 423 => Ok(Locked::Held(lock)),
        Ok(reply) => {
            lock.release(site, bounds);
            if let Some(token) = token(reply.header("lock-token")) {
                Lock { token, ..lock }.release(site, bounds);
            }
            Ok(Locked::NotOffered("LOCK locks nobody out".to_owned()))
        }
        Err(error) => {
            lock.release(site, bounds);
            Err(error)
        }
    }
}

fn ask(site: &Site, url: &Url, bounds: &Bounds) -> Result<crate::source::wire::Reply, SourceError> {
    let timeout = format!("Second-{LOCK_S}");
    let headers = [("Timeout", timeout.as_str()), ("Depth", "0"), ("Content-Type", "application/xml; charset=utf-8")];
    site.ask("LOCK", url, &headers, BODY, &bounds.with_cap(multistatus::BYTES_MAX))
}

/// `<opaquelocktoken:…>`: it goes back into a header as it came.
fn token(header: Option<&str>) -> Option<String> {
    let header = header?.trim();
    let inner = header.strip_prefix('<')?.strip_suffix('>')?;
    let is_uri =
        inner.len() <= 512 && inner.contains(':') && inner.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"".contains(&b));
    is_uri.then(|| header.to_owned())
}

impl Lock {
    /// The same bounds, but no later than the lock.
    pub(super) fn within(&self, bounds: &Bounds) -> Bounds {
        let mut bounds = bounds.clone();
        bounds.total = bounds.total.min(self.until);
        bounds
    }

    /// Gives it back. If that fails, the server ends it in time: what was done under it is done.
    pub(super) fn release(&self, site: &Site, bounds: &Bounds) {
        match site.ask("UNLOCK", &self.url, &[("Lock-Token", &self.token)], b"", bounds) {
            Ok(reply) if (200..300).contains(&reply.status) => bounds.step("unlocked"),
            Ok(reply) => bounds.step(format!("not unlocked: status {}", reply.status)),
            Err(error) => bounds.step(format!("not unlocked: {}", said(&error.to_string()))),
        }
    }
}
