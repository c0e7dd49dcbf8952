//! How a query finds its thing: scripts get exact names only, people at a terminal are asked and forgiven.

use crate::acme::Acme;

/// Everything below asks on Alice's machine.
fn alice() -> crate::world::World {
    Acme::joined().alice
}

#[test]
fn a_script_finds_exact_names_in_any_spelling() {
    let alice = alice();
    for (query, line) in [
        ("alice.okafor", "CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min"),
        ("ALICE", "CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min"),
        ("Okafor", "CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min"),
        ("@alice", "CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min"),
        ("alice.okafor@example.com", "CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min"),
        ("person:alice.okafor", "CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min"),
        ("+44 7700 900123", "CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min"),
        ("+447700900123", "CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min"),
        ("00447700900123", "CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min"),
        ("+44 (0)7700 900123", "CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min"),
        ("07700 900123", "CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min"),
        ("020 7946 0958", "CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min"),
        ("(202) 555-0143", "CALL  Bob Reyes   +1 202 555 0143"),
        ("zolkiewski", "CALL  Łukasz Żółkiewski   +49 171 3920033"),
        ("ŻÓŁKIEWSKI", "CALL  Łukasz Żółkiewski   +49 171 3920033"),
        ("Z\u{307}o\u{301}łkiewski", "CALL  Łukasz Żółkiewski   +49 171 3920033"),
        ("bergstrom", "CALL  Åsa Bergström   +46 70 174 06 05"),
        ("李小梅", "CALL  李小梅 (li.xiaomei)   +61 491 570 157"),
        ("+49 30 23125 010", "CALL  Example Transit   +49 30 23125010   hotline"),
        ("isp", "CALL  Example Transit   +49 30 23125010   hotline"),
    ] {
        alice.kit(["lookup", query]).ok().first_line(line).quiet();
    }
    // Words of one query may come as separate arguments.
    alice.kit(["lookup", "okafor", "alice"]).ok().first_line("CALL  Alice Okafor   +44 7700 900123   ring twice within 3 min");
}

#[test]
fn a_script_never_gets_a_guess() {
    let alice = alice();
    for (query, status) in [("al", 4), ("alise", 3), ("alic", 3), ("okafro", 3), ("0123", 3), ("+99 7700 900123", 3), ("-", 3)] {
        let run = alice.kit(["lookup", query]);
        run.fails(status);
    }
    alice.kit(["lookup", ""]).fails(2);
    alice.kit(["lookup", " "]).fails(2);
    alice.kit(["lookup"]).fails(2);
    // Nobody can be asked, whatever the other streams are.
    alice.kit_reading(b"1\n", ["lookup", "al"]).fails(4);
    alice.kit(["--json", "lookup", "al"]).fails(4);
    alice.kit(["--json", "lookup", "alise"]).fails(3);
}

