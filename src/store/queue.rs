//! Letters on this machine: its own until they are delivered, and those of others that were collected. Encrypted, as they travel.
//!
//! ```text
//! queue/      <device>.<number>-<hash16>   written here, waiting for a source that takes them
//! sent/       the last that was delivered; its name keeps its number used, whatever becomes of its bytes
//! received/   <device>.<number>-<hash16>   collected and checked; checked again whenever they are read
//! received.json   when it was last collected, and what was not worth keeping
//! ```

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Numbers, Store, StoreError, WriterLock, record};
use crate::{
    bundle::limits::LETTER_BYTES_MAX,
    disk::{self, Access, DiskError, Guard},
    source::Item,
};

/// Letters that wait at most: years of acknowledgements. More says that nothing is ever delivered.
pub const QUEUE_MAX: usize = 1000;
/// Letters that are kept of each device, the newest.
pub const RECEIVED_PER_DEVICE_MAX: usize = 8;
/// Names remembered as not worth fetching again.
const REFUSED_MAX: usize = 10_000;

const QUEUE: &str = "queue";
const SENT: &str = "sent";
const RECEIVED: &str = "received";
const COLLECTED: &str = "received.json";

/// What waits to be delivered.
#[derive(Debug, Default)]
pub struct Queue {
    /// In the order of their numbers.
    pub letters: Vec<(Item, Vec<u8>)>,
    /// Files that decayed: they are what they are called no more, and will never be delivered.
    pub damaged: Vec<PathBuf>,
}

/// What is remembered of collecting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collected {
    /// When a source was last heard.
    pub at: Option<Timestamp>,
    /// Names of what was fetched and not believed: it does not become better.
    pub refused: BTreeSet<String>,
    /// By the handle of the device: what was fetched and believed, kept or not.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub met: BTreeMap<String, Met>,
}

/// Numbers of letters of one device that were fetched and believed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Met {
    /// Of those that are in the copy of its journal.
    pub entries: Numbers,
    /// Of the others.
    pub others: Numbers,
}

impl Store {
    /// The number for the next letter of this device, whose handle is `device`: above every one that this machine knows of.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when a folder is there but cannot be listed.
    pub fn next_number(&self, device: &str) -> Result<u64, StoreError> {
        let own = [names(&self.dir.join(QUEUE))?, names(&self.dir.join(SENT))?].concat();
        let received = self.received()?.into_iter().filter(|name| name.device() == device);
        Ok(own.into_iter().chain(received).map(|name| name.number()).max().unwrap_or(0) + 1)
    }

    /// Puts a letter of this device into the queue; from then on its number is used.
    ///
    /// # Errors
    /// [`StoreError::QueueFull`]; [`StoreError::Disk`], and then it is not there, or whole.
    pub fn enqueue(&self, lock: &WriterLock, name: &Item, bytes: &[u8]) -> Result<(), StoreError> {
        self.check_lock(lock);
        let folder = self.dir.join(QUEUE);
        disk::make_dir(&folder, Access::Private)?;
        disk::sweep(&folder)?;
        if names(&folder)?.len() >= QUEUE_MAX {
            return Err(StoreError::QueueFull { waiting: QUEUE_MAX });
        }
        Ok(disk::create_new(&folder.join(file_name(name)), bytes, Access::Private)?)
    }

    /// What waits to be delivered.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the folder cannot be listed or a file not be read.
    pub fn queued(&self) -> Result<Queue, StoreError> {
        let folder = self.dir.join(QUEUE);
        let mut queue = Queue::default();
        for name in names(&folder)? {
            let path = folder.join(file_name(&name));
            match disk::read_private(&path, LETTER_BYTES_MAX as u64, Guard::Unwritable) {
                Ok(bytes) if name.is_of(&bytes) => queue.letters.push((name, bytes)),
                // Another process delivered it meanwhile.
                Err(DiskError::Missing { .. }) => {}
                Ok(_) | Err(DiskError::TooLarge { .. }) => queue.damaged.push(path),
                Err(error) => return Err(error.into()),
            }
        }
        queue.letters.sort_by_key(|(name, _)| name.number());
        Ok(queue)
    }

