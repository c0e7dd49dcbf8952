//! Reading the current generation: no lock, no write, and verified again from the very bytes that were read.

use super::{
    GENERATIONS, Mark, Note, STATE, State, Store, StoreError,
    mark::Named,
    record::{self, RecordError},
};
use crate::{
    bundle::{Pin, Verified, limits::BUNDLE_BYTES_MAX},
    disk::{self, DiskError, Guard},
};

/// How often the files are looked at again when they do not fit together: a writer may be between two of them.
const LOOKS_MAX: usize = 3;

/// The current generation, and what should be said beside it.
#[derive(Debug)]
pub struct Generation {
    verified: Verified,
    mark: Mark,
    state: State,
    notes: Vec<Note>,
}

impl Generation {
    /// The bundle.
    pub fn verified(&self) -> &Verified {
        &self.verified
    }

    /// Which generation it is.
    pub fn mark(&self) -> &Mark {
        &self.mark
    }

    /// What the store remembers beside it.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What is wrong in the store; empty when all is well.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }
}

/// What the files say, all taken together.
pub(super) struct Settled {
    pub(super) state: State,
    /// The generation that counts, the highest that passes the checks.
    pub(super) current: Option<(Mark, Verified)>,
    pub(super) notes: Vec<Note>,
    /// Whether a file vanished while looking: a writer was at work.
    is_torn: bool,
}

impl Store {
    /// The highest generation here that passes the checks; normally the one that was accepted last.
    ///
    /// # Errors
    /// [`StoreError::Empty`] before the first one arrived; [`StoreError::NoGeneration`] when none can be used.
    pub fn current(&self) -> Result<Generation, StoreError> {
        let mut settled = self.settled()?;
        for _ in 1..LOOKS_MAX {
            if settled.notes.is_empty() && !settled.is_torn {
                break;
            }
            settled = self.settled()?;
        }
        let Settled { state, current, notes, .. } = settled;
        match current {
            Some((mark, verified)) => Ok(Generation { verified, mark, state, notes }),
            None if state.highest.is_none() && notes.is_empty() => Err(StoreError::Empty { kit: self.trust.pin.kit.clone() }),
            None => Err(StoreError::NoGeneration { kit: self.trust.pin.kit.clone(), notes }),
        }
    }

    /// The generation before another one, for when that one passes every check and still cannot be opened here. `why` becomes
    /// a note of it.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the folder cannot be listed.
    pub fn older(&self, than: &Generation, why: &str) -> Result<Option<Generation>, StoreError> {
        let generations = self.generations(None)?;
        let loaded =
            generations.iter().filter(|named| named.place < than.mark.place()).find_map(|named| self.load(named, None).ok());
        Ok(loaded.map(|(mark, verified)| {
            let note = Note::Unopened { shown: mark.clone(), newer: than.mark.clone(), why: why.to_owned() };
            let notes = than.notes.iter().cloned().chain([note]).collect();
            Generation { verified, mark, state: State { stanza: None, ..than.state.clone() }, notes }
        }))
    }

    /// The numbers of the generations that this machine still has, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the folder cannot be listed.
    pub fn kept(&self) -> Result<Vec<u64>, StoreError> {
        let mut kept: Vec<u64> = self.generations(None)?.iter().map(|named| named.place.seq()).collect();
        kept.dedup();
        Ok(kept)
    }

    /// The generation of a number, if it is still here and passes the checks; of several, that of the newest root.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the folder cannot be listed.
    pub fn numbered(&self, seq: u64) -> Result<Option<Generation>, StoreError> {
        let settled = self.settled()?;
        let generations = self.generations(settled.state.highest.as_ref())?;
        let found = generations.iter().filter(|named| named.place.seq() == seq).find_map(|named| self.load(named, None).ok());
        Ok(found.map(|(mark, verified)| Generation {
            verified,
            mark,
            state: State { stanza: None, ..settled.state.clone() },
            notes: settled.notes.clone(),
        }))
    }

