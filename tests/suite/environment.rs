//! What reading needs of the machine around it: nothing but the store, whatever the terminal, the locale and the folder's name.

use std::process::Command;

use crate::{
    acme::Acme,
    world::{Run, by_this_clock, peer},
};

#[test]
fn nothing_but_text_whatever_the_terminal() {
    let acme = Acme::joined();
    for world in [
        acme.alice.clone(),
        acme.alice.with("TERM", "dumb"),
        acme.alice.with("NO_COLOR", "1"),
        acme.alice.with("CLICOLOR_FORCE", "1"),
    ] {
        for arguments in [&["lookup", "alice"][..], &["status"], &[], &["help"], &["look"], &["lookup", "-h"]] {
            let run = world.kit(arguments);
            run.lacks("\u{1b}");
            let seen = world.terminal(arguments).rest();
            assert!(!seen.contains('\u{1b}'), "{arguments:?}: {seen:?}");
        }
    }
}

#[test]
fn reading_needs_nothing_of_the_environment() {
    let acme = Acme::joined();
    let alice = &acme.alice;
    let expected = alice.kit(["lookup", "alice"]).stdout.clone();
    let bare = ["PATH", "LANG"].iter().fold(alice.clone(), |world, name| world.without(name));
    for world in [
        bare.clone(),
        bare.with("TERM", "dumb"),
        bare.with("LANG", "C").with("LC_ALL", "C"),
        bare.with("HOME", "/nonexistent"),
        bare.with("HOME", ""),
        bare.with("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent"),
        bare.with("XDG_DATA_HOME", "/nonexistent").with("XDG_RUNTIME_DIR", "/nonexistent"),
        bare.with("TMPDIR", "/nonexistent"),
    ] {
        let run = world.kit(["lookup", "alice"]);
        run.ok().quiet().prints(&expected);
        world.kit([""; 0]).ok();
        world.kit(["status"]).ok();
    }
    for zone in ["", "Nowhere/Atlantis", ":", "UTC", "EST5EDT", "/etc/passwd", "../../etc/passwd"] {
        bare.with("TZ", zone).kit(["lookup", "alice"]).ok().has("+44 7700 900123").has("02:12 Wed, London");
    }
    // Without any place for files the way out is named.
    alice.without("KIT_HOME").with("HOME", "").kit(["lookup", "alice"]).assert_any(&[2, 3]);
}

impl Run {
    #[track_caller]
    fn assert_any(&self, statuses: &[i32]) -> &Self {
        self.assert(statuses.contains(&self.status) && self.stdout.is_empty(), &format!("one of {statuses:?}"))
    }
}

