//! How to talk now: the ladder of bridges, which of them still stand, and where to meet when none does.

use serde::Serialize;

use super::{BridgeCard, InCharge, Scene, in_charge};
use crate::team::{Bridge, Id};

/// How to talk now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bridges {
    /// The bridge that was asked for, if one was.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub asked: Option<BridgeCard>,
    /// What is assumed to be lost, in words; empty for nothing.
    pub assumed: String,
    /// The way in: the one that was asked for if it stands, else the first that does.
    pub join: Option<BridgeCard>,
    /// The whole ladder in its order, what falls too.
    pub ways: Vec<BridgeCard>,
    /// What to say first.
    pub say_first: Option<String>,
    /// Where to meet when nothing works, without the word "meet".
    pub meet: Option<String>,
    /// Whom to call when there is no lead on the bridge.
    pub lead: Option<InCharge>,
}

/// The ladder, with a bridge that was asked for or without.
pub fn bridges(scene: Scene<'_>, asked: Option<&Id<Bridge>>) -> Bridges {
    let ways: Vec<BridgeCard> = scene.team.ladder().into_iter().map(|(id, bridge)| BridgeCard::of(scene, id, bridge)).collect();
    let asked = asked.and_then(|id| ways.iter().find(|way| way.id == id.as_str())).cloned();
    let join = asked.iter().chain(&ways).find(|way| way.falls.is_none()).cloned();
    let meet = scene.team.rendezvous.as_deref().map(|rule| {
        let place = rule.split_once(' ').filter(|(first, _)| first.eq_ignore_ascii_case("meet"));
        place.map_or(rule, |(_, place)| place).to_owned()
    });
    Bridges {
        asked,
        assumed: scene.what_if.text(scene.team),
        join,
        ways,
        say_first: scene.team.say_first.clone(),
        meet,
        lead: in_charge(scene),
    }
}

/// The first bridge of the ladder that stands.
pub fn way_in(scene: Scene<'_>) -> Option<BridgeCard> {
    let ladder = scene.team.ladder().into_iter();
    ladder.map(|(id, bridge)| BridgeCard::of(scene, id, bridge)).find(|way| way.falls.is_none())
}
