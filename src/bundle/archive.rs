//! A bundle in as few bytes as it takes, for paper; and back, byte for byte (docs/format.md, "Paper").
//!
//! What is encrypted cannot be packed, and armour takes a third more. So whoever can open a kit packs what is in it and encrypts that
//! under the header that the kit has already: a stock age file to the same devices. Whoever can open *that* puts the kit together again
//! as it was signed, because age makes the same bytes of the same key, nonce and plaintext. What comes out is checked like any other
//! file: nothing here is believed.

use std::{
    io::Read,
    iter,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Mutex,
};

use age_core::{
    format::{FileKey, Stanza},
    primitives::hkdf,
    secrecy::ExposeSecret,
};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit,
    aead::{Aead, generic_array::GenericArray},
};
use data_encoding::BASE64_NOPAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{gzip, limits::BUNDLE_BYTES_MAX, payload::AgeFile, verify::Verified};
use crate::key::{Identity, armour::AGE_FILE};

/// How the line begins that says what this is; the nonce of the kit's own payload follows, in base64 without padding.
const MARK: &str = "kit-paper/1 ";
/// Where the age file begins.
const AGE: &str = "\nage-encryption.org/v1\n";
/// How the last line of an age header begins.
const MAC: &str = "\n--- ";
/// The bytes that stand between an age header and what is encrypted.
const NONCE_BYTES: usize = 16;
/// Bytes that age encrypts at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// Why a kit cannot be made small, or made whole again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// Cut off, or something else.
    #[error("it is no archive of a kit, or is damaged")]
    Damaged,
    /// Sealed to others.
    #[error("it is sealed to other devices, and this one is not among them")]
    NotForUs,
}

/// Makes a kit small. `reader` is one of the devices that it is sealed to.
///
/// # Errors
/// [`ArchiveError`].
pub fn small(kit: &Verified, reader: &Identity) -> Result<Vec<u8>, ArchiveError> {
    let sealed = AGE_FILE.decode(kit.payload()).map_err(|_| ArchiveError::Damaged)?;
    let (header, body) = split(&sealed)?;
    let nonce = body.get(..NONCE_BYTES).ok_or(ArchiveError::Damaged)?;
    let (key, plain) = opened(&sealed, reader)?;
    let packed = Zeroizing::new(gzip::pack(&plain));
    // Another nonce makes another key of the same file key; the same content has the same one, and nobody else can make it.
    let label = [b"kit-paper1 nonce".as_slice(), &Sha256::digest(&packed)].concat();
    let other = hkdf(nonce, &label, &key);
    let other = other.get(..NONCE_BYTES).ok_or(ArchiveError::Damaged)?;
    let before = kit.bytes().get(..kit.bytes().len() - kit.payload().len()).ok_or(ArchiveError::Damaged)?;
    let mark = format!("{MARK}{}\n", BASE64_NOPAD.encode(nonce));
    let all = [mark.as_bytes(), before, header, other, &encrypted(&key, other, &packed)?].concat();
    let small = gzip::pack(&all);
    // Before anybody trusts the paper.
    if whole(&small, reader)? == kit.bytes() { Ok(small) } else { Err(ArchiveError::Damaged) }
}

/// Makes it whole: the bytes of a bundle, of which nothing was checked yet. Zeros that follow do not count.
///
/// # Errors
/// [`ArchiveError`].
pub fn whole(small: &[u8], reader: &Identity) -> Result<Vec<u8>, ArchiveError> {
    let all = gzip::unpack(small, BUNDLE_BYTES_MAX).ok_or(ArchiveError::Damaged)?;
    let rest = all.strip_prefix(MARK.as_bytes()).ok_or(ArchiveError::Damaged)?;
    let age_at = find(rest, AGE).ok_or(ArchiveError::Damaged)? + 1;
    let (before, age) = rest.split_at(age_at);
    let line = before.iter().position(|byte| *byte == b'\n').ok_or(ArchiveError::Damaged)?;
    let (nonce, before) = (before.get(..line).unwrap_or_default(), before.get(line + 1..).unwrap_or_default());
    let nonce = BASE64_NOPAD.decode(nonce).ok().filter(|nonce| nonce.len() == NONCE_BYTES).ok_or(ArchiveError::Damaged)?;
    let (header, _) = split(age)?;
    let (key, packed) = opened(age, reader)?;
    let plain = Zeroizing::new(gzip::unpack(&packed, BUNDLE_BYTES_MAX).ok_or(ArchiveError::Damaged)?);
    let sealed = [header, nonce.as_slice(), &encrypted(&key, &nonce, &plain)?].concat();
    Ok([before, AGE_FILE.encode(&sealed).as_bytes()].concat())
}

