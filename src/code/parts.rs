//! Some bytes as several codes, of which one in six may be lost.
//!
//! ```text
//! KIT 7F3A 03/12 QX4TZ2K7PLW6M3AB JBSWY3DPEBLW64TMMQ…
//! ```
//!
//! The word KIT, the kit, which part of how many, the set, and a part of the content in base32 (RFC 4648): all of it in the
//! characters that QR codes hold most densely. The parts are as long as each other. The first k, in order, are the content, filled
//! up with zeros; the others make up for any that are missing (Lagrange over GF(2⁸)). There is one for each five, and one for what
//! is left over, so the total says how many.
//!
//! The set is the beginning of a SHA-256 over kit, total and content: parts of two printings never mix, and what was joined is what
//! was taken apart, or is refused. It says nothing about who made it.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

use super::parity::parts_at;

/// Most parts of one set: two pages of twelve.
pub const PARTS_MAX: u8 = 24;
/// Bytes of the hash that names a set.
const SET_BYTES: usize = 10;
/// Characters of a label with its spaces: `KIT 7F3A 03/12 QX4TZ2K7PLW6M3AB `.
const LABEL_CHARS: usize = 32;
/// Characters of the name of a kit in a label.
const KIT_CHARS: usize = 4;
/// Words of a label.
const LABEL_WORDS: usize = 4;
/// Base32 comes in groups of eight characters for five bytes; whole groups only, so that parts can be put end to end as they are.
const GROUP_CHARS: usize = 8;
const GROUP_BYTES: usize = 5;
/// Most characters of one part that are looked at: a code holds 4,296.
const PART_CHARS_MAX: usize = 4400;
/// Most contents of one number that are kept: the right one and what somebody put beside it.
const VARIANTS_MAX: usize = 4;
/// Most ways that are tried to find out which part is wrong.
const TRIES_MAX: usize = 600;

/// More than fits into [`PARTS_MAX`] parts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it has {bytes} bytes, and {PARTS_MAX} codes hold {bytes_max}")]
pub struct TooLarge {
    /// How many there are.
    pub bytes: usize,
    /// How many fit.
    pub bytes_max: usize,
}

/// One part as it was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    of: SetOf,
    number: u8,
    body: Vec<u8>,
}

/// What a part says that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct SetOf {
    kit: String,
    set: String,
    total: u8,
}

/// Parts that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    of: SetOf,
    /// What was read for each number, once for each content.
    parts: BTreeMap<u8, BTreeSet<Vec<u8>>>,
}

/// What a set came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The content, filled up with zeros to whole parts.
    pub bytes: Vec<u8>,
    /// Numbers of parts that were read with another content than they have: damaged or forged.
    pub wrong: Vec<u8>,
}

/// Why a set gives no content. Nothing of it can be used then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// Too few parts.
    #[error("{found} of {total} codes are too few: {needed} are needed")]
    TooFew {
        /// Different ones that were read.
        found: usize,
        /// How many it takes.
        needed: usize,
        /// How many there are.
        total: u8,
    },
    /// The parts are not what was taken apart.
    #[error("the {found} codes do not belong together: one or more of them are damaged or forged")]
    Damaged {
        /// Different ones that were read.
        found: usize,
    },
}

/// How many parts of a total hold content; `None` for a total that no set has.
fn data_parts(total: u8) -> Option<u8> {
    (1..=total.min(PARTS_MAX)).find(|data| data + data.div_ceil(5) == total)
}

/// How many parts of a total are enough, and are the content itself when they are the first ones.
pub fn needed(total: usize) -> usize {
    u8::try_from(total).ok().and_then(data_parts).map_or(total, usize::from)
}

/// Most bytes that [`PARTS_MAX`] parts of at most so many characters hold.
pub fn bytes_max(chars_max: usize) -> usize {
    usize::from(data_parts(PARTS_MAX).unwrap_or_default()) * part_bytes_max(chars_max)
}

fn part_bytes_max(chars_max: usize) -> usize {
    chars_max.saturating_sub(LABEL_CHARS) / GROUP_CHARS * GROUP_BYTES
}

