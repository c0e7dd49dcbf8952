//! What kit asks a person at the terminal: secrets twice when they are new, never shown, never in an argument.

use std::fs;

use crate::{
    acme::{Acme, CHEAP, PASSPHRASE, token, words},
    world::{Screen, World},
};

const SECRET: &str = "lamp quarry velvet nine";

fn init(world: &World) -> Screen {
    world.terminal(
        ["init", "team", "--name", "Acme", "--as", "dana.fox", "--device", "desk", "--reader", "plain"].into_iter().chain(CHEAP),
    )
}

#[test]
fn a_new_passphrase_is_asked_twice() {
    let world = World::new();
    let mut screen = init(&world);
    screen.expect("kit asks: A new passphrase for the keys of this device: ").send_line(SECRET);
    screen.expect("kit asks: The same again: ").send_line(SECRET);
    let seen = screen.ends(0);
    assert!(seen.contains("MADE  team") && !seen.contains(SECRET) && !seen.contains("Short."), "{seen}");
    world.write("p", SECRET);
    world.kit(["publish", "team", "--to", "box", "--passphrase-file", "p"]).ok();
}

#[test]
fn c3_passphrases_that_differ_or_are_empty_are_asked_again() {
    let world = World::new();
    let mut screen = init(&world);
    screen.expect("this device: ").send_line(SECRET);
    screen.expect("again: ").send_line("lamp quarry velvet ten");
    screen.expect("The two differ").expect("this device: ").send_line("");
    // A short one is taken, with advice; breaking off makes nothing.
    screen.expect("cannot be empty").expect("this device: ").send_line("short");
    screen.expect("Short.").expect("again: ").control('c');
    screen.ends(130);
    assert!(world.files("team").is_empty() && world.files("home").is_empty());
    let mut screen = init(&world);
    screen.expect("this device: ").send_line(SECRET);
    screen.expect("again: ").send_line("lamp quarry velvet ten");
    screen.expect("this device: ").send_line(SECRET);
    screen.expect("again: ").send_line(SECRET);
    let seen = screen.ends(0);
    assert!(seen.contains("MADE  team") && !seen.contains("quarry"), "{seen}");
    // So it is when it publishes: a slip costs a line.
    let mut screen = world.terminal(["publish", "team", "--to", "box"]);
    screen.expect("Passphrase: ").send_line("lamp quarry");
    screen.expect("That is not the passphrase").expect("Passphrase: ").send_line(SECRET);
    assert!(screen.ends(0).contains("PUBLISHED  kit 1"));
    let mut screen = world.terminal(["publish", "team"]);
    for _ in 0..3 {
        screen.expect("Passphrase: ").send_line("lamp quarry");
    }
    assert!(screen.ends(5).contains("Nothing is locked"));
}

#[test]
fn c1_nobody_says_a_passphrase_for_what_is_refused_anyway() {
    let acme = Acme::founded();
    let dana = &acme.dana;
    let seen = dana.terminal(["publish", "team"]).ends(2);
    assert!(seen.contains("kit publish team --to PLACE") && !seen.contains("Passphrase"), "{seen}");
    let label = dana.read("team/credentials.toml");
    dana.write("team/credentials.toml", "[[credential]]\n");
    let seen = dana.terminal(["publish", "team", "--to", "box"]).ends(1);
    assert!(seen.contains("credentials.toml:1") && !seen.contains("Passphrase"), "{seen}");
    dana.write("team/credentials.toml", label);
    // Without a terminal the real reason is said, and not that nobody can be asked.
    dana.kit(["publish", "team"]).fails(2).lacks("nobody to ask");
}

#[test]
fn an_interrupted_secret_leaves_the_terminal_as_it_was() {
    let world = World::new();
    // The same terminal goes on after kit: a shell asks it how it is.
    let kit = world.kit_command();
    let mut shell = world.command("sh");
    let script = "stty -a | tr ' ;' '\\n\\n' | sort > before; trap : INT; \"$@\"; echo \"ended $?\"; stty -a | tr ' ;' '\\n\\n' | sort > after";
    shell.args(["-c", script, "sh"]).arg(kit.get_program()).args(kit.get_args());
    shell.args(["init", "team", "--name", "Acme", "--as", "dana.fox", "--reader", "plain"]);
    let mut screen = world.screen(&shell);
    screen.expect("this device: ").control('c').expect("ended 130");
    screen.ends(0);
    assert_eq!(String::from_utf8(world.read("before")).unwrap(), String::from_utf8(world.read("after")).unwrap());
}

/// Alice with her reader behind the passphrase, synced.
fn sealed() -> World {
    let acme = Acme::joined_behind_a_passphrase();
    acme.alice.kit(["sync"]).ok();
    acme.alice
}

