//! Which entry of a journal is meant: by its number and device, or by its receipt.

use crate::{
    bundle::journal::RECEIPT_WORDS,
    cli::failure::{Failure, Kind},
    key::Identity,
    open::Reading,
    recount::{Told, Whose, own_handle, recount},
    store::Store,
};

/// How somebody named an entry.
pub(super) enum Which {
    /// By its number.
    Number(u64),
    /// By the words of its receipt, with one space between them.
    Receipt(String),
}

impl Which {
    /// Reads a number, or the eight words of a receipt, however they are spaced.
    pub(super) fn parse(words: &[String]) -> Result<Self, Failure> {
        let text = words.join(" ").to_lowercase();
        let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            [number] => number.parse().map(Self::Number).map_err(|_| no_receipt()),
            words if words.len() == RECEIPT_WORDS => Ok(Self::Receipt(words.join(" "))),
            _ => Err(no_receipt()),
        }
    }
}

/// The entry that is meant: the lines that it stands among, and its place there.
pub(super) fn find(
    store: &Store,
    reading: &Reading,
    reader: &Identity,
    which: &Which,
    device: Option<&str>,
) -> Result<(Vec<Told>, usize), Failure> {
    let told = recount(store, reading, reader, Whose::All)?;
    let own = own_handle(store, reading)?;
    let is_meant = |one: &Told| match which {
        Which::Receipt(words) => one.line.receipt().join(" ") == *words,
        Which::Number(number) => {
            let is_its = device.map_or_else(|| own.as_ref() == Some(&one.handle), |device| one.device_words() == device);
            one.line.number == *number && is_its
        }
    };
    let index = told.iter().position(is_meant);
    match (index, which) {
        (Some(index), _) => Ok((told, index)),
        (None, Which::Number(number)) => {
            let of = device.map_or_else(|| "this device".to_owned(), str::to_owned);
            Err(Failure::new(Kind::NotFound, format!("the journal of {of} has no entry {number} on this machine."))
                .hint("What there is: kit log")
                .hint("Everybody's, for those who read journals: kit log --all"))
        }
        (None, Which::Receipt(_)) => Err(Failure::new(Kind::NotFound, "no entry on this machine has this receipt.")
            .hint("Whether something was taken out: kit log verify --receipt WORDS")
            .hint("Everybody's, for those who read journals: kit log --all")),
    }
}

/// What is said of an entry that is there and does not open.
pub(super) fn sealed(which: &Which) -> Failure {
    let name = match which {
        Which::Number(number) => format!("entry {number}"),
        Which::Receipt(_) => "this entry".to_owned(),
    };
    Failure::new(Kind::CannotOpen, format!("{name} is sealed to others."))
        .hint("Who reads journals is in the policy: kit log --all")
}

/// What is said of words that name no entry.
pub(super) fn no_receipt() -> Failure {
    Failure::usage(format!("an entry is named by its number, or by the {RECEIPT_WORDS} words of its receipt."))
        .hint("For example: kit log show 3")
}