/// Some bytes as texts for codes, each of at most so many characters; `kit` is the name of the kit, of which four characters show.
///
/// # Errors
/// [`TooLarge`].
pub fn parts(kit: &str, bytes: &[u8], chars_max: usize) -> Result<Vec<String>, TooLarge> {
    let (most, all_max) = (part_bytes_max(chars_max), bytes_max(chars_max));
    if bytes.len() > all_max || most == 0 {
        return Err(TooLarge { bytes: bytes.len(), bytes_max: all_max });
    }
    let data = bytes.len().div_ceil(most).max(1);
    let length = bytes.len().div_ceil(data).max(1).next_multiple_of(GROUP_BYTES);
    let mut content = bytes.to_vec();
    content.resize(data * length, 0);
    let data = u8::try_from(data).expect("no more than PARTS_MAX");
    let total = data + data.div_ceil(5);
    let kit: String = kit.chars().take(KIT_CHARS).collect::<String>().to_ascii_uppercase();
    let set = set_of(&kit, total, &content);
    let points: Vec<(u8, &[u8])> = (1..).zip(content.chunks(length)).collect();
    let spare = parts_at(&points, &(data + 1..=total).collect::<Vec<_>>());
    let all = points.iter().map(|(_, part)| *part).chain(spare.iter().map(Vec::as_slice));
    Ok((1..=total)
        .zip(all)
        .map(|(number, part)| format!("KIT {kit} {number:02}/{total:02} {set} {}", BASE32_NOPAD.encode(part)))
        .collect())
}

fn set_of(kit: &str, total: u8, content: &[u8]) -> String {
    let hash = Sha256::new().chain_update(format!("kit-parts1\n{kit}\n{total}\n")).chain_update(content).finalize();
    BASE32_NOPAD.encode(hash.get(..SET_BYTES).unwrap_or_default())
}

/// What is printed beside a part: `03/12`.
pub fn place(text: &str) -> Option<&str> {
    text.split(' ').nth(2)
}

/// All parts in some texts, put together by what they belong to, and the texts in which there is none.
///
/// White space within a part and the case of its letters do not count, and one text may hold many parts.
pub fn sets<'t>(texts: impl IntoIterator<Item = &'t str>) -> (Vec<Set>, Vec<&'t str>) {
    let mut sets: BTreeMap<SetOf, BTreeMap<u8, BTreeSet<Vec<u8>>>> = BTreeMap::new();
    let mut strangers = Vec::new();
    for text in texts {
        let found = parts_in(text);
        if found.is_empty() {
            strangers.push(text);
        }
        for Part { of, number, body } in found {
            let read = sets.entry(of).or_default().entry(number).or_default();
            if read.len() < VARIANTS_MAX {
                read.insert(body);
            }
        }
    }
    (sets.into_iter().map(|(of, parts)| Set { of, parts }).collect(), strangers)
}

fn parts_in(text: &str) -> Vec<Part> {
    let text = text.to_ascii_uppercase();
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let begins = |at: usize| Some((label(words.get(at..at + LABEL_WORDS)?)?, at));
    let labels: Vec<((SetOf, u8), usize)> = (0..words.len()).filter_map(begins).collect();
    let mut parts = Vec::new();
    for ((of, number), at) in labels {
        // To the next label, or to what is no base32.
        let body = words.iter().skip(at + LABEL_WORDS).take_while(|word| **word != "KIT" && word.bytes().all(is_base32));
        let body: String = body.copied().collect();
        let whole = body.len() <= PART_CHARS_MAX && !body.is_empty() && body.len().is_multiple_of(GROUP_CHARS);
        if let (true, Ok(body)) = (whole, BASE32_NOPAD.decode(body.as_bytes())) {
            parts.push(Part { of, number, body });
        }
    }
    parts
}

fn is_base32(byte: u8) -> bool {
    byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte)
}

fn label(words: &[&str]) -> Option<(SetOf, u8)> {
    let [word, kit, place, set] = words else { return None };
    let (number, total) = place.split_once('/')?;
    let two = |text: &str| text.parse::<u8>().ok().filter(|_| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()));
    let (number, total) = (two(number)?, two(total)?);
    let is_label = *word == "KIT"
        && kit.len() == KIT_CHARS
        && kit.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && set.len() == SET_BYTES * 8 / 5
        && set.bytes().all(is_base32)
        && (1..=total).contains(&number)
        && data_parts(total).is_some();
    is_label.then(|| (SetOf { kit: (*kit).to_owned(), set: (*set).to_owned(), total }, number))
}

impl Set {
    /// The four characters that name its kit.
    pub fn kit(&self) -> &str {
        &self.of.kit
    }

    /// What names it among others: sixteen characters.
    pub fn name(&self) -> &str {
        &self.of.set
    }

    /// How many parts it has, all together.
    pub fn total(&self) -> u8 {
        self.of.total
    }

    /// The numbers of the parts that were read.
    pub fn found(&self) -> Vec<u8> {
        self.parts.keys().copied().collect()
    }

    /// The numbers of those that were not.
    pub fn missing(&self) -> Vec<u8> {
        (1..=self.of.total).filter(|number| !self.parts.contains_key(number)).collect()
    }

