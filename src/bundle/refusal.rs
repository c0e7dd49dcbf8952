//! Why a file is not believed: one variant per rule, with the facts.

use std::fmt;

use super::{
    ids::{Hash, KitId},
    json::JsonFault,
    limits,
};
use crate::key::SignatureError;

/// Why a bundle was refused. The file that was refused is never used, not even in part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Larger than [`limits::BUNDLE_BYTES_MAX`].
    #[error("the file has {bytes} bytes; a kit bundle has at most {}", limits::BUNDLE_BYTES_MAX)]
    TooLarge {
        /// Bytes of the file.
        bytes: usize,
    },
    /// The first line is not that of a bundle.
    #[error("this is not a kit bundle{}", .looks_like.map(|what| format!(" ({what})")).unwrap_or_default())]
    NoBundle {
        /// What it seems to be instead.
        looks_like: Option<&'static str>,
    },
    /// A later format.
    #[error("the bundle has format {format}; this kit reads format 1: it needs a newer kit")]
    NewerFormat {
        /// The format.
        format: u32,
    },
    /// The publisher says that this program is too old for it.
    #[error("the bundle needs kit >= {needs}; this is kit {this}")]
    NewerKit {
        /// The oldest release that reads it.
        needs: String,
        /// This release.
        this: String,
    },
    /// Sections, lines or characters that a bundle does not have.
    #[error("line {line}: {fault}")]
    Structure {
        /// Counted from 1.
        line: usize,
        /// The rule.
        fault: StructureFault,
    },
    /// More of something than the format allows.
    #[error("line {line}: {fault}")]
    Limit {
        /// Counted from 1.
        line: usize,
        /// The rule.
        fault: LimitFault,
    },
    /// A signature that does not count.
    #[error("{under}: {fault}")]
    Signature {
        /// The line it stands under.
        under: Place,
        /// The rule.
        #[source]
        fault: SignatureError,
    },
    /// A good signature by a key that may not sign here.
    #[error("{under}: signed by a key that may not sign it ({fingerprint})")]
    UnknownSigner {
        /// The line.
        under: Place,
        /// The key's fingerprint.
        fingerprint: String,
    },
    /// Two signatures by one key.
    #[error("{under}: one key signed twice ({fingerprint})")]
    SignedTwice {
        /// The line.
        under: Place,
        /// The key's fingerprint.
        fingerprint: String,
    },
    /// Fewer distinct keys signed than the root asks for.
    #[error("{under}: {found} of the {needed} signatures needed from {of}")]
    TooFew {
        /// The line.
        under: Place,
        /// Whose signatures are missing.
        of: Signers,
        /// Distinct keys that signed.
        found: usize,
        /// The threshold.
        needed: u32,
    },
    /// A signed line that is not the JSON it has to be.
    #[error("{under}: {fault}")]
    Json {
        /// The line.
        under: Place,
        /// The rule.
        #[source]
        fault: JsonFault,
    },
    /// A signed line with other fields than it has to have.
    #[error("{under}: {fault}")]
    Fields {
        /// The line.
        under: Place,
        /// The rule.
        fault: FieldFault,
    },
    /// A bundle of another kit.
    #[error("this is a bundle of another kit ({found}), not of {expected}")]
    OtherKit {
        /// The pinned kit.
        expected: KitId,
        /// The file's.
        found: KitId,
    },
    /// The chain of roots ends before the pinned version.
    #[error("its roots end at version {last}, but version {pinned} is trusted already")]
    EndsBeforePin {
        /// The pinned version.
        pinned: u32,
        /// The last version in the file.
        last: u32,
    },
    /// The root at the pinned version is another one.
    #[error("its root {version} is not the one that is trusted (expected {expected}, found {found})")]
    NotPinned {
        /// The pinned version.
        version: u32,
        /// The pinned hash.
        expected: Hash,
        /// The file's.
        found: Hash,
    },
    /// The encrypted part is not the one the head was signed for.
    #[error("the encrypted part is not the one that was signed: {fault}")]
    Payload {
        /// The rule.
        fault: PayloadFault,
    },
}

/// A signed line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The root at this place in the file, counted from 1.
    Root(u32),
    /// The head.
    Head,
}

/// Who has to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signers {
    /// The root keys of the version before.
    RootKeysBefore,
    /// The root keys of this version.
    RootKeys,
    /// The publish keys of the last root.
    PublishKeys,
}

