//! The last lines of every screen: how old the kit is, and what is not as it should be.

use jiff::Timestamp;
use serde::Serialize;

use super::{Screen, keep};
use crate::answer::{Age, Freshness};

/// What a reader has to know of the kit behind an answer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Standing {
    /// How old it is.
    pub age: Age,
    /// Who signed it, by name where the kit knows them.
    pub signed_by: Vec<String>,
    /// Whether a human compared the words of its root.
    pub verified: bool,
    /// What was found damaged on the way, in sentences.
    pub notes: Vec<String>,
    /// The time that was asked about, when it is another than now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<AsOf>,
}

/// Another time than now.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AsOf {
    /// The time.
    pub at: Timestamp,
    /// The same on the reader's clock, with its zone: `Sun 29 Nov 2026 03:00 in Berlin`.
    pub text: String,
}

impl Standing {
    /// What line 1 says of an old kit; nothing while it is young.
    pub(super) fn old(&self) -> String {
        self.age.on_first_line().unwrap_or_default()
    }

    /// The last lines of a screen.
    pub(super) fn close(&self, screen: &mut Screen) {
        screen.blank();
        screen.plain(&format!("Kit {}, {} old, offline.{}", self.age.seq, self.age.text, self.as_of()));
        for line in self.warnings() {
            screen.plain(&line);
        }
        screen.say_what_is_left_out();
    }

    /// The sentence that says that the answer is not about now, with a space before it; empty when it is.
    pub(crate) fn as_of(&self) -> String {
        self.as_of.as_ref().map(|as_of| format!(" {}", keep(&format!("As of {}.", as_of.text)))).unwrap_or_default()
    }

    /// Everything that is not as it should be, a sentence each.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let mut lines = Vec::new();
        match self.age.freshness {
            Freshness::Fresh => {}
            Freshness::Aging => lines.push("WARN  this kit is older than a day. When there is a network: kit sync".to_owned()),
            Freshness::Old => lines.push("WARN  this kit is older than a week. When there is a network: kit sync".to_owned()),
            Freshness::Overdue => {
                lines.push(
                    "STALE  this kit is past its refresh date; numbers may have changed. When there is a network: kit sync"
                        .to_owned(),
                );
            }
        }
        if self.age.clock_behind {
            lines.push(format!("WARN  this machine's clock looks wrong: the kit was signed {}, after now.", self.age.created));
        }
        if !self.verified {
            lines.push("UNVERIFIED  the 12 words of this kit were not compared yet: kit trust".to_owned());
        }
        lines.extend(self.notes.iter().map(|note| format!("WARN  {note}")));
        lines
    }
}
