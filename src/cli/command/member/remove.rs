//! `kit member remove`: somebody leaves; what they could read becomes tasks.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::{
    answer::{self, Exposure, Scene, TaskCard, WhatIf},
    appoint::roots_of,
    cli::{complete::names, explain::nobody, failure::Failure, holding, session::Session},
    leave::{self, Leaver},
    open,
    recall::all_kept,
    team::{Id, Person, Thing},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Who leaves
    #[arg(add = names(&[Thing::Person]))]
    person: String,
    /// The team directory
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Who takes over what cannot be without anybody: decisions, credentials, tools
    #[arg(long, value_name = "OTHER", add = names(&[Thing::Person]))]
    to: Option<String>,
    /// Say what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    written: bool,
    files: &'a [String],
    tiers: Vec<&'a str>,
    tasks: &'a [TaskCard],
    exposure: &'a Exposure,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let (person, heir) = (id(&arguments.person)?, arguments.to.as_deref().map(id).transpose()?);
    let store = session.store_of(roots_of(&arguments.dir)?.kit())?;
    let children = session.context.children.clone();
    let mut said = None;
    let reader = open::reader::<Failure>(&store, &children, || {
        let passphrase = session.passphrase()?;
        said = Some(passphrase.clone());
        Ok(passphrase)
    })?;
    let (kept, closed) = all_kept(&store, &reader)?;
    let (now, today) = (session.moment().now, session.moment().here().date());
    let leaver = Leaver { person: &person, heir: heir.as_ref(), reader: &reader, now, today };
    let newest = kept.last().map(|kit| &kit.team).filter(|_| !arguments.dry_run);
    let signed = holding::signed_where_it_opens((&store, newest), &person, said, &mut session)?;
    let hand = signed.as_ref().map(|(passphrase, reading)| {
        let why = ("member remove", format!("{person} left"), session.when());
        holding::hand((&store, reading), &reading.team.devices, passphrase, why)
    });
    let hand = hand.transpose()?.flatten();
    let leaving = leave::prepare(&store, (&kept, &arguments.dir), leaver, hand.as_ref())?;
    let files: Vec<String> = if arguments.dry_run {
        leaving.changes().into_iter().map(|change| change.file).collect()
    } else {
        leaving.write(&store, &arguments.dir)?
    };
    let (what_if, moment) = (WhatIf::default(), session.moment().clone());
    let all = answer::tasks(Scene { team: &leaving.team, moment: &moment, what_if: &what_if });
    let tasks: Vec<TaskCard> =
        all.into_iter().filter(|card| leaving.tasks.iter().any(|it| it.rotate == card.task.rotate)).collect();
    if session.out.is_json() {
        let tiers = leaving.tiers.iter().map(|(id, _)| id.as_str()).collect();
        let (written, exposure) = (!arguments.dry_run, &leaving.exposure);
        return session.out.json(&Answer {
            schema: "kit.member-remove/1",
            written,
            files: &files,
            tiers,
            tasks: &tasks,
            exposure,
        });
    }
    let verb = if arguments.dry_run { "WOULD REMOVE" } else { "REMOVED" };
    let name = &leaving.exposure.name;
    session.out.line(format!("{verb}  {name} ({person})   {} to change   {}", tasks.len(), arguments.dir.display()));
    if arguments.dry_run {
        for change in leaving.changes() {
            session.out.lines(difference(&change.file, change.before.as_deref(), change.after.as_deref()));
        }
    } else {
        session.out.lines(files.iter().map(|file| format!("  wrote {file}")));
    }
    session.out.lines(leaving.tiers.iter().map(|(id, version)| format!("  tier {id}: key {version}, for those who stay")));
    for (id, tier) in leaving.tiers.iter().filter_map(|(id, _)| leaving.team.tiers.get_key_value(id)) {
        holding::thin(&mut session, (id, tier), &leaving.team, &arguments.dir);
    }
    if !arguments.dry_run {
        holding::stays(&mut session, &leaving.left, &arguments.dir);
        holding::receipts(&mut session, &leaving.recorded);
    }
    for (head, is_pin) in [("  To rotate:", false), ("  PINs to change:", true)] {
        let group: Vec<&TaskCard> = tasks.iter().filter(|card| (card.kind != "credential") == is_pin).collect();
        if !group.is_empty() {
            session.out.line(head);
            session.out.lines(group.into_iter().map(line));
        }
    }
    session
        .out
        .line("  Keys to take away elsewhere: the repository of this directory, the places it is published to, their accounts.");
    session.out.line("  Removal revokes the future, not the past: what they had opens with what they have.");
    if !closed.is_empty() {
        session
            .out
            .line(format!("  {} kept here did not open, and were not looked at.", crate::authored::count(closed.len(), "kit")));
    }
    session.out.line(format!("  It counts from the next kit on: kit publish {}", arguments.dir.display()));
    Ok(())
}

fn line(card: &TaskCard) -> String {
    let version = card.version.map(|version| format!(" value {version}")).unwrap_or_default();
    let call = card.call.as_ref().map(|call| format!("   call {}   {}", call.name, call.shown().unwrap_or("(no number)")));
    format!("    {}{version}   by {}{}", card.id, card.by, call.unwrap_or_default())
}

/// The lines of a file that go and come, as many as stand between what is the same at both ends.
fn difference(file: &str, before: Option<&str>, after: Option<&str>) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.unwrap_or_default().lines().collect(), after.unwrap_or_default().lines().collect());
    let head = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let most = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(one, other)| one == other).count();
    let middle = |lines: &[&str], sign: char| -> Vec<String> {
        lines.iter().take(lines.len() - tail).skip(head).map(|line| format!("    {sign} {line}")).collect()
    };
    [vec![format!("  {file}")], middle(&old, '-'), middle(&new, '+')].concat()
}

fn id(text: &str) -> Result<Id<Person>, Failure> {
    Id::parse(text).map_err(|error| nobody(text, &error))
}
