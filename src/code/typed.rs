//! Bytes as lines that somebody types, for when no camera reads a code: `01  MFTWK LLFNZ …  k7`.
//!
//! A line is its number, ten groups of five letters (base32, RFC 4648) and two check letters. Without the numbers, the check
//! letters and the spaces it is plain base32, so `base32 -d` is enough to get the bytes back. The check letters are a CRC of the
//! line's number and its letters: one wrong letter, two that changed places and lines that changed places are always noticed, and
//! always in the line where they are. The last line is always shorter than the others, so that a missing end is noticed too.

use std::{collections::BTreeMap, fmt};

use data_encoding::BASE32;

/// Letters of a group.
const GROUP: usize = 5;
/// Letters of all lines but the last.
const LETTERS: usize = 10 * GROUP;
/// Check letters of a line.
const CHECK: usize = 2;
/// Bytes that are typed are a multiple of so many: eight letters.
pub const TYPED_UNIT: usize = 5;
/// Most lines: a number has two digits.
const LINES_MAX: usize = 99;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A line to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedLine {
    /// Its number, from 1.
    pub number: u8,
    /// Its letters in groups, with a space between them: the data.
    pub groups: String,
    /// Two letters that are no data.
    pub check: String,
}

impl fmt::Display for TypedLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}  {}  {}", self.number, self.groups, self.check)
    }
}

/// One thing that is wrong with what was typed. Lines are those of the paper, by their numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TypingFault {
    /// Nothing was typed.
    #[error("there are no lines")]
    Nothing,
    /// A line of the paper is not there.
    #[error("line {0:02} is missing")]
    Missing(u8),
    /// The paper goes on after this line.
    #[error("the lines after line {0:02} are missing")]
    CutOff(u8),
    /// So manieth of what was typed, which has no number before it.
    #[error("typed line {0} does not begin with its number")]
    Unnumbered(usize),
    /// Letters were left out, or are too many.
    #[error("line {line:02} has {found} letters, check letters and all, where {expected} belong")]
    Length {
        /// Its number.
        line: u8,
        /// How many letters it has.
        found: usize,
        /// How many it should have.
        expected: usize,
    },
    /// The last line has letters too many or too few.
    #[error("line {0:02} is the last one, and has a letter too many or too few")]
    End(u8),
    /// A line has the letters of its groups only.
    #[error("line {0:02} has no check letters at its end: type them too")]
    Unchecked(u8),
    /// A character that is on no such paper.
    #[error("line {line:02} has a character that is no letter of it: {character:?}")]
    Character {
        /// Its number.
        line: u8,
        /// The character.
        character: char,
    },
    /// Its letters and its check letters are not of one line.
    #[error("line {0:02} has a wrong letter")]
    Wrong(u8),
    /// Two lines with one number are both right, and differ.
    #[error("line {0:02} is there twice, and differs: are they of two papers?")]
    Twice(u8),
}

/// What was typed cannot be the paper: everything that is wrong with it, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypingError {
    /// What is wrong, in the order of the lines.
    pub faults: Vec<TypingFault>,
}

