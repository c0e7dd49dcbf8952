//! `kit sync --install-timer`: files that real programs of their systems read, put there and taken away without a trace.

use std::{collections::BTreeMap, fs, path::PathBuf};

use outage_kit::timer::{Every, Plan, System};

use crate::{
    acme::Acme,
    world::{World, peer},
};

/// A machine with a home of its own, in which kit's home has a name that every quoting has to survive.
fn machine() -> World {
    let acme = Acme::published();
    let name = "a home\" with %h, $HOME and 'quotes'";
    fs::rename(acme.dana.path("home"), acme.dana.path(name)).unwrap();
    fs::create_dir(acme.dana.path("me")).unwrap();
    acme.dana.machine(name).with("HOME", acme.dana.path("me"))
}

fn standing(world: &World) -> BTreeMap<PathBuf, Vec<u8>> {
    world.files("me").into_iter().map(|file| (file.clone(), world.read(file))).collect()
}

const SERVICE: &str = "me/.config/systemd/user/kit-sync.service";
const TIMER: &str = "me/.config/systemd/user/kit-sync.timer";

#[test]
fn systemd_takes_the_units_and_they_go_without_a_trace() {
    let me = machine();
    me.write("me/.config/other", "stays");
    let before = standing(&me);
    // Nobody runs a systemd for this user here, so what is left to do is said.
    let run = me.kit(["sync", "--install-timer"]);
    run.ok()
        .quiet()
        .has("every 15 minutes")
        .has("    systemctl --user daemon-reload")
        .has("    systemctl --user enable --now kit-sync.timer");
    let mut analyze = me.command(peer("systemd-analyze"));
    analyze.args(["verify", "--user", "--man=no"]).arg(me.path(SERVICE)).arg(me.path(TIMER));
    let output = analyze.env("XDG_RUNTIME_DIR", me.path("me")).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && !said.contains("kit-sync"), "{said}");
    let timer = String::from_utf8(me.read(TIMER)).unwrap();
    for line in ["OnCalendar=*:00/15", "RandomizedDelaySec=5min", "Persistent=yes", "WantedBy=timers.target"] {
        assert!(timer.lines().any(|found| found == line), "{line} in\n{timer}");
    }
    // Once more changes nothing; another interval changes the timer alone.
    let installed = standing(&me);
    me.kit(["sync", "--install-timer", "--every", "15m"]).ok().has("as it was");
    assert_eq!(standing(&me), installed);
    me.kit(["sync", "--install-timer", "--every", "6h"]).ok().has("every 6 hours");
    let now = standing(&me);
    let changed: Vec<_> = now.iter().filter(|(file, text)| installed.get(*file) != Some(text)).map(|(file, _)| file).collect();
    assert_eq!(changed, [&PathBuf::from(TIMER)]);
    me.kit(["sync", "--remove-timer"]).ok().has("removed").has("systemctl --user disable --now kit-sync.timer");
    assert_eq!(standing(&me), before);
    assert!(!me.path("me/.config/systemd").exists(), "the folders that were made are gone too");
    me.kit(["sync", "--remove-timer"]).ok().first_line("NOTHING TO REMOVE  kit made no timer here");
}

/// Reads the words of an `ExecStart=:` or `Environment=` line as systemd.syntax(7) says.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut open, mut chars) = (Vec::new(), String::new(), false, line.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' if open => {
                words.push(std::mem::take(&mut word));
                open = false;
            }
            '"' => open = true,
            '\\' => word.extend(chars.next()),
            '%' => assert_eq!(chars.next(), Some('%'), "a specifier in {line}"),
            ' ' if !open => {}
            c => word.push(c),
        }
        if c == '%' {
            word.push('%');
        }
    }
    words
}

#[test]
fn what_the_service_runs_is_kit_sync_of_this_home() {
    let me = machine();
    me.kit(["sync", "--install-timer"]).ok();
    let service = String::from_utf8(me.read(SERVICE)).unwrap();
    let value = |key: &str| service.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_else(|| panic!("{key}: {service}"));
    let (exec, environment) = (words(value("ExecStart=:")), words(value("Environment=")));
    let mut command = me.command(&exec[0]);
    let (name, home) = environment[0].split_once('=').unwrap();
    command.env_clear().env(name, home).args(&exec[1..]).current_dir("/");
    let output = command.output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_unit_of_somebody_else_is_neither_written_over_nor_removed() {
    let me = machine();
    me.write(TIMER, "[Timer]\nOnCalendar=daily\n");
    let before = standing(&me);
    for option in ["--install-timer", "--remove-timer"] {
        me.kit(["sync", option]).fails(2).says("not made by kit").says("Nothing was changed");
        assert_eq!(standing(&me), before);
    }
}

#[test]
fn intervals_that_make_no_day_are_refused_and_a_dry_run_writes_nothing() {
    let me = machine();
    let before = standing(&me);
    for wrong in ["7m", "90m", "5h", "2d", "1m"] {
        me.kit(["sync", "--install-timer", "--every", wrong]).fails(2).says("5m, 10m, 15m");
    }
    me.kit(["sync", "--every", "15m"]).fails(2);
    me.kit(["sync", "--install-timer", "--remove-timer"]).fails(2);
    me.kit(["sync", "--install-timer", "--from", "box"]).fails(2);
    me.kit(["sync", "--install-timer", "--dry-run", "--every", "1d"]).ok().has("OnCalendar=*-*-* 00:00:00").has("ExecStart=:");
    assert_eq!(standing(&me), before);
    me.machine("nothing").kit(["sync", "--install-timer"]).fails(3);
    assert_eq!(standing(&me), before);
}

fn plan() -> Plan {
    Plan {
        program: "/Applications/A & B/<kit>".to_owned(),
        home: Some("/Users/dana \"fox\"/kit & home".to_owned()),
        kit: Some("abcd".to_owned()),
        every: Every::of_seconds(1800).unwrap(),
    }
}

#[test]
fn the_agent_of_macos_is_a_property_list() {
    let world = World::new();
    let files = plan().files(System::Launchd).unwrap();
    let script = "import plistlib, json, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";
    let run = world.run("python3", ["-c", script], files[0].text.as_bytes());
    let value: serde_json::Value = serde_json::from_str(&run.ok().stdout).unwrap();
    let words = ["/Applications/A & B/<kit>", "--kit", "abcd", "sync", "--quiet", "--no-input"];
    assert_eq!(value["ProgramArguments"], serde_json::json!(words));
    assert_eq!(value["EnvironmentVariables"]["KIT_HOME"], "/Users/dana \"fox\"/kit & home");
    assert_eq!((&value["StartInterval"], &value["Label"]), (&1800.into(), &"org.outage-kit.sync".into()));
}

#[test]
fn the_task_of_windows_is_xml_of_its_schema() {
    let files = plan().files(System::TaskScheduler).unwrap();
    let document = roxmltree::Document::parse(&files[0].text).unwrap();
    let text = |name: &str| {
        let node = document
            .descendants()
            .find(|node| node.has_tag_name(("http://schemas.microsoft.com/windows/2004/02/mit/task", name)));
        node.and_then(|node| node.text()).unwrap_or_else(|| panic!("{name} in\n{}", files[0].text)).to_owned()
    };
    assert_eq!(text("Command"), "/Applications/A & B/<kit>");
    assert_eq!(text("Arguments"), "--kit abcd sync --quiet --no-input");
    assert_eq!(
        (text("Interval"), text("RandomDelay"), text("RunLevel")),
        ("PT30M".into(), "PT10M".into(), "LeastPrivilege".into())
    );
}
