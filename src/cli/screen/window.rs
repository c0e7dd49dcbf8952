//! The screens of `kit window`: the list, and one window on one screen.

use super::{Act, Layout, Screen, Standing, Table, keep};
use crate::{
    answer::{Clock, Decision, FallsIn, RoleCard, Stage, WHOLE, WindowCard, WindowLine},
    team::Part as Role,
};

/// Most lines of the screen, at 80 columns.
const LINES_MAX: usize = 24;
/// Columns for which it is measured, whatever the terminal has: the same things are shown on all.
const COLUMNS_MEASURED: usize = 80;

/// A part of the screen, and how soon it gives way: the highest first.
struct Part<'a> {
    gives_way: u8,
    lay: Box<dyn Fn(&mut Screen) + 'a>,
}

/// The screen of one window.
pub(crate) fn window(screen: &mut Screen, card: &WindowCard, is_all: bool, standing: &Standing) {
    let mut parts = parts(card, standing);
    let mut is_cut = false;
    while !is_all && measure(&parts, standing) > LINES_MAX {
        let last = parts.iter().map(|part| part.gives_way).max().filter(|last| *last > 0);
        let Some(last) = last else { break };
        parts.retain(|part| part.gives_way != last);
        is_cut = true;
    }
    parts.iter().for_each(|part| (part.lay)(screen));
    standing.close(screen);
    if is_cut {
        screen.plain(&format!("There is more: {}", keep(&format!("kit window {} --all", card.plan.line.id))));
    }
}

/// The list of all windows.
pub(crate) fn windows(screen: &mut Screen, lines: &[WindowLine], standing: &Standing) {
    let old = standing.old();
    let (verb, name, when) = match lines.first().filter(|line| line.stage != Stage::Over) {
        Some(line) if line.stage == Stage::Running => ("RUNNING", line.name.as_str(), format!("until {}", keep(&line.end_clock))),
        Some(line) => ("NEXT", line.name.as_str(), keep(&line.start_clock)),
        None => ("NOTHING", "runs, and nothing is ahead", String::new()),
    };
    screen.act(&Act { verb, name: Some(name), support: vec![old, when], ..Act::default() });
    screen.blank();
    let mut table = Table::new(["Window", "Starts", "Ends", "State"], 2);
    for line in lines {
        table.row([keep(&line.id), keep(&line.start_clock), keep(&line.end_clock), keep(&line.state)]);
    }
    if !lines.is_empty() {
        screen.table(&table);
    }
    standing.close(screen);
}

/// What stands on the screen, in its order: when, who decides, by which rules, then who, then what gives way first.
fn parts<'a>(card: &'a WindowCard, standing: &'a Standing) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    let mut put = |gives_way: u8, lay: Box<dyn Fn(&mut Screen) + 'a>| parts.push(Part { gives_way, lay });
    let (line, plan) = (&card.plan.line, &card.plan);
    // Ahead, the start matters most; afterwards it is history.
    let (starts, ends) = if line.stage == Stage::Ahead { (0, 5) } else { (7, 0) };
    put(0, Box::new(|screen| head(screen, card, standing)));
    put(starts, Box::new(|screen| screen.row("Starts", clocks(card, &line.start_clock, |clock| &clock.start))));
    put(ends, Box::new(|screen| screen.row("Ends", clocks(card, &line.end_clock, |clock| &clock.end))));
    put(0, Box::new(|screen| decides(screen, card)));
    put(1, Box::new(|screen| screen.rows("Roll back if", &plan.rollback)));
    put(2, Box::new(|screen| screen.row("Go or no-go", plan.go_no_go.as_deref().unwrap_or_default())));
    put(3, Box::new(|screen| screen.row("Announced", plan.announce.as_deref().unwrap_or_default())));
    put(4, Box::new(|screen| screen.row("Not needed", not_needed(card))));
    put(0, Box::new(|screen| people(screen, card)));
    put(6, Box::new(|screen| screen.rows("Note", &falls_in(card))));
    put(8, Box::new(|screen| screen.row("Rehearsed", rehearsed(card))));
    put(9, Box::new(|screen| screen.row("Released by", released(card))));
    put(10, Box::new(|screen| screen.row("Systems", card.systems.join(", "))));
    put(11, Box::new(|screen| screen.row("Acknowledge", names(&card.acknowledge))));
    put(12, Box::new(|screen| screen.row("Also running", card.also_running.join(", "))));
    put(12, Box::new(|screen| screen.rows("Decisions", &in_words(card))));
    put(12, Box::new(|screen| screen.rows("Conditions", &conditions(card))));
    parts
}

