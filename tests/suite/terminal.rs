//! What a terminal can show decides the letters, never the meaning: other character sets, forms for programs, colour.

use crate::acme::Acme;

#[test]
fn a_terminal_without_utf_8_gets_the_nearest_letters() {
    let acme = Acme::joined();
    for (name, value) in [("LC_ALL", "C"), ("LC_ALL", "en_US.ISO-8859-1"), ("LC_CTYPE", "POSIX"), ("LANG", "de_DE@euro")] {
        let world = acme.alice.without("LANG").with(name, value);
        let seen = world.terminal(["lookup", "lukasz"]).rest();
        assert!(seen.is_ascii() && seen.contains("CALL  Lukasz Zolkiewski   +49 171 3920033"), "{name}={value}: {seen}");
        let seen = world.terminal(["lookup", "quetzał"]).rest();
        assert!(seen.is_ascii() && seen.contains("kit: nobody is called"), "{seen}");
        // A file or a pipe is no terminal: what is written there is UTF-8 everywhere.
        world.kit(["lookup", "lukasz"]).ok().has("Łukasz Żółkiewski");
    }
    for (name, value) in [("LC_ALL", "C.UTF-8"), ("LANG", "de_DE.utf8"), ("LC_CTYPE", "UTF-8")] {
        let seen = acme.alice.without("LANG").with(name, value).terminal(["lookup", "lukasz"]).rest();
        assert!(seen.contains("Łukasz Żółkiewski"), "{name}={value}: {seen}");
    }
    // LC_ALL goes before the others, as everywhere.
    let seen = acme.alice.with("LC_ALL", "C").with("LANG", "C.UTF-8").terminal(["lookup", "lukasz"]).rest();
    assert!(seen.is_ascii(), "{seen}");
}

/// U04, U41: letters are changed before anything is laid out, so that columns stand and no number is cut.
#[test]
fn other_letters_are_laid_out_as_they_are_shown() {
    let acme = Acme::joined();
    let (narrow, wide) = (["who", "monitoring", "--at", "2026-11-25T02:12Z"], ["lookup", "monitoring"]);
    let world = acme.alice.without("LANG").with("LC_ALL", "C");
    let seen = world.with("COLUMNS", "40").terminal_of(24, 40, narrow).rest();
    assert!(seen.is_ascii() && seen.contains("Li Xiao Mei (li.xiaomei)"), "{seen}");
    assert!(seen.lines().any(|line| line.trim_end() == "CALL  +61 491 570 157"), "{seen}");
    assert!(seen.lines().all(|line| line.trim_end().len() <= 40), "{seen}");
    let seen = world.terminal(wide).rest();
    let rows: Vec<&str> = seen.lines().skip_while(|line| !line.starts_with("     Call")).take(4).collect();
    let column = rows[0].find("Number").unwrap();
    assert!(rows.len() == 4 && seen.contains("Li Xiao Mei (li.xiaomei)  +61 491 570 157"), "{seen}");
    assert!(rows[1..].iter().all(|row| row[column..].starts_with('+') && row[..column].ends_with("  ")), "{seen}");
}

/// The finder too is drawn in letters that the terminal has.
#[test]
fn the_finder_is_drawn_in_the_nearest_letters() {
    let acme = Acme::joined();
    let mut screen = acme.alice.with("LC_ALL", "C").terminal(["pick"]);
    screen.expect("Enter: show it").send("lukasz").expect("> Lukasz Zolkiewski").send("\r");
    let seen = screen.ends(0);
    assert!(seen.is_ascii(), "{seen}");
}

/// U29: one record a line, tabs between columns; and where there are none, that is said before anything is done.
#[test]
fn records_have_the_columns_that_the_help_says() {
    let acme = Acme::joined();
    let alice = &acme.alice;
    alice.kit(["--plain", "lookup", "alice"]).ok().quiet().prints(
        "person\talice.okafor\tAlice Okafor\tAlice Okafor\t+447700900123\t+44 7700 900123\tok\n\
         person\talice.okafor\tAlice Okafor\tAlice Okafor\t+442079460958\t+44 20 7946 0958\tok\n",
    );
    for name in ["alice", "payments-db", "slack", "phone-bridge", "video", "aws-support", "aws-root"] {
        let run = alice.kit(["lookup", name, "--plain"]);
        run.ok().quiet().assert(!run.stdout.is_empty(), "records");
        for line in run.stdout.lines() {
            let columns: Vec<&str> = line.split('\t').collect();
            run.assert(columns.len() == 7, "seven columns");
            run.assert(columns[4].is_empty() == (columns[6] == "none"), "a number, or none");
            run.assert(
                columns[4].is_empty() || columns[4].starts_with('+') && !columns[4].contains(' '),
                "a number for dialling",
            );
        }
    }
    let run = alice.kit(["--plain"]);
    run.ok().quiet().assert(run.stdout.starts_with("call\t") && run.stdout.contains("\njoin\tphone-bridge\t"), "call and join");
    run.assert(run.stdout.lines().all(|line| line.split('\t').count() == 6), "six columns");
    let run = alice.kit(["status", "--plain"]);
    run.ok().quiet().assert(run.stdout.lines().all(|line| line.split('\t').count() == 3), "three columns");
    let before = alice.files("");
    for arguments in [&["invite"][..], &["source", "add", "elsewhere"], &["help"], &["completions", "bash"], &["lock"]] {
        alice.kit(arguments.iter().chain(&["--plain"])).fails(2).says("--json");
    }
    assert_eq!(alice.files(""), before);
    alice.kit(["--no-color", "lookup", "alice"]).ok().has("CALL");
}
