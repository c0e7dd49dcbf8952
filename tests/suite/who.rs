//! Whom to call: the agreed order over absences, turns and what is lost; then the screens of `kit who`.

use jiff::{Timestamp, ToSpan, civil::date, tz::TimeZone};
use outage_kit::{
    answer::{Card, LineUp, Moment, Scene, Search, Strictness, WhatIf, Who, card, line_up, lookup, who},
    team::{
        Absence, Authority, Calendar, CalendarKind, Checked, E164, Hours, Id, Kind, NamedDays, Number, Override, Part, Person,
        Responder, Role, Rota, Rule, Shift, System, Team, Tier, Wake, WakeWhen, Window, Zone,
    },
};
use proptest::prelude::*;

use crate::{acme::Acme, world::World};

/// Wed 18 Nov 2026, 02:12 UTC, asked in Berlin.
pub const NOW: &str = "2026-11-18T02:12:00Z";

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn moment(now: &str) -> Moment {
    Moment { now: at(now), zone: TimeZone::get("Europe/Berlin").unwrap() }
}

pub fn person(name: &str, zone: &str, number: Option<&str>) -> Person {
    let number = number.map(|e164| Number {
        e164: E164::parse(e164).unwrap(),
        shown: e164.to_owned(),
        written: e164.to_owned(),
        kind: Kind::Mobile,
        carrier: None,
        note: None,
        checked: Some(Checked { on: date(2026, 11, 10), by: None }),
    });
    Person {
        name: name.to_owned(),
        aliases: vec![],
        title: None,
        teams: vec![],
        zone: Zone::parse(zone).unwrap(),
        hours: None,
        place: None,
        emails: vec![],
        numbers: number.into_iter().collect(),
        message: None,
        wake: Wake { how: None, when: WakeWhen::AnyHour },
        calendars: vec![],
        absences: vec![],
        note: None,
    }
}

/// Ann, Ben and Cem; Dee has no number. `db` is owned by the first three in order.
pub fn small_team() -> Team {
    let mut team = Team::named("Small");
    for (id, zone, number) in [
        ("ann", "Europe/London", Some("+447700900001")),
        ("ben", "America/New_York", Some("+12025550102")),
        ("cem", "Asia/Tokyo", Some("+81312340003")),
        ("dee", "Europe/Berlin", None),
    ] {
        let name = format!("{}{} Test", id[..1].to_uppercase(), &id[1..]);
        team.people.insert(Id::parse(id).unwrap(), person(&name, zone, number));
    }
    let system = System {
        name: "Database".into(),
        aliases: vec![],
        tier: Some(1),
        owners: order(&["ann", "ben", "cem"]),
        playbook: None,
        runbook: None,
        needs: vec![],
    };
    team.systems.insert(Id::parse("db").unwrap(), system);
    team
}

pub fn order(names: &[&str]) -> Vec<Responder> {
    names.iter().map(|&name| Responder::new(name)).collect()
}

pub fn away(team: &mut Team, who: &str, delegate: Option<&str>) {
    let absence = Absence {
        from: date(2026, 11, 16),
        until: date(2026, 11, 20),
        delegate: delegate.map(|id| Id::parse(id).unwrap()),
        why: None,
    };
    team.people.get_mut(&Id::parse(who).unwrap()).unwrap().absences.push(absence);
}

fn shift(zone: &str, people: &[&str], hours: Option<&str>) -> Shift {
    Shift {
        name: None,
        zone: Zone::parse(zone).unwrap(),
        people: people.iter().map(|id| Id::parse(id).unwrap()).collect(),
        first: date(2026, 1, 5),
        turn_days: 7,
        handover: jiff::civil::time(9, 0, 0, 0),
        hours: hours.map(|hours| Hours::parse(hours).unwrap()),
        days: vec![],
    }
}

fn with_rota(team: &mut Team, id: &str, shifts: Vec<Shift>) {
    let rota = Rota { name: format!("Rota {id}"), aliases: vec![], until: None, shifts, overrides: vec![] };
    team.rotas.insert(Id::parse(id).unwrap(), rota);
}

fn rota<'a>(team: &'a mut Team, id: &str) -> &'a mut Rota {
    team.rotas.get_mut(&Id::parse(id).unwrap()).unwrap()
}

fn without(team: &Team, down: &[&str], out: &[&str]) -> WhatIf {
    let texts = |all: &[&str]| all.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    WhatIf::of(team, &texts(down), &texts(out), Strictness::Exact).expect("names of the team")
}

