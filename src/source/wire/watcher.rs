//! How far one exchange is, and whether it may go on: the deadlines of [`Bounds`], asked at every wait.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::source::{Bounds, SourceError, error::said};

/// Most bytes before the head of an answer is whole, what came of the body with its end included. A head has at most 64 KiB;
/// a flood of interim answers has no end.
const HEAD_BYTES_MAX: u64 = 256 << 10;

/// Watches the exchanges of one source, one at a time.
pub(super) struct Watcher {
    name: String,
    state: Mutex<State>,
}

struct State {
    bounds: Bounds,
    phase: Phase,
    /// When this phase began.
    since: Instant,
    /// When this exchange began.
    began: Instant,
    heard: u64,
    sent: u64,
    has_body: bool,
    has_head: bool,
    has_dialled: bool,
    proxy: Option<String>,
    failure: Option<SourceError>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No connection stands yet.
    Connecting,
    /// The request is on its way, or was heard, and nothing came back.
    Asking,
    /// The answer comes.
    Flowing,
}

impl Watcher {
    /// For the exchanges of the source of this name.
    pub(super) fn new(name: String) -> Self {
        let state = State {
            bounds: Bounds::of(0),
            phase: Phase::Asking,
            since: now(),
            began: now(),
            heard: 0,
            sent: 0,
            has_body: false,
            has_head: false,
            has_dialled: false,
            proxy: None,
            failure: None,
        };
        Self { name, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // What a thread that panicked left here is about its own exchange only.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins with the next exchange; `proxy` is the one it goes through, without its password.
    pub(super) fn begin(&self, bounds: &Bounds, has_body: bool, proxy: Option<String>) {
        let now = now();
        *self.state() = State {
            bounds: bounds.clone(),
            phase: Phase::Asking,
            since: now,
            began: now,
            heard: 0,
            sent: 0,
            has_body,
            has_head: false,
            has_dialled: false,
            proxy,
            failure: None,
        };
    }

    /// A connection is being made.
    pub(super) fn connecting(&self) {
        let mut state = self.state();
        state.has_dialled = true;
        (state.phase, state.since) = (Phase::Connecting, now());
    }

    /// A connection stands, TLS included.
    pub(super) fn connected(&self) {
        let mut state = self.state();
        (state.phase, state.since) = (Phase::Asking, now());
    }

    /// So many bytes of the request are on their way.
    pub(super) fn sent(&self, count: usize) {
        let mut state = self.state();
        state.sent += count as u64;
        if state.phase == Phase::Asking && state.has_body {
            state.since = now();
        }
    }

    /// So many bytes of the answer came.
    pub(super) fn heard(&self, count: usize) -> Result<(), SourceError> {
        let mut state = self.state();
        if count > 0 && state.phase != Phase::Flowing {
            (state.phase, state.since) = (Phase::Flowing, now());
        }
        state.heard += count as u64;
        if !state.has_head && state.heard > HEAD_BYTES_MAX {
            let what = format!("sends {HEAD_BYTES_MAX} bytes before its answer begins");
            return Err(SourceError::Answer { name: self.name.clone(), what });
        }
        Ok(())
    }

    /// The head of the answer is whole.
    pub(super) fn has_head(&self) {
        self.state().has_head = true;
    }

    /// Whether to go on.
    pub(super) fn check(&self) -> Result<(), SourceError> {
        let state = self.state();
        let bounds = &state.bounds;
        let late = |after: Duration| Err(SourceError::NoAnswer { name: self.name.clone(), seconds: after.as_secs() });
        match state.phase {
            Phase::Connecting if state.since.elapsed() > bounds.connect && !self.is_over(bounds) => {
                let why = match &state.proxy {
                    Some(proxy) => format!("no connection through the proxy {proxy} within {} s", bounds.connect.as_secs()),
                    None => format!("none within {} s", bounds.connect.as_secs()),
                };
                Err(SourceError::Offline { name: self.name.clone(), why })
            }
            // What is sent has its own time; without anything to send, the time runs from the start.
            Phase::Asking => {
                let since = if state.has_body { state.since } else { state.began };
                if since.elapsed() > bounds.first_byte && !self.is_over(bounds) {
                    return late(bounds.first_byte);
                }
                bounds.check_rate(&self.name, state.heard, Duration::ZERO)
            }
            Phase::Connecting => bounds.check_rate(&self.name, state.heard, Duration::ZERO),
            Phase::Flowing => bounds.check_rate(&self.name, state.heard, state.since.elapsed()),
        }
    }

    fn is_over(&self, bounds: &Bounds) -> bool {
        bounds.left().is_zero()
    }

    /// How long a connection may take.
    pub(super) fn connect_limit(&self) -> Duration {
        let state = self.state();
        state.bounds.connect.min(state.bounds.left())
    }

    /// Whether what is connected to is a proxy.
    pub(super) fn is_through_proxy(&self) -> bool {
        self.state().proxy.is_some()
    }

    /// That there is no connection, and which proxy is to blame if one is.
    pub(super) fn offline(&self, host: &str, why: String) -> SourceError {
        let why = match &self.state().proxy {
            Some(proxy) => format!("the proxy {proxy} cannot be reached: {why}"),
            None => why,
        };
        self.step(format!("no connection to {host}: {why}"));
        SourceError::Offline { name: self.name.clone(), why }
    }

    /// Keeps why it failed, while ureq carries the news out.
    pub(super) fn fail(&self, failure: SourceError) -> ureq::Error {
        let words = said(&failure.to_string());
        self.state().failure.get_or_insert(failure);
        ureq::Error::Other(words.into())
    }

    /// Why it failed, if that was found here; and the proxy it went through.
    pub(super) fn failure(&self) -> (Option<SourceError>, Option<String>) {
        let mut state = self.state();
        (state.failure.take(), state.proxy.clone())
    }

    /// Whether it went by a connection that was kept, and that the other side had closed by then.
    pub(super) fn is_stale(&self) -> bool {
        let state = self.state();
        !state.has_dialled && state.heard == 0 && state.failure.is_none()
    }

    /// Tells whoever watches a step.
    pub(super) fn step(&self, words: String) {
        let bounds = self.state().bounds.clone();
        bounds.step(words);
    }
}

#[expect(clippy::disallowed_methods, reason = "a deadline, no time of day")]
fn now() -> Instant {
    Instant::now()
}
