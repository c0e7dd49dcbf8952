//! Who decides: delegations that begin and end by themselves, and decisions that do not hold now.

use outage_kit::{
    answer::{Decision, Scene, Strictness, WhatIf, decision, decisions},
    team::{Authority, Delegation, Id, Responder, Team, Window},
};

use crate::{
    acme::Acme,
    who::{at, away, moment, order, small_team},
};

fn authority(holder: &str, successors: &[&str]) -> Authority {
    Authority {
        decision: "Fails over".into(),
        aliases: vec![],
        holder: Responder::new(holder),
        successors: order(successors),
        conditions: vec![],
        limits: None,
        delegations: vec![],
        from: None,
        until: None,
        window: None,
    }
}

fn team(change: impl FnOnce(&mut Authority)) -> Team {
    let mut team = small_team();
    let mut it = authority("ann", &["ben", "cem"]);
    change(&mut it);
    team.authority.insert(Id::parse("failover").unwrap(), it);
    team.authority.insert(Id::parse("lead").unwrap(), authority("cem", &[]));
    team.lead = Some(Id::parse("lead").unwrap());
    let window = Window {
        name: "Move".into(),
        aliases: vec![],
        start: at("2026-11-20T06:00:00Z"),
        end: at("2026-11-22T17:00:00Z"),
        systems: vec![],
        roles: vec![],
        rollback: vec![],
        go_no_go: None,
        announce: None,
        rehearsals: vec![],
        acknowledge: vec![],
    };
    team.windows.insert(Id::parse("move").unwrap(), window);
    team
}

fn asked(team: &Team, now: &str, what_if: &WhatIf) -> Decision {
    decision(Scene { team, moment: &moment(now), what_if }, "failover").unwrap()
}

/// Who decides, then who follows; behind a bar whether it holds and until when.
fn told(team: &Team, now: &str) -> String {
    let decision = asked(team, now, &WhatIf::default());
    let line: Vec<&str> = decision.line.steps.iter().map(|step| step.call.id.as_str()).collect();
    format!("{} | {}", line.join(" "), decision.not_now.or(decision.until_clock).unwrap_or_default())
}

#[test]
fn delegations_begin_and_end_by_themselves() {
    let delegation = |to: &str, from: &str, until: &str| Delegation {
        to: Responder::new(to),
        from: at(from),
        until: at(until),
        limits: Some("reads only".into()),
        why: None,
    };
    let mut team = team(|it| {
        it.delegations = vec![
            delegation("cem", "2026-11-18T08:00:00Z", "2026-11-18T16:00:00Z"),
            delegation("ben", "2026-11-18T12:00:00Z", "2026-11-18T13:00:00Z"),
        ];
    });
    for (now, line) in [
        ("2026-11-18T07:59:59Z", "ann ben cem | "),
        ("2026-11-18T08:00:00Z", "cem ann ben | "),
        ("2026-11-18T12:00:00Z", "ben ann cem | "),
        ("2026-11-18T13:00:00Z", "cem ann ben | "),
        ("2026-11-18T16:00:00Z", "ann ben cem | "),
    ] {
        assert_eq!(told(&team, now), line, "{now}");
    }
    let early = asked(&team, "2026-11-18T07:00:00Z", &WhatIf::default());
    assert_eq!((early.delegation, early.next_delegation.map(|it| it.to)), (None, Some("Cem Test".to_owned())));
    let between = asked(&team, "2026-11-18T09:00:00Z", &WhatIf::default());
    let running = between.delegation.unwrap();
    assert_eq!((running.to.as_str(), running.until_clock.as_str()), ("Cem Test", "17:00"));
    assert_eq!(running.limits.as_deref(), Some("reads only"));
    assert_eq!(between.next_delegation.map(|it| it.from_clock).as_deref(), Some("13:00"));
    assert_eq!(asked(&team, "2026-11-18T16:00:00Z", &WhatIf::default()).next_delegation, None);
    // A delegate who is away leaves it to the holder again.
    away(&mut team, "cem", None);
    assert_eq!(told(&team, "2026-11-18T08:00:00Z"), "ann ben | ");
}

#[test]
fn what_has_not_begun_or_has_ended_says_so() {
    let mut bounded = team(|it| {
        it.from = Some(at("2026-11-18T06:00:00Z"));
        it.until = Some(at("2026-11-18T18:00:00Z"));
    });
    assert_eq!(told(&bounded, "2026-11-18T05:59:59Z"), "ann ben cem | it begins 07:00");
    assert_eq!(told(&bounded, "2026-11-18T06:00:00Z"), "ann ben cem | 19:00");
    assert_eq!(told(&bounded, "2026-11-18T18:00:00Z"), "ann ben cem | it ended 19:00");
    let early = asked(&bounded, "2026-11-18T05:00:00Z", &WhatIf::default());
    assert_eq!(early.in_charge.map(|charge| charge.call.id).as_deref(), Some("cem"), "whom to ask meanwhile");
    // A decision for a window ends with it, or earlier.
    let for_window = team(|it| it.window = Some(Id::parse("move").unwrap()));
    assert_eq!(told(&for_window, "2026-11-20T05:59:59Z"), "ann ben cem | Move begins 07:00");
    assert_eq!(told(&for_window, "2026-11-20T06:00:00Z"), "ann ben cem | Sun 18:00");
    assert_eq!(told(&for_window, "2026-11-22T17:00:00Z"), "ann ben cem | Move ended 18:00");
    bounded.authority.get_mut(&Id::parse("failover").unwrap()).unwrap().window = Some(Id::parse("move").unwrap());
    assert_eq!(told(&bounded, "2026-11-18T07:00:00Z"), "ann ben cem | Move begins Fri 07:00");
}

