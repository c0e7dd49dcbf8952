//! A request for shares of a tier's key, in two forms: a text to paste, signed by the device that asks, which says why; and a
//! code of 16 characters that can be spoken (docs/format.md, "Shares").
//!
//! Neither says where an answer goes. Who asks is looked up in the kit of whoever answers, and so is the key that the share is
//! sealed to: a code that somebody made up, or sent on, brings nothing to them.

use std::{fmt, sync::LazyLock};

use data_encoding::{Encoding, HEXLOWER, Specification};
use jiff::Timestamp;
use rand_core::{OsRng, RngCore};
use serde::{Deserialize, Serialize};

use super::{
    Hash, KitId,
    head::seconds,
    json,
    limits::REASON_CHARS_MAX,
    pasted::{self, PastedError},
};
use crate::{
    key::{DeviceKey, DeviceKeyError, VerifyKey, verify, words},
    team::{Credential, Device, Id, Person, Tier, device_name},
};

/// What the pasted form begins with.
pub const ASK_PREFIX: &str = "kit-ask1:";

/// What a request is signed for: SSHSIG's namespace.
pub const ASK_NAMESPACE: &str = "kit-ask-v1@outage-kit";

/// Words that both sides compare: 44 bits of the hash of the code.
pub const ASK_WORDS: usize = 4;

/// Bytes of a code: 80 bits, 16 characters.
const CODE_BYTES: usize = 10;
/// Characters between two dashes.
const GROUP: usize = 4;
/// Bits of a code: the device's handle, the hash of the key that is meant, the hash of the signed line, a checksum.
const BITS: [u32; 4] = [30, 15, 20, 15];
/// Bytes of what makes each request another one.
const NONCE_BYTES: usize = 8;

/// Who asks for shares of which key, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// With its LF; exactly what is signed.
    line: String,
    signature: String,
    content: Content,
}

/// A request in 16 characters: enough to find the device and the key in a kit, and to tell one request from another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code([u8; CODE_BYTES]);

/// What is asked for, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The kit.
    pub kit: KitId,
    /// The tier whose key it is.
    pub tier: Id<Tier>,
    /// Which key.
    pub version: u32,
    /// The credential that it is needed for, if it is for one.
    pub credential: Option<Id<Credential>>,
    /// When, by the device's clock.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// The incident, if it has a name.
    pub incident: Option<String>,
}

/// Nothing else may stand in a request, least of all somebody to seal to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    kit: KitId,
    tier: Id<Tier>,
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credential: Option<Id<Credential>>,
    person: Id<Person>,
    device: String,
    key: VerifyKey,
    nonce: String,
    #[serde(with = "seconds")]
    at: Timestamp,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    incident: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<T> {
    ask: T,
}

