//! `kit reveal` on a real terminal: what stands where, and that every way out of every question and page leaves the terminal as
//! it was, nothing in what can be scrolled back to, and an entry exactly where something was opened.

use std::{fs, thread, time::Duration};

use crate::{
    acme::PASSPHRASE,
    reveal::entries,
    vault::{CANARY_NOTE, CANARY_PASSWORD, Vault},
    world::{Screen, World, peer},
};

const ENTERED: &str = "\u{1b}[?1049h";
const LEFT: &str = "\u{1b}[?1049l\u{1b}[?25h";

/// Runs kit below a shell that compares the terminal's modes before and after. Where kit is killed outright its guard puts them
/// back, a moment later.
const SHELL: &str = r#"
trap : INT HUP
stty -g >before
sh -c 'trap - INT HUP; echo $$ >pid; exec "$0" "$@"' "$@"
status=$?
stty -g >after
tries=0
while test $status = 137 && test $tries -lt 6000 && ! cmp -s before after; do
    sleep 0.01
    tries=$((tries + 1))
    stty -g >after
done
echo $status >status
echo THAT IS ALL
"#;

/// Ways to end kit. Ctrl-C and Ctrl-\ are typed, signals come from outside, CLOSED is a terminal that goes away.
const WAYS: [&str; 7] = ["\u{3}", "INT", "QUIT", "TERM", "HUP", "KILL", "CLOSED"];

/// `kit reveal aws-root` below the shell, started by `before`, inside of a terminal that can be closed: `script` holds it.
fn start_by(world: &World, before: &[&str], arguments: &[&str]) -> Screen {
    let kit = world.kit_command();
    for name in ["before", "after", "pid", "status"] {
        let _ = fs::remove_file(world.path(name));
    }
    let words = ["sh", "-c", SHELL, "sh"].into_iter().chain(before.iter().copied()).map(str::to_owned);
    let kit = [kit.get_program()].into_iter().chain(kit.get_args()).map(|word| word.to_str().unwrap().to_owned());
    let rest = ["reveal", "aws-root"].iter().chain(arguments).map(|word| (*word).to_owned());
    let line: Vec<String> = words.chain(kit).chain(rest).map(|word| format!("'{}'", word.replace('\'', r"'\''"))).collect();
    let mut script = world.command(peer("script"));
    script.args(["-q", "-c", &line.join(" "), "/dev/null"]);
    world.with("TERM", "xterm").with("SHELL", "/bin/sh").screen(&script)
}

fn start(world: &World, arguments: &[&str]) -> Screen {
    start_by(world, &[], arguments)
}

fn file(world: &World, name: &str) -> String {
    String::from_utf8(world.read(name)).unwrap().trim().to_owned()
}

/// What was drawn outside of screens of its own.
fn primary(seen: &str) -> String {
    assert_eq!(seen.matches(ENTERED).count(), seen.matches("\u{1b}[?1049l").count(), "{seen}");
    let mut parts = seen.split(ENTERED);
    let first = parts.next().unwrap().to_owned();
    first + &parts.map(|part| part.split_once(LEFT).unwrap().1).collect::<String>()
}

/// It has ended: modes as before, no secret outside of the screen of its own. Gives the exit status.
#[track_caller]
fn ended(world: &World, mut screen: Screen) -> String {
    screen.expect("THAT IS ALL");
    let seen = screen.rest();
    assert_eq!(file(world, "before"), file(world, "after"), "the modes of the terminal");
    let primary = primary(&seen);
    assert!(!primary.contains("canary"), "{primary}");
    file(world, "status")
}

