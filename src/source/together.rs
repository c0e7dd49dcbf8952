//! Several sources side by side, each in a thread of its own: a bad or slow one never keeps a good one waiting.

use std::{sync::mpsc, thread, time::Duration};

use super::Bounds;
use crate::program::Stop;

/// How long the others are waited for, from the start, once one has given something good.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How long those that nobody waits for any more have to say so: their children are ended meanwhile.
const FAREWELL: Duration = Duration::from_millis(500);

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
/// until [`PATIENCE`] after the start. Answers come in the order of the jobs, one for each.
///
/// `bounds` are the jobs' own, from now on; their [`Bounds::stop`] is said to those that are not waited for.
pub fn side_by_side<T: Send + 'static>(
    jobs: Vec<Box<dyn FnOnce(&Bounds) -> T + Send>>,
    bounds: &[Bounds],
    mut is_good: impl FnMut(usize, &T) -> bool,
) -> Vec<Answer<T>> {
    let (sender, results) = mpsc::channel();
    let mut answers: Vec<Answer<T>> = (0..jobs.len()).map(|index| Answer { index, took: Duration::ZERO, result: None }).collect();
    for (index, (job, bounds)) in jobs.into_iter().zip(bounds).enumerate() {
        let (sender, bounds) = (sender.clone(), bounds.clone());
        // Not joined: one that hangs in the resolver of the system ends with the process.
        thread::spawn(move || {
            let result = job(&bounds);
            let _ = sender.send((index, bounds.elapsed(), result)); // nobody waits any more
        });
    }
    drop(sender);
    let Some(clock) = bounds.first().cloned() else { return answers };
    let mut has_good = false;
    let mut take = |(index, took, result): (usize, Duration, T), answers: &mut Vec<Answer<T>>| {
        let good = is_good(index, &result);
        if let Some(answer) = answers.get_mut(index) {
            (answer.took, answer.result) = (took, Some(result));
        }
        good
    };
    loop {
        let wait = if has_good { PATIENCE.saturating_sub(clock.elapsed()) } else { clock.total + FAREWELL };
        match results.recv_timeout(wait) {
            Ok(result) => has_good |= take(result, &mut answers),
            Err(mpsc::RecvTimeoutError::Disconnected) => return answers,
            Err(mpsc::RecvTimeoutError::Timeout) => break,
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
