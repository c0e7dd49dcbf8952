//! The screens as people see them: each file of `tests/golden` is a session, run again and compared byte for byte.
//!
//! A line `$ COLUMNS=40 kit …` is run as it stands; below it stand its answer, then its talk behind `2> `, then its exit
//! status unless that is 0. `KIT_TRANSCRIPTS=write` writes what kit prints now; read the difference before keeping it.

use std::{env, fs, path::Path};

use crate::{
    acme::{Acme, words},
    world::World,
};

pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

/// Three people whom the example team has not: away with somebody who stands in, away without, and without a number.
const OTHERS: &str = r#"
[[person]]
id = "tom.bauer"
name = "Tom Bauer"
zone = "Europe/Berlin"
wake_when = "never"

[[person.number]]
number = "+49 171 3920044"
checked = 2026-08-01

[[person.absence]]
from = 2026-11-16
until = 2026-11-20
delegate = "mia.krause"
why = "father of a son"

[[person]]
id = "uma.patel"
name = "Uma Patel"
zone = "America/New_York"

[[person.number]]
number = "+1 202 555 0166"
checked = 2026-11-17
checked_by = "bob.reyes"

[[person.absence]]
from = 2026-11-16
until = 2027-01-08

[[person]]
id = "walter.holm"
name = "Walter Holm"
zone = "Europe/Berlin"
emails = ["walter@example.com"]
"#;

#[test]
fn sessions_print_what_is_written_down() {
    let alice = alice();
    let is_written = env::var_os("KIT_TRANSCRIPTS").is_some_and(|word| word == "write");
    assert!(!is_written || env::var_os("CI").is_none(), "KIT_TRANSCRIPTS=write is for people who read the difference");
    let mut files: Vec<_> = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 6, "{files:?}");
    let mut different = Vec::new();
    for file in &files {
        let wanted = fs::read_to_string(file).unwrap();
        let got = again(&alice, &wanted);
        if is_written {
            fs::write(file, &got).unwrap();
        } else if got != wanted {
            different.push(format!("{}\n{}", file.display(), first_difference(&wanted, &got)));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n\n"));
}

#[test]
fn no_screen_is_wider_or_longer_than_promised() {
    let mut screens = 0;
    for entry in fs::read_dir(FOLDER).unwrap() {
        let path = entry.unwrap().path();
        for block in fs::read_to_string(&path).unwrap().split("$ ").skip(1) {
            let (command, answer) = block.split_once('\n').unwrap();
            // Records are for programs.
            if command.contains("--plain") {
                continue;
            }
            let columns = if command.contains("COLUMNS=40") { 40 } else { 80 };
            screens += 1;
            for line in answer.lines() {
                // One word that is longer than the screen, an address, is the terminal's to break: cut it would be lost.
                let fits = line.chars().count() <= columns || line.trim().split(' ').count() == 1 || line.starts_with("2> ");
                assert!(fits, "{}: $ {command}\n{line}", path.display());
            }
            // Read aloud there is no last line; asked for all, all is given.
            if columns == 80 && !["accessible", "--all", " --as "].iter().any(|word| command.to_lowercase().contains(word)) {
                let lines = answer.trim_end().lines().count();
                assert!(lines <= 24, "{}: $ {command}: {lines} lines", path.display());
            }
            one_number_at_most(answer.lines().next().filter(|line| !line.starts_with("2> ")).unwrap_or_default());
        }
    }
    assert!(screens > 30, "{screens}");
}

/// U02: at most one number on the first line, two spaces on both sides of it.
#[track_caller]
fn one_number_at_most(line: &str) {
    let mut parts = line.split("  ").map(str::trim).filter(|part| part.starts_with('+'));
    let number = parts.next();
    assert!(parts.next().is_none(), "{line}");
    if let Some(number) = number {
        assert!(number.len() >= 8 && number.chars().skip(1).all(|c| c.is_ascii_digit() || c == ' '), "{line}");
    }
    assert!(!line.contains('+') || number.is_some(), "{line}");
}

/// Alice's machine with kit 3, 32 minutes old; its words compared, its source forgotten.
fn alice() -> World {
    let acme = Acme::joined();
    acme.dana.write("team/people/others.toml", OTHERS);
    let early = Acme { dana: acme.dana.at("2026-11-18T01:40:00Z"), alice: acme.alice.clone(), invite: acme.invite.clone() };
    early.publish().ok();
    acme.alice.kit(["sync"]).ok();
    acme.alice.kit(["trust", "--words", &words(&acme.dana.kit(["invite"]))]).ok();
    acme.alice.kit(["source", "remove", "box"]).ok();
    acme.alice
}

/// Runs the commands of a transcript again.
fn again(world: &World, transcript: &str) -> String {
    let mut got = String::new();
    for line in transcript.lines().filter(|line| line.starts_with("$ ") || line.starts_with("# ")) {
        got += line;
        got.push('\n');
        let Some(command) = line.strip_prefix("$ ") else { continue };
        let (variables, arguments) = command.split_once("kit").unwrap_or_else(|| panic!("no kit in {command:?}"));
        let mut world = variables.split_whitespace().fold(world.clone(), |world, pair| {
            let (name, value) = pair.split_once('=').unwrap();
            world.with(name, value)
        });
        let arguments = split(arguments);
        if arguments.iter().any(|argument| argument == "--at") {
            world = world.by_the_clock();
        }
        let run = world.kit(&arguments);
        got += &run.stdout;
        run.stderr.lines().for_each(|line| got += &format!("2> {line}\n"));
        if run.status != 0 {
            got += &format!("exit status {}\n", run.status);
        }
        got.push('\n');
    }
    got
}

/// Words as a shell splits them, with single or double quotes.
pub(crate) fn split(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

fn first_difference(wanted: &str, got: &str) -> String {
    let (mut command, mut lines) = ("", wanted.lines().zip(got.lines()));
    let different = lines.find(|(wanted, got)| {
        if wanted.starts_with("$ ") {
            command = wanted;
        }
        wanted != got
    });
    let (wanted, got) = different.unwrap_or(("the end", "the end"));
    format!(
        "{command}\n- {wanted}\n+ {got}\n(KIT_TRANSCRIPTS=write cargo test transcripts, then git diff {})",
        Path::new("tests/golden").display()
    )
}

#[test]
fn words_are_split_as_a_shell_does() {
    assert_eq!(split(r#" lookup "alice okafor" --at 'Sun 03:00' """#), ["lookup", "alice okafor", "--at", "Sun 03:00", ""]);
}

/// U12: no word of the machinery stands on a screen that somebody reads at night.
#[test]
fn no_screen_speaks_of_machinery() {
    for entry in fs::read_dir(FOLDER).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap().to_lowercase();
        for word in [
            "stanza",
            "recipient",
            "sha256",
            "age1",
            "ssh-",
            "scrypt",
            "x25519",
            "generation",
            "bundle",
            "payload",
            "e164",
            "utc+",
            "null",
            "none",
        ] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}
