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
    infer, open,
    recall::all_kept,
    team::{Id, Rotate, Task, Thing},
};

/// Say what somebody could read: credentials, PINs, numbers, in which kits, and what of it still counts
///
/// Examples:
///   kit exposure bob.reyes
///   kit exposure bob.reyes --json
///
/// Alone: with a key of their own. Opened: what takes several holders, once they put its key together or may have; by the
/// journals that open here, and by the kits. With others: they have a share.
///
/// It knows the kits that this machine keeps, the newest ones, and what was written down to be changed when somebody left or
/// lost a tier. What they could read in older kits only, and nobody wrote down, it does not know.
///
/// With --plain: "alone", "opened", "with-others", "pin", "number" or "device", id, value, tier/key, first kit, last kit, "valid"
/// or "changed"; "written-down", id, value, why, since, by, "valid".
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
    let combined = infer::combined(&store, &reading, &reader, &kits)?;
    let exposure = id.map(|id| answer::exposure(&kits, &reading.team, &id, &combined));
    let is_known = |it: &Exposure| !it.written_down.is_empty() || kits.iter().any(|kit| kit.team.people.contains_key(&it.id));
    let exposure = exposure.filter(is_known).ok_or_else(|| {
        Failure::new(Kind::NotFound, format!("nobody in the kits on this machine is called {:?}.", arguments.person))
            .hint("See who is in: kit member list")
            .hint("Somebody who left long ago stands in no kit that is kept here.")
    })?;
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
    let opened = exposure.opened.iter().map(|it| reach("opened", it));
    let shares = exposure.shares.iter().map(|it| reach("with-others", it));
    let pins = exposure
        .pins
        .iter()
        .map(|it| shared("pin", &format!("{}:{}", it.kind, it.id), "", (it.first.seq, it.last.seq, it.valid)));
    let numbers =
        exposure.numbers.iter().map(|it| shared("number", &it.whose, &it.number, (it.first.seq, it.last.seq, it.valid)));
    let devices = exposure.devices.iter().map(|it| shared("device", &it.name, "", (it.first.seq, it.last.seq, it.active)));
    let written = exposure.written_down.iter().map(written_down);
    alone.chain(opened).chain(shares).chain(pins).chain(numbers).chain(devices).chain(written).collect()
}

fn written_down(task: &Task) -> Vec<String> {
    let (id, version) = match &task.rotate {
        Rotate::Credential { id, version } => (id.to_string(), version.to_string()),
        Rotate::BridgePin { id, .. } => (format!("bridge:{id}"), String::new()),
        Rotate::VendorPin { id, .. } => (format!("vendor:{id}"), String::new()),
    };
    let (since, by) = (task.since.to_string(), task.by.to_string());
    vec!["written-down".to_owned(), id, version, task.why.clone(), since, by, "valid".to_owned()]
}
