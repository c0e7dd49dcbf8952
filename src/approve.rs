//! Approving: a holder gives their share of a tier's key to whoever asked for it. Who asks, and the key that the share is sealed
//! to, come from the kit of this machine and from nowhere else; recorded before anything is shown.

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use crate::{
    bundle::{AskError, Code, KeyOf, KitId, Request, ShareError, TierError, journal::What, request::Asked, share, tier::Opened},
    key::{DeviceKey, Identity},
    open::Reading,
    record::{self, Occasion, RecordError, Recorded},
    recount::{Whose, recount},
    request::Why,
    store::{Store, StoreError},
    team::{Credential, Device, Id, Person, Rule, Tier, TierKey},
    unseal::{self, UnsealError},
};

/// A request that is older was for another night, unless they say that it still holds.
pub const AGE_MAX: SignedDuration = SignedDuration::from_hours(24);
/// How far the clock of whoever asks may be ahead.
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(10);

/// A request as it came.
#[derive(Debug, Clone)]
pub enum Form {
    /// As text: signed, and says why.
    Text(Box<Request>),
    /// As it was spoken.
    Code(Code),
}

/// A request as this machine's kit understands it.
#[derive(Debug, Clone)]
pub struct Petition<'r> {
    /// The kit.
    pub kit: KitId,
    /// The device that asks, of the roster here.
    pub device: &'r Device,
    /// The tier.
    pub tier: &'r Id<Tier>,
    /// Which key.
    pub key: &'r TierKey,
    /// The code of the request.
    pub code: Code,
    /// What the signed text says, if the text came.
    pub says: Option<Asked>,
    /// When shares were given from this device for exactly this request, by its journal.
    pub answered: Vec<Timestamp>,
    /// Whether whoever asks is a holder.
    pub is_holder: bool,
    /// Every credential that the key opens: a share is of the key.
    pub opens: Vec<&'r Id<Credential>>,
}

/// What was given.
pub enum Given {
    /// A text that only the asking device opens.
    Sealed(String),
    /// Places of words to read out.
    Spoken(Zeroizing<Vec<u16>>),
}

/// Why no share is given.
#[derive(Debug, thiserror::Error)]
pub enum ApproveError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The request cannot be read.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// A key of this device does not open.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// It could not be recorded.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// This device's share does not open.
    #[error("your share: {0}")]
    Tier(#[from] TierError),
    /// The share could not be sealed.
    #[error("the share could not be given: {0}")]
    Share(#[from] ShareError),
    /// Of another kit.
    #[error("the request is of another kit")]
    OtherKit,
    /// The kit here has no such device.
    #[error("no device of this kit asks so")]
    Stranger,
    /// The kit has the device, with another key.
    #[error("the request says that it is by {0}, and is signed by another key than this kit has for that device")]
    OtherKey(String),
    /// The code fits several devices.
    #[error("the code fits several devices: {}", .0.join(", "))]
    Ambiguous(Vec<String>),
    /// The kit here has another key of that tier.
    #[error("the request is for a key that this kit does not have: one of the two kits is older")]
    OtherVersion {
        /// Which it asks for, where it says so, and the newest here.
        versions: Option<(u32, u32)>,
    },
    /// Any holder opens it alone.
    #[error("any holder of {0} opens it alone, so nobody needs a share of it")]
    NotSplit(Id<Tier>),
    /// One's own.
    #[error("this is your own request: your share counts by itself")]
    Own,
    /// This device has no share.
    #[error("this device has no share of the tier {tier}")]
    NotHolder {
        /// The tier.
        tier: Id<Tier>,
        /// Who has.
        holders: Vec<Id<Person>>,
    },
}

/// Looks a request up in the kit of this machine.
///
/// # Errors
/// [`ApproveError`] says why no share is to be given for it.
pub fn petition<'r>(store: &Store, reading: &'r Reading, reader: &Identity, form: &Form) -> Result<Petition<'r>, ApproveError> {
    let kit = store.trust().pin.kit.clone();
    let (code, says) = match form {
        Form::Text(request) => (request.code(), Some(request.asked())),
        Form::Code(code) => (*code, None),
    };
    if says.as_ref().is_some_and(|asked| asked.kit != kit) {
        return Err(ApproveError::OtherKit);
    }
    let device = asker(reading, form)?;
    let own = unseal::own_device(store, reading)?;
    if device.person == own.person {
        return Err(ApproveError::Own);
    }
    let (tier, key) = match &says {
        Some(asked) => named_key(reading, asked)?,
        None => {
            let keys = reading.team.tiers.iter().flat_map(|(id, tier)| tier.keys.iter().map(move |key| (id, key)));
            let mut meant = keys.filter(|(id, key)| code.is_for(&kit, id, key.version));
            meant.next().ok_or(ApproveError::OtherVersion { versions: None })?
        }
    };
    if key.rule == Rule::Any {
        return Err(ApproveError::NotSplit(tier.clone()));
    }
    if !key.is_for(own) {
        return Err(ApproveError::NotHolder { tier: tier.clone(), holders: key.holders.clone() });
    }
    let is_opened = |credential: &Credential| {
        credential.capsule.as_ref().is_some_and(|capsule| capsule.tier == *tier && capsule.key == key.version)
    };
    let opens = reading.team.credentials.iter().filter(|(_, credential)| is_opened(credential)).map(|(id, _)| id).collect();
    let told = recount(store, reading, reader, Whose::Own)?;
    let written = code.to_string();
    let is_for_it = |what: &What| matches!(what, What::Shared { code, .. } if *code == written);
    let entries = told.iter().filter_map(|told| told.entry.as_ref());
    let answered = entries.filter(|entry| is_for_it(&entry.what)).map(|entry| entry.at).collect();
    Ok(Petition { kit, device, tier, key, code, says, answered, is_holder: key.holders.contains(&device.person), opens })
}

