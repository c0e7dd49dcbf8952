//! Rules that hold across things: what two of them share, and where chains lead.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    context::{Context, Spot, Subject},
    form,
    problem::{count, quoted},
    rule::Rule,
};
use crate::team::{Id, Need, Team, Thing};

pub(super) fn check(cx: &Context<'_>, team: &Team) {
    shared(cx);
    look_alikes(cx);
    aliases(cx);
    let seen = cx.seen.borrow();
    cycles(&seen.backups, |chain, spot, _| {
        let message = format!("these backups come back to where they began: {chain}");
        cx.report(Rule::BackupCycle, spot, None, message, Some("Take one of them out, so that the chain ends.".to_owned()));
    });
    cycles(&seen.needs, |chain, spot, about| {
        let message = format!("these need each other: {chain}");
        let hint = "If one is down, none comes back by itself: write a way around it, or waive this.".to_owned();
        cx.report(Rule::NeedCycle, spot, Some(about), message, Some(hint));
    });
    drop(seen);
    depth(cx, team);
    ladder(cx, team);
    // Below here things that are missing because they have mistakes would change the answer.
    if !cx.has_errors() {
        independence(cx, team);
    }
}

/// E-mail addresses, numbers and device keys that two have.
fn shared(cx: &Context<'_>) {
    let seen = cx.seen.borrow();
    let clash = |list: &[(String, String, Spot)], tell: &dyn Fn(&str, &str, &str, Spot, Spot)| {
        let mut first: BTreeMap<&str, (&str, Spot)> = BTreeMap::new();
        for (what, who, spot) in list {
            match first.get(what.as_str()) {
                Some((other, at)) => tell(what, who, other, *spot, *at),
                None => {
                    first.insert(what, (who, *spot));
                }
            }
        }
    };
    clash(&seen.emails, &|email, who, other, spot, at| {
        if who == other && is_double(cx, Thing::Person, who) {
            return;
        }
        // Twice for one person: the same address in another case.
        let message = format!("{} is written for {other} already, at {}", quoted(email), cx.where_is(at));
        let hint = "Give it to the one it reaches, or make the two people one.".to_owned();
        cx.report(if who == other { Rule::Twice } else { Rule::SameEmail }, spot, None, message, Some(hint));
    });
    clash(&seen.numbers, &|number, who, other, spot, at| {
        if who != other {
            let message = format!("{number} reaches {other} too, at {}", cx.where_is(at));
            let hint = "If they share a telephone, say so in \"note\" and waive this.".to_owned();
            cx.report(Rule::SameNumber, spot, Some(format!("person:{who}")), message, Some(hint));
        }
    });
    let mut first: BTreeMap<&str, Spot> = BTreeMap::new();
    let mut twice = BTreeSet::new();
    for (device, spot) in &seen.devices {
        if let Some(at) = first.insert(device, *spot) {
            let message = format!("device {} is written down twice: the other is at {}", quoted(device), cx.where_is(at));
            cx.report(
                Rule::SameDevice,
                *spot,
                None,
                message,
                Some("Take the old one away, or give one another name.".to_owned()),
            );
            twice.insert(device.as_str());
        }
    }
    clash(&seen.keys, &|_, who, other, spot, at| {
        if !twice.contains(who) {
            let message = if who == other {
                "reader, opener and key of a device are three different keys".to_owned()
            } else {
                format!("device {} has this key already, at {}", quoted(other), cx.where_is(at))
            };
            let hint = "Each device makes its own keys:  kit join  does.".to_owned();
            cx.report(Rule::SameDevice, spot, None, message, Some(hint));
        }
    });
}

/// Whether an id stands for two things, which has been reported: what they share would be its echo.
fn is_double(cx: &Context<'_>, kind: Thing, id: &str) -> bool {
    cx.ids.get(&(kind, id.to_owned())).is_some_and(|spots| spots.len() > 1)
}

/// Names that look the same and are not (D6). The same name twice is no fault: people share names.
fn look_alikes(cx: &Context<'_>) {
    let seen = cx.seen.borrow();
    type Group<'a> = Vec<(&'a str, &'a str, Spot)>;
    let mut by_looks: BTreeMap<(Thing, String), Group<'_>> = BTreeMap::new();
    for ((kind, id), name, spot) in seen.names.iter().chain(&seen.aliases) {
        by_looks.entry((*kind, form::looks(name))).or_default().push((id, name, *spot));
    }
    for group in by_looks.values().filter(|group| group.len() > 1) {
        for (id, name, spot) in group {
            let twin = group.iter().find(|(other, twin, _)| other != id && twin.to_lowercase() != name.to_lowercase());
            if let Some((other, _, at)) = twin.filter(|_| !form::is_plain(name)) {
                let message =
                    format!("{} looks like the name of {other} at {}, in other letters", quoted(name), cx.where_is(*at));
                let hint = "If both are real, add what tells them apart, for example the place.".to_owned();
                cx.report(Rule::LookAlike, *spot, None, message, Some(hint));
            }
        }
    }
}

