//! The screens of `kit authority`: who decides now, and who if they cannot be reached.

use super::{
    Act, Screen, Standing, Table,
    call::{self, dial, in_charge, nobody_but, said},
    keep,
    line::{about_the_line, calls, checks, fastest},
};
use crate::answer::{Decision, Delegated, InCharge, Step};

/// The screen of one decision.
pub(crate) fn authority(screen: &mut Screen, decision: &Decision, what_if: Option<&str>, standing: &Standing) {
    let old = standing.old();
    match (&decision.not_now, decision.line.first()) {
        (Some(not_now), _) => {
            let support = vec![not_now.clone(), old];
            screen.act(&Act { verb: "NOT NOW", name: Some(&decision.id), support, ..Act::default() });
            if let Some(charge) = &decision.in_charge {
                in_charge(screen, charge, String::new());
            }
        }
        (None, Some(step)) => decides(screen, decision, step, old),
        (None, None) => nobody(screen, decision, old),
    }
    screen.blank();
    screen.row("What if", what_if.unwrap_or_default());
    screen.blank();
    let decides = if decision.not_now.is_some() { "Would decide" } else { "Decides" };
    calls(screen, decides, &decision.line, usize::MAX, None);
    about_the_line(screen, &decision.line, None);
    decision.line.lost.iter().for_each(|lost| screen.row("Lost", lost));
    screen.row("Decision", &decision.decision);
    for (index, condition) in decision.conditions.iter().enumerate() {
        screen.row(if index == 0 { "Only if" } else { "and" }, condition);
    }
    screen.row("Limits", decision.limits.as_deref().unwrap_or_default());
    screen.row("Holds", holds(decision));
    if let Some(delegation) = &decision.delegation {
        screen.row("Delegated", format!("to {} until {}{}", delegation.to, keep(&delegation.until_clock), about(delegation)));
    }
    if let Some(next) = &decision.next_delegation {
        let (from, until) = (keep(&next.from_clock), keep(&next.until_clock));
        screen.row("Next", format!("delegated to {} from {from} until {until}{}", next.to, about(next)));
    }
    screen.blank();
    fastest(screen, &decision.line);
    checks(screen, &decision.line.steps);
    standing.close(screen);
}

/// The screen of all decisions.
pub(crate) fn authorities(
    screen: &mut Screen,
    decisions: &[Decision],
    charge: Option<&InCharge>,
    what_if: Option<&str>,
    standing: &Standing,
) {
    let old = standing.old();
    match charge {
        Some(charge) => in_charge(screen, charge, old),
        None => call::nobody(screen, "can be called as the one in charge", vec![old]),
    }
    screen.blank();
    screen.row("What if", what_if.unwrap_or_default());
    screen.blank();
    let mut table = Table::new(["Decision", "Decides now", "Number", "Then"], 3).spilling(["then"]);
    for decision in decisions.iter().filter(|decision| decision.not_now.is_none()) {
        let mut steps = decision.line.steps.iter();
        let first = steps.next();
        let name = first.map_or_else(|| "nobody is left".to_owned(), |step| said(&step.call));
        let number = first.map(|step| dial(&step.call)).unwrap_or_default();
        let then: Vec<String> = steps.map(|step| keep(&step.call.name)).collect();
        table.row([decision.id.clone(), keep(&name), number, then.join(", ")]);
    }
    if !table.is_empty() {
        screen.table(&table);
        screen.blank();
    }
    for decision in decisions {
        if let Some(not_now) = &decision.not_now {
            screen.row("Not now", format!("{}: {not_now}", decision.id));
        }
    }
    if let Some(first) = decisions.first() {
        screen.text(&format!("Conditions and limits of one: {}", keep(&format!("kit authority {}", first.id))));
    } else {
        screen.text("No decision is written down in this kit.");
    }
    standing.close(screen);
}

/// `CALL  Chris Lindqvist   +1 202 555 0131   decides: Calls the rollback`, or the short name of a long decision.
fn decides(screen: &mut Screen, decision: &Decision, step: &Step, old: String) {
    let number = step.call.shown().unwrap_or_default().to_owned();
    let name = &said(&step.call);
    let long = format!("decides: {}", decision.decision);
    let line = [
        vec!["CALL".to_owned(), name.clone(), number.clone()],
        [old.clone(), long.clone()].into_iter().filter(|it| !it.is_empty()).collect(),
    ];
    let says = if screen.has_room(&line.concat()) { long } else { format!("decides: {}", decision.id) };
    screen.act(&Act { verb: "CALL", name: Some(name), number: Some(&number), support: vec![old, says] });
}

fn nobody(screen: &mut Screen, decision: &Decision, old: String) {
    let left = format!("is left for {}", decision.id);
    match &decision.in_charge {
        Some(charge) => nobody_but(screen, &left, &charge.call, old),
        None => call::nobody(screen, &left, vec![old, decision.rendezvous.clone().unwrap_or_default()]),
    }
}

/// For which window, and until when.
fn holds(decision: &Decision) -> String {
    let window = decision.window.as_ref().map_or_else(|| "always".to_owned(), |name| format!("for {name}"));
    match decision.until_clock.as_ref().filter(|_| decision.not_now.is_none()) {
        Some(until) => format!("{window}, until {}", keep(until)),
        None => window,
    }
}

fn about(delegation: &Delegated) -> String {
    let parts = [&delegation.limits, &delegation.why];
    parts.into_iter().flatten().map(|text| format!(", {text}")).collect()
}
