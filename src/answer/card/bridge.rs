//! A bridge: how to join, what it needs, whether it stands.

use serde::Serialize;

use super::{CheckedCard, NumberCard, needs};
use crate::{
    answer::{Falls, Scene, fall::still_ringing},
    team::{Bridge, Id, Thing},
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
    /// Why nobody can join here, if so.
    pub falls: Option<Falls>,
    /// Dial-in numbers that still ring, the first one first; all of them when the bridge falls.
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
    /// The last rehearsal.
    pub tested: Option<CheckedCard>,
    /// Whether the rehearsal is older than the team's policy allows for numbers, or missing.
    pub test_is_stale: bool,
    /// Anything a caller should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl BridgeCard {
    pub(in crate::answer) fn of(scene: Scene<'_>, id: &Id<Bridge>, bridge: &Bridge) -> Self {
        let Scene { team, moment, .. } = scene;
        let ladder = team.ladder();
        let ringing = still_ringing(scene, &bridge.numbers);
        let numbers = match &ringing {
            Some(Ok(ringing)) => ringing.iter().map(|number| NumberCard::of(team, number, moment)).collect(),
            _ => NumberCard::all(team, &bridge.numbers, moment),
        };
        // Without its numbers a bridge that has an address as well is still one.
        let no_number = ringing.and_then(Result::err).filter(|_| bridge.reach.is_none());
        let tested = bridge.tested.as_ref().map(|tested| CheckedCard::of(team, tested, moment));
        Self {
            id: id.to_string(),
            name: bridge.name.clone(),
            rung: ladder.iter().position(|(other, _)| *other == id).map_or(0, |index| index + 1),
            rungs: ladder.len(),
            falls: Falls::of_thing(scene, Thing::Bridge, id.as_str()).or(no_number),
            numbers,
            pin: bridge.pin.clone(),
            host_key: bridge.host_key.clone(),
            reach: bridge.reach.clone(),
            needs: needs(team, &bridge.needs),
            test_is_stale: CheckedCard::is_stale(tested.as_ref(), team),
            tested,
            note: bridge.note.clone(),
        }
    }

    /// Whether a plain telephone is all it takes.
    pub fn needs_only_a_phone(&self) -> bool {
        !self.numbers.is_empty() && self.needs.iter().all(|need| need == "a phone" || need == "mobile network")
    }
}