    /// Takes a letter that a source has out of the queue; the last one is kept, so that its number stays used.
    ///
    /// # Errors
    /// [`StoreError::Disk`]; it is then delivered again, which changes nothing.
    pub fn delivered(&self, lock: &WriterLock, name: &Item, bytes: &[u8]) -> Result<(), StoreError> {
        self.check_lock(lock);
        let sent = self.dir.join(SENT);
        disk::make_dir(&sent, Access::Private)?;
        disk::sweep(&sent)?;
        disk::replace(&sent.join(file_name(name)), bytes, Access::Private)?;
        for old in names(&sent)?.iter().filter(|old| old.number() < name.number()) {
            disk::remove(&sent.join(file_name(old)))?;
        }
        Ok(disk::remove(&self.dir.join(QUEUE).join(file_name(name)))?)
    }

    /// The names of the letters that were collected.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the folder cannot be listed.
    pub fn received(&self) -> Result<Vec<Item>, StoreError> {
        names(&self.dir.join(RECEIVED))
    }

    /// A letter that was collected; [`None`] when its file is gone or decayed, and has to be fetched again.
    pub fn received_bytes(&self, name: &Item) -> Option<Vec<u8>> {
        let path = self.dir.join(RECEIVED).join(file_name(name));
        disk::read_private(&path, LETTER_BYTES_MAX as u64, Guard::Unwritable).ok().filter(|bytes| name.is_of(bytes))
    }

    /// Keeps letters that were checked, and of each device that `is_known` the newest [`RECEIVED_PER_DEVICE_MAX`] only.
    ///
    /// # Errors
    /// [`StoreError::Disk`]; what was kept before then still is.
    pub fn keep_received(
        &self,
        lock: &WriterLock,
        letters: &[(Item, Vec<u8>)],
        is_known: impl Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        self.check_lock(lock);
        let folder = self.dir.join(RECEIVED);
        disk::make_dir(&folder, Access::Private)?;
        disk::sweep(&folder)?;
        for (name, bytes) in letters {
            disk::replace(&folder.join(file_name(name)), bytes, Access::Private)?;
        }
        let mut of_device: BTreeMap<String, Vec<Item>> = BTreeMap::new();
        names(&folder)?.into_iter().for_each(|name| of_device.entry(name.device().to_owned()).or_default().push(name));
        for (device, mut names) in of_device {
            names.sort_by_key(|name| std::cmp::Reverse(name.number()));
            for old in names.iter().skip(if is_known(&device) { RECEIVED_PER_DEVICE_MAX } else { 0 }) {
                disk::remove(&folder.join(file_name(old)))?;
            }
        }
        Ok(())
    }

    /// What is remembered of collecting; nothing when its file is missing or damaged: then more is fetched again.
    pub fn collected(&self) -> Collected {
        record::read(&self.dir.join(COLLECTED)).unwrap_or_default()
    }

    /// Remembers when it was collected, and what not to fetch again: so much of it as there is room for.
    ///
    /// # Errors
    /// [`StoreError::Disk`]; what was remembered before then stands.
    pub fn set_collected(&self, lock: &WriterLock, collected: Collected) -> Result<(), StoreError> {
        self.check_lock(lock);
        let refused = collected.refused.into_iter().take(REFUSED_MAX).collect();
        Ok(record::write(&self.dir.join(COLLECTED), &Collected { refused, ..collected })?)
    }
}

impl Met {
    /// Whether a number was met.
    pub fn has(&self, number: u64) -> bool {
        self.entries.has(number) || self.others.has(number)
    }
}

/// The files of a folder that are called like letters; none when it is not there.
fn names(folder: &Path) -> Result<Vec<Item>, StoreError> {
    match disk::entries(folder) {
        Err(DiskError::Missing { .. }) => Ok(Vec::new()),
        entries => Ok(entries?.iter().filter_map(|path| of_file(path)).collect()),
    }
}

/// The name of a letter as a file of one folder.
fn file_name(item: &Item) -> String {
    item.to_string().replace('/', ".")
}

fn of_file(path: &Path) -> Option<Item> {
    let name = path.file_name()?.to_str()?;
    name.replacen('.', "/", 1).parse().ok().filter(|item| file_name(item) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_file_of_a_folder_and_reads_back() {
        let item = Item::new("abcdefghij234567", 7, b"hello").unwrap();
        assert_eq!(file_name(&item), "abcdefghij234567.0000000007-2cf24dba5fb0a30e");
        assert_eq!(of_file(Path::new("x/abcdefghij234567.0000000007-2cf24dba5fb0a30e")), Some(item));
        for wrong in [
            "",
            "abcdefghij234567",
            "abcdefghij234567-0000000007-2cf24dba5fb0a30e",
            ".abcdefghij234567.0000000007-2cf24dba5fb0a30e",
        ] {
            assert_eq!(of_file(Path::new(&format!("x/{wrong}"))), None, "{wrong:?}");
        }
    }
}
