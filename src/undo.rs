//! Undoing: what a directory would take back of what others published since this publisher last did.
//!
//! A directory that lacks their changes is published as easily as one that has them, and would quietly undo them all.

use crate::{
    answer::{Change, undone},
    bundle::{self, Hash},
    key::{Identity, VerifyKey},
    open::{Reading, name_of_key},
    store::{Store, StoreError},
    team::Team,
};

/// Hexadecimal digits of the code that stands for a set of undoings: it is typed, and guards against haste, not malice.
const CODE_DIGITS: usize = 8;

/// What would be taken back.
#[derive(Debug)]
pub struct Undoings {
    /// Each, with who published it and when as its note.
    pub changes: Vec<Change>,
    /// What to say to take back exactly these.
    pub code: String,
}

/// What `team` would take back of what others published, as far as this machine keeps it: since the last kit that was signed by
/// this device, else since the oldest that is kept and opens.
///
/// # Errors
/// [`StoreError`] when the kept kits cannot be read.
pub fn undoings(store: &Store, reading: &Reading, identity: &Identity, team: &Team) -> Result<Undoings, StoreError> {
    let settings = store.settings()?;
    let devices = reading.team.devices.iter();
    let ours = devices.filter(|device| device.person == settings.person && device.name == settings.device);
    let own: Vec<&str> = ours.map(|device| device.key.as_str()).collect();
    let is_own = |keys: &[VerifyKey]| keys.iter().any(|key| own.contains(&key.to_string().as_str()));
    // The newest first.
    let mut past: Vec<Kept> = Vec::new();
    let first = &reading.generation;
    past.push(Kept::new(first.verified(), &reading.team, reading.team.clone()));
    let mut is_done = is_own(first.verified().signers());
    let mut older = if is_done { None } else { store.older(first, "")? };
    while let Some(generation) = older.take().filter(|_| !is_done) {
        if let Ok(opened) = bundle::open(generation.verified(), identity, None) {
            past.push(Kept::new(generation.verified(), &reading.team, opened.team));
            is_done = is_own(generation.verified().signers());
        }
        older = store.older(&generation, "")?;
    }
    past.reverse();
    let teams: Vec<&Team> = past.iter().map(|kept| &kept.team).collect();
    let found = undone(&teams, team).into_iter();
    let changes: Vec<Change> = found.map(|undone| Change { note: Kept::whose(&past, undone.since), ..undone.change }).collect();
    let all = changes.iter().fold(String::new(), |all, change| all + &change.line() + "\n");
    Ok(Undoings { code: Hash::of(all.as_bytes()).to_string().chars().take(CODE_DIGITS).collect(), changes })
}

/// A kit from before, and whose it is.
struct Kept {
    seq: u64,
    by: String,
    team: Team,
}

impl Kept {
    /// The names are those of the newest team: an older one may not know them yet.
    fn new(bundle: &bundle::Bundle, names: &Team, team: Team) -> Self {
        let by: Vec<String> = bundle.signers().iter().map(|key| name_of_key(names, key)).collect();
        Self { seq: bundle.seq(), by: by.join(", "), team }
    }

    /// Who published what is new at one of them; where kits between it and the one before never came here, that is not known.
    fn whose(past: &[Self], at: usize) -> Option<String> {
        let (kept, before) = (past.get(at)?, past.get(at.checked_sub(1)?)?);
        let first = before.seq.saturating_add(1);
        Some(if first < kept.seq {
            format!("published with one of the kits {first} to {}", kept.seq)
        } else {
            format!("published with kit {} by {}", kept.seq, kept.by)
        })
    }
}

impl Undoings {
    /// Whether nothing would be taken back.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
