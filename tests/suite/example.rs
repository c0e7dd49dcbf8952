//! The example team: what `kit init` makes passes `kit check`, and can answer the screens.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use outage_kit::{
    authored::{self, Checked, Draft},
    team::{Id, Number, Part, Responder, Team, Zone},
};

const SCENE: Date = date(2026, 11, 18);

fn files(name: &str, founder: &str, today: Date, example: bool) -> Vec<(String, String)> {
    let zone = Zone::parse("Europe/Berlin").expect("a zone");
    authored::template(name, &Id::parse(founder).expect("an id"), &zone, today, example)
        .into_iter()
        .map(|(path, text)| (path.to_str().expect("ASCII").to_owned(), text))
        .collect()
}

fn check(files: &[(String, String)], today: Date) -> Checked {
    let draft = Draft::of(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    authored::check(&draft, today).map_err(|problems| problems.errors).expect("no mistakes")
}

fn example() -> Team {
    check(&files("Acme", "dana.fox", SCENE, true), SCENE).team
}

/// All numbers of a team.
fn numbers(team: &Team) -> Vec<&Number> {
    let people = team.people.values().flat_map(|person| &person.numbers);
    let bridges = team.bridges.values().flat_map(|bridge| &bridge.numbers);
    let tools = team.tools.values().flat_map(|tool| &tool.numbers);
    people.chain(bridges).chain(tools).chain(team.vendors.values().flat_map(|vendor| &vendor.numbers)).collect()
}

#[test]
fn the_example_has_no_mistakes_and_no_warnings_in_any_week() {
    for today in [date(2026, 11, 16), SCENE, date(2026, 11, 22), date(2026, 11, 23), date(2027, 7, 4), date(2031, 3, 5)] {
        let checked = check(&files("Acme", "dana.fox", today, true), today);
        let warnings: Vec<_> = checked.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warnings, Vec::<String>::new(), "{today}");
        let window = checked.team.windows.values().next().expect("the migration");
        assert!(window.start.to_string() < format!("{today}T12") && format!("{today}T12") < window.end.to_string(), "{today}");
    }
}

#[test]
fn the_example_can_answer_the_screens() {
    let team = example();
    let shown = |id: &str| {
        let person = team.people.get(&Id::parse(id).expect("an id")).expect("a person");
        let number = person.numbers.first().expect("a number");
        (person.name.clone(), number.shown.clone(), person.zone.city())
    };
    for (id, name, number, city) in [
        ("alice.okafor", "Alice Okafor", "+44 7700 900123", "London"),
        ("bob.reyes", "Bob Reyes", "+1 202 555 0143", "New York"),
        ("priya.nair", "Priya Nair", "+61 491 570 156", "Sydney"),
        ("chris.lindqvist", "Chris Lindqvist", "+1 202 555 0131", "New York"),
        ("dana.fox", "Dana Fox", "+1 202 555 0177", "New York"),
        ("mia.krause", "Mia Krause", "+49 171 3920011", "Berlin"),
    ] {
        assert_eq!(shown(id), (name.to_owned(), number.to_owned(), city.to_owned()));
    }
    let owners = |id: &str| {
        let system = team.systems.get(&Id::parse(id).expect("an id")).expect("a system");
        system.owners.iter().map(Responder::as_str).collect::<Vec<_>>()
    };
    assert_eq!(owners("payments-db"), ["alice.okafor", "bob.reyes", "priya.nair"]);
    assert_eq!(owners("ledger-api").get(..2), Some(["bob.reyes", "mia.krause"].as_slice()));
    assert_eq!(team.systems.len(), 11);
    let rungs: Vec<_> = team.ladder().iter().map(|(_, bridge)| bridge.name.as_str()).collect();
    assert_eq!(rungs, ["Phone bridge", "Video", "Signal"]);
    assert_eq!(team.rendezvous.as_deref(), Some("meet in the canteen, building 2, at every full hour"));
    let slack = team.tools.get(&Id::parse("slack").expect("an id")).expect("a tool");
    assert_eq!(slack.backups.iter().map(|backup| backup.as_str()).collect::<Vec<_>>(), ["teams", "signal", "phone-bridge"]);
    let lead = team.lead.as_ref().and_then(|lead| team.authority.get(lead)).expect("somebody in charge");
    assert_eq!(lead.holder.as_str(), "chris.lindqvist");
    let window = team.windows.values().next().expect("the migration");
    assert!(window.covers("2026-11-18T02:12:00Z".parse().expect("a time")));
    assert_eq!(window.end, "2026-11-22T17:00:00Z".parse().expect("a time"), "Sun 18:00 in Berlin");
    let role = |id: &str| window.roles.iter().find(|role| role.person.as_str() == id).expect("a role");
    assert_eq!((role("mia.krause").part, role("alice.okafor").part), (Part::Standby, Part::Standby));
    assert_eq!(role("alice.okafor").until, Some("2026-11-20T10:00:00Z".parse().expect("a time")), "Fri 10:00 in London");
    assert_eq!(role("mia.krause").until, Some("2026-11-23T08:00:00Z".parse().expect("a time")), "Mon 09:00 in Berlin");
}

