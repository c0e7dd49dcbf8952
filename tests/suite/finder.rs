//! `kit pick` on a real pseudo-terminal: it finds, shows, dials, and gives the terminal back whatever ends it.

use std::{path::Path, thread, time::Duration};

use crate::{
    acme::Acme,
    world::{Screen, World, by_this_clock, peer},
};

/// What puts a terminal back: from the second screen, with the cursor shown.
const LEFT: &str = "\u{1b}[?1049l\u{1b}[?25h";

/// Runs `kit` on a terminal below a shell, which looks at the terminal's modes before and after, once somebody has
/// pressed Enter at its end.
const SHELL: &str = r#"
tty >tty
stty -g >before
sh -c 'echo $$ >pid; exec "$0" "$@"' "$@"
echo $? >status
echo KIT HAS ENDED
read go
stty -g >after
echo THAT IS ALL
"#;

/// A finder on a terminal of some size.
fn finder(world: &World, lines: u16, columns: u16, arguments: &[&str]) -> Screen {
    let kit = world.kit_command();
    let mut shell = world.command(peer("sh"));
    let size = format!("stty rows {lines} cols {columns}\n{SHELL}");
    shell.args(["-c", &size, "sh"]).arg(kit.get_program()).args(kit.get_args()).args(arguments);
    let world = if shell.get_envs().any(|(name, _)| name == "TERM") { world.clone() } else { world.with("TERM", "xterm") };
    world.screen(&shell)
}

/// The finder has ended: the terminal is as it was, the exit status is this one. Gives all that was ever on the screen.
#[track_caller]
fn ended(world: &World, mut screen: Screen, status: i32) -> String {
    screen.expect(LEFT);
    // Whoever is killed outright ends before the terminal is given back by another.
    if ![134, 137].contains(&status) {
        screen.expect("KIT HAS ENDED");
    }
    screen.send_line("go").expect("THAT IS ALL");
    let seen = screen.ends(0);
    let file = |name: &str| String::from_utf8(world.read(name)).unwrap().trim().to_owned();
    assert_eq!(file("before"), file("after"), "the modes of the terminal");
    assert_eq!(file("status"), status.to_string(), "{seen}");
    assert!(seen.matches("\u{1b}[?1049h").count() >= 1, "{seen}");
    seen
}

fn signal(world: &World, name: &str) {
    let pid = String::from_utf8(world.read("pid")).unwrap();
    world.run("kill", [&format!("-{name}"), pid.trim()], b"").ok();
}

#[test]
fn typing_finds_and_enter_prints_the_screen() {
    let acme = Acme::joined();
    let expected = acme.alice.kit(["lookup", "payments-db"]).stdout.clone();
    for arguments in [&["pick"][..], &["lookup"]] {
        let mut screen = finder(&acme.alice, 24, 80, arguments);
        screen.expect("Enter: show it").send("paym").expect("Find: paym").expect("> Payments").send("\r");
        let seen = ended(&acme.alice, screen, 0);
        let answer = by_this_clock(&seen.split(LEFT).nth(1).unwrap().replace("\r\n", "\n"));
        assert!(answer.starts_with(&expected), "{answer}\n{expected}");
    }
}

#[test]
fn numbers_are_found_and_keys_move_and_take_back() {
    let acme = Acme::joined();
    let mut screen = finder(&acme.alice, 24, 80, &["pick"]);
    screen.expect("Enter: show it").send("900123").expect("> Alice Okafor");
    screen.send("\u{15}").expect("> Alan Whitfield").send("phone qqq").expect("Nothing has these letters");
    screen.send("\u{17}").expect("> Phone").send("\u{15}");
    // Down twice, up once: the second of all.
    screen.send("\u{1b}[B\u{1b}[B\u{1b}[A\r");
    let seen = ended(&acme.alice, screen, 0);
    assert!(seen.contains("CALL  "), "{seen}");
}

