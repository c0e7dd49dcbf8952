//! What if: things fall with what they need, over any number of steps, and names that are none get names that are.

use outage_kit::{
    answer::{Strictness, WhatIf},
    team::{Id, Need, Team, Thing, Tool},
};

use crate::{acme::Acme, who::small_team};

fn tool(name: &str, needs: &[&str]) -> Tool {
    Tool {
        name: name.to_owned(),
        aliases: vec![],
        purpose: None,
        reach: None,
        numbers: vec![],
        status_page: None,
        owner: None,
        backups: vec![],
        needs: needs.iter().map(|&need| Need::new(need)).collect(),
        avoid: vec![],
        credential: None,
        checked: None,
    }
}

/// `chat` needs `sign-in`, which needs the internet; `left` and `right` need each other; `radio` needs nothing.
fn team() -> Team {
    let mut team = small_team();
    for (id, needs) in [
        ("chat", &["sign-in"][..]),
        ("sign-in", &["internet"]),
        ("left", &["right"]),
        ("right", &["left", "power"]),
        ("radio", &[]),
    ] {
        team.tools.insert(Id::parse(id).unwrap(), tool(&id.to_uppercase(), needs));
    }
    team
}

fn falls(down: &[&str], what: &str) -> Option<Vec<String>> {
    let down: Vec<String> = down.iter().map(|&text| text.to_owned()).collect();
    WhatIf::of(&team(), &down, &[], Strictness::Exact).unwrap().fells(&team(), Thing::Tool, what)
}

#[test]
fn a_thing_falls_with_what_it_needs_and_with_nothing_else() {
    let chain = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
    for (down, what, fell) in [
        (&["chat"][..], "chat", chain(&[])),
        (&["sign-in"], "chat", chain(&["SIGN-IN"])),
        (&["internet"], "chat", chain(&["SIGN-IN", "internet"])),
        (&["internet"], "radio", None),
        (&["chat"], "sign-in", None),
        (&["power"], "left", chain(&["RIGHT", "power"])),
        (&["left"], "right", chain(&["LEFT"])),
        // Two that need each other do not keep the question from ending.
        (&["internet"], "left", None),
        (&["radio", "internet"], "sign-in", chain(&["internet"])),
        (&[], "chat", None),
    ] {
        assert_eq!(falls(down, what), fell, "{down:?} {what}");
    }
}

#[test]
fn what_is_assumed_is_said_in_words() {
    let team = team();
    let said = |down: &[&str], out: &[&str]| {
        let texts = |all: &[&str]| all.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        WhatIf::of(&team, &texts(down), &texts(out), Strictness::Exact).unwrap().text(&team)
    };
    assert_eq!(said(&[], &[]), "");
    assert_eq!(said(&["chat", "Internet"], &["ann"]), "CHAT and internet down, Ann Test out");
    assert_eq!(
        said(&["mobile network", "dns", "phone"], &["ann", "ben", "cem"]),
        "mobile network, DNS and telephones down, Ann Test, Ben Test and Cem Test out"
    );
}

/// U26: whatever is proposed after a wrong name is accepted as it stands.
#[test]
fn names_that_are_none_get_names_that_are() {
    let alice = Acme::joined().alice;
    let mut tried = 0;
    for (option, wrong, status) in [
        ("--down", "slak", 3),
        ("--down", "oktaa", 3),
        ("--down", "e", 4),
        ("--down", "quetzal", 3),
        ("--down", "", 3),
        ("--down", "alice.okafor", 3),
        ("--out", "al", 4),
        ("--out", "alise", 3),
        ("--out", "slack", 3),
        ("--out", "quetzal", 3),
    ] {
        for command in [&["who", "payments-db"][..], &["authority", "rollback"]] {
            let run = alice.kit([command, &[option, wrong]].concat());
            run.fails(status);
            run.assert(run.stderr.lines().count() > 1, "what to do now");
            for line in run.stderr.lines() {
                let Some((_, proposal)) = line.split_once("Did you mean ") else { continue };
                let words: Vec<&str> = proposal.trim_end_matches('?').split(' ').collect();
                tried += 1;
                alice.kit([command, &words].concat()).ok().quiet();
            }
        }
    }
    assert!(tried >= 10, "{tried}");
    // One wrong name among right ones spoils the whole.
    alice.kit(["who", "payments-db", "--down", "slack,slak"]).fails(3).says("\"slak\"");
}
