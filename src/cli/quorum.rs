//! What asking for shares and giving them have in common: the kit and its passphrase, why it is done, the words of a receipt.

use std::mem::ManuallyDrop;

use super::{failure::Failure, session::Session};
use crate::{
    key::Passphrase,
    open::{self, Reading},
    record::Recorded,
    request::Why,
    store::Store,
};

/// Words of a number, for lines that are read aloud.
const NUMBERS: [&str; 10] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/// The kit of this machine, and its passphrase if that had to be asked for already.
pub(super) struct Kit {
    /// Where it is.
    pub(super) store: Store,
    /// What it says; never taken apart again, as [`Session::read`] says.
    pub(super) reading: ManuallyDrop<Reading>,
    passphrase: Option<Passphrase>,
}

impl Kit {
    /// Opens the kit for reading.
    ///
    /// # Errors
    /// As [`Session::read`].
    pub(super) fn open(session: &mut Session<'_>) -> Result<Self, Failure> {
        let (store, children) = (session.store()?, session.context.children.clone());
        let mut passphrase = None;
        let reading = open::open(&store, &children, || {
            let asked = session.passphrase()?;
            passphrase = Some(asked.clone());
            Ok::<_, Failure>(asked)
        })?;
        Ok(Self { store, reading: ManuallyDrop::new(reading), passphrase })
    }

    /// The passphrase, asked for once.
    ///
    /// # Errors
    /// As [`Session::passphrase`].
    pub(super) fn passphrase(&self, session: &mut Session<'_>) -> Result<Passphrase, Failure> {
        self.passphrase.clone().map_or_else(|| session.passphrase(), Ok)
    }
}

/// Why it is done: as said with options, else asked for; the incident only where the reason was.
///
/// # Errors
/// Usage without a reason.
pub(super) fn why(session: &Session<'_>, question: &str, reason: Option<&str>, incident: Option<&str>) -> Result<Why, Failure> {
    let is_asked = reason.is_none();
    let reason = reason.map_or_else(|| session.ask.line(question, "--reason TEXT"), |reason| Ok(reason.trim().to_owned()))?;
    if reason.is_empty() {
        return Err(Failure::usage("without a reason nothing is asked for and nothing is given.")
            .hint("In a few words: --reason \"nobody can sign in\""));
    }
    let incident = match incident {
        None if is_asked => Some(session.ask.line("The incident, if it has a name:", "--incident NAME")?),
        incident => incident.map(str::to_owned),
    };
    let incident = incident.filter(|text| !text.trim().is_empty());
    let (now, machine) = session.when();
    Ok(Why { reason, incident, now, machine })
}

/// Says what of a record did not go as it should.
pub(super) fn say_unsent(session: &mut Session<'_>, recorded: &Recorded) {
    if let Some(unsent) = &recorded.unsent {
        session.out.say(format!("kit: it is in the journal here, and will not be sent to those who read journals: {unsent}."));
    }
}

/// A small number in letters.
pub(super) fn in_letters(number: usize) -> String {
    NUMBERS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}
