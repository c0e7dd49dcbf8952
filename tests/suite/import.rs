//! Address books as programs really export them: read, matched, proposed, adopted. Fixtures stand in `tests/data/vcard/`.

use std::{collections::BTreeMap, fs, path::PathBuf};

use outage_kit::import::{Cards, Found, vcard};

fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/vcard").join(name);
    fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn read(name: &str) -> Cards {
    vcard::read(&fixture(name))
}

/// One line for each thing that was found, to compare as a whole.
fn told(cards: &Cards) -> String {
    let mut out = String::new();
    for Found { line, name, named, aliases, title, teams, emails, numbers, zone, note, left_out, cleaned } in &cards.people {
        out += &format!("{line}: {name}{}\n", if *named { "" } else { " (no name)" });
        let list = |word: &str, list: &[String]| {
            if list.is_empty() { String::new() } else { format!("  {word} {}\n", list.join(" | ")) }
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

#[test]
fn show() {
    for name in [
        "google-3.0.vcf",
        "iphone-3.0.vcf",
        "outlook-2.1.vcf",
        "android-2.1.vcf",
        "thunderbird-4.0.vcf",
        "nextcloud-4.0.vcf",
        "evolution-3.0.vcf",
        "lotus-3.0.vcf",
        "blackberry-2.1.vcf",
        "old-phone-2.1.vcf",
        "utf-16.vcf",
        "bom.vcf",
        "broken.vcf",
        "hostile.vcf",
    ] {
        println!("=== {name}\n{}", told(&read(name)));
    }
    let _: BTreeMap<(), ()> = BTreeMap::new();
}
