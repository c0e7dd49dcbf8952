//! Requesting: this device asks holders for their shares of a tier's key, signed, and with why; recorded before it is shown.

use jiff::Timestamp;

use crate::{
    bundle::{
        AskError,
        journal::What,
        request::{Asked, Request},
    },
    key::DeviceKey,
    open::Reading,
    record::{self, Machine, Occasion, RecordError, Recorded},
    store::Store,
    team::{Credential, Device, Id, Person, Rule, Thing, Tier, TierKey},
};

/// Why something is asked for or given, and when.
#[derive(Debug, Clone)]
pub struct Why {
    /// Why, in the words of whoever asks.
    pub reason: String,
    /// The incident, if it has a name.
    pub incident: Option<String>,
    /// Now: by this machine's clock, or as it was given.
    pub now: Timestamp,
    /// What this machine says of its time beside that.
    pub machine: Machine,
}

/// Whose shares are needed, for what.
#[derive(Debug, Clone)]
pub struct Wanted<'r> {
    /// The tier.
    pub tier: &'r Id<Tier>,
    /// Which of its keys: that of the credential's values, else the current one.
    pub key: &'r TierKey,
    /// The credential, if it is for one.
    pub credential: Option<Id<Credential>>,
    /// How many shares it takes.
    pub needed: u8,
}

/// A request that was made and recorded.
#[derive(Debug)]
pub struct Requested {
    /// The request.
    pub request: Request,
    /// Its entry in the journal.
    pub recorded: Recorded,
}

/// Why nothing was asked for.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The request could not be made.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// It could not be recorded.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The credential has only a label.
    #[error("the kit here has no values of {0}, only its label")]
    NotSealed(Id<Credential>),
    /// The tier has no key.
    #[error("the tier {0} has no such key: nothing is sealed to it")]
    NoKey(String),
    /// Any holder opens it.
    #[error("any holder of {tier} opens it alone, so there are no shares to ask for")]
    NotSplit {
        /// The tier.
        tier: Id<Tier>,
        /// Who holds it.
        holders: Vec<Id<Person>>,
    },
}

/// What has to be asked for to open a credential or a tier.
///
/// # Errors
/// [`RequestError`].
pub fn wanted<'r>(reading: &'r Reading, kind: Thing, id: &str) -> Result<Wanted<'r>, RequestError> {
    let team = &reading.team;
    let credential: Option<Id<Credential>> = Some(id).filter(|_| kind == Thing::Credential).and_then(|id| Id::parse(id).ok());
    let (name, version) = match &credential {
        Some(credential) => {
            let capsule = team.credentials.get(credential).and_then(|it| it.capsule.as_ref());
            let capsule = capsule.ok_or_else(|| RequestError::NotSealed(credential.clone()))?;
            (capsule.tier.as_str(), Some(capsule.key))
        }
        None => (id, None),
    };
    let found = team.tiers.iter().find(|(tier, _)| tier.as_str() == name);
    let key = found.and_then(|(_, tier)| version.map_or_else(|| tier.key(), |version| tier.key_of(version)));
    match (found, key) {
        (Some((tier, _)), Some(key)) => match key.rule {
            Rule::Of { k, .. } => Ok(Wanted { tier, key, credential, needed: k }),
            Rule::Any => Err(RequestError::NotSplit { tier: tier.clone(), holders: key.holders.clone() }),
        },
        _ => Err(RequestError::NoKey(name.to_owned())),
    }
}

/// Makes a request and records it. Nothing may be shown of it before this came back.
///
/// # Errors
/// [`RequestError`].
pub fn request(
    store: &Store,
    reading: &Reading,
    wanted: &Wanted<'_>,
    (device, key): (&Device, &DeviceKey),
    why: Why,
) -> Result<Requested, RequestError> {
    let Why { reason, incident, now, machine } = why;
    let asked = Asked {
        kit: store.trust().pin.kit.clone(),
        tier: wanted.tier.clone(),
        version: wanted.key.version,
        credential: wanted.credential.clone(),
        at: now,
        reason: reason.clone(),
        incident: incident.clone(),
    };
    let request = Request::sign(&asked, device, key)?;
    let what = What::Asked { tier: asked.tier, version: asked.version, code: request.code().to_string() };
    let recorded = record::record(store, reading, key, Occasion { what, reason, incident, now, machine })?;
    Ok(Requested { request, recorded })
}
