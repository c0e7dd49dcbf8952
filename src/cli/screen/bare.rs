//! Bare `kit`: who is in charge, how to join, and the commands that matter at night.

use super::{Act, Screen, Standing, Table, keep};
use crate::answer::{BridgeCard, InCharge};

/// The commands for the emergency and those for before one, with what they do.
const EMERGENCY: [(&str, &str); 2] =
    [("kit lookup alice", "one person, system, tool or number"), ("kit status", "what this kit holds, and how old")];

/// The screen of bare `kit`.
pub(crate) fn bare(screen: &mut Screen, charge: Option<&InCharge>, bridge: Option<&BridgeCard>, standing: &Standing) {
    let old = standing.age.on_first_line();
    match charge {
        Some(InCharge { call, .. }) => screen.act(&Act {
            verb: "CALL",
            name: Some(&call.name),
            number: call.number.as_ref().map(|number| number.shown.as_str()),
            support: vec![old.clone().unwrap_or_default(), format!("in charge now, {} there", call.there.time)],
        }),
        None => screen.act(&Act {
            verb: "LOOK",
            name: Some("kit lookup NAME"),
            support: vec![old.unwrap_or_default(), "nobody is named as in charge".to_owned()],
            ..Act::default()
        }),
    }
    if let Some(bridge) = bridge {
        join(screen, bridge, None);
    }
    screen.blank();
    let mut commands = Table::new(["", ""], 2);
    for (command, what) in EMERGENCY {
        commands.row([keep(command), what.to_owned()]);
    }
    screen.table(&commands);
    screen.blank();
    screen.plain("Before one: kit status  sync  check  publish      More: kit\u{a0}help");
    let signed =
        if standing.signed_by.is_empty() { String::new() } else { format!(", signed by {}", standing.signed_by.join(", ")) };
    screen.plain(&format!("Kit {}, {} old{signed}.", standing.age.seq, standing.age.text));
    for line in standing.warnings() {
        screen.plain(&line);
    }
}

/// The line that joins a bridge.
pub(super) fn join(screen: &mut Screen, bridge: &BridgeCard, old: Option<String>) {
    let pin = bridge.pin.as_ref().map(|pin| keep(&format!("PIN {pin}")));
    let what = if bridge.needs_only_a_phone() { "phone bridge, no internet needed".to_owned() } else { bridge.name.clone() };
    match bridge.numbers.first() {
        Some(number) => screen.act(&Act {
            verb: "JOIN",
            number: Some(&number.shown),
            support: [pin, old, Some(what)].into_iter().flatten().collect(),
            ..Act::default()
        }),
        None => screen.act(&Act {
            verb: "JOIN",
            name: Some(bridge.reach.as_deref().unwrap_or(&bridge.name)),
            support: [pin, old, Some(what)].into_iter().flatten().collect(),
            ..Act::default()
        }),
    }
}
