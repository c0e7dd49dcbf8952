//! Publishing by WebDAV: compare and swap.
//!
//! Under an exclusive lock where the server keeps any (nginx with dav-ext, Apache): what stands there is read, compared and
//! replaced while no other publisher can. Else by `If-Match`, once the server was seen to heed it (Nextcloud). A server that
//! does neither cannot keep two publishers apart, and is not published to.
//!
//! A `PUT` is written whole by these servers: into another file, which then takes the name. What is read back afterwards is
//! compared all the same.

use std::{thread, time::Duration};

use super::{
    lock::{self, Locked},
    site::Site,
    validator,
};
use crate::source::{Bounds, STANDING_CAP_BYTES, SourceError, Version, error::said, url::Url, wire::Reply};

/// How often, and how far apart, something that was published a moment ago is looked at again.
const FRESH_LOOKS: usize = 10;
const FRESH_PAUSE: Duration = Duration::from_millis(300);

/// A tag that no server gives.
const NO_SUCH_TAG: &str = "\"kit-no-such-tag\"";

/// What stands there now.
struct Standing {
    version: Version,
    strong_tag: Option<String>,
    is_fresh: bool,
}

/// Publishes `bytes` over what `expected` stands for.
pub(super) fn publish(site: &Site, bytes: &[u8], expected: Option<&Version>, bounds: &Bounds) -> Result<(), SourceError> {
    if !is_something_there(site, expected, bounds)?
        && let Err(error) = site.make_folder_of(site.file(), bounds)
    {
        // It may be there and not be ours to make: whatever comes next tells.
        bounds.step(format!("its folder is not made: {}", said(&error.to_string())));
    }
    match lock::take(site, bounds)? {
        Locked::Held(lock) => {
            let within = lock.within(bounds);
            let result = compare(site, expected, &within).and_then(|_| {
                site.put(site.file(), None, bytes, &within)?.map_or(Ok(()), |_| Err(lost(site)))?;
                read_back(site, bytes, &within)
            });
            lock.release(site, bounds);
            result
        }
        Locked::NotOffered(why) => {
            bounds.step(format!("no lock there: {why}"));
            by_condition(site, bytes, expected, bounds)
        }
    }
}

/// Whether anything is published there; if it is not what is expected, that is told before anything is touched.
fn is_something_there(site: &Site, expected: Option<&Version>, bounds: &Bounds) -> Result<bool, SourceError> {
    let condition = expected.and_then(validator::condition);
    let headers: Vec<(&str, &str)> = condition.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reply = site.ask("GET", site.file(), &headers, b"", &bounds.with_cap(STANDING_CAP_BYTES))?;
    if reply.status == 304 && condition.is_some() {
        return Ok(true);
    }
    judge(site, &reply, expected).map(|standing| standing.is_some())
}

/// Publishes by a condition, if the server heeds conditions.
fn by_condition(site: &Site, bytes: &[u8], expected: Option<&Version>, bounds: &Bounds) -> Result<(), SourceError> {
    let mut standing = compare(site, expected, bounds)?;
    for _ in 0..FRESH_LOOKS {
        if !standing.as_ref().is_some_and(|standing| standing.is_fresh && standing.strong_tag.is_none()) {
            break;
        }
        bounds.step("it was published a moment ago: waiting for the server to call it by a strong tag");
        thread::sleep(FRESH_PAUSE);
        standing = compare(site, expected, bounds)?;
    }
    let condition = match &standing {
        None => ("If-None-Match", "*"),
        Some(Standing { strong_tag: Some(tag), .. }) => ("If-Match", tag.as_str()),
        Some(_) => return Err(no_compare(site, "the server has neither WebDAV locks nor strong entity tags")),
    };
    if !heeds_conditions(site, bytes, bounds)? {
        return Err(no_compare(site, "the server has no WebDAV locks, and does not heed If-Match"));
    }
    if site.put(site.file(), Some(condition), bytes, bounds)?.is_some() {
        return Err(lost(site));
    }
    read_back(site, bytes, bounds)
}

/// Whether a `PUT` whose condition does not hold changes nothing: tried on a name of its own, which goes afterwards.
fn heeds_conditions(site: &Site, bytes: &[u8], bounds: &Bounds) -> Result<bool, SourceError> {
    // Every bundle differs from every other, so nobody else tries this name.
    let hash = Version::of(bytes);
    let url = site.beside(&format!("probe-{}", hash.as_str().get(..16).unwrap_or_default()));
    let result = probe(site, &url, bounds);
    let gone = site.ask("DELETE", &url, &[], b"", bounds)?;
    bounds.step(match &result {
        Ok(true) => "it heeds conditions".to_owned(),
        Ok(false) => "it does not heed conditions".to_owned(),
        Err(_) => format!("what was tried is gone ({})", gone.status),
    });
    result
}

fn probe(site: &Site, url: &Url, bounds: &Bounds) -> Result<bool, SourceError> {
    site.put(url, None, b"kit", bounds)?;
    for condition in [("If-None-Match", "*"), ("If-Match", NO_SUCH_TAG)] {
        if site.put(url, Some(condition), b"kit", bounds)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What stands there, if it is what is expected.
fn compare(site: &Site, expected: Option<&Version>, bounds: &Bounds) -> Result<Option<Standing>, SourceError> {
    let reply = site.ask("GET", site.file(), &[], b"", &bounds.with_cap(STANDING_CAP_BYTES))?;
    judge(site, &reply, expected)
}

fn judge(site: &Site, reply: &Reply, expected: Option<&Version>) -> Result<Option<Standing>, SourceError> {
    let standing = match reply.status {
        200 => Some(Standing {
            version: validator::version(reply),
            strong_tag: validator::strong_tag(reply).map(str::to_owned),
            is_fresh: validator::is_fresh(reply),
        }),
        404 | 410 => None,
        _ => return Err(site.refusal(reply)),
    };
    match (&standing, expected) {
        (None, None) => Ok(standing),
        (Some(standing_one), Some(expected)) if validator::is_same(&standing_one.version, expected) => Ok(standing),
        _ => Err(lost(site)),
    }
}

fn read_back(site: &Site, bytes: &[u8], bounds: &Bounds) -> Result<(), SourceError> {
    let reply = site.ask("GET", site.file(), &[], b"", &bounds.with_cap(STANDING_CAP_BYTES))?;
    if reply.status == 200 && reply.body == bytes {
        bounds.step("read back: what was sent stands there");
        return Ok(());
    }
    Err(SourceError::ReadBack { name: site.name().to_owned() })
}

fn lost(site: &Site) -> SourceError {
    SourceError::LostRace { name: site.name().to_owned() }
}

fn no_compare(site: &Site, why: &str) -> SourceError {
    SourceError::NoCompare { name: site.name().to_owned(), why: why.to_owned() }
}
