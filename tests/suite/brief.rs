//! `kit brief`: all of it on one screen, and never more than one screen.

use crate::{
    acme::Acme,
    falls::{everything, example},
};

#[test]
fn it_fits_the_screen_whatever_is_asked_and_says_what_it_leaves_out() {
    let alice = Acme::joined().alice;
    let team = example();
    let systems = team.systems.keys().map(ToString::to_string);
    let names: Vec<String> = systems.chain(team.windows.keys().map(ToString::to_string)).collect();
    let mut cut = 0;
    for name in &names {
        let run = alice.kit(["brief", name]);
        run.ok().assert(run.stdout.starts_with("CALL  "), "whom to call first");
        run.assert(run.stdout.lines().nth(1).is_some_and(|line| line.starts_with("JOIN  ")), "how to join second");
        run.assert(run.stdout.lines().count() <= 24, "24 lines at most");
        let all = alice.kit(["brief", name, "--all"]);
        let last = run.stdout.lines().last().unwrap();
        if let Some((count, command)) = last.split_once(" more lines: ") {
            cut += 1;
            assert_eq!(command, format!("kit brief {name} --all"));
            // What is left out is exactly what the other has more, but for its last line and people in the table.
            let more: usize = count.parse().unwrap();
            let (short, long) = (run.stdout.lines().count() - 1, all.ok().stdout.lines().count());
            all.assert(more > 0 && (name == "epic-migration" || long - short == more), "as many lines more as were said");
        } else {
            run.assert(run.stdout == all.ok().stdout, "all of it");
        }
        // Whole rows are left out: each line of the short one stands in the long one.
        let missing: Vec<&str> = run.stdout.lines().filter(|line| !all.stdout.contains(*line) && *line != last).collect();
        all.assert(name == "epic-migration" || missing.is_empty(), &format!("{missing:?}"));
    }
    assert!(cut >= 1, "nothing was ever left out");
    let old = alice.at("2027-06-01T00:00:00Z").kit(["brief", "payments-db"]);
    old.ok().assert(old.stdout.lines().count() <= 24, "24 lines with the warnings of an old kit").has("days old");
}

#[test]
fn what_is_down_never_leads() {
    let alice = Acme::joined().alice;
    for down in everything(&example()) {
        let run = alice.kit(["brief", "payments-db", "--down", &down]);
        run.ok().assert(run.stdout.lines().count() <= 24, "a screenful");
        let second = run.stdout.lines().nth(1).unwrap();
        let phone_is_down = down == "phone" || down == "bridge:phone-bridge";
        run.assert(second.contains("+1 202 555 0100") != phone_is_down, "the way in that stands");
    }
    let run = alice.kit(["brief", "payments-db", "--out", "alice", "--down", "phone-bridge,okta"]);
    run.ok().first_line("CALL  Bob Reyes   +1 202 555 0143   first for payments-db").has("JOIN  group").has("Alice Okafor, out");
}

#[test]
fn without_a_name_it_is_the_running_window() {
    let alice = Acme::joined().alice;
    let window = alice.kit(["brief", "epic-migration"]);
    alice.kit(["brief"]).ok().prints(&window.ok().stdout);
    // Afterwards it is what kit alone says.
    let later = alice.at("2026-11-24T12:00:00Z");
    let bare = later.kit([""; 0]);
    later.kit(["brief"]).ok().prints(&bare.ok().stdout);
    // A role that has ended is not called.
    alice.at("2026-11-20T12:00:00Z").kit(["brief"]).ok().lacks("Alice Okafor  +44");
    // Before the window, the whole plan is shown.
    alice.at("2026-11-14T12:00:00Z").kit(["brief", "migration"]).ok().has("not begun").has("Alice Okafor     +44 7700 900123");
}

#[test]
fn numbers_stay_whole_on_a_narrow_screen() {
    let alice = Acme::joined().alice.with("COLUMNS", "40");
    for name in ["payments-db", "migration", "checkout"] {
        let run = alice.kit(["brief", name]);
        run.ok().assert(run.stdout.lines().all(|line| line.chars().count() <= 40), "40 columns");
        let wide = alice.with("COLUMNS", "80").kit(["--plain", "brief", name]);
        let first =
            wide.ok().stdout.lines().find(|line| line.starts_with("call\t")).unwrap().split('\t').nth(3).unwrap().to_owned();
        run.assert(run.stdout.replace(' ', "").contains(&first), "the first number");
    }
}

#[test]
fn scripts_get_the_answers_of_the_other_commands() {
    let alice = Acme::joined().alice;
    let json = alice.kit(["brief", "payments-db", "--json"]);
    json.ok().has("\"schema\": \"kit.brief/1\"").has("\"bridges\": {").has("\"credentials\": [").has("\"runbook\":");
    alice.kit(["brief", "slack"]).fails(3).says("no system or window is called");
}
