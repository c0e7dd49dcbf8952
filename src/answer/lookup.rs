//! Finding the thing that a query names: exact first, then whole words, then prefixes, then near misses.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};
use serde::Serialize;

use super::fold::fold;
use crate::team::{Number, Team, Thing};

/// Most candidates that are named when a query is ambiguous or unknown: they have to fit a screen.
const CANDIDATES_MAX: usize = 12;
/// Fewest digits that are taken for a telephone number.
const NUMBER_DIGITS_MIN: usize = 4;
/// Fewest digits of a number written without its country code, so that an extension does not name a stranger.
const NATIONAL_DIGITS_MIN: usize = 7;

/// How far a query may be from a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// For scripts: id, alias, e-mail, number or a whole word of a name; never a guess.
    Exact,
    /// For people at a terminal: also prefixes and typing errors.
    Forgiving,
}

/// One thing that a query may mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Match {
    /// What kind of thing.
    pub kind: Thing,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What to type to mean just this: the id, or `kind:id` where several kinds share it.
    pub query: String,
}

/// What a query names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// One thing; `close` when it was not written exactly so.
    One {
        /// The thing.
        found: Match,
        /// Whether a typing error was forgiven.
        close: bool,
    },
    /// Several things, best first.
    Many {
        /// At most a screenful.
        candidates: Vec<Match>,
        /// How many there are in all.
        total: usize,
    },
    /// Nothing; these are near, best first.
    None {
        /// At most three.
        near: Vec<Match>,
    },
}

/// Something with names, of any kind.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What kind of thing.
    pub kind: Thing,
    /// Its id.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What else it is called.
    pub aliases: &'a [String],
    /// The e-mail addresses of a person.
    pub emails: &'a [String],
    /// The numbers that reach it.
    pub numbers: &'a [Number],
}

impl<'a> Entry<'a> {
    /// The thing, and what to type to mean just it.
    pub fn matched(&self, team: &Team) -> Match {
        found_match(team, self)
    }

    /// All that it is called: id, name, aliases.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        names(self)
    }
}

/// Kinds whose names are sentences or speak of other things: a word in them means them only when nothing else is called so.
const SPEAK_OF_OTHERS: [Thing; 5] = [Thing::Authority, Thing::Tier, Thing::Window, Thing::Rota, Thing::Calendar];

/// What of all that a team wrote down a query names.
///
/// `kind:id` means just that one. Case, accents and punctuation do not matter.
pub fn lookup(team: &Team, query: &str, strictness: Strictness) -> Search {
    lookup_among(team, query, strictness, &Thing::ALL)
}

/// The number that a query names, of the thing that it found by it: whom a call comes from.
pub fn number_asked<'a>(team: &'a Team, found: &Match, query: &str) -> Option<&'a Number> {
    let digits = Digits::of(query.trim())?;
    let entry = entries(team).into_iter().find(|entry| entry.kind == found.kind && entry.id == found.id)?;
    entry.numbers.iter().find(|number| digits.dial(number))
}

/// The same among some kinds of thing only.
pub fn lookup_among(team: &Team, query: &str, strictness: Strictness, kinds: &[Thing]) -> Search {
    let entries: Vec<Entry<'_>> = entries(team).into_iter().filter(|entry| kinds.contains(&entry.kind)).collect();
    let asked = Asked::new(query);
    let mut found: Vec<&Entry<'_>> = entries.iter().filter(|entry| asked.is_exactly(entry)).collect();
    if found.is_empty() {
        found = first_hand(entries.iter().filter(|entry| asked.words_in(entry, str::eq)).collect());
    }
    if found.is_empty() {
        let begins = |word: &str, asked: &str| word.starts_with(asked);
        found = first_hand(entries.iter().filter(|entry| asked.words_in(entry, begins)).collect());
        if strictness == Strictness::Exact && found.len() == 1 {
            return Search::None { near: matches(team, &found) };
        }
    }
    matched(team, &found, false).unwrap_or_else(|| near_miss(team, &entries, &asked, strictness))
}

