//! A tool that is down: what to use instead, what falls with it, and how to get in anyway.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{BridgeCard, Call, CheckedCard, CredentialCard, NumberCard, name_of, needs};
use crate::{
    answer::{Bridges, Falls, LineUp, Scene, Skipped, bridges, fold, in_charge, line_up, what_if::needs_of},
    team::{Avoid, Id, Ref, Responder, Team, Thing, Tool},
};

/// What there is to say of a tool, on the assumption that it is down.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolCard {
    /// The tool's id.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// What is assumed to be lost besides, in words; empty for nothing.
    pub assumed: String,
    /// Why it falls with what is assumed, if it does.
    pub falls: Option<Falls>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// How to get there while it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<String>,
    /// What it does not work without.
    pub needs: Vec<String>,
    /// What to use instead, in the agreed order; what needs the same things as this tool comes after what does not.
    pub instead: Vec<UseInstead>,
    /// Backups that fall with it or with what is assumed.
    pub falls_too: Vec<UseInstead>,
    /// How to talk at all, when no backup is left.
    pub bridges: Option<Bridges>,
    /// Numbers that it calls people from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls_from: Vec<NumberCard>,
    /// What not to use instead, as the team wrote it.
    pub avoid: Vec<Avoid>,
    /// Where its maker says whether it is down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_page: Option<String>,
    /// Who knows it best and can be called.
    pub ask: Option<Ask>,
    /// The credential to get in.
    pub credential: Option<CredentialCard>,
    /// The last check by a human.
    pub checked: Option<CheckedCard>,
    /// Whether that check is older than the team's policy allows for numbers, or missing.
    pub check_is_stale: bool,
}

/// One way to do without a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UseInstead {
    /// Tool or bridge.
    pub kind: Thing,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// A number to dial.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What to key in after the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// An address, group or channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<String>,
    /// What it does not work without.
    pub needs: Vec<String>,
    /// Why it falls, if it does.
    pub falls: Option<Falls>,
    /// Tools, vendors and systems that both need, at any depth: it may be down for the same reason.
    pub shares: Vec<String>,
    /// Tools, vendors and systems that the tool needs and this does not.
    pub without: Vec<String>,
}

/// Whom to ask about a tool.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ask {
    /// The call to make.
    #[serde(flatten)]
    pub call: Call,
    /// Why them: `owner`, `in charge`.
    pub role: String,
    /// Who would have been asked before them, and why they cannot be called.
    pub skipped: Vec<Skipped>,
}

impl ToolCard {
    pub(in crate::answer) fn of(scene: Scene<'_>, id: &Id<Tool>, tool: &Tool) -> Self {
        let Scene { team, moment, .. } = scene;
        let what_if = scene.what_if.and_down(Thing::Tool, id.as_str());
        let down = Scene { what_if: &what_if, ..scene };
        let own = all_needs(team, Thing::Tool, id.as_str());
        let backups: Vec<UseInstead> = tool.backups.iter().filter_map(|backup| UseInstead::of(down, backup, &own)).collect();
        let (falls_too, standing): (Vec<_>, Vec<_>) = backups.into_iter().partition(|backup| backup.falls.is_some());
        let (alone, sharing): (Vec<_>, Vec<_>) = standing.into_iter().partition(|backup| backup.shares.is_empty());
        // What is computed need not be said twice.
        let is_known = |avoid: &&Avoid| !falls_too.iter().any(|too| fold(&too.name) == fold(&avoid.what));
        let avoid = tool.avoid.iter().filter(is_known).cloned().collect();
        let checked = tool.checked.as_ref().map(|checked| CheckedCard::of(team, checked, moment));
        let credential = tool.credential.as_ref().and_then(|id| Some((id, team.credentials.get(id)?)));
        Self {
            id: id.to_string(),
            name: tool.name.clone(),
            assumed: scene.what_if.text(team),
            falls: Falls::of_thing(scene, Thing::Tool, id.as_str()),
            calls_from: NumberCard::all(team, &tool.numbers, moment),
            purpose: tool.purpose.clone(),
            reach: tool.reach.clone(),
            needs: needs(team, &tool.needs),
            bridges: (alone.is_empty() && sharing.is_empty()).then(|| bridges(down, None)),
            instead: [alone, sharing].concat(),
            falls_too,
            avoid,
            status_page: tool.status_page.clone(),
            ask: Ask::about(scene, tool),
            // The way in by the back door must not need the tool itself.
            credential: credential.map(|(id, label)| CredentialCard::of(down, id, label)),
            check_is_stale: CheckedCard::is_stale(checked.as_ref(), team),
            checked,
        }
    }
}

