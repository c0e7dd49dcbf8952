//! Opening a credential for the person at the terminal: which one, why, the passphrase; and what is to be done after it.

mod after;
mod codes;
mod on_paper;
mod shares;
mod terminal;
mod unrecorded;
mod value;
#[cfg(unix)]
mod watched;

use std::{
    collections::BTreeMap,
    mem::ManuallyDrop,
    path::{Path, PathBuf},
};

pub(super) use after::{after, receipt, tell};
pub(super) use codes::{Spent, say_spent};
pub(super) use on_paper::{can_show_words, written_down};
pub(super) use shares::given;
pub(super) use terminal::can_watch;
pub(super) use value::{for_program, is_one_line};
#[cfg(unix)]
pub(super) use watched::look;

use zeroize::Zeroizing;

use super::{
    explain::wrong_too_often,
    failure::{Failure, Kind},
    find::{find, name_of},
    lending,
    session::Session,
};
use crate::{
    answer::{self, Card, CredentialCard, Match, WhatIf},
    bundle::{Share, limits::REASON_CHARS_MAX},
    disk::Reserved,
    key::{DeviceKeyError, Passphrase},
    open::{self, Reading},
    prepare::prepare,
    record::RecordError,
    reveal::{self, Opening, RevealError, Revealed},
    store::Store,
    team::{Capsule, FieldLabel, Id, Thing},
    unseal::UnsealError,
};

/// How often a passphrase may be wrong before it is said what else there is.
const TRIES: usize = 3;

/// What somebody asked to open.
pub(super) struct Wish<'a> {
    /// Its name, in words.
    pub name: &'a [String],
    /// Why, if that was said.
    pub reason: Option<&'a str>,
    /// The incident, if that was said.
    pub incident: Option<&'a str>,
    /// The command: `reveal`, `exec`.
    pub by: &'static str,
    /// The fields that are to be taken, with a comma between them; else all.
    pub field: Option<String>,
    /// The new file that a value goes to, if it does.
    pub to: Option<PathBuf>,
    /// What other holders sent, as texts or words.
    pub with: Vec<Zeroizing<String>>,
}

/// A credential that can be opened: nothing is open yet.
pub(super) struct Chosen {
    /// The store.
    pub store: Store,
    /// The kit.
    pub reading: ManuallyDrop<Reading>,
    /// What was found.
    pub found: Match,
    /// What can be said of it.
    pub card: CredentialCard,
    /// What is in it, by name and kind.
    pub fields: Vec<FieldLabel>,
    /// Shares of other holders, where it takes some together.
    more: Vec<Share>,
    passphrase: Option<Passphrase>,
}

/// An open credential.
pub(super) struct Open {
    /// What it was chosen from.
    pub chosen: Chosen,
    /// Its values.
    pub revealed: Revealed,
    /// By field: which recovery codes were shown before.
    pub spent: BTreeMap<String, Spent>,
    /// The file that a value goes to, with nothing in it yet.
    pub to: Option<Reserved>,
}

/// Finds what is meant and looks whether this device could open it.
///
/// # Errors
/// Not found, ambiguous; cannot open, with who can.
pub(super) fn choose(session: &mut Session<'_>, wish: &Wish<'_>) -> Result<Chosen, Failure> {
    let by = wish.by;
    let query = name_of(wish.name)
        .ok_or_else(|| Failure::usage("the name of the credential is empty.").hint(format!("For example: kit {by} aws-root")))?;
    let store = session.store()?;
    lending::sweep(session);
    let mut passphrase = None;
    let children = session.context.children.clone();
    let reading = ManuallyDrop::new(open::open(&store, &children, || {
        let said = session.passphrase()?;
        passphrase = Some(said.clone());
        Ok::<_, Failure>(said)
    })?);
    let found = find(session, &reading, &query, &[Thing::Credential], by)?;
    let nothing = WhatIf::default();
    let mut card = match answer::card(session.scene(&reading, &nothing), &found) {
        Some(Card::Credential(card)) => *card,
        _ => return Err(super::find::cannot_be_shown(&found.id)),
    };
    let me = store.settings()?.person;
    after::call_first(&mut card, me.as_str());
    let id = id_of(&found)?;
    let prepared = prepare(&store, &reading, &id).map_err(|error| after::refused(error, &card))?;
    let more = shares::gathered(session, &store, &prepared, &wish.with, &mut passphrase)?;
    prepared.check(&store, &more).map_err(|error| after::refused(error, &card))?;
    let fields = prepared.capsule.fields.clone();
    Ok(Chosen { store, reading, found, card, fields, more, passphrase })
}

/// Asks for what was not said and opens it: first it is recorded.
///
/// # Errors
/// Cannot open; usage; interrupted. Nothing was opened.
pub(super) fn open(session: &mut Session<'_>, mut chosen: Chosen, wish: Wish<'_>) -> Result<Open, Failure> {
    if session.context.is_given {
        session.out.say("kit: the time was given with --at: the record says so, and what this machine's clock says.");
    }
    let (reason, incident) = why(session, &chosen, &wish)?;
    let (now, machine) = session.when();
    let opening = Opening {
        credential: id_of(&chosen.found)?,
        reason,
        incident,
        by: wish.by,
        field: wish.field,
        more: std::mem::take(&mut chosen.more),
        now,
        machine,
    };
    let (revealed, passphrase, to) = unsealed(session, &mut chosen, &opening, wish.to.as_deref())?;
    if !opening.more.is_empty() {
        shares::say_combined(session, &prepare(&chosen.store, &chosen.reading, &opening.credential)?, &chosen.reading);
    }
    if let Some(unsent) = &revealed.unsent {
        session.out.say(format!("WARN  it is recorded on this machine, but not queued for those who read journals: {unsent}."));
    }
    let spent = codes::spent(session, &chosen, &revealed, passphrase)?;
    Ok(Open { chosen, revealed, spent, to })
}

