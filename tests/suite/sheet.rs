//! `kit export sheet`: whom to call, on paper; read again by other programs, in all languages, and as text and HTML.

use std::collections::BTreeSet;

use crate::{
    acme::Acme,
    every_field,
    world::{Run, World, peer},
};

/// People whose names are written in eight scripts, and whose numbers stand beside them.
const SCRIPTS: [(&str, &str); 8] = [
    ("zoe.lefevre2", "Zoë Łukasiewicz"),
    ("dmytro", "Дмитро Шевченко"),
    ("eleni", "Ελένη Παπαδοπούλου"),
    ("mohammed", "محمد العربي"),
    ("sara", "שרה כהן"),
    ("priyanka", "प्रियंका शर्मा"),
    ("hanako", "田中 花子"),
    ("somchai", "สมชาย ใจดี"),
];

fn sheet(world: &World, more: &[&str]) -> Run {
    world.kit(["export", "sheet"].iter().chain(more))
}

/// The text of a PDF in the order in which it is read, one space between words.
fn text(world: &World, pdf: &str) -> String {
    let run = world.run("pdftotext", ["-enc", "UTF-8", "-raw", pdf, "-"], b"");
    run.ok().stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What another reader makes of all codes of a PDF, rasterised at some dots per inch.
fn codes(world: &World, pdf: &str, dpi: &str) -> String {
    world.run("pdftoppm", ["-r", dpi, "-gray", "-png", pdf, "page"], b"").ok();
    let is_page = |file: &std::path::PathBuf| file.to_str().is_some_and(|it| it.starts_with("page") && it.ends_with(".png"));
    let mut all = String::new();
    for page in world.files("").into_iter().filter(is_page) {
        let mut zbarimg = world.command(peer("zbarimg"));
        // As bytes: of short texts that are no ASCII it guesses the encoding, and some of them wrongly.
        zbarimg.args(["--quiet", "--raw", "-Sbinary", "-Sdisable", "-Sqr.enable"]).arg(&page);
        all.push_str(&String::from_utf8_lossy(&zbarimg.output().unwrap().stdout));
        std::fs::remove_file(world.path(&page)).unwrap();
    }
    all
}

/// A file of the team directory for one person.
fn one(id: &str, name: &str, number: &str) -> String {
    format!(
        "[[person]]\nid = \"{id}\"\nname = \"{name}\"\nzone = \"Europe/London\"\n\n[[person.number]]\nnumber = \"{number}\"\n"
    )
}

/// The example team with more people, one for each script.
fn of_many_scripts() -> Acme {
    let acme = Acme::joined();
    for (at, (id, name)) in SCRIPTS.iter().enumerate() {
        let person = one(id, name, &format!("+44 7700 9004{at}0"));
        acme.dana.write(format!("team/people/{id}.toml"), person);
    }
    acme.publish().ok();
    acme.alice.kit(["sync"]).ok();
    acme
}

#[test]
fn another_reader_gets_every_name_and_number_in_the_order_to_call_u46() {
    let acme = Acme::joined();
    let alice = &acme.alice;
    let run = sheet(alice, &["--copies", "desk 4"]);
    run.ok().first_line(&format!("WROTE  {}   4 pages, 17 codes read back", alice.path("acme-sheet.pdf").display()));
    let read = text(alice, "acme-sheet.pdf");
    let team = outage_kit::authored::load(&acme.dana.path("team"), jiff::civil::date(2026, 11, 18)).unwrap().team;
    for person in team.people.values() {
        assert!(read.contains(&person.name), "{}: {read}", person.name);
        let number = person.numbers[0].read_aloud();
        assert!(read.contains(&format!("{} {number}", person.name)), "{} {number}: {read}", person.name);
    }
    let order = ["JOIN THE BRIDGE", "+1 202 555 0100", "4829 13 #", "Chris Lindqvist", "Alice Okafor", "Mia Krause", "ON DUTY"];
    let places: Vec<usize> = order.iter().map(|it| read.find(it).unwrap_or_else(|| panic!("{it}: {read}"))).collect();
    assert!(places.is_sorted(), "{places:?}");
    for said in ["SENSITIVE", "replace by 18 Dec 2026", "Copies: desk 4.", "page 4 of 4", "50 mm", "Printed by alice.okafor"] {
        assert!(read.contains(said), "{said}: {read}");
    }
    // A number of somebody's home does not leave; nor does what is sealed.
    let home = team.people.values().flat_map(|it| &it.numbers).find(|it| it.kind == outage_kit::team::Kind::Home).unwrap();
    assert!(!read.contains(home.read_aloud()));
    sheet(alice, &["--private", "--out", "private.pdf"]).ok();
    assert!(text(alice, "private.pdf").contains(home.read_aloud()));
    let check = alice.run("qpdf", ["--check", "acme-sheet.pdf"], b"");
    check.ok().assert(!check.stderr.contains("WARNING"), "nothing to complain of");
}

#[test]
fn cameras_take_everybody_from_the_page_of_codes() {
    let acme = Acme::joined();
    sheet(&acme.alice, &[]).ok();
    let team = outage_kit::authored::load(&acme.dana.path("team"), jiff::civil::date(2026, 11, 18)).unwrap().team;
    for dpi in ["200", "300"] {
        let codes = codes(&acme.alice, "acme-sheet.pdf", dpi);
        assert!(codes.contains("tel:+12025550100"), "{codes}");
        let contacts: Vec<&str> = codes.split("BEGIN:VCARD").collect();
        for person in team.people.values() {
            let contact = contacts.iter().find(|code| code.contains(&format!("FN:{}\r\n", person.name)));
            let contact = contact.unwrap_or_else(|| panic!("{} at {dpi}: {codes}", person.name));
            assert!(contact.contains(person.numbers[0].e164.as_str()), "{contact}");
        }
    }
    sheet(&acme.alice, &["--no-qr", "--out", "plain.pdf"]).ok().lacks("17 codes");
}

#[test]
fn names_of_eight_scripts_stand_beside_their_numbers_on_paper_and_on_the_screen() {
    let acme = of_many_scripts();
    let alice = &acme.alice;
    sheet(alice, &[]).ok();
    let read = text(alice, "acme-sheet.pdf");
    for (at, (id, name)) in SCRIPTS.iter().enumerate() {
        let number = format!("+44 7700 9004{at}0");
        assert!(name.split(' ').all(|word| read.contains(word)), "{name}: {read}");
        assert!(read.contains(&number), "{number}");
        alice.with("COLUMNS", "100").kit(["lookup", id]).ok().has(name).has(&number);
    }
    sheet(alice, &["--format", "text", "--out", "-"]).ok().has("محمد العربي").has("田中 花子");
}

#[test]
fn what_no_letters_are_there_for_is_said_and_printed_as_its_number() {
    let acme = Acme::joined();
    acme.dana.write("team/people/horus.toml", one("horus", "Horus 𓀀", "+44 7700 900498"));
    acme.publish().ok();
    acme.alice.kit(["sync"]).ok();
    sheet(&acme.alice.with("COLUMNS", "200"), &[])
        .ok()
        .says("no letters for U+13000: they are printed as numbers. Give a font: --font FILE");
    assert!(text(&acme.alice, "acme-sheet.pdf").contains("Horus [U+13000]"));
    acme.alice.write("no.ttf", "this is no font");
    sheet(&acme.alice, &["--font", "no.ttf", "--force"]).fails(2).says("--font");
}

#[test]
fn a_system_a_window_and_a_part_of_the_team_have_their_own() {
    let acme = Acme::joined();
    let alice = &acme.alice;
    sheet(alice, &["payments-db"]).ok();
    let read = text(alice, "payments-database-sheet.pdf");
    let places: Vec<usize> = ["Alice Okafor", "Bob Reyes", "Priya Nair"].iter().map(|it| read.find(it).unwrap()).collect();
    let called = read.split("CALL, IN THIS ORDER").nth(1).unwrap().split("BY SYSTEM").next().unwrap();
    assert!(places.is_sorted() && called.contains("Dana Fox") && !called.contains("Ngozi"), "{read}");
    let windows = alice.kit(["window", "--list", "--plain"]);
    let window = windows.ok().stdout.split('\t').find(|it| it.contains('-') && !it.contains(':')).unwrap().to_owned();
    sheet(alice, &[&window, "--out", "window.pdf"]).ok();
    assert!(text(alice, "window.pdf").contains("THE WINDOW"));
    sheet(alice, &["quetzal"]).fails(3);
    sheet(&alice.with("COLUMNS", "200"), &["payments-db"]).fails(1).says("is there already; nothing was written");
}

#[test]
fn text_of_the_team_is_text_and_never_markup_d11() {
    let acme = Acme::joined();
    let hostile = "</td><script>alert(1)</script><a href='javascript:x'>&amp;\\\"";
    acme.dana.write("team/people/eve.toml", one("eve", &format!("Eve {hostile}"), "+44 7700 900497"));
    acme.publish().ok();
    acme.alice.kit(["sync"]).ok();
    sheet(&acme.alice, &["--format", "html"]).ok();
    let html = String::from_utf8(acme.alice.read("acme-sheet.html")).unwrap();
    let elements: BTreeSet<&str> =
        html.split('<').skip(1).map(|it| it.split(['>', ' ', '\n']).next().unwrap().trim_start_matches('/')).collect();
    let allowed = [
        "!doctype", "a", "body", "br", "h1", "h2", "head", "html", "meta", "p", "small", "span", "strong", "style", "table",
        "td", "th", "title", "tr",
    ];
    assert!(elements.iter().all(|element| allowed.contains(element)), "{elements:?}");
    assert!(html.contains("default-src 'none'") && html.contains("Eve &lt;/td&gt;&lt;script&gt;"), "{html}");
    for link in html.split("href=\"").skip(1) {
        let link = link.split('"').next().unwrap();
        let digits = link.strip_prefix("tel:+").unwrap_or_else(|| panic!("{link}"));
        assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{link}");
    }
    // PINs are large text, and in no link.
    assert!(html.contains("PIN <span class=\"n\">4829 13 #</span>"));
}

#[test]
fn everything_that_people_can_write_goes_on_paper() {
    let team = every_field::by_hand();
    let now = crate::world::NOW.parse().unwrap();
    let out = outage_kit::export::Outgoing { team: &team, kit: "jl62", seq: 3, created: now, now, private: true };
    let later = "2026-12-18T00:00:00Z".parse().unwrap();
    let made = outage_kit::export::sheet(out, outage_kit::export::About::Team, later);
    let fonts = outage_kit::paper::Fonts::with(&[]).unwrap();
    let look = outage_kit::export::Look {
        id: "KIT-JL62-3-AAA",
        paper: outage_kit::paper::Paper::A4,
        codes: true,
        by: "somebody",
        copies: &[],
        team: &team.name,
    };
    let document = outage_kit::export::sheet_pages(&made, look, &fonts);
    assert!(outage_kit::print::print(&document, &fonts).is_ok());
}
