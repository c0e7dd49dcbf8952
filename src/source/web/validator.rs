//! What a conditional GET goes by: the hash of the bytes, and what the server calls them where that can be relied on.

use jiff::{Timestamp, fmt::rfc2822};

use crate::source::{
    Version,
    wire::{Reply, is_entity_tag},
};

/// Before this, two versions may have one time, and what a server makes of the time (RFC 9110, 8.8.2.2): in seconds.
const SETTLED_AFTER_S: i64 = 2;

/// Between the hash and what the server calls it.
const BETWEEN: char = ' ';
/// Before a time of modification, where there is no entity tag.
const MODIFIED: &str = "last-modified:";

/// `HASH`, `HASH "etag"`, `HASH W/"etag"` or `HASH last-modified:TIME`: of the bytes of a reply.
pub(super) fn version(reply: &Reply) -> Version {
    let hash = Version::of(&reply.body);
    let tag = reply.header("etag").filter(|tag| is_entity_tag(tag));
    let modified = reply.header("last-modified").filter(|time| moment(time).is_some());
    let validator = match (tag, modified) {
        // Just modified: it may be modified again and keep all of these.
        (_, Some(modified)) if !is_settled(modified, reply.header("date")) => None,
        (Some(tag), _) => Some(tag.to_owned()),
        (None, Some(modified)) => Some(format!("{MODIFIED}{modified}")),
        (None, None) => None,
    };
    let whole = validator.map(|validator| format!("{hash}{BETWEEN}{validator}"));
    whole.filter(|text| text.len() <= Version::BYTES_MAX).map_or(hash, Version::new)
}

/// The header that asks for anything but this version.
pub(super) fn condition(version: &Version) -> Option<(&'static str, String)> {
    let (_, validator) = version.as_str().split_once(BETWEEN)?;
    match validator.strip_prefix(MODIFIED) {
        Some(time) => moment(time).map(|_| ("If-Modified-Since", time.to_owned())),
        None => is_entity_tag(validator).then(|| ("If-None-Match", validator.to_owned())),
    }
}

/// Whether two versions are of the same bytes, whatever the server called them.
pub(super) fn is_same(one: &Version, other: &Version) -> bool {
    hash(one) == hash(other)
}

/// Whether it was modified a moment ago: servers then call their own tags weak, for a moment.
pub(super) fn is_fresh(reply: &Reply) -> bool {
    reply.header("last-modified").is_some_and(|modified| !is_settled(modified, reply.header("date")))
}

/// The tag of a reply if it is a strong one: only such stand for the very bytes (RFC 9110, 8.8.1).
pub(super) fn strong_tag(reply: &Reply) -> Option<&str> {
    reply.header("etag").filter(|tag| is_entity_tag(tag) && !tag.starts_with("W/"))
}

fn hash(version: &Version) -> &str {
    version.as_str().split(BETWEEN).next().unwrap_or_default()
}

fn is_settled(modified: &str, date: Option<&str>) -> bool {
    let (Some(modified), Some(date)) = (moment(modified), date.and_then(moment)) else { return false };
    date.as_second().saturating_sub(modified.as_second()) >= SETTLED_AFTER_S
}

fn moment(time: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(time).ok().filter(|_| time.is_ascii() && time.len() < 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tags_and_times_are_asked_by() {
        for (version, header) in [
            ("aa", None),
            ("aa \"b\"", Some(("If-None-Match", "\"b\""))),
            ("aa W/\"b\"", Some(("If-None-Match", "W/\"b\""))),
            ("aa last-modified:Wed, 18 Nov 2026 02:12:00 GMT", Some(("If-Modified-Since", "Wed, 18 Nov 2026 02:12:00 GMT"))),
            ("aa last-modified:yesterday", None),
            ("aa \"b\" c", None),
            ("aa \"b\r\nX: y\"", None),
            ("aa *", None),
            ("\"b\"", None),
        ] {
            let found = condition(&Version::new(version));
            assert_eq!(found.as_ref().map(|(name, value)| (*name, value.as_str())), header, "{version:?}");
        }
        assert!(is_same(&Version::new("aa \"b\""), &Version::new("aa")) && !is_same(&Version::new("aa"), &Version::new("ab")));
    }

    #[test]
    fn a_file_that_was_just_written_may_be_written_again_within_the_same_second() {
        let modified = "Wed, 18 Nov 2026 02:12:00 GMT";
        for (date, expected) in [
            (Some("Wed, 18 Nov 2026 02:12:01 GMT"), false),
            (Some("Wed, 18 Nov 2026 02:12:02 GMT"), true),
            (Some("Wed, 18 Nov 2026 02:11:00 GMT"), false),
            (Some("soon"), false),
            (None, false),
        ] {
            assert_eq!(is_settled(modified, date), expected, "{date:?}");
        }
    }
}
