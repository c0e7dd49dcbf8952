//! Sifting inboxes: what is fetched of each, and what of that is believed.
//!
//! Whoever may write to a source can leave anything there under anybody's name. What does not open, is not signed by the
//! device of the roster that its name says, or is of another kit or number, is counted and never kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    bundle::{
        KitId,
        letter::{self, Found, Letter},
    },
    key::{Identity, VerifyKey},
    open::Reading,
    reach::{Route, reach},
    source::{Bounds, Inbox, Item, Job, SourceError, side_by_side},
    store::{Collected, Met, RECEIVED_PER_DEVICE_MAX, Store, StoreError},
};

/// Letters of one device that are fetched from one source at first, the newest: what it said last is what counts most.
const NEWEST: usize = 2;
/// How many more are fetched then, and how often: each entry of a journal counts, but whoever may write there can leave any
/// number under anybody's name. What is not reached now is at the next time, for what was believed or refused is remembered.
const MORE: usize = 16;
const ROUNDS_MAX: usize = 8;
/// Items that are held at a time: 16 MiB of letters.
const BATCH: usize = 256;

/// What one source gave.
#[derive(Default)]
pub(crate) struct Sifted {
    pub(crate) believed: Vec<(Item, Vec<u8>, Letter)>,
    pub(crate) refused: Vec<Item>,
    pub(crate) strangers: usize,
    /// Why something in it could not be taken.
    pub(crate) problem: Option<String>,
}

/// What it takes to judge a letter.
pub(crate) struct Believer {
    kit: KitId,
    reader: Identity,
    /// The device keys of the kit, by their handles.
    pub(crate) roster: BTreeMap<String, VerifyKey>,
}

/// What is asked of every source.
pub(crate) struct Wish {
    pub(crate) believer: Believer,
    /// Names of what is here, and of what was refused before.
    names: BTreeSet<String>,
    /// By handle: the number of the oldest that is kept, where as many are kept as there is room for.
    floor: BTreeMap<String, u64>,
    /// By handle: numbers that were believed before, kept or not.
    met: BTreeMap<String, Met>,
}

/// What asking one source came to, by its address: what it gave, or why nothing.
pub(crate) type Asked = (String, Result<Sifted, String>);

/// Asks every source side by side; those behind the first that answers have a while more.
pub(crate) fn ask(
    store: &Store,
    route: Route<'_>,
    wish: &Arc<Wish>,
    bounds: impl Fn(&str) -> Bounds,
) -> Result<Vec<Asked>, StoreError> {
    let settings = store.settings()?;
    let mut jobs: Vec<Job<Option<Result<Sifted, SourceError>>>> = Vec::new();
    for source in route.places {
        let (reached, wish) = (reach(source, &settings, route), Arc::clone(wish));
        jobs.push(Box::new(move |bounds| match reached {
            Ok(reached) => reached.source.inbox().map(|inbox| wish.fetch(inbox, bounds)),
            Err(error) => Some(Err(error)),
        }));
    }
    let bounds: Vec<Bounds> = route.places.iter().map(|source| bounds(source)).collect();
    let answers = side_by_side(jobs, &bounds, |_, result| matches!(result, Some(Ok(_))), |_| {});
    let heard = route.places.iter().zip(answers).filter_map(|(source, answer)| {
        let result = match answer.result {
            None => Err(format!("no answer within {} s", answer.took.as_secs())),
            // Read only by its kind: nobody leaves anything there.
            Some(None) => return None,
            Some(Some(result)) => result.map_err(|error| error.to_string()),
        };
        Some((source.clone(), result))
    });
    Ok(heard.collect())
}

impl Wish {
    pub(crate) fn of(believer: Believer, here: &[(Item, Letter)], before: &Collected) -> Self {
        let names = here.iter().map(|(name, _)| name.to_string()).chain(before.refused.iter().cloned()).collect();
        let mut numbers: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        here.iter().for_each(|(name, _)| numbers.entry(name.device()).or_default().push(name.number()));
        let full = numbers.into_iter().filter(|(_, numbers)| numbers.len() >= RECEIVED_PER_DEVICE_MAX);
        let floor = full.map(|(handle, numbers)| (handle.to_owned(), numbers.into_iter().min().unwrap_or(0))).collect();
        Self { believer, names, floor, met: before.met.clone() }
    }

    /// What an inbox has that is not here, judged as it comes.
    pub(crate) fn fetch(&self, inbox: &dyn Inbox, bounds: &Bounds) -> Result<Sifted, SourceError> {
        let mut heard = Sifted::default();
        let mut of_device: BTreeMap<String, Vec<Item>> = BTreeMap::new();
        for item in inbox.list(bounds)? {
            if !self.believer.roster.contains_key(item.device()) {
                heard.strangers += 1;
            } else if self.is_wanted(&item) {
                of_device.entry(item.device().to_owned()).or_default().push(item);
            }
        }
        of_device.values_mut().for_each(|items| items.sort_by_key(|item| item.number()));
        for round in 0..ROUNDS_MAX {
            let count = if round == 0 { NEWEST } else { MORE };
            let wanted = of_device.values_mut().flat_map(|items| items.split_off(items.len().saturating_sub(count)));
            let wanted: Vec<Item> = wanted.collect();
            if wanted.is_empty() || bounds.left().is_zero() {
                break;
            }
            for batch in wanted.chunks(BATCH) {
                self.take(inbox, batch, bounds, &mut heard);
            }
            of_device.retain(|_, items| !items.is_empty());
        }
        Ok(heard)
    }

    /// Takes some items. One that cannot be read must not hide the others.
    fn take(&self, inbox: &dyn Inbox, batch: &[Item], bounds: &Bounds, heard: &mut Sifted) {
        let taken = inbox.take(batch, bounds).unwrap_or_else(|error| {
            heard.problem = Some(error.to_string());
            let singly = batch.iter().take_while(|_| batch.len() > 1 && !bounds.left().is_zero());
            singly.filter_map(|item| inbox.take(std::slice::from_ref(item), bounds).ok()).flatten().collect()
        });
        for (item, bytes) in taken {
            match self.believer.letter(&bytes, &item) {
                Some(letter) => heard.believed.push((item, bytes, letter)),
                None => heard.refused.push(item),
            }
        }
    }

    /// Whether it may say something new. Among those that are kept another one of the same number contradicts; of what is
    /// older one was read, and is in a journal or said nothing that still counts.
    fn is_wanted(&self, item: &Item) -> bool {
        let floor = self.floor.get(item.device()).copied().unwrap_or(0);
        let is_met = self.met.get(item.device()).is_some_and(|met| met.has(item.number()));
        (item.number() >= floor || !is_met) && !self.names.contains(&item.to_string())
    }
}

impl Believer {
    pub(crate) fn of(store: &Store, reading: &Reading, reader: &Identity) -> Self {
        let keys = reading.team.devices.iter().filter_map(|device| VerifyKey::parse(&device.key).ok());
        let roster = keys.map(|key| (key.handle(), key)).collect();
        Self { kit: store.trust().pin.kit.clone(), reader: reader.clone(), roster }
    }

    /// A letter, if it opens, is what its name says, and is signed by that device of the roster.
    pub(crate) fn letter(&self, bytes: &[u8], name: &Item) -> Option<Letter> {
        let key = self.roster.get(name.device())?;
        let found = Found { kit: &self.kit, device: name.device(), number: name.number() };
        letter::open(bytes, &self.reader, &found).ok().filter(|letter| &letter.envelope.key == key)
    }
}
