//! Bitwarden's JSON export, of a person or of an organisation. Vaultwarden and others write the same.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, de::IgnoredAny};

use super::{Vault, VaultError, VaultItem, hidden::Hidden};
use crate::{otp::Totp, team::FieldKind};

const KIND: &str = "Bitwarden export";
/// The sorts of items that have values kit takes: logins, notes and SSH keys. Cards (3) and identities (4) have none.
const CARD: u8 = 3;
const IDENTITY: u8 = 4;
/// The sorts of fields: 0 is text.
const FIELD_HIDDEN: u8 = 1;
const FIELD_LINKED: u8 = 3;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Export {
    #[serde(default)]
    encrypted: bool,
    #[serde(default)]
    password_protected: bool,
    #[serde(default)]
    folders: Option<Vec<Folder>>,
    #[serde(default)]
    collections: Option<Vec<Folder>>,
    #[serde(default)]
    items: Option<Vec<Item>>,
}

#[derive(Deserialize)]
struct Folder {
    id: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    #[serde(rename = "type")]
    kind: Option<u8>,
    name: Option<String>,
    folder_id: Option<String>,
    collection_ids: Option<Vec<String>>,
    deleted_date: Option<IgnoredAny>,
    notes: Option<Hidden>,
    fields: Option<Vec<Custom>>,
    login: Option<Login>,
    ssh_key: Option<SshKey>,
    attachments: Option<Vec<IgnoredAny>>,
}

#[derive(Deserialize)]
struct Custom {
    name: Option<String>,
    value: Option<Hidden>,
    #[serde(rename = "type")]
    kind: Option<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Login {
    uris: Option<Vec<Uri>>,
    username: Option<Hidden>,
    password: Option<Hidden>,
    totp: Option<Hidden>,
    fido2_credentials: Option<Vec<IgnoredAny>>,
}

#[derive(Deserialize)]
struct Uri {
    uri: Option<Hidden>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SshKey {
    private_key: Option<Hidden>,
}

pub(super) fn read(text: &str) -> Result<Vault, VaultError> {
    // What serde says may quote a value: only the line is kept.
    let damaged = |error: serde_json::Error| VaultError::Damaged { kind: KIND, line: Some(error.line()) };
    let export: Export = serde_json::from_str(text).map_err(damaged)?;
    if export.encrypted {
        return Err(VaultError::Encrypted { by_password: export.password_protected });
    }
    let items = export.items.ok_or(VaultError::Unknown)?;
    let folders: BTreeMap<String, String> = [export.folders, export.collections]
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|folder| Some((folder.id?, folder.name?)))
        .collect();
    let items = items.into_iter().filter(|item| item.deleted_date.is_none()).map(|item| taken(item, &folders)).collect();
    Ok(Vault { items, left_out: Vec::new() })
}

fn taken(from: Item, folders: &BTreeMap<String, String>) -> VaultItem {
    let collection = from.collection_ids.iter().flatten().next();
    let folder = from.folder_id.as_ref().or(collection).and_then(|id| folders.get(id));
    let mut item = VaultItem::new(from.name.as_deref().unwrap_or_default(), folder.map_or("", String::as_str));
    if let Some(login) = from.login {
        item.add("user", FieldKind::Text, plain(login.username));
        item.add("password", FieldKind::Secret, plain(login.password));
        let totp = plain(login.totp);
        if !totp.expose_secret().trim().is_empty() {
            item.add_totp("totp", Totp::parse(totp.expose_secret()));
        }
        for uri in login.uris.into_iter().flatten() {
            item.add("url", FieldKind::Text, plain(uri.uri));
        }
        if login.fido2_credentials.is_some_and(|keys| !keys.is_empty()) {
            item.leave_out("passkey", "it works in the program that made it only");
        }
    }
    if let Some(key) = from.ssh_key {
        item.add("private key", FieldKind::Secret, plain(key.private_key));
    }
    match from.kind {
        Some(CARD) => item.leave_out("card", "numbers of cards are not taken"),
        Some(IDENTITY) => item.leave_out("identity", "people's own data are not taken"),
        _ => {}
    }
    for field in from.fields.into_iter().flatten() {
        let kind = if field.kind == Some(FIELD_HIDDEN) { FieldKind::Secret } else { FieldKind::Text };
        if field.kind != Some(FIELD_LINKED) {
            item.add(field.name.as_deref().unwrap_or_default(), kind, plain(field.value));
        }
    }
    item.add("note", FieldKind::Note, plain(from.notes));
    if from.attachments.is_some_and(|files| !files.is_empty()) {
        item.leave_out("attachments", "the export holds their names only");
    }
    item
}

fn plain(value: Option<Hidden>) -> SecretString {
    value.unwrap_or_default().0
}
