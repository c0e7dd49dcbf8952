//! What is said of whole journals: whose they are, what is wrong with them, their record and object.

use serde::Serialize;

use crate::{audit::Audit, recount::Told};

/// One journal, for `--json`.
#[derive(Serialize)]
pub(super) struct Journal<'a> {
    device: &'a str,
    entries: usize,
    last: u64,
    faults: Vec<String>,
    missing: &'a [(u64, u64)],
    unfinished: bool,
}

/// The same with the devices that the kit no longer has, by what their own entries say.
pub(super) fn named(mut audits: Vec<Audit>, told: &[Told]) -> Vec<Audit> {
    for audit in audits.iter_mut().filter(|audit| audit.device.is_none()) {
        let of_it = told.iter().find(|one| one.handle == audit.handle && one.entry.is_some());
        audit.device = of_it.map(|one| format!("{}, no longer in the kit", one.device_words()));
    }
    audits
}

/// What is wrong with a journal, its first fault, in a sentence without its end.
pub(super) fn doubt(audit: &Audit) -> String {
    let fault = audit.faults.first().map(ToString::to_string).unwrap_or_default();
    let more = audit.faults.len().saturating_sub(1);
    let more = if more == 0 { String::new() } else { format!(", and {more} more") };
    format!("the journal of {}: {fault}{more}", if audit.is_own { "this device" } else { name(audit) })
}

fn name(audit: &Audit) -> &str {
    audit.device.as_deref().unwrap_or(&audit.handle)
}

/// The columns of `--plain`.
pub(super) fn record(audit: &Audit) -> Vec<String> {
    let word = if !audit.is_sound() {
        "fail"
    } else if audit.missing.is_empty() {
        "good"
    } else {
        "lacks"
    };
    let faults: Vec<String> = audit.faults.iter().map(ToString::to_string).collect();
    vec![word.to_owned(), name(audit).to_owned(), audit.lines.to_string(), audit.last.to_string(), faults.join("; ")]
}

impl<'a> Journal<'a> {
    pub(super) fn of(audit: &'a Audit) -> Self {
        Self {
            device: name(audit),
            entries: audit.lines,
            last: audit.last,
            faults: audit.faults.iter().map(ToString::to_string).collect(),
            missing: &audit.missing,
            unfinished: audit.is_torn,
        }
    }
}
