//! What `kit status` finds: facts about the kit on this machine, each with what to do about it.

use std::{borrow::Cow, path::PathBuf};

use serde::Serialize;

use super::{
    report::{Place, Sheet},
    screen::Standing,
};
use crate::{
    answer::{Freshness, Known, Moment, Opens, burned, open_tasks},
    audit::Audit,
    store::{How, StoreError},
    team::{Task, Team},
};

/// One line of the status.
#[derive(Serialize)]
pub(super) struct Finding {
    /// How bad it is.
    pub(super) level: Level,
    /// The fact.
    pub(super) text: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fix: Option<Cow<'static, str>>,
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    /// As it should be.
    Ok,
    /// To be looked at.
    Warn,
    /// Wrong.
    Fail,
}

impl Level {
    /// The word at the beginning of a line.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        }
    }
}

impl Finding {
    /// The columns of `--plain`: level, fact, what to do.
    pub(super) fn record(&self) -> Vec<String> {
        vec![self.level.word().to_lowercase(), self.text.clone(), self.fix.as_deref().unwrap_or_default().to_owned()]
    }
}

fn ok(text: String) -> Finding {
    Finding { level: Level::Ok, text, fix: None }
}

fn warn(text: String, fix: &'static str) -> Finding {
    Finding { level: Level::Warn, text, fix: Some(fix.into()) }
}

fn fail(text: String, fix: &'static str) -> Finding {
    Finding { level: Level::Fail, text, fix: Some(fix.into()) }
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

/// Credentials that were opened and not changed since, and other values that have to change.
pub(super) fn of_values(team: &Team, known: &[Known], moment: &Moment) -> Vec<Finding> {
    let burned = burned(team, known, moment).into_iter().map(|burned| Finding {
        level: if burned.is_past { Level::Fail } else { Level::Warn },
        text: format!("{} was {}", burned.credential, burned.words()),
        fix: Some(format!("kit seal {} --dir DIR", burned.credential).into()),
    });
    let today = moment.here().date();
    let (late, open): (Vec<&Task>, Vec<&Task>) = open_tasks(team).partition(|task| task.by < today);
    let values = |count: usize| if count == 1 { "1 value has".to_owned() } else { format!("{count} values have") };
    let mut findings: Vec<Finding> = burned.collect();
    if !late.is_empty() {
        findings.push(fail(format!("{} to change, and the day for it has passed", values(late.len())), "kit check DIR"));
    }
    if !open.is_empty() {
        findings.push(warn(format!("{} to change", values(open.len())), "kit check DIR"));
    }
    findings
}

/// Journals that cannot be read.
pub(super) fn of_journals(error: &StoreError) -> Finding {
    fail(format!("what was opened cannot be said: {error}"), "kit log verify")
}

/// What contradicts this device's own journal, if anything does.
pub(super) fn of_record(audits: &[Audit]) -> Option<Finding> {
    let audit = audits.iter().find(|audit| audit.is_own && !audit.is_sound())?;
    Some(fail(format!("the journal of this device is not whole: {}", audit.words()), "kit log verify"))
}

/// What this device opens, and when that was last tried.
pub(super) fn of_key(opens: &Opens) -> Finding {
    let count = |number: usize| if number == 1 { "1 credential".to_owned() } else { format!("{number} credentials") };
    let what = match (opens.alone, opens.together) {
        (alone, 0) => format!("your key opens {}", count(alone)),
        (0, together) => format!("your key opens {} together with others", count(together)),
        (alone, together) => format!("your key opens {}, and {together} more together with others", count(alone)),
    };
    match opens.tested_days {
        Some(0) => ok(format!("{what} (tested today)")),
        Some(1) if !opens.is_overdue => ok(format!("{what} (tested yesterday)")),
        Some(days) if !opens.is_overdue => ok(format!("{what} (tested {days} days ago)")),
        Some(days) => warn(format!("{what}, not tested for {days} days"), "kit rescue-drill"),
        None => warn(format!("{what}, not tested yet"), "kit rescue-drill"),
    }
}

/// The places where newer kits are looked for.
pub(super) fn of_places(places: &[Place], moment: &Moment) -> Vec<Finding> {
    if places.is_empty() {
        return vec![warn("no place to look for newer kits is known".to_owned(), "kit source add PLACE")];
    }
    let finding = |place: &Place| {
        let text = format!("{}: {}", place.source, place.words(moment));
        let fix = match place.level() {
            Level::Ok => None,
            _ => Some(place.next.clone().map_or(Cow::Borrowed("kit sync"), Cow::Owned)),
        };
        Finding { level: place.level(), text, fix }
    };
    places.iter().map(finding).collect()
}

/// Sheets that are around and no longer say what is so.
pub(super) fn of_paper(sheets: &[Sheet], moment: &Moment) -> Vec<Finding> {
    let finding = |sheet: &Sheet| {
        let around = sheet.around();
        let copies = if around.is_empty() { String::new() } else { format!(", copies: {}", around.join(", ")) };
        let fix = sheet.next.clone().unwrap_or_else(|| format!("kit sheets --destroyed {}", sheet.id));
        Finding {
            level: Level::Warn,
            text: format!("paper {}: {}{copies}", sheet.id, sheet.words(moment)),
            fix: Some(fix.into()),
        }
    };
    sheets.iter().filter(|sheet| sheet.is_outdated()).map(finding).collect()
}

/// What was printed cannot be said.
pub(super) fn of_no_paper(error: &StoreError) -> Finding {
    fail(error.to_string(), "kit sheets")
}

/// Folders in which a killed kit left files.
pub(super) fn of_left_behind(folders: &[PathBuf]) -> Vec<Finding> {
    let text = |folder: &PathBuf| format!("a killed kit left files in {}, which may hold a value", folder.display());
    folders.iter().map(|folder| warn(text(folder), "kit sync")).collect()
}

/// Sources that the publishers suggest.
pub(super) fn of_suggestions(suggested: &[String]) -> Vec<Finding> {
    let finding = |source: &String| Finding {
        level: Level::Ok,
        text: "the publisher suggests".to_owned(),
        fix: Some(format!("kit source add {source}").into()),
    };
    suggested.iter().map(finding).collect()
}