#[test]
fn the_rota_of_the_example_follows_the_sun() {
    let team = example();
    let rota = team.rotas.get(&Id::parse("platform-on-call").expect("an id")).expect("a rota");
    let on = |now: &str| -> Vec<String> {
        let turns = rota.on(now.parse().expect("a time")).expect("planned");
        turns.iter().map(|turn| turn.person.to_string()).collect()
    };
    // Wednesday of the migration: Sydney, then Paris, then New York, each by day.
    assert_eq!(on("2026-11-18T02:12:00Z"), ["priya.nair"]);
    assert_eq!(on("2026-11-18T10:00:00Z"), ["zoe.lefevre"]);
    assert_eq!(on("2026-11-18T17:00:00Z"), ["erin.lam"]);
    assert_eq!(on("2026-11-18T22:00:00Z"), ["priya.nair", "erin.lam"], "they overlap");
    assert_eq!(on("2026-11-19T17:00:00Z"), ["dana.fox"], "who stands in for Erin that day");
    assert_eq!(on("2026-11-25T02:12:00Z"), ["li.xiaomei"], "a week later");
    for id in ["monitoring", "deploy"] {
        let system = team.systems.get(&Id::parse(id).expect("an id")).expect("a system");
        assert_eq!(system.owners.first().map(Responder::as_str), Some("rota:platform-on-call"));
        assert_eq!(system.owners.len(), 3);
    }
}

#[test]
fn the_calendars_of_the_example_know_the_days() {
    let team = example();
    let person = |id: &str| team.people.get(&Id::parse(id).expect("an id")).expect("a person");
    let away = |day: Date| team.away(person("joao.souza"), day).map(|away| (away.until, away.why));
    assert_eq!(away(date(2026, 12, 4)), Some((date(2026, 12, 4), Some("School play"))));
    assert_eq!(away(date(2026, 12, 21)), Some((date(2026, 12, 30), Some("At the sea with the family"))));
    assert_eq!(away(date(2026, 12, 31)), None);
    let named = |id: &str, day: Date| -> Vec<&str> { team.named_days(person(id), day).map(|(_, it)| it.name.as_str()).collect() };
    assert_eq!(named("bob.reyes", date(2027, 6, 20)), ["Father's Day"]);
    assert_eq!(named("carl.meyer", date(2027, 5, 6)), ["Ascension Day", "Father's Day"]);
    assert_eq!(named("alice.okafor", date(2027, 3, 26)), ["Good Friday"]);
    assert_eq!(named("dana.fox", date(2026, 11, 26)), ["Thanksgiving Day"]);
    assert_eq!(named("alice.okafor", date(2026, 11, 18)), [""; 0]);
    // In another week the absences move with all other dates.
    let later = check(&files("Acme", "dana.fox", date(2026, 12, 2), true), date(2026, 12, 2)).team;
    let joao = later.people.get(&Id::parse("joao.souza").expect("an id")).expect("a person");
    assert_eq!(later.away(joao, date(2026, 12, 18)).map(|away| away.until), Some(date(2026, 12, 18)));
}

