//! Recounting: what the journals on this machine say, as far as its reader opens them.
//!
//! A line counts here if the device signed it whose journal it stands in. Whether a journal is whole, `audit` says.

use crate::{
    answer::Known,
    bundle::{
        Hash,
        journal::{Entry, Line, ON_PAPER, What},
    },
    key::{Identity, VerifyKey},
    open::Reading,
    store::{Store, StoreError},
    team::{Device, Id, Opening, Person, Team},
};

/// Whose journals are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// This device's.
    Own,
    /// All that are here.
    All,
}

/// One line of a journal on this machine.
#[derive(Debug, Clone)]
pub struct Told {
    /// The handle of the device.
    pub handle: String,
    /// The device, where the kit still has it.
    pub device: Option<Device>,
    /// The line.
    pub line: Line,
    /// What it says; [`None`] when it is sealed to others or not read by this version.
    pub entry: Option<Entry>,
}

/// The handle of the key of a device of the roster.
pub fn handle_of(device: &Device) -> Option<String> {
    VerifyKey::parse(&device.key).ok().map(|key| key.handle())
}

/// The device of a handle, where the kit still has it.
pub fn device_of<'t>(team: &'t Team, handle: &str) -> Option<&'t Device> {
    team.devices.iter().find(|device| handle_of(device).as_deref() == Some(handle))
}

/// The handle of this device, as the kit has it.
///
/// # Errors
/// [`StoreError`] when the settings cannot be read.
pub fn own_handle(store: &Store, reading: &Reading) -> Result<Option<String>, StoreError> {
    let settings = store.settings()?;
    let own = reading.team.devices.iter().find(|it| it.person == settings.person && it.name == settings.device);
    Ok(own.and_then(handle_of))
}

/// The lines of journals on this machine that their devices signed, each journal in the order of its numbers.
///
/// # Errors
/// [`StoreError`] when a journal is there and cannot be read.
pub fn recount(store: &Store, reading: &Reading, reader: &Identity, whose: Whose) -> Result<Vec<Told>, StoreError> {
    let handles = match whose {
        Whose::Own => own_handle(store, reading)?.into_iter().collect(),
        Whose::All => store.journals()?,
    };
    let kit = &store.trust().pin.kit;
    let mut told = Vec::new();
    for handle in handles {
        let device = device_of(&reading.team, &handle);
        let is_its = |line: &Line| &line.kit == kit && line.signer().is_ok_and(|key| key.handle() == handle);
        for line in store.journal(&handle)?.lines.into_iter().filter(is_its) {
            let entry = line.open(reader).ok();
            told.push(Told { handle: handle.clone(), device: device.cloned(), line, entry });
        }
    }
    Ok(told)
}

/// The openings among them.
pub fn openings(told: &[Told]) -> Vec<Known> {
    told.iter().filter_map(Told::opening).collect()
}

/// Who looked at an entry, and when they wrote that down: reviews of exactly this line.
pub fn reviews<'t>(told: &'t [Told], of: &Told) -> Vec<&'t Told> {
    let is_of = |one: &&Told| match one.entry.as_ref().map(|entry| &entry.what) {
        Some(What::Reviewed { of: handle, number, line }) => {
            (handle, *number, line) == (&of.handle, of.line.number, &of.line.sha256) && one.person() != of.person()
        }
        _ => false,
    };
    told.iter().filter(is_of).collect()
}

impl Told {
    /// Whose device it is: by the roster, else by what the entry says.
    pub fn person(&self) -> Option<&Id<Person>> {
        self.device.as_ref().map(|device| &device.person).or_else(|| self.entry.as_ref().map(|entry| &entry.person))
    }

    /// The device in words: `mia.krause/laptop`; its handle where nothing else is known.
    pub fn device_words(&self) -> String {
        match (&self.device, &self.entry) {
            (Some(Device { person, name, .. }), _) => format!("{person}/{name}"),
            (None, Some(entry)) => format!("{}/{}", entry.person, entry.device),
            (None, None) => self.handle.clone(),
        }
    }

    /// What was opened, if something was. What went on paper is sealed there: whoever opens it then says so.
    pub fn opening(&self) -> Option<Known> {
        let entry = self.entry.as_ref()?;
        if matches!(&entry.what, What::Opened { by, .. } if by == ON_PAPER) {
            return None;
        }
        let (What::Opened { credential, version, .. } | What::CodeShown { credential, version, .. }) = &entry.what else {
            return None;
        };
        let opening = Opening { credential: credential.clone(), version: *version, at: entry.earliest() };
        Some(Known { opening, by: self.person().cloned() })
    }

    /// The hash of its line.
    pub fn hash(&self) -> Hash {
        self.line.sha256
    }
}
