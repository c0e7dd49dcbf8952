//! `kit bridge`: the first way in that stands, whatever is down; and what it says when none does.

use outage_kit::{
    answer::{Moment, Scene, Strictness, WhatIf, bridges},
    team::{Checked, Need, Team},
};

use crate::{
    acme::Acme,
    falls::{everything, example, falls, id, moment},
};

fn assume(team: &Team, down: &str) -> WhatIf {
    WhatIf::of(team, &[down.to_owned()], &[], Strictness::Exact).unwrap_or_else(|unclear| panic!("{down}: {unclear:?}"))
}

fn scene<'a>(team: &'a Team, moment: &'a Moment, what_if: &'a WhatIf) -> Scene<'a> {
    Scene { team, moment, what_if }
}

#[test]
fn what_falls_is_never_the_way_in_whatever_is_down() {
    let (team, moment) = (example(), moment());
    let mut fallen = 0;
    for down in everything(&team) {
        let what_if = assume(&team, &down);
        let answer = bridges(scene(&team, &moment, &what_if), None);
        assert_eq!(answer.ways.len(), team.bridges.len(), "{down}");
        for way in &answer.ways {
            let expected = falls(&team, &format!("bridge:{}", way.id), &[down.as_str()]);
            assert_eq!(way.falls.is_some(), expected, "{down}: {way:?}");
            fallen += usize::from(expected);
        }
        let first = answer.ways.iter().find(|way| way.falls.is_none());
        assert_eq!(answer.join.as_ref(), first, "{down}");
        for asked in team.bridges.keys() {
            let answer = bridges(scene(&team, &moment, &what_if), Some(asked));
            assert!(answer.join.is_none_or(|way| way.falls.is_none()), "{down}: {asked}");
        }
    }
    assert!(fallen > 5, "{fallen}");
}

#[test]
fn needs_through_others_and_in_a_circle_end() {
    let (mut team, moment) = (example(), moment());
    // Okta now needs Zoom, which needs Okta: a circle. Signal is reached through it as well.
    team.tools.get_mut(&id("okta")).unwrap().needs.push(Need::new("zoom"));
    team.tools.get_mut(&id("zoom")).unwrap().needs.push(Need::new("registrar"));
    team.bridges.get_mut(&id("signal-group")).unwrap().needs.push(Need::new("tool:zoom"));
    let what_if = assume(&team, "registrar");
    let answer = bridges(scene(&team, &moment, &what_if), None);
    let texts: Vec<Option<&str>> = answer.ways.iter().map(|way| way.falls.as_ref().map(|falls| falls.text.as_str())).collect();
    let video = "falls with Example Registrar, through Okta and Zoom";
    assert_eq!(texts, [None, Some(video), Some("falls with Example Registrar, through Zoom")]);
    let what_if = WhatIf::default();
    assert!(bridges(scene(&team, &moment, &what_if), None).ways.iter().all(|way| way.falls.is_none()));
}

#[test]
fn a_network_takes_its_numbers_away_and_the_next_one_is_dialled() {
    let (mut team, moment) = (example(), moment());
    let bridge = team.bridges.get_mut(&id("phone-bridge")).unwrap();
    bridge.numbers[0].carrier = Some("Example Telecom".to_owned());
    let what_if = assume(&team, "example telecom");
    let way = bridges(scene(&team, &moment, &what_if), None).join.unwrap();
    assert_eq!((way.name.as_str(), way.numbers[0].shown.as_str()), ("Phone bridge", "+44 20 7946 0100"));
    // A dial-in is nobody's mobile: it rings without the mobile network.
    let what_if = assume(&team, "mobile-network");
    assert_eq!(bridges(scene(&team, &moment, &what_if), None).join.unwrap().numbers.len(), 2);
    // Without its numbers a bridge with an address as well is still one; without both it falls.
    let bridge = team.bridges.get_mut(&id("phone-bridge")).unwrap();
    bridge.needs.clear();
    bridge.numbers[1].carrier = Some("Example Telecom".to_owned());
    let what_if = assume(&team, "example telecom");
    let way = bridges(scene(&team, &moment, &what_if), None).ways.swap_remove(0);
    assert_eq!(way.falls.unwrap().text, "falls with Example Telecom");
    team.bridges.get_mut(&id("phone-bridge")).unwrap().reach = Some("sip:bridge@example.com".to_owned());
    assert!(bridges(scene(&team, &moment, &what_if), None).ways.swap_remove(0).falls.is_none());
}

