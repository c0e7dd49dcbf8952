//! What leaves the kit for phones and other programs: read again by programs that are not kit, and complete.

use std::{collections::BTreeMap, fs};

use outage_kit::{
    export::{self, Outgoing},
    team::{Kind, Team},
};
use serde_json::Value;

use crate::{
    acme::Acme,
    every_field,
    phone_peers::{contacts, program, python, text},
    vault::{CANARY_CODES, CANARY_NOTE, CANARY_OKTA, CANARY_PASSWORD, CANARY_SEED, Vault},
    world::{NOW, World},
};

/// All shapes, each with the name of its file.
const SHAPES: [(&[&str], &str); 6] = [
    (&["vcard", "--all"], "acme-people.vcf"),
    (&["vcard", "--pager"], "acme-oncall.vcf"),
    (&["ics"], "acme-calendar.ics"),
    (&["csv"], "acme-team.csv"),
    (&["json"], "acme-team.json"),
    (&["markdown"], "acme-team.md"),
];

/// Exports one shape, with more arguments.
fn export(world: &World, shape: &[&str], more: &[&str]) -> crate::world::Run {
    world.kit(["export"].iter().chain(shape).chain(more))
}

/// The directory of the example team, as the library reads it.
fn team(acme: &Acme) -> Team {
    outage_kit::authored::load(&acme.dana.path("team"), jiff::civil::date(2026, 11, 18)).unwrap().team
}

fn outgoing(team: &Team, private: bool) -> Outgoing<'_> {
    let now = NOW.parse().unwrap();
    Outgoing { team, kit: "jl62hcbxczwea7lgptviwuzpwm", seq: 3, created: now, now, private }
}

fn numbers(contact: &Value) -> Vec<String> {
    contact["tel"].as_array().unwrap().iter().map(|tel| text(tel, "number").to_owned()).collect()
}

#[test]
fn every_contact_is_read_by_two_others_with_all_names_and_numbers_u66() {
    let acme = Acme::joined();
    let run = export(&acme.alice, &["vcard", "--all"], &[]);
    run.ok().first_line(&format!("WROTE  15 contacts in {}", acme.alice.path("acme-people.vcf").display()));
    run.has("left out  all that is sealed and all keys, 1 home number (they leave with --private only)");
    let written = String::from_utf8(acme.alice.read("acme-people.vcf")).unwrap();
    for line in written.split_terminator("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
    }
    for card in written.split("BEGIN:VCARD\r\n").skip(1) {
        assert!(card.starts_with("VERSION:3.0\r\n") && card.ends_with("END:VCARD\r\n"), "{card}");
        assert!(card.contains("\r\nFN:") && card.contains("\r\nN:") && card.contains("\r\nUID:person."), "{card}");
    }
    let (team, read) = (team(&acme), contacts(&acme.alice, "acme-people.vcf"));
    assert_eq!(read.len(), team.people.len());
    for (contact, (id, person)) in read.iter().zip(&team.people) {
        assert_eq!((text(contact, "name"), &contact["n"][1]), (person.name.as_str(), &person.name.as_str().into()));
        assert!(text(contact, "uid").starts_with(&format!("person.{id}@")), "{contact}");
        let own = person.numbers.iter().filter(|number| number.kind != Kind::Home);
        assert_eq!(numbers(contact), own.map(|number| number.e164.to_string()).collect::<Vec<_>>(), "{id}");
        let emails: Vec<&str> = contact["email"].as_array().unwrap().iter().map(|email| email.as_str().unwrap()).collect();
        assert_eq!(emails, person.emails, "{id}");
        assert!(text(contact, "note").contains("From kit 2 of Acme, 2026-11-18."), "{contact}");
    }
}

