//! What a publisher's key can sign and no check would let through: every question has an answer all the same, and soon.

use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use outage_kit::{
    answer::{
        self, Edition, Match, Moment, Scene, Strictness, WhatIf, announce_changes, announce_window, bridges, brief, card,
        current_window, decisions, diff, duty, entries, in_charge, lookup, names_to_try, tools, way_in, who, windows,
    },
    authored,
    team::{Id, Region, Team, Thing},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{acme::Acme, duty::example, environment::AT_NIGHT, hostile::publish, world::World};

/// After this long an answer counts as hung: a net for broken code, never a measure.
const HUNG: Duration = Duration::from_secs(120);
/// Moments at which everything is asked: a window that runs, wrong clocks, and the ends of what a clock can say.
const MOMENTS: [&str; 5] = [
    "2026-11-18T02:12:00Z",
    "2999-12-31T23:59:59Z",
    "-009999-01-02T01:59:59Z",
    "9999-12-30T22:00:00.999999999Z",
    "1970-01-01T00:00:00Z",
];

/// Asks everything about each of some things, and everything that is about none; the length of all answers as JSON.
fn ask(team: &Team, now: Timestamp, what_if: &WhatIf, things: &[(Thing, String)]) -> usize {
    let moment = Moment { now, zone: TimeZone::get("Europe/Berlin").unwrap() };
    let scene = Scene { team, moment: &moment, what_if };
    let mut length = 0;
    let mut put = |answer: Value| length += answer.to_string().len();
    put(json!(bridges(scene, None)));
    put(json!(way_in(scene)));
    put(json!(in_charge(scene)));
    put(json!(tools(scene)));
    put(json!(decisions(scene)));
    put(json!(windows(scene)));
    put(json!(names_to_try(scene)));
    put(json!(current_window(scene).map(|id| id.to_string())));
    put(json!(brief(scene, None)));
    for (kind, id) in things {
        let found = Match { kind: *kind, id: id.clone(), name: id.clone(), query: id.clone() };
        put(json!(card(scene, &found)));
        if let Some(who) = who(scene, &found, true) {
            put(json!(who.records()));
            put(json!(who.dialled_from(Region::parse("DE").unwrap())));
        }
        match kind {
            Thing::Person => put(json!(duty(scene, &Id::parse(id).unwrap()))),
            Thing::System => put(json!(brief(scene, Some(&found)))),
            Thing::Bridge => put(json!(bridges(scene, Some(&Id::parse(id).unwrap())))),
            Thing::Window => {
                let id = Id::parse(id).unwrap();
                put(json!(answer::window(scene, &id)));
                put(json!(brief(scene, Some(&found))));
                put(json!(announce_window(scene, &id)));
            }
            _ => {}
        }
    }
    length
}

/// Every thing of a team; of many of one kind the first few.
fn things(team: &Team) -> Vec<(Thing, String)> {
    let all = entries(team);
    let of = |kind: Thing| all.iter().filter(move |entry| entry.kind == kind).take(4);
    Thing::ALL.into_iter().flat_map(of).map(|entry| (entry.kind, entry.id.to_owned())).collect()
}

/// Answers at some moments, with and without something down, or fails: by a panic, or because there is no end to it.
fn answers(what: &str, value: Value, moments: &[&str]) {
    let Ok(team) = serde_json::from_value::<Team>(value) else { panic!("{what}: this is no team any more") };
    let (done, end) = mpsc::channel();
    let moments: Vec<Timestamp> = moments.iter().map(|text| text.parse().unwrap()).collect();
    let begun = Instant::now();
    // A quarter of the stack of a program: what needs more the longer a chain is comes to its end here.
    let worker = thread::Builder::new().stack_size(2 << 20).spawn(move || {
        let things = things(&team);
        let slack = WhatIf::of(&team, &["slack".into()], &["alice.okafor".into()], Strictness::Exact).unwrap_or_default();
        for (index, now) in moments.into_iter().enumerate() {
            assert!(ask(&team, now, &WhatIf::default(), &things) > 100);
            if index == 0 {
                assert!(ask(&team, now, &slack, &things) > 100);
            }
        }
        let _ = done.send(());
    });
    let ended = end.recv_timeout(HUNG);
    assert!(ended != Err(mpsc::RecvTimeoutError::Timeout), "{what}: no end in {HUNG:?}");
    worker.unwrap().join().unwrap_or_else(|_| panic!("{what}: a panic"));
    println!("{what}: {:?}", begun.elapsed());
}

fn team() -> Value {
    serde_json::to_value(example()).unwrap()
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut value = team();
    change(&mut value);
    value
}

/// The first of a kind of thing.
fn first<'a>(value: &'a mut Value, kind: &str) -> &'a mut Value {
    value[kind].as_object_mut().unwrap().values_mut().next().unwrap()
}

