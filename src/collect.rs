//! Collecting: what members sent, from every source side by side; opened, checked, kept.
//!
//! Nothing is believed that `sift` did not check, now and whenever it is read again.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use crate::{
    answer::{Acknowledged, Wanted},
    authored::count as count_of,
    bundle::letter::{Content, Letter},
    key::{Identity, VerifyKey},
    open::Reading,
    reach::Route,
    sift::{Believer, Wish, ask},
    source::{Bounds, Item},
    store::{Collected, LOCK_WAIT_S, Met, Numbers, Store, StoreError},
    team::Team,
    transcribe::{Transcribed, transcribe},
    unseal,
};

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
    /// Entries of journals that are new in the copies here.
    pub entries: usize,
    /// When a source was last heard.
    pub at: Option<Timestamp>,
}

/// What was collected before; asks nobody.
///
/// # Errors
/// [`StoreError`] when the store cannot be looked at.
pub fn collected(store: &Store, reading: &Reading, reader: &Identity) -> Result<Inboxes, StoreError> {
    let believer = Believer::of(store, reading, reader);
    let letters = kept(store, &believer)?.into_iter().map(|(_, letter)| letter).collect();
    Ok(Inboxes { letters, at: store.collected().at, ..Inboxes::default() })
}

/// Asks the places of `route` side by side for what is not here yet, and keeps what is believed. `bounds` are made anew for each source.
///
/// # Errors
/// [`StoreError`] when the store cannot be looked at or written to.
pub fn collect(
    store: &Store,
    reading: &Reading,
    reader: &Identity,
    route: Route<'_>,
    now: Timestamp,
    bounds: impl Fn(&str) -> Bounds,
) -> Result<Inboxes, StoreError> {
    let believer = Believer::of(store, reading, reader);
    let here = kept(store, &believer)?;
    let before = mended(store, store.collected())?;
    let wish = Arc::new(Wish::of(believer, &here, &before));
    let mut inboxes = Inboxes { at: before.at, ..Inboxes::default() };
    let Collected { mut refused, mut met, .. } = before;
    let mut fresh: BTreeMap<Item, (Vec<u8>, Letter)> = BTreeMap::new();
    let mut is_heard = false;
    for (source, result) in ask(store, route, &wish, bounds)? {
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
    let roster = &wish.believer.roster;
    for handle in refused.iter().filter_map(|name| Some(name.split_once('/')?.0)).filter(|it| roster.contains_key(*it)) {
        *inboxes.refused.entry(handle.to_owned()).or_default() += 1;
    }
    let fresh: Vec<(Item, Vec<u8>)> = fresh
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
        // Into the journals first: of the letters only the newest are kept.
        let own = unseal::own_device(store, reading).ok().and_then(|device| VerifyKey::parse(&device.key).ok());
        let own = own.map(|key| key.handle());
        let Transcribed { fresh: entries, dropped, .. } =
            transcribe(store, &lock, roster, own.as_deref(), inboxes.letters.iter())?;
        inboxes.entries = entries;
        if dropped > 0 {
            let what = format!("{} had no room, and what they say is not counted", count_of(dropped, "line"));
            inboxes.problems.push(("journals".to_owned(), what));
        }
        store.keep_received(&lock, &fresh, |handle| roster.contains_key(handle))?;
        for letter in &inboxes.letters {
            let handle = letter.envelope.key.handle();
            let is_copied = matches!(letter.content, Content::Entry(_)) && own.as_ref() != Some(&handle);
            let Met { entries, others } = met.entry(handle).or_default();
            (if is_copied { entries } else { others }).add(letter.envelope.number);
        }
        met.retain(|handle, _| roster.contains_key(handle));
        store.set_collected(&lock, Collected { at: Some(now), refused, met })?;
    }
    Ok(inboxes)
}

/// What is remembered, without the entries of journals whose copies here lost some: those are fetched again.
fn mended(store: &Store, mut collected: Collected) -> Result<Collected, StoreError> {
    for (handle, met) in &mut collected.met {
        let copied = u64::try_from(store.journal(handle)?.lines.len()).unwrap_or(u64::MAX);
        if copied < met.entries.count() {
            met.entries = Numbers::default();
        }
    }
    Ok(collected)
}

/// What is kept here and still believed.
fn kept(store: &Store, believer: &Believer) -> Result<Vec<(Item, Letter)>, StoreError> {
    let names = store.received()?.into_iter();
    let read = |name: Item| Some((believer.letter(&store.received_bytes(&name)?, &name)?, name));
    Ok(names.filter_map(read).map(|(letter, name)| (name, letter)).collect())
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

    /// What was found in inboxes and not believed, in sentences.
    pub fn doubts(&self, team: &Team) -> Vec<String> {
        let device = |handle: &str| {
            let has_it = |key: &str| VerifyKey::parse(key).is_ok_and(|key| key.handle() == handle);
            team.devices.iter().find(|it| has_it(&it.key)).map(|it| format!("{}/{}", it.person, it.name))
        };
        let refused = self.refused.iter().filter_map(|(handle, count)| {
            Some(format!("{} under the name of {} not believed: not its own", count_of(*count, "item"), device(handle)?))
        });
        let strangers = Some(self.strangers).filter(|count| *count > 0);
        let strangers =
            strangers.map(|count| format!("{} by devices that this kit does not have, passed over", count_of(count, "item")));
        refused.chain(strangers).collect()
    }
}