/// Why a request cannot be read or made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// The text is damaged, or what it says breaks a rule.
    #[error(transparent)]
    Pasted(#[from] PastedError),
    /// Not 16 characters of a code.
    #[error("a code has 16 letters and digits, such as 7K3M-Q9TD-0ZXA-4HPE; this has {0}")]
    Length(usize),
    /// A character is wrong.
    #[error("it is no code: a character is mistyped or misheard")]
    Mistyped,
    /// The device key did not sign.
    #[error("the request was not signed: {0}")]
    Sign(#[from] DeviceKeyError),
    /// The reason or the incident is too long.
    #[error("the reason has more than {REASON_CHARS_MAX} characters")]
    TooLong,
    /// The system has no random bytes.
    #[error("the system has no random bytes")]
    Random,
}

impl Request {
    /// A request of a device, signed by its device key.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn sign(asked: &Asked, device: &Device, key: &DeviceKey) -> Result<Self, AskError> {
        let mut nonce = [0; NONCE_BYTES];
        OsRng.try_fill_bytes(&mut nonce).map_err(|_| AskError::Random)?;
        let Asked { kit, tier, version, credential, at, reason, incident } = asked.clone();
        let content = Content {
            kit,
            tier,
            version,
            credential,
            person: device.person.clone(),
            device: device.name.clone(),
            key: key.public().clone(),
            nonce: HEXLOWER.encode(&nonce),
            at: Timestamp::from_second(at.as_second()).unwrap_or(at),
            reason,
            incident,
        };
        content.check()?;
        let line = serde_json::to_string(&Line { ask: &content }).expect("a request has only strings and numbers") + "\n";
        let signature = key.sign(ASK_NAMESPACE, line.as_bytes())?;
        Ok(Self { line, signature, content })
    }

    /// Reads a pasted request and checks its signature by the key that it names. Whose key that is, a kit says.
    ///
    /// # Errors
    /// [`AskError::Pasted`]; a typing error is [`PastedError::Damaged`].
    pub fn parse(text: &str) -> Result<Self, AskError> {
        let made_wrongly = |what| AskError::Pasted(PastedError::Content(what));
        let text = String::from_utf8(pasted::decode(ASK_PREFIX, text)?).map_err(|_| made_wrongly("it is not UTF-8"))?;
        let (line, signature) = text.split_at(text.find('\n').map_or(text.len(), |lf| lf + 1));
        let signer =
            verify(ASK_NAMESPACE, line.as_bytes(), signature).map_err(|_| made_wrongly("its signature does not count"))?;
        json::check(line.as_bytes()).map_err(|_| made_wrongly("it is not JSON as kit writes it"))?;
        let Line { ask: content } = serde_json::from_str::<Line<Content>>(line)
            .map_err(|_| made_wrongly("a field is missing, not what it has to be, or one that a request does not have"))?;
        content.check()?;
        if signer != content.key {
            return Err(made_wrongly("it is signed by another key than the one it names"));
        }
        Ok(Self { line: line.to_owned(), signature: signature.to_owned(), content })
    }

    /// The same in 16 characters.
    pub fn code(&self) -> Code {
        let Content { kit, tier, version, key, .. } = &self.content;
        Code::of([bits_of_device(key), bits_of_key(kit, tier, *version), first_bits(Hash::of(self.line.as_bytes()), BITS[2])])
    }

    /// What it asks for.
    pub fn asked(&self) -> Asked {
        let Content { kit, tier, version, credential, at, reason, incident, .. } = self.content.clone();
        Asked { kit, tier, version, credential, at, reason, incident }
    }

    /// Whether a device of a roster is the one that asks: its owner, its name and its key.
    pub fn is_by(&self, device: &Device) -> bool {
        let Content { person, device: name, key, .. } = &self.content;
        device.person == *person && device.name == *name && device.key == key.to_string()
    }

    /// Whose device asks, as it says itself: `alice.okafor/laptop`.
    pub fn by(&self) -> String {
        format!("{}/{}", self.content.person, self.content.device)
    }
}

impl fmt::Display for Request {
    /// The text to paste.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&pasted::encode(ASK_PREFIX, format!("{}{}", self.line, self.signature).as_bytes()))
    }
}

impl Content {
    fn check(&self) -> Result<(), AskError> {
        if device_name(&self.device).is_err() {
            return Err(PastedError::Content("the device's name is not made of a-z, 0-9, \".\" and \"-\"").into());
        }
        let texts = std::iter::once(&self.reason).chain(&self.incident);
        if texts.into_iter().any(|text| text.chars().count() > REASON_CHARS_MAX) { Err(AskError::TooLong) } else { Ok(()) }
    }
}

/// Crockford's alphabet: no letter that is read as a digit. Read with either case, o as 0, i and l as 1, dashes and spaces free.
static ALPHABET: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification.translate.from.push_str("abcdefghjkmnpqrstvwxyzoOiIlL");
    specification.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ001111");
    specification.encoding().expect("32 symbols, none of them translated")
});

