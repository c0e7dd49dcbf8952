//! Text that would drive a terminal, reorder a line or fake one: refused when a team writes it down, and harmless on the
//! screen when a publisher signed it all the same.

use std::{collections::BTreeSet, fmt::Write as _, fs};

use outage_kit::{
    appoint::roots_of,
    authored::{self, Draft},
    bundle,
    key::{DeviceKey, Passphrase, Signer},
    store::Store,
    team::Team,
};
use serde_json::Value;

use crate::{
    acme::{Acme, PASSPHRASE},
    hidden_characters::is_hidden,
    world::{Run, World},
};

/// What names, notes and files must not do to a terminal.
fn corpus() -> Vec<(&'static str, String)> {
    let controls: String = (0..=0x9f).filter_map(char::from_u32).filter(|c| c.is_control()).collect();
    vec![
        ("every control character", controls),
        ("a line that fakes a verdict", "Bob\nVERIFIED by root\rGOOD  kit 99".into()),
        ("colours and a cleared screen", "\u{1b}[31mred\u{1b}[2J\u{1b}[H".into()),
        ("a clipboard write", "\u{1b}]52;c;cm0gLXJmIH4K\u{7}".into()),
        ("a link", "\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\".into()),
        ("a title report", "\u{1b}[21t\u{1b}]0;owned\u{7}".into()),
        ("eight-bit controls", "\u{9b}31m\u{90}$qm\u{9c}\u{9d}52;c;aGk=\u{9c}".into()),
        (
            "bidi overrides",
            "a\u{202a}b\u{202b}c\u{202c}d\u{202d}e\u{202e}f\u{2066}g\u{2067}h\u{2068}i\u{2069}j\u{200e}k\u{200f}l\u{61c}m".into(),
        ),
        ("zero width", "a\u{200b}b\u{200c}c\u{200d}d\u{2060}e\u{feff}f\u{ad}g\u{180e}h".into()),
        ("tags", "a\u{e0001}\u{e0041}\u{e007f}b".into()),
        ("line and paragraph separators", "a\u{2028}b\u{2029}c".into()),
        ("piled marks", format!("Z{}", "\u{301}".repeat(500))),
        ("variation selectors", "a\u{fe0f}b\u{e0100}c".into()),
    ]
}

/// Only characters that show as themselves leave the program, and line ends.
#[track_caller]
fn harmless(run: &Run) {
    for text in [&run.stdout, &run.stderr] {
        let bad: BTreeSet<String> =
            text.chars().filter(|&c| is_hidden(c) || is_separator(c)).map(|c| format!("U+{:04X}", u32::from(c))).collect();
        run.assert(bad.is_empty(), &format!("no {bad:?}"));
        run.assert(!text.contains(&"\u{301}".repeat(5)), "no piled marks");
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// TOML's own spelling of any text.
fn quoted(text: &str) -> String {
    let mut spelled = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => spelled.extend(['\\', c]),
            c if c.is_control() || is_hidden(c) || is_separator(c) => write!(spelled, "\\U{:08X}", u32::from(c)).unwrap(),
            c => spelled.push(c),
        }
    }
    spelled + "\""
}

#[test]
fn a_team_directory_with_hostile_text_is_refused_line_by_line() {
    let world = World::new();
    let clean = include_str!("../data/every-field.toml");
    let absences = include_str!("../data/away.ics");
    world.write("team/kit.toml", clean);
    world.write("team/calendars/away.ics", absences);
    world.kit(["check", "team"]).ok();
    let today = jiff::civil::date(2026, 11, 18);
    for (what, text) in corpus() {
        let spoiled: Vec<Option<String>> = clean.lines().map(|line| spoil(line, &text)).collect();
        assert!(spoiled.iter().flatten().count() > 90);
        // One at a time: exactly that line is named.
        for (index, line) in spoiled.iter().enumerate().filter_map(|(index, line)| Some((index, line.as_ref()?))) {
            let all = clean.lines().enumerate().map(|(at, clean)| if at == index { line.as_str() } else { clean });
            let kit = all.collect::<Vec<_>>().join("\n");
            let draft = Draft::of([("kit.toml", kit.as_str()), ("calendars/away.ics", absences)]);
            let checked = authored::check(&draft, today);
            let mistakes = checked.map_or_else(|problems| problems.errors, |_| panic!("{what} is taken: {line}"));
            assert!(mistakes.iter().any(|mistake| mistake.line == index + 1), "{what}: {line}\n{mistakes:?}");
        }
        // All at once, as they are shown.
        let all = clean.lines().zip(&spoiled).map(|(clean, spoiled)| spoiled.as_deref().unwrap_or(clean));
        world.write("team/kit.toml", all.collect::<Vec<_>>().join("\n"));
        let run = world.kit(["check", "team"]);
        harmless(run.status(1).has("kit.toml:4: \"name\" cannot be shown"));
        let run = world.kit(["--json", "check", "team"]);
        harmless(run.status(1));
        same_in_jq(&world, &run);
    }
}

/// A line of TOML with hostile text in its string, or the first string of its list; `None` for other lines.
fn spoil(line: &str, text: &str) -> Option<String> {
    let (key, value) = line.split_once(" = ")?;
    if key == "key" {
        // What stands behind an OpenSSH key is its comment, which is dropped unread.
        return None;
    }
    let (open, close) = if value.starts_with("[\"") { ("[", "]") } else { ("", "") };
    let first = value.strip_prefix('[').unwrap_or(value).strip_prefix('"')?;
    let first = first.split('"').next().filter(|first| !first.is_empty())?;
    Some(format!("{key} = {open}{}{close}", quoted(&format!("{}{text}", first.trim_end_matches('\\')))))
}

#[test]
fn a_hostile_note_of_many_lines_is_refused() {
    let world = World::new();
    let clean = include_str!("../data/every-field.toml");
    for (what, text) in corpus() {
        let note = quoted(&format!("one\ntwo {text}"));
        world.write("team/kit.toml", clean.replace("note = \"no internet\"", &format!("note = {note}")));
        let run = world.kit(["check", "team"]);
        run.status(1);
        run.assert(run.stdout.contains("kit.toml:"), what);
        harmless(&run);
    }
}

/// A word that no line may begin with: wherever a line is broken in a text of theirs, this is what comes next.
const FAKED: &str = "FAKED";
/// What chats take for mentions and links, and mail for headers.
const CALLING: &str =
    "@channel <!here> @everyone [x](https://evil.example) https://evil.example\nSubject: x\r\nBcc: x@evil.example ";

/// A kit signed by Dana's real key, whose every text that the format leaves free ends in all of the corpus.
fn poisoned(acme: &Acme) -> (Team, String) {
    let corpus: String = corpus().into_iter().map(|(_, text)| text + "|").collect();
    let poison = format!("{corpus} {CALLING}{}", format!(" {FAKED}").repeat(40));
    let today = jiff::civil::date(2026, 11, 18);
    let clean = authored::load(&acme.dana.path("team"), today).unwrap().team;
    let mut value = serde_json::to_value(&clean).unwrap();
    let mut places = Vec::new();
    strings(&value, String::new(), &mut places);
    let mut poisoned = 0;
    for place in places {
        // Without these the payload could not be sealed, or the things would not be shown together.
        if place.starts_with("/devices") && place.ends_with("/reader") || place.contains("/backups/") {
            continue;
        }
        let text = value.pointer(&place).unwrap().as_str().unwrap().to_owned();
        *value.pointer_mut(&place).unwrap() = format!("{text}{poison}").into();
        if serde_json::from_value::<Team>(value.clone()).is_ok() {
            poisoned += 1;
        } else {
            *value.pointer_mut(&place).unwrap() = text.into();
        }
    }
    assert!(poisoned > 300, "{poisoned}");
    (serde_json::from_value(value).unwrap(), poison)
}

/// Everything that reads a kit, for one thing of each kind, with the columns of its records; 0 where it has none.
const READING: &[(&[&str], &[usize])] = &[
    (&[], &[6]),
    (&["status"], &[3]),
    (&["member", "list"], &[]),
    (&["lookup", "person:alice.okafor"], &[7]),
    (&["lookup", "system:payments-db"], &[7]),
    (&["lookup", "tool:slack"], &[7]),
    (&["lookup", "authority:rollback"], &[7]),
    (&["lookup", "window:epic-migration"], &[7]),
    (&["who"], &[9]),
    (&["who", "person:alice.okafor", "--all"], &[9]),
    (&["who", "system:payments-db", "--down", "okta", "--out", "alice.okafor", "--all"], &[9]),
    (&["who", "tool:slack", "--from", "DE"], &[9]),
    (&["who", "authority:rollback"], &[9]),
    (&["who", "vendor:aws-support"], &[9]),
    (&["who", "credential:aws-root"], &[9]),
    (&["who", "window:epic-migration"], &[9]),
    (&["bridge"], &[9]),
    (&["bridge", "phone-bridge", "--down", "phone"], &[9]),
    (&["bridge", "--qr"], &[9]),
    (&["tool"], &[7]),
    (&["tool", "slack", "--down", "okta"], &[9]),
    (&["authority"], &[7]),
    (&["authority", "rollback"], &[7]),
    (&["duty"], &[4]),
    (&["window"], &[4, 6]),
    (&["window", "epic-migration", "--all"], &[4, 6]),
    (&["window", "--list"], &[4]),
    (&["brief"], &[5]),
    (&["brief", "payments-db", "--all"], &[5]),
    (&["brief", "epic-migration", "--all", "--down", "slack"], &[5]),
    (&["announce", "epic-migration", "--as", "sms"], &[3]),
    (&["announce", "epic-migration", "--as", "mail"], &[3]),
    (&["announce", "epic-migration", "--as", "chat"], &[3]),
    (&["announce", "epic-migration", "--as", "print"], &[3]),
    (&["announce", "--diff", "2..3", "--as", "sms"], &[3]),
    (&["announce", "--diff", "2..3", "--as", "mail"], &[3]),
    (&["announce", "--diff", "2..3", "--as", "chat"], &[3]),
    (&["announce", "--diff", "2..3", "--as", "print"], &[3]),
];

/// No line of the answer or of the talk begins with a text of theirs.
#[track_caller]
fn begins_no_line(run: &Run) {
    for line in run.stdout.lines().chain(run.stderr.lines()) {
        run.assert(!line.starts_with(FAKED), "no line of theirs");
    }
}

#[test]
fn whatever_reads_a_hostile_kit_shows_plain_text_only() {
    let acme = Acme::joined();
    let (team, _) = poisoned(&acme);
    publish(&acme, &team, 3);
    let alice = &acme.alice;
    alice.kit(["sync"]).ok();
    let mut commands: Vec<(Vec<String>, &[usize])> =
        READING.iter().map(|(words, columns)| (words.iter().map(ToString::to_string).collect(), *columns)).collect();
    let about = |words: &[&str], id: &str| words.iter().map(ToString::to_string).chain([id.to_owned()]).collect();
    commands.extend(team.people.keys().map(|id| (about(&["duty", "--as"], id.as_str()), &[4][..])));
    commands.extend(team.rotas.keys().map(|id| (about(&["who"], &format!("rota:{id}")), &[9][..])));
    commands.extend(team.tiers.keys().take(1).map(|id| (about(&["who"], &format!("tier:{id}")), &[9][..])));
    commands.extend(team.rotas.keys().map(|id| (about(&["lookup"], &format!("rota:{id}")), &[7][..])));
    commands.extend(team.calendars.keys().map(|id| (about(&["lookup"], &format!("calendar:{id}")), &[7][..])));
    assert!(!team.rotas.is_empty() && !team.calendars.is_empty() && !team.tiers.is_empty());
    // Processes of their own: as many at a time as there are cores to run them.
    std::thread::scope(|scope| {
        for half in [0, 1] {
            let commands = &commands;
            scope.spawn(move || commands.iter().skip(half).step_by(2).for_each(|(words, columns)| reads(alice, words, columns)));
        }
    });
}

/// One command in each form.
fn reads(alice: &World, words: &[String], columns: &[usize]) {
    let with = |world: &World, options: &[&str]| {
        let run = world.kit(words.iter().map(String::as_str).chain(options.iter().copied()));
        run.assert(run.status < 2, "an answer");
        run
    };
    let screen = with(alice, &[]);
    if words.first().is_some_and(|word| word == "duty") && words.len() > 1 {
        // Everybody's: one form shows it, the others are asked about one's own.
        harmless(&screen);
        return begins_no_line(&screen);
    }
    for run in [&screen, &with(&alice.with("COLUMNS", "40"), &[]), &with(alice, &["--accessible"])] {
        harmless(run);
        begins_no_line(run);
        run.assert(
            !run.stdout.lines().skip(1).any(|line| line.starts_with("Subject:") || line.starts_with("Bcc:")),
            "one header",
        );
    }
    if words.last().is_some_and(|form| form == "chat") {
        let acts = ["@", "<", "://", "](", "\n/"].iter().find(|act| screen.stdout.contains(**act));
        screen.assert(acts.is_none(), "no mention, link or command");
    }
    if words.last().is_some_and(|form| form == "sms") {
        screen.assert(screen.stdout.lines().all(|line| line.chars().count() <= 160), "parts of at most 160 characters");
    }
    let json = with(alice, &["--json"]);
    harmless(&json);
    same_in_jq(alice, &json);
    if !columns.is_empty() {
        let mut plain = with(alice, &["--plain"]);
        let good = |line: &str| columns.contains(&line.split('\t').count());
        plain.assert(plain.stdout.lines().all(good), &format!("{columns:?} columns"));
        plain.stdout = plain.stdout.replace('\t', "");
        harmless(&plain);
    }
}

#[test]
fn what_a_hostile_kit_offers_to_choose_is_plain_text_only() {
    let acme = Acme::joined();
    let (team, _) = poisoned(&acme);
    publish(&acme, &team, 3);
    let alice = &acme.alice;
    alice.kit(["sync"]).ok();
    // Completions: candidates and what is said beside them.
    for shell in ["bash", "zsh", "fish", "powershell"] {
        for line in
            [&["kit", "lookup", ""][..], &["kit", "who", ""], &["kit", "duty", "--as", "al"], &["kit", "tool", "--down", ""]]
        {
            let world = alice.with("KIT_COMPLETE", shell).with("_CLAP_COMPLETE_INDEX", (line.len() - 1).to_string());
            let mut run = world.by_the_clock().kit(["--"].iter().chain(line));
            run.ok().quiet().has("a");
            run.stdout = run.stdout.replace(['\t', '\u{b}'], "");
            harmless(&run);
            begins_no_line(&run);
        }
    }
    // Numbered lists, as they are read aloud.
    let mut asked = alice.terminal(["--accessible", "pick"]);
    asked.expect("Name, or a part of it:").send_line("alice").expect("Which one?").send_line("1");
    let seen = asked.ends(0);
    for line in seen.lines().map(|line| line.trim_end_matches('\r')) {
        let hidden = line.chars().find(|&c| is_hidden(c) || is_separator(c));
        assert!(hidden.is_none() && !line.starts_with(FAKED), "{hidden:?} in {line:?}");
    }
}

fn strings(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::String(_) => places.push(place),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| strings(item, format!("{place}/{index}"), places))
        }
        Value::Object(items) => items.iter().for_each(|(key, item)| strings(item, format!("{place}/{key}"), places)),
        _ => {}
    }
}

