//! The finder: everything that the kit knows, narrowed by typing. Pure: what is typed goes in, what is shown comes out;
//! `cli::ask::full_screen` has the terminal.

mod keys;
mod view;

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};

pub(super) use keys::{Decoded, Key, decode};
pub(super) use view::{Row, View};

use crate::{
    answer::{Entry, fold},
    team::Number,
};

/// Longest text that is searched for, in characters: longer than any name.
const QUERY_CHARS_MAX: usize = 200;
/// Fewest digits that are looked for in numbers.
const DIGITS_MIN: usize = 2;

/// What is typed, what fits it, and which one is meant.
#[derive(Debug)]
pub(super) struct Finder<'a> {
    entries: Vec<Searched<'a>>,
    query: String,
    /// What the found ones were found for; narrower questions look among them only.
    asked: Asked,
    /// Indices of what fits, best first.
    found: Vec<usize>,
    chosen: usize,
}

/// A thing with its names as they are searched.
#[derive(Debug)]
struct Searched<'a> {
    entry: Entry<'a>,
    folded: String,
    digits: String,
}

/// How a query is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    /// Everything.
    All,
    /// Letters of names, in order.
    Letters(String),
    /// Digits of numbers, one after the other.
    Digits(String),
}

impl<'a> Finder<'a> {
    /// A finder over things, in the order that they are shown in while nothing is typed.
    pub(super) fn new(entries: Vec<Entry<'a>>) -> Self {
        let entries: Vec<Searched<'a>> = entries.into_iter().map(Searched::new).collect();
        let found = (0..entries.len()).collect();
        Self { entries, query: String::new(), asked: Asked::All, found, chosen: 0 }
    }

    /// What is typed.
    pub(super) fn query(&self) -> &str {
        &self.query
    }

    /// How many things there are.
    pub(super) fn total(&self) -> usize {
        self.entries.len()
    }

    /// How many fit.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// Which of those that fit is meant, from 0.
    pub(super) fn position(&self) -> usize {
        self.chosen
    }

    /// The one that is meant; none when nothing fits.
    pub(super) fn chosen(&self) -> Option<&Entry<'a>> {
        self.get(self.chosen)
    }

    /// One of those that fit, best first.
    pub(super) fn get(&self, position: usize) -> Option<&Entry<'a>> {
        self.found.get(position).and_then(|index| self.entries.get(*index)).map(|searched| &searched.entry)
    }

    /// Takes another query.
    pub(super) fn ask(&mut self, query: &str) {
        self.query = query.chars().take(QUERY_CHARS_MAX).collect();
        self.search();
    }

    /// Takes a key that edits the query or moves; `page` rows make a screenful.
    pub(super) fn press(&mut self, key: Key, page: usize) {
        let last = self.found.len().saturating_sub(1);
        match key {
            Key::Char(c) if self.query.chars().count() < QUERY_CHARS_MAX => {
                self.query.push(c);
                self.search();
            }
            Key::Backspace if self.query.pop().is_some() => self.search(),
            Key::Word => {
                let kept = self.query.trim_end().rfind(' ').map_or(0, |space| space + 1);
                self.query.truncate(kept);
                self.search();
            }
            Key::Line => {
                self.query.clear();
                self.search();
            }
            Key::Up => self.chosen = self.chosen.saturating_sub(1),
            Key::Down => self.chosen = (self.chosen + 1).min(last),
            Key::PageUp => self.chosen = self.chosen.saturating_sub(page.max(1)),
            Key::PageDown => self.chosen = (self.chosen + page.max(1)).min(last),
            Key::Home => self.chosen = 0,
            Key::End => self.chosen = last,
            _ => {}
        }
    }

    fn search(&mut self) {
        self.chosen = 0;
        let asked = Asked::of(&self.query);
        if asked == self.asked {
            return;
        }
        // Whoever types on looks among those that fitted already.
        let among: Vec<usize> =
            if asked.narrows(&self.asked) { std::mem::take(&mut self.found) } else { (0..self.entries.len()).collect() };
        self.found = match &asked {
            Asked::All => among,
            Asked::Digits(digits) => self.with_digits(among, digits),
            Asked::Letters(letters) => self.ranked(among, letters),
        };
        self.asked = asked;
    }

    fn with_digits(&self, mut among: Vec<usize>, digits: &str) -> Vec<usize> {
        among.retain(|index| self.entries.get(*index).is_some_and(|it| it.digits.contains(digits)));
        among.sort_unstable();
        among
    }

    fn ranked(&self, among: Vec<usize>, letters: &str) -> Vec<usize> {
        let mut config = Config::DEFAULT;
        config.prefer_prefix = true;
        let mut matcher = Matcher::new(config);
        let pattern = Pattern::new(letters, CaseMatching::Ignore, Normalization::Never, AtomKind::Fuzzy);
        let mut buffer = Vec::new();
        let score = |index: usize| {
            let text = &self.entries.get(index)?.folded;
            pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher).map(|score| (score, index))
        };
        let mut scored: Vec<(u32, usize)> = among.into_iter().filter_map(score).collect();
        scored.sort_unstable_by_key(|(score, index)| (std::cmp::Reverse(*score), *index));
        scored.into_iter().map(|(_, index)| index).collect()
    }
}

