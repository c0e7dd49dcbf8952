//! Letters: what a member's device sends back, one small age file each, signed inside by the device key (docs/format.md, "Letters").
//!
//! A source sees a device's handle, a number and a length. Who wrote it, and what, only its readers see: those who publish and
//! those who lead. Signed first and sealed then, with kit, key and number inside, so that nothing of it can be taken for
//! another letter.

use std::{
    fmt,
    io::Read,
    iter,
    panic::{AssertUnwindSafe, catch_unwind},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    head::seconds,
    ids::{Hash, KitId},
    json::{self, JsonFault},
    limits::{LETTER_BYTES_MAX, LETTER_NUMBER_END, LETTER_PLAIN_BYTES_MAX, LETTER_READERS_MAX, LETTER_STEP_BYTES, SEQ_END},
    payload::AgeFile,
    refusal::PayloadFault,
    seal::encrypt,
};
use crate::key::{DeviceKey, DeviceKeyError, Identity, Recipient, SignatureError, VerifyKey, armour::AGE_FILE, verify};

/// What a letter is signed for: SSHSIG's namespace.
pub const LETTER_NAMESPACE: &str = "kit-letter-v1@outage-kit";

/// One letter that was opened and whose signature was checked. Whether its key is of a member, the roster says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Who sent it, from which kit, as which number.
    pub envelope: Envelope,
    /// What it says.
    pub content: Content,
    /// The SHA-256 of its line, LF included: two letters of one number with different ones contradict each other.
    pub line_sha256: Hash,
}

/// What every letter says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The kit it belongs to.
    pub kit: KitId,
    /// The device key that signed it.
    pub key: VerifyKey,
    /// Its number among those of the device: 1, 2, 3 …
    pub number: u64,
    /// When it was written, by the device's clock: for people to read, never to decide by.
    #[serde(with = "seconds")]
    pub at: Timestamp,
}

/// What a letter says, by its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// "I have this kit."
    Ack(Ack),
    /// Of a kind that a later kit writes: passed over.
    Unknown,
}

/// An acknowledgement: which generation a device holds, and what opens there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// Version of its last root.
    pub root: u32,
    /// Its number.
    pub seq: u64,
    /// The SHA-256 of its head line, LF included.
    pub head: Hash,
    /// Whether the reader opens it.
    pub contacts: bool,
    /// Whether the opener opens with its passphrase.
    pub credentials: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    letter: Written<'a>,
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    envelope: &'a Envelope,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ack: Option<&'a Ack>,
}

#[derive(Deserialize)]
struct Outer<T> {
    letter: T,
}

/// What is read of every kind.
#[derive(Deserialize)]
struct Preface {
    #[serde(flatten)]
    envelope: Envelope,
    kind: String,
}

#[derive(Deserialize)]
struct OfAck {
    ack: Ack,
}

/// The word for an acknowledgement in a letter.
const ACK: &str = "ack";

/// Why a letter is not believed, or could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// Larger than [`LETTER_BYTES_MAX`], or more in it than [`LETTER_PLAIN_BYTES_MAX`].
    #[error("it is larger than a letter may be")]
    TooLarge,
    /// No age file as kit writes it.
    #[error("its encrypted part: {0}")]
    Envelope(PayloadFault),
    /// Sealed to nobody, or to more than [`LETTER_READERS_MAX`].
    #[error("it is sealed to {found} readers; a letter has 1 to {LETTER_READERS_MAX}")]
    Readers {
        /// How many.
        found: usize,
    },
    /// Sealed to others.
    #[error("it is sealed to others")]
    NotForUs,
    /// It does not decrypt to the end.
    #[error("it is damaged")]
    Damaged,
    /// Not one line, one signature and padding.
    #[error("what is in it is not a line, a signature and spaces")]
    Shape,
    /// The signature does not count.
    #[error("its signature does not count: {0}")]
    Signature(#[from] SignatureError),
    /// Signed by another key than the one it names.
    #[error("it is signed by another key than the one it names")]
    OtherKey,
    /// Not the JSON it has to be.
    #[error("its line is not JSON as kit writes it: {0}")]
    Json(JsonFault),
    /// A field is missing or not what it has to be.
    #[error("a field of it is missing or not what it has to be")]
    Fields,
    /// Of another kit.
    #[error("it is of another kit")]
    OtherKit,
    /// Under a name that is not its own: another device's, or another number.
    #[error("it stands under a name that is not its own")]
    OtherName,
    /// The device key did not sign.
    #[error("it was not signed: {0}")]
    Sign(#[from] DeviceKeyError),
    /// The age library failed.
    #[error("the encryption failed")]
    Encryption,
}

/// Where a letter was found: what it says inside has to be the same.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The kit whose inbox it is.
    pub kit: &'a KitId,
    /// The handle of the device in its name ([`VerifyKey::handle`]).
    pub device: &'a str,
    /// The number in its name.
    pub number: u64,
}

