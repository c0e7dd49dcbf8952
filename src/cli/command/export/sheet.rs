//! `kit export sheet`: whom to call, on paper.

use clap::{Args, ValueEnum};
use jiff::{ToSpan, tz::TimeZone};

use crate::{
    cli::{
        complete::names,
        failure::Failure,
        find::find,
        printing::{self, Job, Printing, Written, deliver, hand_over, midnight},
        session::Session,
    },
    export::{About, Look, Outgoing, sheet, sheet_html, sheet_pages, sheet_text},
    print::sheet_id,
    store::SheetKind,
    team::{Id, Thing},
};

/// Days after which a sheet is replaced, whatever changed.
const REPLACE_DAYS: i32 = 30;

/// Whom to call, on paper: bridges with their PINs, people in order, what to use instead, who decides; and a page of codes
///
/// Examples:
///   kit export sheet
///   kit export sheet payments-db --copies "desk 4" --copies safe
///   kit export sheet --format text --out - | lp
///
/// Of everybody, of one system, of one window, or of those who have a name among their teams. Phones take people into their
/// contacts from the codes. kit status says when a sheet is out of date, kit sheets lists them.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// A system, a window, or a part of the team; without it, everybody
    #[arg(value_name = "NAME", add = names(&[Thing::System, Thing::Window]))]
    name: Option<String>,
    /// As a PDF, as text for a plain printer, or as one page for a browser
    #[arg(long, value_enum, default_value_t = Format::Pdf)]
    format: Format,
    /// Without the page of codes
    #[arg(long)]
    no_qr: bool,
    /// Home numbers and suppliers' PINs too
    #[arg(long)]
    private: bool,
    #[command(flatten)]
    printing: Printing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Pdf,
    Text,
    Html,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let (store, reading, reader) = session.read_with_key()?;
    let (head, team) = (reading.generation.verified().head(), &reading.team);
    let (kit, now) = (store.trust().pin.kit.clone(), session.moment().now);
    let kit_text = kit.to_string();
    let out = Outgoing { team, kit: &kit_text, seq: head.seq, created: head.created, now, private: arguments.private };
    let part = arguments
        .name
        .as_ref()
        .filter(|name| team.people.values().any(|person| person.teams.iter().any(|team| team.eq_ignore_ascii_case(name))));
    let found = match &arguments.name {
        Some(name) if part.is_none() => {
            Some(find(&mut session, &reading, name, &[Thing::System, Thing::Window], "export sheet")?)
        }
        _ => None,
    };
    let system = found.as_ref().filter(|found| found.kind == Thing::System).and_then(|found| Id::parse(&found.id).ok());
    let window = found.as_ref().filter(|found| found.kind == Thing::Window).and_then(|found| Id::parse(&found.id).ok());
    let about = match (&part, &system, &window) {
        (Some(part), ..) => About::Part(part),
        (_, Some(id), _) => About::System(id),
        (.., Some(id)) => About::Window(id),
        _ => About::Team,
    };
    let replace_by = midnight(now.to_zoned(TimeZone::UTC).date().saturating_add(REPLACE_DAYS.days()));
    let made = sheet(out, about, replace_by);
    let facts = made.facts();
    let says: Vec<String> = facts.iter().map(|(what, says)| format!("{what} {says}")).collect();
    let content: Vec<&str> = [made.about.as_str()].into_iter().chain(says.iter().map(String::as_str)).collect();
    let id = sheet_id(&kit, head.seq, SheetKind::Sheet, &content);
    let name = made.about.clone();
    let job = Job { kind: SheetKind::Sheet, about: &name, seq: head.seq, replace_by, facts };
    let (text, ending) = match arguments.format {
        Format::Pdf => (None, "pdf"),
        Format::Text => (Some(sheet_text(&made, &id)), "txt"),
        Format::Html => (Some(sheet_html(&made, &id)), "html"),
    };
    if let Some(text) = text {
        let what = format!("{} to call", made.people.len());
        let file = Written { id: &id, ending, bytes: text.as_bytes(), what: &what, warnings: &[] };
        return hand_over(&mut session, &file, (&store, &reader), &arguments.printing, job);
    }
    let settings = store.settings()?;
    let given = arguments.printing.fonts(&session)?;
    let fonts = printing::fonts(&given)?;
    let look = Look {
        id: &id,
        paper: arguments.printing.paper(),
        codes: !arguments.no_qr,
        by: settings.person.as_str(),
        copies: &arguments.printing.copies,
        team: &team.name,
    };
    let document = sheet_pages(&made, look, &fonts);
    deliver(&mut session, (&document, &fonts), (&store, &reader), &arguments.printing, job)
}
