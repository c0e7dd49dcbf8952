//! `kit export wallet`: what is on a card, what is not, and that a camera calls the bridge.

use crate::{
    acme::Acme,
    world::{World, peer},
};

fn text(world: &World, pdf: &str) -> String {
    peer("pdftotext");
    world.run("pdftotext", ["-layout", pdf, "-"], b"").ok().stdout.clone()
}

#[test]
fn four_cards_say_the_bridge_and_whom_to_call_and_little_else() {
    let acme = Acme::published();
    let dana = &acme.dana;
    dana.kit(["export", "wallet", "--out", "cards.pdf"]).ok().has("cards.pdf   1 page, 4 codes read back");
    let page = text(dana, "cards.pdf");
    for (needle, times) in
        [("+1 202 555 0100", 4), ("4829 13 #", 4), ("Alice", 4), ("+44 7700 900123", 4), ("My pager calls from", 4)]
    {
        assert_eq!(page.matches(needle).count(), times, "{needle} in\n{page}");
    }
    assert!(page.contains("KIT-") && page.contains("replace by") && page.contains("50 mm"), "{page}");
    assert!(!page.contains('…'), "nothing is cut off: {page}");
    // No surname, no service, no credential, no home number.
    let kit = dana.kit(["export", "json", "--out", "-"]).ok().stdout.clone();
    let kit: serde_json::Value = serde_json::from_str(&kit).unwrap();
    let names = kit["people"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned());
    for name in names {
        for surname in name.split(' ').skip(1) {
            assert!(!page.contains(surname), "{surname} of {name} in\n{page}");
        }
    }
    for private in ["payments-db", "Payments database", "ledger", "aws-root", "root account"] {
        assert!(!page.contains(private), "{private} in\n{page}");
    }
    assert_eq!(page.trim_end_matches('\u{c}').matches('\u{c}').count(), 0, "one page");
}

#[test]
fn a_camera_calls_the_bridge_from_each_card() {
    let acme = Acme::published();
    let dana = &acme.dana;
    dana.kit(["export", "wallet", "--paper", "letter", "--out", "cards.pdf"]).ok();
    peer("zbarimg");
    for dpi in ["200", "300"] {
        dana.run(peer("pdftoppm").to_str().unwrap(), ["-r", dpi, "-gray", "-singlefile", "cards.pdf", "photo"], b"").ok();
        let read = dana.run("zbarimg", ["--raw", "--quiet", "-Sdisable", "-Sqrcode.enable", "photo.pgm"], b"");
        assert_eq!(read.ok().stdout.lines().collect::<Vec<_>>(), ["tel:+12025550100"; 4], "{dpi} dpi");
    }
}

#[test]
fn a_program_gets_the_page_and_a_file_is_never_overwritten_unasked() {
    let acme = Acme::published();
    let dana = &acme.dana;
    dana.run("sh", ["-c", &format!("{} export wallet --out - > piped.pdf", kit(dana))], b"").ok();
    assert!(dana.read("piped.pdf").starts_with(b"%PDF-"));
    dana.kit(["export", "wallet"]).ok().has("acme-wallet.pdf");
    // The same kit and the same moment give the same bytes.
    assert_eq!(dana.read("acme-wallet.pdf"), dana.read("piped.pdf"));
    dana.kit(["export", "wallet"]).fails(1).says("is there already");
    dana.kit(["export", "wallet", "--force", "--json"]).ok().has("kit.export-paper/1");
}

/// The command line of `kit`, for a shell.
fn kit(world: &World) -> String {
    let kit = world.kit_command();
    let words = [kit.get_program()].into_iter().chain(kit.get_args());
    words.map(|word| format!("'{}'", word.to_str().unwrap())).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_part_of_the_team_has_its_own_and_an_unknown_one_is_told_which_there_are() {
    let acme = Acme::published();
    let dana = &acme.dana;
    let run = dana.kit(["export", "wallet", "Quetzal", "--out", "cards.pdf"]);
    run.fails(3).says("Quetzal");
    let known =
        run.stderr.lines().find_map(|line| line.trim().strip_prefix("There are: ")).unwrap_or_else(|| panic!("{}", run.stderr));
    let one = known.split(", ").next().unwrap().to_owned();
    dana.kit(["export", "wallet", &one.to_lowercase(), "--found", "call the bridge", "--out", "cards.pdf"]).ok();
    assert_eq!(text(dana, "cards.pdf").matches("Found? call the bridge").count(), 4);
}
