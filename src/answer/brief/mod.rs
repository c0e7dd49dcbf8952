//! All of it for one system or one window: whom to call, how to join, who decides, what it needs, how to get in.
//!
//! Put together from the other answers; nothing is decided here but what belongs together.

mod record;

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Bridges, Call, Card, CredentialCard, Decision, LineUp, Match, Scene, WindowPlan, bridges, card, fold, in_charge, line_up,
    window::running,
};
use crate::team::{Authority, Id, Need, Part, Responder, System, Thing, Window};

/// All of it for one thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Brief {
    /// What it is about.
    pub about: Subject,
    /// What is assumed to be lost, in words; empty for nothing.
    pub assumed: String,
    /// Whom to call, in order.
    pub call: LineUp,
    /// Whom to call when none of them can be: the one in charge.
    pub fallback: Option<Call>,
    /// What each of them does in the window, by person id.
    pub does: BTreeMap<String, String>,
    /// How to join.
    pub bridges: Bridges,
    /// Who takes the decisions that name this system, or are for this window.
    pub decides: Vec<Decision>,
    /// Who takes all others that are not for another window.
    pub else_decided: Vec<Decision>,
    /// The window itself, or the running one that a system is worked on in.
    pub window: Option<WindowPlan>,
    /// What it needs, each with what to do when that is down; for a window, its systems come first.
    pub needs: Vec<Card>,
    /// What it needs that everybody knows, such as the internet.
    pub common_needs: Vec<String>,
    /// The labels of what opens the tools it needs.
    pub credentials: Vec<CredentialCard>,
    /// Address of the full playbook.
    pub playbook: Option<String>,
    /// The part of it that works offline.
    pub runbook: Option<String>,
}

/// What a brief is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// System or window.
    pub kind: Thing,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The importance of a system: 1 wakes people.
    pub tier: Option<u8>,
}

/// The brief of a system or a window that a lookup found; without one, of the window that runs, the one that began last.
/// `None` when there is none of these.
pub fn brief(scene: Scene<'_>, found: Option<&Match>) -> Option<Brief> {
    let Some(found) = found else {
        return running(scene).first().map(|(id, window)| brief_of_window(scene, id, window));
    };
    match found.kind {
        Thing::System => {
            let (id, system) = scene.team.systems.get_key_value(&Id::parse(&found.id).ok()?)?;
            Some(brief_of_system(scene, id, system))
        }
        Thing::Window => {
            let (id, window) = scene.team.windows.get_key_value(&Id::parse(&found.id).ok()?)?;
            Some(brief_of_window(scene, id, window))
        }
        _ => None,
    }
}

/// The brief of a system.
fn brief_of_system(scene: Scene<'_>, id: &Id<System>, system: &System) -> Brief {
    let own = running(scene).into_iter().find(|(_, window)| window.systems.contains(id));
    let names = [fold(id.as_str()), fold(&system.name)];
    let concerns = |it: &Authority| match &it.window {
        Some(window) => own.is_some_and(|(running, _)| running == window),
        None => {
            let words = format!(" {} ", fold(&it.decision));
            names.iter().any(|name| words.contains(&format!(" {name} ")))
        }
    };
    let about = Subject { kind: Thing::System, id: id.to_string(), name: system.name.clone(), tier: system.tier };
    let brief = Brief::of(scene, about, &system.owners, &concerns, &system.needs, &[]);
    Brief {
        window: own.map(|(id, window)| WindowPlan::of(scene.moment, id, window)),
        playbook: system.playbook.clone(),
        runbook: system.runbook.clone(),
        ..brief
    }
}

/// The brief of a window.
fn brief_of_window(scene: Scene<'_>, id: &Id<Window>, window: &Window) -> Brief {
    let now = scene.moment.now;
    let roles: Vec<_> = [Part::Needed, Part::Standby]
        .into_iter()
        .flat_map(|part| window.roles.iter().filter(move |role| role.part == part))
        .filter(|role| !window.covers(now) || role.covers(window, now))
        .collect();
    let lead = in_charge(scene).and_then(|charge| Id::parse(&charge.call.id).ok());
    let order: Vec<Responder> = lead.iter().chain(roles.iter().map(|role| &role.person)).map(Responder::person).collect();
    let systems = window.systems.iter().filter_map(|id| Some((id, scene.team.systems.get(id)?)));
    let mut needs: Vec<Need> = Vec::new();
    for (_, system) in systems.clone() {
        // One of the window's own systems is there already.
        let others = system.needs.iter().filter(|need| !window.systems.iter().any(|own| own.as_str() == need.as_str()));
        for need in others {
            if !needs.contains(need) {
                needs.push(need.clone());
            }
        }
    }
    let own: Vec<Need> = systems.map(|(id, _)| Need::new(format!("{}:{id}", Thing::System.word()))).collect();
    let concerns = |it: &Authority| it.window.as_ref() == Some(id);
    let about = Subject { kind: Thing::Window, id: id.to_string(), name: window.name.clone(), tier: None };
    let brief = Brief::of(scene, about, &order, &concerns, &needs, &own);
    let does = roles.iter().filter_map(|role| Some((role.person.to_string(), role.does.clone()?))).collect();
    Brief { does, window: Some(WindowPlan::of(scene.moment, id, window)), ..brief }
}

impl Brief {
    fn of(
        scene: Scene<'_>,
        about: Subject,
        order: &[Responder],
        concerns: &dyn Fn(&Authority) -> bool,
        needs: &[Need],
        own: &[Need],
    ) -> Self {
        let call = line_up(scene, order);
        let fallback = if call.steps.is_empty() { in_charge(scene).map(|charge| charge.call) } else { None };
        let all: Vec<&Need> = own.iter().chain(needs).collect();
        let needs: Vec<Card> = all.iter().filter_map(|need| needed(scene, need)).collect();
        let common = all.iter().filter(|need| need.is_common());
        let mut credentials: Vec<CredentialCard> = Vec::new();
        for label in needs.iter().filter_map(credential_of) {
            if !credentials.contains(label) {
                credentials.push(label.clone());
            }
        }
        let standing = scene.team.authority.iter().filter(|(_, it)| it.holds(scene.moment.now));
        let (own_decisions, others): (Vec<_>, Vec<_>) = standing.partition(|(_, it)| concerns(it));
        let others = others.into_iter().filter(|(_, it)| it.window.is_none());
        Self {
            about,
            assumed: scene.what_if.text(scene.team),
            call,
            fallback,
            does: BTreeMap::new(),
            bridges: bridges(scene, None),
            decides: own_decisions.into_iter().map(|(id, it)| Decision::of(scene, id, it)).collect(),
            else_decided: others.map(|(id, it)| Decision::of(scene, id, it)).collect(),
            window: None,
            common_needs: common.map(|need| need.as_str().replace('-', " ")).collect(),
            needs,
            credentials,
            playbook: None,
            runbook: None,
        }
    }
}

fn needed(scene: Scene<'_>, need: &Need) -> Option<Card> {
    let (kind, id) = need.resolve(scene.team)?;
    card(scene, &Match { kind, id: id.to_owned(), name: String::new(), query: String::new() })
}

fn credential_of(card: &Card) -> Option<&CredentialCard> {
    match card {
        Card::Tool(card) => card.credential.as_ref(),
        _ => None,
    }
}
