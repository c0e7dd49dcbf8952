//! Auditing: whether a journal is whole. Its chain and every signature from line 1, and what the signed kit knows of its end.
//!
//! A journal of this device has to be whole. A copy of another one may lack lines that did not come yet, but nothing in it may
//! contradict.

use std::{collections::BTreeMap, fmt};

use crate::{
    bundle::{
        KitId,
        journal::{JournalError, Line},
    },
    open::Reading,
    recount::{device_of, own_handle},
    store::{Journal, Store, StoreError},
    team::JournalHead,
};

/// What was found of one journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The handle of its device.
    pub handle: String,
    /// The device, `mia.krause/laptop`, where the kit still has it.
    pub device: Option<String>,
    /// Whether it is this device's own.
    pub is_own: bool,
    /// How many lines count.
    pub lines: usize,
    /// The number of the last.
    pub last: u64,
    /// What shows that it was tampered with, or decayed; the first place first.
    pub faults: Vec<Fault>,
    /// Numbers that are not here, from and to: of a copy, what did not come yet.
    pub missing: Vec<(u64, u64)>,
    /// Whether something without an end stands after the last line: nothing was shown for it.
    pub is_torn: bool,
}

/// What is wrong with a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A line that does not count.
    Line {
        /// Its place in the file, from 1.
        place: usize,
        /// Why.
        error: JournalError,
    },
    /// Lines that are not there.
    Missing {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// Different lines have one number.
    Twice {
        /// The number.
        number: u64,
        /// How many lines have it.
        lines: usize,
    },
    /// The device signed different lines of one number, as the signed kit knows: those are with whoever published it.
    Contradicted(u64),
    /// It ends before the entry that everybody holds in the signed kit.
    Shorter {
        /// Its last number.
        last: u64,
        /// That of the kit.
        head: u64,
    },
    /// Another line than the one in the signed kit has this number.
    Other(u64),
}

/// Looks through one journal of this machine, or through all of them; the own one first.
///
/// # Errors
/// [`StoreError`] when one is there and cannot be read.
pub fn audit(store: &Store, reading: &Reading, is_all: bool) -> Result<Vec<Audit>, StoreError> {
    let own = own_handle(store, reading)?;
    let mut handles: Vec<String> = own.iter().cloned().collect();
    let heads = &reading.team.ledger.heads;
    if is_all {
        let others = store.journals()?.into_iter().chain(heads.iter().map(|head| head.device.clone()));
        for handle in others {
            if !handles.contains(&handle) {
                handles.push(handle);
            }
        }
    }
    let kit = &store.trust().pin.kit;
    let mut audits = Vec::new();
    for handle in handles {
        let head = heads.iter().find(|head| head.device == handle);
        let device = device_of(&reading.team, &handle).map(|device| format!("{}/{}", device.person, device.name));
        let is_own = own.as_ref() == Some(&handle);
        audits.push(Audit { device, ..examine(&store.journal(&handle)?, kit, &handle, head, is_own) });
    }
    Ok(audits)
}

/// Looks through one journal. `head` is its last entry that the signed kit knows.
pub fn examine(journal: &Journal, kit: &KitId, handle: &str, head: Option<&JournalHead>, is_own: bool) -> Audit {
    let mut audit = Audit {
        handle: handle.to_owned(),
        device: None,
        is_own,
        lines: 0,
        last: 0,
        faults: Vec::new(),
        missing: Vec::new(),
        is_torn: journal.is_torn,
    };
    let mut damaged: BTreeMap<usize, &JournalError> = journal.damaged.iter().map(|(place, error)| (*place, error)).collect();
    // All lines of the last number: where a device signed several, the next may follow any of them.
    let mut last: Vec<&Line> = Vec::new();
    let mut place = 0;
    for line in &journal.lines {
        place += 1;
        while let Some(error) = damaged.remove(&place) {
            audit.faults.push(Fault::Line { place, error: error.clone() });
            place += 1;
        }
        match line_fault(line, kit, handle) {
            Some(error) => audit.faults.push(Fault::Line { place, error }),
            None => audit.follow(&last, line, place),
        }
        last.retain(|before| before.number == line.number);
        last.push(line);
    }
    audit.faults.extend(damaged.into_iter().map(|(place, error)| Fault::Line { place, error: error.clone() }));
    audit.last = journal.lines.iter().map(|line| line.number).max().unwrap_or(0);
    if let Some(head) = head {
        audit.end(journal, head);
    }
    audit
}

