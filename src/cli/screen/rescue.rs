//! The screens of `kit rescue-drill`: what this device opens, and who proved it when.

use super::{Act, Screen, Standing, Table, keep};
use crate::{answer::Proof, authored::count, rescue::Drilled};

/// What this device opens.
pub(crate) fn rescue(screen: &mut Screen, done: &[Drilled], standing: &Standing) {
    let faults: usize = done.iter().map(|it| it.faults.len()).sum();
    let values: usize = done.iter().map(|it| it.credentials).sum();
    let (verb, what) = match faults {
        0 => ("OPENS", format!("{} in {}", count(values, "credential"), count(done.len(), "tier"))),
        faults => ("FAILS", format!("{} in {}", count(faults, "fault"), count(done.len(), "tier"))),
    };
    screen.act(&Act { verb, name: Some(&what), support: vec![standing.old()], ..Act::default() });
    screen.blank();
    for it in done {
        let what =
            if it.is_share { "its share is right; with others it opens".to_owned() } else { count(it.credentials, "credential") };
        screen.row("Tier", format!("{}   {}", keep(it.tier.as_str()), if it.opens { what } else { "does not open".to_owned() }));
        for fault in &it.faults {
            screen.row("FAULT", fault);
        }
    }
    screen.row("Next", done.iter().map(|it| it.next).min().map(|day| format!("by {day}")).unwrap_or_default());
    standing.close(screen);
}

/// Who proved when that they can open their tiers.
pub(crate) fn proofs(screen: &mut Screen, proofs: &[Proof], standing: &Standing) {
    let overdue = proofs.iter().filter(|it| it.overdue).count();
    let (verb, what) = match (overdue, proofs.len()) {
        (_, 0) => ("NOTHING", "is to be proved: no tier has a key yet".to_owned()),
        (0, all) => ("GOOD", format!("{}, nobody is overdue", count(all, "proof"))),
        (overdue, all) => ("OVERDUE", format!("{overdue} of {}", count(all, "proof"))),
    };
    screen.act(&Act { verb, name: Some(&what), support: vec![standing.old()], ..Act::default() });
    screen.blank();
    let mut table = Table::new(["Holder", "Tier", "Proved", "Next by"], 2).spilling(["proved", "next by"]);
    for it in proofs {
        let on = it.on.map_or_else(|| "never".to_owned(), |day| day.to_string());
        table.row([keep(&it.name), keep(it.tier.as_str()), on, it.due.to_string()]);
    }
    if !table.is_empty() {
        screen.table(&table);
        screen.blank();
    }
    standing.close(screen);
}