/// Broken rules of structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StructureFault {
    /// A byte that is neither printable ASCII nor LF.
    #[error("a character that no bundle has (CRLF line ends, or not ASCII)")]
    Character,
    /// The file ends here.
    #[error("the file is cut off")]
    CutOff,
    /// Another line than a root or head.
    #[error("expected a root or the head")]
    Line,
    /// No signature follows the line.
    #[error("expected a signature")]
    Unsigned,
    /// No root stands before the head.
    #[error("the head stands before any root")]
    NoRoot,
    /// What follows the head is not the payload.
    #[error("expected the encrypted part")]
    NoPayload,
}

/// Broken limits of count and length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitFault {
    /// More than [`limits::ROOTS_MAX`] roots.
    #[error("more than {} roots", limits::ROOTS_MAX)]
    Roots,
    /// More than [`limits::SIGNATURES_MAX`] signatures.
    #[error("more than {} signatures under one line", limits::SIGNATURES_MAX)]
    Signatures,
    /// More than [`limits::SIGNATURE_BYTES_MAX`] bytes.
    #[error("a signature of more than {} bytes", limits::SIGNATURE_BYTES_MAX)]
    SignatureBytes,
    /// More than [`limits::LINE_BYTES_MAX`] bytes.
    #[error("a line of more than {} bytes", limits::LINE_BYTES_MAX)]
    LineBytes,
}

/// Broken rules of what stands in a root or head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldFault {
    /// A field is missing, or of another type or spelling.
    #[error("a field is missing or not what it has to be (column {column})")]
    Shape {
        /// Where, counted from 1.
        column: usize,
    },
    /// Not the version that follows the one before.
    #[error("it is version {found}; version {expected} has to stand here")]
    Version {
        /// Counted from 1.
        expected: u32,
        /// In the line.
        found: u32,
    },
    /// Another kit than in the first root.
    #[error("it belongs to another kit than the first root")]
    Kit,
    /// A key listed twice, by its raw bytes.
    #[error("it lists one key twice")]
    KeyTwice,
    /// A threshold that is zero, or more than there are keys or signatures allowed.
    #[error("a threshold does not fit the number of keys")]
    Threshold,
    /// A head for another root than the last one in the file.
    #[error("it was signed for another root")]
    Root,
    /// A sequence number that is zero or not below 2^53.
    #[error("its sequence number is not between 1 and 2^53 - 1")]
    Seq,
    /// To be refreshed before it was made.
    #[error("it says to be refreshed before it was made")]
    Times,
}

/// Broken rules of the payload section.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadFault {
    /// Another length.
    #[error("it has {found} bytes, not {expected}")]
    Bytes {
        /// Signed.
        expected: u64,
        /// In the file.
        found: u64,
    },
    /// Another hash.
    #[error("its hash is {found}, not {expected}")]
    Hash {
        /// Signed.
        expected: Hash,
        /// In the file.
        found: Hash,
    },
    /// Not canonical armour.
    #[error("it is not written as age writes it")]
    Armour,
    /// No age v1 header.
    #[error("it is not an age file")]
    Header,
    /// A stanza that is not a plain X25519 one.
    #[error("it is sealed to a recipient of another kind than X25519")]
    Recipient,
    /// More than [`limits::DEVICES_MAX`] recipients.
    #[error("it is sealed to more than {} devices", limits::DEVICES_MAX)]
    Devices,
}

impl Refusal {
    /// The layer that objected, as one stable word: what scripts and test vectors name.
    pub fn layer(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::Limit { .. } | Self::Payload { fault: PayloadFault::Devices } => "limit",
            Self::NoBundle { .. } => "no-bundle",
            Self::NewerFormat { .. } | Self::NewerKit { .. } => "newer",
            Self::Structure { .. } => "structure",
            Self::Signature { .. } => "signature",
            Self::UnknownSigner { .. } | Self::SignedTwice { .. } => "signer",
            Self::TooFew { .. } => "threshold",
            Self::Json { .. } => "json",
            Self::Fields { .. } => "fields",
            Self::OtherKit { .. } => "kit",
            Self::EndsBeforePin { .. } | Self::NotPinned { .. } => "pin",
            Self::Payload { .. } => "payload",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(version) => write!(f, "root {version}"),
            Self::Head => f.write_str("head"),
        }
    }
}

impl fmt::Display for Signers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RootKeysBefore => "the root keys of the version before",
            Self::RootKeys => "its own root keys",
            Self::PublishKeys => "the publish keys",
        })
    }
}
