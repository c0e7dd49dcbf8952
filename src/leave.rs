//! Leaving: somebody is taken out of the team directory, the tiers that they held get new keys, and what they could read becomes
//! tasks. All of it is worked out and checked before one file is written.

use std::path::Path;

use jiff::{Timestamp, ToSpan, civil::Date};

use crate::{
    answer::{Combined, Exposure, KeptKit, exposure, merged},
    appoint::{RootsError, roots_of},
    authored::{
        self, LoadError,
        edit::{Change, EditError, Edits, Undecided, undecided},
        sealed::{self, SealedFiles},
    },
    disk::DiskError,
    hold::{Ground, HoldError},
    infer,
    key::{Identity, VerifyKey},
    open,
    recall::Recalled,
    record::Recorded,
    rekey::{Cause, enough, rekey},
    store::{LOCK_WAIT_S, Store, StoreError},
    team::{Credential, Id, Person, Task, Team, Tier},
    unbox::Unboxer,
    vouch,
};

/// Who leaves, and when.
#[derive(Clone, Copy)]
pub struct Leaver<'a> {
    /// Who.
    pub person: &'a Id<Person>,
    /// Who takes over what cannot be without anybody.
    pub heir: Option<&'a Id<Person>>,
    /// Opens the journals that are here, as far as they are sealed to it: what they put together with others is theirs alone.
    pub reader: &'a Identity,
    /// Now.
    pub now: Timestamp,
    /// The day here.
    pub today: Date,
}

/// What would be written, and what it means.
pub struct Leaving {
    /// The team as it would be, its tasks too.
    pub team: Team,
    /// What they could read.
    pub exposure: Exposure,
    /// The tasks because of them.
    pub tasks: Vec<Task>,
    /// The tiers that get a new key, with its version.
    pub tiers: Vec<(Id<Tier>, u32)>,
    /// Credentials of those tiers that were not opened here, so they stay sealed to the old key.
    pub left: Vec<Id<Credential>>,
    /// What was recorded: an entry for each old key that was opened.
    pub recorded: Vec<Recorded>,
    edits: Edits,
    sealed: SealedFiles,
}

