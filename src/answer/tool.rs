//! All tools at once: which fall with what is down, and what to use instead of each.

use serde::Serialize;

use super::{Ask, Falls, Scene, ToolCard, UseInstead};

/// All tools of a team.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tools {
    /// What is assumed to be lost, in words; empty for nothing.
    pub assumed: String,
    /// Each tool; those that fall come first, otherwise by id.
    pub tools: Vec<ToolRow>,
}

/// One tool among all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolRow {
    /// The tool's id.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// Why it falls with what is assumed, if it does.
    pub falls: Option<Falls>,
    /// The first backup that stands when the tool is down.
    pub instead: Option<UseInstead>,
    /// Whom to ask about it.
    pub ask: Option<Ask>,
}

/// Each tool with what to use instead.
pub fn tools(scene: Scene<'_>) -> Tools {
    let row = |card: ToolCard| ToolRow {
        instead: card.instead.into_iter().next(),
        id: card.id,
        name: card.name,
        falls: card.falls,
        ask: card.ask,
    };
    let mut tools: Vec<ToolRow> = scene.team.tools.iter().map(|(id, tool)| row(ToolCard::of(scene, id, tool))).collect();
    tools.sort_by_key(|row| row.falls.is_none());
    Tools { assumed: scene.what_if.text(scene.team), tools }
}
