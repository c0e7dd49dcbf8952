//! Who is away on a day, from what people wrote down and from calendars.

use jiff::{ToSpan, civil::Date};

use super::{CalendarKind, Id, NamedDays, Person, Team};

/// An absence that covers a day, with those that follow it without a day between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Away<'a> {
    /// The last day away.
    pub until: Date,
    /// Who stands in.
    pub delegate: Option<&'a Id<Person>>,
    /// Why, in words that may be shown.
    pub why: Option<&'a str>,
}

/// One absence, from wherever it was written.
#[derive(Clone, Copy)]
struct Span<'a> {
    from: Date,
    until: Date,
    delegate: Option<&'a Id<Person>>,
    why: Option<&'a str>,
}

impl Team {
    /// Whether a person is away on a day of their own zone, and until when.
    pub fn away<'a>(&'a self, person: &'a Person, day: Date) -> Option<Away<'a>> {
        let covers = |day: Date| spans(self, person).filter(move |span| span.from <= day && day <= span.until);
        let first = covers(day).max_by_key(|span| (span.delegate.is_some(), span.until))?;
        let mut until = first.until;
        // Holidays right after sick days: back after both. One pass over the later ones, however many follow each other.
        let later = spans(self, person).filter(|span| span.from <= span.until && first.until < span.until);
        let mut later: Vec<(Date, Date)> = later.map(|span| (span.from, span.until)).collect();
        later.sort_unstable();
        for (from, to) in later {
            if until.tomorrow().map_or(true, |back| back < from) {
                break;
            }
            until = until.max(to);
        }
        Some(Away { until, delegate: first.delegate, why: first.why })
    }

    /// The days on which somebody's absences begin, and those after their last day, between two days.
    pub fn absence_edges(&self, person: &Person, from: Date, to: Date) -> Vec<Date> {
        let edges = spans(self, person).flat_map(|span| [span.from, span.until.saturating_add(1.day())]);
        edges.filter(|day| from <= *day && *day <= to).collect()
    }

    /// Holidays and observances of a person's calendars on a day.
    pub fn named_days<'a>(&'a self, person: &'a Person, day: Date) -> impl Iterator<Item = (CalendarKind, &'a NamedDays)> {
        let calendars = person.calendars.iter().filter_map(|id| self.calendars.get(id));
        calendars
            .filter(|calendar| calendar.kind != CalendarKind::Absences)
            .flat_map(move |calendar| calendar.on(day).map(|days| (calendar.kind, days)))
    }
}

fn spans<'a>(team: &'a Team, person: &'a Person) -> impl Iterator<Item = Span<'a>> {
    let written = person.absences.iter().map(|absence| Span {
        from: absence.from,
        until: absence.until,
        delegate: absence.delegate.as_ref(),
        why: absence.why.as_deref(),
    });
    let calendars = person.calendars.iter().filter_map(|id| team.calendars.get(id));
    let kept = calendars.filter(|calendar| calendar.kind == CalendarKind::Absences).flat_map(|calendar| &calendar.days);
    written.chain(kept.map(|days| Span { from: days.from, until: days.until, delegate: None, why: Some(days.name.as_str()) }))
}
