//! What was printed from this machine, and where the copies are: so that an old one can be found and destroyed.
//!
//! What stands on a sheet is not kept here in the clear, only sealed to this device's own reader.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Store, StoreError, WriterLock};
use crate::disk::{self, Access, DiskError, Guard};

const SHEETS: &str = "sheets.json";
/// Most bytes of the file: ten thousand sheets fit.
const SHEETS_BYTES_MAX: u64 = 8 << 20;

/// All that was printed, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheets {
    /// One for each sheet id.
    pub printed: Vec<Printed>,
}

/// One sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printed {
    /// What stands on it: `KIT-FT77-118-QX4`.
    pub id: String,
    /// What kind it is.
    pub kind: SheetKind,
    /// What it is about: the name of a team, system, window or credential.
    pub about: String,
    /// The number of the kit that it was printed from.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// When it is to be replaced, whatever changed.
    pub replace_by: Timestamp,
    /// Where the copies are, in people's own words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<String>,
    /// What stands on it, sealed to this device's reader: an armoured age file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
    /// When all copies were said to be destroyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destroyed: Option<Timestamp>,
    /// When a photograph of the printed page was last read back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested: Option<Timestamp>,
}

/// Kinds of sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SheetKind {
    /// Whom to call.
    Sheet,
    /// Cards for a wallet.
    Wallet,
    /// One credential, sealed by a passphrase.
    Sealed,
    /// The whole kit.
    Archive,
}

impl Store {
    /// What was printed from this machine.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read, or is damaged.
    pub fn sheets(&self) -> Result<Sheets, StoreError> {
        match disk::read_private(&self.dir.join(SHEETS), SHEETS_BYTES_MAX, Guard::Unreadable) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| StoreError::Damaged { path: self.dir.join(SHEETS), reason: error.to_string() }),
            Err(DiskError::Missing { .. }) => Ok(Sheets::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Replaces what is known of what was printed.
    ///
    /// # Errors
    /// [`StoreError::Disk`]; the old file then stands.
    pub fn keep_sheets(&self, lock: &WriterLock, sheets: &Sheets) -> Result<(), StoreError> {
        self.check_lock(lock);
        let bytes = serde_json::to_vec_pretty(sheets).expect("it is made of strings and times");
        Ok(disk::replace(&self.dir.join(SHEETS), &bytes, Access::Private)?)
    }
}
