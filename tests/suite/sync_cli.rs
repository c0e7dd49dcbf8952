//! `kit sync` as people and cron see it: what it says, when it ends, and with which status.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde_json::Value;

use crate::{
    acme::Acme,
    world::{Run, World, peer},
};

/// A server that takes connections and never says a word. It ends with the test's process.
fn silent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut held: Vec<TcpStream> = Vec::new();
        for stream in listener.incoming() {
            held.extend(stream);
        }
    });
    format!("http://{address}/kit/bundle.kit")
}

/// A web server that answers each request with the next of some bodies, over and over.
fn alternating(bodies: Vec<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (bodies, count) = (bodies.clone(), Arc::clone(&count));
            thread::spawn(move || {
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
                    head.push(byte[0]);
                }
                // It is asked for an inbox, too, and has none.
                if !head.starts_with(b"GET ") {
                    let _ =
                        stream.write_all(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                    return;
                }
                let body = bodies[count.fetch_add(1, Ordering::Relaxed) % bodies.len()].clone();
                let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                let _ = stream.write_all(&[answer.as_bytes(), &body].concat());
            });
        }
    });
    format!("http://{address}/kit/bundle.kit")
}

/// Alice at kit 2, and `box` at kit 3; kit 2 stands in `old`.
fn one_behind() -> Acme {
    let acme = Acme::joined();
    fs::create_dir(acme.dana.path("old")).unwrap();
    fs::copy(acme.dana.path("box/bundle.kit"), acme.dana.path("old/bundle.kit")).unwrap();
    let (file, text) = file_with(&acme.dana, "+44 7700 900123");
    acme.dana.write(file, text.replace("+44 7700 900123", "+44 7700 900124"));
    acme.publish().ok();
    acme
}

/// The file of the team directory that holds a text.
fn file_with(world: &World, needle: &str) -> (std::path::PathBuf, String) {
    let files = world.files("team");
    let texts = files.into_iter().filter_map(|file| Some((file.clone(), String::from_utf8(world.read(file)).ok()?)));
    texts.into_iter().find(|(_, text)| text.contains(needle)).unwrap_or_else(|| panic!("{needle} stands nowhere"))
}

/// Everything below a machine's home, with what it holds.
fn contents(world: &World, home: &str) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    world.files(home).into_iter().map(|file| (file.clone(), world.read(file))).collect()
}

/// The report on standard output, from the first source on.
fn report(run: &Run) -> String {
    let words: Vec<&str> = run.stdout.split_whitespace().collect();
    words.join(" ")
}

