//! Completions in real shells: names of the kit on this machine, nothing asked, nothing written, nothing said.

use crate::{
    acme::{Acme, CHEAP},
    world::{Run, World, peer},
};

/// A world in whose PATH `kit` is.
fn with_kit(world: &World) -> World {
    let kit = std::path::Path::new(env!("CARGO_BIN_EXE_kit")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap();
    let folders: Vec<_> = std::iter::once(kit).chain(std::env::split_paths(&path)).collect();
    world.with("PATH", std::env::join_paths(folders).unwrap()).with("TERM", "xterm").with("HOME", world.path(""))
}

/// What kit offers for the last word of a line.
fn offered(world: &World, line: &[&str]) -> Run {
    let world = world.with("KIT_COMPLETE", "bash").with("_CLAP_COMPLETE_INDEX", (line.len() - 1).to_string()).by_the_clock();
    world.kit(["--"].iter().chain(line))
}

#[test]
fn names_of_the_kit_are_offered() {
    let acme = Acme::joined();
    for (line, expected) in [
        (&["kit", "lookup", "alice"][..], "alice.okafor"),
        (&["kit", "lookup", "--json", "payments-d"], "payments-db"),
        (&["kit", "lookup", "OKAF"], "alice.okafor"),
        (&["kit", "lookup", "zolk"], "lukasz.zolkiewski"),
        (&["kit", "publisher", "add", "chris"], "chris.lindqvist"),
        (&["kit", "loo"], "lookup"),
        (&["kit", "completions", "po"], "powershell"),
        (&["kit", "lookup", "--js"], "--json"),
    ] {
        offered(&acme.alice, line).ok().quiet().prints(expected);
    }
    let all = offered(&acme.alice, &["kit", "lookup", ""]);
    for name in ["alice.okafor", "payments-db", "slack", "phone-bridge", "rollback", "aws-root"] {
        all.ok().quiet().has(name);
    }
    assert!(!offered(&acme.alice, &["kit", "publisher", "add", ""]).stdout.contains("payments-db"), "people alone");
}

#[test]
fn nothing_is_asked_said_or_written() {
    let acme = Acme::published();
    // A key behind a passphrase, no kit at all, a damaged one, an unknown shell, and no line to complete.
    let join =
        ["join", &acme.invite, "--as", "bob.reyes", "--device", "laptop", "--reader", "passphrase", "--passphrase-file", "p"];
    let locked = acme.dana.machine("bob-home");
    let request = locked.kit(join.into_iter().chain(CHEAP));
    acme.admit(&request);
    acme.publish().ok();
    locked.kit(["sync"]).ok();
    let before = acme.dana.files("");
    for world in [&locked, &acme.dana.machine("none"), &acme.dana.without("KIT_HOME").with("HOME", "")] {
        offered(world, &["kit", "lookup", "ali"]).ok().quiet().prints("");
        offered(world, &["kit", "loo"]).ok().quiet().prints("lookup");
    }
    acme.dana.with("KIT_COMPLETE", "tcsh").kit(["--", "kit", "loo"]).ok().quiet().prints("");
    acme.dana.with("KIT_COMPLETE", "bash").by_the_clock().kit([""; 0]).ok().quiet();
    assert_eq!(acme.dana.files(""), before);
    // Other programs' variable for the same thing changes nothing.
    acme.dana.with("COMPLETE", "bash").kit(["lookup", "alice"]).ok().has("CALL  Alice Okafor");
}

/// What others wrote stands in the descriptions, and only printable characters leave.
#[test]
fn descriptions_are_harmless() {
    let acme = Acme::joined();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let world = acme.alice.with("KIT_COMPLETE", shell).with("_CLAP_COMPLETE_INDEX", "2").by_the_clock();
        let run = world.kit(["--", "kit", "lookup", "al"]);
        run.ok().quiet().has("alice.okafor");
        let harmless = run.stdout.chars().all(|c| matches!(c, '\n' | '\t' | '\u{b}') || !c.is_control());
        run.assert(harmless, "printable characters");
    }
}

#[test]
fn bash_completes() {
    let acme = Acme::joined();
    let world = with_kit(&acme.alice).with("PS1", "ready> ");
    let mut bash = world.command(peer("bash"));
    bash.args(["--norc", "--noprofile", "-i"]);
    let mut screen = world.screen(&bash);
    screen.expect("ready> ").send_line("source <(kit completions bash)").expect("ready> ");
    screen.send("kit look\t").expect("lookup ").send("okaf\t").expect("alice.okafor").send_line("").expect("CALL  Alice Okafor");
    screen.expect("ready> ").send_line("exit 0");
    screen.ends(0);
}

#[test]
fn zsh_completes() {
    let acme = Acme::joined();
    let world = with_kit(&acme.alice).with("PS1", "ready> ").with("TERM", "dumb");
    let mut zsh = world.command(peer("zsh"));
    zsh.args(["-f", "-i"]);
    let mut screen = world.screen(&zsh);
    screen.expect("ready> ").send_line("autoload -U compinit; compinit -D -u; source <(kit completions zsh); echo set\\ up");
    screen.expect("set up").expect("ready> ");
    screen.send("kit lookup alice.o\t").expect("alice.okafor").send_line("").expect("CALL  Alice Okafor");
    screen.expect("ready> ").send_line("exit 0");
    screen.ends(0);
}

#[test]
fn fish_completes() {
    let acme = Acme::joined();
    let world = with_kit(&acme.alice);
    let fish = |line: &str| {
        world.run("fish", ["--no-config", "-c", &format!("kit completions fish | source; complete -C '{line}'")], b"")
    };
    fish("kit lookup alice").ok().has("alice.okafor\tAlice Okafor, person");
    fish("kit lookup --json payments-d").ok().has("payments-db\t");
    fish("kit stat").ok().has("status");
}

/// PowerShell is not run here: its script is generated, registers kit and asks it.
#[test]
fn powershell_has_a_script() {
    let script = World::new().kit(["completions", "powershell"]);
    script.ok().quiet().has("Register-ArgumentCompleter").has("KIT_COMPLETE").has("kit");
    World::new().kit(["completions", "tcsh"]).fails(2).says("bash");
}
