//! Signing: a sealed payload, the roots and a head become the bytes of a bundle.

use jiff::Timestamp;

use super::{
    head::{Head, PayloadRef, RootRef},
    refusal::Refusal,
    roots::Roots,
    seal::Sealed,
    split::first_line,
    verify::{HEAD_NAMESPACE, Verified, verify},
};
use crate::key::{SignError, Signer};

/// Why a bundle could not be signed.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A key did not sign.
    #[error("the bundle was not signed")]
    Sign(#[from] SignError),
    /// A signer that may not publish.
    #[error("the key {fingerprint} is not among the publish keys")]
    Stranger {
        /// Its fingerprint.
        fingerprint: String,
    },
    /// The payload was sealed for another kit than the roots are of.
    #[error("the payload was sealed for another kit")]
    OtherKit,
    /// The result breaks a rule, for example because too few signed.
    #[error("the bundle would be refused: {0}")]
    Refused(#[from] Refusal),
}

/// Signs a sealed payload under the last root and gives the whole bundle, checked as any client would check it.
///
/// # Errors
/// [`BundleError`].
pub fn sign(
    sealed: Sealed,
    roots: &Roots,
    created: Timestamp,
    refresh_by: Timestamp,
    signers: &[&Signer],
) -> Result<Verified, BundleError> {
    if &sealed.kit != roots.kit() {
        return Err(BundleError::OtherKit);
    }
    let pin = roots.pin();
    let root = RootRef { version: pin.root_version, sha256: pin.root };
    let payload = PayloadRef { bytes: sealed.section.len() as u64, sha256: sealed.sha256 };
    let head = Head::new(sealed.kit, root, sealed.seq, (created, refresh_by), payload).to_line();
    let mut bundle = first_line() + &roots.to_text() + &head;
    for signer in signers {
        if !roots.last().publish_keys.contains(signer.public()) {
            return Err(BundleError::Stranger { fingerprint: signer.public().fingerprint() });
        }
        bundle.push_str(&signer.sign(HEAD_NAMESPACE, head.as_bytes())?);
    }
    bundle.push_str(&sealed.section);
    Ok(verify(bundle.into_bytes(), &pin)?)
}
