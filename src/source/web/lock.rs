//! An exclusive WebDAV lock (RFC 4918, 6 and 9.10): one publisher at a time. On a name beside the bundle, since locking
//! the bundle before there is one would make an empty one.
//!
//! Servers end a lock whose holder died, but not every one gives it to one of two who ask in the same moment (Apache was seen
//! to give it to both). Making a folder is done once by every file system, and lasts for ever. So it takes both: under the
//! lock a folder is made, the claim; whoever finds one has either come in the same moment as another, or after one who died.

use std::{thread, time::Duration};

use super::{multistatus, site::Site};
use crate::source::{BUNDLE_NAME, Bounds, SourceError, error::said, url::Url};

/// What stands behind the name of the bundle in that of the lock; the empty file stays.
const LOCK_ENDING: &str = ".lock";
/// The same for the folder that exactly one can make.
const CLAIM_ENDING: &str = ".claim";

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
/// How old a claim is, under a lock held all the time, when whoever made it must have died.
const CLAIM_WAIT: Duration = Duration::from_secs(15);

const BODY: &[u8] = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:lockinfo xmlns:D=\"DAV:\">\
    <D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner>kit</D:owner></D:lockinfo>\n";

/// What asking for a lock came to.
pub(super) enum Locked {
    /// It is held.
    Held(Box<Lock>),
    /// The server keeps no locks, and why that is known.
    NotOffered(String),
}

/// A lock that is held.
pub(super) struct Lock {
    url: Url,
    token: String,
    claim: Option<Url>,
    /// How long, since the start of the errand.
    until: Duration,
}

/// Takes the lock, waits for another publisher's, and sees that the server does keep two apart. The folder has to be there:
/// nginx refuses a lock in one that is not, and keeps it all the same.
pub(super) fn take(site: &Site, bounds: &Bounds) -> Result<Locked, SourceError> {
    let name = site.file().path.rsplit('/').next().unwrap_or(BUNDLE_NAME);
    let url = site.beside(&format!("{name}{LOCK_ENDING}"));
    let give_up = bounds.elapsed() + WAIT;
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
                let lock = Lock { url, token, claim: None, until };
                return seen_to_hold(site, lock, bounds);
            }
            423 if bounds.elapsed() >= give_up => {
                let why = "it is locked (423); a lock whose holder died ends by itself within minutes".to_owned();
                return Err(SourceError::Busy { name: site.name().to_owned(), why });
            }
            423 => thread::sleep(TICK),
            400 | 405 | 415 | 501 => {
                return Ok(Locked::NotOffered(format!("LOCK is answered with {}", reply.status)));
            }
            // Apache without a place to keep locks in.
            404 | 409 | 500 if !is_class_two(site, &url, bounds)? => {
                return Ok(Locked::NotOffered("the server says that it keeps none".to_owned()));
            }
            404 | 409 => return Err(site.read_only("its folder is not there, and cannot be made")),
            _ => return Err(site.refusal(&reply)),
        }
    }
}

/// Whether a server says that it keeps locks (RFC 4918, 18.2).
fn is_class_two(site: &Site, url: &Url, bounds: &Bounds) -> Result<bool, SourceError> {
    let reply = site.ask("OPTIONS", url, &[], b"", bounds)?;
    Ok(reply.header("dav").is_some_and(|classes| classes.split(',').any(|class| class.trim() == "2")))
}

/// Makes the folder that only one can make.
fn claim(site: &Site, mut lock: Lock, bounds: &Bounds) -> Result<Locked, SourceError> {
    let name = lock.url.path.trim_end_matches(LOCK_ENDING).rsplit('/').next().unwrap_or(BUNDLE_NAME);
    let url = site.beside(&format!("{name}{CLAIM_ENDING}/"));
    let stale = bounds.elapsed() + CLAIM_WAIT;
    let mut is_cleared = false;
    let result = loop {
        match site.ask("MKCOL", &url, &[], b"", bounds) {
            Ok(reply) if reply.status == 201 => break Ok(()),
            // 403: Apache, to whoever comes second in the very same moment.
            Ok(reply) if matches!(reply.status, 403 | 405) && bounds.elapsed() < stale => thread::sleep(TICK),
            Ok(reply) if reply.status == 405 && !is_cleared => {
                bounds.step("the claim of somebody who did not come to an end is cleared away");
                is_cleared = true;
                if let Err(error) = site.ask("DELETE", &url, &[], b"", bounds) {
                    break Err(error);
                }
            }
            Ok(reply) if reply.status == 405 => {
                let why = format!("{name}{CLAIM_ENDING} stays there");
                break Err(SourceError::Busy { name: site.name().to_owned(), why });
            }
            Ok(reply) => break Err(site.refusal(&reply)),
            Err(error) => break Err(error),
        }
    };
    match result {
        Ok(()) => {
            lock.claim = Some(url);
            Ok(Locked::Held(Box::new(lock)))
        }
        Err(error) => {
            lock.release(site, bounds);
            Err(error)
        }
    }
}

/// Some servers grant locks to please editors, and keep nobody out: a second one has to be refused.
fn seen_to_hold(site: &Site, lock: Lock, bounds: &Bounds) -> Result<Locked, SourceError> {
    let result = ask(site, &lock.url, bounds);
    match result {
        Ok(reply) if reply.status == 423 => claim(site, lock, bounds),
        Ok(reply) => {
            lock.release(site, bounds);
            if let Some(token) = token(reply.header("lock-token")) {
                Lock { token, claim: None, ..lock }.release(site, bounds);
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
        if let Some(claim) = &self.claim
            && let Err(error) = site.ask("DELETE", claim, &[], b"", bounds)
        {
            bounds.step(format!("the claim is left: {}", said(&error.to_string())));
        }
        match site.ask("UNLOCK", &self.url, &[("Lock-Token", &self.token)], b"", bounds) {
            Ok(reply) if (200..300).contains(&reply.status) => bounds.step("unlocked"),
            Ok(reply) => bounds.step(format!("not unlocked: status {}", reply.status)),
            Err(error) => bounds.step(format!("not unlocked: {}", said(&error.to_string()))),
        }
    }
}
