//! Items of other password managers: what one export holds, in memory only, for whoever seals one of them.
//!
//! ```text
//! bytes ──read──> Vault ──(take_out: one item)──> fields of a capsule
//! ```
//!
//! What a file is, its bytes say, never its name. No error quotes what it was given, and nothing with a value has a `Debug`. What
//! an item holds that kit does not take is said by its name and the reason.

mod authenticator;
mod bitwarden;
mod fields;
mod hidden;
mod keepass;
mod one_password;
mod zip;

pub use fields::VaultItem;

/// Most bytes of an export, packed and unpacked.
pub const VAULT_BYTES_MAX: usize = 64 << 20;

/// How a database of KeePass starts (KDB and KDBX).
const DATABASE: &[u8] = &[0x03, 0xd9, 0xa2, 0x9a];
/// How a zip archive starts.
const ZIP: &[u8] = b"PK\x03\x04";

/// What an export holds.
pub struct Vault {
    /// The items, in the order of the file.
    pub items: Vec<VaultItem>,
    /// What is not there, or was not taken as a whole: one sentence each.
    pub left_out: Vec<String>,
}

/// Why nothing was read. It never holds any of the export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// None of the exports that are known.
    #[error("this is no export that kit knows (Bitwarden JSON, KeePass XML, 1PUX, otpauth addresses)")]
    Unknown,
    /// A KeePass database itself, which a password opens.
    #[error("this is a KeePass database")]
    Database,
    /// A Bitwarden export that only the account it came from can open, or that a password opens.
    #[error("this Bitwarden export is encrypted{}", if *.by_password { " with a password" } else { " for the account that it came from" })]
    Encrypted {
        /// With a password of its own.
        by_password: bool,
    },
    /// A KeePass export with values that are still encrypted.
    #[error("this KeePass XML holds values that are still encrypted")]
    StillProtected,
    /// Of a known kind, but not readable.
    #[error("this {kind} is damaged, or of a version that kit does not know{}", at_line(*.line))]
    Damaged {
        /// What it is.
        kind: &'static str,
        /// Where, if that is known.
        line: Option<usize>,
    },
    /// It unpacks to more than any export holds.
    #[error("it holds more than {} MiB when it is unpacked", VAULT_BYTES_MAX >> 20)]
    TooMuch,
}

fn at_line(line: Option<usize>) -> String {
    line.map(|line| format!(" (line {line})")).unwrap_or_default()
}

/// Reads an export of Bitwarden (JSON), KeePass (XML), 1Password (1PUX) or an authenticator (`otpauth` addresses, one a line).
///
/// # Errors
/// [`VaultError`].
pub fn read(bytes: &[u8]) -> Result<Vault, VaultError> {
    if bytes.len() > VAULT_BYTES_MAX {
        return Err(VaultError::TooMuch);
    }
    if bytes.starts_with(DATABASE) {
        return Err(VaultError::Database);
    }
    if bytes.starts_with(ZIP) {
        return one_password::read(bytes);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| VaultError::Unknown)?.trim_start_matches('\u{feff}').trim();
    match text.get(..1) {
        Some("{") => bitwarden::read(text),
        Some("<") => keepass::read(text),
        _ if text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("otpauth")) => Ok(authenticator::read(text)),
        _ => Err(VaultError::Unknown),
    }
}
