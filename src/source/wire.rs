//! One HTTP exchange within bounds: what `web` and `object` are made of. No cookies, no decompression, a fixed user agent,
//! nothing about the device; where it goes is decided here and nowhere else.

use std::{io::Read, time::Duration};

use ureq::{
    Agent, http,
    tls::{RootCerts, TlsConfig},
};

use super::{Bounds, Outside, SourceError, error::said};

/// Most bytes of a page that says why something failed.
const REASON_BYTES_MAX: u64 = 64 << 10;

/// Sends requests to one source.
pub(super) struct Wire {
    name: String,
    agent: Agent,
}

/// One request.
pub(super) struct Request<'a> {
    /// `GET`, `PUT`, `PROPFIND`, …
    pub method: &'a str,
    /// The whole address, its query included; it may hold a signature, so no message repeats it.
    pub url: &'a str,
    /// Headers besides those that every request has.
    pub headers: &'a [(&'a str, &'a str)],
    /// What is sent.
    pub body: &'a [u8],
}

/// What came back, whatever its status.
#[derive(Debug)]
pub(super) struct Reply {
    /// The status code.
    pub status: u16,
    /// At most [`Bounds::cap_bytes`]; of a status other than 2xx only the start.
    pub body: Vec<u8>,
    headers: http::HeaderMap,
}

impl Wire {
    /// For the source of this name; proxies come from `outside`.
    pub(super) fn new(name: String, _outside: &Outside) -> Self {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("kit")
            .accept_encoding("identity")
            .allow_non_standard_methods(true)
            .tls_config(tls)
            .build();
        Self { name, agent: config.into() }
    }

    /// Sends one request and reads the whole answer.
    ///
    /// # Errors
    /// [`SourceError`] when there is no whole answer within the bounds; an answer of any status is none.
    pub(super) fn send(&self, request: &Request<'_>, bounds: &Bounds) -> Result<Reply, SourceError> {
        let name = || self.name.clone();
        let answer = |what: String| SourceError::Answer { name: self.name.clone(), what };
        let mut builder = http::Request::builder().method(request.method).uri(request.url);
        for (header, value) in request.headers {
            builder = builder.header(*header, *value);
        }
        let message = builder.body(request.body).map_err(|e| answer(said(&e.to_string())))?;
        let message = self
            .agent
            .configure_request(message)
            .timeout_global(Some(bounds.left().max(Duration::from_millis(1))))
            .timeout_connect(Some(bounds.connect))
            .timeout_recv_response(Some(bounds.first_byte))
            .build();
        let reply = self.agent.run(message).map_err(|e| SourceError::Offline { name: name(), why: said(&e.to_string()) })?;
        let (head, body) = reply.into_parts();
        let cap = if head.status.is_success() { bounds.cap_bytes } else { REASON_BYTES_MAX };
        let mut bytes = Vec::new();
        body.into_reader().take(cap + 1).read_to_end(&mut bytes).map_err(|e| answer(said(&e.to_string())))?;
        if bytes.len() as u64 > cap {
            if head.status.is_success() {
                return Err(SourceError::TooBig { name: name(), cap_bytes: cap });
            }
            bytes.truncate(usize::try_from(cap).unwrap_or(usize::MAX));
        }
        Ok(Reply { status: head.status.as_u16(), body: bytes, headers: head.headers })
    }
}

impl Reply {
    /// A header as text; [`None`] when it is not there or is no text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
