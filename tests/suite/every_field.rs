//! Every field of the model can be written down: one file beside the same team built by hand, without `..`, so that a new
//! field does not compile until it stands here too.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::date};
use outage_kit::{
    authored::{self, Draft},
    team::{
        Absence, Authority, Avoid, Bridge, Checked, Credential, Device, E164, Hours, Id, Kind, Need, Number, Part, Person,
        Policy, Ref, Rehearsal, Responder, Role, Rule, System, Team, Tier, Tool, Vendor, Waiver, Wake, WakeWhen, Window, Zone,
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
        calendars: Vec::new(),
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
        numbers: Vec::new(),
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
                bring: Vec::new(),
                woken_by: texts(&["push", "call"]),
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

fn by_hand() -> Team {
    let system = System {
        name: "Payments database".into(),
        aliases: texts(&["pay-db"]),
        tier: Some(1),
        owners: vec![Responder::new("bob"), Responder::new("alice")],
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
        delegations: Vec::new(),
        from: None,
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
    };
    Team {
        name: "Every \"field\" GmbH".into(),
        lead: Some(id("lead")),
        rendezvous: some("the canteen"),
        say_first: some("your name"),
        woken_by: Vec::new(),
        people: people(),
        systems: [(id("payments-db"), system)].into(),
        tools: tools(),
        bridges: [(id("phone"), bridge)].into(),
        authority: [(id("lead"), authority)].into(),
        vendors: [(id("cloud"), vendor)].into(),
        tiers: [(
            id("break-glass"),
            Tier { name: "Break-glass".into(), rule: Rule::Of { k: 2, n: 2 }, holders: vec![id("alice"), id("bob")] },
        )]
        .into(),
        credentials: [(id("slack-owner"), credential)].into(),
        windows: [(id("migration"), window())].into(),
        rotas: BTreeMap::new(),
        calendars: BTreeMap::new(),
        devices: vec![Device {
            person: id("alice"),
            name: "laptop".into(),
            reader: "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".into(),
            opener: "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg".into(),
            key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti".into(),
            added: Some(date(2026, 11, 18)),
        }],
        policy: Policy {
            number_stale_days: 60,
            refresh_days: 7,
            owners_min: 2,
            answer_within_min: 5,
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
    let draft = Draft::of([("kit.toml", include_str!("../data/every-field.toml"))]);
    let checked = authored::check(&draft, date(2026, 11, 18)).expect("no mistakes");
    assert_eq!(checked.team, by_hand());
    let warnings: Vec<_> = checked.warnings.iter().map(|warning| (warning.rule.word(), warning.about.as_deref())).collect();
    assert_eq!(warnings, [("few-holders", Some("tier:break-glass"))]);
}

#[test]
fn a_team_survives_the_payload_unchanged() {
    let team = by_hand();
    let json = serde_json::to_string(&team).expect("plain data");
    assert_eq!(serde_json::from_str::<Team>(&json).expect("its own words"), team);
}