/// Signs a letter and seals it to its readers: an armoured age file.
///
/// # Errors
/// [`LetterError`], also [`LetterError::OtherKey`] when the envelope names another key than `key`.
pub fn seal(envelope: &Envelope, ack: &Ack, key: &DeviceKey, readers: &[Recipient]) -> Result<Vec<u8>, LetterError> {
    if key.public() != &envelope.key {
        return Err(LetterError::OtherKey);
    }
    let at = Timestamp::from_second(envelope.at.as_second()).map_err(|_| LetterError::Fields)?;
    let envelope = Envelope { at, ..envelope.clone() };
    check_fields(&envelope, Some(ack))?;
    let line = serde_json::to_string(&Line { letter: Written { envelope: &envelope, kind: ACK, ack: Some(ack) } });
    let line = Zeroizing::new(line.expect("a letter has only strings, numbers and truth values") + "\n");
    let mut plain = Zeroizing::new(line.as_bytes().to_vec());
    plain.extend_from_slice(key.sign(LETTER_NAMESPACE, line.as_bytes())?.as_bytes());
    let length = plain.len().next_multiple_of(LETTER_STEP_BYTES);
    if length > LETTER_PLAIN_BYTES_MAX {
        return Err(LetterError::TooLarge);
    }
    plain.resize(length, b' ');
    let mut readers = readers.to_vec();
    // Sorted: the order of the stanzas says nothing about whose they are.
    readers.sort();
    readers.dedup();
    if readers.is_empty() || readers.len() > LETTER_READERS_MAX {
        return Err(LetterError::Readers { found: readers.len() });
    }
    let sealed = catch_unwind(AssertUnwindSafe(|| encrypt(&plain, &readers))).ok().flatten().ok_or(LetterError::Encryption)?;
    Ok(AGE_FILE.encode(&sealed).into_bytes())
}

/// Opens a letter, checks its signature, and that it is what its name says.
///
/// # Errors
/// [`LetterError`] names the first rule that is broken; it never holds any of the content.
pub fn open(bytes: &[u8], reader: &Identity, found: &Found<'_>) -> Result<Letter, LetterError> {
    if bytes.len() > LETTER_BYTES_MAX {
        return Err(LetterError::TooLarge);
    }
    let plain = catch_unwind(AssertUnwindSafe(|| decrypt(bytes, reader))).unwrap_or(Err(LetterError::Damaged))?;
    let text = std::str::from_utf8(&plain).map_err(|_| LetterError::Shape)?.trim_end_matches(' ');
    let (line, signature) = text.split_at(text.find('\n').ok_or(LetterError::Shape)? + 1);
    let signer = verify(LETTER_NAMESPACE, line.as_bytes(), signature)?;
    json::check(line.as_bytes()).map_err(LetterError::Json)?;
    let fields = |_| LetterError::Fields;
    let Outer { letter: Preface { envelope, kind } } = serde_json::from_str(line).map_err(fields)?;
    let content = if kind == ACK {
        let Outer { letter: OfAck { ack } } = serde_json::from_str(line).map_err(fields)?;
        Content::Ack(ack)
    } else {
        Content::Unknown
    };
    let ack = if let Content::Ack(ack) = &content { Some(ack) } else { None };
    check_fields(&envelope, ack)?;
    if signer != envelope.key {
        return Err(LetterError::OtherKey);
    }
    if &envelope.kit != found.kit {
        return Err(LetterError::OtherKit);
    }
    if envelope.key.handle() != found.device || envelope.number != found.number {
        return Err(LetterError::OtherName);
    }
    Ok(Letter { line_sha256: Hash::of(line.as_bytes()), envelope, content })
}

fn decrypt(bytes: &[u8], reader: &Identity) -> Result<Zeroizing<Vec<u8>>, LetterError> {
    let file = AgeFile::read(bytes).map_err(LetterError::Envelope)?;
    if file.devices() > LETTER_READERS_MAX {
        return Err(LetterError::Readers { found: file.devices() });
    }
    let decryptor = age::Decryptor::new_buffered(file).map_err(|_| LetterError::Damaged)?;
    let stream = decryptor.decrypt(iter::once(reader.as_age() as &dyn age::Identity)).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => LetterError::NotForUs,
        _ => LetterError::Damaged,
    })?;
    // Sized at once: growing would leave copies of the plaintext behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(LETTER_PLAIN_BYTES_MAX + 1));
    stream.take(LETTER_PLAIN_BYTES_MAX as u64 + 1).read_to_end(&mut plain).map_err(|_| LetterError::Damaged)?;
    if plain.len() > LETTER_PLAIN_BYTES_MAX { Err(LetterError::TooLarge) } else { Ok(plain) }
}