/// Other names that lead to two things of a kind, or that hide behind an id.
fn aliases(cx: &Context<'_>) {
    let seen = cx.seen.borrow();
    let mut first: BTreeMap<(Thing, String), (&str, Spot)> = BTreeMap::new();
    for ((kind, id), alias, spot) in &seen.aliases {
        let folded = alias.to_lowercase();
        if is_double(cx, *kind, id) {
            continue;
        }
        let hint = Some("Give it to one of them.".to_owned());
        if folded != *id
            && let Some(at) = cx.ids.get(&(*kind, folded.clone())).and_then(|spots| spots.first())
        {
            let message = format!("{} is the id of another {}, at {}", quoted(alias), kind.word(), cx.where_is(*at));
            cx.report(Rule::SameAlias, *spot, None, message, hint);
        } else if let Some((other, at)) = first.get(&(*kind, folded.clone())) {
            let rule = if *other == id { Rule::Twice } else { Rule::SameAlias };
            let message = format!("{} is another name of {other} already, at {}", quoted(alias), cx.where_is(*at));
            cx.report(rule, *spot, None, message, hint);
        } else {
            first.insert((*kind, folded), (id, *spot));
        }
    }
}

/// Each loop among some arrows once, as `a -> b -> a`, with the place of its first arrow and what that belongs to.
fn cycles(arrows: &[(Subject, Subject, Spot)], mut tell: impl FnMut(&str, Spot, String)) {
    let mut next: BTreeMap<&Subject, Vec<(&Subject, Spot)>> = BTreeMap::new();
    for (from, to, spot) in arrows {
        next.entry(from).or_default().push((to, *spot));
    }
    let mut done: BTreeSet<&Subject> = BTreeSet::new();
    for start in next.keys().copied().collect::<Vec<_>>() {
        // Walked with a list of its own: a chain may be as long as there are things.
        let mut path: Vec<(&Subject, Spot, usize)> = Vec::new();
        let mut on_path: BTreeMap<&Subject, usize> = BTreeMap::new();
        if done.contains(start) {
            continue;
        }
        path.push((start, Spot { file: 0, at: 0 }, 0));
        on_path.insert(start, 0);
        while let Some((at, _, arrow)) = path.last_mut() {
            let step = next.get(at).and_then(|arrows| arrows.get(*arrow)).copied();
            *arrow += 1;
            match step {
                None => {
                    if let Some((left, _, _)) = path.pop() {
                        on_path.remove(left);
                        done.insert(left);
                    }
                }
                Some((to, spot)) => {
                    if let Some(&from) = on_path.get(to) {
                        let ids = path.iter().skip(from).map(|(node, _, _)| node.1.as_str()).chain([to.1.as_str()]);
                        let chain = ids.collect::<Vec<_>>().join(" -> ");
                        let first = path.get(from + 1).map_or(spot, |(_, spot, _)| *spot);
                        tell(&chain, first, format!("{}:{}", to.0.word(), to.1));
                    } else if !done.contains(to) {
                        on_path.insert(to, path.len());
                        path.push((to, spot, 0));
                    }
                }
            }
        }
    }
}

/// People without a number, systems with few owners, numbers that nobody ever checked.
fn depth(cx: &Context<'_>, team: &Team) {
    let place = |kind: Thing, id: &str| cx.ids.get(&(kind, id.to_owned())).and_then(|spots| spots.first()).copied();
    let wanted = usize::from(team.policy.owners_min);
    for (id, system) in &team.systems {
        if let Some(spot) = place(Thing::System, id.as_str()).filter(|_| system.owners.len() < wanted) {
            let message = format!("{} has {}, the policy asks for {wanted}", system.name, count(system.owners.len(), "owner"));
            let hint = "Add people to \"owners\" in the order to call them.".to_owned();
            cx.report(Rule::FewOwners, spot, Some(format!("system:{id}")), message, Some(hint));
        }
    }
    for (id, person) in &team.people {
        if let Some(spot) = place(Thing::Person, id.as_str()).filter(|_| person.numbers.is_empty()) {
            let hint = "Add  [[person.number]]  and below it  number = \"+44 7700 900123\"".to_owned();
            let message = format!("{} has no number, so nobody can call them", person.name);
            cx.report(Rule::NoNumber, spot, Some(format!("person:{id}")), message, Some(hint));
        }
    }
    let seen = cx.seen.borrow();
    let people: BTreeSet<_> = seen.unchecked.iter().collect();
    if let Some(spot) = people.first().and_then(|id| place(Thing::Person, id)) {
        let message =
            format!("{} of {} were never checked", count(seen.unchecked.len(), "number"), people_in_words(people.len()));
        let hint = "Ring each, then write  checked = (the day)  and  checked_by = (who rang)  below it.".to_owned();
        cx.report(Rule::StaleNumber, spot, None, message, Some(hint));
    }
}