/// A kit signed by Dana's real key, past every check.
pub fn publish(acme: &Acme, team: &Team, seq: u64) {
    let roots = roots_of(&acme.dana.path("team")).unwrap();
    let store = Store::open(&acme.dana.path("home"), roots.kit()).unwrap();
    let sealed_key = String::from_utf8(store.device_key().unwrap()).unwrap();
    let key = DeviceKey::unseal(&sealed_key, &Passphrase::new(PASSPHRASE.trim().to_owned())).unwrap();
    let (created, refresh_by) = ("2026-11-18T02:00:00Z".parse().unwrap(), "2026-12-18T02:00:00Z".parse().unwrap());
    let sealed = bundle::seal(team, roots.kit(), seq).unwrap();
    let verified = bundle::sign(sealed, &roots, created, refresh_by, &[&Signer::device(key)]).unwrap();
    acme.dana.write("box/bundle.kit", verified.bytes());
}

#[test]
fn a_hostile_publisher_reaches_the_screen_as_plain_text_only() {
    let acme = Acme::joined();
    let (team, poison) = poisoned(&acme);
    publish(&acme, &team, 3);
    let alice = &acme.alice;
    let run = alice.kit(["sync"]);
    harmless(run.ok().has("UPDATED  kit 2 -> 3"));
    let ids = |kind: &str, ids: Vec<String>| ids.into_iter().map(|id| format!("{kind}:{id}")).collect::<Vec<_>>();
    let mut queries = ids("person", team.people.keys().map(ToString::to_string).collect());
    queries.extend(ids("system", team.systems.keys().map(ToString::to_string).collect()));
    queries.extend(ids("tool", team.tools.keys().map(ToString::to_string).collect()));
    queries.extend(ids("bridge", team.bridges.keys().map(ToString::to_string).collect()));
    queries.extend(ids("vendor", team.vendors.keys().map(ToString::to_string).collect()));
    queries.extend(ids("credential", team.credentials.keys().map(ToString::to_string).collect()));
    assert!(queries.len() > 40);
    let narrow = alice.with("COLUMNS", "40");
    for query in &queries {
        let run = alice.kit(["lookup", query]);
        harmless(run.ok());
        // No text of theirs begins a line: what looks like kit's own verdict would.
        for line in run.stdout.lines() {
            run.assert(!line.starts_with("VERIFIED") && !line.starts_with("GOOD"), "no faked line");
        }
        harmless(narrow.kit(["lookup", query]).ok());
        let json = alice.kit(["--json", "lookup", query]);
        harmless(json.ok());
        same_in_jq(alice, &json);
    }
    let value: Value = serde_json::from_str(&alice.kit(["--json", "lookup", "person:alice.okafor"]).stdout).unwrap();
    assert_eq!(value["found"]["name"], format!("Alice Okafor{poison}"));
    for arguments in
        [&[][..], &["status"], &["member", "list"], &["lookup", "al"], &["lookup", "payments"], &["lookup", "quetzal"]]
    {
        harmless(&alice.kit(arguments));
        let json = alice.kit(["--json"].iter().chain(arguments));
        harmless(&json);
        if json.status < 2 {
            same_in_jq(alice, &json);
        }
    }
    // What changed, in both directions, and what people at a terminal see.
    let run = acme.dana.kit(["--json", "sync"]);
    harmless(run.ok());
    same_in_jq(alice, &run);
    let choice = alice.terminal(["lookup", "al"]).expect("Which one? ").control('c').until("^C");
    assert!(!choice.contains('\u{1b}'), "{choice:?}");
    // The finder draws, and nobody's name does. It wipes its screen before it leaves: the one 2J.
    let mut finder = alice.terminal(["pick"]);
    finder
        .expect("Enter: show it")
        .send("alice")
        .expect("Find: alice ")
        .expect("> Alice")
        .send("\t")
        .expect("DIAL  Alice")
        .send("x\u{1b}");
    let mut drawn = finder.ends(130);
    assert_eq!(drawn.matches("\u{1b}[2J").count(), 1, "{drawn:?}");
    for own in ["?25l", "H", "2J", "K", "J", "?25h", "?1049h", "?1049l", "1;1H", "1;7H", "1;12H"] {
        drawn = drawn.replace(&format!("\u{1b}[{own}"), "");
    }
    let hidden: BTreeSet<char> =
        drawn.chars().filter(|&c| !matches!(c, '\r' | '\n') && (is_hidden(c) || is_separator(c))).collect();
    assert!(hidden.is_empty(), "{hidden:?} in {drawn:?}");
    let clean = authored::load(&acme.dana.path("team"), jiff::civil::date(2026, 11, 18)).unwrap().team;
    publish(&acme, &clean, 4);
    harmless(alice.kit(["sync"]).ok().has("Alice Okafor"));
}

