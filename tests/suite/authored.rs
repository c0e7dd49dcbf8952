//! The team directory: every rule, every mistake at once, every field of the model.

use std::{collections::BTreeSet, fs, path::Path};

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};
use outage_kit::{
    authored::{self, Checked, Draft, Problem, Problems, Rule},
    team::{Hours, Id, Override, Person, Rota, Shift, Zone},
};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 18);
const KIT: &str = "[team]\nname = \"Acme\"\n";
/// Two people, so that there is somebody to refer to. Numbers are checked, so that nothing else is worth a word.
const PEOPLE: &str = r#"
[[person]]
id = "alice"
name = "Alice Okafor"
zone = "Europe/London"
[[person.number]]
number = "+44 7700 900123"
checked = 2026-11-12

[[person]]
id = "bob"
name = "Bob Reyes"
zone = "America/New_York"
[[person.number]]
number = "+1 202 555 0143"
checked = 2026-11-12
"#;
const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";
const READER: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const OPENER: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

fn findings(checked: Result<Checked, Problems>) -> Vec<Problem> {
    match checked {
        Ok(checked) => checked.warnings,
        Err(problems) => problems.errors.into_iter().chain(problems.warnings).collect(),
    }
}

/// What is found in `x.toml` beside a good team.
fn found(text: &str) -> Vec<Problem> {
    findings(authored::check(&Draft::of([("kit.toml", KIT), ("people.toml", PEOPLE), ("x.toml", text)]), TODAY))
}

fn place(problem: &Problem) -> String {
    format!("{}:{}:{} {}", problem.file, problem.line, problem.column, problem.rule.word())
}