impl fmt::Display for TypingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.faults.iter().enumerate() {
            let between = if at == 0 { "" } else { "; " };
            write!(f, "{between}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for TypingError {}

/// Bytes as lines to be typed; [`None`] for more than 99 lines, and where their count is no multiple of five: base32 would need
/// padding, and what is typed has none.
pub fn typed(bytes: &[u8]) -> Option<Vec<TypedLine>> {
    if !bytes.len().is_multiple_of(TYPED_UNIT) {
        return None;
    }
    let text = BASE32.encode(bytes);
    let mut lines: Vec<&[u8]> = text.as_bytes().chunks(LETTERS).collect();
    // The last line is shorter than the others.
    if let Some(full) = lines.pop_if(|last| last.len() == LETTERS) {
        let (first, last) = full.split_at(LETTERS - GROUP);
        lines.extend([first, last]);
    }
    if lines.len() > LINES_MAX {
        return None;
    }
    let line = |(number, letters): (u8, &[u8])| {
        let groups: Vec<String> = letters.chunks(GROUP).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
        TypedLine { number, groups: groups.join(" "), check: check(number, letters).to_ascii_lowercase() }
    };
    Some((1..).zip(lines).map(line).collect())
}

/// Most bytes that are so many lines.
pub fn typed_bytes_max(lines: usize) -> usize {
    (lines * LETTERS).saturating_sub(1) / 8 * TYPED_UNIT
}

/// The bytes of lines that somebody typed, in whatever order and case, with or without spaces.
///
/// What looks alike is taken for what it is: 0 for O, 1 for I, 8 for B. A line may be there again: one right one is enough.
///
/// # Errors
///
/// [`TypingError`] with everything that is wrong, by line.
pub fn untyped(text: &str) -> Result<Vec<u8>, TypingError> {
    let mut faults = Vec::new();
    let mut right: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
    let mut wrong: BTreeMap<u8, TypingFault> = BTreeMap::new();
    let given = text.lines().filter(|line| !compact(line).is_empty());
    let mut count = 0;
    for line in given {
        count += 1;
        match read(line) {
            Err(None) => faults.push(TypingFault::Unnumbered(count)),
            Err(Some((number, fault))) => {
                wrong.entry(number).or_insert(fault);
            }
            Ok((number, letters)) => match right.get(&number) {
                Some(other) if *other != letters => faults.push(TypingFault::Twice(number)),
                _ => {
                    right.insert(number, letters);
                }
            },
        }
    }
    if count == 0 {
        return Err(TypingError { faults: vec![TypingFault::Nothing] });
    }
    wrong.retain(|number, _| !right.contains_key(number));
    // A number that was typed wrongly would make all lines up to it missing.
    let plausible = wrong.keys().copied().filter(|number| usize::from(*number) <= count).max();
    let last = right.keys().next_back().copied().max(plausible).unwrap_or(1);
    let short = |letters: &Vec<u8>| letters.len() != LETTERS;
    for number in (1..=last).filter(|number| !wrong.contains_key(number)) {
        match right.get(&number) {
            None => faults.push(TypingFault::Missing(number)),
            Some(letters) if number < last && short(letters) && !is_split(number, last, letters, right.get(&last)) => {
                faults.push(TypingFault::Length { line: number, found: letters.len() + CHECK, expected: LETTERS + CHECK });
            }
            Some(letters) if number == last && !short(letters) => faults.push(TypingFault::CutOff(number)),
            Some(_) => {}
        }
    }
    // Also where a line beyond them is wrong: its number may be, and then it is the one that is missing.
    let is_whole = faults.is_empty() && (1..=last).all(|number| right.contains_key(&number));
    let is_split = right.get(&last).is_some_and(|letters| letters.len() == LETTERS - GROUP);
    let letters: Vec<u8> = right.into_values().flatten().collect();
    let bytes = BASE32.decode(&letters).map_err(|_| {
        // The last five letters stand on a line of their own.
        if is_split && letters.len() % 8 == 8 - GROUP { TypingFault::CutOff(last) } else { TypingFault::End(last) }
    });
    faults.extend(wrong.into_values());
    match bytes {
        Ok(bytes) if faults.is_empty() => return Ok(bytes),
        Err(fault) if is_whole => faults.push(fault),
        _ => {}
    }
    faults.sort_by_key(place);
    Err(TypingError { faults })
}

/// Whether a line that is too short is the one before a last line that took its end.
fn is_split(number: u8, last: u8, letters: &[u8], end: Option<&Vec<u8>>) -> bool {
    number + 1 == last && letters.len() == LETTERS - GROUP && end.is_some_and(|end| end.len() == GROUP)
}

/// Where a fault is said: by line, those without one at the end.
fn place(fault: &TypingFault) -> u8 {
    match fault {
        TypingFault::Missing(line)
        | TypingFault::CutOff(line)
        | TypingFault::End(line)
        | TypingFault::Unchecked(line)
        | TypingFault::Wrong(line)
        | TypingFault::Twice(line)
        | TypingFault::Length { line, .. }
        | TypingFault::Character { line, .. } => *line,
        TypingFault::Nothing | TypingFault::Unnumbered(_) => u8::MAX,
    }
}

fn compact(line: &str) -> String {
    line.chars().filter(|one| !one.is_whitespace() && !matches!(one, '-' | '.' | ':' | ',')).collect()
}

/// Which line is wrong, and how; [`None`] where it has no number.
type Misread = Option<(u8, TypingFault)>;

/// The number and the letters of a line; else what is wrong with which one, if it has a number.
fn read(line: &str) -> Result<(u8, Vec<u8>), Misread> {
    let compact = compact(line);
    // A number alone may have one digit; else it is the first two of all.
    let first = line.split_whitespace().next().map(self::compact).unwrap_or_default();
    let length = if first.chars().count() == 1 { 1 } else { 2 };
    let digits: Option<String> = compact.chars().take(length).map(digit).collect();
    let number = digits.and_then(|digits| digits.parse().ok()).filter(|number| *number > 0).ok_or(None)?;
    let fault = |fault| Some((number, fault));
    let letters: Result<Vec<u8>, char> = compact.chars().skip(length).map(letter).collect();
    let mut letters = letters.map_err(|character| fault(TypingFault::Character { line: number, character }))?;
    let found = letters.len();
    if found > LETTERS + CHECK {
        return Err(fault(TypingFault::Length { line: number, found, expected: LETTERS + CHECK }));
    }
    let checked = letters.split_off(found.saturating_sub(CHECK));
    if !letters.is_empty() && checked == check(number, &letters).as_bytes() {
        return Ok((number, letters));
    }
    Err(fault(match found {
        LETTERS => TypingFault::Unchecked(number),
        found if found + 1 == LETTERS + CHECK || found + 1 == LETTERS => {
            TypingFault::Length { line: number, found, expected: LETTERS + CHECK }
        }
        _ => TypingFault::Wrong(number),
    }))
}

/// A digit of a line's number, as it was meant.
fn digit(typed: char) -> Option<char> {
    match typed {
        'O' | 'o' => Some('0'),
        'I' | 'i' | 'l' => Some('1'),
        'B' => Some('8'),
        other => other.is_ascii_digit().then_some(other),
    }
}

/// A letter of base32, as it was meant.
fn letter(typed: char) -> Result<u8, char> {
    let meant = match typed.to_ascii_uppercase() {
        '0' => 'O',
        '1' => 'I',
        '8' => 'B',
        other => other,
    };
    u8::try_from(meant).ok().filter(|letter| ALPHABET.contains(letter)).ok_or(typed)
}

/// The check letters of a line: CRC-10/ATM (ITU-T I.610) of its number and its letters, as base32.
///
/// Ten bits of CRC notice everything that happens within ten bits: one letter, or two side by side. Two letters that changed places
/// differ by a multiple of `1 + x^5k`, which this polynomial divides for no line's length.
fn check(number: u8, letters: &[u8]) -> String {
    // Not the bytes but what they stand for, so that a letter is five bits.
    let value = |letter: &u8| ALPHABET.iter().position(|one| one == letter).unwrap_or(0);
    let crc = letters.iter().map(value).fold(crc10(0, usize::from(number), 8), |crc, value| crc10(crc, value, 5));
    [crc >> 5, crc & 31].iter().filter_map(|at| ALPHABET.get(usize::from(*at))).map(|byte| char::from(*byte)).collect()
}

/// CRC-10/ATM of some more bits: x^10 + x^9 + x^5 + x^4 + x + 1.
fn crc10(crc: u16, value: usize, bits: u32) -> u16 {
    (0..bits).rev().fold(crc, |crc, bit| {
        let is_set = (value >> bit) & 1 == 1;
        let top = crc & 0x200 != 0;
        let shifted = (crc << 1) & 0x3ff;
        if top == is_set { shifted } else { shifted ^ 0x233 }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(bytes: &[u8]) -> Vec<String> {
        typed(bytes).expect("few").iter().map(ToString::to_string).collect()
    }

    fn faults(lines: &[String]) -> Vec<TypingFault> {
        untyped(&lines.join("\n")).expect_err("wrong").faults
    }

    /// Whether a fault says which line it is: its own number, or which one is missing.
    fn names(faults: &[TypingFault], number: usize, lines: &[String]) -> bool {
        faults.iter().any(|fault| match fault {
            TypingFault::Unnumbered(typed) => *typed == number,
            // The last line took the number of another one, which is there.
            TypingFault::CutOff(line) => usize::from(*line) + 1 == number && number == lines.len(),
            TypingFault::Nothing => false,
            other => usize::from(place(other)) == number,
        })
    }

    #[test]
    fn the_check_is_the_crc_of_the_standard() {
        assert_eq!(b"123456789".iter().fold(0, |crc, byte| crc10(crc, usize::from(*byte), 8)), 0x199);
    }

    #[test]
    fn lines_look_like_this() {
        assert_eq!(
            page(b"The quick brown fox jumps over the lazy dog, once more."),
            [
                "01  KRUGK IDROV UWG2Z AMJZG 653OE BTG66 BANJ2 W24DT EBXXM ZLSEB  yv",
                "02  2GQZJ ANRQX U6JAM RXWOL BAN5X GGZJA NVXXE ZJO  3i"
            ]
        );
    }

    #[test]
    fn two_letters_that_changed_places_never_have_the_same_check() {
        let g = |distance: u32, difference: usize| {
            let mut crc = crc10(0, difference, 5);
            for _ in 1..distance {
                crc = crc10(crc, 0, 5);
            }
            crc10(crc, difference, 5)
        };
        for distance in 1..60 {
            for difference in 1..32 {
                assert_ne!(g(distance, difference), 0, "{distance} {difference}");
            }
        }
    }

    #[test]
    fn what_is_typed_may_look_otherwise() {
        let bytes: Vec<u8> = (0..180).collect();
        let mut lines = page(&bytes);
        assert_eq!(untyped(&lines.join("\n")), Ok(bytes.clone()));
        lines.reverse();
        let sloppy = lines.join("\n\n").to_lowercase().replace(' ', "").replace('b', "8").replace('o', "0");
        assert_eq!(untyped(&sloppy), Ok(bytes.clone()), "{sloppy}");
        // One that was wrong, and then typed again.
        let wrong = lines.first().expect("one").replace('A', "C");
        assert_eq!(untyped(&format!("{wrong}\n{}", lines.join("\n"))), Ok(bytes));
    }

    #[test]
    fn what_is_missing_is_said_by_line() {
        let bytes = vec![7; 200];
        let lines = page(&bytes);
        let without = |gone: usize| -> Vec<String> {
            lines.iter().enumerate().filter(|(at, _)| *at + 1 != gone).map(|(_, line)| line.clone()).collect()
        };
        assert_eq!(faults(&without(2)), [TypingFault::Missing(2)]);
        assert_eq!(faults(&without(lines.len())), [TypingFault::CutOff(6)]);
        assert_eq!(faults(&[]), [TypingFault::Nothing]);
        let mut no_check = lines.clone();
        let third = no_check.get_mut(2).expect("there");
        third.truncate(third.len() - 4);
        assert_eq!(faults(&no_check), [TypingFault::Unchecked(3)]);
        let mut swapped = lines.clone();
        let numbers = ("02  ", "03  ");
        for (at, (from, to)) in [(1, numbers), (2, (numbers.1, numbers.0))] {
            let line = swapped.get_mut(at).expect("there");
            *line = line.replacen(from, to, 1);
        }
        // The same letters under other numbers have other checks.
        assert_eq!(faults(&swapped), [TypingFault::Wrong(2), TypingFault::Wrong(3)]);
    }

    proptest! {
        /// U60: one wrong letter, two that changed places, one that is left out: each is found in its line.
        #[test]
        fn u60_a_slip_is_located_to_its_line(
            fives in proptest::collection::vec(any::<[u8; 5]>(), 1..120),
            line in any::<prop::sample::Index>(),
            one in any::<prop::sample::Index>(),
            other in any::<prop::sample::Index>(),
            letter in "[A-Z2-7]",
            kind in 0..3,
        ) {
            let bytes = fives.concat();
            let lines = page(&bytes);
            prop_assert_eq!(untyped(&lines.join("\n")), Ok(bytes));
            let at = line.index(lines.len());
            let before = lines[at].clone();
            let places: Vec<usize> = before.char_indices().filter(|(_, one)| *one != ' ').map(|(at, _)| at).collect();
            let (one, other) = (places[one.index(places.len())], places[other.index(places.len())]);
            let mut after = before.clone().into_bytes();
            match kind {
                0 => after[one] = letter.as_bytes()[0],
                // Letters of the line: a digit of its number and a letter are no slip of one hand.
                1 if one.max(other) < 2 || one.min(other) > 3 => after.swap(one, other),
                1 => {}
                _ => { after.remove(one); }
            }
            let after = String::from_utf8(after).expect("letters");
            let meant = |line: &str| read(line).ok();
            // The same letter in its place, or a number without its zero.
            prop_assume!(meant(&after) != meant(&before));
            let mut typed = lines.clone();
            typed[at] = after;
            let faults = untyped(&typed.join("\n")).expect_err("it is wrong").faults;
            prop_assert!(names(&faults, at + 1, &lines), "{} {:?} {:?}", at + 1, typed[at], faults);
        }
    }
}
