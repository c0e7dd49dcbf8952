//! 1PUX, the export of 1Password: a zip archive with everything but attached files in `export.data`.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};

use super::{Vault, VaultError, VaultItem, hidden::Hidden, zip};
use crate::{otp::Totp, team::FieldKind};

const KIND: &str = "1PUX export";

#[derive(Deserialize)]
struct Export {
    accounts: Vec<Account>,
}

#[derive(Deserialize)]
struct Account {
    #[serde(default)]
    vaults: Vec<OneVault>,
}

#[derive(Deserialize)]
struct OneVault {
    attrs: Option<Attributes>,
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Attributes {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    overview: Option<Overview>,
    details: Option<Details>,
}

#[derive(Deserialize)]
struct Overview {
    title: Option<String>,
    url: Option<Hidden>,
    urls: Option<Vec<Url>>,
}

#[derive(Deserialize)]
struct Url {
    url: Option<Hidden>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    login_fields: Option<Vec<LoginField>>,
    password: Option<Hidden>,
    notes_plain: Option<Hidden>,
    sections: Option<Vec<Section>>,
    document_attributes: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct LoginField {
    designation: Option<String>,
    value: Option<Hidden>,
}

#[derive(Deserialize)]
struct Section {
    fields: Option<Vec<Field>>,
}

#[derive(Deserialize)]
struct Field {
    title: Option<String>,
    value: Option<Value>,
}

/// `{ "concealed": "…" }`: a sort and a text.
struct Value(String, SecretString);

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;
        impl<'de> Visitor<'de> for One {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sort and a value")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut found = Value(String::new(), SecretString::default());
                while let Some((sort, value)) = map.next_entry::<String, Hidden>()? {
                    found = Value(sort, value.0);
                }
                Ok(found)
            }
        }
        deserializer.deserialize_map(One)
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Vault, VaultError> {
    let data = zip::file(bytes, b"export.data", KIND)?;
    // What serde says may quote a value: only the line is kept.
    let damaged = |error: serde_json::Error| VaultError::Damaged { kind: KIND, line: Some(error.line()) };
    let export: Export = serde_json::from_slice(&data).map_err(damaged)?;
    let mut items = Vec::new();
    for vault in export.accounts.into_iter().flat_map(|account| account.vaults) {
        let name = vault.attrs.and_then(|attributes| attributes.name).unwrap_or_default();
        items.extend(vault.items.into_iter().map(|item| taken(item, &name)));
    }
    Ok(Vault { items, left_out: Vec::new() })
}

fn taken(from: Item, folder: &str) -> VaultItem {
    let overview = from.overview.unwrap_or(Overview { title: None, url: None, urls: None });
    let mut item = VaultItem::new(overview.title.as_deref().unwrap_or_default(), folder);
    let Some(details) = from.details else { return item };
    for field in details.login_fields.into_iter().flatten() {
        match field.designation.as_deref() {
            Some("username") => item.add("user", FieldKind::Text, plain(field.value)),
            Some("password") => item.add("password", FieldKind::Secret, plain(field.value)),
            // The other fields of a web page: search boxes, buttons.
            _ => {}
        }
    }
    item.add("password", FieldKind::Secret, plain(details.password));
    for field in details.sections.into_iter().flatten().flat_map(|section| section.fields.unwrap_or_default()) {
        section_field(&mut item, field);
    }
    // The first address is said twice.
    let urls = overview.urls.filter(|urls| !urls.is_empty());
    for url in urls.unwrap_or_else(|| vec![Url { url: overview.url }]) {
        item.add("url", FieldKind::Text, plain(url.url));
    }
    item.add("note", FieldKind::Note, plain(details.notes_plain));
    if details.document_attributes.is_some() {
        item.leave_out("document", "attached files are not taken");
    }
    item
}

fn section_field(item: &mut VaultItem, field: Field) {
    let name = field.title.unwrap_or_default();
    let Some(Value(sort, text)) = field.value else { return };
    match sort.as_str() {
        _ if text.expose_secret().trim().is_empty() && sort != "file" => {}
        "totp" => item.add_totp(if name.is_empty() { "totp" } else { &name }, Totp::parse(text.expose_secret())),
        "file" => item.leave_out(&name, "attached files are not taken"),
        // A link to another item.
        "reference" => {}
        "string" | "url" | "email" | "phone" | "menu" | "gender" | "creditCardType" | "date" | "monthYear" => {
            item.add(&name, FieldKind::Text, text);
        }
        _ => item.add(&name, FieldKind::Secret, text),
    }
}

fn plain(value: Option<Hidden>) -> SecretString {
    value.unwrap_or_default().0
}
