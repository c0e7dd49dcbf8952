//! All that is not secret, for programs: one JSON object with the same names in all kits to come. Names are only ever added.
//!
//! Every field of the model is named here, so that a new one has to be let out by hand.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use unicode_normalization::char::is_combining_mark;

use super::{Made, Outgoing, csv::word};
use crate::team::{
    Authority, Avoid, Bridge, Calendar, Checked, Credential, Id, Number, Person, Rota, Shift, System, Tier, Tool, Vendor, Wake,
    WakeWhen, Window, is_invisible,
};

/// The version of its names.
const SCHEMA: &str = "kit.team/1";
/// Marks on one character that are written as they are.
const MARKS_MAX: usize = 4;

/// The team as one object.
pub fn json(out: Outgoing<'_>) -> Made {
    let team = out.team;
    let (home, pins) = out.private_of_all();
    let left_out = out.left_out(home, pins);
    let object = json!({
        "schema": SCHEMA,
        "kit": { "id": out.kit, "seq": out.seq, "created": out.created },
        "left_out": left_out,
        "private": out.private,
        "team": {
            "name": team.name, "lead": team.lead, "rendezvous": team.rendezvous, "say_first": team.say_first,
            "woken_by": team.woken_by,
        },
        "people": each(&team.people, |it| person(out, it)),
        "bridges": Value::Array(team.ladder().into_iter().map(|(id, it)| with_id(id.as_str(), bridge(out, it))).collect()),
        "tools": each(&team.tools, |it| tool(out, it)),
        "systems": each(&team.systems, system),
        "vendors": each(&team.vendors, |it| vendor(out, it)),
        "authority": each(&team.authority, authority),
        "windows": each(&team.windows, window),
        "rotas": each(&team.rotas, rota),
        "calendars": each(&team.calendars, calendar),
        "tiers": each(&team.tiers, tier),
        "credentials": each(&team.credentials, credential),
        "policy": {
            "number_stale_days": team.policy.number_stale_days, "refresh_days": team.policy.refresh_days,
            "owners_min": team.policy.owners_min, "answer_within_min": team.policy.answer_within_min,
            "rotate_within_h": team.policy.rotate_within_h, "rescue_days": team.policy.rescue_days,
            "auditors": team.policy.auditors, "waivers": team.policy.waivers,
        },
    });
    let count = [team.people.len(), team.bridges.len(), team.tools.len(), team.systems.len(), team.vendors.len()];
    let count = count.iter().sum::<usize>() + team.authority.len() + team.windows.len() + team.rotas.len();
    let count = count + team.calendars.len() + team.tiers.len() + team.credentials.len();
    Made { text: escaped(&format!("{object:#}\n")), count, left_out, warnings: Vec::new() }
}

fn each<T>(all: &BTreeMap<Id<T>, T>, of: impl Fn(&T) -> Value) -> Value {
    Value::Array(all.iter().map(|(id, it)| with_id(id.as_str(), of(it))).collect())
}

fn with_id(id: &str, mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.insert("id".to_owned(), id.into());
    }
    value
}

fn numbers(out: Outgoing<'_>, numbers: &[Number]) -> Value {
    let one = |number: &Number| {
        let Number { e164, shown: _, written: _, kind, carrier, note, checked } = number;
        let shown = number.read_aloud();
        json!({
            "e164": e164, "shown": shown, "reaches": word(*kind), "carrier": carrier, "note": note, "checked": by(checked.as_ref()),
        })
    };
    Value::Array(out.numbers(numbers).map(one).collect())
}

fn by(checked: Option<&Checked>) -> Value {
    checked.map_or(Value::Null, |Checked { on, by }| json!({ "on": on, "by": by }))
}

fn person(out: Outgoing<'_>, it: &Person) -> Value {
    let Person {
        name,
        aliases,
        title,
        teams,
        zone,
        hours,
        place,
        emails,
        numbers: all,
        message,
        wake,
        calendars,
        absences,
        note,
    } = it;
    let Wake { how, when } = wake;
    let (when, condition) = match when {
        WakeWhen::NotSaid => (None, None),
        WakeWhen::AnyHour => (Some("any-hour"), None),
        WakeWhen::Never => (Some("never"), None),
        WakeWhen::If(condition) => (Some("if"), Some(condition)),
    };
    let away = absences.iter().map(|it| json!({ "from": it.from, "until": it.until, "delegate": it.delegate, "why": it.why }));
    json!({
        "name": name, "aliases": aliases, "title": title, "teams": teams, "zone": zone, "hours": hours, "place": place,
        "emails": emails, "numbers": numbers(out, all), "message": message,
        "wake": { "how": how, "when": when, "condition": condition },
        "calendars": calendars, "absences": Value::Array(away.collect()), "note": note,
    })
}

fn bridge(out: Outgoing<'_>, it: &Bridge) -> Value {
    let Bridge { name, aliases, order, numbers: all, pin, host_key, reach, needs, tested, note } = it;
    json!({
        "name": name, "aliases": aliases, "order": order, "numbers": numbers(out, all), "pin": out.private_text(pin.as_ref()),
        "host_key": out.private_text(host_key.as_ref()), "reach": reach, "needs": needs, "tested": by(tested.as_ref()), "note": note,
    })
}