#[test]
fn contacts_behind_a_passphrase_ask_for_it_each_time() {
    let alice = sealed();
    let passphrase = PASSPHRASE.trim();
    for _ in 0..2 {
        let mut screen = alice.terminal(["lookup", "alice"]);
        screen.expect("kit asks: Passphrase: ").send_line(passphrase);
        let seen = screen.ends(0);
        assert!(seen.contains("CALL  Alice Okafor   +44 7700 900123") && !seen.contains(passphrase), "{seen}");
    }
    // A wrong one locks nobody out, however often.
    for wrong in ["", "orbit", "orbit lantern maple sevenn", "x"] {
        let mut screen = alice.terminal(["lookup", "alice"]);
        screen.expect("Passphrase: ").send_line(wrong);
        let seen = screen.ends(5);
        assert!(!seen.contains("CALL") && seen.contains("Nothing is locked"), "{seen}");
    }
    alice.kit(["lookup", "alice", "--passphrase-file", "p"]).ok().has("+44 7700 900123");
    alice.kit_reading(PASSPHRASE.as_bytes(), ["lookup", "alice", "--passphrase-file", "-"]).ok().has("+44 7700 900123");
    // Where nobody can be asked the missing option is named.
    alice.kit(["lookup", "alice"]).fails(2).says("--passphrase-file");
    let seen = alice.terminal(["--no-input", "lookup", "alice"]).ends(2);
    assert!(seen.contains("--passphrase-file") && !seen.contains("kit asks"), "{seen}");
}

#[test]
fn unlock_keeps_contacts_open_until_lock() {
    let alice = sealed();
    alice.kit(["lookup", "alice"]).fails(2);
    let mut screen = alice.terminal(["unlock", "--for", "1h"]);
    screen.expect("Passphrase: ").send_line(PASSPHRASE.trim());
    assert!(screen.ends(0).contains("UNLOCKED  contacts open without asking for 1 h"));
    alice.kit(["lookup", "alice"]).ok().has("+44 7700 900123").quiet();
    // Another machine's kit of the same team is not opened by it.
    alice.machine("nobody").kit(["lookup", "alice"]).fails(3);
    alice.kit(["lock"]).ok().has("LOCKED");
    alice.kit(["lookup", "alice"]).fails(2);
    alice.kit(["lock"]).ok().has("nothing was open");
    let mut screen = alice.terminal(["unlock"]);
    screen.expect("Passphrase: ").send_line("wrong");
    screen.ends(5);
    alice.kit(["lookup", "alice"]).fails(2);
    for wrong in ["0h", "169h", "h", "-1", "1d", "1.5h"] {
        alice.kit(["unlock", &format!("--for={wrong}")]).fails(2).says("from 1 to 168");
    }
}

#[test]
fn a_new_device_is_let_in_by_drawn_words() {
    let acme = Acme::published();
    let join = acme.join(&acme.alice, "alice.okafor");
    let (request, words) = (token(&join, "kit-join1:"), words(&join));
    let words: Vec<&str> = words.split(' ').collect();
    // One wrong word of the four is enough.
    let mut screen = acme.dana.terminal(["member", "add", &request, "--dir", "team"]);
    screen.expect("Call Alice Okafor   +44 7700 900123");
    for position in 0..4 {
        let index = asked(&mut screen);
        screen.send_line(if position == 2 { "aardvark" } else { words[index] });
    }
    assert!(screen.ends(6).contains("not the words of this request"));
    assert!(acme.dana.files("team/devices").len() == 1);
    // Case, spaces and the first four letters do.
    let mut screen = acme.dana.terminal(["member", "add", &request, "--dir", "team"]);
    let mut drawn = Vec::new();
    for _ in 0..4 {
        let index = asked(&mut screen);
        drawn.push(index);
        screen.send_line(&format!(" {} ", words[index].to_uppercase()));
    }
    assert!(screen.ends(0).contains("ADDED  Alice Okafor, device laptop"));
    drawn.sort_unstable();
    drawn.dedup();
    assert_eq!(drawn.len(), 4, "four different words");
    acme.dana.kit(["member", "add", &request, "--dir", "team"]).fails(2);
}

/// Which word is asked for now, from 0.
fn asked(screen: &mut Screen) -> usize {
    let number: usize = screen.expect("kit asks: word ").until(": ").trim().parse().unwrap();
    number - 1
}

