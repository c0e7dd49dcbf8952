//! Signatures in OpenSSH's format (PROTOCOL.sshsig), verified strictly: one algorithm, one hash, one spelling.
//!
//! `ssh-keygen -Y verify` accepts all that is accepted here; the reverse does not hold, on purpose (docs/format.md, "Signatures").

use ed25519_dalek::Signature;
use sha2::{Digest, Sha256, Sha512};

use super::{
    VerifyKey, VerifyKeyError,
    armour::{ArmourError, SSH_SIGNATURE},
    wire::{Reader, put_string},
};

/// What each signature and what it signs begin with.
const PREAMBLE: &[u8] = b"SSHSIG";
/// The only version of the format.
const VERSION: u32 = 1;
/// The only hash that is accepted; `ssh-keygen` uses it unless told otherwise.
const HASH: &[u8] = b"sha512";
/// Bit 0 of the flags of a hardware signature: somebody touched the key (FIDO CTAP2, "UP").
const USER_PRESENT: u8 = 1;

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not the canonical armour that `ssh-keygen` writes.
    #[error("the signature is not written as ssh-keygen writes it: {0}")]
    Armour(#[from] ArmourError),
    /// Other bytes than a signature has.
    #[error("the signature is damaged")]
    Malformed,
    /// A later version of the signature format.
    #[error("the signature has version {0}, not 1")]
    Version(u32),
    /// Something in the field that has to be empty.
    #[error("the signature's reserved field is not empty")]
    Reserved,
    /// Another hash than sha512.
    #[error("the signature does not use sha512")]
    Hash,
    /// Another algorithm than Ed25519, or a weak key.
    #[error("the signing key cannot be used: {0}")]
    Key(#[from] VerifyKeyError),
    /// Made for another purpose.
    #[error("the signature was made for another purpose (namespace)")]
    Namespace,
    /// A hardware key signed without being touched.
    #[error("the hardware key signed without anybody touching it")]
    NobodyPresent,
    /// The signature is not by this key over this message.
    #[error("the signature does not fit what it stands under (key {fingerprint})")]
    Failing {
        /// The key that claims to have signed.
        fingerprint: String,
    },
}

/// Checks an armoured signature over a message and says who made it. Whether that key may sign is for the caller to say.
///
/// # Errors
/// [`SignatureError`] names the first rule that is broken.
pub fn verify(namespace: &str, message: &[u8], armoured: &str) -> Result<VerifyKey, SignatureError> {
    let blob = SSH_SIGNATURE.decode(armoured.as_bytes())?;
    let parts = Parts::of(&blob)?;
    let key = VerifyKey::from_wire(parts.key)?;
    if parts.namespace != namespace.as_bytes() {
        return Err(SignatureError::Namespace);
    }
    let (signature, trailer) = signature_of(parts.signature, &key)?;
    let signed = match (key.application(), trailer) {
        (None, _) => signed_data(namespace, message),
        (Some(application), trailer) => {
            if trailer.first().is_none_or(|flags| flags & USER_PRESENT == 0) {
                return Err(SignatureError::NobodyPresent);
            }
            hardware_data(application, trailer, &signed_data(namespace, message))
        }
    };
    let failing = || SignatureError::Failing { fingerprint: key.fingerprint() };
    key.verifying_key().verify_strict(&signed, &signature).map_err(|_| failing())?;
    Ok(key)
}

/// Armours a raw Ed25519 signature (or, for a hardware key, signature, flags and counter) as `ssh-keygen` would.
pub(super) fn armour_signature(key: &VerifyKey, namespace: &str, raw: &[u8]) -> String {
    let (signature, trailer) = raw.split_at_checked(Signature::BYTE_SIZE).unwrap_or((raw, &[]));
    let mut inner = Vec::new();
    put_string(&mut inner, key.kind().as_bytes());
    put_string(&mut inner, signature);
    inner.extend_from_slice(trailer);
    let mut blob = PREAMBLE.to_vec();
    blob.extend_from_slice(&VERSION.to_be_bytes());
    for field in [&key.to_wire()[..], namespace.as_bytes(), b"", HASH, &inner] {
        put_string(&mut blob, field);
    }
    SSH_SIGNATURE.encode(&blob)
}

/// The fields of a signature's bytes (PROTOCOL.sshsig, "Blob format").
struct Parts<'a> {
    key: &'a [u8],
    namespace: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(blob: &'a [u8]) -> Result<Self, SignatureError> {
        let mut reader = Reader(blob);
        let preamble = reader.bytes(PREAMBLE.len()).ok_or(SignatureError::Malformed)?;
        if preamble != PREAMBLE {
            return Err(SignatureError::Malformed);
        }
        match reader.u32().ok_or(SignatureError::Malformed)? {
            VERSION => {}
            other => return Err(SignatureError::Version(other)),
        }
        let mut field = || reader.string().ok_or(SignatureError::Malformed);
        let (key, namespace, reserved, hash, signature) = (field()?, field()?, field()?, field()?, field()?);
        reader.end(()).ok_or(SignatureError::Malformed)?;
        if !reserved.is_empty() {
            return Err(SignatureError::Reserved);
        }
        if hash != HASH {
            return Err(SignatureError::Hash);
        }
        Ok(Self { key, namespace, signature })
    }
}

/// The signature itself and, for a hardware key, its flags and counter (PROTOCOL.u2f, "SSH U2F Signatures").
fn signature_of<'a>(wire: &'a [u8], key: &VerifyKey) -> Result<(Signature, &'a [u8]), SignatureError> {
    let mut reader = Reader(wire);
    let kind = reader.string().ok_or(SignatureError::Malformed)?;
    if kind != key.kind().as_bytes() {
        return Err(SignatureError::Malformed);
    }
    let signature = reader.string().and_then(|bytes| Signature::from_slice(bytes).ok()).ok_or(SignatureError::Malformed)?;
    let trailer = reader.bytes(if key.is_hardware() { 5 } else { 0 }).ok_or(SignatureError::Malformed)?;
    reader.end((signature, trailer)).ok_or(SignatureError::Malformed)
}

fn signed_data(namespace: &str, message: &[u8]) -> Vec<u8> {
    let mut signed = PREAMBLE.to_vec();
    put_string(&mut signed, namespace.as_bytes());
    put_string(&mut signed, b"");
    put_string(&mut signed, HASH);
    put_string(&mut signed, &Sha512::digest(message));
    signed
}

fn hardware_data(application: &str, flags_and_counter: &[u8], signed: &[u8]) -> Vec<u8> {
    [&Sha256::digest(application)[..], flags_and_counter, &Sha256::digest(signed)[..]].concat()
}