fn tool(out: Outgoing<'_>, it: &Tool) -> Value {
    let Tool { name, aliases, purpose, reach, numbers: all, status_page, owner, backups, needs, avoid, credential, checked } = it;
    let avoid: Vec<Value> = avoid.iter().map(|Avoid { what, why }| json!({ "what": what, "why": why })).collect();
    json!({
        "name": name, "aliases": aliases, "purpose": purpose, "reach": reach, "numbers": numbers(out, all),
        "status_page": status_page, "owner": owner, "backups": backups, "needs": needs, "avoid": avoid,
        "credential": credential, "checked": by(checked.as_ref()),
    })
}

fn system(it: &System) -> Value {
    let System { name, aliases, tier, owners, playbook, runbook, needs } = it;
    json!({
        "name": name, "aliases": aliases, "tier": tier, "owners": owners, "playbook": playbook, "runbook": runbook,
        "needs": needs,
    })
}

fn vendor(out: Outgoing<'_>, it: &Vendor) -> Value {
    let Vendor { name, aliases, numbers: all, account, contract, pin, url, note } = it;
    json!({
        "name": name, "aliases": aliases, "numbers": numbers(out, all), "account": account, "contract": contract,
        "pin": out.private_text(pin.as_ref()), "url": url, "note": note,
    })
}

fn authority(it: &Authority) -> Value {
    let Authority { decision, aliases, holder, successors, conditions, limits, delegations, from, until, window } = it;
    let delegations = delegations
        .iter()
        .map(|it| json!({ "to": it.to, "from": it.from, "until": it.until, "limits": it.limits, "why": it.why }));
    json!({
        "decision": decision, "aliases": aliases, "holder": holder, "successors": successors, "conditions": conditions,
        "limits": limits, "delegations": Value::Array(delegations.collect()), "from": from, "until": until, "window": window,
    })
}

fn window(it: &Window) -> Value {
    let Window { name, aliases, start, end, systems, roles, rollback, go_no_go, announce, rehearsals, acknowledge } = it;
    let roles = roles.iter().map(|role| {
        let (from, until) = role.span(it);
        json!({
            "person": role.person, "part": role.part, "does": role.does, "from": from, "until": until,
            "released_by": role.released_by, "bring": role.bring, "woken_by": role.woken_by,
        })
    });
    let rehearsals = rehearsals.iter().map(|it| json!({ "on": it.on, "who": it.who }));
    json!({
        "name": name, "aliases": aliases, "start": start, "end": end, "systems": systems, "roles": Value::Array(roles.collect()),
        "rollback": rollback, "go_no_go": go_no_go, "announce": announce, "rehearsals": Value::Array(rehearsals.collect()),
        "acknowledge": acknowledge,
    })
}

fn rota(it: &Rota) -> Value {
    let Rota { name, aliases, until, shifts, overrides } = it;
    let shifts = shifts.iter().map(|shift| {
        let Shift { name, zone, people, first, turn_days, handover, hours, days } = shift;
        json!({
            "name": name, "zone": zone, "people": people, "first": first, "turn_days": turn_days, "handover": handover,
            "hours": hours, "days": days,
        })
    });
    let overrides = overrides
        .iter()
        .map(|it| json!({ "from": it.from, "until": it.until, "person": it.person, "instead_of": it.instead_of, "why": it.why }));
    json!({
        "name": name, "aliases": aliases, "until": until, "shifts": Value::Array(shifts.collect()),
        "overrides": Value::Array(overrides.collect()),
    })
}

fn calendar(it: &Calendar) -> Value {
    let Calendar { name, aliases, kind, days } = it;
    let days = days.iter().map(|it| json!({ "from": it.from, "until": it.until, "name": it.name }));
    json!({ "name": name, "aliases": aliases, "kind": kind, "days": Value::Array(days.collect()) })
}

/// Who holds it; its keys and boxes stay.
fn tier(it: &Tier) -> Value {
    let Tier { name, rule, holders, keys: _ } = it;
    json!({ "name": name, "rule": rule, "holders": holders })
}

/// Its label; the capsule stays.
fn credential(it: &Credential) -> Value {
    let Credential { title, aliases, tier, owner, sign_in, rotate_by, needs, capsule } = it;
    json!({
        "title": title, "aliases": aliases, "tier": tier, "owner": owner, "sign_in": sign_in, "rotate_by": rotate_by,
        "needs": needs, "is_sealed": capsule.is_some(),
    })
}

/// JSON text in which all that is not plainly visible is a `\u` escape; the structure's own line ends stay.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if c == '\n' || !(c.is_control() || is_invisible(c) || marks > MARKS_MAX) {
            out.push(c);
        } else {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn d18_any_text_comes_back_and_nothing_hidden_is_written(text: String) {
            let written = escaped(&format!("{:#}\n", json!({ "a": text })));
            prop_assert!(!written.chars().any(|c| c != '\n' && (c.is_control() || is_invisible(c))));
            let read: Value = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(read["a"].as_str(), Some(text.as_str()));
        }
    }
}