#[test]
fn each_rule_names_its_mistake_once_and_where_it_stands() {
    let device = |person: &str, reader: &str, opener: &str, key: &str| {
        format!(
            "[[device]]\nperson = \"{person}\"\nname = \"laptop\"\nreader = \"{reader}\"\nopener = \"{opener}\"\nkey = \"{key}\"\n"
        )
    };
    let person = |more: &str| {
        format!(
            "[[person]]\nid = \"c\"\nname = \"Carl\"\nzone = \"Europe/Berlin\"\n{more}\n[[person.number]]\nnumber = \"+49 171 3920022\"\nchecked = 2026-11-12\n"
        )
    };
    let system = |more: &str| {
        format!("[[system]]\nid = \"s\"\nname = \"S\"\nowners = [\"alice\", \"bob\", \"c\"]\n{more}\n") + &person("")
    };
    let window = |times: &str| format!("[[window]]\nid = \"w\"\nname = \"W\"\n{times}\n");
    let tool = |id: &str, more: &str| format!("[[tool]]\nid = \"{id}\"\nname = \"{}\"\n{more}\n", id.to_uppercase());
    let tier = |more: &str| format!("[[tier]]\nid = \"t\"\nname = \"T\"\nholders = [\"alice\", \"bob\"]\n{more}\n");
    let bridge = |id: &str, more: &str| format!("[[bridge]]\nid = \"{id}\"\nname = \"{}\"\n{more}\n", id.to_uppercase());
    let rota = |more: &str, shift: &str| {
        let shift = format!("[[rota.shift]]\npeople = [\"alice\", \"bob\"]\nfirst = 2026-11-02\n{shift}\n");
        format!("[[rota]]\nid = \"r\"\nname = \"R\"\nzone = \"Europe/Berlin\"\n{more}\n{shift}")
    };
    let swap =
        |more: &str| rota("", "") + "[[rota.override]]\nfrom = 2026-11-19T09:00:00\nuntil = 2026-11-19T12:00:00\n" + more + "\n";
    let calendar = |more: &str| format!("[[calendar]]\nid = \"c\"\nname = \"C\"\n{more}\n");
    let authority =
        |more: &str| format!("[[authority]]\nid = \"a\"\ndecision = \"A\"\nholder = \"bob\"\nzone = \"UTC\"\n{more}\n");
    const TIMES: &str = "start = 2026-11-20T06:00:00Z\nend = 2026-11-20T18:00:00Z\n";
    let role = |times: &str| format!("[[window.role]]\nperson = \"bob\"\npart = \"needed\"\n{times}\n");
    let one_after_the_other = format!("{TIMES}{}{}", role("until = 2026-11-20T12:00:00Z"), role("from = 2026-11-20T12:00:00Z"));
    assert_eq!(found(&window(&one_after_the_other)), [], "one person may have several parts");
    let cases: Vec<(Rule, String, &str)> = vec![
        (Rule::Syntax, "[[person]]\nid = \"c\nname = \"C\"\n".into(), "2:8"),
        (Rule::TwoTables, KIT.into(), "1:2"),
        (Rule::UnknownKey, person("emial = [\"c@example.com\"]"), "5:1"),
        (Rule::UnknownKey, "[[persn]]\nid = \"c\"\n".into(), "1:3"),
        (Rule::UnknownKey, "id = \"c\"\n".into(), "1:1"),
        (Rule::MissingKey, "\n[[person]]\nid = \"c\"\nname = \"Carl\"\n".into(), "2:1"),
        (Rule::WrongType, person("aliases = \"cm\""), "5:11"),
        (Rule::WrongType, "[person]\nid = \"c\"\n".into(), "1:2"),
        (Rule::WrongType, person("[[person.absence]]\nfrom = \"2026-12-24\"\nuntil = 2026-12-25"), "6:8"),
        (Rule::Range, system("tier = 0"), "5:8"),
        (Rule::Word, person("wake_when = \"sometimes\""), "5:1"),
        (Rule::Word, tier("rule = \"3-of-2\""), "5:8"),
        (Rule::Secret, tier("") + "[[credential]]\nid = \"r\"\ntitle = \"R\"\ntier = \"t\"\npassword = \"hunter2\"\n", "10:1"),
        (Rule::Secret, person("note = \"\"\"\nAGE-SECRET-KEY-1X\"\"\""), "5:8"),
        (Rule::Secret, device("alice", "AGE-SECRET-KEY-1X", OPENER, KEY), "4:10"),
        (Rule::Text, person("title = \"a\\u001b[2Jb\""), "5:9"),
        (Rule::Text, person("title = \"evil\\u202Egpj\""), "5:9"),
        (Rule::Text, person("title = \"two\\nlines\""), "5:9"),
        (Rule::Text, person(&format!("title = \"a{}\"", "\u{301}".repeat(200))), "5:9"),
        (Rule::MixedScript, person("aliases = [\"\u{410}nna\"]"), "5:12"),
        (
            Rule::LookAlike,
            person("aliases = [\"\u{430}\u{441}\u{435}\"]")
                + "[[person]]\nid = \"d\"\nname = \"ace\"\nzone = \"UTC\"\n[[person.number]]\nnumber = \"+49 171 3920033\"\nchecked = 2026-11-12\n",
            "5:12",
        ),
        (Rule::Email, person("emails = [\"Carl <c@example.com>\"]"), "5:11"),
        (Rule::Address, system("playbook = \"https://bank@evil.example/\""), "5:1"),
        (Rule::Address, tool("a", "status_page = \"javascript:alert(1)\""), "4:1"),
        (Rule::Zone, "[[person]]\nid = \"c\"\nname = \"Carl\"\nzone = \"Europe/Belrin\"\n".into(), "4:8"),
        (Rule::Hours, person("hours = \"9 to 5\""), "5:9"),
        (Rule::LocalTime, window("start = 2026-11-20T06:00:00\nend = 2026-11-20T18:00:00"), "4:9"),
        (Rule::LocalTime, window("zone = \"Europe/Berlin\"\nstart = 2027-03-28T02:30:00\nend = 2027-03-28T18:00:00"), "5:9"),
        (Rule::NumberCountry, person("[[person.number]]\nnumber = \"0171 3920044\"\nchecked = 2026-11-12"), "6:10"),
        (Rule::NumberDialable, person("[[person.number]]\nnumber = \"*21*123#\"\nchecked = 2026-11-12"), "6:10"),
        (
            Rule::Command,
            tier("") + "[[credential]]\nid = \"r\"\ntitle = \"R\"\ntier = \"t\"\n[credential.from]\npassword = \"op read 'x\"\n",
            "11:12",
        ),
        (Rule::DeviceKey, device("alice", "age1nonsense", OPENER, KEY), "4:10"),
        (Rule::DeviceKey, device("alice", READER, OPENER, "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ=="), "6:7"),
        (Rule::Id, "[[vendor]]\nid = \"Big Cloud\"\nname = \"Big Cloud\"\n".into(), "2:6"),
        (Rule::DuplicateId, "[[vendor]]\nid = \"v\"\nname = \"V\"\n[[vendor]]\nid = \"v\"\nname = \"W\"\n".into(), "5:6"),
        (Rule::Dangling, tier("").replace("\"bob\"", "\"bbo\""), "4:21"),
        (Rule::Dangling, tool("a", "needs = [\"internett\"]"), "4:10"),
        (Rule::Ambiguous, tool("a", "") + &tool("b", "backups = [\"a\"]") + &bridge("a", "order = 1"), "8:12"),
        (Rule::Twice, tier("").replace("\"bob\"", "\"bob\", \"bob\""), "4:28"),
        (Rule::Own, tool("a", "backups = [\"a\"]"), "4:12"),
        (Rule::Own, person("[[person.absence]]\nfrom = 2026-12-24\nuntil = 2026-12-25\ndelegate = \"c\""), "8:1"),
        (
            Rule::BackupCycle,
            tool("a", "backups = [\"b\"]") + &tool("b", "backups = [\"d\"]") + &tool("d", "backups = [\"a\"]"),
            "4:12",
        ),
        (
            Rule::SameEmail,
            person("emails = [\"x@example.com\"]")
                + "[[person]]\nid = \"d\"\nname = \"D\"\nzone = \"UTC\"\nemails = [\"X@example.com\"]\n[[person.number]]\nnumber = \"+49 171 3920033\"\nchecked = 2026-11-12\n",
            "13:11",
        ),
        (Rule::SameAlias, person("aliases = [\"bob\"]"), "5:12"),
        (Rule::SameDevice, device("alice", READER, OPENER, KEY) + &device("alice", OPENER, READER, KEY), "7:1"),
        (Rule::SameDevice, device("alice", READER, READER, KEY), "5:1"),
        (Rule::EndBeforeStart, window("start = 2026-11-20T06:00:00Z\nend = 2026-11-20T06:00:00Z"), "5:1"),
        (Rule::EndBeforeStart, person("[[person.absence]]\nfrom = 2026-12-24\nuntil = 2026-12-23"), "7:1"),
        (Rule::TierHolders, tier("rule = \"2-of-3\""), "5:1"),
        (Rule::SameNumber, person("[[person.number]]\nnumber = \"+44 7700 900123\"\nchecked = 2026-11-12"), "6:1"),
        (Rule::SameOrder, bridge("a", "order = 1") + &bridge("b", "order = 1"), "6:6"),
        (Rule::NeedCycle, tool("a", "needs = [\"b\"]") + &tool("b", "needs = [\"a\"]"), "4:10"),
        (
            Rule::NeedCycle,
            tier("")
                + &tool("a", "credential = \"r\"")
                + "[[credential]]\nid = \"r\"\ntitle = \"R\"\ntier = \"t\"\nneeds = [\"a\"]\n",
            "9:1",
        ),
        (Rule::FewOwners, "[[system]]\nid = \"s\"\nname = \"S\"\nowners = [\"alice\"]\n".into(), "2:6"),
        (Rule::FewHolders, tier("rule = \"2-of-2\""), "4:1"),
        (Rule::NoNumber, "[[person]]\nid = \"c\"\nname = \"Carl\"\nzone = \"Europe/Berlin\"\n".into(), "2:6"),
        (Rule::StaleNumber, person("[[person.number]]\nnumber = \"+49 30 23125 044\"\nchecked = 2026-01-01"), "7:1"),
        (Rule::StaleNumber, person("[[person.number]]\nnumber = \"+49 30 23125 044\""), "2:6"),
        (Rule::FutureCheck, bridge("a", "order = 1\ntested = 2027-01-01"), "5:1"),
        (Rule::WindowOver, window("start = 2026-11-10T06:00:00Z\nend = 2026-11-11T06:00:00Z"), "5:1"),
        (
            Rule::AuthorityOver,
            "[[authority]]\nid = \"a\"\ndecision = \"A\"\nholder = \"bob\"\nuntil = 2026-11-01T00:00:00Z\n".into(),
            "5:1",
        ),
        (Rule::RotateDue, tier("") + "[[credential]]\nid = \"r\"\ntitle = \"R\"\ntier = \"t\"\nrotate_by = 2026-11-17\n", "10:1"),
        (
            Rule::WaiverOver,
            "[[policy.waiver]]\nwhat = \"no-number\"\nowner = \"bob\"\nreason = \"R\"\nuntil = 2026-11-17\n".into(),
            "5:1",
        ),
        (Rule::UnknownKey, "[[schedule]]\nid = \"r\"\n".into(), "1:3"),
        (Rule::MissingKey, "[[rota]]\nid = \"r\"\nname = \"R\"\n".into(), "1:1"),
        (Rule::MissingKey, rota("", "").replace("zone = \"Europe/Berlin\"", ""), "6:1"),
        (Rule::MissingKey, rota("", "").replace("[\"alice\", \"bob\"]", "[]"), "7:1"),
        (Rule::Dangling, rota("", "").replace("\"bob\"", "\"carl\""), "7:20"),
        (Rule::Word, rota("", "turn = \"1 month\""), "9:8"),
        (Rule::Word, rota("", "turn = \"0 days\""), "9:8"),
        (Rule::Word, rota("", "turn = \"53 weeks\""), "9:8"),
        (Rule::Word, rota("", "days = [\"mon\", \"Tuesday\"]"), "9:16"),
        (Rule::Twice, rota("", "days = [\"mon\", \"mon\"]"), "9:16"),
        (Rule::Hours, rota("", "handover = \"9am\""), "9:12"),
        (Rule::Hours, rota("", "hours = \"08:00-08:00\""), "9:9"),
        (Rule::Hours, rota("", "hours = \"08:00-20:00\"\nhandover = \"09:00\""), "10:12"),
        (Rule::Zone, rota("", "zone = \"Europe/Belrin\""), "9:8"),
        (Rule::WrongType, rota("", "").replace("2026-11-02", "\"2026-11-02\""), "8:9"),
        (Rule::EndBeforeStart, swap("person = \"bob\"").replace("T12", "T08"), "12:1"),
        (Rule::Own, swap("person = \"bob\"\ninstead_of = \"bob\""), "14:1"),
        (Rule::MissingKey, swap(""), "10:1"),
        // On 19 November it is the week of Alice.
        (Rule::OverrideIdle, swap("person = \"alice\"\ninstead_of = \"bob\""), "10:1"),
        (Rule::RotaOver, rota("until = 2026-12-01T09:00:00", ""), "5:1"),
        (Rule::RotaOver, rota("until = 2026-11-17T09:00:00", ""), "5:1"),
        (Rule::RotaGap, rota("", "hours = \"08:00-20:00\""), "6:8"),
        (Rule::RotaGap, rota("", "days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]"), "6:8"),
        (Rule::RotaGap, rota("", "").replace("2026-11-02", "2026-12-01"), "6:8"),
        (Rule::MissingKey, calendar("public = \"DE\""), "1:1"),
        (Rule::MissingKey, calendar("kind = \"holidays\""), "1:1"),
        (Rule::Word, calendar("kind = \"holiday\"\npublic = \"DE\""), "4:8"),
        (Rule::Word, calendar("kind = \"holidays\"\npublic = \"UK\""), "5:10"),
        (Rule::Word, calendar("kind = \"absences\"\npublic = \"DE\""), "4:1"),
        (Rule::Twice, calendar("kind = \"holidays\"\npublic = \"DE\"\nfile = \"c.ics\""), "5:1"),
        (Rule::Dangling, calendar("kind = \"absences\"\nfile = \"../c.ics\""), "5:8"),
        (Rule::Dangling, person("calendars = [\"mars\"]"), "5:14"),
        (Rule::Dangling, system("").replace("\"c\"]", "\"rota:c\"]"), "4:27"),
        (
            Rule::Own,
            authority("[[authority.delegation]]\nto = \"bob\"\nfrom = 2026-11-20T18:00:00\nuntil = 2026-11-20T19:00:00"),
            "7:1",
        ),
        (
            Rule::TwoParts,
            window(&format!("{TIMES}{}{}", role("until = 2026-11-20T12:00:01Z"), role("from = 2026-11-20T12:00:00Z"))),
            "10:1",
        ),
        (Rule::Word, calendar("kind = \"holidays\"\npublic = \"USA\""), "5:10"),
        (Rule::MissingKey, authority("[[authority.delegation]]\nto = \"alice\"\nfrom = 2026-11-20T18:00:00"), "6:1"),
        (
            Rule::EndBeforeStart,
            authority("[[authority.delegation]]\nto = \"alice\"\nfrom = 2026-11-20T18:00:00\nuntil = 2026-11-20T18:00:00"),
            "9:1",
        ),
        (Rule::EndBeforeStart, authority("from = 2026-11-20T18:00:00\nuntil = 2026-11-20T17:00:00"), "7:1"),
        (
            Rule::Ambiguous,
            rota("", "").replace("\"r\"", "\"alice\"") + "[[authority]]\nid = \"a\"\ndecision = \"A\"\nholder = \"alice\"\n",
            "13:10",
        ),
        (
            Rule::BridgesShareNeed,
            bridge("a", "order = 1\nneeds = [\"internet\"]")
                + &bridge("b", "order = 2\nneeds = [\"o\"]")
                + &tool("o", "needs = [\"internet\"]"),
            "2:6",
        ),
        (
            Rule::BackupSharesNeed,
            tool("a", "needs = [\"o\"]\nbackups = [\"b\"]") + &tool("b", "needs = [\"o\"]") + &tool("o", ""),
            "2:6",
        ),
    ];
    let mut wrong = Vec::new();
    for (rule, text, at) in &cases {
        let places: Vec<_> = found(text).iter().map(|problem| (place(problem), problem.message.clone())).collect();
        let expected = format!("x.toml:{at} {}", rule.word());
        if places.len() != 1 || places.first().is_none_or(|(place, _)| *place != expected) {
            wrong.push(format!("{expected}\n{text}\n{places:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n---\n"));
    // The others need files on a disk, or no [team]: see below. Those of calendar files: `calendars`.
    let elsewhere = [
        Rule::Unreadable,
        Rule::Link,
        Rule::LinkedFolder,
        Rule::TooMany,
        Rule::NoTeam,
        Rule::Calendar,
        Rule::CalendarOver,
        Rule::PartDay,
        Rule::SealedDamaged,
        Rule::SealedUnknown,
        Rule::HolderNoBox,
        Rule::FewDevices,
        // Of what is sealed, against the kit here: `tampered`.
        Rule::SealedBoxes,
        Rule::SealedValue,
        Rule::SealedKey,
        Rule::SealedElsewhere,
        Rule::SealedVersion,
    ];
    let tested: BTreeSet<Rule> = cases.iter().map(|(rule, ..)| *rule).chain(elsewhere).collect();
    let missing: Vec<_> = Rule::ALL.iter().filter(|rule| !tested.contains(rule)).collect();
    assert!(missing.is_empty(), "rules without a case: {missing:?}");
}

#[test]
fn what_is_sealed_is_whole_and_belongs_to_something() {
    let sealed = [("sealed/tasks.json", "[{}]"), ("sealed/tiers/ghost.json", "[]"), ("sealed/credentials/ghost.json", "{}")];
    let files = [("kit.toml", KIT), ("people.toml", PEOPLE)].into_iter().chain(sealed);
    let places: Vec<_> = findings(authored::check(&Draft::of(files), TODAY)).iter().map(place).collect();
    let expected = [
        "sealed/credentials/ghost.json:1:1 sealed-unknown",
        "sealed/tasks.json:1:1 sealed-damaged",
        "sealed/tiers/ghost.json:1:1 sealed-unknown",
    ];
    assert_eq!(places, expected);
}

#[test]
fn a_key_that_some_holders_or_no_device_opens_is_named() {
    let key = |version: u8, openers: &str| {
        format!(
            r#"[{{"version":{version},"recipient":"{READER}","rule":"any","made":"2026-11-18","holders":["alice","bob"],"boxes":[{{"openers":[{openers}],"age":""}}]}}]"#
        )
    };
    let capsule = |tier: &str, key: u8| {
        format!(r#"{{"version":1,"tier":"{tier}","key":{key},"sealed":"2026-11-18T00:00:00Z","fields":[],"sha256":"","age":""}}"#)
    };
    let labels = "[[tier]]\nid = \"t\"\nname = \"T\"\nholders = [\"alice\", \"bob\"]\n[[tier]]\nid = \"u\"\nname = \"U\"\nholders = [\"alice\", \"bob\"]\n[[credential]]\nid = \"r\"\ntitle = \"R\"\ntier = \"t\"\n";
    let device = format!(
        "[[device]]\nperson = \"alice\"\nname = \"laptop\"\nreader = \"{READER}\"\nopener = \"{OPENER}\"\nkey = \"{KEY}\"\n"
    );
    let places = |keys: &str, capsule: &str| -> Vec<String> {
        let files = [("kit.toml", KIT), ("people.toml", PEOPLE), ("d.toml", &device), ("x.toml", labels)];
        let sealed = [("sealed/tiers/t.json", keys), ("sealed/credentials/r.json", capsule)];
        findings(authored::check(&Draft::of(files.into_iter().chain(sealed)), TODAY)).iter().map(place).collect()
    };
    let opener = format!("\"{OPENER}\"");
    let alone = ["x.toml:2:6 holder-no-box", "x.toml:2:6 few-devices"];
    assert_eq!(places(&key(1, &opener), &capsule("t", 1)), alone, "Bob has no device; tier u is a label only");
}

#[test]
fn one_run_names_every_mistake_of_a_directory() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/mistakes");
    let problems = authored::check(&authored::read(&dir).expect("a directory"), TODAY).expect_err("mistakes");
    let told: Vec<_> = problems.errors.iter().map(|problem| format!("{} {}", place(problem), problem.message)).collect();
    let expected = [
        "credentials.toml:4:1 tier-holders the rule \"2-of-3\" counts 3 holders, and 2 holders are written here",
        "credentials.toml:11:1 secret \"password\" is a place for a secret, and secrets never stand in these files",
        "devices/bob.reyes.laptop.toml:4:10 device-key \"age1nonsense\" is no age recipient",
        "kit.toml:4:1 unknown-key [team] has no key \"regoin\"",
        "kit.toml:7:14 range \"owners_min\" is 300: it goes from 1 to 20",
        "people/alice.okafor.toml:4:8 zone no time zone is called \"Europe/Londn\"",
        "people/bob.reyes.toml:3:8 text \"name\" cannot be shown: it has the invisible character U+202E in it",
        "people/bob.reyes.toml:5:11 same-email \"alice.okafor@example.com\" is written for alice.okafor already, at people/alice.okafor.toml:5",
        "people/bob.reyes.toml:5:39 email \"bob.reyes at example.com\" is no e-mail address: it has no \"@\"",
        "people/bob.reyes.toml:8:10 number-dialable \"+1 202 555\" is not a number to dial: it is too short",
        "people/bob.reyes.toml:13:1 own \"bob.reyes\" cannot stand in for themselves",
        "people/mia.krause.toml:3:19 syntax this is not TOML: the quotation mark at the end of this text is missing",
        "systems.toml:5:1 address the address in \"playbook\" is not safe to open: addresses that begin with \"javascript:\" are not opened",
        "systems.toml:7:1 missing-key this [system] has no \"name\"",
        "systems.toml:8:6 duplicate-id system \"payments-db\" is written down twice: the other is at systems.toml:2",
        "systems.toml:9:11 dangling there is no person or rota \"alcie.okafor\"",
        "systems.toml:10:8 wrong-type \"tier\" wants a whole number, not a text",
        "tools.toml:4:12 backup-cycle these backups come back to where they began: slack -> teams -> slack",
        "windows/epic-migration.toml:2:6 id \"Epic Migration\" is no id: an id is made of a-z, 0-9, \".\" and \"-\", not 'E'",
        "windows/epic-migration.toml:5:1 end-before-start this window ends at 2026-11-15T18:00:00Z, and begins at 2026-11-22T06:00:00Z",
    ];
    assert_eq!(expected.len(), 20);
    assert_eq!(told, expected, "{}", told.join("\n"));
    let hints: Vec<_> = problems.errors.iter().filter(|problem| problem.hint.is_none()).map(place).collect();
    assert_eq!(hints, ["kit.toml:7:14 range", "people/mia.krause.toml:3:19 syntax"], "all others say what to do");
    let meant =
        |rule: Rule| problems.errors.iter().find(|problem| problem.rule == rule).and_then(|problem| problem.hint.as_deref());
    assert_eq!(meant(Rule::UnknownKey), Some("Did you mean \"region\"?"));
    assert_eq!(meant(Rule::Dangling), Some("Did you mean \"alice.okafor\"?"));
    assert_eq!(meant(Rule::Zone), Some("Did you mean \"Europe/London\"?"));
    assert_eq!(meant(Rule::Id), Some("Like this:  id = \"epic-migration\""));
    assert_eq!(problems.to_string(), "the team directory has 20 mistakes");
    assert_eq!(problems.warnings, [], "nothing is warned of that is only an echo");
}

#[test]
fn one_mistake_is_one_problem() {
    // Each text has one mistake in it, though others lean on what it breaks.
    let lean = "[[system]]\nid = \"s\"\nname = \"S\"\nowners = [\"alice\", \"bob\", \"carl\"]\n";
    let number = "[[person.number]]\nnumber = \"+49 171 3920022\"\nchecked = 2026-11-12\n";
    for (files, expected) in [
        // A person whose file is no TOML is not missing as well.
        (vec![("carl.toml", format!("[[person]]\nid = \"carl\"\nname = Carl\nzone = \"UTC\"\n{number}"))], "carl.toml:3:8 syntax"),
        (vec![("people/carl.toml", "[[person]\n".to_owned())], "people/carl.toml:1:10 syntax"),
        (vec![("people/carl.toml", format!("[[person]]\nname = \"Carl\"\nzone = \"UTC\"\n{number}"))], "people/carl.toml:1:1 missing-key"),
        (vec![("x.toml", format!("[[person]]\nid = \"Carl\"\nname = \"Carl\"\nzone = \"UTC\"\n{number}"))], "x.toml:2:6 id"),
        (vec![("x.toml", "[[people]]\nid = \"carl\"\nname = \"Carl\"\nzone = \"UTC\"\n".to_owned())], "x.toml:1:3 unknown-key"),
        (vec![("x.toml", format!("[[person]]\nid = \"carl\"\nnmae = \"Carl\"\nzone = \"UTC\"\n{number}"))], "x.toml:3:1 unknown-key"),
        (vec![("x.toml", format!("[[person]]\nid = \"carl\"\nname = \"Carl\"\nzone = \"Mars\"\n{number}"))], "x.toml:4:8 zone"),
        // A list that is not closed hides nothing that stands below it, and nothing below it is wrong because of it.
        (
            vec![(
                "x.toml",
                format!("[[person]]\nid = \"carl\"\nname = \"Carl\"\naliases = [\"c\"\nzone = \"UTC\"\n{number}[[vendor]]\nid = \"v\"\nname = \"V\"\n"),
            )],
            "x.toml:4:1 syntax",
        ),
        // A copied file.
        (vec![("x.toml", format!("[[person]]\nid = \"carl\"\nname = \"C\"\nzone = \"UTC\"\nemails = [\"c@example.com\"]\naliases = [\"cc\"]\n{number}").repeat(2))], "x.toml:11:6 duplicate-id"),
        // A zone that is none makes no local time wrong, and one that is missing is missing once.
        (vec![("w.toml", "[[window]]\nid = \"w\"\nname = \"W\"\nzone = \"Europe/Belrin\"\nstart = 2026-11-20T06:00:00\nend = 2026-11-20T07:00:00\n".to_owned()), ("c.toml", format!("[[person]]\nid = \"carl\"\nname = \"Carl\"\nzone = \"UTC\"\n{number}"))], "w.toml:4:8 zone"),
    ] {
        let base = [("kit.toml", KIT), ("people.toml", PEOPLE), ("systems.toml", lean)];
        let draft = Draft::of(base.into_iter().chain(files.iter().map(|(name, text)| (*name, text.as_str()))));
        let places: Vec<_> = findings(authored::check(&draft, TODAY)).iter().map(place).collect();
        assert_eq!(places, [expected], "{files:?}");
    }
    // A region that is none makes no number wrong.
    let national = PEOPLE.replace("+44 7700 900123", "07700 900123");
    let kit = format!("{KIT}region = \"UK\"\n");
    let places: Vec<_> = findings(authored::check(&Draft::of([("kit.toml", kit.as_str()), ("p.toml", &national)]), TODAY))
        .iter()
        .map(place)
        .collect();
    assert_eq!(places, ["kit.toml:3:10 word"]);
    // Without [team], whatever else there is.
    let places: Vec<_> = findings(authored::check(&Draft::of([("p.toml", PEOPLE)]), TODAY)).iter().map(place).collect();
    assert_eq!(places, ["kit.toml:1:1 no-team"]);
}

#[test]
fn a_region_reads_national_numbers_and_keeps_what_was_written() {
    let national = PEOPLE.replace("+44 7700 900123", "07700 900123");
    let kit = format!("{KIT}region = \"GB\"\n");
    let team = authored::check(&Draft::of([("kit.toml", kit.as_str()), ("p.toml", &national)]), TODAY).expect("no mistakes").team;
    let alice = team.people.get(&outage_kit::team::Id::parse("alice").expect("an id")).expect("a person");
    let number = alice.numbers.first().expect("a number");
    assert_eq!((number.e164.as_str(), number.written.as_str()), ("+447700900123", "07700 900123"));
}

#[test]
fn a_waiver_sets_one_warning_aside_until_its_day() {
    let system =
        "[[system]]\nid = \"s\"\nname = \"S\"\nowners = [\"alice\"]\n[[system]]\nid = \"t\"\nname = \"T\"\nowners = [\"bob\"]\n";
    let waived = |what: &str, until: &str| {
        let waiver = format!("[[policy.waiver]]\nwhat = \"{what}\"\nowner = \"bob\"\nreason = \"R\"\nuntil = {until}\n{system}");
        found(&waiver).iter().map(place).collect::<Vec<_>>()
    };
    let (s, t) = ("x.toml:7:6 few-owners", "x.toml:11:6 few-owners");
    assert_eq!(waived("few-owners", "2026-11-18"), Vec::<String>::new());
    assert_eq!(waived("few-owners system:s", "2026-11-18"), [t]);
    assert_eq!(waived("few-owners", "2026-11-17"), ["x.toml:5:1 waiver-over", s, t]);
    assert_eq!(waived("few-owner system:s", "2027-01-01"), ["x.toml:2:1 word", s, t]);
    assert_eq!(waived("zone", "2027-01-01"), ["x.toml:2:1 word", s, t]);
    assert_eq!(waived("few-owners system:x", "2027-01-01"), ["x.toml:2:1 dangling", s, t]);
}

#[test]
fn what_cannot_be_read_is_reported_beside_the_rest() {
    // D17, D16
    let dir = tempfile::tempdir().expect("a folder");
    let at = |name: &str| dir.path().join(name);
    let write = |name: &str, bytes: &[u8]| {
        fs::create_dir_all(at(name).parent().expect("a folder")).expect("a folder");
        fs::write(at(name), bytes).expect("a file");
    };
    write("kit.toml", KIT.as_bytes());
    write("people.toml", format!("\u{feff}{PEOPLE}").as_bytes());
    write("people/carl.toml", b"[[person]]\nname = \"\xff\"\n");
    write("uses.toml", b"[[system]]\nid = \"s\"\nname = \"S\"\nowners = [\"carl\", \"linked\", \"bob\"]\n");
    write("huge.toml", &vec![b'#'; 4 * 1024 * 1024 + 1]);
    write(".git/config.toml", b"not toml");
    write(".kit-1.tmp.toml", b"not toml");
    write("notes.md", b"not toml");
    write("1/2/3/4/5/6/7/8/9/x.toml", b"not toml");
    write("LOUD.TOML", b"[[vendor]]\nid = \"v\"\n");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", at("linked.toml")).expect("a link");
        std::os::unix::fs::symlink("/etc", at("etc")).expect("a link");
    }
    let told: Vec<_> =
        findings(authored::check(&authored::read(dir.path()).expect("a directory"), TODAY)).iter().map(place).collect();
    let mut expected = vec![
        "1/2/3/4/5/6/7/8/9:1:1 too-many",
        "LOUD.TOML:1:1 missing-key",
        "huge.toml:1:1 unreadable",
        "people/carl.toml:1:1 unreadable",
    ];
    if cfg!(unix) {
        expected.insert(3, "linked.toml:1:1 link");
        expected.push("etc:1:1 linked-folder");
    }
    assert_eq!(told, expected);
    assert!(authored::read(&at("nowhere")).is_err());
    let empty = tempfile::tempdir().expect("a folder");
    let told: Vec<_> =
        findings(authored::check(&authored::read(empty.path()).expect("a directory"), TODAY)).iter().map(place).collect();
    assert_eq!(told, ["kit.toml:1:1 no-team"]);
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_is_reported_and_drives_nothing() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("kit.toml"), KIT).expect("a file");
    fs::write(dir.path().join(OsStr::from_bytes(b"a\xff.toml")), "x").expect("a file");
    fs::write(dir.path().join("\u{1b}[2J.toml"), "x").expect("a file");
    let told: Vec<_> = findings(authored::check(&authored::read(dir.path()).expect("a directory"), TODAY))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(told.iter().all(|line| !line.contains('\u{1b}')), "{told:?}");
    assert!(told.iter().any(|line| line.starts_with("\\u{1b}[2J.toml:1: this is not TOML")), "{told:?}");
    assert!(told.iter().any(|line| line.contains("its name is not UTF-8")), "{told:?}");
}

