//! Every field of the model can be written down: one file beside the same team built by hand, without `..`, so that a new
//! field does not compile until it stands here too.

use std::collections::BTreeMap;

use jiff::{
    Timestamp,
    civil::{Date, date, time as civil_time},
};
use outage_kit::{
    authored::{self, Draft},
    team::{
        Absence, Authority, Avoid, Bridge, Calendar, CalendarKind, Checked, Credential, Delegation, Device, E164, Hours, Id,
        Kind, Ledger, NamedDays, Need, Number, Opening, Override, Part, Person, Policy, Ref, Rehearsal, Responder, Role, Rota,
        Rotate, Rule, Shift, System, Task, Team, Tier, Tool, Vendor, Waiver, Wake, WakeWhen, Window, Zone,
    },
};

fn id<T>(text: &str) -> Id<T> {
    Id::parse(text).expect("an id")
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|&text| text.to_owned()).collect()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn number(written: &str, e164: &str, shown: &str, kind: Kind) -> Number {
    let (e164, shown, written) = (E164::parse(e164).expect("a number"), shown.to_owned(), written.to_owned());
    Number { e164, shown, written, kind, carrier: None, note: None, checked: None }
}

fn checked(day: i8, by: Option<&str>) -> Option<Checked> {
    Some(Checked { on: date(2026, 11, day), by: by.map(id) })
}

fn people() -> BTreeMap<Id<Person>, Person> {
    let mobile = Number {
        carrier: some("Vodafone"),
        note: some("let it ring"),
        checked: checked(12, Some("bob")),
        ..number("07700 900123", "+447700900123", "+44 7700 900123", Kind::Satellite)
    };
    let second =
        Number { checked: checked(12, None), ..number("+1 202 555 0143", "+12025550143", "+1 202 555 0143", Kind::Mobile) };
    let alice = Person {
        name: "Alice Okafor".into(),
        aliases: texts(&["ally", "@alice"]),
        title: some("Engineer"),
        teams: texts(&["payments", "platform"]),
        zone: Zone::parse("Europe/London").expect("a zone"),
        hours: Some(Hours::parse("22:00-06:00").expect("hours")),
        place: some("London"),
        emails: texts(&["alice@example.com", "ao@example.com"]),
        numbers: vec![mobile, second],
        message: some("Signal"),
        wake: Wake { how: some("ring twice"), when: WakeWhen::If("payments-db is down".into()) },
        calendars: vec![id("germany"), id("away")],
        absences: vec![Absence {
            from: date(2026, 12, 24),
            until: date(2026, 12, 24),
            delegate: Some(id("bob")),
            why: some("holiday"),
        }],
        note: some("Two lines,\nthe second one."),
    };
    let bob = Person {
        name: "Bob".into(),
        aliases: Vec::new(),
        title: None,
        teams: Vec::new(),
        zone: Zone::parse("UTC").expect("a zone"),
        hours: None,
        place: None,
        emails: Vec::new(),
        numbers: Vec::new(),
        message: None,
        wake: Wake { how: None, when: WakeWhen::Never },
        calendars: Vec::new(),
        absences: Vec::new(),
        note: None,
    };
    [(id("alice"), alice), (id("bob"), bob)].into()
}

fn tools() -> BTreeMap<Id<Tool>, Tool> {
    let slack = Tool {
        name: "Slack".into(),
        aliases: texts(&["chat"]),
        purpose: some("chat"),
        reach: some("https://slack.example.com"),
        status_page: some("https://slack-status.com"),
        owner: Some(id("bob")),
        numbers: vec![Number {
            note: some("voice"),
            ..number("+1 202 555 0170", "+12025550170", "+1 202 555 0170", Kind::Mobile)
        }],
        backups: vec![Ref::new("bridge:phone"), Ref::new("signal")],
        needs: vec![Need::new("internet")],
        avoid: vec![Avoid { what: "Zoom chat".into(), why: "the same sign-in".into() }],
        credential: Some(id("slack-owner")),
        checked: checked(1, Some("alice")),
    };
    let signal = Tool {
        name: "Signal".into(),
        aliases: Vec::new(),
        purpose: None,
        reach: None,
        status_page: None,
        owner: None,
        numbers: Vec::new(),
        backups: Vec::new(),
        needs: Vec::new(),
        avoid: Vec::new(),
        credential: None,
        checked: None,
    };
    [(id("slack"), slack), (id("signal"), signal)].into()
}

