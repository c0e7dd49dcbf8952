//! The Linux kernel's keyring: keeps a secret in memory for some hours, on servers too, for all sessions of one user.
//!
//! The key stands in the *user* keyring (`@u`), not in a session's, so that the next login or `ssh` finds it too. A session
//! that is not linked to the user keyring does not *possess* its keys, so the user is given the rights themselves. Other users
//! have none; root and other processes of the same user can read it, as they could read this user's files.

use secrecy::SecretString;

use super::{Account, KeyringError};

/// The longest a secret is kept, in seconds: a week, longer than any window.
pub const KEEP_SECONDS_MAX: u32 = 7 * 24 * 60 * 60;

/// Keeps a secret for `seconds`, replacing one that is kept already.
///
/// # Errors
/// [`KeyringError::Kernel`] with the kernel's reason.
pub fn keep(account: &Account, secret: &SecretString, seconds: u32) -> Result<(), KeyringError> {
    platform::keep(account, secret, seconds.clamp(1, KEEP_SECONDS_MAX))
}

/// The secret that is kept, or nothing when none is or its time is over.
///
/// # Errors
/// [`KeyringError::Kernel`] with the kernel's reason.
pub fn fetch(account: &Account) -> Result<Option<SecretString>, KeyringError> {
    platform::fetch(account)
}

/// Lets go of a secret; says whether one was kept.
///
/// # Errors
/// [`KeyringError::Kernel`] with the kernel's reason.
pub fn forget(account: &Account) -> Result<bool, KeyringError> {
    platform::forget(account)
}

#[cfg(target_os = "linux")]
mod platform {
    use linux_keyutils::{Key, KeyError, KeyPermissionsBuilder, KeyRing, KeyRingIdentifier, Permission};
    use secrecy::ExposeSecret;
    use zeroize::Zeroizing;

    use super::{Account, KeyringError, SecretString};

    pub(super) fn keep(account: &Account, secret: &SecretString, seconds: u32) -> Result<(), KeyringError> {
        // A fresh key, because the rights of one that another session made may not let us set its time.
        forget(account)?;
        let key = ring()?.add_key(&name(account), secret.expose_secret().as_bytes()).map_err(reason)?;
        limit(key, seconds).map_err(|error| {
            let _ = key.invalidate(); // a secret without an end must not stay; the first error is the one to tell
            reason(error)
        })
    }

    pub(super) fn fetch(account: &Account) -> Result<Option<SecretString>, KeyringError> {
        let Some(key) = find(account)? else { return Ok(None) };
        let secret = match key.read_to_vec() {
            Ok(secret) => Zeroizing::new(secret),
            Err(error) if is_gone(&error) => return Ok(None),
            Err(error) => return Err(reason(error)),
        };
        let text = std::str::from_utf8(&secret).map_err(|_| KeyringError::Foreign)?;
        Ok(Some(SecretString::from(text)))
    }

    pub(super) fn forget(account: &Account) -> Result<bool, KeyringError> {
        match find(account)?.map(|key| ring()?.unlink_key(key).map_err(reason)) {
            None => Ok(false),
            Some(unlinked) => unlinked.map(|()| true),
        }
    }

    fn limit(key: Key, seconds: u32) -> Result<(), KeyError> {
        key.set_timeout(usize::try_from(seconds).unwrap_or(usize::MAX))?;
        let all = || Permission::VIEW | Permission::READ | Permission::WRITE | Permission::SEARCH | Permission::SETATTR;
        key.set_perms(KeyPermissionsBuilder::builder().posessor(all() | Permission::LINK).user(all()).build())
    }

    fn find(account: &Account) -> Result<Option<Key>, KeyringError> {
        match ring()?.search(&name(account)) {
            Ok(key) => Ok(Some(key)),
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(reason(error)),
        }
    }

    fn ring() -> Result<KeyRing, KeyringError> {
        KeyRing::from_special_id(KeyRingIdentifier::User, true).map_err(reason)
    }

    fn name(account: &Account) -> String {
        format!("outage-kit:{account}")
    }

    fn is_gone(error: &KeyError) -> bool {
        matches!(error, KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked)
    }

    fn reason(error: KeyError) -> KeyringError {
        KeyringError::Kernel(format!("{error:?}"))
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use super::{Account, KeyringError, SecretString};

    pub(super) fn keep(_: &Account, _: &SecretString, _: u32) -> Result<(), KeyringError> {
        Err(KeyringError::Unsupported)
    }

    pub(super) fn fetch(_: &Account) -> Result<Option<SecretString>, KeyringError> {
        Ok(None)
    }

    pub(super) fn forget(_: &Account) -> Result<bool, KeyringError> {
        Ok(false)
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::process::Command;

    use secrecy::ExposeSecret;

    use super::*;

    /// One account a test and process: tests run side by side, and the kernel's keyring is shared by all.
    fn account(test: &str) -> Account {
        Account::new("kit", test, &format!("pid-{}", std::process::id())).unwrap()
    }

    const HELP: &str = "the kernel keyring has to work here: a container may forbid it (seccomp: add_key, keyctl)";

    fn fetched(account: &Account) -> Option<String> {
        fetch(account).expect(HELP).map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn a_secret_is_kept_replaced_and_forgotten() {
        let account = account("kept");
        assert_eq!(fetched(&account), None, "{HELP}");
        assert!(!forget(&account).expect(HELP));
        for secret in ["one\n", "two\n"] {
            keep(&account, &SecretString::from(secret), 600).expect(HELP);
            assert_eq!(fetched(&account).as_deref(), Some(secret));
        }
        assert!(forget(&account).unwrap());
        assert_eq!(fetched(&account), None);
    }

    #[test]
    fn another_session_of_the_same_user_finds_it() {
        let account = account("session");
        keep(&account, &SecretString::from("canary"), 600).expect(HELP);
        // An anonymous session keyring is linked to nothing: possession alone would not be enough.
        let script = format!("keyctl pipe $(keyctl search @u user outage-kit:{account})");
        let other = Command::new("keyctl").args(["session", "-", "sh", "-c", &script]).output();
        let other = other.expect("keyctl has to be installed: apt-get install keyutils");
        forget(&account).unwrap();
        assert_eq!((String::from_utf8_lossy(&other.stdout).as_ref(), other.status.success()), ("canary", true), "{other:?}");
    }

    #[test]
    fn its_time_ends() {
        let account = account("time");
        keep(&account, &SecretString::from("short"), 1).expect(HELP);
        let gone = (0..600).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            fetched(&account).is_none()
        });
        assert!(gone, "kept for 1 s, still there after a minute");
    }
}