#[test]
fn an_address_book_shows_every_person_and_number() {
    // khard keeps one contact a file, as phones and servers that sync with them do.
    let acme = Acme::joined();
    export(&acme.alice, &["vcard", "alice"], &["--out", "book/alice.vcf"]).fails(2).says("no such file or folder");
    fs::create_dir(acme.alice.path("book")).unwrap();
    for id in team(&acme).people.keys() {
        export(&acme.alice, &["vcard", &format!("person:{id}")], &["--out", &format!("book/{id}.vcf")]).ok();
    }
    let config = format!("[addressbooks]\n[[team]]\npath = {}\n", acme.alice.path("book").display());
    acme.alice.write("khard.conf", config);
    let world = acme.alice.with("HOME", acme.alice.path(""));
    let config = world.path("khard.conf").into_os_string().into_string().unwrap();
    let run = world.run(&program("khard"), ["-c", &config, "phone", "--parsable"], b"");
    let mut shown: Vec<(String, String)> = Vec::new();
    for line in run.ok().stdout.lines() {
        let mut columns = line.split('\t');
        shown.push((columns.next().unwrap().to_owned(), columns.next().unwrap().to_owned()));
    }
    let mut expected: Vec<(String, String)> = Vec::new();
    for person in team(&acme).people.values() {
        let own = person.numbers.iter().filter(|number| number.kind != Kind::Home);
        expected.extend(own.map(|number| (number.e164.to_string(), person.name.clone())));
    }
    shown.sort();
    expected.sort();
    assert_eq!(shown, expected);
}

#[test]
fn kit_takes_its_own_contacts_back_and_finds_nothing_new() {
    let acme = Acme::joined();
    export(&acme.dana, &["vcard", "--all"], &["--private"]).ok();
    let into = |team: &str| acme.dana.kit(["import", "acme-people.vcf", "--into", team, "--yes", "--strict", "--json"]);
    // A team of nobody: everybody is new, with each number and its kind.
    let empty = acme.dana.machine("other");
    empty
        .kit([
            "init",
            "new",
            "--name",
            "New",
            "--as",
            "x",
            "--empty",
            "--reader",
            "plain",
            "--passphrase-file",
            "p",
            "--work-factor",
            "14",
        ])
        .ok();
    into("new").ok();
    let new = outage_kit::authored::load(&acme.dana.path("new"), jiff::civil::date(2026, 11, 18)).unwrap().team;
    let kinds = |team: &Team| -> BTreeMap<String, Vec<(String, Kind)>> {
        let of = |person: &outage_kit::team::Person| {
            person.numbers.iter().map(|number| (number.e164.to_string(), number.kind)).collect::<Vec<_>>()
        };
        team.people.values().map(|person| (person.name.clone(), of(person))).filter(|(_, all)| !all.is_empty()).collect()
    };
    assert_eq!(kinds(&new), kinds(&team(&acme)));
    let zones = |team: &Team| -> Vec<(String, String)> {
        team.people.values().filter(|it| !it.numbers.is_empty()).map(|it| (it.name.clone(), it.zone.to_string())).collect()
    };
    let sorted = |mut zones: Vec<(String, String)>| {
        zones.sort();
        zones
    };
    assert_eq!(sorted(zones(&new)), sorted(zones(&team(&acme))));
    let aliases = |team: &Team| -> BTreeMap<String, Vec<String>> {
        team.people.values().filter(|it| !it.numbers.is_empty()).map(|it| (it.name.clone(), it.aliases.clone())).collect()
    };
    assert_eq!(aliases(&new), aliases(&team(&acme)));
    // The team that it is of: nobody's name or number changes.
    let before = team(&acme);
    into("team").ok();
    assert_eq!(kinds(&team(&acme)), kinds(&before));
    assert_eq!(team(&acme).people.len(), before.people.len());
}

