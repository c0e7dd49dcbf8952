//! How long a source may take and how much it may send, and who watches it: the same for every kind.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::SourceError;
use crate::program::Stop;

/// The time that one request to one source may take, how much it may send, and who watches.
///
/// A source that never answers is given up after [`Bounds::first_byte`]; one that sends too slowly by [`Bounds::check_rate`];
/// every one at [`Bounds::total`].
#[derive(Clone)]
pub struct Bounds {
    /// Until a connection stands, name and TLS included.
    pub connect: Duration,
    /// From the start until the first byte of an answer.
    pub first_byte: Duration,
    /// From the start until the end.
    pub total: Duration,
    /// Without any sign of life; an upload, which gives none, may have the whole of the total.
    pub silence: Duration,
    /// Slowest rate of an answer, in bytes a second, once it flows for three seconds.
    pub rate_min: u64,
    /// Most bytes of an answer.
    pub cap_bytes: u64,
    /// Who may stop it before that.
    pub stop: Stop,
    /// Who watches.
    pub watch: Arc<dyn Watch>,
    started: Instant,
}

/// Slower than this is only judged after a while, in seconds: the first packets of a distant server take their time.
pub(super) const RATE_AFTER: Duration = Duration::from_secs(3);

/// Somebody who watches a request: progress for people who wait, steps for `--explain`.
pub trait Watch: Send + Sync {
    /// How far it is.
    fn progress(&self, _progress: Progress) {}
    /// A step or a decision, in words; not yet made harmless for a terminal, and never with a secret in it.
    fn step(&self, _words: &str) {}
}

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes so far.
    pub bytes: u64,
    /// Bytes that were announced, if that was believable.
    pub of: Option<u64>,
}

/// Nobody watches.
struct Nobody;

impl Watch for Nobody {}

impl Bounds {
    /// For an answer of at most `cap_bytes`, from now on: 5 s to connect, 8 s to the first byte, 60 s in all, at least
    /// 1 KiB a second. Nobody watches.
    #[expect(clippy::disallowed_methods, reason = "a deadline, no time of day")]
    pub fn of(cap_bytes: u64) -> Self {
        Self {
            connect: Duration::from_secs(5),
            first_byte: Duration::from_secs(8),
            total: Duration::from_secs(60),
            silence: Duration::from_secs(10),
            rate_min: 1024,
            cap_bytes,
            stop: Stop::default(),
            watch: Arc::new(Nobody),
            started: Instant::now(),
        }
    }

    /// The same for another answer, from now on: a second request of the same errand has its own time but no other total.
    #[must_use]
    pub fn with_cap(&self, cap_bytes: u64) -> Self {
        Self { cap_bytes, ..self.clone() }
    }

    /// The same under other eyes.
    #[must_use]
    pub fn watched_by(&self, watch: Arc<dyn Watch>) -> Self {
        Self { watch, ..self.clone() }
    }

    /// The same for an upload, which gives no sign of life until it is done.
    #[must_use]
    pub fn for_upload(self) -> Self {
        Self { silence: self.total, ..self }
    }

    /// How long it took so far.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// What is left of the total; zero when it is up or somebody stopped waiting.
    pub fn left(&self) -> Duration {
        if self.stop.is_stopped() { Duration::ZERO } else { self.total.saturating_sub(self.elapsed()) }
    }

    /// Whether an answer that began `flowing` ago and brought `bytes` may go on: called after every read.
    ///
    /// # Errors
    /// [`SourceError::TooSlow`], [`SourceError::TooLong`] or [`SourceError::Stopped`].
    pub fn check_rate(&self, name: &str, bytes: u64, flowing: Duration) -> Result<(), SourceError> {
        let name = || name.to_owned();
        if self.stop.is_stopped() {
            return Err(SourceError::Stopped { name: name(), seconds: self.elapsed().as_secs() });
        }
        if self.left().is_zero() {
            return Err(SourceError::TooLong { name: name(), seconds: self.total.as_secs(), bytes });
        }
        if flowing > RATE_AFTER && u128::from(bytes) * 1000 < u128::from(self.rate_min) * flowing.as_millis() {
            return Err(SourceError::TooSlow { name: name(), bytes, seconds: flowing.as_secs() });
        }
        Ok(())
    }

    /// Tells whoever watches how far it is.
    pub fn progress(&self, bytes: u64, of: Option<u64>) {
        self.watch.progress(Progress { bytes, of });
    }

    /// Tells whoever watches a step or a decision.
    pub fn step(&self, words: impl AsRef<str>) {
        self.watch.step(words.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drip_is_told_from_a_slow_start() {
        let bounds = Bounds::of(1);
        assert!(bounds.check_rate("x", 0, Duration::from_secs(3)).is_ok());
        assert!(bounds.check_rate("x", 4 * 1024, Duration::from_secs(4)).is_ok());
        let drip = bounds.check_rate("x", 4, Duration::from_secs(4));
        assert!(matches!(drip, Err(SourceError::TooSlow { bytes: 4, seconds: 4, .. })), "{drip:?}");
        let late = Bounds { total: Duration::ZERO, ..bounds.clone() }.check_rate("x", 1 << 20, Duration::ZERO);
        assert!(matches!(late, Err(SourceError::TooLong { .. })), "{late:?}");
        bounds.stop.stop();
        assert!(matches!(bounds.check_rate("x", 1, Duration::ZERO), Err(SourceError::Stopped { .. })));
        assert!(bounds.left().is_zero());
    }
}
