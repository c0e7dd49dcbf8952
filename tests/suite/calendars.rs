//! Calendar files: what calendar programs export gives the days it says, and what is broken, hostile or endless is told with
//! its line.

use std::{collections::BTreeMap, fs};

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use outage_kit::{
    authored::{self, Draft, Problem},
    team::{CalendarKind, Id, NamedDays, Team},
};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 18);
const KIT: &str =
    "[team]\nname = \"Acme\"\n[[calendar]]\nid = \"away\"\nname = \"Away\"\nkind = \"absences\"\nfile = \"c/away.ics\"\n";

fn check(kit: &str, ics: &str) -> Result<(Team, Vec<Problem>), Vec<Problem>> {
    match authored::check(&Draft::of([("kit.toml", kit), ("c/away.ics", ics)]), TODAY) {
        Ok(checked) => Ok((checked.team, checked.warnings)),
        Err(problems) => Err(problems.errors),
    }
}

fn calendar(events: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

fn event(lines: &[&str]) -> String {
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    format!("BEGIN:VEVENT\r\nUID:{}\r\n{lines}END:VEVENT\r\n", lines.len())
}

fn days_of(team: &Team) -> Vec<NamedDays> {
    team.calendars.get(&Id::parse("away").expect("an id")).expect("a calendar").days.clone()
}

/// The days of a file without faults, as `first..last name`.
#[track_caller]
fn days(ics: &str) -> Vec<String> {
    let (team, warnings) = check(KIT, ics).expect("no mistakes");
    assert_eq!(warnings, []);
    days_of(&team).iter().map(|days| format!("{}..{} {}", days.from, days.until, days.name)).collect()
}

/// What is found in a file: place, rule and message.
fn found(ics: &str) -> Vec<String> {
    let problems = check(KIT, ics).map_or_else(|errors| errors, |(_, warnings)| warnings);
    problems
        .iter()
        .map(|problem| format!("{}:{} {} {}", problem.file, problem.line, problem.rule.word(), problem.message))
        .collect()
}

#[test]
fn whole_days_end_before_their_end() {
    let text = calendar(
        &(event(&["DTSTART;VALUE=DATE:20261221", "DTEND;VALUE=DATE:20261224", "SUMMARY:Skiing\\, in Flims\\nand more"])
            + &event(&["DTSTART;VALUE=DATE:20261228", "SUMMARY;LANGUAGE=de:Einzelner Tag"])
            + &event(&["DTSTART;VALUE=DATE:20270104", "DTEND;VALUE=DATE:20270104", "SUMMARY:Same day"])
            + &event(&["DTSTART;VALUE=DATE:20270111", "DURATION:P1W", "SUMMARY:A week"])
            + &event(&["DTSTART;VALUE=DATE:20270201", "DTEND;VALUE=DATE:20270203"])
            + &event(&["DTSTART;VALUE=DATE:20270301", "CLASS:PRIVATE", "SUMMARY:Doctor"])
            + &event(&["DTSTART;VALUE=DATE:20270308", "STATUS:CANCELLED", "SUMMARY:Not at all"])
            + &event(&["DTSTART;VALUE=DATE:20200101", "DTEND;VALUE=DATE:20200102", "SUMMARY:Long ago"])
            + &event(&["DTSTART;VALUE=DATE:20290101", "SUMMARY:Far away"])),
    );
    let expected = [
        "2026-12-21..2026-12-23 Skiing, in Flims and more",
        "2026-12-28..2026-12-28 Einzelner Tag",
        "2027-01-04..2027-01-04 Same day",
        "2027-01-11..2027-01-17 A week",
        "2027-02-01..2027-02-02 Away",
        "2027-03-01..2027-03-01 private",
    ];
    assert_eq!(days(&text), expected);
    assert_eq!(days(&text.replace("\r\n", "\n")), expected, "without CR");
    assert_eq!(days(&format!("\u{feff}{text}")), expected, "with a byte order mark");
}

#[test]
fn repetitions_exceptions_and_moved_days_are_worked_out() {
    let first = event(&["DTSTART;VALUE=DATE:20200626", "RRULE:FREQ=YEARLY", "SUMMARY:Midsummer"]);
    assert_eq!(days(&calendar(&first)), ["2027-06-26..2027-06-26 Midsummer"]);
    let fathers = event(&["DTSTART;VALUE=DATE:20100620", "RRULE:FREQ=YEARLY;BYMONTH=6;BYDAY=3SU", "SUMMARY:Father's Day"]);
    assert_eq!(days(&calendar(&fathers)), ["2027-06-20..2027-06-20 Father's Day"]);
    let last_friday = event(&[
        "DTSTART;VALUE=DATE:20261127",
        "DTEND;VALUE=DATE:20261129",
        "RRULE:FREQ=MONTHLY;COUNT=4;BYDAY=-1FR",
        "EXDATE;VALUE=DATE:20261225",
        "RDATE;VALUE=DATE:20270210",
        "SUMMARY:Two days",
    ]);
    let expected = [
        "2026-11-27..2026-11-28 Two days",
        "2027-01-29..2027-01-30 Two days",
        "2027-02-10..2027-02-11 Two days",
        "2027-02-26..2027-02-27 Two days",
    ];
    assert_eq!(days(&calendar(&last_friday)), expected);
    // One of a series is moved by another event of the same UID, with a SEQUENCE of its own as calendar programs write it.
    let moved = "BEGIN:VEVENT\nUID:x\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=WEEKLY;UNTIL=20261215\nSUMMARY:Course\nEND:VEVENT\n\
                 BEGIN:VEVENT\nUID:x\nSEQUENCE:3\nRECURRENCE-ID;VALUE=DATE:20261208\nDTSTART;VALUE=DATE:20261210\nSUMMARY:Course (moved)\nEND:VEVENT\n\
                 BEGIN:VEVENT\nUID:y\nDTSTART;VALUE=DATE:20261208\nSUMMARY:Another\nEND:VEVENT\n";
    let expected = [
        "2026-12-01..2026-12-01 Course",
        "2026-12-08..2026-12-08 Another",
        "2026-12-10..2026-12-10 Course (moved)",
        "2026-12-15..2026-12-15 Course",
    ];
    assert_eq!(days(&calendar(moved)), expected);
    // As Outlook writes days: midnight to midnight, in a zone of its own name.
    let outlook = event(&[
        "DTSTART;TZID=\"W. Europe Standard Time\":20261221T000000",
        "DTEND;TZID=\"W. Europe Standard Time\":20261223T000000",
        "RRULE:FREQ=YEARLY;UNTIL=20271231T225900Z",
        "SUMMARY:Away",
    ]);
    assert_eq!(days(&calendar(&outlook)), ["2026-12-21..2026-12-22 Away", "2027-12-21..2027-12-22 Away"]);
}

#[test]
fn of_events_with_times_the_days_count_that_they_fill() {
    let times = |from: &str, until: &str| calendar(&event(&[&format!("DTSTART:{from}"), &format!("DTEND:{until}"), "SUMMARY:x"]));
    assert_eq!(days(&times("20261218T120000", "20261222T090000")), ["2026-12-19..2026-12-21 x"]);
    assert_eq!(days(&times("20261218T000000", "20261218T235900")), ["2026-12-18..2026-12-18 x"]);
    let lunch = times("20261218T120000", "20261218T130000");
    let left_out = "c/away.ics:3 part-day this event is not a whole day, left out";
    assert_eq!(found(&lunch), [left_out]);
    let more = calendar(
        &(event(&["DTSTART:20261218T120000", "DTEND:20261218T130000", "RRULE:FREQ=DAILY"])
            + &event(&["DTSTART:20261219T120000Z", "SUMMARY:no end"])),
    );
    assert_eq!(
        found(&more),
        ["c/away.ics:3 part-day 2 events are not a whole day, left out: this is the first"],
        "one line a file"
    );
    assert!(days_of(&check(KIT, &more).expect("no mistakes").0).is_empty());
    let waiver = "[[policy.waiver]]\nwhat = \"part-day calendar:away\"\nowner = \"bob\"\nreason = \"R\"\nuntil = 2027-01-01\n\
                  [[person]]\nid = \"bob\"\nname = \"Bob\"\nzone = \"UTC\"\n[[person.number]]\nnumber = \"+1 202 555 0143\"\nchecked = 2026-11-12\n";
    assert_eq!(check(&format!("{KIT}{waiver}"), &lunch).expect("no mistakes").1, [], "waived");
}

#[test]
fn what_is_broken_is_named_with_its_line() {
    let start = "DTSTART;VALUE=DATE:20261221";
    for (ics, expected) in [
        (String::new(), "1 calendar this file is empty"),
        ("MZ\u{1}\n".to_owned(), "1 calendar this line is no iCalendar: it has no \":\""),
        (calendar(&event(&["SUMMARY:x"])), "3 calendar this event has no DTSTART: it does not say when it is"),
        (
            calendar(&event(&["DTSTART;VALUE=DATE:20261341"])),
            "5 calendar \"20261341\" is no date of iCalendar between 1900 and 2200",
        ),
        (
            calendar(&event(&["DTSTART;VALUE=DATE:tomorrow"])),
            "5 calendar \"tomorrow\" is no date of iCalendar between 1900 and 2200",
        ),
        (
            calendar(&event(&["DTSTART;VALUE=DATE:99991231"])),
            "5 calendar \"99991231\" is no date of iCalendar between 1900 and 2200",
        ),
        (calendar(&event(&[start, start])), "6 calendar \"DTSTART\" stands twice in this event"),
        (calendar(&event(&[start, "RRULE:FREQ=OFTEN"])), "6 calendar \"FREQ=OFTEN\" is no rule of iCalendar"),
        (calendar(&event(&[start, "DURATION:long"])), "6 calendar \"long\" is no length of time"),
        (
            calendar(&event(&[start, "RRULE:FREQ=YEARLY;UNTIL=20200101"])),
            "6 calendar the rule by which this event repeats makes no sense",
        ),
        (calendar(&event(&[start, "DTEND;VALUE=DATE:20261220"])), "6 end-before-start this event ends before it begins"),
        (calendar("BEGIN:VEVENT\r\n"), "3 calendar this \"VEVENT\" is not closed: its END is missing"),
        // Text that would drive, hide or reorder, and secrets.
        (
            calendar(&event(&[start, "SUMMARY:a\u{1b}[2Jb"])),
            "6 text \"SUMMARY\" cannot be shown: it has the control character U+001B in it",
        ),
        (
            calendar(&event(&[start, "SUMMARY:evil\u{202e}gpj"])),
            "6 text \"SUMMARY\" cannot be shown: it has the invisible character U+202E in it",
        ),
        (
            calendar(&event(&[start, &format!("SUMMARY:{}", "x".repeat(300))])),
            "6 text \"SUMMARY\" cannot be shown: it has 300 characters, the most is 256",
        ),
        (
            calendar(&event(&[start, "SUMMARY:otpauth://totp/x"])),
            "6 secret \"SUMMARY\" holds a secret, and secrets never stand in these files",
        ),
        (calendar(&event(&["DTSTART;VALUE=DATE:2026\u{1b}1221"])), "5 calendar \"DTSTART\" cannot be read"),
    ] {
        let told = found(&ics);
        assert_eq!(told, [format!("c/away.ics:{expected}")], "{ics}");
        assert!(check(KIT, &ics).is_err(), "{expected}");
        assert!(told.iter().all(|line| line.chars().all(|c| !c.is_control() && c != '\u{202e}')), "{told:?}");
    }
    // What calcard would pass over in silence.
    let torn = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261221\nSUMMARY:torn off";
    assert_eq!(found(torn), ["c/away.ics:2 calendar the file ends within this \"VEVENT\": its END is missing"]);
}

#[test]
fn no_rule_makes_the_check_hang_and_no_file_the_kit_endless() {
    let start = "DTSTART;VALUE=DATE:19000101";
    for rule in [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;BYSECOND=1",
        "FREQ=HOURLY;INTERVAL=1",
        "FREQ=DAILY;BYHOUR=1,2,3,4;BYMINUTE=1;BYSECOND=1,2,3",
    ] {
        let ics = calendar(&event(&[start, &format!("RRULE:{rule}")]));
        assert_eq!(found(&ics), ["c/away.ics:3 part-day this event is not a whole day, left out"], "{rule}");
    }
    // Rules that never happen, and one that is never done.
    for (rule, count) in [
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 0),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 0),
        ("FREQ=DAILY;INTERVAL=65535", 0),
        ("FREQ=DAILY;COUNT=4294967295", 31 + 550 + 1),
        ("FREQ=DAILY;UNTIL=22000101", 31 + 550 + 1),
    ] {
        assert_eq!(days(&calendar(&event(&[start, &format!("RRULE:{rule}")]))).len(), count, "{rule}");
    }
    let since_1900 = |count: usize, rule: &str| -> String {
        let each = (0..count).map(|at| format!("BEGIN:VEVENT\nUID:{at}\n{start}\nRRULE:{rule}\nEND:VEVENT\n"));
        calendar(&each.collect::<String>())
    };
    let endless = "calendar the events of this file repeat more often than can be worked out";
    for rule in ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", "FREQ=DAILY"] {
        let told = found(&since_1900(60, rule));
        assert_eq!(told.len(), 1, "{rule}");
        assert_eq!(told[0].split_once(' ').expect("a place").1, endless, "{rule}");
    }
    assert_eq!(
        days(&since_1900(60, "FREQ=YEARLY;BYMONTH=5;BYDAY=2SU")),
        ["2027-05-09..2027-05-09 Away", "2028-05-14..2028-05-14 Away"]
    );
    let many = |count: usize, line: &str| -> String {
        let each =
            (0..count).map(|at| format!("BEGIN:VEVENT\nUID:{at}\nSUMMARY:{at}\nDTSTART;VALUE=DATE:20261218\n{line}END:VEVENT\n"));
        calendar(&each.collect::<String>())
    };
    assert_eq!(
        found(&many(501, "RRULE:FREQ=DAILY\n"))[0].split_once(' ').expect("a place").1,
        "calendar a calendar file has at most 500 events that repeat"
    );
    // Dates one by one: as many lines as a file can have.
    for name in ["RDATE", "EXDATE"] {
        let lines = format!("{name};VALUE=DATE:20261221\n").repeat(100_000);
        let told = found(&calendar(&event(&[start, "RRULE:FREQ=DAILY", lines.trim_end()])));
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].split_once(' ').expect("a place").1, "calendar this event lists more dates than can be worked out");
    }
    let too_many = "calendar a calendar gives at most 5000 days from last month to the year after next";
    assert_eq!(found(&many(20, "RRULE:FREQ=DAILY\n"))[0].split_once(' ').expect("a place").1, too_many);
    assert_eq!(found(&many(5001, ""))[0].split_once(' ').expect("a place").1, too_many);
    assert_eq!(days(&many(5000, "")).len(), 5000);
}

