//! Where an opened secret stays between commands: the platform's keyring, or the kernel's for some hours.
//!
//! Only the reader identity is ever kept so; the opener never (docs/format.md, "Keys of a device").

pub mod kernel;
pub mod platform;

use std::fmt;

use crate::program::ProgramError;

/// Longest name of an account, in characters: a kit's id, a person, a device, each at most 64, and two slashes.
const ACCOUNT_CHARS_MAX: usize = 26 + 64 + 64 + 2;

/// Whose secret it is: a kit, and a person's device. The person counts, because two members may share a machine's user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account(String);

/// Why a keyring did not do what was asked. Nothing kept is not an error.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// No such keyring on this platform.
    #[error("this keyring is not supported on this platform yet")]
    Unsupported,
    /// `secret-tool` is not installed.
    #[error("secret-tool was not found in PATH; it comes with the package libsecret-tools")]
    NoProgram,
    /// No desktop session to ask.
    #[error("there is no session bus (DBUS_SESSION_BUS_ADDRESS), so no keyring to ask")]
    NoBus,
    /// `secret-tool` failed.
    #[error("the keyring did not answer: {0}")]
    Program(#[from] ProgramError),
    /// What was stored does not read back.
    #[error("the keyring did not keep what was stored in it")]
    NotKept,
    /// What is kept is not text.
    #[error("the keyring holds something else than a key")]
    Foreign,
    /// The kernel refused.
    #[error("the kernel's keyring cannot be used: {0}")]
    Kernel(String),
    /// Not a name for an account.
    #[error("an account is named by a kit's id, a person and a device (a-z, 0-9, \".\", \"-\")")]
    Account,
}

impl Account {
    /// The account of a person's device in a kit.
    ///
    /// # Errors
    /// [`KeyringError::Account`] unless all are made of `a-z`, `0-9`, `.` and `-` and begin with a letter or digit.
    pub fn new(kit: &str, person: &str, device: &str) -> Result<Self, KeyringError> {
        let plain = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_alphanumeric())
                && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'))
        };
        let name = format!("{kit}/{person}/{device}");
        let fits = [kit, person, device].into_iter().all(plain) && name.len() <= ACCOUNT_CHARS_MAX;
        if fits { Ok(Self(name)) } else { Err(KeyringError::Account) }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_plain_names() {
        assert_eq!(Account::new("abc", "alice.okafor", "laptop").unwrap().to_string(), "abc/alice.okafor/laptop");
        for (kit, person, device) in [
            ("", "a", "b"),
            ("a", "b", ""),
            ("-a", "b", "c"),
            ("a", "b", "--label=x"),
            ("a b", "c", "d"),
            ("a/b", "c", "d"),
            ("a", "b\n", "c"),
        ] {
            assert!(Account::new(kit, person, device).is_err(), "{kit:?} {person:?} {device:?}");
        }
        assert!(Account::new("a", "b", &"c".repeat(160)).is_err());
    }
}
