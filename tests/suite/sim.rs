//! A web server that can tell any lie: what it answers is whatever the test's own function writes, byte by byte.
//!
//! ```text
//! let sim = Sim::telling(|asked, line| line.say(&reply(200, &[("ETag", "\"1\"")], b"…")));
//! let place = Place::at(&sim.url("/kit/"));
//! assert_eq!(sim.asked().len(), 1);
//! ```

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// How often somebody who waits looks whether they still should.
const TICK: Duration = Duration::from_millis(10);

/// The server; it ends with the value.
pub struct Sim {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    over: Arc<AtomicBool>,
}

/// One request, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The whole head, the empty line left out.
    pub head: String,
    /// What came with it.
    pub body: Vec<u8>,
    /// Which request this is, counted from zero.
    pub number: usize,
}

impl Asked {
    /// The method and the path.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1")
    }

    /// A header, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// The connection that a request came by.
pub struct Line {
    stream: TcpStream,
    over: Arc<AtomicBool>,
    is_reset: bool,
}

impl Line {
    /// Writes; whoever went away is not missed.
    pub fn say(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Writes the same again and again, until the other side or the test has had enough.
    pub fn say_for_ever(&mut self, bytes: &[u8], pause: Duration) {
        while self.stream.write_all(bytes).is_ok() && !self.over.load(Ordering::Relaxed) {
            thread::sleep(pause);
        }
    }

    /// Says nothing until the other side goes away or the test is over.
    pub fn hang(&mut self) {
        self.stream.set_read_timeout(Some(TICK)).unwrap();
        while !self.over.load(Ordering::Relaxed) {
            match self.stream.read(&mut [0; 1024]) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {}
                Err(_) => return,
            }
        }
    }

    /// Breaks the connection off so that the other side gets a reset, not an end: that is what closing means for whoever has
    /// not read all that came. Only before a request was heard.
    pub fn reset(&mut self) {
        self.stream.peek(&mut [0]).unwrap();
        self.is_reset = true;
    }
}

/// A whole answer of this status, with its length.
pub fn reply(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let length = body.len().to_string();
    raw(status, &[headers, &[("Content-Length", &length), ("Connection", "close")]].concat(), body)
}

/// An answer with these headers and no others.
pub fn raw(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    [format!("HTTP/1.1 {status} Words\r\n{headers}\r\n").as_bytes(), body].concat()
}

impl Sim {
    /// On 127.0.0.1: `tell` answers one request on one connection, which is closed then.
    pub fn telling(tell: impl Fn(&Asked, &mut Line) + Send + Sync + 'static) -> Self {
        Self::telling_at(Ipv4Addr::LOCALHOST.into(), tell)
    }

    /// On another address of this machine.
    pub fn telling_at(address: IpAddr, tell: impl Fn(&Asked, &mut Line) + Send + Sync + 'static) -> Self {
        Self::listening(address, move |asked, line| {
            if let Some(asked) = asked {
                tell(asked, line);
            }
        })
    }

    /// Before anything is heard: `tell` gets the bare connection.
    pub fn mute(tell: impl Fn(&mut Line) + Send + Sync + 'static) -> Self {
        let tell = move |asked: Option<&Asked>, line: &mut Line| {
            if asked.is_none() {
                tell(line)
            }
        };
        Self::listening(Ipv4Addr::LOCALHOST.into(), tell)
    }

    fn listening(address: IpAddr, tell: impl Fn(Option<&Asked>, &mut Line) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((address, 0)).unwrap();
        let sim = Self { address: listener.local_addr().unwrap(), asked: Arc::default(), over: Arc::default() };
        let (asked, over, tell) = (Arc::clone(&sim.asked), Arc::clone(&sim.over), Arc::new(tell));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (asked, over, tell) = (Arc::clone(&asked), Arc::clone(&over), Arc::clone(&tell));
                thread::spawn(move || {
                    let mut line = Line { stream, over, is_reset: false };
                    tell(None, &mut line);
                    if line.is_reset {
                        return;
                    }
                    if let Some(mut request) = hear(&mut line.stream) {
                        {
                            let mut asked = asked.lock().unwrap();
                            request.number = asked.len();
                            asked.push(request.clone());
                        }
                        tell(Some(&request), &mut line);
                    }
                    // What was not read would make a reset of the end.
                    let _ = line.stream.shutdown(Shutdown::Write);
                });
            }
        });
        sim
    }

    /// An address on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

/// One request, as far as its own length goes.
fn hear(stream: &mut TcpStream) -> Option<Asked> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    let end = loop {
        let count = stream.read(&mut piece).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut asked = Asked { head, body: bytes[end + 4..].to_vec(), number: 0 };
    let length: usize = asked.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while asked.body.len() < length {
        let count = stream.read(&mut piece).ok().filter(|count| *count > 0)?;
        asked.body.extend_from_slice(&piece[..count]);
    }
    Some(asked)
}
