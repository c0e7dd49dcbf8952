//! Azure Blob Storage: `azblob://ACCOUNT/CONTAINER/FOLDER?endpoint=URL`, with a shared access signature or a token.

use std::{fmt, sync::Arc};

use secrecy::ExposeSecret;

use super::{
    Condition, Got, Page, Put, Store, endpoint_of,
    fault::{Fault, asked, host_of, parse_xml, skew, wrong_clock},
    folder_of,
    session::Session,
    source::ObjectSource,
};
use crate::source::{
    Bounds, CredentialCommand, Credentials, Outside, Source, SourceError,
    url::{Url, percent_decoded, percent_encoded},
    wire::{Reply, Request, Wire},
};

/// The version of the service that is spoken.
const API: &str = "2021-12-02";

/// A folder of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AzureAddress {
    url: Url,
    container: String,
    folder: String,
    endpoint: Option<String>,
}

impl AzureAddress {
    /// Reads it.
    pub(in crate::source) fn parse(url: &Url) -> Result<Self, &'static str> {
        if url.parameter("sig").is_some() {
            return Err("a signature does not belong in an address: it is AZURE_STORAGE_SAS_TOKEN, or printed by a command");
        }
        url.check_parameters(&["endpoint"])?;
        let is_account =
            (3..=24).contains(&url.host.len()) && url.host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !is_account || url.user.is_some() || url.port.is_some() {
            return Err("the address begins with the account's name: azblob://ACCOUNT/CONTAINER/FOLDER");
        }
        let path = url.decoded_path()?;
        let (container, folder) = path.trim_matches('/').split_once('/').unwrap_or((path.trim_matches('/'), ""));
        let is_container = (3..=63).contains(&container.len())
            && container.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !is_container {
            return Err("after the account comes the container: azblob://ACCOUNT/CONTAINER/FOLDER");
        }
        let endpoint = url.parameter("endpoint").map(endpoint_of).transpose()?;
        let (container, folder) = (container.to_owned(), folder_of(folder)?);
        let path = format!("/{}", url.path.trim_matches('/'));
        Ok(Self { url: Url { path, ..url.clone() }, container, folder, endpoint })
    }

    /// The source at this address.
    pub(in crate::source) fn source(&self, outside: &Outside, credentials: Option<&CredentialCommand>) -> Arc<dyn Source> {
        let name = self.to_string();
        let base = match &self.endpoint {
            Some(endpoint) => endpoint.clone(),
            None => format!("https://{}.blob.core.windows.net", self.url.host),
        };
        let azure = Azure {
            container: format!("{base}/{}", self.container),
            wire: Wire::new(name.clone(), outside),
            name,
            outside: outside.clone(),
            command: credentials.cloned(),
            session: Session::new(),
        };
        Arc::new(ObjectSource::new(azure, self.folder.clone()))
    }
}

impl fmt::Display for AzureAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}

/// A container.
struct Azure {
    /// Its address.
    container: String,
    name: String,
    wire: Wire,
    outside: Outside,
    command: Option<CredentialCommand>,
    session: Session<Credentials>,
}

impl Azure {
    fn setup(&self, why: impl Into<String>) -> SourceError {
        SourceError::Setup { name: self.name.clone(), why: why.into() }
    }

    fn credentials(&self, bounds: &Bounds) -> Result<Credentials, SourceError> {
        let found = match (&self.command, self.outside.variable("AZURE_STORAGE_SAS_TOKEN")) {
            (Some(command), _) => command.run(&self.outside, bounds, &self.name)?,
            (None, Some(token)) => {
                bounds.step("credentials: AZURE_STORAGE_SAS_TOKEN");
                Credentials::of_line(token.trim()).filter(|found| found.sas().is_some()).ok_or_else(|| {
                    self.setup("AZURE_STORAGE_SAS_TOKEN is no shared access signature: it begins like sv=… and has sig=…")
                })?
            }
            (None, None) => return Err(self.setup("no credentials: not from a command, not from AZURE_STORAGE_SAS_TOKEN")),
        };
        if found.sas().is_none() && found.bearer().is_none() {
            return Err(self.setup("the command for its credentials printed neither a shared access signature nor a token"));
        }
        Ok(found)
    }

