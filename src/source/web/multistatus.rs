//! What a WebDAV server says in XML: what a folder holds, how long a lock lasts. Read strictly by namespace, and never by prefix.

use roxmltree::Document;

use crate::source::{url::percent_decoded, wire::xml};

/// Most bytes of such an answer: a listing of 16,384 devices.
pub(super) const BYTES_MAX: u64 = 16 << 20;
/// Most elements and texts of one: some two dozen for an item.
const NODES_MAX: u32 = 1_000_000;

const DAV: &str = "DAV:";

/// The last part of each path that a folder's listing names, decoded. The folder itself is among them.
///
/// # Errors
/// What is wrong with the answer.
pub(super) fn names(bytes: &[u8]) -> Result<Vec<String>, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "its list is not UTF-8")?;
    let document = parse(text).ok_or("its list is not XML")?;
    if !document.root_element().has_tag_name((DAV, "multistatus")) {
        return Err("its list is none that WebDAV has");
    }
    let hrefs = document.descendants().filter(|node| {
        node.has_tag_name((DAV, "href")) && node.parent().is_some_and(|parent| parent.has_tag_name((DAV, "response")))
    });
    let name = |href: &str| {
        let path = href.trim().trim_end_matches('/');
        percent_decoded(path.rsplit('/').next().unwrap_or_default()).ok()
    };
    Ok(hrefs.filter_map(|node| name(node.text()?)).collect())
}

/// How long a lock was granted, in seconds.
pub(super) fn lock_seconds(bytes: &[u8]) -> Option<u64> {
    let document = parse(std::str::from_utf8(bytes).ok()?)?;
    let timeout = document.descendants().find(|node| node.has_tag_name((DAV, "timeout")))?;
    timeout.text()?.trim().strip_prefix("Second-")?.parse().ok()
}

fn parse(text: &str) -> Option<Document<'_>> {
    xml::parse(text, NODES_MAX).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_whatever_the_prefix_and_nothing_else_is() {
        let list = r#"<?xml version="1.0"?><x:multistatus xmlns:x="DAV:" xmlns:y="other:">
            <x:response><x:href>/kit/inbox/</x:href></x:response>
            <x:response><x:href>https://h/kit/inbox/a%20b/</x:href><x:propstat><x:prop><x:href>/no</x:href></x:prop></x:propstat></x:response>
            <x:response><y:href>/other</y:href></x:response>
            <x:response><x:href>/%ff</x:href></x:response></x:multistatus>"#;
        assert_eq!(names(list.as_bytes()), Ok(vec!["inbox".to_owned(), "a b".to_owned()]));
        for wrong in [
            &b"<html/>"[..],
            b"",
            b"\xff",
            b"<multistatus/>",
            b"<!DOCTYPE a [<!ENTITY b 'c'>]><multistatus xmlns='DAV:'>&b;</multistatus>",
        ] {
            assert!(names(wrong).is_err(), "{}", String::from_utf8_lossy(wrong));
        }
        let deep = format!("<multistatus xmlns='DAV:'>{}", "<a>".repeat(100_000));
        assert!(names(deep.as_bytes()).is_err());
    }

    #[test]
    fn how_long_a_lock_lasts_is_read() {
        let answer = |timeout: &str| format!("<D:prop xmlns:D='DAV:'><D:timeout>{timeout}</D:timeout></D:prop>");
        assert_eq!(lock_seconds(answer("Second-60").as_bytes()), Some(60));
        for wrong in ["Infinite", "Second-", "Second--1", ""] {
            assert_eq!(lock_seconds(answer(wrong).as_bytes()), None, "{wrong}");
        }
    }
}
