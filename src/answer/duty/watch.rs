//! What somebody may be called for, at any time: collected once, so that many moments can be asked about quickly.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    answer::Scene,
    team::{Authority, Id, Person, Responder, Role, Rota, System, Team, Thing, Window},
};

/// The importance that wakes people.
pub(super) const WAKING_TIER: u8 = 1;

/// Something that somebody is called for: a system, or a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Post {
    /// What it is.
    pub kind: Thing,
    /// Its id.
    pub id: String,
    /// Whether it wakes people at any hour: a system of tier 1, or a decision.
    pub wakes: bool,
    /// For whom the person stands in, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stands_in_for: Option<String>,
}

/// One person, and everything in a team that can put them on duty.
pub(super) struct Watch<'a> {
    pub(super) id: &'a Id<Person>,
    pub(super) person: &'a Person,
    pub(super) orders: Vec<Order<'a>>,
    /// Windows that name them.
    pub(super) roles: Vec<(&'a Id<Window>, &'a Window, &'a Role)>,
    /// Them, and everybody whose absence could end up with them.
    kin: BTreeSet<&'a Id<Person>>,
}

/// One order of people that has them in it, by name, by a rota, or in the place of somebody else.
#[derive(Debug, Clone, Copy)]
pub(super) enum Order<'a> {
    System(&'a Id<System>, &'a System),
    Decision(&'a Id<Authority>, &'a Authority),
}

impl<'a> Watch<'a> {
    pub(super) fn of(team: &'a Team, id: &'a Id<Person>, person: &'a Person) -> Self {
        let kin = kin(team, id);
        let names = |responder: &Responder| match responder.resolve(team) {
            Some((Thing::Person, id)) => kin.iter().any(|kin| kin.as_str() == id),
            Some((_, rota)) => rota_of(team, rota).is_some_and(|rota| rota.people().any(|person| kin.contains(person))),
            None => false,
        };
        let systems = team.systems.iter().filter(|(_, system)| system.owners.iter().any(names));
        // Who leads, and who decides in a window: other decisions can wait for the morning, or for a call by name.
        let decisions = team.authority.iter().filter(|(id, it)| team.lead.as_ref() == Some(id) || it.window.is_some());
        let decisions = decisions.filter(|(_, it)| named_in(it).any(names));
        let orders = decisions.map(|(id, it)| Order::Decision(id, it));
        let orders = orders.chain(systems.map(|(id, system)| Order::System(id, system))).collect();
        let roles = team.windows.iter().flat_map(|(name, window)| window.roles_of(id).map(move |role| (name, window, role)));
        Self { id, person, orders, roles: roles.collect(), kin }
    }

    /// Whether somebody on a rota is this person, or somebody whose place they could take.
    pub(super) fn could_be_on(&self, rota: &Rota) -> bool {
        rota.people().any(|person| self.kin.contains(person))
    }

    /// The first rota of their orders that they are on at times.
    pub(super) fn rota(&self, team: &'a Team) -> Option<&'a Rota> {
        let rotas =
            self.orders.iter().flat_map(|order| order.responders()).filter_map(|responder| match responder.resolve(team) {
                Some((Thing::Rota, id)) => rota_of(team, id),
                _ => None,
            });
        rotas.into_iter().find(|rota| rota.people().any(|person| person == self.id))
    }
}

impl<'a> Order<'a> {
    /// Everybody and every rota that it ever names.
    pub(super) fn responders(self) -> Vec<&'a Responder> {
        match self {
            Self::System(_, system) => system.owners.iter().collect(),
            Self::Decision(_, authority) => named_in(authority).collect(),
        }
    }