    /// Sends one request, again where the store is busy. `query` is escaped already.
    fn ask(
        &self,
        method: &str,
        key: &str,
        query: &str,
        headers: &[(&str, &str)],
        body: &[u8],
        bounds: &Bounds,
    ) -> Result<Reply, SourceError> {
        let credentials = self.session.get(|| self.credentials(bounds))?;
        let sas = credentials.sas().map_or("", |query| query.expose_secret());
        let parts: Vec<&str> = [query, sas].into_iter().filter(|part| !part.is_empty()).collect();
        let slash = if key.is_empty() { "" } else { "/" };
        let url = format!("{}{slash}{}?{}", self.container, percent_encoded(key).replace(':', "%3A"), parts.join("&"));
        let token = credentials.bearer().map(|token| format!("Bearer {}", token.expose_secret()));
        let mut all = vec![("x-ms-version", API)];
        all.extend(token.as_deref().map(|token| ("authorization", token)));
        all.extend(headers);
        asked(&self.name, bounds, || self.wire.send(&Request { method, url: &url, headers: &all, body }, bounds))
    }

    /// An answer that is a refusal, in words.
    fn refusal(&self, reply: &Reply) -> SourceError {
        let fault = Fault::of(reply);
        let name = self.name.clone();
        let now = self.outside.now();
        match (reply.status, fault.code.as_str()) {
            (300..=399, _) => {
                let to = host_of(reply.header("location").unwrap_or("nowhere"));
                SourceError::Redirect { name, to, why: "and a signature for one host is shown to no other" }
            }
            (404, "ContainerNotFound") => self.setup("there is no such container"),
            (401 | 403, _) if skew(reply, now).is_some() => wrong_clock(&name, skew(reply, now)),
            (401 | 403, _) => {
                let ended = self.ended().map(|end| format!("the shared access signature ended at {end}"));
                SourceError::Denied { name, why: ended.unwrap_or_else(|| fault.words()) }
            }
            (status, _) => SourceError::Answer { name, what: format!("answered {status}, {}", fault.words()) },
        }
    }

    /// When the shared access signature ended, if it did.
    fn ended(&self) -> Option<jiff::Timestamp> {
        let credentials = self.session.get(|| Err(self.setup(""))).ok()?;
        let sas = credentials.sas()?.expose_secret();
        let end = sas.split('&').find_map(|pair| pair.strip_prefix("se="))?;
        let end: jiff::Timestamp = percent_decoded(end).ok()?.parse().ok()?;
        self.outside.now().is_some_and(|now| end < now).then_some(end)
    }
}

impl Store for Azure {
    fn name(&self) -> &str {
        &self.name
    }

    fn get(&self, key: &str, known: Option<&str>, bounds: &Bounds) -> Result<Got, SourceError> {
        let header = known.map(|tag| ("if-none-match", tag));
        let reply = self.ask("GET", key, "", header.as_slice(), b"", bounds)?;
        match reply.status {
            200 => {
                let tag = reply.header("etag").map(str::to_owned);
                Ok(Got::Object { bytes: reply.body, tag })
            }
            304 => Ok(Got::Unchanged),
            404 if Fault::of(&reply).code == "BlobNotFound" => Ok(Got::Missing),
            _ => Err(self.refusal(&reply)),
        }
    }

    fn put(&self, key: &str, bytes: &[u8], condition: Condition<'_>, bounds: &Bounds) -> Result<Put, SourceError> {
        let headers = [("x-ms-blob-type", "BlockBlob"), condition.header()];
        let reply = self.ask("PUT", key, "", &headers, bytes, bounds)?;
        match (reply.status, Fault::of(&reply).code.as_str()) {
            (200..=204, _) => Ok(Put::Done),
            (412, _) | (409, "BlobAlreadyExists") | (404, "BlobNotFound") => Ok(Put::Refused),
            _ => Err(self.refusal(&reply)),
        }
    }

