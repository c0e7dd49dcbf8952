//! Taking in a bundle: the client's rule, steps 6 and 7 (docs/format.md), and what is remembered beside it.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::{Asked, GENERATIONS, Mark, Note, STATE, State, Store, StoreError, WriterLock, record, trust};
use crate::{
    bundle::Verified,
    disk::{self, Access},
};

/// How many generations are kept at least, the current one among them: to fall back on, and to show what changed.
const KEPT_MIN: usize = 3;

/// How many are kept at most where this machine publishes: from its own last one on, to see what others changed since.
const KEPT_SINCE_OWN_MAX: usize = 32;

/// What became of a bundle that was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is the current generation now.
    New,
    /// It was already here.
    AlreadyCurrent,
    /// It was accepted before, but its file here was damaged or gone, and is whole again.
    Mended,
}

/// How a bundle stands to what was accepted (docs/format.md, "The client's rule", step 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Nothing was accepted before.
    First,
    /// It is newer.
    Newer,
    /// It is the same.
    Same,
    /// It is older: a rollback.
    Older,
    /// It has the number of what is here, but is another one.
    Fork,
    /// Its roots part from the accepted one.
    RootFork,
}

impl Order {
    /// How a bundle stands to the highest that is known.
    ///
    /// Root versions count before numbers. A key that the newest accepted root dismissed can still extend the roots before
    /// it: such a chain parts from the accepted one.
    pub fn of(verified: &Verified, highest: Option<&Mark>) -> Self {
        let Some(highest) = highest else { return Self::First };
        let place = (verified.root_version(), verified.seq());
        if place.0 >= highest.root && verified.roots().hash(highest.root) != Some(highest.root_sha256) {
            return Self::RootFork;
        }
        match place.cmp(&(highest.root, highest.seq)) {
            Ordering::Less => Self::Older,
            Ordering::Greater => Self::Newer,
            Ordering::Equal if verified.head_sha256() == highest.head => Self::Same,
            Ordering::Equal => Self::Fork,
        }
    }

    /// Whether a bundle that stands so is accepted.
    pub fn is_acceptable(self) -> bool {
        matches!(self, Self::First | Self::Newer | Self::Same)
    }

    /// The same in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::First => "the first one here",
            Self::Newer => "newer than the one here",
            Self::Same => "the one that is here",
            Self::Older => "older than the one here",
            Self::Fork => "another one than the one here with that number",
            Self::RootFork => "of roots that part from those accepted here",
        }
    }

    /// Why a bundle that stands so to `highest` is not accepted; [`None`] when it is.
    pub fn refusal(self, offered: Mark, highest: &Mark) -> Option<StoreError> {
        let (offered, here) = (Box::new(offered), Box::new(highest.clone()));
        match self {
            Self::First | Self::Newer | Self::Same => None,
            Self::Older => Some(StoreError::Rollback { offered, highest: here }),
            Self::Fork => Some(StoreError::Fork { here, offered }),
            Self::RootFork => Some(StoreError::RootFork { here, offered }),
        }
    }
}

impl Store {
    /// How a bundle stands to what was accepted here, without accepting it.
    ///
    /// # Errors
    /// [`StoreError::Disk`] when the store cannot be looked at.
    pub fn order(&self, verified: &Verified) -> Result<Order, StoreError> {
        Ok(Order::of(verified, self.state()?.highest.as_ref()))
    }

    /// Takes in a bundle that passed [`Store::verify`]: the generation is written, then the state, then old ones are pruned.
    ///
    /// A crash at any moment leaves the old generation or the new one, and the next call goes on from there.
    ///
    /// # Errors
    /// [`StoreError::Rollback`] and [`StoreError::Fork`] when the order forbids it; [`StoreError::Disk`] when it could not be
    /// written. In each case what was current still is.
    pub fn accept(&mut self, lock: &WriterLock, verified: &Verified, now: Timestamp) -> Result<Accepted, StoreError> {
        self.take_in(lock, verified, now, false)
    }