#[test]
fn the_pager_is_one_contact_with_every_number_that_wakes_u68() {
    let acme = Acme::joined();
    export(&acme.alice, &["vcard", "--pager"], &[]).ok().has("WROTE  1 contact in");
    let read = contacts(&acme.alice, "acme-oncall.vcf");
    let [pager] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!(text(pager, "name"), "ONCALL Acme");
    let numbers = numbers(pager);
    let team = team(&acme);
    for (name, wakes) in [("pagerduty", &team.tools), ("slack", &team.tools)]
        .map(|(id, tools)| (id, &tools[&outage_kit::team::Id::parse(id).unwrap()].numbers))
    {
        assert!(wakes.iter().all(|number| numbers.contains(&number.e164.to_string())), "{name}");
    }
    assert_eq!(numbers[0], "+12025550170", "what calls people comes first");
    for bridge in team.bridges.values().flat_map(|it| &it.numbers) {
        assert!(numbers.contains(&bridge.e164.to_string()), "{bridge:?}");
    }
    // Whoever `kit duty` says may call somebody on duty is in it.
    let mut callers = 0;
    for id in team.people.keys() {
        let duty = acme.alice.kit(["duty", &format!("person:{id}"), "--json"]);
        let duty: Value = serde_json::from_str(&duty.ok().stdout).unwrap();
        for caller in duty["callers"].as_array().unwrap() {
            callers += 1;
            let number = text(&caller["number"], "e164");
            assert!(numbers.iter().any(|known| known == number), "{number} of {caller} may wake {id}");
        }
    }
    assert!(callers > 10, "{callers}");
    let mut once = numbers.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), numbers.len());
    assert_eq!(pager["tel"][0]["label"], "PagerDuty");
    assert!(text(pager, "note").contains("From kit 2 of Acme, 2026-11-18."), "{pager}");
    // The next kit's is the same contact.
    let uid = text(pager, "uid").to_owned();
    acme.publish().ok();
    acme.alice.kit(["sync"]).ok();
    export(&acme.alice, &["vcard", "--pager"], &["--force"]).ok();
    let read = contacts(&acme.alice, "acme-oncall.vcf");
    assert_eq!(text(&read[0], "uid"), uid);
    assert!(text(&read[0], "note").contains("From kit 3 of Acme"), "{read:?}");
}

#[test]
fn what_is_private_leaves_only_when_asked_for_and_what_is_sealed_never() {
    let vault = Vault::sealed();
    let alice = &vault.acme.alice;
    let team = team(&vault.acme);
    let home: Vec<_> = team.people.values().flat_map(|it| &it.numbers).filter(|number| number.kind == Kind::Home).collect();
    assert!(!home.is_empty());
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let pin = team.bridges.values().find_map(|bridge| bridge.pin.clone()).unwrap();
    let shapes = [&["vcard", "phone-bridge"][..]];
    for (shape, pins) in
        SHAPES.iter().map(|(shape, _)| (*shape, matches!(shape[0], "json" | "markdown"))).chain(shapes.map(|it| (it, true)))
    {
        let run = export(alice, shape, &["--out", "-"]);
        run.ok().says("Left out: all that is sealed and all keys");
        let all = export(alice, shape, &["--out", "-", "--private"]);
        all.ok();
        for number in &home {
            run.assert(!digits(&run.stdout).contains(&digits(number.e164.as_str())), "no home number");
        }
        let shows_people = !matches!(shape, ["ics"] | ["vcard", "phone-bridge" | "--pager"]);
        all.assert(!shows_people || digits(&all.stdout).contains(&digits(home[0].e164.as_str())), "home numbers when asked for");
        run.assert(!run.stdout.contains(&pin), "no PIN");
        all.assert(all.stdout.contains(&pin) == pins, "the PIN where it has a place, when asked for");
        for secret in [CANARY_PASSWORD, CANARY_SEED, CANARY_CODES.lines().next().unwrap(), CANARY_NOTE, CANARY_OKTA] {
            all.assert(!all.stdout.contains(secret), "no secret");
        }
        for part in ["canary", "BEGIN AGE", "age1", "ssh-ed25519", "-----"] {
            all.lacks(part);
        }
    }
}

