//! S3 and its compatibles: each request is an address signed for a few minutes (AWS Signature Version 4 in the query), so
//! what is sent has no header that another host could be shown.

use std::time::Duration;

use rusty_s3::{Bucket, Method, UrlStyle, signing};

use super::{
    Condition, Got, Page, Put, S3Address, Store, endpoint_of,
    fault::{Fault, asked, host_of, parse_xml, skew, wrong_clock},
    s3_address::is_region,
    session::Session,
};
use crate::source::{
    Bounds, CredentialCommand, Outside, SourceError,
    credential::{AwsProfile, aws},
    url::percent_decoded,
    wire::{Reply, Request, Wire},
};

/// How long a signed address is good for: longer than any request may take, and than clocks differ.
const SIGNED_FOR: Duration = Duration::from_secs(600);
/// Where a bucket is when nobody says.
const REGION_DEFAULT: &str = "us-east-1";

/// A bucket.
pub(super) struct S3 {
    address: S3Address,
    name: String,
    wire: Wire,
    outside: Outside,
    command: Option<CredentialCommand>,
    session: Session<Opened>,
}

/// A bucket, with what is needed to ask it.
struct Opened {
    bucket: Bucket,
    keys: rusty_s3::Credentials,
}

impl S3 {
    /// The bucket at this address.
    pub(super) fn new(address: S3Address, outside: &Outside, command: Option<&CredentialCommand>) -> Self {
        let name = address.to_string();
        let wire = Wire::new(name.clone(), outside);
        Self { address, name, wire, outside: outside.clone(), command: command.cloned(), session: Session::new() }
    }

    fn setup(&self, why: impl Into<String>) -> SourceError {
        SourceError::Setup { name: self.name.clone(), why: why.into() }
    }

    /// Finds out who asks and which server; once.
    fn open(&self, bounds: &Bounds) -> Result<Opened, SourceError> {
        let (address, outside) = (&self.address, &self.outside);
        let profile = AwsProfile::read(address.profile.as_deref(), outside, bounds, &self.name)?;
        let keys = aws(self.command.as_ref(), address.profile.is_some(), &profile, outside, bounds, &self.name)?;
        let from_environment = |names| outside.first_of(names).map(|(_, value)| value.to_owned());
        let region = (address.region.clone())
            .or_else(|| from_environment(&["AWS_REGION", "AWS_DEFAULT_REGION"]))
            .or(profile.region)
            .unwrap_or_else(|| REGION_DEFAULT.to_owned());
        if !is_region(&region) {
            return Err(self.setup("the region that the environment or the profile names is none"));
        }
        let other = (address.endpoint.clone())
            .or_else(|| from_environment(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]))
            .or(profile.endpoint)
            .map(|endpoint| endpoint_of(&endpoint))
            .transpose()
            .map_err(|why| self.setup(why))?;
        // Before the host only a name without dots is covered by Amazon's certificate; others have often no such hosts.
        let in_path = address.path_style.unwrap_or(other.is_some() || address.bucket.contains('.'));
        let endpoint = other.unwrap_or_else(|| {
            let end = if region.starts_with("cn-") { ".cn" } else { "" };
            format!("https://s3.{region}.amazonaws.com{end}")
        });
        bounds.step(format!("{}: {endpoint}, region {region}", self.name));
        let endpoint = endpoint.parse().map_err(|_| self.setup("the endpoint is no address"))?;
        let style = if in_path { UrlStyle::Path } else { UrlStyle::VirtualHost };
        let bucket = Bucket::new(endpoint, style, address.bucket.clone(), region)
            .map_err(|_| self.setup("the bucket cannot stand before this host: use_path_style=true"))?;
        Ok(Opened { bucket, keys: keys.for_signing() })
    }

    /// Signs and sends one request, again where the store is busy. An empty key is the bucket itself.
    fn ask(
        &self,
        method: Method,
        key: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        body: &[u8],
        bounds: &Bounds,
    ) -> Result<Reply, SourceError> {
        let opened = self.session.get(|| self.open(bounds))?;
        let (bucket, keys) = (&opened.bucket, &opened.keys);
        asked(&self.name, bounds, || {
            let now = self.outside.now().ok_or_else(|| self.setup("nobody said what time it is, so nothing can be signed"))?;
            let url = signing::sign(
                &now,
                method,
                if key.is_empty() { bucket.base_url().clone() } else { bucket.object_url(key) },
                keys.key(),
                keys.secret(),
                keys.token(),
                bucket.region(),
                SIGNED_FOR.as_secs(),
                query.iter().copied(),
                headers.iter().copied(),
            );
            self.wire.send(&Request { method: method.to_str(), url: url.as_str(), headers, body }, bounds)
        })
    }

    /// An answer that is a refusal, in words.
    fn refusal(&self, reply: &Reply) -> SourceError {
        let fault = Fault::of(reply);
        let name = self.name.clone();
        let denied = |why: &str| SourceError::Denied { name: name.clone(), why: why.to_owned() };
        let here = self.session.get(|| Err(self.setup(""))).map(|opened| opened.bucket.region().to_owned()).unwrap_or_default();
        let other_region = fault.region.as_deref().filter(|region| is_region(region) && *region != here);
        match (reply.status, fault.code.as_str()) {
            (300..=399 | 400, _) if other_region.is_some() => {
                let there = other_region.unwrap_or_default();
                self.setup(format!("the bucket is in the region {there}, not in {here}: write region={there} into the address"))
            }
            (300..=399, _) => {
                let to = fault.endpoint.as_deref().or_else(|| reply.header("location")).unwrap_or("nowhere");
                let to = host_of(to);
                SourceError::Redirect { name, to, why: "and what is signed for one host is sent to no other" }
            }
            (_, "RequestTimeTooSkewed") => wrong_clock(&name, skew(reply, self.outside.now())),
            (400 | 403, _) if skew(reply, self.outside.now()).is_some() => wrong_clock(&name, skew(reply, self.outside.now())),
            (_, "ExpiredToken" | "TokenRefreshRequired" | "InvalidToken") => {
                self.setup("the credentials have expired, or their session token is none: get new ones")
            }
            (_, "InvalidAccessKeyId") => denied("the access key is not known there"),
            (_, "SignatureDoesNotMatch") => denied("the secret of the access key is wrong"),
            (404, "NoSuchBucket") => self.setup(format!("there is no bucket {}", self.address.bucket)),
            (401 | 403, _) => denied(&fault.words()),
            (status, _) => SourceError::Answer { name, what: format!("answered {status}, {}", fault.words()) },
        }
    }
}

