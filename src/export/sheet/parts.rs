//! What stands beside the people: ways to meet, turns, who answers for what, what to use instead, who decides, suppliers.

use jiff::Timestamp;

use super::{About, Named, Outside, Turns, Way, people::lines};
use crate::{
    export::{outgoing::Outgoing, plain::plain, stretches},
    team::{Authority, Credential, Id, Need, Ref, Responder, Rota, Rule, System, Team, Thing, Unplanned, Window},
};

/// Most turns of a rota that are written out.
const TURNS_MAX: usize = 8;

/// The ladder of bridges. A PIN is on it: without one, nobody gets in.
pub(super) fn join(out: Outgoing<'_>) -> Vec<Way> {
    let way = |(id, bridge): (&Id<crate::team::Bridge>, &crate::team::Bridge)| Way {
        id: id.to_string(),
        name: plain(&bridge.name),
        numbers: lines(out, &bridge.numbers),
        pin: bridge.pin.as_deref().map(plain),
        reach: bridge.reach.as_deref().map(plain),
        needs: bridge.needs.iter().map(|need| need_name(out.team, need)).collect(),
    };
    out.team.ladder().into_iter().map(way).collect()
}

/// When a window is, and how it is undone.
pub(super) fn window(window: &Window) -> Vec<String> {
    let time = |at: Timestamp| at.strftime("%a %-d %b %Y %H:%M").to_string();
    let mut all = vec![format!("{} to {} UTC", time(window.start), time(window.end))];
    all.extend(window.go_no_go.iter().map(|rule| format!("Go or no-go: {}", plain(rule))));
    all.extend(window.rollback.iter().map(|step| format!("Roll back: {}", plain(step))));
    all
}

/// Turns of the rotas that matter here, by UTC.
pub(super) fn turns(out: Outgoing<'_>, about: About<'_>, to: Timestamp) -> Vec<Turns> {
    let team = out.team;
    let named: Vec<&Responder> = systems_of(out, about).into_iter().flat_map(|(_, system)| &system.owners).collect();
    let is_named =
        |id: &Id<Rota>| named.iter().any(|one| matches!(one.resolve(team), Some((Thing::Rota, named)) if named == id.as_str()));
    let of = |(id, rota): (&Id<Rota>, &Rota)| {
        if !matches!(about, About::Team) && !is_named(id) {
            return None;
        }
        let mut turns = Turns { rota: plain(&rota.name), from: Vec::new(), note: None };
        match rota.spells(out.now, to) {
            Ok(spells) => {
                let all = stretches(&spells);
                let line = |stretch: &crate::export::Stretch<'_>| {
                    let from = stretch.from.max(out.now).strftime("%a %-d %b %H:%M").to_string();
                    (from, plain(team.person_name(stretch.person)))
                };
                turns.from = all.iter().take(TURNS_MAX).map(line).collect();
                let ends = rota.until.filter(|until| *until < to);
                turns.note = match (all.len() > TURNS_MAX, ends) {
                    (true, _) => Some(format!("and so on: {} more before this sheet is replaced", all.len() - TURNS_MAX)),
                    (false, Some(until)) => Some(format!("planned until {} only", until.strftime("%-d %b %H:%M"))),
                    (false, None) => None,
                };
            }
            Err(Unplanned::Ended(_)) => turns.note = Some("planned no further".to_owned()),
            Err(Unplanned::Zone(zone)) => turns.note = Some(format!("its time zone {} is not known", plain(zone.as_str()))),
        }
        Some(turns)
    };
    team.rotas.iter().filter_map(of).collect()
}

/// Who answers for what.
pub(super) fn systems(out: Outgoing<'_>, about: About<'_>) -> Vec<Named> {
    let named = |(id, system): (&Id<System>, &System)| Named {
        id: format!("system:{id}"),
        what: plain(&system.name),
        then: system.owners.iter().map(|owner| plain(owner.name(out.team))).collect(),
        note: system.tier.map(|tier| format!("tier {tier}")),
    };
    let mut all = systems_of(out, about);
    all.sort_by_key(|(_, system)| system.tier.unwrap_or(u8::MAX));
    all.into_iter().map(named).collect()
}

fn systems_of<'a>(out: Outgoing<'a>, about: About<'_>) -> Vec<(&'a Id<System>, &'a System)> {
    let team = out.team;
    let people = super::people::order(out, about);
    let is_about = |(id, system): &(&Id<System>, &System)| match about {
        About::Team => true,
        About::System(own) => *id == own,
        About::Window(window) => team.windows.get(window).is_some_and(|window| window.systems.contains(id)),
        About::Part(_) => system.owners.iter().any(|owner| {
            people.iter().any(|(id, _)| matches!(owner.resolve(team), Some((Thing::Person, owner)) if owner == id.as_str()))
        }),
    };
    team.systems.iter().filter(is_about).collect()
}

