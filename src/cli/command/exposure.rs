//! `kit exposure`: what somebody could read, of all kits that are kept here.

use clap::Args;
use serde::Serialize;

use crate::{
    answer::{self, Exposure, KeptKit, Reach},
    cli::{
        complete::names,
        failure::{Failure, Kind},
        screen,
        session::Session,
    },
    open,
    recall::all_kept,
    team::{Id, Thing},
};

/// Say what somebody could read: credentials, PINs, numbers, in which kits, and what of it still counts
///
/// Examples:
///   kit exposure bob.reyes
///   kit exposure bob.reyes --json
///
/// It knows the kits that this machine keeps. What still counts is always found: it stands in the newest one.
///
/// With --plain: "alone", "share", "pin", "number" or "device", id, value, tier/key, first kit, last kit, "valid" or "changed".
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Whom, by id
    #[arg(add = names(&[Thing::Person]))]
    person: String,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    exposure: &'a Exposure,
    not_opened: &'a [u64],
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let store = session.store()?;
    let children = session.context.children.clone();
    let reader = open::reader::<Failure>(&store, &children, || session.passphrase())?;
    let reading = open::open_with::<Failure>(&store, store.current()?, &reader)?;
    let (kept, closed) = all_kept(&store, &reader)?;
    let kits: Vec<KeptKit<'_>> = kept.iter().map(|it| KeptKit { seq: it.seq, created: it.created, team: &it.team }).collect();
    let id = Id::parse(&arguments.person).ok();
    let id = id.filter(|id| kits.iter().any(|kit| kit.team.people.contains_key(id)));
    let id = id.ok_or_else(|| {
        Failure::new(Kind::NotFound, format!("nobody in the kits on this machine is called {:?}.", arguments.person))
            .hint("See who is in: kit member list")
    })?;
    let exposure = answer::exposure(&kits, &reading.team, &id);
    let answer = Answer { exposure: &exposure, not_opened: &closed };
    session.reply(
        &reading,
        "kit.exposure/1",
        &answer,
        || records(&exposure),
        |screen, standing| {
            screen::exposure(screen, &exposure, &closed, standing);
        },
    )
}

fn records(exposure: &Exposure) -> Vec<Vec<String>> {
    let word = |valid: bool| if valid { "valid" } else { "changed" }.to_owned();
    let reach = |how: &str, it: &Reach| {
        let key = format!("{}/{}", it.tier, it.key);
        let kits = [it.first.seq.to_string(), it.last.seq.to_string()];
        [vec![how.to_owned(), it.credential.to_string(), it.version.to_string(), key], kits.to_vec(), vec![word(it.valid)]]
            .concat()
    };
    let shared = |how: &str, id: &str, value: &str, (first, last, valid): (u64, u64, bool)| {
        let columns = [how, id, value, "", &first.to_string(), &last.to_string()].map(str::to_owned);
        [columns.to_vec(), vec![word(valid)]].concat()
    };
    let alone = exposure.alone.iter().map(|it| reach("alone", it));
    let shares = exposure.shares.iter().map(|it| reach("share", it));
    let pins = exposure
        .pins
        .iter()
        .map(|it| shared("pin", &format!("{}:{}", it.kind, it.id), "", (it.first.seq, it.last.seq, it.valid)));
    let numbers =
        exposure.numbers.iter().map(|it| shared("number", &it.whose, &it.number, (it.first.seq, it.last.seq, it.valid)));
    let devices = exposure.devices.iter().map(|it| shared("device", &it.name, "", (it.first.seq, it.last.seq, it.active)));
    alone.chain(shares).chain(pins).chain(numbers).chain(devices).collect()
}
