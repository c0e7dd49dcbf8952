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
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Store, StoreError, WriterLock, record};
use crate::{
    bundle::{
        Hash,
        limits::{LETTER_BYTES_MAX, LETTER_NUMBER_END},
    },
    disk::{self, Access, DiskError, Guard},
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

/// Characters of a device in a name, and of a hash.
const PART_CHARS: usize = 16;

/// What a letter is called: `DEVICE/NUMBER-HASH`, as in an inbox.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LetterName {
    device: String,
    number: u64,
    hash: String,
}

/// A text that is no name of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not DEVICE/NUMBER-HASH")]
pub struct LetterNameError;

/// What waits to be delivered.
#[derive(Debug, Default)]
pub struct Queue {
    /// In the order of their numbers.
    pub letters: Vec<(LetterName, Vec<u8>)>,
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
}

impl LetterName {
    /// The name of these bytes; `device` is a handle.
    ///
    /// # Errors
    /// [`LetterNameError`] when the device is no handle or the number out of range.
    pub fn new(device: &str, number: u64, bytes: &[u8]) -> Result<Self, LetterNameError> {
        let hash: String = Hash::of(bytes).to_string().chars().take(PART_CHARS).collect();
        format!("{device}/{number:010}-{hash}").parse()
    }

    /// The handle of the device that sent it.
    pub fn device(&self) -> &str {
        &self.device
    }

    /// Its number among those of the device.
    pub fn number(&self) -> u64 {
        self.number
    }

    fn is_of(&self, bytes: &[u8]) -> bool {
        Self::new(&self.device, self.number, bytes).as_ref() == Ok(self)
    }

    fn file_name(&self) -> String {
        self.to_string().replace('/', ".")
    }

    fn of_file(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        name.replacen('.', "/", 1).parse().ok().filter(|read: &Self| read.file_name() == name)
    }
}

impl Store {
    /// The number for the next letter of this device, whose handle is `device`: above every one that this machine knows of.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when a folder is there but cannot be listed.
    pub fn next_number(&self, device: &str) -> Result<u64, StoreError> {
        let own = [names(&self.dir.join(QUEUE))?, names(&self.dir.join(SENT))?].concat();
        let received = self.received()?.into_iter().filter(|name| name.device == device);
        Ok(own.into_iter().chain(received).map(|name| name.number).max().unwrap_or(0) + 1)
    }

    /// Puts a letter of this device into the queue; from then on its number is used.
    ///
    /// # Errors
    /// [`StoreError::QueueFull`]; [`StoreError::Disk`], and then it is not there, or whole.
    pub fn enqueue(&self, lock: &WriterLock, name: &LetterName, bytes: &[u8]) -> Result<(), StoreError> {
        self.check_lock(lock);
        let folder = self.dir.join(QUEUE);
        disk::make_dir(&folder, Access::Private)?;
        disk::sweep(&folder)?;
        if names(&folder)?.len() >= QUEUE_MAX {
            return Err(StoreError::QueueFull { waiting: QUEUE_MAX });
        }
        Ok(disk::create_new(&folder.join(name.file_name()), bytes, Access::Private)?)
    }

    /// What waits to be delivered.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the folder cannot be listed or a file not be read.
    pub fn queued(&self) -> Result<Queue, StoreError> {
        let folder = self.dir.join(QUEUE);
        let mut queue = Queue::default();
        for name in names(&folder)? {
            let path = folder.join(name.file_name());
            match disk::read_private(&path, LETTER_BYTES_MAX as u64, Guard::Unwritable) {
                Ok(bytes) if name.is_of(&bytes) => queue.letters.push((name, bytes)),
                // Another process delivered it meanwhile.
                Err(DiskError::Missing { .. }) => {}
                Ok(_) | Err(DiskError::TooLarge { .. }) => queue.damaged.push(path),
                Err(error) => return Err(error.into()),
            }
        }
        queue.letters.sort_by_key(|(name, _)| name.number);
        Ok(queue)
    }

    /// Takes a letter that a source has out of the queue; the last one is kept, so that its number stays used.
    ///
    /// # Errors
    /// [`StoreError::Disk`]; it is then delivered again, which changes nothing.
    pub fn delivered(&self, lock: &WriterLock, name: &LetterName, bytes: &[u8]) -> Result<(), StoreError> {
        self.check_lock(lock);
        let sent = self.dir.join(SENT);
        disk::make_dir(&sent, Access::Private)?;
        disk::sweep(&sent)?;
        disk::replace(&sent.join(name.file_name()), bytes, Access::Private)?;
        for old in names(&sent)?.iter().filter(|old| old.number < name.number) {
            disk::remove(&sent.join(old.file_name()))?;
        }
        Ok(disk::remove(&self.dir.join(QUEUE).join(name.file_name()))?)
    }