#[test]
fn a_calendar_that_knows_nothing_more_is_told_and_an_unused_file_is_not() {
    let holidays = KIT.replace("absences", "holidays");
    let one = |day: &str| calendar(&event(&[&format!("DTSTART;VALUE=DATE:{day}"), "SUMMARY:x"]));
    let rules = |kit: &str, ics: &str| -> Vec<&'static str> {
        check(kit, ics).expect("no mistakes").1.iter().map(|problem| problem.rule.word()).collect()
    };
    assert_eq!(rules(&holidays, &one("20261217")), ["calendar-over"]);
    assert_eq!(rules(&holidays, &one("20261218")), [""; 0]);
    assert_eq!(rules(&holidays, &one("20200101")), ["calendar-over"]);
    assert_eq!(rules(KIT, &one("20200101")), [""; 0], "nobody is away");
    assert_eq!(check("[team]\nname = \"Acme\"\n", "nonsense").expect("nothing names it").1, []);
    let far = authored::check(
        &Draft::of([(
            "kit.toml",
            "[team]\nname = \"A\"\n[[calendar]]\nid = \"c\"\nname = \"C\"\nkind = \"holidays\"\npublic = \"DE\"\n",
        )]),
        date(2035, 12, 20),
    );
    let far: Vec<_> = far.expect("no mistakes").warnings.iter().map(ToString::to_string).collect();
    assert_eq!(far.len(), 1);
    assert!(far[0].starts_with("kit.toml:7: warning: this calendar knows nothing after 2035-12-26"), "{far:?}");
}

