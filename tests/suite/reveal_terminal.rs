//! `kit reveal` on a real terminal: what stands where, and that every way out leaves the terminal as it was.

use std::{thread, time::Duration};

use crate::{
    acme::PASSPHRASE,
    reveal::entries,
    vault::{CANARY_PASSWORD, Vault},
    world::{Screen, World, peer},
};

const ENTERED: &str = "\u{1b}[?1049h";
const LEFT: &str = "\u{1b}[?1049l\u{1b}[?25h";

/// Runs kit below a shell that compares the terminal's modes before and after.
const SHELL: &str = r#"
trap : INT
stty -g >before
sh -c 'trap - INT; echo $$ >pid; exec "$0" "$@"' "$@"
echo $? >status
stty -g >after
echo over
"#;

fn start(world: &World, arguments: &[&str]) -> Screen {
    let kit = world.kit_command();
    let mut shell = world.command(peer("sh"));
    shell.args(["-c", SHELL, "sh"]).arg(kit.get_program()).args(kit.get_args()).args(["reveal", "aws-root"]).args(arguments);
    world.with("TERM", "xterm").screen(&shell)
}

/// It has ended: modes as before, no secret outside of the screen of its own. Gives the exit status.
#[track_caller]
fn ended(world: &World, mut screen: Screen) -> String {
    screen.expect("over");
    let seen = screen.rest();
    let file = |name: &str| String::from_utf8(world.read(name)).unwrap().trim().to_owned();
    assert_eq!(file("before"), file("after"), "the modes of the terminal");
    assert_eq!(seen.matches(ENTERED).count(), seen.matches("\u{1b}[?1049l").count(), "{seen}");
    let primary: String = seen.split(ENTERED).map(|part| part.split_once(LEFT).map_or(part, |(_, after)| after)).collect();
    let first = seen.split(ENTERED).next().unwrap();
    assert!(!primary.contains("canary") && !first.contains("canary"), "{primary}");
    file("status")
}

fn signal(world: &World, name: &str) {
    let pid = String::from_utf8(world.read("pid")).unwrap();
    world.run("kill", [&format!("-{name}"), pid.trim()], b"").ok();
}

/// Through the questions to the first page.
fn opened(world: &World, arguments: &[&str]) -> Screen {
    let mut screen = start(world, arguments);
    screen.expect("Why are you opening it?").send_line("Okta is down");
    screen.expect("Incident").send_line("INC-7").expect("Passphrase:").send_line(PASSPHRASE.trim());
    screen.expect("aws-root@example.com").expect(ENTERED);
    screen
}

#[test]
fn values_are_seen_one_at_a_time_and_nothing_stays() {
    let vault = Vault::sealed();
    let mut screen = opened(&vault.mia, &[]);
    screen.expect("There is no clipboard here. s shows it.").send("s").expect(CANARY_PASSWORD).send("s").expect("Hidden.");
    screen.send("\r").expect("Now     ").expect(" s left").expect("Then    ").expect("Before  ").expect(" UTC");
    screen.send("\r").expect("5 codes").send("n").expect("Code 1: canary-c1-7731").send("n").expect("Code 2: canary-c2-1942");
    screen.send("\u{1b}[C").expect("canary-note").send("\r");
    screen.expect(LEFT).expect("Next: tell Dana Fox   +1 202 555 0177.").expect("Receipt: ");
    assert_eq!(ended(&vault.mia, screen), "0");
    let entries = entries(&vault.mia, "mia-home");
    assert_eq!(entries.len(), 3);
    assert_eq!(entries[0].incident.as_deref(), Some("INC-7"));
}

#[test]
fn every_way_out_of_a_page_gives_the_terminal_back_and_is_recorded() {
    for (way, status) in [("q", "0"), ("\u{1b}", "0"), ("\u{3}", "0"), ("TERM", "130"), ("HUP", "130")] {
        let vault = Vault::sealed();
        let mut screen = opened(&vault.mia, &["--show"]);
        screen.expect(CANARY_PASSWORD);
        if way.len() > 1 {
            signal(&vault.mia, way);
        } else {
            let _ = screen.send(way);
        }
        screen.expect(LEFT);
        assert_eq!(ended(&vault.mia, screen), status, "{way:?}");
        assert_eq!(entries(&vault.mia, "mia-home").len(), 1, "{way:?}");
    }
}

#[test]
fn an_interrupt_at_a_question_opens_nothing_and_gives_the_terminal_back() {
    let questions: [&[&str]; 3] = [&[], &["x"], &["x", ""]];
    let vault = Vault::sealed();
    for answers in questions {
        for way in ["INT", "TERM", "HUP"] {
            let mut screen = start(&vault.mia, &[]);
            let prompts = ["Why are you opening it?", "Incident", "Passphrase:"];
            for (prompt, answer) in prompts.iter().zip(answers) {
                screen.expect(prompt).send_line(answer);
            }
            screen.expect(prompts[answers.len()]);
            thread::sleep(Duration::from_millis(200)); // until it reads
            if way == "INT" {
                let _ = screen.control('c');
            } else {
                signal(&vault.mia, way);
            }
            let status = ended(&vault.mia, screen);
            assert_ne!(status, "0", "{way}");
        }
    }
    assert!(entries(&vault.mia, "mia-home").is_empty());
}
