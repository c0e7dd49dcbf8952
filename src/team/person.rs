//! People: names, numbers, hours, when they may be woken and when they are away.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::{Calendar, Id, Number, Zone};

/// Somebody a team may call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// Nicknames and handles, each a name to look up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Job title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Teams within the organisation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
    /// Where the person's day happens.
    pub zone: Zone,
    /// Working hours in `zone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// City or building, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// E-mail addresses, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// Numbers in the order to try them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<Number>,
    /// How to reach them by message: `Signal, same mobile (mail will not wake her)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How and when this person may be woken.
    #[serde(default)]
    pub wake: Wake,
    /// Calendars of their place, and of their absences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calendars: Vec<Id<Calendar>>,
    /// Known absences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absences: Vec<Absence>,
    /// Anything else, over several lines if need be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Working hours on working days (Monday to Friday), in the person's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    /// Start of the day.
    pub from: Time,
    /// End of the day; before `from` when the shift goes over midnight.
    pub until: Time,
}

/// How and when a person may be woken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wake {
    /// The way that works: `ring twice within 3 min`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// When it is allowed.
    #[serde(default)]
    pub when: WakeWhen,
}

/// When a person may be woken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WakeWhen {
    /// Nothing was agreed.
    #[default]
    NotSaid,
    /// At any hour.
    AnyHour,
    /// Never outside working hours.
    Never,
    /// Under a condition, in words.
    If(String),
}

/// Days on which a person is away, both included, in the person's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// First day away.
    pub from: Date,
    /// Last day away.
    pub until: Date,
    /// Who stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegate: Option<Id<Person>>,
    /// Why, in words that may be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Hours {
    /// Reads `09:00-17:30`.
    ///
    /// # Errors
    /// A sentence that shows the expected form.
    pub fn parse(text: &str) -> Result<Self, String> {
        let refuse = || format!("{text:?} is not a span of hours such as \"09:00-17:30\"");
        let (from, until) = text.split_once('-').ok_or_else(refuse)?;
        let time = |text: &str| Time::strptime("%H:%M", text.trim()).map_err(|_| refuse());
        Ok(Self { from: time(from)?, until: time(until)? })
    }

    /// Whether a time of day lies within these hours; `until` itself does not.
    pub fn contain(&self, time: Time) -> bool {
        if self.from <= self.until { self.from <= time && time < self.until } else { self.from <= time || time < self.until }
    }
}

impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.from.strftime("%H:%M"), self.until.strftime("%H:%M"))
    }
}

impl TryFrom<String> for Hours {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_may_go_over_midnight() {
        let night = Hours::parse("22:00-06:00").expect("hours");
        let at = |h, m| jiff::civil::time(h, m, 0, 0);
        assert!(night.contain(at(23, 0)) && night.contain(at(5, 59)) && !night.contain(at(6, 0)) && !night.contain(at(12, 0)));
        assert_eq!(night.to_string(), "22:00-06:00");
        assert!(Hours::parse("9 to 5").is_err());
    }
}
