//! What Google Authenticator exports: several accounts in one address, and several addresses when they do not fit into one.
//!
//! ```text
//! otpauth-migration://offline?data=BASE64(message)
//! message  1: account (each), 2: version, 3: how many addresses, 4: which of them (from 0), 5: id of the export
//! account  1: seed, 2: name, 3: issuer, 4: algorithm, 5: digits, 6: kind (1 counter, 2 time), 7: counter
//! ```

use data_encoding::BASE64_NOPAD;
use zeroize::Zeroizing;

use super::{
    Algorithm, Look, Shape, Totp, TotpError,
    address::{after, decoded},
    protobuf::{Damaged, Fields, Value},
};

/// What each of these addresses starts with.
pub const MIGRATION: &str = "otpauth-migration://";

/// Longest address, in bytes: a code for a camera holds less than 3 KiB.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Most accounts of an export.
const MOVED_MAX: usize = 1000;
/// Most addresses of an export.
const PARTS_MAX: usize = 100;

/// An account of an export.
pub struct Moved {
    /// Of the account: `dana@example.com`. Foreign text.
    pub name: String,
    /// Whose codes they are; may be empty. Foreign text.
    pub issuer: String,
    /// Its codes, or why they are not taken.
    pub totp: Result<Totp, TotpError>,
}

/// An export, and which of its addresses were there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: i32,
    /// How many addresses it has.
    pub size: usize,
    /// Which are there, from 1, in their order.
    pub seen: Vec<usize>,
}

/// What several addresses held.
pub struct Migration {
    /// The accounts, in the order of the addresses.
    pub moved: Vec<Moved>,
    /// The exports that they belong to.
    pub batches: Vec<Batch>,
}

/// Why an address of an export was not read. It holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MigrationError {
    /// Another kind of text.
    #[error("text {at} is no otpauth-migration address")]
    Other {
        /// Which text, from 1.
        at: usize,
    },
    /// It was cut, or changed.
    #[error("otpauth-migration address {at} is damaged")]
    Damaged {
        /// Which address, from 1.
        at: usize,
    },
    /// More than any export holds.
    #[error("the export has more than {MOVED_MAX} accounts or {PARTS_MAX} addresses")]
    TooMuch,
}

impl Batch {
    /// The addresses that are not there, from 1.
    pub fn missing(&self) -> Vec<usize> {
        (1..=self.size).filter(|part| !self.seen.contains(part)).collect()
    }
}

/// Reads the addresses of one export or of several; one that is there twice counts once.
///
/// # Errors
/// [`MigrationError`].
pub fn migration<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Migration, MigrationError> {
    let mut all = Migration { moved: Vec::new(), batches: Vec::new() };
    for (at, text) in (1..).zip(texts) {
        if at > PARTS_MAX {
            return Err(MigrationError::TooMuch);
        }
        let damaged = MigrationError::Damaged { at };
        let rest = after(text.trim(), MIGRATION).filter(|_| text.len() <= TEXT_BYTES_MAX).ok_or(MigrationError::Other { at })?;
        let query = rest.split_once('?').map_or("", |(_, query)| query);
        let data = query.split('&').find_map(|pair| pair.strip_prefix("data=")).ok_or(damaged)?;
        let data = decoded(data, false);
        // Some programs write the alphabet of addresses, and some leave pluses as they are, which forms make spaces of.
        let data: Zeroizing<String> = Zeroizing::new(
            data.trim_end_matches('=')
                .chars()
                .map(|c| {
                    if matches!(c, '-' | ' ') {
                        '+'
                    } else if c == '_' {
                        '/'
                    } else {
                        c
                    }
                })
                .collect(),
        );
        let bytes = Zeroizing::new(BASE64_NOPAD.decode(data.as_bytes()).map_err(|_| damaged)?);
        let (moved, batch) = message(&bytes).map_err(|Damaged| damaged)?;
        if is_new(&mut all.batches, batch) {
            all.moved.extend(moved);
        }
        if all.moved.len() > MOVED_MAX {
            return Err(MigrationError::TooMuch);
        }
    }
    Ok(all)
}

/// Notes an address; false when it was there already.
fn is_new(batches: &mut Vec<Batch>, new: Batch) -> bool {
    let Some(known) = batches.iter_mut().find(|known| (known.id, known.size) == (new.id, new.size)) else {
        batches.push(new);
        return true;
    };
    let is_new = new.seen.iter().all(|part| !known.seen.contains(part));
    if is_new {
        known.seen.extend(new.seen);
        known.seen.sort_unstable();
    }
    is_new
}

fn message(bytes: &[u8]) -> Result<(Vec<Moved>, Batch), Damaged> {
    let mut moved = Vec::new();
    let (mut size, mut index, mut id) = (1, 0, 0);
    for field in Fields::of(bytes) {
        match field? {
            (1, Value::Bytes(_)) if moved.len() == MOVED_MAX => return Err(Damaged),
            (1, Value::Bytes(bytes)) => moved.push(account(bytes)?),
            (3, Value::Number(number)) => size = number,
            (4, Value::Number(number)) => index = number,
            (5, Value::Number(number)) => id = number,
            (1 | 3 | 4 | 5, _) => return Err(Damaged),
            _ => {}
        }
    }
    let size = usize::try_from(size.max(1)).ok().filter(|size| *size <= PARTS_MAX).ok_or(Damaged)?;
    let index = usize::try_from(index).ok().filter(|index| *index < size).ok_or(Damaged)?;
    // An int32 that is negative is written as 64 bits: its low half is the number.
    let id = i32::from_ne_bytes(u32::try_from(id & 0xffff_ffff).expect("masked").to_ne_bytes());
    Ok((moved, Batch { id, size, seen: vec![index + 1] }))
}

fn account(bytes: &[u8]) -> Result<Moved, Damaged> {
    let (mut seed, mut name, mut issuer) = (Zeroizing::new(Vec::new()), String::new(), String::new());
    let (mut algorithm, mut digits, mut kind) = (0, 0, 0);
    for field in Fields::of(bytes) {
        match field? {
            (1, Value::Bytes(bytes)) => seed = Zeroizing::new(bytes.to_vec()),
            (2, Value::Bytes(bytes)) => name = String::from_utf8_lossy(bytes).into_owned(),
            (3, Value::Bytes(bytes)) => issuer = String::from_utf8_lossy(bytes).into_owned(),
            (4, Value::Number(number)) => algorithm = number,
            (5, Value::Number(number)) => digits = number,
            (6, Value::Number(number)) => kind = number,
            (1..=6, _) => return Err(Damaged),
            _ => {}
        }
    }
    let shape = match (kind, algorithm, digits) {
        (1, ..) => Err(TotpError::CounterBased),
        (2, 0 | 1, _) => Ok(Algorithm::Sha1),
        (2, 2, _) => Ok(Algorithm::Sha256),
        (2, 3, _) => Ok(Algorithm::Sha512),
        (2, ..) => Err(TotpError::Algorithm),
        _ => Err(TotpError::Kind),
    };
    let totp = shape.and_then(|algorithm| {
        let look = match digits {
            0 | 1 => Look::Digits(6),
            2 => Look::Digits(8),
            _ => return Err(TotpError::Digits),
        };
        Totp::new(seed, Shape { algorithm, look, period: 30 }, Some(&issuer), &name)
    });
    Ok(Moved { name, issuer, totp })
}