    /// Puts them together. A part that is damaged or forged is found as long as enough others are there.
    ///
    /// # Errors
    /// [`JoinError`].
    pub fn join(&self) -> Result<Joined, JoinError> {
        let (found, total) = (self.parts.len(), self.of.total);
        let needed = needed(usize::from(total));
        if found < needed {
            return Err(JoinError::TooFew { found, needed, total });
        }
        for points in self.choices().take(TRIES_MAX) {
            if let Some(bytes) = self.content(&points, needed) {
                let right = |number: &u8| parts_at(&points, &[*number]).into_iter().next();
                let is_wrong = |(number, read): (&u8, &BTreeSet<Vec<u8>>)| {
                    let right = right(number)?;
                    (read.len() > 1 || !read.contains(&right)).then_some(*number)
                };
                return Ok(Joined { bytes, wrong: self.parts.iter().filter_map(is_wrong).collect() });
            }
        }
        Err(JoinError::Damaged { found })
    }

    /// Exactly as many parts as it takes, in ways that leave out each that may be wrong: first as they are, then without one of
    /// them, then without two.
    fn choices(&self) -> impl Iterator<Item = Vec<(u8, &[u8])>> {
        let needed = needed(usize::from(self.of.total));
        let all: Vec<(u8, &[u8])> =
            self.parts.iter().flat_map(|(number, read)| read.iter().map(|part| (*number, part.as_slice()))).collect();
        let count = all.len();
        let none = std::iter::once((count, count));
        let one = (0..count).map(move |first| (first, count));
        let two = (0..count).flat_map(move |first| (first + 1..count).map(move |second| (first, second)));
        none.chain(one).chain(two).filter_map(move |left_out| {
            let mut chosen: BTreeMap<u8, &[u8]> = BTreeMap::new();
            for (at, (number, part)) in all.iter().enumerate() {
                if at != left_out.0 && at != left_out.1 {
                    chosen.entry(*number).or_insert(part);
                }
            }
            let chosen: Vec<(u8, &[u8])> = chosen.into_iter().take(needed).collect();
            (chosen.len() == needed).then_some(chosen)
        })
    }

