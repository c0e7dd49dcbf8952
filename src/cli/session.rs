//! What every command has at hand: the context, the printer, the questions, and the kit on this machine.

use std::{
    mem::ManuallyDrop,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    ask::{Ask, standard_input},
    context::Context,
    directory,
    failure::{Failure, Kind},
    options::Global,
    out::{Form, Out},
    screen::{AsOf, Screen, Standing},
    time,
};
use crate::{
    answer::{Age, Moment, Scene, Strictness, WhatIf},
    bundle::{KitId, Opened, Verified},
    disk,
    key::{Identity, Passphrase},
    open::{self, Reading},
    record::Machine,
    store::{Generation, How, Store},
    team::Zone,
};

/// Most bytes of a file that holds a passphrase.
const PASSPHRASE_BYTES_MAX: u64 = 4096;
/// How often a passphrase is asked for before the command ends.
const PASSPHRASE_TRIES: usize = 3;
/// Passphrases shorter than this draw advice; a guesser tries a few a second, on many machines.
const PASSPHRASE_CHARS_ADVISED: usize = 14;

/// The `--json` object of an answer.
#[derive(Serialize)]
struct Answer<'a, T> {
    schema: &'static str,
    #[serde(flatten)]
    answer: &'a T,
    kit: &'a Standing,
}

/// One command's run.
pub(super) struct Session<'a> {
    /// The world outside.
    pub context: Context,
    /// The options that every command takes.
    pub global: Global,
    /// The printer.
    pub out: &'a mut Out,
    /// The questions.
    pub ask: Ask,
}

impl<'a> Session<'a> {
    /// Puts `--at` and `--no-input` into effect.
    pub(super) fn new(mut context: Context, global: Global, out: &'a mut Out) -> Result<Self, Failure> {
        if let Some(text) = &global.at {
            context.moment.now = time::parse(text, context.moment.now, &context.moment.zone)?;
            context.is_given = true;
        }
        context.terminal.layout.accessible |= global.accessible;
        out.form = match (global.json, global.plain) {
            (true, _) => Form::Json,
            (_, true) => Form::Plain,
            _ => Form::Screen,
        };
        out.columns = context.terminal.layout.columns;
        (out.ascii, out.ascii_talk) = (context.terminal.layout.ascii, context.terminal.ascii_talk);
        let ask = Ask { allowed: context.terminal.asks && !global.no_input };
        if let Some(file) = global.passphrase_file.as_ref().filter(|file| disk::others_may_read(file)) {
            out.say(format!("kit: others on this machine may read {}: chmod 600 it.", file.display()));
        }
        Ok(Self { context, global, out, ask })
    }

    /// When and where the question is asked.
    pub(super) fn moment(&self) -> &Moment {
        &self.context.moment
    }

    /// The time that something is recorded with, and what this machine says of its own.
    pub(super) fn when(&self) -> (Timestamp, Machine) {
        (self.moment().now, self.context.machine())
    }

