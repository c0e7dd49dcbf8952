//! Inferring: which shared keys somebody had in whole. What a journal here says of them counts, what others say that they gave
//! them, and of an opening in a signed kit that no journal here names, nobody knows who it was.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    answer::{Combined, KeptKit},
    bundle::journal::What,
    key::Identity,
    open::Reading,
    recount::{Told, Whose, recount},
    store::{Store, StoreError},
    team::{Capsule, Credential, Id, Opening, Person, Rule, Tier, TierKey},
};

/// Every shared key that was put together, as far as it is known here: from the journals that `reader` opens, and from kits.
///
/// # Errors
/// [`StoreError`] when a journal is there and cannot be read.
pub fn combined(store: &Store, reading: &Reading, reader: &Identity, kits: &[KeptKit<'_>]) -> Result<Vec<Combined>, StoreError> {
    Ok(of(&recount(store, reading, reader, Whose::All)?, kits))
}

/// Shares of which key of a tier were given, and to whom.
type Given<'a> = (&'a Id<Tier>, u32, &'a str);

fn of(told: &[Told], kits: &[KeptKit<'_>]) -> Vec<Combined> {
    let mut all: BTreeSet<(Id<Tier>, u32, Option<Id<Person>>)> = BTreeSet::new();
    let mut given: BTreeMap<Given<'_>, BTreeSet<&Id<Person>>> = BTreeMap::new();
    let mut named: Vec<Opening> = Vec::new();
    for one in told {
        let (Some(entry), Some(person)) = (&one.entry, one.person()) else { continue };
        match &entry.what {
            What::Opened { credential, version, .. } | What::CodeShown { credential, version, .. } => {
                let keys = keys_of(kits, (credential, *version), Some(entry.held.1));
                all.extend(keys.map(|(tier, key)| (tier, key, Some(person.clone()))));
                named.extend(one.opening().map(|known| known.opening));
            }
            What::Rekeyed { tier, version, .. } if shared(kits, tier, *version).is_some() => {
                all.insert((tier.clone(), *version, Some(person.clone())));
            }
            What::Shared { tier, version, to, .. } => {
                let whom = to.split_once('/').map_or(to.as_str(), |(person, _)| person);
                given.entry((tier, *version, whom)).or_default().insert(person);
            }
            _ => {}
        }
    }
    for ((tier, version, whom), givers) in given {
        let (Some((key, k)), Ok(whom)) = (shared(kits, tier, version), Id::parse(whom)) else { continue };
        let own = usize::from(key.holders.contains(&whom));
        if givers.len() + own >= usize::from(k) {
            all.insert((tier.clone(), version, Some(whom)));
        }
    }
    let in_kits = kits.iter().flat_map(|kit| kit.team.ledger.openings.iter());
    for opening in in_kits.filter(|opening| !named.contains(opening)) {
        all.extend(keys_of(kits, (&opening.credential, opening.version), None).map(|(tier, key)| (tier, key, None)));
    }
    all.into_iter().map(|(tier, key, by)| Combined { tier, key, by }).collect()
}

/// The shared keys that a value was sealed to: in the kit that was held, where it is kept, else in any.
fn keys_of<'k>(
    kits: &'k [KeptKit<'_>],
    (credential, version): (&'k Id<Credential>, u32),
    held: Option<u64>,
) -> impl Iterator<Item = (Id<Tier>, u32)> + 'k {
    let capsule = move |kit: &KeptKit<'k>| -> Option<&'k Capsule> {
        let team = kit.team;
        team.credentials.get(credential)?.capsule.as_ref().filter(|capsule| capsule.version == version)
    };
    let is_kept = kits.iter().any(|kit| Some(kit.seq) == held && capsule(kit).is_some());
    let looked_at = kits.iter().filter(move |kit| !is_kept || Some(kit.seq) == held);
    let is_shared = |capsule: &&Capsule| shared(kits, &capsule.tier, capsule.key).is_some();
    looked_at.filter_map(capsule).filter(is_shared).map(|capsule| (capsule.tier.clone(), capsule.key))
}

/// A key that takes several holders, and how many.
fn shared<'k>(kits: &[KeptKit<'k>], tier: &Id<Tier>, version: u32) -> Option<(&'k TierKey, u8)> {
    kits.iter().find_map(|kit| {
        let key = kit.team.tiers.get(tier)?.key_of(version)?;
        if let Rule::Of { k, .. } = key.rule { Some((key, k)) } else { None }
    })
}