/// The reason and the incident: as they were said, else asked for.
fn why(session: &mut Session<'_>, chosen: &Chosen, wish: &Wish<'_>) -> Result<(String, Option<String>), Failure> {
    let (mut reason, mut incident) = (wish.reason.map(str::to_owned), wish.incident.map(str::to_owned));
    if reason.is_none() {
        let CredentialCard { id, title, owner, .. } = &chosen.card;
        session.out.say(format!("{id}   {title}"));
        let told = owner.as_ref().map(|call| format!(" and {} must be told", call.name)).unwrap_or_default();
        session.out.say(format!("Break-glass: this opening is recorded{told}."));
        for _ in 0..TRIES {
            let said = session.ask.line("Why are you opening it?", "--reason TEXT")?;
            if !said.is_empty() {
                reason = Some(said);
                break;
            }
            session.out.say("It cannot be empty: those who read the record want to know.");
        }
        if reason.is_some() && incident.is_none() {
            incident = Some(session.ask.line("Incident, if it has a name (Enter for none):", "--incident ID")?);
        }
    }
    let reason = reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty()).ok_or_else(|| {
        Failure::usage("without a reason nothing is opened.")
            .hint(format!("Say why, in a sentence: kit {} {} --reason TEXT", wish.by, chosen.card.id))
    })?;
    let incident = incident.map(|incident| incident.trim().to_owned()).filter(|incident| !incident.is_empty());
    if [Some(&reason), incident.as_ref()].into_iter().flatten().any(|text| text.chars().count() > REASON_CHARS_MAX) {
        return Err(Failure::usage(format!("a reason or an incident has at most {REASON_CHARS_MAX} characters."))
            .hint("Say it in fewer words. Nothing was opened."));
    }
    Ok((reason, incident))
}

/// Opens with the passphrase: some tries where somebody types it. The file at `to` is made before anything is recorded, and never
/// while somebody is asked, who may go away.
fn unsealed(
    session: &mut Session<'_>,
    chosen: &mut Chosen,
    opening: &Opening,
    to: Option<&Path>,
) -> Result<(Revealed, Passphrase, Option<Reserved>), Failure> {
    for attempt in 1..=TRIES {
        let passphrase = match chosen.passphrase.take() {
            Some(passphrase) => passphrase,
            None => session.passphrase()?,
        };
        let reserved = to.map(Reserved::new).transpose()?;
        match reveal::open(&chosen.store, &chosen.reading, &passphrase, opening) {
            Ok(revealed) => return Ok((revealed, passphrase, reserved)),
            Err(RevealError::Unseal(UnsealError::DeviceKey(DeviceKeyError::WrongPassphrase)))
                if session.ask.allowed && session.global.passphrase_file.is_none() =>
            {
                if attempt < TRIES {
                    session.out.say("That is not the passphrase. Nothing is locked: try again.");
                }
            }
            Err(RevealError::Record(RecordError::NotWritten { line, error })) => {
                drop(reserved);
                unrecorded::consent(session, &error)?;
                unrecorded::to_paper(session, &line, opening);
                let reserved = to.map(Reserved::new).transpose()?;
                let revealed = reveal::open_unrecorded(&chosen.store, &chosen.reading, &passphrase, opening, *line);
                return Ok((revealed.map_err(|error| after::failed(error, &chosen.card))?, passphrase, reserved));
            }
            Err(error) => return Err(after::failed(error, &chosen.card)),
        }
    }
    Err(wrong_too_often())
}

impl Chosen {
    /// Its id.
    ///
    /// # Errors
    /// Not found.
    pub(super) fn id(&self) -> Result<Id<crate::team::Credential>, Failure> {
        id_of(&self.found)
    }

    /// Its values, sealed.
    pub(super) fn capsule(&self) -> Option<&Capsule> {
        self.reading.team.credentials.get(&self.id().ok()?)?.capsule.as_ref()
    }

    /// The label of a value by its name.
    ///
    /// # Errors
    /// Not found, with the names that there are.
    pub(super) fn field(&self, name: &str) -> Result<&FieldLabel, Failure> {
        self.fields.iter().find(|field| field.name == name).ok_or_else(|| {
            let names: Vec<&str> = self.fields.iter().map(|field| field.name.as_str()).collect();
            Failure::new(Kind::NotFound, format!("{} has no field {name:?}, so nothing was opened.", self.card.id))
                .hint(format!("Its fields: {}", names.join(", ")))
        })
    }
}

fn id_of(found: &Match) -> Result<Id<crate::team::Credential>, Failure> {
    Id::parse(&found.id).map_err(|_| super::find::cannot_be_shown(&found.id))
}