impl Code {
    /// Reads 16 characters.
    ///
    /// # Errors
    /// [`AskError::Length`], [`AskError::Mistyped`].
    pub fn parse(text: &str) -> Result<Self, AskError> {
        let characters: String =
            text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}')).collect();
        let bytes = ALPHABET.decode(characters.as_bytes());
        let code = match bytes.map(<[u8; CODE_BYTES]>::try_from) {
            Ok(Ok(bytes)) => Self(bytes),
            Ok(Err(_)) => return Err(AskError::Length(characters.chars().count())),
            Err(_) if characters.chars().count() != CODE_BYTES * 8 / 5 => {
                return Err(AskError::Length(characters.chars().count()));
            }
            Err(_) => return Err(AskError::Mistyped),
        };
        let [device, key, nonce, _] = code.parts();
        if Self::of([device, key, nonce]) == code { Ok(code) } else { Err(AskError::Mistyped) }
    }

    /// Whether a device of a roster is the one that asks.
    pub fn is_by(&self, device: &Device) -> bool {
        VerifyKey::parse(&device.key).is_ok_and(|key| bits_of_device(&key) == self.parts()[0])
    }

    /// Whether a key of a tier is the one that is meant.
    pub fn is_for(&self, kit: &KitId, tier: &Id<Tier>, version: u32) -> bool {
        bits_of_key(kit, tier, version) == self.parts()[1]
    }

    /// Four words that both sides see, so that they know to speak of the same request.
    pub fn words(&self) -> [&'static str; ASK_WORDS] {
        let words = words::of(Hash::of(format!("kit-ask1\n{self}\n").as_bytes()).as_bytes());
        std::array::from_fn(|at| words.get(at).copied().expect("twelve words begin with four"))
    }

    fn of(parts: [u32; 3]) -> Self {
        let before = parts.iter().zip(BITS).fold(0_u128, |all, (part, bits)| all << bits | u128::from(*part));
        let checksum = first_bits(Hash::of(format!("kit-ask-code1\n{before}\n").as_bytes()), BITS[3]);
        let all = before << BITS[3] | u128::from(checksum);
        let bytes = all.to_be_bytes();
        Self(bytes.last_chunk().copied().expect("80 of 128 bits"))
    }

    fn parts(&self) -> [u32; 4] {
        let mut bytes = [0; 16];
        bytes.iter_mut().rev().zip(self.0.iter().rev()).for_each(|(to, from)| *to = *from);
        let mut all = u128::from_be_bytes(bytes);
        let mut parts = [0; 4];
        for (part, bits) in parts.iter_mut().zip(BITS).rev() {
            *part = u32::try_from(all & ((1 << bits) - 1)).expect("30 bits at most");
            all >>= bits;
        }
        parts
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, c) in ALPHABET.encode(&self.0).chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                f.write_str("-")?;
            }
            write!(f, "{c}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({self})")
    }
}

fn bits_of_device(key: &VerifyKey) -> u32 {
    first_bits(Hash::of(key.handle().as_bytes()), BITS[0])
}

fn bits_of_key(kit: &KitId, tier: &Id<Tier>, version: u32) -> u32 {
    first_bits(Hash::of(format!("kit-ask-key1\n{kit}\n{tier}\n{version}\n").as_bytes()), BITS[1])
}

