//! Hostile names in every shape: they stay text, and come back as they were (D9, D10, D11, D13).

use outage_kit::{
    export::{self, Outgoing},
    team::{Id, Number, Person, Team, Wake, Zone, is_invisible},
};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use serde_json::Value;
use unicode_normalization::char::is_combining_mark;

use crate::{
    phone_peers::{events, javascript, python, text},
    world::{NOW, World},
};

/// What names are made of that want to be more than names.
const HOSTILE: [&str; 44] = [
    "Doe; John",
    "a,b",
    "back\\slash",
    "\\n is two letters",
    "a\\,b\\;c\\\\",
    "new\nline",
    "x\r\nTEL:+1999",
    "x\r\nEND:VCARD\r\nBEGIN:VCARD",
    "END:VEVENT",
    "BEGIN:VALARM",
    "a:b\"c\"",
    "tab\there",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "x;=1+1",
    "x\";\"=1+1",
    "'=1",
    "\"=1",
    "＝1",
    "\u{202e}evil\u{202c}",
    "\u{200f}rtl\u{200b}",
    "esc\u{1b}[2J",
    "nul\u{0}",
    "c1\u{9b}2J",
    "👩\u{200d}🚒 Ann",
    "🚒 Ann",
    "李小龍",
    "محمد علي",
    "नेहा शर्मा",
    "`code`",
    "``",
    "<script>alert(1)</script>",
    "<!-- x",
    "[x](javascript:alert(1))",
    "![i](http://x.example/i.png)",
    "# heading",
    "| a | b |",
    "*b* _i_ ~~s~~ &amp; $x$",
    "1. first",
    "http://bank.example@evil.example",
    "www.evil.example and mail@evil.example",
    ":smile: @here",
];

/// A text as kit lets it out: what does not show is escaped.
fn plain(text: &str) -> String {
    let mut marks = 0;
    let one = |c: char| {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        match c {
            c if c.is_control() => format!("\\x{:02x}", u32::from(c)),
            c if is_invisible(c) || marks > 4 => format!("\\u{{{:x}}}", u32::from(c)),
            c => c.to_string(),
        }
    };
    text.chars().map(one).collect()
}

/// The list above, very long names, and two hundred that nobody thought of.
fn names() -> Vec<String> {
    let mut names: Vec<String> = HOSTILE.map(str::to_owned).into();
    names.extend(["x".repeat(256), "é".repeat(256), "李".repeat(256), "🚒".repeat(100), "; ".repeat(128), "\\".repeat(100)]);
    let mut runner = TestRunner::deterministic();
    let any = "[a-z;,:\\\\\"'=+@|` \n\r\t\u{202e}é李🚑<>\\[\\]()#*_&-]{1,90}";
    let strategy = any.prop_filter("a name has something in it", |name| !name.trim().is_empty());
    names.extend((0..200).map(|_| strategy.new_tree(&mut runner).unwrap().current()));
    names
}

fn team(names: &[String]) -> Team {
    let mut team = Team::named("A; \"B\", \\C\nBEGIN:VCARD =1 \u{202e}");
    for (index, name) in names.iter().enumerate() {
        let number = Number::parse(&format!("+4477009{index:05}"), None).unwrap();
        let person = Person {
            name: name.clone(),
            aliases: vec![name.clone(), "second".into()],
            title: Some(name.clone()),
            teams: vec![name.clone()],
            zone: Zone::parse("UTC").unwrap(),
            hours: None,
            place: None,
            emails: vec![format!("{index}@example.com")],
            numbers: vec![Number { note: Some(name.clone()), ..number }],
            message: None,
            wake: Wake::default(),
            calendars: vec![],
            absences: vec![],
            note: None,
        };
        team.people.insert(Id::parse(&format!("p{index:04}")).unwrap(), person);
    }
    team
}

fn outgoing(team: &Team) -> Outgoing<'_> {
    let now = NOW.parse().unwrap();
    Outgoing { team, kit: "kit", seq: 3, created: now, now, private: false }
}

