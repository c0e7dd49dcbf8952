//! `kit window`: one screen that says what is left out, and what falls into a window unnoticed.

use jiff::{civil::date, tz::TimeZone};
use outage_kit::{
    answer::{Moment, Scene, Stage, WhatIf, WindowCard, brief, current_window, window, windows},
    team::{Absence, Calendar, CalendarKind, Id, NamedDays, Team},
};

use crate::{
    acme::{Acme, words},
    duty::example,
};

fn id<T>(text: &str) -> Id<T> {
    Id::parse(text).unwrap()
}

fn moment(text: &str) -> Moment {
    Moment { now: text.parse().unwrap(), zone: TimeZone::get("Europe/Berlin").unwrap() }
}

fn card(team: &Team) -> WindowCard {
    let moment = moment("2026-11-18T02:12:00Z");
    window(Scene { team, moment: &moment, what_if: &WhatIf::default() }, &id("epic-migration")).unwrap()
}

#[test]
fn one_screen_says_how_to_see_the_rest() {
    let acme = Acme::joined();
    acme.alice.kit(["trust", "--words", &words(&acme.dana.kit(["invite"]))]).ok();
    let screen = acme.alice.kit(["window"]);
    let lines = screen.ok().stdout.lines().count();
    screen.assert(lines <= 24, "at most 24 lines");
    screen.has("Roll back if  payments-db answers slower").lacks("Acknowledge");
    screen.has("Go or no-go   Chris asks each owner by name").has("Announced     on the phone bridge first");
    // What it says can be typed.
    let more = screen.stdout.lines().find_map(|line| line.strip_prefix("There is more: kit ")).expect("how to see the rest");
    let all = acme.alice.kit(more.split(' '));
    all.ok().lacks("There is more").has("Go or no-go   Chris asks each owner by name");
    all.has("Acknowledge   Alice Okafor, Bob Reyes").has("Rehearsed     Sun 8 Nov, by everybody who is needed");
    all.has("Conditions    rollback: one criterion of the window is met");
    for line in screen.stdout.lines().filter(|line| !line.starts_with("There is more") && !line.starts_with("Kit ")) {
        all.has(line);
    }
}

#[test]
fn the_one_that_runs_comes_first_then_the_next() {
    let mut team = example();
    let own = team.windows[&id("epic-migration")].clone();
    let week = jiff::SignedDuration::from_hours(7 * 24);
    let later = outage_kit::team::Window { start: own.start + week * 3, end: own.end + week * 3, ..own.clone() };
    let sooner = outage_kit::team::Window { start: own.start + week * 2, end: own.end + week * 2, ..own };
    team.windows.insert(id("a-later"), later);
    team.windows.insert(id("b-sooner"), sooner);
    for (at, first, stages) in [
        ("2026-11-10T00:00:00Z", Some("epic-migration"), [Stage::Ahead, Stage::Ahead, Stage::Ahead]),
        ("2026-11-15T04:59:59Z", Some("epic-migration"), [Stage::Ahead, Stage::Ahead, Stage::Ahead]),
        ("2026-11-15T05:00:00Z", Some("epic-migration"), [Stage::Running, Stage::Ahead, Stage::Ahead]),
        ("2026-11-22T16:59:59Z", Some("epic-migration"), [Stage::Running, Stage::Ahead, Stage::Ahead]),
        ("2026-11-22T17:00:00Z", Some("b-sooner"), [Stage::Ahead, Stage::Ahead, Stage::Over]),
        ("2026-12-10T00:00:00Z", Some("a-later"), [Stage::Running, Stage::Over, Stage::Over]),
        ("2027-12-10T00:00:00Z", None, [Stage::Over, Stage::Over, Stage::Over]),
    ] {
        let moment = moment(at);
        let scene = Scene { team: &team, moment: &moment, what_if: &WhatIf::default() };
        assert_eq!(current_window(scene).map(|id| id.to_string()).as_deref(), first, "{at}");
        assert_eq!(windows(scene).iter().map(|line| line.stage).collect::<Vec<_>>(), stages, "{at}");
    }
}

#[test]
fn of_several_that_run_the_one_that_began_last_is_meant_everywhere() {
    let mut team = example();
    let own = team.windows[&id("epic-migration")].clone();
    let hour = jiff::SignedDuration::from_hours(1);
    for (name, start) in [("a-first", own.start - hour), ("z-last", own.start + hour)] {
        team.windows.insert(id(name), outage_kit::team::Window { start, ..own.clone() });
    }
    let moment = moment("2026-11-18T02:12:00Z");
    let scene = Scene { team: &team, moment: &moment, what_if: &WhatIf::default() };
    assert_eq!(current_window(scene), Some(id("z-last")));
    assert_eq!(windows(scene).into_iter().map(|line| line.id).collect::<Vec<_>>(), ["z-last", "epic-migration", "a-first"]);
    assert_eq!(brief(scene, None).unwrap().about.id, "z-last");
    assert_eq!(window(scene, &id("z-last")).unwrap().also_running, ["epic-migration", "a-first"]);
}

