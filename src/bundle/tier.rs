//! Tiers: an age key of its own for each group of credentials, in boxes that its holders open, alone or some together
//! (docs/format.md, "Tiers").

use data_encoding::HEXLOWER;
use jiff::civil::Date;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    age_file::{self, AgeError, Bounds},
    canary,
    ids::{Hash, KitId},
    json,
    limits::{BOX_BYTES_MAX, BOX_OPENERS_MAX, BOX_PLAIN_BYTES_MAX, BOX_STEP_BYTES},
};
use crate::{
    key::{
        Identity, IdentityError, KEY_BYTES, Recipient,
        shamir::{self, Secret, ShamirError},
    },
    team::{Device, Id, Person, Rule, Tier, TierBox, TierKey},
};

const BOX: Bounds = Bounds { bytes_max: BOX_BYTES_MAX, plain_bytes_max: BOX_PLAIN_BYTES_MAX, readers_max: BOX_OPENERS_MAX };

/// A holder and the openers of their devices.
pub type Holder = (Id<Person>, Vec<Recipient>);

/// Which key: what stands in its boxes again, so that none is taken for another's.
#[derive(Debug, Clone, Copy)]
pub struct KeyOf<'a> {
    /// The kit.
    pub kit: &'a KitId,
    /// The tier.
    pub tier: &'a Id<Tier>,
    /// The key.
    pub key: &'a TierKey,
}

/// One holder's share of a key. No Debug: it is a secret.
#[derive(Clone)]
pub struct Share {
    /// From 1: the place of the holder.
    pub index: u8,
    /// The share.
    pub value: Secret,
}

/// What is in a box.
pub enum Opened {
    /// The key.
    Whole(Identity),
    /// A share of it.
    Share(Share),
}

/// A share as it stands in its box.
#[derive(Serialize, Deserialize)]
struct ShareText {
    kit: KitId,
    tier: Id<Tier>,
    version: u32,
    k: u8,
    n: u8,
    index: u8,
    share: String,
}

/// Why a tier's key was not made, or does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TierError {
    /// A holder without a device could never open it.
    #[error("{0} has no device that could open it")]
    NoDevice(Id<Person>),
    /// Nobody, or a rule that counts others than there are.
    #[error("the rule {rule} does not fit {holders} holders")]
    Rule {
        /// How many are needed.
        rule: Rule,
        /// How many there are.
        holders: usize,
    },
    /// This device has no box.
    #[error("this device has no box of that key")]
    NotForUs,
    /// The box could not be made, or does not open.
    #[error("its box: {0}")]
    Box(AgeError),
    /// The key could not be split.
    #[error(transparent)]
    Split(#[from] ShamirError),
    /// What is in the box is of another kit, tier or key, or no key at all.
    #[error("what is in its box is not what the kit says")]
    Other,
    /// A share is not the one that was given to that holder.
    #[error("the share of {0} is wrong")]
    BadShare(Id<Person>),
    /// A share of a holder who is not one of this key.
    #[error("there is no holder {0} of this key")]
    NoHolder(u8),
    /// The same holder's share twice.
    #[error("the share of {0} was given twice")]
    Twice(Id<Person>),
    /// Not enough shares.
    #[error("it takes {needed} shares, here are {found}")]
    TooFew {
        /// How many.
        needed: u8,
        /// How many there are.
        found: usize,
    },
}

/// Makes a fresh key for a tier and puts it into boxes for its holders.
///
/// # Errors
/// [`TierError`].
pub fn make(
    kit: &KitId,
    tier: &Id<Tier>,
    (version, rule): (u32, Rule),
    holders: &[Holder],
    made: Date,
) -> Result<(TierKey, Identity), TierError> {
    let identity = Identity::generate();
    let key = TierKey {
        version,
        recipient: identity.recipient().to_string(),
        rule,
        made,
        holders: holders.iter().map(|(id, _)| id.clone()).collect(),
        boxes: Vec::new(),
        canary: None,
    };
    let canary = canary::seal(KeyOf { kit, tier, key: &key }, identity.recipient())?;
    let key = TierKey { canary: Some(canary), ..key };
    let key = boxed(KeyOf { kit, tier, key: &key }, &identity, holders)?;
    Ok((key, identity))
}