    /// The newest root that this machine knows: of the current generation, else what it pinned when it joined.
    pub fn newest_root(&self) -> Pin {
        self.current().map_or_else(|_| self.trust.pin.clone(), |generation| generation.verified.roots().pin())
    }

    /// What is remembered, also when no generation can be used.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the folder cannot be listed or others may write in it.
    pub fn state(&self) -> Result<State, StoreError> {
        Ok(self.settled()?.state)
    }

    /// Looks at all files once. `state.highest` of the result is the highest of what state.json and the generations say.
    pub(super) fn settled(&self) -> Result<Settled, StoreError> {
        let mut notes: Vec<Note> = self.trust_note.iter().cloned().collect();
        let recorded = match record::read::<State>(&self.dir.join(STATE)) {
            Ok(state) => Some(state),
            Err(RecordError::Guarded(error)) => return Err(error.into()),
            Err(why) => {
                notes.push(Note::StateRebuilt { why: why.to_string() });
                None
            }
        };
        let has_record = recorded.is_some();
        let mut state = recorded.unwrap_or_else(|| State::new(self.trust.clone()));
        state.trust = self.trust.clone();

        let mut is_torn = false;
        let mut current = None;
        for named in self.generations(state.highest.as_ref())? {
            match self.load(&named, state.highest.as_ref()) {
                Ok(found) => {
                    current = Some(found);
                    break;
                }
                Err(Unusable::Gone) => is_torn = true,
                Err(Unusable::Damaged(why)) => notes.push(Note::Damaged { path: named.path, why }),
            }
        }
        let shown = current.as_ref().map(|(mark, _)| mark.clone());
        match (shown, &state.highest) {
            (Some(shown), Some(highest)) if shown.place() < highest.place() => {
                notes.push(Note::Behind { shown, highest: highest.clone() });
            }
            (Some(shown), recorded) if recorded.as_ref().is_none_or(|highest| shown.place() > highest.place()) => {
                if has_record {
                    notes.push(Note::Ahead { shown: shown.clone(), recorded: recorded.clone() });
                }
                state.highest = Some(shown);
            }
            _ => {}
        }
        Ok(Settled { state, current, notes, is_torn })
    }

    /// The files that are called like generations, the highest first; of two with one number, the recorded one.
    pub(super) fn generations(&self, recorded: Option<&Mark>) -> Result<Vec<Named>, StoreError> {
        let entries = match disk::entries(&self.dir.join(GENERATIONS)) {
            Err(DiskError::Missing { .. }) => Vec::new(),
            entries => entries?,
        };
        let recorded = recorded.map(Mark::file_name);
        let is_recorded = |named: &Named| named.path.file_name().and_then(|name| name.to_str()) == recorded.as_deref();
        let mut generations: Vec<Named> = entries.iter().filter_map(|path| Named::parse(path)).collect();
        generations.sort_by_key(|named| std::cmp::Reverse((named.place, is_recorded(named))));
        Ok(generations)
    }

    /// Reads a generation once and checks those bytes, and that they are what the name says.
    fn load(&self, named: &Named, recorded: Option<&Mark>) -> Result<(Mark, Verified), Unusable> {
        let bytes = disk::read_private(&named.path, BUNDLE_BYTES_MAX as u64, Guard::Unwritable).map_err(|e| match e {
            DiskError::Missing { .. } => Unusable::Gone,
            other => Unusable::Damaged(other.to_string()),
        })?;
        let verified = self.verify(bytes).map_err(|e| Unusable::Damaged(e.to_string()))?;
        let name = named.path.file_name().and_then(|name| name.to_str());
        // The signed head fixes the content, so the recorded one need not be hashed as a whole a second time.
        let is_recorded = |mark: &&Mark| mark.head == verified.head_sha256() && Some(mark.file_name().as_str()) == name;
        let mark = recorded.filter(is_recorded).cloned().unwrap_or_else(|| Mark::of(&verified));
        if name != Some(&mark.file_name()) {
            return Err(Unusable::Damaged(format!("it holds kit {mark}, not what its name says")));
        }
        Ok((mark, verified))
    }
}

enum Unusable {
    Gone,
    Damaged(String),
}