/// A line in a few words: `1 ann 03:12, 2 cem 03:17 for Ben Test | ben away until Fri 20 Nov -> Cem Test`.
fn told(line: &LineUp) -> String {
    let step = |step: &outage_kit::answer::Step| {
        let swap = step.stands_in_for.as_ref().map(|name| format!(" for {name}")).unwrap_or_default();
        format!("{} {} {}{swap}", step.position, step.call.id, step.from_clock)
    };
    let skipped = line.skipped.iter().map(|it| {
        let stand_in = it.stand_in.as_ref().map(|name| format!(" -> {name}")).unwrap_or_default();
        format!("{} {}{stand_in}", it.id, it.why.text())
    });
    let steps: Vec<String> = line.steps.iter().map(step).collect();
    let others: Vec<String> = skipped.chain(line.unknown.iter().cloned()).collect();
    format!("{} | {}", steps.join(", "), others.join(", "))
}

fn line(team: &Team, names: &[&str], what_if: &WhatIf) -> LineUp {
    line_up(Scene { team, moment: &moment(NOW), what_if }, &order(names))
}

fn plainly(team: &Team, names: &[&str]) -> String {
    told(&line(team, names, &WhatIf::default()))
}

/// The answer to `kit who NAME`.
pub fn ask(team: &Team, name: &str, now: &str, what_if: &WhatIf) -> Who {
    let Search::One { found, .. } = lookup(team, name, Strictness::Exact) else { panic!("{name} is not one thing") };
    who(Scene { team, moment: &moment(now), what_if }, &found, false).expect("somebody to call about it")
}

#[test]
fn the_absent_are_skipped_and_whoever_stands_in_takes_their_place() {
    let mut team = small_team();
    assert_eq!(plainly(&team, &["ann", "ben", "cem"]), "1 ann 03:12, 2 ben 03:17, 3 cem 03:22 | ");
    away(&mut team, "ann", None);
    assert_eq!(plainly(&team, &["ann", "ben"]), "2 ben 03:12 | ann away until Fri 20 Nov");
    let mut team = small_team();
    away(&mut team, "ann", Some("cem"));
    assert_eq!(
        plainly(&team, &["ann", "ben", "cem"]),
        "1 cem 03:12 for Ann Test, 2 ben 03:17 | ann away until Fri 20 Nov -> Cem Test"
    );
    // A chain: Ann's delegate is away too, and has one of his own.
    away(&mut team, "cem", Some("ben"));
    assert_eq!(
        plainly(&team, &["ann", "ben", "cem"]),
        "1 ben 03:12 for Ann Test | ann away until Fri 20 Nov -> Ben Test, cem away until Fri 20 Nov -> Ben Test"
    );
    // Two who stand in for each other are both away; nobody loops.
    let mut team = small_team();
    away(&mut team, "ann", Some("ben"));
    away(&mut team, "ben", Some("ann"));
    assert_eq!(plainly(&team, &["ann", "ben"]), " | ann away until Fri 20 Nov, ben away until Fri 20 Nov");
    // One who stands in for themselves by mistake.
    let mut team = small_team();
    away(&mut team, "ann", Some("ann"));
    assert_eq!(plainly(&team, &["ann", "cem"]), "2 cem 03:12 | ann away until Fri 20 Nov");
}

#[test]
fn somebody_is_called_once_wherever_they_stand() {
    let mut team = small_team();
    with_rota(&mut team, "on-call", vec![shift("Europe/Berlin", &["ann"], None)]);
    assert_eq!(plainly(&team, &["ann", "ben", "ann"]), "1 ann 03:12, 2 ben 03:17 | ");
    assert_eq!(plainly(&team, &["on-call", "ann", "ben"]), "1 ann 03:12, 2 ben 03:17 | ");
    assert_eq!(plainly(&team, &["dee", "person:ann", "rota:on-call"]), "2 ann 03:12 | dee no number");
    // What is not in the kit is said, and takes nobody's place.
    assert_eq!(plainly(&team, &["zed", "ann"]), "1 ann 03:12 | zed: this kit has nobody and no rota of that name");
    // Each of a rota who is on duty has a number of their own; a rota with nobody on duty takes none.
    let both = vec![shift("Europe/Berlin", &["ann"], None), shift("Europe/Berlin", &["ben"], None)];
    with_rota(&mut team, "both", both);
    with_rota(&mut team, "none", vec![]);
    assert_eq!(plainly(&team, &["both", "cem"]), "1 ann 03:12, 2 ben 03:17, 3 cem 03:22 | ");
    assert_eq!(plainly(&team, &["none", "cem"]), "1 cem 03:12 | Rota none: nobody is on duty now");
}