#[test]
fn a_bridge_that_nobody_tested_lately_says_so() {
    let (mut team, moment) = (example(), moment());
    let what_if = WhatIf::default();
    for (tested, is_stale) in [(Some("2026-11-09"), false), (Some("2026-08-20"), false), (Some("2026-08-19"), true), (None, true)]
    {
        let bridge = team.bridges.get_mut(&id("phone-bridge")).unwrap();
        bridge.tested = tested.map(|on| Checked { on: on.parse().unwrap(), by: None });
        assert_eq!(bridges(scene(&team, &moment, &what_if), None).join.unwrap().test_is_stale, is_stale, "{tested:?}");
    }
    let alice = Acme::joined().alice;
    alice.at("2027-03-01T00:00:00Z").kit(["bridge"]).ok().has("STALE: 112 days ago by Dana");
}

#[test]
fn when_nothing_is_left_line_one_says_where_to_meet_else_whom_to_call() {
    let acme = Acme::joined();
    let alice = &acme.alice;
    let meet = "MEET  in the canteen, building 2, at every full hour   no bridge is left";
    alice.kit(["bridge", "--down", "phone,internet"]).ok().first_line(meet);
    alice.kit(["bridge", "--down", "phone-bridge,internet"]).ok().first_line(meet);
    // One name at a time or several behind one option, it is the same.
    alice.kit(["bridge", "--down", "phone", "--down", "video", "--down", "signal-group"]).ok().first_line(meet);
    let json = alice.kit(["--json", "bridge", "--down", "phone,internet"]);
    json.ok().has("\"schema\": \"kit.bridge/1\"").has("\"join\": null");

    let kit = String::from_utf8(acme.dana.read("team/kit.toml")).unwrap();
    let kept: Vec<&str> = kit.lines().filter(|line| !line.starts_with("rendezvous")).collect();
    acme.dana.write("team/kit.toml", kept.join("\n"));
    acme.publish().ok();
    alice.kit(["sync"]).ok();
    let call = "CALL  Chris Lindqvist   +1 202 555 0131   in charge; no bridge is left";
    alice.kit(["bridge", "--down", "phone-bridge,internet"]).ok().first_line(call);
    let lost = ["bridge", "--down", "phone,internet"];
    alice.kit(lost).ok().first_line("NO WAY  to meet: no bridge is left   call whom you know: kit lookup NAME");
}

#[test]
fn the_first_line_is_enough_for_every_single_loss() {
    let alice = Acme::joined().alice;
    for down in everything(&example()) {
        let run = alice.kit(["bridge", "--down", &down]);
        let line = run.ok().stdout.lines().next().unwrap_or_default().to_owned();
        run.assert(
            ["JOIN  +1 202 555 0100   PIN", "JOIN  https://", "JOIN  group"].iter().any(|act| line.starts_with(act)),
            "JOIN",
        );
        run.assert(run.stdout.lines().count() <= 24 && run.stdout.lines().all(|line| line.chars().count() <= 80), "a screenful");
        let narrow = alice.with("COLUMNS", "40").kit(["bridge", "--down", &down]);
        narrow.ok().has("+1 202 555 0100   PIN 4829 13 #");
    }
}

#[test]
fn a_bridge_that_is_looked_up_is_the_same_screen() {
    let alice = Acme::joined().alice;
    for name in ["phone-bridge", "video", "signal-group"] {
        let looked_up = alice.kit(["lookup", &format!("bridge:{name}")]);
        alice.kit(["bridge", name]).ok().prints(&looked_up.ok().stdout);
    }
    alice.kit(["bridge", "slack"]).fails(3);
    alice.kit(["bridge", "--down", "nonsense"]).fails(3);
    alice.kit(["bridge", "--out", "al"]).fails(4);
}
