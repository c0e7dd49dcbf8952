//! What a device keeps for itself beside a kit, sealed to its own reader. It never travels.

use zeroize::Zeroizing;

use super::age_file::{self, AgeError, Bounds};
use crate::key::{Identity, Recipient};

/// Plaintext is padded to a multiple of this, so that its length says little.
const OWN_STEP_BYTES: usize = 1024;
/// Most bytes of one: all that stands on the sheets of ten thousand people.
const OWN_BYTES_MAX: usize = 4 << 20;

fn bounds(bytes: usize) -> Bounds {
    Bounds { bytes_max: 2 * OWN_BYTES_MAX, plain_bytes_max: bytes.min(OWN_BYTES_MAX), readers_max: 1 }
}

/// Seals something to one reader, as an armoured age file.
///
/// # Errors
/// [`AgeError::TooLarge`], [`AgeError::Encryption`].
pub fn seal(plain: Zeroizing<Vec<u8>>, reader: &Recipient) -> Result<String, AgeError> {
    age_file::seal(plain, OWN_STEP_BYTES, std::slice::from_ref(reader), bounds(OWN_BYTES_MAX))
}

/// Opens what [`seal`] made; it still has its padding of spaces.
///
/// # Errors
/// [`AgeError`].
pub fn open(age: &str, reader: &Identity) -> Result<Zeroizing<Vec<u8>>, AgeError> {
    // What is in it is never longer than the armour around it.
    age_file::open(age.as_bytes(), reader, bounds(age.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_keeps_opens_with_its_own_reader_alone() {
        let (own, other) = (Identity::generate(), Identity::generate());
        let sealed = seal(Zeroizing::new(b"{}".to_vec()), &own.recipient()).unwrap();
        let opened = open(&sealed, &own).unwrap();
        assert_eq!((opened.len(), opened.trim_ascii()), (OWN_STEP_BYTES, b"{}".as_slice()));
        assert_eq!(open(&sealed, &other), Err(AgeError::NotForUs));
        assert!(open(&sealed.replacen("AGE", "AGF", 1), &own).is_err());
        assert_eq!(seal(Zeroizing::new(vec![b'x'; OWN_BYTES_MAX + 1]), &own.recipient()), Err(AgeError::TooLarge));
        let largest = seal(Zeroizing::new(vec![b'x'; OWN_BYTES_MAX]), &own.recipient()).unwrap();
        assert_eq!(open(&largest, &own).unwrap().len(), OWN_BYTES_MAX);
    }
}
