//! What was printed from this machine: so that an old sheet can be found and destroyed.
//!
//! Here in the clear are a sheet's id, its kind and its times. What it is about, what stands on it and where its copies are is
//! sealed to this device's own reader, like the kit itself: whoever takes the disk learns that there is paper, not where.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Store, StoreError, WriterLock};
use crate::disk::{self, Access, DiskError, Guard};

const SHEETS: &str = "sheets.json";
/// Most bytes of the file: the sheets of a team of five thousand people, once a week for a year.
const SHEETS_BYTES_MAX: u64 = 64 << 20;

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
    /// What is printed on it: `KIT-FT77-118-QX4`.
    pub id: String,
    /// What kind it is.
    pub kind: SheetKind,
    /// The number of the kit that it was printed from.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// When it is to be replaced, whatever changed.
    pub replace_by: Timestamp,
    /// The rest, sealed to this device's reader: an armoured age file.
    pub says: String,
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

impl SheetKind {
    /// Its word, which is also that of the command that prints it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sheet => "sheet",
            Self::Wallet => "wallet",
            Self::Sealed => "sealed",
            Self::Archive => "archive",
        }
    }
}

impl Store {
    /// What was printed from this machine; nothing when nothing was.
    ///
    /// # Errors
    /// [`StoreError::Sheets`] when the file cannot be read, or is damaged: what cannot be read is not taken for nothing.
    pub fn sheets(&self) -> Result<Sheets, StoreError> {
        let path = self.dir.join(SHEETS);
        let read = match disk::read_private(&path, SHEETS_BYTES_MAX, Guard::Unwritable) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| error.to_string()),
            Err(DiskError::Missing { .. }) => Ok(Sheets::default()),
            Err(error) => Err(error.to_string()),
        };
        read.map_err(|why| StoreError::Sheets { path, why })
    }

    /// Replaces what is known of what was printed.
    ///
    /// # Errors
    /// [`StoreError::Sheets`] when it would be more than can be read again; [`StoreError::Disk`]. The old file then stands.
    pub fn keep_sheets(&self, lock: &WriterLock, sheets: &Sheets) -> Result<(), StoreError> {
        self.check_lock(lock);
        let path = self.dir.join(SHEETS);
        let mut bytes = serde_json::to_vec_pretty(sheets).expect("it is made of strings, numbers and times");
        bytes.push(b'\n');
        if bytes.len() as u64 > SHEETS_BYTES_MAX {
            return Err(StoreError::Sheets { path, why: "there are too many".to_owned() });
        }
        Ok(disk::replace(&path, &bytes, Access::Private)?)
    }
}