/// Puts a key that is at hand into new boxes, for these holders. Split keys are split anew: shares of before no longer count.
///
/// # Errors
/// [`TierError`].
pub fn boxed(of: KeyOf<'_>, identity: &Identity, holders: &[Holder]) -> Result<TierKey, TierError> {
    if let Some((id, _)) = holders.iter().find(|(_, openers)| openers.is_empty()) {
        return Err(TierError::NoDevice(id.clone()));
    }
    let rule = of.key.rule;
    let boxes = match rule {
        Rule::Any if holders.is_empty() => return Err(TierError::Rule { rule, holders: 0 }),
        Rule::Any => {
            let openers: Vec<Recipient> = holders.iter().flat_map(|(_, openers)| openers.clone()).collect();
            let text = format!("# tier {} of kit {}, key {}\n", of.tier, of.kit, of.key.version);
            // The padding comes behind it: spaces alone are no line that stock age takes, a comment is.
            let plain = Zeroizing::new([text.as_bytes(), identity.to_text().expose_secret().as_bytes(), b"#"].concat());
            vec![one_box(plain, &openers, None)?]
        }
        Rule::Of { k, n } => {
            if usize::from(n) != holders.len() {
                return Err(TierError::Rule { rule, holders: holders.len() });
            }
            let shares = shamir::split(&identity.to_bytes(), k, n)?;
            let indexed = (1..).zip(shares).zip(holders);
            let boxes = indexed.map(|((index, value), (_, openers))| {
                let share = Share { index, value };
                one_box(share.text(of, (k, n)), openers, Some(of.commitment(&share)))
            });
            boxes.collect::<Result<_, _>>()?
        }
    };
    Ok(TierKey { boxes, holders: holders.iter().map(|(id, _)| id.clone()).collect(), ..of.key.clone() })
}

fn one_box(plain: Zeroizing<Vec<u8>>, openers: &[Recipient], commitment: Option<Hash>) -> Result<TierBox, TierError> {
    let age = age_file::seal(plain, BOX_STEP_BYTES, openers, BOX).map_err(TierError::Box)?;
    let openers = openers.iter().map(ToString::to_string).collect();
    Ok(TierBox { openers, commitment: commitment.map(|hash| hash.to_string()), age })
}

/// To how many devices a box is sealed, by its header; `None` where it is no box at all.
pub fn stanzas(one: &TierBox) -> Option<usize> {
    age_file::readers(one.age.as_bytes(), BOX)
}

impl KeyOf<'_> {
    /// Opens this device's box with its opener.
    ///
    /// # Errors
    /// [`TierError`]; a share that is not the committed one is [`TierError::BadShare`].
    pub fn open(&self, device: &Device, opener: &Identity) -> Result<Opened, TierError> {
        let (place, one) = self.key.box_for(device).ok_or(TierError::NotForUs)?;
        let plain = age_file::open(one.age.as_bytes(), opener, BOX).map_err(TierError::Box)?;
        let text = std::str::from_utf8(&plain).map_err(|_| TierError::Other)?.trim_end_matches(' ');
        if self.key.rule == Rule::Any {
            return self.whole(Identity::parse(text)).map(Opened::Whole);
        }
        let share = self.share_of(text)?;
        if usize::from(share.index) != place + 1 {
            return Err(TierError::Other);
        }
        self.check(&share)?;
        Ok(Opened::Share(share))
    }

    /// The key that some shares give, each checked against what was committed to.
    ///
    /// # Errors
    /// [`TierError`] names whose share is wrong.
    pub fn combine(&self, shares: &[Share]) -> Result<Identity, TierError> {
        let Rule::Of { k, .. } = self.key.rule else { return Err(TierError::Other) };
        for (at, share) in shares.iter().enumerate() {
            self.check(share)?;
            if shares.iter().take(at).any(|other| other.index == share.index) {
                return Err(TierError::Twice(self.holder(share.index)?.clone()));
            }
        }
        if shares.len() < usize::from(k) {
            return Err(TierError::TooFew { needed: k, found: shares.len() });
        }
        let points: Vec<(u8, &[u8; KEY_BYTES])> = shares.iter().map(|share| (share.index, &*share.value)).collect();
        self.whole(Ok(Identity::from_bytes(&*shamir::combine(&points)?)))
    }

    /// Whether a share is the one that was given to its holder.
    ///
    /// # Errors
    /// [`TierError::BadShare`], [`TierError::NoHolder`].
    pub fn check(&self, share: &Share) -> Result<(), TierError> {
        let holder = self.holder(share.index)?;
        let committed = self.key.boxes.get(usize::from(share.index) - 1).and_then(|one| one.commitment.as_deref());
        let is_right = committed == Some(self.commitment(share).to_string().as_str());
        if is_right { Ok(()) } else { Err(TierError::BadShare(holder.clone())) }
    }

    /// Whose share has an index.
    ///
    /// # Errors
    /// [`TierError::NoHolder`].
    pub fn holder(&self, index: u8) -> Result<&Id<Person>, TierError> {
        let holder = usize::from(index).checked_sub(1).and_then(|place| self.key.holders.get(place));
        holder.ok_or(TierError::NoHolder(index))
    }

    /// What a share is committed to by: its own 256 bits hide it. Kit, tier, key and index are in it, so that a share counts
    /// in its place only.
    fn commitment(&self, share: &Share) -> Hash {
        let Self { kit, tier, key } = self;
        let value = Zeroizing::new(HEXLOWER.encode(&*share.value));
        let text = format!("kit-share-v1\n{kit}\n{tier}\n{}\n{}\n{}\n", key.version, share.index, *value);
        Hash::of(Zeroizing::new(text).as_bytes())
    }

    fn whole(&self, identity: Result<Identity, IdentityError>) -> Result<Identity, TierError> {
        let identity = identity.map_err(|_| TierError::Other)?;
        if identity.recipient().as_str() == self.key.recipient { Ok(identity) } else { Err(TierError::Other) }
    }

    fn share_of(&self, text: &str) -> Result<Share, TierError> {
        json::check(text.as_bytes()).map_err(|_| TierError::Other)?;
        let text: ShareText = serde_json::from_str(text).map_err(|_| TierError::Other)?;
        let value = Zeroizing::new(text.share);
        let is_ours = &text.kit == self.kit && &text.tier == self.tier && text.version == self.key.version;
        let value = HEXLOWER.decode(value.as_bytes()).ok().map(Zeroizing::new).filter(|_| is_ours);
        let value = value.and_then(|value| value.as_slice().try_into().ok()).ok_or(TierError::Other)?;
        Ok(Share { index: text.index, value: Zeroizing::new(value) })
    }
}