#[test]
fn a_device_key_in_hardware_is_one_and_comments_are_dropped() {
    let sk = "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAICFo/k5LU8863u66YC9eUO2170QduohPURkQnbLa/dczAAAABHNzaDo=";
    let text = format!(
        "[[device]]\nperson = \"bob\"\nname = \"laptop\"\nreader = \"{READER}\"\nopener = \"{OPENER}\"\nkey = \"{sk} bob@home\"\nadded = 2026-11-12\n"
    );
    let team =
        authored::check(&Draft::of([("kit.toml", KIT), ("p.toml", PEOPLE), ("d.toml", &text)]), TODAY).expect("no mistakes").team;
    assert_eq!(team.devices.iter().map(|device| device.key.as_str()).collect::<Vec<_>>(), [sk]);
}

fn midnight(day: Date) -> Timestamp {
    day.to_zoned(jiff::tz::TimeZone::UTC).expect("in range").timestamp()
}

fn person() -> impl Strategy<Value = Id<Person>> {
    prop::sample::select(vec!["alice", "bob"]).prop_map(|id| Id::parse(id).expect("an id"))
}

fn rota() -> impl Strategy<Value = Rota> {
    let zone = prop::sample::select(vec!["Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Asia/Kathmandu"]);
    let clock = || (0_i8..24, 0_i8..60).prop_map(|(hour, minute)| jiff::civil::time(hour, minute, 0, 0));
    let hours = proptest::option::of((clock(), clock()).prop_filter("no span", |(from, until)| from != until));
    let days = proptest::collection::btree_set(1_u8..8, 0..8);
    let people = proptest::sample::subsequence(vec!["alice", "bob"], 1..3);
    let turn = prop_oneof![1_u16..30, (1_u16..53).prop_map(|weeks| weeks * 7)];
    let shift = (proptest::option::of("[A-Z][a-z ]{0,10}[a-z]"), zone, people, -400_i32..400, turn, (clock(), hours, days))
        .prop_map(|(name, zone, people, first, turn_days, (handover, hours, days))| Shift {
            name,
            zone: Zone::parse(zone).expect("bundled"),
            people: people.into_iter().map(|id| Id::parse(id).expect("an id")).collect(),
            first: TODAY + first.days(),
            turn_days,
            handover: if hours.is_some() { jiff::civil::time(9, 0, 0, 0) } else { handover },
            hours: hours.map(|(from, until)| Hours { from, until }),
            days: days.into_iter().collect(),
        });
    let moment = || (-20_i64..40, 0_i64..86_400).prop_map(|(day, second)| midnight(TODAY + day.days()) + second.seconds());
    let swap = (moment(), 1_i64..400_000, person(), any::<bool>(), proptest::option::of("[a-z]{1,9}")).prop_map(
        |(from, seconds, person, named, why)| {
            let other = if person.as_str() == "bob" { "alice" } else { "bob" };
            let instead_of = named.then(|| Id::parse(other).expect("an id"));
            Override { from, until: from + seconds.seconds(), person, instead_of, why }
        },
    );
    let lists = (proptest::collection::vec(shift, 1..4), proptest::collection::vec(swap, 0..4));
    ("[A-Z][a-z]{2,8}", proptest::option::of(moment()), lists).prop_map(|(name, until, (shifts, overrides))| Rota {
        name,
        aliases: Vec::new(),
        until,
        shifts,
        overrides,
    })
}

