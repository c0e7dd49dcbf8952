//! One HTTP exchange within bounds: what `web` and `object` are made of. No cookies, no decompression, a fixed user agent,
//! nothing about the device; where it goes is decided here and nowhere else.
//!
//! | part | is |
//! |---|---|
//! | `policy` | where a request may go |
//! | `proxy`, `roots` | what the user set up: proxies, whom to trust |
//! | `link`, `watcher` | connections, and how long each part of an exchange may take |
//! | `failure` | what went wrong, in words |
//! | `xml` | answers in XML |

mod failure;
mod link;
mod policy;
mod proxy;
mod roots;
mod watcher;
pub(super) mod xml;

use std::{
    io::Read,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use ureq::{
    Agent, Body, Proxy, http,
    tls::{RootCerts, TlsConfig},
};

use self::watcher::Watcher;
use super::{Bounds, Outside, SourceError, Version, error::said, url::Url};

/// Most bytes of a page that says why something failed.
const REASON_BYTES_MAX: u64 = 64 << 10;

/// How much is read at once.
const READ_BYTES: usize = 64 << 10;

/// Longest wait that a busy server may ask for; it is asked once more then.
const RETRY_WAIT_MAX: Duration = Duration::from_secs(2);

/// Sends requests to one source, one at a time.
pub(super) struct Wire {
    name: String,
    outside: Outside,
    watcher: Arc<Watcher>,
    /// What speaks HTTP, made for the first request; held by whoever is sending.
    agents: Mutex<Agents>,
}

#[derive(Default)]
struct Agents {
    direct: Option<Agent>,
    through_proxy: Option<Agent>,
    /// The system has no roots of its own: the bundled ones are used.
    is_rootless: bool,
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
    /// For the source of this name; proxies and roots come from `outside`.
    pub(super) fn new(name: String, outside: &Outside) -> Self {
        let watcher = Arc::new(Watcher::new(name.clone()));
        Self { name, outside: outside.clone(), watcher, agents: Mutex::default() }
    }

    /// Sends one request and reads the whole answer. Redirects of a `GET` are followed as far as they lead to the same host;
    /// a `GET` that is asked to come back within two seconds comes back, once.
    ///
    /// # Errors
    /// [`SourceError`] when there is no whole answer within the bounds; an answer of any status is none.
    pub(super) fn send(&self, request: &Request<'_>, bounds: &Bounds) -> Result<Reply, SourceError> {
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reply = self.send_on(request, bounds, &mut agents)?;
        if request.method == "GET"
            && let Some(wait) = reply.retry_after()
        {
            bounds.step(format!("it is busy ({}); asking once more in {} s", reply.status, wait.as_secs()));
            self.pause(wait, bounds)?;
            reply = self.send_on(request, bounds, &mut agents)?;
        }
        Ok(reply)
    }

    /// What a reply is whose status is none that the caller asked for.
    pub(super) fn refusal(&self, reply: &Reply) -> SourceError {
        failure::of_status(&self.name, reply)
    }

    /// Follows redirects.
    fn send_on(&self, request: &Request<'_>, bounds: &Bounds, agents: &mut Agents) -> Result<Reply, SourceError> {
        let first = policy::parts(request.url).map_err(|why| self.answer(format!("cannot be asked: {why}")))?;
        let (mut at, mut url) = (first.clone(), request.url.to_owned());
        for hop in 0.. {
            let keep = |header: &&(&str, &str)| policy::is_same_origin(&first, &at) || !is_secret(header.0);
            let headers: Vec<(&str, &str)> = request.headers.iter().filter(keep).copied().collect();
            let reply = self.exchange(&Request { url: &url, headers: &headers, ..*request }, &at, bounds, agents)?;
            let location = reply.header("location").filter(|_| matches!(reply.status, 301 | 302 | 303 | 307 | 308));
            let Some(location) = location.filter(|_| request.method == "GET") else { return Ok(reply) };
            let redirect = |to, why| SourceError::Redirect { name: self.name.clone(), to, why };
            let (to, text) = policy::follow(&at, location).map_err(|(to, why)| redirect(said(&to), why))?;
            if hop == policy::HOPS_MAX {
                let to = format!("{}://{}/…", to.scheme, to.authority());
                return Err(redirect(to, "after three redirects already"));
            }
            bounds.step(format!("redirected ({}) to {}://{}/…", reply.status, to.scheme, to.authority()));
            (at, url) = (to, text);
        }
        Err(self.answer("redirects without end".to_owned()))
    }

    /// One request, one answer.
    fn exchange(&self, request: &Request<'_>, at: &Url, bounds: &Bounds, agents: &mut Agents) -> Result<Reply, SourceError> {
        let through = proxy::proxy_for(at, &self.outside, &self.name)?;
        let shown = through.as_ref().map(|through| through.shown.clone());
        bounds.step(match &shown {
            Some(proxy) => format!("{} {}://{} through the proxy {proxy}", request.method, at.scheme, at.authority()),
            None => format!("{} {}://{}", request.method, at.scheme, at.authority()),
        });
        self.watcher.begin(bounds, !request.body.is_empty(), shown.clone());
        self.watcher.check()?;
        let agent = self.agent(agents, through.as_ref().map(|through| &through.proxy))?;
        let result = match self.run(&agent, request)? {
            Err(error) if failure::is_rootless(&error) && !agents.is_rootless => {
                bounds.step("the system has no roots of its own: using the bundled ones");
                *agents = Agents { is_rootless: true, ..Agents::default() };
                let agent = self.agent(agents, through.as_ref().map(|through| &through.proxy))?;
                self.run(&agent, request)?
            }
            // It was closed while it was kept: nothing of the answer came, and asking again changes nothing.
            Err(_) if self.watcher.is_stale() && matches!(request.method, "GET" | "PROPFIND") => self.run(&agent, request)?,
            result => result,
        };
        let explain = |error: &ureq::Error| {
            let (failure, proxy) = self.watcher.failure();
            failure.unwrap_or_else(|| failure::explain(error, &self.name, proxy.as_deref()))
        };
        let (head, body) = result.map_err(|error| explain(&error))?.into_parts();
        self.watcher.has_head();
        let mut reply = Reply { status: head.status.as_u16(), body: Vec::new(), headers: head.headers };
        self.read(&mut reply, body, bounds)?;
        bounds.step(format!("answered with status {}, {} bytes", reply.status, reply.body.len()));
        Ok(reply)
    }

    fn run(&self, agent: &Agent, request: &Request<'_>) -> Result<Result<http::Response<Body>, ureq::Error>, SourceError> {
        let mut builder = http::Request::builder().method(request.method).uri(request.url);
        for (header, value) in request.headers {
            builder = builder.header(*header, *value);
        }
        let unsendable = |error: http::Error| self.answer(format!("cannot be asked: {}", said(&error.to_string())));
        // Without anything to send, only the methods that send something say how much.
        if request.body.is_empty() && !matches!(request.method, "PUT" | "POST") {
            return Ok(agent.run(builder.body(()).map_err(unsendable)?));
        }
        Ok(agent.run(builder.body(request.body).map_err(unsendable)?))
    }

    /// Reads the body, as far as the cap; what a header says about its length is only compared with what came.
    fn read(&self, reply: &mut Reply, body: Body, bounds: &Bounds) -> Result<(), SourceError> {
        let name = || self.name.clone();
        if let Some(coding) = reply.header("content-encoding").filter(|coding| !coding.eq_ignore_ascii_case("identity")) {
            return Err(self.answer(format!("packs its answer ({}), which it was asked not to", said(coding))));
        }
        let is_success = (200..300).contains(&reply.status);
        let cap = if is_success { bounds.cap_bytes } else { REASON_BYTES_MAX };
        let announced = reply.header("content-length").and_then(|length| length.parse::<u64>().ok());
        if is_success && announced.is_some_and(|length| length > cap) {
            return Err(SourceError::TooBig { name: name(), cap_bytes: cap });
        }
        let mut reader = body.into_reader();
        let mut piece = vec![0; READ_BYTES];
        loop {
            let count = match reader.read(&mut piece) {
                Ok(count) => count,
                Err(error) => return Err(self.broken_off(reply.body.len() as u64, announced, error.into())),
            };
            if count == 0 {
                return Ok(());
            }
            let room = usize::try_from(cap).unwrap_or(usize::MAX).saturating_sub(reply.body.len());
            reply.body.extend_from_slice(piece.get(..count.min(room)).unwrap_or_default());
            if count > room {
                return if is_success { Err(SourceError::TooBig { name: name(), cap_bytes: cap }) } else { Ok(()) };
            }
            bounds.progress(reply.body.len() as u64, announced);
        }
    }

    /// Why a body ended before its end.
    fn broken_off(&self, bytes: u64, announced: Option<u64>, error: ureq::Error) -> SourceError {
        if let (Some(failure), _) = self.watcher.failure() {
            return failure;
        }
        match (announced, &error) {
            (Some(of), _) if bytes < of => SourceError::CutOff { name: self.name.clone(), bytes, of },
            (_, ureq::Error::Protocol(why)) => {
                self.answer(format!("answers something that is no HTTP: {}", said(&why.to_string())))
            }
            _ => self.answer(format!("broke off after {bytes} bytes, before the end of its answer")),
        }
    }

    fn pause(&self, wait: Duration, bounds: &Bounds) -> Result<(), SourceError> {
        const TICK: Duration = Duration::from_millis(50);
        let until = bounds.elapsed() + wait;
        while bounds.elapsed() < until {
            bounds.check_rate(&self.name, 0, Duration::ZERO)?;
            thread::sleep(TICK);
        }
        Ok(())
    }

    fn answer(&self, what: String) -> SourceError {
        SourceError::Answer { name: self.name.clone(), what }
    }

    /// What speaks HTTP, directly or through the proxy; made once, since each has roots to read and connections to keep.
    fn agent(&self, agents: &mut Agents, proxy: Option<&Proxy>) -> Result<Agent, SourceError> {
        let is_rootless = agents.is_rootless;
        let place = if proxy.is_some() { &mut agents.through_proxy } else { &mut agents.direct };
        if let Some(agent) = place {
            return Ok(agent.clone());
        }
        let roots = match roots::named(&self.outside, &self.name)? {
            Some(roots) => roots,
            None if is_rootless => RootCerts::WebPki,
            None => RootCerts::PlatformVerifier,
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(proxy.cloned())
            .user_agent("kit")
            .accept_encoding("identity")
            .allow_non_standard_methods(true)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build();
        let agent = Agent::with_parts(config, link::connector(&self.watcher), link::NoResolver);
        Ok(place.insert(agent).clone())
    }
}

impl Reply {
    /// A header as text; [`None`] when it is not there or is no text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How long a busy server asks to wait, if that is soon.
    fn retry_after(&self) -> Option<Duration> {
        let wait = self.header("retry-after").filter(|_| matches!(self.status, 429 | 503))?;
        wait.trim().parse().ok().map(Duration::from_secs).filter(|wait| *wait <= RETRY_WAIT_MAX)
    }
}

/// Whether a header says who asks.
fn is_secret(header: &str) -> bool {
    let header = header.to_ascii_lowercase();
    header == "authorization" || header == "cookie" || header.starts_with("x-amz-")
}

/// Whether a text is an entity tag that can be sent back (RFC 9110, 8.8.3): visible characters within quotes.
pub(super) fn is_entity_tag(text: &str) -> bool {
    let opaque = text.strip_prefix("W/").unwrap_or(text).strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    opaque.is_some_and(|opaque| opaque.bytes().all(|b| b.is_ascii_graphic() && b != b'"')) && text.len() <= Version::BYTES_MAX
}