#[test]
fn a_calendar_file_is_one_of_the_directory_and_no_link() {
    // D17
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("x.ics"), calendar("")).expect("a file");
    let dir = tempfile::tempdir().expect("a folder");
    let at = |name: &str| dir.path().join(name);
    fs::create_dir(at("c")).expect("a folder");
    fs::write(at("c/huge.ics"), vec![b'x'; 4 * 1024 * 1024 + 1]).expect("a file");
    fs::write(at("c/latin.ics"), b"BEGIN:VCALENDAR\nX:\xe4\nEND:VCALENDAR\n").expect("a file");
    fs::write(at("c/Good.ICS"), calendar("")).expect("a file");
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path().join("x.ics"), at("c/link.ics")).expect("a link");
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path(), at("folder")).expect("a link");
    let told = |file: &str| -> Vec<String> {
        fs::write(at("kit.toml"), KIT.replace("c/away.ics", file)).expect("a file");
        let checked = authored::check(&authored::read(dir.path()).expect("a directory"), TODAY);
        let problems = checked.map_or_else(|problems| problems.errors, |_| Vec::new());
        problems.iter().map(|problem| format!("{}:{} {}", problem.file, problem.line, problem.rule.word())).collect()
    };
    assert_eq!(told("c/Good.ICS"), [""; 0], "nothing that is unread matters as long as nothing names it");
    assert_eq!(told("c/huge.ics"), ["c/huge.ics:1 unreadable"]);
    assert_eq!(told("c/latin.ics"), ["c/latin.ics:1 unreadable"]);
    let abroad = outside.path().join("x.ics");
    for file in [
        "c/good.ics",
        "./c/Good.ICS",
        "../x.ics",
        "/etc/passwd",
        "folder/x.ics",
        "c/../c/Good.ICS",
        "kit.toml",
        abroad.to_str().expect("UTF-8"),
    ] {
        assert_eq!(told(file), ["kit.toml:7 dangling"], "{file}");
    }
    #[cfg(unix)]
    assert_eq!(told("c/link.ics"), ["c/link.ics:1 link"]);
}

