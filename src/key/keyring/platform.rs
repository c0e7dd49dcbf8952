//! The platform's keyring, unlocked with the user's login: on Linux the Secret Service, through the program `secret-tool`.
//!
//! macOS and Windows are not supported yet and say so. Secrets go through pipes, never through arguments.

use std::{ffi::OsStr, time::Duration};

use secrecy::{ExposeSecret, SecretString};

use super::{Account, KeyringError};
use crate::key::{ChildEnvironment, Program, ProgramError, program::Limit};

/// What all entries of kit are filed under.
const SERVICE: &str = "outage-kit";
/// How long one question may take: a keyring that is alive answers in milliseconds, a dead bus must not hang `kit lookup`.
const LIMIT: Limit = Limit::Within(Duration::from_secs(10));
/// The Secret Service's collection that lives in memory and is never locked: asking it opens no dialog.
const SESSION_COLLECTION: &str = "--collection=session";

/// The keyring of the user's session.
#[derive(Debug, Clone)]
pub struct Platform(Program);

impl Platform {
    /// The keyring, if there seems to be one: `secret-tool` is installed and a session bus is named. Asks nobody yet.
    ///
    /// # Errors
    /// [`KeyringError::NoProgram`], [`KeyringError::NoBus`], [`KeyringError::Unsupported`].
    pub fn find(environment: &ChildEnvironment) -> Result<Self, KeyringError> {
        if !cfg!(target_os = "linux") {
            return Err(KeyringError::Unsupported);
        }
        environment.get("DBUS_SESSION_BUS_ADDRESS").ok_or(KeyringError::NoBus)?;
        Program::find("secret-tool", environment).map(Self).ok_or(KeyringError::NoProgram)
    }

    /// Whether the keyring really keeps secrets: stores, reads and removes one in the collection that lives in memory, so that
    /// nobody is asked anything. A keyring without such a collection counts as not available.
    pub fn available(&self) -> bool {
        let probe = Account("probe/probe".to_owned());
        let secret = SecretString::from("kit asks whether this keyring works");
        let kept = self.put(&probe, &secret, &[SESSION_COLLECTION]).and_then(|()| self.fetch(&probe));
        let removed = self.forget(&probe);
        removed.is_ok() && kept.is_ok_and(|kept| kept.is_some_and(|kept| kept.expose_secret() == secret.expose_secret()))
    }

    /// Stores a secret, replacing an earlier one, and reads it back. A locked keyring asks its user.
    ///
    /// # Errors
    /// [`KeyringError::Program`], [`KeyringError::NotKept`].
    pub fn store(&self, account: &Account, secret: &SecretString) -> Result<(), KeyringError> {
        self.put(account, secret, &[])?;
        match self.fetch(account)? {
            Some(kept) if kept.expose_secret() == secret.expose_secret() => Ok(()),
            _ => Err(KeyringError::NotKept),
        }
    }

    /// The secret, or nothing when none is stored. A locked keyring asks its user.
    ///
    /// # Errors
    /// [`KeyringError::Program`], [`KeyringError::Foreign`].
    pub fn fetch(&self, account: &Account) -> Result<Option<SecretString>, KeyringError> {
        let account = account.to_string();
        let output = match self.ask(&["lookup", "service", SERVICE, "account", &account], b"") {
            Ok(output) => output,
            // It fails without a word when nothing is stored.
            Err(ProgramError::Failed { status, said, .. }) if status.code() == Some(1) && said.is_empty() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let text = std::str::from_utf8(&output).map_err(|_| KeyringError::Foreign)?;
        Ok((!text.is_empty()).then(|| SecretString::from(text)))
    }

    /// Removes a secret; none stored is fine.
    ///
    /// # Errors
    /// [`KeyringError::Program`].
    pub fn forget(&self, account: &Account) -> Result<(), KeyringError> {
        let account = account.to_string();
        match self.ask(&["clear", "service", SERVICE, "account", &account], b"") {
            Ok(_) => Ok(()),
            Err(ProgramError::Failed { status, said, .. }) if status.code() == Some(1) && said.is_empty() => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn put(&self, account: &Account, secret: &SecretString, options: &[&str]) -> Result<(), KeyringError> {
        let label = format!("--label=kit {account}");
        let account = account.to_string();
        let arguments = [&["store", &label][..], options, &["service", SERVICE, "account", &account]].concat();
        self.ask(&arguments, secret.expose_secret().as_bytes())?;
        Ok(())
    }

    fn ask(&self, arguments: &[&str], input: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, ProgramError> {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        self.0.run(&arguments, input, LIMIT)
    }
}

#[cfg(all(test, target_os = "linux"))]
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
            let unlock = "printf login | gnome-keyring-daemon --unlock --components=secrets >/dev/null || exit 1;";
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

        fn keyring(&self) -> Platform {
            let vars = [("PATH", "/usr/bin:/bin"), ("DBUS_SESSION_BUS_ADDRESS", self.address.as_str())];
            Platform::find(&ChildEnvironment::from_vars(vars.map(|(name, value)| (name.into(), value.into())))).expect(HELP)
        }
    }

    impl Drop for Session {
        fn drop(&mut self) {
            drop(self.child.stdin.take().map(|mut stdin| stdin.flush()));
            let _ = self.child.wait();
        }
    }

    fn fetched(keyring: &Platform, account: &Account) -> Option<String> {
        keyring.fetch(account).unwrap().map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn the_secret_service_keeps_replaces_and_forgets() {
        let session = Session::start(true);
        let keyring = session.keyring();
        assert!(keyring.available());
        let (account, other) = (Account::new("kit", "laptop").unwrap(), Account::new("kit", "phone").unwrap());
        assert_eq!(fetched(&keyring, &account), None);
        for secret in ["# public key: age1\nAGE-SECRET-KEY-1ONE\n", "two"] {
            keyring.store(&account, &SecretString::from(secret)).unwrap();
            assert_eq!(fetched(&keyring, &account).as_deref(), Some(secret));
            assert_eq!(fetched(&keyring, &other), None);
        }
        keyring.forget(&account).unwrap();
        keyring.forget(&account).unwrap();
        assert_eq!(fetched(&keyring, &account), None);
        assert_eq!(fetched(&keyring, &Account("probe/probe".to_owned())), None, "the probe leaves nothing behind");
    }

    #[test]
    fn a_bus_without_a_keyring_and_a_dead_bus_are_errors_not_absence() {
        let account = Account::new("kit", "laptop").unwrap();
        let session = Session::start(false);
        let keyring = session.keyring();
        assert!(!keyring.available());
        assert!(matches!(keyring.fetch(&account), Err(KeyringError::Program(_))));
        drop(session);
        assert!(!keyring.available());
        assert!(matches!(keyring.fetch(&account), Err(KeyringError::Program(_))));
        assert!(matches!(keyring.store(&account, &SecretString::from("x")), Err(KeyringError::Program(_))));
    }

    #[test]
    fn without_a_bus_or_the_program_nobody_is_asked() {
        let find = |vars: &[(&str, &str)]| {
            let vars = vars.iter().map(|(name, value)| ((*name).into(), (*value).into()));
            Platform::find(&ChildEnvironment::from_vars(vars)).map(|_| ())
        };
        assert!(matches!(find(&[("PATH", "/usr/bin:/bin")]), Err(KeyringError::NoBus)));
        assert!(matches!(
            find(&[("PATH", "/nowhere"), ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/x")]),
            Err(KeyringError::NoProgram)
        ));
    }
}
