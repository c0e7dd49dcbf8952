//! `kit export ics`: shifts, windows and reminders, read by two programs that are not kit, right when the clocks change (U69).

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use outage_kit::{
    export::{self, Horizon, Outgoing},
    team::{Checked, Id, Number, Override, Person, Rota, Shift, Team, Wake, Window, Zone},
};
use serde_json::Value;

use crate::{
    acme::Acme,
    phone_peers::{events, text},
    world::World,
};

fn id<T>(text: &str) -> Id<T> {
    Id::parse(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Two people who take turns of a week that begin on Mondays at 09:00 in a place.
fn team(zone: &str) -> Team {
    let mut team = Team::named("Acme");
    for name in ["ann", "ben"] {
        let person = Person {
            name: name.into(),
            aliases: vec![],
            title: None,
            teams: vec![],
            zone: Zone::parse(zone).unwrap(),
            hours: None,
            place: None,
            emails: vec![],
            numbers: vec![],
            message: None,
            wake: Wake::default(),
            calendars: vec![],
            absences: vec![],
            note: None,
        };
        team.people.insert(id(name), person);
    }
    let shift = Shift {
        name: None,
        zone: Zone::parse(zone).unwrap(),
        people: vec![id("ann"), id("ben")],
        first: jiff::civil::date(2026, 9, 7),
        turn_days: 7,
        handover: jiff::civil::time(9, 0, 0, 0),
        hours: None,
        days: vec![],
    };
    team.rotas.insert(
        id("on-call"),
        Rota { name: "On call".into(), aliases: vec![], until: None, shifts: vec![shift], overrides: vec![] },
    );
    team
}

fn read(world: &World, team: &Team, now: &str, seq: u64, days: u16) -> Vec<Value> {
    let out = Outgoing { team, kit: "kit", seq, created: at("2026-09-01T00:00:00Z"), now: at(now), private: false };
    world.write("a.ics", export::ics(out, Horizon { person: None, days }).text);
    events(world, "a.ics")
}

fn of_kind<'e>(events: &'e [Value], kind: &str) -> Vec<&'e Value> {
    events.iter().filter(|event| text(event, "uid").starts_with(kind)).collect()
}

#[test]
fn turns_begin_at_nine_where_they_are_before_and_after_the_clocks_change_u69() {
    let world = World::new();
    // Summer time ends and begins within these days in each place, on days of its own; in Kolkata never.
    for zone in ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata"] {
        let read = read(&world, &team(zone), "2026-09-08T00:00:00Z", 1, 300);
        let rules = TimeZone::get(zone).unwrap();
        let shifts = of_kind(&read, "shift.");
        assert!(shifts.len() > 40, "{}", shifts.len());
        let mut offsets = std::collections::BTreeSet::new();
        for (index, shift) in shifts.iter().enumerate() {
            for side in ["start", "end"] {
                let there = at(text(shift, side)).to_zoned(rules.clone());
                assert_eq!(there.strftime("%a %H:%M").to_string(), "Mon 09:00", "{zone} {shift}");
                offsets.insert(there.offset());
            }
            let person = ["ann", "ben"][index % 2];
            assert_eq!(text(shift, "summary"), format!("On call, first: {person} (On call)"), "{zone}");
        }
        assert!(shifts.windows(2).all(|two| text(two[0], "end") == text(two[1], "start")), "{zone}: no gap");
        assert_eq!(offsets.len(), if zone == "Asia/Kolkata" { 1 } else { 2 }, "{zone}");
    }
}

#[test]
fn a_swap_and_a_newer_kit_change_events_and_make_no_others() {
    let world = World::new();
    let mut team = team("Europe/Berlin");
    let by_uid = |events: Vec<Value>| -> BTreeMap<String, Value> {
        events.into_iter().map(|event| (text(&event, "uid").to_owned(), event)).collect()
    };
    let before = by_uid(read(&world, &team, "2026-11-18T00:00:00Z", 1, 30));
    // Asked for later, what is still ahead has the same name and the same times.
    let later = by_uid(read(&world, &team, "2026-11-26T12:00:00Z", 1, 20));
    let both = later.iter().filter(|(uid, _)| before.contains_key(*uid)).map(|(uid, event)| {
        assert_eq!(before[uid], *event);
    });
    assert!(both.count() >= 3);
    let rota = team.rotas.get_mut(&id("on-call")).unwrap();
    let (from, until) = (at("2026-11-30T08:00:00Z"), at("2026-12-07T08:00:00Z"));
    let on = rota.on(from).unwrap()[0].person.clone();
    let other = if on == id("ann") { id("ben") } else { id("ann") };
    rota.overrides.push(Override { from, until, person: other.clone(), instead_of: Some(on), why: None });
    let after = by_uid(read(&world, &team, "2026-11-18T00:00:00Z", 2, 30));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let uid = "shift.on-call.0.20261130T080000Z@kit.kit";
    assert!(text(&after[uid], "summary").contains(other.as_str()), "{}", after[uid]);
    assert_ne!(after[uid]["summary"], before[uid]["summary"]);
    assert!(text(&after[uid], "description").contains("Instead of"), "{}", after[uid]);
    assert_eq!((&before[uid]["sequence"], &after[uid]["sequence"]), (&1.into(), &2.into()));
}