#[test]
fn tab_shows_a_code_that_dials() {
    let acme = Acme::joined();
    let mut screen = finder(&acme.alice, 30, 80, &["pick"]);
    screen.expect("Enter: show it").send("alice").expect("> Alice Okafor").send("\t");
    screen.expect("DIAL  Alice Okafor").expect("+44 7700 900123").expect("████ ▄▄▄▄▄ █").expect("Any key: back").send("x");
    // The key that closes the code is no letter of the name.
    screen.expect("Find: alice ").send("\u{1b}");
    ended(&acme.alice, screen, 130);
    // In a window that is too small the number stands alone, and says why.
    let mut screen = finder(&acme.alice, 6, 40, &["pick"]);
    screen.expect("Enter show").send("alice").expect("> Alice Okafor").send("\t");
    screen.expect("+44 7700 900123").expect("No room for its code").send("x").send("\u{3}");
    ended(&acme.alice, screen, 130);
}

#[test]
fn answers_go_to_standard_output_alone() {
    let acme = Acme::joined();
    let kit = acme.alice.kit_command();
    let mut shell = acme.alice.command(peer("sh"));
    shell
        .args(["-c", "\"$0\" \"$@\" >answer; echo \"ended $?\""])
        .arg(kit.get_program())
        .args(kit.get_args())
        .args(["pick", "--json"]);
    let mut screen = acme.alice.screen(&shell);
    screen.expect("Enter: show it").send("alice.o").expect("> Alice").send("\r").expect("ended 0");
    screen.ends(0);
    let answer: serde_json::Value = serde_json::from_slice(&acme.alice.read("answer")).unwrap();
    assert_eq!(answer["found"]["number"]["e164"], "+447700900123");
}

/// Whoever reads the answer may leave after its first line.
#[test]
fn a_reader_who_leaves_takes_the_first_line() {
    let acme = Acme::joined();
    let kit = acme.alice.kit_command();
    let mut shell = acme.alice.command(peer("sh"));
    shell.args(["-c", "\"$0\" \"$@\" | head -1; echo ended"]).arg(kit.get_program()).args(kit.get_args()).arg("pick");
    let mut screen = acme.alice.screen(&shell);
    screen.expect("Enter: show it").send("alice.o").expect("> Alice").send("\r").expect("CALL  Alice Okafor").expect("ended");
    assert!(!screen.ends(0).contains("kit: "));
}

#[test]
fn the_window_may_change_its_size() {
    let acme = Acme::joined();
    let mut screen = finder(&acme.alice, 24, 80, &["pick"]);
    screen.expect("Enter: show it").send("a").expect("Find: a ");
    let tty = String::from_utf8(acme.alice.read("tty")).unwrap();
    for (columns, lines, shown) in
        [("40", "10", "Enter show  Tab code  Esc leave"), ("100", "5", "Up, Down: move"), ("20", "2", "> ")]
    {
        acme.alice.run("stty", ["-F", tty.trim(), "cols", columns, "rows", lines], b"").ok();
        screen.expect(shown);
    }
    screen.send("\u{1b}");
    // The window keeps its new size, so only its modes are compared.
    ended(&acme.alice, screen, 130);
}

/// Ctrl-C, Esc, Ctrl-D, and signals from outside that can be caught: the status is that of an interruption.
#[test]
fn whatever_breaks_it_off_the_terminal_comes_back() {
    let acme = Acme::joined();
    for keys in ["\u{3}", "\u{1b}", "\u{4}"] {
        let mut screen = finder(&acme.alice, 24, 80, &["pick"]);
        screen.expect("Enter: show it").send("ali").expect("Find: ali").send(keys);
        ended(&acme.alice, screen, 130);
    }
    for name in ["TERM", "INT", "HUP", "QUIT"] {
        let mut screen = finder(&acme.alice, 24, 80, &["pick"]);
        screen.expect("Enter: show it");
        signal(&acme.alice, name);
        ended(&acme.alice, screen, 130);
    }
}

/// Nothing can be caught, and the guard puts the terminal back all the same.
#[test]
fn killed_outright_the_terminal_comes_back() {
    let acme = Acme::joined();
    for (name, status) in [("KILL", 137), ("ABRT", 134)] {
        let mut screen = finder(&acme.alice, 24, 80, &["pick"]);
        screen.expect("Enter: show it").send("ali").expect("Find: ali");
        signal(&acme.alice, name);
        ended(&acme.alice, screen, status);
    }
}