    /// What an answer is about: the team of a kit, when and where it is asked, and what is assumed.
    pub(super) fn scene<'s>(&'s self, reading: &'s Reading, what_if: &'s WhatIf) -> Scene<'s> {
        Scene { team: &reading.team, moment: self.moment(), what_if }
    }

    /// Fuzzy for people at a terminal, exact for everybody else.
    pub(super) fn strictness(&self) -> Strictness {
        if self.ask.allowed { Strictness::Forgiving } else { Strictness::Exact }
    }

    /// Where all of the user's files are.
    pub(super) fn home(&self) -> Result<&Path, Failure> {
        self.context.home.as_deref().ok_or_else(|| {
            Failure::usage("there is no home folder to keep kits in.").hint("Name a folder: KIT_HOME=/some/folder kit …")
        })
    }

    /// The folder that relative paths start from.
    pub(super) fn folder(&self) -> Result<PathBuf, Failure> {
        self.context
            .folder
            .clone()
            .ok_or_else(|| Failure::usage("the current folder is gone.").hint("Go to one that is there: cd"))
    }

    /// The team directory that was published last from here, as it is typed; [`None`] where there is none, or no single one.
    pub(super) fn directory(&self) -> Option<String> {
        directory::published(self.context.home.as_deref(), self.global.kit.as_deref(), self.context.folder.as_deref())
    }

    /// This machine's zone where it has a name, UTC otherwise.
    pub(super) fn local_zone(&self) -> Zone {
        let name = self.moment().zone.iana_name().unwrap_or("UTC");
        Zone::parse(name).or_else(|_| Zone::parse("UTC")).expect("UTC is bundled")
    }

    /// The kit of this machine that is meant: the only one, or the one of `--kit`.
    pub(super) fn store(&self) -> Result<Store, Failure> {
        let home = self.home()?;
        let mut kits = Store::list(home)?;
        if let Some(wanted) = &self.global.kit {
            kits.retain(|kit| kit.to_string().starts_with(wanted.as_str()));
        }
        if kits.len() > 1 && self.global.kit.is_none() {
            // One that was only joined, and holds nothing yet, does not stand in the way of one that answers.
            let answers =
                |kit: &KitId| Store::open(home, kit).and_then(|store| store.state()).is_ok_and(|state| state.highest.is_some());
            let answering: Vec<KitId> = kits.iter().filter(|kit| answers(kit)).cloned().collect();
            kits = if answering.len() == 1 { answering } else { kits };
        }
        match kits.as_slice() {
            [kit] => Ok(Store::open(home, kit)?),
            [] => Err(Failure::new(Kind::NotFound, "there is no kit on this machine yet.")
                .hint("Make one:       kit init DIR --name TEAM --as YOUR.ID")
                .hint("Join a team's:  kit join INVITE --as YOUR.ID")),
            many => {
                let failure = Failure::new(Kind::Ambiguous, format!("there are {} kits on this machine.", many.len()));
                Err(many.iter().fold(failure, |failure, kit| failure.hint(format!("kit --kit {kit} …"))))
            }
        }
    }

    /// The store of one kit.
    pub(super) fn store_of(&self, kit: &KitId) -> Result<Store, Failure> {
        Ok(Store::open(self.home()?, kit)?)
    }

    /// The kit of this machine, opened for reading. It is never taken apart again: the process ends soon, and freeing a large
    /// team piece by piece would only keep the reader waiting.
    pub(super) fn read(&mut self) -> Result<ManuallyDrop<Reading>, Failure> {
        let store = self.store()?;
        let children = self.context.children.clone();
        Ok(ManuallyDrop::new(open::open(&store, &children, || self.passphrase())?))
    }

    /// The kit of this machine, opened for reading, with its store and the key that opens it: for what is sealed to readers
    /// beside it.
    pub(super) fn read_with_key(&mut self) -> Result<(Store, ManuallyDrop<Reading>, Identity), Failure> {
        let store = self.store()?;
        let children = self.context.children.clone();
        let reader = open::reader(&store, &children, || self.passphrase())?;
        let reading = open::open_with::<Failure>(&store, store.current()?, &reader)?;
        Ok((store, ManuallyDrop::new(reading), reader))
    }

    /// The same of one store, if it opens without asking anybody.
    pub(crate) fn read_with_key_without_asking(&self, store: &Store) -> Result<(Reading, Identity), open::OpenError<()>> {
        let passphrase = || self.passphrase_from_file().ok().flatten().ok_or(());
        let reader = open::reader(store, &self.context.children, passphrase)?;
        Ok((open::open_with(store, store.current()?, &reader)?, reader))
    }

    /// The current generation, if it opens without asking anybody.
    pub(crate) fn read_without_asking(&self, store: &Store) -> Result<Reading, open::OpenError<()>> {
        open::open(store, &self.context.children, || self.passphrase_from_file().ok().flatten().ok_or(()))
    }

    /// A generation that was read, if it opens without asking anybody.
    pub(crate) fn open_generation(&self, store: &Store, generation: Generation) -> Result<Reading, open::OpenError<()>> {
        open::open_generation(store, generation, &self.context.children, || self.passphrase_from_file().ok().flatten().ok_or(()))
    }

    /// A kit that is not stored yet, if it opens without asking anybody.
    pub(crate) fn open_verified(&self, store: &Store, verified: &Verified) -> Result<Opened, open::OpenError<()>> {
        let passphrase = || self.passphrase_from_file().ok().flatten().ok_or(());
        open::open_verified(store, verified, &self.context.children, passphrase)
    }

    /// Prints an answer that has no kit behind it: one JSON object, one record a line, or a screen.
    ///
    /// # Errors
    /// A bug, when the answer is no JSON.
    pub(super) fn print<T: Serialize>(
        &mut self,
        answer: &T,
        records: impl FnOnce() -> Vec<Vec<String>>,
        screen: impl FnOnce(&mut Screen),
    ) -> Result<(), Failure> {
        match self.out.form {
            Form::Json => return self.out.json(answer),
            Form::Plain => records().iter().for_each(|record| self.out.record(record)),
            Form::Screen => {
                let mut lines = Screen::new(self.context.terminal.layout);
                screen(&mut lines);
                self.out.lines(lines.into_lines());
            }
        }
        Ok(())
    }

    /// Prints an answer in the form that was asked for: one JSON object with the kit's standing beside it, one record a
    /// line, or a screen.
    ///
    /// # Errors
    /// A bug, when the answer is no JSON.
    pub(super) fn reply<T: Serialize>(
        &mut self,
        reading: &Reading,
        schema: &'static str,
        answer: &T,
        records: impl FnOnce() -> Vec<Vec<String>>,
        screen: impl FnOnce(&mut Screen, &Standing),
    ) -> Result<(), Failure> {
        let standing = self.standing(reading);
        match self.out.form {
            Form::Json => return self.out.json(&Answer { schema, answer, kit: &standing }),
            Form::Plain => records().iter().for_each(|record| self.out.record(record)),
            Form::Screen => {
                let mut lines = Screen::new(self.context.terminal.layout);
                screen(&mut lines, &standing);
                self.out.lines(lines.into_lines());
            }
        }
        Ok(())
    }

    /// What a screen says of the kit behind it.
    pub(super) fn standing(&self, reading: &Reading) -> Standing {
        let head = reading.generation.verified().head();
        Standing {
            age: Age::of(head.seq, head.created, head.refresh_by, self.moment().now, reading.last_seen()),
            signed_by: reading.signed_by(),
            verified: reading.trust.verified != How::Unverified,
            notes: reading.generation.notes().iter().map(ToString::to_string).collect(),
            as_of: self.global.at.as_ref().map(|_| self.as_of()),
        }
    }

    fn as_of(&self) -> AsOf {
        let here = self.moment().here();
        let place = self.local_zone().city();
        AsOf { at: self.moment().now, text: format!("{} in {place}", here.strftime("%a %-d %b %Y %H:%M")) }
    }

    /// The passphrase of this user's keys: from `--passphrase-file`, or asked for.
    pub(super) fn passphrase(&mut self) -> Result<Passphrase, Failure> {
        match self.passphrase_from_file()? {
            Some(passphrase) => Ok(passphrase),
            None => self.ask.secret("Passphrase:", "--passphrase-file FILE").map(Passphrase::new),
        }
    }

    /// A new passphrase: from `--passphrase-file`, or asked for twice.
    pub(super) fn new_passphrase(&mut self) -> Result<Passphrase, Failure> {
        if let Some(passphrase) = self.passphrase_from_file()? {
            return Ok(passphrase);
        }
        let instead = "--passphrase-file FILE";
        loop {
            let first = Zeroizing::new(self.ask.secret("A new passphrase for the keys of this device:", instead)?);
            if first.is_empty() {
                self.out.say("It cannot be empty. Take four or more random words.");
                continue;
            }
            if first.chars().count() < PASSPHRASE_CHARS_ADVISED {
                self.out.say("Short. Four or more random words are easier to remember and much harder to guess.");
            }
            if *Zeroizing::new(self.ask.secret("The same again:", instead)?) == *first {
                return Ok(Passphrase::new(first.to_string()));
            }
            self.out.say("The two differ. Nothing is lost: both once more.");
        }
    }

    /// What opens with the passphrase, and the passphrase: some tries where somebody types it, one where a file says it.
    ///
    /// # Errors
    /// When it stays wrong, and whatever else stops `open`.
    pub(super) fn opened_with<T, E>(
        &mut self,
        mut open: impl FnMut(&Passphrase) -> Result<T, E>,
        is_wrong: impl Fn(&E) -> bool,
    ) -> Result<(T, Passphrase), Failure>
    where
        Failure: From<E>,
    {
        let mut left = PASSPHRASE_TRIES;
        loop {
            left -= 1;
            let passphrase = self.passphrase()?;
            match open(&passphrase) {
                Ok(opened) => return Ok((opened, passphrase)),
                Err(error) if left > 0 && is_wrong(&error) && self.ask.allowed && self.global.passphrase_file.is_none() => {
                    self.out.say("That is not the passphrase. Nothing is locked: try again.");
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn passphrase_from_file(&self) -> Result<Option<Passphrase>, Failure> {
        let Some(file) = &self.global.passphrase_file else { return Ok(None) };
        if !is_given_on_purpose(file) && disk::exists(file) && !disk::is_regular(file) {
            return Err(Failure::usage(format!("{} is no file, so no passphrase was read from it.", file.display()))
                .hint("From a program: --passphrase-file <(PROGRAM), or PROGRAM | kit … --passphrase-file -"));
        }
        let bytes = self.given(file, PASSPHRASE_BYTES_MAX)?;
        let text = String::from_utf8(bytes).map_err(|_| {
            Failure::usage("the passphrase file is not UTF-8 text.")
                .hint("Write it anew as UTF-8, the passphrase on its first line.")
        })?;
        match text.lines().next().map(str::to_owned).filter(|line| !line.is_empty()) {
            Some(line) => Ok(Some(Passphrase::new(line))),
            None => {
                Err(Failure::usage("the passphrase file's first line is empty.").hint("Put the passphrase on its first line."))
            }
        }
    }

    /// The bytes of a file that the user named; `-` is standard input.
    pub(super) fn given(&self, file: &Path, cap_bytes: u64) -> Result<Vec<u8>, Failure> {
        if file == Path::new("-") { standard_input(cap_bytes) } else { Ok(disk::read_given(file, cap_bytes)?) }
    }

    /// Text that the user gave as an argument, or in the file it names, or on standard input with `-`.
    pub(super) fn given_text(&self, argument: &str, prefix: &str) -> Result<String, Failure> {
        if argument.starts_with(prefix) {
            return Ok(argument.to_owned());
        }
        let bytes = self.given(&PathBuf::from(argument), PASSPHRASE_BYTES_MAX * 16)?;
        String::from_utf8(bytes).map(|text| text.trim().to_owned()).map_err(|_| {
            Failure::usage(format!("{argument} is not UTF-8 text."))
                .hint(format!("Copy the whole line again; it begins with {prefix}"))
        })
    }
}

/// Whether a name means what this process was started with, be it a pipe: `-`, `<(pass show kit)`. Somebody writes into that;
/// into a pipe that only has a name perhaps nobody ever does.
fn is_given_on_purpose(file: &Path) -> bool {
    let folders = ["/dev/fd", "/proc/self/fd"];
    [Path::new("-"), Path::new("/dev/stdin")].contains(&file) || folders.iter().any(|folder| file.starts_with(folder))
}