/// A rota as somebody would write it.
fn rota_text(rota: &Rota) -> String {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let mut text = format!("[[rota]]\nid = \"r\"\nname = \"{}\"\n", rota.name);
    text += &rota.until.map_or(String::new(), |until| format!("until = {until}\n"));
    for shift in &rota.shifts {
        let people: Vec<_> = shift.people.iter().map(|id| format!("\"{id}\"")).collect();
        text +=
            &format!("[[rota.shift]]\npeople = [{}]\nfirst = {}\nzone = \"{}\"\n", people.join(", "), shift.first, shift.zone);
        text += &shift.name.as_ref().map_or(String::new(), |name| format!("name = \"{name}\"\n"));
        text += &match (shift.turn_days, shift.turn_days % 7) {
            (7, _) => String::new(),
            (days, 0) => format!("turn = \"{} weeks\"\n", days / 7),
            (1, _) => "turn = \"1 day\"\n".to_owned(),
            (days, _) => format!("turn = \"{days} days\"\n"),
        };
        text += &match shift.hours {
            Some(hours) => format!("hours = \"{hours}\"\n"),
            None => format!("handover = \"{}\"\n", shift.handover.strftime("%H:%M")),
        };
        let days: Vec<_> = shift.days.iter().map(|day| format!("\"{}\"", DAYS[usize::from(*day) - 1])).collect();
        text += &if days.is_empty() { String::new() } else { format!("days = [{}]\n", days.join(", ")) };
    }
    for swap in &rota.overrides {
        text += &format!("[[rota.override]]\nfrom = {}\nuntil = {}\nperson = \"{}\"\n", swap.from, swap.until, swap.person);
        text += &swap.instead_of.as_ref().map_or(String::new(), |id| format!("instead_of = \"{id}\"\n"));
        text += &swap.why.as_ref().map_or(String::new(), |why| format!("why = \"{why}\"\n"));
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_rota_that_was_written_is_read_again(rota in rota()) {
        let text = format!("{KIT}{PEOPLE}{}", rota_text(&rota));
        let checked = authored::check(&Draft::of([("kit.toml", text.as_str())]), TODAY).expect("no mistakes");
        let read = checked.team.rotas.values().next().expect("a rota");
        prop_assert_eq!(read, &rota);
        // What it says is what its text says, at any moment that a warning may speak of.
        let gap = checked.warnings.iter().any(|warning| warning.rule == Rule::RotaGap);
        let week = rota.changes(midnight(TODAY), midnight(TODAY + 7.days()));
        let end = rota.until.unwrap_or(Timestamp::MAX);
        let empty = |at: &Timestamp| *at < end && rota.on(*at).expect("planned").is_empty();
        let within = std::iter::once(midnight(TODAY)).chain(week).filter(|at| *at < midnight(TODAY + 7.days()));
        prop_assert_eq!(gap, within.into_iter().any(|at| empty(&at)));
    }

    #[test]
    fn no_text_makes_the_check_fall_over(text in "\\PC{0,300}") {
        let _ = found(&text);
    }

    #[test]
    fn no_heap_of_good_pieces_makes_the_check_fall_over(pieces in proptest::collection::vec(prop::sample::select(vec![
        "[[person]]", "[person]", "[[person.number]]", "[person.number]", "[team]", "[[policy.waiver]]", "[[device]]", "[[window]]", "[[window.role]]",
        "[[rota]]", "[[rota.shift]]", "[[rota.override]]", "[[calendar]]", "public", "file", "turn", "hours", "days", "people", "first", "\"DE\"", "\"1 week\"",
        "[[tool]]", "[[bridge]]", "[[tier]]", "[[authority]]", "[[credential]]", "\n", "\n", "\n", "id", "name", "zone", "person", "number", "from", "until",
        "start", "end", " = ", " = ", "\"a\"", "\"Europe/Berlin\"", "\"+44 7700 900123\"", "2026-11-12", "2026-11-12T06:00:00", "2026-10-25T02:30:00",
        "9999-12-31T23:59:60Z", "0000-01-01T00:00:00+23:59", "1e999", "nan", "-0", "99999999999999999999", "[", "]", "{", "}", ",", ".", "\"", "'", "\"\"\"", "#", "\r", "\u{0}",
        "backups", "needs", "[\"a\"]", "[\"a\", \"a\"]", "true", "\u{feff}", "rule", "\"2-of-2\"", "holders", "tier", "what", "owner",
    ]), 0..60)) {
        let _ = found(&pieces.concat());
    }
}
