//! The screen of `kit status`: one line that says whether this machine is ready, then what was found.

use super::{Screen, Standing, keep};
use crate::cli::finding::Finding;

/// The screen of `kit status`; what was found is sorted as it came, each with what to do about it.
pub(crate) fn status(screen: &mut Screen, team: &str, is_ready: bool, standing: &Standing, findings: &[Finding]) {
    let word = if is_ready { "READY OFFLINE" } else { "NOT READY" };
    let signed =
        if standing.signed_by.is_empty() { String::new() } else { format!(", signed by {}", standing.signed_by.join(", ")) };
    let age = &standing.age;
    screen.wrapped("", "  ", &format!("{}   kit {} of {team}, {} old{signed}", keep(word), age.seq, age.text));
    screen.blank();
    for finding in findings {
        if screen.accessible {
            let fix = finding.fix.as_ref().map(|fix| format!(". To do: {fix}")).unwrap_or_default();
            screen.row(finding.level.word(), format!("{}{fix}", finding.text));
            continue;
        }
        let fix = finding.fix.as_deref().map(|fix| format!("      {}", kept(fix))).unwrap_or_default();
        screen.wrapped(&format!("  {:<5} ", finding.level.word()), "        ", &format!("{}{fix}", finding.text));
    }
}

/// A command stays on one line, a sentence may be broken.
fn kept(fix: &str) -> String {
    if fix.starts_with("kit ") && !fix.contains(". ") { keep(fix) } else { fix.to_owned() }
}