fn window() -> Window {
    Window {
        name: "Migration".into(),
        aliases: texts(&["mig"]),
        start: time("2026-11-20T05:00:00Z"),
        end: time("2026-11-22T23:00:00Z"),
        systems: vec![id("payments-db")],
        roles: vec![
            Role {
                person: id("alice"),
                part: Part::Needed,
                does: some("leads"),
                from: Some(time("2026-11-20T05:00:00Z")),
                until: Some(time("2026-11-21T04:00:00Z")),
                released_by: Some(id("bob")),
                bring: texts(&["laptop", "hardware key"]),
                woken_by: texts(&["push", "call"]),
            },
            Role {
                person: id("alice"),
                part: Part::Standby,
                does: None,
                from: Some(time("2026-11-21T05:00:00Z")),
                until: None,
                released_by: None,
                bring: Vec::new(),
                woken_by: Vec::new(),
            },
            Role {
                person: id("bob"),
                part: Part::NotNeeded,
                does: None,
                from: None,
                until: None,
                released_by: None,
                bring: Vec::new(),
                woken_by: Vec::new(),
            },
        ],
        rollback: texts(&["slow"]),
        go_no_go: some("ask"),
        announce: some("say"),
        rehearsals: vec![Rehearsal { on: date(2026, 11, 8), who: vec![id("alice")] }],
        acknowledge: vec![id("alice"), id("bob")],
    }
}

fn rota() -> Rota {
    let zone = |name: &str| Zone::parse(name).expect("a zone");
    Rota {
        name: "On call".into(),
        aliases: texts(&["oncall"]),
        until: Some(time("2027-02-22T08:00:00Z")),
        shifts: vec![
            Shift {
                name: some("By day"),
                zone: zone("America/New_York"),
                people: vec![id("bob"), id("alice")],
                first: date(2026, 11, 2),
                turn_days: 14,
                handover: civil_time(9, 0, 0, 0),
                hours: Some(Hours::parse("08:00-20:00").expect("hours")),
                days: vec![1, 2, 7],
            },
            Shift {
                name: None,
                zone: zone("Europe/Berlin"),
                people: vec![id("alice")],
                first: date(2026, 11, 2),
                turn_days: 3,
                handover: civil_time(10, 30, 0, 0),
                hours: None,
                days: Vec::new(),
            },
        ],
        overrides: vec![Override {
            from: time("2026-11-24T08:00:00Z"),
            until: time("2026-11-24T18:00:00Z"),
            person: id("bob"),
            instead_of: Some(id("alice")),
            why: some("a swap"),
        }],
    }
}

fn calendars() -> BTreeMap<Id<Calendar>, Calendar> {
    let days = |from: Date, until: Date, name: &str| NamedDays { from, until, name: name.into() };
    let one = |on: Date, name: &str| days(on, on, name);
    let away = Calendar {
        name: "Away".into(),
        aliases: texts(&["holidays"]),
        kind: CalendarKind::Absences,
        days: vec![days(date(2026, 12, 21), date(2027, 1, 3), "Skiing")],
    };
    let germany = Calendar {
        name: "Germany".into(),
        aliases: Vec::new(),
        kind: CalendarKind::Holidays,
        days: vec![
            one(date(2026, 12, 25), "Christmas Day"),
            one(date(2026, 12, 26), "Second Day of Christmas"),
            one(date(2027, 1, 1), "New Year's Day"),
            one(date(2027, 3, 26), "Good Friday"),
            one(date(2027, 3, 29), "Easter Monday"),
            one(date(2027, 5, 1), "Labour Day"),
            one(date(2027, 5, 6), "Ascension Day"),
            one(date(2027, 5, 17), "Pentecost Monday"),
            one(date(2027, 10, 3), "German Unity Day"),
            one(date(2027, 12, 25), "Christmas Day"),
            one(date(2027, 12, 26), "Second Day of Christmas"),
            one(date(2028, 1, 1), "New Year's Day"),
            one(date(2028, 4, 14), "Good Friday"),
            one(date(2028, 4, 17), "Easter Monday"),
            one(date(2028, 5, 1), "Labour Day"),
        ],
    };
    let family = Calendar {
        name: "Family days".into(),
        aliases: Vec::new(),
        kind: CalendarKind::Observances,
        days: vec![
            one(date(2026, 12, 24), "Christmas Eve"),
            one(date(2026, 12, 31), "New Year's Eve"),
            one(date(2027, 5, 6), "Father's Day"),
            one(date(2027, 5, 9), "Mother's Day"),
            one(date(2027, 12, 24), "Christmas Eve"),
            one(date(2027, 12, 31), "New Year's Eve"),
            one(date(2028, 5, 14), "Mother's Day"),
        ],
    };
    [(id("away"), away), (id("germany"), germany), (id("family"), family)].into()
}

