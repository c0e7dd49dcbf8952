//! `kit publish`: the team directory becomes the next kit.

use std::{collections::BTreeSet, path::PathBuf};

use clap::Args;

use crate::{
    appoint::roots_of,
    authored,
    bundle::limits::BUNDLE_BYTES_MAX,
    cli::{
        failure::Failure,
        out::Out,
        publishing::{Theirs, brought, let_in, opened, overtaken, published, take_back, tell_openings, would_publish},
        session::Session,
    },
    disk,
    key::{DeviceKey, DeviceKeyError, Signer},
    publish::{self, PublishError},
    reach::Route,
    republish::republish,
    source::{Address, Bounds},
    store::LOCK_WAIT_S,
    undo::undoings,
    vouch,
};

/// Check, seal and sign a team directory, and put it where members look for it
///
/// Examples:
///   kit publish team --to /mnt/share/kit
///   kit publish team --dry-run
///
/// Places that were published to once are remembered. The first decides between two who publish at the same time, the
/// others follow. Nothing is published while the directory has mistakes, while somebody else published something newer, or
/// where it would undo what others published since you last did: bring the directory up to date first (git pull). Whoever
/// can read the kit who could not before has to be accepted: by kit member add on this machine, by typing the code shown,
/// or with --ack-recipients CODE. Exit status 7 when it is published, but not at every place: --mirrors brings those up.
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
    /// Bring places that are behind up to the kit that is current here; no new one is made
    #[arg(long, conflicts_with = "dry_run")]
    mirrors: bool,
    /// Accept the new readers that this code stands for
    #[arg(long, value_name = "CODE")]
    ack_recipients: Option<String>,
    /// Undo what others published, exactly what this code stands for
    #[arg(long, value_name = "CODE")]
    undo: Option<String>,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let roots = roots_of(&arguments.dir)?;
    let today = session.moment().here().date();
    let mut store = session.store_of(roots.kit())?;
    let base = session.folder()?;
    let known = store.settings()?.sources;
    let mut places = known.clone();
    for place in &arguments.to {
        let place = Address::parse(place, &base)?.to_string();
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let now = session.moment().now;
    let outside = session.context.outside.clone();
    let route = Route { places: &places, base: &base, outside: &outside };
    let is_watched = session.context.terminal.asks;
    let dir = arguments.dir.display().to_string();
    if arguments.mirrors {
        let kit = republish(&mut store, route, now, telling("Publishing to", is_watched, session.out))?;
        return brought(&kit, (&dir, &known), &mut session);
    }
    // The reader and the signing key open with one passphrase. Nobody says it for what is refused anyway.
    let sealed_key = store.device_key()?;
    let key = if arguments.dry_run {
        None
    } else {
        if places.is_empty() {
            return Err(PublishError::NoPlace.into());
        }
        authored::load(&arguments.dir, today)?;
        let text = String::from_utf8_lossy(&sealed_key);
        let is_wrong = |error: &DeviceKeyError| matches!(error, DeviceKeyError::WrongPassphrase);
        Some(session.opened_with(|passphrase| DeviceKey::unseal(&text, passphrase), is_wrong)?)
    };
    let opened = opened(&store, &session.context.children, key.as_ref().map(|(_, passphrase)| passphrase))?;
    let before = opened.as_ref().map(|(_, reading)| &reading.team);
    let explain = |error, session: &mut Session<'_>| match error {
        PublishError::Behind { place, theirs, ours } => {
            let theirs = Theirs { place: &place, kit: &theirs, ours: &ours };
            overtaken(&theirs, opened.as_ref(), known.contains(&place), &dir, session)
        }
        error => error.into(),
    };
    let looking = telling("Looking at", is_watched, session.out);
    let prepared = publish::prepare(&store, &arguments.dir, route, before, today, looking);
    let mut prepared = prepared.map_err(|error| explain(error, &mut session))?;
    if !session.out.is_json() {
        prepared.changes.iter().for_each(|change| session.out.say(format!("  {}", change.line())));
    }
    if let Some((identity, reading)) = &opened {
        let undoings = undoings(&store, reading, identity, &prepared.team)?;
        take_back(&undoings, arguments.undo.as_deref(), &dir, &mut session)?;
    }
    if let Some(opened) = &opened {
        tell_openings(&store, opened, &mut prepared, (route, arguments.dry_run), &mut session)?;
    }
    let Some((key, _)) = key else { return would_publish(&prepared, &mut session) };
    let_in(&prepared.unvouched, arguments.ack_recipients.as_deref(), &mut session)?;
    let signer = Signer::device(key);
    let changes = prepared.changes.clone();
    // What is no longer in it has to be accepted anew should it come back.
    let accepted = vouch::of_all(&prepared.team, &prepared.roots);
    let publishing = telling("Publishing to", is_watched, session.out);
    let kit = publish::publish(&mut store, prepared, &[&signer], now, publishing);
    let kit = kit.map_err(|error| explain(error, &mut session))?;
    let lock = store.lock(LOCK_WAIT_S)?;
    // Read anew: somebody may have set something meanwhile. A place that was never reached is not remembered.
    let mut settings = store.settings()?;
    let fresh = kit.places.iter().filter(|place| !known.contains(place) && !settings.sources.contains(place));
    let fresh: Vec<String> = fresh.cloned().collect();
    settings.sources.extend(fresh);
    settings.acknowledged = accepted;
    settings.directory = disk::real(&arguments.dir)?.to_str().map(str::to_owned).or(settings.directory);
    store.set_settings(&lock, &settings)?;
    drop(lock);
    published(&kit, &changes, (&dir, &settings.sources), &mut session)
}

/// Bounds for each place, and a line about it to whoever waits.
fn telling<'o>(what: &'static str, is_watched: bool, out: &'o mut Out) -> impl FnMut(&str) -> Bounds + 'o {
    let mut told = BTreeSet::new();
    move |place| {
        if is_watched && told.insert(place.to_owned()) {
            out.say(format!("{what} {place} …"));
        }
        Bounds::of(BUNDLE_BYTES_MAX as u64)
    }
}