    /// What some parts give, if it is what was taken apart.
    fn content(&self, points: &[(u8, &[u8])], needed: usize) -> Option<Vec<u8>> {
        let length = points.first()?.1.len();
        if points.iter().any(|(_, part)| part.len() != length) {
            return None;
        }
        let numbers: Vec<u8> = (1..=u8::try_from(needed).ok()?).collect();
        let bytes = match points.iter().map(|(number, _)| *number).eq(numbers.iter().copied()) {
            true => points.iter().flat_map(|(_, part)| part.iter().copied()).collect(),
            false => parts_at(points, &numbers).concat(),
        };
        (set_of(&self.of.kit, self.of.total, &bytes) == self.of.set).then_some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CHARS: usize = 600;

    fn content(bytes: usize) -> Vec<u8> {
        (0..bytes).map(|at| ((at * 7919) >> 3) as u8 | 1).collect()
    }

    fn joined(texts: &[String]) -> Result<Joined, JoinError> {
        let (sets, strangers) = sets(texts.iter().map(String::as_str));
        assert_eq!((sets.len(), strangers.len()), (1, 0));
        sets.first().expect("one").join()
    }

    #[test]
    fn a_total_says_how_many_hold_content() {
        let totals: Vec<u8> = (0..=PARTS_MAX).filter(|total| data_parts(*total).is_some()).collect();
        assert_eq!(totals, [2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 20, 21, 22, 23, 24]);
        assert_eq!((data_parts(24), data_parts(12), data_parts(2), data_parts(25)), (Some(20), Some(10), Some(1), None));
        assert_eq!(bytes_max(CHARS), 20 * 355);
    }

    #[test]
    fn the_first_parts_are_the_content_in_order() {
        let content = content(7100);
        let texts = parts("ft77abcdef", &content, CHARS).expect("it fits");
        assert_eq!(texts.len(), 24);
        assert!(texts.iter().all(|text| text.len() <= CHARS && text.starts_with("KIT FT77 ") && text.len() == texts[0].len()));
        assert_eq!(place(&texts[2]), Some("03/24"));
        let base32: String = texts.iter().take(20).filter_map(|text| text.split(' ').nth(4)).collect();
        assert_eq!(BASE32_NOPAD.decode(base32.as_bytes()).expect("base32"), content);
        assert_eq!(parts("ft77", &content[..7000], CHARS).expect("it fits").len(), 24);
        assert_eq!(parts("ft77", &[content, vec![1]].concat(), CHARS), Err(TooLarge { bytes: 7101, bytes_max: 7100 }));
    }

    #[test]
    fn a_part_that_is_wrong_is_found_and_left_out() {
        let content = content(4000);
        let texts = parts("ft77", &content, CHARS).expect("it fits");
        for wrong in 0..texts.len() {
            let mut read = texts.clone();
            let other = if read[wrong].ends_with('A') { "B" } else { "A" };
            let end = read[wrong].len() - 1;
            read[wrong].replace_range(end.., other);
            let found = joined(&read).expect("enough others");
            assert_eq!((found.bytes.get(..4000), &found.wrong), (Some(content.as_slice()), &vec![wrong as u8 + 1]));
            // The right one beside it.
            read.push(texts[wrong].clone());
            assert_eq!(joined(&read).expect("enough").wrong, [wrong as u8 + 1]);
            // With no more than it takes nobody can say which it is, and nothing is kept.
            let few: Vec<String> = read.iter().take(texts.len()).cycle().skip(wrong).take(12).cloned().collect();
            assert_eq!(joined(&few), Err(JoinError::Damaged { found: 12 }));
        }
    }

    #[test]
    fn e10_two_printings_never_mix() {
        let (one, two) =
            (parts("ft77", &content(3000), CHARS).expect("fits"), parts("ft77", &content(3001), CHARS).expect("fits"));
        let other = parts("aaaa", &content(3000), CHARS).expect("fits");
        let half = |texts: &[String]| texts.iter().take(5).cloned().collect::<Vec<_>>();
        let mixed = [half(&one), half(&two), half(&other), vec!["https://example.com".to_owned()]].concat();
        let (sets, strangers) = sets(mixed.iter().map(String::as_str));
        assert_eq!((sets.len(), strangers), (3, vec!["https://example.com"]));
        for set in sets {
            assert_eq!(
                (set.join(), set.found()),
                (Err(JoinError::TooFew { found: 5, needed: 9, total: 11 }), vec![1, 2, 3, 4, 5])
            );
            assert_eq!(set.missing(), [6, 7, 8, 9, 10, 11]);
        }
        // Relabelled as parts of another printing.
        let set = |text: &str| text.split(' ').nth(3).expect("a label").to_owned();
        let forged: Vec<String> = two.iter().map(|text| text.replace(&set(&two[0]), &set(&one[0]))).collect();
        assert_eq!(joined(&forged), Err(JoinError::Damaged { found: 11 }));
    }

    #[test]
    fn what_is_no_part_is_a_stranger() {
        for text in [
            "",
            "KIT",
            "KIT FT77 13/12 QX4TZ2K7PLW6M3AB MFRGGZDF",
            "KIT FT77 01/07 QX4TZ2K7PLW6M3AB MFRGGZDF",
            "KIT FT77 1/12 QX4TZ2K7PLW6M3AB MFRGGZDF",
            "KIT FT77 01/12 QX4TZ2K7PLW6M3AB MFRGGZD",
            "WIFI:S:kit;;",
            "KIT FT77 00/12 QX4TZ2K7PLW6M3AB MFRGGZDF",
        ] {
            let (sets, strangers) = sets([text]);
            assert_eq!((sets.len(), strangers), (0, vec![text]));
        }
    }

    #[test]
    fn a_million_codes_are_no_burden() {
        let many: Vec<String> = (0..100_000)
            .map(|at| format!("KIT FT77 01/12 {} MFRGGZDF", BASE32_NOPAD.encode(&Sha256::digest(format!("{at}"))[..10])))
            .collect();
        let (sets, _) = sets(many.iter().map(String::as_str));
        assert!(sets.iter().all(|set| matches!(set.join(), Err(JoinError::TooFew { .. }))));
    }

    proptest! {
        #[test]
        fn any_sixth_may_be_lost_in_any_order_and_any_spelling(
            bytes in proptest::collection::vec(any::<u8>(), 0..7100), order in any::<u64>(), one_text in any::<bool>(),
        ) {
            let mut texts = parts("FT77", &bytes, CHARS).expect("it fits");
            let total = texts.len();
            texts.sort_by_key(|text| Sha256::digest(format!("{order}{text}")));
            texts.truncate(usize::from(data_parts(total as u8).expect("a total")));
            texts.push(texts[0].to_lowercase());
            if one_text {
                texts = vec![texts.join("\n\n-- 12:01 --\n").replace("KIT ", "KIT  ")];
            }
            let joined = joined(&texts).expect("enough");
            prop_assert!(joined.bytes.starts_with(&bytes) && joined.bytes[bytes.len()..].iter().all(|byte| *byte == 0));
            prop_assert!(joined.wrong.is_empty());
        }
    }
}