#[test]
fn what_falls_into_it_is_named_with_whose_it_is() {
    let mut team = example();
    let day = |from, until, name: &str| NamedDays { from, until, name: name.to_owned() };
    let calendar = |kind, days| Calendar { name: "Germany".to_owned(), aliases: vec![], kind, days };
    let fathers = day(date(2026, 11, 22), date(2026, 11, 22), "Father's Day");
    let before = day(date(2026, 11, 11), date(2026, 11, 16), "Carnival begins");
    team.calendars.insert(id("germany"), calendar(CalendarKind::Observances, vec![before, fathers]));
    team.calendars.insert(
        id("repentance"),
        calendar(CalendarKind::Holidays, vec![day(date(2026, 11, 18), date(2026, 11, 18), "Day of Repentance")]),
    );
    for person in ["mia.krause", "alan.whitfield", "bob.reyes"] {
        team.people.get_mut(&id(person)).unwrap().calendars = vec![id("germany"), id("repentance")];
    }
    let absence = |from, until| Absence { from, until, delegate: None, why: None };
    // Two that follow each other are one absence; what lies outside is cut off.
    team.people.get_mut(&id("priya.nair")).unwrap().absences = vec![
        absence(date(2026, 11, 20), date(2026, 11, 20)),
        absence(date(2026, 11, 21), date(2027, 1, 10)),
        absence(date(2026, 12, 1), date(2026, 12, 2)),
    ];
    let found: Vec<String> =
        card(&team).falls_in.iter().map(|it| format!("{}: {}, {} {}", it.days, it.what, it.who.join("+"), it.is_off)).collect();
    assert_eq!(
        found,
        [
            "Sun 15 Nov to Mon 16 Nov: Carnival begins, Bob Reyes+Mia Krause false",
            "Wed 18 Nov: Day of Repentance, Bob Reyes+Mia Krause true",
            // Her window ends on Monday, in Sydney.
            "Fri 20 Nov to Mon 23 Nov: away, Priya Nair true",
            "Sun 22 Nov: Father's Day, Bob Reyes+Mia Krause false",
        ]
    );
}

#[test]
fn whoever_is_needed_and_never_rehearsed_is_named() {
    let mut team = example();
    assert_eq!(card(&team).not_rehearsed, Vec::<String>::new());
    team.windows.get_mut(&id("epic-migration")).unwrap().rehearsals[0].who.retain(|who| who.as_str() != "bob.reyes");
    assert_eq!(card(&team).not_rehearsed, ["Bob Reyes"]);
    team.windows.get_mut(&id("epic-migration")).unwrap().rehearsals.clear();
    assert!(card(&team).not_rehearsed.is_empty() && card(&team).rehearsals.is_empty());
}

#[test]
fn each_clock_is_said_once_and_the_readers_own_is_not_said_twice() {
    let team = example();
    let clocks: Vec<String> = card(&team).clocks.iter().map(|it| format!("{} {} - {}", it.place, it.start, it.end)).collect();
    assert_eq!(
        clocks,
        [
            "New York Sun 15 Nov 00:00 - Sun 22 Nov 12:00",
            "London Sun 15 Nov 05:00 - Sun 22 Nov 17:00",
            "Sydney Sun 15 Nov 16:00 - Mon 23 Nov 04:00",
        ]
    );
}

#[test]
fn the_answer_for_scripts_names_its_schema() {
    let acme = Acme::joined();
    let one = acme.alice.kit(["--json", "window"]);
    let read = |json: &str, filter: &str| acme.alice.run("jq", ["-r", filter], json.as_bytes()).ok().stdout.clone();
    assert_eq!(
        read(&one.ok().stdout, r#"[.schema, .id, .stage, (.people | length)] | join(" ")"#),
        "kit.window/1 epic-migration running 7\n"
    );
    let plain = acme.alice.kit(["--plain", "window", "migration"]);
    plain.ok().first_line("epic-migration\t2026-11-15T05:00:00Z\t2026-11-22T17:00:00Z\trunning");
    plain.has("Mia Krause\ton standby\t2026-11-15T05:00:00Z\t2026-11-23T08:00:00Z\tChris Lindqvist\t+491713920011\n");
    let list = acme.alice.kit(["--json", "window", "--list"]);
    assert_eq!(
        read(&list.ok().stdout, r#"[.schema, .windows[0].id, .windows[0].stage] | join(" ")"#),
        "kit.window/1 epic-migration running\n"
    );
}
