//! Refreshing from password managers: real ones where they are free to run, and programs that answer as the others are documented to.

use std::fs;

use outage_kit::team::FieldKind;

use crate::{
    seal::{CANARY, assert_nowhere, code, commanded, opened, script, with_bin},
    vault::Vault,
    world::{Run, World},
};

/// Refreshes with whatever its commands are accepted.
#[track_caller]
fn refreshed(world: &World, names: &[&str]) -> Run {
    let arguments: Vec<&str> = [&["seal", "--refresh", "--dir", "team"], names].concat();
    let run = world.kit(&arguments);
    if !run.stderr.contains("has the code ") {
        return run;
    }
    let code = code(&run);
    world.kit(arguments.iter().copied().chain(["--accept-commands", &code]))
}

fn value(dana: &World, name: &str, field: &str) -> String {
    opened(dana, name).1.into_iter().find(|found| found.0 == field).unwrap_or_else(|| panic!("no {field}")).2
}

/// A GnuPG home with one key; its agent ends with it.
struct Keys(World);

impl Keys {
    fn new(world: &World) -> Self {
        let home = world.path("gpg");
        fs::create_dir_all(&home).unwrap();
        fs::set_permissions(&home, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let world = world.with("GNUPGHOME", &home).with("PASSWORD_STORE_DIR", world.path("store")).with("HOME", world.path(""));
        let key =
            ["--batch", "--quiet", "--passphrase", "", "--quick-gen-key", "team@example.com", "default", "default", "never"];
        world.run("gpg", key, b"").ok();
        Self(world)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = self.0.command("gpgconf").args(["--kill", "gpg-agent"]).status();
    }
}

#[test]
fn pass_is_asked_and_only_what_changed_is_sealed() {
    let vault = Vault::sealed();
    let keys = Keys::new(&vault.acme.dana);
    let dana = &keys.0;
    dana.run("pass", ["init", "team@example.com"], b"").ok();
    let insert = |text: &str| {
        dana.run("pass", ["insert", "-m", "-f", "aws/root"], text.as_bytes()).ok();
    };
    insert(&format!("{CANARY}\nurl: https://example.com\n"));
    commanded(dana, "github-owner", "password = \"pass show aws/root\"");
    let run = refreshed(dana, &["github-owner"]);
    run.ok().first_line("REFRESHED  1 of 1").has("github-owner   1 field for on-call (3 holders)   version 1").lacks(CANARY);
    assert_eq!(value(dana, "github-owner", "password"), CANARY, "the first line");
    let capsule = dana.read("team/sealed/credentials/github-owner.json");
    refreshed(dana, &[]).ok().first_line("REFRESHED  0 of 1").has("the same as before");
    assert_eq!(dana.read("team/sealed/credentials/github-owner.json"), capsule, "nothing was written");
    insert("canary-another\n");
    refreshed(dana, &[]).ok().first_line("REFRESHED  1 of 1").has("version 2");
    assert_eq!(value(dana, "github-owner", "password"), "canary-another");
    dana.run("pass", ["rm", "-f", "aws/root"], b"").ok();
    let run = refreshed(dana, &[]);
    run.status(1).first_line("REFRESHED  0 of 1, 1 failed").has("aws/root is not in the password store");
    assert_eq!(opened(dana, "github-owner").0, 2, "the old one stands");
    assert_nowhere(dana, &[CANARY, "canary-another"]);
}

#[test]
fn keepassxc_is_asked() {
    let vault = Vault::sealed();
    let dana = vault.acme.dana.with("HOME", vault.acme.dana.path("")).with("QT_QPA_PLATFORM", "offscreen");
    dana.write("given/key", [7; 64]);
    let database = dana.path("given/team.kdbx").display().to_string();
    let key = dana.path("given/key").display().to_string();
    dana.run("keepassxc-cli", ["db-create", "--set-key-file", &key, &database], b"").ok();
    let add = ["add", "-q", "--no-password", "-k", &key, "-u", "root@example.com", "-p", &database, "aws"];
    dana.run("keepassxc-cli", add, format!("{CANARY}\n").as_bytes()).ok();
    let show = |what: &str, entry: &str| format!("keepassxc-cli show -q --no-password -k {key} -s -a {what} {database} {entry}");
    commanded(
        &dana,
        "github-owner",
        &format!("password = \"{}\"\nuser = \"{}\"", show("password", "aws"), show("username", "aws")),
    );
    refreshed(&dana, &["github-owner"]).ok().first_line("REFRESHED  1 of 1").lacks(CANARY);
    let field = |name: &str, kind, value: &str| (name.to_owned(), kind, value.to_owned());
    let both = vec![field("password", FieldKind::Secret, CANARY), field("user", FieldKind::Text, "root@example.com")];
    assert_eq!(opened(&dana, "github-owner").1, both);
    commanded(
        &dana,
        "github-owner",
        &format!("password = \"{}\"\nuser = \"{}\"", show("password", "nope"), show("username", "aws")),
    );
    refreshed(&dana, &["github-owner"]).status(1).has("password: ").has("Could not find entry with path nope");
    assert_nowhere(&dana, &[CANARY]);
}

/// What `op`, `bw`, `vault` and `gopass` are documented to do, each as a program of the world's own.
#[test]
fn each_failure_is_said_with_its_reason_and_the_old_capsule_stays() {
    let vault = Vault::sealed();
    let dana = with_bin(&vault.acme.dana);
    script(&dana, "op", &format!("[ \"$1 $2\" = 'read op://ops/aws/password' ] && echo '{CANARY}'"));
    commanded(&dana, "github-owner", "password = \"op read op://ops/aws/password\"");
    refreshed(&dana, &["github-owner"]).ok();
    let before = dana.read("team/sealed/credentials/github-owner.json");
    let esc = "\\033[31mcanary-escape\\033[0m";
    for (name, text, command, why) in [
        (
            "op",
            "echo '[ERROR] 2026/11/18 02:12:00 you are not currently signed in' >&2; exit 1",
            "op read op://ops/aws/password",
            "not currently signed in",
        ),
        ("bw", "echo 'Vault is locked.' >&2; echo canary; exit 1", "bw get password aws", "Vault is locked."),
        ("bw", "echo 'Not found.' >&2; exit 1", "bw get password nope", "Not found."),
        (
            "vault",
            "echo 'Error making API request.' >&2; echo 'URL: GET https://vault' >&2; exit 2",
            "vault kv get -field=password ops/aws",
            "Error making API request.",
        ),
        (
            "vault",
            "printf 'No value found at ops/data/nope' >&2; exit 2",
            "vault kv get -field=password ops/nope",
            "No value found",
        ),
        (
            "gopass",
            "echo 'Error: entry is not in the password store' >&2; exit 11",
            "gopass show -o aws",
            "not in the password store",
        ),
        ("gopass", "exit 0", "gopass show -o empty", "there is nothing in it"),
        ("gopass", "printf '\\n\\n'", "gopass show -o newline", "there is nothing in it"),
        ("op", "yes canary", "op read op://babble", "wrote more than 65536 bytes"),
        ("op", "printf 'canary\\377'", "op read op://binary", "it is no text"),
        ("op", "kill -KILL $$", "op read op://killed", "SIGKILL"),
        ("op", &format!("printf '{esc}\\n' >&2; exit 1"), "op read op://escape", "canary-escape"),
    ] {
        script(&dana, name, text);
        commanded(&dana, "github-owner", &format!("password = \"{command}\""));
        let run = refreshed(&dana, &["github-owner"]);
        run.status(1).first_line("REFRESHED  0 of 1, 1 failed").has("github-owner   FAILED: password: ").has(why).says("kit: ");
        assert!(!run.stdout.contains('\u{1b}') && !run.stderr.contains('\u{1b}'), "{}", run.stdout);
        if why != "canary-escape" {
            run.lacks("canary");
        }
        assert_eq!(dana.read("team/sealed/credentials/github-owner.json"), before, "{command}");
        // By hand the same is a failure of its own, and seals nothing.
        let by_hand =
            dana.kit(["seal", "github-owner", "--from", &format!("pin={command}"), "--dir", "team", "--field", "user=x"]);
        by_hand.assert(by_hand.status == 2 || by_hand.status == 1, "a failure");
        assert_eq!(dana.read("team/sealed/credentials/github-owner.json"), before, "{command}");
    }
    fs::remove_file(dana.path("bin/op")).unwrap();
    commanded(&dana, "github-owner", "password = \"op read op://ops/aws/password\"");
    refreshed(&dana, &["github-owner"]).status(1).has("op is no program in the folders of PATH");
    assert_nowhere(&dana, &[CANARY]);
}

#[test]
fn one_that_fails_keeps_none_of_the_others_back() {
    let vault = Vault::sealed();
    let dana = with_bin(&vault.acme.dana);
    script(&dana, "good", &format!("echo {CANARY}"));
    script(&dana, "bad", "echo 'the vault is locked' >&2; exit 1");
    commanded(&dana, "github-owner", "password = \"good x\"");
    commanded(&dana, "slack-owner", "token = \"bad x\"");
    let run = refreshed(&dana, &[]);
    run.status(1).first_line("REFRESHED  1 of 2, 1 failed").has("version 1").has("the vault is locked").lacks(CANARY);
    let json = dana.kit(["seal", "--refresh", "--dir", "team", "--json"]);
    json.status(1).has("\"schema\": \"kit.refresh/1\"").has("\"sealed\": 0,\n  \"same\": 1,\n  \"failed\": 1").lacks(CANARY);
    dana.kit(["seal", "--refresh", "okta-admin", "--dir", "team"]).fails(2).says("okta-admin has no commands");
}

#[test]
fn what_no_command_prints_is_not_lost_and_what_others_sealed_is_sealed_anew() {
    let vault = Vault::sealed();
    let dana = with_bin(&vault.acme.dana);
    script(&dana, "good", &format!("echo {CANARY}"));
    // `aws-root` has five fields, and the commands give one of them.
    commanded(&dana, "aws-root", "password = \"good x\"");
    refreshed(&dana, &["aws-root"]).status(1).has("user, totp, codes, note would be lost");
    assert_eq!(opened(&dana, "aws-root").0, 1);
    dana.kit(["seal", "aws-root", "--keep-others", "--dir", "team", "--passphrase-file", "p"]).ok().has("5 fields");
    assert_eq!(value(&dana, "aws-root", "password"), CANARY);
    // Alice seals the same value on her machine: Dana's cannot know that it is the same.
    commanded(&dana, "github-owner", "password = \"good x\"");
    refreshed(&dana, &["github-owner"]).ok().first_line("REFRESHED  1 of 1");
    let alice = with_bin(&vault.acme.alice);
    refreshed(&alice, &["github-owner"]).ok().first_line("REFRESHED  1 of 1");
    refreshed(&alice, &["github-owner"]).ok().first_line("REFRESHED  0 of 1");
    refreshed(&dana, &["github-owner"]).ok().first_line("REFRESHED  1 of 1").has("version 3");
    // What it remembers is for its user alone, and a damaged memory only seals once more.
    let memory = dana.files("home").into_iter().find(|file| file.ends_with("sealed.json")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(dana.path(&memory)).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    fs::write(dana.path(&memory), "{").unwrap();
    refreshed(&dana, &["github-owner"]).ok().first_line("REFRESHED  1 of 1").has("version 4");
    assert_nowhere(&dana, &[CANARY]);
}
