//! The screens of `kit tool`: what to use instead of one tool, and of each.

use super::{
    Act, Screen, Standing, Table,
    call::{WAY_ON, act, ago, called, said, short},
    keep,
};
use crate::answer::{Bridges, CredentialCard, Falls, NumberCard, ToolCard, ToolRow, Tools, UseInstead};

/// Most holders that are named beside a credential.
const HOLDERS_NAMED_MAX: usize = 2;

/// The screen of one tool.
pub(crate) fn tool(screen: &mut Screen, card: &ToolCard, standing: &Standing) {
    use_line(screen, card, standing.old());
    about(screen, card, standing);
}

/// The same for somebody who asks who is calling them.
pub(crate) fn caller(screen: &mut Screen, card: &ToolCard, number: &NumberCard, standing: &Standing) {
    screen.act(&Act {
        verb: "ANSWER",
        name: Some(&card.name),
        number: Some(&number.shown),
        support: vec![standing.old(), card.purpose.clone().unwrap_or_default(), number.note.clone().unwrap_or_default()],
    });
    about(screen, card, standing);
}

fn about(screen: &mut Screen, card: &ToolCard, standing: &Standing) {
    screen.blank();
    backups(screen, card);
    for too in &card.falls_too {
        screen.row("Do not use", format!("{}: {}", too.name, falls_too(card, too)));
    }
    for avoid in &card.avoid {
        screen.row("Do not use", format!("{}: {}", avoid.what, avoid.why));
    }
    if let Some(bridges) = &card.bridges {
        screen.row("To talk", talk(bridges));
    }
    screen.row("Tool", [Some(card.name.clone()), card.purpose.clone()].into_iter().flatten().collect::<Vec<_>>().join(", "));
    screen.row("Now", card.falls.as_ref().map(|falls| falls.text.as_str()).unwrap_or_default());
    screen.row("Reach", card.reach.as_deref().unwrap_or_default());
    screen.row("Needs", card.needs.join(", "));
    for number in &card.calls_from {
        screen.row("Calls from", format!("{}   {}", keep(&number.shown), number.note.as_deref().unwrap_or_default()).trim_end());
    }
    screen.row("Is it down?", card.status_page.as_deref().unwrap_or_default());
    if let Some(ask) = &card.ask {
        screen.row("Ask", format!("{}   {}   {}", called(&ask.call), ask.role, keep(&short(&ask.call.there))));
        for skipped in &ask.skipped {
            screen.row("Skipped", format!("{}, {}", keep(&skipped.name), skipped.why.text()));
        }
    }
    if let Some(credential) = &card.credential {
        let label = if credential.sealed { "Get in anyway" } else { "Get in" };
        screen.row(label, get_in(credential));
    }
    screen.row("Checked", checked(card));
    screen.row("What if", &card.assumed);
    standing.close(screen);
}

/// The screen of all tools.
pub(crate) fn tools(screen: &mut Screen, answer: &Tools, standing: &Standing) {
    let (falling, standing_ones): (Vec<&ToolRow>, Vec<&ToolRow>) = answer.tools.iter().partition(|row| row.falls.is_some());
    let count = answer.tools.len();
    let names: Vec<&str> = falling.iter().map(|row| row.name.as_str()).collect();
    let (verb, name) = match (count, answer.assumed.is_empty(), names.as_slice()) {
        (0, _, _) => ("TOOLS", "not one is written down".to_owned()),
        (_, true, _) => ("TOOLS", format!("{count}, and what to use when one is down")),
        (_, false, []) => ("TOOLS", format!("{count}, all stand; what to use when one is down")),
        (_, false, names) => ("DOWN", format!("{} of {count} tools: {}", names.len(), names.join(", "))),
    };
    screen.act(&Act { verb, name: Some(&name), support: vec![standing.old()], ..Act::default() });
    screen.blank();
    rows(screen, ["Falls", "Why"], &falling);
    rows(screen, [if falling.is_empty() { "If down" } else { "Still up" }, ""], &standing_ones);
    if count > 0 {
        screen.row("One of them", "kit tool NAME");
    }
    screen.row("What if", &answer.assumed);
    standing.close(screen);
}

/// Tools that all fall, or all stand, with what to use instead.
fn rows(screen: &mut Screen, heads: [&str; 2], rows: &[&ToolRow]) {
    let [name, why] = heads;
    let mut table = Table::new([name, why, "Use", "How"], 4);
    for row in rows {
        let (instead, how) = match (&row.instead, &row.ask) {
            (Some(way), _) => (keep(&way.name), how(way)),
            (None, Some(ask)) => (keep("no backup"), format!("ask {}", called(&ask.call))),
            (None, None) => (keep("no backup"), WAY_ON.to_owned()),
        };
        let why = row.falls.as_ref().map(|falls| falls.text.strip_prefix("falls ").unwrap_or(&falls.text).to_owned());
        table.row([keep(&row.name), why.unwrap_or_default(), instead, how]);
    }
    if !table.is_empty() {
        screen.table(&table);
        screen.blank();
    }
}

