//! `kit export archive`: the whole kit on paper, for a safe.

use clap::Args;
use jiff::{ToSpan, tz::TimeZone};

use crate::{
    bundle::archive::small,
    cli::{
        failure::{Failure, Kind},
        printing::{self, Job, Printing, deliver, midnight},
        session::Session,
    },
    compare::archive_facts,
    export::{ArchiveFacts, archive, archive_codes},
    print::sheet_id,
    store::SheetKind,
};

/// The whole kit, encrypted as it is, as codes on two pages at most: for a safe
///
/// Examples:
///   kit export archive --copies safe
///   kit import --scan page1.jpg page2.jpg
///
/// Whoever scans it needs a key that opens the kit, and checks it like any other. One code in six may be lost. A kit that is too
/// large for two pages is refused: put it on a stick, with kit export bundle.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(flatten)]
    printing: Printing,
}

/// Days after which an archive is replaced, whatever changed.
const REPLACE_DAYS: i32 = 90;

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let (store, reading, reader) = session.read_with_key()?;
    let (kit, now, verified) = (store.trust().pin.kit.clone(), session.moment().now, reading.generation.verified());
    let head = verified.head();
    let bytes = small(verified, &reader).map_err(|error| {
        Failure::new(Kind::CannotOpen, format!("the kit could not be made small: {error}.")).hint("Look at it: kit status")
    })?;
    let label = kit.to_string().to_ascii_uppercase();
    let codes = archive_codes(&label, &bytes).map_err(|error| {
        Failure::new(Kind::No, format!("this kit is too large for two pages: {error}."))
            .hint("On a stick instead: kit export bundle PLACE")
            .hint("Whom to call, on paper: kit export sheet")
    })?;
    let today = now.to_zoned(TimeZone::UTC).date();
    let replace_by = today.saturating_add(REPLACE_DAYS.days());
    let facts = archive_facts(head.seq);
    let id = sheet_id(&kit, head.seq, SheetKind::Archive, &[head.created.to_string().as_str()]);
    let given = arguments.printing.fonts(&session)?;
    let fonts = printing::fonts(&given)?;
    let by = store.settings()?.person;
    let day = |date: jiff::civil::Date| date.strftime("%-d %b %Y").to_string();
    let about = ArchiveFacts {
        team: reading.team.name.clone(),
        kit: kit.to_string(),
        seq: head.seq,
        signed: head.created.strftime("%-d %b %Y %H:%M UTC").to_string(),
        devices: reading.team.devices.len(),
        id: id.clone(),
        printed: format!("{} by {by}", day(today)),
        replace_by: day(replace_by),
        copies: arguments.printing.copies.clone(),
    };
    let document = archive(&about, &codes, arguments.printing.paper(), &fonts);
    let name = reading.team.name.clone();
    let job = Job { kind: SheetKind::Archive, about: &name, seq: head.seq, replace_by: midnight(replace_by), facts };
    deliver(&mut session, (&document, &fonts), (&store, &reader), &arguments.printing, job)
}
