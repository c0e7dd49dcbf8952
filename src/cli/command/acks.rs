//! `kit acks`: who has which kit, who is silent, and the numbers to call.

use clap::Args;
use serde::Serialize;

use crate::{
    acknowledge::readers_of,
    answer::{self, AckState, Acks, Wanted, WhatIf},
    bundle::limits::BUNDLE_BYTES_MAX,
    cli::{
        complete::names,
        failure::{Failure, Kind},
        find, screen,
        session::Session,
    },
    collect,
    open::{self, Reading},
    reach::Route,
    source::{Bounds, named},
    store::{Mark, Store},
    team::{Device, Id, Person, Team, Thing},
};

/// Say who has acknowledged the kit, who is silent, and whom to call
///
/// Examples:
///   kit acks
///   kit acks --window epic-migration
///
/// For those who publish and those who lead: nobody else can read what kit ack sends. It asks every place that can be reached
/// for what is new; without a network it answers by what was collected before. Exit status 1 while somebody is silent.
///
/// With --plain: id, name, state, number of their kit, when they said so (RFC 3339), device, number.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Only the people of a window: those who have to acknowledge it, else those who are needed or on standby
    #[arg(long, value_name = "NAME", add = names(&[Thing::Window]))]
    window: Option<String>,
    /// Who has this kit or a newer one, instead of the one on this machine
    #[arg(long = "gen", value_name = "N")]
    generation: Option<u64>,
    /// Ask no place: by what was collected before
    #[arg(long)]
    offline: bool,
    /// Everybody, also who does not fit on one screen
    #[arg(long)]
    all: bool,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    acks: &'a Acks,
    collected: Option<jiff::Timestamp>,
    not_heard: &'a [(String, String)],
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let store = session.store()?;
    let settings = store.settings()?;
    let base = session.folder()?;
    let (now, children) = (session.moment().now, session.context.children.clone());
    let reader = open::reader(&store, &children, || session.passphrase())?;
    let reading = open::open_with::<Failure>(&store, store.current()?, &reader)?;
    let readers = readers_of(&reading, now);
    if !readers.contains(&settings.person) {
        return Err(not_a_reader(&readers, &reading.team));
    }
    let window = match arguments.window.as_deref() {
        None => None,
        query => find::window(&mut session, &reading, query, "acks --window")?,
    };
    let wanted = wanted(arguments.generation, &store, &reading)?;
    let inboxes = if arguments.offline || settings.sources.is_empty() {
        collect::collected(&store, &reading, &reader)?
    } else {
        let route = Route { places: &settings.sources, base: &base, outside: &session.context.outside };
        collect::collect(&store, &reading, &reader, route, now, |_| Bounds::of(BUNDLE_BYTES_MAX as u64))?
    };
    let is_this = |it: &&Device| it.person == settings.person && it.name == settings.device;
    let here = reading.team.devices.iter().find(is_this).map(|device| device.key.as_str());
    let nothing = WhatIf::default();
    let acks = answer::acks(session.scene(&reading, &nothing), &wanted, &inboxes.acknowledged(), here, window.as_ref());
    let mut acks = acks.ok_or_else(|| find::cannot_be_shown("this window"))?;
    acks.doubts.extend(inboxes.doubts(&reading.team));
    let collected = inboxes.at.map(|at| answer::ago(now, at));
    let answer = Answer { acks: &acks, collected: inboxes.at, not_heard: &inboxes.problems };
    session.reply(
        &reading,
        "kit.acks/1",
        &answer,
        || acks.records(),
        |screen, standing| {
            let problems: Vec<String> = inboxes.problems.iter().map(|(source, problem)| named(source, problem)).collect();
            screen::acks(screen, &acks, (collected.as_deref(), &problems), arguments.all, standing);
        },
    )?;
    let missing = acks.of - acks.have;
    if acks.is_complete() {
        return Ok(());
    }
    let failure = Failure::new(Kind::No, format!("{missing} of {} have not acknowledged kit {}.", acks.of, acks.seq))
        .hint("What they do on their machine: kit sync, then kit ack");
    let has_no_device = acks.silent.iter().any(|acker| acker.state == AckState::NoDevice);
    Err(if has_no_device { failure.hint("Who has no device joins first, with what this prints: kit invite") } else { failure })
}

/// The kit that is asked about.
fn wanted(number: Option<u64>, store: &Store, reading: &Reading) -> Result<Wanted, Failure> {
    let current = reading.generation.mark();
    let of = |mark: &Mark| Wanted { root: mark.root, seq: mark.seq, head: Some(mark.head.to_string()) };
    match number {
        None => Ok(of(current)),
        Some(seq) if seq == current.seq => Ok(of(current)),
        Some(seq) if seq > current.seq || seq == 0 => {
            Err(Failure::new(Kind::NotFound, format!("there is no kit {seq} on this machine: it has kit {current}."))
                .hint("Get the newest: kit sync"))
        }
        // What is no longer here is asked about by its number alone.
        Some(seq) => {
            let kept = store.numbered(seq)?.map(|generation| of(generation.mark()));
            Ok(kept.unwrap_or(Wanted { root: current.root, seq, head: None }))
        }
    }
}

fn not_a_reader(readers: &[Id<Person>], team: &Team) -> Failure {
    let names: Vec<&str> = readers.iter().map(|id| team.person_name(id)).collect();
    Failure::new(Kind::CannotOpen, "acknowledgements are sealed to those who publish and lead, and you are not among them.")
        .hint(format!("Who can say it: {}", names.join(", ")))
        .hint("Your own: kit ack")
}
