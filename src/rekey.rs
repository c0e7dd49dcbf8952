//! Another key for a tier: for the same holders, or without one of them. What can be opened here is sealed to it anew, and what
//! is known because of the old one is to change. Everything in memory: who calls it writes once.

use std::collections::BTreeMap;

use jiff::{SignedDuration, ToSpan};

use crate::{
    authored::sealed::SealedFiles,
    bundle::{
        capsule::{self, Place},
        tier,
    },
    hold::{Ground, HoldError},
    key::Identity,
    record::Recorded,
    team::{Capsule, Credential, Id, Person, Rotate, Rule, Task, Tier, TierKey},
    unbox::Unboxer,
};

/// Why a tier gets another key.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'a> {
    /// Who holds it no longer; what they could read alone is to change. Without anybody, everything is.
    pub gone: Option<&'a Id<Person>>,
    /// Stands in the tasks: `bob.reyes stopped holding prod`.
    pub why: &'a str,
}

/// What a tier comes to with another key.
#[derive(Debug)]
pub struct Rekeyed {
    /// The tier, with its label, its new key and the old ones that something is still sealed to.
    pub tier: Tier,
    /// What is to be written, with everything that was to be written before.
    pub sealed: SealedFiles,
    /// Credentials that are to get a new value, where they are used too.
    pub rotate: Vec<Id<Credential>>,
    /// Credentials that were not opened here, so they stay sealed to the old key.
    pub left: Vec<Id<Credential>>,
    /// What was recorded: an entry for each old key that was opened.
    pub recorded: Vec<Recorded>,
}

/// Makes the next key of a tier. `hand` opens old keys, where this device does; `sealed` is what is to be written already.
///
/// Who stays has the old key and stands in the label: a label alone lets nobody in.
///
/// # Errors
/// [`HoldError`]; fewer may not stay than it takes.
pub fn rekey(
    ground: &Ground<'_>,
    mut sealed: SealedFiles,
    id: &Id<Tier>,
    cause: Cause<'_>,
    hand: Option<&Unboxer<'_>>,
) -> Result<Rekeyed, HoldError> {
    let old = ground.trusted(id)?;
    let current = old.key().ok_or_else(|| HoldError::NoKey(id.clone()))?;
    if let Some(person) = cause.gone.filter(|gone| !old.holders.contains(gone) && !current.holders.contains(gone)) {
        return Err(HoldError::NotHolder(id.clone(), person.clone()));
    }
    let is_gone = |person: &Id<Person>| cause.gone == Some(person);
    let stay: Vec<Id<Person>> =
        current.holders.iter().filter(|one| !is_gone(one) && old.holders.contains(one)).cloned().collect();
    enough(id, current.rule, stay.len())?;
    let rule = current.rule.for_holders(stay.len());
    let version = old.keys.iter().map(|key| key.version).max().unwrap_or_default().checked_add(1);
    let version = version.ok_or_else(|| HoldError::NoVersion(id.clone()))?;
    let (key, _) = tier::make(ground.kit, id, (version, rule), &ground.holders(&stay)?, ground.today)?;
    let mut tasks = sealed.tasks.take().unwrap_or_else(|| ground.team.tasks.clone());
    let (mut rotate, mut left, mut used) = (Vec::new(), Vec::new(), vec![version]);
    let mut opened = Keys { hand, id, open: BTreeMap::new(), recorded: Vec::new() };
    for (credential, capsule) in sealed_to(ground, id) {
        let under = old.key_of(capsule.key);
        if is_known(under, cause.gone) {
            rotate.push(credential.clone());
            add_task(ground, &mut tasks, (credential, capsule.version), cause.why);
        }
        let identity = under.filter(|_| !is_other(ground, credential, capsule)).map(|key| opened.identity(key)).transpose()?;
        match identity.flatten() {
            Some(identity) => {
                let capsule = anew(ground, (credential, capsule), (id, &key), identity)?;
                sealed.capsules.insert(credential.clone(), capsule);
            }
            None => {
                used.push(capsule.key);
                left.push(credential.clone());
            }
        }
    }
    let keys: Vec<TierKey> = old.keys.iter().filter(|key| used.contains(&key.version)).cloned().chain([key]).collect();
    sealed.tiers.insert(id.clone(), keys.clone());
    sealed.tasks = Some(tasks);
    let label = old.holders.iter().filter(|one| !is_gone(one)).cloned().collect();
    let holders = if rule == Rule::Any { label } else { stay };
    let recorded = opened.recorded;
    Ok(Rekeyed { tier: Tier { rule, holders, keys, ..old.clone() }, sealed, rotate, left, recorded })
}

