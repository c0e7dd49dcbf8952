//! The documents show what `kit` really takes and prints.

use std::{env, fs, path::Path};

use crate::{
    acme::{Acme, words},
    transcripts::split,
    world::World,
};

/// Documents whose commands people type.
const PAGES: [&str; 8] = [
    "README.md",
    "SECURITY.md",
    "docs/architecture.md",
    "docs/environment.md",
    "docs/guide/at-night.md",
    "docs/guide/break-glass.md",
    "docs/guide/publishing.md",
    "docs/guide/sealing.md",
];
/// Documents that show screens, and how many: in blocks of `text`, each below its command.
const WITH_SCREENS: [(&str, usize); 2] = [("README.md", 2), ("docs/guide/at-night.md", 8)];

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
            // What its subcommand takes counts too: `kit tier new … --rule`.
            let own = words.get(1).map(|word| world.kit(["help", verb, word])).filter(|help| help.status == 0);
            let help = own.map(|own| own.stdout.clone()).unwrap_or_default() + &help.stdout;
            let known = |flag: &&&str| !has_word(&help, flag) && !has_word(&everywhere, flag);
            for flag in words.iter().filter(|word| word.starts_with("--")).filter(known) {
                wrong.push(format!("{name}: kit {command}: {flag} is not taken"));
            }
        }
    }
    assert!(looked_at > 20, "only {looked_at} commands were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `KIT_DOCS=write cargo nextest run -E 'test(screens_of_the_documents)'` writes the screens anew.
#[test]
fn the_screens_of_the_documents_are_what_kit_prints() {
    let acme = Acme::joined();
    acme.alice.kit(["trust", "--words", &words(&acme.dana.kit(["invite"]))]).ok();
    let alice = acme.alice.at("2026-11-18T02:44:00Z");
    let is_written = env::var_os("KIT_DOCS").is_some_and(|word| word == "write");
    assert!(!is_written || env::var_os("CI").is_none(), "KIT_DOCS=write is for people who read the difference");
    for (name, screens) in WITH_SCREENS {
        let (wanted, mut got, mut shown) = (page(name), String::new(), 0);
        for (index, part) in wanted.split_inclusive("```").enumerate() {
            let Some(block) = part.strip_prefix("text\n").filter(|_| index % 2 == 1) else {
                got += part;
                continue;
            };
            let commands = block.lines().filter_map(|line| line.strip_prefix("$ kit"));
            let again = commands.map(|line| format!("$ kit{line}\n{}", alice.kit(split(line)).ok().stdout)).collect::<Vec<_>>();
            shown += again.len();
            got += &format!("text\n{}```", again.join("\n"));
        }
        assert_eq!(shown, screens, "screens in {name}");
        if is_written {
            fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(name), &got).unwrap();
        } else {
            assert!(got == wanted, "{name} shows other screens than kit does; KIT_DOCS=write writes them anew:\n{got}");
        }
    }
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
            found.extend(line.strip_prefix("kit ").map(|rest| own(rest).trim().to_owned()));
        } else if block.is_none() {
            found.extend(line.split('`').skip(1).step_by(2).filter_map(|code| Some(code.strip_prefix("kit ")?.to_owned())));
        }
    }
    found
}

/// The part of a line that is kit's: without a comment, and without the program that it is piped to or that it runs.
fn own(rest: &str) -> &str {
    let end = [" #", " | ", " -- "].iter().filter_map(|end| rest.find(end)).min();
    end.map_or(rest, |end| &rest[..end])
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).any(|found| found == word)
}
