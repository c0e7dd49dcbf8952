//! Authority, tiers, credentials, windows and devices, as they are written.

use jiff::Timestamp;

use super::{
    commands,
    context::{Spot, Subject},
    item::Item,
    problem::{count, quoted},
    rule::Rule,
    things::plain,
    time::LocalZone,
};
use crate::team::{
    Authority, Credential, Delegation, Device, Id, Part, Person, Rehearsal, Responder, Role, Rule as TierRule, Thing, Tier,
    Window, device_name,
};

pub(super) const AUTHORITY: &[&str] = &[
    "id",
    "decision",
    "aliases",
    "holder",
    "successors",
    "conditions",
    "limits",
    "delegation",
    "from",
    "until",
    "zone",
    "window",
];
pub(super) const DELEGATION: &[&str] = &["to", "from", "until", "limits", "why"];
pub(super) const TIER: &[&str] = &["id", "name", "rule", "holders"];
pub(super) const CREDENTIAL: &[&str] = &["id", "title", "aliases", "tier", "owner", "sign_in", "rotate_by", "needs", "from"];
pub(super) const WINDOW: &[&str] = &[
    "id",
    "name",
    "aliases",
    "zone",
    "start",
    "end",
    "systems",
    "role",
    "rollback",
    "go_no_go",
    "announce",
    "rehearsal",
    "acknowledge",
];
pub(super) const ROLE: &[&str] = &["person", "part", "does", "from", "until", "released_by", "bring", "woken_by"];
pub(super) const REHEARSAL: &[&str] = &["on", "who"];
pub(super) const DEVICE: &[&str] = &["person", "name", "reader", "opener", "key", "added"];

const PARTS: [(&str, Part); 3] = [("needed", Part::Needed), ("standby", Part::Standby), ("not-needed", Part::NotNeeded)];

pub(super) fn authority(item: &Item<'_>, of: Option<&Subject>) -> Option<(Id<Authority>, Authority)> {
    let id = item.id("incident-lead");
    let decision = item.full_name("decision", of, "Leads the incident");
    item.must("holder", "\"alice.okafor\"");
    let holder = item.responder("holder");
    let successors = item.responders("successors");
    if let Some(holder) = holder.as_ref().filter(|holder| successors.contains(holder)) {
        let message = format!("{} is the holder and stands among the successors", quoted(holder.as_str()));
        item.fail(Rule::Twice, item.spot_at("successors"), message, Some("Name those who come after the holder.".to_owned()));
    }
    let zone = item.local_zone();
    let (from, until) = (item.moment("from", &zone), item.moment("until", &zone));
    ends_after_start(item, ("until", "this authority"), from, until);
    if let Some(until) = until.filter(|until| until.to_zoned(jiff::tz::TimeZone::UTC).date() < item.cx.today) {
        let message = format!("this authority ended on {}", until.to_zoned(jiff::tz::TimeZone::UTC).date());
        item.cx.report(
            Rule::AuthorityOver,
            item.spot_at("until"),
            about(of),
            message,
            Some("Renew it, or take it out.".to_owned()),
        );
    }
    let delegations = item.tables("delegation", DELEGATION);
    let delegations = delegations.iter().filter_map(|one| delegation(item, one, (&zone, holder.as_ref()))).collect();
    let authority = Authority {
        aliases: item.aliases(of),
        successors,
        conditions: plain(item.texts("conditions")),
        limits: item.text("limits"),
        delegations,
        from,
        until,
        window: item.reference("window", Thing::Window),
        decision: decision?,
        holder: holder?,
    };
    Some((id?, authority))
}

fn delegation(whole: &Item<'_>, item: &Item<'_>, (zone, holder): (&LocalZone, Option<&Responder>)) -> Option<Delegation> {
    item.must("to", "\"bob.reyes\"");
    item.must("from", "2026-11-20T18:00:00");
    item.must("until", "2026-11-23T08:00:00");
    let to = item.responder("to");
    let (from, until) = (item.moment("from", zone), item.moment("until", zone));
    ends_after_start(item, ("until", "this delegation"), from, until);
    if let Some(to) = to.as_ref().filter(|to| Some(*to) == holder) {
        let message = format!("{} holds this decision already", quoted(to.as_str()));
        item.fail(Rule::Own, item.spot_at("to"), message, Some("Name who decides instead.".to_owned()));
    }
    let (limits, why) = (item.text("limits"), item.text("why"));
    if item.failed() {
        whole.fail_silently();
    }
    Some(Delegation { to: to?, from: from?, until: until?, limits, why })
}