/// Records that a share is given, and makes it: nothing may be shown before this came back.
///
/// # Errors
/// [`ApproveError`].
pub fn give(
    store: &Store,
    reading: &Reading,
    petition: &Petition<'_>,
    ((key, opener), is_voice): ((&DeviceKey, &Identity), bool),
    why: Why,
) -> Result<(Given, Recorded), ApproveError> {
    let own = unseal::own_device(store, reading)?;
    let Why { reason, incident, now, machine } = why;
    let what = What::Shared {
        tier: petition.tier.clone(),
        version: petition.key.version,
        to: petition.by(),
        code: petition.code.to_string(),
        voice: is_voice,
    };
    let recorded = record::record(store, reading, key, Occasion { what, reason, incident, now, machine })?;
    let of = petition.of();
    let Opened::Share(share) = of.open(own, opener)? else { return Err(TierError::Other.into()) };
    let given = if is_voice {
        Given::Spoken(share::spoken(of, &share))
    } else {
        Given::Sealed(share::seal(of, &share, petition.code, petition.device)?)
    };
    Ok((given, recorded))
}

impl Petition<'_> {
    /// The key that is asked for.
    pub fn of(&self) -> KeyOf<'_> {
        KeyOf { kit: &self.kit, tier: self.tier, key: self.key }
    }

    /// Whether it is not of these hours: too long ago, or from a time that is not yet. Of a code nobody knows.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        let age = self.says.as_ref().map(|asked| now.duration_since(asked.at));
        age.is_some_and(|age| age > AGE_MAX || age < -AHEAD_MAX)
    }

    /// Whose device asks: `alice.okafor/laptop`.
    pub fn by(&self) -> String {
        format!("{}/{}", self.device.person, self.device.name)
    }
}

/// The device of the roster that asks.
fn asker<'r>(reading: &'r Reading, form: &Form) -> Result<&'r Device, ApproveError> {
    let devices = &reading.team.devices;
    match form {
        Form::Text(request) => devices.iter().find(|device| request.is_by(device)).ok_or_else(|| {
            let by = request.by();
            let is_known = devices.iter().any(|device| format!("{}/{}", device.person, device.name) == by);
            if is_known { ApproveError::OtherKey(by) } else { ApproveError::Stranger }
        }),
        Form::Code(code) => match devices.iter().filter(|device| code.is_by(device)).collect::<Vec<_>>().as_slice() {
            [] => Err(ApproveError::Stranger),
            [device] => Ok(*device),
            many => Err(ApproveError::Ambiguous(many.iter().map(|it| format!("{}/{}", it.person, it.name)).collect())),
        },
    }
}

/// The key that a text names.
fn named_key<'r>(reading: &'r Reading, asked: &Asked) -> Result<(&'r Id<Tier>, &'r TierKey), ApproveError> {
    let (id, tier) = reading.team.tiers.get_key_value(&asked.tier).ok_or(ApproveError::OtherVersion { versions: None })?;
    let newest = tier.key().map_or(0, |key| key.version);
    let versions = Some((asked.version, newest));
    Ok((id, tier.key_of(asked.version).ok_or(ApproveError::OtherVersion { versions })?))
}