#[test]
fn a_file_is_the_users_own_and_nothing_is_overwritten_unasked() {
    let acme = Acme::joined();
    let alice = &acme.alice;
    for (shape, name) in SHAPES {
        export(alice, shape, &[]).ok().has(&format!("in {}\n", alice.path(name).display()));
        let written = alice.read(name);
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(alice.path(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
        // Byte for byte the same on standard output, and nothing else there.
        let piped = export(alice, shape, &["--out", "-"]);
        assert_eq!(piped.ok().stdout.as_bytes(), written, "{name}");
        alice.write(name, "mine");
        export(alice, shape, &[]).fails(1).says("is there already").says("--force").says("--out FILE");
        assert_eq!(alice.read(name), b"mine", "{name}");
        export(alice, shape, &["--force"]).ok();
        assert_eq!(alice.read(name), written, "{name}");
        fs::create_dir_all(alice.path("stick")).unwrap();
        export(alice, shape, &["--out", "stick"]).ok();
        assert_eq!(alice.read(format!("stick/{name}")), written, "{name}");
        let run = export(alice, shape, &["--out", &format!("other-{name}"), "--json"]);
        let answer: Value = serde_json::from_str(&run.ok().stdout).unwrap();
        assert_eq!((&answer["schema"], &answer["shape"]), (&"kit.export-file/1".into(), &shape[0].into()));
        assert_eq!(answer["file"], alice.path(format!("other-{name}")).to_str().unwrap());
        assert_eq!(answer["bytes"], written.len());
        export(alice, shape, &["--out", "-", "--json"]).fails(2).says("--json says where");
        // A link is not followed.
        std::os::unix::fs::symlink(alice.path("box/bundle.kit"), alice.path(format!("link-{name}"))).unwrap();
        let bundle = alice.read("box/bundle.kit");
        export(alice, shape, &["--out", &format!("link-{name}")]).fails(1);
        export(alice, shape, &["--out", &format!("link-{name}"), "--force"]).fails(2);
        assert_eq!(alice.read("box/bundle.kit"), bundle);
    }
}

#[test]
fn one_contact_or_one_calendar_has_the_name_of_whom_it_is_of() {
    let acme = Acme::joined();
    for (arguments, name) in [
        (&["vcard", "alice"][..], "alice-okafor-contact.vcf"),
        (&["vcard", "phone-bridge"], "phone-bridge-contact.vcf"),
        (&["vcard", "aws-support"], "aws-support-contact.vcf"),
        (&["ics", "--mine"], "alice-okafor-calendar.ics"),
        (&["ics", "dana.fox"], "dana-fox-calendar.ics"),
    ] {
        export(&acme.alice, arguments, &[]).ok().has(&format!("/{name}\n"));
    }
    let read = contacts(&acme.alice, "aws-support-contact.vcf");
    assert_eq!((text(&read[0], "name"), numbers(&read[0])), ("AWS Enterprise Support", vec!["+12025550150".to_owned()]));
    export(&acme.alice, &["vcard", "nobody-at-all"], &[]).fails(3);
    export(&acme.alice, &["vcard", "alice", "--pager"], &[]).fails(2);
}

#[test]
fn rows_are_read_by_python_with_every_number_d10() {
    let acme = Acme::joined();
    export(&acme.alice, &["csv"], &[]).ok().has("mind      cells that begin like a formula");
    let rows = python(&acme.alice, "rows", "acme-team.csv");
    let rows = rows.as_array().unwrap();
    let mut shown: Vec<(String, String)> = Vec::new();
    for row in rows {
        let columns: Vec<&str> = export::CSV_COLUMNS.iter().map(|column| text(row, column)).collect();
        assert_eq!(row.as_object().unwrap().len(), columns.len(), "{row}");
        assert!(!columns.iter().any(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{row}");
        let number = text(row, "number");
        assert_eq!(number.is_empty(), !text(row, "guarded").split(' ').any(|column| column == "number"), "{row}");
        if !number.is_empty() {
            let e164: String = number.strip_prefix('\'').unwrap().chars().filter(|c| *c != ' ').collect();
            shown.push((text(row, "id").to_owned(), e164));
        }
    }
    let team = team(&acme);
    let mut expected: Vec<(String, String)> = Vec::new();
    let people = team.people.iter().map(|(id, it)| (id.to_string(), &it.numbers));
    let tools = team.tools.iter().map(|(id, it)| (id.to_string(), &it.numbers));
    let bridges = team.bridges.iter().map(|(id, it)| (id.to_string(), &it.numbers));
    for (id, all) in people.chain(tools).chain(bridges).chain(team.vendors.iter().map(|(id, it)| (id.to_string(), &it.numbers))) {
        let leave = all.iter().filter(|number| number.kind != Kind::Home);
        expected.extend(leave.map(|number| (id.clone(), number.e164.to_string())));
    }
    shown.sort();
    expected.sort();
    assert_eq!(shown, expected);
}

#[test]
fn every_number_of_a_page_is_a_link_to_call() {
    let acme = Acme::joined();
    export(&acme.alice, &["markdown"], &[]).ok();
    let page = python(&acme.alice, "page", "acme-team.md");
    assert_eq!(page["other"], Value::Array(vec![]));
    let links: Vec<&str> = page["links"].as_array().unwrap().iter().map(|link| link.as_str().unwrap()).collect();
    let (team, shown) = (team(&acme), text(&page, "text"));
    for person in team.people.values() {
        assert!(shown.contains(&person.name), "{}", person.name);
        for number in person.numbers.iter().filter(|number| number.kind != Kind::Home) {
            assert!(
                shown.contains(number.read_aloud()) && links.contains(&format!("tel:{}", number.e164).as_str()),
                "{number:?}"
            );
        }
    }
    assert!(links.iter().all(|link| link.starts_with("tel:+") && link[5..].bytes().all(|byte| byte.is_ascii_digit())));
}

/// Golden files, one a shape, of a team with every field: what changes here, changes for programs of others.
#[test]
fn a_team_with_every_field_is_written_as_it_was() {
    let team = every_field::by_hand();
    let out = outgoing(&team, false);
    let all: Vec<_> = team.people.iter().collect();
    let horizon = export::Horizon { person: None, days: 30 };
    for (name, made) in [
        ("people.vcf", export::people(out, &all)),
        ("oncall.vcf", export::pager(out)),
        ("calendar.ics", export::ics(out, horizon)),
        ("team.csv", export::csv(out)),
        ("team.json", export::json(out)),
        ("private.json", export::json(outgoing(&team, true))),
        ("team.md", export::markdown(out)),
    ] {
        let path = format!("{}/tests/data/export/{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("KIT_TRANSCRIPTS").is_some_and(|value| value == "write") {
            fs::create_dir_all(std::path::Path::new(&path).parent().unwrap()).unwrap();
            fs::write(&path, &made.text).unwrap();
        }
        let golden = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(made.text, golden, "{path}: KIT_TRANSCRIPTS=write writes it anew");
    }
}

#[test]
fn programs_find_every_name_in_the_json_also_where_there_is_nothing() {
    let keys = |team: &Team| -> Vec<String> {
        let made = export::json(outgoing(team, false));
        let read: Value = serde_json::from_str(&made.text).unwrap();
        assert_eq!(read["schema"], "kit.team/1");
        read.as_object().unwrap().keys().cloned().collect()
    };
    let full = every_field::by_hand();
    assert_eq!(keys(&full), keys(&Team::named("Nobody")));
    let read: Value = serde_json::from_str(&export::json(outgoing(&full, false)).text).unwrap();
    let people = read["people"].as_array().unwrap();
    let names = |at: usize| people[at].as_object().unwrap().keys().collect::<Vec<_>>();
    assert_eq!(names(0), names(1), "one has everything, the other nothing");
    assert_eq!((&read["bridges"][0]["pin"], &read["vendors"][0]["pin"]), (&Value::Null, &Value::Null));
}
