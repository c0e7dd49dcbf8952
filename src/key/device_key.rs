//! The key with which a device signs: Ed25519 in a stock OpenSSH key file.

use rand_core::OsRng;
use secrecy::SecretString;
use ssh_key::{Algorithm, HashAlg, Kdf, LineEnding, PrivateKey};

use super::{Passphrase, VerifyKey, signature::armour_signature};

/// Longest key file that is read, in bytes; an Ed25519 key has about 500.
const KEY_FILE_BYTES_MAX: usize = 16 * 1024;
/// Longest comment in a key file, in characters.
const COMMENT_CHARS_MAX: usize = 128;

/// Most bcrypt rounds of a sealed key file that are worked through: `ssh-keygen -a` defaults to 16 or 24.
const BCRYPT_ROUNDS_MAX: u32 = 1024;

/// A device's own signing key. No Debug: it holds a private key.
#[derive(Clone)]
pub struct DeviceKey {
    private: PrivateKey,
    public: VerifyKey,
}

/// Why a key file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeviceKeyError {
    /// Not what it was sealed with.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The file needs a passphrase.
    #[error("it is sealed by a passphrase")]
    Sealed,
    /// Not an OpenSSH private key, or damaged.
    #[error("it is damaged or not an OpenSSH private key")]
    Damaged,
    /// RSA, ECDSA, a hardware key's handle, or a weak key.
    #[error("it is not an Ed25519 key")]
    NotEd25519,
    /// More bcrypt rounds than any sensible key file has.
    #[error("opening it would take more than {BCRYPT_ROUNDS_MAX} bcrypt rounds")]
    TooMuchWork,
    /// The system's random source or the encryption failed.
    #[error("the key could not be made")]
    NotMade,
}

impl DeviceKey {
    /// A fresh key from the system's random source; the comment helps people tell key files apart.
    ///
    /// # Errors
    /// [`DeviceKeyError::NotMade`].
    pub fn generate(comment: &str) -> Result<Self, DeviceKeyError> {
        let mut private = PrivateKey::random(&mut OsRng, Algorithm::Ed25519).map_err(|_| DeviceKeyError::NotMade)?;
        private.set_comment(comment.chars().filter(char::is_ascii_graphic).take(COMMENT_CHARS_MAX).collect::<String>());
        Self::of(private)
    }

    /// The public side.
    pub fn public(&self) -> &VerifyKey {
        &self.public
    }

    /// A stock key file, sealed by a passphrase (bcrypt, AES-256): `ssh-keygen -Y sign -f` reads it.
    ///
    /// # Errors
    /// [`DeviceKeyError::NotMade`].
    pub fn seal(&self, passphrase: &Passphrase) -> Result<String, DeviceKeyError> {
        let sealed = self.private.encrypt(&mut OsRng, passphrase.expose()).map_err(|_| DeviceKeyError::NotMade)?;
        let text = sealed.to_openssh(LineEnding::LF).map_err(|_| DeviceKeyError::NotMade)?;
        Ok(String::clone(&text))
    }

    /// A stock key file without a passphrase, for disks that are encrypted themselves.
    ///
    /// # Errors
    /// [`DeviceKeyError::NotMade`].
    pub fn to_text(&self) -> Result<SecretString, DeviceKeyError> {
        let text = self.private.to_openssh(LineEnding::LF).map_err(|_| DeviceKeyError::NotMade)?;
        Ok(SecretString::from(text.as_str()))
    }

    /// Reads a key file without a passphrase.
    ///
    /// # Errors
    /// [`DeviceKeyError::Sealed`] when it needs one, and the others.
    pub fn parse(text: &str) -> Result<Self, DeviceKeyError> {
        let private = read(text)?;
        if private.is_encrypted() { Err(DeviceKeyError::Sealed) } else { Self::of(private) }
    }

    /// Reads a key file that is sealed by a passphrase; one that is not sealed opens with any.
    ///
    /// # Errors
    /// [`DeviceKeyError::WrongPassphrase`] and the others.
    pub fn unseal(text: &str, passphrase: &Passphrase) -> Result<Self, DeviceKeyError> {
        let private = read(text)?;
        if !private.is_encrypted() {
            return Self::of(private);
        }
        if !matches!(private.kdf(), Kdf::Bcrypt { rounds, .. } if *rounds <= BCRYPT_ROUNDS_MAX) {
            return Err(DeviceKeyError::TooMuchWork);
        }
        Self::of(private.decrypt(passphrase.expose()).map_err(|_| DeviceKeyError::WrongPassphrase)?)
    }

    /// Signs a message: armoured, exactly as `ssh-keygen -Y sign` would.
    ///
    /// # Errors
    /// [`DeviceKeyError::NotMade`].
    pub fn sign(&self, namespace: &str, message: &[u8]) -> Result<String, DeviceKeyError> {
        let signature = self.private.sign(namespace, HashAlg::Sha512, message).map_err(|_| DeviceKeyError::NotMade)?;
        Ok(armour_signature(&self.public, namespace, signature.signature_bytes()))
    }

    fn of(private: PrivateKey) -> Result<Self, DeviceKeyError> {
        if private.algorithm() != Algorithm::Ed25519 {
            return Err(DeviceKeyError::NotEd25519);
        }
        let public = private.public_key().to_bytes().map_err(|_| DeviceKeyError::Damaged)?;
        let public = VerifyKey::from_wire(&public).map_err(|_| DeviceKeyError::NotEd25519)?;
        Ok(Self { private, public })
    }
}

fn read(text: &str) -> Result<PrivateKey, DeviceKeyError> {
    if text.len() > KEY_FILE_BYTES_MAX {
        return Err(DeviceKeyError::Damaged);
    }
    PrivateKey::from_openssh(text).map_err(|_| DeviceKeyError::Damaged)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::key::verify;

    #[test]
    fn a_key_file_goes_round_sealed_and_plain() {
        let key = DeviceKey::generate("dana.fox laptop").unwrap();
        let pass = Passphrase::new("correct horse".to_owned());
        let sealed = key.seal(&pass).unwrap();
        assert_eq!(DeviceKey::unseal(&sealed, &pass).unwrap().public(), key.public());
        let wrong = Passphrase::new("correct hors".to_owned());
        assert_eq!(DeviceKey::unseal(&sealed, &wrong).map(|_| ()), Err(DeviceKeyError::WrongPassphrase));
        assert_eq!(DeviceKey::parse(&sealed).map(|_| ()), Err(DeviceKeyError::Sealed));
        let plain = key.to_text().unwrap();
        assert_eq!(DeviceKey::parse(plain.expose_secret()).unwrap().public(), key.public());
        for cut in 0..sealed.len() - 1 {
            assert!(DeviceKey::parse(&sealed[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn what_it_signs_verifies_for_this_message_and_purpose_only() {
        let key = DeviceKey::generate("").unwrap();
        let signature = key.sign("kit-test@outage-kit", b"message").unwrap();
        assert_eq!(verify("kit-test@outage-kit", b"message", &signature).as_ref(), Ok(key.public()));
        assert!(verify("kit-test@outage-kit", b"Message", &signature).is_err());
        assert!(verify("file", b"message", &signature).is_err());
    }
}