pub fn by_hand() -> Team {
    let system = System {
        name: "Payments database".into(),
        aliases: texts(&["pay-db"]),
        tier: Some(1),
        owners: vec![Responder::new("rota:on-call"), Responder::new("alice")],
        playbook: some("https://wiki.example.com/p"),
        runbook: some("1. promote\n2. tell"),
        needs: vec![Need::new("tool:slack"), Need::new("cloud"), Need::new("dns")],
    };
    let bridge = Bridge {
        name: "Phone bridge".into(),
        aliases: texts(&["call"]),
        order: 3,
        numbers: vec![number("+1 202 555 0100", "+12025550100", "+1 202 555 0100", Kind::Other)],
        pin: some("4829 13 #"),
        host_key: some("1 #"),
        reach: some("or walk"),
        needs: vec![Need::new("phone")],
        tested: checked(9, Some("bob")),
        note: some("no internet"),
    };
    let authority = Authority {
        decision: "Leads".into(),
        aliases: texts(&["boss"]),
        holder: Responder::new("alice"),
        successors: vec![Responder::new("bob")],
        delegations: vec![Delegation {
            to: Responder::new("on-call"),
            from: time("2026-11-20T23:00:00Z"),
            until: time("2026-11-23T13:00:00Z"),
            limits: some("10 EUR"),
            why: some("in the air"),
        }],
        from: Some(time("2026-11-01T16:00:00Z")),
        conditions: texts(&["one", "two"]),
        limits: some("20 EUR"),
        until: Some(time("2026-12-01T17:00:00Z")),
        window: Some(id("migration")),
    };
    let vendor = Vendor {
        name: "Cloud".into(),
        aliases: texts(&["clouds"]),
        numbers: vec![number("+44 20 7946 0177", "+442079460177", "+44 20 7946 0177", Kind::Work)],
        account: some("1"),
        contract: some("2"),
        pin: some("3"),
        url: some("https://cloud.example.com"),
        note: some("say: down"),
    };
    let credential = Credential {
        title: "Slack owner".into(),
        aliases: texts(&["so"]),
        tier: id("break-glass"),
        owner: Some(id("alice")),
        sign_in: some("https://slack.example.com  choose \"owner\""),
        rotate_by: Some(date(2027, 1, 1)),
        needs: vec![Need::new("internet")],
        capsule: None,
    };
    Team {
        name: "Every \"field\" GmbH".into(),
        lead: Some(id("lead")),
        rendezvous: some("the canteen"),
        say_first: some("your name"),
        woken_by: texts(&["push", "call from +1 202 555 0170"]),
        suggested_sources: texts(&["https://kit.example.com/acme/", "git+ssh://git@example.com/acme/kit.git"]),
        people: people(),
        systems: [(id("payments-db"), system)].into(),
        tools: tools(),
        bridges: [(id("phone"), bridge)].into(),
        authority: [(id("lead"), authority)].into(),
        vendors: [(id("cloud"), vendor)].into(),
        tiers: [(
            id("break-glass"),
            Tier {
                name: "Break-glass".into(),
                rule: Rule::Of { k: 2, n: 2 },
                holders: vec![id("alice"), id("bob")],
                keys: vec![],
            },
        )]
        .into(),
        credentials: [(id("slack-owner"), credential)].into(),
        windows: [(id("migration"), window())].into(),
        rotas: [(id("on-call"), rota())].into(),
        calendars: calendars(),
        devices: vec![Device {
            person: id("alice"),
            name: "laptop".into(),
            reader: "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".into(),
            opener: "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg".into(),
            key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti".into(),
            added: Some(date(2026, 11, 18)),
        }],
        tasks: vec![],
        ledger: Ledger::default(),
        policy: Policy {
            rotate_within_h: 12,
            rescue_days: 60,
            auditors: vec![id("bob")],
            number_stale_days: 60,
            refresh_days: 7,
            owners_min: 2,
            answer_within_min: 7,
            waivers: vec![Waiver {
                what: "no-number person:bob".into(),
                owner: "alice".into(),
                reason: "has no telephone".into(),
                until: date(2026, 12, 31),
            }],
        },
    }
}

