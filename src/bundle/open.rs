//! Opening: a verified bundle and this device's reader give what the team knows.

use std::{
    cell::Cell,
    io::Read,
    iter,
    panic::{AssertUnwindSafe, catch_unwind},
};

use age_core::format::{FileKey, Stanza};
use zeroize::Zeroizing;

use super::{
    json::{self, JsonFault, JsonFaultKind},
    limits::{OVERRIDES_MAX, SHIFTS_MAX},
    payload::{AgeFile, Payload, fits},
    verify::Verified,
};
use crate::{key::Identity, team::Team};

/// What was in a bundle.
#[derive(Debug)]
pub struct Opened {
    /// What the team knows.
    pub team: Team,
    /// Which stanza was ours, counted from 0: the hint for the next time.
    pub stanza: usize,
}

/// Why a verified bundle could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Sealed to other devices.
    #[error("it is sealed to other devices ({devices} in all), and this one is not among them")]
    NotForUs {
        /// How many can open it.
        devices: usize,
    },
    /// The encryption is damaged although it is signed: the publisher's kit was faulty.
    #[error("its encrypted part is damaged although the signatures are right")]
    Damaged,
    /// The plaintext is not the JSON it has to be.
    #[error("its content cannot be read: {0}")]
    Json(JsonFault),
    /// The plaintext has other fields than this program knows how to read.
    #[error("its content is not what this kit understands (line {line}, column {column})")]
    Model {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// A rota has more shifts or swaps than the format allows.
    #[error("a rota in it has more than {SHIFTS_MAX} shifts or {OVERRIDES_MAX} swaps")]
    Rota,
    /// The content says that it belongs under another head.
    #[error("its content was made for another bundle than the one it was signed in")]
    OtherHead,
}

/// Opens a bundle. With the right `hint` the cost does not depend on how many devices there are.
///
/// # Errors
/// [`OpenError`]; it never holds any of the content.
pub fn open(verified: &Verified, reader: &Identity, hint: Option<usize>) -> Result<Opened, OpenError> {
    catch_unwind(AssertUnwindSafe(|| open_caught(verified, reader, hint))).unwrap_or(Err(OpenError::Damaged))
}

fn open_caught(verified: &Verified, reader: &Identity, hint: Option<usize>) -> Result<Opened, OpenError> {
    let file = AgeFile::read(verified.payload()).map_err(|_| OpenError::Damaged)?;
    let devices = file.devices();
    let decryptor = age::Decryptor::new_buffered(file).map_err(|_| OpenError::Damaged)?;
    let ours = OursFirst { reader, hint, found: Cell::new(None) };
    let mut stream = decryptor.decrypt(iter::once(&ours as _)).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => OpenError::NotForUs { devices },
        _ => OpenError::Damaged,
    })?;
    // Sized at once: growing would leave copies of the plaintext behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(verified.payload().len() / 4 * 3));
    stream.read_to_end(&mut plain).map_err(|_| OpenError::Damaged)?;
    json::check(&plain).map_err(OpenError::Json)?;
    // Checked as a whole once.
    let text = str::from_utf8(&plain)
        .map_err(|error| OpenError::Json(JsonFault { kind: JsonFaultKind::Syntax, offset: error.valid_up_to() }))?;
    let payload: Payload<Team> =
        serde_json::from_str(text).map_err(|error| OpenError::Model { line: error.line(), column: error.column() })?;
    if &payload.kit != verified.kit() || payload.seq != verified.seq() {
        return Err(OpenError::OtherHead);
    }
    if payload.team.rotas.values().any(|rota| !fits(rota)) {
        return Err(OpenError::Rota);
    }
    let stanza = ours.found.get().ok_or(OpenError::Damaged)?;
    Ok(Opened { team: payload.team, stanza })
}

/// Tries the stanza that was ours the last time before all others, then its neighbours.
struct OursFirst<'a> {
    reader: &'a Identity,
    hint: Option<usize>,
    found: Cell<Option<usize>>,
}

impl age::Identity for OursFirst<'_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, age::DecryptError>> {
        self.reader.as_age().unwrap_stanza(stanza)
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Option<Result<FileKey, age::DecryptError>> {
        // Outwards from the hint: stanzas are sorted, so a few new devices move ours a few places.
        let start = self.hint.unwrap_or(0).min(stanzas.len());
        let outwards = (0..=stanzas.len()).flat_map(|by| [start.checked_add(by), start.checked_sub(by).filter(|_| by > 0)]);
        outwards.flatten().find_map(|index| {
            let result = self.unwrap_stanza(stanzas.get(index)?)?;
            self.found.set(Some(index));
            Some(result)
        })
    }
}

#[cfg(test)]
mod tests {
    use age::{Identity as _, Recipient as _};

    use super::*;

    #[test]
    fn with_the_right_hint_no_other_stanza_is_tried() {
        let reader = Identity::generate();
        let file_key = FileKey::new(Box::new([7; 16]));
        let (mut stanzas, _) = reader.recipient().as_age().wrap_file_key(&file_key).unwrap();
        // Whoever tries this one fails for good.
        stanzas.insert(0, Stanza { tag: "X25519".to_owned(), args: vec![], body: vec![] });
        let tried = |hint| {
            let ours = OursFirst { reader: &reader, hint, found: Cell::new(None) };
            (ours.unwrap_stanzas(&stanzas).is_some_and(|result| result.is_ok()), ours.found.get())
        };
        assert_eq!(tried(Some(1)), (true, Some(1)));
        assert_eq!(tried(None), (false, Some(0)));
        assert_eq!(tried(Some(0)), (false, Some(0)));
        // One device more before ours: the neighbour is tried long before the first.
        stanzas.splice(
            1..1,
            (0..5).map(|_| Identity::generate().recipient().as_age().wrap_file_key(&file_key).unwrap().0.remove(0)),
        );
        let ours = |hint| {
            let ours = OursFirst { reader: &reader, hint: Some(hint), found: Cell::new(None) };
            ours.unwrap_stanzas(&stanzas).is_some_and(|result| result.is_ok()).then(|| ours.found.get()).flatten()
        };
        for hint in [4, 5, 6, 7, 99] {
            assert_eq!(ours(hint), Some(6), "{hint}");
        }
        assert_eq!(ours(2), None, "the damaged one is nearer");
    }
}
