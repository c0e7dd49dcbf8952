//! The screens of `kit log`: what was recorded, one entry, and whether the journals are whole.

use super::{Act, Screen, Standing, Table, keep};
use crate::{answer::Burned, audit::Audit, cli::report::Row};

/// What there is to say beside the entries.
pub(crate) struct Beside<'a> {
    /// Whether they are everybody's.
    pub(crate) is_all: bool,
    /// How many entries there are beyond those that are shown.
    pub(crate) older: usize,
    /// Entries that are sealed to others.
    pub(crate) sealed: usize,
    /// What is not as it should be, in sentences.
    pub(crate) doubts: &'a [String],
    /// When it was collected.
    pub(crate) collected: Option<&'a str>,
    /// Places that gave nothing.
    pub(crate) problems: &'a [String],
}

/// The screen of `kit log`; the newest entry stands first.
pub(crate) fn log(screen: &mut Screen, rows: &[Row], burned: &[Burned], beside: &Beside<'_>, standing: &Standing) {
    let old = standing.old();
    let count = rows.len() + beside.older;
    let entries = if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
    match burned.split_first() {
        Some((first, others)) => {
            let verb = if first.is_past { "was to be rotated by" } else { "rotate by" };
            let name = keep(&format!("{}, {verb} {}", first.credential, first.rotate_by_clock));
            let more = if others.is_empty() { String::new() } else { format!("and {} more", others.len()) };
            screen.act(&Act { verb: "BURNED", name: Some(&name), support: vec![more, old], ..Act::default() });
        }
        None if count == 0 => {
            let of = if beside.is_all { "is recorded here" } else { "is recorded on this device" };
            screen.act(&Act { verb: "NOTHING", name: Some(of), support: vec![old], ..Act::default() });
        }
        None => {
            let support = vec!["nothing is burned".to_owned(), old];
            screen.act(&Act { verb: "RECORDED", name: Some(&entries), support, ..Act::default() });
        }
    }
    screen.blank();
    // Of everybody's the device is told, and its entry by number; a receipt is on somebody's paper, and named whole or not at all.
    let mut table = Table::new(["   When", "What", "Who", "Now", "Why", "Receipt", "Reviewed by"], 2).spilling([
        "by",
        "",
        "",
        "receipt",
        "reviewed by",
    ]);
    for row in rows {
        let receipt = if beside.is_all { String::new() } else { format!("{} …", row.receipt_begins()) };
        table.row([
            keep(&format!("{}  {}", row.number, row.at_clock)),
            row.words.clone(),
            if beside.is_all { keep(&row.device) } else { String::new() },
            row.state.unwrap_or_default().to_owned(),
            row.why(),
            keep(&receipt),
            row.reviewed_by.join(", "),
        ]);
    }
    if !table.is_empty() {
        screen.table(&table);
        screen.blank();
    }
    for row in rows.iter().filter(|row| !row.clock.is_empty()) {
        screen.row("Clock", format!("entry {}: {}", row.number, row.clock.join("; ")));
    }
    for doubt in beside.doubts {
        screen.row("DOUBT", doubt);
    }
    if beside.sealed > 0 {
        let entries = if beside.sealed == 1 { "1 entry is".to_owned() } else { format!("{} entries are", beside.sealed) };
        screen.row("Sealed", format!("{entries} for others to read"));
    }
    if beside.is_all {
        screen.row("Collected", beside.collected.unwrap_or("never"));
        screen.rows("Not heard", beside.problems);
    }
    standing.close(screen);
    if beside.older > 0 {
        screen.plain(&format!("There are {} older ones, with --last {count}.", beside.older));
    }
}