impl Share {
    fn text(&self, of: KeyOf<'_>, (k, n): (u8, u8)) -> Zeroizing<Vec<u8>> {
        let share = HEXLOWER.encode(&*self.value);
        let (kit, tier) = (of.kit.clone(), of.tier.clone());
        let text = ShareText { kit, tier, version: of.key.version, k, n, index: self.index, share };
        let plain = serde_json::to_vec(&text).expect("a share has only strings and numbers");
        drop(Zeroizing::new(text.share));
        Zeroizing::new(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(person: &str, opener: &Identity) -> Device {
        let (reader, key) = (Identity::generate().recipient().to_string(), "ssh-ed25519 AAAA".to_owned());
        let opener = opener.recipient().to_string();
        Device { person: Id::parse(person).unwrap(), name: "laptop".to_owned(), reader, opener, key, added: None }
    }

    #[test]
    fn holders_open_alone_or_together_and_others_not_at_all() {
        let kit = KitId::generate().unwrap();
        let tier = Id::parse("prod").unwrap();
        let openers = [Identity::generate(), Identity::generate(), Identity::generate()];
        let names = ["ann", "ben", "cem"];
        let holders: Vec<Holder> =
            names.iter().zip(&openers).map(|(name, opener)| (Id::parse(name).unwrap(), vec![opener.recipient()])).collect();
        let today = jiff::civil::date(2026, 11, 18);

        let (any, identity) = make(&kit, &tier, (1, Rule::Any), &holders, today).unwrap();
        let of = KeyOf { kit: &kit, tier: &tier, key: &any };
        for (name, opener) in names.iter().zip(&openers) {
            let Ok(Opened::Whole(found)) = of.open(&device(name, opener), opener) else { panic!("{name}") };
            assert_eq!(found.recipient(), identity.recipient());
        }
        let stranger = Identity::generate();
        assert_eq!(of.open(&device("dan", &stranger), &stranger).err(), Some(TierError::NotForUs));
        assert_eq!(of.open(&device("ann", &openers[0]), &stranger).err(), Some(TierError::Box(AgeError::NotForUs)));

        let rule = Rule::Of { k: 2, n: 3 };
        let (key, identity) = make(&kit, &tier, (2, rule), &holders, today).unwrap();
        let of = KeyOf { kit: &kit, tier: &tier, key: &key };
        let share = |at: usize| match of.open(&device(names[at], &openers[at]), &openers[at]) {
            Ok(Opened::Share(share)) => share,
            _ => panic!("no share"),
        };
        assert_eq!(of.combine(&[share(2), share(0)]).map(|it| it.recipient()), Ok(identity.recipient()));
        assert_eq!(of.combine(&[share(2)]).err(), Some(TierError::TooFew { needed: 2, found: 1 }));
        assert_eq!(of.combine(&[share(1), share(1)]).err(), Some(TierError::Twice(Id::parse("ben").unwrap())));
        let mut bad = share(1);
        bad.value[31] ^= 1;
        assert_eq!(of.combine(&[share(0), bad.clone()]).err(), Some(TierError::BadShare(Id::parse("ben").unwrap())));
        bad.index = 9;
        assert_eq!(of.combine(&[share(0), bad]).err(), Some(TierError::NoHolder(9)));
        // A share of the key before is of no use in the next one.
        let (next, _) = make(&kit, &tier, (3, rule), &holders, today).unwrap();
        let next = KeyOf { kit: &kit, tier: &tier, key: &next };
        assert_eq!(next.combine(&[share(0), share(1)]).err(), Some(TierError::BadShare(Id::parse("ann").unwrap())));
    }
}
