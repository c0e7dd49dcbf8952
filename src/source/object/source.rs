//! What a source does, out of the few requests that every object store knows.

use super::{Condition, Got, Put, Store};
use crate::source::{
    BUNDLE_NAME, Bounds, Fetch, Fetched, Inbox, Item, Source, SourceError, Version,
    inbox::{FOLDER, ITEM_BYTES_MAX, check_count},
    wire::is_entity_tag,
};

/// Most bytes of one page of a list: a thousand keys, or five thousand of Azure's.
const PAGE_BYTES_MAX: u64 = 16 << 20;
/// Most pages of a list, however few keys stand on each.
const PAGES_MAX: usize = 1000;
/// An entity tag that no object has.
const IMPOSSIBLE: &str = "\"00000000000000000000000000000000\"";

/// A folder of an object store that holds `bundle.kit`.
pub(super) struct ObjectSource<S> {
    store: S,
    folder: String,
}

impl<S: Store> ObjectSource<S> {
    /// The source in this folder of the store.
    pub(super) fn new(store: S, folder: String) -> Self {
        Self { store, folder }
    }

    fn key(&self, name: &str) -> String {
        if self.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", self.folder) }
    }

    fn answer(&self, what: impl Into<String>) -> SourceError {
        SourceError::Answer { name: self.store.name().to_owned(), what: what.into() }
    }

    fn no_compare(&self, why: &str) -> SourceError {
        SourceError::NoCompare { name: self.store.name().to_owned(), why: why.to_owned() }
    }