fn shift(people: &[&str]) -> Value {
    json!({"zone": "Europe/Berlin", "people": people, "first": "2026-10-19", "turn_days": 7, "handover": "09:00:00"})
}

/// A rota in place of all owners and of the lead.
fn with_rota(rota: Value) -> Value {
    with(|team| {
        team["rotas"]["nonsense"] = rota;
        team["systems"].as_object_mut().unwrap().values_mut().for_each(|system| system["owners"] = json!(["rota:nonsense"]));
        let lead = team["lead"].as_str().unwrap().to_owned();
        team["authority"][lead]["holder"] = json!("rota:nonsense");
    })
}

fn rota(change: impl FnOnce(&mut Value)) -> Value {
    let mut shift = shift(&["alice.okafor", "bob.reyes"]);
    change(&mut shift);
    with_rota(json!({"name": "Nonsense", "shifts": [shift]}))
}

#[test]
fn rotas_that_make_no_sense() {
    answers("no days", rota(|shift| shift["turn_days"] = json!(0)), &MOMENTS[..3]);
    answers("nobody", rota(|shift| shift["people"] = json!([])), &MOMENTS[..3]);
    answers("strangers", rota(|shift| shift["people"] = json!(["no.body", "who.ever"])), &MOMENTS[..3]);
    answers("long ago", rota(|shift| shift["first"] = json!("-009999-01-01")), &MOMENTS[..3]);
    answers("far ahead", rota(|shift| shift["first"] = json!("9999-12-31")), &MOMENTS[..3]);
    answers("no such zone", rota(|shift| shift["zone"] = json!("../../etc/passwd")), &MOMENTS[..3]);
    answers("no hours", rota(|shift| shift["hours"] = json!("09:00-09:00")), &MOMENTS[..3]);
    answers("no weekday", rota(|shift| shift["days"] = json!([0, 9, 255])), &MOMENTS[..3]);
    answers("no shift", with_rota(json!({"name": "Nonsense", "shifts": []})), &MOMENTS[..3]);
    answers("over already", with_rota(json!({"name": "N", "until": "-009999-01-02T01:59:59Z", "shifts": []})), &MOMENTS[..3]);
    // Many at once, each one person's for ever.
    let long = json!({"zone": "Europe/Berlin", "people": ["bob.reyes"], "first": "1900-01-01", "turn_days": 65535, "handover": "09:00:00"});
    answers("for ever", with_rota(json!({"name": "N", "shifts": [long]})), &MOMENTS);
    let shifts: Vec<Value> = (0..12)
        .map(|minute| {
            let mut one = long.clone();
            one["handover"] = json!(format!("{:02}:{:02}:00", minute / 60, minute % 60));
            one
        })
        .collect();
    answers("a dozen shifts", with_rota(json!({"name": "N", "shifts": shifts})), &MOMENTS[..1]);
    let swaps: Vec<Value> = (0..300_u32)
        .map(|minute| {
            let from = "2026-11-18T00:00:00Z".parse::<Timestamp>().unwrap() + i64::from(minute).minutes();
            json!({"from": from, "until": from + 500.minutes(), "person": if minute % 2 == 0 { "bob.reyes" } else { "priya.nair" }})
        })
        .collect();
    let one = shift(&["alice.okafor"]);
    answers("three hundred swaps", with_rota(json!({"name": "N", "shifts": [one], "overrides": swaps})), &MOMENTS[..1]);
}

