//! A share on its way from a holder to whoever asked: sealed to the device that asks, as a text to paste; or as 25 words for a
//! plain phone call (docs/format.md, "Shares").

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    age_file::{self, AgeError, Bounds},
    ids::{Hash, KitId},
    json,
    limits::{BOX_PLAIN_BYTES_MAX, PASTED_BYTES_MAX, SHARE_STEP_BYTES},
    pasted::{self, PastedError},
    request::Code,
    tier::{KeyOf, Share, TierError},
};
use crate::{
    key::{Identity, Recipient, armour::AGE_FILE, mnemonic},
    team::{Device, Id, Person, Rule, Tier},
};

/// What the pasted form begins with.
pub const SHARE_PREFIX: &str = "kit-share1:";

/// Words of a share that is read out: 24 of the share and its checksum, and one that says whose it is and of which key.
pub const VOICE_WORDS: usize = mnemonic::COUNT + 1;

/// Bits of the last word that tell one key from another; those before them are the index, from 0.
const TAG_BITS: u32 = 6;

/// To the devices of one person; only one asks.
const SEALED: Bounds = Bounds { bytes_max: PASTED_BYTES_MAX, plain_bytes_max: BOX_PLAIN_BYTES_MAX, readers_max: 1 };

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Text {
    kit: KitId,
    tier: Id<Tier>,
    version: u32,
    index: u8,
    share: String,
    code: String,
}

/// A share that was given to this device or read to its owner, and checked.
pub struct Received {
    /// The share.
    pub share: Share,
    /// Which word was heard wrongly and found out by itself, from 1.
    pub mended: Option<usize>,
}