#[test]
fn what_is_assumed_to_be_lost_is_out_of_the_line() {
    let mut team = small_team();
    let numbers = &mut team.people.get_mut(&Id::parse("ann").unwrap()).unwrap().numbers;
    numbers[0].carrier = Some("Vodafone".into());
    let landline = Number {
        e164: E164::parse("+442079460001").unwrap(),
        shown: "+442079460001".into(),
        kind: Kind::Landline,
        carrier: None,
        ..numbers[0].clone()
    };
    let names = ["ann", "ben"];
    assert_eq!(told(&line(&team, &names, &without(&team, &["vodafone"], &[]))), "2 ben 03:12 | ann no number without Vodafone");
    assert_eq!(told(&line(&team, &names, &without(&team, &["phone"], &["ben"]))), " | ann no number without telephones, ben out");
    team.people.get_mut(&Id::parse("ann").unwrap()).unwrap().numbers.push(landline);
    let second = line(&team, &names, &without(&team, &["Vodafone"], &[]));
    assert_eq!(second.steps[0].call.number.as_ref().unwrap().e164, "+442079460001");
    assert_eq!(second.lost, ["Ann Test's +447700900001, which needs Vodafone"]);
    // Somebody who is out has whoever stands in while they are away.
    away(&mut team, "ann", Some("cem"));
    let out = line(&team, &names, &without(&team, &[], &["ann"]));
    assert_eq!(told(&out), "1 cem 03:12 for Ann Test, 2 ben 03:17 | ann out -> Cem Test");
}

#[test]
fn a_rota_is_whoever_is_on_it_and_says_when_it_does_not_know() {
    let mut team = small_team();
    with_rota(&mut team, "on-call", vec![shift("Europe/Berlin", &["ann", "ben"], None)]);
    // Week 46 of the rota, an even one, so the first of two; the hand-over is Monday at 09:00 in Berlin.
    let answer = ask(&team, "on-call", NOW, &WhatIf::default());
    assert_eq!(told(&answer.line), "1 ben 03:12 | ");
    assert_eq!(answer.line.steps[0].on_until_clock.as_deref(), Some("Mon 09:00"));
    let following = answer.following.expect("somebody follows");
    assert_eq!((following.from_clock.as_str(), following.people), ("Mon 09:00", vec!["Ann Test".to_owned()]));
    // A swap, and the end of it, is a hand-over too.
    let swap = |from: &str, until: &str| Override {
        from: at(from),
        until: at(until),
        person: Id::parse("cem").unwrap(),
        instead_of: None,
        why: None,
    };
    rota(&mut team, "on-call").overrides = vec![swap("2026-11-18T00:00:00Z", "2026-11-18T06:00:00Z")];
    let swapped = ask(&team, "on-call", NOW, &WhatIf::default());
    assert_eq!(told(&swapped.line), "1 cem 03:12 for Ben Test | ");
    let following = swapped.following.expect("somebody follows");
    assert_eq!((following.from_clock.as_str(), following.people), ("07:00", vec!["Ben Test".to_owned()]));
    // Between two shifts, and after the plan.
    rota(&mut team, "on-call").overrides.clear();
    rota(&mut team, "on-call").shifts = vec![shift("Europe/Berlin", &["ann", "ben"], Some("09:00-17:00"))];
    let gap = ask(&team, "on-call", NOW, &WhatIf::default());
    assert_eq!(told(&gap.line), " | Rota on-call: nobody is on duty now");
    assert_eq!(gap.following.as_ref().expect("the day").from_clock, "09:00");
    assert!(!gap.is_anybody());
    rota(&mut team, "on-call").until = Some(at("2026-11-01T00:00:00Z"));
    assert_eq!(told(&ask(&team, "on-call", NOW, &WhatIf::default()).line), " | Rota on-call: planned until Sun 1 Nov only");
}

/// Every third hour of a year with two changes of the clocks: three zones, absences, a swap; against a model that only knows
/// the wall clock of each place.
#[test]
fn whoever_is_first_through_a_year_is_whom_the_wall_clocks_say() {
    let mut team = small_team();
    team.people.get_mut(&Id::parse("dee").unwrap()).unwrap().numbers =
        person("Dee", "Europe/Berlin", Some("+493023125004")).numbers;
    let shifts = [("Europe/Berlin", "08:00-16:00"), ("America/New_York", "09:00-17:00"), ("Asia/Tokyo", "07:00-17:00")];
    let people = [["ann", "dee"], ["ben", "dee"], ["cem", "ann"]];
    let all = shifts.iter().zip(&people).map(|((zone, hours), people)| shift(zone, people, Some(hours))).collect();
    with_rota(&mut team, "sun", all);
    for (who, from, until) in [("ann", date(2026, 3, 20), date(2026, 4, 5)), ("ben", date(2026, 10, 20), date(2026, 11, 3))] {
        let absence = Absence { from, until, delegate: Some(Id::parse("dee").unwrap()), why: None };
        team.people.get_mut(&Id::parse(who).unwrap()).unwrap().absences.push(absence);
    }
    let zone_of = |id: &str| team.people[&Id::parse(id).unwrap()].zone.time_zone().unwrap();
    let is_away = |id: &str, now: Timestamp| {
        let today = now.to_zoned(zone_of(id)).date();
        team.people[&Id::parse(id).unwrap()].absences.iter().any(|it| it.from <= today && today <= it.until)
    };
    let (mut now, end) = (at("2026-01-12T00:00:00Z"), at("2027-01-12T00:00:00Z"));
    let (mut asked, mut empty, mut stood_in) = (0, 0, 0);
    while now < end {
        let mut expected: Vec<&str> = Vec::new();
        for ((zone, hours), people) in shifts.iter().zip(&people) {
            let local = now.to_zoned(TimeZone::get(zone).unwrap());
            let (from, until) = hours.split_once('-').unwrap();
            let clock = local.strftime("%H:%M").to_string();
            if from <= clock.as_str() && clock.as_str() < until {
                let week = (local.date() - date(2026, 1, 5)).get_days() / 7;
                let on = people[usize::try_from(week).unwrap() % 2];
                let called = if is_away(on, now) { "dee" } else { on };
                stood_in += usize::from(called != on);
                if !expected.contains(&called) {
                    expected.push(called);
                }
            }
        }
        let at_now = Moment { now, zone: TimeZone::UTC };
        let line = line_up(Scene { team: &team, moment: &at_now, what_if: &WhatIf::default() }, &order(&["sun"]));
        let got: Vec<&str> = line.steps.iter().map(|step| step.call.id.as_str()).collect();
        assert_eq!(got, expected, "{now}");
        (asked, empty) = (asked + 1, empty + usize::from(got.is_empty()));
        now = now.checked_add(3.hours()).unwrap();
    }
    assert!(asked > 2900 && empty > 0 && stood_in > 30, "{asked} {empty} {stood_in}");
}

