//! Public keys that sign: Ed25519, in a file or in hardware. Nothing else is accepted anywhere.

use std::{cmp::Ordering, fmt, hash, str::FromStr};

use data_encoding::{BASE32_NOPAD, BASE64, BASE64_NOPAD};
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::wire::{Reader, put_string};

/// OpenSSH's name of an Ed25519 key.
const ED25519: &str = "ssh-ed25519";
/// OpenSSH's name of an Ed25519 key in hardware (FIDO).
const SK_ED25519: &str = "sk-ssh-ed25519@openssh.com";
/// Longest public key text that is looked at, in bytes; an sk key with its comment has about 200.
const TEXT_BYTES_MAX: usize = 1024;
/// Longest FIDO application in bytes; OpenSSH's default is `ssh:`.
const APPLICATION_BYTES_MAX: usize = 64;

/// Characters of a [`VerifyKey::handle`]: 80 bits.
const HANDLE_CHARS: usize = 16;

/// A public key that signs: `ssh-ed25519` or `sk-ssh-ed25519@openssh.com`. Equal when kind and key bytes are.
#[derive(Clone)]
pub struct VerifyKey {
    point: VerifyingKey,
    /// The FIDO application, for keys in hardware.
    application: Option<String>,
}

/// Why a text is no public key that kit accepts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyKeyError {
    /// Another algorithm.
    #[error("it is of the kind {0:?}; only ssh-ed25519 and sk-ssh-ed25519@openssh.com keys sign here")]
    Algorithm(String),
    /// Not `kind base64`, or other bytes in it than its kind has.
    #[error("it is not an OpenSSH public key (ssh-ed25519 AAAA…)")]
    Malformed,
    /// A point that anybody could sign for.
    #[error("its key bytes are not a usable Ed25519 key")]
    Weak,
}

impl VerifyKey {
    /// Reads `ssh-ed25519 AAAA… comment`; the comment is dropped.
    ///
    /// # Errors
    /// [`VerifyKeyError`] for other algorithms, other spellings and weak keys.
    pub fn parse(text: &str) -> Result<Self, VerifyKeyError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(VerifyKeyError::Malformed);
        }
        let mut words = text.split_ascii_whitespace();
        let (Some(kind), Some(base64)) = (words.next(), words.next()) else { return Err(VerifyKeyError::Malformed) };
        if kind != ED25519 && kind != SK_ED25519 {
            return Err(VerifyKeyError::Algorithm(kind.chars().filter(char::is_ascii_graphic).take(64).collect()));
        }
        let key = Self::from_wire(&BASE64.decode(base64.as_bytes()).map_err(|_| VerifyKeyError::Malformed)?)?;
        if key.kind() == kind { Ok(key) } else { Err(VerifyKeyError::Malformed) }
    }

    /// OpenSSH's name of the kind of key.
    pub fn kind(&self) -> &'static str {
        if self.application.is_some() { SK_ED25519 } else { ED25519 }
    }

    /// Whether the key lives in hardware and signs only when somebody touches it.
    pub fn is_hardware(&self) -> bool {
        self.application.is_some()
    }

    /// The 32 raw key bytes: what tells two keys apart when they are counted, whatever text they come in.
    pub fn point(&self) -> [u8; 32] {
        self.point.to_bytes()
    }

    /// The fingerprint as `ssh-keygen -l` prints it: `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", BASE64_NOPAD.encode(&Sha256::digest(self.to_wire())))
    }

    /// The name under which a source keeps what the key's device sends: the first 80 bits of the fingerprint in base32. It
    /// says nothing to whoever does not have the key.
    pub fn handle(&self) -> String {
        let mut handle = BASE32_NOPAD.encode(&Sha256::digest(self.to_wire())).to_ascii_lowercase();
        handle.truncate(HANDLE_CHARS);
        handle
    }

    /// The key in the SSH wire encoding.
    pub(super) fn to_wire(&self) -> Vec<u8> {
        let mut wire = Vec::new();
        put_string(&mut wire, self.kind().as_bytes());
        put_string(&mut wire, self.point.as_bytes());
        if let Some(application) = &self.application {
            put_string(&mut wire, application.as_bytes());
        }
        wire
    }

    /// Reads the SSH wire encoding.
    pub(super) fn from_wire(wire: &[u8]) -> Result<Self, VerifyKeyError> {
        let mut reader = Reader(wire);
        let kind = reader.string().ok_or(VerifyKeyError::Malformed)?;
        let is_hardware = match kind {
            kind if kind == ED25519.as_bytes() => false,
            kind if kind == SK_ED25519.as_bytes() => true,
            other => return Err(VerifyKeyError::Algorithm(printable(other))),
        };
        let point = reader.string().and_then(|point| point.try_into().ok()).ok_or(VerifyKeyError::Malformed)?;
        let application = if is_hardware { Some(application(&mut reader).ok_or(VerifyKeyError::Malformed)?) } else { None };
        reader.end(()).ok_or(VerifyKeyError::Malformed)?;
        let point = VerifyingKey::from_bytes(point).map_err(|_| VerifyKeyError::Weak)?;
        if point.is_weak() {
            return Err(VerifyKeyError::Weak);
        }
        Ok(Self { point, application })
    }

    pub(super) fn verifying_key(&self) -> &VerifyingKey {
        &self.point
    }

    pub(super) fn application(&self) -> Option<&str> {
        self.application.as_deref()
    }
}

