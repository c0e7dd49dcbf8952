//! Numbers that were met, as the runs that they make: a device numbers its letters without a gap, so there are few.

use serde::{Deserialize, Serialize};

/// Runs that are remembered; beyond them the lowest are forgotten, and what they stood for is fetched again.
const RUNS_MAX: usize = 64;

/// A set of numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers(Vec<(u64, u64)>);

impl Numbers {
    /// Whether a number was met.
    pub fn has(&self, number: u64) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&number))
    }

    /// How many were met.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(first, last)| last.saturating_sub(*first).saturating_add(1)).sum()
    }

    /// Adds a number.
    pub fn add(&mut self, number: u64) {
        let mut runs = std::mem::take(&mut self.0);
        runs.push((number, number));
        runs.sort_unstable();
        for (first, last) in runs {
            match self.0.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = (*end).max(last),
                _ => self.0.push((first, last)),
            }
        }
        self.0.drain(..self.0.len().saturating_sub(RUNS_MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_any_order_become_runs() {
        let mut numbers = Numbers::default();
        for number in [5, 1, 2, 9, 4, 3, 3, 1] {
            numbers.add(number);
        }
        assert_eq!((numbers.0.as_slice(), numbers.count()), ([(1, 5), (9, 9)].as_slice(), 6));
        assert!(numbers.has(4) && numbers.has(9) && !numbers.has(6) && !numbers.has(0));
        (0..1000).for_each(|number| numbers.add(100 + 2 * number));
        assert!(numbers.0.len() == RUNS_MAX && numbers.has(100 + 2 * 999) && !numbers.has(5));
    }
}
