//! What an object store says when it does not do what it was asked, and asking it again when it was only busy.

use std::{thread, time::Duration};

use jiff::{SignedDuration, Timestamp};

use crate::source::{
    Bounds, SourceError,
    error::said,
    wire::{Reply, xml},
};

/// How often one thing is asked at most.
const TRIES: u32 = 5;
/// The first pause; each after it is twice as long.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest pause that a store may ask for.
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// How often somebody who stops waiting is looked for.
const TICK: Duration = Duration::from_millis(10);
/// Most elements and texts of an answer.
const NODES_MAX: u32 = 200_000;
/// Clocks that differ by less are no reason for a refusal.
const SKEW: SignedDuration = SignedDuration::from_mins(4);

/// The reason that stands in an answer other than 2xx: an XML document with a code, at S3 and at Azure.
#[derive(Debug, Default)]
pub(super) struct Fault {
    /// `NoSuchKey`, `BlobNotFound` and the like; empty when there is none.
    pub code: String,
    /// In words.
    pub message: String,
    /// Where the bucket is.
    pub region: Option<String>,
    /// Which host to ask instead.
    pub endpoint: Option<String>,
}

impl Fault {
    /// Reads it; what is no such document has no code.
    pub(super) fn of(reply: &Reply) -> Self {
        let text = String::from_utf8_lossy(&reply.body);
        let document = parse_xml(&text).ok();
        let find = |name: &str| {
            let found = document.as_ref()?.descendants().find(|node| node.tag_name().name() == name)?;
            found.text().map(str::to_owned)
        };
        let code = reply.header("x-ms-error-code").map(str::to_owned).or_else(|| find("Code")).unwrap_or_default();
        let region = reply.header("x-amz-bucket-region").map(str::to_owned).or_else(|| find("Region"));
        Self { code: said(&code), message: said(&find("Message").unwrap_or_default()), region, endpoint: find("Endpoint") }
    }

    /// It in a sentence, for a person.
    pub(super) fn words(&self) -> String {
        match (self.code.as_str(), self.message.as_str()) {
            ("", _) => "without a reason".to_owned(),
            (code, "") => code.to_owned(),
            (code, message) => format!("{code}: {message}"),
        }
    }
}

/// Parses an answer; nothing in it can make that take long.
pub(super) fn parse_xml(text: &str) -> Result<roxmltree::Document<'_>, roxmltree::Error> {
    xml::parse(text, NODES_MAX)
}

/// By how much this machine's clock differs from the store's, if that is by minutes: positive when it is ahead.
pub(super) fn skew(reply: &Reply, now: Option<Timestamp>) -> Option<SignedDuration> {
    let theirs = jiff::fmt::rfc2822::parse(reply.header("date")?).ok()?.timestamp();
    let skew = now?.duration_since(theirs);
    (skew.abs() > SKEW).then_some(skew)
}

/// The refusal of a machine whose clock is wrong.
pub(super) fn wrong_clock(name: &str, skew: Option<SignedDuration>) -> SourceError {
    let why = match skew {
        Some(skew) => {
            let way = if skew.is_negative() { "behind" } else { "ahead of" };
            let minutes = skew.abs().as_secs().saturating_add(30) / 60;
            format!("it does not take what is signed at another time: this machine's clock is {minutes} min {way} its own")
        }
        None => "it does not take what is signed at another time: this machine's clock is off".to_owned(),
    };
    SourceError::Identity { name: name.to_owned(), why, clock: true }
}

/// Sends until the store is not busy: it said so itself (429, 5xx), or that another write was in its way.
pub(super) fn asked(
    name: &str,
    bounds: &Bounds,
    mut send: impl FnMut() -> Result<Reply, SourceError>,
) -> Result<Reply, SourceError> {
    let mut pause = PAUSE;
    let mut tried = 0;
    loop {
        tried += 1;
        let reply = send()?;
        if !is_busy(&reply) {
            return Ok(reply);
        }
        let fault = Fault::of(&reply).words();
        if tried == TRIES {
            let what = format!("is busy: answered {} {tried} times, {fault}", reply.status);
            return Err(SourceError::Answer { name: name.to_owned(), what });
        }
        let wanted = reply.header("retry-after").and_then(|text| text.parse().ok()).map(Duration::from_secs);
        let wait = wanted.unwrap_or(pause).clamp(pause, PAUSE_MAX);
        bounds.step(format!("{name}: answered {}, {fault}; asked again in {} ms", reply.status, wait.as_millis()));
        rest(name, wait, bounds)?;
        pause *= 2;
    }
}

fn is_busy(reply: &Reply) -> bool {
    match reply.status {
        429 | 500 | 502 | 503 | 504 => true,
        409 => matches!(Fault::of(reply).code.as_str(), "ConditionalRequestConflict" | "OperationAborted"),
        _ => false,
    }
}

/// Waits, but not longer than anybody waits for it.
fn rest(name: &str, wait: Duration, bounds: &Bounds) -> Result<(), SourceError> {
    for _ in 0..wait.as_millis() / TICK.as_millis() {
        bounds.check_rate(name, 0, Duration::ZERO)?;
        thread::sleep(TICK);
    }
    Ok(())
}

/// The scheme and host of an address that another side wrote; the path may hold anything.
pub(super) fn host_of(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    said(&if scheme.is_empty() { host.to_owned() } else { format!("{scheme}://{host}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_documents_are_refused_and_not_followed() {
        assert!(parse_xml("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>").is_err());
        assert!(parse_xml(&"<a>".repeat(100_000)).is_err());
        assert!(parse_xml(&format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000))).is_ok());
        assert!(parse_xml(&format!("<a>{}</a>", "<b/>".repeat(300_000))).is_err());
        assert!(parse_xml("\u{feff}<?xml version=\"1.0\"?><a/>").is_ok());
    }

    #[test]
    fn of_where_a_server_points_to_only_the_host_is_repeated() {
        assert_eq!(host_of("https://evil.example.com/x?sig=y"), "https://evil.example.com");
        assert_eq!(host_of("https://user:password@h/"), "https://h");
        assert_eq!(host_of("bucket.s3.eu-west-1.amazonaws.com"), "bucket.s3.eu-west-1.amazonaws.com");
    }
}
