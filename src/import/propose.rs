//! Cards and the team side by side: who is new, who gains what, and what a human has to decide.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    Added, Cards, Changed, Conflict, Found, FoundNumber, Gain, Kept, LeftOut, NewNumber, Proposal, SharedLine, Skipped,
    WithoutCountry,
    identity::{Candidates, Ids, Index, agree, words},
};
use crate::team::{E164, Id, Number, NumberError, Person, Region, Zone};

/// Most numbers, e-mails or other names of one person.
pub(super) const VALUES_MAX: usize = 50;

/// What adopting these cards would change in a team with these people.
///
/// An import adds; it never removes and never overwrites. A number without a country code is read with `region` and is
/// kept aside without one; a new person whose card names no zone gets `default_zone`, and the proposal says so.
pub fn propose(people: &BTreeMap<Id<Person>, Person>, cards: &Cards, region: Option<Region>, default_zone: &Zone) -> Proposal {
    let mut book = Book::of(people);
    book.proposal.skipped = cards.bad.iter().cloned().map(Skipped::from).collect();
    for card in &cards.people {
        book.take(card, region, default_zone);
    }
    book.finish()
}

/// The people of the team and those to be added, while cards are matched against them.
struct Book {
    entries: Vec<Entry>,
    index: Index,
    /// Who has another name, in lower case: it leads to one person only.
    nicknames: HashMap<String, usize>,
    ids: Ids,
    proposal: Proposal,
}

/// One person as they would be.
struct Entry {
    id: Id<Person>,
    name: String,
    names: Vec<BTreeSet<String>>,
    title: Option<String>,
    teams: Vec<String>,
    aliases: Vec<String>,
    emails: Vec<String>,
    numbers: Vec<E164>,
    note: Option<String>,
    zone: Zone,
    zone_assumed: bool,
    is_new: bool,
    gain: Gain,
    lines: Vec<usize>,
}

impl Book {
    fn of(people: &BTreeMap<Id<Person>, Person>) -> Self {
        let mut book = Self {
            entries: Vec::with_capacity(people.len()),
            index: Index::default(),
            nicknames: HashMap::new(),
            ids: Ids::of(people.keys()),
            proposal: Proposal::default(),
        };
        for (at, (id, person)) in people.iter().enumerate() {
            person.emails.iter().for_each(|email| book.index.email(at, email));
            book.nicknames.extend(person.aliases.iter().map(|alias| (alias.to_lowercase(), at)));
            book.nicknames.insert(id.to_string(), at);
            let entry = Entry::known(id, person);
            for number in &person.numbers {
                book.index.number(at, &number.e164, number.kind, entry.names.iter().flatten());
            }
            book.entries.push(entry);
        }
        book
    }

    fn take(&mut self, card: &Found, region: Option<Region>, default_zone: &Zone) {
        self.proposal.cleaned.extend(card.cleaned.iter().cloned());
        self.proposal.left_out.extend(card.left_out.iter().cloned());
        let waiting = self.proposal.numbers_without_country.len();
        let numbers = self.numbers(card, region);
        let waiting = self.proposal.numbers_without_country.len() > waiting;

        let card_words = words(&card.name);
        let same_name = |at: usize| self.entries.get(at).is_some_and(|entry| entry.names.iter().any(|n| agree(n, &card_words)));
        let dialled = numbers.iter().map(|new| (&new.number.e164, new.number.kind));
        let candidates = self.index.candidates(&card.emails, dialled, &card_words, same_name);
        let at = match candidates.len() {
            0 if card.emails.is_empty() && numbers.is_empty() => return self.skip(card, waiting),
            0 => self.add(card, default_zone),
            1 => candidates.keys().next().copied().unwrap_or_default(),
            _ => return self.conflict(card, &candidates),
        };
        let aliases = self.free_aliases(card, at);
        let Some(entry) = self.entries.get_mut(at) else { return };
        for email in &card.emails {
            self.index.email(at, email);
        }
        for new in &numbers {
            self.index.number(at, &new.number.e164, new.number.kind, entry.names.iter().flatten());
        }
        entry.learn(card, aliases, numbers, &mut self.proposal);
    }