#[test]
fn a7_of_four_sources_one_hangs_one_is_old_one_is_forged_and_the_right_one_wins() {
    let acme = one_behind();
    acme.alice.kit(["sync"]).ok().first_line_begins("UPDATED  kit 2 -> 3 from ");
    acme.publish().ok();
    let good = acme.dana.read("box/bundle.kit");
    let forged = String::from_utf8(good).unwrap().replacen("\"seq\":4", "\"seq\":5", 1);
    acme.dana.write("forged/bundle.kit", forged);
    let hangs = silent();
    acme.alice.kit(["source", "remove", "box"]).ok();
    for source in [hangs.as_str(), "old", "forged", "box"] {
        acme.alice.kit(["source", "add", source]).ok();
    }
    let run = acme.alice.kit(["sync"]);
    run.ok().first_line_begins("UPDATED  kit 3 -> 4 from ");
    let seen = report(&run);
    let path = |name: &str| acme.alice.path(name).display().to_string();
    run.assert(seen.contains(&format!("1 {hangs}: no answer within")), "the first gave no answer");
    run.assert(seen.contains(&format!("2 {}: kit 2, older than yours: ROLLBACK", path("old"))), "the second is old");
    run.assert(seen.contains(&format!("3 {}: not to be trusted", path("forged"))), "the third is forged");
    run.assert(seen.contains(&format!("4 {}: kit 4, taken", path("box"))), "the fourth was taken");
    let talk = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    run.assert(talk.contains("ALARM") && talk.contains("ROLLBACK: kit 2 is older than kit 3, which is here"), "both numbers");
    // Each is remembered, with what to do about it.
    let status = acme.alice.kit(["status"]);
    status.ok().has("no answer within").has("ROLLBACK").has("Try again later: kit sync");
    let places = acme.alice.kit(["source", "list", "--json"]);
    let places: Value = serde_json::from_str(&places.ok().stdout).unwrap();
    assert_eq!(places["sources"][0]["kind"], "web");
    assert!(places["sources"][0]["last_good"].is_null() && places["sources"][3]["problem"].is_null(), "{places}");
    // The next sync takes nothing, and tells the same of the others.
    let run = acme.alice.kit(["sync", "--json"]);
    let value: Value = serde_json::from_str(&run.ok().stdout).unwrap();
    let outcomes: Vec<&str> = value["sources"].as_array().unwrap().iter().map(|s| s["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["no-answer", "rollback", "refused", "unchanged"]);
    assert_eq!((value["updated"].as_bool(), value["seq"].as_u64()), (Some(false), Some(4)));
}

#[test]
fn with_no_source_the_kit_here_works_and_every_source_has_a_next_step() {
    let acme = Acme::joined();
    fs::rename(acme.dana.path("box"), acme.dana.path("gone")).unwrap();
    acme.alice.kit(["source", "add", "http://127.0.0.1:9/kit/"]).ok();
    acme.alice.kit(["source", "add", "stick/away/kit"]).ok();
    let run = acme.alice.kit(["sync"]);
    run.fails(7).says("kit: no source could be reached (tried 3). Nothing changed.").says("Your kit still works");
    run.says("0 s old and complete.").says("Is the stick in").says("Is there a network?").says("kit sync --from PLACE");
    for form in ["--json", "--plain", "--quiet"] {
        acme.alice.kit(["sync", form]).fails(7).says("Your kit still works");
    }
    acme.alice.kit(["lookup", "alice"]).ok().quiet();
    let plain = acme.alice.kit(["source", "list", "--plain"]);
    plain.ok().assert(plain.stdout.lines().all(|line| line.split('\t').count() == 5), "five columns");
}

#[test]
fn what_is_required_and_not_met_is_a_no_whatever_the_sources_say() {
    let acme = one_behind();
    let alice = &acme.alice;
    alice
        .kit(["sync", "--require-gen", "4"])
        .status(1)
        .first_line_begins("UPDATED")
        .says("the kit here is 3; --require-gen wants 4");
    alice.kit(["sync", "--require-gen", "3"]).ok();
    alice.kit(["sync", "--require-gen", "2"]).ok();
    alice.kit(["sync", "--require-gen", "4", "--quiet"]).fails(1).says("wants 4");
    // The age is that of the kit, not of the sync.
    let later = alice.at("2026-11-18T04:13:00Z");
    later
        .kit(["sync", "--max-age", "1h"])
        .status(1)
        .first_line_begins("UP TO DATE")
        .says("kit 3 was signed 2 h ago; --max-age allows 1h");
    later.kit(["sync", "--max-age", "1d", "--require-gen", "3"]).ok();
    let run = later.kit(["sync", "--max-age", "1h", "--json"]);
    let value: Value = serde_json::from_str(&run.status(1).stdout).unwrap();
    assert_eq!(value["unmet"][0], "kit 3 was signed 2 h ago; --max-age allows 1h.");
    for wrong in ["1", "h", "1y", "-1h", "0m"] {
        alice.kit(["sync", &format!("--max-age={wrong}")]).fails(2);
    }
    // Unmet with all sources gone, it is a no; met, it is that no source was reached.
    fs::rename(alice.path("box"), alice.path("gone")).unwrap();
    alice.kit(["sync", "--require-gen", "4"]).fails(1).says("the kit here is 3").says("not there");
    alice.kit(["sync", "--require-gen", "3"]).fails(7);
    // Somebody who lies is told before what is missing.
    alice.write("box/bundle.kit", "no kit");
    alice.kit(["sync", "--require-gen", "4"]).fails(6);
}

#[test]
fn a_dry_run_shows_the_same_and_writes_nothing_at_all() {
    let acme = one_behind();
    let before = contents(&acme.alice, "alice-home");
    let dry = acme.alice.kit(["sync", "--dry-run"]);
    dry.ok().first_line_begins("WOULD UPDATE  kit 2 -> 3 from ").has("+44 7700 900124").has("signed   dana.fox");
    assert_eq!(contents(&acme.alice, "alice-home"), before);
    acme.alice.kit(["sync", "--dry-run", "--require-gen", "3"]).ok();
    acme.alice.kit(["lookup", "alice"]).ok().has("+44 7700 900123");
    acme.alice.kit(["sync", "--dry-run", "--from", "old"]).ok().first_line_begins("UP TO DATE  kit 2");
    acme.alice.kit(["sync", "--dry-run", "--from", "nowhere/at/all"]).fails(7);
    assert_eq!(contents(&acme.alice, "alice-home"), before);
    let wet = acme.alice.kit(["sync"]);
    let lines = |run: &Run| run.stdout.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(wet.ok()), lines(&dry));
}

#[test]
fn quiet_says_nothing_but_alarms_and_explain_tells_each_step() {
    let acme = one_behind();
    acme.alice.kit(["source", "add", "old"]).ok();
    acme.alice.kit(["source", "add", "nowhere/at/all"]).ok();
    let run = acme.alice.kit(["sync", "--dry-run", "--explain"]);
    run.ok().says("Asking 3 sources, side by side:").says("s  source 1  reads ").says("kit 3, newer than the one here");
    run.says("s  source 2  ").says("kit 2, the one that is here").says("source 1  the best: taken").says("not there");
    acme.alice.kit(["sync", "--quiet"]).ok().prints("").quiet();
    // Now the old one is a rollback: that is said however quiet it is to be.
    acme.alice.kit(["sync", "--quiet"]).ok().prints("").says("ALARM").says("ROLLBACK");
}

#[test]
fn cron_gets_exit_statuses_and_nothing_but_the_answer() {
    let acme = one_behind();
    let kit = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kit"));
        command.env_clear().env("KIT_HOME", acme.alice.path("alice-home")).env("PATH", "/usr/bin:/bin");
        command.current_dir("/").stdin(Stdio::null()).args(arguments);
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let (status, stdout, stderr) = kit(&["sync", "--require-gen", "4", "--quiet", "--no-input"]);
    assert_eq!((status, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.starts_with("kit: the kit here is 3; --require-gen wants 4"), "{stderr}");
    let (status, stdout, stderr) = kit(&["sync", "--require-gen", "3"]);
    assert!((status, stderr.as_str()) == (0, "") && stdout.starts_with("UP TO DATE  kit 3, as at "), "{stdout}{stderr}");
    acme.publish().ok();
    let (status, stdout, stderr) = kit(&["sync", "--require-gen", "4", "--json"]);
    assert_eq!((status, stderr.as_str()), (0, ""));
    assert_eq!(serde_json::from_str::<Value>(&stdout).unwrap()["seq"], 4);
    acme.dana.write("box/bundle.kit", "no kit");
    let (status, stdout, _) = kit(&["sync"]);
    assert_eq!((status, stdout.as_str()), (6, ""));
    fs::remove_dir_all(acme.dana.path("box")).unwrap();
    fs::rename(acme.dana.path("old"), acme.dana.path("older")).unwrap();
    let (status, stdout, stderr) = kit(&["sync", "--require-gen", "4"]);
    assert_eq!((status, stdout.as_str()), (7, ""), "{stderr}");
    assert!(stderr.contains("Your kit still works"), "{stderr}");
}

#[test]
fn locked_contacts_are_no_obstacle_and_how_to_see_the_changes_is_said() {
    let acme = Acme::joined_behind_a_passphrase();
    let first = acme.alice.kit(["sync"]);
    first.ok().first_line_begins("UPDATED  kit 2 from ").says("To open them: kit unlock").lacks("You can read it now");
    first.says("Whether this kit is for this device yet is seen then");
    acme.alice.kit(["sync"]).ok().first_line_begins("UP TO DATE  kit 2").quiet();
    acme.publish().ok();
    acme.alice.kit(["sync", "--passphrase-file", "p"]).ok().first_line_begins("UPDATED  kit 2 -> 3").quiet();
}

#[test]
fn before_somebody_is_let_in_sync_and_unlock_say_so_and_afterwards_what_they_can_do() {
    let vault = crate::vault::Vault::sealed();
    let dana = &vault.acme.dana;
    let bob = dana.machine("bob-home").with("COLUMNS", "200");
    let join = vault.acme.join(&bob, "bob.reyes");
    for line in [&["sync"][..], &["unlock"]] {
        bob.kit(line).status(5).says("this kit is not for this device yet").says("kit join").lacks("UNLOCKED");
    }
    // Whoever lost the line gets the same once more, with the same words.
    let once_more = bob.kit(["join", "--passphrase-file", "p"]);
    assert_eq!(crate::acme::words(&once_more), crate::acme::words(&join));
    vault.acme.admit(&once_more);
    bob.kit(["join", "--as", "bob.reyes"]).fails(2);
    vault.publish();
    bob.kit(["sync"]).ok().has("You can read it now.").lacks("You hold");
    bob.kit(["unlock"]).ok().has("UNLOCKED");
    // Another, who holds something from the first kit on that is theirs to read.
    let chris = dana.machine("chris-home").with("COLUMNS", "200");
    vault.acme.admit(&vault.acme.join(&chris, "chris.lindqvist"));
    dana.kit(["tier", "add", "on-call", "chris.lindqvist", "--dir", "team", "--passphrase-file", "p"]).ok();
    vault.publish();
    let run = chris.kit(["sync"]);
    run.ok().has("You can read it now.").has("You hold on-call (alone). Prove it: kit rescue-drill");
    let holds = |world: &World| -> Value {
        let run = world.kit(["sync", "--json"]);
        serde_json::from_str(&run.ok().stdout).unwrap()
    };
    assert!(holds(&chris)["let_in"].is_null());
    // A device that has a share: it reads its first kit once more.
    let again = dana.machine("again-home");
    assert!(dana.command("cp").args(["-a", "mia-home", "again-home"]).status().unwrap().success());
    let kit = again.files("again-home").into_iter().find(|file| file.ends_with("settings.json")).unwrap();
    let folder = again.path(kit.parent().unwrap());
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        match path.file_name().unwrap().to_str().unwrap() {
            "generations" => fs::remove_dir_all(&path).unwrap(),
            "state.json" => fs::remove_file(&path).unwrap(),
            _ => {}
        }
    }
    let said = holds(&again);
    assert_eq!(said["let_in"][0], serde_json::json!({ "tier": "break-glass", "with": 1 }), "{said}");
}

#[test]
fn a5_two_kits_of_one_number_are_an_alarm_with_both_hashes() {
    let acme = Acme::joined();
    // Dana's machine is cloned; each clone publishes a kit 3 of its own.
    let copy = |from: &str, to: &str| {
        let mut cp = acme.dana.command("cp");
        assert!(cp.args(["-a", from, to]).status().unwrap().success());
    };
    copy("home", "clone");
    copy("box", "other");
    acme.publish().ok();
    acme.dana.machine("clone").kit(["source", "remove", "box"]).ok();
    acme.dana.machine("clone").kit(["publish", "team", "--to", "other", "--passphrase-file", "p"]).ok();
    acme.alice.kit(["sync"]).ok();
    for file in ["box/bundle.kit", "other/bundle.kit"] {
        assert!(String::from_utf8(acme.dana.read(file)).unwrap().contains("\"seq\":3"), "{file}");
    }
    assert_ne!(acme.dana.read("box/bundle.kit"), acme.dana.read("other/bundle.kit"));
    let run = acme.alice.kit(["sync", "--from", "other"]);
    run.fails(6).says("FORK: two different kits have number 3").says("Tell a publisher").says("Your kit still works");
    let hashes = run.stderr.split(|c: char| !c.is_ascii_hexdigit()).filter(|word| word.len() == 64).count();
    run.assert(hashes == 2, "both hashes, whole");
    // Beside a good one it is an alarm all the same; also when neither of the two is here yet.
    acme.alice.kit(["source", "add", "other"]).ok();
    acme.alice.kit(["sync"]).ok().first_line_begins("UP TO DATE  kit 3").has("FORK, not taken").says("ALARM");
    acme.dana.kit(["sync"]).ok();
    let fresh = acme.dana.machine("bob-home");
    let join = acme.join(&fresh, "bob.reyes");
    drop(join);
    fresh.kit(["source", "add", "other"]).ok();
    fresh.kit(["source", "add", "box"]).ok();
    let run = fresh.kit(["sync"]);
    run.assert(run.stderr.contains("FORK"), "two new ones at odds are an alarm");
}

#[test]
fn a26_a_suggested_source_is_shown_and_only_a_command_adds_it() {
    let acme = Acme::joined();
    let kit = String::from_utf8(acme.dana.read("team/kit.toml")).unwrap();
    let with = |list: &str| kit.replacen("[team]\n", &format!("[team]\nsuggested_sources = [{list}]\n"), 1);
    for bad in
        ["/etc/kit", "file:///srv/kit", "ext::sh -c id", "git+file:///srv/kit", "http://example.com/", "https://u:p@example.com/"]
    {
        acme.dana.write("team/kit.toml", with(&format!("'{bad}'")));
        acme.publish().fails(1).says("no source that members could add").lacks("u:p");
    }
    acme.dana.write("team/kit.toml", with("\"https://kit.example.com/acme/\""));
    acme.publish().ok();
    let settings = acme.alice.files("alice-home").into_iter().find(|file| file.ends_with("settings.json")).unwrap();
    let before = acme.alice.read(&settings);
    let run = acme.alice.kit(["sync"]);
    run.ok().has("The publisher suggests: kit source add https://kit.example.com/acme/").has("suggested source");
    assert_eq!(acme.alice.read(&settings), before);
    acme.alice.kit(["status"]).ok().has("kit source add https://kit.example.com/acme/");
    acme.alice.kit(["source", "list"]).ok().lacks("kit.example.com");
    acme.alice.kit(["source", "add", "https://kit.example.com/acme/"]).ok();
    acme.alice.kit(["status"]).ok().lacks("the publisher suggests");
}

#[test]
fn fault_31_a_newer_format_is_named_and_the_kit_here_is_used_on() {
    let acme = one_behind();
    let bundle = String::from_utf8(acme.dana.read("box/bundle.kit")).unwrap();
    let first = bundle.lines().next().unwrap().to_owned();
    acme.dana.write("box/bundle.kit", bundle.replacen(&first, &first.replace('1', "2"), 1));
    let run = acme.alice.kit(["sync"]);
    run.fails(6).says("it needs a newer kit").says("Install a newer kit").says("Your kit still works");
    acme.alice.kit(["lookup", "alice"]).ok().has("Kit 2,");
}

#[test]
fn fault_43_a_device_that_was_away_for_five_years_comes_back() {
    let acme = Acme::joined();
    // Meanwhile publishers come and go: each is a root of its own.
    let join = acme.join(&acme.dana.machine("bob-home"), "bob.reyes");
    acme.admit(&join);
    acme.publish().ok();
    for _ in 0..3 {
        acme.dana.kit(["publisher", "add", "bob.reyes", "--dir", "team", "--passphrase-file", "p"]).ok();
        acme.publish().ok();
        acme.dana.kit(["publisher", "remove", "bob.reyes", "--dir", "team", "--passphrase-file", "p"]).ok();
        acme.publish().ok();
    }
    let alice = acme.alice.at("2031-11-18T02:12:00Z");
    alice.kit(["sync"]).ok().first_line_begins("UPDATED  kit 2 -> 9 from ");
    alice.kit(["lookup", "bob"]).ok();
}

#[test]
fn fault_45_a_mirror_that_gives_each_time_something_else_is_judged_each_time() {
    let acme = one_behind();
    let (good, old) = (acme.dana.read("box/bundle.kit"), acme.dana.read("old/bundle.kit"));
    let cut = good[..good.len() / 2].to_vec();
    let mirror = alternating(vec![cut.clone(), old.clone(), b"<html>".to_vec(), good.clone(), cut, old, good]);
    let sync = || acme.alice.kit(["sync", "--from", &mirror]);
    sync().fails(6);
    sync().ok().first_line_begins("UP TO DATE  kit 2");
    sync().fails(6).says("not a kit bundle");
    sync().ok().first_line_begins("UPDATED  kit 2 -> 3");
    sync().fails(6);
    sync().fails(6).says("ROLLBACK");
    sync().ok().first_line_begins("UP TO DATE  kit 3");
    acme.alice.kit(["lookup", "alice"]).ok().has("+44 7700 900124");
}

#[test]
fn u17_in_a_black_hole_sync_ends_and_lookup_answers_meanwhile() {
    let acme = Acme::joined();
    acme.alice.kit(["source", "remove", "box"]).ok();
    acme.alice.kit(["source", "add", "https://10.9.9.2/kit/"]).ok();
    acme.alice.kit(["source", "add", "https://10.8.8.2/kit/"]).ok();
    // Packets to the first go round in the namespace and are dropped without a word; the second is a blackhole route.
    let script = "ip link set lo up && ip route add 10.9.9.0/24 dev lo && ip route add blackhole 10.8.8.0/24 || exit 99
        \"$@\" sync & sync=$!
        \"$@\" lookup alice > looked || exit 98
        kill -0 $sync || exit 97
        wait $sync";
    let kit = acme.alice.kit_command();
    let mut shell = acme.alice.command(peer("unshare"));
    shell.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    assert!(peer("ip").is_file());
    shell.args(["-rn", "sh", "-c", script, "sh"]).arg(kit.get_program()).args(kit.get_args());
    let output = shell.output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(7), "{stderr}");
    assert!(output.stdout.is_empty());
    assert!(stderr.contains("no source could be reached in ") && stderr.contains("Your kit still works"), "{stderr}");
    assert!(stderr.starts_with("Asking 2 sources: "), "said before, because it took its time: {stderr}");
    let looked = String::from_utf8(acme.alice.read("looked")).unwrap();
    assert!(looked.starts_with("CALL  Alice Okafor   +44 7700 900123"), "{looked}");
}

