//! The small age files inside a kit and beside it: letters, boxes, capsules, entries of journals. One way to make them, one to
//! open them; their header keeps to the rules of the payload's (docs/format.md, "Payload").

use std::{
    io::Read,
    iter,
    panic::{AssertUnwindSafe, catch_unwind},
};

use zeroize::Zeroizing;

use super::{payload::AgeFile, refusal::PayloadFault, seal::encrypt};
use crate::key::{Identity, Recipient, armour::AGE_FILE};

/// Why a small age file was not made or does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AgeError {
    /// Larger than such a file may be.
    #[error("it is larger than it may be")]
    TooLarge,
    /// No age file as kit writes it.
    #[error("its encrypted part: {0}")]
    Envelope(PayloadFault),
    /// Sealed to nobody, or to too many.
    #[error("it is sealed to {found} readers; it may have 1 to {max}")]
    Readers {
        /// How many.
        found: usize,
        /// The most.
        max: usize,
    },
    /// Sealed to others.
    #[error("it is sealed to others")]
    NotForUs,
    /// It does not decrypt to the end.
    #[error("it is damaged")]
    Damaged,
    /// The age library failed.
    #[error("the encryption failed")]
    Encryption,
}

/// What a kind of small age file may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Bytes of the file, armour and all.
    pub(super) bytes_max: usize,
    /// Bytes of what is in it.
    pub(super) plain_bytes_max: usize,
    /// Recipients.
    pub(super) readers_max: usize,
}

/// Pads `plain` with spaces to a multiple of `step` bytes and seals it, armoured.
pub(super) fn seal(
    mut plain: Zeroizing<Vec<u8>>,
    step: usize,
    readers: &[Recipient],
    bounds: Bounds,
) -> Result<String, AgeError> {
    let length = plain.len().next_multiple_of(step);
    if length > bounds.plain_bytes_max {
        return Err(AgeError::TooLarge);
    }
    if length > plain.capacity() {
        // Growing in place would leave a copy of the plaintext behind.
        let mut roomy = Zeroizing::new(Vec::with_capacity(length));
        roomy.extend_from_slice(&plain);
        plain = roomy;
    }
    plain.resize(length, b' ');
    let mut readers = readers.to_vec();
    // Sorted: the order of the stanzas says nothing about whose they are.
    readers.sort();
    readers.dedup();
    if readers.is_empty() || readers.len() > bounds.readers_max {
        return Err(AgeError::Readers { found: readers.len(), max: bounds.readers_max });
    }
    let sealed = catch_unwind(AssertUnwindSafe(|| encrypt(&plain, &readers))).ok().flatten().ok_or(AgeError::Encryption)?;
    Ok(AGE_FILE.encode(&sealed))
}

/// Opens one; what is in it still has its padding.
pub(super) fn open(bytes: &[u8], reader: &Identity, bounds: Bounds) -> Result<Zeroizing<Vec<u8>>, AgeError> {
    if bytes.len() > bounds.bytes_max {
        return Err(AgeError::TooLarge);
    }
    catch_unwind(AssertUnwindSafe(|| decrypt(bytes, reader, bounds))).unwrap_or(Err(AgeError::Damaged))
}

/// How many readers one is sealed to; `None` where it is none of ours.
pub(super) fn readers(bytes: &[u8], bounds: Bounds) -> Option<usize> {
    let file = (bytes.len() <= bounds.bytes_max).then(|| AgeFile::read(bytes))?.ok()?;
    Some(file.devices())
}

fn decrypt(bytes: &[u8], reader: &Identity, bounds: Bounds) -> Result<Zeroizing<Vec<u8>>, AgeError> {
    let file = AgeFile::read(bytes).map_err(AgeError::Envelope)?;
    if file.devices() > bounds.readers_max {
        return Err(AgeError::Readers { found: file.devices(), max: bounds.readers_max });
    }
    let decryptor = age::Decryptor::new_buffered(file).map_err(|_| AgeError::Damaged)?;
    let stream = decryptor.decrypt(iter::once(reader.as_age() as &dyn age::Identity)).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => AgeError::NotForUs,
        _ => AgeError::Damaged,
    })?;
    // Sized at once: growing would leave copies of the plaintext behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(bounds.plain_bytes_max + 1));
    stream.take(bounds.plain_bytes_max as u64 + 1).read_to_end(&mut plain).map_err(|_| AgeError::Damaged)?;
    if plain.len() > bounds.plain_bytes_max { Err(AgeError::TooLarge) } else { Ok(plain) }
}
