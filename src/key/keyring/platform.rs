//! The platform's keyring, unlocked with the user's login: on Linux the Secret Service, through the program `secret-tool`.
//!
//! macOS and Windows are not supported yet and say so. Secrets go through pipes, never through arguments.

use std::{ffi::OsStr, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{Account, KeyringError};
use crate::program::{ChildEnvironment, Limit, Program, ProgramError};

/// What all entries of kit are filed under.
const SERVICE: &str = "outage-kit";
/// How long one question may take: a keyring that is alive answers in milliseconds, a dead bus must not hang `kit lookup`.
const LIMIT: Limit = Limit::Within(Duration::from_secs(10));
/// The Secret Service's collection that lives in memory and is never locked: asking it opens no dialog.
const SESSION_COLLECTION: &str = "--collection=session";

/// Whether the keyring really keeps secrets: stores, reads and removes one in the collection that lives in memory, so that
/// nobody is asked anything. A keyring without such a collection counts as not available, and may still be chosen by name.
pub fn available(environment: &ChildEnvironment) -> bool {
    let probe = Account("probe/probe/probe".to_owned());
    let secret = SecretString::from("kit asks whether this keyring works");
    let kept = put(environment, &probe, &secret, &[SESSION_COLLECTION]).and_then(|()| fetch(environment, &probe));
    let removed = forget(environment, &probe);
    removed.is_ok() && kept.is_ok_and(|kept| kept.is_some_and(|kept| kept.expose_secret() == secret.expose_secret()))
}

/// Stores a secret, replacing an earlier one, and reads it back. A locked keyring asks its user.
///
/// # Errors
/// [`KeyringError`]; [`KeyringError::NotKept`] when it reads back differently.
pub fn store(environment: &ChildEnvironment, account: &Account, secret: &SecretString) -> Result<(), KeyringError> {
    put(environment, account, secret, &[])?;
    match fetch(environment, account)? {
        Some(kept) if kept.expose_secret() == secret.expose_secret() => Ok(()),
        _ => Err(KeyringError::NotKept),
    }
}

/// The secret, or nothing when none is stored. A locked keyring asks its user.
///
/// # Errors
/// [`KeyringError`].
pub fn fetch(environment: &ChildEnvironment, account: &Account) -> Result<Option<SecretString>, KeyringError> {
    let Some(output) = ask(environment, &["lookup", "service", SERVICE, "account", &account.0], b"")? else { return Ok(None) };
    let text = std::str::from_utf8(&output).map_err(|_| KeyringError::Foreign)?;
    Ok((!text.is_empty()).then(|| SecretString::from(text)))
}

/// Removes a secret; none stored is fine.
///
/// # Errors
/// [`KeyringError`].
pub fn forget(environment: &ChildEnvironment, account: &Account) -> Result<(), KeyringError> {
    ask(environment, &["clear", "service", SERVICE, "account", &account.0], b"").map(|_| ())
}

fn put(environment: &ChildEnvironment, account: &Account, secret: &SecretString, options: &[&str]) -> Result<(), KeyringError> {
    let label = format!("--label=kit {account}");
    let arguments = [&["store", &label][..], options, &["service", SERVICE, "account", &account.0]].concat();
    match ask(environment, &arguments, secret.expose_secret().as_bytes())? {
        Some(_) => Ok(()),
        None => Err(KeyringError::NotKept),
    }
}

/// Asks `secret-tool`; nothing when it found nothing, which it tells by failing without a word.
fn ask(environment: &ChildEnvironment, arguments: &[&str], input: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
    if !cfg!(target_os = "linux") {
        return Err(KeyringError::Unsupported);
    }
    environment.get("DBUS_SESSION_BUS_ADDRESS").ok_or(KeyringError::NoBus)?;
    let secret_tool = Program::find("secret-tool", environment).ok_or(KeyringError::NoProgram)?;
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    match secret_tool.run(&arguments, input, LIMIT) {
        Ok(output) => Ok(Some(output)),
        Err(ProgramError::Failed { status, said, .. }) if status.code() == Some(1) && said.is_empty() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a bus of its own needs a configuration file")]
mod tests {
    use std::{
        io::{BufRead, BufReader, Write},
        process::{Child, Command, Stdio},
    };

    use super::*;

    const HELP: &str = "install them with: apt-get install dbus dbus-daemon gnome-keyring libsecret-tools";

    /// A bus that cannot start a keyring by itself: it knows no folder of services.
    const BUS: &str = r#"<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context="default">
        <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"#;

    /// A session bus with a keyring of its own; it ends when its standard input closes.
    struct Session {
        child: Child,
        address: String,
        _home: tempfile::TempDir,
    }

    impl Session {
        /// Unlocked by a password, as a login does it, or without a keyring behind the bus.
        fn start(keyring: bool) -> Self {
            let home = tempfile::tempdir().unwrap();
            // The daemon goes to the background before it answers: wait until the bus knows it.
            let unlock = "printf login | gnome-keyring-daemon --unlock --components=secrets >/dev/null || exit 1
                for i in $(seq 600); do dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
                org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1 && break; sleep 0.05; done;";
            let script = format!("{} echo \"$DBUS_SESSION_BUS_ADDRESS\"; exec cat", if keyring { unlock } else { "" });
            let bus = home.path().join("bus.conf");
            std::fs::write(&bus, BUS).unwrap();
            let mut command = Command::new("dbus-run-session");
            command
                .arg("--config-file")
                .arg(bus)
                .args(["--", "sh", "-c", &script])
                .env_clear()
                .env("PATH", "/usr/bin:/bin")
                .env("HOME", home.path());
            command.env("XDG_RUNTIME_DIR", home.path());
            command.stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = command.spawn().unwrap_or_else(|error| panic!("dbus-run-session: {error}; {HELP}"));
            let mut address = String::new();
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
            assert!(address.starts_with("unix:"), "no session bus with a keyring; {HELP}");
            Self { child, address: address.trim().to_owned(), _home: home }
        }

        fn environment(&self) -> ChildEnvironment {
            environment(&[("PATH", "/usr/bin:/bin"), ("DBUS_SESSION_BUS_ADDRESS", self.address.as_str())])
        }
    }

    fn environment(vars: &[(&str, &str)]) -> ChildEnvironment {
        ChildEnvironment::from_vars(vars.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    fn account(device: &str) -> Account {
        Account::new("kit", "alice.okafor", device).unwrap()
    }

    impl Drop for Session {
        fn drop(&mut self) {
            drop(self.child.stdin.take().map(|mut stdin| stdin.flush()));
            let _ = self.child.wait();
        }
    }

    fn fetched(keyring: &ChildEnvironment, account: &Account) -> Option<String> {
        fetch(keyring, account).expect(HELP).map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn the_secret_service_keeps_replaces_and_forgets() {
        let session = Session::start(true);
        let keyring = session.environment();
        assert!(available(&keyring), "{HELP}");
        let (laptop, phone) = (account("laptop"), account("phone"));
        assert_eq!(fetched(&keyring, &laptop), None);
        for secret in ["# public key: age1\nAGE-SECRET-KEY-1ONE\n", "two"] {
            store(&keyring, &laptop, &SecretString::from(secret)).unwrap();
            assert_eq!(fetched(&keyring, &laptop).as_deref(), Some(secret));
            assert_eq!(fetched(&keyring, &phone), None);
        }
        forget(&keyring, &laptop).unwrap();
        forget(&keyring, &laptop).unwrap();
        assert_eq!(fetched(&keyring, &laptop), None);
        assert_eq!(fetched(&keyring, &Account("probe/probe/probe".to_owned())), None, "the probe leaves nothing behind");
    }

    #[test]
    fn a_bus_without_a_keyring_and_a_dead_bus_are_errors_not_absence() {
        let session = Session::start(false);
        let keyring = session.environment();
        assert!(!available(&keyring));
        assert!(matches!(fetch(&keyring, &account("laptop")), Err(KeyringError::Program(_))));
        drop(session);
        assert!(!available(&keyring));
        assert!(matches!(fetch(&keyring, &account("laptop")), Err(KeyringError::Program(_))));
        assert!(matches!(store(&keyring, &account("laptop"), &SecretString::from("x")), Err(KeyringError::Program(_))));
    }

    #[test]
    fn without_a_bus_or_the_program_nobody_is_asked() {
        let path = ("PATH", "/usr/bin:/bin");
        assert!(matches!(fetch(&environment(&[path]), &account("a")), Err(KeyringError::NoBus)));
        let nowhere = environment(&[("PATH", "/nowhere"), ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/x")]);
        assert!(matches!(fetch(&nowhere, &account("a")), Err(KeyringError::NoProgram)));
    }
}
