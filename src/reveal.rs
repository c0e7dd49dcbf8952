//! Revealing: the values of a credential, for whoever holds its tier. What is opened stands in this device's journal, on disk,
//! before anything is opened.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    bundle::{
        CapsuleError, Field, Share, TierError, capsule,
        journal::{Line, What},
        tier::Opened,
    },
    key::{DeviceKey, Identity, Passphrase},
    open::Reading,
    prepare::{PrepareError, Prepared, prepare},
    record::{self, Machine, Occasion, RecordError},
    recount::{Whose, recount},
    store::{Store, StoreError},
    team::{Credential, Id},
    unseal::{self, UnsealError},
};

/// What is opened, why and when. No Debug: shares are secrets.
#[derive(Clone)]
pub struct Opening {
    /// The credential.
    pub credential: Id<Credential>,
    /// Why, in the words of who opens it.
    pub reason: String,
    /// The incident, if it has a name.
    pub incident: Option<String>,
    /// How: `reveal`, `exec`.
    pub by: &'static str,
    /// The fields that are taken, with a comma between them; [`None`] when all are there to be looked at.
    pub field: Option<String>,
    /// Shares that other holders gave, where it takes some together.
    pub more: Vec<Share>,
    /// Now: by this machine's clock, or as it was given.
    pub now: Timestamp,
    /// What this machine says of its time beside that.
    pub machine: Machine,
}

/// An open credential. No Debug: it is full of secrets.
pub struct Revealed {
    /// Its values, in their order.
    pub fields: Vec<Field>,
    /// The entry of the journal, whose receipt is told.
    pub line: Line,
    /// Whether the entry stands in the journal; else its receipt goes to paper.
    pub is_recorded: bool,
    /// Why the entry will not be sent to those who read journals, if so.
    pub unsent: Option<String>,
    opening: Opening,
    version: u32,
    key: DeviceKey,
}

/// Which recovery codes of a field were shown, by their places from 1, as far as the journals on this machine say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Used {
    /// On this device.
    pub here: Vec<u16>,
    /// On others.
    pub elsewhere: Vec<u16>,
}

/// Why nothing was opened.
#[derive(Debug, thiserror::Error)]
pub enum RevealError {
    /// It cannot be opened here.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// A key of this device does not open.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// It was not recorded, so it was not opened.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The tier's key does not open.
    #[error(transparent)]
    Tier(#[from] TierError),
    /// The values do not open.
    #[error(transparent)]
    Capsule(#[from] CapsuleError),
}

impl From<StoreError> for RevealError {
    fn from(error: StoreError) -> Self {
        Self::Unseal(error.into())
    }
}

/// Opens a credential: first the entry in the journal, flushed to the disk, then the values.
///
/// # Errors
/// [`RevealError`]: nothing was opened. [`RecordError::NotWritten`] has the entry that [`open_unrecorded`] takes.
pub fn open(store: &Store, reading: &Reading, passphrase: &Passphrase, opening: &Opening) -> Result<Revealed, RevealError> {
    let prepared = prepare(store, reading, &opening.credential)?;
    prepared.check(store, &opening.more)?;
    let key = unseal::device_key(store, passphrase)?;
    let version = prepared.capsule.version;
    let what =
        What::Opened { credential: opening.credential.clone(), version, by: opening.by.to_owned(), field: opening.field.clone() };
    let recorded = record::record(store, reading, &key, opening.occasion(what))?;
    let fields = values(store, &prepared, passphrase, opening)?;
    Ok(Revealed {
        fields,
        line: recorded.line,
        is_recorded: true,
        unsent: recorded.unsent,
        opening: opening.done(),
        version,
        key,
    })
}

/// Opens a credential whose entry could not be written, because somebody said that it has to be: its receipt goes to paper.
///
/// # Errors
/// [`RevealError`]: nothing was opened.
pub fn open_unrecorded(
    store: &Store,
    reading: &Reading,
    passphrase: &Passphrase,
    opening: &Opening,
    line: Line,
) -> Result<Revealed, RevealError> {
    let prepared = prepare(store, reading, &opening.credential)?;
    let key = unseal::device_key(store, passphrase)?;
    let fields = values(store, &prepared, passphrase, opening)?;
    Ok(Revealed {
        fields,
        line,
        is_recorded: false,
        unsent: None,
        version: prepared.capsule.version,
        opening: opening.done(),
        key,
    })
}

/// The values, once it is recorded that they are opened.
fn values(store: &Store, prepared: &Prepared<'_>, passphrase: &Passphrase, opening: &Opening) -> Result<Vec<Field>, RevealError> {
    let kit = &store.trust().pin.kit;
    let opener = unseal::opener(store, passphrase)?;
    let of = prepared.key_of(store);
    let mut shares = opening.more.clone();
    let whole = if prepared.holds {
        match of.open(prepared.device, &opener)? {
            Opened::Whole(key) => Some(key),
            Opened::Share(own) => {
                shares.insert(0, own);
                None
            }
        }
    } else {
        None
    };
    let key = whole.map_or_else(|| of.combine(&shares), Ok)?;
    Ok(capsule::open(kit, &opening.credential, prepared.capsule, &key)?)
}

impl Opening {
    /// The same without what is needed only to open.
    fn done(&self) -> Self {
        Self { more: Vec::new(), ..self.clone() }
    }

    fn occasion(&self, what: What) -> Occasion {
        let (reason, incident) = (self.reason.clone(), self.incident.clone());
        Occasion { what, reason, incident, now: self.now, machine: self.machine.clone() }
    }
}

impl Revealed {
    /// A value by its name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// A recovery code of a field, by its place from 1, once it is recorded that it was shown: from then on it counts as used.
    ///
    /// # Errors
    /// [`RecordError`]: the code is not to be shown. [`None`] when there is none at that place.
    pub fn code(
        &self,
        (store, reading): (&Store, &Reading),
        field: &str,
        place: u16,
        (now, machine): (Timestamp, Machine),
    ) -> Result<Option<SecretString>, RecordError> {
        let Some(found) = self.field(field) else { return Ok(None) };
        let Some(code) = codes(&found.value).nth(usize::from(place).saturating_sub(1)) else { return Ok(None) };
        let credential = self.opening.credential.clone();
        let what = What::CodeShown { credential, version: self.version, field: field.to_owned(), place };
        record::record(store, reading, &self.key, Occasion { now, machine, ..self.opening.occasion(what) })?;
        Ok(Some(code.to_owned().into()))
    }

    /// Which recovery codes of a field were shown to anybody before: by this machine's own journal, and by those that came to
    /// somebody who reads them, also of devices that left. `reader` is this device's.
    ///
    /// # Errors
    /// [`StoreError`] when the journals cannot be read.
    pub fn used(&self, store: &Store, reading: &Reading, reader: &Identity, field: &str) -> Result<Used, StoreError> {
        let (mut used, own) = (Used::default(), self.key.public().handle());
        for told in recount(store, reading, reader, Whose::All)? {
            let Some(What::CodeShown { credential, version, field: shown, place }) = told.entry.map(|entry| entry.what) else {
                continue;
            };
            if credential == self.opening.credential && version == self.version && shown == field {
                let places = if told.handle == own { &mut used.here } else { &mut used.elsewhere };
                places.push(place);
            }
        }
        Ok(used)
    }
}

/// Recovery codes, one a line.
pub fn codes(value: &SecretString) -> impl Iterator<Item = &str> {
    value.expose_secret().lines().map(str::trim).filter(|code| !code.is_empty())
}