#[test]
fn a_decision_of_the_example_changes_hands_and_comes_back() {
    let team = example();
    let spend = team.authority.get(&Id::parse("spend").expect("an id")).expect("a decision");
    let first = |now: &str| spend.line(now.parse().expect("a time")).first().map(ToString::to_string);
    assert_eq!(first("2026-11-20T16:59:59Z").as_deref(), Some("dana.fox"));
    assert_eq!(first("2026-11-20T17:00:00Z").as_deref(), Some("chris.lindqvist"), "Fri 18:00 in Berlin");
    assert_eq!(first("2026-11-23T07:00:00Z").as_deref(), Some("dana.fox"), "Mon 08:00 in Berlin");
}

#[test]
fn no_number_of_the_example_can_ever_ring_anybody() {
    // Ranges reserved for fiction: Ofcom, NANPA 555-01xx, ACMA, BNetzA, ARCEP, PTS.
    let fiction = |e164: &str| {
        let us = |rest: &str| rest.len() == 10 && rest.get(3..8) == Some("55501");
        e164.starts_with("+447700900")
            || e164.starts_with("+442079460")
            || e164.strip_prefix("+1").is_some_and(us)
            || ["+61491570156", "+61491570157", "+61491570158"].contains(&e164)
            || e164.starts_with("+4917139200") | e164.starts_with("+493023125")
            || e164.starts_with("+3363998") | e164.starts_with("+3319900")
            || e164.starts_with("+4670174060")
    };
    let team = example();
    let all = numbers(&team);
    let strangers: Vec<_> = all.iter().map(|number| number.e164.as_str()).filter(|e164| !fiction(e164)).collect();
    assert_eq!(strangers, Vec::<&str>::new());
    assert_eq!(all.iter().map(|number| &number.e164).collect::<BTreeSet<_>>().len(), all.len(), "each is distinct");
    let emails: Vec<_> =
        team.people.values().flat_map(|person| &person.emails).filter(|email| !email.ends_with("@example.com")).collect();
    assert_eq!(emails, Vec::<&String>::new());
}

#[test]
fn a_founder_outside_the_example_gets_a_file_and_a_name() {
    let files = files("Say \"hi\" \\ Ltd", "zora.quinn", SCENE, true);
    let checked = check(&files, SCENE);
    assert_eq!(checked.team.name, "Say \"hi\" \\ Ltd");
    let zora = checked.team.people.get(&Id::parse("zora.quinn").expect("an id")).expect("the founder");
    assert_eq!((zora.name.as_str(), zora.zone.as_str()), ("Zora Quinn", "Europe/Berlin"));
    let warnings: Vec<_> = checked.warnings.iter().map(|warning| (warning.file.as_str(), warning.rule.word())).collect();
    assert_eq!(warnings, [("people/zora.quinn.toml", "no-number")], "what is left to do");
    assert_eq!(checked.team.people.len(), example().people.len() + 1);
}

#[test]
fn an_empty_directory_is_good_and_so_is_each_of_its_examples() {
    let files = files("Acme", "alice.okafor", SCENE, false);
    let checked = check(&files, SCENE);
    assert_eq!((checked.team.people.len(), checked.team.systems.len()), (1, 0));
    assert_eq!(checked.warnings.iter().map(|warning| warning.rule.word()).collect::<Vec<_>>(), ["no-number"]);
    // With all examples taken out of their comments, only the people and tools they speak of are missing.
    let open = |text: &str| -> String {
        let code =
            |line: &str| line.contains(" = ") || line.starts_with("[[") || line.starts_with('[') || line.starts_with("1. ");
        text.lines().map(|line| line.strip_prefix("# ").filter(|line| code(line)).unwrap_or(line).to_owned() + "\n").collect()
    };
    let opened: Vec<_> = files.iter().map(|(path, text)| (path.clone(), open(text))).collect();
    let draft = Draft::of(opened.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let problems = authored::check(&draft, SCENE).expect_err("people of whom it speaks");
    let others: Vec<_> = problems.errors.iter().filter(|p| p.rule != authored::Rule::Dangling).map(ToString::to_string).collect();
    assert_eq!(others, Vec::<String>::new());
    assert!(
        problems
            .errors
            .iter()
            .all(|p| ["bob.reyes", "priya.nair", "aws", "okta", "signal"].iter().any(|id| p.message.contains(id))),
        "{problems:?}"
    );
}
