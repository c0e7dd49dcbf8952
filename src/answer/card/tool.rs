//! A tool: what to use instead, and how to get in anyway.

use serde::Serialize;

use super::{Call, CheckedCard, name_of, needs};
use crate::{
    answer::Moment,
    team::{Avoid, Id, Ref, Team, Thing, Tool},
};

/// What there is to say of a tool.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolCard {
    /// The tool's id.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// How to get there while it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<String>,
    /// What it does not work without.
    pub needs: Vec<String>,
    /// What to use instead, in order.
    pub instead: Vec<UseInstead>,
    /// What not to use instead.
    pub avoid: Vec<Avoid>,
    /// Where its maker says whether it is down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_page: Option<String>,
    /// Who knows it best.
    pub owner: Option<Call>,
    /// The credential to get in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// The last check by a human.
    pub checked: Option<CheckedCard>,
}

/// One way to do without a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UseInstead {
    /// The name of the tool or bridge.
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
}

impl ToolCard {
    pub(super) fn of(team: &Team, id: &Id<Tool>, tool: &Tool, moment: &Moment) -> Self {
        Self {
            id: id.to_string(),
            name: tool.name.clone(),
            purpose: tool.purpose.clone(),
            reach: tool.reach.clone(),
            needs: needs(team, &tool.needs),
            instead: tool.backups.iter().filter_map(|backup| use_instead(team, backup)).collect(),
            avoid: tool.avoid.clone(),
            status_page: tool.status_page.clone(),
            owner: tool.owner.as_ref().and_then(|owner| Call::by_id(team, owner, moment)),
            credential: tool.credential.as_ref().map(ToString::to_string),
            checked: tool.checked.as_ref().map(|checked| CheckedCard::of(team, checked, moment)),
        }
    }
}

fn use_instead(team: &Team, backup: &Ref) -> Option<UseInstead> {
    let (kind, id) = backup.resolve(team)?;
    let name = name_of(team, kind, id)?;
    match kind {
        Thing::Tool => {
            let tool = team.tools.get(&Id::parse(id).ok()?)?;
            Some(UseInstead { name, number: None, pin: None, reach: tool.reach.clone(), needs: needs(team, &tool.needs) })
        }
        _ => {
            let bridge = team.bridges.get(&Id::parse(id).ok()?)?;
            Some(UseInstead {
                name,
                number: bridge.numbers.first().map(|number| number.shown.clone()),
                pin: bridge.pin.clone(),
                reach: bridge.reach.clone(),
                needs: needs(team, &bridge.needs),
            })
        }
    }
}
