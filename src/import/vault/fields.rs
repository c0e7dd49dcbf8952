//! One item, put together value by value in one way for every export.

use secrecy::{ExposeSecret, SecretString};

use super::super::clean;
use crate::{
    otp::{Totp, TotpError},
    team::{FieldKind, is_field_name},
};

/// Longest name of a field, so that a number still fits behind it.
const NAME_CHARS_MAX: usize = 26;

/// One item of an export.
pub struct VaultItem {
    /// Its title, made harmless to show.
    pub title: String,
    /// Where it lay: `Infrastructure/AWS`; empty at the top.
    pub folder: String,
    /// Names (as fields of a capsule have them, each once), sorts and values, in their order. Seeds of codes are `otpauth://` addresses.
    pub fields: Vec<(String, FieldKind, SecretString)>,
    /// What is not taken: its name and why, one sentence each.
    pub left_out: Vec<String>,
}

impl VaultItem {
    /// An item without values.
    pub(super) fn new(title: &str, folder: &str) -> Self {
        let title = match clean::field(title).0 {
            title if title.is_empty() => "(no title)".to_owned(),
            title => title,
        };
        Self { title, folder: clean::field(folder).0, fields: Vec::new(), left_out: Vec::new() }
    }

    /// Adds a value, unless it is empty. What it is, is seen where the export cannot say: lines, recovery codes, seeds.
    pub(super) fn add(&mut self, name: &str, kind: FieldKind, value: SecretString) {
        let text = value.expose_secret();
        if text.trim().is_empty() {
            return;
        }
        if text.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("otpauth://")) {
            return self.add_totp(name, Totp::parse(text));
        }
        let has_lines = text.trim_end_matches(['\r', '\n']).contains('\n');
        let plain = name.to_lowercase();
        let are_codes = ["recovery", "backup"].iter().any(|word| plain.contains(word)) && plain.contains("code");
        let kind = match kind {
            _ if has_lines && are_codes => FieldKind::Codes,
            FieldKind::Text | FieldKind::Secret if has_lines => FieldKind::Note,
            kind => kind,
        };
        let value = if kind.is_one_line() { text.trim_end_matches(['\r', '\n']).into() } else { value };
        self.push(name, kind, value);
    }

    /// Adds the seed of one-time codes, or says why it is not taken.
    pub(super) fn add_totp(&mut self, name: &str, totp: Result<Totp, TotpError>) {
        match totp {
            Ok(totp) => self.push(name, FieldKind::Totp, totp.address()),
            Err(error) => self.leave_out(name, &error.to_string()),
        }
    }

    /// Says that something is not taken.
    pub(super) fn leave_out(&mut self, name: &str, why: &str) {
        self.left_out.push(format!("{}: {why}", clean::field(name).0));
    }

    fn push(&mut self, name: &str, kind: FieldKind, value: SecretString) {
        let name = field_name(name);
        let is_taken = |name: &str| self.fields.iter().any(|(taken, ..)| taken == name);
        let name = match is_taken(&name) {
            false => name,
            true => (2..).map(|n| format!("{name}-{n}")).find(|name| !is_taken(name)).expect("numbers do not end"),
        };
        self.fields.push((name, kind, value));
    }
}

/// A name as fields of a capsule have them: `Recovery codes` becomes `recovery-codes`.
fn field_name(name: &str) -> String {
    let plain = deunicode::deunicode(name).to_ascii_lowercase();
    let words: Vec<&str> = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut name = words.join("-");
    // Room for the number of a second one of that name.
    name.truncate(NAME_CHARS_MAX);
    let name = name.trim_end_matches('-');
    if is_field_name(name) { name.to_owned() } else { "value".to_owned() }
}
