//! A line-up on a screen: its table of calls, and what there is to say of it below.

use super::{
    Screen, Table,
    call::{ago, checked_when, days_ago, dial, first_name, local, said, short},
    keep,
};
use crate::answer::{Call, LineUp, Step};

/// Everybody of a line under a head, in order, with when to try the next one; at most so many.
pub(super) fn calls(screen: &mut Screen, head: &str, line: &LineUp, most: usize, dialled_from: Option<&str>) {
    if line.steps.is_empty() {
        return;
    }
    let with_parts = line.steps.iter().any(|step| step.part.is_some());
    let mut heads = vec![keep(&format!("   {head}")), "Number".to_owned(), "There now".to_owned()];
    heads.extend(if with_parts { vec!["From".to_owned(), "Part".to_owned()] } else { vec![keep("If no answer")] });
    let words = if with_parts { ["", "from", ""] } else { ["", "", ""] };
    let mut table = Dialled::new(screen, heads, dialled_from, words);
    for (index, step) in line.steps.iter().enumerate().take(most) {
        let name = keep(&format!("{}  {}", step.position, said(&step.call)));
        let mut row = vec![name, dial(&step.call), local(&step.call.there)];
        if with_parts {
            let from = if index == 0 { "now".to_owned() } else { keep(&step.from_clock) };
            row.extend([from, step.part.clone().unwrap_or_default()]);
        } else {
            row.push(if index == 0 { keep("ring again at once") } else { format!("from {}", keep(&step.from_clock)) });
        }
        table.row(row, step.dial.as_deref());
    }
    table.close(screen);
    screen.blank();
}

/// Everybody of a line with when their number was checked, then what there is to say of it; `own` is the rota that the screen
/// is about.
pub(super) fn line_up(screen: &mut Screen, line: &LineUp, own: Option<&str>) {
    let mut steps = Table::new([keep("   Call").as_str(), "Number", "There now", "Checked"], 2).spilling(["", "checked"]);
    for step in &line.steps {
        let name = format!("{}  {}", step.position, said(&step.call));
        steps.row([keep(&name), dial(&step.call), short(&step.call.there), checked_when(&step.call)]);
    }
    if !steps.is_empty() {
        screen.table(&steps);
        screen.blank();
    }
    about_the_line(screen, line, own);
}

/// What there is to say of a line beside its calls: turns, days that matter, who is skipped and why, what nobody knows. The
/// rota `own` is not named again.
pub(super) fn about_the_line(screen: &mut Screen, line: &LineUp, own: Option<&str>) {
    for step in &line.steps {
        if let (Some(rota), Some(until)) = (&step.rota, &step.on_until_clock) {
            let swap = step.stands_in_for.as_ref().map(|name| format!(", for {name}")).unwrap_or_default();
            let rota = if own == Some(rota) { String::new() } else { format!(" ({rota})") };
            screen.row("On duty", format!("{} until {}{rota}{swap}", keep(&step.call.name), keep(until)));
        }
    }
    for step in line.steps.iter().filter(|step| !step.today.is_empty()) {
        screen.row("Today there", format!("{}: {}", keep(&step.call.name), step.today.join(", ")));
    }
    for skipped in &line.skipped {
        let delegate = match (&skipped.stand_in, &skipped.delegate) {
            (Some(stand_in), _) => format!("; {} stands in", keep(stand_in)),
            (None, Some(delegate)) => format!("; {} stands in, and cannot be called either", keep(delegate)),
            (None, None) => String::new(),
        };
        let reason = skipped.why.reason().map(|reason| format!(" ({reason})")).unwrap_or_default();
        screen.row("Skipped", format!("{}, {}{reason}{delegate}", keep(&skipped.name), skipped.why.text()));
    }
    for unknown in &line.unknown {
        screen.row("Unknown", unknown);
    }
}

/// Whoever is awake and comes earliest, while the order stays as it was agreed.
pub(super) fn fastest(screen: &mut Screen, line: &LineUp) {
    if let Some(step) = line.fastest_awake() {
        let Step { call: Call { name, there, .. }, .. } = step;
        screen.text(&format!("Fastest awake: {} ({} there). Order above is the agreed one.", keep(name), there.part.word()));
    }
}

/// When and by whom each number was checked; what is stale stands first and in words.
pub(super) fn checks(screen: &mut Screen, steps: &[Step]) {
    let (mut by_others, mut by_owners) = (Vec::new(), Vec::new());
    for Step { call: Call { name, number, .. }, .. } in steps {
        let Some(number) = number else { continue };
        match &number.checked {
            None => screen.text(&format!("STALE: nobody has checked the number of {}.", keep(name))),
            Some(check) if number.stale => {
                screen.text(&format!("STALE: the number of {} was checked {}.", keep(name), ago(check)))
            }
            Some(check) if check.by.as_ref() == Some(name) => by_owners.push(format!("{} {}", first_name(name), days_ago(check))),
            Some(check) => by_others.push(format!("{} {}", first_name(name), ago(check))),
        }
    }
    let owners = if by_owners.len() > 1 { "by their owners" } else { "by the owner" };
    let owners = (!by_owners.is_empty()).then(|| format!("{owners}: {}", by_owners.join(", ")));
    let checks: Vec<String> = (!by_others.is_empty()).then(|| by_others.join(", ")).into_iter().chain(owners).collect();
    if !checks.is_empty() {
        let number = if by_others.len() + by_owners.len() > 1 { "Numbers" } else { "Number" };
        let colon = if by_others.is_empty() { " " } else { ": " };
        screen.text(&format!("{number} checked{colon}{}.", checks.join("; ")));
    }
}

/// A table of calls; where it is asked what to dial, the digits stand below each number, or behind it when it is read aloud.
pub(super) struct Dialled<'a> {
    table: Table,
    columns: usize,
    country: Option<&'a str>,
    beside: bool,
}

impl<'a> Dialled<'a> {
    /// A table of these heads; `words` stand before what has no room, from the third column on.
    pub(super) fn new(screen: &Screen, mut heads: Vec<String>, country: Option<&'a str>, words: [&'static str; 3]) -> Self {
        let (columns, beside) = (heads.len(), country.is_some() && screen.accessible);
        heads.extend(country.filter(|_| beside).map(|country| format!("Dial in {country}")));
        Self { table: Table::new(heads, 2).spilling(words), columns, country, beside }
    }

    pub(super) fn row(&mut self, mut row: Vec<String>, digits: Option<&str>) {
        let digits = digits.map(keep).unwrap_or_default();
        if self.beside {
            row.push(digits);
            return self.table.row(row);
        }
        self.table.row(row);
        if !digits.is_empty() {
            let mut below = vec![String::new(); self.columns];
            below.iter_mut().skip(1).take(1).for_each(|cell| cell.clone_from(&digits));
            self.table.row(below);
        }
    }

    pub(super) fn close(self, screen: &mut Screen) {
        screen.table(&self.table);
        if let Some(country) = self.country.filter(|_| !self.beside) {
            screen.text(&format!("Below each number: what to dial in {country}."));
        }
    }
}
