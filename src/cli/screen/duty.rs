//! The screen of `kit duty`: the verdict and its reason, then what follows from it.

use super::{
    Act, Screen, Standing,
    bridge::join,
    call::{called, said},
    keep,
};
use crate::{
    answer::{Because, Duty, NumberCard, Verdict, rank},
    team::{CalendarKind, Part},
};

/// Numbers that may ring, shown at most; the others stand in the full answer.
const CALLERS_MAX: usize = 4;

/// The screen of one person's duty.
pub(crate) fn duty(screen: &mut Screen, duty: &Duty, is_own: bool, assumed: &str, standing: &Standing) {
    let old = standing.age.on_first_line().map(|old| format!("({}) ", keep(&old))).unwrap_or_default();
    // Names stand in the reason: none of them begins a line.
    screen.wrapped(&format!("{}. ", duty.verdict.text()), "  ", &format!("{old}{}", duty.reason));
    if let Some(bridge) = &duty.join {
        join(screen, bridge, String::new());
    }
    if let Some(call) = &duty.ask {
        screen.act(&Act {
            verb: "ASK",
            name: Some(&said(call)),
            number: call.shown(),
            support: vec![format!("in charge now, {} there", call.there.time)],
        });
    }
    screen.blank();
    if !is_own {
        screen.row("About", format!("{} ({})", keep(&duty.name), duty.person));
    }
    screen.row("What if", assumed);
    screen.row("Now", now(duty));
    until(screen, duty);
    role(screen, duty);
    screen.rows(
        "Woken by",
        &duty.woken_by.iter().enumerate().map(|(index, way)| format!("{}  {way}", index + 1)).collect::<Vec<_>>(),
    );
    callers(screen, duty);
    released(screen, duty);
    let days: Vec<String> = duty
        .today
        .iter()
        .map(|day| format!("{}{}", day.name, if day.kind == CalendarKind::Holidays { " (public holiday)" } else { "" }))
        .collect();
    screen.row("Today", days.join(", "));
    standing.close(screen);
}

/// Who is called first, and where they come: `first is Bob Reyes (21:12 there). You: second, until Mon 09:00`.
fn now(duty: &Duty) -> String {
    let (Because::Behind { position, .. }, Some(first)) = (&duty.because, duty.before.first()) else { return String::new() };
    let until = duty.until.as_ref().map(|until| format!(", until {}", keep(&until.clock))).unwrap_or_default();
    format!("first is {} ({} there). You: {}{until}", keep(&first.name), first.there.time, rank(*position))
}

fn until(screen: &mut Screen, duty: &Duty) {
    let Some(until) = &duty.until else {
        let is_known = duty.because != Because::NotInTheKit;
        return screen.row("Until", if is_known { "further notice: no change within 14 days" } else { "" });
    };
    let then = if until.then == duty.verdict { "the same".to_owned() } else { keep(until.then.text()) };
    match duty.because {
        // Said already, beside who is first.
        Because::Behind { .. } => screen.row("Then", format!("{then}: {}", until.then_reason)),
        _ => screen.row("Until", format!("{}, then {then}: {}", keep(&until.clock), until.then_reason)),
    }
}

fn role(screen: &mut Screen, duty: &Duty) {
    let Some(role) = &duty.role else { return };
    let does = role.does.as_ref().map(|does| format!(": {does}")).unwrap_or_default();
    match (role.part, role.runs) {
        (Part::Needed, true) => screen.row("You do", role.does.as_deref().unwrap_or_default()),
        (Part::NotNeeded, _) => {}
        (Part::Needed, false) => {
            screen.row("Get up for", format!("{}, from {}{does}", role.window_name, keep(&role.from_clock)));
        }
        (Part::Standby, _) => screen.row("On standby", format!("in {}{does}", role.window_name)),
    }
    screen.row("Bring", role.bring.join(", "));
}

fn callers(screen: &mut Screen, duty: &Duty) {
    let mut lines: Vec<String> =
        duty.callers.iter().take(CALLERS_MAX).map(|it| format!("{}   {}", keep(&it.who), keep(&it.number.shown))).collect();
    let more = duty.callers.len().saturating_sub(CALLERS_MAX);
    if more > 0 {
        lines.push(format!("and {more} more, with --json"));
    }
    screen.rows("Calls from", &lines);
}

fn released(screen: &mut Screen, duty: &Duty) {
    let Some(call) = &duty.released_by else { return };
    let when = match &duty.role {
        Some(role) if role.part == Part::NotNeeded => return,
        Some(role) if duty.verdict != Verdict::Unknown => {
            if role.until < role.window_end {
                format!(", at the latest {}", keep(&role.until_clock))
            } else {
                format!(", at the end of window {} ({})", role.window, keep(&role.window_end_clock))
            }
        }
        _ => String::new(),
    };
    let is_listed = |number: &NumberCard| duty.callers.iter().take(CALLERS_MAX).any(|it| it.number.e164 == number.e164);
    let who = if call.number.as_ref().is_some_and(is_listed) { keep(&call.name) } else { called(call) };
    screen.row("Released by", format!("{who}{when}"));
}
