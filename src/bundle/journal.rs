//! The journal of a device: one line an entry, each with the hash of the line before and the device's signature, what it says
//! sealed to those who read journals and to oneself (docs/format.md, "Journal").
//!
//! ```text
//! KIT NUMBER HASH-OF-THE-LINE-BEFORE BASE64-OF-AN-AGE-FILE BASE64-OF-A-SIGNATURE
//! ```

use data_encoding::BASE64;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    age_file::{self, AgeError, Bounds},
    head::seconds,
    ids::{Hash, KitId},
    json,
    limits::{
        ENTRY_PLAIN_BYTES_MAX, ENTRY_READERS_MAX, ENTRY_STEP_BYTES, JOURNAL_LINE_BYTES_MAX, LETTER_NUMBER_END, REASON_CHARS_MAX,
    },
};
use crate::{
    key::{
        DeviceKey, DeviceKeyError, Identity, Recipient, SignatureError, VerifyKey,
        armour::{AGE_FILE, SSH_SIGNATURE},
        verify, words,
    },
    team::{Credential, Id, Person, Tier},
};

/// What a line of a journal is signed for: SSHSIG's namespace.
pub const JOURNAL_NAMESPACE: &str = "kit-journal-v1@outage-kit";
/// Words of a receipt: 88 bits of the hash of a line.
pub const RECEIPT_WORDS: usize = 8;

/// What stands in the place of the hash before in the first line.
const NO_LINE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

const ENTRY: Bounds =
    Bounds { bytes_max: JOURNAL_LINE_BYTES_MAX, plain_bytes_max: ENTRY_PLAIN_BYTES_MAX, readers_max: ENTRY_READERS_MAX };

/// What was done, by whom, why and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Who.
    pub person: Id<Person>,
    /// On which of their devices.
    pub device: String,
    /// When, by the device's clock unless `clock` is there: for people to read. The order is that of the lines.
    #[serde(with = "seconds")]
    pub at: Timestamp,
    /// What the device's own clock said, where `at` is not by it but was given by whoever did it.
    #[serde(default, with = "seconds::or_none", skip_serializing_if = "Option::is_none")]
    pub clock: Option<Timestamp>,
    /// What the machine says of its own time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<Boot>,
    /// Whether this machine has known a later time than its clock said: it was set back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moved_back: bool,
    /// The kit that the device held: version of its last root and number.
    pub held: (u32, u64),
    /// What was done.
    #[serde(flatten)]
    pub what: What,
    /// Why, in their own words.
    pub reason: String,
    /// The incident that it belongs to, if it has a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
}

/// What a machine says of its time without its clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boot {
    /// The id that the system drew when it started.
    pub id: String,
    /// Seconds since then.
    pub uptime_s: u64,
}

/// How a credential was opened whose values went, sealed again, on paper: nobody saw them.
pub const ON_PAPER: &str = "export sealed";

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// A credential was opened, to look at it or for a program.
    Opened {
        /// Which.
        credential: Id<Credential>,
        /// Which value.
        version: u32,
        /// How: `reveal`, `exec`, [`ON_PAPER`].
        by: String,
        /// The only field that was taken; [`None`] where all of them were there to be looked at or taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        field: Option<String>,
    },
    /// A recovery code was shown: it counts as used.
    CodeShown {
        /// Of which credential.
        credential: Id<Credential>,
        /// Of which value.
        version: u32,
        /// In which field.
        field: String,
        /// Which of the field's codes, from 1.
        place: u16,
    },
    /// Shares of a tier's key were asked for.
    Asked {
        /// Which tier.
        tier: Id<Tier>,
        /// Which key.
        version: u32,
        /// The code that the request has.
        code: String,
    },
    /// A share of a tier's key was given to somebody.
    Shared {
        /// Which tier.
        tier: Id<Tier>,
        /// Which key.
        version: u32,
        /// Who asked, and on which device: `alice.okafor/laptop`.
        to: String,
        /// The code that the request has.
        code: String,
        /// Whether it was read out instead of sealed.
        voice: bool,
    },
    /// A holder tried whether they can open a tier.
    Drilled {
        /// Which tier.
        tier: Id<Tier>,
        /// Which key.
        version: u32,
        /// Whether they can.
        opens: bool,
    },
    /// A tier's key was opened to box it for others, or to seal what it opens to another key.
    Rekeyed {
        /// Which tier.
        tier: Id<Tier>,
        /// Which key.
        version: u32,
        /// How: `tier add`, `member remove`.
        by: String,
    },
    /// Somebody looked at an entry and takes note of it.
    Reviewed {
        /// The handle of the device whose entry it is.
        of: String,
        /// Its number.
        number: u64,
        /// The SHA-256 of its line, LF included.
        line: Hash,
    },
    /// Of a kind that a later kit writes.
    #[serde(other)]
    Unknown,
}