#[test]
fn a_person_is_followed_by_whoever_comes_after_them() {
    let mut team = small_team();
    assert_eq!(told(&ask(&team, "person:ben", NOW, &WhatIf::default()).line), "1 ben 03:12, 2 cem 03:17 | ");
    assert_eq!(told(&ask(&team, "cem", NOW, &WhatIf::default()).line), "1 cem 03:12 | ");
    away(&mut team, "cem", Some("ann"));
    assert_eq!(
        told(&ask(&team, "cem", NOW, &WhatIf::default()).line),
        "1 ann 03:12 for Cem Test | cem away until Fri 20 Nov -> Ann Test"
    );
}

/// U09: the order is the agreed one, whoever is awake; the fastest is named beside it.
#[test]
fn the_fastest_awake_is_named_and_not_moved() {
    let team = small_team();
    let answer = ask(&team, "db", NOW, &WhatIf::default());
    assert_eq!(told(&answer.line), "1 ann 03:12, 2 ben 03:17, 3 cem 03:22 | ");
    assert_eq!(answer.fastest_awake.as_deref(), Some("ben"));
    // By day the first one is as good as any.
    assert_eq!(ask(&team, "db", "2026-11-18T12:00:00Z", &WhatIf::default()).fastest_awake, None);
    // Nobody is awake: nobody is the fastest.
    let mut team = small_team();
    team.systems.get_mut(&Id::parse("db").unwrap()).unwrap().owners = order(&["ann", "dee"]);
    assert_eq!(ask(&team, "db", NOW, &WhatIf::default()).fastest_awake, None);
}

/// U08: when to try the next is a time on the reader's clock, over midnight with its weekday.
#[test]
fn when_to_try_the_next_is_a_clock_time_of_the_reader() {
    let team = small_team();
    let late = ask(&team, "db", "2026-11-18T22:53:00Z", &WhatIf::default());
    assert_eq!(told(&late.line), "1 ann 23:53, 2 ben 23:58, 3 cem Thu 00:03 | ");
    let mut slow = small_team();
    slow.policy.answer_within_min = 20;
    assert_eq!(told(&ask(&slow, "db", NOW, &WhatIf::default()).line), "1 ann 03:12, 2 ben 03:32, 3 cem 03:52 | ");
}

#[test]
fn whether_people_may_be_woken_is_said_for_each_where_it_differs() {
    let mut team = small_team();
    let ok = |team: &Team| ask(team, "db", NOW, &WhatIf::default()).ok_to_wake;
    assert_eq!(ok(&team), "OK to wake anyone above at any hour: db is tier 1.");
    team.systems.get_mut(&Id::parse("db").unwrap()).unwrap().tier = Some(2);
    assert_eq!(ok(&team), "OK to wake anyone above at any hour.");
    let when = |team: &mut Team, id: &str, when| team.people.get_mut(&Id::parse(id).unwrap()).unwrap().wake.when = when;
    when(&mut team, "ben", WakeWhen::If("db is down".into()));
    assert_eq!(ok(&team), "OK to wake Ann Test and Cem Test at any hour; Ben Test if db is down.");
    when(&mut team, "ann", WakeWhen::Never);
    when(&mut team, "cem", WakeWhen::NotSaid);
    assert_eq!(ok(&team), "OK to wake Ann Test only in working hours; Ben Test if db is down; Cem Test: nothing is agreed.");
}

