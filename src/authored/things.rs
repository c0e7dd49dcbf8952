//! People, systems, tools, bridges and vendors, as they are written.

use super::{context::Subject, item::Item, problem::quoted, rule::Rule};
use crate::team::{Absence, Avoid, Bridge, Credential, Hours, Id, Person, System, Thing, Tool, Vendor, Wake, WakeWhen};

pub(super) const PERSON: &[&str] = &[
    "id",
    "name",
    "aliases",
    "title",
    "teams",
    "zone",
    "hours",
    "place",
    "emails",
    "number",
    "message",
    "wake",
    "wake_when",
    "calendars",
    "absence",
    "note",
];
pub(super) const ABSENCE: &[&str] = &["from", "until", "delegate", "why"];
pub(super) const SYSTEM: &[&str] = &["id", "name", "aliases", "tier", "owners", "playbook", "runbook", "needs"];
pub(super) const TOOL: &[&str] = &[
    "id",
    "name",
    "aliases",
    "purpose",
    "reach",
    "number",
    "status_page",
    "owner",
    "backups",
    "needs",
    "avoid",
    "credential",
    "checked",
    "checked_by",
];
pub(super) const AVOID: &[&str] = &["what", "why"];
pub(super) const BRIDGE: &[&str] =
    &["id", "name", "aliases", "order", "number", "pin", "host_key", "reach", "needs", "tested", "tested_by", "note"];
pub(super) const VENDOR: &[&str] = &["id", "name", "aliases", "number", "account", "contract", "pin", "url", "note"];

/// Importance of a system: 1 wakes people.
const TIER_MAX: i64 = 9;
/// Rungs of the ladder of bridges.
const ORDER_MAX: i64 = 1000;

pub(super) fn person(item: &Item<'_>, of: Option<&Subject>) -> Option<(Id<Person>, Person)> {
    let id = item.id("alice.okafor");
    let name = item.full_name("name", of, "Alice Okafor");
    item.must("zone", "\"Europe/London\"");
    let zone = item.zone("zone");
    let (aliases, title, teams) = (item.aliases(of), item.text("title"), plain(item.texts("teams")));
    let (hours, place, emails, numbers) = (hours(item), item.text("place"), emails(item, of), item.numbers(of));
    let (message, wake, absences, note) = (item.text("message"), wake(item), absences(item, of), item.note("note"));
    let calendars = item.references("calendars", Thing::Calendar);
    let person = Person {
        name: name?,
        aliases,
        title,
        teams,
        zone: zone?,
        hours,
        place,
        emails,
        numbers,
        message,
        wake,
        calendars,
        absences,
        note,
    };
    Some((id?, person))
}

pub(super) fn system(item: &Item<'_>, of: Option<&Subject>) -> Option<(Id<System>, System)> {
    let id = item.id("payments-db");
    let name = item.full_name("name", of, "Payments database");
    let system = System {
        aliases: item.aliases(of),
        tier: item.whole("tier", 1, TIER_MAX),
        owners: item.responders("owners"),
        playbook: item.address("playbook"),
        runbook: item.note("runbook"),
        needs: item.needs(of),
        name: name?,
    };
    Some((id?, system))
}

pub(super) fn tool(item: &Item<'_>, of: Option<&Subject>) -> Option<(Id<Tool>, Tool)> {
    let id = item.id("slack");
    let name = item.full_name("name", of, "Slack");
    let credential: Option<Id<Credential>> = item.reference("credential", Thing::Credential);
    // The way in when all else is down is a need like any other: the credential must not need the tool.
    if let (Some(of), Some(credential)) = (of, &credential) {
        let to = (Thing::Credential, credential.to_string());
        item.cx.seen.borrow_mut().needs.push((of.clone(), to, item.spot_at("credential")));
    }
    let tool = Tool {
        numbers: item.numbers(of),
        aliases: item.aliases(of),
        purpose: item.text("purpose"),
        reach: item.address("reach"),
        status_page: item.page("status_page"),
        owner: item.reference("owner", Thing::Person),
        backups: item.backups(of),
        needs: item.needs(of),
        avoid: item.tables("avoid", AVOID).iter().filter_map(|one| avoid(item, one)).collect(),
        credential,
        checked: item.checked("checked", "checked_by"),
        name: name?,
    };
    Some((id?, tool))
}

