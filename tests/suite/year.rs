//! A year of one small team, 1 July 2026 to 30 June 2027: who is called first, and what `kit duty` tells each of them (U83).
//!
//! Clocks change on three continents: Sydney on 4 October and 4 April, Berlin on 25 October and 28 March, New York on
//! 1 November and 14 March. The expected values are written by hand; times are UTC.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date, time},
    tz::TimeZone,
};
use outage_kit::{
    answer::{Because, Duty, Moment, Scene, Verdict, WhatIf, duty, line_up, verdict},
    team::{
        Absence, Authority, Calendar, CalendarKind, Delegation, Hours, Id, NamedDays, Number, Override, Part, Person, Responder,
        Role, Rota, Shift, System, Team, Wake, WakeWhen, Window, Zone,
    },
};

/// What is expected when: the person, the verdict, the reason, and who is called first for a system.
///
/// Rota "europe" (ledger, tier 1): ann, ben, cem, a week each from Mon 29 June, 09:00 in Berlin; planned until 14 June 2027.
/// Rota "sun" (gateway, tier 1): 08:00 to 20:00 in Sydney (fay, gus) and in New York (dee, eli), a week each; when neither
/// is on, ben. Reports (tier 3): tia, who never said when to wake her, then ann. Archive (tier 2): max, never at night.
/// Vault (tier 1): nia, never at night. Lea leads, dee after her; ann for the first week of December.
const TABLE: &str = "
# The week changes hands on Monday, 09:00 in Berlin, summer time.
2026-07-06T06:59 | ann | WAIT FOR THE PAGE | You are first for ledger.                                        | ledger: ann
2026-07-06T06:59 | ben | SLEEP ON          | You are second for gateway; you will be called only if needed.   | gateway: gus
2026-07-06T07:00 | ann | SLEEP ON          | You are second for reports; you will be called only if needed.   | ledger: ben
2026-07-06T07:00 | ben | WAIT FOR THE PAGE | You are first for ledger.                                        | ledger: ben
2026-07-13T06:59 | cem | SLEEP ON          | You are not on duty now (Europe on call).                        | ledger: ben
2026-07-13T07:00 | cem | WAIT FOR THE PAGE | You are first for ledger.                                        | ledger: cem
# Working hours of somebody who agreed to nothing: Tuesday, 09:00 to 17:00; not on Saturday.
2026-07-07T06:59 | tia | SLEEP ON          | You are first for reports, which wakes nobody outside working hours. | reports: tia
2026-07-07T07:00 | tia | WAIT FOR THE PAGE | You are first for reports.                                       | reports: tia
2026-07-07T14:59 | tia | WAIT FOR THE PAGE | You are first for reports.                                       | reports: tia
2026-07-07T15:00 | tia | SLEEP ON          | You are first for reports, which wakes nobody outside working hours. | reports: tia
2026-07-11T10:00 | tia | SLEEP ON          | You are first for reports, which wakes nobody outside working hours. | reports: tia
2026-07-07T06:59 | max | SLEEP ON          | You are first for archive, which wakes nobody outside working hours. | archive: max
2026-07-07T07:00 | max | WAIT FOR THE PAGE | You are first for archive.                                       | archive: max
# A system that wakes people, and somebody who is never to be woken: the kit contradicts itself at night.
2026-07-07T06:59 | nia | UNKNOWN           | This kit contradicts itself: you are first for vault, which wakes people, and never to be woken at this hour. | vault: nia
2026-07-07T07:00 | nia | WAIT FOR THE PAGE | You are first for vault.                                         | vault: nia
# Around the sun, both in their winter and summer: Sydney 08:00 is 22:00, New York 08:00 is 12:00.
2026-07-14T21:59 | fay | SLEEP ON          | You are not on duty now (Follow the sun).                        | gateway: dee
2026-07-14T22:00 | fay | WAIT FOR THE PAGE | You are first for gateway.                                       | gateway: fay
2026-07-14T22:00 | dee | SLEEP ON          | You are second for incident-lead; you will be called only if needed. | gateway: fay
2026-07-15T09:59 | fay | WAIT FOR THE PAGE | You are first for gateway.                                       | gateway: fay
2026-07-15T10:00 | fay | SLEEP ON          | You are not on duty now (Follow the sun).                        | gateway: ben
2026-07-15T11:59 | dee | SLEEP ON          | You are second for incident-lead; you will be called only if needed. | gateway: ben
2026-07-15T12:00 | dee | WAIT FOR THE PAGE | You are first for gateway.                                       | gateway: dee
2026-07-15T12:00 | ben | SLEEP ON          | You are second for gateway; you will be called only if needed.   | gateway: dee
# Ben is away from 29 to 31 July, by Berlin's midnights; cem stands in.
2026-07-28T21:59 | ben | WAIT FOR THE PAGE | You are first for ledger.                                        | ledger: ben
2026-07-28T21:59 | cem | SLEEP ON          | You are not on duty now (Europe on call).                        | ledger: ben
2026-07-28T22:00 | ben | SLEEP ON          | You are away until Fri 31 Jul; cem stands in.                    | ledger: cem
2026-07-28T22:00 | cem | WAIT FOR THE PAGE | You are first for ledger in place of ben.                        | ledger: cem
2026-07-31T21:59 | cem | WAIT FOR THE PAGE | You are first for ledger in place of ben.                        | ledger: cem
2026-07-31T22:00 | cem | SLEEP ON          | You are not on duty now (Europe on call).                        | ledger: ben
2026-07-31T22:00 | ben | WAIT FOR THE PAGE | You are first for ledger.                                        | ledger: ben
# Sydney puts its clocks forward on 4 October: 08:00 is 22:00 on the day before, then 21:00.
2026-10-02T21:59 | gus | SLEEP ON          | You are not on duty now (Follow the sun).                        | gateway: eli
2026-10-02T22:00 | gus | WAIT FOR THE PAGE | You are first for gateway.                                       | gateway: gus
2026-10-03T20:59 | gus | SLEEP ON          | You are not on duty now (Follow the sun).                        | gateway: eli
2026-10-03T21:00 | gus | WAIT FOR THE PAGE | You are first for gateway.                                       | gateway: gus
2026-10-03T21:00 | eli | SLEEP ON          | You are second for gateway; you will be called only if needed.   | gateway: gus
# The migration, on the night on which Berlin puts its clocks back.
2026-10-24T19:59 | lea | WAIT FOR THE PAGE | You are first for incident-lead.                                 | ledger: ben
2026-10-24T20:00 | lea | JOIN NOW          | You are needed in Migration.                              | ledger: ben
2026-10-24T20:00 | ben | WAIT FOR THE PAGE | You are first for ledger.                                        | ledger: ben
2026-10-24T20:00 | cem | SLEEP ON          | You are on standby in Migration; you will be called only if needed. | ledger: ben
2026-10-24T20:00 | ann | SLEEP ON          | You are not needed in Migration.                                 | ledger: ben
2026-10-24T20:00 | max | UNKNOWN           | This kit contradicts itself: you are needed in Migration, and away until Mon 26 Oct. | archive: -
2026-10-24T20:59 | dee | WAIT FOR THE PAGE | You are first for gateway.                                       | gateway: dee
2026-10-24T21:00 | dee | SLEEP ON          | You are needed in Migration from Sun 02:00.                      | gateway: fay
2026-10-24T23:59 | dee | SLEEP ON          | You are needed in Migration from 02:00.                          | ledger: ben
2026-10-25T00:00 | dee | JOIN NOW          | You are needed in Migration.                     | ledger: ben
2026-10-25T05:59 | dee | JOIN NOW          | You are needed in Migration.                     | ledger: ben
2026-10-25T06:00 | dee | SLEEP ON          | You are second for incident-lead; you will be called only if needed. | ledger: ben
2026-10-25T09:59 | lea | JOIN NOW          | You are needed in Migration.                              | ledger: ben
2026-10-25T10:00 | lea | WAIT FOR THE PAGE | You are first for incident-lead.                                 | ledger: ben
# In winter Berlin's 09:00 is 08:00.
2026-10-26T07:59 | cem | SLEEP ON          | You are not on duty now (Europe on call).                        | ledger: ben
2026-10-26T08:00 | cem | WAIT FOR THE PAGE | You are first for ledger.                                        | ledger: cem
# New York puts its clocks back on 1 November: 08:00 is 12:00, then 13:00.
2026-10-31T11:59 | ben | WAIT FOR THE PAGE | You are first for gateway.                                       | gateway: ben
2026-10-31T12:00 | eli | WAIT FOR THE PAGE | You are first for gateway.                                       | gateway: eli
2026-11-01T12:59 | eli | SLEEP ON          | You are not on duty now (Follow the sun).                        | gateway: ben
2026-11-01T13:00 | eli | WAIT FOR THE PAGE | You are first for gateway.                                       | gateway: eli
# Ann leads for the first week of December; it begins and ends by itself.
2026-11-30T23:59 | ann | SLEEP ON          | You are second for reports; you will be called only if needed.   | ledger: ben
2026-12-01T00:00 | ann | WAIT FOR THE PAGE | You are first for incident-lead.                                 | ledger: ben
2026-12-01T00:00 | lea | SLEEP ON          | You are second for incident-lead; you will be called only if needed. | ledger: ben
2026-12-07T23:59 | ann | WAIT FOR THE PAGE | You are first for incident-lead.                                 | ledger: cem
2026-12-08T00:00 | ann | SLEEP ON          | You are second for reports; you will be called only if needed.   | ledger: cem
2026-12-08T00:00 | lea | WAIT FOR THE PAGE | You are first for incident-lead.                                 | ledger: cem
# Ann takes two days of ben's week at Christmas; the 25th is a holiday in Berlin.
2026-12-24T07:59 | ben | WAIT FOR THE PAGE | You are first for ledger.                                        | ledger: ben
2026-12-24T08:00 | ann | WAIT FOR THE PAGE | You are first for ledger in place of ben.                        | ledger: ann
2026-12-26T07:59 | ann | WAIT FOR THE PAGE | You are first for ledger in place of ben.                        | ledger: ann
2026-12-26T08:00 | ben | WAIT FOR THE PAGE | You are first for ledger.                                        | ledger: ben
2026-12-26T09:00 | ben | WAIT FOR THE PAGE | You are first for gateway and ledger.                            | gateway: ben
2026-12-24T10:00 | tia | WAIT FOR THE PAGE | You are first for reports.                                       | reports: tia
2026-12-25T10:00 | tia | SLEEP ON          | You are first for reports, which wakes nobody outside working hours. | reports: tia
# Ann is away in her own week and nobody stands in: whoever leads is next in line.
2027-02-16T22:59 | ann | WAIT FOR THE PAGE | You are first for ledger.                                        | ledger: ann
2027-02-16T23:00 | ann | SLEEP ON          | You are away until Thu 18 Feb.                                   | ledger: lea
2027-02-16T23:00 | lea | WAIT FOR THE PAGE | You are first for incident-lead and ledger.                      | ledger: lea
2027-02-18T23:00 | ann | WAIT FOR THE PAGE | You are first for ledger.                                        | ledger: ann
# New York puts its clocks forward on 14 March, within the cutover.
2027-03-13T12:59 | dee | SLEEP ON          | You are second for incident-lead; you will be called only if needed. | gateway: ben
2027-03-13T13:00 | dee | WAIT FOR THE PAGE | You are first for gateway.                                       | gateway: dee
2027-03-14T04:59 | tia | SLEEP ON          | You are first for reports, which wakes nobody outside working hours. | reports: tia
2027-03-14T05:00 | tia | WAIT FOR THE PAGE | You are first for reports.                                       | reports: tia
2027-03-14T05:59 | eli | SLEEP ON          | You are needed in Cutover from 07:00.                            | reports: tia
2027-03-14T06:00 | eli | JOIN NOW          | You are needed in Cutover.                                       | reports: tia
2027-03-14T09:00 | eli | SLEEP ON          | You are not on duty now (Follow the sun).                        | reports: tia
2027-03-14T11:00 | tia | SLEEP ON          | You are first for reports, which wakes nobody outside working hours. | reports: tia
2027-03-14T11:59 | dee | SLEEP ON          | You are second for incident-lead; you will be called only if needed. | gateway: ben
2027-03-14T12:00 | dee | WAIT FOR THE PAGE | You are first for gateway.                                       | gateway: dee
# Berlin puts its clocks forward on 28 March: the next hand-over is at 07:00 again.
2027-03-29T06:59 | cem | WAIT FOR THE PAGE | You are first for ledger.                                        | ledger: cem
2027-03-29T07:00 | cem | SLEEP ON          | You are not on duty now (Europe on call).                        | ledger: ann
2027-03-29T07:00 | ann | WAIT FOR THE PAGE | You are first for ledger.                                        | ledger: ann
# Sydney puts its clocks back on 4 April: 08:00 is 21:00, then 22:00.
2027-04-02T20:59 | gus | SLEEP ON          | You are not on duty now (Follow the sun).                        | gateway: eli
2027-04-02T21:00 | gus | WAIT FOR THE PAGE | You are first for gateway.                                       | gateway: gus
2027-04-03T21:59 | gus | SLEEP ON          | You are not on duty now (Follow the sun).                        | gateway: eli
2027-04-03T22:00 | gus | WAIT FOR THE PAGE | You are first for gateway.                                       | gateway: gus
# The plan of the rota ends: nobody knows, but for those whom something else decides.
2027-06-14T06:59 | ann | SLEEP ON          | You are second for reports; you will be called only if needed.   | ledger: ben
2027-06-14T06:59 | ben | WAIT FOR THE PAGE | You are first for ledger.                                        | ledger: ben
2027-06-14T06:59 | cem | SLEEP ON          | You are not on duty now (Europe on call).                        | ledger: ben
2027-06-14T07:00 | ann | UNKNOWN           | You are on Europe on call, which is planned until 09:00 only, so nobody knows who is on duty. | ledger: lea
2027-06-14T07:00 | cem | UNKNOWN           | You are on Europe on call, which is planned until 09:00 only, so nobody knows who is on duty. | ledger: lea
2027-06-14T10:30 | ben | WAIT FOR THE PAGE | You are first for gateway.                                       | gateway: ben
2027-06-14T12:00 | ben | UNKNOWN           | You are on Europe on call, which is planned until 09:00 only, so nobody knows who is on duty. | gateway: dee
# Somebody whom the kit does not know.
2027-06-14T12:00 | zoe | UNKNOWN           | Nobody called zoe is in this kit.                                | gateway: dee
";

