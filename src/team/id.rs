//! Ids: short ASCII names that are safe in a file name, on a command line and over a phone.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Visitor};

/// The id of a `T`: 1 to 64 characters of `a-z`, `0-9`, `.` and `-`, beginning and ending with a letter or digit.
pub struct Id<T> {
    text: String,
    of: PhantomData<fn() -> T>,
}

/// Why a text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was written.
    #[error("an id cannot be empty")]
    Empty,
    /// More than [`Id::CHARS_MAX`] characters.
    #[error("an id has at most 64 characters, this one has {0}")]
    TooLong(usize),
    /// A character that is not `a-z`, `0-9`, `.` or `-`.
    #[error("an id is made of a-z, 0-9, \".\" and \"-\", not {0:?}")]
    Character(char),
    /// Begins or ends with `.` or `-`, or has two `.` in a row.
    #[error("an id begins and ends with a letter or digit and has no \"..\"")]
    Edge,
}

impl<T> Id<T> {
    /// Longest id, in characters: one line of a screen has room for it beside a number.
    pub const CHARS_MAX: usize = 64;

    /// Reads an id.
    ///
    /// # Errors
    /// [`IdError`] names the first rule that is broken.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let chars = text.chars().count();
        if chars == 0 {
            return Err(IdError::Empty);
        }
        if chars > Self::CHARS_MAX {
            return Err(IdError::TooLong(chars));
        }
        if let Some(bad) = text.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '.' | '-')) {
            return Err(IdError::Character(bad));
        }
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if !edge(text.chars().next()) || !edge(text.chars().next_back()) || text.contains("..") {
            return Err(IdError::Edge);
        }
        Ok(Self { text: text.to_owned(), of: PhantomData })
    }

    /// The id as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

// By hand: derives would ask the same of T.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), of: PhantomData }
    }
}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(IdVisitor(PhantomData))
    }
}

/// Reads an id from borrowed text: a kit has tens of thousands of them.
struct IdVisitor<T>(PhantomData<fn() -> T>);

impl<T> Visitor<'_> for IdVisitor<T> {
    type Value = Id<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Id<T>, E> {
        Id::parse(text).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_plain_ascii_names() {
        for good in ["alice.okafor", "payments-db", "a", "7", "x1-2.3"] {
            assert_eq!(Id::<()>::parse(good).map(|id| id.to_string()), Ok(good.to_owned()));
        }
        for (bad, why) in [
            ("", IdError::Empty),
            ("Alice", IdError::Character('A')),
            ("аlice", IdError::Character('а')), // Cyrillic
            ("../x", IdError::Character('/')),
            ("-rf", IdError::Edge),
            ("a..b", IdError::Edge),
            ("x.", IdError::Edge),
        ] {
            assert_eq!(Id::<()>::parse(bad), Err(why), "{bad:?}");
        }
        assert_eq!(Id::<()>::parse(&"a".repeat(65)), Err(IdError::TooLong(65)));
    }
}