impl Store for S3 {
    fn name(&self) -> &str {
        &self.name
    }

    fn get(&self, key: &str, known: Option<&str>, bounds: &Bounds) -> Result<Got, SourceError> {
        let header = known.map(|tag| ("if-none-match", tag));
        let reply = self.ask(Method::Get, key, &[], header.as_slice(), b"", bounds)?;
        match reply.status {
            200 => {
                let tag = reply.header("etag").map(str::to_owned);
                Ok(Got::Object { bytes: reply.body, tag })
            }
            304 => Ok(Got::Unchanged),
            404 if Fault::of(&reply).code == "NoSuchKey" => Ok(Got::Missing),
            _ => Err(self.refusal(&reply)),
        }
    }

    fn put(&self, key: &str, bytes: &[u8], condition: Condition<'_>, bounds: &Bounds) -> Result<Put, SourceError> {
        let reply = self.ask(Method::Put, key, &[], &[condition.header()], bytes, bounds)?;
        match (reply.status, condition) {
            (200..=204, _) => Ok(Put::Done),
            (412, _) => Ok(Put::Refused),
            (404, Condition::Is(_)) if Fault::of(&reply).code == "NoSuchKey" => Ok(Put::Refused),
            (501, _) => Ok(Put::Unknown),
            (400, _) if Fault::of(&reply).code == "NotImplemented" => Ok(Put::Unknown),
            _ => Err(self.refusal(&reply)),
        }
    }

    fn delete(&self, key: &str, bounds: &Bounds) -> Result<(), SourceError> {
        let reply = self.ask(Method::Delete, key, &[], &[], b"", bounds)?;
        if matches!(reply.status, 200..=204 | 404) { Ok(()) } else { Err(self.refusal(&reply)) }
    }

    fn list(&self, prefix: &str, after: Option<&str>, bounds: &Bounds) -> Result<Page, SourceError> {
        // In the order of their names, as they are signed. Names are asked for in escapes: XML cannot hold all characters.
        let next = after.map(|after| ("continuation-token", after));
        let query: Vec<_> = next.into_iter().chain([("encoding-type", "url"), ("list-type", "2"), ("prefix", prefix)]).collect();
        let reply = self.ask(Method::Get, "", &query, &[], b"", bounds)?;
        if reply.status != 200 {
            return Err(self.refusal(&reply));
        }
        page_of(&reply.body).ok_or_else(|| SourceError::Answer {
            name: self.name.clone(),
            what: "answered something that is no list of a bucket".to_owned(),
        })
    }
}

/// Reads `ListBucketResult`; [`None`] when it is none.
fn page_of(body: &[u8]) -> Option<Page> {
    let document = parse_xml(std::str::from_utf8(body).ok()?).ok()?;
    let root = document.root_element();
    if root.tag_name().name() != "ListBucketResult" {
        return None;
    }
    let child = |node: roxmltree::Node<'_, '_>, name: &str| {
        node.children().find(|child| child.tag_name().name() == name)?.text().map(str::to_owned)
    };
    let is_escaped = child(root, "EncodingType").as_deref() == Some("url");
    let key = |node| {
        let key = child(node, "Key")?;
        if is_escaped { percent_decoded(&key).ok() } else { Some(key) }
    };
    let keys = root.children().filter(|node| node.tag_name().name() == "Contents").filter_map(key).collect();
    let next = match child(root, "IsTruncated").as_deref() {
        Some("true") => Some(child(root, "NextContinuationToken")?),
        _ => None,
    };
    Some(Page { keys, next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_with_its_escapes_and_where_it_goes_on() {
        let page = page_of(
            b"<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><EncodingType>url</EncodingType>\
              <Prefix>kit/inbox/</Prefix><IsTruncated>true</IsTruncated><NextContinuationToken>a/+=</NextContinuationToken>\
              <Contents><Key>kit/inbox/a%01b</Key></Contents><Contents><Key>%ff</Key></Contents><Contents/></ListBucketResult>",
        );
        assert_eq!(page, Some(Page { keys: vec!["kit/inbox/a\u{1}b".to_owned()], next: Some("a/+=".to_owned()) }));
        assert_eq!(page_of(b"<ListBucketResult/>"), Some(Page::default()));
        for wrong in ["", "<html/>", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>", "<ListBucketResult>"]
        {
            assert_eq!(page_of(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
