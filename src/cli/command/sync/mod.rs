//! `kit sync`: the newest kit from where the team keeps it.

mod after;
mod timer;
mod unopened;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use after::{After, Heard, after};
pub(super) use unopened::not_yet;

use crate::{
    cli::{
        failure::{Failure, Kind},
        report::{self, Facts, Manner, Report, Settled, settle},
        screen,
        session::Session,
        time::{self, Length},
    },
    source::Address,
};

/// Get the newest kit from the places where the team publishes it
///
/// Examples:
///   kit sync
///   kit sync --require-gen 43 --max-age 1h --quiet
///
/// All places are asked side by side; the newest kit that is signed by the team's publishers is taken, and nothing that is
/// older than what is here. Without a network or with a bad source nothing changes, and the kit here goes on working.
///
/// Exit status 7 when no place could be reached, 6 when nothing that came is to be trusted, 1 when a requirement is not met.
///
/// With --plain: one line for each place. Columns: address; taken, kit, unchanged or the sort of its trouble; number of the
/// kit; bytes; seconds; what is wrong.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Look here, this once, instead of at the remembered places
    #[arg(long, value_name = "PLACE")]
    from: Option<String>,
    /// Fail unless the kit here is then this one or a newer one
    #[arg(long, value_name = "N")]
    require_gen: Option<u64>,
    /// Fail if the kit here was then signed longer ago than this: 15m, 1h, 2d. It is the age of the kit, not of the sync
    #[arg(long, value_name = "AGE", value_parser = time::parse_length)]
    max_age: Option<Length>,
    /// Fetch, check and show what would change; store nothing
    #[arg(long)]
    dry_run: bool,
    /// Say nothing unless something is wrong
    #[arg(long, conflicts_with = "explain")]
    quiet: bool,
    /// Tell each step and decision, for each place, with the seconds since the start
    #[arg(long)]
    explain: bool,
    /// Let the system run kit sync by itself; with --dry-run, show the files for it
    #[arg(long, conflicts_with_all = ["from", "require_gen", "max_age", "quiet", "explain"])]
    install_timer: bool,
    /// How often it is to run: 15m, or another that divides an hour or a day
    #[arg(long, value_name = "TIME", value_parser = time::parse_length, requires = "install_timer")]
    every: Option<Length>,
    /// Take that away again
    #[arg(long, conflicts_with_all = ["install_timer", "from", "require_gen", "max_age", "quiet", "explain", "dry_run"])]
    remove_timer: bool,
}

/// The `--json` object.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    #[serde(flatten)]
    report: &'a Report,
    delivered: usize,
    opened: &'a [Heard],
}

pub(super) fn run(arguments: &Arguments, mut session: Session<'_>) -> Result<(), Failure> {
    if arguments.install_timer || arguments.remove_timer {
        return timer::run(arguments, session);
    }
    let mut store = session.store()?;
    let sources = match &arguments.from {
        Some(place) => vec![Address::parse(place, &session.folder()?)?.to_string()],
        None => store.settings()?.sources,
    };
    if sources.is_empty() {
        return Err(Failure::usage("this kit has no place to look for newer ones yet.")
            .hint("This once:  kit sync --from PLACE")
            .hint("Always:     kit source add PLACE"));
    }
    let manner = match (arguments.quiet, arguments.explain) {
        (true, _) => Manner::Quiet,
        (_, true) => Manner::Explained,
        _ => Manner::Usual,
    };
    let heard = report::ask(&mut session, &store, &sources, manner)?;
    let (alarms, now) = (report::alarms(&heard), session.moment().now);
    let Settled { report, trouble } =
        settle(&session, &mut store, heard, arguments.dry_run, |facts| arguments.unmet(facts, now))?;
    let well: Vec<String> = report.sources.iter().filter(|source| source.problem.is_none()).map(|s| s.source.clone()).collect();
    let after = if arguments.dry_run { After::default() } else { after(&store, &well, &mut session)? };
    if !arguments.quiet {
        let (delivered, opened) = (after.delivery.count(), after.heard.as_slice());
        let answer = Answer { schema: "kit.sync/1", report: &report, delivered, opened };
        let records = || report.sources.iter().map(report::Source::record).collect();
        session.print(&answer, records, |screen| screen::sync(screen, &report))?;
        after.say(report.updated, &mut session);
    }
    alarms.iter().for_each(|alarm| session.out.say(alarm));
    if let Some(error) = trouble {
        unopened::unopened(error, &store, &mut session)?;
    }
    match report.unmet.first() {
        None => Ok(()),
        Some(unmet) => Err(Failure::new(Kind::No, unmet)
            .hint("Is it published where you look? kit source list")
            .hint("Ask a publisher: kit publish DIR, then again: kit sync")),
    }
}

impl Arguments {
    /// What is required, and not so of the kit here.
    fn unmet(&self, facts: Option<&Facts>, now: Timestamp) -> Vec<String> {
        let here = |facts: &Facts| format!("the kit here is {}", facts.seq);
        let mut unmet = Vec::new();
        if let Some(wanted) = self.require_gen.filter(|wanted| facts.is_none_or(|facts| facts.seq < *wanted)) {
            let here = facts.map_or_else(|| "there is no kit here".to_owned(), here);
            unmet.push(format!("{here}; --require-gen wants {wanted} or newer."));
        }
        if let Some(wanted) = &self.max_age {
            match facts.map(|facts| facts.age(now)) {
                Some(age) if u64::try_from(age.seconds).is_ok_and(|seconds| seconds <= wanted.seconds) => {}
                Some(age) => {
                    unmet.push(format!("kit {} was signed {} ago; --max-age allows {}.", age.seq, age.text, wanted.text));
                }
                None => unmet.push(format!("there is no kit here; --max-age allows {}.", wanted.text)),
            }
        }
        unmet
    }
}
