//! `kit import --scan`: a kit from photographs of its paper, or a sealed page.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Arguments;
use crate::{
    cli::{
        failure::{Failure, Kind},
        report::{self, Report, Settled, settle},
        scanning::{self, Scanned},
        screen,
        session::Session,
    },
    code::parts::Set,
    open,
    scan::{self, Found},
    store::Store,
    sync,
};

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    #[serde(flatten)]
    scanned: &'a Scanned,
    /// What became of a kit.
    #[serde(skip_serializing_if = "Option::is_none")]
    kit: Option<&'a Report>,
    /// Where a sealed page was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    wrote: Option<String>,
}

pub(super) fn run(files: &[PathBuf], arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let (scanned, found) = scanning::read(files, &mut session)?;
    scanned.told().iter().for_each(|line| session.out.say(line));
    if found.sets.is_empty() && found.sealed.is_empty() {
        return Err(scanning::nothing(&scanned, &found));
    }
    let taken = if found.sets.is_empty() { None } else { Some(take(&found.sets, arguments, &mut session)?) };
    let wrote = match found.sealed.as_slice() {
        [] => None,
        [page] => Some(write(page, arguments, &session)?),
        _ => {
            return Err(Failure::usage(format!("there are {} sealed pages in these files.", found.sealed.len()))
                .hint("One at a time, each to a file of its own: kit import --scan FILE --out NAME.age"));
        }
    };
    answer(&scanned, taken, wrote, &found, session)
}

/// Judges the kits like those of any source, and takes the best.
fn take(sets: &[Set], arguments: &Arguments, session: &mut Session<'_>) -> Result<Settled, Failure> {
    let mut store = store_of(sets, session)?;
    let children = session.context.children.clone();
    let reader = open::reader(&store, &children, || session.passphrase())?;
    let mut given = Vec::new();
    let mut failed = None;
    for set in sets {
        match scan::restore(set, &reader) {
            Ok(bytes) => given.push((scanning::name(set), bytes)),
            Err(error) => failed = Some(scanning::not_restored(set, error, store.trust().pin.kit.as_str())),
        }
    }
    if let (true, Some(failure)) = (given.is_empty(), failed) {
        return Err(failure);
    }
    let heard = sync::given(&store, given)?;
    report::alarms(&heard).iter().for_each(|alarm| session.out.say(alarm));
    settle(session, &mut store, heard, arguments.dry_run, |_| Vec::new())
}

/// The kit here that the codes name, where there are several; else as always.
fn store_of(sets: &[Set], session: &Session<'_>) -> Result<Store, Failure> {
    let named = |id: &str| sets.iter().any(|set| id.to_ascii_uppercase().starts_with(set.kit()));
    let kits = session.home().ok().map(Store::list).transpose()?.unwrap_or_default();
    let mut kits = kits.iter().filter(|kit| named(kit.as_str()));
    match (kits.next(), kits.next(), &session.global.kit) {
        (Some(only), None, None) => session.store_of(only),
        _ => session.store(),
    }
}

fn write(page: &str, arguments: &Arguments, session: &Session<'_>) -> Result<String, Failure> {
    let path = session.folder()?.join(arguments.out.as_deref().unwrap_or(Path::new("sealed.age")));
    if !arguments.dry_run {
        scanning::write_new(&path, page.as_bytes())?;
    }
    Ok(path.display().to_string())
}

fn answer(
    scanned: &Scanned,
    taken: Option<Settled>,
    wrote: Option<String>,
    found: &Found,
    mut session: Session<'_>,
) -> Result<(), Failure> {
    let (kit, trouble) = taken.map_or((None, None), |Settled { report, trouble }| (Some(report), trouble));
    if session.out.is_json() {
        session.out.json(&Answer { schema: "kit.import-scan/1", scanned, kit: kit.as_ref(), wrote })?;
    } else {
        if let Some(report) = &kit {
            session.print(scanned, Vec::new, |lines| screen::sync(lines, report))?;
        }
        if let Some(path) = &wrote {
            session.out.lines([
                format!("WROTE  a sealed page to {path}"),
                "  Nothing of it was opened. Its passphrase opens it, with any age tool:".to_owned(),
                format!("    age -d {path}"),
            ]);
        }
        session
            .out
            .lines(found.others.iter().map(|text| format!("OTHER  a code that is not kit's, shown and not opened: {text}")));
    }
    match trouble {
        None => Ok(()),
        Some(open::OpenError::Declined(())) => {
            session.out.say("Contacts are locked, so what changed is not shown. To open them: kit unlock");
            Ok(())
        }
        Some(error) => Err(error
            .map_declined(|()| Failure::new(Kind::CannotOpen, "the contacts are locked.").hint("Open them: kit unlock"))
            .into()),
    }
}