    /// Whether the bundle there is this one.
    fn holds(&self, bytes: &[u8], bounds: &Bounds) -> Result<bool, SourceError> {
        let bounds = bounds.with_cap(bytes.len() as u64);
        match self.store.get(&self.key(BUNDLE_NAME), None, &bounds) {
            Ok(Got::Object { bytes: found, .. }) => Ok(found == bytes),
            Ok(_) | Err(SourceError::TooBig { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sees that the store looks at conditions of this kind before it writes: one that cannot hold has to be refused.
    fn check_compares(&self, condition: Condition<'_>, bytes: &[u8], bounds: &Bounds) -> Result<(), SourceError> {
        // Its own name for each bundle: two who try at the same time do not see each other's.
        let hash: String = Version::of(bytes).as_str().chars().take(16).collect();
        let key = self.key(&format!(".kit-probe-{hash}"));
        let probe = b"kit saw whether this store compares before it writes; this may be deleted";
        let mut tries = match condition {
            Condition::Is(_) => vec![Condition::Is(IMPOSSIBLE)],
            Condition::Absent => vec![Condition::Absent, Condition::Absent],
        };
        let mut is_there = false;
        let mut last = Put::Refused;
        while let Some(condition) = tries.pop() {
            last = self.store.put(&key, probe, condition, bounds)?;
            is_there |= last == Put::Done;
            if last != Put::Done {
                break;
            }
        }
        if is_there && self.store.delete(&key, bounds).is_err() {
            bounds.step(format!("{key} could not be removed: it is of no use, and does no harm"));
        }
        let header = condition.header().0;
        match last {
            Put::Refused => {
                bounds.step(format!("the store compares before it writes ({header})"));
                Ok(())
            }
            Put::Done => Err(self.no_compare(&format!("the store writes whatever {header} says"))),
            Put::Unknown => Err(self.no_compare(&format!("the store does not know {header}"))),
        }
    }
}

impl<S: Store> Source for ObjectSource<S> {
    /// One request. Without an entity tag, or from a store that sends the same again, the bytes are compared.
    fn fetch(&self, known: Option<&Version>, bounds: &Bounds) -> Result<Fetch, SourceError> {
        let tag = known.map(Version::as_str).filter(|known| is_entity_tag(known));
        match self.store.get(&self.key(BUNDLE_NAME), tag, bounds)? {
            Got::Missing => Ok(Fetch::Nothing),
            Got::Unchanged if tag.is_none() => Err(self.answer("says that nothing changed, though it was not asked")),
            Got::Unchanged => Ok(Fetch::Unchanged),
            Got::Object { bytes, tag } => {
                let version = tag.filter(|tag| is_entity_tag(tag)).map_or_else(|| Version::of(&bytes), Version::new);
                Ok(if known == Some(&version) { Fetch::Unchanged } else { Fetch::Bytes(Fetched { bytes, version }) })
            }
        }
    }

    /// One write that names what it replaces, after the store has shown that it compares.
    fn publish(&self, bytes: &[u8], expected: Option<&Version>, bounds: &Bounds) -> Result<(), SourceError> {
        let condition = match expected.map(Version::as_str) {
            None => Condition::Absent,
            Some(tag) if is_entity_tag(tag) && tag.starts_with('"') => Condition::Is(tag),
            Some(_) => return Err(self.no_compare("the store gives no entity tag that can be compared")),
        };
        self.check_compares(condition, bytes, bounds)?;
        let lost = || SourceError::LostRace { name: self.store.name().to_owned() };
        match self.store.put(&self.key(BUNDLE_NAME), bytes, condition, bounds) {
            Ok(Put::Done) => {}
            Ok(Put::Unknown) => return Err(self.no_compare("the store does not know the condition")),
            // A write whose answer was lost is refused when it is sent again: then ours is what stands there.
            Ok(Put::Refused) => return if self.holds(bytes, bounds)? { Ok(()) } else { Err(lost()) },
            Err(error @ (SourceError::Offline { .. } | SourceError::NoAnswer { .. } | SourceError::CutOff { .. })) => {
                return if self.holds(bytes, bounds).unwrap_or(false) { Ok(()) } else { Err(error) };
            }
            Err(error) => return Err(error),
        }
        if self.holds(bytes, bounds)? { Ok(()) } else { Err(SourceError::ReadBack { name: self.store.name().to_owned() }) }
    }

    fn inbox(&self) -> Option<&dyn Inbox> {
        Some(self)
    }

    fn name(&self) -> String {
        self.store.name().to_owned()
    }
}

impl<S: Store> Inbox for ObjectSource<S> {
    fn put(&self, item: &Item, bytes: &[u8], bounds: &Bounds) -> Result<(), SourceError> {
        match self.store.put(&self.key(&format!("{FOLDER}/{item}")), bytes, Condition::Absent, bounds)? {
            Put::Done | Put::Refused => Ok(()),
            Put::Unknown => Err(self.no_compare("the store does not know if-none-match")),
        }
    }

    fn list(&self, bounds: &Bounds) -> Result<Vec<Item>, SourceError> {
        let prefix = self.key(&format!("{FOLDER}/"));
        let mut items = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let page = self.store.list(&prefix, after.as_deref(), &bounds.with_cap(PAGE_BYTES_MAX))?;
            items.extend(page.keys.iter().filter_map(|key| key.strip_prefix(&prefix)?.parse::<Item>().ok()));
            check_count(&items, self.store.name())?;
            match page.next {
                None => return Ok(items),
                next if next == after => return Err(self.answer("lists the same again and again")),
                next => after = next,
            }
        }
        Err(self.answer(format!("has more than {PAGES_MAX} pages in its inbox")))
    }

    fn take(&self, items: &[Item], bounds: &Bounds) -> Result<Vec<(Item, Vec<u8>)>, SourceError> {
        let read =
            |item: &Item| match self.store.get(&self.key(&format!("{FOLDER}/{item}")), None, &bounds.with_cap(ITEM_BYTES_MAX)) {
                Ok(Got::Object { bytes, .. }) if item.is_of(&bytes) => Some(Ok((item.clone(), bytes))),
                // Gone meanwhile, or something that no member's kit has put there.
                Ok(_) | Err(SourceError::TooBig { .. }) => None,
                Err(error) => Some(Err(error)),
            };
        items.iter().filter_map(read).collect()
    }
}
