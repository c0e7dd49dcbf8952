//! Recording: what is about to be done goes into this device's journal, on disk, before it is done; and into the queue for those
//! who read journals.

use jiff::Timestamp;

use crate::{
    acknowledge::readers_of,
    bundle::{
        Hash, LetterError,
        journal::{self, After, Boot, Entry, JournalError, Line, What},
        letter::{self, Content, Envelope},
        limits::{ENTRY_READERS_MAX, LETTER_READERS_MAX},
    },
    key::{DeviceKey, Recipient},
    open::Reading,
    source::{Item, ItemError},
    store::{LOCK_WAIT_S, Store, StoreError, WriterLock},
    team::{Device, Id, Person},
};

/// What is done, why and when.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// What.
    pub what: What,
    /// Why, in the words of who does it.
    pub reason: String,
    /// The incident, if it has a name.
    pub incident: Option<String>,
    /// Now: by this machine's clock, or as it was given.
    pub now: Timestamp,
    /// What this machine says of its time beside that.
    pub machine: Machine,
}

/// What a machine says of its own time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Machine {
    /// Its clock, where somebody gave another time; [`None`] where the time is by it.
    pub clock: Option<Timestamp>,
    /// What it says without its clock, where it says that.
    pub boot: Option<Boot>,
}

/// Seconds by which a clock may seem to go back before it is said: times are kept as whole seconds, and two programs that run
/// one after the other may read different clocks.
const RESOLUTION_S: i64 = 2;

/// What was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The line, as it stands in the journal.
    pub line: Line,
    /// Why it will not be sent to those who read journals, if so; it is in the journal all the same.
    pub unsent: Option<String>,
}

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The entry could not be made.
    #[error("the entry of the journal could not be made: {0}")]
    Journal(#[from] JournalError),
    /// It was made, but is not safely on the disk. Its receipt can go to paper.
    #[error("the journal could not be written: {error}")]
    NotWritten {
        /// The line that should stand there.
        line: Box<Line>,
        /// Why it does not.
        error: StoreError,
    },
}

