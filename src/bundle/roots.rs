//! The roots: which keys may change the keys, and which may publish. A chain of signed versions that every bundle carries
//! whole, so that a client that was offline for years can follow it (docs/format.md, "Root").

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    ids::{Hash, KitId, Pin},
    json,
    limits::{LINE_BYTES_MAX, ROOTS_MAX, SIGNATURES_MAX},
    refusal::{FieldFault, Place, Refusal, Signers},
    split::{Section, split_roots},
};
use crate::key::{SignError, Signer, VerifyKey, verify};

/// What a root is signed for: SSHSIG's namespace.
pub const ROOT_NAMESPACE: &str = "kit-root-v1@outage-kit";

/// What one version of the root says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootDoc {
    /// The kit; the same in all versions.
    pub kit: KitId,
    /// 1 and up.
    pub version: u32,
    /// Keys that sign roots.
    pub root_keys: Vec<VerifyKey>,
    /// How many of them have to sign: this version, and the next.
    pub root_threshold: u32,
    /// Keys that sign heads.
    pub publish_keys: Vec<VerifyKey>,
    /// How many of them have to sign a head.
    pub publish_threshold: u32,
}

/// The keys of a version that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootKeys {
    /// Keys that sign roots.
    pub root_keys: Vec<VerifyKey>,
    /// How many of them have to sign.
    pub root_threshold: u32,
    /// Keys that sign heads.
    pub publish_keys: Vec<VerifyKey>,
    /// How many of them have to sign.
    pub publish_threshold: u32,
}

/// A chain of roots whose signatures and order were checked. Not yet trusted: that takes a [`Pin`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roots(Vec<Version>);

/// One version as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Version {
    line: String,
    blocks: Vec<String>,
    doc: RootDoc,
    hash: Hash,
}

