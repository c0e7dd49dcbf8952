//! Calendars, as they are written: days from a file of the directory, or public ones that come with the program.
//!
//! What a kit holds are days, already worked out for a while: nobody looks anything up, and no reader needs a rule.

mod expand;
mod ics;
mod observances;
mod public;

use jiff::{ToSpan, civil::Date};

use super::{
    context::{Spot, Subject},
    draft::is_calendar,
    duties::about,
    item::Item,
    nearest::nearest,
    problem::{count, quoted},
    rule::Rule,
};
use crate::team::{Calendar, CalendarKind, Id, NamedDays};

pub(super) const CALENDAR: &[&str] = &["id", "name", "aliases", "kind", "file", "public"];

const KINDS: [(&str, CalendarKind); 3] =
    [("holidays", CalendarKind::Holidays), ("observances", CalendarKind::Observances), ("absences", CalendarKind::Absences)];

/// Days before today that a kit holds: a month, so that a reader with an old kit still sees them.
const PAST_DAYS: i32 = 31;
/// Days after today that a kit holds: a year and a half, more than any plan for nights.
const FUTURE_DAYS: i32 = 550;
/// How far ahead a calendar of holidays or observances has to know, in days.
const KNOWN_DAYS: i32 = 30;

/// A fault in a calendar file.
pub(super) struct Fault {
    at: usize,
    rule: Rule,
    message: String,
    hint: Option<String>,
}

/// The days that are worked out, both included.
#[derive(Clone, Copy)]
struct Reach {
    from: Date,
    until: Date,
}

impl Reach {
    fn around(today: Date) -> Self {
        Self { from: today.saturating_sub(PAST_DAYS.days()), until: today.saturating_add(FUTURE_DAYS.days()) }
    }

    fn touches(self, from: Date, until: Date) -> bool {
        from <= self.until && self.from <= until
    }
}

pub(super) fn calendar(item: &Item<'_>, of: Option<&Subject>) -> Option<(Id<Calendar>, Calendar)> {
    let id = item.id("germany");
    let name = item.full_name("name", of, "Public holidays in Germany");
    let aliases = item.aliases(of);
    item.must("kind", "\"holidays\"");
    let kind = item.word("kind", &KINDS);
    let reach = Reach::around(item.cx.today);
    let days = match (item.has("file"), item.has("public")) {
        (true, false) => from_file(item, of, reach),
        (false, true) => from_public(item, kind, reach),
        (true, true) => {
            let message = "a calendar comes from \"file\" or from \"public\", not from both".to_owned();
            item.fail(Rule::Twice, item.spot_at("public"), message, Some("Take one of them away.".to_owned()));
            None
        }
        (false, false) => {
            if !item.means("file") && !item.means("public") && !item.failed() {
                let hint = "Add  file = \"calendars/absences.ics\"  or  public = \"DE\"".to_owned();
                item.fail(
                    Rule::MissingKey,
                    item.spot(),
                    "this [calendar] has no \"file\" and no \"public\"".to_owned(),
                    Some(hint),
                );
            }
            None
        }
    };
    let (kind, days) = (kind?, days?);
    ends_soon(item, of, kind, &days);
    Some((id?, Calendar { name: name?, aliases, kind, days }))
}

fn from_public(item: &Item<'_>, kind: Option<CalendarKind>, reach: Reach) -> Option<Vec<NamedDays>> {
    let (text, spot) = item.raw_text("public")?;
    let Some(country) = public::country(text) else {
        let codes = || public::countries();
        // GB is what ISO 3166 calls it, and UK what everybody does.
        let meant = match text.len() {
            _ if text.eq_ignore_ascii_case("UK") => Some("GB"),
            // The code of three letters has one too many; two other letters are another country.
            3 => nearest(text, codes()),
            _ => codes().find(|code| text.eq_ignore_ascii_case(code)),
        };
        let hint = match meant {
            Some(meant) => format!("Did you mean {}?", quoted(meant)),
            None => format!("It can be {}. For others, keep an .ics file here.", codes().collect::<Vec<_>>().join(", ")),
        };
        item.fail(Rule::Word, spot, format!("no public calendar is called {}", quoted(text)), Some(hint));
        return None;
    };
    match kind? {
        CalendarKind::Holidays => Some(public::holidays(country, reach)),
        CalendarKind::Observances => Some(observances::observances(country, reach)),
        CalendarKind::Absences => {
            let message = "public calendars are holidays or observances: nobody's absences are public".to_owned();
            item.fail(Rule::Word, item.spot_at("kind"), message, Some("Say  kind = \"holidays\"  here.".to_owned()));
            None
        }
    }
}