/// Everything of one kind, for somebody who asks for the kind itself; `None` when the team has none.
pub fn all_of(team: &Team, kind: Thing) -> Option<Search> {
    let entries = entries(team);
    matched(team, &entries.iter().filter(|entry| entry.kind == kind).collect::<Vec<_>>(), false)
}

/// What was found, no more of it than fits a screen; `None` when that is nothing.
fn matched(team: &Team, found: &[&Entry<'_>], close: bool) -> Option<Search> {
    match found {
        [] => None,
        [one] => Some(Search::One { found: found_match(team, one), close }),
        many => Some(Search::Many { total: many.len(), candidates: matches(team, many.get(..CANDIDATES_MAX).unwrap_or(many)) }),
    }
}

/// Without those that only speak of what is asked for, where others are called so themselves.
fn first_hand<'a, 'b>(found: Vec<&'a Entry<'b>>) -> Vec<&'a Entry<'b>> {
    let named: Vec<_> = found.iter().copied().filter(|entry| !SPEAK_OF_OTHERS.contains(&entry.kind)).collect();
    if named.is_empty() { found } else { named }
}

/// A typing error away from one thing is that thing for a person at a terminal, and a hint for everybody else.
fn near_miss(team: &Team, entries: &[Entry<'_>], asked: &Asked<'_>, strictness: Strictness) -> Search {
    let mut near: Vec<(usize, &Entry<'_>)> =
        entries.iter().filter_map(|entry| asked.typing_errors(entry).map(|errors| (errors, entry))).collect();
    near.sort_by_key(|(errors, entry)| (*errors, entry.kind, entry.id));
    let best = near.first().map(|(errors, _)| *errors);
    let nearest: Vec<&Entry<'_>> = near.iter().filter(|(errors, _)| Some(*errors) == best).map(|(_, entry)| *entry).collect();
    if let (Strictness::Forgiving, Some(search)) = (strictness, matched(team, &nearest, true)) {
        return search;
    }
    let mut hints: Vec<&Entry<'_>> = near.into_iter().map(|(_, entry)| entry).collect();
    if hints.is_empty() {
        hints = scattered(entries, asked);
    }
    hints.truncate(3);
    Search::None { near: matches(team, &hints) }
}

/// Things whose names hold the letters of the query in order: hints only, never an answer.
fn scattered<'a, 'b>(entries: &'a [Entry<'b>], asked: &Asked<'_>) -> Vec<&'a Entry<'b>> {
    if asked.folded.is_empty() {
        return Vec::new();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::new(&asked.folded, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, &Entry<'_>)> = entries
        .iter()
        .filter_map(|entry| {
            let text = format!("{} {}", fold(entry.name), fold(entry.id));
            pattern.score(Utf32Str::new(&text, &mut buffer), &mut matcher).map(|score| (score, entry))
        })
        .collect();
    scored.sort_by_key(|(score, entry)| (std::cmp::Reverse(*score), entry.id));
    scored.into_iter().map(|(_, entry)| entry).collect()
}

/// Everything that can be looked up, in the order of [`Thing::ALL`].
pub fn entries(team: &Team) -> Vec<Entry<'_>> {
    let plain = |kind, id, name, aliases| Entry { kind, id, name, aliases, emails: &[], numbers: &[] };
    let people = team.people.iter().map(|(id, person)| Entry {
        emails: &person.emails,
        numbers: &person.numbers,
        ..plain(Thing::Person, id.as_str(), &person.name, &person.aliases)
    });
    let systems = team.systems.iter().map(|(id, system)| plain(Thing::System, id.as_str(), &system.name, &system.aliases));
    let tools = team
        .tools
        .iter()
        .map(|(id, tool)| Entry { numbers: &tool.numbers, ..plain(Thing::Tool, id.as_str(), &tool.name, &tool.aliases) });
    let bridges = team.bridges.iter().map(|(id, bridge)| Entry {
        numbers: &bridge.numbers,
        ..plain(Thing::Bridge, id.as_str(), &bridge.name, &bridge.aliases)
    });
    let vendors = team.vendors.iter().map(|(id, vendor)| Entry {
        numbers: &vendor.numbers,
        ..plain(Thing::Vendor, id.as_str(), &vendor.name, &vendor.aliases)
    });
    let credentials =
        team.credentials.iter().map(|(id, label)| plain(Thing::Credential, id.as_str(), &label.title, &label.aliases));
    let authority =
        team.authority.iter().map(|(id, it)| plain(Thing::Authority, id.as_str(), it.decision.as_str(), it.aliases.as_slice()));
    let tiers = team.tiers.iter().map(|(id, tier)| plain(Thing::Tier, id.as_str(), tier.name.as_str(), &[][..]));
    let windows = team.windows.iter().map(|(id, it)| plain(Thing::Window, id.as_str(), it.name.as_str(), it.aliases.as_slice()));
    let rotas = team.rotas.iter().map(|(id, it)| plain(Thing::Rota, id.as_str(), it.name.as_str(), it.aliases.as_slice()));
    let calendars =
        team.calendars.iter().map(|(id, it)| plain(Thing::Calendar, id.as_str(), it.name.as_str(), it.aliases.as_slice()));
    let first = people.chain(systems).chain(tools).chain(bridges).chain(authority).chain(vendors);
    first.chain(tiers).chain(credentials).chain(windows).chain(rotas).chain(calendars).collect()
}

fn matches(team: &Team, entries: &[&Entry<'_>]) -> Vec<Match> {
    entries.iter().map(|entry| found_match(team, entry)).collect()
}

fn found_match(team: &Team, entry: &Entry<'_>) -> Match {
    let shared = Thing::ALL.into_iter().filter(|kind| kind.exists(team, entry.id)).count() > 1;
    let query = if shared { format!("{}:{}", entry.kind.word(), entry.id) } else { entry.id.to_owned() };
    Match { kind: entry.kind, id: entry.id.to_owned(), name: entry.name.to_owned(), query }
}

/// A query, prepared once for all things.
struct Asked<'a> {
    /// `Some` for `kind:id`.
    kind: Option<Thing>,
    /// As typed, without the kind.
    text: &'a str,
    folded: String,
    /// The digits of something that looks like a telephone number.
    digits: Option<Digits>,
}

/// The digits of a number as typed.
struct Digits {
    /// Without `+`, `00` or trunk zero.
    significant: String,
    international: bool,
}

impl<'a> Asked<'a> {
    fn new(query: &'a str) -> Self {
        let query = query.trim();
        let qualified = query.split_once(':').and_then(|(word, id)| Some((Thing::from_word(word)?, id)));
        let text = qualified.map_or(query, |(_, id)| id);
        Self { kind: qualified.map(|(kind, _)| kind), text, folded: fold(text), digits: Digits::of(text) }
    }

    fn is_of_kind(&self, entry: &Entry<'_>) -> bool {
        self.kind.is_none_or(|kind| kind == entry.kind)
    }

    /// By id, alias, e-mail or number.
    fn is_exactly(&self, entry: &Entry<'_>) -> bool {
        let same = |text: &str| text.eq_ignore_ascii_case(self.text);
        let same_folded = |text: &str| same(text) || (!text.is_ascii() && fold(text) == self.folded);
        self.is_of_kind(entry)
            && (same(entry.id)
                || entry.aliases.iter().any(|alias| same_folded(alias) || same(alias.trim_start_matches('@')))
                || entry.emails.iter().any(|email| same(email))
                || self.digits.as_ref().is_some_and(|digits| entry.numbers.iter().any(|number| digits.dial(number))))
    }

    /// Whether each word of the query fits a word of the name, the id or an alias.
    fn words_in(&self, entry: &Entry<'_>, fits: impl Fn(&str, &str) -> bool) -> bool {
        let found = |asked: &str| {
            names(entry).any(|name| {
                if name.is_ascii() {
                    // Most names: no need to fold all of them for one question.
                    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
                    words.any(|word| word.len() >= asked.len() && fits(&word.to_ascii_lowercase(), asked))
                } else {
                    fold(name).split(' ').any(|word| fits(word, asked))
                }
            })
        };
        !self.folded.is_empty() && self.is_of_kind(entry) && self.folded.split(' ').all(found)
    }

    /// How many typing errors lead from a name to the query, when that is few enough to be a slip: one from four letters
    /// on, two from seven.
    fn typing_errors(&self, entry: &Entry<'_>) -> Option<usize> {
        if !self.is_of_kind(entry) {
            return None;
        }
        let names: Vec<String> = names(entry).map(fold).collect();
        let whole = names.iter().map(|name| slips(name, &self.folded));
        let words = names.iter().flat_map(|name| name.split(' ')).map(|word| slips(word, &self.folded));
        whole.chain(words).flatten().min()
    }
}

fn names<'a>(entry: &Entry<'a>) -> impl Iterator<Item = &'a str> {
    [entry.id, entry.name].into_iter().chain(entry.aliases.iter().map(String::as_str))
}

fn slips(name: &str, asked: &str) -> Option<usize> {
    let allowed = match asked.len() {
        0..4 => return None,
        4..7 => 1,
        _ => 2,
    };
    (name.len().abs_diff(asked.len()) <= allowed).then(|| strsim::osa_distance(name, asked)).filter(|&errors| errors <= allowed)
}

impl Digits {
    fn of(text: &str) -> Option<Self> {
        if !text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '(' | ')' | '.' | '/' | '-')) {
            return None;
        }
        let text = text.replace("(0)", "");
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let international = text.starts_with('+') || digits.starts_with("00");
        let significant = digits.trim_start_matches('0').to_owned();
        (significant.len() >= NUMBER_DIGITS_MIN).then_some(Self { significant, international })
    }

    fn dial(&self, number: &Number) -> bool {
        let full = number.e164.as_str().trim_start_matches('+');
        full == self.significant
            || (!self.international && self.significant.len() >= NATIONAL_DIGITS_MIN && full.ends_with(&self.significant))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::team::{Id, Person, System, Zone};

    fn team() -> Team {
        let mut team = Team::named("Acme");
        for (id, name, aliases, number) in [
            ("alice.okafor", "Alice Okafor", vec!["aokafor"], "+447700900123"),
            ("alan.whitfield", "Alan Whitfield", vec![], "+12025550188"),
            ("lukasz.zolc", "Łukasz Żółć", vec!["@luk"], "+12025550189"),
            ("li.xiaolong", "李小龍", vec![], "+12025550190"),
        ] {
            let person = Person {
                name: name.to_owned(),
                aliases: aliases.into_iter().map(str::to_owned).collect(),
                title: None,
                teams: vec![],
                zone: Zone::parse("UTC").expect("bundled"),
                hours: None,
                place: None,
                emails: vec![format!("{id}@example.com")],
                numbers: vec![Number::parse(number, None).expect("a number")],
                message: None,
                wake: crate::team::Wake::default(),
                calendars: vec![],
                absences: vec![],
                note: None,
            };
            team.people.insert(Id::parse(id).expect("an id"), person);
        }
        for id in ["payments-db", "payments-api", "lukasz.zolc"] {
            let system = System {
                name: id.to_owned(),
                aliases: vec![],
                tier: None,
                owners: vec![],
                playbook: None,
                runbook: None,
                needs: vec![],
            };
            team.systems.insert(Id::parse(id).expect("an id"), system);
        }
        team
    }

    fn names_of(search: &Search) -> (&'static str, Vec<&str>) {
        match search {
            Search::One { found, close } => (if *close { "close" } else { "one" }, vec![&found.query]),
            Search::Many { candidates, .. } => ("many", candidates.iter().map(|m| m.query.as_str()).collect()),
            Search::None { near } => ("none", near.iter().map(|m| m.query.as_str()).collect()),
        }
    }

    #[test]
    fn a_word_in_the_name_of_a_rota_does_not_stand_between_a_person_and_who_asks_for_them() {
        let mut team = team();
        let rota = crate::team::Rota {
            name: "Swaps with Alice".to_owned(),
            aliases: vec![],
            until: None,
            shifts: vec![],
            overrides: vec![],
        };
        team.rotas.insert(Id::parse("swaps").expect("an id"), rota);
        assert_eq!(names_of(&lookup(&team, "Alice", Strictness::Exact)), ("one", vec!["alice.okafor"]));
        assert_eq!(names_of(&lookup(&team, "swaps", Strictness::Exact)), ("one", vec!["swaps"]));
        assert_eq!(names_of(&lookup(&team, "swaps alice", Strictness::Exact)), ("one", vec!["swaps"]));
    }

    #[test]
    fn exact_names_of_every_sort_find_one() {
        for query in ["alice.okafor", "Alice", "OKAFOR", "alice okafor", "okafor alice", "aokafor", "ALICE.OKAFOR@EXAMPLE.COM"] {
            assert_eq!(names_of(&lookup(&team(), query, Strictness::Exact)), ("one", vec!["alice.okafor"]), "{query}");
        }
        for query in ["+44 7700 900123", "07700 900123", "00447700900123", "+44 (0)7700 900123", "7700900123"] {
            assert_eq!(names_of(&lookup(&team(), query, Strictness::Exact)), ("one", vec!["alice.okafor"]), "{query}");
        }
        for query in ["luk", "@luk"] {
            assert_eq!(names_of(&lookup(&team(), query, Strictness::Exact)), ("one", vec!["person:lukasz.zolc"]), "{query}");
        }
        assert_eq!(names_of(&lookup(&team(), "李小龍", Strictness::Exact)), ("one", vec!["li.xiaolong"]));
    }

    #[test]
    fn scripts_never_get_a_guess() {
        assert_eq!(names_of(&lookup(&team(), "al", Strictness::Exact)), ("many", vec!["alan.whitfield", "alice.okafor"]));
        assert_eq!(names_of(&lookup(&team(), "alic", Strictness::Exact)), ("none", vec!["alice.okafor"]));
        assert_eq!(names_of(&lookup(&team(), "alise", Strictness::Exact)), ("none", vec!["alice.okafor"]));
        assert_eq!(names_of(&lookup(&team(), "payments", Strictness::Exact)), ("many", vec!["payments-api", "payments-db"]));
        // Four digits of a number name nobody, and a foreign number with the same ending is another one.
        assert_eq!(names_of(&lookup(&team(), "0123", Strictness::Exact)).0, "none");
        assert_eq!(names_of(&lookup(&team(), "+99 7700 900123", Strictness::Exact)).0, "none");
        assert_eq!(names_of(&lookup(&team(), "", Strictness::Forgiving)).0, "none");
    }

    #[test]
    fn people_at_a_terminal_may_slip() {
        assert_eq!(names_of(&lookup(&team(), "alic", Strictness::Forgiving)), ("one", vec!["alice.okafor"]));
        assert_eq!(names_of(&lookup(&team(), "alise", Strictness::Forgiving)), ("close", vec!["alice.okafor"]));
        assert_eq!(names_of(&lookup(&team(), "okaofr", Strictness::Forgiving)), ("close", vec!["alice.okafor"]));
        assert_eq!(names_of(&lookup(&team(), "lukazs", Strictness::Forgiving)).1, ["person:lukasz.zolc", "system:lukasz.zolc"]);
    }

    #[test]
    fn every_candidate_can_be_typed_back() {
        for query in ["al", "lukasz", "payments"] {
            let Search::Many { candidates, .. } = lookup(&team(), query, Strictness::Exact) else {
                panic!("{query} is ambiguous")
            };
            for candidate in candidates {
                let found = Search::One { found: candidate.clone(), close: false };
                assert_eq!(lookup(&team(), &candidate.query, Strictness::Exact), found);
            }
        }
    }
}
