//! Connections within bounds: each name, address, byte and wait goes by the [`Watcher`] of the exchange it belongs to.
//!
//! ureq speaks HTTP and TLS over what is made here. Its own deadlines are not used: they cannot be stopped, and know no rate.

use std::{
    fmt,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use ureq::{
    Error,
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::{
            Buffers, ConnectProxyConnector, ConnectionDetails, Connector, LazyBuffers, NextTimeout, RustlsConnector, Transport,
        },
    },
};

use super::{policy, watcher::Watcher};
use crate::source::SourceError;

/// How often somebody who waits looks whether they still should.
const TICK: Duration = Duration::from_millis(50);

/// Most addresses of one name that are tried.
const ADDRESSES_MAX: usize = 16;

/// What ureq connects with: to the proxy or the host itself, then TLS, then everything that is sent and received is watched.
pub(super) fn connector(watcher: &Arc<Watcher>) -> impl Connector {
    let dial = Dial(Arc::clone(watcher));
    let watch = Watch(Arc::clone(watcher));
    ().chain(ConnectProxyConnector::default()).chain(dial).chain(RustlsConnector::default()).chain(watch)
}

/// Names are looked up where they are connected to, so ureq looks up none.
#[derive(Debug)]
pub(super) struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}

/// The first link: TCP.
struct Dial(Arc<Watcher>);

/// The last link: what comes out of TLS.
struct Watch(Arc<Watcher>);

impl<In: Transport> Connector<In> for Dial {
    type Out = Box<dyn Transport>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        // Through a proxy: it was dialled by this same chain.
        if let Some(tunnel) = chained {
            return Ok(Some(Box::new(tunnel)));
        }
        let host = details.uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = details.uri.port_u16().unwrap_or(if details.needs_tls() { 443 } else { 80 });
        let stream = dial(host, port, &self.0).map_err(|failure| self.0.fail(failure))?;
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Box::new(Line { stream, buffers, watcher: Arc::clone(&self.0) })))
    }
}

impl<In: Transport> Connector<In> for Watch {
    type Out = Watched<In>;

    fn connect(&self, _: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        self.0.connected();
        Ok(chained.map(|inner| Watched { inner, watcher: Arc::clone(&self.0) }))
    }
}

/// Looks up a name and connects to the first of its addresses that answers. In a thread of its own: neither the system's
/// resolver nor a connection under way can be interrupted, but they can be left behind.
fn dial(host: String, port: u16, watcher: &Arc<Watcher>) -> Result<TcpStream, SourceError> {
    watcher.connecting();
    let limit = watcher.connect_limit();
    let (sender, receiver) = mpsc::channel();
    let (name, through) = (host.clone(), watcher.is_through_proxy());
    thread::spawn(move || {
        let _ = sender.send(reach(&name, port, through, limit)); // nobody waits any more
    });
    loop {
        match receiver.recv_timeout(TICK) {
            Ok(Ok((stream, address))) => {
                watcher.step(format!("connected to {address}"));
                return Ok(stream);
            }
            Ok(Err(why)) => return Err(watcher.offline(&host, why)),
            Err(mpsc::RecvTimeoutError::Timeout) => watcher.check()?,
            Err(mpsc::RecvTimeoutError::Disconnected) => return Err(watcher.offline(&host, "looking it up failed".to_owned())),
        }
    }
}

/// The first connection that stands; else why the last one does not.
fn reach(host: &str, port: u16, is_proxy: bool, limit: Duration) -> Result<(TcpStream, SocketAddr), String> {
    // What the system says about names differs from one to the next, and says less than this.
    let found = (host, port).to_socket_addrs().map_err(|_| format!("the name {host} cannot be looked up"))?;
    let found: Vec<SocketAddr> = found.take(ADDRESSES_MAX).collect();
    let mut why = format!("the name {host} has no address");
    let mut limit = limit;
    for (at, address) in found.iter().enumerate() {
        // A proxy may stand anywhere: the user named it.
        if let (false, Err(rule)) = (is_proxy, policy::check_address(host, address.ip())) {
            why = format!("{host} is {}: {rule}", address.ip());
            continue;
        }
        // The first has half of the time, the second half of what is left: one dead address does not cost all of it.
        let is_last = at + 1 == found.len();
        let time = if is_last { limit } else { limit / 2 };
        limit = limit.saturating_sub(time).max(TICK);
        match TcpStream::connect_timeout(address, time.max(TICK)).and_then(|stream| set_up(&stream).map(|()| stream)) {
            Ok(stream) => return Ok((stream, *address)),
            Err(error) => why = format!("{address}: {}", refusal(&error)),
        }
    }
    Err(why)
}

/// Each wait on the socket is short, so that whoever waits can look up in between.
fn set_up(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(TICK))?;
    stream.set_write_timeout(Some(TICK))
}

fn refusal(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "nothing listens there".to_owned(),
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => "there is no way there".to_owned(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => "it does not answer".to_owned(),
        _ => error.to_string(),
    }
}

/// A TCP connection: every wait ends soon after nobody waits any more.
struct Line {
    stream: TcpStream,
    buffers: LazyBuffers,
    watcher: Arc<Watcher>,
}

impl Line {
    /// Does `act` until it does more than wait.
    fn within_bounds(&mut self, mut act: impl FnMut(&mut Self) -> io::Result<usize>) -> Result<usize, Error> {
        loop {
            self.watcher.check().map_err(|failure| self.watcher.fail(failure))?;
            match act(self) {
                Ok(count) => return Ok(count),
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted => {}
                    _ => return Err(error.into()),
                },
            }
        }
    }
}

impl Transport for Line {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
        let mut sent = 0;
        while sent < amount {
            let count = self.within_bounds(|line| {
                let output = line.buffers.output().get(sent..amount).unwrap_or_default();
                line.stream.write(output)
            })?;
            if count == 0 {
                return Err(io::Error::from(io::ErrorKind::WriteZero).into());
            }
            sent += count;
        }
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        let count = self.within_bounds(|line| {
            let count = line.stream.read(line.buffers.input_append_buf())?;
            line.buffers.input_appended(count);
            Ok(count)
        })?;
        Ok(count > 0)
    }

    fn is_open(&mut self) -> bool {
        let is_idle = |stream: &TcpStream| {
            let peeked = stream.peek(&mut [0]);
            matches!(peeked, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
        };
        self.buffers.input().is_empty()
            && self.stream.set_nonblocking(true).is_ok()
            && is_idle(&self.stream)
            && self.stream.set_nonblocking(false).is_ok()
    }
}

/// A connection from outside of TLS: what is said and heard.
struct Watched<In> {
    inner: In,
    watcher: Arc<Watcher>,
}

impl<In: Transport> Transport for Watched<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.inner.transmit_output(amount, timeout)?;
        self.watcher.sent(amount);
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let before = self.inner.buffers().input().len();
        let went_on = self.inner.await_input(timeout)?;
        let count = self.inner.buffers().input().len().saturating_sub(before);
        self.watcher.heard(count).map_err(|failure| self.watcher.fail(failure))?;
        Ok(went_on)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dial")
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").field("stream", &self.stream).finish_non_exhaustive()
    }
}

impl<In: fmt::Debug> fmt::Debug for Watched<In> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("inner", &self.inner).finish_non_exhaustive()
    }
}