/// Why somebody was not taken out. Nothing was written then, unless it is [`LeaveError::Disk`] or [`LeaveError::Edit`].
#[derive(Debug, thiserror::Error)]
pub enum LeaveError {
    /// The directory cannot be read, has mistakes, or would have some afterwards.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Its roots cannot be used.
    #[error(transparent)]
    Roots(#[from] RootsError),
    /// Nobody is called so.
    #[error("nobody in the team directory is called {person}")]
    Unknown {
        /// As given.
        person: Id<Person>,
        /// The nearest id that is known.
        nearest: Option<String>,
    },
    /// Who leaves cannot take over from themselves.
    #[error("{0} cannot take over from themselves")]
    OwnHeir(Id<Person>),
    /// A device of theirs signs kits.
    #[error("{device} publishes this kit{}", if *.is_last { ", and nobody else does" } else { "" })]
    Publishes {
        /// `bob.reyes/laptop`.
        device: String,
        /// Whether nobody else does.
        is_last: bool,
    },
    /// Only a person can decide these.
    #[error("{} of {person}'s have to go to somebody else first", .places.len())]
    Undecided {
        /// Who leaves.
        person: Id<Person>,
        /// What, and where it is written.
        places: Vec<Undecided>,
    },
    /// A tier that they held cannot go on without them.
    #[error(transparent)]
    Hold(#[from] HoldError),
    /// The directory could not be edited.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// What is sealed could not be written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Works out what has to be written, and checks the whole. `kept` are the kits of this machine, the newest last. `hand` opens
/// what is sealed anew to new keys, where this device does; without it nothing is opened.
///
/// # Errors
/// [`LeaveError`]; nothing was written.
pub fn prepare(
    store: &Store,
    (kept, dir): (&[Recalled], &Path),
    leaver: Leaver<'_>,
    hand: Option<&Unboxer<'_>>,
) -> Result<Leaving, LeaveError> {
    let Leaver { person, heir, reader, now, today } = leaver;
    let roots = roots_of(dir)?;
    let draft = authored::read(dir).map_err(LoadError::from)?;
    let before = authored::check(&draft, today).map_err(LoadError::from)?.team;
    for one in std::iter::once(person).chain(heir) {
        if !before.people.contains_key(one) {
            let nearest = authored::nearest(one.as_str(), before.people.keys().map(Id::as_str)).map(str::to_owned);
            return Err(LeaveError::Unknown { person: one.clone(), nearest });
        }
    }
    if heir == Some(person) {
        return Err(LeaveError::OwnHeir(person.clone()));
    }
    does_not_publish(&before, &roots.last().publish_keys, person)?;
    let places = undecided(&draft, person);
    if heir.is_none() && !places.is_empty() {
        return Err(LeaveError::Undecided { person: person.clone(), places });
    }
    enough_are_left(&before, person)?;
    let mut edits = Edits::of_draft(&draft)?;
    edits.remove_person(person, heir)?;
    let mut team = authored::check(&edits.draft(), today).map_err(LoadError::from)?.team;
    let settings = store.settings()?;
    let signed = kept.last().map(|kit| &kit.team);
    let ground = Ground { kit: roots.kit(), team: &before, signed, accepted: &settings.acknowledged, now, today };
    let why = format!("{person} left");
    let mut sealed = SealedFiles::default();
    let (mut tiers, mut left, mut recorded) = (Vec::new(), Vec::new(), Vec::new());
    let held = before.tiers.iter().filter(|(_, tier)| tier.key().is_some_and(|key| key.holders.contains(person)));
    for id in held.map(|(id, _)| id) {
        let done = rekey(&ground, sealed, id, Cause { gone: Some(person), why: &why }, hand)?;
        tiers.extend(done.tier.key().map(|key| (id.clone(), key.version)));
        left.extend(done.left);
        recorded.extend(done.recorded);
        sealed = done.sealed;
        if let Some(tier) = team.tiers.get_mut(id) {
            tier.keys = done.tier.keys;
        }
    }
    let next = kept.last().map_or(1, |kit| kit.seq + 1);
    // What stands in the directory and was not published yet can be read by whoever has the repository.
    let kits: Vec<KeptKit<'_>> = kept
        .iter()
        .map(|kit| KeptKit { seq: kit.seq, created: kit.created, team: &kit.team })
        .chain([KeptKit { seq: next, created: now, team: &before }])
        .collect();
    let exposure = exposure(&kits, &team, person, &combined(store, reader, &kits)?);
    let days = i64::from(team.policy.rotate_within_h.div_ceil(24));
    let by = today.checked_add(days.days()).unwrap_or(today);
    let tasks = exposure.tasks(&why, today, by);
    let all = merged(sealed.tasks.as_ref().unwrap_or(&before.tasks), &tasks, &team);
    sealed.tasks = Some(all.clone()).filter(|all| *all != before.tasks);
    team.tasks = all;
    Ok(Leaving { team, exposure, tasks, tiers, left, recorded, edits, sealed })
}

impl Leaving {
    /// The files of the directory that people wrote and that would change.
    pub fn changes(&self) -> Vec<Change> {
        self.edits.changes()
    }

    /// Writes it: the tasks and keys first, so that what a crash leaves half done can be run again. The new keys count as
    /// accepted on this machine. The names of the files are given back.
    ///
    /// # Errors
    /// [`LeaveError`].
    pub fn write(&self, store: &Store, dir: &Path) -> Result<Vec<String>, LeaveError> {
        let lock = store.lock(LOCK_WAIT_S)?;
        let mut written = sealed::write(dir, &self.sealed)?;
        self.edits.write(dir)?;
        written.extend(self.changes().into_iter().map(|change| change.file));
        let mut settings = store.settings()?;
        let keys = self.tiers.iter().filter_map(|(id, _)| vouch::of_tier(id, self.team.tiers.get(id)?));
        settings.acknowledged.extend(keys);
        store.set_settings(&lock, &settings)?;
        Ok(written)
    }
}

/// The shared keys that were put together; before a first kit there are none.
fn combined(store: &Store, reader: &Identity, kits: &[KeptKit<'_>]) -> Result<Vec<Combined>, StoreError> {
    let Ok(generation) = store.current() else { return Ok(Vec::new()) };
    match open::open_with::<std::convert::Infallible>(store, generation, reader) {
        Ok(reading) => infer::combined(store, &reading, reader, kits),
        Err(_) => Ok(Vec::new()),
    }
}

fn does_not_publish(team: &Team, keys: &[VerifyKey], person: &Id<Person>) -> Result<(), LeaveError> {
    let publishes = |key: &VerifyKey| team.devices.iter().find(|device| device.key == key.to_string());
    let device = keys.iter().filter_map(publishes).find(|device| device.person == *person);
    let others = keys.iter().filter(|key| publishes(key).is_none_or(|device| device.person != *person)).count();
    match device {
        Some(device) => Err(LeaveError::Publishes { device: format!("{person}/{}", device.name), is_last: others == 0 }),
        None => Ok(()),
    }
}

fn enough_are_left(team: &Team, person: &Id<Person>) -> Result<(), HoldError> {
    let held = team.tiers.iter().filter(|(_, tier)| tier.holders.contains(person));
    held.into_iter().try_for_each(|(id, tier)| enough(id, tier.rule, tier.holders.len() - 1))
}