/// Why a line does not count by itself.
fn line_fault(line: &Line, kit: &KitId, handle: &str) -> Option<JournalError> {
    if &line.kit != kit {
        return Some(JournalError::OtherKit);
    }
    match line.signer() {
        Ok(key) if key.handle() == handle => None,
        Ok(_) => Some(JournalError::OtherKey),
        Err(error) => Some(error),
    }
}

impl Audit {
    /// All that speaks against it, in one sentence without its end.
    pub fn words(&self) -> String {
        self.faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    /// Whether nothing speaks against it.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    /// Looks how a line stands to those of the number before it in the file.
    fn follow(&mut self, before: &[&Line], line: &Line, place: usize) {
        let number = before.first().map_or(0, |before| before.number);
        match line.number {
            next if next == number + 1 => {
                let follows = match line.before {
                    Some(hash) => before.iter().any(|before| before.sha256 == hash),
                    None => before.is_empty(),
                };
                if !follows {
                    return self.faults.push(Fault::Line { place, error: JournalError::Chain });
                }
            }
            same if same == number => return self.again(same),
            later if later > number => self.miss(number + 1, later - 1),
            found => {
                let error = JournalError::Number { expected: number + 1, found };
                return self.faults.push(Fault::Line { place, error });
            }
        }
        self.lines += 1;
    }

    /// Counts one more line of a number.
    fn again(&mut self, same: u64) {
        match self.faults.last_mut() {
            Some(Fault::Twice { number, lines }) if *number == same => *lines += 1,
            _ => self.faults.push(Fault::Twice { number: same, lines: 2 }),
        }
    }

    fn miss(&mut self, from: u64, to: u64) {
        if self.is_own {
            self.faults.push(Fault::Missing { from, to });
        } else {
            self.missing.push((from, to));
        }
    }

    /// Looks whether it goes as far as everybody knows that it went, and is the same there.
    fn end(&mut self, journal: &Journal, head: &JournalHead) {
        // Where the lines themselves are here, they say it.
        let is_seen = self.faults.iter().any(|fault| matches!(fault, Fault::Twice { .. }));
        self.faults.extend(head.contradicted.filter(|_| !is_seen).map(Fault::Contradicted));
        let mut there = journal.lines.iter().filter(|line| line.number == head.number).peekable();
        if there.peek().is_some() {
            if !there.any(|line| line.sha256.to_string() == head.sha256) {
                self.faults.push(Fault::Other(head.number));
            }
        } else if self.last < head.number {
            if self.is_own {
                self.faults.push(Fault::Shorter { last: self.last, head: head.number });
            } else {
                self.missing.push((self.last + 1, head.number));
            }
        } else if let Some(next) = journal.lines.iter().find(|line| line.number == head.number + 1)
            && next.before.is_none_or(|before| before.to_string() != head.sha256)
        {
            self.faults.push(Fault::Other(head.number));
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { place, error } => write!(f, "line {place} does not count: {error}"),
            Self::Missing { from, to } if from == to => write!(f, "entry {from} was taken out"),
            Self::Missing { from, to } => write!(f, "entries {from} to {to} were taken out"),
            Self::Twice { number, lines: 2 } => write!(f, "two different lines have number {number}"),
            Self::Twice { number, lines } => write!(f, "{lines} different lines have number {number}"),
            Self::Contradicted(number) => write!(f, "the signed kit knows of two different lines with number {number}"),
            Self::Shorter { last: 0, head } => write!(f, "it is gone, and the signed kit knows of {head} entries"),
            Self::Shorter { last, head } => write!(f, "it ends with entry {last}, and the signed kit knows of entry {head}"),
            Self::Other(number) => write!(f, "entry {number} is another one than the signed kit knows"),
        }
    }
}