impl<'a> Searched<'a> {
    fn new(entry: Entry<'a>) -> Self {
        let texts = [entry.name, entry.id].into_iter().chain(entry.aliases.iter().chain(entry.emails).map(String::as_str));
        let folded: Vec<String> = texts.chain([entry.kind.word()]).map(fold).collect();
        let digits = |number: &Number| number.e164.as_str().trim_start_matches('+').to_owned();
        // A digit that is no digit keeps numbers apart.
        let digits: Vec<String> = entry.numbers.iter().map(digits).collect();
        Self { entry, folded: folded.join(" "), digits: digits.join("/") }
    }
}

impl Asked {
    fn of(query: &str) -> Self {
        let is_number = query.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '(' | ')' | '.' | '/' | '-'));
        let digits: String = query.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
        if is_number && digits.len() >= DIGITS_MIN {
            // Neither the 00 of a country code nor the zero of a national number stands in the number itself.
            return Self::Digits(digits.trim_start_matches('0').to_owned());
        }
        match fold(query) {
            letters if letters.is_empty() => Self::All,
            letters => Self::Letters(letters),
        }
    }

    /// Whether everything that fits this fits the other too.
    fn narrows(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::All) => true,
            (Self::Letters(now), Self::Letters(before)) | (Self::Digits(now), Self::Digits(before)) => now.starts_with(before),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::team::Thing;

    const NAMES: [(&str, &str); 5] = [
        ("alice.okafor", "Alice Okafor"),
        ("alan.whitfield", "Alan Whitfield"),
        ("lukasz.zolc", "Łukasz Żółć"),
        ("li.xiaolong", "李小龍"),
        ("bob.reyes", "Bob Reyes"),
    ];

    fn numbers() -> Vec<Vec<Number>> {
        let number = |text: &str| vec![Number::parse(text, None).expect("a number")];
        vec![number("+447700900123"), number("+12025550188"), number("+12025550143"), vec![], vec![]]
    }

    fn finder(numbers: &[Vec<Number>]) -> Finder<'_> {
        let entry = |((id, name), numbers): (&(&'static str, &'static str), _)| Entry {
            kind: Thing::Person,
            id,
            name,
            aliases: &[],
            emails: &[],
            numbers,
        };
        Finder::new(NAMES.iter().zip(numbers.iter().map(Vec::as_slice)).map(entry).collect())
    }

    fn ids<'a>(finder: &Finder<'a>) -> Vec<&'a str> {
        (0..finder.count()).filter_map(|at| finder.get(at).map(|entry| entry.id)).collect()
    }

    #[test]
    fn typing_narrows_and_taking_back_widens() {
        let numbers = numbers();
        let mut finder = finder(&numbers);
        assert_eq!(finder.count(), 5);
        let mut step = |key| {
            finder.press(key, 10);
            ids(&finder)
        };
        assert_eq!(step(Key::Char('a')).len(), 4);
        assert_eq!(step(Key::Char('l')).get(..2), Some(&["alice.okafor", "alan.whitfield"][..]));
        assert_eq!(step(Key::Char('i')).first(), Some(&"alice.okafor"));
        assert_eq!(step(Key::Char('c')), ["alice.okafor"]);
        assert!(step(Key::Backspace).contains(&"alan.whitfield"));
        assert_eq!(step(Key::Line).len(), 5);
    }

    #[test]
    fn spelling_and_scripts_do_not_matter() {
        let numbers = numbers();
        for (query, first) in
            [("ZOLC", "lukasz.zolc"), ("Żó", "lukasz.zolc"), ("小龍", "li.xiaolong"), ("okafor al", "alice.okafor")]
        {
            let mut finder = finder(&numbers);
            finder.ask(query);
            assert_eq!(ids(&finder).first(), Some(&first), "{query}");
        }
        let mut finder = finder(&numbers);
        finder.ask("nobody of that name");
        assert!(finder.chosen().is_none());
        finder.press(Key::Word, 10);
        assert_eq!(finder.query(), "nobody of that ");
    }

    #[test]
    fn numbers_are_found_by_their_digits() {
        let numbers = numbers();
        for (query, found) in [
            ("0123", vec!["alice.okafor"]),
            ("+44 77", vec!["alice.okafor"]),
            ("07700 900", vec!["alice.okafor"]),
            ("0044", vec!["alice.okafor"]),
            ("555", vec!["alan.whitfield", "lukasz.zolc"]),
            ("5550143", vec!["lukasz.zolc"]),
            ("999", vec![]),
        ] {
            let mut finder = finder(&numbers);
            query.chars().for_each(|c| finder.press(Key::Char(c), 10));
            assert_eq!(ids(&finder), found, "{query}");
        }
    }

    #[test]
    fn moving_stays_within_what_fits() {
        let numbers = numbers();
        let mut finder = finder(&numbers);
        let mut position = |key| {
            finder.press(key, 3);
            finder.position()
        };
        assert_eq!(position(Key::Up), 0);
        assert_eq!(position(Key::Down), 1);
        assert_eq!(position(Key::PageDown), 4);
        assert_eq!(position(Key::PageDown), 4);
        assert_eq!(position(Key::PageUp), 1);
        assert_eq!(position(Key::End), 4);
        assert_eq!(position(Key::Home), 0);
    }

    /// An organisation: all of it is looked through once, then what is left of it.
    #[test]
    fn a_hundred_thousand_people_are_narrowed_down() {
        let names: Vec<(String, String)> = (0..100_000).map(|n| (format!("p{n}"), format!("Person Number{n:06}"))).collect();
        let mut entries = Vec::new();
        for (id, name) in &names {
            entries.push(Entry { kind: Thing::Person, id, name, aliases: &[], emails: &[], numbers: &[] });
        }
        let mut finder = Finder::new(entries);
        "number099999".chars().for_each(|c| finder.press(Key::Char(c), 20));
        assert_eq!(finder.chosen().map(|entry| entry.id), Some("p99999"));
        assert!(finder.count() < 1000 && finder.total() == 100_000, "{}", finder.count());
    }

    /// Whatever is typed in whatever order, what is found is what a new finder finds.
    #[test]
    fn narrowing_finds_the_same_as_starting_anew() {
        let numbers = numbers();
        let mut typing = finder(&numbers);
        for query in ["a", "al", "al o", "al ok", "al", "a", "1", "12", "120", "12x", "12", "", " ", "l", "li", "lu", "5", "55 5"]
        {
            typing.ask(query);
            let mut anew = finder(&numbers);
            anew.ask(query);
            assert_eq!(ids(&typing), ids(&anew), "{query:?}");
        }
    }
}
