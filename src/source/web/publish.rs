//! Publishing by WebDAV: compare and swap.
//!
//! Under an exclusive lock where the server keeps any (nginx with dav-ext, Apache): what stands there is read, compared and
//! replaced while no other publisher can. Else by `If-Match`, once the server was seen to heed it (Nextcloud). A server that
//! does neither cannot keep two publishers apart, and is not published to.
//!
//! A `PUT` is written whole by these servers: into another file, which then takes the name. What is read back afterwards is
//! compared all the same.

use super::{
    lock::{self, Locked},
    site::Site,
    validator,
};
use crate::source::{Bounds, SourceError, Version, url::Url};

/// Most bytes read to learn what stands there before publishing over it: the cap of a bundle (docs/format.md, "Limits").
const STANDING_CAP_BYTES: u64 = 64 << 20;

/// A tag that no server gives.
const NO_SUCH_TAG: &str = "\"kit-no-such-tag\"";

/// What stands there now.
struct Standing {
    version: Version,
    strong_tag: Option<String>,
}

/// Publishes `bytes` over what `expected` stands for.
pub(super) fn publish(site: &Site, bytes: &[u8], expected: Option<&Version>, bounds: &Bounds) -> Result<(), SourceError> {
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

/// Publishes by a condition, if the server heeds conditions.
fn by_condition(site: &Site, bytes: &[u8], expected: Option<&Version>, bounds: &Bounds) -> Result<(), SourceError> {
    let standing = compare(site, expected, bounds)?;
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
    let standing = match reply.status {
        200 => {
            Some(Standing { version: validator::version(&reply), strong_tag: validator::strong_tag(&reply).map(str::to_owned) })
        }
        404 | 410 => None,
        _ => return Err(site.refusal(&reply)),
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
