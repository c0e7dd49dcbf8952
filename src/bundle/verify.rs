//! The verifier: bytes and a pin in, a [`Verified`] bundle out. There is no other way to make one (docs/format.md, "The client's rule").

use std::ops::Deref;

use super::{
    head::Head,
    ids::{Hash, KitId, Pin},
    payload::AgeFile,
    refusal::{FieldFault, PayloadFault, Place, Refusal, Signers},
    roots::{Roots, enough, refuse_strangers, signers_of},
    split::split,
};
use crate::key::VerifyKey;

/// What a head is signed for: SSHSIG's namespace.
pub const HEAD_NAMESPACE: &str = "kit-head-v1@outage-kit";

/// A bundle of the pinned kit whose every signature and hash was checked. Whether it is newer than what is here, the store says.
#[derive(Debug, Clone)]
pub struct Verified(Bundle);

/// A bundle that is consistent in itself but compared with no pin: what a courier can check who trusts no kit.
///
/// Anybody can make one, so nothing opens or stores it.
#[derive(Debug, Clone)]
pub struct Unpinned(Bundle);

/// The checked facts about a bundle, and its bytes.
#[derive(Clone)]
pub struct Bundle {
    bytes: Vec<u8>,
    head_sha256: Hash,
    roots: Roots,
    head: Head,
    signers: Vec<VerifyKey>,
    payload_at: usize,
    devices: usize,
}

/// Checks a file against what this client trusts: steps 1 to 5 of the client's rule. Needs no key, network or clock.
///
/// # Errors
/// [`Refusal`] names the first rule that is broken.
pub fn verify(bytes: Vec<u8>, pin: &Pin) -> Result<Verified, Refusal> {
    Bundle::check(bytes, Some(pin)).map(Verified)
}

/// Checks a file against its own first root only.
///
/// # Errors
/// [`Refusal`] names the first rule that is broken.
pub fn verify_unpinned(bytes: Vec<u8>) -> Result<Unpinned, Refusal> {
    Bundle::check(bytes, None).map(Unpinned)
}

impl Bundle {
    fn check(bytes: Vec<u8>, pin: Option<&Pin>) -> Result<Self, Refusal> {
        let sections = split(&bytes)?;
        let roots = Roots::check(&sections.roots)?;
        if let Some(pin) = pin {
            roots.check_pin(pin)?;
        }
        let signers = signers_of(&sections.head, HEAD_NAMESPACE, Place::Head)?;
        let root = roots.last();
        refuse_strangers(&signers, |key| root.publish_keys.contains(key), Place::Head)?;
        enough(&signers, &root.publish_keys, root.publish_threshold, Signers::PublishKeys, Place::Head)?;
        let head = Head::parse(sections.head.line)?;
        let fields = |fault| Refusal::Fields { under: Place::Head, fault };
        if head.kit != root.kit {
            return Err(fields(FieldFault::Kit));
        }
        if head.root.version != root.version || Some(head.root.sha256) != roots.hash(root.version) {
            return Err(fields(FieldFault::Root));
        }
        let payload_at = sections.payload_at;
        let payload = bytes.get(payload_at..).unwrap_or_default();
        let refused = |fault| Refusal::Payload { fault };
        if payload.len() as u64 != head.payload.bytes {
            return Err(refused(PayloadFault::Bytes { expected: head.payload.bytes, found: payload.len() as u64 }));
        }
        let found = Hash::of(payload);
        if found != head.payload.sha256 {
            return Err(refused(PayloadFault::Hash { expected: head.payload.sha256, found }));
        }
        let devices = AgeFile::read(payload).map_err(refused)?.devices();
        let head_sha256 = Hash::of(sections.head.line.as_bytes());
        Ok(Self { head_sha256, roots, head, signers, payload_at, devices, bytes })
    }

    /// The file, exactly as it was checked.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The hash of the whole file. Reading goes over all of it: for a bundle of the largest size a tenth of a second.
    pub fn sha256(&self) -> Hash {
        Hash::of(&self.bytes)
    }

    /// The SHA-256 of the head line, LF included: it fixes the whole content, whoever signed.
    pub fn head_sha256(&self) -> Hash {
        self.head_sha256
    }

    /// The kit.
    pub fn kit(&self) -> &KitId {
        &self.head.kit
    }

    /// The version of the last root.
    pub fn root_version(&self) -> u32 {
        self.head.root.version
    }

    /// The sequence number.
    pub fn seq(&self) -> u64 {
        self.head.seq
    }

    /// The signed facts.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The chain of roots.
    pub fn roots(&self) -> &Roots {
        &self.roots
    }

    /// The publish keys that signed the head, in the order of the file.
    pub fn signers(&self) -> &[VerifyKey] {
        &self.signers
    }

    /// How many devices can open it.
    pub fn devices(&self) -> usize {
        self.devices
    }

    /// The payload section.
    pub(super) fn payload(&self) -> &[u8] {
        self.bytes.get(self.payload_at..).unwrap_or_default()
    }
}

impl Deref for Verified {
    type Target = Bundle;

    fn deref(&self) -> &Bundle {
        &self.0
    }
}

impl Deref for Unpinned {
    type Target = Bundle;

    fn deref(&self) -> &Bundle {
        &self.0
    }
}

impl std::fmt::Debug for Bundle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bundle").field("head", &self.head).finish_non_exhaustive()
    }
}