/// The first line: what to use, else that nothing is left and whom to call.
fn use_line(screen: &mut Screen, card: &ToolCard, old: String) {
    if let Some(first) = card.instead.first() {
        let (number, pin) = (first.number.as_deref(), pin(first));
        let reach = if number.is_some() { String::new() } else { first.reach.clone().unwrap_or_default() };
        let mut support = vec![pin, old, reach];
        if !first.shares.is_empty() {
            support.push(format!("may be down too: it needs {}, like {}", first.shares.join(", "), card.name));
        } else if !first.without.is_empty() {
            support.push(format!("does not need {}", first.without.join(", ")));
        }
        return screen.act(&Act { verb: "USE", name: Some(&first.name), number, support });
    }
    let left = if card.falls_too.is_empty() { "for" } else { "is left for" };
    let what = format!("no backup {left} {}", card.name);
    let has_room = |name: &str, number: &str| screen.has_room(&["NO BACKUP".to_owned(), name.to_owned(), number.to_owned()]);
    match card.ask.as_ref().filter(|ask| ask.call.number.is_some()) {
        Some(ask) => {
            let (name, number) = (format!("{left} {}: call {}", card.name, said(&ask.call)), ask.call.shown());
            if !has_room(&name, number.unwrap_or_default()) {
                return act(screen, &ask.call, vec![old, what]);
            }
            screen.act(&Act { verb: "NO BACKUP", name: Some(&name), number, support: vec![old] });
        }
        None => {
            let name = format!("{left} {}", card.name);
            let number = Some(WAY_ON);
            if has_room(&name, WAY_ON) {
                screen.act(&Act { verb: "NO BACKUP", name: Some(&name), number, support: vec![old] });
            } else {
                screen.act(&Act { verb: "NO BACKUP", name: None, number, support: vec![old, what] });
            }
        }
    }
}

fn backups(screen: &mut Screen, card: &ToolCard) {
    let mut table = Table::new([keep("   Instead").as_str(), "How", "Needs"], 3);
    for (index, way) in card.instead.iter().enumerate() {
        let like = if way.shares.is_empty() { "" } else { ": may be down too" };
        table.row([keep(&format!("{}  {}", index + 1, way.name)), how(way), format!("{}{like}", way.needs.join(", "))]);
    }
    if !table.is_empty() {
        screen.table(&table);
        screen.blank();
    }
}

/// Why a backup falls; `like Slack` where the tool itself falls with the same.
fn falls_too(card: &ToolCard, too: &UseInstead) -> String {
    let Some(Falls { with, text, .. }) = &too.falls else { return String::new() };
    let like = card.falls.as_ref().is_some_and(|own| !with.is_empty() && own.with == *with);
    if like { format!("{text}, like {}", card.name) } else { text.clone() }
}

/// The credential by its label: who holds it, and how it is opened; where it has no value, where to read more.
pub(super) fn get_in(label: &CredentialCard) -> String {
    let names: Vec<&str> = label.holders.iter().map(|holder| holder.name.as_str()).collect();
    let held = match names.split_at_checked(HOLDERS_NAMED_MAX) {
        Some((first, rest)) if !rest.is_empty() => keep(&format!("{} and {} more", first.join(", "), rest.len())),
        _ if names.is_empty() => "nobody of them can be called".to_owned(),
        _ => names.join(", "),
    };
    let falls = label.falls.as_ref().map(|falls| format!(" ({})", falls.text)).unwrap_or_default();
    let how = format!("{}{falls}, opened by {}: {held}", keep(&label.id), label.rule.in_words());
    let command = if label.sealed { "reveal" } else { "lookup" };
    format!("{how}   {}", keep(&format!("kit {command} {}", label.id)))
}

/// The first way to talk at all.
fn talk(bridges: &Bridges) -> String {
    let all = keep("kit bridge");
    match (&bridges.join, &bridges.meet) {
        (Some(way), _) => {
            let number = way.numbers.first().map(|number| keep(&number.shown));
            format!("{}   {}   {all}", keep(&way.name), number.or_else(|| way.reach.clone()).unwrap_or_default())
        }
        (None, Some(place)) => format!("meet {place}   {all}"),
        (None, None) => all,
    }
}

fn checked(card: &ToolCard) -> String {
    match &card.checked {
        Some(check) if card.check_is_stale => format!("STALE: {}", ago(check)),
        Some(check) => ago(check),
        None => String::new(),
    }
}

fn how(way: &UseInstead) -> String {
    match &way.number {
        Some(number) => format!("{}   {}", keep(number), pin(way)).trim_end().to_owned(),
        None => way.reach.clone().unwrap_or_default(),
    }
}

fn pin(way: &UseInstead) -> String {
    way.pin.as_ref().map(|pin| keep(&format!("PIN {pin}"))).unwrap_or_default()
}
