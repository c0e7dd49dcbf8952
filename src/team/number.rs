//! Telephone numbers: E.164 beside what was written.
//!
//! Parsing needs libphonenumber's tables (tens of milliseconds at first use), so it happens when people write and
//! import, never when they look up: a [`Number`] carries its printed form with it.

use std::fmt;

use jiff::civil::Date;
use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, ValidationError};
use serde::{Deserialize, Serialize};

use super::{Id, Person};

/// A number in E.164: `+`, then 4 to 15 ASCII digits (ITU-T E.164).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct E164(String);

/// What a number reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A mobile phone.
    #[default]
    Mobile,
    /// A desk or house line that is not private.
    Landline,
    /// A private number: left out of what goes on phones and paper unless asked for.
    Home,
    /// A work desk.
    Work,
    /// A satellite phone.
    Satellite,
    /// A pager.
    Pager,
    /// A kind that a newer kit knows.
    #[serde(other)]
    Other,
}

/// When a human last checked that a number works, and who it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The day.
    pub on: Date,
    /// The person who rang it or was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Id<Person>>,
}

/// One number of a person, bridge or vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number {
    /// For dialling.
    pub e164: E164,
    /// For reading aloud: international form with spaces, as `+44 7700 900123`.
    pub shown: String,
    /// As the team wrote it.
    pub written: String,
    /// What it reaches.
    #[serde(default)]
    pub kind: Kind,
    /// The network it depends on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// Anything a caller should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The last check by a human.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<Checked>,
}

/// A country as ISO 3166-1 alpha-2, for numbers written without their country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region(rlibphonenumber::Region);

/// Why a text is no number to dial.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Written without `+` and no region says which country is meant.
    #[error("{0:?} has no country code")]
    NoCountry(String),
    /// Letters, digits of other scripts, service codes.
    #[error("{text:?} is not a number to dial: {found:?} cannot be in it")]
    Character {
        /// As written.
        text: String,
        /// The first character that does not belong.
        found: char,
    },
    /// libphonenumber's reason.
    #[error("{text:?} is not a number to dial: {why}")]
    NotDialable {
        /// As written.
        text: String,
        /// The reason in plain words.
        why: &'static str,
    },
    /// Not a country.
    #[error("{0:?} is not a country code such as GB or US")]
    Region(String),
}

