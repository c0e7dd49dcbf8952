//! Where an opened secret stays between commands: the platform's keyring, or the kernel's for some hours.
//!
//! Only the reader identity is ever kept so; the opener never (docs/format.md, "Keys of a device").

pub mod kernel;
pub mod platform;

use std::fmt;

use super::ProgramError;

/// Longest name of an account, in characters: a kit's id, a slash and a device.
const ACCOUNT_CHARS_MAX: usize = 128;

/// Whose secret it is: a kit and a device on this machine.
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
    #[error("an account is named by a kit's id and a device (a-z, 0-9, \".\", \"-\")")]
    Account,
}

impl Account {
    /// The account of a device in a kit.
    ///
    /// # Errors
    /// [`KeyringError::Account`] unless both are made of `a-z`, `0-9`, `.` and `-` and begin with a letter or digit.
    pub fn new(kit: &str, device: &str) -> Result<Self, KeyringError> {
        let plain = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_alphanumeric())
                && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'))
        };
        let name = format!("{kit}/{device}");
        if plain(kit) && plain(device) && name.len() <= ACCOUNT_CHARS_MAX { Ok(Self(name)) } else { Err(KeyringError::Account) }
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
        assert_eq!(Account::new("abc", "laptop").unwrap().to_string(), "abc/laptop");
        for (kit, device) in [("", "a"), ("a", ""), ("-a", "b"), ("a", "--label=x"), ("a b", "c"), ("a/b", "c"), ("a", "b\n")] {
            assert!(Account::new(kit, device).is_err(), "{kit:?} {device:?}");
        }
        assert!(Account::new("a", &"b".repeat(128)).is_err());
    }
}
