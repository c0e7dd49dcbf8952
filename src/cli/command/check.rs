//! `kit check`: every mistake of a team directory, at once.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::{
    authored::{self, LoadError, Problem},
    cli::{
        failure::{Failure, Kind},
        session::Session,
    },
};

/// Find every mistake in a team directory
///
/// Examples:
///   kit check team
///   kit check team --json
///
/// Exit status 1 when there is a mistake that stands in the way of publishing; warnings alone are 0.
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
}

pub(super) fn run(arguments: &Arguments, session: Session<'_>) -> Result<(), Failure> {
    let today = session.moment().here().date();
    let (errors, warnings, summary) = match authored::load(&arguments.dir, today) {
        Ok(checked) => {
            let team = &checked.team;
            let summary = format!(
                "{} people, {} systems, {} tools, {} bridges",
                team.people.len(),
                team.systems.len(),
                team.tools.len(),
                team.bridges.len()
            );
            (Vec::new(), checked.warnings, summary)
        }
        Err(LoadError::Mistakes(problems)) => (problems.errors, problems.warnings, String::new()),
        Err(LoadError::Disk(error)) => return Err(error.into()),
    };
    let mut problems: Vec<&Problem> = errors.iter().chain(&warnings).collect();
    problems.sort_by_key(|problem| (problem.file.as_str(), problem.line, problem.column));
    if session.out.is_json() {
        session.out.json(&Answer { schema: "kit.check/1", good: errors.is_empty(), problems })?;
    } else {
        for problem in &problems {
            session.out.lines(problem.to_string().lines());
        }
        let warned = match warnings.len() {
            0 => String::new(),
            number => format!(", {}", authored::count(number, "warning")),
        };
        if errors.is_empty() {
            session.out.line(format!("GOOD  {summary}{warned}"));
        } else {
            session.out.line(format!("FAIL  {}{warned}", authored::count(errors.len(), "mistake")));
        }
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
