//! Capsules: the values of one credential, sealed to its tier's key (docs/format.md, "Capsules").

use std::fmt;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::{
    age_file::{self, AgeError, Bounds},
    ids::{Hash, KitId},
    json,
    limits::{CAPSULE_BYTES_MAX, CAPSULE_FIELDS_MAX, CAPSULE_PLAIN_BYTES_MAX, CAPSULE_STEP_BYTES},
};
use crate::{
    key::{Identity, Recipient},
    team::{Capsule, Credential, FieldKind, FieldLabel, Id, Tier},
};

const CAPSULE: Bounds = Bounds { bytes_max: CAPSULE_BYTES_MAX, plain_bytes_max: CAPSULE_PLAIN_BYTES_MAX, readers_max: 1 };

/// One value of a credential. The value has neither Debug nor Display.
#[derive(Debug, Clone, Deserialize)]
pub struct Field {
    /// `password`.
    pub name: String,
    /// What sort of value it is.
    pub kind: FieldKind,
    /// The value.
    #[serde(deserialize_with = "hidden")]
    pub value: SecretString,
}

#[derive(Deserialize)]
struct Content {
    kit: KitId,
    id: Id<Credential>,
    version: u32,
    fields: Vec<Field>,
}

#[derive(Serialize)]
struct Written<'a> {
    kit: &'a KitId,
    id: &'a Id<Credential>,
    version: u32,
    fields: Vec<WrittenField<'a>>,
}

#[derive(Serialize)]
struct WrittenField<'a> {
    name: &'a str,
    kind: FieldKind,
    #[serde(serialize_with = "exposed")]
    value: &'a SecretString,
}

fn exposed<S: Serializer>(value: &&SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.expose_secret())
}

fn hidden<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

/// Why a capsule was not made or does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CapsuleError {
    /// No field, more than [`CAPSULE_FIELDS_MAX`], or two of one name.
    #[error("it has {found} fields; 1 to {CAPSULE_FIELDS_MAX} with different names may stand in one")]
    Fields {
        /// How many.
        found: usize,
    },
    /// The age file could not be made, or does not open.
    #[error(transparent)]
    Age(#[from] AgeError),
    /// The tier's recipient is none.
    #[error("the key of its tier is no age recipient")]
    Recipient,
    /// Not the bytes whose hash the kit has.
    #[error("it is not the one that the kit names: its hash is another")]
    Hash,
    /// What is in it is for another kit, credential or version.
    #[error("what is in it is another credential's, or another version")]
    Other,
    /// Its values have other names or kinds than the kit says.
    #[error("its values have other names or kinds than the kit says")]
    Labels,
    /// What is in it is no JSON as kit writes it.
    #[error("what is in it cannot be read")]
    Content,
}

/// Which capsule is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The kit.
    pub kit: &'a KitId,
    /// The credential.
    pub id: &'a Id<Credential>,
    /// One more than the capsule before.
    pub version: u32,
    /// The tier and the key that it is sealed to.
    pub tier: (&'a Id<Tier>, &'a crate::team::TierKey),
    /// When.
    pub now: Timestamp,
}

/// Seals the values of a credential.
///
/// # Errors
/// [`CapsuleError`].
pub fn seal(place: Place<'_>, fields: &[Field]) -> Result<Capsule, CapsuleError> {
    let is_twice = |at: usize, name: &str| fields.iter().take(at).any(|other| other.name == name);
    let has_twice = fields.iter().enumerate().any(|(at, field)| is_twice(at, &field.name));
    if fields.is_empty() || fields.len() > CAPSULE_FIELDS_MAX || has_twice {
        return Err(CapsuleError::Fields { found: fields.len() });
    }
    let Place { kit, id, version, tier: (tier, key), now } = place;
    let content = Written {
        kit,
        id,
        version,
        fields: fields.iter().map(|field| WrittenField { name: &field.name, kind: field.kind, value: &field.value }).collect(),
    };
    // Sized at once: growing would leave copies of the plaintext behind.
    let bytes: usize = fields.iter().map(|field| 6 * (field.name.len() + field.value.expose_secret().len()) + 64).sum();
    let mut plain = Zeroizing::new(Vec::with_capacity(bytes + 512 + CAPSULE_STEP_BYTES));
    serde_json::to_writer(&mut *plain, &content).map_err(|_| CapsuleError::Content)?;
    let recipient = Recipient::parse(&key.recipient).map_err(|_| CapsuleError::Recipient)?;
    let age = age_file::seal(plain, CAPSULE_STEP_BYTES, &[recipient], CAPSULE)?;
    Ok(Capsule {
        version,
        tier: tier.clone(),
        key: key.version,
        sealed: Timestamp::from_second(now.as_second()).unwrap_or(now),
        fields: fields.iter().map(|field| FieldLabel { name: field.name.clone(), kind: field.kind }).collect(),
        sha256: Hash::of(age.as_bytes()).to_string(),
        age,
    })
}

/// How many recipients a capsule is sealed to; [`None`] when it is no age file as kit writes it.
pub fn stanzas(capsule: &Capsule) -> Option<usize> {
    age_file::readers(capsule.age.as_bytes(), CAPSULE)
}

/// Opens a capsule with its tier's key and checks that it is the one of that credential.
///
/// # Errors
/// [`CapsuleError`]; it never holds any of the content.
pub fn open(kit: &KitId, id: &Id<Credential>, capsule: &Capsule, key: &Identity) -> Result<Vec<Field>, CapsuleError> {
    if Hash::of(capsule.age.as_bytes()).to_string() != capsule.sha256 {
        return Err(CapsuleError::Hash);
    }
    let plain = age_file::open(capsule.age.as_bytes(), key, CAPSULE)?;
    json::check(&plain).map_err(|_| CapsuleError::Content)?;
    let content: Content = serde_json::from_slice(&plain).map_err(|_| CapsuleError::Content)?;
    if &content.kit != kit || &content.id != id || content.version != capsule.version {
        return Err(CapsuleError::Other);
    }
    // What is shown without opening is what is signed: a password must not come out as a text.
    let labels = content.fields.iter().map(|field| (&field.name, field.kind));
    if !labels.eq(capsule.fields.iter().map(|label| (&label.name, label.kind))) {
        return Err(CapsuleError::Labels);
    }
    Ok(content.fields)
}

impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Secret | Self::Unknown => "secret",
            Self::Totp => "one-time codes",
            Self::Codes => "recovery codes",
            Self::Note => "note",
            Self::File => "file",
        })
    }
}
