//! What this machine sealed last, as digests by a key of its own: to see whether a value changed without being able to open what
//! was sealed.
//!
//! The key is random and stands in the same file, for this user alone. Without it nobody can try values against a digest, so
//! nothing of this may ever stand in a team directory or a kit.

use std::{collections::BTreeMap, fmt};

use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use rand_core::{OsRng, RngCore};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Store, StoreError, WriterLock};
use crate::{
    bundle::capsule::Field,
    disk::{self, Access, DiskError, Guard},
    team::{Capsule, Credential, Id},
};

const DIGESTS: &str = "sealed.json";
/// Most bytes of the file: ten thousand credentials fit.
const DIGESTS_BYTES_MAX: u64 = 4 << 20;
const KEY_BYTES: usize = 32;

/// What was sealed on this machine, without its values.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digests {
    /// In hexadecimal digits; empty before anything was sealed.
    key: String,
    credentials: BTreeMap<Id<Credential>, Digest>,
}

/// What was sealed of one credential.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Digest {
    /// The SHA-256 of the capsule's age file.
    capsule: String,
    /// HMAC-SHA-256 over names, kinds and values.
    values: String,
}

impl Digests {
    /// Whether a capsule was sealed here, of exactly these values.
    pub fn is_same(&self, id: &Id<Credential>, capsule: &Capsule, fields: &[Field]) -> bool {
        let Some(known) = self.credentials.get(id).filter(|known| known.capsule == capsule.sha256) else { return false };
        let Ok(expected) = HEXLOWER.decode(known.values.as_bytes()) else { return false };
        self.over(id, fields).is_some_and(|mac| mac.verify_slice(&expected).is_ok())
    }

    /// Takes down what was sealed.
    ///
    /// # Errors
    /// The system has no random bytes for the key.
    pub fn keep(&mut self, id: &Id<Credential>, capsule: &Capsule, fields: &[Field]) -> Result<(), rand_core::Error> {
        if self.over(id, fields).is_none() {
            let mut key = Zeroizing::new([0; KEY_BYTES]);
            OsRng.try_fill_bytes(&mut *key)?;
            // Under another key the others say nothing any more.
            *self = Self { key: HEXLOWER.encode(&*key), credentials: BTreeMap::new() };
        }
        if let Some(mac) = self.over(id, fields) {
            let values = HEXLOWER.encode(&mac.finalize().into_bytes());
            self.credentials.insert(id.clone(), Digest { capsule: capsule.sha256.clone(), values });
        }
        Ok(())
    }

    /// Every text stands behind its length, so that no two sets of fields give the same bytes.
    fn over(&self, id: &Id<Credential>, fields: &[Field]) -> Option<Hmac<Sha256>> {
        let key = HEXLOWER.decode(self.key.as_bytes()).ok().map(Zeroizing::new).filter(|key| key.len() == KEY_BYTES)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        let mut text = |text: &str| {
            mac.update(&(text.len() as u64).to_be_bytes());
            mac.update(text.as_bytes());
        };
        text(id.as_str());
        for field in fields {
            text(&field.name);
            text(&field.kind.to_string());
            text(field.value.expose_secret());
        }
        Some(mac)
    }
}

impl fmt::Debug for Digests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.credentials.keys()).finish()
    }
}

impl Store {
    /// What was sealed on this machine. Nothing, when the file is missing or damaged: then values are sealed anew.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when others may read or write it.
    pub fn digests(&self) -> Result<Digests, StoreError> {
        match disk::read_private(&self.dir.join(DIGESTS), DIGESTS_BYTES_MAX, Guard::Unreadable) {
            Ok(bytes) => Ok(serde_json::from_slice(&Zeroizing::new(bytes)).unwrap_or_default()),
            Err(DiskError::Missing { .. }) => Ok(Digests::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Replaces what is known of what was sealed.
    ///
    /// # Errors
    /// [`StoreError::Disk`]; the old file then stands.
    pub fn keep_digests(&self, lock: &WriterLock, digests: &Digests) -> Result<(), StoreError> {
        self.check_lock(lock);
        let bytes = Zeroizing::new(serde_json::to_vec(digests).expect("it is made of strings"));
        Ok(disk::replace(&self.dir.join(DIGESTS), &bytes, Access::Private)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bundle::Hash, team::FieldKind};

    fn field(name: &str, value: &str) -> Field {
        Field { name: name.to_owned(), kind: FieldKind::Secret, value: value.to_owned().into() }
    }

    #[test]
    fn the_same_values_in_the_same_capsule_are_known_again_and_nothing_else_is() {
        let capsule = |age: &str| Capsule {
            version: 1,
            tier: Id::parse("t").unwrap(),
            key: 1,
            sealed: jiff::Timestamp::UNIX_EPOCH,
            fields: Vec::new(),
            sha256: Hash::of(age.as_bytes()).to_string(),
            age: age.to_owned(),
        };
        let (id, other) = (Id::parse("aws").unwrap(), Id::parse("okta").unwrap());
        let fields = [field("a", "bc"), field("d", "e")];
        let mut digests = Digests::default();
        assert!(!digests.is_same(&id, &capsule("x"), &fields));
        digests.keep(&id, &capsule("x"), &fields).unwrap();
        digests.keep(&other, &capsule("x"), &fields).unwrap();
        assert!(digests.is_same(&id, &capsule("x"), &fields) && digests.is_same(&other, &capsule("x"), &fields));
        assert!(!digests.is_same(&id, &capsule("y"), &fields), "somebody else sealed since");
        for changed in [vec![field("a", "b"), field("cd", "e")], vec![field("a", "bc")], vec![field("a", "bc"), field("d", "f")]]
        {
            assert!(!digests.is_same(&id, &capsule("x"), &changed));
        }
        let text = serde_json::to_string(&digests).unwrap();
        let read: Digests = serde_json::from_str(&text).unwrap();
        assert!(read.is_same(&id, &capsule("x"), &fields));
        assert_ne!(digests.credentials[&id].values, digests.credentials[&other].values);
        let mut fresh = Digests::default();
        fresh.keep(&id, &capsule("x"), &fields).unwrap();
        assert_ne!(fresh.credentials[&id].values, digests.credentials[&id].values, "each machine has a key of its own");
    }
}
