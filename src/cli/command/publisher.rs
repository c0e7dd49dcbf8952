//! `kit publisher`: whose signature makes a kit.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::{
    appoint::{self, roots_of},
    authored,
    cli::{
        complete::names,
        failure::{Failure, Kind},
        session::Session,
    },
    key::{DeviceKey, Signer, VerifyKey},
    store::LOCK_WAIT_S,
    team::{Device, Team, Thing},
    vouch,
};

/// Say who publishes, let another device publish, or end it
///
/// Examples:
///   kit publisher list --dir team
///   kit publisher add chris.lindqvist --dir team
///
/// A kit with one publisher stops when that laptop does: have two. Takes effect with the next kit publish.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Who publishes
    List {
        /// The team directory
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
    },
    /// Let a member's device publish
    Add {
        /// The member, or member/device where they have several
        #[arg(add = names(&[Thing::Person]))]
        member: String,
        /// The team directory
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
    },
    /// End a device's right to publish
    Remove {
        /// The member, member/device where they have several, or the key's fingerprint as kit publisher list shows it
        #[arg(add = names(&[Thing::Person]))]
        member: String,
        /// The team directory
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
    },
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    root_version: u32,
    threshold: u32,
    publishers: Vec<Publisher>,
}

/// One device that publishes.
#[derive(Serialize)]
struct Publisher {
    device: String,
    key: String,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let (Action::List { dir } | Action::Add { dir, .. } | Action::Remove { dir, .. }) = &arguments.action;
    let team = authored::load(dir, session.moment().here().date())?.team;
    let roots = match &arguments.action {
        Action::List { dir } => roots_of(dir)?,
        Action::Add { member, dir } => {
            let key = key_of(&team, member)?;
            appoint::appoint(dir, &key, &signer(dir, &mut session)?)?
        }
        Action::Remove { member, dir } => {
            // A device that has left the directory is still known by its key's fingerprint.
            let listed = roots_of(dir)?.last().publish_keys.iter().find(|key| key.fingerprint() == *member).cloned();
            let key = listed.map_or_else(|| key_of(&team, member), Ok)?;
            appoint::dismiss(dir, &key, &signer(dir, &mut session)?)?
        }
    };
    if !matches!(arguments.action, Action::List { .. }) {
        let store = session.store_of(roots.kit())?;
        let lock = store.lock(LOCK_WAIT_S)?;
        let mut settings = store.settings()?;
        settings.acknowledged.insert(vouch::of_roots(&roots));
        store.set_settings(&lock, &settings)?;
    }
    let owner = |key: &VerifyKey| {
        let device = team.devices.iter().find(|device| device.key == key.to_string());
        device.map_or_else(|| "nobody in the directory".to_owned(), |device| format!("{}/{}", device.person, device.name))
    };
    if session.out.is_json() {
        let publishers = roots.last().publish_keys.iter().map(|key| Publisher { device: owner(key), key: key.to_string() });
        return session.out.json(&Answer {
            schema: "kit.publishers/1",
            root_version: roots.last().version,
            threshold: roots.last().publish_threshold,
            publishers: publishers.collect(),
        });
    }
    session.out.line(format!("ROOT {}   {} of these sign a kit", roots.last().version, roots.last().publish_threshold));
    session.out.lines(roots.last().publish_keys.iter().map(|key| format!("  {:<32} {}", owner(key), key.fingerprint())));
    if !matches!(arguments.action, Action::List { .. }) {
        session.out.line(format!("  It counts from the next kit on: kit publish {}", dir.display()));
    }
    Ok(())
}

fn key_of(team: &Team, member: &str) -> Result<VerifyKey, Failure> {
    let (person, name) = member.split_once('/').map_or((member, None), |(person, name)| (person, Some(name)));
    let devices: Vec<&Device> = team
        .devices
        .iter()
        .filter(|device| device.person.as_str() == person && name.is_none_or(|name| name == device.name))
        .collect();
    match devices.as_slice() {
        [device] => VerifyKey::parse(&device.key)
            .map_err(|error| Failure::usage(format!("the key of {member}: {error}.")).hint("They join again: kit join INVITE")),
        [] => Err(Failure::new(Kind::NotFound, format!("{member} has no device in this directory."))
            .hint("They join first: kit join INVITE --as THEIR.ID, then kit member add REQUEST --dir DIR")),
        many => Err(many.iter().fold(
            Failure::new(Kind::Ambiguous, format!("{person} has {} devices; say which:", many.len())),
            |failure, device| failure.hint(format!("  {person}/{}", device.name)),
        )),
    }
}

/// This device's signing key, opened with the passphrase.
fn signer(dir: &std::path::Path, session: &mut Session<'_>) -> Result<Signer, Failure> {
    let store = session.store_of(roots_of(dir)?.kit())?;
    let sealed = store.device_key()?;
    let passphrase = session.passphrase()?;
    Ok(Signer::device(DeviceKey::unseal(&String::from_utf8_lossy(&sealed), &passphrase)?))
}
