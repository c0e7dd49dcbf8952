//! Break-glass credentials: their labels, and the values as sealed capsules. Nothing here can be opened without a tier's key.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Id, Need, Person, Tier};

/// Hexadecimal digits of a mark.
const MARK_DIGITS: usize = 5;

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
    /// The values, sealed; none before `kit seal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capsule: Option<Capsule>,
}

/// The sealed values of a credential (docs/format.md, "Capsules").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capsule {
    /// 1, 2, 3 …: another one for each new value.
    pub version: u32,
    /// The tier whose key it is sealed to.
    pub tier: Id<Tier>,
    /// Which key of that tier.
    pub key: u32,
    /// When it was sealed.
    pub sealed: Timestamp,
    /// Names and kinds of the values in it, in their order.
    pub fields: Vec<FieldLabel>,
    /// The SHA-256 of `age` (64 hexadecimal digits).
    pub sha256: String,
    /// The age file, armoured.
    pub age: String,
}

impl Capsule {
    /// Five digits by which people compare over a phone whether they mean the same value: 20 bits of the capsule's hash. They say
    /// nothing of the value, because each sealing is by a new key, and nothing to whoever has no kit.
    pub fn mark(&self) -> String {
        self.sha256.chars().take(MARK_DIGITS).collect::<String>().to_ascii_uppercase()
    }
}

/// What can be said of one value without opening it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldLabel {
    /// `password`.
    pub name: String,
    /// What sort of value it is.
    pub kind: FieldKind,
}

/// The sorts of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// May be seen on the screen: a user name, an address.
    Text,
    /// One line that nobody else may see: a password, a key.
    Secret,
    /// The seed of one-time codes, as an `otpauth://` address (RFC 6238).
    Totp,
    /// Recovery codes, one a line, each used once.
    Codes,
    /// Several lines.
    Note,
    /// A file; its bytes in base64 (RFC 4648).
    File,
    /// A sort that a later kit writes: shown as a secret.
    #[serde(other)]
    Unknown,
}

/// Last words of names whose values are no secret.
const OPEN: &[&str] =
    &["account", "email", "host", "login", "port", "project", "region", "sign-in", "tenant", "url", "user", "username"];

impl FieldKind {
    /// The sort that a name says: `db-password` is a secret, `totp` a seed. A name that says nothing is a secret's.
    pub fn of_name(name: &str) -> Self {
        let words: Vec<&str> = name.split(['-', '_', '.']).collect();
        let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
        let last = words.last().copied().unwrap_or_default();
        if has(&["totp", "otp", "2fa", "mfa"]) {
            Self::Totp
        } else if has(&["codes", "recovery"]) {
            Self::Codes
        } else if has(&["note", "notes"]) {
            Self::Note
        } else if OPEN.contains(&last) || name.ends_with("sign-in") || name.ends_with("sign_in") {
            Self::Text
        } else {
            Self::Secret
        }
    }

    /// The sort of a word that people write: `text`, `secret`, `totp`, `codes`, `note`, `file`.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "text" => Self::Text,
            "secret" => Self::Secret,
            "totp" => Self::Totp,
            "codes" => Self::Codes,
            "note" => Self::Note,
            "file" => Self::File,
            _ => return None,
        })
    }

    /// Whether its values are one line.
    pub fn is_one_line(self) -> bool {
        matches!(self, Self::Text | Self::Secret | Self::Totp | Self::Unknown)
    }
}

/// Whether a text can be the name of a field: `password`, `db-user`, `api_key.2`; 32 characters at most.
pub fn is_field_name(text: &str) -> bool {
    let is_in = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    text.len() <= 32 && text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(is_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_the_kind_and_says_secret_when_it_says_nothing() {
        for (name, kind) in [
            ("user", FieldKind::Text),
            ("db-user", FieldKind::Text),
            ("sign-in", FieldKind::Text),
            ("password", FieldKind::Secret),
            ("user-password", FieldKind::Secret),
            ("key", FieldKind::Secret),
            ("whatever", FieldKind::Secret),
            ("2fa", FieldKind::Totp),
            ("root-totp", FieldKind::Totp),
            ("recovery-codes", FieldKind::Codes),
            ("notes", FieldKind::Note),
        ] {
            assert_eq!(FieldKind::of_name(name), kind, "{name}");
        }
        for bad in ["", "-a", "A", "a b", "a=b", "ä", &"a".repeat(33)] {
            assert!(!is_field_name(bad), "{bad}");
        }
        assert!(is_field_name("api_key.2"));
    }
}
