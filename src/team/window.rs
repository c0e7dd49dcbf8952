//! Windows: planned work with a start, an end, and a part for each person.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Id, Person, System};

/// One maintenance window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Full name.
    pub name: String,
    /// Other names to look up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// What is worked on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub systems: Vec<Id<System>>,
    /// Who does what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// When to roll back, one criterion a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rollback: Vec<String>,
    /// How the go or no-go is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub go_no_go: Option<String>,
    /// How changes of plan are announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announce: Option<String>,
    /// Rehearsals and who was in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rehearsals: Vec<Rehearsal>,
    /// Who has to acknowledge the kit before it begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acknowledge: Vec<Id<Person>>,
}

/// What is expected of one person in a window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// Who.
    pub person: Id<Person>,
    /// Their part.
    pub part: Part,
    /// What they do, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub does: Option<String>,
    /// From when; the window's start if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Until when; the window's end if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Who tells them that they may go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_by: Option<Id<Person>>,
    /// What to have at hand: `laptop, hardware key`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bring: Vec<String>,
    /// How they are woken, first way first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub woken_by: Vec<String>,
}

/// Whether a person takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Has to be there.
    Needed,
    /// May be called.
    Standby,
    /// May sleep.
    NotNeeded,
}

/// One rehearsal of a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsal {
    /// The day.
    pub on: Date,
    /// Who was there.
    #[serde(default)]
    pub who: Vec<Id<Person>>,
}

impl Window {
    /// Whether a moment lies within the window; its end does not.
    pub fn covers(&self, now: Timestamp) -> bool {
        self.start <= now && now < self.end
    }

    /// What is expected of one person, in the order in which it was written.
    pub fn roles_of(&self, person: &Id<Person>) -> impl Iterator<Item = &Role> {
        self.roles.iter().filter(move |role| role.person == *person)
    }
}

impl Part {
    /// The words for it: `on standby`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Needed => "needed",
            Self::Standby => "on standby",
            Self::NotNeeded => "not needed",
        }
    }
}

impl Role {
    /// From when until when it counts in its window: as it was written, also where that is outside the window.
    pub fn span(&self, window: &Window) -> (Timestamp, Timestamp) {
        (self.from.unwrap_or(window.start), self.until.unwrap_or(window.end))
    }

    /// Whether it counts at a moment; its end does not.
    pub fn covers(&self, window: &Window, now: Timestamp) -> bool {
        let (from, until) = self.span(window);
        from <= now && now < until
    }
}
