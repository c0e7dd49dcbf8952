//! Letters: what a member's device sends back, one small age file each, signed inside by the device key (docs/format.md, "Letters").
//!
//! A source sees a device's handle, a number and a length. Who wrote it, and what, only its readers see: those who publish and
//! those who lead. Signed first and sealed then, with kit, key and number inside, so that nothing of it can be taken for
//! another letter.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    age_file::{self, AgeError, Bounds},
    head::seconds,
    ids::{Hash, KitId},
    json::{self, JsonFault},
    limits::{LETTER_BYTES_MAX, LETTER_NUMBER_END, LETTER_PLAIN_BYTES_MAX, LETTER_READERS_MAX, LETTER_STEP_BYTES, SEQ_END},
};
use crate::key::{DeviceKey, DeviceKeyError, Identity, Recipient, SignatureError, VerifyKey, verify};

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
    /// "I wrote this into my journal": the line, LF included, as [`super::journal::Line`] reads it.
    Entry(String),
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
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<&'a str>,
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

#[derive(Deserialize)]
struct OfEntry {
    entry: String,
}

/// The word for an acknowledgement in a letter.
const ACK: &str = "ack";
/// The word for an entry of a journal.
const ENTRY: &str = "entry";

const BOUNDS: Bounds =
    Bounds { bytes_max: LETTER_BYTES_MAX, plain_bytes_max: LETTER_PLAIN_BYTES_MAX, readers_max: LETTER_READERS_MAX };

/// Why a letter is not believed, or could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// The age file could not be made, or does not open.
    #[error(transparent)]
    Age(#[from] AgeError),
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
pub fn seal(envelope: &Envelope, content: &Content, key: &DeviceKey, readers: &[Recipient]) -> Result<Vec<u8>, LetterError> {
    if key.public() != &envelope.key {
        return Err(LetterError::OtherKey);
    }
    let at = Timestamp::from_second(envelope.at.as_second()).map_err(|_| LetterError::Fields)?;
    let envelope = Envelope { at, ..envelope.clone() };
    check_fields(&envelope, content)?;
    let (ack, entry) = match content {
        Content::Ack(ack) => (Some(ack), None),
        Content::Entry(line) => (None, Some(line.as_str())),
        Content::Unknown => return Err(LetterError::Fields),
    };
    let letter = Written { envelope: &envelope, kind: content.word(), ack, entry };
    let line = serde_json::to_string(&Line { letter });
    let line = Zeroizing::new(line.expect("a letter has only strings, numbers and truth values") + "\n");
    let signature = key.sign(LETTER_NAMESPACE, line.as_bytes())?;
    let plain = Zeroizing::new([line.as_bytes(), signature.as_bytes()].concat());
    Ok(age_file::seal(plain, LETTER_STEP_BYTES, readers, BOUNDS)?.into_bytes())
}

/// Opens a letter, checks its signature, and that it is what its name says.
///
/// # Errors
/// [`LetterError`] names the first rule that is broken; it never holds any of the content.
pub fn open(bytes: &[u8], reader: &Identity, found: &Found<'_>) -> Result<Letter, LetterError> {
    let plain = age_file::open(bytes, reader, BOUNDS)?;
    let text = std::str::from_utf8(&plain).map_err(|_| LetterError::Shape)?.trim_end_matches(' ');
    let (line, signature) = text.split_at(text.find('\n').ok_or(LetterError::Shape)? + 1);
    let signer = verify(LETTER_NAMESPACE, line.as_bytes(), signature)?;
    json::check(line.as_bytes()).map_err(LetterError::Json)?;
    let fields = |_| LetterError::Fields;
    let Outer { letter: Preface { envelope, kind } } = serde_json::from_str(line).map_err(fields)?;
    let content = match kind.as_str() {
        ACK => Content::Ack(serde_json::from_str::<Outer<OfAck>>(line).map_err(fields)?.letter.ack),
        ENTRY => Content::Entry(serde_json::from_str::<Outer<OfEntry>>(line).map_err(fields)?.letter.entry),
        _ => Content::Unknown,
    };
    check_fields(&envelope, &content)?;
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

fn check_fields(envelope: &Envelope, content: &Content) -> Result<(), LetterError> {
    let is_fine = (1..LETTER_NUMBER_END).contains(&envelope.number)
        && match content {
            Content::Ack(ack) => ack.root >= 1 && (1..SEQ_END).contains(&ack.seq),
            Content::Entry(_) | Content::Unknown => true,
        };
    if is_fine { Ok(()) } else { Err(LetterError::Fields) }
}

impl LetterError {
    /// The rule in one word or two, as the test vectors name it.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Age(error) => match error {
                AgeError::TooLarge => "size",
                AgeError::Envelope(_) | AgeError::Encryption => "envelope",
                AgeError::Readers { .. } => "readers",
                AgeError::NotForUs => "not for us",
                AgeError::Damaged => "damaged",
            },
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

impl Content {
    /// The word for its kind.
    fn word(&self) -> &'static str {
        match self {
            Self::Ack(_) => ACK,
            Self::Entry(_) => ENTRY,
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::armour::AGE_FILE;

    #[test]
    fn a_letter_goes_all_the_way_round_and_fits_its_own_name_only() {
        let key = DeviceKey::generate("").unwrap();
        let readers = [Identity::generate(), Identity::generate()];
        let recipients: Vec<Recipient> = readers.iter().map(Identity::recipient).collect();
        let kit = KitId::generate().unwrap();
        let at = "2026-11-18T02:12:00.7Z".parse().unwrap();
        let envelope = Envelope { kit: kit.clone(), key: key.public().clone(), number: 7, at };
        let ack = Content::Ack(Ack { root: 1, seq: 42, head: Hash::of(b"head"), contacts: true, credentials: false });
        let sealed = seal(&envelope, &ack, &key, &recipients).unwrap();

        let device = key.public().handle();
        let found = Found { kit: &kit, device: &device, number: 7 };
        for reader in &readers {
            let letter = open(&sealed, reader, &found).unwrap();
            assert_eq!(letter.content, ack);
            assert_eq!(letter.envelope, Envelope { at: "2026-11-18T02:12:00Z".parse().unwrap(), ..envelope.clone() });
        }
        assert_eq!(open(&sealed, &Identity::generate(), &found), Err(AgeError::NotForUs.into()));
        let [reader, _] = &readers;
        let other = KitId::generate().unwrap();
        assert_eq!(open(&sealed, reader, &Found { kit: &other, ..found }), Err(LetterError::OtherKit));
        assert_eq!(open(&sealed, reader, &Found { number: 8, ..found }), Err(LetterError::OtherName));
        assert_eq!(open(&sealed, reader, &Found { device: "aaaaaaaaaaaaaaaa", ..found }), Err(LetterError::OtherName));
        let stranger = DeviceKey::generate("").unwrap();
        assert_eq!(seal(&envelope, &ack, &stranger, &recipients), Err(LetterError::OtherKey));
        assert_eq!(seal(&envelope, &ack, &key, &[]), Err(AgeError::Readers { found: 0, max: LETTER_READERS_MAX }.into()));
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
            let ack = Content::Ack(Ack { root: 1, seq, head: Hash::of(b""), contacts, credentials: contacts });
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