#[test]
fn public_calendars_say_what_they_are() {
    let kit = "[team]\nname = \"A\"\n\
        [[calendar]]\nid = \"de\"\nname = \"Germany\"\nkind = \"holidays\"\npublic = \"DE\"\n\
        [[calendar]]\nid = \"days\"\nname = \"Days\"\nkind = \"observances\"\npublic = \"US\"\n";
    let team = check(kit, "").expect("no mistakes").0;
    let of = |id: &str| team.calendars.get(&Id::parse(id).expect("an id")).expect("a calendar");
    let on = |id: &str, day: Date| -> Vec<String> { of(id).on(day).map(|days| days.name.clone()).collect() };
    assert_eq!((of("de").kind, of("days").kind), (CalendarKind::Holidays, CalendarKind::Observances));
    assert_eq!(on("de", date(2027, 3, 29)), ["Easter Monday"]);
    assert_eq!(on("de", date(2027, 5, 6)), ["Ascension Day"]);
    assert_eq!(on("days", date(2027, 6, 20)), ["Father's Day"]);
    let reach = |id: &str| (of(id).days.first().map(|days| days.from), of(id).days.last().map(|days| days.until));
    let (from, until) = (TODAY - 31.days(), TODAY + 550.days());
    for id in ["de", "days"] {
        let (first, last) = reach(id);
        assert!(first.is_some_and(|first| from <= first) && last.is_some_and(|last| last <= until), "{id}");
    }
    assert_eq!(team.calendars.len(), 2);
}

