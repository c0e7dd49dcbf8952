//! Address books as programs really export them: read, matched, proposed, adopted.
//!
//! Fixtures stand in `tests/data/vcard/`: each `.vcf` has the shape of one program's export, and a `.txt` beside it says exactly
//! what is found there. Numbers are from ranges that no network gives out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use jiff::civil::{Date, date};
use outage_kit::{
    adopt::{AdoptError, Adopted, adopt},
    authored::{self, Draft, check},
    import::{CardFault, Cards, Found, Proposal, listing, propose, vcard},
    team::{E164, Region, Team, Zone, field_fault, note_fault},
};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 23);
const ACME: &str = "[team]\nname = \"Acme\"\n";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vcard")
}

/// Every fixture, by its name without the ending.
fn fixtures() -> BTreeMap<String, Vec<u8>> {
    let paths = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let fixtures: BTreeMap<_, _> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "vcf"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    assert!(fixtures.len() >= 14, "fixtures are missing from {}", folder().display());
    fixtures
}

fn read(name: &str) -> Cards {
    vcard::read(&fixtures()[name])
}

fn cards(text: &str) -> Cards {
    vcard::read(text.as_bytes())
}

/// A card of version 3.0 with these lines.
fn card(lines: &str) -> String {
    format!("BEGIN:VCARD\nVERSION:3.0\n{}\nEND:VCARD\n", lines.trim())
}

fn zone() -> Zone {
    Zone::parse("Europe/Berlin").unwrap()
}

fn region(text: &str) -> Option<Region> {
    Some(Region::parse(text).unwrap())
}

/// A team directory in memory.
#[derive(Clone)]
struct Directory(BTreeMap<String, String>);

