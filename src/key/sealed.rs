//! A secret text sealed by a passphrase: an armoured age file (scrypt) that `age -d` opens after asking for the passphrase.

use std::{
    fmt,
    io::{Read, Write},
    iter,
    panic::{AssertUnwindSafe, catch_unwind},
};

use age::{DecryptError, Decryptor, Encryptor, armor::ArmoredReader, scrypt};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{armour::AGE_FILE, identity::IDENTITY_TEXT_BYTES_MAX};

/// Largest sealed file that is read, in bytes: an identity file armoured, and room.
const SEALED_BYTES_MAX: usize = 4 * IDENTITY_TEXT_BYTES_MAX;

/// A passphrase; wiped when dropped, never printed.
#[derive(Clone)]
pub struct Passphrase(SecretString);

/// The cost of guessing a passphrase: scrypt with N = 2^factor, and 2^factor KiB of memory to open once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkFactor(u8);

/// Why something could not be sealed or unsealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealedError {
    /// Not what it was sealed with.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The file asks for more work than this program is willing to do.
    #[error("opening it would take a scrypt work factor of {found}; the most is {}", WorkFactor::MAX.0)]
    TooMuchWork {
        /// What the file asks for.
        found: u8,
    },
    /// An age file that no passphrase opens.
    #[error("it is not sealed by a passphrase")]
    NoPassphrase,
    /// No age file, cut off, changed, or not holding text.
    #[error("it is damaged or not an age file")]
    Damaged,
    /// Longer than any sealed identity.
    #[error("it has more than {SEALED_BYTES_MAX} bytes, too long for a sealed key")]
    TooLong,
    /// A work factor outside of what is allowed.
    #[error("a work factor is a number from {} to {}, not {found}", WorkFactor::MIN.0, WorkFactor::MAX.0)]
    WorkFactor {
        /// What was asked for.
        found: u8,
    },
}

impl Passphrase {
    /// Takes a passphrase as typed; nothing is trimmed.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.expose_secret().is_empty()
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

impl WorkFactor {
    /// About a millisecond: for tests, no protection.
    pub const MIN: Self = Self(10);
    /// About a second and 256 MiB on a laptop of 2026.
    pub const DEFAULT: Self = Self(18);
    /// Four seconds and 1 GiB: the most that is opened, so that a forged file cannot hang the machine (docs/format.md, "Limits").
    pub const MAX: Self = Self(20);

    /// A work factor from 10 to 20.
    ///
    /// # Errors
    /// [`SealedError::WorkFactor`] outside of that.
    pub fn new(log_n: u8) -> Result<Self, SealedError> {
        let factor = Self(log_n);
        if (Self::MIN..=Self::MAX).contains(&factor) { Ok(factor) } else { Err(SealedError::WorkFactor { found: log_n }) }
    }

    /// The power of two.
    pub fn log_n(self) -> u8 {
        self.0
    }
}

impl Default for WorkFactor {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Seals a secret text by a passphrase, armoured.
///
/// # Errors
/// [`SealedError::TooLong`] for a text that [`unseal`] would refuse; [`SealedError::Damaged`] when the age library fails.
pub fn seal(text: &SecretString, passphrase: &Passphrase, work_factor: WorkFactor) -> Result<String, SealedError> {
    if text.expose_secret().len() > IDENTITY_TEXT_BYTES_MAX {
        return Err(SealedError::TooLong);
    }
    let sealed = catch_unwind(AssertUnwindSafe(|| -> Option<Vec<u8>> {
        let mut recipient = scrypt::Recipient::new(passphrase.0.clone());
        recipient.set_work_factor(work_factor.0);
        let mut sealed = Vec::new();
        let mut writer = Encryptor::with_recipients(iter::once(&recipient as _)).ok()?.wrap_output(&mut sealed).ok()?;
        writer.write_all(text.expose_secret().as_bytes()).ok()?;
        writer.finish().ok()?;
        Some(sealed)
    }));
    sealed.ok().flatten().map(|bytes| AGE_FILE.encode(&bytes)).ok_or(SealedError::Damaged)
}

/// Opens a text sealed by a passphrase, armoured or not, by kit or by `age -p`.
///
/// # Errors
/// [`SealedError`]; a wrong passphrase is told apart from a damaged file as far as the format allows.
pub fn unseal(sealed: &[u8], passphrase: &Passphrase) -> Result<SecretString, SealedError> {
    if sealed.len() > SEALED_BYTES_MAX {
        return Err(SealedError::TooLong);
    }
    catch_unwind(AssertUnwindSafe(|| unseal_caught(sealed, passphrase))).unwrap_or(Err(SealedError::Damaged))
}

fn unseal_caught(sealed: &[u8], passphrase: &Passphrase) -> Result<SecretString, SealedError> {
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(sealed)).map_err(|_| SealedError::Damaged)?;
    if !decryptor.is_scrypt() {
        return Err(SealedError::NoPassphrase);
    }
    let mut identity = scrypt::Identity::new(passphrase.0.clone());
    identity.set_max_work_factor(WorkFactor::MAX.0);
    let mut reader = decryptor.decrypt(iter::once(&identity as _)).map_err(|error| match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => SealedError::WrongPassphrase,
        DecryptError::ExcessiveWork { required, .. } => SealedError::TooMuchWork { found: required },
        _ => SealedError::Damaged,
    })?;
    let mut text = Zeroizing::new(String::with_capacity(SEALED_BYTES_MAX));
    reader.read_to_string(&mut text).map_err(|_| SealedError::Damaged)?;
    Ok(SecretString::from(text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned())
    }