#[test]
fn holidays_and_observances_there_are_named_and_keep_nobody_from_being_called() {
    let mut team = small_team();
    for (id, kind, name) in [("hol", CalendarKind::Holidays, "Labour Day"), ("obs", CalendarKind::Observances, "Father's Day")] {
        let days = vec![NamedDays { from: date(2026, 11, 17), until: date(2026, 11, 17), name: name.into() }];
        let calendar = Calendar { name: name.into(), aliases: vec![], kind, days };
        team.calendars.insert(Id::parse(id).unwrap(), calendar);
    }
    for id in ["ann", "ben"] {
        team.people.get_mut(&Id::parse(id).unwrap()).unwrap().calendars =
            vec![Id::parse("hol").unwrap(), Id::parse("obs").unwrap()];
    }
    let line = ask(&team, "db", NOW, &WhatIf::default()).line;
    // It is still the 17th in New York, and no longer in London.
    let today: Vec<_> = line.steps.iter().map(|step| (step.call.id.as_str(), step.today.join(", "))).collect();
    let expected = [("ann", ""), ("ben", "Labour Day, Father's Day"), ("cem", "")];
    assert_eq!(today, expected.map(|(id, days)| (id, days.to_owned())));
}

#[test]
fn a_window_calls_those_whose_time_it_is() {
    let mut team = small_team();
    let role = |who: &str, part: Part, from: Option<&str>, until: Option<&str>| Role {
        person: Id::parse(who).unwrap(),
        part,
        does: None,
        from: from.map(at),
        until: until.map(at),
        released_by: None,
        bring: vec![],
        woken_by: vec![],
    };
    let window = Window {
        name: "Move".into(),
        aliases: vec![],
        start: at("2026-11-18T00:00:00Z"),
        end: at("2026-11-19T00:00:00Z"),
        systems: vec![],
        roles: vec![
            role("dee", Part::NotNeeded, None, None),
            role("ann", Part::Standby, None, Some("2026-11-18T02:00:00Z")),
            role("ben", Part::Standby, None, None),
            role("cem", Part::Needed, Some("2026-11-18T03:00:00Z"), None),
        ],
        rollback: vec![],
        go_no_go: None,
        announce: None,
        rehearsals: vec![],
        acknowledge: vec![],
    };
    team.windows.insert(Id::parse("move").unwrap(), window);
    let told_at = |now: &str| {
        let answer = ask(&team, "move", now, &WhatIf::default());
        let steps = answer.line.steps.iter().map(|step| format!("{} {}", step.call.id, step.part.as_deref().unwrap()));
        format!("{} | {}", steps.collect::<Vec<_>>().join(", "), answer.notes.join(", "))
    };
    let all = "cem needed, ann standby, ben standby";
    assert_eq!(told_at("2026-11-17T23:59:00Z"), format!("{all} | Move begins 01:00"));
    assert_eq!(told_at("2026-11-18T01:00:00Z"), "ann standby, ben standby | Cem Test is needed from 04:00 on");
    assert_eq!(
        told_at("2026-11-18T02:30:00Z"),
        "ben standby | Cem Test is needed from 04:00 on, Ann Test was standby, and is released"
    );
    assert_eq!(told_at("2026-11-18T03:00:00Z"), "cem needed, ben standby | Ann Test was standby, and is released");
    assert_eq!(told_at("2026-11-19T00:00:00Z"), format!("{all} | Move ended 01:00"));
}

/// What two people open together cannot be opened when one of them is gone.
#[test]
fn too_few_holders_are_counted() {
    let mut team = small_team();
    let holders = ["ann", "ben", "cem"].iter().map(|id| Id::parse(id).unwrap()).collect();
    let tier = Tier { name: "Two".into(), rule: Rule::Of { k: 2, n: 3 }, holders, keys: vec![] };
    team.tiers.insert(Id::parse("two").unwrap(), tier);
    let holders = |out: &[&str]| ask(&team, "two", NOW, &without(&team, &[], out)).holders.unwrap();
    assert_eq!(holders(&["ann"]), "2 of 3 open two together");
    assert_eq!(holders(&["ann", "cem"]), "2 of 3 open two together; only 1 can be called");
}

/// The card of a person says which days are special there, and until when a rota makes them first.
#[test]
fn a_person_s_card_knows_the_day_and_the_turn() {
    let mut team = small_team();
    with_rota(&mut team, "on-call", vec![shift("Europe/Berlin", &["ann", "ben"], None)]);
    team.systems.get_mut(&Id::parse("db").unwrap()).unwrap().owners = order(&["on-call", "cem"]);
    let days = vec![NamedDays { from: date(2026, 11, 17), until: date(2026, 11, 17), name: "Father's Day".into() }];
    let calendar = Calendar { name: "US".into(), aliases: vec![], kind: CalendarKind::Observances, days };
    team.calendars.insert(Id::parse("us").unwrap(), calendar);
    team.people.get_mut(&Id::parse("ben").unwrap()).unwrap().calendars = vec![Id::parse("us").unwrap()];
    let Search::One { found, .. } = lookup(&team, "ben", Strictness::Exact) else { panic!("one Ben") };
    let scene = Scene { team: &team, moment: &moment(NOW), what_if: &WhatIf::default() };
    let Some(Card::Person(card)) = card(scene, &found) else { panic!("a person") };
    assert_eq!(card.today, ["Father's Day"]);
    assert_eq!(card.wake.allowed, "yes, any hour: first on db until Mon 09:00");
    assert_eq!(card.next.map(|next| (next.call.id, next.at)), Some(("cem".to_owned(), "03:17".to_owned())));
}

