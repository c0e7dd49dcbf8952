//! `kit seal --refresh`: the commands of many credentials, and what became of each.

use std::path::Path;

use serde::Serialize;

use super::{done::summary, may_run};
use crate::{
    authored::Checked,
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    refresh::{self, FieldCommands, RefreshError, Refreshed},
    seal::{self, SealingError, Target},
    store::Store,
    team::Team,
};

/// What became of one credential.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
enum Outcome {
    Sealed { credential: String, version: u32 },
    Same { credential: String },
    Failed { credential: String, why: String },
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    sealed: usize,
    same: usize,
    failed: usize,
    credentials: &'a [Outcome],
}

/// What is to be refreshed, or why it cannot be.
type Prepared = Result<(Target, FieldCommands), RefreshError>;

/// Asks the commands of some credentials, or of all that have any, and seals what changed.
///
/// # Errors
/// Not trusted before anything runs; status 1 at the end when any failed.
pub(in crate::cli) fn renew(
    names: &[String],
    (store, dir): (&Store, &Path),
    (checked, signed): (&Checked, Option<&Team>),
    code: Option<&str>,
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    let names: Vec<String> =
        if names.is_empty() { checked.commands.keys().map(ToString::to_string).collect() } else { names.to_vec() };
    if names.is_empty() {
        return Err(no_commands("no credential of the directory has commands"));
    }
    let mut prepared: Vec<(String, Prepared)> = Vec::new();
    for name in names {
        let target = match seal::target(store, signed, &checked.team, &name) {
            Err(error @ (SealingError::NotTrusted { .. } | SealingError::Unknown { .. } | SealingError::Store(_))) => {
                return Err(error.into());
            }
            Err(error) => {
                prepared.push((name, Err(error.into())));
                continue;
            }
            Ok(target) => target,
        };
        let lines = checked.commands.get(&target.id).ok_or_else(|| no_commands(&format!("{name} has no commands")))?;
        prepared.push((name, refresh::commands(lines, dir, &session.context.managers).map(|commands| (target, commands))));
    }
    let commands = prepared.iter().filter_map(|(_, prepared)| prepared.as_ref().ok()).flat_map(|(_, commands)| commands.values());
    may_run(store, commands, code, session)?;
    let mut outcomes = Vec::new();
    let mut lines = Vec::new();
    for (credential, prepared) in prepared {
        let now = session.moment().now;
        let done = prepared.and_then(|(target, commands)| {
            let refreshed = refresh::refresh((store, dir), &target, &commands, &session.context.managers, now)?;
            Ok((target, refreshed))
        });
        outcomes.push(match done {
            Ok((target, Refreshed::Sealed(capsule))) => {
                lines.push(format!("  {credential}   {}", summary(&target, &capsule)));
                Outcome::Sealed { credential, version: capsule.version }
            }
            Ok((_, Refreshed::Same)) => {
                lines.push(format!("  {credential}   the same as before"));
                Outcome::Same { credential }
            }
            Err(error) => {
                lines.push(format!("  {credential}   FAILED: {error}"));
                Outcome::Failed { credential, why: error.to_string() }
            }
        });
    }
    report(&outcomes, lines, dir, session)
}

fn report(outcomes: &[Outcome], lines: Vec<String>, dir: &Path, session: &mut Session<'_>) -> Result<(), Failure> {
    let sealed = outcomes.iter().filter(|it| matches!(it, Outcome::Sealed { .. })).count();
    let failed = outcomes.iter().filter(|it| matches!(it, Outcome::Failed { .. })).count();
    if session.out.is_json() {
        let same = outcomes.len() - sealed - failed;
        session.out.json(&Answer { schema: "kit.refresh/1", sealed, same, failed, credentials: outcomes })?;
    } else {
        let failures = if failed > 0 { format!(", {failed} failed") } else { String::new() };
        session.out.line(format!("REFRESHED  {sealed} of {}{failures}", outcomes.len()));
        session.out.lines(lines);
        if sealed > 0 {
            session.out.line(format!("  Publish it: kit publish {}", dir.display()));
        }
    }
    if failed == 0 {
        return Ok(());
    }
    let message = format!("{failed} of {} could not be refreshed; what was sealed of them before still stands.", outcomes.len());
    Err(Failure::new(Kind::No, message)
        .hint("Unlock the password manager, or mend the command, and run the same again.")
        .hint(format!("By hand: kit seal NAME --field password --dir {}", dir.display())))
}

fn no_commands(what: &str) -> Failure {
    Failure::usage(format!("{what}, so nothing was refreshed."))
        .hint("Write below its [[credential]]:  [credential.from]")
        .hint("and there a line for each field:  password = \"op read op://ops/aws/password\"")
}
