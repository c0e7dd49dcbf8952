//! Which generation: its place in the order, and the hash that tells it from any other at that place.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::bundle::{Hash, Verified};

const ENDING: &str = ".kit";

/// How many hex digits of the hash stand in a file name: enough to tell two files apart, and no more than a name should hold.
const NAME_HASH_DIGITS: usize = 16;

/// One generation: ordered by root version, then by sequence number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Version of the last root in it.
    pub root: u32,
    /// Sequence number of its head.
    pub seq: u64,
    /// SHA-256 of the line of that root: whatever comes later has to contain it.
    pub root_sha256: Hash,
    /// SHA-256 of its head line, which fixes its content: the same head with another set of signatures is the same kit.
    pub head: Hash,
    /// SHA-256 of the whole file.
    pub sha256: Hash,
}

impl Mark {
    /// The number of the kit that comes next.
    pub fn next_seq(highest: Option<&Self>) -> u64 {
        highest.map_or(1, |highest| highest.seq + 1)
    }

    /// The mark of a bundle.
    pub fn of(verified: &Verified) -> Self {
        Self {
            root: verified.root_version(),
            root_sha256: verified.roots().pin().root,
            seq: verified.seq(),
            head: verified.head_sha256(),
            sha256: verified.sha256(),
        }
    }

    /// Its place in the order: a higher root version comes after any number of the one before.
    pub(super) fn place(&self) -> Place {
        Place { root: self.root, seq: self.seq }
    }

    /// What its file is called.
    pub(super) fn file_name(&self) -> String {
        let hash: String = self.sha256.to_string().chars().take(NAME_HASH_DIGITS).collect();
        format!("{}-{}-{hash}{ENDING}", self.root, self.seq)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.place().fmt(f)
    }
}

/// Where a generation stands in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    root: u32,
    seq: u64,
}

impl Place {
    /// The number of the kit.
    pub(super) fn seq(self) -> u64 {
        self.seq
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.root {
            0 | 1 => write!(f, "{}", self.seq),
            root => write!(f, "{} (root {root})", self.seq),
        }
    }
}

/// A file in the folder of generations, by what its name claims.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub(super) place: Place,
    pub(super) path: PathBuf,
}

impl Named {
    /// Reads a name; anything that no [`Mark`] would be called is nothing of ours.
    pub(super) fn parse(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let mut parts = name.strip_suffix(ENDING)?.split('-');
        let (root, seq, hash) = (parts.next()?, parts.next()?, parts.next()?);
        let is_hash = hash.len() == NAME_HASH_DIGITS && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let place = Place { root: root.parse().ok()?, seq: seq.parse().ok()? };
        let is_exact = format!("{}-{}-{hash}{ENDING}", place.root, place.seq) == name;
        (is_hash && is_exact && parts.next().is_none()).then(|| Self { place, path: path.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_a_generation_would_have_are_read() {
        let place = |name: &str| Named::parse(Path::new(name)).map(|named| (named.place.root, named.place.seq));
        assert_eq!(place("g/1-42-0123456789abcdef.kit"), Some((1, 42)));
        for name in [
            "1-42-0123456789abcdef.kit.tmp",
            ".kit-0123456789abcdef.tmp",
            "1-42-0123456789ABCDEF.kit",
            "01-42-0123456789abcdef.kit",
            "1-+42-0123456789abcdef.kit",
            "1-42-0123456789abcde.kit",
            "1-42-0123456789abcdef-.kit",
            "1-99999999999999999999-0123456789abcdef.kit",
            "-1-42-0123456789abcdef.kit",
            "x.kit",
        ] {
            assert_eq!(place(name), None, "{name}");
        }
    }

    #[test]
    fn a_higher_root_comes_after_any_number_of_the_one_before() {
        assert!(Place { root: 2, seq: 1 } > Place { root: 1, seq: 1 << 52 });
        assert!(Place { root: 2, seq: 43 } > Place { root: 2, seq: 42 });
    }
}