/// Why a share cannot be given or taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// The text is damaged.
    #[error(transparent)]
    Pasted(#[from] PastedError),
    /// It is sealed to another device.
    #[error("it is sealed to another device")]
    NotForUs,
    /// The encrypted part.
    #[error("{0}")]
    Age(AgeError),
    /// The kit names no key of that device that could open it.
    #[error("the key of {0} that opens credentials is none that kit can seal to")]
    Recipient(String),
    /// Of another kit.
    #[error("it is of another kit")]
    OtherKit,
    /// Of another tier.
    #[error("it is of the tier {0}")]
    OtherTier(Id<Tier>),
    /// Of a key before.
    #[error("it is of an older key of this tier")]
    OlderKey,
    /// Of a key that this kit does not know yet.
    #[error("it is of a newer key of this tier")]
    NewerKey,
    /// What is in it is no share.
    #[error("what is in it is no share")]
    Content,
    /// Too few words, or too many.
    #[error("a share has {VOICE_WORDS} words, these are {0}")]
    Count(usize),
    /// A word that is not in the list.
    #[error("word {0} is none of the list")]
    UnknownWord(usize),
    /// More than one word is wrong.
    #[error("more than one word is wrong")]
    Misheard {
        /// Whose share it seems to be.
        holder: Option<Id<Person>>,
    },
    /// The share is not that of its holder.
    #[error(transparent)]
    Wrong(#[from] TierError),
}

/// Seals a share to the device that asked for it, by the key that the kit of the giver names for it.
///
/// # Errors
/// [`ShareError::Recipient`], [`ShareError::Age`].
pub fn seal(of: KeyOf<'_>, share: &Share, code: Code, device: &Device) -> Result<String, ShareError> {
    let name = || format!("{}/{}", device.person, device.name);
    let opener = Recipient::parse(&device.opener).map_err(|_| ShareError::Recipient(name()))?;
    let text = Text {
        kit: of.kit.clone(),
        tier: of.tier.clone(),
        version: of.key.version,
        index: share.index,
        share: HEXLOWER.encode(&*share.value),
        code: code.to_string(),
    };
    let plain = Zeroizing::new(serde_json::to_vec(&text).map_err(|_| ShareError::Content)?);
    drop(Zeroizing::new(text.share));
    let age = age_file::seal(plain, SHARE_STEP_BYTES, &[opener], SEALED).map_err(ShareError::Age)?;
    let age = AGE_FILE.decode(age.as_bytes()).map_err(|_| ShareError::Content)?;
    Ok(pasted::encode(SHARE_PREFIX, &age))
}

/// Opens a pasted share with this device's opener and checks it against what the key's signed boxes commit to.
///
/// # Errors
/// [`ShareError`] says whose it is where that is known.
pub fn open(text: &str, of: KeyOf<'_>, opener: &Identity) -> Result<Received, ShareError> {
    let age = AGE_FILE.encode(&pasted::decode(SHARE_PREFIX, text)?);
    let plain = age_file::open(age.as_bytes(), opener, SEALED).map_err(|error| match error {
        AgeError::NotForUs => ShareError::NotForUs,
        error => ShareError::Age(error),
    })?;
    json::check(&plain).map_err(|_| ShareError::Content)?;
    let Text { kit, tier, version, index, share, .. } = serde_json::from_slice(&plain).map_err(|_| ShareError::Content)?;
    let share = Zeroizing::new(share);
    match () {
        () if kit != *of.kit => return Err(ShareError::OtherKit),
        () if tier != *of.tier => return Err(ShareError::OtherTier(tier)),
        () if version < of.key.version => return Err(ShareError::OlderKey),
        () if version > of.key.version => return Err(ShareError::NewerKey),
        () => {}
    }
    let value = HEXLOWER.decode(share.as_bytes()).map(Zeroizing::new).map_err(|_| ShareError::Content)?;
    let value = Zeroizing::new(value.as_slice().try_into().map_err(|_| ShareError::Content)?);
    let share = Share { index, value };
    of.check(&share)?;
    Ok(Received { share, mended: None })
}

/// The places of the 25 words of a share, in BIP-39's English list.
pub fn spoken(of: KeyOf<'_>, share: &Share) -> Zeroizing<Vec<u16>> {
    let last = u16::from(share.index.saturating_sub(1)) << TAG_BITS | tag(of);
    let mut places = Zeroizing::new(Vec::with_capacity(VOICE_WORDS));
    places.extend_from_slice(&*mnemonic::places_of(&share.value));
    places.push(last);
    places
}

/// A share from words that somebody typed as they heard them; numbers and signs between them do not count. One wrong word is
/// found out: only the right one gives the share that the key's signed boxes commit to.
///
/// # Errors
/// [`ShareError`] tells misheard words from a wrong share.
pub fn heard(typed: &str, of: KeyOf<'_>) -> Result<Received, ShareError> {
    let words: Vec<&str> = typed.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    if words.len() != VOICE_WORDS {
        return Err(ShareError::Count(words.len()));
    }
    let mut places = Zeroizing::new([0; mnemonic::COUNT]);
    let mut unknown = Vec::new();
    for (at, (place, word)) in places.iter_mut().zip(&words).enumerate() {
        match mnemonic::place_of(word) {
            Some(known) => *place = known,
            None => unknown.push(at),
        }
    }
    let last = words.last().and_then(|word| mnemonic::place_of(word));
    let is_of_this_key = |place: &u16| place & ((1 << TAG_BITS) - 1) == tag(of);
    let index = last.filter(is_of_this_key).and_then(|place| u8::try_from((place >> TAG_BITS) + 1).ok());
    match (unknown.as_slice(), mnemonic::secret_of(&places)) {
        ([], Some(value)) => match index {
            Some(index) => {
                let share = Share { index, value };
                match of.check(&share) {
                    Ok(()) => Ok(Received { share, mended: None }),
                    // One wrong word in 256 goes with the checksum of the others: it was misheard all the same.
                    Err(wrong) => mended(of, &places, 0..mnemonic::COUNT, Some(index)).or(Err(wrong.into())),
                }
            }
            // All is right but the last word: misheard, unless it is of another key.
            None => {
                let share = whose(of, &value).ok_or(ShareError::OlderKey)?;
                Ok(Received { share, mended: Some(VOICE_WORDS) })
            }
        },
        ([], None) => mended(of, &places, 0..mnemonic::COUNT, index),
        ([at], _) if index.is_some() => mended(of, &places, *at..*at + 1, index),
        ([at, ..], _) => Err(ShareError::UnknownWord(at + 1)),
    }
}

/// The share that comes out when one of some words is taken for another.
fn mended(
    of: KeyOf<'_>,
    places: &mnemonic::Places,
    wrong: std::ops::Range<usize>,
    index: Option<u8>,
) -> Result<Received, ShareError> {
    for at in wrong.clone().filter(|_| index.is_some()) {
        let mut tried = places.clone();
        for other in 0..mnemonic::LIST {
            if let Some(place) = tried.get_mut(at) {
                *place = other;
            }
            let share = index.zip(mnemonic::secret_of(&tried)).map(|(index, value)| Share { index, value });
            if let Some(share) = share.filter(|share| of.check(share).is_ok()) {
                return Ok(Received { share, mended: Some(at + 1) });
            }
        }
    }
    let holder = index.and_then(|index| of.holder(index).ok().cloned());
    Err(if wrong.len() == 1 { ShareError::UnknownWord(wrong.start + 1) } else { ShareError::Misheard { holder } })
}

/// The share of whichever holder it is of.
fn whose(of: KeyOf<'_>, value: &crate::key::shamir::Secret) -> Option<Share> {
    let Rule::Of { n, .. } = of.key.rule else { return None };
    (1..=n).map(|index| Share { index, value: value.clone() }).find(|share| of.check(share).is_ok())
}

/// Six bits that another key has with a chance of one in 64; what is committed to tells those apart.
fn tag(KeyOf { kit, tier, key }: KeyOf<'_>) -> u16 {
    let hash = Hash::of(format!("kit-voice1\n{kit}\n{tier}\n{}\n", key.version).as_bytes());
    hash.as_bytes().first().map_or(0, |byte| u16::from(byte >> (8 - TAG_BITS)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bundle::tier::{self, Holder, Opened},
        key::DeviceKey,
        team::TierKey,
    };

    /// A 2-of-3 key, the devices of its holders and their openers.
    struct Scene {
        kit: KitId,
        tier: Id<Tier>,
        key: TierKey,
        devices: Vec<(Device, Identity)>,
    }

    impl Scene {
        fn new() -> Self {
            let (kit, tier) = (KitId::generate().unwrap(), Id::parse("break-glass").unwrap());
            let device = |person: &str| {
                let opener = Identity::generate();
                let key = DeviceKey::generate("").unwrap().public().to_string();
                let (reader, name) = (Identity::generate().recipient().to_string(), "laptop".to_owned());
                let person = Id::parse(person).unwrap();
                (Device { person, name, reader, opener: opener.recipient().to_string(), key, added: None }, opener)
            };
            let devices: Vec<(Device, Identity)> = ["ann", "ben", "cem"].map(device).into();
            let key = Self::key(&kit, &tier, 2, &devices);
            Self { kit, tier, key, devices }
        }

        fn key(kit: &KitId, tier: &Id<Tier>, version: u32, devices: &[(Device, Identity)]) -> TierKey {
            let holder = |(device, opener): &(Device, Identity)| -> Holder { (device.person.clone(), vec![opener.recipient()]) };
            let holders: Vec<Holder> = devices.iter().map(holder).collect();
            let today = jiff::civil::date(2026, 11, 18);
            tier::make(kit, tier, (version, Rule::Of { k: 2, n: 3 }), &holders, today).unwrap().0
        }

        fn of(&self) -> KeyOf<'_> {
            KeyOf { kit: &self.kit, tier: &self.tier, key: &self.key }
        }

        fn share(&self, at: usize) -> Share {
            share_of(self.of(), &self.devices[at])
        }
    }

    fn share_of(of: KeyOf<'_>, (device, opener): &(Device, Identity)) -> Share {
        match of.open(device, opener) {
            Ok(Opened::Share(share)) => share,
            _ => panic!("no share"),
        }
    }

    fn words(of: KeyOf<'_>, share: &Share) -> Vec<&'static str> {
        spoken(of, share).iter().map(|place| mnemonic::word(*place).unwrap()).collect()
    }

    #[test]
    fn a_sealed_share_opens_on_the_device_that_asked_and_nowhere_else() {
        let scene = Scene::new();
        let (ann, cem) = (&scene.devices[0], &scene.devices[2]);
        let text = seal(scene.of(), &scene.share(1), some_code(&scene), &ann.0).unwrap();
        assert!(text.starts_with(SHARE_PREFIX) && text.len() < 1300, "{}", text.len());
        let share = open(&text, scene.of(), &ann.1).map(|it| it.share).unwrap();
        assert_eq!((share.index, &*share.value), (2, &*scene.share(1).value));
        assert_eq!(open(&text, scene.of(), &cem.1).err(), Some(ShareError::NotForUs));
        // Changed on the way, with a right checksum too.
        let mut age = pasted::decode(SHARE_PREFIX, &text).unwrap();
        *age.last_mut().unwrap() ^= 1;
        assert_eq!(open(&pasted::encode(SHARE_PREFIX, &age), scene.of(), &ann.1).err(), Some(ShareError::Age(AgeError::Damaged)));
        assert_eq!(open(&text[..text.len() - 1], scene.of(), &ann.1).err(), Some(PastedError::Damaged.into()));
    }

    fn some_code(scene: &Scene) -> Code {
        use crate::bundle::request::{Asked, Request};
        let key = DeviceKey::generate("").unwrap();
        let asked = Asked {
            kit: scene.kit.clone(),
            tier: scene.tier.clone(),
            version: 2,
            credential: None,
            at: "2026-11-18T02:14:00Z".parse().unwrap(),
            reason: String::new(),
            incident: None,
        };
        Request::sign(&asked, &scene.devices[0].0, &key).unwrap().code()
    }

    #[test]
    fn c7_shares_of_other_keys_tiers_and_kits_are_told_apart() {
        let scene = Scene::new();
        let ann = &scene.devices[0];
        let opened = |kit: &KitId, tier: &Id<Tier>, version: u32| {
            let key = Scene::key(kit, tier, version, &scene.devices);
            let of = KeyOf { kit, tier, key: &key };
            let text = seal(of, &share_of(of, &scene.devices[1]), some_code(&scene), &ann.0).unwrap();
            open(&text, scene.of(), &ann.1).err()
        };
        let (other_kit, other_tier) = (KitId::generate().unwrap(), Id::parse("on-call").unwrap());
        assert_eq!(opened(&scene.kit, &scene.tier, 1), Some(ShareError::OlderKey));
        assert_eq!(opened(&scene.kit, &scene.tier, 3), Some(ShareError::NewerKey));
        assert_eq!(opened(&scene.kit, &other_tier, 2), Some(ShareError::OtherTier(other_tier.clone())));
        assert_eq!(opened(&other_kit, &scene.tier, 2), Some(ShareError::OtherKit));
        // Another key that says it is the same version: what is committed to does not fit.
        let ben = Id::parse("ben").unwrap();
        assert_eq!(opened(&scene.kit, &scene.tier, 2), Some(ShareError::Wrong(TierError::BadShare(ben))));
    }

    #[test]
    fn words_go_round_and_one_misheard_word_is_found_out() {
        let scene = Scene::new();
        let share = scene.share(2);
        let words = words(scene.of(), &share);
        assert_eq!(words.len(), VOICE_WORDS);
        let heard_as = |words: &[&str]| heard(&words.join(" "), scene.of()).map(|it| (it.share.index, it.share.value, it.mended));
        let right = |mended| Ok((3, share.value.clone(), mended));
        assert_eq!(heard_as(&words), right(None));
        let numbered: String =
            words.iter().enumerate().map(|(at, word)| format!("{:>2} {}\n", at + 1, word.to_uppercase())).collect();
        assert!(heard(&numbered, scene.of()).is_ok());
        for at in [0, 6, 23, 24] {
            let mut wrong = words.clone();
            wrong[at] = if words[at] == "zoo" { "abandon" } else { "zoo" };
            assert_eq!(heard_as(&wrong), right(Some(at + 1)), "{at}");
            wrong[at] = "mumble";
            let expected = if at == 24 { right(Some(25)) } else { right(Some(at + 1)) };
            assert_eq!(heard_as(&wrong), expected, "{at}");
        }
        // One that goes with the checksum of the others is misheard too, and no wrong share.
        let goes_with_the_others = |at: usize, place: u16| {
            let mut places = mnemonic::places_of(&share.value);
            places[at] != place && {
                places[at] = place;
                mnemonic::secret_of(&places).is_some()
            }
        };
        let all = (0..mnemonic::COUNT).flat_map(|at| (0..mnemonic::LIST).map(move |place| (at, place)));
        for (at, place) in all.filter(|(at, place)| goes_with_the_others(*at, *place)).take(9) {
            let mut wrong = words.clone();
            wrong[at] = mnemonic::word(place).unwrap();
            assert_eq!(heard_as(&wrong), right(Some(at + 1)), "{at}");
        }
        let mut two = words.clone();
        (two[3], two[9]) = (if two[3] == "zoo" { "art" } else { "zoo" }, if two[9] == "zoo" { "art" } else { "zoo" });
        let cem = Id::parse("cem").unwrap();
        match heard_as(&two) {
            // One in 256 passes the checksum; then it is the wrong share.
            Err(ShareError::Misheard { holder }) => assert_eq!(holder, Some(cem)),
            other => assert_eq!(other, Err(ShareError::Wrong(TierError::BadShare(cem)))),
        }
        (two[3], two[9]) = ("mumble", "mumble");
        assert_eq!(heard_as(&two), Err(ShareError::UnknownWord(4)));
        assert_eq!(heard_as(&words[..24]), Err(ShareError::Count(24)));
        assert_eq!(heard_as(&[]), Err(ShareError::Count(0)));
    }

    #[test]
    fn the_last_word_tells_the_index_and_the_key() {
        let scene = Scene::new();
        for at in 0..3 {
            let places = spoken(scene.of(), &scene.share(at));
            assert_eq!((usize::from(places[24] >> TAG_BITS), places[24] & 63), (at, tag(scene.of())));
        }
        // The largest index still is a word.
        let share = Share { index: 32, value: Zeroizing::new([0; 32]) };
        assert!(mnemonic::word(spoken(scene.of(), &share)[24]).is_some());
        // Of a key before: refused as that, unless its six bits happen to be the same.
        let older = Scene::key(&scene.kit, &scene.tier, 1, &scene.devices);
        let older = KeyOf { key: &older, ..scene.of() };
        let words = words(older, &share_of(older, &scene.devices[0]));
        let expected = if tag(older) == tag(scene.of()) {
            ShareError::Wrong(TierError::BadShare(Id::parse("ann").unwrap()))
        } else {
            ShareError::OlderKey
        };
        assert_eq!(heard(&words.join(" "), scene.of()).err(), Some(expected));
    }
}
