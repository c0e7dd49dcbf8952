//! What falls with what, told a second time in the plainest way: the opinion that the answers are held against.

use std::collections::BTreeSet;

use outage_kit::{
    answer::Moment,
    authored::{self, Draft},
    team::{Id, Need, Team, Zone},
};

/// The example team.
pub fn example() -> Team {
    let zone = Zone::parse("Europe/Berlin").unwrap();
    let today = "2026-11-18".parse().unwrap();
    let files = authored::template("Acme", &id("dana.fox"), &zone, today, true);
    let draft = Draft::of(files.iter().map(|(path, text)| (path.to_str().unwrap(), text.as_str())));
    authored::check(&draft, today).unwrap_or_else(|problems| panic!("{problems:?}")).team
}

/// 03:12 in Berlin, the moment of the screens.
pub fn moment() -> Moment {
    Moment { now: crate::world::NOW.parse().unwrap(), zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap() }
}

pub fn id<T>(text: &str) -> Id<T> {
    Id::parse(text).unwrap()
}

/// Every tool, vendor, system and bridge as `kind:id`, and what everybody needs.
pub fn everything(team: &Team) -> Vec<String> {
    let tools = team.tools.keys().map(|id| format!("tool:{id}"));
    let vendors = team.vendors.keys().map(|id| format!("vendor:{id}"));
    let systems = team.systems.keys().map(|id| format!("system:{id}"));
    let bridges = team.bridges.keys().map(|id| format!("bridge:{id}"));
    let common = Need::COMMON.iter().map(|&word| word.to_owned());
    tools.chain(vendors).chain(systems).chain(bridges).chain(common).collect()
}

/// Whether a thing (`kind:id`) falls when others are down: whether any of them is in all that it needs. Only for teams
/// whose numbers have no network of their own.
pub fn falls(team: &Team, thing: &str, down: &[&str]) -> bool {
    let all = everything_needed(team, thing);
    down.iter().any(|down| all.contains(*down))
}

/// A thing, what it needs, what that needs, and so on.
pub fn everything_needed(team: &Team, thing: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::from([thing.to_owned()]);
    loop {
        let more: Vec<String> = all.iter().flat_map(|thing| needs(team, thing)).filter(|need| !all.contains(need)).collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

fn needs(team: &Team, thing: &str) -> Vec<String> {
    let written: &[Need] = match thing.split_once(':') {
        Some(("tool", name)) => &team.tools[&id(name)].needs,
        Some(("system", name)) => &team.systems[&id(name)].needs,
        Some(("bridge", name)) => &team.bridges[&id(name)].needs,
        _ => &[],
    };
    let whole = |need: &Need| {
        let text = need.as_str();
        let found = ["tool", "vendor", "system"].into_iter().map(|kind| format!("{kind}:{text}"));
        found.into_iter().find(|name| everything(team).contains(name)).unwrap_or_else(|| text.to_owned())
    };
    written.iter().map(whole).collect()
}
