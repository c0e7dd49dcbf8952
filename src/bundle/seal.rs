//! Sealing: what the team knows becomes the encrypted payload for every member device (docs/format.md, "Payload").

use std::{
    collections::BTreeMap,
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
};

use zeroize::Zeroizing;

use super::{
    ids::{Hash, KitId},
    limits::{BUNDLE_BYTES_MAX, DEVICES_MAX, LINE_BYTES_MAX, OVERRIDES_MAX, SEQ_END, SHIFTS_MAX, SIGNATURE_BYTES_MAX},
    payload::{Payload, fits, padded},
};
use crate::{
    key::{Recipient, armour::AGE_FILE},
    team::{Device, Team},
};

/// Bytes kept free for everything but the payload: a root and a head with their signatures, many times over.
const ROOM_BYTES: usize = 8 * (LINE_BYTES_MAX + 16 * SIGNATURE_BYTES_MAX);

/// An encrypted payload, not yet signed.
#[derive(Debug, Clone)]
pub struct Sealed {
    pub(super) kit: KitId,
    pub(super) seq: u64,
    pub(super) section: String,
    pub(super) sha256: Hash,
}

/// Why a team could not be sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Nobody could open it.
    #[error("the team has no member device, so nobody could open its kit")]
    NoDevice,
    /// More than [`DEVICES_MAX`].
    #[error("the team has {found} member devices; a kit is sealed to at most {DEVICES_MAX}")]
    Devices {
        /// How many.
        found: usize,
    },
    /// A device's reader is no age recipient.
    #[error("the reader of the device {device} is not a native age recipient (age1…)")]
    Reader {
        /// `person/name`.
        device: String,
    },
    /// Two devices with the same reader.
    #[error("the devices {first} and {second} have the same reader; each device has its own")]
    SameReader {
        /// `person/name`.
        first: String,
        /// `person/name`.
        second: String,
    },
    /// A sequence number that no bundle may have.
    #[error("the sequence number {found} is not between 1 and 2^53 - 1")]
    Seq {
        /// What was asked for.
        found: u64,
    },
    /// More shifts or swaps than a rota may have.
    #[error("the rota {rota} has more than {SHIFTS_MAX} shifts or {OVERRIDES_MAX} swaps; make two of it, or take old swaps out")]
    Rota {
        /// Its id.
        rota: String,
    },
    /// More than fits into a bundle.
    #[error("the team's data is too large for one kit ({bytes} bytes; a bundle has at most {BUNDLE_BYTES_MAX})")]
    TooLarge {
        /// Bytes of the payload section.
        bytes: usize,
    },
    /// Reads back as JSON that this format refuses.
    #[error("the team's data cannot be written: {0}")]
    Json(String),
    /// The age library failed.
    #[error("the encryption failed")]
    Encryption,
}

/// Seals a team to the reader of each of its devices.
///
/// # Errors
/// [`SealError`]; the one about a reader names the device.
pub fn seal(team: &Team, kit: &KitId, seq: u64) -> Result<Sealed, SealError> {
    if !(1..SEQ_END).contains(&seq) {
        return Err(SealError::Seq { found: seq });
    }
    if let Some((rota, _)) = team.rotas.iter().find(|(_, rota)| !fits(rota)) {
        return Err(SealError::Rota { rota: rota.to_string() });
    }
    let recipients = recipients(&team.devices)?;
    let payload = Payload { kit: kit.clone(), seq, team };
    // Sized at once: growing would leave copies of the plaintext behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(padded(json_bytes(&payload)?)));
    serde_json::to_writer(&mut *plain, &payload).map_err(|error| SealError::Json(error.to_string()))?;
    super::json::check(&plain).map_err(|fault| SealError::Json(fault.to_string()))?;
    let length = padded(plain.len());
    plain.resize(length, b' ');
    let encrypted =
        catch_unwind(AssertUnwindSafe(|| encrypt(&plain, &recipients))).ok().flatten().ok_or(SealError::Encryption)?;
    let section = AGE_FILE.encode(&encrypted);
    if section.len() + ROOM_BYTES > BUNDLE_BYTES_MAX {
        return Err(SealError::TooLarge { bytes: section.len() });
    }
    Ok(Sealed { kit: kit.clone(), seq, sha256: Hash::of(section.as_bytes()), section })
}

impl Sealed {
    /// Bytes of the payload section.
    pub fn bytes(&self) -> usize {
        self.section.len()
    }
}

fn recipients(devices: &[Device]) -> Result<Vec<Recipient>, SealError> {
    if devices.is_empty() {
        return Err(SealError::NoDevice);
    }
    if devices.len() > DEVICES_MAX {
        return Err(SealError::Devices { found: devices.len() });
    }
    let name = |device: &Device| format!("{}/{}", device.person, device.name);
    let mut seen = BTreeMap::new();
    for device in devices {
        let recipient = Recipient::parse(&device.reader).map_err(|_| SealError::Reader { device: name(device) })?;
        if let Some(first) = seen.insert(recipient, device) {
            return Err(SealError::SameReader { first: name(first), second: name(device) });
        }
    }
    // Sorted by recipient: the order of the stanzas says nothing about who joined when.
    Ok(seen.into_keys().collect())
}

/// An age file to these recipients; [`None`] when the library fails.
pub(super) fn encrypt(plain: &[u8], recipients: &[Recipient]) -> Option<Vec<u8>> {
    let recipients = recipients.iter().map(|recipient| recipient.as_age() as &dyn age::Recipient);
    let mut encrypted = Vec::with_capacity(plain.len() + 64 * 1024);
    let mut writer = age::Encryptor::with_recipients(recipients).ok()?.wrap_output(&mut encrypted).ok()?;
    writer.write_all(plain).ok()?;
    writer.finish().ok()?;
    Some(encrypted)
}

fn json_bytes(payload: &Payload<&Team>) -> Result<usize, SealError> {
    struct Count(usize);
    impl Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    serde_json::to_writer(&mut count, payload).map_err(|error| SealError::Json(error.to_string()))?;
    Ok(count.0)
}