    fn delete(&self, key: &str, bounds: &Bounds) -> Result<(), SourceError> {
        let reply = self.ask("DELETE", key, "", &[], b"", bounds)?;
        if matches!(reply.status, 200..=204 | 404) { Ok(()) } else { Err(self.refusal(&reply)) }
    }

    fn list(&self, prefix: &str, after: Option<&str>, bounds: &Bounds) -> Result<Page, SourceError> {
        let after = after.map(|after| format!("&marker={}", percent_encoded(after))).unwrap_or_default();
        let query = format!("restype=container&comp=list&prefix={}{after}", percent_encoded(prefix));
        let reply = self.ask("GET", "", &query, &[], b"", bounds)?;
        if reply.status != 200 {
            return Err(self.refusal(&reply));
        }
        page_of(&reply.body).ok_or_else(|| SourceError::Answer {
            name: self.name.clone(),
            what: "answered something that is no list of blobs".to_owned(),
        })
    }
}

/// Reads `EnumerationResults`; [`None`] when it is none. A name that XML cannot hold has an attribute `Encoded`.
fn page_of(body: &[u8]) -> Option<Page> {
    let document = parse_xml(std::str::from_utf8(body).ok()?).ok()?;
    let root = document.root_element();
    if root.tag_name().name() != "EnumerationResults" {
        return None;
    }
    let named = |name| root.descendants().filter(move |node| node.tag_name().name() == name);
    let keys = named("Blob")
        .filter_map(|blob| blob.children().find(|node| node.tag_name().name() == "Name"))
        .filter(|name| name.attribute("Encoded").is_none())
        .filter_map(|name| name.text().map(str::to_owned))
        .collect();
    let next = named("NextMarker").find_map(|node| node.text().map(str::to_owned)).filter(|next| !next.is_empty());
    Some(Page { keys, next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_and_says_what_is_wrong() {
        let parse = |text: &str| AzureAddress::parse(&Url::parse(text)?);
        for (text, canonical) in [
            ("azblob://acmekits/team/", "azblob://acmekits/team"),
            (
                "azblob://acmekits/team/a/b?endpoint=http://127.0.0.1:10000/acmekits",
                "azblob://acmekits/team/a/b?endpoint=http://127.0.0.1:10000/acmekits",
            ),
        ] {
            let address = parse(text).unwrap();
            assert_eq!(address.to_string(), canonical);
            assert_eq!(parse(canonical).unwrap(), address);
        }
        for (text, why) in [
            ("azblob://acmekits/team?sv=1&sig=canary", "a signature does not belong"),
            ("azblob://acmekits.blob.core.windows.net/team", "the account's name"),
            ("azblob://acmekits", "the container"),
            ("azblob://acmekits/Team", "the container"),
            ("azblob://acmekits/team?region=x", "not known"),
        ] {
            let found = parse(text);
            assert!(matches!(found, Err(found) if found.contains(why)), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_list_is_read_and_where_it_goes_on() {
        let page = page_of(
            "\u{feff}<?xml version=\"1.0\"?><EnumerationResults><Blobs><Blob><Name>inbox/a</Name></Blob>\
             <Blob><Name Encoded=\"true\">%01</Name></Blob></Blobs><NextMarker>m</NextMarker></EnumerationResults>"
                .as_bytes(),
        );
        assert_eq!(page, Some(Page { keys: vec!["inbox/a".to_owned()], next: Some("m".to_owned()) }));
        assert_eq!(page_of(b"<EnumerationResults><NextMarker/></EnumerationResults>"), Some(Page::default()));
        assert_eq!(page_of(b"<html/>"), None);
    }
}