pub(super) fn bridge(item: &Item<'_>, of: Option<&Subject>) -> Option<(Id<Bridge>, Bridge)> {
    let id = item.id("phone-bridge");
    let name = item.full_name("name", of, "Phone bridge");
    item.must("order", "1");
    let order = item.whole("order", 1, ORDER_MAX);
    let bridge = Bridge {
        aliases: item.aliases(of),
        numbers: item.numbers(of),
        pin: item.text("pin"),
        host_key: item.text("host_key"),
        reach: item.address("reach"),
        needs: item.needs(of),
        tested: item.checked("tested", "tested_by"),
        note: item.note("note"),
        name: name?,
        order: order?,
    };
    Some((id?, bridge))
}

pub(super) fn vendor(item: &Item<'_>, of: Option<&Subject>) -> Option<(Id<Vendor>, Vendor)> {
    let id = item.id("aws-support");
    let name = item.full_name("name", of, "AWS support");
    let vendor = Vendor {
        aliases: item.aliases(of),
        numbers: item.numbers(of),
        account: item.text("account"),
        contract: item.text("contract"),
        pin: item.text("pin"),
        url: item.page("url"),
        note: item.note("note"),
        name: name?,
    };
    Some((id?, vendor))
}

fn avoid(whole: &Item<'_>, item: &Item<'_>) -> Option<Avoid> {
    item.must("what", "\"Zoom chat\"");
    item.must("why", "\"it signs in through Okta, like Slack\"");
    let (what, why) = (item.text("what"), item.text("why"));
    if item.failed() {
        whole.fail_silently();
    }
    Some(Avoid { what: what?, why: why? })
}

pub(super) fn hours(item: &Item<'_>) -> Option<Hours> {
    let (text, spot) = item.raw_text("hours")?;
    let hours = Hours::parse(text).ok();
    if hours.is_none_or(|hours| hours.from == hours.until) {
        let hint = "Like this:  hours = \"09:00-17:30\"".to_owned();
        item.fail(Rule::Hours, spot, format!("{} is no span of hours", quoted(text)), Some(hint));
    }
    hours
}

fn emails(item: &Item<'_>, of: Option<&Subject>) -> Vec<String> {
    let emails = item.texts("emails");
    for (email, spot) in &emails {
        if let Some(fault) = super::form::email_fault(email) {
            let hint = "One bare address in each pair of quotation marks:  \"alice@example.com\"".to_owned();
            item.fail(Rule::Email, *spot, format!("{} is no e-mail address: {fault}", quoted(email)), Some(hint));
        } else if let Some((_, id)) = of {
            item.cx.seen.borrow_mut().emails.push((email.to_lowercase(), id.clone(), *spot));
        }
    }
    plain(emails)
}

fn wake(item: &Item<'_>) -> Wake {
    let how = item.text("wake");
    let Some(text) = item.text("wake_when") else { return Wake { how, when: WakeWhen::NotSaid } };
    let when = match (text.as_str(), text.strip_prefix("if ")) {
        ("any hour", _) => WakeWhen::AnyHour,
        ("never", _) => WakeWhen::Never,
        (_, Some(condition)) if !condition.trim().is_empty() => WakeWhen::If(condition.trim().to_owned()),
        _ => {
            let hint = "It can be \"any hour\", \"never\", or begin with \"if \" and name the condition.".to_owned();
            item.fail(Rule::Word, item.spot_at("wake_when"), format!("\"wake_when\" cannot be {}", quoted(&text)), Some(hint));
            WakeWhen::NotSaid
        }
    };
    Wake { how, when }
}

fn absences(whole: &Item<'_>, of: Option<&Subject>) -> Vec<Absence> {
    let read = |item: &Item<'_>| {
        item.must("from", "2026-12-24");
        item.must("until", "2026-12-31");
        let (from, until, why) = (item.date("from"), item.date("until"), item.text("why"));
        let delegate: Option<Id<Person>> = item.reference("delegate", Thing::Person);
        if let (Some(delegate), Some((_, id))) = (&delegate, of)
            && delegate.as_str() == id
        {
            let hint = "Name somebody who is there.".to_owned();
            item.fail(Rule::Own, item.spot_at("delegate"), format!("{} cannot stand in for themselves", quoted(id)), Some(hint));
        }
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            let message = format!("this absence ends on {until}, before it begins on {from}");
            item.fail(Rule::EndBeforeStart, item.spot_at("until"), message, Some("\"until\" is the last day away.".to_owned()));
        }
        if item.failed() {
            whole.fail_silently();
        }
        Some(Absence { from: from?, until: until?, delegate, why })
    };
    whole.tables("absence", ABSENCE).iter().filter_map(read).collect()
}

pub(super) fn plain<S>(texts: Vec<(String, S)>) -> Vec<String> {
    texts.into_iter().map(|(text, _)| text).collect()
}
