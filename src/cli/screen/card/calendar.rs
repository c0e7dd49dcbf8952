//! The screen of a calendar.

use crate::{
    answer::CalendarCard,
    cli::screen::{Act, Screen, Table, keep},
    team::CalendarKind,
};

pub(super) fn calendar(screen: &mut Screen, card: &CalendarCard, old: String) {
    let next = card.days.first().map(|days| format!("{}: {}", days.text, days.name));
    screen.act(&Act {
        verb: "NEXT",
        name: Some(next.as_deref().unwrap_or("no day is left in this calendar")),
        support: vec![old, card.name.clone()],
        ..Act::default()
    });
    screen.blank();
    let mut days = Table::new(["Days", "What"], 2);
    for next in &card.days {
        days.row([keep(&next.text), next.name.clone()]);
    }
    if !days.is_empty() {
        screen.table(&days);
        screen.blank();
    }
    let means = match card.means {
        CalendarKind::Holidays => "public holidays",
        CalendarKind::Observances => "days worth knowing before a call",
        CalendarKind::Absences => "days away",
    };
    let says_it = card.name.to_lowercase().contains(means);
    screen.row("Calendar", if says_it { card.name.clone() } else { format!("{}: {means}", card.name) });
    screen.row("Whose", card.people.join(", "));
}
