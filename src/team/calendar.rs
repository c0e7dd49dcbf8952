//! Calendars: days that matter to people who share a place, and absences kept in a calendar program.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Named days, already worked out: whoever looks them up needs no rule for Easter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Full name: `Public holidays in Germany`.
    pub name: String,
    /// Other names to look up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What its days mean.
    pub kind: CalendarKind,
    /// The days, earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<NamedDays>,
}

/// What the days of a calendar mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CalendarKind {
    /// Nobody there works: public holidays.
    Holidays,
    /// Worth knowing before one calls: Father's Day.
    Observances,
    /// The people who have this calendar are away.
    Absences,
}

/// Days in a row with one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedDays {
    /// The first.
    pub from: Date,
    /// The last.
    pub until: Date,
    /// What they are: `Labour Day`.
    pub name: String,
}

impl Calendar {
    /// What a day is in this calendar.
    pub fn on(&self, day: Date) -> impl Iterator<Item = &NamedDays> {
        self.days.iter().filter(move |days| days.from <= day && day <= days.until)
    }
}
