//! Acknowledging: "I have kit 42, I can open what I hold", signed by this device, sealed to those who publish and lead, queued.
//!
//! Needs no network: what is queued goes with [`crate::deliver`], now or at the next sync.

use jiff::Timestamp;
use secrecy::ExposeSecret;

use crate::{
    answer::letter_readers,
    bundle::{
        LetterError,
        letter::{self, Ack, Content, Envelope},
        limits::LETTER_READERS_MAX,
    },
    key::{self, DeviceKey, DeviceKeyError, Identity, Passphrase, Recipient},
    open::Reading,
    source::{Item, ItemError},
    store::{LOCK_WAIT_S, Mark, Store, StoreError},
    team::{Device, Id, Person},
};

/// What was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The generation that this machine holds.
    pub held: Mark,
    /// The number of the letter among those of this device.
    pub number: u64,
    /// Whether its contacts open here.
    pub contacts: bool,
    /// Whether the key for credentials opens with the passphrase, and is the one that the kit names.
    pub credentials: bool,
    /// Who can read it.
    pub readers: Vec<Id<Person>>,
}

/// Why nothing was acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum AcknowledgeError {
    /// The store cannot be read or written to.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The device key does not open.
    #[error("the key that signs: {0}")]
    DeviceKey(#[from] DeviceKeyError),
    /// The letter could not be made.
    #[error("the acknowledgement could not be made: {0}")]
    Letter(#[from] LetterError),
    /// Its number is out of range.
    #[error("the acknowledgement could not be made: {0}")]
    Name(#[from] ItemError),
    /// The kit's roster does not have this device, so nobody would believe it.
    #[error("this device is not in the kit that it holds, so nobody would believe what it sends")]
    NotInRoster,
    /// Nobody who publishes or leads has a device.
    #[error("nobody who publishes or leads has a device in this kit, so nobody could read it")]
    NobodyReads,
}

/// Writes an acknowledgement of the generation that this machine holds and puts it into the queue.
///
/// # Errors
/// [`AcknowledgeError`]; nothing is queued then.
pub fn acknowledge(
    store: &Store,
    reading: &Reading,
    passphrase: &Passphrase,
    now: Timestamp,
) -> Result<Acknowledgement, AcknowledgeError> {
    let sealed_key = store.device_key()?;
    let device_key = DeviceKey::unseal(&String::from_utf8_lossy(&sealed_key), passphrase)?;
    let own = device_key.public().to_string();
    let device = reading.team.devices.iter().find(|device| device.key == own).ok_or(AcknowledgeError::NotInRoster)?;
    let credentials = opener_opens(store, device, passphrase);
    // What is held may be newer than what opens: that is what a publisher has to know.
    let held = store.current()?.mark().clone();
    let contacts = reading.unopened.is_none() && reading.generation.mark() == &held;
    let (readers, recipients) = readers(reading, now);
    if recipients.is_empty() {
        return Err(AcknowledgeError::NobodyReads);
    }
    let ack = Ack { root: held.root, seq: held.seq, head: held.head, contacts, credentials };
    let handle = device_key.public().handle();
    let lock = store.lock(LOCK_WAIT_S)?;
    let number = store.next_number(&handle)?;
    let kit = store.trust().pin.kit.clone();
    let envelope = Envelope { kit, key: device_key.public().clone(), number, at: now };
    let bytes = letter::seal(&envelope, &Content::Ack(ack), &device_key, &recipients)?;
    store.enqueue(&lock, &Item::new(&handle, number, &bytes)?, &bytes)?;
    Ok(Acknowledgement { held, number, contacts, credentials, readers })
}

/// Who reads what devices of this kit send, as far as they have a device.
pub fn readers_of(reading: &Reading, now: Timestamp) -> Vec<Id<Person>> {
    let publish_keys = &reading.generation.verified().roots().last().publish_keys;
    let publish_keys: Vec<String> = publish_keys.iter().map(ToString::to_string).collect();
    let people = letter_readers(&reading.team, &publish_keys, now).into_iter();
    people.filter(|id| reading.team.devices.iter().any(|device| device.person == **id)).cloned().collect()
}

/// The devices of those, as many as a letter has room for; the first people have the first places.
fn readers(reading: &Reading, now: Timestamp) -> (Vec<Id<Person>>, Vec<Recipient>) {
    let people = readers_of(reading, now);
    let devices = |person: &Id<Person>| {
        let own: Vec<&Device> = reading.team.devices.iter().filter(|device| device.person == *person).collect();
        own.into_iter().filter_map(|device| Recipient::parse(&device.reader).ok())
    };
    let recipients = people.iter().flat_map(devices).take(LETTER_READERS_MAX).collect();
    (people, recipients)
}

/// Whether the opener opens with this passphrase and is the one of the roster.
fn opener_opens(store: &Store, device: &Device, passphrase: &Passphrase) -> bool {
    let opener = store.opener().ok().and_then(|sealed| key::unseal(&sealed, passphrase).ok());
    let opener = opener.and_then(|text| Identity::parse(text.expose_secret()).ok());
    opener.is_some_and(|opener| opener.recipient().as_str() == device.opener)
}