/// Why a record was not queued; it stays in the journal.
#[derive(Debug, thiserror::Error)]
enum QueueError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Letter(#[from] LetterError),
    #[error(transparent)]
    Name(#[from] ItemError),
    #[error("nobody who reads journals has a device in this kit")]
    Nobody,
}

/// Writes an entry into this device's journal, flushed to the disk, and queues it for those who read journals. Nothing may be
/// shown or given away before this came back.
///
/// # Errors
/// [`RecordError`].
pub fn record(store: &Store, reading: &Reading, key: &DeviceKey, occasion: Occasion) -> Result<Recorded, RecordError> {
    let handle = key.public().handle();
    let (now, times) = (occasion.now, occasion.times());
    match store.lock(LOCK_WAIT_S) {
        Ok(lock) => {
            let line = entry(store, reading, key, occasion)?;
            match store.append_journal(&lock, &handle, &line) {
                Ok(()) => {
                    let unsent = queue_rest(store, &lock, reading, key, (now, &times)).err().map(|error| error.to_string());
                    Ok(Recorded { line, unsent })
                }
                Err(error) => Err(RecordError::NotWritten { line: Box::new(line), error }),
            }
        }
        Err(error) => Err(RecordError::NotWritten { line: Box::new(entry(store, reading, key, occasion)?), error }),
    }
}

/// Queues what stands in this device's journal and no letter carries: a disk was full, or a folder could not be written to. How
/// many that were.
///
/// # Errors
/// In words: why the rest is not queued.
pub fn catch_up(store: &Store, reading: &Reading, key: &DeviceKey, now: Timestamp) -> Result<usize, String> {
    let lock = store.lock(LOCK_WAIT_S).map_err(|error| error.to_string())?;
    queue_rest(store, &lock, reading, key, (now, &[now])).map_err(|error| error.to_string())
}

/// How many entries of a device's own journal no letter carries.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
pub fn owed(store: &Store, handle: &str) -> Result<usize, StoreError> {
    let carried = store.letters_of(handle)?;
    Ok(store.journal(handle)?.lines.iter().filter(|line| !carried.contains_key(&line.sha256)).count())
}

/// The people whose devices open what others record, besides who recorded it: the auditors, those who publish and those who lead.
pub fn journal_readers(reading: &Reading, now: Timestamp) -> Vec<Id<Person>> {
    let mut people = reading.team.policy.auditors.clone();
    for id in readers_of(reading, now) {
        if !people.contains(&id) {
            people.push(id);
        }
    }
    people
}

/// Those who read journals at any of some times: the one that was given does not choose who hears of it.
fn readers_at(reading: &Reading, times: &[Timestamp]) -> Vec<Id<Person>> {
    let mut people: Vec<Id<Person>> = Vec::new();
    for id in times.iter().flat_map(|time| journal_readers(reading, *time)) {
        if !people.contains(&id) {
            people.push(id);
        }
    }
    people
}

impl Occasion {
    /// The time that it is recorded with, and the machine's own where that is another.
    fn times(&self) -> Vec<Timestamp> {
        std::iter::once(self.now).chain(self.machine.clock).collect()
    }
}

/// Entries have whole seconds; clocks have not, and what is written with more is refused when it is read.
fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// The line that comes next in this device's journal.
fn entry(store: &Store, reading: &Reading, key: &DeviceKey, occasion: Occasion) -> Result<Line, RecordError> {
    let settings = store.settings()?;
    let people = readers_at(reading, &occasion.times());
    let Occasion { what, reason, incident, now, machine } = occasion;
    let Machine { clock, boot } = machine;
    let (at, clock) = (whole(now), clock.map(whole));
    let latest = clock.unwrap_or(at).as_second().saturating_add(RESOLUTION_S);
    let moved_back = reading.last_seen().is_some_and(|seen| latest < seen.as_second());
    let mark = reading.generation.mark();
    let held = (mark.root, mark.seq);
    let person = settings.person;
    let own: Vec<Recipient> = recipients(reading, std::slice::from_ref(&person)).collect();
    let readers: Vec<Recipient> = own.into_iter().chain(recipients(reading, &people)).take(ENTRY_READERS_MAX).collect();
    let entry = Entry { person, device: settings.device, at, clock, boot, moved_back, held, what, reason, incident };
    Ok(journal::write(&last(store, reading, &key.public().handle())?, &entry, key, &readers)?)
}

/// What the next line of a device's journal comes after. A journal that was cut is not begun anew: it goes on from the entry
/// that everybody holds in the signed kit.
fn last(store: &Store, reading: &Reading, handle: &str) -> Result<After, StoreError> {
    let kit = store.trust().pin.kit.clone();
    let here = store.journal(handle)?.lines.pop().map_or_else(|| After::nothing(kit.clone()), |line| line.place());
    let head = reading.team.ledger.heads.iter().find(|head| head.device == handle);
    let head = head.and_then(|head| Some(After { kit, number: head.number, before: Some(Hash::parse(&head.sha256).ok()?) }));
    Ok(match head {
        Some(head) if head.number > here.number => head,
        _ => here,
    })
}

/// Puts all lines of this device's journal into the queue that no letter carries, the oldest first.
///
/// Read by those who read journals at any of the times; sent at `now`.
fn queue_rest(
    store: &Store,
    lock: &WriterLock,
    reading: &Reading,
    key: &DeviceKey,
    (now, times): (Timestamp, &[Timestamp]),
) -> Result<usize, QueueError> {
    let handle = key.public().handle();
    let carried = store.letters_of(&handle)?;
    let lines = store.journal(&handle)?.lines.into_iter();
    let owed: Vec<Line> = lines.filter(|line| !carried.contains_key(&line.sha256) && line.verify(key.public()).is_ok()).collect();
    for line in &owed {
        let letter = queue(store, lock, reading, key, (line, now, times))?;
        // What cannot be noted is sent once more, and is the same then.
        let _ = store.note_letter(lock, line, &letter);
    }
    Ok(owed.len())
}

/// Puts a line of the journal into the queue, as a letter of this device.
fn queue(
    store: &Store,
    lock: &WriterLock,
    reading: &Reading,
    key: &DeviceKey,
    (line, now, times): (&Line, Timestamp, &[Timestamp]),
) -> Result<Item, QueueError> {
    let people = readers_at(reading, times);
    let readers: Vec<Recipient> = recipients(reading, &people).take(LETTER_READERS_MAX).collect();
    if readers.is_empty() {
        return Err(QueueError::Nobody);
    }
    let handle = key.public().handle();
    let number = store.next_number(&handle)?;
    let envelope = Envelope { kit: line.kit.clone(), key: key.public().clone(), number, at: now };
    let bytes = letter::seal(&envelope, &Content::Entry(line.text().to_owned()), key, &readers)?;
    let letter = Item::new(&handle, number, &bytes)?;
    store.enqueue(lock, &letter, &bytes)?;
    Ok(letter)
}

/// The readers of the devices of some people; the first people's first.
fn recipients<'r>(reading: &'r Reading, people: &'r [Id<Person>]) -> impl Iterator<Item = Recipient> + 'r {
    let devices = |person: &'r Id<Person>| {
        let own = reading.team.devices.iter().filter(move |device: &&Device| device.person == *person);
        own.filter_map(|device| Recipient::parse(&device.reader).ok())
    };
    people.iter().flat_map(devices)
}
