//! `kit duty` on the example team: one verdict for everybody at any hour, and what follows from it (U83).

use jiff::{Timestamp, ToSpan, civil::date, tz::TimeZone};
use outage_kit::{
    answer::{Because, Duty, Moment, Scene, Strictness, Verdict, WhatIf, duty, verdict},
    authored,
    team::{Absence, Id, Number, Part, Team, WakeWhen, Zone},
};

use crate::acme::Acme;

const VERDICTS: [&str; 4] = ["JOIN NOW.", "WAIT FOR THE PAGE.", "SLEEP ON.", "UNKNOWN."];

pub fn example() -> Team {
    let (founder, zone) = (Id::parse("dana.fox").unwrap(), Zone::parse("Europe/Berlin").unwrap());
    let files = authored::template("Acme", &founder, &zone, date(2026, 11, 18), true);
    let files: Vec<(String, String)> = files.into_iter().map(|(path, text)| (path.to_str().unwrap().to_owned(), text)).collect();
    let draft = authored::Draft::of(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    authored::check(&draft, date(2026, 11, 18)).unwrap().team
}

fn moment(text: &str) -> Moment {
    Moment { now: text.parse().unwrap(), zone: TimeZone::get("Europe/Berlin").unwrap() }
}

fn id<T>(text: &str) -> Id<T> {
    Id::parse(text).unwrap()
}

/// Wednesday, 03:12 in Berlin.
fn ask(team: &Team, person: &str) -> Duty {
    ask_if(team, person, &WhatIf::default())
}

fn ask_if(team: &Team, person: &str, what_if: &WhatIf) -> Duty {
    duty(Scene { team, moment: &moment("2026-11-18T02:12:00Z"), what_if }, &id(person))
}

fn down(team: &Team, names: &[&str]) -> WhatIf {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    WhatIf::of(team, &names, &[], Strictness::Exact).unwrap()
}

#[test]
fn everybody_has_one_verdict_at_every_hour_of_the_week_of_the_migration() {
    let team = example();
    let mut met = std::collections::BTreeSet::new();
    let start: Timestamp = "2026-11-14T00:00:00Z".parse().unwrap();
    for hour in 0..(10 * 24) {
        let moment = Moment { now: start + hour.hours(), zone: TimeZone::get("Europe/Berlin").unwrap() };
        for person in team.people.keys() {
            let scene = Scene { team: &team, moment: &moment, what_if: &WhatIf::default() };
            met.insert(verdict(scene, person).0);
            if hour % 12 != 5 {
                continue;
            }
            let duty = duty(scene, person);
            assert!(duty.reason.ends_with('.') && duty.reason.len() > 10, "{person} {}: {}", moment.now, duty.reason);
            assert_eq!(duty.join.is_some(), duty.verdict == Verdict::JoinNow, "{person} {}", moment.now);
            assert!(duty.until.as_ref().is_none_or(|until| until.at > moment.now));
        }
    }
    assert!(!met.contains(&Verdict::Unknown) && met.len() == 3, "the example says of everybody what to do: {met:?}");
}

#[test]
fn line_one_begins_with_the_verdict_at_any_width() {
    let acme = Acme::joined();
    let whose = ["alice.okafor", "bob.reyes", "mia.krause", "joao.souza", "alan.whitfield", "priya.nair"];
    for columns in ["20", "40", "80", "200"] {
        for person in whose {
            for at in ["2026-11-18T02:12:00Z", "2026-11-22T17:30:00Z", "2027-06-01T00:00:00Z"] {
                let run = acme.alice.with("COLUMNS", columns).at(at).kit(["duty", "--as", person]);
                let line = run.ok().quiet().stdout.lines().next().unwrap();
                let verdicts = VERDICTS.iter().filter(|verdict| line.starts_with(*verdict)).count();
                run.assert(verdicts == 1, "one verdict on line 1");
                run.assert(columns == "20" || line.split_once(". ").is_some_and(|(_, why)| !why.is_empty()), "and its reason");
            }
        }
    }
}

#[test]
fn without_as_it_is_about_the_person_of_the_device() {
    let acme = Acme::joined();
    acme.alice.kit(["duty"]).ok().first_line("WAIT FOR THE PAGE. You are first for payments-db.").lacks("About");
    acme.dana.kit(["duty"]).ok().has("SLEEP ON. You are second for incident-lead;");
    let why = "You are second for ledger-api; you will be called only if needed.";
    let record = format!("SLEEP ON\t{why}\t2026-11-23T08:00:00Z\tChris Lindqvist\n");
    acme.alice.kit(["--plain", "duty", "--as", "mia.krause"]).ok().prints(&record);
    let json = acme.alice.kit(["--json", "duty"]);
    let object = acme.alice.run(
        "jq",
        ["-r", r#"[.schema, .verdict, .because.why, .person, .until.at] | join(" ")"#],
        json.stdout.as_bytes(),
    );
    object.ok().prints("kit.duty/1 wait-for-the-page first alice.okafor 2026-11-20T10:00:00Z\n");
}

#[test]
fn what_contradicts_itself_is_unknown_with_whom_to_ask() {
    let week = Absence { from: date(2026, 11, 16), until: date(2026, 11, 20), delegate: None, why: None };
    let mut team = example();
    team.people.get_mut(&id("bob.reyes")).unwrap().absences.push(week.clone());
    let away = ask(&team, "bob.reyes");
    assert_eq!(away.verdict, Verdict::Unknown);
    assert_eq!(away.reason, "This kit contradicts itself: you are needed in Epic migration, and away until Fri 20 Nov.");
    assert_eq!(away.ask.map(|call| call.name).as_deref(), Some("Chris Lindqvist"));

    // Needed, and the one to ask is oneself: the next who can be asked is nobody.
    let mut team = example();
    team.people.get_mut(&id("chris.lindqvist")).unwrap().absences.push(week);
    assert_eq!(ask(&team, "chris.lindqvist").ask.map(|call| call.name).as_deref(), Some("Dana Fox"));

    let mut team = example();
    let window = team.windows.get_mut(&id("epic-migration")).unwrap();
    window.roles.iter_mut().find(|role| role.person.as_str() == "alice.okafor").unwrap().part = Part::NotNeeded;
    let both = ask(&team, "alice.okafor");
    assert!(matches!(both.because, Because::NotNeededAndFirst { .. }), "{both:?}");
    assert_eq!(both.reason, "This kit contradicts itself: you are not needed in Epic migration, and first for payments-db.");

    let mut team = example();
    let window = team.windows.get_mut(&id("epic-migration")).unwrap();
    let twice = window.roles[0].clone();
    window.roles.push(outage_kit::team::Role { part: Part::NotNeeded, ..twice });
    assert!(matches!(ask(&team, "chris.lindqvist").because, Because::TwoParts { .. }));
}

#[test]
fn nobody_can_wake_whom_no_number_reaches() {
    let mut team = example();
    team.people.get_mut(&id("carl.meyer")).unwrap().numbers.clear();
    let none = ask(&team, "carl.meyer");
    assert_eq!(
        (none.verdict, none.reason.as_str()),
        (Verdict::Unknown, "You are in line for checkout, with no number in this kit: nobody can call you.")
    );
    let team = example();
    let cut_off = ask_if(&team, "carl.meyer", &down(&team, &["phone"]));
    assert_eq!(
        cut_off.reason,
        "You are in line for checkout, with no number that works without telephones: nobody can call you."
    );
    // Whoever is needed joins all the same, by another way.
    let bob = ask_if(&team, "bob.reyes", &down(&team, &["phone"]));
    assert_eq!((bob.verdict, bob.join.map(|bridge| bridge.name).as_deref()), (Verdict::JoinNow, Some("Video")));
    assert_eq!(ask_if(&team, "bob.reyes", &down(&team, &["phone", "internet"])).join, None);
}

#[test]
fn how_somebody_is_woken_and_from_which_numbers() {
    let mut team = example();
    let pager = Number::parse("+1 202 555 0170", None).unwrap();
    team.tools.get_mut(&id("pagerduty")).unwrap().numbers.push(pager);
    team.woken_by = vec!["PagerDuty".to_owned(), "a call".to_owned()];
    let callers = |duty: &Duty| duty.callers.iter().map(|it| format!("{} {}", it.who, it.number.shown)).collect::<Vec<_>>();
    // The part in the window says how; then the team; then the person.
    let mia = ask(&team, "mia.krause");
    assert_eq!(mia.woken_by[0], "PagerDuty push, at once");
    assert_eq!(callers(&mia), ["PagerDuty +1 202 555 0170", "Bob Reyes +1 202 555 0143", "Chris Lindqvist +1 202 555 0131"]);
    assert_eq!(ask(&team, "priya.nair").woken_by, ["PagerDuty", "a call"]);
    team.woken_by.clear();
    assert_eq!(ask(&team, "dana.fox").woken_by, ["ring until it answers"]);
    // A tool that is down calls nobody.
    let without = ask_if(&team, "mia.krause", &down(&team, &["pagerduty"]));
    assert_eq!(callers(&without), ["Bob Reyes +1 202 555 0143", "Chris Lindqvist +1 202 555 0131"]);
    // Who sleeps without standing in any line is called by nobody.
    assert_eq!(callers(&ask(&team, "alan.whitfield")), Vec::<String>::new());
}

#[test]
fn who_releases_and_what_to_bring() {
    let mut team = example();
    let window = team.windows.get_mut(&id("epic-migration")).unwrap();
    window.roles.iter_mut().find(|role| role.person.as_str() == "bob.reyes").unwrap().bring =
        vec!["laptop".into(), "hardware key".into()];
    let bob = ask(&team, "bob.reyes");
    assert_eq!(bob.role.map(|role| role.bring), Some(vec!["laptop".to_owned(), "hardware key".to_owned()]));
    assert_eq!(bob.released_by.map(|call| call.name).as_deref(), Some("Chris Lindqvist"));
    // Nobody was named: whoever is in charge; who is in charge is released by nobody else.
    assert_eq!(ask(&team, "dana.fox").released_by.map(|call| call.name).as_deref(), Some("Chris Lindqvist"));
    let lead = team.windows.get_mut(&id("epic-migration")).unwrap();
    lead.roles.iter_mut().find(|role| role.person.as_str() == "chris.lindqvist").unwrap().released_by = None;
    assert_eq!(ask(&team, "chris.lindqvist").released_by, None);
}

#[test]
fn a_wake_rule_decides_only_what_it_is_about() {
    let mut team = example();
    for (when, verdict) in [
        (WakeWhen::AnyHour, Verdict::WaitForThePage),
        (WakeWhen::If("nobody else answers".to_owned()), Verdict::WaitForThePage),
        (WakeWhen::NotSaid, Verdict::SleepOn),
        (WakeWhen::Never, Verdict::SleepOn),
    ] {
        team.people.get_mut(&id("joao.souza")).unwrap().wake.when = when.clone();
        assert_eq!(ask(&team, "joao.souza").verdict, verdict, "reporting is of tier 3: {when:?}");
    }
    for (when, verdict) in [(WakeWhen::NotSaid, Verdict::WaitForThePage), (WakeWhen::Never, Verdict::Unknown)] {
        team.people.get_mut(&id("carl.meyer")).unwrap().wake.when = when.clone();
        assert_eq!(ask(&team, "carl.meyer").verdict, verdict, "checkout is of tier 1: {when:?}");
    }
}
