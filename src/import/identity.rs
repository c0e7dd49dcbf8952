//! Who a card is: by e-mail, then by number, never by name alone (interchange.md, "Cross-cutting import rules").

use std::collections::{BTreeMap, BTreeSet, HashMap};

use deunicode::deunicode;

use crate::team::{E164, Id, Kind, Person};

/// Which people have an e-mail or a number; people by their place in a list.
#[derive(Debug, Default)]
pub(super) struct Index {
    emails: HashMap<String, BTreeSet<usize>>,
    numbers: HashMap<E164, BTreeMap<usize, Kind>>,
    /// The owners of a number by the words of their names: a switchboard may have thousands.
    words: HashMap<E164, HashMap<String, BTreeSet<usize>>>,
}

/// Ids given out so far.
#[derive(Debug, Default)]
pub(super) struct Ids {
    taken: BTreeSet<Id<Person>>,
    next: HashMap<String, u32>,
}

/// Whom a card may be, and by what.
pub(super) type Candidates = BTreeMap<usize, String>;

impl Index {
    pub(super) fn email(&mut self, person: usize, email: &str) {
        self.emails.entry(email.to_lowercase()).or_default().insert(person);
    }

    /// `names` are the words of all names of the person.
    pub(super) fn number<'a>(&mut self, person: usize, number: &E164, kind: Kind, names: impl Iterator<Item = &'a String>) {
        self.numbers.entry(number.clone()).or_default().entry(person).or_insert(kind);
        let words = self.words.entry(number.clone()).or_default();
        for word in names {
            words.entry(word.clone()).or_default().insert(person);
        }
    }

    /// The people a card may be. `name` is the words of its name, `same_name` says whether it is one of a person's.
    ///
    /// A desk or house line may have many people at its end, so it tells who someone is only together with the name, and
    /// only where nothing else does.
    pub(super) fn candidates<'a>(
        &self,
        emails: &'a [String],
        numbers: impl Iterator<Item = (&'a E164, Kind)> + Clone,
        name: &BTreeSet<String>,
        same_name: impl Fn(usize) -> bool,
    ) -> Candidates {
        let mut found = Candidates::new();
        for email in emails {
            for &person in self.emails.get(&email.to_lowercase()).into_iter().flatten() {
                found.entry(person).or_insert_with(|| email.clone());
            }
        }
        for (number, _) in numbers.clone().filter(|(_, kind)| is_personal(*kind)) {
            for (&person, _) in self.numbers.get(number).into_iter().flatten().filter(|(_, theirs)| is_personal(**theirs)) {
                found.entry(person).or_insert_with(|| number.to_string());
            }
        }
        if found.is_empty() {
            for (number, words) in numbers.filter_map(|(number, _)| Some((number, self.words.get(number)?))) {
                for &person in name.iter().filter_map(|word| words.get(word)).flatten().filter(|person| same_name(**person)) {
                    found.entry(person).or_insert_with(|| number.to_string());
                }
            }
        }
        found
    }

    /// Everyone who has a number.
    pub(super) fn owners(&self, number: &E164) -> impl Iterator<Item = usize> {
        self.numbers.get(number).into_iter().flatten().map(|(&person, _)| person)
    }
}

/// Whether a number of this kind belongs to one person; what a line without a kind is, is not known, so it may.
fn is_personal(kind: Kind) -> bool {
    !matches!(kind, Kind::Work | Kind::Landline | Kind::Home)
}

/// The words of a name without accents and case.
pub(super) fn words(name: &str) -> BTreeSet<String> {
    let folded = deunicode(name).to_lowercase();
    folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether two names may be spellings of one: all words of one are in the other, `Alice Okafor` and `Alice B. Okafor`.
pub(super) fn agree(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    !one.is_empty() && !other.is_empty() && (one.is_subset(other) || other.is_subset(one))
}

impl Ids {
    /// The ids that are taken already.
    pub(super) fn of<'a>(taken: impl Iterator<Item = &'a Id<Person>>) -> Self {
        Self { taken: taken.cloned().collect(), next: HashMap::new() }
    }

    /// An id made of a name, taken from now on: `anna.muller`, or `anna.muller-2` when there is one.
    pub(super) fn take(&mut self, name: &str) -> Id<Person> {
        let stem = stem(name);
        loop {
            // Counted on from the last time: a file may have a hundred thousand people of one name.
            let count = self.next.entry(stem.clone()).or_insert(0);
            *count += 1;
            let text = if *count == 1 { stem.clone() } else { format!("{stem}-{count}") };
            let id = Id::parse(&text).expect("a stem is an id with room for a number behind it");
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }
}

fn stem(name: &str) -> String {
    /// Room for a number behind it.
    const CHARS_MAX: usize = Id::<Person>::CHARS_MAX - 8;
    let mut text = String::new();
    for c in deunicode(name).to_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' => text.push(c),
            // O'Brien is one word, Jean-Luc keeps its hyphen.
            '\'' | '`' | '"' => {}
            '-' if text.ends_with(|c: char| c.is_ascii_alphanumeric()) => text.push('-'),
            _ if text.ends_with(|c: char| c.is_ascii_alphanumeric()) => text.push('.'),
            _ => {}
        }
    }
    let cut = text.get(..text.len().min(CHARS_MAX)).unwrap_or_default().trim_matches(['.', '-']);
    if cut.is_empty() { "person".to_owned() } else { cut.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_from_names() {
        let mut ids = Ids::default();
        for (name, id) in [
            ("Anna Müller", "anna.muller"),
            ("Anna Müller", "anna.muller-2"),
            ("ANNA MULLER", "anna.muller-3"),
            ("Seán O'Brien", "sean.obrien"),
            ("Jean-Luc Picard", "jean-luc.picard"),
            ("Łukasz Żółć", "lukasz.zolc"),
            ("李小龍", "li.xiao.long"),
            ("Müller, Anna (ext)", "muller.anna.ext"),
            ("+44 7700 900123", "44.7700.900123"),
            ("Anna - Müller -", "anna.muller-4"),
            ("☃", "snowman"),
            ("...", "person"),
        ] {
            assert_eq!(ids.take(name).as_str(), id, "{name}");
        }
        assert_eq!(ids.take(&"abc ".repeat(50)).as_str().len(), 55);
        let taken = Id::parse("anna.muller-2").expect("an id");
        let mut ids = Ids::of([taken].iter());
        assert_eq!([(); 3].map(|()| ids.take("Anna Müller").to_string()), ["anna.muller", "anna.muller-3", "anna.muller-4"]);
    }

    proptest::proptest! {
        #[test]
        fn any_name_makes_an_id(name: String) {
            let mut ids = Ids::default();
            proptest::prop_assert_ne!(ids.take(&name), ids.take(&name));
        }
    }
}
