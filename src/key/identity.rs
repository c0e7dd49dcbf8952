//! age identities and recipients: native X25519 only, in the text forms that `age` and `age-keygen` use.

use std::{cmp::Ordering, fmt, str::FromStr};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// Longest identity file that is read, in bytes: one key has 74 characters, comments are short.
pub const IDENTITY_TEXT_BYTES_MAX: usize = 16 * 1024;

/// Bytes of an X25519 key.
pub const KEY_BYTES: usize = 32;
/// How age's private keys begin in bech32 (C2SP age.md).
const SECRET_HRP: &str = "age-secret-key-";

/// A private age key: opens what is sealed to its [`Recipient`]. No Debug, no Display.
#[derive(Clone)]
pub struct Identity(age::x25519::Identity);

/// A public age key, `age1…`.
#[derive(Clone)]
pub struct Recipient {
    key: age::x25519::Recipient,
    text: String,
}

/// Why a text is no identity or recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// No line with a key.
    #[error("there is no age identity in it (a line AGE-SECRET-KEY-1…)")]
    None,
    /// More than one key: which one is meant?
    #[error("there are several age identities in it; kit needs exactly one")]
    Several,
    /// A line that is neither a comment nor a native age identity.
    #[error("line {line} is neither a comment nor a native age identity (AGE-SECRET-KEY-1…)")]
    Line {
        /// Counted from 1.
        line: usize,
    },
    /// Longer than [`IDENTITY_TEXT_BYTES_MAX`].
    #[error("it has more than {IDENTITY_TEXT_BYTES_MAX} bytes, too long for an age identity")]
    TooLong,
    /// Not `age1…`.
    #[error("it is not a native age recipient (age1…)")]
    NotARecipient,
}

impl Identity {
    /// A fresh identity from the system's random source.
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// The public side.
    pub fn recipient(&self) -> Recipient {
        let key = self.0.to_public();
        Recipient { text: key.to_string(), key }
    }

    /// A stock identity file: what `age-keygen` writes, without the date. `age -d -i` reads it.
    pub fn to_text(&self) -> SecretString {
        let key = self.0.to_string();
        let text = format!("# public key: {}\n{}\n", self.recipient(), key.expose_secret());
        SecretString::from(text)
    }

    /// Reads a stock identity file with exactly one native identity.
    ///
    /// # Errors
    /// [`IdentityError`]; it never holds any of the text.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        if text.len() > IDENTITY_TEXT_BYTES_MAX {
            return Err(IdentityError::TooLong);
        }
        let mut found = None;
        for (index, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key = line.parse().map_err(|_| IdentityError::Line { line: index + 1 })?;
            if found.replace(Self(key)).is_some() {
                return Err(IdentityError::Several);
            }
        }
        found.ok_or(IdentityError::None)
    }

    /// The 32 bytes of the key, for splitting it among people.
    ///
    /// # Panics
    /// Never: age writes its own keys in bech32.
    pub fn to_bytes(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        let text = self.0.to_string();
        let (_, bytes) = bech32::decode(text.expose_secret()).expect("age writes its own keys in bech32");
        let bytes = Zeroizing::new(bytes);
        Zeroizing::new(bytes.as_slice().try_into().expect("an X25519 key has 32 bytes"))
    }

    /// The key of 32 bytes.
    ///
    /// # Panics
    /// Never: any 32 bytes are an X25519 key.
    pub fn from_bytes(bytes: &[u8; KEY_BYTES]) -> Self {
        let hrp = bech32::Hrp::parse_unchecked(SECRET_HRP);
        let text = Zeroizing::new(bech32::encode_upper::<bech32::Bech32>(hrp, bytes).expect("32 bytes fit"));
        Self(text.parse().expect("any 32 bytes are an X25519 key"))
    }

    /// The key as age's own type, for opening.
    pub fn as_age(&self) -> &age::x25519::Identity {
        &self.0
    }
}

impl Recipient {
    /// Reads `age1…` in lower case, as age prints it.
    ///
    /// # Errors
    /// [`IdentityError::NotARecipient`] for anything else, plugin and `ssh-` recipients too.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let key: age::x25519::Recipient = text.parse().map_err(|_| IdentityError::NotARecipient)?;
        let canonical = key.to_string();
        if canonical == text { Ok(Self { key, text: canonical }) } else { Err(IdentityError::NotARecipient) }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The key as age's own type, for sealing.
    pub fn as_age(&self) -> &age::x25519::Recipient {
        &self.key
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({})", self.text)
    }
}

impl FromStr for Recipient {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl PartialEq for Recipient {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Recipient {}

impl PartialOrd for Recipient {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Recipient {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Serialize for Recipient {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Recipient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&Zeroizing::new(String::deserialize(deserializer)?)).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stock_identity_file_goes_round() {
        let identity = Identity::generate();
        let text = identity.to_text();
        assert_eq!(Identity::parse(text.expose_secret()).map(|id| id.recipient()), Ok(identity.recipient()));
        let dated = format!("# created: 2026-11-18T02:12:00Z\n\n{}", text.expose_secret());
        assert_eq!(Identity::parse(&dated).map(|id| id.recipient()), Ok(identity.recipient()));
        assert_eq!(Recipient::parse(identity.recipient().as_str()), Ok(identity.recipient()));
        assert_eq!(Identity::from_bytes(&identity.to_bytes()).recipient(), identity.recipient());
    }

    #[test]
    fn one_native_identity_no_more_no_less() {
        let text = Identity::generate().to_text();
        let two = format!("{0}{0}", text.expose_secret());
        for (bad, why) in [
            ("", IdentityError::None),
            ("# only a comment\n", IdentityError::None),
            (&two, IdentityError::Several),
            ("AGE-PLUGIN-YUBIKEY-1QYQSZQGPQYQSZQGP", IdentityError::Line { line: 1 }),
            ("#\n-----BEGIN OPENSSH PRIVATE KEY-----", IdentityError::Line { line: 2 }),
            (&"#".repeat(IDENTITY_TEXT_BYTES_MAX + 1), IdentityError::TooLong),
        ] {
            assert_eq!(Identity::parse(bad).map(|id| id.recipient()), Err(why));
        }
    }

    #[test]
    fn only_native_recipients_in_their_one_spelling() {
        let good = Identity::generate().recipient().to_string();
        for bad in ["", "age1", "ssh-ed25519 AAAA", &good.to_uppercase(), &format!("{good} "), &good[..good.len() - 1]] {
            assert_eq!(Recipient::parse(bad), Err(IdentityError::NotARecipient), "{bad}");
        }
        assert_eq!(
            Recipient::parse("age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t"),
            Err(IdentityError::NotARecipient)
        );
    }
}