const PEOPLE: [&str; 12] = ["ann", "ben", "cem", "dee", "eli", "fay", "gus", "lea", "tia", "max", "nia", "idle"];

#[test]
fn the_table_of_the_year() {
    let team = team();
    let mut wrong = Vec::new();
    let mut rows = 0;
    for row in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [at, person, verdict, reason, first] = cells[..] else { panic!("{row}") };
        let (system, first) = first.split_once(": ").unwrap();
        let moment = moment(&format!("{at}:00Z"));
        let got = ask(&team, &moment, person);
        let line = line_up(scene(&team, &moment), &team.systems[&id(system)].owners);
        let got_first = line.first().map_or("-", |step| step.call.id.as_str());
        rows += 1;
        if (got.verdict.text(), got.reason.as_str()) != (verdict, reason) || got_first != first {
            wrong.push(format!("{row}\n    {} | {} | {system}: {got_first}", got.verdict.text(), got.reason));
        }
    }
    assert!(wrong.is_empty(), "{} of {rows} rows differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(rows >= 40, "{rows}");
}

#[test]
fn every_hour_of_the_year_has_one_verdict_and_its_end_is_right() {
    let team = team();
    let (from, to) = (at("2026-07-01T00:00:00Z"), at("2027-07-01T00:00:00Z"));
    // What each person is told, by the hour.
    let mut year: BTreeMap<(Timestamp, &str), (Verdict, Because)> = BTreeMap::new();
    for person in PEOPLE {
        let (mut now, mut hour) = (from, from);
        while now < to {
            let start = moment_at(now);
            let asked = ask(&team, &start, person);
            let facts = (asked.verdict, asked.because.clone());
            let until = asked.until.as_ref().map_or(now + (14 * 24).hours(), |until| until.at);
            // Nothing changes before it: every hour, and the minute before.
            while hour < until && hour < to {
                let moment = moment_at(hour);
                assert_eq!(verdict(scene(&team, &moment), &id(person)), facts, "{person} {hour}, asked {now} until {until}");
                year.insert((hour, person), facts.clone());
                hour += 1.hour();
            }
            let last = moment_at((until - 1.minute()).max(now));
            assert_eq!(verdict(scene(&team, &last), &id(person)), facts, "{person} a minute before {until}");
            // Something changes at it, and it is what was said.
            if let Some(said) = &asked.until {
                let moment = moment_at(until);
                let then = verdict(scene(&team, &moment), &id(person));
                assert_ne!(then, facts, "{person} {until}");
                assert_eq!(then, (said.then, said.then_because.clone()), "{person} {until}");
            }
            now = until;
        }
    }
    assert_eq!(year.len(), 365 * 24 * PEOPLE.len());
    let met: BTreeSet<Verdict> = year.values().map(|(verdict, _)| *verdict).collect();
    assert_eq!(met.len(), 4, "each of the four is met: {met:?}");

    let mut now = from;
    while now < to {
        let moment = moment_at(now);
        for (name, system) in &team.systems {
            let line = line_up(scene(&team, &moment), &system.owners);
            let called = line.first().map(|step| step.call.id.as_str());
            let is_it =
                |because: &Because| matches!(because, Because::First { of, .. } if of.iter().any(|it| it.id == name.as_str()));
            let first: Vec<&str> = PEOPLE.into_iter().filter(|person| is_it(&year[&(now, *person)].1)).collect();
            // At most one is told to be first, and it is the one whom `kit who` calls.
            assert!(
                first.len() <= 1 && first.iter().all(|person| Some(*person) == called),
                "{now} {name}: {first:?}, {called:?}"
            );
            if let Some(called) = called.filter(|_| system.tier == Some(1)) {
                let (told, because) = &year[&(now, called)];
                assert_ne!(*told, Verdict::SleepOn, "{now} {name}: {called} {because:?}");
            }
        }
        now += 1.hour();
    }
}

