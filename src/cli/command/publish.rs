//! `kit publish`: the team directory becomes the next kit.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::{
    answer::Change,
    appoint::roots_of,
    authored,
    cli::{
        accept,
        failure::{Failure, Kind},
        session::Session,
    },
    key::{DeviceKey, Signer},
    open,
    publish::{self, Published},
    source::Address,
    store::{LOCK_WAIT_S, StoreError},
    vouch,
};

/// Check, seal and sign a team directory, and put it where members look for it
///
/// Examples:
///   kit publish team --to /mnt/share/kit
///   kit publish team --dry-run
///
/// Places that were published to once are remembered. Nothing is published while the directory has mistakes, or while
/// somebody else published something newer. Whoever can read the kit who could not before has to be accepted: by
/// kit member add on this machine, by typing the code shown, or with --ack-recipients CODE.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The team directory
    dir: PathBuf,
    /// A place to publish to, remembered from then on; several for mirrors
    #[arg(long, value_name = "PLACE")]
    to: Vec<String>,
    /// Say what would change, and publish nothing
    #[arg(long)]
    dry_run: bool,
    /// Accept the new readers that this code stands for
    #[arg(long, value_name = "CODE")]
    ack_recipients: Option<String>,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    published: bool,
    seq: u64,
    places: &'a [String],
    changes: &'a [Change],
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let roots = roots_of(&arguments.dir)?;
    let mut store = session.store_of(roots.kit())?;
    let base = session.folder()?;
    let mut settings = store.settings()?;
    let known = settings.sources.clone();
    for place in &arguments.to {
        let place = Address::parse(place, &base)?.to_string();
        if !settings.sources.contains(&place) {
            settings.sources.push(place);
        }
    }
    let today = session.moment().here().date();
    // The reader and the signing key open with one passphrase, asked for at most once.
    let sealed_key = store.device_key()?;
    let passphrase = if arguments.dry_run { None } else { Some(session.passphrase()?) };
    let before = match open::open(&store, &session.context.children, || passphrase.clone().ok_or(())) {
        Ok(reading) => Some(reading.team),
        Err(open::OpenError::Store(StoreError::Empty { .. })) => None,
        Err(open::OpenError::Declined(())) => None,
        Err(error) => {
            return Err(error
                .map_declined(|()| Failure::usage("the contacts are locked.").hint("To open them: kit unlock"))
                .into());
        }
    };
    let prepared =
        publish::prepare(&store, &arguments.dir, &settings.sources, &base, &session.context.outside, before.as_ref(), today)?;
    if !session.out.is_json() {
        prepared.changes.iter().for_each(|change| session.out.say(format!("  {}", change.line())));
    }
    if arguments.dry_run {
        return finish(None, &prepared.changes, prepared.seq, &mut session);
    }
    accept::accept(&prepared.unvouched, arguments.ack_recipients.as_deref(), &mut session)?;
    let passphrase = passphrase.expect("asked for above unless this is a dry run");
    let signer = Signer::device(DeviceKey::unseal(&String::from_utf8_lossy(&sealed_key), &passphrase)?);
    let changes = prepared.changes.clone();
    // What is no longer in it has to be accepted anew should it come back.
    settings.acknowledged = vouch::of_all(&prepared.team, &prepared.roots);
    let published = publish::publish(&mut store, prepared, &[&signer], session.moment().now)?;
    // A place that was never reached is not remembered.
    settings.sources.retain(|source| known.contains(source) || published.places.contains(source));
    let lock = store.lock(LOCK_WAIT_S)?;
    store.set_settings(&lock, &settings)?;
    drop(lock);
    let seq = published.seq;
    finish(Some(&published), &changes, seq, &mut session)
}

fn finish(published: Option<&Published>, changes: &[Change], seq: u64, session: &mut Session<'_>) -> Result<(), Failure> {
    let places = published.map(|published| published.places.as_slice()).unwrap_or_default();
    if session.out.is_json() {
        let answer = Answer { schema: "kit.publish/1", published: published.is_some(), seq, places, changes };
        return session.out.json(&answer);
    }
    let Some(published) = published else {
        session
            .out
            .line(format!("WOULD PUBLISH  kit {seq}, {}. Nothing was published.", authored::count(changes.len(), "change")));
        return Ok(());
    };
    let size = published.bytes.div_ceil(1024);
    let readers = authored::count(published.readers, "device");
    session.out.line(format!("PUBLISHED  kit {seq}   {size} KB, {readers} can read it"));
    session.out.lines(places.iter().map(|place| format!("  at       {place}")));
    if changes.is_empty() && seq > 1 {
        session.out.line("  Nothing changed since the kit before: it is signed anew.");
    }
    session.out.line("  Members get it with: kit sync");
    let Some((place, error)) = published.failed.first() else { return Ok(()) };
    let failure = Failure::new(Kind::NoSource, format!("published, but not to every place. {place}: {error}."));
    Err(failure.hint("Members who look there get the kit before. When it is back, publish again: kit publish DIR"))
}