/// Whether enough stay to open a tier.
///
/// # Errors
/// [`HoldError::TooFewStay`].
pub(crate) fn enough(id: &Id<Tier>, rule: Rule, left: usize) -> Result<(), HoldError> {
    let needed = if let Rule::Of { k, .. } = rule { k } else { 1 };
    if left < usize::from(needed) { Err(HoldError::TooFewStay { tier: id.clone(), needed, left }) } else { Ok(()) }
}

/// The old keys, each opened once.
struct Keys<'a> {
    hand: Option<&'a Unboxer<'a>>,
    id: &'a Id<Tier>,
    open: BTreeMap<u32, Identity>,
    recorded: Vec<Recorded>,
}

impl Keys<'_> {
    /// An old key; [`None`] where this device cannot open it.
    fn identity(&mut self, key: &TierKey) -> Result<Option<&Identity>, HoldError> {
        let Some(hand) = self.hand.filter(|hand| hand.could(self.id, key).is_ok()) else { return Ok(None) };
        if !self.open.contains_key(&key.version) {
            let (identity, recorded) = hand.unbox(self.id, key)?;
            self.open.insert(key.version, identity);
            self.recorded.push(recorded);
        }
        Ok(self.open.get(&key.version))
    }
}

/// The capsules that are sealed to keys of a tier, wherever their label stands now.
fn sealed_to<'a>(ground: &Ground<'a>, id: &'a Id<Tier>) -> impl Iterator<Item = (&'a Id<Credential>, &'a Capsule)> {
    let capsules = ground.team.credentials.iter().filter_map(|(name, credential)| Some((name, credential.capsule.as_ref()?)));
    capsules.filter(move |(_, capsule)| capsule.tier == *id)
}

/// Whether what is sealed to a key counts as known: to whoever is gone, if they could read it alone (a share is not a value); to
/// somebody, where nobody is gone. Of a key that is not there, nobody knows.
fn is_known(key: Option<&TierKey>, gone: Option<&Id<Person>>) -> bool {
    let (Some(key), Some(gone)) = (key, gone) else { return true };
    key.rule == Rule::Any && key.holders.contains(gone)
}

/// Whether another value came under the version of the signed one: it would be passed on unseen.
fn is_other(ground: &Ground<'_>, id: &Id<Credential>, capsule: &Capsule) -> bool {
    let signed = ground.signed.and_then(|team| team.credentials.get(id)?.capsule.as_ref());
    signed.is_some_and(|signed| signed.version >= capsule.version && signed.sha256 != capsule.sha256)
}

/// The same value under the new key.
fn anew(
    ground: &Ground<'_>,
    (id, capsule): (&Id<Credential>, &Capsule),
    (tier, key): (&Id<Tier>, &TierKey),
    identity: &Identity,
) -> Result<Capsule, HoldError> {
    let fail = |error| HoldError::Capsule(id.to_string(), error);
    let fields = capsule::open(ground.kit, id, capsule, identity).map_err(fail)?;
    let place = Place { kit: ground.kit, id, version: capsule.version, tier: (tier, key), now: ground.now };
    // When the value was set stays: it is the same value.
    let sealed = capsule.sealed;
    Ok(Capsule { sealed, ..capsule::seal(place, &fields).map_err(fail)? })
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
