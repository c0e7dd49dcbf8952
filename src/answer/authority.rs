//! Who decides now, who if they cannot be reached, within which limits, and until when.

use jiff::Timestamp;
use serde::Serialize;

use super::{InCharge, LineUp, Scene, clock_time, in_charge, line_up, window::not_running};
use crate::team::{Authority, Delegation, Id};

/// One decision, and who takes it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// The decision's id.
    pub id: String,
    /// The decision in words: `Calls the rollback`.
    pub decision: String,
    /// Whether it is the one whose holder is in charge.
    pub is_lead: bool,
    /// Why it cannot be taken now, in a sentence; `None` while it can.
    pub not_now: Option<String>,
    /// Who decides, then who decides when they cannot be reached.
    #[serde(flatten)]
    pub line: LineUp,
    /// What has to be true before deciding.
    pub conditions: Vec<String>,
    /// How far the decision goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<String>,
    /// The name of the window it is for; `None` for a standing one.
    pub window: Option<String>,
    /// When it ends by itself, the earlier of its own end and the window's.
    pub until: Option<Timestamp>,
    /// The same on the reader's clock.
    pub until_clock: Option<String>,
    /// The delegation in force.
    pub delegation: Option<Delegated>,
    /// The next delegation to begin.
    pub next_delegation: Option<Delegated>,
    /// The one in charge, when the decision cannot be taken now or nobody in its line can be called.
    pub in_charge: Option<InCharge>,
    /// Where to meet, when not even that one can be called.
    pub rendezvous: Option<String>,
}

/// A decision in other hands for a while.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delegated {
    /// To whom, by name.
    pub to: String,
    /// From when.
    pub from: Timestamp,
    /// The same on the reader's clock.
    pub from_clock: String,
    /// Until when.
    pub until: Timestamp,
    /// The same on the reader's clock.
    pub until_clock: String,
    /// How far it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// One decision; `None` when the team has none of that id.
pub fn decision(scene: Scene<'_>, id: &str) -> Option<Decision> {
    let (id, authority) = scene.team.authority.get_key_value(&Id::parse(id).ok()?)?;
    Some(Decision::of(scene, id, authority))
}

/// All decisions: those that can be taken now first, each by id.
pub fn decisions(scene: Scene<'_>) -> Vec<Decision> {
    let mut all: Vec<Decision> = scene.team.authority.iter().map(|(id, it)| Decision::of(scene, id, it)).collect();
    all.sort_by_key(|decision| decision.not_now.is_some());
    all
}

impl Decision {
    /// Whether anybody at all can be called.
    pub fn is_anybody(&self) -> bool {
        !self.line.steps.is_empty() || self.in_charge.is_some()
    }

    /// A record for each call in order, one without a call when there is none. Columns: decision, state, position, id, name,
    /// E.164, call from.
    pub fn records(&self) -> Vec<Vec<String>> {
        let state = if self.not_now.is_some() { "not-now" } else { "now" };
        let record = |rest: [String; 5]| [self.id.clone(), state.to_owned()].into_iter().chain(rest).collect();
        if self.line.steps.is_empty() {
            return vec![record(Default::default())];
        }
        let steps = self.line.steps.iter().map(|step| {
            let number = step.call.e164().unwrap_or_default().to_owned();
            record([step.position.to_string(), step.call.id.clone(), step.call.name.clone(), number, step.from.to_string()])
        });
        steps.collect()
    }

    pub(super) fn of(scene: Scene<'_>, id: &Id<Authority>, authority: &Authority) -> Self {
        let now = scene.moment.now;
        let line = line_up(scene, &authority.line(now));
        let window = authority.window.as_ref().and_then(|id| scene.team.windows.get(id));
        let until = authority.until.into_iter().chain(window.map(|window| window.end)).min();
        let not_now = not_in_force(scene, authority);
        let in_charge = if not_now.is_some() || line.steps.is_empty() { in_charge(scene) } else { None };
        let next = authority.delegations.iter().filter(|it| now < it.from).min_by_key(|it| it.from);
        Self {
            id: id.to_string(),
            decision: authority.decision.clone(),
            is_lead: scene.team.lead.as_ref() == Some(id),
            conditions: authority.conditions.clone(),
            limits: authority.limits.clone(),
            window: window.map(|window| window.name.clone()),
            until,
            until_clock: until.map(|until| clock_time(scene.moment, until)),
            delegation: authority.delegation(now).map(|it| Delegated::of(scene, it)),
            next_delegation: next.map(|it| Delegated::of(scene, it)),
            rendezvous: scene.team.rendezvous.clone().filter(|_| line.steps.is_empty() && in_charge.is_none()),
            not_now,
            in_charge,
            line,
        }
    }
}

impl Delegated {
    fn of(scene: Scene<'_>, delegation: &Delegation) -> Self {
        Self {
            to: delegation.to.name(scene.team).to_owned(),
            from: delegation.from,
            from_clock: clock_time(scene.moment, delegation.from),
            until: delegation.until,
            until_clock: clock_time(scene.moment, delegation.until),
            limits: delegation.limits.clone(),
            why: delegation.why.clone(),
        }
    }
}

/// Why a decision cannot be taken now, in a sentence, if it cannot.
pub(super) fn not_in_force(scene: Scene<'_>, authority: &Authority) -> Option<String> {
    let now = scene.moment.now;
    let clock = |at: Timestamp| clock_time(scene.moment, at);
    match (authority.from, authority.until) {
        (Some(from), _) if now < from => Some(format!("it begins {}", clock(from))),
        (_, Some(until)) if until <= now => Some(format!("it ended {}", clock(until))),
        _ => not_running(scene, scene.team.windows.get(authority.window.as_ref()?)?),
    }
}
