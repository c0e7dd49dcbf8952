//! Tiers: credentials with the same holders, and the key that those hold.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Device, Id, Person};

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
    /// Its keys, the current one last; older ones as long as something is still sealed to them. None before `kit tier new`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<TierKey>,
}

/// One key of a tier: a public half that anybody can seal to, and the other half in boxes that holders open
/// (docs/format.md, "Tiers").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierKey {
    /// 1, 2, 3 …: another key each time somebody stops being a holder.
    pub version: u32,
    /// age recipient that capsules are sealed to: `age1…`.
    pub recipient: String,
    /// How many holders it takes to open this key.
    pub rule: Rule,
    /// The day it was made.
    pub made: Date,
    /// Who holds it. Of a `k-of-n` key in the order of the boxes.
    pub holders: Vec<Id<Person>>,
    /// One box for everybody where any holder opens alone, else one a holder.
    pub boxes: Vec<TierBox>,
    /// A value that opens nothing, sealed to the key: an armoured age file to try it with. Keys of before have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<String>,
}

/// What a holder opens: the key itself, or a share of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierBox {
    /// age recipients of the devices it is sealed to: their openers.
    pub openers: Vec<String>,
    /// Of a share: the hash that a share has to have (64 hexadecimal digits).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<String>,
    /// The age file, armoured.
    pub age: String,
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

impl Tier {
    /// The key that new values are sealed to.
    pub fn key(&self) -> Option<&TierKey> {
        self.keys.last()
    }

    /// The key of a version.
    pub fn key_of(&self, version: u32) -> Option<&TierKey> {
        self.keys.iter().find(|key| key.version == version)
    }
}

impl TierKey {
    /// Whether a device has a box that it opens.
    pub fn is_for(&self, device: &Device) -> bool {
        self.box_for(device).is_some()
    }

    /// The box that a device opens, and its place among the boxes, from 0.
    pub fn box_for(&self, device: &Device) -> Option<(usize, &TierBox)> {
        self.boxes.iter().enumerate().find(|(_, one)| one.openers.contains(&device.opener))
    }
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
    /// The same rule for another number of holders: `2-of-3` becomes `2-of-4`.
    pub fn for_holders(self, holders: usize) -> Self {
        match self {
            Self::Any => Self::Any,
            Self::Of { k, .. } => Self::Of { k, n: u8::try_from(holders).unwrap_or(u8::MAX) },
        }
    }

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