/// Ctrl-Z in a shell with job control: the shell has the terminal as it knows it, and `fg` brings the finder back.
#[test]
fn stopped_and_continued() {
    let acme = Acme::joined();
    let kit = acme.alice.kit_command();
    let mut bash = acme.alice.with("TERM", "xterm").command(peer("bash"));
    bash.args(["--norc", "--noediting", "-i"]).env("PS1", "ready> ");
    let mut screen = acme.alice.with("PS1", "ready> ").with("TERM", "xterm").screen(&bash);
    let words: Vec<String> = kit.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
    screen.expect("ready> ").send_line(&format!("{} {} pick", kit.get_program().to_string_lossy(), words.join(" ")));
    screen.expect("Enter: show it").send("ali").expect("Find: ali").send("\u{1a}").expect(LEFT).expect("ready> ");
    screen.send_line("stty -a | tr ' ;' '\\n\\n' | grep -x -- -icanon || echo cooked").expect("cooked\r\n").expect("ready> ");
    screen.send_line("fg").expect("\u{1b}[?1049h").expect("Find: ali").send("\r").expect(LEFT).expect("CALL  Alice Okafor");
    screen.expect("ready> ").send_line("exit 0");
    screen.ends(0);
}

/// A terminal that is closed takes the finder with it: nothing goes on turning.
#[test]
fn a_closed_terminal_ends_it() {
    let acme = Acme::joined();
    for prefix in ["", "trap '' HUP; "] {
        let kit = acme.alice.kit_command();
        let mut shell = acme.alice.with("TERM", "xterm").command(peer("sh"));
        let script = format!("{prefix}sh -c 'echo $$ >pid; exec \"$0\" \"$@\"' \"$@\"");
        shell.args(["-c", &script, "sh"]).arg(kit.get_program()).args(kit.get_args()).arg("pick");
        let mut screen = acme.alice.with("TERM", "xterm").screen(&shell);
        screen.expect("Enter: show it");
        let pid = String::from_utf8(acme.alice.read("pid")).unwrap();
        drop(screen);
        let process = format!("/proc/{}/stat", pid.trim());
        // A guard for broken code, never a measure.
        let gone = (0..6000).any(|_| {
            let state = std::fs::read_to_string(Path::new(&process)).unwrap_or_default();
            let is_gone = state.is_empty() || state.contains(") Z ");
            if !is_gone {
                thread::sleep(Duration::from_millis(10));
            }
            is_gone
        });
        assert!(gone, "{prefix:?}: process {pid} goes on without a terminal");
    }
}

/// U42: without a screen of its own it asks with numbered lists, and nothing is redrawn.
#[test]
fn where_nothing_can_be_drawn_it_asks() {
    let acme = Acme::joined();
    let accessible = acme.alice.with("ACCESSIBLE", "1");
    for (world, arguments) in [
        (acme.alice.with("TERM", "dumb"), &["pick"][..]),
        (accessible, &["lookup"]),
        (acme.alice.clone(), &["--accessible", "pick"]),
    ] {
        let mut screen = world.terminal(arguments);
        screen.expect("Name, or a part of it:").send_line("qqqqqq").expect("Nothing has these letters");
        screen.send_line("alice").expect("1: Alice Okafor, person, +44 7700 900123\r\n").expect("Which one?").send_line("1");
        let seen = screen.ends(0);
        assert!(seen.contains("CALL  Alice Okafor   +44 7700 900123") && !seen.contains('\u{1b}'), "{seen:?}");
        let mut screen = world.terminal(arguments);
        screen.expect("Name, or a part of it:").send_line("");
        screen.ends(130);
    }
}

#[test]
fn without_a_terminal_nothing_is_chosen() {
    let acme = Acme::joined();
    for arguments in [&["pick"][..], &["lookup"], &["pick", "--json"]] {
        acme.alice.kit(arguments).fails(2).says("kit lookup NAME");
    }
    let screen = acme.alice.terminal(["--no-input", "pick"]);
    assert!(screen.ends(2).contains("kit lookup NAME"));
}
