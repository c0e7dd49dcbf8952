//! 32 secret bytes as 24 words and back, for reading over a phone: BIP-39's way, checksum and all.
//!
//! Words are places in the list here: what spells a secret is wiped, and a reference into a list cannot be.

use bip39::Language;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{identity::KEY_BYTES, shamir::Secret};

/// Words of 32 bytes and their checksum.
pub const COUNT: usize = 24;
/// Words of the list: 11 bits.
pub const LIST: u16 = 2048;

/// Bits a word stands for.
const BITS: usize = 11;
/// Letters that tell every word of the list from the others.
const LETTERS: usize = 4;

/// The places of the words in the list, from 0.
pub type Places = Zeroizing<[u16; COUNT]>;

/// The words of some bytes: 256 bits and the first 8 of their SHA-256, 11 a word, first bit first.
pub fn places_of(secret: &[u8; KEY_BYTES]) -> Places {
    let bits = with_checksum(secret);
    let bit = |at: usize| bits.get(at / 8).map_or(0, |byte| u16::from(byte >> (7 - at % 8) & 1));
    Zeroizing::new(std::array::from_fn(|word| (word * BITS..(word + 1) * BITS).fold(0, |place, at| place << 1 | bit(at))))
}

/// The bytes of some words; [`None`] when the checksum says that a word is wrong.
pub fn secret_of(places: &[u16; COUNT]) -> Option<Secret> {
    let mut bits = Zeroizing::new([0; KEY_BYTES + 1]);
    for (at, byte) in bits.iter_mut().enumerate() {
        *byte = (at * 8..(at + 1) * 8).fold(0, |byte, at| byte << 1 | bit_of(places, at));
    }
    let (secret, _) = bits.split_first_chunk::<KEY_BYTES>()?;
    let secret = Zeroizing::new(*secret);
    if *with_checksum(&secret) == *bits { Some(secret) } else { None }
}

/// The word at a place.
pub fn word(place: u16) -> Option<&'static str> {
    Language::English.word_list().get(usize::from(place)).copied()
}

/// The place of a word as somebody typed it: letter case does not count, and its first four letters are enough.
pub fn place_of(typed: &str) -> Option<u16> {
    let typed = Zeroizing::new(typed.to_ascii_lowercase());
    let list = Language::English.word_list();
    let begins = typed.get(..LETTERS);
    let exact = list.iter().position(|word| *word == typed.as_str());
    let place = exact.or_else(|| list.iter().position(|word| begins.is_some() && word.get(..LETTERS) == begins))?;
    u16::try_from(place).ok()
}

fn bit_of(places: &[u16; COUNT], at: usize) -> u8 {
    places.get(at / BITS).map_or(0, |place| u8::from(place >> (BITS - 1 - at % BITS) & 1 == 1))
}

fn with_checksum(secret: &[u8; KEY_BYTES]) -> Zeroizing<[u8; KEY_BYTES + 1]> {
    let mut bits = Zeroizing::new([0; KEY_BYTES + 1]);
    let checksum = Sha256::digest(secret).first().copied().unwrap_or_default();
    bits.iter_mut().zip(secret.iter().chain(std::iter::once(&checksum))).for_each(|(bit, byte)| *bit = *byte);
    bits
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    /// The vectors that come with BIP-39 (trezor/python-mnemonic, vectors.json), those of 256 bits.
    const VECTORS: [(&str, &str); 8] = [
        (
            "0000000000000000000000000000000000000000000000000000000000000000",
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art",
        ),
        (
            "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
            "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title",
        ),
        (
            "8080808080808080808080808080808080808080808080808080808080808080",
            "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic bless",
        ),
        (
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo vote",
        ),
        (
            "68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c",
            "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length",
        ),
        (
            "9f6a2878b2520799a44ef18bc7df394e7061a224d2c33cd015b157d746869863",
            "panda eyebrow bullet gorilla call smoke muffin taste mesh discover soft ostrich alcohol speed nation flash devote level hobby quick inner drive ghost inside",
        ),
        (
            "066dca1a2bb7e8a1db2832148ce9933eea0f3ac9548d793112d9a95c9407efad",
            "all hour make first leader extend hole alien behind guard gospel lava path output census museum junior mass reopen famous sing advance salt reform",
        ),
        (
            "f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f",
            "void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen patrol group space point ten exist slush involve unfold",
        ),
    ];

    #[test]
    fn the_published_vectors_come_out_both_ways() {
        for (hex, words) in VECTORS {
            let secret: [u8; KEY_BYTES] = HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap();
            let spelt: Vec<&str> = places_of(&secret).iter().map(|place| word(*place).unwrap()).collect();
            assert_eq!(spelt.join(" "), words);
            let typed: Vec<u16> = words.split(' ').map(|word| place_of(&word.to_uppercase()).unwrap()).collect();
            assert_eq!(secret_of(&typed.try_into().unwrap()).as_deref(), Some(&secret));
        }
    }

    #[test]
    fn a_word_of_the_list_is_known_by_four_letters_and_no_other_text_is() {
        for place in 0..LIST {
            let word = word(place).unwrap();
            assert_eq!(place_of(word), Some(place));
            assert_eq!(place_of(word.get(..LETTERS).unwrap_or(word)), Some(place), "{word}");
        }
        assert_eq!(super::word(LIST), None);
        for other in ["", "a", "aba", "qqqq", "übrig", "abc d", "zo", "12"] {
            assert_eq!(place_of(other), None, "{other}");
        }
    }

    #[test]
    fn most_wrong_words_show() {
        let secret: [u8; KEY_BYTES] = std::array::from_fn(|at| (at as u8).wrapping_mul(37));
        let places = places_of(&secret);
        let mut passed = 0;
        for at in 0..COUNT {
            for other in (0..LIST).filter(|other| *other != places[at]) {
                let mut wrong = places.clone();
                wrong[at] = other;
                passed += usize::from(secret_of(&wrong).is_some());
            }
        }
        // 8 bits of checksum over 24 · 2,047 single mistakes.
        assert!((100..300).contains(&passed), "{passed}");
    }
}