fn wait_for(mut holds: impl FnMut() -> bool, what: &str) {
    // A guard for broken code, never a measure.
    for _ in 0..6000 {
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("never: {what}");
}

fn is_gone(process: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    state.is_empty() || state.contains(") Z ")
}

/// A process and those that it started.
fn family(process: &str) -> Vec<String> {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap();
    [process].into_iter().chain(children.split_whitespace()).map(str::to_owned).collect()
}

fn signal(world: &World, name: &str) {
    world.run("kill", [&format!("-{name}"), &file(world, "pid")], b"").ok();
}

/// Waits until kit waits for the terminal: it sleeps, and so do its threads.
fn reads(world: &World) {
    wait_for(|| world.path("pid").exists() && !file(world, "pid").is_empty(), "kit starts");
    let stat = format!("/proc/{}/stat", file(world, "pid"));
    wait_for(|| fs::read_to_string(&stat).unwrap_or_default().contains(") S "), "kit waits");
}

/// Ends it in a way; gives the exit status. Nothing that kit started goes on.
#[track_caller]
fn end(world: &World, mut screen: Screen, way: &str, has_screen: bool) -> String {
    reads(world);
    let family = family(&file(world, "pid"));
    if way == "CLOSED" {
        // The terminal's own program goes: kit's terminal is hung up.
        let shell = parent(&file(world, "pid"));
        world.run("kill", ["-KILL", &parent(&shell)], b"").ok();
        let seen = screen.rest();
        assert!(!seen.split(ENTERED).next().unwrap().contains("canary"), "{seen}");
        wait_for(|| fs::read(world.path("status")).is_ok_and(|text| text.ends_with(b"\n")), "kit ends");
    } else {
        if way.len() == 1 {
            screen.send(way);
        } else {
            signal(world, way);
        }
        if has_screen {
            screen.expect(LEFT);
        }
        ended(world, screen);
    }
    for process in family {
        wait_for(|| is_gone(&process), &format!("process {process} ends after {way:?}"));
    }
    file(world, "status")
}

fn parent(process: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    status.lines().find_map(|line| line.strip_prefix("PPid:")).unwrap().trim().to_owned()
}

/// Through the questions to the first page.
fn opened(world: &World, arguments: &[&str]) -> Screen {
    let mut screen = start(world, arguments);
    answer(&mut screen);
    screen.expect("aws-root@example.com").expect(ENTERED);
    screen
}

fn answer(screen: &mut Screen) {
    screen.expect("Why are you opening it?").send_line("Okta is down");
    screen.expect("Incident").send_line("INC-7").expect("Passphrase:").send_line(PASSPHRASE.trim());
}

#[test]
fn values_are_seen_one_at_a_time_and_nothing_stays() {
    let vault = Vault::sealed();
    let mut screen = opened(&vault.mia, &[]);
    screen.expect("There is no clipboard here. s shows it.").send("s").expect(CANARY_PASSWORD).send("s").expect("Hidden.");
    screen.send("\r").expect("Now     ").expect(" s left").expect("Then    ").expect("Before  ").expect(" UTC");
    screen.send("\r").expect("5 codes").send("n").expect("Code 1: canary-c1-7731").send("n").expect("Code 2: canary-c2-1942");
    screen.send("\u{1b}[C").expect("canary-note").send("\r");
    screen.expect(LEFT).expect("Next: tell Dana Fox   +1 202 555 0177.").expect("Receipt: ");
    assert_eq!(ended(&vault.mia, screen), "0");
    let entries = entries(&vault.mia, "mia-home");
    assert_eq!(entries.len(), 3);
    assert_eq!(entries[0].incident.as_deref(), Some("INC-7"));
}

/// To a page: keys and what is seen of it, and how many entries there are then.
const PAGES: [(&[(&str, &str)], usize); 4] = [
    (&[("", CANARY_PASSWORD)], 1),
    (&[("\r", "Now     ")], 1),
    (&[("\r", "Now     "), ("\r", "5 codes"), ("n", "Code 1: canary-c1-7731")], 2),
    (&[("\r", "Now     "), ("\r", "5 codes"), ("n", "Code "), ("\r", "canary-note")], 2),
];

/// U52: every page, every way.
fn every_way_out_of_page(number: usize) {
    let (keys, recorded) = PAGES[number];
    let vault = Vault::sealed();
    let mia = &vault.mia;
    for way in WAYS.into_iter().chain(["q", "\u{1b}"]) {
        // Codes are each shown once: a journal that is put aside makes them fresh again.
        aside(mia);
        let mut screen = opened(mia, &["--show"]);
        screen.expect(CANARY_PASSWORD);
        for (key, seen) in keys.iter().skip(usize::from(keys[0].0.is_empty())) {
            screen.send(key).expect(seen);
        }
        let status = end(mia, screen, way, true);
        let expected: &[&str] = match way {
            "KILL" => &["137"],
            // A hangup comes as a signal, or as the end of what can be read.
            "CLOSED" => &["130"],
            way if way.len() == 1 => &["0"],
            _ => &["130"],
        };
        assert!(expected.contains(&status.as_str()), "page {number}, {way:?}: status {status}");
        assert_eq!(entries(mia, "mia-home").len(), recorded, "page {number}, {way:?}");
    }
}

/// Puts the journal of this machine away, so that the next entry is the first.
fn aside(world: &World) {
    for kit in fs::read_dir(world.path("mia-home/kits")).unwrap() {
        let journal = kit.unwrap().path().join("journal");
        if journal.exists() {
            fs::remove_dir_all(journal).unwrap();
        }
    }
}

#[test]
fn every_way_out_of_a_password_gives_the_terminal_back_and_is_recorded() {
    every_way_out_of_page(0);
}

#[test]
fn every_way_out_of_one_time_codes_gives_the_terminal_back_and_is_recorded() {
    every_way_out_of_page(1);
}

#[test]
fn every_way_out_of_recovery_codes_gives_the_terminal_back_and_is_recorded() {
    every_way_out_of_page(2);
}

#[test]
fn every_way_out_of_the_last_page_gives_the_terminal_back_and_is_recorded() {
    every_way_out_of_page(3);
}

#[test]
fn whatever_ends_it_at_a_question_opens_nothing_and_gives_the_terminal_back() {
    let prompts = ["Why are you opening it?", "Incident", "Passphrase:"];
    let vault = Vault::sealed();
    for (number, answers) in [&[][..], &["x"], &["x", ""]].into_iter().enumerate() {
        for way in WAYS.into_iter().filter(|way| *way != "KILL") {
            let mut screen = start(&vault.mia, &[]);
            for (prompt, answer) in prompts.iter().zip(answers) {
                screen.expect(prompt).send_line(answer);
            }
            screen.expect(prompts[number]);
            let status = end(&vault.mia, screen, way, false);
            assert_ne!(status, "0", "{way:?} at {}", prompts[number]);
        }
    }
    assert!(entries(&vault.mia, "mia-home").is_empty());
}

/// Ctrl-Z in a shell with job control: nothing of the value is there meanwhile, and `fg` goes on.
#[test]
fn stopped_and_continued() {
    let vault = Vault::sealed();
    let mia = vault.mia.with("TERM", "xterm").with("PS1", "ready> ");
    let mut bash = mia.command(peer("bash"));
    bash.args(["--norc", "--noediting", "-i"]);
    let mut screen = mia.screen(&bash);
    let kit = mia.kit_command();
    let words: Vec<String> = kit.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
    let kit = format!("{} {}", kit.get_program().to_string_lossy(), words.join(" "));
    let cooked = "stty -a | tr ' ;' '\\n\\n' | grep -x -- -icanon || echo cooked";
    screen.expect("ready> ").send_line(&format!("{kit} reveal aws-root --show"));
    screen.expect("Why are you opening it?").send("\u{1a}").expect("ready> ");
    screen.send_line(cooked).expect("cooked\r\n").expect("ready> ").send_line("fg");
    // The terminal's own question stands where it stood; what is typed answers it.
    screen.expect("reveal aws-root").send_line("Okta is down").expect("Incident").send_line("");
    screen.expect("Passphrase:").send_line(PASSPHRASE.trim()).expect(ENTERED).expect(CANARY_PASSWORD);
    screen.send("\u{1a}").expect(LEFT);
    let meanwhile = screen.until("ready> ");
    assert!(!meanwhile.contains("canary"), "{meanwhile}");
    screen.send_line(cooked).expect("cooked\r\n").expect("ready> ");
    screen.send_line("fg").expect(ENTERED).expect(CANARY_PASSWORD).send("q").expect(LEFT).expect("Receipt: ");
    screen.expect("ready> ").send_line("exit 0");
    let seen = screen.ends(0);
    assert!(!primary(&seen).contains("canary"), "{seen}");
    assert_eq!(entries(&vault.mia, "mia-home").len(), 1);
}

/// U53: a wrong passphrase locks nobody out, and the third time it is said where the right one may be.
#[test]
fn u53_after_three_wrong_passphrases_it_says_where_to_look() {
    let vault = Vault::sealed();
    let wrong = ["orbit", "orbit lantern maple sevenn", ""];
    for right in [None, Some(1), Some(2)] {
        let before = entries(&vault.mia, "mia-home").len();
        let mut screen = start(&vault.mia, &["--reason", "x", "--show"]);
        for (number, word) in wrong.iter().enumerate() {
            screen.expect("Passphrase:");
            if right == Some(number) {
                screen.send_line(PASSPHRASE.trim()).expect(ENTERED).expect(CANARY_PASSWORD).send("q").expect(LEFT);
                break;
            }
            screen.send_line(word);
            let said = if number < 2 { "Nothing is locked: try again." } else { "where you keep your recovery sheet" };
            screen.expect(said);
        }
        let status = ended(&vault.mia, screen);
        let recorded = entries(&vault.mia, "mia-home").len() - before;
        assert_eq!((status.as_str(), recorded), right.map_or(("5", 0), |_| ("0", 1)), "{right:?}");
    }
}

/// Ways to have a journal that cannot be written. Each is what `kit` is started by.
fn unwritable(world: &World) -> [(&'static str, Vec<String>); 3] {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let home = world.path("mia-home").display().to_string();
    let unshare = peer("unshare").display().to_string();
    let mount = format!("mount --bind '{home}' '{home}' && mount -o remount,ro,bind '{home}' && exec \"$@\"");
    let own = if rustix::process::geteuid().is_root() { "-m" } else { "-rm" };
    let strace = peer("strace").display().to_string();
    let full = ["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=ENOSPC"];
    [
        ("a full disk", words(&[&[strace.as_str()][..], &full].concat())),
        ("a read-only disk", words(&[&unshare, own, "sh", "-c", &mount, "sh"])),
        ("files of no size", words(&["sh", "-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh"])),
    ]
}

#[test]
fn u52_without_a_journal_it_opens_for_these_very_words_alone() {
    let vault = Vault::sealed();
    let mia = &vault.mia;
    for (kind, before) in unwritable(mia) {
        let before: Vec<&str> = before.iter().map(String::as_str).collect();
        for typed in ["", "y", "reveal without log", "REVEAL WITHOUT LOG.", "REVEAL WITHOUTLOG", "\u{3}", "\u{4}"] {
            let mut screen = start_by(mia, &before, &["--reason", "Okta is down", "--show"]);
            screen.expect("Passphrase:").send_line(PASSPHRASE.trim());
            screen.expect("the journal could not be written").expect("Type REVEAL WITHOUT LOG to open it all the same:");
            if typed.chars().all(|key| key < ' ') && !typed.is_empty() {
                screen.send(typed);
            } else {
                screen.send_line(typed);
            }
            screen.expect("THAT IS ALL");
            let seen = screen.rest();
            assert!(!seen.contains(ENTERED) && !seen.contains("canary"), "{kind}, {typed:?}: {seen}");
            assert_eq!(file(mia, "status"), "130", "{kind}, {typed:?}: {seen}");
            assert_eq!(file(mia, "before"), file(mia, "after"));
        }
        let mut screen = start_by(mia, &before, &["--reason", "Okta is down", "--show"]);
        screen.expect("Passphrase:").send_line(PASSPHRASE.trim());
        screen.expect("Type REVEAL WITHOUT LOG to open it all the same:").send_line("REVEAL WITHOUT LOG");
        screen.expect("NOT RECORDED. Write this down");
        let paper = on_one_line(&screen.until(ENTERED));
        let said = "without a record, because: Okta is down";
        assert!(paper.contains("I opened aws-root at 20") && paper.contains(said), "{paper}");
        screen.expect(CANARY_PASSWORD).send("\r").expect("Now     ").send("\r").expect("5 codes");
        // A recovery code has to be recorded before it is shown: there nobody can say otherwise.
        screen.send("n").expect("Not shown: the journal could not be written").send("q").expect(LEFT);
        let receipt = on_one_line(&screen.until("THAT IS ALL"));
        let words = receipt.split("receipt for paper: ").nth(1).unwrap_or_else(|| panic!("{receipt}")).trim();
        let words: Vec<&str> = words.split_whitespace().collect();
        assert_eq!(words.len(), 8, "{receipt}");
        assert!(paper.contains(&words.join(" ")), "{kind}: the same receipt: {paper}");
        assert!(!primary(&screen.rest()).contains("canary"));
        assert_eq!(file(mia, "status"), "0", "{kind}");
        // What a flush that failed left behind may stand in the journal; what could not be written at all does not.
        let recorded = entries(mia, "mia-home").len();
        assert!(recorded == 0 || kind == "a full disk", "{kind}: {recorded}");
        // The next one that can be recorded is.
        aside(mia);
        mia.kit(["reveal", "aws-root", "--field", "note", "--reason", "x", "--passphrase-file", "p"]).ok().prints(CANARY_NOTE);
        aside(mia);
    }
}

/// Without the line ends of a narrow terminal.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
