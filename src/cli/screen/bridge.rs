//! The screen of `kit bridge`: the way in, the ladder below it with what falls marked, and what to say.

use super::{
    Act, Screen, Standing, Table,
    call::{act, ago, called, short},
    keep,
};
use crate::answer::{BridgeCard, Bridges};

/// How a code for a camera is drawn, where one is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeForm {
    /// Half blocks: two modules a character.
    Blocks,
    /// Where only ASCII can be shown: two columns and one line a module.
    Ascii,
}

/// The screen of `kit bridge`, and of a bridge that was looked up; with a code to dial when one is asked for.
pub(crate) fn bridges(screen: &mut Screen, answer: &Bridges, code: Option<CodeForm>, standing: &Standing) {
    way_in(screen, answer, standing.old());
    match code {
        Some(form) => dial(screen, answer, form),
        None => ladder(screen, answer),
    }
    screen.row("What if", &answer.assumed);
    standing.close(screen);
}

/// The first line: how to join, else where to meet, else whom to call.
pub(super) fn way_in(screen: &mut Screen, answer: &Bridges, old: String) {
    let none = if answer.ways.is_empty() { "no bridge is written down" } else { "no bridge is left" };
    match (&answer.join, &answer.meet, &answer.lead) {
        (Some(way), _, _) => join(screen, way, old),
        (None, Some(place), _) => {
            screen.act(&Act { verb: "MEET", name: Some(place), support: vec![old, none.to_owned()], ..Act::default() })
        }
        (None, None, Some(lead)) => act(screen, &lead.call, vec![old, format!("in charge; {none}")]),
        (None, None, None) => screen.act(&Act {
            verb: "NO WAY",
            name: Some(&format!("to meet: {none}")),
            support: vec![old, "call whom you know: kit lookup NAME".to_owned()],
            ..Act::default()
        }),
    }
}

/// The line that joins a bridge.
pub(super) fn join(screen: &mut Screen, bridge: &BridgeCard, old: String) {
    let pin = bridge.pin.as_ref().map(|pin| keep(&format!("PIN {pin}"))).unwrap_or_default();
    let what = if bridge.needs_only_a_phone() { "phone bridge, no internet needed".to_owned() } else { bridge.name.clone() };
    let number = bridge.numbers.first().map(|number| number.shown.as_str());
    let name = number.is_none().then(|| bridge.reach.as_deref().unwrap_or(&bridge.name));
    screen.act(&Act { verb: "JOIN", name, number, support: vec![pin, old, what] });
}

/// Everything below the first line but a code.
fn ladder(screen: &mut Screen, answer: &Bridges) {
    screen.blank();
    let is_marked = answer.ways.iter().any(|way| way.falls.is_some());
    let mut ways = Table::new([keep("   Way").as_str(), "How", if is_marked { "Needs, or why not" } else { "Needs" }], 3);
    for way in &answer.ways {
        let needs = way.falls.as_ref().map_or_else(|| way.needs.join(", "), |falls| falls.text.clone());
        ways.row([keep(&format!("{}  {}", way.rung, way.name)), how(way), needs]);
    }
    if !ways.is_empty() {
        screen.table(&ways);
        screen.blank();
    }
    if answer.join.is_some() {
        screen.row("Else meet", answer.meet.as_deref().unwrap_or_default());
    }
    if let Some(way) = &answer.join {
        for other in way.numbers.iter().skip(1) {
            screen.row("Other number", format!("{}   {}", keep(&other.shown), other.note.clone().unwrap_or_default()));
        }
        screen.row("Host key", way.host_key.as_deref().map(keep).unwrap_or_default());
    }
    if answer.join.is_some() || answer.meet.is_some() {
        screen.row("Say first", answer.say_first.as_deref().unwrap_or_default());
        if let Some(lead) = &answer.lead {
            screen.row("If no lead", format!("{}   {}", called(&lead.call), short(&lead.call.there)));
        }
    }
    if let Some(way) = &answer.join {
        screen.note(way.note.as_deref());
        screen.row("Tested", tested(way));
    }
}

/// The code that dials the way in, and what to key in after it.
fn dial(screen: &mut Screen, answer: &Bridges, form: CodeForm) {
    let way = answer.join.as_ref();
    let number = way.and_then(|way| way.numbers.first());
    let number = number.or_else(|| answer.lead.as_ref().filter(|_| way.is_none() && answer.meet.is_none())?.call.number.as_ref());
    let Some(number) = number else {
        screen.blank();
        return screen.row("No code", "there is no number to dial here. The whole ladder: kit bridge");
    };
    screen.dialling_code(&number.e164, &number.shown, form == CodeForm::Ascii);
    screen.row("Then key in", way.and_then(|way| way.pin.as_deref()).map(|pin| keep(&format!("PIN {pin}"))).unwrap_or_default());
}

fn how(way: &BridgeCard) -> String {
    let pin = way.pin.as_ref().map(|pin| keep(&format!("   PIN {pin}"))).unwrap_or_default();
    match (way.numbers.first(), &way.reach) {
        (Some(number), _) => format!("{}{pin}", keep(&number.shown)),
        (None, reach) => format!("{}{pin}", reach.clone().unwrap_or_default()),
    }
}

fn tested(way: &BridgeCard) -> String {
    match &way.tested {
        Some(check) if way.test_is_stale => format!("STALE: {}", ago(check)),
        Some(check) => ago(check),
        None => "STALE: nobody has tested it".to_owned(),
    }
}
