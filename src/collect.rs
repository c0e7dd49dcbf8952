//! Collecting: what members sent, from every source side by side; opened, checked, kept.
//!
//! A source can withhold a letter or offer anything under any name. What does not open, is not signed by the device of the
//! roster that its name says, or is of another kit or number, is counted and not believed.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use jiff::Timestamp;

use crate::{
    answer::{Acknowledged, Wanted},
    bundle::{
        KitId,
        letter::{self, Content, Found, Letter},
    },
    key::{Identity, VerifyKey},
    open::Reading,
    reach::reach,
    source::{Bounds, Inbox, Item, Outside, SourceError, side_by_side},
    store::{Collected, LOCK_WAIT_S, LetterName, RECEIVED_PER_DEVICE_MAX, Store, StoreError},
};

/// Letters of one device that are fetched from one source, the newest first: what it said last is what counts.
const NEWEST: usize = 2;
/// How many more are fetched when none of those is a letter of that device, and how often: whoever may write there can leave
/// any number under anybody's name. What is not reached now is at the next time, for what was refused is remembered.
const MORE: usize = 16;
const ROUNDS_MAX: usize = 8;
/// Items that are held at a time: 16 MiB of letters.
const BATCH: usize = 256;

/// What was collected, and what is known from before.
#[derive(Debug, Default)]
pub struct Inboxes {
    /// Every letter that is believed.
    pub letters: Vec<Letter>,
    /// Sources that gave nothing, and why.
    pub problems: Vec<(String, String)>,
    /// How many items under a device's name are not its letters, by that device's handle.
    pub refused: BTreeMap<String, usize>,
    /// Items under names of devices that the kit does not have.
    pub strangers: usize,
    /// When a source was last heard.
    pub at: Option<Timestamp>,
}

/// What one source gave.
#[derive(Default)]
struct Heard {
    believed: Vec<(LetterName, Vec<u8>, Letter)>,
    refused: Vec<LetterName>,
    strangers: usize,
    /// Why something in it could not be taken.
    problem: Option<String>,
}

/// What it takes to judge a letter.
struct Judge {
    kit: KitId,
    reader: Identity,
    /// The device keys of the kit, by their handles.
    roster: BTreeMap<String, VerifyKey>,
}

/// What is asked of every source.
struct Wish {
    judge: Judge,
    /// Names of what is here, and of what was refused before.
    names: BTreeSet<String>,
    /// By handle: the number of the oldest that is kept, where as many are kept as there is room for.
    floor: BTreeMap<String, u64>,
}

/// What was collected before; asks nobody.
///
/// # Errors
/// [`StoreError`] when the store cannot be looked at.
pub fn collected(store: &Store, reading: &Reading, reader: &Identity) -> Result<Inboxes, StoreError> {
    let judge = Judge::of(store, reading, reader);
    let letters = kept(store, &judge)?.into_iter().map(|(_, letter)| letter).collect();
    Ok(Inboxes { letters, at: store.collected().at, ..Inboxes::default() })
}

/// Asks `sources` side by side for what is not here yet, and keeps what is believed. `bounds` are made anew for each source.
///
/// # Errors
/// [`StoreError`] when the store cannot be looked at or written to.
pub fn collect(
    store: &Store,
    reading: &Reading,
    reader: &Identity,
    (sources, base, outside): (&[String], &Path, &Outside),
    now: Timestamp,
    bounds: impl Fn(&str) -> Bounds,
) -> Result<Inboxes, StoreError> {
    let judge = Judge::of(store, reading, reader);
    let here = kept(store, &judge)?;
    let before = store.collected();
    let wish = Arc::new(Wish::of(judge, &here, &before));
    let mut inboxes = Inboxes { at: before.at, ..Inboxes::default() };
    let mut refused = before.refused;
    let mut fresh: BTreeMap<LetterName, (Vec<u8>, Letter)> = BTreeMap::new();
    let mut is_heard = false;
    for (source, result) in ask(store, sources, base, outside, &wish, bounds)? {
        match result {
            Ok(heard) => {
                is_heard = true;
                inboxes.strangers = inboxes.strangers.max(heard.strangers);
                inboxes.problems.extend(heard.problem.map(|problem| (source, problem)));
                refused.extend(heard.refused.iter().map(ToString::to_string));
                fresh.extend(heard.believed.into_iter().map(|(name, bytes, letter)| (name, (bytes, letter))));
            }
            Err(problem) => inboxes.problems.push((source, problem)),
        }
    }
    let roster = &wish.judge.roster;
    for handle in refused.iter().filter_map(|name| Some(name.split_once('/')?.0)).filter(|it| roster.contains_key(*it)) {
        *inboxes.refused.entry(handle.to_owned()).or_default() += 1;
    }
    let fresh: Vec<(LetterName, Vec<u8>)> = fresh
        .into_iter()
        .map(|(name, (bytes, letter))| {
            inboxes.letters.push(letter);
            (name, bytes)
        })
        .collect();
    inboxes.letters.extend(here.into_iter().map(|(_, letter)| letter));
    if is_heard {
        inboxes.at = Some(now);
        let lock = store.lock(LOCK_WAIT_S)?;
        store.keep_received(&lock, &fresh, |handle| roster.contains_key(handle))?;
        store.set_collected(&lock, Collected { at: Some(now), refused })?;
    }
    Ok(inboxes)
}

