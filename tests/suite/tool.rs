//! `kit tool`: what to use instead never falls with the tool, and is never down itself.

use outage_kit::{
    answer::{Card, Match, Scene, Strictness, ToolCard, WhatIf, card, tools},
    team::{Need, Ref, Team, Thing},
};

use crate::{
    acme::Acme,
    falls::{everything, everything_needed, example, falls, id, moment},
};

fn ask(team: &Team, tool: &str, down: &[&str], out: &[&str]) -> ToolCard {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let what_if = WhatIf::of(team, &names(down), &names(out), Strictness::Exact).expect("names of the team");
    let moment = moment();
    let found = Match { kind: Thing::Tool, id: tool.to_owned(), name: String::new(), query: String::new() };
    match card(Scene { team, moment: &moment, what_if: &what_if }, &found) {
        Some(Card::Tool(card)) => *card,
        other => panic!("{tool}: {other:?}"),
    }
}

fn names(ways: &[outage_kit::answer::UseInstead]) -> Vec<&str> {
    ways.iter().map(|way| way.id.as_str()).collect()
}

#[test]
fn what_falls_is_never_proposed_whatever_is_down() {
    let team = example();
    let (mut asked, mut refused) = (0, 0);
    for (tool, written) in &team.tools {
        for down in everything(&team) {
            let card = ask(&team, tool.as_str(), &[&down], &[]);
            let own = format!("tool:{tool}");
            for way in &card.instead {
                let name = format!("{}:{}", way.kind.word(), way.id);
                assert!(!falls(&team, &name, &[&down, &own]), "{tool} with {down} down: {name}");
            }
            assert_eq!(card.instead.len() + card.falls_too.len(), written.backups.len(), "{tool} with {down} down");
            assert!(card.falls_too.iter().all(|way| way.falls.is_some()), "{card:?}");
            assert_eq!(card.falls.is_some(), falls(&team, &own, &[&down]), "{tool} with {down} down");
            // What needs the same as the tool comes after all that does not.
            let shared: Vec<bool> = card.instead.iter().map(|way| !way.shares.is_empty()).collect();
            assert!(shared.is_sorted(), "{card:?}");
            asked += 1;
            refused += card.falls_too.len();
        }
    }
    assert!(asked > 200 && refused > 20, "{asked} {refused}");
}

#[test]
fn what_both_need_is_named_and_comes_last() {
    let team = example();
    let card = ask(&team, "zoom", &[], &[]);
    assert_eq!(names(&card.instead), ["phone-bridge", "video"], "the phone bridge needs no Okta");
    assert_eq!(card.instead[1].shares, ["Okta"]);
    assert_eq!(card.instead[0].without, ["Okta"]);
    for way in &card.instead {
        let both: Vec<String> = everything_needed(&team, &format!("{}:{}", way.kind.word(), way.id))
            .intersection(&everything_needed(&team, "tool:zoom"))
            .filter(|name| name.contains(':'))
            .cloned()
            .collect();
        assert_eq!(way.shares.len(), both.len(), "{both:?}");
    }
}

#[test]
fn what_needs_the_tool_falls_with_it_through_others_too() {
    let mut team = example();
    // Signal is reached through a gateway that runs on Slack; Teams and Slack are each other's backup.
    team.systems.get_mut(&id("deploy")).unwrap().needs.push(Need::new("slack"));
    team.tools.get_mut(&id("signal")).unwrap().needs.push(Need::new("deploy"));
    team.tools.get_mut(&id("teams")).unwrap().backups = vec![Ref::new("slack")];
    let card = ask(&team, "slack", &[], &[]);
    assert_eq!((names(&card.instead), names(&card.falls_too)), (vec!["teams", "phone-bridge"], vec!["signal"]));
    assert_eq!(card.falls_too[0].falls.as_ref().unwrap().text, "falls with Slack, through Build and deploy");
    assert_eq!(names(&ask(&team, "teams", &[], &[]).instead), ["slack"]);
    assert_eq!(names(&ask(&team, "teams", &["okta"], &[]).instead), [""; 0]);
    // The tool itself in a circle.
    team.tools.get_mut(&id("slack")).unwrap().backups.push(Ref::new("slack"));
    assert_eq!(names(&ask(&team, "slack", &[], &[]).falls_too), ["signal", "slack"]);
}