    /// The numbers of a card that can be dialled; the others are reported.
    fn numbers(&mut self, card: &Found, region: Option<Region>) -> Vec<NewNumber> {
        let mut numbers: Vec<NewNumber> = Vec::new();
        for found in &card.numbers {
            match Number::parse(&found.text, region) {
                Ok(number) if numbers.iter().any(|known| known.number.e164 == number.e164) => {}
                Ok(number) => numbers.push(new_number(number, found)),
                Err(NumberError::NoCountry(_)) if found.text.chars().any(|c| c.is_ascii_digit()) => {
                    let waiting = WithoutCountry { line: found.line, who: card.name.clone(), text: found.text.clone() };
                    self.proposal.numbers_without_country.push(waiting);
                }
                Err(why) => self.proposal.left_out.push(LeftOut {
                    line: found.line,
                    what: "number",
                    text: super::escaped(&found.text),
                    why: reason(&why),
                }),
            }
        }
        numbers
    }

    /// The other names of a card that lead to nobody else yet; they lead to the person at `at` from now on.
    fn free_aliases(&mut self, card: &Found, at: usize) -> Vec<String> {
        let mut free = Vec::new();
        for alias in &card.aliases {
            let owner = *self.nicknames.entry(alias.to_lowercase()).or_insert(at);
            if owner == at {
                free.push(alias.clone());
            } else if let Some(other) = self.entries.get(owner) {
                let why = format!("it leads to {} already", other.id);
                self.proposal.left_out.push(LeftOut { line: card.line, what: "other name", text: alias.clone(), why });
            }
        }
        free
    }

    fn add(&mut self, card: &Found, default_zone: &Zone) -> usize {
        let id = self.ids.take(&card.name);
        self.nicknames.entry(id.to_string()).or_insert(self.entries.len());
        self.entries.push(Entry::new(id, card, default_zone));
        self.entries.len() - 1
    }

    fn skip(&mut self, card: &Found, waiting: bool) {
        let why = if waiting {
            "its only numbers have no country code: say which country is meant"
        } else {
            "it has no e-mail address and no number to dial, so it could not be recognised again"
        };
        self.proposal.skipped.push(Skipped { line: card.line, who: Some(card.name.clone()), why: why.into(), broken: false });
    }

    fn conflict(&mut self, card: &Found, candidates: &Candidates) {
        let people: Vec<_> = candidates.iter().filter_map(|(at, by)| Some((self.entries.get(*at)?.id.clone(), by))).collect();
        let why = people.iter().map(|(id, by)| format!("{by} is {id}'s")).collect::<Vec<_>>().join(", ");
        let people = people.into_iter().map(|(id, _)| id).collect();
        self.proposal.conflicts.push(Conflict { line: card.line, who: card.name.clone(), people, why });
    }

    fn finish(mut self) -> Proposal {
        self.proposal.shared_lines = self.shared_lines();
        for entry in self.entries {
            let Entry { id, name, zone, zone_assumed, gain, lines, .. } = entry;
            if entry.is_new {
                self.proposal.added.push(Added { id, name, zone, zone_assumed, gain, lines });
            } else if !gain.is_empty() {
                self.proposal.changed.push(Changed { id, name, gain, lines });
            } else if !lines.is_empty() {
                self.proposal.same += 1;
            }
        }
        self.proposal
    }

    /// Lines that somebody gains here and that somebody else has too.
    fn shared_lines(&self) -> Vec<SharedLine> {
        let gained: BTreeMap<_, _> =
            self.entries.iter().flat_map(|e| &e.gain.numbers).map(|n| (&n.number.e164, &n.number)).collect();
        let shared = |(e164, number): (&E164, &Number)| {
            let people: Vec<_> = self.index.owners(e164).filter_map(|at| Some(self.entries.get(at)?.id.clone())).collect();
            (people.len() > 1).then(|| SharedLine { number: number.shown.clone(), people })
        };
        gained.into_iter().filter_map(shared).collect()
    }
}

impl Entry {
    fn known(id: &Id<Person>, person: &Person) -> Self {
        Self {
            id: id.clone(),
            name: person.name.clone(),
            names: std::iter::once(&person.name).chain(&person.aliases).map(|name| words(name)).collect(),
            title: person.title.clone(),
            teams: person.teams.clone(),
            aliases: person.aliases.clone(),
            emails: person.emails.clone(),
            numbers: person.numbers.iter().map(|number| number.e164.clone()).collect(),
            note: person.note.clone(),
            zone: person.zone.clone(),
            zone_assumed: false,
            is_new: false,
            gain: Gain::default(),
            lines: Vec::new(),
        }
    }

