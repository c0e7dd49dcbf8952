//! The agreed order for each kind of thing: its people and rotas with what puts them there, and its suppliers.

use std::collections::BTreeSet;

use super::super::{
    Scene,
    authority::not_in_force,
    card::owned_systems,
    clock_time,
    line_up::{LineUp, line_up, reach},
    rank,
    window::not_running,
};
use crate::team::{Credential, Id, Need, Part, Person, Responder, Rota, Rule, System, Thing, Tier, Tool, Vendor, Window};

/// Who stands in an order, and why.
#[derive(Default)]
pub(super) struct Order<'a> {
    places: Vec<Place>,
    /// Suppliers, in order.
    pub(super) vendors: Vec<(&'a Id<Vendor>, &'a Vendor)>,
    /// A system's importance.
    pub(super) tier: Option<u8>,
    /// The rota that was asked about.
    pub(super) rota: Option<&'a Rota>,
    /// How many holders it takes, where people stand in the order as holders.
    pub(super) holders: Option<String>,
    /// What does not hold now, in sentences.
    pub(super) notes: Vec<String>,
}

/// Somebody in an order; what puts them there is said where it is not plainly the order of owners.
struct Place {
    who: Responder,
    part: Option<String>,
}

impl<'a> Order<'a> {
    /// The order for a thing; `None` when its kind has no people, or the team has no such thing.
    pub(super) fn of(scene: Scene<'a>, kind: Thing, id: &str) -> Option<Self> {
        let team = scene.team;
        Some(match kind {
            Thing::Person => Self::of_person(scene, scene.person(id)?.0),
            Thing::System => Self::of_system(scene, team.systems.get(&Id::parse(id).ok()?)?),
            Thing::Tool => Self::of_tool(scene, team.tools.get(&Id::parse(id).ok()?)?),
            Thing::Authority => {
                let authority = team.authority.get(&Id::parse(id).ok()?)?;
                let order = Self { notes: not_in_force(scene, authority).into_iter().collect(), ..Self::default() };
                authority.line(scene.moment.now).into_iter().fold(order, |order, who| order.with(who, None))
            }
            Thing::Vendor => {
                let (id, vendor) = team.vendors.get_key_value(&Id::parse(id).ok()?)?;
                Self::of_vendor(scene, id, vendor)
            }
            Thing::Tier => Self::default().with_holders(scene, team.tiers.get(&Id::parse(id).ok()?)?, id),
            Thing::Credential => Self::of_credential(scene, id, team.credentials.get(&Id::parse(id).ok()?)?),
            Thing::Window => Self::of_window(scene, team.windows.get(&Id::parse(id).ok()?)?),
            Thing::Rota => {
                let (id, rota) = team.rotas.get_key_value(&Id::parse(id).ok()?)?;
                Self { rota: Some(rota), ..Self::default() }.with(Responder::rota(id), None)
            }
            Thing::Bridge | Thing::Calendar => return None,
        })
    }

    /// The calls of this order, each with what puts somebody there.
    pub(super) fn line_up(&self, scene: Scene<'_>) -> LineUp {
        // Somebody who stands there twice has their first place only.
        let mut met = BTreeSet::new();
        let mut is_new =
            |place: &&Place| place.who.resolve(scene.team).is_none_or(|(kind, id)| met.insert((kind, id.to_owned())));
        let places: Vec<&Place> = self.places.iter().filter(|place| is_new(place)).collect();
        let order: Vec<Responder> = places.iter().map(|place| place.who.clone()).collect();
        let mut line = line_up(scene, &order);
        for step in &mut line.steps {
            step.part = places.get(step.responder).and_then(|place| place.part.clone());
        }
        line
    }

    /// Themselves, then whoever comes after them on the most important system that somebody comes after them on.
    fn of_person(scene: Scene<'a>, id: &'a Id<Person>) -> Self {
        let mut order = Self::default().with(Responder::person(id), None);
        let systems = owned_systems(scene, id);
        let next = systems.iter().find(|(owned, system)| system.owners.len() > owned.position);
        if let Some((owned, system)) = next {
            for (index, owner) in system.owners.iter().enumerate().skip(owned.position) {
                order = order.with(owner.clone(), Some(format!("{} on {}", rank(index + 1), owned.system)));
            }
        }
        order
    }

    fn of_system(scene: Scene<'a>, system: &'a System) -> Self {
        let order = Self { tier: system.tier, vendors: vendors(scene, &system.needs), ..Self::default() };
        system.owners.iter().fold(order, |order, owner| order.with(owner.clone(), None))
    }

