//! `kit announce`: the same facts in every form, and nothing in any of them that acts by itself (D11).

use jiff::tz::TimeZone;
use outage_kit::{
    answer::{Announcement, Edition, Moment, Scene, WhatIf, announce_changes, announce_window},
    team::{Id, Team},
};

use crate::{acme::Acme, duty::example};

/// Characters of one short message.
const SEPTETS: usize = 160;

fn id<T>(text: &str) -> Id<T> {
    Id::parse(text).unwrap()
}

fn moment() -> Moment {
    Moment { now: "2026-11-18T02:12:00Z".parse().unwrap(), zone: TimeZone::get("Europe/Berlin").unwrap() }
}

fn announced(team: &Team) -> Announcement {
    announce_window(Scene { team, moment: &moment(), what_if: &WhatIf::default() }, &id("epic-migration")).unwrap()
}

/// The lines of each form.
fn forms(news: &Announcement) -> [(&'static str, Vec<String>); 4] {
    [("sms", news.sms.clone()), ("mail", news.mail.lines()), ("chat", news.chat.clone()), ("print", news.print.clone())]
}

/// The text of a form without its line ends and the numbers of its parts.
fn joined(form: &str, lines: &[String]) -> String {
    let lines =
        lines.iter().map(|line| if form == "sms" { line.split_once(' ').map_or("", |(_, rest)| rest) } else { line.as_str() });
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

#[test]
fn short_messages_come_one_part_a_line() {
    let acme = Acme::joined();
    let run = acme.alice.kit(["announce", "epic-migration", "--as", "sms"]);
    run.ok().prints(
        "\
1/3 Running now: Epic migration (Payments database, Ledger API, Card gateway). Sun 15 Nov 05:00 to Sun 22 Nov 17:00 UTC. New York 00:00 to Sun 12:00.
2/3 Berlin 06:00 to Sun 18:00. Sydney 16:00 to Mon 04:00. In charge: Chris Lindqvist +1 202 555 0131. Join: +1 202 555 0100 or +44 20 7946 0100 PIN 4829 13 #.
3/3 Needed: Chris Lindqvist; Bob Reyes +1 202 555 0143. On standby: Alice Okafor, Mia Krause, Priya Nair, Dana Fox. more: kit window epic-migration
",
    );
    // A narrow terminal breaks nothing that is to be piped.
    acme.alice.with("COLUMNS", "40").kit(["announce", "epic-migration", "--as", "sms"]).ok().prints(&run.stdout);
    run.assert(run.stdout.lines().all(|line| line.is_ascii() && line.len() <= SEPTETS), "160 characters a part");
}

#[test]
fn every_form_has_what_when_who_and_how() {
    for (form, lines) in forms(&announced(&example())) {
        let text = joined(form, &lines);
        for fact in [
            "Epic migration",
            "Sun 15 Nov 05:00 to Sun 22 Nov 17:00 UTC",
            "Chris Lindqvist +1 202 555 0131",
            "+1 202 555 0100",
            "PIN 4829 13 #",
            "Bob Reyes +1 202 555 0143",
            "Priya Nair",
        ] {
            assert!(text.contains(fact), "{form}: {fact}\n{text}");
        }
    }
}

#[test]
fn where_there_is_room_the_rest_is_said_in_sentences() {
    let mut team = example();
    team.people.get_mut(&id("alice.okafor")).unwrap().absences.push(outage_kit::team::Absence {
        from: "2026-11-19".parse().unwrap(),
        until: "2026-11-20".parse().unwrap(),
        delegate: None,
        why: None,
    });
    for (form, lines) in forms(&announced(&team)).into_iter().filter(|(form, _)| *form != "sms") {
        let text = joined(form, &lines);
        for fact in [
            "Sun 15 Nov 16:00 to Mon 23 Nov 04:00 Sydney",
            "Chris Lindqvist leads the incident; if not reached, Dana Fox, then Alice Okafor",
            "Chris Lindqvist calls the rollback of the migration; if not reached, Alice Okafor, then Bob Reyes",
            "fewer than two owners can be reached",
            "away Thu 19 Nov to Fri 20 Nov: Alice Okafor",
        ] {
            assert!(text.contains(fact), "{form}: {fact}\n{text}");
        }
    }
    let window = team.windows.get_mut(&id("epic-migration")).unwrap();
    (window.start, window.end) = ("2026-11-26T06:00:00Z".parse().unwrap(), "2026-11-26T20:00:00Z".parse().unwrap());
    let print = announced(&team).print.join("\n");
    assert!(print.contains("Thu 26 Nov is Thanksgiving Day for Chris Lindqvist, Bob Reyes"), "{print}");
}

#[test]
fn a_window_is_planned_runs_or_is_over_in_every_form() {
    let team = example();
    let at = |now: &str| {
        let moment = Moment { now: now.parse().unwrap(), ..moment() };
        announce_window(Scene { team: &team, moment: &moment, what_if: &WhatIf::default() }, &id("epic-migration")).unwrap()
    };
    for (now, state) in [
        ("2026-11-15T04:59:59Z", "Planned: Epic migration"),
        ("2026-11-15T05:00:00Z", "Running now: Epic migration"),
        ("2026-11-22T16:59:59Z", "Running now: Epic migration"),
        ("2026-11-22T17:00:00Z", "Over: Epic migration"),
    ] {
        for (form, lines) in forms(&at(now)) {
            let first = lines[0].trim_start_matches("1/3 ").trim_start_matches("1/2 ").trim_start_matches("Subject: ");
            assert!(first.starts_with(state), "{now} {form}: {first}");
        }
    }
    let over = at("2026-11-22T17:00:00Z").sms.join(" ");
    assert!(!over.contains("Needed") && over.contains("In charge"), "nobody is needed any more: {over}");
}

#[test]
fn clocks_in_a_short_message_are_as_short_as_can_be() {
    let short = |start: &str, end: &str| {
        let mut team = example();
        let window = team.windows.get_mut(&id("epic-migration")).unwrap();
        (window.start, window.end) = (start.parse().unwrap(), end.parse().unwrap());
        window.roles.retain(|role| !["bob.reyes", "dana.fox"].contains(&role.person.as_str()));
        window.roles.iter_mut().for_each(|role| (role.from, role.until) = (None, None));
        announced(&team).sms.join(" ")
    };
    let text = short("2026-11-20T15:00:00Z", "2026-11-20T17:00:00Z");
    assert!(text.contains(" Fri 20 Nov 15:00 to 17:00 UTC. New York 10:00 to 12:00. "), "{text}");
    assert!(text.contains(" Berlin 16:00 to 18:00. ") && text.contains(" Sydney Sat 02:00 to 04:00. "), "{text}");
    assert!(!text.contains("London"), "{text}");
    // In summer London is an hour ahead; who is not needed has no clock.
    let text = short("2026-07-03T15:00:00Z", "2026-07-04T17:00:00Z");
    assert!(text.contains("Fri 3 Jul 15:00 to Sat 4 Jul 17:00 UTC.") && text.contains("London 16:00 to Sat 18:00."), "{text}");
}

#[test]
fn no_number_is_broken_over_two_lines() {
    let mut team = example();
    for length in 0..40 {
        team.windows.get_mut(&id("epic-migration")).unwrap().name = "x".repeat(length + 1);
        for (form, lines) in forms(&announced(&team)) {
            for number in ["+1 202 555 0131", "+1 202 555 0100", "+1 202 555 0143", "PIN 4829 13 #"] {
                assert!(lines.iter().any(|line| line.contains(number)), "{form} {length}: {number}\n{lines:#?}");
            }
        }
    }
}

#[test]
fn a_mail_has_one_header_and_narrow_lines() {
    let mut team = example();
    let window = team.windows.get_mut(&id("epic-migration")).unwrap();
    window.name = "Migration\r\nBcc: all@example.com\n\nżółć".to_owned();
    window.rollback.push("y\r\n.\r\nQUIT".to_owned());
    let news = announced(&team);
    let lines = news.mail.lines();
    assert_eq!(lines[0], "Subject: Running now: Migration Bcc: all@example.com zolc");
    assert_eq!(lines[1], "");
    assert!(lines[0].is_ascii() && lines.iter().all(|line| !line.contains(char::is_control)), "{lines:#?}");
    assert!(news.mail.body.iter().all(|line| line.chars().count() <= 76), "{lines:#?}");
    assert!(news.print.iter().all(|line| line.chars().count() <= 80));
    assert!(!lines.iter().any(|line| line == "." || line.starts_with("Bcc")));
}

#[test]
fn nothing_in_a_chat_is_a_mention_or_a_link() {
    let mut team = example();
    let window = team.windows.get_mut(&id("epic-migration")).unwrap();
    window.name = "@channel <!here> <@U123> @everyone".to_owned();
    window.rollback =
        vec!["<https://evil.example|click>".into(), "[click](https://evil.example)".into(), "`rm` \u{202e}x\u{200b}".into()];
    let chat = announced(&team).chat;
    let text = chat.join("\n");
    for bad in ["@", "<", ">", "://", "](", "`", "\u{202e}", "\u{200b}"] {
        assert!(!text.contains(bad), "{bad:?}\n{text}");
    }
    assert!(text.contains("(at)channel") && text.contains("https: //evil.example"), "{text}");
}

#[test]
fn short_messages_use_letters_that_every_phone_has() {
    let mut team = example();
    let window = team.windows.get_mut(&id("epic-migration")).unwrap();
    window.name = "Überführung «Łódź» 李 \u{1f525} `x`".to_owned();
    let news = announced(&team);
    assert!(news.sms[0].starts_with("1/4 Running now: Überführung <<Lodz>> Li fire 'x' (Payments "), "{}", news.sms[0]);
    for part in &news.sms {
        assert!(part.chars().count() <= SEPTETS && part.chars().all(|c| c.is_ascii() || "Üü".contains(c)), "{part}");
    }
}

#[test]
fn changes_come_with_their_reasons_and_with_what_was_before() {
    let (old, mut new) = (example(), example());
    new.people.get_mut(&id("alice.okafor")).unwrap().numbers[0] =
        outage_kit::team::Number::parse("+44 7700 900124", None).unwrap();
    new.authority.get_mut(&id("incident-lead")).unwrap().delegations.push(outage_kit::team::Delegation {
        to: outage_kit::team::Responder::new("dana.fox"),
        from: "2026-11-20T00:00:00Z".parse().unwrap(),
        until: "2026-11-21T00:00:00Z".parse().unwrap(),
        limits: None,
        why: Some("Chris flies".to_owned()),
    });
    let at = |text: &str| text.parse().unwrap();
    let edition = |seq, created, team| Edition { seq, created: at(created), team };
    let (before, after) = (edition(41, "2026-11-17T00:00:00Z", &old), edition(42, "2026-11-18T01:40:00Z", &new));
    let scene = Scene { team: &new, moment: &moment(), what_if: &WhatIf::default() };
    for (form, lines) in forms(&announce_changes(scene, before, after)) {
        let text = joined(form, &lines);
        for fact in [
            "from kit 41 to 42",
            "Alice Okafor, number 1: now +44 7700 900124 (was +44 7700 900123)",
            "Dana Fox leads the incident from Fri 20 Nov 00:00 UTC to Sat 21 Nov 00:00 UTC (Chris flies)",
            if form == "sms" { "Published: Wed 18 Nov 01:40 UTC." } else { "Wed 18 Nov 01:40 UTC, Wed 01:40 London" },
            "Chris Lindqvist +1 202 555 0131",
            "PIN 4829 13 #",
        ] {
            assert!(text.contains(fact), "{form}: {fact}\n{text}");
        }
    }
    let nothing = announce_changes(Scene { team: &old, ..scene }, before, Edition { seq: 42, ..before });
    assert_eq!(nothing.subject, "News of Acme: nothing changed from kit 41 to 42");
}

#[test]
fn older_kits_are_opened_and_missing_ones_named() {
    let acme = Acme::joined();
    let people = acme.dana.path("team/people/alice.okafor.toml");
    let text = std::fs::read_to_string(&people).unwrap().replace("+44 7700 900123", "+44 7700 900124");
    std::fs::write(&people, text).unwrap();
    acme.publish().ok().says("-> +44 7700 900124, not\n  rung since");
    acme.alice.kit(["sync"]).ok();
    let news = acme.alice.kit(["announce", "--diff", "2..3", "--as", "chat"]);
    news.ok().first_line("News of Acme: 1 change from kit 2 to 3");
    news.has("Changed: Alice Okafor, number 1: now +44 7700 900124 (was +44 7700 900123), not rung since");
    // Alice never had kit 1, and Dana's first one was not for her.
    acme.alice
        .kit(["announce", "--diff", "1..3"])
        .fails(3)
        .says("kit 1 is not on this machine")
        .says("An older kit is only on machines that had it: kit sync does not bring it.")
        .says("Whoever can open kit 1 runs there: kit announce --diff 1..3")
        .says("Here can be compared: kit announce --diff 2..3");
    acme.alice
        .kit(["announce", "--diff", "3..4"])
        .fails(3)
        .says("kit 4 is not on this machine")
        .says("The newest kit comes with: kit sync");
    acme.dana.kit(["announce", "--diff", "1..3"]).ok().has("from kit 1 to 3");
    for wrong in ["3..2", "2..2", "2", "..", "a..b", "2..3..4", ""] {
        acme.alice.kit(["announce", "--diff", wrong]).fails(2);
    }
    let json = acme.alice.kit(["--json", "announce", "--diff", "2..3"]);
    let filter =
        r#"[.schema, (.sms | length), (.mail.body | length > 0), (.chat | length > 0), (.print | length > 0)] | join(" ")"#;
    acme.alice.run("jq", ["-r", filter], json.ok().stdout.as_bytes()).ok().prints("kit.announce/1 2 true true true\n");
    let before = acme.alice.files("");
    acme.alice
        .kit(["--plain", "announce", "--diff", "2..3", "--as", "mail"])
        .ok()
        .has("mail\t1\tSubject: News of Acme: 1 change");
    assert_eq!(acme.alice.files(""), before);
}
