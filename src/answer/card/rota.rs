//! A rota: who is on duty now, and who comes after them.

use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use crate::{
    answer::{LineUp, Scene, clock_time, line_up},
    team::{Id, Responder, Rota},
};

/// How far ahead hand-overs are looked for.
const AHEAD_DAYS: i64 = 31;
/// Hand-overs that a screen has room for.
const TURNS_MAX: usize = 6;

/// What there is to say of a rota.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RotaCard {
    /// The rota's id.
    pub id: String,
    /// The rota's name.
    pub name: String,
    /// Who is on duty now.
    #[serde(flatten)]
    pub line: LineUp,
    /// The next hand-overs, soonest first.
    pub turns: Vec<TurnCard>,
    /// Up to when it is planned, in words; open if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned_until: Option<String>,
}

/// One hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TurnCard {
    /// When.
    pub from: Timestamp,
    /// The same on the reader's clock: `Mon 09:00`.
    pub from_clock: String,
    /// Who is on duty from then on, by name, in the order to call them; nobody when empty.
    pub people: Vec<String>,
}

impl RotaCard {
    pub(super) fn of(scene: Scene<'_>, id: &Id<Rota>, rota: &Rota) -> Self {
        Self {
            id: id.to_string(),
            name: rota.name.clone(),
            line: line_up(scene, &[Responder::rota(id)]),
            turns: turns(scene, rota),
            planned_until: rota.until.map(|until| clock_time(scene.moment, until)),
        }
    }
}

fn turns(scene: Scene<'_>, rota: &Rota) -> Vec<TurnCard> {
    let now = scene.moment.now;
    let people = |at: Timestamp| -> Vec<String> {
        let turns = rota.on(at).unwrap_or_default();
        turns.iter().map(|turn| scene.team.person_name(turn.person).to_owned()).collect()
    };
    let mut before = people(now);
    let mut turns = Vec::new();
    for at in rota.changes(now, now.saturating_add((AHEAD_DAYS * 24).hours()).unwrap_or(now)) {
        let after = people(at);
        // After its end a rota says nothing, which is not the same as nobody.
        if after != before && rota.until.is_none_or(|until| at < until) {
            turns.push(TurnCard { from: at, from_clock: clock_time(scene.moment, at), people: after.clone() });
        }
        before = after;
        if turns.len() == TURNS_MAX {
            break;
        }
    }
    turns
}