#[test]
fn times_that_make_no_sense() {
    let away = |from: &str, until: &str| json!({"from": from, "until": until, "delegate": "bob.reyes"});
    answers(
        "away from the last day to the first",
        with(|team| {
            for person in team["people"].as_object_mut().unwrap().values_mut() {
                person["absences"] = json!([away("9999-12-31", "-009999-01-01"), away("2026-11-18", "9999-12-31")]);
            }
        }),
        &MOMENTS,
    );
    answers(
        "windows that end before they begin, or never",
        with(|team| {
            let mut window = first(team, "windows").clone();
            window["start"] = json!("9999-12-30T22:00:00Z");
            window["end"] = json!("-009999-01-02T01:59:59Z");
            team["windows"]["backwards"] = window.clone();
            window["start"] = json!("-009999-01-02T01:59:59Z");
            window["end"] = json!("9999-12-30T22:00:00Z");
            team["windows"]["ever"] = window;
        }),
        &MOMENTS,
    );
    answers(
        "delegations that run backwards",
        with(|team| {
            for authority in team["authority"].as_object_mut().unwrap().values_mut() {
                let to = authority["holder"].clone();
                authority["window"] = json!("no-such-window");
                authority["delegations"] = json!([
                    {"to": "no.body", "from": "9999-12-30T22:00:00Z", "until": "-009999-01-02T01:59:59Z"},
                    {"to": to, "from": "-009999-01-02T01:59:59Z", "until": "9999-12-30T22:00:00Z"},
                    {"to": "", "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"},
                ]);
            }
        }),
        &MOMENTS,
    );
    for minutes in [0, 255] {
        answers("minutes to answer", with(|team| team["policy"]["answer_within_min"] = json!(minutes)), &MOMENTS);
    }
    // Fifty years of absences of a day each, in the order that is hardest, for everybody.
    let start = jiff::civil::date(2000, 1, 1);
    let days: Vec<Date> = (0..20_000).map(|day| start.checked_add(day.days()).unwrap()).rev().collect();
    answers(
        "fifty years of sick days",
        with(|team| {
            let days: Vec<Value> = days.iter().map(|day| json!({"from": day, "until": day, "name": "ill"})).collect();
            team["calendars"]["ill"] = json!({"name": "Ill", "kind": "absences", "days": days});
            let feasts: Vec<Value> =
                (0..1000).map(|_| json!({"from": "2000-01-01", "until": "2099-01-01", "name": "ha"})).collect();
            team["calendars"]["feasts"] = json!({"name": "Feasts", "kind": "holidays", "days": feasts});
            for person in team["people"].as_object_mut().unwrap().values_mut().take(1) {
                person["calendars"] = json!(["ill", "feasts"]);
            }
        }),
        &MOMENTS[..1],
    );
}

#[test]
fn circles_and_chains_without_an_end() {
    const MANY: usize = 2_000;
    let tool = |next: usize, backup: Option<usize>| {
        let backups: Vec<String> = backup.into_iter().map(|at| format!("t{at}")).collect();
        json!({"name": format!("T{next}"), "needs": [format!("t{next}"), "slack"], "backups": backups})
    };
    answers(
        "tools that need each other",
        with(|team| {
            let some = 100;
            for at in 0..some {
                team["tools"][format!("t{at}")] = tool((at + 1) % some, Some((at + 7) % some));
            }
        }),
        &MOMENTS[..1],
    );
    answers(
        "a chain of systems, the last of which needs what is down",
        with(|team| {
            for at in 0..MANY {
                let next = if at + 1 == MANY { "slack".to_owned() } else { format!("s{}", at + 1) };
                team["systems"][format!("s{at}")] = json!({"name": "S", "owners": ["bob.reyes"], "needs": [next]});
            }
            first(team, "bridges")["needs"] = json!(["system:s0"]);
        }),
        &MOMENTS[..1],
    );
    answers(
        "everybody away, and the next one stands in",
        with(|team| {
            let person = first(team, "people").clone();
            for at in 0..1_000 {
                let mut person = person.clone();
                let next = format!("p{}", (at + 1) % 1_000);
                person["absences"] = json!([{"from": "2020-01-01", "until": "2030-01-01", "delegate": next}]);
                team["people"][format!("p{at}")] = person;
            }
            first(team, "systems")["owners"] = json!(["p0", "p1", "p2", "p3", "p4"]);
            let lead = team["lead"].as_str().unwrap().to_owned();
            team["authority"][lead]["holder"] = json!("p0");
        }),
        &MOMENTS[..1],
    );
    answers(
        "one person for five thousand systems",
        with(|team| {
            for at in 0..5_000 {
                team["systems"][format!("s{at}")] = json!({"name": "S", "owners": ["alice.okafor", "bob.reyes", "no.body"], "tier": 1, "needs": ["no-such-thing"]});
            }
        }),
        &MOMENTS[..1],
    );
}

