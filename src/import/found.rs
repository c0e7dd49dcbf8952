//! What an address book says, cleaned but not yet judged.

use serde::Serialize;

use crate::team::{Kind, Zone};

/// Everything that was found in one file.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Cards {
    /// People, in the order of the file.
    pub people: Vec<Found>,
    /// Cards that were skipped whole, by line.
    pub bad: Vec<BadCard>,
}

/// One person as the file has them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// Line of the file where the card begins, from 1.
    pub line: usize,
    /// Full name; never empty.
    pub name: String,
    /// Whether the card gave a name, or one was made of its organisation, e-mail or number.
    pub named: bool,
    /// Nicknames and other names.
    pub aliases: Vec<String>,
    /// Job title.
    pub title: Option<String>,
    /// Units of the organisation, without the organisation itself.
    pub teams: Vec<String>,
    /// E-mail addresses, the preferred ones first.
    pub emails: Vec<String>,
    /// Numbers, the preferred ones first.
    pub numbers: Vec<FoundNumber>,
    /// Where the person's day happens, if the card says it by name.
    pub zone: Option<Zone>,
    /// Free text.
    pub note: Option<String>,
    /// What of the card was left out.
    pub left_out: Vec<LeftOut>,
    /// Where hidden or driving characters were taken out.
    pub cleaned: Vec<Cleaned>,
}

/// One number as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoundNumber {
    /// Line of the file.
    pub line: usize,
    /// The number as written, without its extension.
    pub text: String,
    /// What to dial once connected.
    pub extension: Option<String>,
    /// What it reaches.
    pub kind: Kind,
    /// What the owner of the address book called it, when that says more than the kind.
    pub label: Option<String>,
}

/// A card that was skipped whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BadCard {
    /// Line where it begins, from 1.
    pub line: usize,
    /// Its name, if one could be read.
    pub who: Option<String>,
    /// Why.
    #[serde(serialize_with = "display")]
    pub why: CardFault,
}

/// Why a card was skipped whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardFault {
    /// The file or the next card begins before it ended.
    #[error("it has no END:VCARD, so part of it may be missing")]
    NoEnd,
    /// Text between cards.
    #[error("this stands outside of any card")]
    Outside,
    /// Nothing to call it by.
    #[error("it has no name, organisation, e-mail or number")]
    Nameless,
    /// More bytes than [`super::vcard::CARD_BYTES_MAX`].
    #[error("it is larger than 4 MiB")]
    TooLarge,
    /// More bytes than [`super::vcard::FILE_BYTES_MAX`].
    #[error("the file is larger than 64 MiB: export fewer contacts at once")]
    FileTooLarge,
    /// More cards than [`super::vcard::CARDS_MAX`].
    #[error("the file has more than 100000 cards; the rest was not read: export fewer contacts at once")]
    TooMany,
    /// Nothing in the file is a card.
    #[error("the file has no BEGIN:VCARD in it: it is not a vCard file")]
    NoCards,
    /// Its name is in a character set that is not read here.
    #[error("its name is in the character set {0:?}, which is not read here: export it as UTF-8")]
    Charset(String),
    /// A group, place or thing.
    #[error("it is a {0}, not a person")]
    NotAPerson(String),
    /// A company: people are called here, suppliers stand elsewhere.
    #[error("it is an organisation, not a person: write it down as a vendor")]
    Organisation,
}

/// A part of a card that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Line of the file.
    pub line: usize,
    /// What it is: `number`, `e-mail`, `line`.
    pub what: &'static str,
    /// The text, cleaned.
    pub text: String,
    /// Why.
    pub why: String,
}

/// A field out of which characters were taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cleaned {
    /// Line of the file.
    pub line: usize,
    /// Which field: `name`, `note`.
    pub field: &'static str,
    /// How it was, with those characters escaped, cut to fit a line.
    pub was: String,
}

impl CardFault {
    /// Whether something is broken, rather than meant for somewhere else.
    pub fn is_broken(&self) -> bool {
        !matches!(self, Self::NotAPerson(_) | Self::Organisation)
    }
}

fn display<S: serde::Serializer>(fault: &CardFault, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(fault)
}
