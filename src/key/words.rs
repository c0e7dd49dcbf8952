//! Twelve words of a hash, to compare over a phone (BIP-39's English list: no two words begin with the same four letters).

use bip39::Language;
use rand_core::RngCore;
use zeroize::Zeroizing;

/// Words that are shown and typed.
pub const COUNT: usize = 12;
/// Bits a word stands for: the list has 2,048 words.
const BITS: usize = 11;

/// The words of a hash: its first 132 bits, 11 a word, first bit first.
pub fn of(hash: &[u8; 32]) -> [&'static str; COUNT] {
    let list = Language::English.word_list();
    std::array::from_fn(|place| {
        let index = (place * BITS..(place + 1) * BITS).fold(0, |index, bit| index << 1 | usize::from(bit_of(hash, bit)));
        list.get(index).copied().expect("11 bits index a list of 2,048 words")
    })
}

/// Whether a word typed by a person is meant to be `word`: letter case and spaces around it do not count.
pub fn matches(typed: &str, word: &str) -> bool {
    typed.trim().eq_ignore_ascii_case(word)
}

/// Whether all twelve words were typed, in order; anything but letters may stand between them.
pub fn are(typed: &str, words: &[&str; COUNT]) -> bool {
    let typed: Vec<&str> = typed.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).collect();
    typed.len() == COUNT && typed.iter().zip(words).all(|(typed, word)| matches(typed, word))
}

/// The places of `count` different words, drawn anew each time so that nobody can prepare for them; in rising order.
pub fn drawn(count: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..COUNT).collect();
    while places.len() > count {
        // 12 divides 2^32 all but evenly: the places are as good as equally likely.
        let drop = rand_core::OsRng.next_u32() as usize % places.len();
        places.remove(drop);
    }
    places
}

/// A passphrase of some words of the list, each drawn by chance, with a hyphen between them: 11 bits a word.
pub fn passphrase(count: usize) -> Zeroizing<String> {
    let list = Language::English.word_list();
    // Sized at once: growing would leave copies behind. No word has more than eight letters.
    let mut text = Zeroizing::new(String::with_capacity(9 * count));
    for place in 0..count {
        if place > 0 {
            text.push('-');
        }
        // 2,048 divides 2^32: all words are equally likely.
        let index = rand_core::OsRng.next_u32() as usize % list.len();
        text.push_str(list.get(index).copied().expect("it is less than the length of the list"));
    }
    text
}

fn bit_of(hash: &[u8; 32], bit: usize) -> bool {
    hash.get(bit / 8).is_some_and(|byte| byte >> (7 - bit % 8) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bits_choose_the_words() {
        assert_eq!(of(&[0; 32]), ["abandon"; 12]);
        assert_eq!(of(&[0xff; 32]), ["zoo"; 12]);
        let mut one = [0; 32];
        one[16] = 0b0001_0000; // bit 131: the last bit of the last word
        assert_eq!(of(&one)[11], "ability");
        one = [0; 32];
        one[0] = 0b1000_0000;
        assert_eq!(of(&one)[0], "length"); // word 1,024 of the list, counted from 0
        assert!(matches(" Length\n", "length") && !matches("lengths", "length"));
    }
}
