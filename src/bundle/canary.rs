//! Canaries: a value that opens nothing, sealed to a tier's key, so that a holder can prove that their key decrypts without any
//! credential being touched.

use data_encoding::HEXLOWER;
use rand_core::RngCore;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    age_file::{self, AgeError, Bounds},
    ids::KitId,
    json,
    limits::{BOX_BYTES_MAX, BOX_PLAIN_BYTES_MAX, BOX_STEP_BYTES},
    tier::{KeyOf, TierError},
};
use crate::{
    key::{Identity, Recipient},
    team::{Id, Tier},
};

const CANARY: Bounds = Bounds { bytes_max: BOX_BYTES_MAX, plain_bytes_max: BOX_PLAIN_BYTES_MAX, readers_max: 1 };
/// Bytes of a canary: nobody guesses them, so nobody makes one up.
const CANARY_BYTES: usize = 16;

#[derive(Serialize, Deserialize)]
struct Content {
    kit: KitId,
    tier: Id<Tier>,
    version: u32,
    canary: String,
}

/// Makes the canary of a key whose own field is still empty.
pub(super) fn seal(of: KeyOf<'_>, recipient: Recipient) -> Result<String, TierError> {
    let mut bytes = [0; CANARY_BYTES];
    rand_core::OsRng.try_fill_bytes(&mut bytes).map_err(|_| TierError::Box(AgeError::Encryption))?;
    let (kit, tier) = (of.kit.clone(), of.tier.clone());
    let content = Content { kit, tier, version: of.key.version, canary: HEXLOWER.encode(&bytes) };
    let plain = serde_json::to_vec(&content).expect("it is made of strings and a number");
    age_file::seal(Zeroizing::new(plain), BOX_STEP_BYTES, &[recipient], CANARY).map_err(TierError::Box)
}

/// Whether a key opens its own canary, and that one is of this kit, tier and key.
///
/// # Errors
/// [`TierError`]. [`None`] for a key that was made before there were canaries.
pub fn try_canary(of: KeyOf<'_>, identity: &Identity) -> Result<Option<()>, TierError> {
    let Some(canary) = &of.key.canary else { return Ok(None) };
    let plain = age_file::open(canary.as_bytes(), identity, CANARY).map_err(TierError::Box)?;
    json::check(&plain).map_err(|_| TierError::Other)?;
    let content: Content = serde_json::from_slice(&plain).map_err(|_| TierError::Other)?;
    let is_ours = &content.kit == of.kit && &content.tier == of.tier && content.version == of.key.version;
    let is_whole = content.canary.len() == 2 * CANARY_BYTES;
    if is_ours && is_whole { Ok(Some(())) } else { Err(TierError::Other) }
}

#[cfg(test)]
mod tests {
    use super::{super::tier, *};
    use crate::team::Rule;

    #[test]
    fn a_canary_opens_with_its_own_key_only_and_in_its_place_only() {
        let kit = KitId::generate().unwrap();
        let (one, two): (Id<Tier>, Id<Tier>) = (Id::parse("one").unwrap(), Id::parse("two").unwrap());
        let holders = vec![(Id::parse("ann").unwrap(), vec![Identity::generate().recipient()])];
        let today = jiff::civil::date(2026, 11, 18);
        let (key, identity) = tier::make(&kit, &one, (1, Rule::Any), &holders, today).unwrap();
        assert_eq!(try_canary(KeyOf { kit: &kit, tier: &one, key: &key }, &identity), Ok(Some(())));
        let stranger = Identity::generate();
        let refused = Err(TierError::Box(AgeError::NotForUs));
        assert_eq!(try_canary(KeyOf { kit: &kit, tier: &one, key: &key }, &stranger), refused);
        assert_eq!(try_canary(KeyOf { kit: &kit, tier: &two, key: &key }, &identity), Err(TierError::Other));
        let later = tier::KeyOf { kit: &kit, tier: &one, key: &crate::team::TierKey { version: 2, ..key.clone() } };
        assert_eq!(try_canary(later, &identity), Err(TierError::Other));
        let old = crate::team::TierKey { canary: None, ..key };
        assert_eq!(try_canary(KeyOf { kit: &kit, tier: &one, key: &old }, &identity), Ok(None));
    }
}