/// One line whose form was looked at. Whether it is signed and follows the line before, [`check`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The kit.
    pub kit: KitId,
    /// 1, 2, 3 … for each device.
    pub number: u64,
    /// The SHA-256 of the line before, LF included; [`None`] in the first.
    pub before: Option<Hash>,
    /// The SHA-256 of this line, LF included.
    pub sha256: Hash,
    text: String,
}

/// What is wrong with a journal or an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// Not five words with one space between them and an LF at the end, or one of them in another spelling.
    #[error("it is no line of a journal")]
    Form,
    /// Of another kit.
    #[error("it is of another kit")]
    OtherKit,
    /// Not the number after the one before.
    #[error("it has number {found}, not {expected}")]
    Number {
        /// One more than the line before.
        expected: u64,
        /// In the line.
        found: u64,
    },
    /// It does not follow the line before.
    #[error("it does not follow the line before: that one was changed, taken out or put in")]
    Chain,
    /// The signature does not count.
    #[error("its signature does not count: {0}")]
    Signature(#[from] SignatureError),
    /// Signed by another device.
    #[error("it is signed by another device than the one whose journal it is")]
    OtherKey,
    /// The encrypted part.
    #[error("what it says cannot be read: {0}")]
    Age(#[from] AgeError),
    /// What is in it is no entry.
    #[error("what it says cannot be read")]
    Content,
    /// The reason or the incident is too long.
    #[error("the reason has more than {REASON_CHARS_MAX} characters")]
    TooLong,
    /// The device key did not sign.
    #[error("it was not signed: {0}")]
    Sign(#[from] DeviceKeyError),
}

/// Where a line belongs: after which one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// The kit.
    pub kit: KitId,
    /// The number of the line before; 0 for the first.
    pub number: u64,
    /// Its hash; [`None`] for the first.
    pub before: Option<Hash>,
}

/// Writes the line after another one: seals the entry to `readers`, signs.
///
/// # Errors
/// [`JournalError`].
pub fn write(after: &After, entry: &Entry, key: &DeviceKey, readers: &[Recipient]) -> Result<Line, JournalError> {
    let texts = std::iter::once(&entry.reason).chain(&entry.incident);
    if texts.into_iter().any(|text| text.chars().count() > REASON_CHARS_MAX) {
        return Err(JournalError::TooLong);
    }
    let plain = Zeroizing::new(serde_json::to_vec(entry).map_err(|_| JournalError::Content)?);
    let age = age_file::seal(plain, ENTRY_STEP_BYTES, readers, ENTRY)?;
    let age = AGE_FILE.decode(age.as_bytes()).map_err(|_| JournalError::Content)?;
    let before = after.before.map_or_else(|| NO_LINE.to_owned(), |hash| hash.to_string());
    let signed = format!("{} {} {before} {}\n", after.kit, after.number + 1, BASE64.encode(&age));
    let signature = key.sign(JOURNAL_NAMESPACE, signed.as_bytes())?;
    let signature = SSH_SIGNATURE.decode(signature.as_bytes()).map_err(|_| JournalError::Content)?;
    Line::parse(&format!("{} {}\n", signed.trim_end(), BASE64.encode(&signature)))
}

/// Checks lines that follow `after`, signed by `key`.
///
/// # Errors
/// The place of the first line that does not count, from 0, and why.
pub fn check<'a>(
    lines: impl IntoIterator<Item = &'a Line>,
    mut after: After,
    key: &VerifyKey,
) -> Result<After, (usize, JournalError)> {
    for (place, line) in lines.into_iter().enumerate() {
        line.follows(&after).and_then(|()| line.verify(key)).map_err(|error| (place, error))?;
        after = line.place();
    }
    Ok(after)
}