#[test]
fn what_is_to_be_tried_again_stands_on_the_last_day_on_which_it_counts() {
    let world = World::new();
    let mut team = team("Europe/Berlin");
    let number = |on: Option<(i16, i8, i8)>| {
        let checked = on.map(|(y, m, d)| Checked { on: jiff::civil::date(y, m, d), by: None });
        Number { checked, ..Number::parse("+44 7700 900123", None).unwrap() }
    };
    team.people.get_mut(&id("ann")).unwrap().numbers = vec![number(Some((2026, 11, 1))), number(Some((2026, 10, 1)))];
    team.people.get_mut(&id("ben")).unwrap().numbers = vec![number(None)];
    let read = read(&world, &team, "2026-11-18T12:00:00Z", 1, 90);
    let found = of_kind(&read, "verify.");
    assert_eq!(found.len(), 2, "{found:?}");
    // 90 days after the one that was tried first.
    assert_eq!((text(found[0], "uid"), text(found[0], "start")), ("verify.person.ann@kit.kit", "2026-12-30"));
    assert_eq!(text(found[0], "end"), "2026-12-31");
    assert_eq!(found[0]["alarms"], serde_json::json!([9 * 3600]), "at nine on that day, wherever one is");
    assert_eq!((text(found[1], "uid"), text(found[1], "start")), ("verify.late@kit.kit", "2026-11-18"));
    assert!(text(found[1], "description").contains("- the numbers of ben"), "{}", found[1]);
}

#[test]
fn the_example_teams_calendar_is_what_the_answers_say() {
    let acme = Acme::joined();
    acme.alice.kit(["export", "ics", "--days", "14"]).ok();
    let read = events(&acme.alice, "acme-calendar.ics");
    let team = outage_kit::authored::load(&acme.dana.path("team"), jiff::civil::date(2026, 11, 18)).unwrap().team;
    for (id, window) in &team.windows {
        let event = read.iter().find(|event| text(event, "uid").starts_with(&format!("window.{id}@"))).unwrap();
        assert_eq!((at(text(event, "start")), at(text(event, "end"))), (window.start, window.end));
        assert_eq!(event["alarms"], serde_json::json!([-86_400, -3600]));
    }
    // Hour by hour, whoever a calendar shows is whoever the rota says.
    let (id, rota) = team.rotas.first_key_value().unwrap();
    let mut now = at("2026-11-18T03:00:00Z");
    let (mut shown, end) = (0, at("2026-12-02T02:00:00Z"));
    while now < end {
        let on: Vec<String> = rota.on(now).unwrap().iter().map(|turn| team.person_name(turn.person).to_owned()).collect();
        let events = of_kind(&read, &format!("shift.{id}."));
        let mut said: Vec<String> = Vec::new();
        for event in events.iter().filter(|event| at(text(event, "start")) <= now && now < at(text(event, "end"))) {
            said.push(text(event, "summary").split_once(": ").unwrap().1.split_once(" (").unwrap().0.to_owned());
        }
        let (mut on, mut said_sorted) = (on, said.clone());
        on.sort();
        said_sorted.sort();
        assert_eq!(said_sorted, on, "{now}");
        shown += said.len();
        now += jiff::SignedDuration::from_hours(1);
    }
    assert!(shown > 200, "{shown}");
    // One's own: only what concerns them, with alarms.
    acme.dana.kit(["export", "ics", "--mine", "--days", "14"]).ok();
    let own = events_of(&acme.dana, "dana-fox-calendar.ics");
    let shifts = of_kind(&own, "shift.");
    assert!(!shifts.is_empty() && shifts.iter().all(|shift| text(shift, "summary").contains("Dana Fox")));
    assert!(shifts.iter().all(|shift| shift["alarms"] == serde_json::json!([-1800])));
    let part = of_kind(&own, "window.");
    assert!(part.iter().all(|part| text(part, "summary").contains("you are ")) && !part.is_empty());
}

fn events_of(world: &World, file: &str) -> Vec<Value> {
    events(world, file)
}

#[test]
fn what_makes_no_sense_is_left_out_and_an_empty_calendar_is_not_written() {
    let world = World::new();
    let mut team = team("Europe/Berlin");
    team.windows.insert(
        id("backwards"),
        Window {
            name: "Backwards".into(),
            aliases: vec![],
            start: at("2026-11-20T02:00:00Z"),
            end: at("2026-11-20T01:00:00Z"),
            systems: vec![],
            roles: vec![],
            rollback: vec![],
            go_no_go: None,
            announce: None,
            rehearsals: vec![],
            acknowledge: vec![],
        },
    );
    assert!(of_kind(&read(&world, &team, "2026-11-18T00:00:00Z", 1, 30), "window.").is_empty());
    let acme = Acme::joined();
    let run = acme.alice.at("2028-01-01T00:00:00Z").kit(["export", "ics", "alan.whitfield", "--days", "1"]);
    run.ok().has("WROTE  1 event in");
    acme.alice.kit(["export", "ics", "--days", "0"]).fails(2);
    acme.alice.kit(["export", "ics", "--days", "731"]).fails(2);
    let files = acme.alice.files("");
    acme.alice
        .kit(["export", "ics", "alan.whitfield", "--days", "1"])
        .fails(1)
        .says("nothing is planned within 1 days")
        .says("--days 365");
    assert_eq!(acme.alice.files(""), files);
}