pub(super) fn tier(item: &Item<'_>, of: Option<&Subject>) -> Option<(Id<Tier>, Tier)> {
    let id = item.id("break-glass");
    let name = item.full_name("name", of, "Break-glass");
    item.must("holders", "[\"alice.okafor\", \"bob.reyes\"]");
    let holders: Vec<Id<Person>> = item.references("holders", Thing::Person);
    let rule = tier_rule(item);
    if let (Some(rule), false) = (rule, item.failed()) {
        enough_holders(item, of, rule, holders.len());
    }
    Some((id?, Tier { name: name?, rule: rule?, holders, keys: Vec::new() }))
}

fn tier_rule(item: &Item<'_>) -> Option<TierRule> {
    if !item.has("rule") {
        return Some(TierRule::default());
    }
    let (text, spot) = item.raw_text("rule")?;
    let rule = TierRule::parse(text).ok();
    if rule.is_none() {
        let hint = "It can be \"any\" (any one holder opens), or for example \"2-of-5\" (two together, of five).".to_owned();
        item.fail(Rule::Word, spot, format!("\"rule\" cannot be {}", quoted(text)), Some(hint));
    }
    rule
}

fn enough_holders(item: &Item<'_>, of: Option<&Subject>, rule: TierRule, holders: usize) {
    let spare = match rule {
        TierRule::Of { n, .. } if usize::from(n) != holders => {
            let message = format!("the rule {} counts {n} holders, and {} written here", quoted(&rule.to_string()), are(holders));
            item.fail(Rule::TierHolders, item.spot_at("rule"), message, Some("Make the two agree.".to_owned()));
            return;
        }
        TierRule::Of { k, n } => n - k,
        TierRule::Any if holders == 0 => {
            let hint = "Name those who may open it; two at least.".to_owned();
            item.fail(Rule::TierHolders, item.spot_at("holders"), "nobody holds this tier".to_owned(), Some(hint));
            return;
        }
        TierRule::Any => u8::from(holders > 1),
    };
    if spare == 0 {
        let name = of.map_or_else(|| "this tier".to_owned(), |(_, id)| format!("tier {id}"));
        let message = format!("{name} cannot be opened when one holder cannot be reached");
        let hint = of.map_or_else(
            || "Add a holder.".to_owned(),
            |(_, id)| format!("Add a holder here; once it has a key:  kit tier add {id} PERSON --dir DIR"),
        );
        item.cx.report(Rule::FewHolders, item.spot_at("holders"), about(of), message, Some(hint));
    }
}

fn are(holders: usize) -> String {
    format!("{} {}", count(holders, "holder"), if holders == 1 { "is" } else { "are" })
}

pub(super) fn credential(item: &Item<'_>, of: Option<&Subject>) -> Option<(Id<Credential>, Credential)> {
    let id = item.id("aws-root");
    let title = item.full_name("title", of, "AWS root account");
    item.must("tier", "\"break-glass\"");
    let tier = item.reference("tier", Thing::Tier);
    let rotate_by = item.date("rotate_by");
    if let Some(day) = rotate_by.filter(|day| *day < item.cx.today) {
        let message = format!("this credential was due for a new value on {day}");
        let hint = "Change it where it is used, seal the new value, and set the next date.".to_owned();
        item.cx.report(Rule::RotateDue, item.spot_at("rotate_by"), about(of), message, Some(hint));
    }
    let commands = commands::read(item);
    let credential = Credential {
        aliases: item.aliases(of),
        owner: item.reference("owner", Thing::Person),
        sign_in: item.address("sign_in"),
        rotate_by,
        needs: item.needs(of),
        title: title?,
        tier: tier?,
        capsule: None,
    };
    let id = id?;
    if !commands.is_empty() {
        item.cx.commands.borrow_mut().insert(id.clone(), commands);
    }
    Some((id, credential))
}

pub(super) fn window(item: &Item<'_>, of: Option<&Subject>) -> Option<(Id<Window>, Window)> {
    let id = item.id("epic-migration");
    let name = item.full_name("name", of, "Epic migration");
    item.must("start", "2026-11-15T06:00:00+01:00");
    item.must("end", "2026-11-15T18:00:00+01:00");
    let zone = item.local_zone();
    let (start, end) = (item.moment("start", &zone), item.moment("end", &zone));
    ends_after_start(item, ("end", "this window"), start, end);
    if let Some(end) =
        end.filter(|end| start.is_some_and(|start| start < *end) && end.to_zoned(jiff::tz::TimeZone::UTC).date() < item.cx.today)
    {
        let message = format!("this window ended on {}", end.to_zoned(jiff::tz::TimeZone::UTC).date());
        item.cx.report(
            Rule::WindowOver,
            item.spot_at("end"),
            about(of),
            message,
            Some("Take it out; git remembers it.".to_owned()),
        );
    }
    let roles: Vec<(Role, Spot)> =
        item.tables("role", ROLE).iter().filter_map(|one| part(item, one, &zone).map(|role| (role, one.spot()))).collect();
    two_parts(item, of, &roles, (start, end));
    let window = Window {
        aliases: item.aliases(of),
        systems: item.references("systems", Thing::System),
        roles: roles.into_iter().map(|(role, _)| role).collect(),
        rollback: plain(item.texts("rollback")),
        go_no_go: item.text("go_no_go"),
        announce: item.text("announce"),
        rehearsals: item.tables("rehearsal", REHEARSAL).iter().filter_map(|one| rehearsal(item, one)).collect(),
        acknowledge: item.references("acknowledge", Thing::Person),
        name: name?,
        start: start?,
        end: end?,
    };
    Some((id?, window))
}