/// The screen of `kit log show`.
pub(crate) fn entry(screen: &mut Screen, row: &Row, standing: &Standing) {
    let name = format!("{}, {}", row.number, row.words);
    screen.act(&Act { verb: "ENTRY", name: Some(&name), support: vec![row.at_clock.clone()], ..Act::default() });
    screen.blank();
    screen.row("Who", format!("{}, {}", row.person, row.device));
    let by = if row.by_its_clock.is_some() { "as it was given" } else { "by the clock of the device" };
    screen.row("When", format!("{} {by}", row.at));
    screen.row("Why", &row.reason);
    screen.row("Incident", row.incident.as_deref().unwrap_or_default());
    let thing = if row.state.is_some() || ["opened", "code-shown"].contains(&row.what) { "value" } else { "key" };
    screen.row("Version", row.version.map(|version| format!("{version} of the {thing}")).unwrap_or_default());
    screen.row("Now", row.state.unwrap_or_default());
    screen.row("Reviewed by", row.reviewed_by.join(", "));
    screen.row("Receipt", &row.receipt);
    screen.row("It held", format!("kit {}", row.held));
    let boot = row.boot.as_ref().map(|boot| format!("{} s after it started ({})", boot.uptime_s, boot.id));
    screen.row("Machine", boot.unwrap_or_default());
    for fact in &row.clock {
        screen.row("Clock", fact);
    }
    standing.close(screen);
}

/// The screen of `kit log verify`; `receipt` is what was found, where one was asked for, and whether all journals were looked
/// through for it. `clocks` are remarks on times that were given.
pub(crate) fn audits(
    screen: &mut Screen,
    audits: &[Audit],
    (receipt, is_all): (Option<Option<&str>>, bool),
    standing: &Standing,
    clocks: &[String],
) {
    let lines: usize = audits.iter().map(|audit| audit.lines).sum();
    let faults: usize = audits.iter().map(|audit| audit.faults.len()).sum();
    let lacks = audits.iter().any(|audit| !audit.missing.is_empty());
    let entries = if lines == 1 { "1 entry".to_owned() } else { format!("{lines} entries") };
    let first = audits.iter().find_map(|audit| Some(format!("{}: {}", of(audit), audit.faults.first()?)));
    match (first, receipt) {
        (Some(first), _) => screen.wrapped("FAIL  ", "  ", &first),
        (None, Some(None)) => {
            let whose = if is_all { "no journal here has an entry" } else { "the journal of this device has no entry" };
            screen.wrapped("NOT HERE  ", "  ", &format!("{whose} with this receipt"));
        }
        _ if lacks => {
            screen.wrapped("NOT ALL  ", "  ", &format!("{entries} are signed and in their places, others are not here"))
        }
        _ if lines == 0 => screen.wrapped("NOTHING  ", "  ", "is recorded here, and the signed kit knows of nothing"),
        _ => screen.wrapped("GOOD  ", "  ", &format!("{entries}, each signed and in its place")),
    }
    screen.blank();
    if faults > 1 {
        for audit in audits.iter().filter(|audit| !audit.is_sound()) {
            screen.rows("FAIL", &audit.faults.iter().map(|fault| format!("{}: {fault}", of(audit))).collect::<Vec<_>>());
        }
    }
    for audit in audits {
        for (from, to) in &audit.missing {
            let numbers = if from == to { format!("entry {from}") } else { format!("entries {from} to {to}") };
            screen.row("Not here", format!("{}: {numbers}", of(audit)));
        }
        if audit.is_torn {
            screen.row("Unfinished", format!("{}: something stands after the last entry; nothing was shown for it", of(audit)));
        }
    }
    screen.row("Receipt", receipt.flatten().unwrap_or_default());
    screen.rows("Clock", clocks);
    for audit in audits.iter().filter(|audit| audit.lines > 0 && audit.is_sound()) {
        screen.row("Whole", format!("{}, up to entry {}", of(audit), audit.last));
    }
    standing.close(screen);
}

fn of(audit: &Audit) -> String {
    match &audit.device {
        _ if audit.is_own => "this device".to_owned(),
        Some(device) => device.clone(),
        None => audit.handle.clone(),
    }
}