    /// The names of the letters that were collected.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the folder cannot be listed.
    pub fn received(&self) -> Result<Vec<LetterName>, StoreError> {
        names(&self.dir.join(RECEIVED))
    }

    /// A letter that was collected; [`None`] when its file is gone or decayed, and has to be fetched again.
    pub fn received_bytes(&self, name: &LetterName) -> Option<Vec<u8>> {
        let path = self.dir.join(RECEIVED).join(name.file_name());
        disk::read_private(&path, LETTER_BYTES_MAX as u64, Guard::Unwritable).ok().filter(|bytes| name.is_of(bytes))
    }

    /// Keeps letters that were checked, and of each device that `is_known` the newest [`RECEIVED_PER_DEVICE_MAX`] only.
    ///
    /// # Errors
    /// [`StoreError::Disk`]; what was kept before then still is.
    pub fn keep_received(
        &self,
        lock: &WriterLock,
        letters: &[(LetterName, Vec<u8>)],
        is_known: impl Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        self.check_lock(lock);
        let folder = self.dir.join(RECEIVED);
        disk::make_dir(&folder, Access::Private)?;
        disk::sweep(&folder)?;
        for (name, bytes) in letters {
            disk::replace(&folder.join(name.file_name()), bytes, Access::Private)?;
        }
        let mut of_device: BTreeMap<String, Vec<LetterName>> = BTreeMap::new();
        names(&folder)?.into_iter().for_each(|name| of_device.entry(name.device.clone()).or_default().push(name));
        for (device, mut names) in of_device {
            names.sort_by_key(|name| std::cmp::Reverse(name.number));
            for old in names.iter().skip(if is_known(&device) { RECEIVED_PER_DEVICE_MAX } else { 0 }) {
                disk::remove(&folder.join(old.file_name()))?;
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

/// The files of a folder that are called like letters; none when it is not there.
fn names(folder: &Path) -> Result<Vec<LetterName>, StoreError> {
    match disk::entries(folder) {
        Err(DiskError::Missing { .. }) => Ok(Vec::new()),
        entries => Ok(entries?.iter().filter_map(|path| LetterName::of_file(path)).collect()),
    }
}

impl FromStr for LetterName {
    type Err = LetterNameError;

    fn from_str(text: &str) -> Result<Self, LetterNameError> {
        let (device, rest) = text.split_once('/').ok_or(LetterNameError)?;
        let (number, hash) = rest.split_once('-').ok_or(LetterNameError)?;
        let is_device = device.len() == PART_CHARS && device.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
        let is_hash = hash.len() == PART_CHARS && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let number = number.parse().ok().filter(|of: &u64| format!("{of:010}") == number && (1..LETTER_NUMBER_END).contains(of));
        let (true, true, Some(number)) = (is_device, is_hash, number) else { return Err(LetterNameError) };
        Ok(Self { device: device.to_owned(), number, hash: hash.to_owned() })
    }
}

impl fmt::Display for LetterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{:010}-{}", self.device, self.number, self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_and_nothing_else_is_one() {
        let name = LetterName::new("abcdefghij234567", 7, b"hello").unwrap();
        assert_eq!(name.to_string(), "abcdefghij234567/0000000007-2cf24dba5fb0a30e");
        assert_eq!(name.to_string().parse(), Ok(name.clone()));
        assert_eq!(LetterName::of_file(Path::new(&format!("x/{}", name.file_name()))), Some(name.clone()));
        assert!(name.is_of(b"hello") && !name.is_of(b"hellp"));
        for wrong in [
            "",
            "../abcdefghij23456/0000000007-2cf24dba5fb0a30e",
            "Abcdefghij234567/0000000007-2cf24dba5fb0a30e",
            "abcdefghij234567/0000000000-2cf24dba5fb0a30e",
            "abcdefghij234567/+000000007-2cf24dba5fb0a30e",
            "abcdefghij234567/00000000007-2cf24dba5fb0a30e",
            "abcdefghij234567/0000000007-2CF24DBA5FB0A30E",
            "abcdefghij234567/0000000007-2cf24dba5fb0a30e/x",
        ] {
            assert_eq!(wrong.parse::<LetterName>(), Err(LetterNameError), "{wrong:?}");
        }
        assert!(LetterName::new("abcdefghij234567", LETTER_NUMBER_END, b"").is_err());
    }
}
