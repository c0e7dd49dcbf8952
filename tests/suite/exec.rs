//! `kit exec`: a program gets values by variables, standard input and files, and nothing stays.

use crate::{
    reveal::entries,
    vault::{CANARY_NOTE, CANARY_PASSWORD, Vault},
    world::{Run, World},
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
