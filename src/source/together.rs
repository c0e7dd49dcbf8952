//! Several sources side by side, each in a thread of its own: a bad or slow one never keeps a good one waiting.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use super::{Bounds, Progress, Watch};
use crate::program::Stop;

/// How long the others are waited for, from the start, once one has given something good.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How long those that nobody waits for any more have to say so: their children are ended meanwhile.
const FAREWELL: Duration = Duration::from_millis(500);

/// How often whoever waits may look up.
const TICK: Duration = Duration::from_millis(100);

/// What is done with one source, in a thread of its own.
pub type Job<T> = Box<dyn FnOnce(&Bounds) -> T + Send>;

/// How asking one went.
#[derive(Debug)]
pub struct Answer<T> {
    /// Which of the jobs, counted from zero.
    pub index: usize,
    /// How long it took.
    pub took: Duration,
    /// What it gave; [`None`] when it was not waited for to the end.
    pub result: Option<T>,
}

/// Runs each job in a thread of its own. `is_good` is asked about each result as it comes; once one is good, the others have
/// until [`PATIENCE`] after the start. Without a good one, whoever gives signs of life (a step, a byte) may go on; when
/// nobody has for their [`Bounds::silence`], all are given up. Answers come in the order of the jobs, one for each.
///
/// `bounds` are the jobs' own, from now on; their [`Bounds::stop`] is said to those that are not waited for. `tick` is called
/// in this thread, several times a second, with how many have not answered yet.
pub fn side_by_side<T: Send + 'static>(
    jobs: Vec<Job<T>>,
    bounds: &[Bounds],
    mut is_good: impl FnMut(usize, &T) -> bool,
    mut tick: impl FnMut(usize),
) -> Vec<Answer<T>> {
    let (sender, results) = mpsc::channel();
    let mut answers: Vec<Answer<T>> = (0..jobs.len()).map(|index| Answer { index, took: Duration::ZERO, result: None }).collect();
    let mut pulses = Vec::new();
    for (index, (job, bounds)) in jobs.into_iter().zip(bounds).enumerate() {
        let pulse = Arc::new(Pulse::of(bounds));
        pulses.push(Arc::clone(&pulse));
        let (sender, bounds) = (sender.clone(), bounds.watched_by(pulse));
        // Not joined: one that hangs in the resolver of the system ends with the process.
        thread::spawn(move || {
            let result = job(&bounds);
            let _ = sender.send((index, bounds.elapsed(), result)); // nobody waits any more
        });
    }
    drop(sender);
    let Some(clock) = bounds.first() else { return answers };
    let mut has_good = false;
    let mut take = |(index, took, result): (usize, Duration, T), answers: &mut Vec<Answer<T>>| {
        let good = is_good(index, &result);
        if let Some(answer) = answers.get_mut(index) {
            (answer.took, answer.result) = (took, Some(result));
        }
        good
    };
    loop {
        match results.recv_timeout(TICK) {
            Ok(result) => has_good |= take(result, &mut answers),
            Err(mpsc::RecvTimeoutError::Disconnected) => return answers,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
        let pending: Vec<_> = answers.iter().zip(&pulses).filter(|(answer, _)| answer.result.is_none()).collect();
        tick(pending.len());
        let is_over = if has_good {
            clock.elapsed() >= PATIENCE
        } else {
            clock.elapsed() >= clock.total + FAREWELL
                || pending.iter().all(|(_, pulse)| pulse.silent_for() >= pulse.clock.silence)
        };
        if is_over {
            break;
        }
    }
    bounds.iter().map(|bounds| &bounds.stop).for_each(Stop::stop);
    while let Ok(result) = results.recv_timeout(FAREWELL) {
        take(result, &mut answers);
    }
    for answer in answers.iter_mut().filter(|answer| answer.result.is_none()) {
        answer.took = clock.elapsed();
    }
    answers
}

/// When a job last gave a sign of life; passes on to whoever watches.
struct Pulse {
    watch: Arc<dyn Watch>,
    /// Tells the time since the start.
    clock: Bounds,
    /// Milliseconds from the start to the last sign of life.
    last_ms: AtomicU64,
    bytes: AtomicU64,
}

impl Pulse {
    fn of(bounds: &Bounds) -> Self {
        let (last_ms, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { watch: Arc::clone(&bounds.watch), clock: bounds.clone(), last_ms, bytes }
    }

    fn beat(&self) {
        self.last_ms.store(u64::try_from(self.clock.elapsed().as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn silent_for(&self) -> Duration {
        self.clock.elapsed().saturating_sub(Duration::from_millis(self.last_ms.load(Ordering::Relaxed)))
    }
}

impl Watch for Pulse {
    fn progress(&self, progress: Progress) {
        if self.bytes.swap(progress.bytes, Ordering::Relaxed) != progress.bytes {
            self.beat();
        }
        self.watch.progress(progress);
    }

    fn step(&self, words: &str) {
        self.beat();
        self.watch.step(words);
    }
}
