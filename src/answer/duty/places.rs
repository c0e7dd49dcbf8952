//! Where a person stands in each order of people to call, at a moment; kept from one moment to the next where nothing changed.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::watch::{Order, Watch, rota_of};
use crate::{
    answer::{LineUp, Scene, Why, line_up},
    team::{Responder, Rota, Team, Thing, Unplanned},
};

/// The places of a person, one for each order of their [`Watch`].
pub(super) struct Places<'a>(Vec<Option<Place<'a>>>);

/// A line-up that has the person in it, or could have.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    pub(super) order: Order<'a>,
    /// The index among those who can be called, and for whom they stand in.
    pub(super) at: Option<(usize, Option<String>)>,
    /// A rota that could put them first and does not say.
    pub(super) unknown: Option<(String, Option<Timestamp>)>,
    /// Set when they are skipped for want of a number: where they stand, and what their numbers need.
    pub(super) cut_off: Option<(Skip, Option<String>)>,
}

/// Where somebody stands who cannot be called: the ones who would be first come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Skip {
    pub(super) is_behind: bool,
    pub(super) position: usize,
}

impl<'a> Places<'a> {
    /// All of them, at the moment of a scene.
    pub(super) fn of(scene: Scene<'_>, watch: &Watch<'a>) -> Self {
        let mut places = Self(vec![None; watch.orders.len()]);
        places.renew(scene, watch, 0..watch.orders.len());
        places
    }

    /// Looks again at some orders, by their index, at the moment of a scene.
    pub(super) fn renew(&mut self, scene: Scene<'_>, watch: &Watch<'a>, orders: impl IntoIterator<Item = usize>) {
        // Many systems have the same owners.
        let mut known: BTreeMap<Vec<Responder>, LineUp> = BTreeMap::new();
        for index in orders {
            let (Some(order), Some(place)) = (watch.orders.get(index), self.0.get_mut(index)) else { continue };
            *place = order.now(scene).map(|responders| {
                let unknown = |first| unknown(scene, watch, &responders, first);
                match known.get(&responders) {
                    Some(line) => Place::of(watch, *order, line, unknown),
                    None => {
                        let line = line_up(scene, &responders);
                        let place = Place::of(watch, *order, &line, unknown);
                        known.insert(responders, line);
                        place
                    }
                }
            });
        }
    }

    /// Those of orders that are called for at the moment.
    pub(super) fn all(&self) -> impl Iterator<Item = &Place<'a>> {
        self.0.iter().flatten()
    }
}

impl<'a> Place<'a> {
    fn of(
        watch: &Watch<'_>,
        order: Order<'a>,
        line: &LineUp,
        unknown: impl FnOnce(Option<usize>) -> Option<(String, Option<Timestamp>)>,
    ) -> Self {
        let at = line.steps.iter().position(|step| step.call.id == watch.id.as_str());
        let stands_in_for = at.and_then(|index| line.steps.get(index)).and_then(|step| step.stands_in_for.clone());
        let before = line.steps.first().map(|step| step.responder);
        let skipped = line.skipped.iter().find(|skipped| skipped.id == watch.id.as_str());
        let cut_off = skipped.and_then(|skipped| {
            let is_behind = line.steps.first().is_some_and(|first| first.position < skipped.position);
            let skip = Skip { is_behind, position: skipped.position };
            match &skipped.why {
                Why::NoNumber => Some((skip, None)),
                Why::NumberDown { down } => Some((skip, Some(down.clone()))),
                Why::Away { .. } | Why::Out => None,
            }
        });
        Self { order, at: at.map(|index| (index, stands_in_for)), unknown: unknown(before), cut_off }
    }
}

/// A rota of an order that does not say who is on it and could put the person first: nobody before it can be called.
fn unknown(
    scene: Scene<'_>,
    watch: &Watch<'_>,
    responders: &[Responder],
    first: Option<usize>,
) -> Option<(String, Option<Timestamp>)> {
    let before = responders.iter().take(first.unwrap_or(usize::MAX));
    before.filter_map(|responder| rota(scene.team, responder)).filter(|rota| watch.could_be_on(rota)).find_map(|rota| match rota
        .on(scene.moment.now)
    {
        Ok(_) => None,
        Err(Unplanned::Ended(at)) => Some((rota.name.clone(), Some(at))),
        Err(Unplanned::Zone(_)) => Some((rota.name.clone(), None)),
    })
}

fn rota<'a>(team: &'a Team, responder: &Responder) -> Option<&'a Rota> {
    responder.resolve(team).filter(|(kind, _)| *kind == Thing::Rota).and_then(|(_, id)| rota_of(team, id))
}