impl E164 {
    /// Reads a number that is already in E.164.
    ///
    /// # Errors
    /// [`NumberError`] when it is not `+` and 4 to 15 ASCII digits.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let digits = text.strip_prefix('+').ok_or_else(|| NumberError::NoCountry(text.to_owned()))?;
        if let Some(found) = digits.chars().find(|c| !c.is_ascii_digit()) {
            return Err(NumberError::Character { text: text.to_owned(), found });
        }
        if !(4..=15).contains(&digits.len()) {
            return Err(NumberError::NotDialable { text: text.to_owned(), why: "E.164 has 4 to 15 digits" });
        }
        Ok(Self(text.to_owned()))
    }

    /// The number with its `+`, no spaces.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What to dial in a country, in groups of digits: `00 44 7700 900123` from Germany, `07700 900123` within Britain; with its
    /// `+` where a country has no one prefix for calls abroad. Needs libphonenumber's tables.
    pub fn dial_from(&self, region: Region) -> String {
        let Ok(number) = PhoneNumber::parse(&self.0, None) else { return self.0.clone() };
        let dialled = number.format_out_of_country_calling_number(region.0);
        // Brackets and dashes are for reading, not for dialling.
        dialled.replace(['(', ')', '-', '/', '.', '~'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl TryFrom<String> for E164 {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        Self::parse(&text)
    }
}

impl From<E164> for String {
    fn from(number: E164) -> Self {
        number.0
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Region {
    /// Reads a country code such as `GB`, in either case.
    ///
    /// # Errors
    /// [`NumberError::Region`] when no numbering plan belongs to it.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        text.to_ascii_uppercase()
            .parse()
            .ok()
            .filter(|&region| PHONE_NUMBER_UTIL.get_country_code_for_region(region).is_some())
            .map(Self)
            .ok_or_else(|| NumberError::Region(text.to_owned()))
    }
}

/// The code: `GB`.
impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Number {
    /// The number for reading, if it is the one that is dialled; else the one that is dialled. A kit is signed by people who
    /// may be mistaken or worse: what is read from a screen is never another number than the one a script gets.
    pub fn read_aloud(&self) -> &str {
        let is_same = self.shown.replace(' ', "") == self.e164.as_str();
        if is_same { &self.shown } else { self.e164.as_str() }
    }

    /// Reads a number as a person writes it: `+44 7700 900123`, or `07700 900123` with region `GB`.
    ///
    /// ASCII digits, spaces and `( ) . / -` only: anything else could be dialled as something it does not look like.
    ///
    /// # Errors
    /// [`NumberError::NoCountry`] for a national number without `region`; otherwise why it cannot be dialled.
    pub fn parse(written: &str, region: Option<Region>) -> Result<Self, NumberError> {
        let text = written.trim();
        let allowed = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '(' | ')' | '.' | '/' | '-');
        if let Some(found) = text.chars().find(|&c| !allowed(c)) {
            return Err(NumberError::Character { text: text.to_owned(), found });
        }
        let national = !text.starts_with('+');
        if national && region.is_none() {
            return Err(NumberError::NoCountry(text.to_owned()));
        }
        let refuse = |why| NumberError::NotDialable { text: text.to_owned(), why };
        // "+44 (0)20 …": the trunk zero in brackets is for callers within the country only (E.123).
        let dialled = if national { text.to_owned() } else { text.replace("(0)", "") };
        let parsed = PhoneNumber::parse(&dialled, region.map(|region| region.0)).map_err(|error| refuse(plain_reason(&error)))?;
        // By length, not by the tables of ranges given out: those are always behind, and the ranges reserved for fiction
        // and tests are in none of them.
        match parsed.is_possible_with_reason() {
            Ok(NumberLengthType::IsPossible) => {}
            Ok(NumberLengthType::IsPossibleLocalOnly) => return Err(refuse("its area code is missing")),
            Err(ValidationError::TooShort) => return Err(refuse("it is too short")),
            Err(ValidationError::TooLong) => return Err(refuse("it is too long")),
            Err(_) => return Err(refuse("no number of that country has this many digits")),
        }
        Ok(Self {
            e164: E164::parse(&parsed.format_as(PhoneNumberFormat::E164))?,
            shown: parsed.format_as(PhoneNumberFormat::International).replace('-', " "),
            written: written.to_owned(),
            kind: Kind::default(),
            carrier: None,
            note: None,
            checked: None,
        })
    }
}

fn plain_reason(error: &rlibphonenumber::ParseError) -> &'static str {
    use rlibphonenumber::ParseError;
    match error {
        ParseError::InvalidCountryCode => "no country has that code",
        ParseError::NotANumber(_) => "it is not a telephone number",
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => "it is too short",
        ParseError::TooLongNsn => "it is too long",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_beside_what_was_written() {
        for (written, region, e164, shown) in [
            ("+44 7700 900123", None, "+447700900123", "+44 7700 900123"),
            ("07700 900123", Some("gb"), "+447700900123", "+44 7700 900123"),
            ("+44 (0)20 7946 0958", None, "+442079460958", "+44 20 7946 0958"),
            ("(202) 555-0143", Some("US"), "+12025550143", "+1 202 555 0143"),
            ("+1 202 555 0131", None, "+12025550131", "+1 202 555 0131"),
            ("+61 491 570 156", None, "+61491570156", "+61 491 570 156"),
            ("+49 171 3920011", None, "+491713920011", "+49 171 3920011"),
        ] {
            let region = region.map(|r| Region::parse(r).expect("a country"));
            let number = Number::parse(written, region).unwrap_or_else(|e| panic!("{written}: {e}"));
            assert_eq!((number.e164.as_str(), number.shown.as_str(), number.written.as_str()), (e164, shown, written));
        }
    }

    #[test]
    fn what_is_dialled_depends_on_where_one_is() {
        for (number, from, dialled) in [
            ("+447700900123", "DE", "00 44 7700 900123"),
            ("+447700900123", "US", "011 44 7700 900123"),
            ("+447700900123", "GB", "07700 900123"),
            ("+12025550143", "US", "1 202 555 0143"),
            ("+12025550143", "AU", "0011 1 202 555 0143"),
            ("+61491570156", "AU", "0491 570 156"),
            ("+493023125010", "DE", "030 23125010"),
        ] {
            let number = E164::parse(number).expect("a number");
            assert_eq!(number.dial_from(Region::parse(from).expect("a country")), dialled, "{number} from {from}");
        }
        // No tables, no help: the number itself is what is dialled.
        let unknown = E164::parse("+99912345").expect("digits");
        assert_eq!(unknown.dial_from(Region::parse("DE").expect("a country")), "+99912345");
    }

    #[test]
    fn what_cannot_be_dialled_is_refused_with_a_reason() {
        assert!(matches!(Number::parse("07700 900123", None), Err(NumberError::NoCountry(_))));
        assert!(matches!(Number::parse("+44 7700 9001２3", None), Err(NumberError::Character { found: '２', .. })));
        assert!(matches!(Number::parse("*21*123#", None), Err(NumberError::Character { found: '*', .. })));
        assert!(matches!(
            Number::parse("+999 123456", None),
            Err(NumberError::NotDialable { why: "no country has that code", .. })
        ));
        assert!(matches!(Number::parse("+44 12", None), Err(NumberError::NotDialable { .. })));
        assert!(Region::parse("XX").is_err());
    }
}
