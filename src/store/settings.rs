//! Whose machine this is: plain JSON that a person may correct by hand; unknown keys are refused.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{SETTINGS, StoreError};
use crate::{
    disk::{self, Access, Guard},
    team::{Id, Person},
};

/// Most bytes of settings: ten thousand acknowledged recipients of 63 bytes fit.
const CAP_BYTES: u64 = 4 << 20;

/// What this machine's user chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whose machine this is.
    pub person: Id<Person>,
    /// What they call it: `laptop`.
    pub device: String,
    /// Where the reader identity lives.
    pub reader: ReaderHome,
    /// Where bundles come from, in the order to ask; absolute addresses.
    #[serde(default)]
    pub sources: Vec<String>,
    /// By address: the command that prints the credentials for it, a program by its absolute path and its arguments.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub credentials: BTreeMap<String, Vec<String>>,
    /// Commands of team directories that this user accepted, as hashes of all their words.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub commands: BTreeSet<String>,
    /// The team directory that was published last from here: what hints name. Absolute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// Reader recipients that this publisher accepted as able to read the kit.
    #[serde(default)]
    pub acknowledged: BTreeSet<String>,
}

/// Where the reader identity lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReaderHome {
    /// In `device/reader.txt`, readable by this user alone: for machines whose disk is encrypted.
    Plain,
    /// In `device/reader.age`, sealed by a passphrase.
    Passphrase,
    /// In the platform's keyring.
    Keyring,
}

pub(super) fn read(dir: &Path) -> Result<Settings, StoreError> {
    let path = dir.join(SETTINGS);
    let fail = |why: &dyn ToString| StoreError::Settings { path: path.clone(), why: why.to_string() };
    let bytes = disk::read_private(&path, CAP_BYTES, Guard::Unwritable).map_err(|e| fail(&e))?;
    serde_json::from_slice(&bytes).map_err(|e| fail(&e))
}

pub(super) fn write(dir: &Path, settings: &Settings) -> Result<(), StoreError> {
    let mut bytes = serde_json::to_vec_pretty(settings).expect("settings are made of strings and lists");
    bytes.push(b'\n');
    Ok(disk::replace(&dir.join(SETTINGS), &bytes, Access::Private)?)
}