/// The days of a file of this directory; what the walk did not find is not read, whatever a path may lead to (D17).
fn from_file(item: &Item<'_>, of: Option<&Subject>, reach: Reach) -> Option<Vec<NamedDays>> {
    let (name, spot) = item.raw_text("file")?;
    let draft = item.cx.draft;
    let found = draft.files.iter().position(|file| file.name == name && is_calendar(&file.name));
    let Some((at, file)) = found.and_then(|at| Some((at, draft.files.get(at)?))) else {
        item.fail_silently();
        if let Some(unread) = draft.unread_calendars.iter().find(|unread| unread.file == name) {
            item.cx.report_unplaced(unread.clone());
            return None;
        }
        let known = draft.files.iter().map(|file| file.name.as_str()).filter(|name| is_calendar(name));
        let hint = match nearest(name, known) {
            Some(meant) => format!("Did you mean {}?", quoted(meant)),
            None => "Name an .ics file of this directory by its path below it:  file = \"calendars/absences.ics\"".to_owned(),
        };
        item.fail(Rule::Dangling, spot, format!("there is no calendar file {} in this directory", quoted(name)), Some(hint));
        return None;
    };
    let known_name = item.raw_text("name").map_or(name, |(name, _)| name);
    let (events, mut faults) = ics::events(&file.text);
    // Of a file that is torn the rest would be an echo.
    let found = if faults.is_empty() { expand::expand(&events, known_name, reach) } else { expand::Expansion::default() };
    faults.extend(found.faults);
    if !faults.is_empty() {
        item.fail_silently();
    }
    // A file that two calendars name is faulty once: equal findings are one.
    for fault in faults.into_iter().take(FAULTS_MAX) {
        item.cx.report(fault.rule, Spot { file: at, at: fault.at }, None, fault.message, fault.hint);
    }
    if let Some(first) = found.part_days.first() {
        let message = match found.part_days.len() {
            1 => "this event is not a whole day, left out".to_owned(),
            more => format!("{} are not a whole day, left out: this is the first", count(more, "event")),
        };
        let hint = "If it matters, make it an event of whole days in the calendar program.".to_owned();
        item.cx.report(Rule::PartDay, Spot { file: at, at: *first }, about(of), message, Some(hint));
    }
    Some(found.days)
}

fn ends_soon(item: &Item<'_>, of: Option<&Subject>, kind: CalendarKind, days: &[NamedDays]) {
    if kind == CalendarKind::Absences || item.failed() {
        return;
    }
    let last = days.iter().map(|days| days.until).max();
    // The next holiday may be months away; that the last one is past is what tells.
    let key = if item.has("file") { "file" } else { "public" };
    if last.is_none_or(|last| last < item.cx.today.saturating_add(KNOWN_DAYS.days())) {
        let message = match last {
            Some(last) => format!("this calendar knows nothing after {last}"),
            None => "this calendar knows no day from last month on".to_owned(),
        };
        let hint = "Put a newer file in its place, or a newer kit program.".to_owned();
        item.cx.report(Rule::CalendarOver, item.spot_at(key), about(of), message, Some(hint));
    }
}

/// Most faults named in one file: what is no calendar at all needs no thousand lines to say so.
const FAULTS_MAX: usize = 20;