#[test]
fn five_hundred_systems_and_ten_thousand_people_are_no_more_work_than_their_own() {
    let mut team = team();
    for number in 0..10_000 {
        team.people.insert(id(&format!("p{number}")), person("Europe/Berlin", WakeWhen::AnyHour));
    }
    for number in 0..500 {
        let owners = ["rota:europe", &format!("p{number}"), "lea"].map(Responder::new).to_vec();
        team.systems.insert(id(&format!("s{number}")), system(1, owners));
    }
    let moment = moment("2026-07-06T06:59:00Z");
    let ann = ask(&team, &moment, "ann");
    assert_eq!((ann.verdict, ann.reason.as_str()), (Verdict::WaitForThePage, "You are first for ledger and 500 more."));
    assert_eq!(ann.until.map(|until| until.at), Some(at("2026-07-06T07:00:00Z")));
    // Who stands in every line of them all is still answered at once: an order is looked at again only when it changes.
    let lea = ask(&team, &moment, "lea");
    assert_eq!((lea.verdict, lea.because), (Verdict::WaitForThePage, verdict(scene(&team, &moment), &id("lea")).1));
    let last = ask(&team, &moment, "p9999");
    assert_eq!((last.verdict, last.because), (Verdict::SleepOn, Because::Nothing));
}