#[test]
fn a_read_only_store_answers() {
    let acme = Acme::joined();
    let mut shell = Command::new(peer("unshare"));
    let script =
        "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" && ! touch \"$1/x\" 2>/dev/null && shift && exec \"$@\"";
    shell.args(["--user", "--map-root-user", "--mount", peer("sh").to_str().unwrap(), "-c", script, "sh"]);
    shell.arg(acme.alice.path("alice-home"));
    let kit = acme.alice.kit_command();
    shell.arg(kit.get_program()).args(kit.get_args()).args(["lookup", "alice"]);
    shell.current_dir(acme.alice.path("")).env("KIT_HOME", acme.alice.path("alice-home"));
    let output = shell.output().unwrap();
    let (answer, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(answer.starts_with("CALL  Alice Okafor   +44 7700 900123"), "{answer}\n{said}");
}

#[test]
fn homes_with_any_name_work() {
    let acme = Acme::published();
    let homes = [
        ("with space", "alice.okafor"),
        ("with\nnewline", "bob.reyes"),
        ("-dash", "priya.nair"),
        ("q'uo\"te", "mia.krause"),
        ("zażółć 李", "lukasz.zolkiewski"),
        ("$(touch x)", "erin.lam"),
        ("%s;b&c|d", "carl.meyer"),
    ];
    let machines = homes.map(|(home, person)| {
        let machine = acme.dana.machine(home);
        acme.admit(&acme.join(&machine, person));
        machine
    });
    acme.publish().ok();
    for machine in machines {
        machine.kit(["sync"]).ok();
        machine.kit(["lookup", "alice"]).ok().quiet().has("+44 7700 900123");
        machine.kit(["status"]).ok();
    }
    assert!(!acme.dana.path("x").exists());
}

/// What is asked at night, one of each command.
pub const AT_NIGHT: [&[&str]; 12] = [
    &["who", "payments-db", "--all"],
    &["bridge"],
    &["bridge", "--qr"],
    &["tool"],
    &["tool", "slack", "--down", "okta"],
    &["authority", "rollback"],
    &["duty"],
    &["duty", "--as", "bob.reyes", "--out", "alice.okafor"],
    &["window", "epic-migration"],
    &["window", "--list"],
    &["brief", "payments-db"],
    &["announce", "epic-migration", "--as", "sms"],
];

/// Closed streams, no home folder, no environment at all, and a clock that is wrong by decades: the same questions have answers.
#[test]
fn what_is_asked_at_night_needs_nothing_of_the_machine() {
    let acme = Acme::joined();
    let alice = &acme.alice;
    for arguments in AT_NIGHT {
        let usual = alice.kit(arguments);
        usual.ok().assert(usual.stdout.ends_with('\n'), "an answer of whole lines");
        let bare = ["PATH", "LANG", "HOME"].iter().fold(alice.clone(), |world, name| world.without(name)).kit(arguments);
        bare.ok().prints(&usual.stdout);
        for clock in ["1970-01-01T00:00:00Z", "2999-12-31T23:59:59Z"] {
            let run = alice.at(clock).kit(arguments);
            run.assert(run.status <= 1 && run.stdout.ends_with('\n'), "an answer");
            let words = ["clock looks wrong", "STALE"];
            run.assert(words.iter().any(|word| run.stdout.contains(word) || run.stderr.contains(word)), "a warning");
        }
        // Nothing to read from, not even an empty stream.
        let kit = alice.kit_command();
        let mut shell = alice.command(peer("sh"));
        shell.args(["-c", "exec \"$0\" \"$@\" <&-"]).arg(kit.get_program()).args(kit.get_args()).args(arguments);
        let output = shell.output().unwrap();
        assert!(
            output.status.success() && by_this_clock(str::from_utf8(&output.stdout).unwrap()) == usual.stdout,
            "{arguments:?}: {output:?}"
        );
        // Nowhere to look: said, and nothing else.
        alice.without("KIT_HOME").with("HOME", "/nonexistent").kit(arguments).fails(3);
    }
}

/// A key behind a passphrase, and nobody to ask: each command says what to do, and prints nothing.
#[test]
fn locked_and_with_nobody_to_ask_it_says_so() {
    let acme = Acme::published();
    let bob = acme.dana.machine("bob-home");
    let join =
        ["join", &acme.invite, "--as", "bob.reyes", "--device", "laptop", "--reader", "passphrase", "--passphrase-file", "p"];
    acme.admit(&bob.kit(join.into_iter().chain(crate::acme::CHEAP)));
    acme.publish().ok();
    bob.kit(["sync"]).ok();
    for arguments in AT_NIGHT {
        bob.kit(["--no-input"].iter().chain(arguments)).fails(2).says("--passphrase-file");
    }
    bob.kit(["duty", "--passphrase-file", "p"]).ok();
}

/// U14: the commands of an emergency open no socket and write nothing, not even a time of last use.
#[test]
fn reading_opens_no_socket_and_writes_nothing() {
    let acme = Acme::joined();
    for arguments in [
        &[][..],
        &["status"],
        &["lookup", "payments-db"],
        &["member", "list"],
        &["source", "list"],
        &["verify", "box/bundle.kit"],
        &["help"],
    ]
    .into_iter()
    .chain(AT_NIGHT)
    {
        let mut strace = acme.alice.command(peer("strace"));
        strace.args(["-f", "-qq", "-o"]).arg(acme.alice.path("trace"));
        strace.args(["-e", "trace=%network,openat,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,ftruncate"]);
        strace.arg(env!("CARGO_BIN_EXE_kit")).args(arguments);
        let output = strace.output().unwrap();
        let trace = String::from_utf8(acme.alice.read("trace")).unwrap();
        // What is pasted elsewhere has its warnings beside it.
        let is_quiet = output.stderr.is_empty() || arguments.first() == Some(&"announce");
        assert!(output.status.success() && is_quiet && trace.contains("openat("), "{output:?}\n{trace}");
        for line in trace.lines() {
            for call in ["socket(", "connect(", "sendto(", "bind(", "rename", "unlink", "mkdir", "creat(", "ftruncate("] {
                assert!(!line.contains(call), "{arguments:?}: {line}");
            }
            let writes = line.contains("O_WRONLY") || line.contains("O_RDWR");
            assert!(!writes || line.contains("\"/dev/"), "{arguments:?}: {line}");
        }
    }
}
