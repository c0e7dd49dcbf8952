//! What every question is asked about: a team, a moment, and what is assumed to be lost.

use super::{Moment, WhatIf};
use crate::team::{Away, Id, Person, Team};

/// The team, when and where it is asked, and what is assumed.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// What the team wrote down.
    pub team: &'a Team,
    /// When and where the question is asked.
    pub moment: &'a Moment,
    /// What is assumed to be down, and who to be out.
    pub what_if: &'a WhatIf,
}

impl<'a> Scene<'a> {
    /// Whether somebody is away now, by their own calendar day.
    pub fn away(&self, person: &'a Person) -> Option<Away<'a>> {
        self.team.away(person, self.moment.at(&person.zone).date())
    }

    /// Holidays and observances of somebody's place today, by name, each once.
    pub fn named_days(&self, person: &Person) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (_, days) in self.team.named_days(person, self.moment.at(&person.zone).date()) {
            if !names.contains(&days.name) {
                names.push(days.name.clone());
            }
        }
        names
    }

    /// The same scene at another time.
    pub fn at(self, moment: &'a Moment) -> Self {
        Self { moment, ..self }
    }

    /// A person with their id as the team has it.
    pub fn person(&self, id: &str) -> Option<(&'a Id<Person>, &'a Person)> {
        self.team.people.get_key_value(&Id::parse(id).ok()?)
    }
}
