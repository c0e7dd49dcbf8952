//! Break-glass credentials by their labels, and the tiers that hold them. Values never stand here.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Id, Need, Person};

/// Credentials that the same people hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tier {
    /// Full name.
    pub name: String,
    /// How many holders it takes to open.
    #[serde(default)]
    pub rule: Rule,
    /// Who holds it.
    #[serde(default)]
    pub holders: Vec<Id<Person>>,
}

/// How many holders it takes to open a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Rule {
    /// Any one of them, written `any`.
    #[default]
    Any,
    /// `k` of `n` together, written `2-of-5`.
    Of {
        /// How many are needed, at least 2.
        k: u8,
        /// How many there are.
        n: u8,
    },
}

/// What can be said of a credential without opening it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Credential {
    /// What it opens: `AWS root account`.
    pub title: String,
    /// Other names to look up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The tier that holds it.
    pub tier: Id<Tier>,
    /// Who answers for it and is told of each opening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Id<Person>>,
    /// Where to sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<String>,
    /// The day by which it gets a new value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotate_by: Option<Date>,
    /// What it does not work without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
}

impl Rule {
    /// Reads `any` or `2-of-5`.
    ///
    /// # Errors
    /// A sentence with the expected form.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == "any" {
            return Ok(Self::Any);
        }
        text.split_once("-of-")
            .and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)))
            .filter(|(k, n)| (2..=*n).contains(k))
            .map(|(k, n)| Self::Of { k, n })
            .ok_or_else(|| format!("{text:?} is not a rule: write \"any\" or for example \"2-of-5\""))
    }
}

impl Rule {
    /// How many holders it takes, in words: `any holder`, `2 of 3 holders together`.
    pub fn in_words(self) -> String {
        match self {
            Self::Any => "any holder".to_owned(),
            Self::Of { k, n } => format!("{k} of {n} holders together"),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Of { k, n } => write!(f, "{k}-of-{n}"),
        }
    }
}

impl TryFrom<String> for Rule {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Rule> for String {
    fn from(rule: Rule) -> Self {
        rule.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_needs_at_least_two_and_at_most_all() {
        assert_eq!(Rule::parse("any"), Ok(Rule::Any));
        assert_eq!(Rule::parse("2-of-5"), Ok(Rule::Of { k: 2, n: 5 }));
        for bad in ["1-of-5", "6-of-5", "two", "2of5", "0-of-0", ""] {
            assert!(Rule::parse(bad).is_err(), "{bad}");
        }
    }
}
