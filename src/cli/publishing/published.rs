//! What was published, where it is now, and where it is not.

use serde::Serialize;

use crate::{
    answer::Change,
    authored::count,
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    mirror::Published,
    publish::Prepared,
    source::named,
};

/// What the answers are called.
const SCHEMA: &str = "kit.publish/1";

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    published: bool,
    seq: u64,
    places: &'a [String],
    failed: Vec<Failed<'a>>,
    changes: &'a [Change],
}

/// A place that does not hold it.
#[derive(Serialize)]
struct Failed<'a> {
    place: &'a str,
    why: String,
}

/// What a publish would do.
pub(in crate::cli) fn would_publish(prepared: &Prepared, session: &mut Session<'_>) -> Result<(), Failure> {
    let (seq, changes) = (prepared.seq, &prepared.changes);
    if session.out.is_json() {
        let answer = Answer { schema: SCHEMA, published: false, seq, places: &[], failed: Vec::new(), changes };
        return session.out.json(&answer);
    }
    let changes = count(changes.len(), "change");
    session.out.line(format!("WOULD PUBLISH  kit {seq}, {changes}. Nothing was published."));
    Ok(())
}

/// A new kit is out.
pub(in crate::cli) fn published(
    kit: &Published,
    changes: &[Change],
    (dir, known): (&str, &[String]),
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    let is_anew = changes.is_empty() && kit.seq > 1;
    let note = is_anew.then_some("Nothing changed since the kit before: it is signed anew.");
    tell("PUBLISHED", kit, changes, note, (dir, known), session)
}

/// The current kit was brought to places that were behind.
pub(in crate::cli) fn brought(
    kit: &Published,
    (dir, known): (&str, &[String]),
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    tell("BROUGHT UP", kit, &[], Some("The kit as it was published, byte for byte."), (dir, known), session)
}

fn tell(
    verb: &str,
    kit: &Published,
    changes: &[Change],
    note: Option<&str>,
    (dir, known): (&str, &[String]),
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    let Published { seq, places, failed, .. } = kit;
    if session.out.is_json() {
        let failed = failed.iter().map(|(place, why)| Failed { place, why: why.to_string() }).collect();
        session.out.json(&Answer { schema: SCHEMA, published: true, seq: *seq, places, failed, changes })?;
    } else {
        let readers = count(kit.readers, "device");
        session.out.line(format!("{verb}  kit {seq}   {} KB, {readers} can read it", kit.bytes.div_ceil(1024)));
        session.out.lines(places.iter().map(|place| format!("  at       {place}")));
        session.out.lines(note.map(|note| format!("  {note}")));
        session.out.line("  Members get it with: kit sync");
    }
    if let Some(error) = &kit.not_kept {
        let what = format!("kit {seq} is published, but could not be kept on this machine: {error}.");
        return Err(Failure::usage(what).hint("Make room, then take it like everybody else: kit sync"));
    }
    if failed.is_empty() {
        return Ok(());
    }
    let what = format!("kit {seq} is published, but not at every place.");
    let failure = failed.iter().fold(Failure::new(Kind::NoSource, what), |failure, (place, why)| {
        failure.hint(format!("{}.", named(place, &why.to_string())))
    });
    let failure = failure.hint("Members who look only there do not get it.");
    // What never answered is not remembered, so it has to be named again.
    let fresh = failed.iter().filter(|(place, _)| !known.contains(place));
    let fresh: String = fresh.map(|(place, _)| format!(" --to {place}")).collect();
    Err(failure.hint(match fresh.as_str() {
        "" => format!("When they are back, bring them up: kit publish {dir} --mirrors"),
        fresh => format!("When that is mended: kit publish {dir}{fresh}"),
    }))
}