#[test]
fn a_file_with_every_key_makes_the_team_it_says() {
    let absences = include_str!("../data/away.ics");
    let draft = Draft::of([("kit.toml", include_str!("../data/every-field.toml")), ("calendars/away.ics", absences)]);
    let checked = authored::check(&draft, date(2026, 11, 18)).expect("no mistakes");
    assert_eq!(checked.team, by_hand());
    let warnings: Vec<_> = checked.warnings.iter().map(|warning| (warning.rule.word(), warning.about.as_deref())).collect();
    assert_eq!(warnings, [("few-holders", Some("tier:break-glass"))]);
}

#[test]
fn the_format_names_every_key_of_a_team() {
    let format = include_str!("../../docs/format.md");
    let (_, table) = format.split_once("`team` holds:").expect("the table");
    let (table, _) = table.split_once("**Keys are only ever added.**").expect("the rule");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let named: Vec<String> = rows.flat_map(|(keys, _)| keys.split('`').skip(1).step_by(2).map(str::to_owned)).collect();
    let (id, at) = (id("slack-owner"), jiff::Timestamp::UNIX_EPOCH);
    let rotate = Rotate::Credential { id: self::id("slack-owner"), version: 1 };
    let task = Task { rotate, why: "bob left".into(), since: date(2026, 11, 18), by: date(2026, 11, 19) };
    let ledger = Ledger { openings: vec![Opening { credential: id, version: 1, at }], ..Ledger::default() };
    let team = serde_json::to_value(Team { tasks: vec![task], ledger, ..by_hand() }).expect("plain data");
    let mut keys: Vec<String> = team.as_object().expect("an object").keys().cloned().collect();
    let mut listed = named.clone();
    keys.sort();
    listed.sort();
    assert_eq!(listed, keys);
}

#[test]
fn what_a_newer_program_added_is_passed_over_and_what_an_older_one_lacks_is_empty() {
    // Each object of a team, with a key that nobody knows yet.
    fn add(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                map.values_mut().for_each(add);
                // Objects by id hold things, no keys: an unknown thing there would be one more thing.
                if map.contains_key("name") || map.contains_key("person") || map.contains_key("from") {
                    map.insert("from_the_future".to_owned(), serde_json::json!({ "a": [1] }));
                }
            }
            serde_json::Value::Array(list) => list.iter_mut().for_each(add),
            _ => {}
        }
    }
    let mut newer = serde_json::to_value(by_hand()).expect("plain data");
    add(&mut newer);
    assert!(newer.to_string().matches("from_the_future").count() > 20);
    assert_eq!(serde_json::from_value::<Team>(newer).expect("passed over"), by_hand());
    let oldest = serde_json::json!({ "name": "Acme" });
    assert_eq!(serde_json::from_value::<Team>(oldest).expect("empty"), Team::named("Acme"));
}

#[test]
fn a_team_survives_the_payload_unchanged() {
    let team = by_hand();
    let json = serde_json::to_string(&team).expect("plain data");
    assert_eq!(serde_json::from_str::<Team>(&json).expect("its own words"), team);
}
