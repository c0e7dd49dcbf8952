//! `kit exec`: a program gets values by variables, standard input and files, and nothing stays.

use std::{
    process::{Child, Stdio},
    thread,
    time::Duration,
};

use outage_kit::team::FieldKind;

use crate::{
    reveal::entries,
    vault::{CANARY_NOTE, CANARY_PASSWORD, Vault, field, rotate_to},
    world::{Run, World, peer},
};

fn exec(world: &World, arguments: &[&str]) -> Run {
    let fixed = ["exec", "aws-root", "--reason", "Okta is down", "--passphrase-file", "p"];
    world.kit(fixed.iter().chain(arguments))
}

#[test]
fn values_of_one_line_are_in_the_environment_and_nothing_of_kit() {
    let vault = Vault::sealed();
    let run = exec(&vault.mia, &["--", "sh", "-c", "env"]);
    run.ok()
        .has(&format!("AWS_ROOT_PASSWORD={CANARY_PASSWORD}\n"))
        .has("AWS_ROOT_USER=aws-root@example.com")
        .has("AWS_ROOT_TOTP=");
    run.lacks("KIT_HOME").lacks("canary-note").lacks("canary-c1").says("Receipt: ");
    assert!(matches!(&entries(&vault.mia, "mia-home")[0].what, outage_kit::bundle::What::Opened { by, .. } if by == "exec"));
}

#[test]
fn values_go_where_they_are_asked_to_and_files_go_with_the_program() {
    let vault = Vault::sealed();
    exec(&vault.mia, &["--stdin", "password", "--", "cat"]).ok().prints(CANARY_PASSWORD);
    let run = exec(
        &vault.mia,
        &[
            "--file",
            "NOTE=note",
            "--env",
            "U=user",
            "--",
            "sh",
            "-c",
            "cat \"$NOTE\"; stat -c %a \"$NOTE\" >mode; echo \"$NOTE\" >where; echo $AWS_ROOT_PASSWORD",
        ],
    );
    run.ok().prints(&format!("{CANARY_NOTE}\n"));
    assert_eq!(vault.mia.read("mode"), b"600\n");
    let path = String::from_utf8(vault.mia.read("where")).unwrap();
    assert!(!std::path::Path::new(path.trim()).exists());
}

#[test]
fn the_exit_status_is_the_programs() {
    let vault = Vault::sealed();
    exec(&vault.mia, &["--", "sh", "-c", "exit 42"]).status(42);
    exec(&vault.mia, &["--", "sh", "-c", "kill -KILL $$"]).status(137);
    exec(&vault.mia, &["--", "no-such-program"]).fails(3).says("nothing was opened");
    exec(&vault.mia, &["--env", "1X=password", "--", "true"]).fails(2).says("--env takes a variable and a field");
    exec(&vault.mia, &["--env", "X=pin", "--", "true"]).fails(3).says("no field \"pin\"");
    assert_eq!(entries(&vault.mia, "mia-home").len(), 2);
}

/// Starts `kit exec` in a session of its own, which has no terminal, and waits until the program has written `ready`. Gives the
/// process, whose id is kit's.
fn started(world: &World, arguments: &[&str], script: &str) -> Child {
    let kit = world.kit_command();
    let mut session = world.command(peer("setsid"));
    // Below a shell that became kit, setsid never has to fork.
    session.args(["--wait", "sh", "-c", "echo $$ >pid; exec \"$0\" \"$@\""]).arg(kit.get_program()).args(kit.get_args());
    session
        .args(["exec", "aws-root", "--reason", "x", "--passphrase-file", "p"])
        .args(arguments)
        .args(["--", "sh", "-c", script]);
    let child = session.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    while !world.path("ready").exists() {
        thread::sleep(Duration::from_millis(10));
    }
    child
}

fn signal(world: &World, name: &str, file: &str) {
    let pid = String::from_utf8(world.read(file)).unwrap();
    world.run("kill", [&format!("-{name}"), pid.trim()], b"").ok();
}

/// What a killed kit left is named, and gone with the next command that writes.
#[test]
fn files_of_a_program_whose_kit_was_killed_are_told_and_swept() {
    let vault = Vault::sealed();
    std::fs::create_dir(vault.mia.path("run")).unwrap();
    let mia = vault.mia.with("XDG_RUNTIME_DIR", vault.mia.path("run")).with("COLUMNS", "200");
    let mut child =
        started(&mia, &["--file", "F=password"], "echo $$ >program; echo \"$F\" >where; mv where ready; exec sleep 600");
    let path = String::from_utf8(mia.read("ready")).unwrap();
    let path = std::path::Path::new(path.trim()).to_owned();
    assert!(path.starts_with(std::fs::canonicalize(mia.path("run")).unwrap()), "{}", path.display());
    mia.kit(["status"]).lacks("killed");
    mia.kit(["sync"]).ok();
    assert!(path.exists(), "whose kit lives is not swept");
    signal(&mia, "KILL", "pid");
    child.wait().unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), CANARY_PASSWORD);
    mia.kit(["status"]).has("WARN  a killed kit left files in ").has("which may hold a value").has("kit sync");
    assert!(path.exists(), "status writes nothing");
    mia.kit(["sync"]).ok();
    assert!(!path.exists());
    mia.kit(["status"]).lacks("killed");
    signal(&mia, "KILL", "program");
}

