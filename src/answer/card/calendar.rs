//! A calendar: its next days, and whose it is.

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    answer::{Moment, day},
    team::{Calendar, CalendarKind, Id, Team},
};

/// Days that a screen has room for.
const DAYS_MAX: usize = 10;

/// What there is to say of a calendar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalendarCard {
    /// The calendar's id.
    pub id: String,
    /// The calendar's name.
    pub name: String,
    /// What its days mean.
    pub means: CalendarKind,
    /// The days that are not over, soonest first.
    pub days: Vec<CalendarDays>,
    /// Whose calendar it is, by name.
    pub people: Vec<String>,
}

/// Days of a calendar, in the reader's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalendarDays {
    /// The first.
    pub from: Date,
    /// The last.
    pub until: Date,
    /// The same in words: `Fri 25 Dec`, `Mon 21 Dec to Thu 31 Dec`.
    pub text: String,
    /// What they are.
    pub name: String,
}

impl CalendarCard {
    pub(super) fn of(team: &Team, id: &Id<Calendar>, calendar: &Calendar, moment: &Moment) -> Self {
        let today = moment.here().date();
        let text = |from: Date, until: Date| match from == until {
            true => day(from, today),
            false => format!("{} to {}", day(from, today), day(until, today)),
        };
        let ahead = calendar.days.iter().filter(|days| days.until >= today).take(DAYS_MAX);
        Self {
            id: id.to_string(),
            name: calendar.name.clone(),
            means: calendar.kind,
            days: ahead
                .map(|days| CalendarDays {
                    from: days.from,
                    until: days.until,
                    text: text(days.from, days.until),
                    name: days.name.clone(),
                })
                .collect(),
            people: team
                .people
                .values()
                .filter(|person| person.calendars.contains(id))
                .map(|person| person.name.clone())
                .collect(),
        }
    }
}