/// What to use when a tool is down: of all tools, or of those that a system does not run without and those that people talk by.
pub(super) fn instead(out: Outgoing<'_>, about: About<'_>) -> Vec<Named> {
    let team = out.team;
    let needed: Vec<&Need> = systems_of(out, about).into_iter().flat_map(|(_, system)| &system.needs).collect();
    let is_needed = |id: &str| needed.iter().any(|need| matches!(need.resolve(team), Some((Thing::Tool, tool)) if tool == id));
    let is_whole = matches!(about, About::Team | About::Part(_));
    let tools = team.tools.iter().filter(|(id, tool)| is_whole || is_needed(id.as_str()) || tool.purpose.is_some());
    let named = |(id, tool): (&Id<crate::team::Tool>, &crate::team::Tool)| {
        let backup = |backup: &Ref| {
            let (kind, id) = backup.resolve(team)?;
            let needs = needs_of(team, kind, id);
            let needs = if needs.is_empty() { String::new() } else { format!(" (needs {})", needs.join(", ")) };
            Some(format!("{}{needs}", plain(name(team, kind, id))))
        };
        let credential = tool.credential.as_ref().map(|id| format!("kit reveal {id}{}", together(team, id)));
        let then: Vec<String> = tool.backups.iter().filter_map(backup).collect();
        let avoid = tool.avoid.iter().map(|avoid| format!("not {}: {}", plain(&avoid.what), plain(&avoid.why)));
        let note: Vec<String> = credential.into_iter().chain(avoid).collect();
        let note = (!note.is_empty()).then(|| note.join("; "));
        Named { id: format!("tool:{id}"), what: plain(&tool.name), then, note }
    };
    tools.map(named).filter(|named| !named.then.is_empty() || named.note.is_some()).collect()
}

/// Who decides: the standing decisions, and those of the window.
pub(super) fn decides(out: Outgoing<'_>, about: About<'_>) -> Vec<Named> {
    let team = out.team;
    let is_about = |it: &Authority| match (&it.window, about) {
        (None, _) => true,
        (Some(window), About::Window(own)) => window == own,
        (Some(window), _) => team.windows.get(window).is_some_and(|window| window.end > out.now),
    };
    let mut all: Vec<_> =
        team.authority.iter().filter(|(_, it)| is_about(it) && it.until.is_none_or(|until| until > out.now)).collect();
    all.sort_by_key(|(id, it)| (team.lead.as_ref() != Some(id), it.window.is_none()));
    let named = |(id, it): (&Id<Authority>, &Authority)| Named {
        id: format!("authority:{id}"),
        what: plain(&it.decision),
        then: it.line(out.now).iter().map(|one| plain(one.name(team))).collect(),
        note: it.limits.as_deref().map(plain),
    };
    all.into_iter().map(named).collect()
}

/// Suppliers: all of them.
pub(super) fn outside(out: Outgoing<'_>, _about: About<'_>) -> Vec<Outside> {
    let vendors = out.team.vendors.iter();
    let outside = vendors.map(|(id, vendor)| Outside {
        id: id.to_string(),
        name: plain(&vendor.name),
        numbers: lines(out, &vendor.numbers),
        asks: [
            vendor.account.as_ref().map(|account| format!("account {}", plain(account))),
            vendor.contract.as_ref().map(|contract| format!("contract {}", plain(contract))),
            out.private_text(vendor.pin.as_ref()).map(|pin| format!("PIN {}", plain(pin))),
        ]
        .into_iter()
        .flatten()
        .collect(),
    });
    outside.filter(|vendor| !vendor.numbers.is_empty()).collect()
}

/// How many PINs and host keys stay behind.
pub(super) fn pins(out: Outgoing<'_>, _about: About<'_>) -> usize {
    let team = out.team;
    let host_keys = team.bridges.values().filter(|bridge| bridge.host_key.is_some()).count();
    host_keys + team.vendors.values().filter(|vendor| vendor.pin.is_some()).count()
}

/// How many people it takes, where one is not enough.
fn together(team: &Team, id: &Id<Credential>) -> String {
    let tier = team.credentials.get(id).and_then(|credential| team.tiers.get(&credential.tier));
    match tier.and_then(|tier| tier.key()).map(|key| key.rule) {
        Some(Rule::Of { k, .. }) => format!(", which takes {k} people"),
        _ => String::new(),
    }
}

fn needs_of(team: &Team, kind: Thing, id: &str) -> Vec<String> {
    let needs = match kind {
        Thing::Tool => Id::parse(id).ok().and_then(|id| team.tools.get(&id)).map(|tool| tool.needs.as_slice()),
        Thing::Bridge => Id::parse(id).ok().and_then(|id| team.bridges.get(&id)).map(|bridge| bridge.needs.as_slice()),
        _ => None,
    };
    needs.unwrap_or_default().iter().map(|need| need_name(team, need)).collect()
}

fn need_name(team: &Team, need: &Need) -> String {
    match need.resolve(team) {
        Some((kind, id)) => plain(name(team, kind, id)),
        None => plain(&need.as_str().replace('-', " ")),
    }
}

fn name<'a>(team: &'a Team, kind: Thing, id: &'a str) -> &'a str {
    let found = match kind {
        Thing::Tool => Id::parse(id).ok().and_then(|id| team.tools.get(&id)).map(|it| &it.name),
        Thing::Bridge => Id::parse(id).ok().and_then(|id| team.bridges.get(&id)).map(|it| &it.name),
        Thing::Vendor => Id::parse(id).ok().and_then(|id| team.vendors.get(&id)).map(|it| &it.name),
        Thing::System => Id::parse(id).ok().and_then(|id| team.systems.get(&id)).map(|it| &it.name),
        _ => None,
    };
    found.map_or(id, String::as_str)
}