/// jq reads it, and reads the same strings.
#[track_caller]
fn same_in_jq(world: &World, run: &Run) {
    let jq = world.run("jq", ["-c", "."], run.stdout.as_bytes());
    let (theirs, ours): (Value, Value) =
        (serde_json::from_str(&jq.ok().stdout).unwrap(), serde_json::from_str(&run.stdout).unwrap());
    run.assert(theirs == ours, "jq reads the same");
    run.assert(ours.get("schema").is_some_and(Value::is_string), "a schema");
}

#[test]
fn names_of_files_and_queries_are_shown_escaped() {
    let acme = Acme::joined();
    let alice = &acme.alice;
    for (what, text) in corpus() {
        let text: String = text.replace('\0', "");
        for arguments in [
            vec!["lookup", &text],
            vec!["check", &text],
            vec!["verify", &text],
            vec!["sync", "--from", &text],
            vec!["source", "remove", &text],
            vec!["join", &text, "--as", "x"],
            vec!["join", "x", "--as", &text],
            vec!["import", &text, "--into", "team"],
            vec!["import", "team/kit.toml", "--into", &text],
            vec!["publish", &text],
            vec!["lookup", "alice", "--passphrase-file", &text],
            vec!["--at", &text, "lookup", "alice"],
            vec!["--kit", &text, "lookup", "alice"],
            vec!["help", &text],
            vec!["unlock", "--for", &text],
            vec![&text],
            vec!["member", "add", &text, "--dir", "team"],
            vec!["init", &text, "--name", "", "--as", "x"],
        ] {
            let run = alice.kit(&arguments);
            harmless(&run);
            run.assert(run.status != 70 && run.status != 101, &format!("no bug by {what}"));
        }
    }
    // A file whose name no text can hold.
    use std::os::unix::ffi::OsStrExt;
    let raw = std::ffi::OsStr::from_bytes(b"te\xff\xfe\x1b[2Jam");
    for arguments in [vec!["check".as_ref(), raw], vec!["lookup".as_ref(), raw], vec![raw], vec!["verify".as_ref(), raw]] {
        let run = alice.kit(arguments);
        harmless(&run);
        run.assert(run.status == 2 || run.status == 3, "usage or not found");
    }
    fs::create_dir(alice.path(raw)).unwrap();
    alice.write(std::path::Path::new(raw).join("kit\u{1b}[2J.toml"), "[team]\nname = 1\n");
    harmless(alice.kit(["check".as_ref(), raw]).status(1));
}
