//! `kit tier`: who opens which credentials.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::{
    answer::tiers,
    cli::{
        complete::names,
        failure::Failure,
        find::find,
        holding::{self, Label},
        screen,
        session::Session,
    },
    team::{Id, IdError, Person, Rule, Thing, Tier},
};

/// Say who opens which credentials, make a tier's key, let people hold it or end it
///
/// Examples:
///   kit tier list
///   kit tier new prod --holders alice.okafor,dana.fox --dir team
///
/// A tier is a key that its holders open, alone or some together. Changes take effect with the next kit publish.
///
/// With --plain: id, rule, version of its key, holders, holders who cannot open, sealed credentials, labels without a value.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Every tier, from the kit on this machine
    List,
    /// One tier, from the kit on this machine
    Show {
        /// The tier
        #[arg(add = names(&[Thing::Tier]))]
        tier: String,
    },
    /// Make the key of a tier
    New {
        /// The tier, written down already or not
        #[arg(value_parser = id::<Tier>)]
        id: Id<Tier>,
        /// Who holds it; written down, over what the directory says
        #[arg(long, value_name = "PEOPLE", value_delimiter = ',', value_parser = id::<Person>)]
        holders: Vec<Id<Person>>,
        /// "any", or for example "2-of-3"
        #[arg(long, value_name = "RULE", value_parser = Rule::parse)]
        rule: Option<Rule>,
        /// What people call it
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// The team directory
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
    },
    /// Let a person hold a tier, or box its key for a holder's new devices
    Add {
        /// The tier
        #[arg(value_parser = id::<Tier>, add = names(&[Thing::Tier]))]
        tier: Id<Tier>,
        /// Who
        #[arg(value_parser = id::<Person>, add = names(&[Thing::Person]))]
        person: Id<Person>,
        /// A share of another holder, where it takes some together: a text, a file, or - for standard input
        #[arg(long, value_name = "SHARE")]
        with: Vec<String>,
        /// The team directory
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
    },
    /// End that a person holds a tier: another key, and tasks for what they could read; without a person, end a tier that no
    /// credential needs
    Remove {
        /// The tier
        #[arg(value_parser = id::<Tier>, add = names(&[Thing::Tier]))]
        tier: Id<Tier>,
        /// Who; without, the tier itself goes, unless something is sealed to it
        #[arg(value_parser = id::<Person>, add = names(&[Thing::Person]))]
        person: Option<Id<Person>>,
        /// The team directory
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
    },
    /// Make another key for the same holders, after several opened it together: with tasks for all it opened
    Rekey {
        /// The tier
        #[arg(value_parser = id::<Tier>, add = names(&[Thing::Tier]))]
        tier: Id<Tier>,
        /// Why; if not said, that you have combined its key
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// A share of another holder, to seal what it opens to the new key: a text, a file, or - for standard input
        #[arg(long, value_name = "SHARE")]
        with: Vec<String>,
        /// The team directory
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
    },
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    match &arguments.action {
        Action::List => show(None, session),
        Action::Show { tier } => show(Some(tier), session),
        Action::New { id, holders, rule, name, dir } => {
            holding::begin(id, &Label { holders, rule: *rule, name: name.as_deref() }, dir, &mut session)
        }
        Action::Add { tier, person, with, dir } => holding::add((tier, person), with, dir, &mut session),
        Action::Remove { tier, person: Some(person), dir } => holding::remove(tier, person, dir, &mut session),
        Action::Remove { tier, person: None, dir } => holding::end(tier, dir, &mut session),
        Action::Rekey { tier, reason, with, dir } => holding::renew(tier, (reason.as_deref(), with), dir, &mut session),
    }
}

fn id<T>(text: &str) -> Result<Id<T>, IdError> {
    Id::parse(text)
}

fn show(name: Option<&str>, mut session: Session<'_>) -> Result<(), Failure> {
    let reading = session.read()?;
    let asked = match name {
        None => None,
        Some(name) => Id::parse(&find(&mut session, &reading, name, &[Thing::Tier], "tier")?.id).ok(),
    };
    let answer = tiers(&reading.team, asked.as_ref());
    let records = || answer.tiers.iter().map(|tier| tier.record()).collect();
    session.reply(&reading, "kit.tiers/1", &answer, records, |screen, standing| screen::tiers(screen, &answer, standing))
}
