//! What asking for shares and giving them have in common: the kit and its passphrase, why it is done, the words of a receipt.

use std::mem::ManuallyDrop;

use super::{explain::wrong_too_often, failure::Failure, session::Session};
use crate::{
    answer::{self, Call, WhatIf},
    approve::{ApproveError, Petition},
    bundle::request::ASK_WORDS,
    key::{DeviceKey, DeviceKeyError, Identity, Passphrase},
    open::{self, Reading},
    record::Recorded,
    request::Why,
    store::Store,
    team::{Credential, Id},
    unseal::{self, UnsealError},
};

/// How often a passphrase may be wrong.
const TRIES: usize = 3;

/// Words of a number, for lines that are read aloud.
const NUMBERS: [&str; 10] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/// The kit of this machine, and its passphrase if that had to be asked for already.
pub(super) struct Kit {
    /// Where it is.
    pub(super) store: Store,
    /// What it says; never taken apart again, as [`Session::read`] says.
    pub(super) reading: ManuallyDrop<Reading>,
    /// What opens it, and this device's journal.
    pub(super) reader: Identity,
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
        let reader = open::reader(&store, &children, || {
            let asked = session.passphrase()?;
            passphrase = Some(asked.clone());
            Ok::<_, Failure>(asked)
        })?;
        let reading = ManuallyDrop::new(open::open_with::<Failure>(&store, store.current()?, &reader)?);
        Ok(Self { store, reading, reader, passphrase })
    }

    /// The key that signs, with the passphrase that opened it: some tries where somebody types it.
    ///
    /// # Errors
    /// As [`Session::passphrase`]; cannot open.
    pub(super) fn hand(&self, session: &mut Session<'_>) -> Result<(DeviceKey, Passphrase), Failure> {
        let is_typed = session.ask.allowed && session.global.passphrase_file.is_none();
        for attempt in 1..=TRIES {
            let known = self.passphrase.clone().filter(|_| attempt == 1);
            let passphrase = known.map_or_else(|| session.passphrase(), Ok)?;
            match unseal::device_key(&self.store, &passphrase) {
                Ok(key) => return Ok((key, passphrase)),
                Err(UnsealError::DeviceKey(DeviceKeyError::WrongPassphrase)) if is_typed => {
                    if attempt < TRIES {
                        session.out.say("That is not the passphrase. Nothing is locked: try again.");
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(wrong_too_often())
    }
}

/// What is asked, by whom, as this machine's kit knows it.
pub(crate) struct Asked<'a> {
    /// Who, with the number of the kit here.
    pub(crate) call: Call,
    /// The days they are away, if they are: then they hardly ask.
    pub(crate) away: Option<String>,
    /// The request.
    pub(crate) petition: &'a Petition<'a>,
    /// The titles of everything that the key opens.
    pub(crate) opens: Vec<&'a str>,
    /// What both sides compare.
    pub(crate) words: [&'static str; ASK_WORDS],
    /// How long ago the text was signed, in words.
    pub(crate) age: Option<String>,
    /// When a share was given for this very request from here, on this machine's clock.
    pub(crate) answered: Vec<String>,
}

impl<'a> Asked<'a> {
    /// What is to be said of a request.
    ///
    /// # Errors
    /// Whoever asks is nobody of this kit.
    pub(super) fn of(session: &Session<'_>, reading: &'a Reading, petition: &'a Petition<'a>) -> Result<Self, Failure> {
        let (team, id) = (&reading.team, &petition.device.person);
        let person = team.people.get(id).ok_or(ApproveError::Stranger)?;
        let nothing = WhatIf::default();
        let away = session.scene(reading, &nothing).away(person).map(|away| away.until.to_string());
        let title = |id: &&Id<Credential>| team.credentials.get(*id).map(|it| it.title.as_str());
        let opens = petition.opens.iter().filter_map(title).collect();
        let (moment, words) = (session.moment(), petition.code.words());
        let age = petition.says.as_ref().map(|asked| match moment.now.as_second() - asked.at.as_second() {
            ahead @ ..-60 => format!("{} from now, by their clock", answer::span(-ahead)),
            _ => answer::ago(moment.now, asked.at),
        });
        let answered = petition.answered.iter().map(|at| answer::clock_time(moment, *at)).collect();
        Ok(Self { call: Call::to(team, id, person, moment), away, petition, opens, words, age, answered })
    }

    /// The credential that they are to open with it, where only one is meant.
    pub(crate) fn credential(&self) -> Option<&str> {
        let says = self.petition.says.as_ref().and_then(|says| says.credential.as_ref());
        match (says, self.petition.opens.as_slice()) {
            (Some(said), _) => Some(said.as_str()),
            (None, [only]) => Some(only.as_str()),
            _ => None,
        }
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
