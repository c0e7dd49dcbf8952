//! A bridge: how to join, what it needs, what to say first.

use serde::Serialize;

use super::{CheckedCard, NumberCard, needs};
use crate::{
    answer::Moment,
    team::{Bridge, Id, Team},
};

/// What there is to say of a bridge.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BridgeCard {
    /// The bridge's id.
    pub id: String,
    /// The bridge's name.
    pub name: String,
    /// Its rung on the ladder, 1 is tried first.
    pub rung: usize,
    /// How many rungs the ladder has.
    pub rungs: usize,
    /// Dial-in numbers, the first one first.
    pub numbers: Vec<NumberCard>,
    /// What to key in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// What the host keys in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_key: Option<String>,
    /// An address, group or channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<String>,
    /// What it does not work without.
    pub needs: Vec<String>,
    /// What to say first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub say_first: Option<String>,
    /// The last rehearsal.
    pub tested: Option<CheckedCard>,
    /// Anything a caller should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl BridgeCard {
    /// The bridge that is tried first, if the team has any.
    pub fn first(team: &Team, moment: &Moment) -> Option<Self> {
        team.ladder().first().map(|(id, bridge)| Self::of(team, id, bridge, moment))
    }

    pub(super) fn of(team: &Team, id: &Id<Bridge>, bridge: &Bridge, moment: &Moment) -> Self {
        let ladder = team.ladder();
        Self {
            id: id.to_string(),
            name: bridge.name.clone(),
            rung: ladder.iter().position(|(other, _)| *other == id).map_or(0, |index| index + 1),
            rungs: ladder.len(),
            numbers: NumberCard::all(team, &bridge.numbers, moment),
            pin: bridge.pin.clone(),
            host_key: bridge.host_key.clone(),
            reach: bridge.reach.clone(),
            needs: needs(team, &bridge.needs),
            say_first: team.say_first.clone(),
            tested: bridge.tested.as_ref().map(|tested| CheckedCard::of(team, tested, moment)),
            note: bridge.note.clone(),
        }
    }

    /// Whether a plain telephone is all it takes.
    pub fn needs_only_a_phone(&self) -> bool {
        !self.numbers.is_empty() && self.needs.iter().all(|need| need == "a phone" || need == "mobile network")
    }
}