#[test]
fn whoever_can_be_called_is_asked() {
    let team = example();
    let asked = |out: &[&str], down: &[&str]| {
        let ask = ask(&team, "slack", down, out).ask;
        ask.map(|ask| (ask.call.name, ask.role, ask.skipped.len()))
    };
    let is = |name: &str, role: &str, skipped| Some((name.to_owned(), role.to_owned(), skipped));
    assert_eq!(asked(&[], &[]), is("Dana Fox", "owner", 0));
    assert_eq!(asked(&["dana.fox"], &[]), is("Alice Okafor", "for slack-owner", 1));
    let holders = ["alice.okafor", "bob.reyes", "chris.lindqvist", "mia.krause", "priya.nair", "dana.fox"];
    assert_eq!(asked(&holders, &[]), None, "whoever is in charge is among them");
    assert_eq!(asked(&[], &["phone"]), None);
}

#[test]
fn the_screens_of_show_say_it_on_line_one() {
    let alice = Acme::joined().alice;
    let teams = "USE  Microsoft Teams   channel \"Incident\", https://teams.example.com/l/incident";
    for (arguments, line) in [
        (&["tool", "slack"][..], teams),
        (&["tool", "slack", "--down", "okta"], teams),
        (&["tool", "slack", "--down", "entra"], "USE  Signal   group \"Example incident\"   does not need Okta"),
        (
            &["tool", "slack", "--down", "teams,signal"],
            "USE  Phone bridge   +1 202 555 0100   PIN 4829 13 #   does not need Okta",
        ),
        (
            &["tool", "slack", "--down", "teams,signal,phone-bridge"],
            "NO BACKUP  is left for Slack: call Dana Fox   +1 202 555 0177",
        ),
        (&["tool", "slack", "--down", "internet,phone"], "NO BACKUP  is left for Slack   kit bridge"),
        (&["tool", "okta"], "NO BACKUP  for Okta: call Åsa Bergström   +46 70 174 06 05"),
        (&["tool", "--down", "okta"], "DOWN  5 of 12 tools: 1Password, GitHub, Okta, Slack, Zoom"),
    ] {
        let run = alice.kit(arguments);
        run.ok().first_line(line).quiet();
    }
    alice.kit(["tool", "slack", "--down", "okta"]).ok().has("  Now           falls with Okta\n");
}

#[test]
fn every_single_loss_leaves_a_screenful_that_begins_with_the_act() {
    let alice = Acme::joined().alice;
    for down in everything(&example()) {
        let run = alice.kit(["tool", "slack", "--down", &down]);
        run.ok().assert(run.stdout.starts_with("USE  "), "something to use");
        run.assert(run.stdout.lines().count() <= 24, "a screenful");
        run.assert(run.stdout.lines().all(|line| line.chars().count() <= 80), "80 columns");
    }
}

#[test]
fn all_tools_are_listed_with_what_falls_first() {
    let (team, moment) = (example(), moment());
    for down in everything(&team) {
        let what_if = WhatIf::of(&team, std::slice::from_ref(&down), &[], Strictness::Exact).unwrap();
        let answer = tools(Scene { team: &team, moment: &moment, what_if: &what_if });
        assert_eq!(answer.tools.len(), team.tools.len());
        for row in &answer.tools {
            assert_eq!(row.falls.is_some(), falls(&team, &format!("tool:{}", row.id), &[&down]), "{down}: {row:?}");
        }
        assert!(answer.tools.iter().map(|row| row.falls.is_none()).is_sorted(), "{down}");
    }
}

#[test]
fn a_tool_that_is_looked_up_is_the_same_screen() {
    let alice = Acme::joined().alice;
    for name in example().tools.keys() {
        let looked_up = alice.kit(["lookup", &format!("tool:{name}")]);
        alice.kit(["tool", name.as_str()]).ok().prints(&looked_up.ok().stdout);
    }
    alice.kit(["tool", "alice"]).fails(3);
    let json = alice.kit(["tool", "slack", "--json"]);
    json.ok().has("\"schema\": \"kit.tool/1\"").has("\"falls_too\"");
    alice.kit(["tool", "--json"]).ok().has("\"schema\": \"kit.tools/1\"");
}
