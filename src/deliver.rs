//! Delivering: what waits in the queue goes to the first source that takes it. What no source takes waits on.

use std::{collections::BTreeSet, fmt};

use crate::{
    reach::{Route, reach},
    source::{Bounds, Item, SourceError, named, side_by_side},
    store::{LOCK_WAIT_S, Store, StoreError},
};

/// What delivering came to.
#[derive(Debug, Default)]
pub struct Delivery {
    /// What was delivered, and the sources that took it.
    pub delivered: Vec<(String, Sent)>,
    /// How many still wait.
    pub waiting: usize,
    /// Sources that did not take what was left, each with the reason, in words.
    pub passed_over: Vec<String>,
    /// Files in the queue that decayed and will never be delivered.
    pub damaged: Vec<String>,
}

/// What was in letters that a source took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Entries of this device's journal.
    pub entries: usize,
    /// The others: acknowledgements.
    pub acknowledgements: usize,
}

/// How putting letters into one inbox went: how many it took before the first it did not.
struct Put {
    taken: usize,
    problem: Option<String>,
}

/// Delivers what waits to the first place of `route` that takes it; what one took is not sent to another. `bounds` are made anew
/// for each source, by its name.
///
/// # Errors
/// [`StoreError`] when the queue cannot be read, or what was delivered not be taken out of it; it is then sent once more.
pub fn deliver(store: &Store, route: Route<'_>, bounds: impl Fn(&str) -> Bounds) -> Result<Delivery, StoreError> {
    let queue = store.queued()?;
    let mut delivery =
        Delivery { damaged: queue.damaged.iter().map(|path| path.display().to_string()).collect(), ..Delivery::default() };
    let mut letters = queue.letters;
    let device = letters.first().map(|(name, _)| name.device().to_owned());
    let entries: BTreeSet<String> = match &device {
        Some(device) => store.letters_of(device)?.into_values().collect(),
        None => BTreeSet::new(),
    };
    let settings = if letters.is_empty() { None } else { Some(store.settings()?) };
    for source in route.places {
        let Some(settings) = settings.as_ref().filter(|_| !letters.is_empty()) else { break };
        let reached = reach(source, settings, route);
        let items = letters.clone();
        let put = move |bounds: &Bounds| match reached {
            Ok(reached) => match reached.source.inbox() {
                None => Put { taken: 0, problem: Some("is read only".to_owned()) },
                Some(inbox) => put_all(&items, |item, bytes| inbox.put(item, bytes, bounds)),
            },
            Err(error) => Put { taken: 0, problem: Some(error.to_string()) },
        };
        // Alone in its thread: one that hangs in the resolver of the system is left there at its deadline.
        let mut answers = side_by_side(vec![Box::new(put)], &[bounds(source)], |_, _| true, |_| {});
        let answer = answers.pop();
        let seconds = answer.as_ref().map_or(0, |answer| answer.took.as_secs());
        let Put { taken, problem } = answer
            .and_then(|answer| answer.result)
            .unwrap_or_else(|| Put { taken: 0, problem: Some(format!("no answer within {seconds} s")) });
        if taken > 0 {
            let lock = store.lock(LOCK_WAIT_S)?;
            let mut sent = Sent::default();
            for (name, bytes) in letters.drain(..taken) {
                let is_entry = entries.contains(&name.to_string());
                *(if is_entry { &mut sent.entries } else { &mut sent.acknowledgements }) += 1;
                store.delivered(&lock, &name, &bytes)?;
            }
            delivery.delivered.push((source.clone(), sent));
        }
        delivery.passed_over.extend(problem.map(|problem| named(source, &problem)));
    }
    delivery.waiting = letters.len();
    Ok(delivery)
}

fn put_all(letters: &[(Item, Vec<u8>)], put: impl Fn(&Item, &[u8]) -> Result<(), SourceError>) -> Put {
    for (index, (item, bytes)) in letters.iter().enumerate() {
        if let Err(error) = put(item, bytes) {
            return Put { taken: index, problem: Some(error.to_string()) };
        }
    }
    Put { taken: letters.len(), problem: None }
}

impl Delivery {
    /// How many were delivered.
    pub fn count(&self) -> usize {
        self.delivered.iter().map(|(_, sent)| sent.entries + sent.acknowledgements).sum()
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: usize, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {many}")),
        };
        let acknowledgements = counted(self.acknowledgements, "acknowledgement", "acknowledgements");
        let entries = counted(self.entries, "journal entry", "journal entries");
        let words: Vec<String> = [acknowledgements, entries].into_iter().flatten().collect();
        f.write_str(&words.join(", "))
    }
}
