//! vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350) as programs really export them.
//!
//! Lenient where a meaning is certain, and never silent: the file is split into cards here, so that a broken one costs
//! nobody else and can be named by its line. Pictures, sounds and keys are passed over without being decoded.

mod card;
mod property;

use super::{BadCard, CardFault, Cards, charset};
use property::{Line, lines};

/// Largest file that is read.
pub const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Largest card that is read; a picture has tens of kilobytes.
pub const CARD_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most cards in one file.
pub const CARDS_MAX: usize = 100_000;

/// Reads a vCard file. Any bytes give an answer; what could not be used is in [`Cards::bad`] and each [`super::Found`].
pub fn read(bytes: &[u8]) -> Cards {
    let mut cards = Cards::default();
    if bytes.len() > FILE_BYTES_MAX {
        cards.refuse(1, None, CardFault::FileTooLarge);
        return cards;
    }
    let bytes = charset::ascii_compatible(bytes);
    let mut open: Option<Open<'_>> = None;
    let mut outside = false;
    let mut count = 0_usize;
    for line in lines(&bytes) {
        match (line.marker(), &mut open) {
            (Some(Marker::Begin), Some(card)) if card.expects_nested() => card.nested += 1,
            (Some(Marker::Begin), open) => {
                if let Some(cut) = open.take() {
                    cards.refuse(cut.line, cut.name(), CardFault::NoEnd);
                }
                if count == CARDS_MAX {
                    cards.refuse(line.number, None, CardFault::TooMany);
                    return cards;
                }
                count += 1;
                outside = false;
                *open = Some(Open { line: line.number, lines: Vec::new(), bytes: 0, nested: 0 });
            }
            (Some(Marker::End), Some(card)) if card.nested > 0 => card.nested -= 1,
            (Some(Marker::End), card) => match card.take() {
                Some(card) => cards.take(&card),
                None => cards.refuse(line.number, None, CardFault::Outside),
            },
            (None, Some(card)) => card.push(line),
            (None, None) => {
                // Once for each stretch of it, not for each line.
                if !outside && count > 0 && !line.is_blank() {
                    cards.refuse(line.number, None, CardFault::Outside);
                    outside = true;
                }
            }
        }
    }
    if let Some(cut) = open {
        cards.refuse(cut.line, cut.name(), CardFault::NoEnd);
    }
    if count == 0 && cards.bad.is_empty() {
        cards.refuse(1, None, CardFault::NoCards);
    }
    cards
}

/// Lines that open and close a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marker {
    Begin,
    End,
}

/// A card whose end has not been seen yet.
struct Open<'a> {
    line: usize,
    lines: Vec<Line<'a>>,
    bytes: usize,
    nested: usize,
}

impl<'a> Open<'a> {
    fn push(&mut self, line: Line<'a>) {
        self.bytes += line.bytes.len() + 1;
        if self.nested == 0 && self.bytes <= CARD_BYTES_MAX {
            self.lines.push(line);
        }
    }

    /// vCard 2.1 puts the card of an assistant inside the card, after `AGENT:` and nothing else.
    fn expects_nested(&self) -> bool {
        let last = self.lines.iter().rev().find(|line| !line.is_blank());
        self.nested > 0
            || last.is_some_and(|line| {
                let text = line.bytes.trim_ascii().to_ascii_uppercase();
                text.starts_with(b"AGENT") && text.ends_with(b":")
            })
    }

    fn name(&self) -> Option<String> {
        card::name_of(&self.lines)
    }
}

impl Cards {
    fn take(&mut self, card: &Open<'_>) {
        if card.bytes > CARD_BYTES_MAX {
            return self.refuse(card.line, card.name(), CardFault::TooLarge);
        }
        match card::read(card.line, &card.lines) {
            Ok(found) => self.people.push(found),
            Err((who, why)) => self.refuse(card.line, who, why),
        }
    }

    fn refuse(&mut self, line: usize, who: Option<String>, why: CardFault) {
        self.bad.push(BadCard { line, who, why });
    }
}
