//! `kit export vcard` and `kit export ics`: contacts and calendars.

use clap::Args;

use super::writing::{File, To, outgoing, write};
use crate::{
    cli::{
        complete::names,
        failure::{Failure, Kind},
        find::{cannot_be_shown, find},
        session::Session,
    },
    export::{self, DAYS_MAX, Horizon},
    team::{Id, Person, Thing},
};

/// Contacts for a phone: everybody, one person, bridge or vendor, or the one contact that may wake you
///
/// Examples:
///   kit export vcard --all
///   kit export vcard --pager
///
/// vCard 3.0, which every phone reads. docs/guide/phone.md says how it gets there, and how the pager contact rings when the phone
/// is silent.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Contacts {
    /// One person, bridge or vendor; without a name, everybody
    #[arg(value_name = "NAME", add = names(&[Thing::Person, Thing::Bridge, Thing::Vendor]))]
    query: Option<String>,
    /// Everybody
    #[arg(long, conflicts_with = "query")]
    all: bool,
    /// One contact with every number that may wake you: pagers, bridges, whoever leads, whoever answers for what wakes people
    #[arg(long, conflicts_with_all = ["query", "all"])]
    pager: bool,
    #[command(flatten)]
    to: To,
}

/// A calendar: on-call shifts, windows, and what is to be tried again by when
///
/// Examples:
///   kit export ics --mine
///   kit export ics --days 365 --out on-call.ics
///
/// Times are right in every time zone, also after the clocks change. Importing a newer one moves the events that moved; it does
/// not take away those that are gone.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Calendar {
    /// One person's; without a name, everybody's
    #[arg(value_name = "PERSON", add = names(&[Thing::Person]))]
    query: Option<String>,
    /// Your own
    #[arg(long, conflicts_with = "query")]
    mine: bool,
    /// Days ahead
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=i64::from(DAYS_MAX)))]
    days: u16,
    #[command(flatten)]
    to: To,
}

pub(super) fn contacts(arguments: &Contacts, mut session: Session<'_>) -> Result<(), Failure> {
    let reading = session.read()?;
    let kit = reading.generation.verified().kit().to_string();
    let kinds = [Thing::Person, Thing::Bridge, Thing::Vendor];
    let found = match &arguments.query {
        Some(query) => Some(find(&mut session, &reading, query, &kinds, "export vcard")?),
        None => None,
    };
    let (out, team) = (outgoing(&reading, &kit, &arguments.to, &session), &reading.team);
    let (made, of, what) = match &found {
        Some(found) => {
            let person = Id::parse(&found.id).ok().and_then(|id| team.people.get_key_value(&id));
            let made = match person.filter(|_| found.kind == Thing::Person) {
                Some(person) => Some(export::people(out, &[person])),
                None => export::place(out, found.kind, &found.id),
            };
            (made.ok_or_else(|| cannot_be_shown(&found.id))?, found.id.as_str(), "contact")
        }
        None if arguments.pager => (export::pager(out), team.name.as_str(), "oncall"),
        None => (export::people(out, &team.people.iter().collect::<Vec<_>>()), team.name.as_str(), "people"),
    };
    if made.count == 0 {
        let message = if arguments.pager { "no number in this kit wakes anybody." } else { "nobody is in this kit." };
        return Err(Failure::new(Kind::No, message).hint("What calls people from which number stands in tools.toml."));
    }
    let file = File { shape: "vcard", of, what, ending: "vcf", things: ("contact", "contacts") };
    write(&file, &made, &arguments.to, &reading, session)
}

pub(super) fn calendar(arguments: &Calendar, mut session: Session<'_>) -> Result<(), Failure> {
    let reading = session.read()?;
    let kit = reading.generation.verified().kit().to_string();
    let person: Option<Id<Person>> = match &arguments.query {
        Some(query) => Id::parse(&find(&mut session, &reading, query, &[Thing::Person], "export ics")?.id).ok(),
        None if arguments.mine => Some(session.store()?.settings()?.person),
        None => None,
    };
    let out = outgoing(&reading, &kit, &arguments.to, &session);
    let made = export::ics(out, Horizon { person: person.as_ref(), days: arguments.days });
    if made.count == 0 {
        return Err(Failure::new(Kind::No, format!("nothing is planned within {} days.", arguments.days))
            .hint("Further ahead: kit export ics --days 365")
            .hint("What is planned: kit window --list"));
    }
    let of = person.as_ref().map_or(reading.team.name.as_str(), Id::as_str);
    let file = File { shape: "ics", of, what: "calendar", ending: "ics", things: ("event", "events") };
    write(&file, &made, &arguments.to, &reading, session)
}