#[test]
fn d13_a_name_in_a_contact_is_one_name_for_two_readers() {
    let (world, names) = (World::new(), names());
    let team = team(&names);
    let made = export::people(outgoing(&team), &team.people.iter().collect::<Vec<_>>());
    assert_eq!(made.text.matches("\r\nBEGIN:VCARD\r\n").count() + 1, names.len());
    assert!(made.text.split_terminator("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])));
    world.write("people.vcf", &made.text);
    for (reader, read) in
        [("vobject", python(&world, "contacts", "people.vcf")), ("ical.js", javascript(&world, "contacts", "people.vcf"))]
    {
        let read = read.as_array().unwrap();
        assert_eq!(read.len(), names.len(), "{reader}");
        for (index, (contact, name)) in read.iter().zip(&names).enumerate() {
            // ical.js leaves the backslash of `\;` where a value has no parts, and takes `\\;` between parts for one of its escapes,
            // both against RFC 2426: of its names all but the backslashes counts.
            let bare = |read: &str| read.replace('\\', "").trim_end_matches(';').to_owned();
            let is_same = |read: &str| match reader {
                "ical.js" => bare(read) == bare(&plain(name)),
                _ => read == plain(name),
            };
            assert!(is_same(text(contact, "name")), "{reader}: {name:?} {contact}");
            assert!(is_same(contact["n"][1].as_str().unwrap()), "{reader}: {name:?} {contact}");
            let tel = contact["tel"].as_array().unwrap();
            assert_eq!((tel.len(), text(&tel[0], "number")), (1, format!("+4477009{index:05}").as_str()), "{reader}: {name:?}");
            assert!(is_same(text(&tel[0], "label")), "{reader}: {name:?} {contact}");
            assert_eq!(contact["email"], serde_json::json!([format!("{index}@example.com")]), "{reader}: {name:?}");
        }
    }
}

#[test]
fn d13_a_name_in_a_calendar_is_one_name_for_two_readers() {
    use outage_kit::team::{Part, Role, Window};
    let (world, names) = (World::new(), names());
    let mut team = team(&names);
    for (index, name) in names.iter().enumerate() {
        let role = Role {
            person: Id::parse("p0000").unwrap(),
            part: Part::Needed,
            does: Some(name.clone()),
            from: None,
            until: None,
            released_by: None,
            bring: vec![],
            woken_by: vec![],
        };
        let window = Window {
            name: name.clone(),
            aliases: vec![],
            start: "2026-11-20T00:00:00Z".parse().unwrap(),
            end: "2026-11-20T02:00:00Z".parse().unwrap(),
            systems: vec![],
            roles: vec![role],
            rollback: vec![name.clone()],
            go_no_go: None,
            announce: None,
            rehearsals: vec![],
            acknowledge: vec![],
        };
        team.windows.insert(Id::parse(&format!("w{index:04}")).unwrap(), window);
    }
    let made = export::ics(outgoing(&team), export::Horizon { person: None, days: 30 });
    world.write("a.ics", &made.text);
    let read = events(&world, "a.ics");
    let windows: Vec<&Value> = read.iter().filter(|event| text(event, "uid").starts_with("window.")).collect();
    assert_eq!(windows.len(), names.len());
    for (event, name) in windows.iter().zip(&names) {
        assert_eq!(text(event, "summary"), plain(name));
        assert!(text(event, "description").contains(&format!("Roll back: {}\n", plain(name))), "{name:?} {event}");
        assert_eq!((text(event, "start"), text(event, "end")), ("2026-11-20T00:00:00Z", "2026-11-20T02:00:00Z"));
    }
}

#[test]
fn d10_a_name_in_a_row_is_one_cell_and_no_formula() {
    let (world, names) = (World::new(), names());
    let made = export::csv(outgoing(&team(&names)));
    world.write("team.csv", &made.text);
    let rows = python(&world, "rows", "team.csv");
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), names.len());
    for (index, (row, name)) in rows.iter().zip(&names).enumerate() {
        assert_eq!(text(row, "id"), format!("p{index:04}"));
        // The whole row as a spreadsheet with other separators would cut it: no piece begins a formula.
        for cell in row.as_object().unwrap().values() {
            for piece in cell.as_str().unwrap().split([';', ',', '|', '\t', '\n', '\r']) {
                let begins = piece.trim_start_matches([' ', '"', '\u{a0}']);
                assert!(!begins.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{name:?} {cell}");
            }
        }
        // Without its guards it is the name.
        let cell =
            text(row, "name").replace("'=", "=").replace("'+", "+").replace("'-", "-").replace("'@", "@").replace("'＝", "＝");
        let bare = plain(name).replace("'=", "=").replace("'+", "+").replace("'-", "-").replace("'@", "@");
        assert_eq!(cell.replace('\'', ""), bare.replace('\'', ""), "{name:?}");
        assert_eq!(text(row, "name") != plain(name), text(row, "guarded").split(' ').any(|column| column == "name"), "{row}");
    }
}

#[test]
fn d9_d11_a_name_on_a_page_is_text_and_no_markup() {
    let (world, names) = (World::new(), names());
    world.write("team.md", export::markdown(outgoing(&team(&names))).text);
    let page = python(&world, "page", "team.md");
    assert_eq!(page["other"], serde_json::json!([]), "nothing but headings, lists, text and links");
    let links = page["links"].as_array().unwrap();
    assert_eq!(links.len(), names.len());
    assert!(links.iter().all(|link| link.as_str().unwrap().starts_with("tel:+4477009")), "{links:?}");
    let spaced = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = spaced(text(&page, "text"));
    for name in &names {
        assert!(shown.contains(&spaced(&plain(name))), "{name:?} is not on the page as it is");
    }
}

#[test]
fn d18_a_name_in_json_comes_back_and_nothing_hidden_is_written() {
    let names = names();
    let made = export::json(outgoing(&team(&names)));
    assert!(!made.text.chars().any(|c| c != '\n' && (c.is_control() || is_invisible(c))));
    let read: Value = serde_json::from_str(&made.text).unwrap();
    for (person, name) in read["people"].as_array().unwrap().iter().zip(&names) {
        assert_eq!((text(person, "name"), &person["teams"][0]), (name.as_str(), &name.as_str().into()));
    }
}
