//! What members send back: small items, each created once, never changed (docs/format.md, "Letters").
//!
//! `inbox/<device>/<number>-<hash>` below the place where the bundle stands; in git on a branch of its own.

use std::{fmt, str::FromStr};

use super::{Bounds, SourceError, Version};

/// Most bytes of one item.
pub(super) const ITEM_BYTES_MAX: u64 = 256 << 10;

/// The folder of an inbox, beside the bundle.
pub(super) const FOLDER: &str = "inbox";

/// Most items that are looked at in one inbox: those of 16,384 devices, several each.
const ITEMS_MAX: usize = 100_000;

/// A create-only channel.
pub trait Inbox: Send + Sync {
    /// Creates an item. One that is there already with the same name is the same item: its name holds its hash.
    ///
    /// # Errors
    /// [`SourceError`]; then it is not there, or whole.
    fn put(&self, item: &Item, bytes: &[u8], bounds: &Bounds) -> Result<(), SourceError>;

    /// The names of all items there; names that are no items are passed over.
    ///
    /// # Errors
    /// [`SourceError`].
    fn list(&self, bounds: &Bounds) -> Result<Vec<Item>, SourceError>;

    /// The bytes of these items, those that are gone left out; each is checked against the hash in its name.
    ///
    /// # Errors
    /// [`SourceError`].
    fn take(&self, items: &[Item], bounds: &Bounds) -> Result<Vec<(Item, Vec<u8>)>, SourceError>;
}

/// Whether a name could be a device's: only such a folder is looked into.
pub(super) fn is_device(name: &str) -> bool {
    name.len() == DEVICE_CHARS && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'))
}

/// Whoever may write there must not make a list grow without end.
///
/// # Errors
/// [`SourceError::Answer`] when there are more than are looked at.
pub(super) fn check_count(items: &[Item], name: &str) -> Result<(), SourceError> {
    if items.len() <= ITEMS_MAX {
        return Ok(());
    }
    Err(SourceError::Answer { name: name.to_owned(), what: format!("has more than {ITEMS_MAX} items in its inbox") })
}

/// The name of one item: which device sent it, its number there, the hash of its bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item {
    device: String,
    number: u64,
    hash: String,
}

/// A text that is no name of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not DEVICE/NUMBER-HASH")]
pub struct ItemError;

/// Characters of a device in a name: 80 bits in base32.
const DEVICE_CHARS: usize = 16;
/// Characters of a hash in a name: 64 bits in hex, as in the names of generations.
const HASH_CHARS: usize = 16;

impl Item {
    /// The name for `bytes`; `device` is 16 characters of `a-z2-7`, `number` from 1 to ten digits.
    ///
    /// # Errors
    /// [`ItemError`] when they are not.
    pub fn new(device: &str, number: u64, bytes: &[u8]) -> Result<Self, ItemError> {
        format!("{device}/{number:010}-{}", hash_of(bytes)).parse()
    }

    /// Which device sent it.
    pub fn device(&self) -> &str {
        &self.device
    }

    /// Its number among those of the device.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether these are its bytes.
    pub fn is_of(&self, bytes: &[u8]) -> bool {
        hash_of(bytes) == self.hash
    }
}

impl FromStr for Item {
    type Err = ItemError;

    fn from_str(text: &str) -> Result<Self, ItemError> {
        let (device, rest) = text.split_once('/').ok_or(ItemError)?;
        let (number, hash) = rest.split_once('-').ok_or(ItemError)?;
        let is_number = number.len() == 10 && number.bytes().all(|b| b.is_ascii_digit());
        let is_hash = hash.len() == HASH_CHARS && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !(is_device(device) && is_number && is_hash) {
            return Err(ItemError);
        }
        let number = number.parse().ok().filter(|number| *number > 0).ok_or(ItemError)?;
        Ok(Self { device: device.to_owned(), number, hash: hash.to_owned() })
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{:010}-{}", self.device, self.number, self.hash)
    }
}

fn hash_of(bytes: &[u8]) -> String {
    Version::of(bytes).as_str().chars().take(HASH_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_and_nothing_else_is_one() {
        let item = Item::new("abcdefghij234567", 7, b"hello").unwrap();
        assert_eq!(item.to_string(), "abcdefghij234567/0000000007-2cf24dba5fb0a30e");
        assert_eq!(item.to_string().parse(), Ok(item.clone()));
        assert!(item.is_of(b"hello") && !item.is_of(b"hellp"));
        for wrong in [
            "",
            "abcdefghij234567",
            "../abcdefghij23456/0000000007-2cf24dba5fb0a30e",
            "abcdefghij23456/0000000007-2cf24dba5fb0a30e",
            "Abcdefghij234567/0000000007-2cf24dba5fb0a30e",
            "abcdefghij234567/7-2cf24dba5fb0a30e",
            "abcdefghij234567/0000000000-2cf24dba5fb0a30e",
            "abcdefghij234567/+000000007-2cf24dba5fb0a30e",
            "abcdefghij234567/0000000007-2CF24DBA5FB0A30E",
            "abcdefghij234567/0000000007-2cf24dba5fb0a30e/x",
            "abcdefghij234567/0000000007-2cf24dba5fb0a30e ",
        ] {
            assert_eq!(wrong.parse::<Item>(), Err(ItemError), "{wrong:?}");
        }
        assert!(Item::new("abc", 1, b"").is_err());
        assert!(Item::new("abcdefghij234567", 10_000_000_000, b"").is_err());
    }
}
