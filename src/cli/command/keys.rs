//! Arguments that `init` and `join` share: whose keys, on which device, and where the reader lives.

use clap::{Args, ValueEnum};

use crate::{
    cli::{failure::Failure, session::Session},
    key::{WorkFactor, keyring},
    store::ReaderHome,
    team::{Id, Person, device_name},
};

/// How the keys of this device are kept.
#[derive(Debug, Args)]
pub(super) struct Keys {
    /// What you call this machine, if not by its own name
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// Where the key that opens contacts lives
    ///
    /// keyring: in the platform's keyring, unlocked with your login. passphrase: in a file sealed by your passphrase;
    /// kit unlock keeps it open for some hours. plain: in a file that only you can read, for machines whose disk is
    /// encrypted. Without this: keyring where one works, else passphrase. The key that opens credentials is always sealed.
    #[arg(long, value_enum)]
    reader: Option<Home>,
    /// Cost of guessing the passphrase, as a power of two: 14 for very small machines, 20 for the patient
    #[arg(long, value_name = "N", default_value_t = 18, value_parser = clap::value_parser!(u8).range(14..=20))]
    work_factor: u8,
}

/// Where the reader lives, as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Home {
    Keyring,
    Passphrase,
    Plain,
}

impl Keys {
    /// The device's name: as given, or made from the machine's.
    pub(super) fn device(&self, session: &Session<'_>) -> Result<String, Failure> {
        if let Some(name) = &self.device {
            return device_name(name)
                .map_err(|error| Failure::usage(format!("--device {name:?}: {error}.")).hint("For example: --device laptop"));
        }
        let host = session.context.host.as_deref().and_then(|host| host.split('.').next()).unwrap_or_default();
        Ok(device_name(&host.to_ascii_lowercase()).unwrap_or_else(|_| "laptop".to_owned()))
    }

    /// Where the reader is to live: as asked, else in a keyring where one works, else behind the passphrase.
    pub(super) fn reader(&self, session: &Session<'_>) -> ReaderHome {
        match self.reader {
            Some(Home::Keyring) => ReaderHome::Keyring,
            Some(Home::Passphrase) => ReaderHome::Passphrase,
            Some(Home::Plain) => ReaderHome::Plain,
            None if keyring::platform::available(&session.context.children) => ReaderHome::Keyring,
            None => ReaderHome::Passphrase,
        }
    }

    /// The cost of the seal.
    pub(super) fn work_factor(&self) -> Result<WorkFactor, Failure> {
        WorkFactor::new(self.work_factor)
            .map_err(|error| Failure::usage(format!("{error}.")).hint("For example: --work-factor 18"))
    }
}

/// Reads a person's id.
pub(super) fn person_id(text: &str) -> Result<Id<Person>, Failure> {
    Id::parse(text).map_err(|error| Failure::usage(format!("--as {text:?}: {error}.")).hint("For example: --as alice.okafor"))
}

/// Where the reader lives, said plainly.
pub(super) fn reader_words(home: ReaderHome) -> &'static str {
    match home {
        ReaderHome::Keyring => "Contacts open with this machine's keyring; credentials with your passphrase",
        ReaderHome::Passphrase => "Contacts and credentials open with your passphrase. Fewer questions: kit unlock",
        ReaderHome::Plain => "Whoever can read your files can read the contacts; credentials need your passphrase",
    }
}

/// Twelve words in three rows of four, numbered, for reading over a phone.
pub(super) fn rows_of_words(words: &[&str]) -> Vec<String> {
    let numbered: Vec<String> = words.iter().enumerate().map(|(index, word)| format!("{:>2} {word:<10}", index + 1)).collect();
    numbered.chunks(4).map(|row| format!("  {}", row.join("  ")).trim_end().to_owned()).collect()
}