#[test]
fn when_nobody_is_left_the_one_in_charge_is_then_the_place_to_meet() {
    let mut team = small_team();
    team.rendezvous = Some("meet at the gate".into());
    let lead = Authority {
        decision: "Leads".into(),
        aliases: vec![],
        holder: Responder::new("cem"),
        successors: vec![],
        conditions: vec![],
        limits: None,
        delegations: vec![],
        from: None,
        until: None,
        window: None,
    };
    team.authority.insert(Id::parse("lead").unwrap(), lead);
    team.lead = Some(Id::parse("lead").unwrap());
    team.systems.get_mut(&Id::parse("db").unwrap()).unwrap().owners = order(&["ann", "ben"]);
    let lost = ask(&team, "db", NOW, &without(&team, &[], &["ann", "ben"]));
    assert_eq!(lost.in_charge.as_ref().map(|charge| charge.call.id.as_str()), Some("cem"));
    assert!(lost.is_anybody() && lost.rendezvous.is_none() && lost.line.steps.is_empty());
    let all = ask(&team, "db", NOW, &without(&team, &[], &["ann", "ben", "cem"]));
    assert!(!all.is_anybody());
    assert_eq!(all.rendezvous.as_deref(), Some("meet at the gate"));
    // While somebody is left, neither is spoken of.
    let some = ask(&team, "db", NOW, &without(&team, &[], &["ann"]));
    assert!(some.in_charge.is_none() && some.rendezvous.is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Whoever is to be called can be: has a number, is there and is not assumed to be out; and nobody is named twice.
    #[test]
    fn whoever_is_called_can_be(
        has_number in prop::collection::vec(any::<bool>(), 6),
        absences in prop::collection::vec(prop::option::of(prop::option::of(0..6_usize)), 6),
        out in prop::collection::vec(any::<bool>(), 6),
        order in prop::collection::vec(0..9_usize, 0..10),
        on_rota in prop::collection::vec(0..6_usize, 1..4),
    ) {
        let names = ["a", "b", "c", "d", "e", "f"];
        let mut team = Team::named("Any");
        for (index, name) in names.iter().enumerate() {
            let number = format!("+4930231250{index:02}");
            team.people.insert(Id::parse(name).unwrap(), person(name, "Europe/Berlin", has_number[index].then_some(number.as_str())));
        }
        for (index, absence) in absences.iter().enumerate() {
            if let Some(delegate) = absence {
                away(&mut team, names[index], delegate.map(|delegate| names[delegate]));
            }
        }
        let people: Vec<&str> = on_rota.iter().map(|&index| names[index]).collect();
        with_rota(&mut team, "turns", vec![shift("Europe/Berlin", &people, None)]);
        with_rota(&mut team, "gap", vec![shift("Europe/Berlin", &people, Some("12:00-13:00"))]);
        let written: Vec<&str> = order.iter().map(|&index| *[names.as_slice(), &["turns", "gap", "nobody"]].concat().get(index).unwrap()).collect();
        let gone: Vec<&str> = names.iter().zip(&out).filter(|(_, out)| **out).map(|(name, _)| *name).collect();
        let line = line(&team, &written, &without(&team, &[], &gone));
        let mut named: Vec<&str> = line.steps.iter().map(|step| step.call.id.as_str()).collect();
        for id in &named {
            let index = names.iter().position(|name| name == id).unwrap();
            prop_assert!(has_number[index] && absences[index].is_none() && !out[index], "{} of {:?}", id, line);
        }
        prop_assert!(line.steps.iter().all(|step| step.call.number.is_some()));
        prop_assert!(line.steps.is_sorted_by_key(|step| (step.position, step.from)));
        named.extend(line.skipped.iter().map(|skipped| skipped.id.as_str()));
        // Everybody who stands in the order is called or named as skipped; nobody is both, or twice.
        for name in written.iter().filter(|name| names.contains(name)) {
            prop_assert!(named.contains(name), "{} of {:?}", name, line);
        }
        let count = named.len();
        named.sort_unstable();
        named.dedup();
        prop_assert_eq!(named.len(), count);
    }
}

/// Alice's machine, and two colleagues whom the example has not: Tom is away and Mia stands in; nobody has checked Walter's
/// number.
fn alice() -> World {
    let acme = Acme::joined();
    acme.dana.write(
        "team/people/others.toml",
        r#"
[[person]]
id = "tom.bauer"
name = "Tom Bauer"
zone = "Europe/Berlin"

[[person.number]]
number = "+49 171 3920044"
checked = 2026-08-01
checked_by = "mia.krause"

[[person.absence]]
from = 2026-11-16
until = 2026-11-20
delegate = "mia.krause"
why = "father of a son"

[[person]]
id = "walter.holm"
name = "Walter Holm"
zone = "Europe/Berlin"

[[person.number]]
number = "+49 171 3920045"

[[system]]
id = "wiki"
name = "Wiki"
owners = ["tom.bauer", "walter.holm", "mia.krause"]
"#,
    );
    acme.publish().ok();
    acme.alice.kit(["sync"]).ok();
    acme.alice
}

#[test]
fn every_kind_of_thing_has_somebody_to_call() {
    let alice = alice();
    for (query, line) in [
        (&["payments-db"][..], "CALL  Alice Okafor   +44 7700 900123   London 02:12, likely asleep"),
        (&["Payments", "database"], "CALL  Alice Okafor   +44 7700 900123   London 02:12, likely asleep"),
        (&["slack"], "CALL  Dana Fox   +1 202 555 0177   New York 21:12"),
        (&["aws-support"], "CALL  AWS Enterprise Support   +1 202 555 0150   hotline"),
        (&["incident-lead"], "CALL  Chris Lindqvist   +1 202 555 0131   in charge now, New York 21:12"),
        (&[], "CALL  Chris Lindqvist   +1 202 555 0131   in charge now, New York 21:12"),
        (&["spend"], "CALL  Dana Fox   +1 202 555 0177   decides, New York 21:12"),
        (&["migration"], "CALL  Chris Lindqvist   +1 202 555 0131   New York 21:12"),
        (&["mia"], "CALL  Mia Krause   +49 171 3920011   Berlin 03:12, likely asleep"),
        (&["tom"], "CALL  Mia Krause   +49 171 3920011   Berlin 03:12, likely asleep"),
        (&["aws-root"], "CALL  Dana Fox   +1 202 555 0177   New York 21:12"),
        (&["tier:break-glass"], "CALL  Alice Okafor   +44 7700 900123   London 02:12, likely asleep"),
    ] {
        alice.kit([&["who"], query].concat()).ok().first_line(line).quiet();
    }
    alice.kit(["who", "aws"]).ok().has("  Hotline       AWS Enterprise Support   +1 202 555 0150");
    alice.kit(["who", "aws-support"]).ok().has("Support PIN   31 77").has("owner of AWS");
    alice
        .kit(["who", "migration"])
        .ok()
        .has("03:17  needed\n")
        .has("  6  Dana Fox         +1 202 555 0177  21:12 Tue  evening  03:37  standby\n");
    // Kinds that have nobody to call.
    alice.kit(["who", "phone-bridge"]).fails(3);
    alice.kit(["who", ""]).fails(2);
}

/// U13: somebody who is away is skipped and named once, with the last day and who stands in. U10: what nobody checked, or not
/// for long, is said in words.
#[test]
fn the_absent_are_named_once_and_stale_numbers_in_words() {
    let alice = alice();
    let wiki = alice.kit(["who", "wiki"]);
    wiki.ok().first_line("CALL  Mia Krause   +49 171 3920011   Berlin 03:12, likely asleep");
    wiki.has("  Skipped       Tom Bauer, away until Fri 20 Nov (father of a son); Mia Krause");
    wiki.has("STALE: nobody has checked the number of Walter Holm.");
    wiki.has("Number checked by the owner: Mia 5 days ago.");
    wiki.assert(wiki.stdout.matches("Tom Bauer").count() == 1, "Tom is named once");
    let later = alice.at("2027-02-15T12:00:00Z").kit(["who", "payments-db"]);
    later.ok().has("STALE: the number of Alice Okafor was checked 95 days ago by Alice.");
    later.assert(later.stdout.starts_with("CALL  Alice Okafor   +44 7700 900123   kit 89 days old"), "the age on line 1");
}

#[test]
fn what_is_lost_is_said_and_the_surviving_way_is_line_1() {
    let alice = alice();
    let out = alice.kit(["who", "payments-db", "--out", "alice.okafor"]);
    out.ok().first_line("CALL  Bob Reyes   +1 202 555 0143   New York 21:12");
    out.has("  What if       Alice Okafor out").has("  Skipped       Alice Okafor, out").has("  2  Bob Reyes");
    let down = alice.kit(["who", "support-desk", "--down", "okta"]);
    down.ok().has("  Lost          support-desk is also down with Okta, which it needs");
    alice
        .kit(["who", "ledger-api", "--down", "power"])
        .ok()
        .has("ledger-api is also down with power: it needs Payments database");
    alice.kit(["who", "slack", "--down", "vodafone"]).ok().has("Alice Okafor's +44 7700 900123, which needs Vodafone");
    alice.kit(["who", "payments-db", "--down", "zoom-chat,okta"]).fails(3);
    alice.kit(["who", "payments-db", "--down", "okta"]).ok().has("  Lost          nothing in this order");
    // Several behind one option, or one option each.
    for options in
        [&["--out", "alice.okafor,bob.reyes,priya.nair"][..], &["--out", "alice", "--out", "bob.reyes", "--out", "priya"]]
    {
        let none = alice.kit([&["who", "payments-db"], options].concat());
        none.ok().first_line("NOBODY  is left for payments-db   call Chris Lindqvist   +1 202 555 0131");
        let narrow = alice.with("COLUMNS", "40").kit([&["who", "payments-db"], options].concat());
        narrow.ok().first_line("CALL  Chris Lindqvist   +1 202 555 0131").has("  nobody is left for payments-db");
    }
    let nobody = "alice.okafor,bob.reyes,priya.nair,chris.lindqvist,dana.fox";
    let run = alice.kit(["who", "payments-db", "--out", nobody]);
    run.status(1).first_line("NOBODY  is left for payments-db   kit bridge").has("meet in the canteen");
    run.says("kit: nobody who can be called is left for payments-db.").says("meet in the canteen");
    alice.kit(["who", "payments-db", "--down", "phone", "--json"]).status(1).has("\"in_charge\": null");
}

#[test]
fn everybody_else_is_listed_when_asked_for() {
    let alice = alice();
    let run = alice.kit(["who", "payments-db", "--all"]);
    run.ok().first_line("CALL  Alice Okafor   +44 7700 900123   London 02:12, likely asleep");
    for name in ["Carl Meyer", "Mia Krause", "Chris Lindqvist", "Alan Whitfield", "李小梅"] {
        run.has(&format!("  {name} "));
    }
    let (mia, alan) = (run.stdout.find("Mia Krause").unwrap(), run.stdout.find("Alan Whitfield").unwrap());
    run.assert(mia < alan, "those of the owners' teams first");
    run.assert(run.stdout.matches("+1 202 555 0143").count() == 1, "nobody is listed twice");
    run.has("Tom Bauer").has("away until Fri 20").has("+49 171 3920044");
}

#[test]
fn digits_are_for_the_country_one_calls_from() {
    let alice = alice();
    alice.kit(["who", "payments-db", "--from", "DE"]).ok().has("00 44 7700 900123").has("what to dial in DE");
    alice.kit(["who", "payments-db", "--from", "gb"]).ok().has("                   07700 900123\n").has("00 1 202 555 0143");
    alice.kit(["who", "aws-support", "--from", "de"]).ok().has("  Dial          00 1 202 555 0150");
    alice.kit(["--accessible", "who", "payments-db", "--from", "DE"]).ok().has("  Dial in DE: 00 44 7700 900123\n");
    alice.kit(["--json", "who", "payments-db", "--from", "DE"]).ok().has("\"dial\": \"00 44 7700 900123\"");
    for wrong in ["XX", "Germany", "", "49"] {
        alice.kit(["who", "payments-db", "--from", wrong]).fails(2).says("--from DE");
    }
}

#[test]
fn scripts_get_records_and_one_object() {
    let alice = alice();
    let run = alice.kit(["--plain", "who", "wiki"]);
    run.ok().prints(
        "1\tmia.krause\tMia Krause\t+491713920011\tEurope/Berlin\tWed 03:12\tyes\t2026-11-18T02:12:00Z\tcall\n\
         2\twalter.holm\tWalter Holm\t+491713920045\tEurope/Berlin\tWed 03:12\tyes\t2026-11-18T02:17:00Z\tcall\n\
         1\ttom.bauer\tTom Bauer\t\t\t\t\t\taway\n",
    );
    let columns = |run: &crate::world::Run| run.stdout.lines().map(|line| line.split('\t').count()).collect::<Vec<_>>();
    for arguments in
        [&["aws"][..], &["aws-support"], &["payments-db", "--all"], &["payments-db", "--out", "alice,bob.reyes,priya"]]
    {
        let run = alice.kit([&["--plain", "who"], arguments].concat());
        assert!(columns(run.ok()).iter().all(|&count| count == 9), "{}", run.stdout);
    }
    let json: serde_json::Value = serde_json::from_str(&alice.kit(["--json", "who", "payments-db"]).ok().stdout).unwrap();
    assert_eq!(json["schema"], "kit.who/1");
    assert_eq!(json["steps"][1]["id"], "bob.reyes");
    assert_eq!(json["steps"][1]["from"], "2026-11-18T02:17:00Z");
    assert_eq!(json["steps"][1]["number"]["e164"], "+12025550143");
    assert_eq!(json["fastest_awake"], "bob.reyes");
    assert_eq!(json["query"], "payments-db");
    let lost = alice.kit(["--json", "who", "payments-db", "--down", "vodafone"]);
    lost.ok().assert(lost.stdout.matches("\"lost\":").count() == 1, "each key once");
}