impl fmt::Display for VerifyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), BASE64.encode(&self.to_wire()))
    }
}

impl fmt::Debug for VerifyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyKey({self})")
    }
}

impl FromStr for VerifyKey {
    type Err = VerifyKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl PartialEq for VerifyKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for VerifyKey {}

impl PartialOrd for VerifyKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for VerifyKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.point.as_bytes().cmp(other.point.as_bytes()).then_with(|| self.application.cmp(&other.application))
    }
}

impl hash::Hash for VerifyKey {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.point.as_bytes().hash(state);
        self.application.hash(state);
    }
}

impl Serialize for VerifyKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VerifyKey {
    /// Takes the canonical text only: no comment, one space.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let key = Self::parse(&text).map_err(serde::de::Error::custom)?;
        if key.to_string() == text { Ok(key) } else { Err(serde::de::Error::custom(VerifyKeyError::Malformed)) }
    }
}

fn application(reader: &mut Reader<'_>) -> Option<String> {
    let text = std::str::from_utf8(reader.string()?).ok()?;
    let fine = text.len() <= APPLICATION_BYTES_MAX && text.starts_with("ssh:") && text.bytes().all(|b| b.is_ascii_graphic());
    fine.then(|| text.to_owned())
}

fn printable(bytes: &[u8]) -> String {
    bytes.iter().filter(|b| b.is_ascii_graphic()).take(64).map(|b| char::from(*b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";
    const RSA: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC";

    #[test]
    fn the_comment_goes_and_the_rest_stays() {
        let key = VerifyKey::parse(&format!("{ED} user@example.com more\n")).unwrap();
        assert_eq!(key.to_string(), ED);
        assert_eq!(key.fingerprint(), "SHA256:UCUiLr7Pjs9wFFJMDByLgc3NrtdU344OgUM45wZPcIQ");
        assert_eq!(serde_json::from_str::<VerifyKey>(&format!("{ED:?}")).unwrap(), key);
        assert!(serde_json::from_str::<VerifyKey>(&format!("\"{ED} comment\"")).is_err());
    }

    #[test]
    fn other_kinds_and_other_bytes_are_refused() {
        assert_eq!(VerifyKey::parse(RSA).unwrap_err(), VerifyKeyError::Algorithm("ssh-rsa".into()));
        assert_eq!(VerifyKey::parse("").unwrap_err(), VerifyKeyError::Malformed);
        assert_eq!(
            VerifyKey::parse(&ED.replace("ssh-", "sk-ssh-")).unwrap_err(),
            VerifyKeyError::Algorithm("sk-ssh-ed25519".into())
        );
        let inside = BASE64.decode(ED.split(' ').next_back().unwrap().as_bytes()).unwrap();
        for cut in 0..inside.len() {
            assert!(VerifyKey::from_wire(&inside[..cut]).is_err(), "{cut}");
        }
        assert!(VerifyKey::from_wire(&[&inside[..], b"x"].concat()).is_err());
    }

    #[test]
    fn a_key_that_anybody_can_sign_for_is_refused() {
        // The neutral point and one of order 8.
        let order_8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
        let order_8 = data_encoding::HEXLOWER.decode(order_8.as_bytes()).unwrap();
        for point in [[&[1u8][..], &[0; 31]].concat(), order_8] {
            let mut wire = Vec::new();
            put_string(&mut wire, b"ssh-ed25519");
            put_string(&mut wire, &point);
            assert_eq!(VerifyKey::from_wire(&wire).unwrap_err(), VerifyKeyError::Weak);
        }
    }

    #[test]
    fn the_same_point_in_hardware_is_another_key_with_the_same_raw_bytes() {
        let key = VerifyKey::parse(ED).unwrap();
        let hardware = VerifyKey { point: key.point, application: Some("ssh:".to_owned()) };
        assert_eq!(VerifyKey::parse(&hardware.to_string()).unwrap(), hardware);
        assert_ne!(key, hardware);
        assert_eq!(key.point(), hardware.point());
    }
}