#[test]
fn whom_it_asks_is_said_first_and_the_wait_is_drawn_on_one_line_or_not_at_all() {
    let acme = Acme::joined();
    acme.alice.kit(["source", "add", &silent()]).ok();
    acme.alice.kit(["source", "remove", "box"]).ok();
    let mut screen = acme.alice.terminal(["sync"]);
    screen.expect("Asking http://127.0.0.1:");
    let seen = screen.ends(7);
    assert!(seen.contains("\r1 s: 1 of 1 not answered, nothing yet") && seen.contains("\r2 s: "), "{seen:?}");
    let last = seen.rsplit('\r').find(|line| line.contains("not answered")).unwrap();
    assert!(!last.contains("kit:"), "the drawn line is gone before anything else is said: {seen:?}");
    for (variable, value) in [("ACCESSIBLE", "1"), ("TERM", "dumb")] {
        let seen = acme.alice.with(variable, value).terminal(["sync"]).ends(7);
        assert!(!seen.replace("\r\n", "\n").contains('\r'), "nothing is drawn again: {seen:?}");
        assert!(seen.contains("Asking http://127.0.0.1:") && seen.matches("not answered").count() <= 2, "{seen:?}");
    }
    let run = acme.alice.kit(["sync"]);
    run.fails_talking(7).assert(!run.stderr.contains("not answered") && !run.stderr.contains('\r'), "no progress in a pipe");
    acme.alice.kit(["sync", "--quiet"]).fails(7);
}

