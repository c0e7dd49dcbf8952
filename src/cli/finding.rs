//! What `kit status` finds: facts about the kit on this machine, each with what to do about it.

use serde::Serialize;

use super::screen::Standing;
use crate::{
    answer::{Freshness, Moment, clock_time},
    store::{How, Settings, SourceNote, State},
    team::Team,
};

/// One line of the status.
#[derive(Serialize)]
pub(super) struct Finding {
    /// `ok`, `warn` or `fail`.
    pub(super) level: &'static str,
    /// The fact.
    pub(super) text: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fix: Option<&'static str>,
}

impl Finding {
    /// The columns of `--plain`: level, fact, what to do.
    pub(super) fn record(&self) -> Vec<String> {
        vec![self.level.to_owned(), self.text.clone(), self.fix.unwrap_or_default().to_owned()]
    }
}

fn ok(text: String) -> Finding {
    Finding { level: "ok", text, fix: None }
}

fn warn(text: String, fix: &'static str) -> Finding {
    Finding { level: "warn", text, fix: Some(fix) }
}

fn fail(text: String, fix: &'static str) -> Finding {
    Finding { level: "fail", text, fix: Some(fix) }
}

/// The kit itself: damage, trust, age, clock.
pub(super) fn of_standing(standing: &Standing, verified: How) -> Vec<Finding> {
    let mut findings: Vec<Finding> = standing.notes.iter().map(|note| fail(note.clone(), "kit sync")).collect();
    findings.push(match verified {
        How::Founder => ok("its root was made on this machine".to_owned()),
        How::Words => ok("its 12 words were compared".to_owned()),
        How::Unverified => warn("its 12 words were not compared with a publisher yet".to_owned(), "kit trust"),
    });
    match standing.age.freshness {
        Freshness::Fresh => {}
        Freshness::Aging | Freshness::Old => findings.push(warn(format!("it is {} old", standing.age.text), "kit sync")),
        Freshness::Overdue => findings.push(fail(format!("STALE: {} old, past its refresh date", standing.age.text), "kit sync")),
    }
    if standing.age.clock_behind {
        findings.push(warn(
            format!("this machine's clock looks wrong: the kit was signed {}", standing.age.created),
            "set the clock",
        ));
    }
    findings
}

/// What the team wrote down, in numbers.
pub(super) fn of_team(team: &Team) -> Vec<Finding> {
    let count = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let depth = usize::from(team.policy.owners_min);
    let thin = team.systems.values().filter(|system| system.owners.len() < depth).count();
    let silent = team.people.values().filter(|person| person.numbers.is_empty()).count();
    vec![
        ok(format!(
            "{}, {}, {}, {}",
            count(team.people.len(), "person", "people"),
            count(team.systems.len(), "system", "systems"),
            count(team.tools.len(), "tool", "tools"),
            count(team.bridges.len(), "bridge", "bridges"),
        )),
        match thin {
            0 => ok(format!("every system has {depth} owners")),
            thin => warn(format!("{} fewer than {depth} owners", count(thin, "system has", "systems have")), "kit check DIR"),
        },
        match silent {
            0 => ok("everybody has a number".to_owned()),
            silent => warn(format!("{} no number", count(silent, "person has", "people have")), "kit check DIR"),
        },
    ]
}

/// The places where newer kits are looked for.
pub(super) fn of_sources(settings: &Settings, state: &State, moment: &Moment) -> Vec<Finding> {
    if settings.sources.is_empty() {
        return vec![warn("no place to look for newer kits is known".to_owned(), "kit source add PLACE")];
    }
    let finding = |source: &String| match state.sources.get(source) {
        Some(SourceNote { last_error: Some((when, why)), .. }) => {
            warn(format!("{source}: at {}: {why}", clock_time(moment, *when)), "kit sync")
        }
        Some(SourceNote { last_good: Some(when), .. }) => ok(format!("{source}: in step at {}", clock_time(moment, *when))),
        _ => warn(format!("{source}: never asked"), "kit sync"),
    };
    settings.sources.iter().map(finding).collect()
}
