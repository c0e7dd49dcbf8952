//! What was sealed, and what comes next.

use std::path::Path;

use serde::Serialize;

use crate::{
    cli::{failure::Failure, session::Session},
    seal::Target,
    team::{Capsule, Rule},
};

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    credential: &'a str,
    version: u32,
    tier: &'a str,
    key: u32,
    fields: Vec<&'a str>,
    left_out: Vec<&'a str>,
}

/// What was sealed.
pub(in crate::cli) struct Sealed<'a> {
    /// Where to.
    pub target: &'a Target,
    /// What it became.
    pub capsule: &'a Capsule,
}

/// Says what was sealed: which, how many fields, who opens it.
///
/// # Errors
/// A bug, when the answer is no JSON.
pub(in crate::cli) fn sealed(sealed: &Sealed<'_>, dir: &Path, session: &mut Session<'_>) -> Result<(), Failure> {
    let Sealed { target, capsule } = sealed;
    let names: Vec<&str> = capsule.fields.iter().map(|field| field.name.as_str()).collect();
    if session.out.is_json() {
        return session.out.json(&Answer {
            schema: "kit.seal/1",
            credential: target.id.as_str(),
            version: capsule.version,
            tier: capsule.tier.as_str(),
            key: capsule.key,
            left_out: target.left_out(&names),
            fields: names,
        });
    }
    session.out.line(format!("SEALED  {}   {}", target.id, summary(target, capsule)));
    session.out.line(format!("  Publish it: kit publish {}", dir.display()));
    if target.opened.is_some() || target.has_task {
        let why = if target.opened.is_some() { "It had been opened" } else { "It had to change" };
        session.out.line(format!("  {why}: that is settled if you changed it where it is used too."));
    }
    Ok(())
}

/// `4 fields for on-call (3 holders)   version 4`.
pub(super) fn summary(target: &Target, capsule: &Capsule) -> String {
    let (tier, key) = &target.tier;
    let holders = match key.rule {
        Rule::Any => crate::authored::count(key.holders.len(), "holder"),
        Rule::Of { k, n } => format!("{k} of {n} holders together"),
    };
    let fields = crate::authored::count(capsule.fields.len(), "field");
    format!("{fields} for {tier} ({holders})   version {}", capsule.version)
}