/// What is kept here and still believed.
fn kept(store: &Store, judge: &Judge) -> Result<Vec<(LetterName, Letter)>, StoreError> {
    let names = store.received()?.into_iter();
    let read = |name: LetterName| Some((judge.letter(&store.received_bytes(&name)?, &name)?, name));
    Ok(names.filter_map(read).map(|(letter, name)| (name, letter)).collect())
}

/// Asks every source side by side; those behind the first that answers have a while more.
fn ask(
    store: &Store,
    sources: &[String],
    base: &Path,
    outside: &Outside,
    wish: &Arc<Wish>,
    bounds: impl Fn(&str) -> Bounds,
) -> Result<Vec<(String, Result<Heard, String>)>, StoreError> {
    let settings = store.settings()?;
    let mut jobs: Vec<Box<dyn FnOnce(&Bounds) -> Option<Result<Heard, SourceError>> + Send>> = Vec::new();
    for source in sources {
        let (reached, wish) = (reach(source, &settings, base, outside), Arc::clone(wish));
        jobs.push(Box::new(move |bounds| match reached {
            Ok(reached) => reached.source.inbox().map(|inbox| wish.fetch(inbox, bounds)),
            Err(error) => Some(Err(error)),
        }));
    }
    let bounds: Vec<Bounds> = sources.iter().map(|source| bounds(source)).collect();
    let answers = side_by_side(jobs, &bounds, |_, result| matches!(result, Some(Ok(_))), |_| {});
    let heard = sources.iter().zip(answers).filter_map(|(source, answer)| {
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
    fn of(judge: Judge, here: &[(LetterName, Letter)], before: &Collected) -> Self {
        let names = here.iter().map(|(name, _)| name.to_string()).chain(before.refused.iter().cloned()).collect();
        let mut numbers: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        here.iter().for_each(|(name, _)| numbers.entry(name.device()).or_default().push(name.number()));
        let full = numbers.into_iter().filter(|(_, numbers)| numbers.len() >= RECEIVED_PER_DEVICE_MAX);
        let floor = full.map(|(handle, numbers)| (handle.to_owned(), numbers.into_iter().min().unwrap_or(0))).collect();
        Self { judge, names, floor }
    }

    /// What an inbox has that is not here, judged as it comes.
    fn fetch(&self, inbox: &dyn Inbox, bounds: &Bounds) -> Result<Heard, SourceError> {
        let mut heard = Heard::default();
        let mut of_device: BTreeMap<String, Vec<Item>> = BTreeMap::new();
        for item in inbox.list(bounds)? {
            if !self.judge.roster.contains_key(item.device()) {
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
            for (name, ..) in &heard.believed {
                of_device.remove(name.device());
            }
            of_device.retain(|_, items| !items.is_empty());
        }
        Ok(heard)
    }

    /// Takes some items. One that cannot be read must not hide the others.
    fn take(&self, inbox: &dyn Inbox, batch: &[Item], bounds: &Bounds, heard: &mut Heard) {
        let taken = inbox.take(batch, bounds).unwrap_or_else(|error| {
            heard.problem = Some(error.to_string());
            let singly = batch.iter().take_while(|_| batch.len() > 1 && !bounds.left().is_zero());
            singly.filter_map(|item| inbox.take(std::slice::from_ref(item), bounds).ok()).flatten().collect()
        });
        for (item, bytes) in taken {
            let Ok(name) = item.to_string().parse::<LetterName>() else { continue };
            match self.judge.letter(&bytes, &name) {
                Some(letter) => heard.believed.push((name, bytes, letter)),
                None => heard.refused.push(name),
            }
        }
    }

    fn is_wanted(&self, item: &Item) -> bool {
        let floor = self.floor.get(item.device()).copied().unwrap_or(0);
        item.number() >= floor && !self.names.contains(&item.to_string())
    }
}

impl Judge {
    fn of(store: &Store, reading: &Reading, reader: &Identity) -> Self {
        let keys = reading.team.devices.iter().filter_map(|device| VerifyKey::parse(&device.key).ok());
        let roster = keys.map(|key| (key.handle(), key)).collect();
        Self { kit: store.trust().pin.kit.clone(), reader: reader.clone(), roster }
    }

    /// A letter, if it opens, is what its name says, and is signed by that device of the roster.
    fn letter(&self, bytes: &[u8], name: &LetterName) -> Option<Letter> {
        let key = self.roster.get(name.device())?;
        let found = Found { kit: &self.kit, device: name.device(), number: name.number() };
        letter::open(bytes, &self.reader, &found).ok().filter(|letter| &letter.envelope.key == key)
    }
}

impl Inboxes {
    /// The acknowledgements among the letters.
    pub fn acknowledged(&self) -> Vec<Acknowledged> {
        let ack = |letter: &Letter| {
            let Content::Ack(ack) = &letter.content else { return None };
            Some(Acknowledged {
                key: letter.envelope.key.to_string(),
                number: letter.envelope.number,
                at: letter.envelope.at,
                kit: Wanted { root: ack.root, seq: ack.seq, head: Some(ack.head.to_string()) },
                contacts: ack.contacts,
                credentials: ack.credentials,
                line: letter.line_sha256.to_string(),
            })
        };
        self.letters.iter().filter_map(ack).collect()
    }
}
