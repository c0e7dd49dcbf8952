//! What names a kit and its parts: the kit's id, SHA-256 hashes, and the pin that a client trusts.

use std::{fmt, str::FromStr};

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use rand_core::{OsRng, RngCore};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// Bytes of a kit's id: 128 random bits never meet again.
const KIT_ID_BYTES: usize = 16;

/// The id of a kit: 128 random bits as 26 characters of base32, lower case, without padding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KitId(String);

/// A SHA-256 hash; as text 64 hexadecimal digits in lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// What a client trusts: a kit, and one version of its root by the hash of its line (LF included).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// The kit.
    pub kit: KitId,
    /// The version of the root, from 1.
    pub root_version: u32,
    /// The SHA-256 of the root's line, LF included.
    pub root: Hash,
}

/// Why a text is no id or hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdsError {
    /// Not 26 characters of base32.
    #[error("a kit's id has 26 characters of a-z and 2-7")]
    KitId,
    /// Not 64 hexadecimal digits.
    #[error("a hash has 64 hexadecimal digits in lower case")]
    Hash,
}

impl KitId {
    /// A fresh id from the system's random source.
    ///
    /// # Errors
    /// The system's reason when it has no random bytes to give.
    pub fn generate() -> Result<Self, rand_core::Error> {
        let mut bytes = [0; KIT_ID_BYTES];
        OsRng.try_fill_bytes(&mut bytes)?;
        Ok(Self(BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()))
    }

    /// Reads an id in its one spelling.
    ///
    /// # Errors
    /// [`IdsError::KitId`].
    pub fn parse(text: &str) -> Result<Self, IdsError> {
        let lower = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let bytes = BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).map_err(|_| IdsError::KitId)?;
        if lower && bytes.len() == KIT_ID_BYTES { Ok(Self(text.to_owned())) } else { Err(IdsError::KitId) }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Hash {
    /// The SHA-256 of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads 64 hexadecimal digits in lower case.
    ///
    /// # Errors
    /// [`IdsError::Hash`].
    pub fn parse(text: &str) -> Result<Self, IdsError> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| IdsError::Hash)?;
        Ok(Self(bytes.try_into().map_err(|_| IdsError::Hash)?))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for KitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for KitId {
    type Err = IdsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl FromStr for Hash {
    type Err = IdsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for KitId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for KitId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_hashes_have_one_spelling() {
        let id = KitId::generate().unwrap();
        assert_eq!((KitId::parse(id.as_str()), id.as_str().len()), (Ok(id.clone()), 26));
        assert_ne!(KitId::generate().unwrap(), id);
        for bad in ["", "aaaaaaaaaaaaaaaaaaaaaaaaab", &id.as_str().to_uppercase(), &format!("{id}a"), "../../../etc/passwd", "é"]
        {
            assert_eq!(KitId::parse(bad), Err(IdsError::KitId), "{bad}");
        }
        let hash = Hash::of(b"abc");
        assert_eq!(hash.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(Hash::parse(&hash.to_string()), Ok(hash));
        for bad in ["", "00", &hash.to_string().to_uppercase(), &format!("{hash}00")] {
            assert_eq!(Hash::parse(bad), Err(IdsError::Hash), "{bad}");
        }
    }
}