fn named_days() -> impl Strategy<Value = Vec<NamedDays>> {
    let one = (0_i32..500, 0_i32..40, "[A-Za-zäß,;\\\\ ]{0,20}[A-Za-z]").prop_map(|(from, length, name)| {
        let from = TODAY + from.days();
        NamedDays { from, until: from + length.days(), name: name.trim().to_owned() }
    });
    proptest::collection::btree_map(0_i32..1000, one, 0..12).prop_map(|all: BTreeMap<_, _>| {
        let mut days: Vec<_> = all.into_values().collect();
        days.sort_by(|a, b| (a.from, a.until, &a.name).cmp(&(b.from, b.until, &b.name)));
        days.dedup();
        days
    })
}

/// Days as a calendar program writes them: escaped, and folded at 75 bytes.
fn written(days: &[NamedDays]) -> String {
    let compact = |day: Date| day.strftime("%Y%m%d").to_string();
    let events = days.iter().enumerate().map(|(at, days)| {
        let name = days.name.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;");
        let (head, tail) = name.split_at(name.char_indices().nth(5).map_or(name.len(), |(at, _)| at));
        let end = compact(days.until + 1.day());
        format!(
            "BEGIN:VEVENT\r\nUID:{at}\r\nDTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{end}\r\nSUMMARY:{head}\r\n {tail}\r\nEND:VEVENT\r\n",
            compact(days.from)
        )
    });
    calendar(&events.collect::<String>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn days_that_were_written_are_read_again(all in named_days()) {
        let (team, warnings) = check(KIT, &written(&all)).expect("no mistakes");
        prop_assert_eq!(warnings, vec![]);
        prop_assert_eq!(days_of(&team), all);
    }

    #[test]
    fn no_text_makes_the_reader_fall_over(text in "\\PC{0,300}") {
        let _ = check(KIT, &text);
        let _ = check(KIT, &calendar(&event(&["DTSTART;VALUE=DATE:20261221", &text])));
    }

    #[test]
    fn no_heap_of_good_pieces_makes_the_reader_fall_over(pieces in proptest::collection::vec(prop::sample::select(vec![
        "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SUMMARY", "UID", "STATUS", ";VALUE=DATE", ";VALUE=PERIOD", ";TZID=Europe/Berlin",
        ";RANGE=THISANDFUTURE", ":", ":", ":", "\r\n", "\r\n", "\r\n", "\r\n ", ";", ",", "=", "20261221", "20261221T000000", "20261221T000000Z", "22001231", "19000101", "20270230",
        "20261221T000000Z/P1D", "P1D", "P9999W", "-P1D", "FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", ";INTERVAL=2", ";INTERVAL=0", ";COUNT=3", ";COUNT=0",
        ";UNTIL=20270101", ";BYDAY=MO,TU", ";BYDAY=-1FR", ";BYDAY=53SU", ";BYMONTHDAY=31", ";BYMONTHDAY=-31", ";BYMONTH=2", ";BYMONTH=13", ";BYYEARDAY=-366", ";BYWEEKNO=53", ";BYSETPOS=-1",
        ";BYSETPOS=366", ";WKST=SU", ";BYHOUR=1", "BEGIN:VEVENT\r\n", "END:VEVENT\r\n", "\"", "\\", "\u{0}",
    ]), 0..50)) {
        let text = pieces.concat();
        let _ = check(KIT, &text);
        let _ = check(KIT, &calendar(&format!("BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261221\r\n{text}\r\nEND:VEVENT\r\n")));
        let _ = check(KIT, &calendar(&format!("BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261221\r\nRRULE:FREQ=YEARLY{text}\r\nEND:VEVENT\r\n")));
    }
}
