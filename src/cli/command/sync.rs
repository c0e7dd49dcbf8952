//! `kit sync`: the newest kit from where the team keeps it.

use clap::Args;
use serde::Serialize;

use super::ack;
use crate::{
    answer::Change,
    bundle::limits::BUNDLE_BYTES_MAX,
    cli::{
        explain::STILL_WORKS,
        failure::{Failure, Kind},
        session::Session,
    },
    open,
    source::{Address, Bounds},
    store::{Accepted, LOCK_WAIT_S},
    sync::{self, Outcome, Synced},
};

/// Get the newest kit from the places where the team publishes it
///
/// Examples:
///   kit sync
///   kit sync --from /media/stick
///
/// Takes only what is signed by the team's publishers and not older than what is here. Without a network or with a bad
/// source nothing changes, and the kit here goes on working.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Look here, this once, instead of at the remembered places
    #[arg(long, value_name = "PLACE")]
    from: Option<String>,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    updated: bool,
    seq: u64,
    source: &'a str,
    changes: &'a [Change],
    sources: Vec<Asked<'a>>,
    delivered: usize,
}

/// How one source did.
#[derive(Serialize)]
struct Asked<'a> {
    source: &'a str,
    problem: Option<String>,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let mut store = session.store()?;
    let base = session.folder()?;
    let sources = match &arguments.from {
        Some(place) => vec![Address::parse(place, &base)?.to_string()],
        None => store.settings()?.sources,
    };
    if sources.is_empty() {
        return Err(Failure::usage("this kit has no place to look for newer ones yet.")
            .hint("This once:  kit sync --from PLACE")
            .hint("Always:     kit source add PLACE"));
    }
    let now = session.moment().now;
    let before = session.read_without_asking(&store);
    let synced = sync::sync(&mut store, &sources, &base, &session.context.outside, now, |_| Bounds::of(BUNDLE_BYTES_MAX as u64))?;
    let Some((source, accepted)) = &synced.taken else { return Err(nothing_usable(&synced)) };
    let after = session.read_without_asking(&store);
    if let Ok(reading) = &after
        && reading.unopened.is_none()
    {
        let lock = store.lock(LOCK_WAIT_S)?;
        store.remember(&lock, now, Some(reading.stanza), &[])?;
    }
    let changes = match (&before, &after) {
        (Ok(before), Ok(after)) => sync::changes(before, after),
        _ => Vec::new(),
    };
    let generation = store.current()?;
    let verified = generation.verified();
    let delivery = ack::carry(&store, &synced.answered(), &base, &session)?;
    if session.out.is_json() {
        let asked = synced.answers.iter().map(|answer| Asked { source: &answer.source, problem: answer.outcome.problem() });
        return session.out.json(&Answer {
            schema: "kit.sync/1",
            updated: *accepted == Accepted::New,
            seq: verified.seq(),
            source,
            changes: &changes,
            sources: asked.collect(),
            delivered: delivery.count(),
        });
    }
    headline(&synced, source, *accepted, verified.seq(), &mut session);
    session.out.lines(changes.iter().map(|change| format!("  {}", change.line())));
    // By the names that were known before: a new kit could give its signer any.
    let signed: Vec<String> = match before.as_ref().or(after.as_ref()) {
        Ok(reading) => verified.signers().iter().map(|key| open::name_of_key(&reading.team, key)).collect(),
        Err(_) => verified.signers().iter().map(crate::key::VerifyKey::fingerprint).collect(),
    };
    session.out.line(format!("  signed   {}, {}   OK", signed.join(", "), verified.head().created));
    ack::say(&delivery, &mut session);
    for answer in &synced.answers {
        if let Some(problem) = answer.outcome.problem() {
            session.out.say(format!("kit: {}: {problem}", answer.source));
        }
    }
    match after {
        // It is signed and newer, so it stays; but it is no use here, and that is no success.
        Ok(open::Reading { unopened: Some(error), .. }) => return Err(error.into()),
        Err(open::OpenError::Declined(())) => {
            session.out.say("Contacts are locked, so what changed is not shown. To open them: kit unlock");
        }
        Err(error) => {
            return Err(error
                .map_declined(|()| Failure::usage("the contacts are locked.").hint("To open them: kit unlock"))
                .into());
        }
        Ok(_) => {}
    }
    Ok(())
}

fn headline(synced: &Synced, source: &str, accepted: Accepted, seq: u64, session: &mut Session<'_>) {
    let bytes = synced.answers.iter().find_map(|answer| match &answer.outcome {
        Outcome::Kit { bytes, .. } if answer.source == source => Some(*bytes),
        _ => None,
    });
    let size = bytes.map(|bytes| format!("   {} KB", bytes.div_ceil(1024))).unwrap_or_default();
    session.out.line(match (accepted, &synced.before) {
        (Accepted::New, Some(before)) => format!("UPDATED  kit {} -> {seq} from {source}{size}", before.seq),
        (Accepted::New, None) => format!("UPDATED  kit {seq} from {source}{size}"),
        (Accepted::AlreadyCurrent, _) => format!("UP TO DATE  kit {seq}, as at {source}"),
        (Accepted::Mended, _) => format!("MENDED  kit {seq} from {source}: the copy here was damaged and is whole again"),
    });
}

/// Why nothing was taken: not trusted when a source gave something wrong, else no source at all.
fn nothing_usable(synced: &Synced) -> Failure {
    let wrong = |outcome: &Outcome| matches!(outcome, Outcome::Refused(_) | Outcome::Older(_));
    let lines = synced.answers.iter().filter_map(|answer| Some(format!("{}: {}", answer.source, answer.outcome.problem()?)));
    let (kind, what) = if synced.answers.iter().any(|answer| wrong(&answer.outcome)) {
        (Kind::NotTrusted, "what the sources gave is not to be trusted. Nothing changed.".to_owned())
    } else {
        (Kind::NoSource, format!("no source gave a kit (tried {}). Nothing changed.", synced.answers.len()))
    };
    let works = if synced.before.is_some() { STILL_WORKS } else { "There is no kit on this machine yet." };
    lines
        .fold(Failure::new(kind, what), Failure::hint)
        .hint(works)
        .hint("Retry: kit sync     From a stick: kit sync --from PLACE")
}
