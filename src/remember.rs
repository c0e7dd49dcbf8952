//! Remembering what was printed: what each sheet says and where its copies are, sealed to this device's own reader.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    authored,
    bundle::{AgeError, own},
    key::Identity,
    store::{LOCK_WAIT_S, Printed, SheetKind, Sheets, Store, StoreError},
};

/// Days after which a sheet that was destroyed is forgotten.
const DESTROYED_KEPT_DAYS: i64 = 90;

/// What stands on a sheet, each by what it is about: `person:alice.okafor mobile` → `+447700900123`.
pub type Facts = BTreeMap<String, String>;

/// A sheet as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What is printed on it: `KIT-FT77-118-QX4`.
    pub id: String,
    /// What kind it is.
    pub kind: SheetKind,
    /// The number of the kit that it is printed from.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// When it is to be replaced, whatever changed.
    pub replace_by: Timestamp,
    /// What is known of it to this device alone.
    pub says: Says,
}

/// What is known of a sheet to this device alone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Says {
    /// What it is about: the name of a team, system, window or credential.
    pub about: String,
    /// Where the copies are, in people's own words, and when one was said to be destroyed.
    pub copies: BTreeMap<String, Option<Timestamp>>,
    /// What stands on it.
    pub facts: Facts,
}

/// A sheet that was printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// What is known of it to whoever has the machine.
    pub printed: Printed,
    /// What is known of it to this device alone; [`None`] when it does not open.
    pub says: Option<Says>,
}

/// Why a sheet was not remembered, or not found.
#[derive(Debug, thiserror::Error)]
pub enum RememberError {
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What it says could not be sealed.
    #[error("what stands on {id} could not be sealed: {why}")]
    Seal {
        /// Which.
        id: String,
        /// Why.
        why: AgeError,
    },
    /// What was remembered of it does not open, so that nothing can be added to it.
    #[error("what is remembered of {id} does not open with the key of this device")]
    Closed {
        /// Which.
        id: String,
    },
    /// No such sheet was printed here.
    #[error("no sheet {id} was printed on this machine")]
    Unknown {
        /// As it was typed.
        id: String,
        /// The nearest id that was.
        nearest: Option<String>,
    },
    /// It has no such copy.
    #[error("{id} has no copy {copy:?}")]
    NoCopy {
        /// Which.
        id: String,
        /// As it was typed.
        copy: String,
        /// Those that it has.
        copies: Vec<String>,
    },
}

/// Remembers a sheet. One that was printed before, with the same id, is the same sheet: its copies add up.
///
/// # Errors
/// [`RememberError`]; what was remembered before then stands.
pub fn remember(store: &Store, reader: &Identity, sheet: Sheet) -> Result<(), RememberError> {
    let lock = store.lock(LOCK_WAIT_S)?;
    let mut sheets = store.sheets()?;
    let Sheet { id, kind, seq, at, replace_by, mut says } = sheet;
    let before = sheets.printed.iter().position(|it| it.id == id).map(|place| sheets.printed.remove(place));
    if let Some(before) = &before {
        for (place, destroyed) in opened(before, reader)?.copies {
            says.copies.entry(place).or_insert(destroyed);
        }
    }
    let says = sealed(&id, &says, reader)?;
    let tested = before.and_then(|before| before.tested);
    sheets.printed.push(Printed { id, kind, seq, at, replace_by, says, destroyed: None, tested });
    let is_kept = |it: &Printed| it.destroyed.is_none_or(|then| at.as_second() - then.as_second() < DESTROYED_KEPT_DAYS * 86_400);
    sheets.printed.retain(is_kept);
    Ok(store.keep_sheets(&lock, &sheets)?)
}

/// All that was printed, oldest first.
///
/// # Errors
/// [`StoreError`] when it cannot be read at all.
pub fn remembered(store: &Store, reader: &Identity) -> Result<Vec<Remembered>, StoreError> {
    let each = |printed: Printed| Remembered { says: opened(&printed, reader).ok(), printed };
    Ok(store.sheets()?.printed.into_iter().map(each).collect())
}

impl Says {
    /// Where copies are that were not destroyed.
    pub fn around(&self) -> impl Iterator<Item = &str> {
        self.copies.iter().filter(|(_, destroyed)| destroyed.is_none()).map(|(place, _)| place.as_str())
    }
}

/// Ticks a sheet off as destroyed, or one copy of it: with the last copy the sheet is. `when` is [`None`] to take that back.
///
/// # Errors
/// [`RememberError`]; what was remembered before then stands.
pub fn tick(
    store: &Store,
    reader: &Identity,
    (id, copy): (&str, Option<&str>),
    when: Option<Timestamp>,
) -> Result<Remembered, RememberError> {
    let lock = store.lock(LOCK_WAIT_S)?;
    let mut sheets = store.sheets()?;
    let printed = find(&mut sheets, id)?;
    let mut says = opened(printed, reader)?;
    match copy {
        None => says.copies.values_mut().for_each(|destroyed| *destroyed = when),
        Some(copy) => match says.copies.get_mut(copy) {
            Some(destroyed) => *destroyed = when,
            None => {
                let copies = says.copies.into_keys().collect();
                return Err(RememberError::NoCopy { id: printed.id.clone(), copy: copy.to_owned(), copies });
            }
        },
    }
    printed.destroyed = if says.around().next().is_none() { when } else { None };
    printed.says = sealed(&printed.id, &says, reader)?;
    let remembered = Remembered { printed: printed.clone(), says: Some(says) };
    store.keep_sheets(&lock, &sheets)?;
    Ok(remembered)
}

/// Remembers that a photograph of a printed page was read back.
///
/// # Errors
/// [`RememberError`]; what was remembered before then stands.
pub fn tested(store: &Store, id: &str, at: Timestamp) -> Result<(), RememberError> {
    let lock = store.lock(LOCK_WAIT_S)?;
    let mut sheets = store.sheets()?;
    find(&mut sheets, id)?.tested = Some(at);
    Ok(store.keep_sheets(&lock, &sheets)?)
}

fn find<'s>(sheets: &'s mut Sheets, id: &str) -> Result<&'s mut Printed, RememberError> {
    let ids = sheets.printed.iter().map(|it| it.id.as_str());
    let nearest = authored::nearest(&id.to_uppercase(), ids).map(str::to_owned);
    let found = sheets.printed.iter_mut().find(|it| it.id.eq_ignore_ascii_case(id));
    found.ok_or_else(|| RememberError::Unknown { id: id.to_owned(), nearest })
}

fn sealed(id: &str, says: &Says, reader: &Identity) -> Result<String, RememberError> {
    let plain = Zeroizing::new(serde_json::to_vec(says).expect("it is made of strings and times"));
    own::seal(plain, &reader.recipient()).map_err(|why| RememberError::Seal { id: id.to_owned(), why })
}

fn opened(printed: &Printed, reader: &Identity) -> Result<Says, RememberError> {
    let plain = own::open(&printed.says, reader).ok();
    let says = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
    says.ok_or_else(|| RememberError::Closed { id: printed.id.clone() })
}