/// The first bits of a hash, 32 at most.
fn first_bits(hash: Hash, bits: u32) -> u32 {
    let first = hash.as_bytes().first_chunk().copied().expect("32 bytes begin with four");
    u32::from_be_bytes(first) >> (32 - bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Identity;

    fn device(key: &DeviceKey) -> Device {
        let text = || Identity::generate().recipient().to_string();
        let person = Id::parse("alice.okafor").unwrap();
        Device { person, name: "laptop".to_owned(), reader: text(), opener: text(), key: key.public().to_string(), added: None }
    }

    fn asked() -> Asked {
        Asked {
            kit: KitId::generate().unwrap(),
            tier: Id::parse("break-glass").unwrap(),
            version: 3,
            credential: Some(Id::parse("okta-admin").unwrap()),
            at: "2026-11-18T02:14:00Z".parse().unwrap(),
            reason: "nobody can sign in; zażółć".to_owned(),
            incident: Some("INC-7".to_owned()),
        }
    }

    #[test]
    fn a_request_goes_round_and_its_code_finds_device_and_key() {
        let key = DeviceKey::generate("").unwrap();
        let (device, asked) = (device(&key), asked());
        let request = Request::sign(&asked, &device, &key).unwrap();
        let read = Request::parse(&request.to_string()).unwrap();
        assert_eq!((&read, read.asked(), read.code()), (&request, asked.clone(), request.code()));
        assert!(read.is_by(&device) && read.by() == "alice.okafor/laptop");
        let code = request.code();
        assert!(code.is_by(&device) && code.is_for(&asked.kit, &asked.tier, 3));
        assert!(!code.is_for(&asked.kit, &asked.tier, 2) && !code.is_for(&KitId::generate().unwrap(), &asked.tier, 3));
        let other = DeviceKey::generate("").unwrap();
        assert!(!code.is_by(&Device { key: other.public().to_string(), ..device.clone() }));
        assert!(!request.is_by(&Device { key: other.public().to_string(), ..device.clone() }));
        assert!(!request.is_by(&Device { name: "desk".to_owned(), ..device.clone() }));
        // The next request of the same device for the same key is another one.
        assert_ne!(Request::sign(&asked, &device, &key).unwrap().code(), code);
        let long = Asked { reason: "x".repeat(257), ..asked };
        assert_eq!(Request::sign(&long, &device, &key), Err(AskError::TooLong));
    }

    #[test]
    fn a_code_is_read_as_people_write_it_and_mistakes_show() {
        let key = DeviceKey::generate("").unwrap();
        let code = Request::sign(&asked(), &device(&key), &key).unwrap().code();
        let text = code.to_string();
        assert_eq!((text.len(), text.split('-').count()), (19, 4));
        let typed = text.replace('0', "o").replace('1', "l").to_lowercase();
        for typed in
            [text.clone(), typed, text.replace('-', " "), text.replace('-', ""), format!(" {} ", text.replace('-', " – "))]
        {
            assert_eq!(Code::parse(&typed), Ok(code), "{typed}");
        }
        for (typed, found) in [("", 0), ("7K3M", 4), (&text[..18], 15), (&format!("{text}0"), 17), ("kit-ask1:abc", 11)] {
            assert_eq!(Code::parse(typed), Err(AskError::Length(found)), "{typed}");
        }
        assert_eq!(Code::parse("UUUU-UUUU-UUUU-UUUU"), Err(AskError::Mistyped));
        // Every character changed to every other one: 16 · 31 mistakes, one in 32,768 of which may pass.
        let characters: Vec<char> = text.chars().filter(|c| *c != '-').collect();
        let mut passed = 0;
        for at in 0..16 {
            for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars().filter(|other| *other != characters[at]) {
                let mut wrong = characters.clone();
                wrong[at] = other;
                passed += usize::from(Code::parse(&wrong.iter().collect::<String>()).is_ok());
            }
        }
        assert!(passed <= 2, "{passed}");
    }

    #[test]
    fn c8_what_a_request_may_not_say_is_refused_even_when_signed() {
        let key = DeviceKey::generate("").unwrap();
        let request = Request::sign(&asked(), &device(&key), &key).unwrap();
        let made = |line: &str, signature: &str| {
            Request::parse(&pasted::encode(ASK_PREFIX, format!("{line}{signature}").as_bytes())).map(|_| ())
        };
        let (line, signature) = (&request.line, &request.signature);
        assert_eq!(made(line, signature), Ok(()));
        let signed = |line: &str, by: &DeviceKey, namespace: &str| made(line, &by.sign(namespace, line.as_bytes()).unwrap());
        let wrong =
            |what: Result<(), AskError>| assert!(matches!(what, Err(AskError::Pasted(PastedError::Content(_)))), "{what:?}");
        // A recipient of the attacker's, in each place where one could stand.
        let recipient = Identity::generate().recipient().to_string();
        for (from, to) in [
            ("\"nonce\":", format!("\"opener\":\"{recipient}\",\"nonce\":")),
            ("\"nonce\":", format!("\"recipients\":[\"{recipient}\"],\"nonce\":")),
            ("{\"ask\":", format!("{{\"to\":\"{recipient}\",\"ask\":")),
            ("laptop", "lap\\u001btop".to_owned()),
            ("\"version\":3", "\"version\":-3".to_owned()),
            ("\"version\":3", "\"version\":3,\"version\":4".to_owned()),
        ] {
            let line = line.replacen(from, &to, 1);
            assert_ne!(&line, &request.line);
            wrong(signed(&line, &key, ASK_NAMESPACE));
        }
        wrong(signed(line, &DeviceKey::generate("").unwrap(), ASK_NAMESPACE));
        wrong(signed(line, &key, "kit-join-v1@outage-kit"));
        wrong(made(&line.replace("INC-7", "INC-8"), signature));
        wrong(made(line, ""));
        let text = request.to_string();
        for at in (ASK_PREFIX.len()..text.len()).step_by(11) {
            let with = if text[at..].starts_with('A') { "B" } else { "A" };
            let typed = format!("{}{with}{}", &text[..at], &text[at + 1..]);
            assert_eq!(Request::parse(&typed), Err(AskError::Pasted(PastedError::Damaged)), "{at}");
        }
    }
}