/// The lines of a screen of these parts, with the one that says what is left out.
fn measure(parts: &[Part<'_>], standing: &Standing) -> usize {
    let mut screen = Screen::new(Layout { columns: COLUMNS_MEASURED, accessible: false, ascii: false });
    parts.iter().for_each(|part| (part.lay)(&mut screen));
    standing.close(&mut screen);
    screen.into_lines().len() + 1
}

fn head(screen: &mut Screen, card: &WindowCard, standing: &Standing) {
    let old = standing.old();
    let line = &card.plan.line;
    let state = line.state.trim_start_matches("running, ");
    let (verb, when) = match line.stage {
        Stage::Running => ("RUNNING", format!("until {}, {state}", keep(&line.end_clock))),
        Stage::Ahead => ("AHEAD", state.to_owned()),
        Stage::Over => ("OVER", state.to_owned()),
    };
    screen.act(&Act { verb, name: Some(&line.name), support: vec![old, when], ..Act::default() });
    screen.blank();
}

/// A time here, then on the other clocks.
fn clocks(card: &WindowCard, here: &str, pick: fn(&Clock) -> &String) -> String {
    let there = card.clocks.iter().map(|clock| keep(&format!("{} {}", shorter(pick(clock), here), clock.place)));
    std::iter::once(keep(here)).chain(there).collect::<Vec<_>>().join(", ")
}

/// A time without its date where that is the same as here: `05:00`, `Mon 04:00`.
fn shorter(clock: &str, here: &str) -> String {
    let (Some((date, time)), Some((own, _))) = (clock.rsplit_once(' '), here.rsplit_once(' ')) else { return clock.to_owned() };
    let weekday = date.split(' ').next().unwrap_or_default();
    if date == own { time.to_owned() } else { format!("{weekday} {time}") }
}

/// Everybody with a part; who has none stands in a row of their own.
fn people(screen: &mut Screen, card: &WindowCard) {
    let mut table = Table::new(["Who", "Part", "What"], 3);
    for person in card.people.iter().filter(|person| person.part != Role::NotNeeded) {
        table.row([keep(&person.call.name), keep(person.part.word()), what(person)]);
    }
    if !table.is_empty() {
        screen.blank();
        screen.table(&table);
        screen.blank();
    }
}

fn not_needed(card: &WindowCard) -> String {
    let about = |person: &RoleCard| match what(person) {
        what if what.is_empty() => keep(&person.call.name),
        what => format!("{} ({what})", keep(&person.call.name)),
    };
    let people = card.people.iter().filter(|person| person.part == Role::NotNeeded);
    people.map(about).collect::<Vec<_>>().join(", ")
}

fn what(person: &RoleCard) -> String {
    let when = (person.when != WHOLE).then(|| keep(&person.when));
    when.into_iter().chain(person.does.clone()).collect::<Vec<_>>().join(": ")
}

/// Who is in charge, then who decides what; the number of whoever is in charge stands there once.
fn decides(screen: &mut Screen, card: &WindowCard) {
    let in_charge = card.decides.iter().find(|it| it.is_lead).and_then(|it| it.line.first()).map(|step| &step.call.id);
    let who = |decision: &Decision| {
        let mut steps = decision.line.steps.iter();
        let Some(first) = steps.next() else { return "nobody can be called".to_owned() };
        let number = first.call.shown().filter(|_| decision.is_lead || in_charge != Some(&first.call.id));
        let number = number.map(|number| format!(" {}", keep(number))).unwrap_or_default();
        let then: Vec<String> = steps.map(|step| keep(&step.call.name)).collect();
        let then = if then.is_empty() { String::new() } else { format!(", then {}", then.join(", ")) };
        format!("{}{number}{then}", keep(&first.call.name))
    };
    for decision in &card.decides {
        match decision.is_lead {
            true => screen.row("In charge", who(decision)),
            false => screen.row("Decides", format!("{}: {}", decision.id, who(decision))),
        }
    }
}

fn in_words(card: &WindowCard) -> Vec<String> {
    card.decides.iter().filter(|it| !it.is_lead).map(|it| format!("{}: {}", it.id, it.decision)).collect()
}

fn conditions(card: &WindowCard) -> Vec<String> {
    let all = card.decides.iter().flat_map(|it| {
        let limits = it.limits.iter().map(move |limits| format!("{}: {limits}", it.id));
        it.conditions.iter().map(move |condition| format!("{}: {condition}", it.id)).chain(limits)
    });
    all.collect()
}

fn rehearsed(card: &WindowCard) -> String {
    let days: Vec<String> = card.rehearsals.iter().map(|it| keep(&it.day)).collect();
    match (days.is_empty(), card.not_rehearsed.is_empty()) {
        (true, _) => "never".to_owned(),
        (false, true) => format!("{}, by everybody who is needed", days.join(", ")),
        (false, false) => format!("{}, without {}, who must be there", days.join(", "), names(&card.not_rehearsed)),
    }
}

/// Who releases whom: `Chris Lindqvist (Alice Okafor, Bob Reyes)`.
fn released(card: &WindowCard) -> String {
    let mut by: Vec<(&String, Vec<String>)> = Vec::new();
    for person in &card.people {
        let Some(name) = &person.released_by else { continue };
        match by.iter_mut().find(|(other, _)| *other == name) {
            Some((_, whom)) => whom.push(person.call.name.clone()),
            None => by.push((name, vec![person.call.name.clone()])),
        }
    }
    by.iter().map(|(name, whom)| format!("{} ({})", keep(name), names(whom))).collect::<Vec<_>>().join("; ")
}

fn falls_in(card: &WindowCard) -> Vec<String> {
    let line = |it: &FallsIn| format!("{}: {}, {}", keep(&it.days), it.what, names(&it.who));
    card.falls_in.iter().map(line).collect()
}

fn names(names: &[String]) -> String {
    names.iter().map(|name| keep(name)).collect::<Vec<_>>().join(", ")
}
