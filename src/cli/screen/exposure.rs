//! The screen of `kit exposure`: what still counts first, then the column of the matrix.

use super::{Act, Screen, Standing, Table, keep};
use crate::{
    answer::{Exposure, Reach, Seen},
    team::Rotate,
};

/// The screen of `kit exposure`; `closed` are kept kits that did not open.
pub(crate) fn exposure(screen: &mut Screen, exposure: &Exposure, closed: &[u64], standing: &Standing) {
    let Exposure { alone, opened, shares, pins, numbers, devices, .. } = exposure;
    let credentials = crate::authored::count(alone.len() + opened.len(), "credential");
    let pins_count = crate::authored::count(pins.len(), "PIN");
    let count = format!("{credentials} and {pins_count}, {} still valid", exposure.still_valid());
    let whose = format!("{} ({})", exposure.name, exposure.id);
    screen.act(&Act { verb: "COULD READ", name: Some(&count), support: vec![whose, standing.old()], ..Act::default() });
    screen.blank();
    values(screen, "Alone", alone);
    values(screen, "Opened", opened);
    values(screen, "With others", shares);
    if opened.iter().any(|it| it.perhaps) {
        let who = "no journal here says who; so it counts for every holder";
        screen.row("Opened by", who);
    }
    let mut table = Table::new(["PIN of", "In", ""], 2).spilling([""]);
    for pin in pins {
        table.row([keep(&pin.id), span(pin.first, pin.last), counts(pin.valid)]);
    }
    if !table.is_empty() {
        screen.table(&table);
        screen.blank();
    }
    let still = numbers.iter().filter(|it| it.valid).count();
    if !numbers.is_empty() {
        screen.row("Numbers", format!("{}, {still} of them still written down", numbers.len()));
    }
    for device in devices {
        let active = if device.active { "reads the next kit too" } else { "no longer in" };
        screen.row("Device", format!("{}   {}, {active}", keep(&device.name), span(device.first, device.last)));
    }
    for task in &exposure.written_down {
        let what = match &task.rotate {
            Rotate::Credential { id, version } => format!("{id} value {version}"),
            Rotate::BridgePin { id, .. } => format!("the PIN of bridge {id}"),
            Rotate::VendorPin { id, .. } => format!("the PIN of vendor {id}"),
        };
        screen.row("To change", format!("{}, by {}: {}", keep(&what), task.by, task.why));
    }
    let (first, last) = (exposure.kits.first().copied().unwrap_or(0), exposure.kits.last().copied().unwrap_or(0));
    screen.row(
        "Looked at",
        format!(
            "{} kept here, {first} to {last}; what was only in older ones is unknown",
            crate::authored::count(exposure.kits.len(), "kit")
        ),
    );
    let closed: Vec<String> = closed.iter().map(ToString::to_string).collect();
    screen.row("Not opened", closed.join(", "));
    standing.close(screen);
}

fn values(screen: &mut Screen, head: &str, values: &[Reach]) {
    let mut table = Table::new([head, "Value", "Through", "In", ""], 2).spilling(["through", "in", ""]);
    for reach in values {
        let through = format!("{} key {}", reach.tier, reach.key);
        let cells = [keep(reach.credential.as_str()), reach.version.to_string(), keep(&through)];
        table.row([cells.as_slice(), &[span(reach.first, reach.last), counts(reach.valid)]].concat());
    }
    if !table.is_empty() {
        screen.table(&table);
        screen.blank();
    }
}

fn span(first: Seen, last: Seen) -> String {
    if first == last { keep(&format!("kit {}", first.seq)) } else { keep(&format!("kits {} to {}", first.seq, last.seq)) }
}

fn counts(valid: bool) -> String {
    keep(if valid { "still valid" } else { "changed" })
}
