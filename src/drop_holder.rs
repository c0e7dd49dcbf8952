//! Dropping a holder: the tier gets another key, what can be opened here is sealed to it anew, and what the leaver could read
//! is to change. Everything in memory: who calls it writes once.

use jiff::{SignedDuration, ToSpan};

use crate::{
    authored::sealed::SealedFiles,
    bundle::{
        capsule::{self, Place},
        tier::{self, KeyOf, Opened, TierError},
    },
    hold::{Ground, HoldError},
    key::Identity,
    team::{Capsule, Credential, Device, Id, Person, Rotate, Rule, Task, Tier, TierKey},
};

/// What a tier comes to without one of its holders.
#[derive(Debug)]
pub struct Dropped {
    /// The tier, with its label, its new key and the old ones that something is still sealed to.
    pub tier: Tier,
    /// What is to be written, with everything that was to be written before.
    pub sealed: SealedFiles,
    /// Credentials that the leaver could read: each is to get a new value, where it is used too.
    pub rotate: Vec<Id<Credential>>,
    /// Those of them that could not be opened here, so they stay sealed to the key that the leaver had.
    pub left: Vec<Id<Credential>>,
}

/// Takes a person out of a tier. `opener` is this device and its key, where it is open; `why` stands in the tasks:
/// `bob.reyes stopped holding prod`. `sealed` is what is to be written already.
///
/// # Errors
/// [`HoldError`]; fewer may not stay than it takes.
pub fn drop_holder(
    ground: &Ground<'_>,
    mut sealed: SealedFiles,
    (id, person): (&Id<Tier>, &Id<Person>),
    opener: Option<(&Device, &Identity)>,
    why: &str,
) -> Result<Dropped, HoldError> {
    let old = ground.trusted(id)?;
    let current = old.key().ok_or_else(|| HoldError::NoKey(id.clone()))?;
    if !old.holders.contains(person) && !current.holders.contains(person) {
        return Err(HoldError::NotHolder(id.clone(), person.clone()));
    }
    let without = |ids: &[Id<Person>]| -> Vec<Id<Person>> { ids.iter().filter(|id| *id != person).cloned().collect() };
    let stay = without(&current.holders);
    let needed = match current.rule {
        Rule::Any => 1,
        Rule::Of { k, .. } => k,
    };
    if stay.len() < usize::from(needed) {
        return Err(HoldError::TooFewStay { tier: id.clone(), needed, left: stay.len() });
    }
    let rule = current.rule.for_holders(stay.len());
    let version = old.keys.iter().map(|key| key.version).max().unwrap_or_default() + 1;
    let (key, _) = tier::make(ground.kit, id, (version, rule), &ground.holders(&stay)?, ground.today)?;
    let mut keys: Vec<TierKey> = old.keys.clone();
    keys.push(key.clone());
    let (mut rotate, mut left, mut used) = (Vec::new(), Vec::new(), vec![version]);
    let mut tasks = sealed.tasks.take().unwrap_or_else(|| ground.team.tasks.clone());
    for (credential, capsule) in sealed_to(ground, id) {
        // Of a key that this person never held, nothing was read. Of one that is not there, nobody knows.
        if old.key_of(capsule.key).is_none_or(|key| key.holders.contains(person)) {
            rotate.push(credential.clone());
            add_task(ground, &mut tasks, (credential, capsule.version), why);
        }
        match anew(ground, old, (credential, capsule), (id, &key), opener)? {
            Some(capsule) => {
                sealed.capsules.insert(credential.clone(), capsule);
            }
            None => {
                used.push(capsule.key);
                left.push(credential.clone());
            }
        }
    }
    keys.retain(|key| used.contains(&key.version));
    sealed.tiers.insert(id.clone(), keys.clone());
    sealed.tasks = Some(tasks);
    let holders = if rule == Rule::Any { without(&old.holders) } else { stay };
    Ok(Dropped { tier: Tier { rule, holders, keys, ..old.clone() }, sealed, rotate, left })
}

/// The capsules that are sealed to keys of a tier, wherever their label stands now.
fn sealed_to<'a>(ground: &Ground<'a>, id: &'a Id<Tier>) -> impl Iterator<Item = (&'a Id<Credential>, &'a Capsule)> {
    let capsules = ground.team.credentials.iter().filter_map(|(name, credential)| Some((name, credential.capsule.as_ref()?)));
    capsules.filter(move |(_, capsule)| capsule.tier == *id)
}

/// The same value under the new key; [`None`] where this device cannot open it, or must not: another value that came under the
/// version of the signed one would be passed on unseen.
fn anew(
    ground: &Ground<'_>,
    old: &Tier,
    (id, capsule): (&Id<Credential>, &Capsule),
    (tier, key): (&Id<Tier>, &TierKey),
    opener: Option<(&Device, &Identity)>,
) -> Result<Option<Capsule>, HoldError> {
    let signed = ground.signed.and_then(|team| team.credentials.get(id)?.capsule.as_ref());
    let is_other = signed.is_some_and(|signed| signed.version >= capsule.version && signed.sha256 != capsule.sha256);
    let (Some((device, opener)), Some(under), false) = (opener, old.key_of(capsule.key), is_other) else { return Ok(None) };
    let identity = match (KeyOf { kit: ground.kit, tier, key: under }).open(device, opener) {
        Ok(Opened::Whole(identity)) => identity,
        Ok(Opened::Share(_)) | Err(TierError::NotForUs) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let fail = |error| HoldError::Capsule(id.to_string(), error);
    let fields = capsule::open(ground.kit, id, capsule, &identity).map_err(fail)?;
    let place = Place { kit: ground.kit, id, version: capsule.version, tier: (tier, key), now: ground.now };
    // When the value was set stays: it is the same value.
    let sealed = capsule.sealed;
    Ok(Some(Capsule { sealed, ..capsule::seal(place, &fields).map_err(fail)? }))
}

/// One task for each value, however many reasons there are: the first stands, with its day.
fn add_task(ground: &Ground<'_>, tasks: &mut Vec<Task>, (id, version): (&Id<Credential>, u32), why: &str) {
    let rotate = Rotate::Credential { id: id.clone(), version };
    if tasks.iter().any(|task| task.rotate == rotate) {
        return;
    }
    let within = SignedDuration::from_hours(i64::from(ground.team.policy.rotate_within_h));
    let days = within.as_hours().unsigned_abs().div_ceil(24);
    let by = ground.today.saturating_add(i64::try_from(days).unwrap_or(i64::MAX).days());
    tasks.push(Task { rotate, why: why.to_owned(), since: ground.today, by });
}
