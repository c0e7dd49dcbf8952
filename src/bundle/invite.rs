//! The invite: what a new member has to trust, as one line to paste, with twelve words to compare over a phone.
//!
//! It holds no secret. Whoever changes it on the way changes the words; only the suggested source is not in them, because a
//! source can withhold but never forge.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    Hash, KitId, Pin, json,
    pasted::{self, PastedError},
};
use crate::{key::words, team::field_fault};

const PREFIX: &str = "kit-invite1:";

/// An invite to a kit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    pin: Pin,
    source: Option<String>,
}

/// Why an invite cannot be read or made.
pub type InviteError = PastedError;

#[derive(Serialize, Deserialize)]
struct Content {
    kit: KitId,
    root: Root,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Root {
    version: u32,
    sha256: Hash,
}

impl Invite {
    /// An invite to trust a pin, perhaps with the place where bundles are found.
    ///
    /// # Errors
    /// [`InviteError::Content`] for a source that is no field of text.
    pub fn new(pin: Pin, source: Option<String>) -> Result<Self, InviteError> {
        if pin.root_version == 0 {
            return Err(PastedError::Content("the version of its root is 0"));
        }
        if source.as_deref().and_then(field_fault).is_some() {
            return Err(PastedError::Content("its source is not one plain line"));
        }
        Ok(Self { pin, source })
    }

    /// Reads a pasted invite.
    ///
    /// # Errors
    /// [`InviteError`]; a typing error is [`InviteError::Damaged`].
    pub fn parse(text: &str) -> Result<Self, InviteError> {
        let content = pasted::decode(PREFIX, text)?;
        json::check(&content).map_err(|_| PastedError::Content("it is not JSON as kit writes it"))?;
        let content: Content =
            serde_json::from_slice(&content).map_err(|_| PastedError::Content("a field is missing or not what it has to be"))?;
        let Content { kit, root: Root { version, sha256 }, source } = content;
        Self::new(Pin { kit, root_version: version, root: sha256 }, source)
    }

    /// What to trust.
    pub fn pin(&self) -> &Pin {
        &self.pin
    }

    /// Where bundles may be found; only a suggestion.
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// Twelve words that both sides compare.
    pub fn words(&self) -> [&'static str; words::COUNT] {
        words_of(&self.pin)
    }
}

impl fmt::Display for Invite {
    /// The line to paste.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Pin { kit, root_version, root } = self.pin.clone();
        let content = Content { kit, root: Root { version: root_version, sha256: root }, source: self.source.clone() };
        f.write_str(&pasted::encode(PREFIX, &serde_json::to_vec(&content).expect("an invite has only strings and numbers")))
    }
}

/// The words of a pin: of the SHA-256 of `kit-invite1`, the kit's id, the root's version and hash, a line each.
pub fn words_of(pin: &Pin) -> [&'static str; words::COUNT] {
    let text = format!("kit-invite1\n{}\n{}\n{}\n", pin.kit, pin.root_version, pin.root);
    words::of(Hash::of(text.as_bytes()).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite(source: Option<&str>) -> Invite {
        let pin = Pin { kit: KitId::parse("aaaaaaaaaaaaaaaaaaaaaaaaaa").unwrap(), root_version: 1, root: Hash::of(b"root") };
        Invite::new(pin, source.map(str::to_owned)).unwrap()
    }

    #[test]
    fn an_invite_goes_round_however_it_was_wrapped() {
        for invite in [invite(None), invite(Some("https://kit.example/acme"))] {
            let text = invite.to_string();
            assert_eq!(Invite::parse(&text), Ok(invite.clone()));
            let wrapped: Vec<_> = text.as_bytes().chunks(40).map(|line| std::str::from_utf8(line).unwrap()).collect();
            assert_eq!(Invite::parse(&format!("  {}\r\n", wrapped.join("\r\n  "))), Ok(invite));
        }
    }

    #[test]
    fn h7_every_typing_error_is_damage_and_another_root_has_other_words() {
        let good = invite(None);
        let text = good.to_string();
        for at in PREFIX.len()..text.len() {
            for with in ["", "A", "-", "_", "=", "é", "AA"] {
                let typed = format!("{}{with}{}", &text[..at], &text[at + 1..]);
                let expected = if typed == text { Ok(good.clone()) } else { Err(PastedError::Damaged) };
                assert_eq!(Invite::parse(&typed), expected, "{typed}");
            }
        }
        let mut other = good.clone();
        other.pin.root = Hash::of(b"other root");
        assert_ne!(good.words(), other.words());
        other = good.clone();
        other.pin.kit = KitId::generate().unwrap();
        assert_ne!(good.words(), other.words());
    }

    #[test]
    fn hostile_invites_are_refused_with_a_reason() {
        let made = |content: &str| Invite::parse(&pasted::encode(PREFIX, content.as_bytes())).unwrap_err();
        let text = String::from_utf8(pasted::decode(PREFIX, &invite(Some("SOURCE")).to_string()).unwrap()).unwrap();
        for (from, to) in [
            ("SOURCE", "a\\u001b[2Jb"),
            ("SOURCE", "a\\nb"),
            ("SOURCE", ""),
            ("\"version\":1", "\"version\":0"),
            ("\"version\":1", "\"version\":1,\"version\":2"),
            ("\"version\":1", "\"version\":-1"),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaa", "../../../../../../etc/passwd"),
            ("{\"kit\"", "[[[[[[[[[[[[[[[[[{\"kit\""),
        ] {
            assert!(text.contains(from), "{from}");
            assert!(matches!(made(&text.replacen(from, to, 1)), PastedError::Content(_)), "{to}");
        }
        assert!(matches!(made(&text.replace("SOURCE", &"a".repeat(257))), PastedError::Content(_)));
        assert_eq!(Invite::parse(&"a".repeat(8193)), Err(PastedError::TooLong));
        let prefix = |text: &str| Invite::parse(text).unwrap_err().to_string();
        assert_eq!(prefix("kit-join1:AAAA"), "it does not begin with kit-invite1:; it is a join request");
        assert_eq!(prefix("kit-invite2:AAAA"), "it does not begin with kit-invite1:; it is from a newer kit");
        assert_eq!(prefix("hello"), "it does not begin with kit-invite1:");
        assert_eq!(Invite::parse(PREFIX), Err(PastedError::Damaged));
    }
}