fn ask(team: &Team, moment: &Moment, person: &str) -> Duty {
    duty(scene(team, moment), &id(person))
}

fn scene<'a>(team: &'a Team, moment: &'a Moment) -> Scene<'a> {
    static NOTHING: std::sync::LazyLock<WhatIf> = std::sync::LazyLock::new(WhatIf::default);
    Scene { team, moment, what_if: &NOTHING }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn moment(text: &str) -> Moment {
    moment_at(at(text))
}

fn moment_at(now: Timestamp) -> Moment {
    Moment { now, zone: TimeZone::get("Europe/Berlin").unwrap() }
}

fn id<T>(text: &str) -> Id<T> {
    Id::parse(text).unwrap()
}

fn person(zone: &str, when: WakeWhen) -> Person {
    Person {
        name: String::new(),
        aliases: vec![],
        title: None,
        teams: vec![],
        zone: Zone::parse(zone).unwrap(),
        hours: Hours::parse("09:00-17:00").ok(),
        place: None,
        emails: vec![],
        numbers: vec![Number::parse("+1 202 555 0100", None).unwrap()],
        message: None,
        wake: Wake { how: None, when },
        calendars: vec![],
        absences: vec![],
        note: None,
    }
}

fn system(tier: u8, owners: Vec<Responder>) -> System {
    System { name: String::new(), aliases: vec![], tier: Some(tier), owners, playbook: None, runbook: None, needs: vec![] }
}

fn shift(zone: &str, people: &[&str], hours: Option<&str>) -> Shift {
    Shift {
        name: None,
        zone: Zone::parse(zone).unwrap(),
        people: people.iter().map(|name| id(name)).collect(),
        first: date(2026, 6, 29),
        turn_days: 7,
        handover: time(9, 0, 0, 0),
        hours: hours.map(|hours| Hours::parse(hours).unwrap()),
        days: vec![],
    }
}

fn absence(from: Date, until: Date, delegate: Option<&str>) -> Absence {
    Absence { from, until, delegate: delegate.map(id), why: None }
}

fn role(person: &str, part: Part, does: Option<&str>, span: Option<(&str, &str)>) -> Role {
    Role {
        person: id(person),
        part,
        does: does.map(str::to_owned),
        from: span.map(|(from, _)| at(from)),
        until: span.map(|(_, until)| at(until)),
        released_by: None,
        bring: vec![],
        woken_by: vec![],
    }
}

fn window(name: &str, start: &str, end: &str, system: &str, roles: Vec<Role>) -> Window {
    Window {
        name: name.to_owned(),
        aliases: vec![],
        start: at(start),
        end: at(end),
        systems: vec![id(system)],
        roles,
        rollback: vec![],
        go_no_go: None,
        announce: None,
        rehearsals: vec![],
        acknowledge: vec![],
    }
}

fn team() -> Team {
    let mut team = Team::named("Year");
    for (name, zone, when) in [
        ("ann", "Europe/Berlin", WakeWhen::AnyHour),
        ("ben", "Europe/Berlin", WakeWhen::AnyHour),
        ("cem", "Europe/Berlin", WakeWhen::AnyHour),
        ("dee", "America/New_York", WakeWhen::AnyHour),
        ("eli", "America/New_York", WakeWhen::NotSaid),
        ("fay", "Australia/Sydney", WakeWhen::AnyHour),
        ("gus", "Australia/Sydney", WakeWhen::If("it is a fire".to_owned())),
        ("lea", "America/New_York", WakeWhen::AnyHour),
        ("tia", "Europe/Berlin", WakeWhen::NotSaid),
        ("max", "Europe/Berlin", WakeWhen::Never),
        ("nia", "Europe/Berlin", WakeWhen::Never),
        ("idle", "Europe/Berlin", WakeWhen::AnyHour),
    ] {
        team.people.insert(id(name), Person { name: name.to_owned(), ..person(zone, when) });
    }
    let absences = [
        ("ben", absence(date(2026, 7, 29), date(2026, 7, 31), Some("cem"))),
        ("ann", absence(date(2027, 2, 17), date(2027, 2, 18), None)),
        ("max", absence(date(2026, 10, 24), date(2026, 10, 26), None)),
    ];
    for (name, absence) in absences {
        team.people.get_mut(&id(name)).unwrap().absences.push(absence);
    }
    let christmas = NamedDays { from: date(2026, 12, 25), until: date(2026, 12, 26), name: "Christmas".to_owned() };
    team.calendars.insert(
        id("berlin"),
        Calendar { name: "Holidays in Berlin".to_owned(), aliases: vec![], kind: CalendarKind::Holidays, days: vec![christmas] },
    );
    team.people.get_mut(&id("tia")).unwrap().calendars.push(id("berlin"));
    let swap = Override {
        from: at("2026-12-24T08:00:00Z"),
        until: at("2026-12-26T08:00:00Z"),
        person: id("ann"),
        instead_of: None,
        why: None,
    };
    team.rotas.insert(
        id("europe"),
        Rota {
            name: "Europe on call".to_owned(),
            aliases: vec![],
            until: Some(at("2027-06-14T07:00:00Z")),
            shifts: vec![shift("Europe/Berlin", &["ann", "ben", "cem"], None)],
            overrides: vec![swap],
        },
    );
    let sydney = shift("Australia/Sydney", &["fay", "gus"], Some("08:00-20:00"));
    let new_york = shift("America/New_York", &["dee", "eli"], Some("08:00-20:00"));
    team.rotas.insert(
        id("sun"),
        Rota {
            name: "Follow the sun".to_owned(),
            aliases: vec![],
            until: None,
            shifts: vec![sydney, new_york],
            overrides: vec![],
        },
    );
    for (name, tier, owners) in [
        ("ledger", 1, &["rota:europe", "lea"][..]),
        ("gateway", 1, &["rota:sun", "ben"]),
        ("reports", 3, &["tia", "ann"]),
        ("archive", 2, &["max"]),
        ("vault", 1, &["nia"]),
    ] {
        team.systems.insert(id(name), system(tier, owners.iter().map(|owner| Responder::new(*owner)).collect()));
    }
    team.lead = Some(id("incident-lead"));
    let to_ann = Delegation {
        to: Responder::new("ann"),
        from: at("2026-12-01T00:00:00Z"),
        until: at("2026-12-08T00:00:00Z"),
        limits: None,
        why: None,
    };
    team.authority.insert(
        id("incident-lead"),
        Authority {
            decision: "Leads the incident".to_owned(),
            aliases: vec![],
            holder: Responder::new("lea"),
            successors: vec![Responder::new("dee")],
            conditions: vec![],
            limits: None,
            delegations: vec![to_ann],
            from: None,
            until: None,
            window: None,
        },
    );
    let moving = Some(("2026-10-25T00:00:00Z", "2026-10-25T06:00:00Z"));
    let roles = vec![
        role("lea", Part::Needed, Some("leads"), None),
        role("dee", Part::Needed, Some("moves the data"), moving),
        role("max", Part::Needed, None, None),
        role("cem", Part::Standby, None, None),
        role("ann", Part::NotNeeded, None, None),
    ];
    team.windows.insert(id("migration"), window("Migration", "2026-10-24T20:00:00Z", "2026-10-25T10:00:00Z", "ledger", roles));
    let roles = vec![
        role("tia", Part::Standby, None, None),
        role("eli", Part::Needed, None, Some(("2027-03-14T06:00:00Z", "2027-03-14T09:00:00Z"))),
    ];
    team.windows.insert(id("cutover"), window("Cutover", "2027-03-14T05:00:00Z", "2027-03-14T11:00:00Z", "reports", roles));
    team
}
