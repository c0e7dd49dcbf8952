//! Times of day in other places, hour by hour, against offsets that stand here in numbers (U06, U07).

use jiff::{Timestamp, civil::date, tz::TimeZone};
use outage_kit::{
    answer::{self, Card, Moment, Scene, Search, Strictness, WhatIf},
    authored,
    team::Team,
};

use crate::acme::Acme;

/// Hours east of UTC, of people of the example team, from the 1st to the 30th of November 2026.
const OFFSETS: [(&str, i32); 6] = [("alice", 0), ("bob", -5), ("mia", 1), ("priya", 11), ("joao", -3), ("asa", 1)];

fn moment(text: &str) -> Moment {
    Moment { now: text.parse::<Timestamp>().unwrap(), zone: TimeZone::get("Europe/Berlin").unwrap() }
}

fn there(team: &Team, name: &str, moment: &Moment) -> answer::There {
    let Search::One { found, .. } = answer::lookup(team, name, Strictness::Exact) else { panic!("{name} is one") };
    match answer::card(Scene { team, moment, what_if: &WhatIf::default() }, &found) {
        Some(Card::Person(card)) => card.call.there,
        other => panic!("{other:?}"),
    }
}

fn team() -> Team {
    authored::load(&Acme::founded().dana.path("team"), date(2026, 11, 18)).unwrap().team
}

#[test]
fn every_hour_has_its_time_and_word_in_six_zones() {
    let team = team();
    let days = ["Tue", "Wed", "Thu"];
    for hour in 0..24 {
        let moment = moment(&format!("2026-11-18T{hour:02}:12:00Z"));
        for (name, offset) in OFFSETS {
            let local = hour + offset;
            let there = there(&team, name, &moment);
            assert_eq!(there.time, format!("{:02}:12", local.rem_euclid(24)), "{name}");
            assert_eq!(there.weekday, days[usize::try_from(local.div_euclid(24) + 1).unwrap()], "{name} at {hour}");
            let word = match local.rem_euclid(24) {
                0..6 | 22..24 => "night",
                6..11 => "morning",
                11..14 => "midday",
                14..18 => "afternoon",
                _ => "evening",
            };
            assert_eq!(there.part.word(), word, "{name} at {hour}");
            // None of them works at night.
            assert_eq!(there.likely_asleep, matches!(local.rem_euclid(24), 0..7 | 22..24), "{name} at {hour}");
        }
    }
}

#[test]
fn summer_time_begins_and_ends_where_people_are() {
    let team = team();
    for (name, at, time) in [
        ("alice", "2026-10-25T00:59:00Z", "01:59"),
        ("alice", "2026-10-25T01:00:00Z", "01:00"),
        ("bob", "2026-11-01T05:59:00Z", "01:59"),
        ("bob", "2026-11-01T06:00:00Z", "01:00"),
        ("priya", "2026-10-03T15:59:00Z", "01:59"),
        ("priya", "2026-10-03T16:00:00Z", "03:00"),
        ("joao", "2026-07-01T12:00:00Z", "09:00"),
        ("mia", "2027-03-28T01:00:00Z", "03:00"),
    ] {
        assert_eq!(there(&team, name, &moment(at)).time, time, "{name} at {at}");
    }
}

/// U08: whom to call next comes with a time on the reader's own clock, across midnight and across a change of it.
#[test]
fn the_next_call_has_a_time_of_the_readers_clock() {
    let acme = Acme::joined();
    for (zone, at, text) in [
        ("Europe/Berlin", "2026-11-18T02:12:00Z", "at 03:17 your time call Bob Reyes"),
        ("America/New_York", "2026-11-18T02:12:00Z", "at 21:17 your time call Bob Reyes"),
        ("Asia/Kolkata", "2026-11-18T02:12:00Z", "at 07:47 your time call Bob Reyes"),
        ("Europe/Berlin", "2026-11-18T22:58:00Z", "at Thu 00:03 your time call Bob Reyes"),
        ("Europe/Berlin", "2027-03-28T00:58:00Z", "at 03:03 your time call Bob Reyes"),
    ] {
        acme.alice.with("TZ", zone).at(at).kit(["lookup", "alice"]).ok().has(text);
    }
}