#[test]
fn a_team_of_nothing_and_things_of_nobody() {
    answers("nothing", json!({"name": ""}), &MOMENTS);
    answers("a lead without a decision", json!({"name": "X", "lead": "nobody"}), &MOMENTS);
    answers(
        "owners that are nobody",
        with(|team| {
            for system in team["systems"].as_object_mut().unwrap().values_mut() {
                system["owners"] = json!(["", ":", "person:", "rota:x", "rota:rota:x", "no.body"]);
                system["needs"] = json!(["", ":", "tool:", "internet", "system:x"]);
            }
            team["people"] = json!({});
        }),
        &MOMENTS,
    );
}

/// Whatever is asked of a kit, the program answers or says why not: no bug, no signal.
fn is_asked(world: &World) {
    let bare: [&[&str]; 5] = [&[], &["status"], &["lookup", "a"], &["member", "list"], &["announce", "--diff", "2..3"]];
    for arguments in bare.into_iter().chain(AT_NIGHT) {
        for options in [&[][..], &["--plain"], &["--accessible"]] {
            let run = world.kit(arguments.iter().chain(options));
            run.assert(run.status <= 4, "an answer, or why there is none");
            run.assert(run.status < 2 || run.stdout.is_empty(), "no half of an answer");
        }
    }
    for keys in ["\r\u{1b}", "\t x\u{1b}", "aaaa\u{1b}"] {
        let mut finder = world.terminal_of(6, 40, ["pick"]);
        finder.expect("Esc leave").send(keys);
        let seen = finder.rest();
        assert!(!seen.contains("panicked") && !seen.contains("bug in kit"), "{seen:?}");
    }
}

#[test]
fn names_as_long_and_wide_as_can_be_have_room_on_a_narrow_screen() {
    let acme = Acme::joined();
    let (mut value, long) = (serde_json::to_value(joined(&acme)).unwrap(), "x".repeat(64));
    let mut strings = Vec::new();
    places(&value, String::new(), &mut strings);
    let wide = ["日本語".repeat(85), "👩\u{200d}🚒".repeat(60), "ｗ".repeat(256), "a b ".repeat(64)];
    for (index, place) in strings.iter().enumerate().filter(|(_, place)| !place.starts_with("/devices")) {
        let Some(text) = value.pointer(place).and_then(Value::as_str).map(str::to_owned) else { continue };
        *value.pointer_mut(place).unwrap() = wide[index % wide.len()].clone().into();
        if place.ends_with("/owner") || place.contains("/owners/") || serde_json::from_value::<Team>(value.clone()).is_err() {
            *value.pointer_mut(place).unwrap() = text.into();
        }
    }
    for kind in ["people", "systems", "tools", "bridges", "windows", "authority", "rotas"] {
        let (id, one) = value[kind].as_object().unwrap().iter().next().map(|(id, one)| (id.clone(), one.clone())).unwrap();
        value[kind][&long] = one;
        assert!(id.len() < long.len());
    }
    publish(&acme, &serde_json::from_value(value).unwrap(), 3);
    let alice = acme.alice.with("COLUMNS", "40");
    alice.kit(["sync"]).ok();
    is_asked(&alice);
    for kind in ["person", "system", "tool", "bridge", "window", "rota"] {
        alice.kit(["lookup", &format!("{kind}:{long}")]).ok();
    }
}

#[test]
fn a_kit_of_nothing_but_devices_is_asked_like_any_other() {
    let acme = Acme::joined();
    let team = joined(&acme);
    publish(&acme, &Team { devices: team.devices, ..Team::named("") }, 3);
    acme.alice.kit(["sync"]).ok();
    is_asked(&acme.alice);
    acme.alice.kit(["duty"]).ok().has("UNKNOWN");
}

