//! How long sheets take as teams grow, the whole process with every code read back; and one sealed page beside `paper-age`, which
//! makes the same kind of page from a file.
//!
//! Run it with `benches/run`, which installs paper-age from crates.io. It prints the tables of docs/benchmarks.md, "Paper".

#![allow(clippy::disallowed_macros, clippy::disallowed_methods, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod made;

use std::{fs, process::Command};

use made::{Kit, SEALED_PAGE, checked, command, medians, medians_of};

/// People beside the fifteen of the example team, and how often each is measured.
const TEAMS: [(usize, usize); 3] = [(0, 21), (485, 7), (4_985, 3)];
/// Of each of these the words are asked for in its own way.
const WORDS: &str = "orbit-lantern-maple-seven-quiet-anchor";

fn main() {
    println!("| people | pages | codes | `kit export sheet` | a person | with `--no-qr` | `kit lookup alice` | PDF |");
    println!("|---|---|---|---|---|---|---|---|");
    for (people, rounds) in TEAMS {
        println!("{}", sheet(&Kit::published(people, 0), people + 15, rounds));
    }
    println!("\n| program, one sealed page | time | beside paper-age |\n|---|---|---|");
    sealed();
}

fn sheet(kit: &Kit, people: usize, rounds: usize) -> String {
    let export = || kit.run("export sheet --force --out sheet.pdf");
    let said = String::from_utf8(checked(export()).stderr).unwrap();
    let counted =
        |what: &str| said.split_once(what).and_then(|(before, _)| before.split_whitespace().last()).unwrap_or("?").to_owned();
    let (bare, lookup) = (|| kit.run("export sheet --no-qr --force --out bare.pdf"), || kit.run("lookup alice"));
    let times = medians_of(1, rounds, &[&export, &bare, &lookup]);
    let size = fs::metadata(kit.folder.path().join("sheet.pdf")).unwrap().len() / 1000;
    format!(
        "| {people} | {} | {} | {:.0} ms | {:.1} ms | {:.0} ms | {:.0} ms | {size} kB |",
        counted(" page"),
        counted(" code"),
        times[0],
        times[0] / people as f64,
        times[1],
        times[2],
    )
}

fn sealed() {
    let kit = Kit::published(0, 0);
    kit.seal();
    let place = kit.folder.path();
    let kit_page = || {
        // Words are never written over.
        let _ = fs::remove_file(place.join("words"));
        kit.run(&format!("{SEALED_PAGE} --out page.pdf"))
    };
    let paper_age = || {
        let mut command: Command = command(place, "paper-age", ["--force", "--output", "paper-age.pdf", "password"]);
        command.env("PAPERAGE_PASSPHRASE", WORDS);
        command
    };
    let times = medians(&[&paper_age, &kit_page]);
    for (name, time) in ["`paper-age`", "`kit export sealed`, codes read back"].iter().zip(&times) {
        println!("| {name} | {time:.0} ms | {:.2} |", time / times[0]);
    }
}