impl Entry {
    /// What the device's own clock said, whatever time was given.
    pub fn by_its_clock(&self) -> Timestamp {
        self.clock.unwrap_or(self.at)
    }

    /// The earlier of the time that was given and what the clock said: what is to be done within some hours counts from it, so
    /// that nobody gives themselves more of them.
    pub fn earliest(&self) -> Timestamp {
        self.at.min(self.by_its_clock())
    }
}

impl After {
    /// Before the first line.
    pub fn nothing(kit: KitId) -> Self {
        Self { kit, number: 0, before: None }
    }
}

impl Line {
    /// Reads one line, LF included.
    ///
    /// # Errors
    /// [`JournalError::Form`].
    pub fn parse(text: &str) -> Result<Self, JournalError> {
        let form = || JournalError::Form;
        if text.len() > JOURNAL_LINE_BYTES_MAX {
            return Err(form());
        }
        let mut words = text.strip_suffix('\n').ok_or_else(form)?.split(' ');
        let mut next = || words.next().ok_or_else(form);
        let (kit, number, before, age, signature) = (next()?, next()?, next()?, next()?, next()?);
        let is_canonical = |base64: &str| BASE64.decode(base64.as_bytes()).is_ok_and(|bytes| !bytes.is_empty());
        if words.next().is_some() || !is_canonical(age) || !is_canonical(signature) {
            return Err(form());
        }
        let kit = KitId::parse(kit).map_err(|_| form())?;
        let digits = number;
        let number: u64 = digits.parse().map_err(|_| form())?;
        if number.to_string() != digits || !(1..LETTER_NUMBER_END).contains(&number) || (number == 1) != (before == NO_LINE) {
            return Err(form());
        }
        let before = Hash::parse(before).map_err(|_| form())?;
        let before = Some(before).filter(|_| number > 1);
        Ok(Self { kit, number, before, sha256: Hash::of(text.as_bytes()), text: text.to_owned() })
    }

    /// The line, LF included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the next line comes after.
    pub fn place(&self) -> After {
        After { kit: self.kit.clone(), number: self.number, before: Some(self.sha256) }
    }

    /// The eight words of its receipt.
    pub fn receipt(&self) -> [&'static str; RECEIPT_WORDS] {
        let words = words::of(self.sha256.as_bytes());
        std::array::from_fn(|at| words.get(at).copied().expect("twelve words begin with eight"))
    }

    /// Whether it was signed by a key.
    ///
    /// # Errors
    /// [`JournalError::Signature`], [`JournalError::OtherKey`].
    pub fn verify(&self, key: &VerifyKey) -> Result<(), JournalError> {
        if &self.signer()? == key { Ok(()) } else { Err(JournalError::OtherKey) }
    }

    /// The key that signed it. Whose that is, the roster says, or the handle that its journal is called by.
    ///
    /// # Errors
    /// [`JournalError::Signature`].
    pub fn signer(&self) -> Result<VerifyKey, JournalError> {
        let (signed, signature) = self.text.trim_end().rsplit_once(' ').ok_or(JournalError::Form)?;
        let signature = BASE64.decode(signature.as_bytes()).map_err(|_| JournalError::Form)?;
        Ok(verify(JOURNAL_NAMESPACE, format!("{signed}\n").as_bytes(), &SSH_SIGNATURE.encode(&signature))?)
    }

    /// Opens what it says.
    ///
    /// # Errors
    /// [`JournalError::Age`] when it is sealed to others, [`JournalError::Content`].
    pub fn open(&self, reader: &Identity) -> Result<Entry, JournalError> {
        let age = self.text.split(' ').nth(3).ok_or(JournalError::Form)?;
        let age = AGE_FILE.encode(&BASE64.decode(age.as_bytes()).map_err(|_| JournalError::Form)?);
        let plain = age_file::open(age.as_bytes(), reader, ENTRY)?;
        json::check(&plain).map_err(|_| JournalError::Content)?;
        serde_json::from_slice(&plain).map_err(|_| JournalError::Content)
    }

