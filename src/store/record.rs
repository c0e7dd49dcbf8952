//! Small JSON files with their own checksum: one line of JSON, one line with its SHA-256.
//!
//! The checksum finds decay, not malice: whoever can write here could write both lines.

use std::path::Path;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    bundle::Hash,
    disk::{self, Access, DiskError, Guard},
};

/// Most bytes of a record: a state with a thousand sources is far below.
const CAP_BYTES: u64 = 1 << 20;

/// Why a record is not there to be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecordError {
    #[error("it is missing")]
    Missing,
    #[error("it is damaged ({0})")]
    Damaged(String),
    /// Others could have written it, or may write here: nothing to fall back from.
    #[error(transparent)]
    Guarded(DiskError),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checksum {
    sha256: Hash,
}

pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, RecordError> {
    let damaged = |why: &dyn ToString| RecordError::Damaged(why.to_string());
    let bytes = disk::read_private(path, CAP_BYTES, Guard::Unwritable).map_err(|e| match e {
        DiskError::Missing { .. } => RecordError::Missing,
        DiskError::Foreign { .. } | DiskError::Exposed { .. } | DiskError::Kind { .. } => RecordError::Guarded(e),
        _ => damaged(&e),
    })?;
    let end = bytes.iter().position(|&b| b == b'\n').ok_or_else(|| damaged(&"cut short"))?;
    let (line, rest) = bytes.split_at_checked(end + 1).ok_or_else(|| damaged(&"cut short"))?;
    if rest != checksum_line(line) {
        return Err(damaged(&"its checksum does not fit"));
    }
    serde_json::from_slice(line).map_err(|e| damaged(&e))
}

pub(super) fn write<T: Serialize>(path: &Path, value: &T) -> Result<(), DiskError> {
    let mut bytes = serde_json::to_vec(value).expect("a record is made of strings, numbers and maps with text keys");
    bytes.push(b'\n');
    bytes.extend(checksum_line(&bytes));
    disk::replace(path, &bytes, Access::Private)
}

fn checksum_line(line: &[u8]) -> Vec<u8> {
    let mut checksum = serde_json::to_vec(&Checksum { sha256: Hash::of(line) }).expect("a hash is a string");
    checksum.push(b'\n');
    checksum
}