#[test]
fn places_are_added_in_front_with_a_pinned_command_tried_and_taken_away() {
    let acme = one_behind();
    let alice = &acme.alice;
    alice.kit(["source", "add", "old", "--first"]).ok();
    let listed = |run: &Run| run.ok().stdout.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>();
    let path = |name: &str| alice.path(name).display().to_string();
    assert_eq!(listed(&alice.kit(["source", "list", "--plain"])), [path("old"), path("box")]);
    alice.kit(["source", "add", "box", "--first"]).ok();
    assert_eq!(listed(&alice.kit(["source", "list", "--plain"])), [path("box"), path("old")]);
    alice.kit(["source", "list"]).ok().has("the first, where publishing is decided").has("in step at 03:12").has("never asked");
    let before = contents(alice, "alice-home");
    let run = alice.kit(["source", "test"]);
    run.ok()
        .first_line("GOOD  2 of 2 places can be synced from")
        .has("3, newer than the one here")
        .has("2, the one that is here");
    run.has("it says that nothing changed").has("whether you may was not tried");
    let missing = alice.kit(["source", "test", "bok"]);
    missing.status(7).has("no: there is no such place").lacks("GOOD  1 of 1").says("kit publish DIR --to PLACE");
    alice.kit(["source", "test", "nowhere/at/all"]).status(7).says("1 of 1 places").says("Is the stick in");
    alice.write("bad/bundle.kit", "no kit");
    alice.kit(["source", "test", "bad"]).status(6).has("not to be trusted");
    alice.kit(["sync"]).ok();
    alice.kit(["source", "test"]).status(6).has("ROLLBACK");
    let value: Value = serde_json::from_str(&alice.kit(["source", "test", "--json"]).status(6).stdout).unwrap();
    assert_eq!((&value["good"], &value["sources"][1]["outcome"]), (&Value::Bool(false), &Value::from("rollback")));
    assert_ne!(contents(alice, "alice-home"), before, "the sync was remembered, which shows that a change would be seen");
    let before = contents(alice, "alice-home");
    alice.kit(["source", "test"]).status(6);
    assert_eq!(contents(alice, "alice-home"), before);
    // Credentials: a program by its absolute path, never a shell; gone with the place.
    let run = alice.kit(["source", "add", "s3://bucket/kit?region=eu-central-1"]);
    run.ok().says("AWS_ACCESS_KEY_ID").says("--credentials-from COMMAND");
    let add = |line: &str| alice.kit(["source", "add", "s3://bucket/kit?region=eu-central-1", "--credentials-from", line]);
    add("printf $(id)").fails(2).says("without a shell").says("aws configure export-credentials");
    add("printf 'a b' %s").ok().quiet();
    let settings = alice.files("alice-home").into_iter().find(|file| file.ends_with("settings.json")).unwrap();
    let read = || serde_json::from_slice::<Value>(&alice.read(&settings)).unwrap()["credentials"].clone();
    let command = read().as_object().unwrap().values().next().unwrap().clone();
    assert!(command[0].as_str().unwrap().starts_with('/') && command[0].as_str().unwrap().ends_with("/printf"), "{command}");
    assert_eq!(command[1], "a b", "{command}");
    alice.kit(["source", "add", "old", "--credentials-from", "no-such-program x"]).fails(2).says("no-such-program");
    alice.kit(["source", "remove", "s3://bucket/kit?region=eu-central-1"]).ok();
    assert!(read().is_null() || read().as_object().unwrap().is_empty(), "{}", read());
    alice.kit(["source", "remove", "s3://bucket/kit"]).fails(3);
}

impl Run {
    /// The first line of stdout begins so.
    #[track_caller]
    fn first_line_begins(&self, expected: &str) -> &Self {
        let first = self.stdout.lines().next().unwrap_or_default();
        self.assert(first.starts_with(expected), &format!("a first line that begins with {expected:?}"))
    }
}