    #[test]
    fn a_sealed_text_opens_with_its_passphrase_only() {
        let text = SecretString::from("AGE-SECRET-KEY-1CANARY\n");
        let sealed = seal(&text, &pass("correct horse"), WorkFactor::MIN).unwrap();
        assert!(sealed.starts_with(AGE_FILE.begin()) && !sealed.contains("CANARY"));
        assert_eq!(unseal(sealed.as_bytes(), &pass("correct horse")).unwrap().expose_secret(), text.expose_secret());
        assert_eq!(
            unseal(&AGE_FILE.decode(sealed.as_bytes()).unwrap(), &pass("correct horse")).unwrap().expose_secret(),
            text.expose_secret()
        );
        for wrong in ["", "correct horse ", "Correct horse"] {
            assert_eq!(unseal(sealed.as_bytes(), &pass(wrong)).map(|_| ()), Err(SealedError::WrongPassphrase));
        }
    }

    #[test]
    fn e4_a_huge_work_factor_is_refused_without_doing_the_work() {
        for found in [21, 30, 63] {
            let header = format!(
                "age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA {found}\n{}\n--- {}\n",
                "A".repeat(43),
                "A".repeat(43)
            );
            let file = [header.as_bytes(), &[0; 48]].concat();
            // Factor 30 would take a minute and a GiB here: ending at all is the proof.
            assert_eq!(unseal(&file, &pass("x")).map(|_| ()), Err(SealedError::TooMuchWork { found }));
        }
    }

    #[test]
    fn e7_whatever_is_cut_off_or_changed_is_a_plain_error() {
        let sealed = seal(&SecretString::from("secret"), &pass("p"), WorkFactor::MIN).unwrap();
        let binary = AGE_FILE.decode(sealed.as_bytes()).unwrap();
        for cut in 0..binary.len() {
            assert!(unseal(&binary[..cut], &pass("p")).is_err(), "{cut}");
        }
        for cut in 0..sealed.trim_end().len() {
            assert!(unseal(&sealed.as_bytes()[..cut], &pass("p")).is_err(), "{cut}");
        }
        for at in 0..binary.len() {
            // Not in the work factor: a larger one is right to take longer.
            let mut changed = binary.clone();
            changed[at] ^= 0x01;
            assert!(unseal(&changed, &pass("p")).is_err(), "{at}");
        }
    }

    #[test]
    fn a_file_to_a_key_and_a_long_one_are_told_apart() {
        let recipient = super::super::Identity::generate().recipient();
        let file = age::encrypt(recipient.as_age(), b"x").unwrap();
        assert_eq!(unseal(&file, &pass("p")).map(|_| ()), Err(SealedError::NoPassphrase));
        assert_eq!(unseal(&vec![b'a'; SEALED_BYTES_MAX + 1], &pass("p")).map(|_| ()), Err(SealedError::TooLong));
        assert_eq!(WorkFactor::new(9), Err(SealedError::WorkFactor { found: 9 }));
        assert_eq!(WorkFactor::new(21), Err(SealedError::WorkFactor { found: 21 }));
        assert_eq!(format!("{:?}", pass("canary")), "Passphrase(…)");
    }
}