    fn new(id: Id<Person>, card: &Found, default_zone: &Zone) -> Self {
        Self {
            id,
            name: card.name.clone(),
            names: vec![words(&card.name)],
            title: None,
            teams: Vec::new(),
            aliases: Vec::new(),
            emails: Vec::new(),
            numbers: Vec::new(),
            note: None,
            zone: card.zone.clone().unwrap_or_else(|| default_zone.clone()),
            zone_assumed: card.zone.is_none(),
            is_new: true,
            gain: Gain::default(),
            lines: Vec::new(),
        }
    }

    /// Adds what the card says more; where it says something else, ours stays and `kept` says so.
    fn learn(&mut self, card: &Found, aliases: Vec<String>, numbers: Vec<NewNumber>, proposal: &mut Proposal) {
        self.lines.push(card.line);
        let mut keep = |field, ours: &str, theirs: &str| {
            let (ours, theirs) = (first_line(ours), first_line(theirs));
            proposal.kept.push(Kept { id: self.id.clone(), line: card.line, field, ours, theirs });
        };
        let called = |text: &str| same_text(text, &self.name) || self.aliases.iter().any(|alias| same_text(alias, text));
        if card.named && !called(&card.name) {
            keep("name", &self.name, &card.name);
        }
        match (&self.title, &card.title) {
            (None, Some(title)) => self.gain.title = Some(title.clone()),
            (Some(ours), Some(theirs)) if !same_text(ours, theirs) => keep("title", ours, theirs),
            _ => {}
        }
        match (&self.note, &card.note) {
            (None, Some(note)) => self.gain.note = Some(note.clone()),
            (Some(ours), Some(theirs)) if ours.trim() != theirs.trim() => keep("note", ours, theirs),
            _ => {}
        }
        match &card.zone {
            Some(zone) if self.zone_assumed => {
                self.zone = zone.clone();
                self.zone_assumed = false;
            }
            Some(theirs) if *theirs != self.zone => keep("zone", self.zone.as_str(), theirs.as_str()),
            _ => {}
        }
        let places = VALUES_MAX.saturating_sub(self.aliases.len());
        let aliases: Vec<_> = aliases.into_iter().filter(|alias| !called(alias)).take(places).collect();
        // The teams that humans wrote are an order of theirs; units of an address book only fill an empty place.
        if self.teams.is_empty() {
            self.gain.teams = card.teams.clone();
        }
        for email in &card.emails {
            if !self.emails.iter().any(|known| same_text(known, email)) && room(&self.emails, card, "e-mail", email, proposal) {
                self.emails.push(email.clone());
                self.gain.emails.push(email.clone());
            }
        }
        for new in numbers {
            let e164 = &new.number.e164;
            if !self.numbers.contains(e164) && room(&self.numbers, card, "number", e164.as_str(), proposal) {
                self.numbers.push(e164.clone());
                self.gain.numbers.push(new);
            }
        }
        self.names.extend(aliases.iter().map(|alias| words(alias)));
        self.gain.aliases.extend(aliases.iter().cloned());
        self.aliases.extend(aliases);
        self.title = self.title.take().or_else(|| card.title.clone());
        self.note = self.note.take().or_else(|| card.note.clone());
        if self.teams.is_empty() {
            self.teams = card.teams.clone();
        }
    }
}

/// Whether a list may grow; a merge of many cards must not.
fn room<T>(list: &[T], card: &Found, what: &'static str, text: &str, proposal: &mut Proposal) -> bool {
    let full = list.len() >= VALUES_MAX;
    if full {
        let why = "nobody has more than 50".to_owned();
        proposal.left_out.push(LeftOut { line: card.line, what, text: text.to_owned(), why });
    }
    !full
}

/// A number with what the card says about it. What is written down begins with `+`, whatever region a reader has set.
fn new_number(mut number: Number, found: &FoundNumber) -> NewNumber {
    let was = (!found.text.starts_with('+')).then(|| found.text.clone());
    if was.is_some() {
        number.written = number.shown.clone();
    }
    number.kind = found.kind;
    let extension = found.extension.as_ref().map(|digits| format!("extension {digits}"));
    let note = found.label.iter().chain(&extension).cloned().collect::<Vec<_>>().join(", ");
    number.note = Some(note).filter(|note| !note.is_empty());
    NewNumber { number, was }
}

/// The reason alone: the number stands beside it.
fn reason(error: &NumberError) -> String {
    match error {
        NumberError::Character { found, .. } => format!("{:?} cannot be in a number to dial", found),
        NumberError::NotDialable { why, .. } => (*why).to_owned(),
        other => other.to_string(),
    }
}

fn same_text(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