/// Without a folder for the signed-in user they stand in memory, where there is some.
#[test]
fn without_a_runtime_folder_files_stand_in_memory() {
    let vault = Vault::sealed();
    let run = exec(&vault.mia, &["--file", "F=password", "--", "sh", "-c", "echo $F"]);
    let in_memory = outage_kit::disk::memory();
    let expected = in_memory.unwrap_or_else(|| vault.mia.path("mia-home/scratch"));
    run.ok().has(&expected.display().to_string());
    assert!(!std::path::Path::new(run.stdout.trim()).exists());
}

/// A signal to kit alone reaches the program too, where no terminal sends it to both.
#[test]
fn signals_to_kit_alone_are_passed_on() {
    for (name, number) in [("INT", 2), ("QUIT", 3), ("TERM", 15), ("HUP", 1)] {
        let vault = Vault::sealed();
        let script = format!("trap 'echo heard; exit 4{number}' {name}; touch ready; while :; do sleep 0.05; done");
        let child = started(&vault.mia, &[], &script);
        signal(&vault.mia, name, "pid");
        let out = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(out.stdout).unwrap(), "heard\n", "{name}");
        let expected: i32 = format!("4{number}").parse().unwrap();
        assert_eq!(out.status.code().map(|code| code & 0xff), Some(expected & 0xff), "{name}");
    }
}

/// What is typed at a terminal reaches the program once.
#[test]
fn an_interrupt_at_the_terminal_is_not_doubled() {
    let vault = Vault::sealed();
    let script = "n=0; trap 'n=$((n+1)); echo heard $n' INT; echo ready; read line; read line; echo \"in all $n\"";
    let mut screen =
        vault.mia.terminal(["exec", "aws-root", "--reason", "x", "--passphrase-file", "p", "--", "bash", "-c", script].iter());
    screen.expect("ready").control('c').expect("heard 1");
    // Until a second one would have come.
    thread::sleep(Duration::from_millis(300));
    screen.send_line("one").send_line("two").expect("in all 1");
    screen.ends(0);
}

#[test]
fn two_values_are_never_given_under_one_name() {
    let vault = Vault::sealed();
    for arguments in [
        &["--env", "X=user", "--env", "X=password"][..],
        &["--env", "X=user", "--file", "X=password"],
        &["--file", "X=user", "--file", "X=user"],
    ] {
        exec(&vault.mia, &[arguments, &["--", "true"]].concat()).fails(2).says("X is named twice");
    }
    let fields = [field("db-user", FieldKind::Text, "one"), field("db_user", FieldKind::Text, "two")];
    rotate_to(&vault.acme.dana, "aws-root", 2, &fields);
    vault.publish();
    vault.mia.kit(["sync"]).ok();
    exec(&vault.mia, &["--", "true"]).fails(2).says("db-user and db_user would both be in AWS_ROOT_DB_USER");
    assert!(crate::reveal::store(&vault.mia, "mia-home").journals().unwrap().is_empty());
    exec(&vault.mia, &["--env", "A=db-user", "--env", "B=db_user", "--", "sh", "-c", "echo $A $B"]).ok().prints("one two\n");
}

/// No name of a variable is that of the lock beside the files.
#[test]
fn a_file_may_have_any_name() {
    let vault = Vault::sealed();
    for name in ["lives", "_lives", "lock"] {
        let script = format!("cat \"${name}\"");
        exec(&vault.mia, &["--file", &format!("{name}=password"), "--", "sh", "-c", &script]).ok().prints(CANARY_PASSWORD);
    }
}

#[test]
fn codes_are_given_only_by_name_and_nothing_that_is_kits_own() {
    let vault = Vault::sealed();
    let mia = vault.mia.with("KIT_PASSPHRASE", "orbit").with("KIT_ANYTHING", "x");
    exec(&mia, &["--", "sh", "-c", "env"]).ok().lacks("canary-c1").lacks("KIT_").lacks("Code 1");
    let named = exec(&mia, &["--env", "C=codes", "--stdin", "user", "--", "sh", "-c", "echo $C; cat"]);
    named.ok().prints("canary-c1-7731\naws-root@example.com").says("Code 1 of 5.");
    let log = vault.mia.with("COLUMNS", "200").kit(["log"]);
    log.ok().has("opened aws-root for exec").has("opened aws-root (codes, user) for exec").has("used code 1 of aws-root (codes)");
}
