//! The documents show what `kit` really takes and prints.

use std::{fs, path::Path};

use crate::{
    acme::{Acme, words},
    world::World,
};

/// Documents whose commands people type.
const PAGES: [&str; 4] = ["README.md", "SECURITY.md", "docs/architecture.md", "docs/environment.md"];

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn every_command_in_the_documents_is_one_that_kit_takes() {
    let world = World::new();
    let everywhere = world.kit(["help"]).ok().stdout.clone();
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for name in PAGES {
        for command in commands(&page(name)) {
            looked_at += 1;
            let words: Vec<&str> = command.split_whitespace().collect();
            let Some(verb) = words.first().filter(|word| word.chars().all(|c| c.is_ascii_lowercase())) else { continue };
            let help = world.kit(["help", verb]);
            if help.status != 0 {
                wrong.push(format!("{name}: kit {command}: there is no such command"));
                continue;
            }
            let known = |flag: &&&str| !has_word(&help.stdout, flag) && !has_word(&everywhere, flag);
            for flag in words.iter().filter(|word| word.starts_with("--")).filter(known) {
                wrong.push(format!("{name}: kit {command}: {flag} is not taken"));
            }
        }
    }
    assert!(looked_at > 20, "only {looked_at} commands were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_first_screens_of_the_readme_are_what_kit_prints() {
    let readme = page("README.md");
    let block =
        readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).expect("README.md begins with screens");
    let acme = Acme::joined();
    acme.alice.kit(["trust", "--words", &words(&acme.dana.kit(["invite"]))]).ok();
    let later = acme.alice.at("2026-11-18T02:44:00Z");
    let mut shown = 0;
    for screen in block.split("$ kit").skip(1) {
        let (arguments, wanted) = screen.split_once('\n').expect("an answer");
        later.kit(arguments.split_whitespace()).ok().prints(&format!("{}\n", wanted.trim_end()));
        shown += 1;
    }
    assert_eq!(shown, 2, "bare kit, and whom to call");
}

#[test]
fn the_exit_statuses_of_the_readme_are_those_of_the_help() {
    let help = World::new().kit(["help", "exit-codes"]).ok().stdout.clone();
    let readme = page("README.md");
    let table = readme.split("## Exit statuses").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("a section");
    let numbers = |text: &str| -> Vec<u8> {
        let first = text.lines().filter_map(|line| line.trim_start_matches(['|', ' ']).split([' ', '|']).next()?.parse().ok());
        first.collect()
    };
    assert_eq!(numbers(table), numbers(&help), "README.md (left), kit help exit-codes (right):\n{help}");
}

/// What stands behind `kit ` in shell blocks and in inline code, without comments.
fn commands(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut block = None;
    for line in page.lines() {
        if let Some(language) = line.strip_prefix("```") {
            block = if block.is_some() { None } else { Some(language) };
        } else if block == Some("sh") {
            found.extend(line.strip_prefix("kit ").map(|rest| rest.split(" #").next().unwrap().trim().to_owned()));
        } else if block.is_none() {
            found.extend(line.split('`').skip(1).step_by(2).filter_map(|code| Some(code.strip_prefix("kit ")?.to_owned())));
        }
    }
    found
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).any(|found| found == word)
}