fn people_in_words(number: usize) -> String {
    if number == 1 { "1 person".to_owned() } else { format!("{number} people") }
}

/// Bridges on the same rung: which is tried first would be left to their ids.
fn ladder(cx: &Context<'_>, team: &Team) {
    let mut rungs: BTreeMap<u32, &str> = BTreeMap::new();
    for (id, bridge) in &team.bridges {
        if let Some(other) = rungs.get(&bridge.order) {
            let spot = cx.ids.get(&(Thing::Bridge, id.to_string())).and_then(|spots| spots.first()).copied();
            let message = format!("{} and {} have the same order, {}", quoted(other), quoted(id.as_str()), bridge.order);
            if let Some(spot) = spot {
                let hint = "Say which is tried first: give each an order of its own.".to_owned();
                cx.report(Rule::SameOrder, spot, Some(format!("bridge:{id}")), message, Some(hint));
            }
        } else {
            rungs.insert(bridge.order, id.as_str());
        }
    }
}

/// What takes down every bridge at once, and tools whose backups all fail with them.
fn independence(cx: &Context<'_>, team: &Team) {
    let place = |kind: Thing, id: &str| cx.ids.get(&(kind, id.to_owned())).and_then(|spots| spots.first()).copied();
    let needs: Vec<BTreeSet<String>> = team.bridges.values().map(|bridge| all_needs(team, &bridge.needs)).collect();
    if let (Some((first, others)), Some((id, _))) = (needs.split_first(), team.ladder().first())
        && !others.is_empty()
        && let Some(spot) = place(Thing::Bridge, id.as_str())
    {
        for need in first.iter().filter(|need| others.iter().all(|other| other.contains(*need))) {
            let message = format!("every bridge needs {}: when it is down, there is no way to meet", quoted(need));
            let hint = "Add a bridge that does not need it, for example a plain telephone line.".to_owned();
            cx.report(Rule::BridgesShareNeed, spot, None, message, Some(hint));
        }
    }
    for (id, tool) in team.tools.iter().filter(|(_, tool)| !tool.backups.is_empty()) {
        let mut own = all_needs(team, &tool.needs);
        own.insert(id.to_string());
        let fails_too = |backup: &crate::team::Ref| {
            let needs = backup.resolve(team).map_or(&[][..], |(kind, id)| needs_of(team, kind, id));
            all_needs(team, needs).intersection(&own).next().cloned()
        };
        let shared: Vec<_> = tool.backups.iter().map(fails_too).collect();
        if let (true, Some(Some(need)), Some(spot)) =
            (shared.iter().all(Option::is_some), shared.first(), place(Thing::Tool, id.as_str()))
        {
            let message = format!("every backup of {} fails together with it: {} takes down both", tool.name, quoted(need));
            let hint = "Add a backup that needs nothing of the same.".to_owned();
            cx.report(Rule::BackupSharesNeed, spot, Some(format!("tool:{id}")), message, Some(hint));
        }
    }
}

/// What something needs, with what that needs in turn.
fn all_needs(team: &Team, needs: &[Need]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut open: Vec<&Need> = needs.iter().collect();
    while let Some(need) = open.pop() {
        let found = need.resolve(team);
        if all.insert(found.map_or(need.as_str(), |(_, id)| id).to_owned()) {
            open.extend(found.map_or(&[][..], |(kind, id)| needs_of(team, kind, id)));
        }
    }
    all
}

fn needs_of<'a>(team: &'a Team, kind: Thing, id: &str) -> &'a [Need] {
    fn under<'a, T, V>(map: &'a BTreeMap<Id<T>, V>, id: &str, needs: fn(&V) -> &[Need]) -> &'a [Need] {
        Id::parse(id).ok().and_then(|id| map.get(&id)).map_or(&[], needs)
    }
    match kind {
        Thing::Tool => under(&team.tools, id, |tool| &tool.needs),
        Thing::Bridge => under(&team.bridges, id, |bridge| &bridge.needs),
        Thing::System => under(&team.systems, id, |system| &system.needs),
        _ => &[],
    }
}
