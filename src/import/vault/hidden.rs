//! Texts of an export as they are parsed: wiped when dropped, and without a `Debug`.

use std::fmt;

use secrecy::SecretString;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// A text; empty where the export has something else.
#[derive(Default)]
pub(super) struct Hidden(pub(super) SecretString);

/// Where the text of an object is that stands instead of one: 1Password's e-mail addresses and SSH keys.
const INSIDE: [&str; 2] = ["email_address", "privateKey"];

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text).map(Self)
    }
}

struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = SecretString;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<SecretString, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<SecretString, E> {
        Ok(text.into())
    }

    fn visit_bool<E>(self, is: bool) -> Result<SecretString, E> {
        Ok(is.to_string().into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<SecretString, E> {
        Ok(number.to_string().into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<SecretString, E> {
        Ok(number.to_string().into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<SecretString, E> {
        Ok(number.to_string().into())
    }

    fn visit_unit<E>(self) -> Result<SecretString, E> {
        Ok(SecretString::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretString, A::Error> {
        let mut found = SecretString::default();
        while let Some(name) = map.next_key::<String>()? {
            if INSIDE.contains(&name.as_str()) {
                found = map.next_value::<Hidden>()?.0;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<SecretString, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(SecretString::default())
    }
}