    fn follows(&self, after: &After) -> Result<(), JournalError> {
        if self.kit != after.kit {
            return Err(JournalError::OtherKit);
        }
        if self.number != after.number + 1 {
            return Err(JournalError::Number { expected: after.number + 1, found: self.number });
        }
        if self.before == after.before { Ok(()) } else { Err(JournalError::Chain) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(reason: &str) -> Entry {
        Entry {
            person: Id::parse("mia.krause").unwrap(),
            device: "laptop".to_owned(),
            at: "2026-11-18T02:14:00Z".parse().unwrap(),
            clock: None,
            boot: Some(Boot { id: "b".to_owned(), uptime_s: 7 }),
            moved_back: false,
            held: (1, 42),
            what: What::Opened { credential: Id::parse("aws-root").unwrap(), version: 3, by: "reveal".to_owned(), field: None },
            reason: reason.to_owned(),
            incident: None,
        }
    }

    #[test]
    fn a_time_that_was_given_has_the_clocks_beside_it_and_the_earlier_counts() {
        let (kit, key, reader) = (KitId::generate().unwrap(), DeviceKey::generate("").unwrap(), Identity::generate());
        let round = |entry: &Entry| {
            let line = write(&After::nothing(kit.clone()), entry, &key, &[reader.recipient()]).unwrap();
            line.open(&reader)
        };
        let plain = entry("why");
        assert!(!serde_json::to_string(&plain).unwrap().contains("clock"));
        assert_eq!((plain.by_its_clock(), plain.earliest()), (plain.at, plain.at));
        for clock in ["2026-11-18T02:13:00Z", "2026-11-18T02:15:00Z"] {
            let given = Entry { clock: Some(clock.parse().unwrap()), ..plain.clone() };
            assert_eq!(round(&given), Ok(given.clone()));
            assert_eq!(given.by_its_clock().to_string(), clock);
            assert_eq!(given.earliest(), given.at.min(given.by_its_clock()));
        }
        let fractions = Entry { clock: Some("2026-11-18T02:13:00.5Z".parse().unwrap()), ..plain };
        assert_eq!(round(&fractions), Err(JournalError::Content));
    }

    #[test]
    fn a_chain_of_entries_opens_for_its_readers_and_breaks_where_it_is_touched() {
        let (kit, key) = (KitId::generate().unwrap(), DeviceKey::generate("").unwrap());
        let readers = [Identity::generate(), Identity::generate()];
        let recipients: Vec<Recipient> = readers.iter().map(Identity::recipient).collect();
        let mut lines: Vec<Line> = Vec::new();
        for reason in ["one", "two", "three"] {
            let after = lines.last().map_or_else(|| After::nothing(kit.clone()), Line::place);
            lines.push(write(&after, &entry(reason), &key, &recipients).unwrap());
        }
        let start = || After::nothing(kit.clone());
        assert_eq!(check(&lines, start(), key.public()), Ok(lines[2].place()));
        for reader in &readers {
            assert_eq!(lines[1].open(reader), Ok(entry("two")));
        }
        assert_eq!(lines[1].open(&Identity::generate()), Err(JournalError::Age(AgeError::NotForUs)));
        let other = DeviceKey::generate("").unwrap();
        assert_eq!(check(&lines, start(), other.public()), Err((0, JournalError::OtherKey)));
        let swapped = [&lines[1], &lines[0], &lines[2]];
        assert_eq!(check(swapped, start(), key.public()), Err((0, JournalError::Number { expected: 1, found: 2 })));
        let another = write(&lines[0].place(), &entry("else"), &key, &recipients).unwrap();
        assert_eq!(check([&lines[0], &another, &lines[2]], start(), key.public()), Err((2, JournalError::Chain)));
        // Every bit of every character.
        let text = lines[1].text().as_bytes();
        for (at, bit) in (0..text.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
            let mut changed = text.to_vec();
            changed[at] ^= 1 << bit;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            let Ok(changed) = Line::parse(&changed) else { continue };
            assert!(check([&lines[0], &changed, &lines[2]], start(), key.public()).is_err(), "byte {at}, bit {bit}");
        }
    }
}