#[test]
fn every_proposal_is_accepted_as_it_stands() {
    let alice = alice();
    let mut tried = 0;
    for query in ["al", "alise", "okafro", "be", "li", "e", "s", "pay", "slak", "brige", "okta", "signal", "monitor", "aws"] {
        let run = alice.kit(["lookup", query]);
        for line in run.stderr.lines() {
            let Some((_, command)) = line.split_once("kit lookup ") else { continue };
            tried += 1;
            alice.kit(["lookup", command.trim()]).ok().quiet();
        }
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn at_a_terminal_a_number_or_a_name_chooses() {
    let alice = alice();
    let mut screen = alice.terminal(["lookup", "al"]);
    screen.expect("\"al\" matches 3:").expect("  2  alice.okafor").expect("kit asks: Which one? ").send_line("2");
    let seen = screen.ends(0);
    assert!(seen.contains("CALL  Alice Okafor   +44 7700 900123"), "{seen}");

    let mut screen = alice.terminal(["lookup", "al"]);
    screen.expect("Which one? ").send_line("alan.whitfield");
    assert!(screen.ends(0).contains("CALL  Alan Whitfield   +44 7700 900456"));

    for wrong in ["0", "4", "-1", "yes", "", "99999999999999999999"] {
        let mut screen = alice.terminal(["lookup", "al"]);
        // Asked again, but not for ever.
        for _ in 0..3 {
            screen.expect("Which one? ").send_line(wrong).expect("Type a number from 1 to 3.");
        }
        let seen = screen.ends(4);
        assert!(!seen.contains("CALL") && seen.contains("kit lookup alice.okafor"), "{wrong:?}: {seen}");
    }
    let mut screen = alice.terminal(["lookup", "al"]);
    screen.expect("Which one? ").send_line("9").expect("There is no \"9\"").expect("Which one? ").send_line("2");
    assert!(screen.ends(0).contains("CALL  Alice Okafor"));
}

#[test]
fn a_word_for_a_kind_names_all_of_it_and_no_more_than_a_screen_has() {
    let alice = alice();
    // The example has one rota, six calendars, and more people than a screen.
    alice.kit(["lookup", "oncall"]).ok().has("Platform on call");
    alice.kit(["lookup", "calendars"]).fails(4).says("matches 6 things").says("kit lookup germany");
    let run = alice.kit(["lookup", "persons"]);
    run.fails(4).says("matches 15 people").says("and 3 more");
    alice.kit(["bridge", "persons"]).fails(3);
}

#[test]
fn at_a_terminal_a_typing_error_is_forgiven_and_said() {
    let alice = alice();
    let seen = alice.terminal(["lookup", "alise"]).ends(0);
    assert!(seen.contains("called \"alise\"; the nearest is alice.okafor"), "{seen}");
    assert!(seen.contains("CALL  Alice Okafor   +44 7700 900123"), "{seen}");
    // The beginning of a name is enough where it is of one thing only.
    assert!(alice.terminal(["lookup", "okaf"]).ends(0).contains("CALL  Alice Okafor"));
    // Two things as near as each other are never chosen between.
    let mut screen = alice.terminal(["lookup", "oktaa"]);
    screen.expect("Which one? ").control('c');
    assert!(!screen.ends(130).contains("CALL"));
    alice.terminal(["lookup", "quetzalcoatl"]).ends(3);
}

#[test]
fn nobody_is_asked_with_no_input() {
    let alice = alice();
    let seen = alice.terminal(["--no-input", "lookup", "al"]).ends(4);
    assert!(!seen.contains("kit asks"), "{seen}");
    let seen = alice.terminal(["--no-input", "lookup", "alise"]).ends(3);
    assert!(!seen.contains("CALL"), "{seen}");
}

#[test]
fn an_interrupted_question_ends_at_once_and_leaves_the_terminal_as_it_was() {
    let alice = alice();
    let mut screen = alice.terminal(["lookup", "al"]);
    screen.expect("Which one? ").control('c');
    assert!(!screen.ends(130).contains("CALL"));
    // The end of input is no answer either.
    let mut screen = alice.terminal(["lookup", "al"]);
    screen.expect("Which one? ").control('d');
    assert!(screen.ends(130).contains("nothing was done"));
}

#[test]
fn a_terminal_is_laid_out_for_its_own_width() {
    let alice = alice();
    let seen = alice.terminal_of(24, 40, ["lookup", "payments-db"]).ends(0);
    assert!(seen.contains("CALL  Alice Okafor   +44 7700 900123\r\n  first for payments-db\r\n"), "{seen}");
    assert!(seen.contains("  2  Bob Reyes     +1 202 555 0143\r\n"), "{seen}");
    // COLUMNS says it where the terminal does not; nonsense in it is no reason to fail.
    for nonsense in ["0", "-1", "many", "99999999999999999999999"] {
        alice.with("COLUMNS", nonsense).kit(["lookup", "alice"]).ok().has("+44 7700 900123");
    }
    alice.with("COLUMNS", "1").kit(["lookup", "alice"]).ok().has("+44 7700 900123");
}