#[test]
fn a_device_that_nobody_accepted_stops_publishing() {
    let acme = Acme::joined();
    // Somebody with write access to the repository adds a reader of theirs under Bob's name.
    let mallory = acme.dana.machine("mallory");
    let join = acme.join(&mallory, "bob.reyes");
    let elsewhere = acme.dana.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    for file in acme.dana.files("team") {
        let to = elsewhere.join(file.strip_prefix("team").unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(acme.dana.path(&file), to).unwrap();
    }
    mallory.kit(["member", "add", &token(&join, "kit-join1:"), "--dir", "elsewhere", "--words", &words(&join)]).ok();
    fs::copy(elsewhere.join("devices/bob.reyes.laptop.toml"), acme.dana.path("team/devices/bob.reyes.laptop.toml")).unwrap();

    let before = acme.dana.read("box/bundle.kit");
    let publish = ["publish", "team", "--passphrase-file", "p"];
    let run = acme.dana.kit(publish);
    run.fails_talking(1).says("+ Bob Reyes (laptop)").says("--ack-recipients");
    let code = run.stderr.split_once("have the code ").unwrap().1.split_once('.').unwrap().0.to_owned();
    acme.dana.kit(publish.into_iter().chain(["--ack-recipients", "0000-0000"])).fails_talking(1).says("not accepted");
    acme.dana.kit(publish.into_iter().chain(["--ack-recipients", ""])).fails_talking(1);
    let seen = acme.dana.terminal(publish.into_iter().chain(["--no-input"])).ends(1);
    assert!(!seen.contains("kit asks") && seen.contains("--ack-recipients"), "{seen}");
    let mut screen = acme.dana.terminal(publish);
    screen.expect("kit asks: Type the code to let them: ").send_line("yes");
    screen.ends(1);
    assert_eq!(acme.dana.read("box/bundle.kit"), before, "nothing was published");

    let mut screen = acme.dana.terminal(publish);
    screen.expect("kit asks: Type the code to let them: ").send_line(&code);
    assert!(screen.ends(0).contains("PUBLISHED  kit 3"));
    // Accepted once; the same readers are not asked about again.
    acme.dana.kit(publish).ok().lacks("Nobody on this machine has accepted");
}

#[test]
fn the_code_works_in_a_script() {
    let acme = Acme::published();
    let join = acme.join(&acme.alice, "alice.okafor");
    acme.admit(&join);
    // Another publisher's machine has not seen who was let in on this one.
    let settings = acme.dana.files("home").into_iter().find(|path| path.ends_with("settings.json")).unwrap();
    let text = String::from_utf8(acme.dana.read(&settings)).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    value["acknowledged"] = serde_json::json!([]);
    acme.dana.write(&settings, value.to_string());
    let publish = ["publish", "team", "--passphrase-file", "p"];
    let run = acme.dana.kit(publish);
    run.fails_talking(1);
    let code = run.stderr.split_once("have the code ").unwrap().1.split_once('.').unwrap().0.to_owned();
    acme.dana.kit(publish.into_iter().chain(["--ack-recipients", &code])).ok().has("PUBLISHED");
}

/// The running kit of a machine, in /proc.
fn process_of(world: &World) -> std::path::PathBuf {
    let home = format!("KIT_HOME={}\0", world.path("alice-home").display());
    let is_kit = |path: &std::path::PathBuf| {
        let has =
            |name: &str, text: &str| fs::read(path.join(name)).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(text));
        has("environ", &home) && has("comm", "kit\n")
    };
    let mut processes = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
    processes.find(is_kit).expect("kit is running")
}

#[test]
fn secrets_are_never_arguments() {
    let alice = sealed();
    let mut screen = alice.terminal(["lookup", "alice"]);
    screen.expect("Passphrase: ");
    // While it asks: nothing secret in its arguments or environment.
    let process = process_of(&alice);
    let facts = ["cmdline", "environ"].map(|name| fs::read(process.join(name)).unwrap());
    screen.send_line(PASSPHRASE.trim());
    let seen = screen.ends(0);
    for text in facts.iter().map(|bytes| String::from_utf8_lossy(bytes)).chain([seen.as_str().into()]) {
        assert!(!text.contains("lantern"), "{text}");
    }
    // There is no option that takes one.
    for arguments in [["--passphrase", "x"], ["--password", "x"]] {
        alice.kit(arguments.into_iter().chain(["lookup", "alice"])).fails(2);
    }
    for name in ["KIT_PASSPHRASE", "PASSPHRASE", "AGE_PASSPHRASE"] {
        alice.with(name, PASSPHRASE.trim()).kit(["lookup", "alice"]).fails(2);
    }
}

#[test]
fn c5_c6_an_invite_without_a_place_and_an_id_that_nobody_has_are_said() {
    let acme = Acme::founded();
    acme.dana.kit(["invite"]).ok().says("It suggests no place");
    acme.dana.kit(["invite", "--no-source"]).ok().quiet();
    acme.publish().ok();
    let invite = acme.dana.kit(["invite"]);
    invite.ok().quiet();
    let invite = token(&invite, "kit-invite1:");
    let join = acme.alice.kit(
        ["join", &invite, "--as", "alice.okafro", "--device", "laptop", "--reader", "plain", "--passphrase-file", "p"]
            .into_iter()
            .chain(CHEAP),
    );
    join.ok().has("It asks for alice.okafro: they can let you in only if the team calls you that.");
}

#[test]
fn pick_gives_the_records_that_its_help_promises() {
    let acme = Acme::joined();
    acme.alice.kit(["pick", "--plain"]).fails(2).lacks("no records for --plain").says("kit lookup NAME");
    let mut screen = acme.alice.terminal(["pick", "--plain", "--accessible"]);
    screen.expect("Name, or a part of it: ").send_line("okafor");
    screen.expect("Its number, or another name: ").send_line("1");
    assert!(screen.ends(0).contains("person"), "records");
}
