//! What the page of a sealed credential says, from the kit; then it is printed.

use jiff::{ToSpan, civil::Date, tz::TimeZone};

use super::Arguments;
use crate::{
    cli::{
        failure::Failure,
        opening::Open,
        printing::{self, Job, deliver, midnight},
        session::Session,
    },
    enclose::{Enclosed, PASSPHRASE_WORDS},
    export::{SealedPage, sealed_page},
    open,
    print::sheet_id,
    remember::Facts,
    store::SheetKind,
    team::{Kind, Person},
};

/// Days after which a page is replaced, whatever changed.
const REPLACE_DAYS: i32 = 90;

/// Prints it, once its codes were read back.
///
/// # Errors
/// When it cannot be printed or written.
pub(super) fn print(session: &mut Session<'_>, open: &Open, enclosed: &Enclosed, arguments: &Arguments) -> Result<(), Failure> {
    let chosen = &open.chosen;
    let (reading, team, store) = (&chosen.reading, &chosen.reading.team, &chosen.store);
    let (id, me, now) = (chosen.id()?, store.settings()?.person, session.moment().now);
    let head = reading.generation.verified().head();
    let (version, mark) = chosen.capsule().map(|capsule| (capsule.version, capsule.mark())).unwrap_or_default();
    let label = team.credentials.get(&id);
    let owner = label.and_then(|label| label.owner.as_ref()).and_then(|owner| team.people.get(owner));
    let number = |person: &Person| person.numbers.iter().find(|number| number.kind != Kind::Home).cloned();
    let number = owner.and_then(number);
    let last = now.to_zoned(TimeZone::UTC).date().saturating_add(REPLACE_DAYS.days());
    let rotate_by = label.and_then(|label| label.rotate_by).filter(|day| *day > now.to_zoned(TimeZone::UTC).date());
    let replace_by: Date = rotate_by.map_or(last, |day| day.min(last));
    let sheet = sheet_id(&store.trust().pin.kit, head.seq, SheetKind::Sealed, &[id.as_str(), &version.to_string()]);
    let names: Vec<&str> = open.revealed.fields.iter().map(|field| field.name.as_str()).collect();
    let sha256 = enclosed.sha256.to_string();
    let page = SealedPage {
        id: &sheet,
        credential: id.as_str(),
        title: &chosen.card.title,
        version,
        mark: &mark,
        fields: names
            .into_iter()
            .filter(|name| arguments.field.is_empty() || arguments.field.iter().any(|it| it == name))
            .collect(),
        sealed: now.strftime("%-d %b %Y %H:%M UTC").to_string(),
        by: team.person_name(&me),
        replace_by,
        tell: owner.map(|owner| (owner.name.as_str(), number.as_ref().map(|it| (it.read_aloud(), it.e164.as_str())))),
        rotate_within_h: team.policy.rotate_within_h,
        copies: &arguments.printing.copies,
        words_with: arguments.held_by.as_deref(),
        words: PASSPHRASE_WORDS,
        needs: &chosen.card.needs,
        code: &enclosed.code,
        lines: &enclosed.lines,
        sha256: &sha256,
    };
    let given = arguments.printing.fonts(session)?;
    let fonts = printing::fonts(&given)?;
    let document = sealed_page(&page, arguments.printing.paper(), &fonts);
    let facts = Facts::from([(format!("credential:{id}"), format!("version {version}"))]);
    let job = Job { kind: SheetKind::Sealed, about: id.as_str(), seq: head.seq, replace_by: midnight(replace_by), facts };
    let children = session.context.children.clone();
    let reader = open::reader(store, &children, || session.passphrase())?;
    deliver(session, (&document, &fonts), (store, &reader), &arguments.printing, job)
}