    fn of_tool(scene: Scene<'a>, tool: &'a Tool) -> Self {
        let mut order = Self { vendors: vendors(scene, &tool.needs), ..Self::default() };
        if let Some(owner) = &tool.owner {
            order = order.with(Responder::person(owner), Some("owner".to_owned()));
        }
        let credential = tool.credential.as_ref().and_then(|id| Some((id, scene.team.credentials.get(id)?)));
        let tier = credential.and_then(|(id, label)| Some((id, scene.team.tiers.get(&label.tier)?)));
        tier.into_iter().fold(order, |order, (id, tier)| order.with_holders(scene, tier, id.as_str()))
    }

    /// The hotline, then whoever answers for a tool or a system that needs the vendor.
    fn of_vendor(scene: Scene<'a>, id: &'a Id<Vendor>, vendor: &'a Vendor) -> Self {
        let mut order = Self { vendors: vec![(id, vendor)], ..Self::default() };
        let needs_it = |needs: &[Need]| needs.iter().any(|need| need.resolve(scene.team) == Some((Thing::Vendor, id.as_str())));
        for tool in scene.team.tools.values().filter(|tool| needs_it(&tool.needs)) {
            if let Some(owner) = &tool.owner {
                order = order.with(Responder::person(owner), Some(format!("owner of {}", tool.name)));
            }
        }
        for (id, system) in scene.team.systems.iter().filter(|(_, system)| needs_it(&system.needs)) {
            for (index, owner) in system.owners.iter().enumerate() {
                order = order.with(owner.clone(), Some(format!("{} on {id}", rank(index + 1))));
            }
        }
        order
    }

    fn of_credential(scene: Scene<'a>, id: &str, label: &'a Credential) -> Self {
        let owner = label.owner.iter();
        let order = owner.fold(Self::default(), |order, id| order.with(Responder::person(id), Some("answers for it".to_owned())));
        scene.team.tiers.get(&label.tier).into_iter().fold(order, |order, tier| order.with_holders(scene, tier, id))
    }

    /// Those who are needed, then those on standby, as far as it is their time; outside the window everybody with a part.
    fn of_window(scene: Scene<'a>, window: &'a Window) -> Self {
        let (now, mut order) = (scene.moment.now, Self::default());
        order.notes.extend(not_running(scene, window));
        for part in [Part::Needed, Part::Standby] {
            let word = if part == Part::Needed { "needed" } else { "standby" };
            for role in window.roles.iter().filter(|role| role.part == part) {
                if window.covers(now) && !role.covers(window, now) {
                    let name = scene.team.person_name(&role.person);
                    order.notes.push(match role.from.filter(|from| now < *from) {
                        Some(from) => format!("{name} is {word} from {} on", clock_time(scene.moment, from)),
                        None => format!("{name} was {word}, and is released"),
                    });
                    continue;
                }
                order = order.with(Responder::person(&role.person), Some(word.to_owned()));
            }
        }
        order
    }

    fn with(mut self, who: Responder, part: Option<String>) -> Self {
        self.places.push(Place { who, part });
        self
    }

    /// Adds those who hold something, and says how many of them it takes, and whether so many are left.
    fn with_holders(mut self, scene: Scene<'_>, tier: &Tier, what: &str) -> Self {
        let (needed, rule) = match tier.rule {
            Rule::Any => (1, format!("any one of them opens {what}")),
            Rule::Of { k, n } => (usize::from(k), format!("{k} of {n} open {what} together")),
        };
        let people = tier.holders.iter().filter_map(|id| scene.team.people.get_key_value(id));
        let left = people.filter(|(id, person)| reach(scene, person, id).is_ok()).count();
        let few = if left < needed { format!("; only {left} can be called") } else { String::new() };
        self.holders = Some(rule + &few);
        tier.holders.iter().fold(self, |order, id| order.with(Responder::person(id), Some("holder".to_owned())))
    }
}

/// The vendors among what something needs.
fn vendors<'a>(scene: Scene<'a>, needs: &'a [Need]) -> Vec<(&'a Id<Vendor>, &'a Vendor)> {
    let vendor = |need: &'a Need| match need.resolve(scene.team) {
        Some((Thing::Vendor, id)) => scene.team.vendors.get_key_value(&Id::parse(id).ok()?),
        _ => None,
    };
    needs.iter().filter_map(vendor).collect()
}
