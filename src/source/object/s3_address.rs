//! `s3://BUCKET/FOLDER?endpoint=URL&region=REGION&use_path_style=true&profile=NAME`: the names of go-cloud, which other
//! tools take too.

use std::{fmt, sync::Arc};

use super::{endpoint_of, folder_of, s3::S3, source::ObjectSource};
use crate::source::{CredentialCommand, Outside, Source, url::Url};

/// The parameters that an address may have.
const PARAMETERS: &[&str] = &["endpoint", "region", "use_path_style", "profile"];

/// A folder of a bucket of S3 or something compatible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Address {
    url: Url,
    pub(super) bucket: String,
    pub(super) folder: String,
    pub(super) endpoint: Option<String>,
    pub(super) region: Option<String>,
    pub(super) profile: Option<String>,
    /// Whether the bucket stands in the path and not before the host; [`None`]: as the server wants it by its kind.
    pub(super) path_style: Option<bool>,
}

impl S3Address {
    /// Reads it.
    pub(in crate::source) fn parse(url: &Url) -> Result<Self, &'static str> {
        url.check_parameters(PARAMETERS)?;
        if url.user.is_some() {
            return Err("a key does not belong in an address: credentials come from the environment, a profile or a command");
        }
        if url.port.is_some() {
            return Err("the address names a bucket, not a server: the server is endpoint=https://host:port");
        }
        let folder = folder_of(&url.decoded_path()?)?;
        let region = url.parameter("region").map(str::to_owned);
        if region.as_deref().is_some_and(|region| !is_region(region)) {
            return Err("a region is lower-case letters, digits and hyphens");
        }
        let profile = url.parameter("profile").map(str::to_owned);
        if profile.as_deref().is_some_and(|profile| profile.is_empty() || profile.contains(['[', ']'])) {
            return Err("the profile has no name");
        }
        let path_style = match url.parameter("use_path_style") {
            None => None,
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(_) => return Err("use_path_style is true or false"),
        };
        let endpoint = url.parameter("endpoint").map(endpoint_of).transpose()?;
        let path = format!("/{}", url.path.trim_matches('/'));
        Ok(Self { url: Url { path, ..url.clone() }, bucket: url.host.clone(), folder, endpoint, region, profile, path_style })
    }

    /// The source at this address.
    pub(in crate::source) fn source(&self, outside: &Outside, credentials: Option<&CredentialCommand>) -> Arc<dyn Source> {
        Arc::new(ObjectSource::new(S3::new(self.clone(), outside, credentials), self.folder.clone()))
    }
}

impl fmt::Display for S3Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}

/// Whether a text can be a region: it becomes part of a host name.
pub(super) fn is_region(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 40
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_and_says_what_is_wrong() {
        let parse = |text: &str| S3Address::parse(&Url::parse(text)?);
        for (text, canonical) in [
            ("s3://bucket", "s3://bucket/"),
            ("s3://bucket/team/kit/", "s3://bucket/team/kit"),
            ("s3://My.bucket_1//a%20b", "s3://my.bucket_1/a%20b"),
            (
                "s3://b/k?endpoint=https://minio.example.com:9000/s3/&region=auto&use_path_style=true&profile=two%20words",
                "s3://b/k?endpoint=https://minio.example.com:9000/s3/&region=auto&use_path_style=true&profile=two%20words",
            ),
        ] {
            let address = parse(text).unwrap();
            assert_eq!(address.to_string(), canonical);
            assert_eq!(parse(canonical).unwrap(), address);
        }
        let address = parse("s3://b/a/b%2fc?endpoint=http://[::1]:9000").unwrap();
        assert_eq!((address.folder.as_str(), address.endpoint.as_deref()), ("a/b/c", Some("http://[::1]:9000")));
        for (text, why) in [
            ("s3://AKIA@b/", "a key does not belong"),
            ("s3://b:9000/", "names a bucket"),
            ("s3://b/a//b", "two slashes"),
            ("s3://b/?region=eu.west", "a region"),
            ("s3://b/?region=evil.example.com/", "a region"),
            ("s3://b/?use_path_style=1", "true or false"),
            ("s3://b/?endpoint=http://minio.example.com", "https://"),
            ("s3://b/?endpoint=https://u@minio.example.com", "nothing else"),
            ("s3://b/?endpoint=minio.example.com", "no address"),
            ("s3://b/?profile=", "no name"),
            ("s3://b/?access_key=x", "not known"),
            ("s3://b/?region=a&region=b", "twice"),
        ] {
            let found = parse(text);
            assert!(matches!(found, Err(found) if found.contains(why)), "{text}: {found:?}");
        }
    }
}
