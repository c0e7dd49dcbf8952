//! `kit check`: every mistake of a team directory, at once.

mod here;
mod values;

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::{
    authored::{self, LoadError, Problem},
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
    sound,
};
use here::{Here, Sealed};

/// Find every mistake in a team directory
///
/// Examples:
///   kit check team
///   kit check team --json
///
/// It also says what has to get another value: credentials that somebody opened, by the kit and the journals on this machine,
/// and what somebody could read who left. And whether what is sealed could be opened in the night by those it names, and goes on
/// from the kit on this machine.
///
/// Exit status 1 when there is a mistake that stands in the way of publishing, or a value to change; warnings alone are 0.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The team directory
    #[arg(default_value = ".")]
    dir: PathBuf,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    good: bool,
    problems: Vec<&'a Problem>,
    /// What has to get another value, in sentences.
    to_change: Vec<String>,
    /// What is not sealed yet, and how new what is known of openings is.
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed: Option<Sealed>,
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    let today = session.moment().here().date();
    let (mut to_change, mut sealed) = (Vec::new(), None);
    let (errors, warnings, summary) = match authored::load(&arguments.dir, today) {
        Ok(checked) => {
            let team = &checked.team;
            let here = Here::of(&arguments.dir, &session);
            to_change = values::to_change((&arguments.dir, team), here.as_ref(), &mut session);
            sealed = Sealed::of(team, here.as_ref().ok(), session.moment());
            let errors = sound::mistakes(here.as_ref().ok().map(|here| &here.reading.team), team);
            let summary = format!(
                "{} people, {} systems, {} tools, {} bridges",
                team.people.len(),
                team.systems.len(),
                team.tools.len(),
                team.bridges.len()
            );
            (errors, checked.warnings, summary)
        }
        Err(LoadError::Mistakes(problems)) => (problems.errors, problems.warnings, String::new()),
        Err(LoadError::Disk(error)) => return Err(error.into()),
    };
    let mut problems: Vec<&Problem> = errors.iter().chain(&warnings).collect();
    problems.sort_by_key(|problem| (problem.file.as_str(), problem.line, problem.column));
    if session.out.is_json() {
        let (good, to_change) = (errors.is_empty(), to_change.clone());
        session.out.json(&Answer { schema: "kit.check/1", good, problems, to_change, sealed })?;
    } else {
        for problem in &problems {
            session.out.lines(problem.to_string().lines());
        }
        for value in &to_change {
            session.out.line(format!("FAIL  {value}"));
        }
        let warned = match warnings.len() {
            0 => String::new(),
            number => format!(", {}", authored::count(number, "warning")),
        };
        if errors.is_empty() {
            let word = if to_change.is_empty() { "GOOD" } else { "CHANGE" };
            session.out.line(format!("{word}  {summary}{warned}"));
        } else {
            session.out.line(format!("FAIL  {}{warned}", authored::count(errors.len(), "mistake")));
        }
        session.out.lines(sealed.iter().flat_map(|sealed| sealed.words(&arguments.dir)));
    }
    if errors.is_empty() && !to_change.is_empty() {
        let values = authored::count(to_change.len(), "value");
        return Err(Failure::new(Kind::No, format!("{} has {values} to change.", arguments.dir.display()))
            .hint("Change it where it is used, then seal it: kit seal NAME --dir DIR")
            .hint("Then everybody gets it with: kit publish DIR"));
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Kind::No,
        format!("{} has {} to put right.", arguments.dir.display(), authored::count(errors.len(), "mistake")),
    )
    .hint(format!("Nothing can be published until they are mended. Then: kit check {}", arguments.dir.display())))
}
