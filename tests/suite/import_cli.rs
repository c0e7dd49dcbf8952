//! `kit import`: an address book as phones export it becomes people who are found by their numbers.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde_json::Value;

use crate::{acme::Acme, world::World};

/// Address books of seven makers, the country of those who wrote no countries, and a number that each brings in.
const BOOKS: [(&str, &str, &str); 7] = [
    ("android-2.1.vcf", "GB", "+33639980112"),
    ("google-3.0.vcf", "GB", "+12025550199"),
    ("iphone-3.0.vcf", "GB", "+442079460210"),
    ("outlook-2.1.vcf", "US", "(202) 555-0113"),
    ("nextcloud-4.0.vcf", "GB", "+33639980212"),
    ("blackberry-2.1.vcf", "GB", "+442079460400"),
    ("evolution-3.0.vcf", "GB", "+12025550178"),
];

fn book(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/vcard")).join(name)
}

fn directory(world: &World) -> BTreeMap<PathBuf, Vec<u8>> {
    world.files("team").into_iter().map(|file| (file.clone(), world.read(file))).collect()
}

fn import(world: &World, name: &str, more: &[&str]) -> crate::world::Run {
    let file = book(name).into_os_string().into_string().unwrap();
    world.kit(["import", &file, "--into", "team"].iter().chain(more))
}

#[test]
fn people_of_seven_makers_are_found_by_number_on_another_machine() {
    let acme = Acme::joined();
    for (name, country, number) in BOOKS {
        acme.alice.kit(["lookup", number]).fails(3);
        let run = import(&acme.dana, name, &["--yes", "--region", country]);
        run.ok();
        acme.dana.kit(["check", "team"]).ok();
        // The same again changes nothing, byte for byte.
        let before = directory(&acme.dana);
        import(&acme.dana, name, &["--yes", "--region", country]).ok();
        assert!(directory(&acme.dana) == before, "{name} a second time");
    }
    acme.publish().ok();
    acme.alice.kit(["sync"]).ok();
    for (name, _, number) in BOOKS {
        let run = acme.alice.kit(["lookup", number]);
        run.assert(run.status == 0 && run.stdout.starts_with("CALL  "), &format!("somebody of {name} at {number}"));
    }
    // Nobody of the example was touched.
    acme.alice.kit(["lookup", "alice.okafor"]).ok().first_line("CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min");
}

#[test]
fn nothing_is_written_without_a_yes() {
    let acme = Acme::founded();
    let before = directory(&acme.dana);
    import(&acme.dana, "google-3.0.vcf", &["--region", "GB"]).status(2).says("--yes");
    assert!(directory(&acme.dana) == before, "off a terminal");
    import(&acme.dana, "google-3.0.vcf", &["--region", "GB", "--dry-run"]).ok();
    assert!(directory(&acme.dana) == before, "a dry run");
    let file = book("google-3.0.vcf").into_os_string().into_string().unwrap();
    for no in ["n", "", "no", "yess"] {
        let mut screen = acme.dana.terminal(["import", &file, "--into", "team", "--region", "GB"]);
        screen.expect("kit asks: Write this into the team directory? [y/N] ").send_line(no);
        assert!(screen.ends(130).contains("nothing was written"));
        assert!(directory(&acme.dana) == before, "{no:?}");
    }
    let mut screen = acme.dana.terminal(["import", &file, "--into", "team", "--region", "GB"]);
    screen.expect("[y/N] ").send_line("y");
    screen.ends(0);
    assert!(directory(&acme.dana) != before);
}

#[test]
fn numbers_without_a_country_are_asked_about_once() {
    let acme = Acme::founded();
    let before = directory(&acme.dana);
    // In a script they are left out, and the status says so; the people with other numbers stand.
    import(&acme.dana, "outlook-2.1.vcf", &["--yes"]).status(2).says("--region");
    import(&acme.dana, "outlook-2.1.vcf", &["--yes", "--region", "XX"]).fails(2).says("--region");
    for (file, bytes) in directory(&acme.dana) {
        if before.get(&file) != Some(&bytes) {
            assert!(!String::from_utf8(bytes).unwrap().contains("555-0113"), "{} guesses a country", file.display());
        }
    }
    let file = book("outlook-2.1.vcf").into_os_string().into_string().unwrap();
    let mut screen = acme.dana.terminal(["import", &file, "--into", "team"]);
    screen.expect("have no country code. Which country").expect("? ").send_line("US");
    screen.expect("[y/N] ").send_line("y");
    screen.ends(0);
    acme.publish().ok();
    acme.dana.kit(["lookup", "+12025550113"]).ok();
}

#[test]
fn an_address_book_comes_from_standard_input_too() {
    let acme = Acme::founded();
    let bytes = fs::read(book("google-3.0.vcf")).unwrap();
    acme.dana.kit_reading(&bytes, ["import", "-", "--into", "team", "--yes", "--region", "GB"]).ok();
    let (first, second) = (directory(&acme.dana), Acme::founded());
    import(&second.dana, "google-3.0.vcf", &["--yes", "--region", "GB"]).ok();
    let people =
        |all: BTreeMap<PathBuf, Vec<u8>>| all.into_iter().filter(|(file, _)| file.starts_with("team/people")).collect::<Vec<_>>();
    assert!(people(first) == people(directory(&second.dana)));
}

#[test]
fn a_bad_card_is_named_and_the_rest_goes_on() {
    let acme = Acme::founded();
    let run = import(&acme.dana, "broken.vcf", &["--yes", "--region", "GB"]);
    run.ok().has("line ");
    import(&Acme::founded().dana, "broken.vcf", &["--yes", "--region", "GB", "--strict"]).status(1).says("skipped");
    acme.dana.write("nothing.vcf", "no cards here\n");
    acme.dana.kit(["import", "nothing.vcf", "--into", "team", "--yes"]).status(1).says("no card in this file could be used");
    acme.dana.kit(["import", "missing.vcf", "--into", "team", "--yes"]).fails(2).says("missing.vcf");
    acme.dana.kit(["import", "nothing.vcf", "--into", "missing", "--yes"]).fails(2).says("missing");
    acme.dana.kit(["check", "team"]).ok();
}

#[test]
fn the_proposal_is_one_json_object() {
    let acme = Acme::founded();
    let run = import(&acme.dana, "google-3.0.vcf", &["--dry-run", "--region", "GB", "--json"]);
    let value: Value = serde_json::from_str(&run.ok().stdout).unwrap();
    assert!(value["schema"].as_str().is_some_and(|schema| schema.starts_with("kit.import/")), "{value}");
}