impl Directory {
    fn of(files: &[(&str, &str)]) -> Self {
        let mut all = BTreeMap::from([("kit.toml".to_owned(), ACME.to_owned())]);
        all.extend(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        Self(all)
    }

    fn draft(&self) -> Draft {
        Draft::of(self.0.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    fn team(&self) -> Team {
        check(&self.draft(), TODAY).unwrap_or_else(|e| panic!("{e}")).team
    }

    fn propose(&self, cards: &Cards, region: Option<Region>) -> Proposal {
        propose(&self.team().people, cards, region, &zone())
    }

    fn adopt(&self, proposal: Proposal) -> Adopted {
        adopt(&self.draft(), proposal, TODAY).unwrap_or_else(|e| panic!("{e}"))
    }

    /// Imports, and what the directory is afterwards.
    fn import(&self, cards: &Cards, region: Option<Region>) -> (Self, Proposal) {
        let adopted = self.adopt(self.propose(cards, region));
        let after = adopted.edits.texts().map(|(name, text)| (name.to_owned(), text)).collect();
        (Self(after), adopted.proposal)
    }
}

/// One line for each thing that was found, to compare as a whole.
fn told(cards: &Cards) -> String {
    let mut out = String::new();
    for Found { line, name, named, aliases, title, teams, emails, numbers, zone, note, left_out, cleaned } in &cards.people {
        out += &format!("{line}: {name}{}\n", if *named { "" } else { " (no name)" });
        let list = |word: &str, list: &[String]| match list {
            [] => String::new(),
            list => format!("  {word} {}\n", list.join(" | ")),
        };
        out += &list("also", aliases);
        out += &list("title", title.as_slice());
        out += &list("teams", teams);
        out += &list("mail", emails);
        for number in numbers {
            let extension = number.extension.as_ref().map(|e| format!(" x{e}")).unwrap_or_default();
            let label = number.label.as_ref().map(|l| format!(" ({l})")).unwrap_or_default();
            out += &format!("  {:?} {}{extension}{label}\n", number.kind, number.text);
        }
        out += &list("zone", zone.as_ref().map(ToString::to_string).as_slice());
        out += &list("note", note.as_ref().map(|note| note.replace('\n', " / ")).as_slice());
        for left in left_out {
            out += &format!("  left out {}: {} {}: {}\n", left.line, left.what, left.text, left.why);
        }
        for cleaned in cleaned {
            out += &format!("  cleaned {}: {} {}\n", cleaned.line, cleaned.field, cleaned.was);
        }
    }
    for bad in &cards.bad {
        out += &format!("bad {}: {}: {}\n", bad.line, bad.who.as_deref().unwrap_or("-"), bad.why);
    }
    out
}

// Reading.

#[test]
fn every_vendor_shape_is_read_exactly() {
    // U74, U76 and the shapes of Google, Apple, Outlook, Android, Thunderbird, Nextcloud, Evolution, Lotus, BlackBerry.
    for (name, bytes) in fixtures() {
        let expected = fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap_or_default();
        assert_eq!(told(&vcard::read(&bytes)), expected, "{name}");
    }
}

#[test]
fn line_ends_and_cases_do_not_matter() {
    for (name, bytes) in fixtures() {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        // In these a carriage return or a lower-case value is part of what is tested.
        if ["old-phone-2.1", "hostile"].contains(&name.as_str()) {
            continue;
        }
        let unix = text.replace("\r\n", "\n");
        let expected = vcard::read(unix.as_bytes());
        for end in ["\r\n", "\r", "\r\r\n"] {
            assert_eq!(vcard::read(unix.replace('\n', end).as_bytes()), expected, "{name} with {end:?}");
        }
        let lower = unix.lines().map(|line| match line.split_once(':') {
            Some((head, value)) if !head.starts_with(' ') && !head.contains('"') => format!("{}:{value}\n", head.to_lowercase()),
            _ => format!("{line}\n"),
        });
        assert_eq!(vcard::read(lower.collect::<String>().as_bytes()), expected, "{name} in lower case");
    }
}

#[test]
fn utf_16_in_either_order_is_read() {
    let text = card("FN:Łukasz Żółć\nTEL;TYPE=CELL:+44 7700 900480\nNOTE:山");
    let little: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    assert_eq!(vcard::read(&little), cards(&text));
    assert_eq!(vcard::read(&big), cards(&text));
}

#[test]
fn what_is_no_vcard_is_said_to_be_none() {
    for text in ["", "\n\n", "Name,E-mail\nAlice,alice@example.com\n", "{\"people\": []}", "\u{0}\u{1}\u{2}"] {
        let found = cards(text);
        assert!(found.people.is_empty());
        assert_eq!(found.bad.iter().map(|bad| &bad.why).collect::<Vec<_>>(), [&CardFault::NoCards], "{text:?}");
    }
}

#[test]
fn sizes_are_capped() {
    let good = card("FN:Alice Okafor\nTEL:+44 7700 900123");
    let large = card(&format!("FN:Much\nNOTE:{}\nTEL:+44 7700 900124", "x".repeat(vcard::CARD_BYTES_MAX)));
    let found = cards(&format!("{good}{large}{good}"));
    assert_eq!(found.people.len(), 2);
    assert_eq!(
        found.bad.iter().map(|bad| (bad.line, bad.who.as_deref(), &bad.why)).collect::<Vec<_>>(),
        [(6, Some("Much"), &CardFault::TooLarge)]
    );

    let found = cards(&"BEGIN:VCARD\nEND:VCARD\n".repeat(vcard::CARDS_MAX + 1));
    assert_eq!(found.bad.last().map(|bad| &bad.why), Some(&CardFault::TooMany));
    assert_eq!(found.bad.len(), vcard::CARDS_MAX + 1);

    let found = vcard::read(&vec![b'\n'; vcard::FILE_BYTES_MAX + 1]);
    assert_eq!(found.bad.first().map(|bad| &bad.why), Some(&CardFault::FileTooLarge));

    let many: String = (0..60).map(|at| format!("TEL:+44 7700 9001{at:02}\nEMAIL:a{at}@example.com\n")).collect();
    let found = cards(&card(&format!("FN:{}\n{many}NOTE:{}", "n".repeat(300), "y".repeat(100_000))));
    let person = &found.people[0];
    assert_eq!((person.name.len(), person.numbers.len(), person.emails.len()), (256, 50, 50));
    assert_eq!(person.note.as_ref().map(String::len), Some(64 * 1024));
    assert_eq!((person.left_out.len(), person.cleaned.len()), (20, 2));
}

#[test]
fn hostile_sizes_do_not_take_forever() {
    // Each of these was quadratic in some reader: many of one name, one line for all, one nickname, one e-mail.
    let people: String = (0..20_000)
        .map(|at| card(&format!("FN:Same Name\nEMAIL:p{at}@example.com\nTEL;TYPE=WORK:+44 20 7946 0958\nNICKNAME:same")))
        .collect();
    let found = cards(&people);
    let proposal = propose(&BTreeMap::new(), &found, None, &zone());
    assert_eq!(proposal.added.len(), 1, "one name at one desk line is one person");
    let people: String = (0..20_000).map(|at| card(&format!("FN:Same Name\nEMAIL:p{at}@example.com\nNICKNAME:same"))).collect();
    let proposal = propose(&BTreeMap::new(), &cards(&people), None, &zone());
    assert_eq!(proposal.added.len(), 20_000);
    assert_eq!(proposal.added.last().map(|added| added.id.as_str()), Some("same.name-20000"));
    cards(&format!("BEGIN:VCARD\n{}\nEND:VCARD", "NOTE;ENCODING=QUOTED-PRINTABLE:=\n=\n".repeat(100_000)));
    cards(&format!("BEGIN:VCARD\n{}\nEND:VCARD", "AGENT:\nBEGIN:VCARD\n".repeat(100_000)));
}

// Second opinions.

#[test]
fn vobject_finds_the_same_names_numbers_and_addresses() {
    const SCRIPT: &str = r#"
import json, sys, vobject
text = sys.stdin.buffer.read().decode("utf-8")
people = []
for card in vobject.readComponents(text, allowQP=True):
    values = lambda key: [item.value for item in card.contents.get(key, [])]
    people.append({"name": values("fn")[0], "emails": values("email"), "numbers": values("tel")})
print(json.dumps(people))
"#;
    // The others have pictures without indentation, one CR as line end, or UTF-16: vobject gives up on those.
    for name in
        ["google-3.0", "iphone-3.0", "thunderbird-4.0", "nextcloud-4.0", "evolution-3.0", "lotus-3.0", "quoted-printable-2.1"]
    {
        let mut child = Command::new("/usr/bin/python3");
        let path = folder().join(format!("{name}.vcf"));
        let answer = child.args(["-c", SCRIPT]).stdin(fs::File::open(path).unwrap()).output();
        let answer = answer.expect("this test needs Python 3 with vobject: apt-get install python3 python3-vobject");
        assert!(
            answer.status.success(),
            "{name}: python3 failed. Is vobject there (apt-get install python3-vobject)?\n{}",
            String::from_utf8_lossy(&answer.stderr)
        );
        let theirs: Vec<serde_json::Value> = serde_json::from_slice(&answer.stdout).unwrap();
        let ours = read(name);
        let skipped: Vec<_> = ours.bad.iter().filter_map(|bad| bad.who.clone()).collect();
        let mut people = ours.people.iter();
        for person in &theirs {
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            let list = |key: &str| person[key].as_array().unwrap().iter().map(text).collect::<Vec<_>>();
            if skipped.contains(&text(&person["name"])) {
                continue;
            }
            let found = people.next().unwrap_or_else(|| panic!("{name}: {person} is missing"));
            assert_eq!(found.name, text(&person["name"]), "{name}");
            let emails: BTreeSet<_> = list("emails").iter().map(|email| email.replace("mailto:", "")).collect();
            assert_eq!(found.emails.iter().cloned().collect::<BTreeSet<_>>(), emails, "{name}");
            // Numbers by the digits of what is dialled, extension and country included; faxes are ours to leave out.
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            let numbers: BTreeSet<_> = list("numbers").iter().map(|number| digits(number)).collect();
            let left_out = found.left_out.iter().filter(|left| left.what == "number").map(|left| digits(&left.text));
            let local = |text: &str| text.strip_prefix("+33 1-99").map(|rest| format!("1-99{rest};33"));
            let ours: BTreeSet<_> = found
                .numbers
                .iter()
                .map(|number| {
                    let text = local(&number.text).unwrap_or(number.text.clone());
                    digits(&format!("{text};{}", number.extension.as_deref().unwrap_or("")))
                })
                .chain(left_out)
                .collect();
            assert_eq!(ours, numbers, "{name}: {}", found.name);
        }
        assert_eq!(people.next(), None, "{name}: vobject does not know this person");
    }
}

#[test]
fn calcard_finds_the_same_names_and_addresses() {
    use calcard::{
        Entry, Parser,
        vcard::{VCardProperty, VCardValue},
    };
    for (name, bytes) in fixtures() {
        // calcard passes broken cards and escapes as they are, and reads neither UTF-16 nor a lone CR; that is why it is
        // the second opinion here and not the reader.
        if ["broken", "hostile", "utf-16", "old-phone-2.1", "outlook-2.1"].contains(&name.as_str()) {
            continue;
        }
        let text = String::from_utf8(bytes).unwrap();
        let mut parser = Parser::new(&text);
        let mut theirs = Vec::new();
        while let Entry::VCard(card) = parser.entry() {
            let values = |wanted: &VCardProperty| -> Vec<String> {
                let all = card.entries.iter().filter(|entry| entry.name == *wanted);
                let text = |value: &VCardValue| if let VCardValue::Text(text) = value { Some(text.clone()) } else { None };
                all.filter_map(|entry| entry.values.first().and_then(text)).collect()
            };
            theirs.push((values(&VCardProperty::Fn).first().cloned(), values(&VCardProperty::Email)));
        }
        let ours = vcard::read(text.as_bytes());
        let skipped: Vec<_> = ours.bad.iter().map(|bad| bad.who.clone()).collect();
        theirs.retain(|(who, _)| !skipped.contains(who));
        assert_eq!(ours.people.len(), theirs.len(), "{name}");
        for (found, (who, emails)) in ours.people.iter().zip(theirs) {
            assert_eq!(Some(&found.name), who.as_ref().or(emails.first()), "{name}");
            let emails: BTreeSet<_> = emails.iter().map(|email| email.replace("mailto:", "")).collect();
            assert_eq!(found.emails.iter().cloned().collect::<BTreeSet<_>>(), emails, "{name}");
        }
    }
}

// Matching.

const ALICE: &str = r#"[[person]]
id = "alice.okafor"
name = "Alice Okafor"
aliases = ["Al"]
title = "Database engineer"
zone = "Europe/London"
emails = ["alice@example.com"]

[[person.number]]
number = "+44 7700 900123"
kind = "mobile"
checked = 2026-11-12
checked_by = "alice.okafor"
"#;

const BOB: &str = r#"# Bob prefers the desk line.
[[person]]
id = "bob.reyes"
name = "Bob Reyes"
zone = "America/New_York"
emails = [
    "bob@example.com", # the one he reads
]

[[person.number]]
number = "+1 202 555 0143"   # his own
kind = "mobile"

[[person.number]]
number = "+1 202 555 0100"
kind = "work"
"#;

fn acme() -> Directory {
    Directory::of(&[("people/alice.okafor.toml", ALICE), ("people/bob.reyes.toml", BOB)])
}

#[test]
fn people_are_matched_by_email_then_number_and_never_by_name() {
    for (lines, who) in [
        ("FN:A. Okafor\nEMAIL:ALICE@Example.com\nTEL:+44 7700 900999", "changed alice.okafor"),
        ("FN:Somebody\nTEL:+447700900123", "same"),
        ("FN:Somebody\nEMAIL:new@example.com\nTEL;TYPE=CELL:+44 (0)7700 900-123", "changed alice.okafor"),
        ("FN:Alice Okafor\nEMAIL:other@example.com", "added alice.okafor-2"),
        ("FN:Alice Okafor\nTEL:+44 7700 900777", "added alice.okafor-2"),
        ("FN:Both\nEMAIL:alice@example.com\nEMAIL:bob@example.com", "conflict alice.okafor bob.reyes"),
        ("FN:Both\nEMAIL:alice@example.com\nTEL:+1 202 555 0143", "conflict alice.okafor bob.reyes"),
        ("FN:Alice Okafor", "skipped"),
        ("FN:Alice Okafor\nTEL:0123", "skipped"),
        // A desk line has many people at its end: with another name it is somebody else's too, with the same name it is theirs.
        ("FN:Carl Meyer\nTEL;TYPE=WORK:+1 202 555 0100", "added carl.meyer shared bob.reyes,carl.meyer"),
        ("FN:Reyes\\, Bob\nTEL;TYPE=WORK:+1 202 555 0100", "same"),
        (
            "FN:Alice O.\nEMAIL:alice@example.com\nTEL;TYPE=WORK:+1 202 555 0100",
            "changed alice.okafor shared alice.okafor,bob.reyes",
        ),
    ] {
        let proposal = acme().propose(&cards(&card(lines)), None);
        let mut told = Vec::new();
        told.extend(proposal.added.iter().map(|added| format!("added {}", added.id)));
        told.extend(proposal.changed.iter().map(|changed| format!("changed {}", changed.id)));
        told.extend((0..proposal.same).map(|_| "same".to_owned()));
        let ids = |people: &[outage_kit::team::Id<_>]| people.iter().map(|id| id.to_string()).collect::<Vec<_>>();
        told.extend(proposal.conflicts.iter().map(|conflict| format!("conflict {}", ids(&conflict.people).join(" "))));
        told.extend(proposal.skipped.iter().map(|_| "skipped".to_owned()));
        told.extend(proposal.shared_lines.iter().map(|shared| format!("shared {}", ids(&shared.people).join(","))));
        assert_eq!(told.join(" "), who, "{lines}");
    }
}

#[test]
fn two_cards_of_one_person_become_one() {
    let text = [
        card("FN:Carl Meyer\nEMAIL:carl@example.com\nTEL;TYPE=CELL:+44 7700 900500"),
        card("FN:Meyer\nEMAIL:CARL@example.com\nTEL;TYPE=HOME:+44 20 7946 0500\nTITLE:Lead\nTZ:Europe/Paris"),
        card("FN:Carl (new phone)\nTEL;TYPE=CELL:+44 7700 900500\nEMAIL:c.meyer@example.org"),
    ];
    let (after, proposal) = acme().import(&cards(&text.concat()), None);
    assert_eq!(proposal.added.len(), 1);
    assert_eq!(proposal.added[0].lines, [1, 7, 15]);
    let carl = &after.team().people[&outage_kit::team::Id::parse("carl.meyer").unwrap()];
    assert_eq!((carl.name.as_str(), carl.zone.as_str(), carl.title.as_deref()), ("Carl Meyer", "Europe/Paris", Some("Lead")));
    assert_eq!(carl.emails, ["carl@example.com", "c.meyer@example.org"]);
    assert_eq!(carl.numbers.iter().map(|n| n.e164.as_str()).collect::<Vec<_>>(), ["+447700900500", "+442079460500"]);
}

#[test]
fn what_humans_wrote_stays_and_the_difference_is_said() {
    let lines = "FN:Alice B. Okafor\nNICKNAME:Al,Ally\nTITLE:Manager\nEMAIL:alice@example.com\nEMAIL:ally@example.com\n\
                 TEL;TYPE=HOME:+44 7700 900123\nTEL;TYPE=HOME:+44 20 7946 0111 x5\nTZ:Asia/Tokyo\nNOTE:ring twice\nORG:Example;Payments";
    let (after, proposal) = acme().import(&cards(&card(lines)), None);
    let kept: Vec<_> = proposal.kept.iter().map(|kept| (kept.field, kept.ours.as_str(), kept.theirs.as_str())).collect();
    assert_eq!(
        kept,
        [
            ("name", "Alice Okafor", "Alice B. Okafor"),
            ("title", "Database engineer", "Manager"),
            ("zone", "Europe/London", "Asia/Tokyo"),
        ]
    );
    assert_eq!(
        after.0["people/alice.okafor.toml"],
        r#"[[person]]
id = "alice.okafor"
name = "Alice Okafor"
aliases = ["Al", "Ally"]
title = "Database engineer"
zone = "Europe/London"
emails = ["alice@example.com", "ally@example.com"]
teams = ["Payments"]
note = "ring twice"

[[person.number]]
number = "+44 7700 900123"
kind = "mobile"
checked = 2026-11-12
checked_by = "alice.okafor"

[[person.number]]
number = "+44 20 7946 0111"
kind = "home"
note = "extension 5"
"#
    );
    assert_eq!(after.0["people/bob.reyes.toml"], BOB, "nobody else is touched");
}

#[test]
fn a_name_that_leads_to_somebody_else_is_not_given_away() {
    let text = [card("FN:Alan Whitfield\nNICKNAME:al,Whit,bob.reyes\nEMAIL:alan@example.com")];
    let proposal = acme().propose(&cards(&text.concat()), None);
    assert_eq!(proposal.added[0].gain.aliases, ["Whit"]);
    let told: Vec<_> = proposal.left_out.iter().map(|left| (left.text.as_str(), left.why.as_str())).collect();
    assert_eq!(told, [("al", "it leads to alice.okafor already"), ("bob.reyes", "it leads to bob.reyes already")]);
}

// The region question.

#[test]
fn a_number_without_a_country_waits_for_the_answer() {
    // U75: Outlook writes national numbers.
    let found = read("outlook-2.1");
    let asked = acme().propose(&found, None);
    let waiting: Vec<_> = asked.numbers_without_country.iter().map(|w| (w.line, w.who.as_str(), w.text.as_str())).collect();
    assert_eq!(
        waiting,
        [
            (10, "Jörg Größl", "(202) 555-0111"),
            (11, "Jörg Größl", "(202) 555-0112"),
            (12, "Jörg Größl", "(202) 555-0113"),
            (13, "Jörg Größl", "(202) 555-0114"),
        ]
    );
    assert_eq!(asked.added[0].gain.numbers, [], "nothing is guessed");
    assert!(asked.added[0].zone_assumed);

    let (after, answered) = acme().import(&found, region("US"));
    assert_eq!(answered.numbers_without_country, []);
    assert_eq!(
        after.0["people/jorg.grossl.toml"],
        r#"[[person]]
id = "jorg.grossl"
name = "Jörg Größl"
title = "Engineer"
teams = ["Storage"]
zone = "Europe/Berlin" # assumed when imported: no card says it
emails = ["joerg@example.com", "j.groessl@example.org"]
note = """
Pager is in the drawer
Ring twice = two calls"""

[[person.number]]
number = "+1 202 555 0111" # in the address book: (202) 555-0111
kind = "work"

[[person.number]]
number = "+1 202 555 0112" # in the address book: (202) 555-0112
kind = "home"

[[person.number]]
number = "+1 202 555 0113" # in the address book: (202) 555-0113
kind = "mobile"

[[person.number]]
number = "+1 202 555 0114" # in the address book: (202) 555-0114
kind = "pager"
"#
    );
    // Asked first and answered later, or the other way round: the same directory.
    let (first, _) = acme().import(&found, None);
    let (then, _) = first.import(&found, region("US"));
    assert_eq!(then.team(), after.team());
    assert_eq!(after.import(&found, None).0.0, after.0);
}

#[test]
fn a_person_known_only_by_a_national_number_waits_too() {
    let found = cards(&card("FN:Plumber\nTEL;CELL:07700 900555"));
    let proposal = acme().propose(&found, None);
    assert_eq!((proposal.added.len(), proposal.skipped.len(), proposal.numbers_without_country.len()), (0, 1, 1));
    assert!(proposal.skipped[0].why.contains("country"), "{}", proposal.skipped[0].why);
    assert_eq!(acme().propose(&found, region("GB")).added.len(), 1);
}

#[test]
fn what_cannot_be_dialled_is_left_out_with_its_reason() {
    // D7
    let found = cards(&card(
        "FN:Eve\nEMAIL:eve@example.com\nTEL:*21*07700900555#\nTEL:+44 7700 9００124\nTEL:1-800-FLOWERS\nTEL:+999 1234567\nTEL:BusinessPhone",
    ));
    let proposal = acme().propose(&found, region("GB"));
    assert_eq!(proposal.added[0].gain.numbers, []);
    let told: Vec<_> = proposal.left_out.iter().map(|left| (left.line, left.text.as_str())).collect();
    assert_eq!(
        told,
        [(5, "*21*07700900555#"), (6, "+44 7700 9００124"), (7, "1-800-FLOWERS"), (8, "+999 1234567"), (9, "BusinessPhone")]
    );
}

// Adopting.

#[test]
fn the_same_file_twice_changes_nothing() {
    // U78, byte for byte, for every fixture into a team of examples.
    let example: BTreeMap<String, String> =
        Directory::of(&[("people/alice.okafor.toml", ALICE), ("people/bob.reyes.toml", BOB)]).0;
    for (name, bytes) in fixtures() {
        let found = vcard::read(&bytes);
        let (once, _) = Directory(example.clone()).import(&found, region("GB"));
        assert_ne!(once.0, example, "{name} brought nothing");
        let (twice, proposal) = once.import(&found, region("GB"));
        assert!(proposal.is_empty(), "{name}: {}", listing(&proposal));
        assert!(proposal.same > 0 && proposal.found_anyone());
        assert_eq!(twice.0, once.0, "{name}");
    }
}

#[test]
fn what_was_written_reads_back_as_proposed() {
    for (name, bytes) in fixtures() {
        let proposal = acme().propose(&vcard::read(&bytes), region("US"));
        let team = acme().adopt(proposal.clone()).checked.team;
        for added in &proposal.added {
            let person = &team.people[&added.id];
            assert_eq!((&person.name, &person.zone), (&added.name, &added.zone), "{name}");
            assert_eq!(person.title, added.gain.title, "{name}");
            assert_eq!(person.teams, added.gain.teams, "{name}");
            assert_eq!(person.aliases, added.gain.aliases, "{name}");
            assert_eq!(person.emails, added.gain.emails, "{name}");
            assert_eq!(person.note, added.gain.note, "{name}");
            let numbers: Vec<_> = added.gain.numbers.iter().map(|new| new.number.clone()).collect();
            assert_eq!(person.numbers, numbers, "{name}");
            assert!(numbers.iter().all(|number| number.checked.is_none()), "{name}: nobody has checked these");
        }
    }
}

#[test]
fn one_broken_card_costs_nobody_else() {
    // U74
    let (after, proposal) = acme().import(&read("broken"), None);
    assert_eq!(proposal.same, 2, "Alice and Bob are known already");
    assert_eq!(proposal.added.iter().map(|added| added.name.as_str()).collect::<Vec<_>>(), ["Mia Krause"]);
    let skipped: Vec<_> = proposal.skipped.iter().map(|s| (s.line, s.who.as_deref().unwrap_or(""), s.broken)).collect();
    assert_eq!(
        skipped,
        [(6, "Cut Off", true), (18, "", true), (20, "", true), (21, "", true), (26, "", true), (41, "End Of File", true)]
    );
    assert_eq!(after.team().people.len(), 3);
}

#[test]
fn hostile_text_neither_escapes_nor_becomes_toml() {
    // U76, D1 to D5, D13
    let (after, proposal) = acme().import(&read("hostile"), region("GB"));
    let team = after.team();
    assert_eq!(
        team.people.keys().map(ToString::to_string).collect::<Vec<_>>(),
        ["alice.okafor", "bob.reyes", "bob.reyes.verified.by.root", "person.id.mallory"]
    );
    for (name, text) in &after.0 {
        for line in text.lines() {
            assert!(line.trim().is_empty() || field_fault(line).is_none() || line.len() > 256, "{name}: {line:?}");
        }
    }
    let told = listing(&proposal);
    assert_eq!(note_fault(&told), None, "{told}");
    assert!(told.contains("\\x1b[2J") && told.contains("\\u{202e}"), "what was taken out is shown escaped:\n{told}");
}

#[test]
fn what_the_rules_refuse_is_skipped_and_the_rest_adopted() {
    // D6: a Cyrillic letter in a Latin name, and a whole name that looks like another.
    let lookalike = "[[person]]\nid = \"coa\"\nname = \"\u{0421}\u{043e}\u{0430}\"\nzone = \"Europe/London\"\n";
    let directory = Directory::of(&[("people/a.toml", lookalike)]);
    let text = [
        card("FN:\u{0410}nna Schmidt\nEMAIL:anna@example.com"),
        card("FN:Coa\nEMAIL:coa@example.com"),
        card("FN:Erin Lam\nEMAIL:erin@example.com"),
        card("FN:Joe Roe\nEMAIL:joe@example.com\nNOTE:password: hunter2hunter2"),
    ];
    let (after, proposal) = directory.import(&cards(&text.concat()), None);
    assert!(after.0.contains_key("people/erin.lam.toml"));
    assert!(!after.0.contains_key("people/nna.schmidt.toml") && !after.0.contains_key("people/anna.schmidt.toml"));
    let skipped: Vec<_> = proposal.skipped.iter().map(|s| (s.line, s.who.clone().unwrap_or_default())).collect();
    assert!(skipped.contains(&(1, "\u{0410}nna Schmidt".to_owned())), "{skipped:?}");
    assert!(skipped.contains(&(6, "Coa".to_owned())), "{skipped:?}");
    assert_eq!(after.team().people.len(), 1 + proposal.added.len());
}

#[test]
fn a_directory_with_mistakes_of_its_own_is_not_touched() {
    let directory = Directory::of(&[("people/x.toml", "[[person]]\nid = \"x\"\nname = \"X\"\nzone = \"Nowhere/At_all\"\n")]);
    let proposal = propose(&BTreeMap::new(), &cards(&card("FN:Y\nEMAIL:y@example.com")), None, &zone());
    let refused = adopt(&directory.draft(), proposal, TODAY);
    assert!(matches!(refused, Err(AdoptError::Directory(_))), "{refused:?}");
}

#[test]
fn files_are_written_as_shown_and_found_by_number() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    fs::write(dir.join("kit.toml"), ACME).unwrap();
    fs::create_dir(dir.join("people")).unwrap();
    // CR LF and a byte order mark are how this human's editor saves.
    let bob = format!("\u{feff}{}", BOB.replace('\n', "\r\n"));
    fs::write(dir.join("people/bob.toml"), &bob).unwrap();
    let draft = authored::read(dir).unwrap();
    let people = check(&draft, TODAY).unwrap().team.people;
    let text = [
        card("FN:Bob\nEMAIL:bob@example.com\nEMAIL:bobby@example.com\nTEL;TYPE=CELL:+1 202 555 0166"),
        card("FN:Con Lee\nEMAIL:con@example.com"),
    ];
    let adopted = adopt(&draft, propose(&people, &cards(&text.concat()), None, &zone()), TODAY).unwrap();
    let names: Vec<_> = adopted.edits.changes().into_iter().map(|change| change.file).collect();
    assert_eq!(names, ["people/bob.toml", "people/of.con.lee.toml"], "Windows has no files called con");
    adopted.edits.write(dir).unwrap();

    let expected = bob.replace(
        "    \"bob@example.com\", # the one he reads\r\n",
        "    \"bob@example.com\", # the one he reads\r\n    \"bobby@example.com\",\r\n",
    ) + "\r\n[[person.number]]\r\nnumber = \"+1 202 555 0166\"\r\nkind = \"mobile\"\r\n";
    assert_eq!(fs::read_to_string(dir.join("people/bob.toml")).unwrap(), expected);
    let draft = authored::read(dir).unwrap();
    let team = check(&draft, TODAY).unwrap().team;
    assert_eq!(team, adopted.checked.team);
    let number = E164::parse("+12025550166").unwrap();
    let owner = team.people.iter().find(|(_, person)| person.numbers.iter().any(|n| n.e164 == number)).unwrap();
    assert_eq!(owner.0.as_str(), "bob.reyes");

    // Somebody edits while the question is on the screen: nothing is written over it.
    let next = adopt(&draft, propose(&team.people, &cards(&card("FN:Bob\nEMAIL:bob@example.com\nNOTE:x")), None, &zone()), TODAY);
    fs::write(dir.join("people/bob.toml"), BOB).unwrap();
    let refused = next.unwrap().edits.write(dir).unwrap_err();
    assert!(refused.to_string().contains("people/bob.toml"), "{refused}");
    assert_eq!(fs::read_to_string(dir.join("people/bob.toml")).unwrap(), BOB);
}

#[test]
fn the_listing_reads_well_and_json_is_stable() {
    let text = [
        card("FN:Anna Müller\nEMAIL:anna@example.com\nTEL;TYPE=CELL:07700 900124\nTEL;TYPE=WORK:+44 20 7946 0958 x12"),
        card("FN:Alice O.\nEMAIL:alice@example.com\nTITLE:Lead\nTEL;TYPE=HOME:+44 20 7946 0111"),
        card("FN:Both\nEMAIL:alice@example.com\nEMAIL:bob@example.com"),
        card("FN:Nobody"),
    ];
    let proposal = acme().propose(&cards(&text.concat()), region("GB"));
    assert_eq!(
        listing(&proposal),
        "\
added     Anna Müller             id         anna.muller
                                  zone       Europe/Berlin   (assumed: no card says it)
                                  e-mail     anna@example.com
                                  mobile     +44 7700 900124   (was 07700 900124)
                                  work       +44 20 7946 0958   extension 12
changed   Alice Okafor            home       +44 20 7946 0111
kept      alice.okafor            name       Alice Okafor   (the card at line 8 says Alice O.)
kept      alice.okafor            title      Database engineer   (the card at line 8 says Lead)
conflict  line 15: Both: alice@example.com is alice.okafor's, bob@example.com is bob.reyes's
skipped   line 21: Nobody: it has no e-mail address and no number to dial, so it could not be recognised again
1 added, 1 changed, 0 the same, 1 in conflict, 1 skipped
"
    );
    let json = serde_json::to_value(&proposal).unwrap();
    let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "added",
        "changed",
        "cleaned",
        "conflicts",
        "kept",
        "left_out",
        "numbers_without_country",
        "same",
        "shared_lines",
        "skipped",
    ];
    assert_eq!(keys, expected);
    assert_eq!(json["added"][0]["gain"]["numbers"][0]["number"]["e164"], "+447700900124");
    assert_eq!(json["added"][0]["gain"]["numbers"][0]["was"], "07700 900124");
}

// Any bytes.

/// Lines that look like a card, whole and broken ones.
fn line() -> impl Strategy<Value = String> {
    let head = prop::sample::select(vec![
        "FN",
        "N",
        "N;CHARSET=ISO-8859-1",
        "TEL",
        "tel;type=cell,pref",
        "TEL;VALUE=uri",
        "EMAIL",
        "item1.EMAIL;PREF=1",
        "NICKNAME",
        "ORG",
        "NOTE;ENCODING=QUOTED-PRINTABLE",
        "PHOTO;ENCODING=b",
        "AGENT",
        "TZ",
        "VERSION",
        "BEGIN",
        "END",
        "item1.X-ABLabel",
        " ",
        "",
    ]);
    let value = prop_oneof![
        3 => "[ -~äñ山\\\\;,:=\u{202e}\u{1b}]{0,20}",
        1 => Just("VCARD".to_owned()),
        1 => Just("+44 7700 900123".to_owned()),
        1 => Just("tel:+44-7700-900123;ext=1".to_owned()),
        1 => Just("a@example.com".to_owned()),
        1 => Just("=C3=A4=".to_owned()),
    ];
    (head, value, any::<bool>()).prop_map(|(head, value, colon)| format!("{head}{}{value}", if colon { ":" } else { "" }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>) {
        all_may_be_stored(&vcard::read(&bytes))?;
    }

    #[test]
    fn any_lines_are_read_proposed_and_adopted(lines in prop::collection::vec(line(), 0..25), end in prop::sample::select(vec!["\n", "\r\n", "\r"])) {
        let text = format!("BEGIN:VCARD{end}{}{end}END:VCARD{end}", lines.join(end));
        let found = vcard::read(text.as_bytes());
        all_may_be_stored(&found)?;
        let (once, _) = acme().import(&found, region("GB"));
        let (twice, proposal) = once.import(&found, region("GB"));
        prop_assert!(proposal.is_empty());
        prop_assert_eq!(once.0, twice.0);
    }

    #[test]
    fn any_text_is_stored_as_proposed_or_skipped(name: String, nick: String, title: String, note: String, unit: String) {
        let value = |text: &str| text.replace('\\', "\\\\").replace(['\n', '\r'], "\\n").replace(';', "\\;").replace(',', "\\,");
        let (name, nick, title, note, unit) = (value(&name), value(&nick), value(&title), value(&note), value(&unit));
        let text = card(&format!("FN:x{name}\nNICKNAME:{nick}\nTITLE:{title}\nNOTE:{note}\nORG:Example;{unit}\nEMAIL:x@example.com"));
        let found = cards(&text);
        prop_assert_eq!(found.people.len(), 1, "{}", text);
        let adopted = acme().adopt(acme().propose(&found, None));
        prop_assert_eq!(adopted.proposal.added.len() + adopted.proposal.skipped.len(), 1);
        for added in &adopted.proposal.added {
            let person = &adopted.checked.team.people[&added.id];
            prop_assert_eq!((&person.name, &person.title, &person.note), (&added.name, &added.gain.title, &added.gain.note));
            prop_assert_eq!((&person.aliases, &person.teams), (&added.gain.aliases, &added.gain.teams));
        }
    }

    #[test]
    fn damaged_exports_are_read(which in 0_usize..15, cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), end: prop::sample::Index) {
        let mut bytes = fixtures().into_values().nth(which).unwrap();
        for (at, byte) in cuts {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(end.index(bytes.len()) + 1);
        all_may_be_stored(&vcard::read(&bytes))?;
    }
}

/// Every text that was found may stand in a team directory, and every line is one of the file.
fn all_may_be_stored(cards: &Cards) -> Result<(), TestCaseError> {
    for found in &cards.people {
        prop_assert!(found.line > 0 && field_fault(&found.name).is_none());
        let texts = found.aliases.iter().chain(&found.title).chain(&found.teams).chain(&found.emails);
        for text in texts.chain(found.numbers.iter().map(|number| &number.text)) {
            prop_assert!(field_fault(text).is_none(), "{text:?}");
        }
        prop_assert!(found.note.as_ref().is_none_or(|note| note_fault(note).is_none()));
        for text in found.left_out.iter().map(|left| &left.text).chain(found.cleaned.iter().map(|cleaned| &cleaned.was)) {
            prop_assert!(note_fault(text).is_none() && text.chars().count() <= 61, "{text:?}");
        }
    }
    Ok(())
}
