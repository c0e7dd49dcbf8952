//! Bare `kit`: who is in charge, how to join, and the commands that matter at night.

use unicode_width::UnicodeWidthStr;

use super::{Act, Screen, Standing, Table, WIDE_COLUMNS, bridge::join, call::in_charge, keep};
use crate::answer::{BridgeCard, InCharge, NamesToTry};

/// Widest command that leaves room for another beside it.
const COMMAND_COLUMNS_MAX: usize = 26;

/// The screen of bare `kit`.
pub(crate) fn bare(
    screen: &mut Screen,
    charge: Option<&InCharge>,
    bridge: Option<&BridgeCard>,
    names: &NamesToTry,
    standing: &Standing,
) {
    let old = standing.old();
    match charge {
        Some(charge) => in_charge(screen, charge, old),
        None => screen.act(&Act {
            verb: "LOOK",
            name: Some("kit lookup NAME"),
            support: vec![old, "nobody is named as in charge".to_owned()],
            ..Act::default()
        }),
    }
    if let Some(bridge) = bridge {
        join(screen, bridge, String::new());
    }
    screen.blank();
    commands(screen, names);
    screen.blank();
    screen.plain("Before one: kit status  sync  check  publish      More: kit\u{a0}help");
    let signed =
        if standing.signed_by.is_empty() { String::new() } else { format!(", signed by {}", standing.signed_by.join(", ")) };
    screen.plain(&format!("Kit {}, {} old{signed}.{}", standing.age.seq, standing.age.text, standing.as_of()));
    for line in standing.warnings() {
        screen.plain(&line);
    }
}

/// The commands for the emergency, with names that this team has: two beside each other where there is room.
fn commands(screen: &mut Screen, names: &NamesToTry) {
    let with = |command: &str, name: &Option<String>| format!("kit {command} {}", name.as_deref().unwrap_or("NAME"));
    let reveal = names.credential.as_ref().map(|id| (format!("kit reveal {id}"), "open a credential", "get in"));
    let mut left = vec![
        (with("who", &names.system), "who to call, in order", "who to call"),
        (with("lookup", &names.person), "one person", "one person"),
        (with("tool", &names.tool), "what to use instead", "what instead"),
        (with("authority", &names.decision), "who decides", "who decides"),
    ];
    left.splice(3..3, reveal);
    let right = [("kit duty", "am I needed?"), ("kit bridge", "how to join"), ("kit brief", "one screen")];
    let right = right.map(|(command, what)| (command.to_owned(), what, what));
    let is_wide = screen.columns >= WIDE_COLUMNS && left.iter().all(|(command, ..)| command.width() <= COMMAND_COLUMNS_MAX);
    if screen.accessible {
        left.iter().chain(&right).for_each(|(command, what, _)| screen.row(command, what));
    } else if is_wide {
        let mut table = Table::new(["", "", "", ""], 4);
        let mut right = right.iter();
        for (command, what, _) in &left {
            let (other, why) = right.next().map(|(other, why, _)| (keep(&format!("  {other}")), keep(why))).unwrap_or_default();
            table.row([keep(command), keep(what), other, why]);
        }
        screen.table(&table);
    } else {
        let mut table = Table::new(["", ""], 1);
        left.iter().chain(&right).for_each(|(command, _, short)| table.row([keep(command), (*short).to_owned()]));
        screen.table(&table);
    }
}