    /// The order at a moment; `None` while nobody is called for it.
    pub(super) fn now(self, scene: Scene<'_>) -> Option<Vec<Responder>> {
        let now = scene.moment.now;
        match self {
            Self::System(_, system) => Some(system.owners.clone()),
            Self::Decision(id, authority) => {
                let window = authority.window.as_ref().and_then(|id| scene.team.windows.get(id));
                let runs = window.is_some_and(|window| window.covers(now)) && authority.holds(now);
                (runs || scene.team.lead.as_ref() == Some(id)).then(|| authority.line(now))
            }
        }
    }

    /// Everybody whose absence changes who is called: all who stand in it, and who stands in for those.
    pub(super) fn people(self, team: &'a Team) -> BTreeSet<&'a Id<Person>> {
        let mut all = BTreeSet::new();
        for responder in self.responders() {
            match responder.resolve(team) {
                Some((Thing::Person, id)) => {
                    all.extend(Id::parse(id).ok().and_then(|id| team.people.get_key_value(&id)).map(|it| it.0));
                }
                Some((_, rota)) => all.extend(rota_of(team, rota).into_iter().flat_map(|rota| rota.people())),
                None => {}
            }
        }
        let mut next: Vec<&Id<Person>> = all.iter().copied().collect();
        while let Some(person) = next.pop() {
            let absences = team.people.get(person).map_or(&[][..], |person| &person.absences);
            next.extend(absences.iter().filter_map(|absence| absence.delegate.as_ref()).filter(|delegate| all.insert(delegate)));
        }
        all
    }

    /// Whether it is one of the systems that a window works on.
    pub(super) fn is_of(self, window: &Window) -> bool {
        matches!(self, Self::System(id, _) if window.systems.contains(id))
    }

    pub(super) fn post(self, stands_in_for: Option<String>) -> Post {
        match self {
            Self::System(id, system) => {
                let wakes = system.tier == Some(WAKING_TIER);
                Post { kind: Thing::System, id: id.to_string(), wakes, stands_in_for }
            }
            Self::Decision(id, _) => Post { kind: Thing::Authority, id: id.to_string(), wakes: true, stands_in_for },
        }
    }

    /// What to name first of several: decisions, then systems by their importance.
    pub(super) fn weight(self) -> u8 {
        match self {
            Self::Decision(..) => 0,
            Self::System(_, system) => system.tier.unwrap_or(u8::MAX),
        }
    }

    /// The moments at which its order itself changes.
    pub(super) fn edges(self, team: &Team) -> Vec<Timestamp> {
        let mut edges = Vec::new();
        if let Self::Decision(_, authority) = self {
            edges.extend(authority.delegations.iter().flat_map(|it| [it.from, it.until]));
            edges.extend(authority.from.into_iter().chain(authority.until));
            let window = authority.window.as_ref().and_then(|id| team.windows.get(id));
            edges.extend(window.into_iter().flat_map(|window| [window.start, window.end]));
        }
        edges
    }
}

/// The rota of an id.
pub(super) fn rota_of<'a>(team: &'a Team, id: &str) -> Option<&'a Rota> {
    Id::parse(id).ok().and_then(|id| team.rotas.get(&id))
}

fn named_in(authority: &Authority) -> impl Iterator<Item = &Responder> {
    let delegates = authority.delegations.iter().map(|delegation| &delegation.to);
    std::iter::once(&authority.holder).chain(&authority.successors).chain(delegates)
}

/// A person, whoever names them as their delegate, whoever names those, and so on.
fn kin<'a>(team: &'a Team, id: &'a Id<Person>) -> BTreeSet<&'a Id<Person>> {
    let mut named_by: BTreeMap<&Id<Person>, Vec<&Id<Person>>> = BTreeMap::new();
    for (id, person) in &team.people {
        for delegate in person.absences.iter().filter_map(|absence| absence.delegate.as_ref()) {
            named_by.entry(delegate).or_default().push(id);
        }
    }
    let mut kin = BTreeSet::from([id]);
    let mut next = vec![id];
    while let Some(named) = next.pop() {
        next.extend(named_by.get(named).into_iter().flatten().copied().filter(|id| kin.insert(*id)));
    }
    kin
}
