//! This machine's memory of a kit: what it trusts, the generations it accepted, its keys (docs/format.md, "Store").
//!
//! Readers take no lock and write nothing. One writer at a time holds a [`WriterLock`]. Nothing that failed a check is
//! written, and the state is written last. What a file holds is believed only after [`crate::bundle::verify`] or a checksum.
//!
//! ```text
//! <home>/kits/<kit id>/
//!   trust.json      the pinned kit id and root, and how they were verified; a copy stands in state.json
//!   generations/    <root>-<seq>-<hash16>.kit, never changed once there; at least 3 are kept, on a publisher's machine
//!                   all since its own last one
//!   state.json      what can be forgotten: highest, last seen time, source notes. Written last, rebuilt when damaged
//!   settings.json   whose machine this is, and its sources
//!   queue/          letters of this device that no source has yet; sent/ keeps the last that was delivered
//!   received/       letters of others, by whoever may read them; received.json: when they were collected
//!   journal/        what this device opened and why, one file a device; copies of others' for those who read them
//!   sheets.json     what was printed here: ids and times; the rest of it is sealed to this device's own reader
//!   sealed.json     what was sealed here, as digests by a key that never leaves this machine
//!   device/         reader.txt or reader.age (nothing when the platform's keyring has it), opener.age, device_ed25519
//!   lock            held by the one writer
//! ```

mod accept;
mod create;
mod device;
mod digest;
mod error;
mod generation;
mod journal;
mod mark;
mod numbers;
mod queue;
mod record;
mod settings;
mod sheets;
mod state;
mod trust;

use std::path::{Path, PathBuf};

use crate::{
    bundle::{self, KitId, Pin, Refusal, Verified},
    disk::{self, DiskError},
};

pub use accept::{Accepted, Order};
pub use device::{DeviceFiles, ReaderKey};
pub use digest::Digests;
pub use error::{Note, StoreError};
pub use generation::Generation;
pub use journal::Journal;
pub use mark::Mark;
pub use numbers::Numbers;
pub use queue::{Collected, Met, QUEUE_MAX, Queue, RECEIVED_PER_DEVICE_MAX};
pub use settings::{ReaderHome, Settings};
pub use sheets::{Printed, SheetKind, Sheets};
pub use state::{Asked, Held, SourceNote, State};
pub use trust::{How, Trust};

/// Seconds that a command waits for another kit that is writing: a commit takes a fraction of one.
pub const LOCK_WAIT_S: u64 = 10;

const KITS: &str = "kits";
const TRUST: &str = "trust.json";
const STATE: &str = "state.json";
const SETTINGS: &str = "settings.json";
const GENERATIONS: &str = "generations";
const DEVICE: &str = "device";
const LOCK: &str = "lock";

/// One kit on this machine.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    trust: Trust,
    /// Why `trust` comes from the copy in state.json, when it does.
    trust_note: Option<Note>,
}

/// The right to write to one store, until dropped or until the process dies.
#[derive(Debug)]
pub struct WriterLock {
    dir: PathBuf,
    _lock: disk::Lock,
}

impl Store {
    /// Opens the store of a kit under `home`. Writes nothing.
    ///
    /// # Errors
    /// [`StoreError::NotHere`]; [`StoreError::HalfMade`] when making it was cut short; [`StoreError::TrustLost`];
    /// [`StoreError::Disk`] when a folder from `home` down is a link, of another user, or open to others' writes.
    pub fn open(home: &Path, kit: &KitId) -> Result<Self, StoreError> {
        let dir = disk::real(home).map_err(|e| not_here(kit, e))?.join(KITS).join(kit.to_string());
        check_folders(&dir).map_err(|e| not_here(kit, e))?;
        let (trust, trust_note) = trust::read(&dir, kit)?;
        Ok(Self { dir, trust, trust_note })
    }

    /// The kits of this home, in the order of their ids. Those whose making was cut short are left out.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the folder is there but cannot be listed.
    pub fn list(home: &Path) -> Result<Vec<KitId>, StoreError> {
        let kits = home.join(KITS);
        let entries = match disk::entries(&kits) {
            Err(DiskError::Missing { .. }) => return Ok(Vec::new()),
            entries => entries?,
        };
        let id = |path: &PathBuf| path.file_name()?.to_str().and_then(|name| KitId::parse(name).ok());
        Ok(entries.iter().filter(|dir| create::is_made(dir)).filter_map(id).collect())
    }

    /// Takes the right to write, waiting at most `wait_s` seconds for another writer.
    ///
    /// # Errors
    /// [`DiskError::Locked`] names the process that still writes; other [`DiskError`]s when the store is read-only.
    pub fn lock(&self, wait_s: u64) -> Result<WriterLock, StoreError> {
        lock(&self.dir, wait_s)
    }

    /// What this machine pinned, and how it came to.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Checks a bundle against what this machine pinned (steps 1 to 5 of the client's rule).
    ///
    /// # Errors
    /// [`Refusal`] says what is wrong with it.
    pub fn verify(&self, bytes: Vec<u8>) -> Result<Verified, Refusal> {
        bundle::verify(bytes, &self.trust.pin)
    }

    /// Records that the root `compared` was compared by words, out of band, and pins exactly that one: from a root before it,
    /// which nobody compared, another chain could be led. A founder's stays a founder's.
    ///
    /// # Errors
    /// [`StoreError::Disk`]; the old record then stands.
    pub fn confirm_words(&mut self, lock: &WriterLock, compared: Pin) -> Result<(), StoreError> {
        self.check_lock(lock);
        if self.trust.verified == How::Unverified {
            let trust = Trust { pin: compared, verified: How::Words };
            trust::write(&self.dir, &trust)?;
            self.trust = trust;
            self.trust_note = None;
        }
        self.write_state(&self.settled()?.state)
    }

    /// Whose machine this is, and where it looks for bundles.
    ///
    /// # Errors
    /// [`StoreError::Settings`] when the file is missing or cannot be read as settings.
    pub fn settings(&self) -> Result<Settings, StoreError> {
        settings::read(&self.dir)
    }

    /// Replaces the settings.
    ///
    /// # Errors
    /// [`StoreError::Disk`]; the old ones then stand.
    pub fn set_settings(&self, lock: &WriterLock, settings: &Settings) -> Result<(), StoreError> {
        self.check_lock(lock);
        settings::write(&self.dir, settings)
    }

    /// The folder of this store.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    fn check_lock(&self, lock: &WriterLock) {
        assert!(lock.dir == self.dir, "the lock of another store was passed");
    }
}

fn lock(dir: &Path, wait_s: u64) -> Result<WriterLock, StoreError> {
    Ok(WriterLock { dir: dir.to_owned(), _lock: disk::lock(&dir.join(LOCK), wait_s)? })
}

/// Everything from home down has to be this user's alone, or its contents mean nothing.
fn check_folders(dir: &Path) -> Result<(), DiskError> {
    let from_home: Vec<_> = dir.ancestors().take(3).collect();
    from_home.into_iter().rev().try_for_each(disk::check_private)?;
    disk::check_private(&dir.join(GENERATIONS)).or_else(missing_is_fine)?;
    disk::check_private(&dir.join(DEVICE)).or_else(missing_is_fine)
}

fn missing_is_fine(error: DiskError) -> Result<(), DiskError> {
    if matches!(error, DiskError::Missing { .. }) { Ok(()) } else { Err(error) }
}

fn not_here(kit: &KitId, error: DiskError) -> StoreError {
    match error {
        DiskError::Missing { .. } => StoreError::NotHere { kit: kit.clone() },
        other => other.into(),
    }
}