    /// The same for what this machine published itself.
    ///
    /// # Errors
    /// As [`Store::accept`].
    pub fn accept_own(&mut self, lock: &WriterLock, verified: &Verified, now: Timestamp) -> Result<Accepted, StoreError> {
        self.take_in(lock, verified, now, true)
    }

    fn take_in(&mut self, lock: &WriterLock, verified: &Verified, now: Timestamp, is_own: bool) -> Result<Accepted, StoreError> {
        self.check_lock(lock);
        let kit = &self.trust.pin.kit;
        if verified.kit() != kit {
            return Err(StoreError::OtherKit { expected: kit.clone(), found: verified.kit().clone() });
        }
        let pin = &self.trust.pin;
        if verified.roots().hash(pin.root_version) != Some(pin.root) {
            return Err(StoreError::OtherRoot { kit: kit.clone() });
        }
        let settled = self.settled()?;
        let offered = Mark::of(verified);
        let mut state = settled.state;
        let order = Order::of(verified, state.highest.as_ref());
        if let Some(refusal) = state.highest.as_ref().and_then(|highest| order.refusal(offered.clone(), highest)) {
            return Err(refusal);
        }
        let accepted = match (order, &state.highest) {
            (Order::Same, Some(highest)) if settled.current.is_none_or(|(current, _)| current.place() != highest.place()) => {
                Accepted::Mended
            }
            (Order::Same, _) => Accepted::AlreadyCurrent,
            _ => Accepted::New,
        };
        if accepted != Accepted::AlreadyCurrent {
            let path = self.dir.join(GENERATIONS).join(offered.file_name());
            disk::make_dir(&self.dir.join(GENERATIONS), Access::Private)?;
            disk::replace(&path, verified.bytes(), Access::Private)?;
            state.highest = Some(offered.clone());
        }
        state.published = if is_own { Some(offered) } else { state.published };
        state.see(now);
        self.mend_trust(&settled.notes)?;
        self.write_state(&state)?;
        self.prune(&state);
        Ok(accepted)
    }

    /// Remembers the time, where this device's stanza is, and how asking each source went.
    ///
    /// # Errors
    /// [`StoreError::Disk`]; what was remembered before then stands.
    pub fn remember(
        &mut self,
        lock: &WriterLock,
        now: Timestamp,
        stanza: Option<usize>,
        asked: &[Asked],
    ) -> Result<(), StoreError> {
        self.check_lock(lock);
        let settled = self.settled()?;
        let mut state = settled.state;
        state.see(now);
        state.stanza = stanza.or(state.stanza);
        for asked in asked {
            state.note(asked, now);
        }
        self.mend_trust(&settled.notes)?;
        self.write_state(&state)
    }

    pub(super) fn write_state(&self, state: &State) -> Result<(), StoreError> {
        Ok(record::write(&self.dir.join(STATE), &State { trust: self.trust.clone(), ..state.clone() })?)
    }

    fn mend_trust(&mut self, notes: &[Note]) -> Result<(), StoreError> {
        if notes.iter().any(|note| matches!(note, Note::TrustFromCopy { .. })) {
            trust::write(&self.dir, &self.trust)?;
            self.trust_note = None;
        }
        Ok(())
    }

    /// Removes generations that are no longer needed and what killed writers left. What cannot be removed now is removed the
    /// next time: the generation is accepted all the same.
    fn prune(&self, state: &State) {
        let folder = self.dir.join(GENERATIONS);
        let _ = disk::sweep(&self.dir);
        let _ = disk::sweep(&folder);
        let (Some(highest), Ok(generations)) = (&state.highest, self.generations(state.highest.as_ref())) else { return };
        // Names above the highest are of files that failed the checks: they neither count nor go.
        let known = generations.iter().filter(|named| named.place <= highest.place());
        let own = state.published.as_ref().map(Mark::place);
        for (index, old) in known.enumerate().skip(KEPT_MIN) {
            if index >= KEPT_SINCE_OWN_MAX || own.is_none_or(|own| old.place < own) {
                let _ = disk::remove(&old.path);
            }
        }
    }
}
