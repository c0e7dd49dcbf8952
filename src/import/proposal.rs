//! What would change, as stable data: printed as a listing, as `--json`, and turned into edits by `adopt`.

use serde::Serialize;

use super::{BadCard, Cleaned, LeftOut};
use crate::team::{Id, Number, Person, Zone};

/// Everything an import would do, and everything it would not.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Proposal {
    /// People who are not in the team yet.
    pub added: Vec<Added>,
    /// People of the team about whom the file knows more.
    pub changed: Vec<Changed>,
    /// People of the team about whom the file knows nothing new.
    pub same: usize,
    /// Where the file says something else than the team: the team's word stays.
    pub kept: Vec<Kept>,
    /// Cards that may be one of several people: skipped until a human decides.
    pub conflicts: Vec<Conflict>,
    /// Cards that were skipped for another reason.
    pub skipped: Vec<Skipped>,
    /// Parts of cards that were left out.
    pub left_out: Vec<LeftOut>,
    /// Numbers that wait for a country: propose again with a region.
    pub numbers_without_country: Vec<WithoutCountry>,
    /// Lines that several people share, which therefore tell nobody apart.
    pub shared_lines: Vec<SharedLine>,
    /// Fields out of which hidden or driving characters were taken.
    pub cleaned: Vec<Cleaned>,
}

/// A person who is not in the team yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Added {
    /// Made of the name.
    pub id: Id<Person>,
    /// Full name.
    pub name: String,
    /// Where their day happens.
    pub zone: Zone,
    /// Whether the zone is the default, because no card says it.
    pub zone_assumed: bool,
    /// Everything else.
    pub gain: Gain,
    /// Lines of the file where their cards begin.
    pub lines: Vec<usize>,
}

/// A person of the team about whom the file knows more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// Who.
    pub id: Id<Person>,
    /// Their name in the team.
    pub name: String,
    /// What is added.
    pub gain: Gain,
    /// Lines of the file where their cards begin.
    pub lines: Vec<usize>,
}

/// What a person gains. Nothing is ever taken away.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Gain {
    /// Job title, where there was none.
    pub title: Option<String>,
    /// Teams, where there were none.
    pub teams: Vec<String>,
    /// More names to look up.
    pub aliases: Vec<String>,
    /// More e-mail addresses, after those that are there.
    pub emails: Vec<String>,
    /// More numbers, after those that are there.
    pub numbers: Vec<NewNumber>,
    /// Note, where there was none.
    pub note: Option<String>,
}

/// A number to add. Nobody has checked it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewNumber {
    /// The number; [`Number::written`] always begins with `+`, so that it reads the same under any region.
    pub number: Number,
    /// The text of the address book, where that is another.
    pub was: Option<String>,
}

/// A field in which the file differs from the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Who.
    pub id: Id<Person>,
    /// Line of the file where the card begins.
    pub line: usize,
    /// Which field.
    pub field: &'static str,
    /// What stays.
    pub ours: String,
    /// What the card says.
    pub theirs: String,
}

/// A card that may be one of several people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Line of the file where the card begins.
    pub line: usize,
    /// Name on the card.
    pub who: String,
    /// The people it may be.
    pub people: Vec<Id<Person>>,
    /// What leads to each of them.
    pub why: String,
}

/// A card that was skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Line of the file where the card begins.
    pub line: usize,
    /// Name on the card, if it could be read.
    pub who: Option<String>,
    /// Why.
    pub why: String,
    /// Whether the card is broken, rather than meant for somewhere else.
    pub broken: bool,
}

/// A national number that no region explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WithoutCountry {
    /// Line of the file.
    pub line: usize,
    /// Name on the card.
    pub who: String,
    /// The number as written.
    pub text: String,
}

/// A desk or house line that people with different names share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SharedLine {
    /// The number in international form.
    pub number: String,
    /// Who has it.
    pub people: Vec<Id<Person>>,
}

impl Proposal {
    /// Whether adopting it would change nothing.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty()
    }

    /// Whether any card could be used, be it that the team knew everything on it already.
    pub fn found_anyone(&self) -> bool {
        !self.is_empty() || self.same > 0
    }
}

impl Gain {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl From<BadCard> for Skipped {
    fn from(card: BadCard) -> Self {
        Self { line: card.line, who: card.who, why: card.why.to_string(), broken: card.why.is_broken() }
    }
}