impl UseInstead {
    fn of(scene: Scene<'_>, backup: &Ref, own: &BTreeSet<(Thing, String)>) -> Option<Self> {
        let team = scene.team;
        let (kind, id) = backup.resolve(team)?;
        let its = all_needs(team, kind, id);
        let names = |things: Vec<&(Thing, String)>| -> Vec<String> {
            things.into_iter().filter_map(|(kind, id)| name_of(team, *kind, id)).collect()
        };
        let (shares, without) = (names(own.intersection(&its).collect()), names(own.difference(&its).collect()));
        let (name, id) = (name_of(team, kind, id)?, id.to_owned());
        if kind == Thing::Tool {
            let tool = team.tools.get(&Id::parse(&id).ok()?)?;
            let (reach, needs) = (tool.reach.clone(), needs(team, &tool.needs));
            let falls = Falls::of_thing(scene, kind, &id);
            return Some(Self { kind, id, name, number: None, pin: None, reach, needs, falls, shares, without });
        }
        let (bridge_id, bridge) = team.bridges.get_key_value(&Id::parse(&id).ok()?)?;
        let card = BridgeCard::of(scene, bridge_id, bridge);
        let number = card.numbers.into_iter().next().map(|number| number.shown);
        let BridgeCard { pin, reach, needs, falls, .. } = card;
        Some(Self { kind, id, name, number, pin, reach, needs, falls, shares, without })
    }
}

impl Ask {
    /// The owner, or whoever stands in; else who answers for or holds the credential; else who is in charge.
    fn about(scene: Scene<'_>, tool: &Tool) -> Option<Self> {
        let owner: Vec<Responder> = tool.owner.iter().map(Responder::person).collect();
        let LineUp { steps, skipped, .. } = line_up(scene, &owner);
        if let Some(step) = steps.into_iter().next() {
            let role = match &step.stands_in_for {
                Some(name) => format!("stands in for {name}"),
                None => "owner".to_owned(),
            };
            return Some(Self { call: step.call, role, skipped });
        }
        let label = tool.credential.as_ref().and_then(|id| Some((id, scene.team.credentials.get(id)?)));
        if let Some((id, label)) = label {
            let tier = scene.team.tiers.get(&label.tier);
            let people = label.owner.iter().chain(tier.into_iter().flat_map(|tier| &tier.holders));
            let line = line_up(scene, &people.map(Responder::person).collect::<Vec<_>>());
            if let Some(step) = line.steps.into_iter().next() {
                return Some(Self { call: step.call, role: format!("for {id}"), skipped });
            }
        }
        in_charge(scene).map(|charge| Self { call: charge.call, role: "in charge".to_owned(), skipped })
    }
}

/// All tools, vendors and systems that a thing needs, at any depth; without what everybody needs, such as the internet.
fn all_needs(team: &Team, kind: Thing, id: &str) -> BTreeSet<(Thing, String)> {
    let mut all = BTreeSet::new();
    let mut next = vec![(kind, id.to_owned())];
    while let Some((kind, id)) = next.pop() {
        for need in needs_of(team, kind, &id).iter().filter_map(|need| need.resolve(team)) {
            let need = (need.0, need.1.to_owned());
            // Needs may go round in a circle.
            if all.insert(need.clone()) {
                next.push(need);
            }
        }
    }
    all
}