/// Whether some bytes are a small kit, as far as that shows without a key.
pub fn is_small_kit(small: &[u8]) -> bool {
    gzip::unpack(small, BUNDLE_BYTES_MAX).is_some_and(|all| all.starts_with(MARK.as_bytes()))
}

/// The lines before the age file of a small kit: its roots, its head and their signatures.
fn find(bytes: &[u8], text: &str) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text.as_bytes())
}

/// The header of an age file with its last LF, and what follows it.
fn split(age: &[u8]) -> Result<(&[u8], &[u8]), ArchiveError> {
    let mac = find(age, MAC).ok_or(ArchiveError::Damaged)? + MAC.len();
    let line = age.iter().skip(mac).position(|byte| *byte == b'\n').ok_or(ArchiveError::Damaged)?;
    Ok(age.split_at(mac + line + 1))
}

/// The key of an age file, and what is in it.
type Opened = (Zeroizing<Vec<u8>>, Zeroizing<Vec<u8>>);

fn opened(age: &[u8], reader: &Identity) -> Result<Opened, ArchiveError> {
    catch_unwind(AssertUnwindSafe(|| opened_caught(age, reader))).unwrap_or(Err(ArchiveError::Damaged))
}

fn opened_caught(age: &[u8], reader: &Identity) -> Result<Opened, ArchiveError> {
    let armoured = AGE_FILE.encode(age);
    let file = AgeFile::read(armoured.as_bytes()).map_err(|_| ArchiveError::Damaged)?;
    let decryptor = age::Decryptor::new_buffered(file).map_err(|_| ArchiveError::Damaged)?;
    let kept = Kept { reader, key: Mutex::default() };
    let stream = decryptor.decrypt(iter::once(&kept as &dyn age::Identity)).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => ArchiveError::NotForUs,
        _ => ArchiveError::Damaged,
    })?;
    // Sized at once: growing would leave copies of the plaintext behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(age.len()));
    stream.take(BUNDLE_BYTES_MAX as u64).read_to_end(&mut plain).map_err(|_| ArchiveError::Damaged)?;
    let key = kept.key.into_inner().ok().flatten().ok_or(ArchiveError::Damaged)?;
    Ok((key, plain))
}

/// A reader that keeps the key of the file it opens.
struct Kept<'a> {
    reader: &'a Identity,
    key: Mutex<Option<Zeroizing<Vec<u8>>>>,
}

impl age::Identity for Kept<'_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, age::DecryptError>> {
        let result = self.reader.as_age().unwrap_stanza(stanza)?;
        if let (Ok(key), Ok(mut kept)) = (&result, self.key.lock()) {
            *kept = Some(Zeroizing::new(key.expose_secret().to_vec()));
        }
        Some(result)
    }
}

/// What age writes after the nonce (C2SP age.md, "Payload"): chunks under a key of their own, each with its number, the last
/// marked.
fn encrypted(key: &[u8], nonce: &[u8], plain: &[u8]) -> Result<Vec<u8>, ArchiveError> {
    let key = Zeroizing::new(hkdf(nonce, b"payload", key));
    let cipher = ChaCha20Poly1305::new(GenericArray::from_slice(&*key));
    let count = plain.len().div_ceil(CHUNK_BYTES).max(1);
    let mut bytes = Vec::with_capacity(plain.len() + count * 16);
    for number in 0..count {
        let chunk = plain.get(number * CHUNK_BYTES..plain.len().min((number + 1) * CHUNK_BYTES)).unwrap_or_default();
        let mut nonce = [0; 12];
        nonce.iter_mut().skip(3).zip((number as u64).to_be_bytes()).for_each(|(place, byte)| *place = byte);
        if let Some(last) = nonce.last_mut() {
            *last = u8::from(number + 1 == count);
        }
        bytes.extend(cipher.encrypt(GenericArray::from_slice(&nonce), chunk).map_err(|_| ArchiveError::Damaged)?);
    }
    Ok(bytes)
}