/// The team directory of a test as it stands.
fn joined(acme: &Acme) -> Team {
    authored::load(&acme.dana.path("team"), jiff::civil::date(2026, 11, 18)).unwrap().team
}

/// A value of the example, lost, doubled, or in the place of another.
#[derive(Debug, Clone)]
struct Blow {
    place: prop::sample::Index,
    other: prop::sample::Index,
    how: u8,
}

fn blows() -> impl Strategy<Value = Vec<Blow>> {
    let blow = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..5_u8);
    proptest::collection::vec(blow.prop_map(|(place, other, how)| Blow { place, other, how }), 1..40)
}

fn places(value: &Value, place: String, all: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| places(item, format!("{place}/{at}"), all)),
        Value::Object(items) => items.iter().for_each(|(key, item)| places(item, format!("{place}/{key}"), all)),
        _ => {}
    }
    all.push(place);
}

fn struck(mut value: Value, blows: &[Blow]) -> Team {
    let mut team = serde_json::from_value(value.clone()).unwrap();
    for Blow { place, other, how } in blows {
        let mut all = Vec::new();
        places(&value, String::new(), &mut all);
        let (place, other) = (&all[place.index(all.len() - 1)], &all[other.index(all.len() - 1)]);
        let mut next = value.clone();
        let taken = value.pointer(other).cloned().unwrap_or_default();
        let (parent, key) = place.rsplit_once('/').unwrap();
        match (how, next.pointer_mut(parent)) {
            (0, Some(Value::Object(items))) => drop(items.remove(key)),
            (0, Some(Value::Array(items))) => drop(items.remove(key.parse().unwrap())),
            (1, Some(Value::Array(items))) => {
                let again = items[key.parse::<usize>().unwrap()].clone();
                items.push(again);
            }
            (1, Some(Value::Object(items))) => drop(items.insert("no.such-thing".into(), taken)),
            _ => *next.pointer_mut(place).unwrap() = taken,
        }
        // What is no team any more is no kit either.
        if let Ok(good) = serde_json::from_value(next.clone()) {
            (value, team) = (next, good);
        }
    }
    team
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Absences that touch or overlap are one; what was written the wrong way round is none.
    #[test]
    fn absences_end_where_no_other_goes_on(spans in proptest::collection::vec((0..40_i64, -2..9_i64), 0..12), asked in 0..40_i64) {
        let day = |at: i64| jiff::civil::date(2026, 1, 1).checked_add(at.days()).unwrap();
        let mut team = example();
        let person = team.people.values_mut().next().unwrap();
        let absences = spans.iter().map(|(from, days)| json!({"from": day(*from), "until": day(from + days)}));
        person.absences = serde_json::from_value(absences.collect()).unwrap();
        person.calendars.clear();
        let covers = |at: i64| spans.iter().any(|(from, days)| *from <= at && at <= from + days);
        let last = (asked..).take_while(|at| covers(*at)).last().map(day);
        let person = team.people.values().next().unwrap();
        prop_assert_eq!(team.away(person, day(asked)).map(|away| away.until), last);
    }

    #[test]
    fn whatever_is_lost_or_swapped_there_is_an_answer(blows in blows(), second in -377_705_000_000_i64..253_402_200_000) {
        let (old, team) = (example(), struck(team(), &blows));
        let (far, near) = (Timestamp::from_second(second).unwrap(), "2026-11-18T02:12:00Z".parse().unwrap());
        let moment = Moment { now: near, zone: TimeZone::UTC };
        let scene = Scene { team: &team, moment: &moment, what_if: &WhatIf::default() };
        for now in [near, far] {
            ask(&team, now, &WhatIf::default(), &things(&team));
        }
        let edition = |seq, team| Edition { seq, created: far, team };
        announce_changes(scene, edition(1, &old), edition(2, &team));
        announce_changes(scene, edition(1, &team), edition(2, &old));
        diff(&team, &old);
        for strictness in [Strictness::Exact, Strictness::Forgiving] {
            for query in ["al", "payments", "+44 7700", "tool:slakc", ""] {
                lookup(&team, query, strictness);
            }
        }
    }
}