/// Why a root could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RootError {
    /// A key did not sign.
    #[error("the root was not signed")]
    Sign(#[from] SignError),
    /// A signer that neither this nor the former root knows.
    #[error("the key {fingerprint} is not among the root keys")]
    Stranger {
        /// Its fingerprint.
        fingerprint: String,
    },
    /// The result breaks a rule, for example because too few signed.
    #[error("the root would be refused: {0}")]
    Refused(#[from] Refusal),
    /// The chain is as long as it may be.
    #[error("a kit has at most {ROOTS_MAX} versions of its root")]
    TooMany,
}

#[derive(Serialize, Deserialize)]
struct Line<T> {
    root: T,
}

impl Roots {
    /// The first root of a new kit, signed by a threshold of its own keys.
    ///
    /// # Errors
    /// [`RootError`].
    pub fn first(kit: KitId, keys: RootKeys, signers: &[&Signer]) -> Result<Self, RootError> {
        Self(Vec::new()).add(keys.into_doc(kit, 1), signers)
    }

    /// The chain with one more version, signed by a threshold of the last version's root keys and of its own.
    ///
    /// # Errors
    /// [`RootError`].
    pub fn next(&self, keys: RootKeys, signers: &[&Signer]) -> Result<Self, RootError> {
        if self.0.len() == ROOTS_MAX {
            return Err(RootError::TooMany);
        }
        let last = self.last();
        self.clone().add(keys.into_doc(last.kit.clone(), last.version + 1), signers)
    }

    /// Reads root lines with their signatures, as [`Roots::to_text`] writes them, and checks the whole chain.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        Self::check(&split_roots(text.as_bytes())?)
    }

    /// The root sections exactly as they stand in a bundle.
    pub fn to_text(&self) -> String {
        self.0.iter().flat_map(|version| std::iter::once(&version.line).chain(&version.blocks)).map(String::as_str).collect()
    }

    /// The kit.
    pub fn kit(&self) -> &KitId {
        &self.last().kit
    }

    /// The newest version.
    pub fn last(&self) -> &RootDoc {
        &self.newest().doc
    }

    /// All versions, oldest first.
    pub fn docs(&self) -> impl Iterator<Item = &RootDoc> {
        self.0.iter().map(|version| &version.doc)
    }

    /// The hash of a version's line, LF included.
    pub fn hash(&self, version: u32) -> Option<Hash> {
        self.0.iter().find(|found| found.doc.version == version).map(|found| found.hash)
    }

    /// What a client that trusts the newest version remembers.
    pub fn pin(&self) -> Pin {
        let newest = self.newest();
        Pin { kit: newest.doc.kit.clone(), root_version: newest.doc.version, root: newest.hash }
    }

    /// Checks sections as a chain: signatures first, then what the lines say, then who had to sign.
    pub(super) fn check(sections: &[Section<'_>]) -> Result<Self, Refusal> {
        let mut chain: Vec<Version> = Vec::new();
        for (section, expected) in sections.iter().zip(1u32..) {
            let place = Place::Root(expected);
            let signers = signers_of(section, ROOT_NAMESPACE, place)?;
            let doc = RootDoc::parse(section.line, expected, chain.first().map(|first| &first.doc.kit))?;
            let before = chain.last().map(|before| &before.doc);
            let known =
                |key: &VerifyKey| doc.root_keys.contains(key) || before.is_some_and(|before| before.root_keys.contains(key));
            refuse_strangers(&signers, known, place)?;
            if let Some(before) = before {
                enough(&signers, &before.root_keys, before.root_threshold, Signers::RootKeysBefore, place)?;
            }
            enough(&signers, &doc.root_keys, doc.root_threshold, Signers::RootKeys, place)?;
            let blocks = section.blocks.iter().map(|block| (*block).to_owned()).collect();
            chain.push(Version { line: section.line.to_owned(), blocks, doc, hash: Hash::of(section.line.as_bytes()) });
        }
        Ok(Self(chain))
    }

    /// Whether the pinned root is in the chain.
    pub(super) fn check_pin(&self, pin: &Pin) -> Result<(), Refusal> {
        if self.kit() != &pin.kit {
            return Err(Refusal::OtherKit { expected: pin.kit.clone(), found: self.kit().clone() });
        }
        match self.hash(pin.root_version) {
            None => Err(Refusal::EndsBeforePin { pinned: pin.root_version, last: self.last().version }),
            Some(found) if found != pin.root => Err(Refusal::NotPinned { version: pin.root_version, expected: pin.root, found }),
            Some(_) => Ok(()),
        }
    }

    fn newest(&self) -> &Version {
        self.0.last().expect("a chain is made by `check` from at least one section")
    }

    fn add(mut self, doc: RootDoc, signers: &[&Signer]) -> Result<Self, RootError> {
        let line = serde_json::to_string(&Line { root: &doc }).expect("a root has only strings and numbers") + "\n";
        let mut blocks = Vec::new();
        for signer in signers {
            let before = self.0.last().is_some_and(|before| before.doc.root_keys.contains(signer.public()));
            if !before && !doc.root_keys.contains(signer.public()) {
                return Err(RootError::Stranger { fingerprint: signer.public().fingerprint() });
            }
            blocks.push(signer.sign(ROOT_NAMESPACE, line.as_bytes())?);
        }
        let hash = Hash::of(line.as_bytes());
        self.0.push(Version { line, blocks, doc, hash });
        // What is made is read back as any client would.
        Ok(Self::parse(&self.to_text())?)
    }
}

impl RootKeys {
    fn into_doc(self, kit: KitId, version: u32) -> RootDoc {
        let Self { root_keys, root_threshold, publish_keys, publish_threshold } = self;
        RootDoc { kit, version, root_keys, root_threshold, publish_keys, publish_threshold }
    }
}

impl RootDoc {
    /// The keys and thresholds, to change some of them for the next version.
    pub fn keys(&self) -> RootKeys {
        RootKeys {
            root_keys: self.root_keys.clone(),
            root_threshold: self.root_threshold,
            publish_keys: self.publish_keys.clone(),
            publish_threshold: self.publish_threshold,
        }
    }

    fn parse(line: &str, expected: u32, kit: Option<&KitId>) -> Result<Self, Refusal> {
        let under = Place::Root(expected);
        let fields = |fault| Err(Refusal::Fields { under, fault });
        json::check(line.as_bytes()).map_err(|fault| Refusal::Json { under, fault })?;
        let doc = match serde_json::from_str::<Line<Self>>(line) {
            Ok(Line { root }) => root,
            Err(error) => return fields(FieldFault::Shape { column: error.column() }),
        };
        if doc.version != expected {
            return fields(FieldFault::Version { expected, found: doc.version });
        }
        if kit.is_some_and(|kit| kit != &doc.kit) {
            return fields(FieldFault::Kit);
        }
        for (keys, threshold) in [(&doc.root_keys, doc.root_threshold), (&doc.publish_keys, doc.publish_threshold)] {
            let distinct: BTreeSet<_> = keys.iter().map(VerifyKey::point).collect();
            if distinct.len() != keys.len() {
                return fields(FieldFault::KeyTwice);
            }
            let most = keys.len().min(SIGNATURES_MAX);
            if threshold == 0 || usize::try_from(threshold).map_or(true, |threshold| threshold > most) {
                return fields(FieldFault::Threshold);
            }
        }
        Ok(doc)
    }
}

/// Who signed a line: each signature checked, each key once.
pub(super) fn signers_of(section: &Section<'_>, namespace: &str, under: Place) -> Result<Vec<VerifyKey>, Refusal> {
    debug_assert!(section.line.len() <= LINE_BYTES_MAX);
    let mut signers = Vec::new();
    let mut points = BTreeSet::new();
    for block in &section.blocks {
        let key = verify(namespace, section.line.as_bytes(), block).map_err(|fault| Refusal::Signature { under, fault })?;
        if !points.insert(key.point()) {
            return Err(Refusal::SignedTwice { under, fingerprint: key.fingerprint() });
        }
        signers.push(key);
    }
    Ok(signers)
}

pub(super) fn refuse_strangers(signers: &[VerifyKey], known: impl Fn(&VerifyKey) -> bool, under: Place) -> Result<(), Refusal> {
    match signers.iter().find(|key| !known(key)) {
        Some(stranger) => Err(Refusal::UnknownSigner { under, fingerprint: stranger.fingerprint() }),
        None => Ok(()),
    }
}

/// Counts those of `signers` that are among `keys`; neither list has a key twice.
pub(super) fn enough(signers: &[VerifyKey], keys: &[VerifyKey], needed: u32, of: Signers, under: Place) -> Result<(), Refusal> {
    let found = signers.iter().filter(|key| keys.contains(key)).count();
    if u32::try_from(found).is_ok_and(|found| found >= needed) {
        Ok(())
    } else {
        Err(Refusal::TooFew { under, of, found, needed })
    }
}
