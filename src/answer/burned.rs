//! Credentials that somebody opened and that have the same value since: who opened them, and by when they get another one.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{Moment, clock_time, day};
use crate::team::{Credential, Device, Drill, Id, Opening, Person, Rule, Task, Team};

/// An opening that this machine knows of from a journal, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What was opened, and when.
    pub opening: Opening,
    /// Who.
    pub by: Option<Id<Person>>,
}

/// A credential that was opened and not changed since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Burned {
    /// Its id.
    pub credential: Id<Credential>,
    /// The version that was opened.
    pub version: u32,
    /// When it was first opened, by the clock of whoever did.
    pub at: Timestamp,
    /// The day of that, on the reader's clock: `Wed 18 Nov`.
    pub day: String,
    /// Who, by name, where this machine knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it is to have another value.
    pub rotate_by: Timestamp,
    /// The same on the reader's clock.
    pub rotate_by_clock: String,
    /// Whether that has passed.
    pub is_past: bool,
}

/// What a device opens, and when that was last tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Opens {
    /// Credentials that it opens alone.
    pub alone: usize,
    /// Credentials that it opens together with others.
    pub together: usize,
    /// Days since all of its tiers were last tried; [`None`] when one never was.
    pub tested_days: Option<i32>,
    /// Whether that is longer ago than the policy allows.
    pub is_overdue: bool,
}

/// The credentials that are burned, by signed kit and by the journals that this machine opens; those to change first come first.
pub fn burned(team: &Team, known: &[Known], moment: &Moment) -> Vec<Burned> {
    let of_ledger = team.ledger.openings.iter().map(|opening| (opening, None));
    let of_journals = known.iter().map(|known| (&known.opening, known.by.as_ref()));
    // The first opening of each, and who did it where a journal says so.
    let mut first: BTreeMap<&Id<Credential>, (&Opening, Option<&Id<Person>>)> = BTreeMap::new();
    for (opening, by) in of_ledger.chain(of_journals).filter(|(opening, _)| is_of_the_value(team, opening)) {
        let here = first.entry(&opening.credential).or_insert((opening, by));
        if opening.at < here.0.at || (opening.at == here.0.at && here.1.is_none()) {
            *here = (opening, by);
        }
    }
    let within = SignedDuration::from_hours(i64::from(team.policy.rotate_within_h));
    let mut burned: Vec<Burned> = first
        .into_iter()
        .map(|(credential, (opening, by))| {
            let Opening { at, version, .. } = *opening;
            let rotate_by = at.saturating_add(within).unwrap_or(at);
            Burned {
                credential: credential.clone(),
                version,
                at,
                day: day(at.to_zoned(moment.zone.clone()).date(), moment.here().date()),
                by: by.map(|id| team.person_name(id).to_owned()),
                rotate_by,
                rotate_by_clock: clock_time(moment, rotate_by),
                is_past: rotate_by < moment.now,
            }
        })
        .collect();
    burned.sort_by_key(|burned| burned.rotate_by);
    burned
}

/// Whether exactly the value that the team has was opened: of a value that there never was nobody can say that it was.
fn is_of_the_value(team: &Team, opening: &Opening) -> bool {
    let capsule = team.credentials.get(&opening.credential).and_then(|credential| credential.capsule.as_ref());
    capsule.is_some_and(|capsule| capsule.version == opening.version)
}

/// What a device opens, and when it was last tried by its owner; `drills` are known from their journal. Nothing when it opens
/// nothing.
pub fn opens(team: &Team, device: &Device, drills: &[Drill], moment: &Moment) -> Option<Opens> {
    let (mut alone, mut together) = (0, 0);
    let mut days: Vec<Option<i32>> = Vec::new();
    let today = moment.here().date();
    for capsule in team.credentials.values().filter_map(|credential| credential.capsule.as_ref()) {
        let key = team.tiers.get(&capsule.tier).and_then(|tier| tier.key_of(capsule.key));
        let Some(key) = key.filter(|key| key.is_for(device)) else { continue };
        match key.rule {
            Rule::Any => alone += 1,
            Rule::Of { .. } => together += 1,
        }
        let is_of = |drill: &&Drill| drill.person == device.person && drill.tier == capsule.tier && drill.version == capsule.key;
        let last = team.ledger.drills.iter().chain(drills).filter(is_of).map(|drill| drill.on).max();
        days.push(last.map(|on| (today - on).get_days().max(0)));
    }
    let tested_days = days.iter().copied().collect::<Option<Vec<i32>>>().and_then(|days| days.into_iter().max());
    let is_overdue = tested_days.is_none_or(|days| days > i32::from(team.policy.rescue_days));
    (alone + together > 0).then_some(Opens { alone, together, tested_days, is_overdue })
}

/// The tasks of a team that are not done.
pub fn open_tasks(team: &Team) -> impl Iterator<Item = &Task> {
    team.tasks.iter().filter(|task| task.rotate.is_open(team))
}

impl Burned {
    /// `opened Wed 18 Nov by Mia Krause, rotate by Thu 03:14`.
    pub fn words(&self) -> String {
        let by = self.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        let verb = if self.is_past { "it was to be rotated by" } else { "rotate by" };
        format!("opened {}{by}, {verb} {}", self.day, self.rotate_by_clock)
    }
}