fn check_fields(envelope: &Envelope, ack: Option<&Ack>) -> Result<(), LetterError> {
    let is_fine = (1..LETTER_NUMBER_END).contains(&envelope.number)
        && ack.is_none_or(|ack| ack.root >= 1 && (1..SEQ_END).contains(&ack.seq));
    if is_fine { Ok(()) } else { Err(LetterError::Fields) }
}

impl LetterError {
    /// The rule in one word or two, as the test vectors name it.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::TooLarge => "size",
            Self::Envelope(_) | Self::Encryption => "envelope",
            Self::Readers { .. } => "readers",
            Self::NotForUs => "not for us",
            Self::Damaged => "damaged",
            Self::Shape => "shape",
            Self::Signature(_) | Self::Sign(_) => "signature",
            Self::OtherKey => "other key",
            Self::Json(_) => "json",
            Self::Fields => "fields",
            Self::OtherKit => "other kit",
            Self::OtherName => "other name",
        }
    }
}

impl fmt::Display for Content {
    /// The word for its kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ack(_) => ACK,
            Self::Unknown => "unknown",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_goes_all_the_way_round_and_fits_its_own_name_only() {
        let key = DeviceKey::generate("").unwrap();
        let readers = [Identity::generate(), Identity::generate()];
        let recipients: Vec<Recipient> = readers.iter().map(Identity::recipient).collect();
        let kit = KitId::generate().unwrap();
        let at = "2026-11-18T02:12:00.7Z".parse().unwrap();
        let envelope = Envelope { kit: kit.clone(), key: key.public().clone(), number: 7, at };
        let ack = Ack { root: 1, seq: 42, head: Hash::of(b"head"), contacts: true, credentials: false };
        let sealed = seal(&envelope, &ack, &key, &recipients).unwrap();

        let device = key.public().handle();
        let found = Found { kit: &kit, device: &device, number: 7 };
        for reader in &readers {
            let letter = open(&sealed, reader, &found).unwrap();
            assert_eq!(letter.content, Content::Ack(ack.clone()));
            assert_eq!(letter.envelope, Envelope { at: "2026-11-18T02:12:00Z".parse().unwrap(), ..envelope.clone() });
        }
        assert_eq!(open(&sealed, &Identity::generate(), &found), Err(LetterError::NotForUs));
        let [reader, _] = &readers;
        let other = KitId::generate().unwrap();
        assert_eq!(open(&sealed, reader, &Found { kit: &other, ..found }), Err(LetterError::OtherKit));
        assert_eq!(open(&sealed, reader, &Found { number: 8, ..found }), Err(LetterError::OtherName));
        assert_eq!(open(&sealed, reader, &Found { device: "aaaaaaaaaaaaaaaa", ..found }), Err(LetterError::OtherName));
        let stranger = DeviceKey::generate("").unwrap();
        assert_eq!(seal(&envelope, &ack, &stranger, &recipients), Err(LetterError::OtherKey));
        assert_eq!(seal(&envelope, &ack, &key, &[]), Err(LetterError::Readers { found: 0 }));
        for number in [0, LETTER_NUMBER_END] {
            assert_eq!(seal(&Envelope { number, ..envelope.clone() }, &ack, &key, &recipients), Err(LetterError::Fields));
        }
    }

    #[test]
    fn the_length_tells_nothing_of_what_is_in_it() {
        let (key, reader) = (DeviceKey::generate("").unwrap(), Identity::generate());
        let length = |number, seq, contacts| {
            let at = Timestamp::UNIX_EPOCH;
            let envelope = Envelope { kit: KitId::generate().unwrap(), key: key.public().clone(), number, at };
            let ack = Ack { root: 1, seq, head: Hash::of(b""), contacts, credentials: contacts };
            let sealed = seal(&envelope, &ack, &key, &[reader.recipient()]).unwrap();
            // What age adds as grease has any length.
            let under = AGE_FILE.decode(&sealed).unwrap();
            let header = under.windows(4).position(|four| four == b"--- ").unwrap();
            under.len() - header
        };
        let lengths = [length(1, 1, true), length(9_999_999_999, SEQ_END - 1, false), length(7, 42, true)];
        assert_eq!(lengths, [lengths[0]; 3]);
    }
}