fn part(whole: &Item<'_>, item: &Item<'_>, zone: &LocalZone) -> Option<Role> {
    item.must("person", "\"alice.okafor\"");
    item.must("part", "\"needed\"");
    let (person, part, does) = (item.reference("person", Thing::Person), item.word("part", &PARTS), item.text("does"));
    let (from, until) = (item.moment("from", zone), item.moment("until", zone));
    ends_after_start(item, ("until", "this part"), from, until);
    let (released_by, woken_by) = (item.reference("released_by", Thing::Person), plain(item.texts("woken_by")));
    if item.failed() {
        whole.fail_silently();
    }
    Some(Role { person: person?, part: part?, does, from, until, released_by, bring: plain(item.texts("bring")), woken_by })
}

/// Two parts of one person at the same time: nobody could tell which holds.
fn two_parts(item: &Item<'_>, of: Option<&Subject>, roles: &[(Role, Spot)], window: (Option<Timestamp>, Option<Timestamp>)) {
    let (Some(start), Some(end)) = window else { return };
    let span = |role: &Role| (role.from.unwrap_or(start), role.until.unwrap_or(end));
    for (at, (role, spot)) in roles.iter().enumerate() {
        let (from, until) = span(role);
        let meets = |(other, _): &&(Role, Spot)| {
            let (other_from, other_until) = span(other);
            other.person == role.person && other_from < until && from < other_until
        };
        if let Some((_, first)) = roles.iter().take(at).find(meets) {
            let message = format!("{} has another part at the same time, at {}", role.person, item.cx.where_is(*first));
            let hint = "Give each part its times with \"from\" and \"until\", or make them one.".to_owned();
            item.cx.report(Rule::TwoParts, *spot, about(of), message, Some(hint));
        }
    }
}

fn rehearsal(whole: &Item<'_>, item: &Item<'_>) -> Option<Rehearsal> {
    item.must("on", "2026-11-08");
    let (on, who) = (item.date("on"), item.references("who", Thing::Person));
    if item.failed() {
        whole.fail_silently();
    }
    Some(Rehearsal { on: on?, who })
}

pub(super) fn ends_after_start(item: &Item<'_>, (key, what): (&str, &str), start: Option<Timestamp>, end: Option<Timestamp>) {
    if let (Some(start), Some(end)) = (start, end)
        && end <= start
    {
        let message = format!("{what} ends at {end}, and begins at {start}");
        item.fail(Rule::EndBeforeStart, item.spot_at(key), message, Some("The end comes after the start.".to_owned()));
    }
}

pub(super) fn device(item: &Item<'_>) -> Option<Device> {
    item.must("person", "\"alice.okafor\"");
    item.must("name", "\"laptop\"");
    for (key, example) in [("reader", "\"age1…\""), ("opener", "\"age1…\""), ("key", "\"ssh-ed25519 AAAA…\"")] {
        item.must(key, example);
    }
    let person: Option<Id<Person>> = item.reference("person", Thing::Person);
    let name = item.raw_text("name").and_then(|(text, spot)| match device_name(text) {
        Ok(name) => Some(name),
        Err(error) => {
            let hint = "Like this:  name = \"laptop\"".to_owned();
            item.fail(Rule::Id, spot, format!("{} is no name for a device: {error}", quoted(text)), Some(hint));
            None
        }
    });
    let (reader, opener, key) = (item.recipient("reader"), item.recipient("opener"), item.verify_key("key"));
    let added = item.date("added");
    let whose = format!("{}.{}", person.as_ref()?, name.as_ref()?);
    let mut seen = item.cx.seen.borrow_mut();
    seen.devices.push((whose.clone(), item.spot()));
    for (text, at) in [(&reader, "reader"), (&opener, "opener"), (&key, "key")] {
        seen.keys.extend(text.as_ref().map(|text| (text.clone(), whose.clone(), item.spot_at(at))));
    }
    Some(Device { person: person?, name: name?, reader: reader?, opener: opener?, key: key?, added })
}

pub(super) fn about(of: Option<&Subject>) -> Option<String> {
    of.map(|(kind, id)| format!("{}:{id}", kind.word()))
}
