//! Line 1 is the act (U01): `head -1` of any answer is enough to act upon, at any width, and every answer has its sessions.

use std::fs;

use crate::transcripts::FOLDER;

/// The commands that answer, and how often each is asked at least: as it is, in 40 columns, on a dumb terminal, read aloud.
const ANSWERS: [&str; 16] = [
    "",
    "who",
    "lookup",
    "bridge",
    "tool",
    "authority",
    "duty",
    "window",
    "brief",
    "status",
    "acks",
    "log",
    "exposure",
    "rescue-drill",
    "tier",
    "sheets",
];

/// One session: its variables, its command and options, the first line of its answer.
struct Session {
    variables: String,
    line: String,
    first: String,
}

/// Every session whose answer is a screen.
fn screens() -> Vec<Session> {
    let mut all = Vec::new();
    for entry in fs::read_dir(FOLDER).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for block in text.split("$ ").skip(1) {
            let (command, answer) = block.split_once('\n').unwrap();
            let (variables, line) = command.split_once("kit").unwrap();
            let first = answer.lines().next().unwrap_or_default();
            let is_screen = !first.is_empty() && !first.starts_with("2> ") && !first.starts_with("exit status");
            if is_screen && !line.contains("--plain") && !line.contains("--json") {
                all.push(Session { variables: variables.to_owned(), line: line.to_owned(), first: first.to_owned() });
            }
        }
    }
    all
}

/// The command of a session; empty for `kit` alone.
fn command(session: &Session) -> &str {
    let words = session.line.split_whitespace();
    words.into_iter().find(|word| ANSWERS.contains(word)).unwrap_or_default()
}

/// What has to stand on a first line behind its first words.
fn is_enough(first: &str) -> Result<(), &'static str> {
    let number = || first.split("  ").map(str::trim).any(|part| part.starts_with('+') && part.len() >= 8);
    let ways = || number() || first.contains("   kit ") || first.contains("  kit ");
    let (verb, rest) = first.split_once("  ").unwrap_or((first, ""));
    let rest = rest.trim();
    let rule = match verb {
        "CALL" | "ANSWER" => (number(), "a number"),
        "JOIN" => (number() || rest.contains("://") || rest.contains("group") || rest.contains("channel"), "a way in"),
        "USE" | "MEET" | "LOOK" => (!rest.is_empty(), "what or where"),
        "NOBODY" | "NO BACKUP" => (ways(), "a number or a command to go on with"),
        "NO NUMBER" | "NOT NOW" | "SILENT" => (!rest.is_empty(), "whose, or what"),
        "RUNNING" | "NEXT" | "AHEAD" | "OVER" | "NOTHING" | "TOOLS" | "DOWN" | "PLACES" | "GOOD" | "NOT ALL GOOD"
        | "NO PLACE" | "BURNED" | "RECORDED" | "ENTRY" | "FAIL" | "NOT ALL" | "NOT HERE" | "COULD READ" | "OVERDUE" | "OPENS"
        | "FAILS" | "NO SHEET" | "SHEETS" | "OUTDATED" | "DESTROYED" | "AROUND" | "TIERS" | "TIER" | "NO TIER" => {
            (!rest.is_empty(), "what")
        }
        "READY OFFLINE" | "NOT READY" | "ACKNOWLEDGED" | "QUEUED" => (rest.starts_with("kit "), "which kit"),
        _ if verb.starts_with("ALL ") => (rest.starts_with("have kit "), "have which kit"),
        _ if first.starts_with("READY OFFLINE: kit ") => (true, ""),
        // A mail, a message or a page is news, not an act: what it is about stands first.
        _ if first.starts_with("Subject: ") || first.contains(": ") => (true, ""),
        _ => {
            let verdict = ["JOIN NOW.", "WAIT FOR THE PAGE.", "SLEEP ON.", "UNKNOWN."].iter().find(|it| first.starts_with(**it));
            (verdict.is_some(), "one of the known first words")
        }
    };
    if rule.0 { Ok(()) } else { Err(rule.1) }
}

#[test]
fn the_first_line_of_every_screen_is_enough() {
    let poor: Vec<String> = screens()
        .iter()
        .filter_map(|session| {
            let wants = is_enough(&session.first).err()?;
            Some(format!("$ {}kit{}\n{}\n  wants {wants}", session.variables, session.line, session.first))
        })
        .collect();
    assert!(poor.is_empty(), "{}", poor.join("\n\n"));
}

#[test]
fn a_first_line_that_says_too_little_is_found() {
    for poor in
        ["CALL  Alice Okafor   ring twice", "NOBODY  is left for payments-db", "USE", "JOIN  later", "HELLO  there", "PERHAPS."]
    {
        assert!(is_enough(poor).is_err(), "{poor}");
    }
}

#[test]
fn every_answer_has_its_sessions() {
    let screens = screens();
    let mut missing = Vec::new();
    for answer in ANSWERS {
        let own: Vec<&Session> = screens.iter().filter(|session| command(session) == answer).collect();
        let has = |wanted: &dyn Fn(&Session) -> bool| own.iter().any(|session| wanted(session));
        let aloud = |session: &Session| session.line.contains("--accessible") || session.variables.contains("ACCESSIBLE=1");
        for (form, is_there) in [
            ("80 columns", has(&|it| it.variables.is_empty() && !aloud(it))),
            ("40 columns", has(&|it| it.variables.contains("COLUMNS=40") && !aloud(it))),
            ("a dumb terminal", has(&|it| it.variables.contains("TERM=dumb"))),
            ("read aloud", has(&aloud)),
        ] {
            if !is_there {
                missing.push(format!("kit {answer}: {form}"));
            }
        }
    }
    assert!(missing.is_empty(), "no session in {FOLDER}: {missing:#?}");
}
