//! The screen of `kit sync`: line 1 says what came from where, then what changed, then which source gave what.

use super::{Screen, keep};
use crate::cli::report::{Holds, Report};

/// The screen of `kit sync`.
pub(crate) fn sync(screen: &mut Screen, report: &Report) {
    screen.plain(&headline(report));
    screen.blank();
    if let Some(holds) = &report.let_in {
        let tier = |it: &Holds| match it.with {
            0 => keep(&format!("{} (alone)", it.tier)),
            more => keep(&format!("{} (with {more} more)", it.tier)),
        };
        let tiers: Vec<String> = holds.iter().map(tier).collect();
        screen.text("You can read it now.");
        if !tiers.is_empty() {
            screen.text(&format!("You hold {}. Prove it: {}", tiers.join(", "), keep("kit rescue-drill")));
        }
        screen.blank();
    }
    for change in &report.changes {
        screen.wrapped("  ", "           ", &change.line());
    }
    screen.wrapped("  ", "           ", &format!("signed   {}, {}   OK", report.signed_by.join(", "), report.signed_at));
    if report.sources.len() > 1 || report.sources.iter().any(|source| source.problem.is_some()) {
        screen.blank();
        for (index, source) in report.sources.iter().enumerate() {
            screen.wrapped(&format!("  {}  ", index + 1), "     ", &format!("{}: {}", source.source, source.words()));
            if let Some(next) = &source.next {
                screen.wrapped("     ", "     ", next);
            }
        }
    }
    if let Some(first) = report.suggested.first() {
        screen.blank();
        screen.plain(&format!("The publisher suggests: kit source add {first}"));
        for other in report.suggested.iter().skip(1) {
            screen.plain(&format!("                        kit source add {other}"));
        }
    }
}

fn headline(report: &Report) -> String {
    let Report { seq, source, .. } = report;
    let cost = report.sources.iter().find(|source| source.outcome == "taken").map(super::super::report::Source::cost);
    let cost = cost.unwrap_or_default();
    let mended = format!("kit {seq} from {source}: the copy here");
    match (report.updated, report.before, report.dry_run) {
        _ if report.mended && report.dry_run => format!("WOULD MEND  {mended} is damaged"),
        _ if report.mended => format!("MENDED  {mended} was damaged and is whole again"),
        (true, Some(before), false) => format!("UPDATED  kit {before} -> {seq} from {source}{cost}"),
        (true, None, false) => format!("UPDATED  kit {seq} from {source}{cost}"),
        (true, Some(before), true) => format!("WOULD UPDATE  kit {before} -> {seq} from {source}{cost}"),
        (true, None, true) => format!("WOULD UPDATE  kit {seq} from {source}{cost}"),
        (false, ..) => format!("UP TO DATE  kit {seq}, as at {source}"),
    }
}