#[test]
fn decisions_that_hold_stand_first() {
    let team = team(|it| it.until = Some(at("2026-11-01T00:00:00Z")));
    let now = moment("2026-11-18T02:12:00Z");
    let all = decisions(Scene { team: &team, moment: &now, what_if: &WhatIf::default() });
    assert_eq!(
        all.iter().map(|it| (it.id.as_str(), it.not_now.is_some())).collect::<Vec<_>>(),
        [("lead", false), ("failover", true)]
    );
    let nobody = WhatIf::of(&team, &[], &["cem".into()], Strictness::Exact).unwrap();
    let all = decisions(Scene { team: &team, moment: &now, what_if: &nobody });
    assert_eq!(all.iter().map(Decision::is_anybody).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn the_rollback_is_answered_on_line_1_and_the_successors_right_after() {
    let alice = Acme::joined().alice;
    let run = alice.kit(["authority", "rollback"]);
    run.ok().first_line("CALL  Chris Lindqvist   +1 202 555 0131   decides: rollback").quiet();
    let lines: Vec<&str> = run.stdout.lines().skip(3).take(3).map(|line| line.get(..18).unwrap()).collect();
    assert_eq!(lines, ["  1  Chris Lindqvi", "  2  Alice Okafor ", "  3  Bob Reyes    "]);
    run.has("Only if       one criterion").has("Holds         for Epic migration, until Sun 18:00");
    alice
        .kit(["authority", "failover"])
        .ok()
        .first_line("CALL  Alice Okafor   +44 7700 900123   decides: Fails payments-db over");
    let gone = alice.kit(["authority", "rollback", "--out", "chris.lindqvist"]);
    gone.ok().first_line("CALL  Alice Okafor   +44 7700 900123   decides: rollback").has("Skipped       Chris Lindqvist, out");
    let none = alice.kit(["authority", "rollback", "--out", "chris.lindqvist,alice,bob.reyes"]);
    none.ok().first_line("NOBODY  is left for rollback   call Dana Fox   +1 202 555 0177   in charge now");
    alice
        .kit(["authority", "spend", "--out", "chris.lindqvist,alice,dana.fox"])
        .status(1)
        .first_line("NOBODY  is left for spend   kit bridge")
        .has("  meet in");
    let over = alice.at("2026-11-23T02:12:00Z").kit(["authority", "rollback"]);
    over.ok().first_line("NOT NOW  rollback   Epic migration ended Sun 18:00");
    over.has("\nCALL  Chris Lindqvist   +1 202 555 0131   in charge now");
}

#[test]
fn all_decisions_are_a_table_with_who_decides_now_and_then() {
    let alice = Acme::joined().alice;
    let run = alice.kit(["authority"]);
    run.ok().first_line("CALL  Chris Lindqvist   +1 202 555 0131   in charge now, 21:12 there");
    run.has("  rollback         Chris Lindqvist  +1 202 555 0131  Alice Okafor, Bob Reyes\n");
    let over = alice.at("2026-11-23T02:12:00Z").kit(["authority"]);
    over.ok().has("  Not now       rollback: Epic migration ended Sun 18:00\n");
    over.assert(!over.stdout.contains("  rollback  "), "not in the table any more");
    alice
        .kit(["authority", "--out", "chris.lindqvist"])
        .ok()
        .has("  rollback         Alice Okafor   +44 7700 900123  Bob Reyes\n");
    alice.kit(["authority", "ledger-api"]).fails(3).says("no decision is called \"ledger-api\"").says("kit authority");
    alice.kit(["authority", ""]).fails(2);
    let plain = alice.kit(["--plain", "authority", "rollback"]);
    plain.ok().has("rollback\tnow\t1\tchris.lindqvist\tChris Lindqvist\t+12025550131\t2026-11-18T02:12:00Z\n");
    assert!(plain.stdout.lines().all(|line| line.split('\t').count() == 7), "{}", plain.stdout);
    let json: serde_json::Value = serde_json::from_str(&alice.kit(["--json", "authority"]).ok().stdout).unwrap();
    assert_eq!((&json["schema"], json["decisions"].as_array().unwrap().len()), (&"kit.authority/1".into(), 5));
}
