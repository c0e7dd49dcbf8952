//! Sealing values: by prompt, pipe, file and command; never from arguments; to keys that this machine knows only; and nothing of any
//! value is left anywhere but in the capsule.

use std::{fs, os::unix::fs::PermissionsExt};

use outage_kit::{
    authored::{self, sealed::SealedFiles},
    bundle::{KeyOf, KitId, capsule, journal, tier},
    key::{Identity, Passphrase},
    otp::Totp,
    store::Store,
    team::{FieldKind, Id, Rotate, Rule, Task},
    unseal,
};
use secrecy::ExposeSecret;

use crate::{
    acme::PASSPHRASE,
    vault::{CANARY_CODES, CANARY_NOTE, CANARY_PASSWORD, Vault},
    world::{Run, Screen, World},
};

/// What must stand nowhere but in a capsule.
pub const CANARY: &str = "canary-Zr5-lichen-pQ8w";
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 18);

/// The store of a machine that has one kit.
pub fn store(world: &World, home: &str) -> Store {
    let kits = fs::read_dir(world.path(home).join("kits")).unwrap();
    let kit = kits.map(|entry| entry.unwrap().file_name()).find_map(|name| KitId::parse(name.to_str()?).ok()).unwrap();
    Store::open(&world.path(home), &kit).unwrap()
}

/// What is sealed of a credential in Dana's directory, as Dana opens it: version, and name, kind and value of each field.
pub fn opened(dana: &World, name: &str) -> (u32, Vec<(String, FieldKind, String)>) {
    let store = store(dana, "home");
    let opener = unseal::opener(&store, &Passphrase::new(PASSPHRASE.trim().to_owned())).unwrap();
    let team = authored::load(&dana.path("team"), TODAY).unwrap().team;
    let id = Id::parse(name).unwrap();
    let capsule = team.credentials[&id].capsule.as_ref().expect("a capsule");
    let device = team.devices.iter().find(|device| device.opener == opener.recipient().to_string()).unwrap();
    let key = team.tiers[&capsule.tier].key_of(capsule.key).unwrap();
    let of = KeyOf { kit: &store.trust().pin.kit, tier: &capsule.tier, key };
    let Ok(tier::Opened::Whole(whole)) = of.open(device, &opener) else { panic!("Dana holds it alone") };
    let fields = capsule::open(of.kit, &id, capsule, &whole).unwrap();
    let field = |field: capsule::Field| (field.name, field.kind, field.value.expose_secret().to_owned());
    (capsule.version, fields.into_iter().map(field).collect())
}

/// A program of the world's own `bin` folder.
pub fn script(world: &World, name: &str, text: &str) {
    let path = world.write(format!("bin/{name}"), format!("#!/bin/sh\n{text}\n"));
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The same machine with its `bin` folder first in PATH.
pub fn with_bin(world: &World) -> World {
    let path = std::env::var("PATH").unwrap();
    world.with("PATH", format!("{}:{path}", world.path("bin").display()))
}

/// Nothing below the world's folder holds any of these, but what the test itself put into `bin` and `given`.
pub fn assert_nowhere(world: &World, canaries: &[&str]) {
    let mut looked = 0;
    for file in world.files("").iter().filter(|file| !file.starts_with("bin") && !file.starts_with("given")) {
        let Ok(bytes) = fs::read(world.path(file)) else { continue };
        looked += 1;
        for canary in canaries {
            let is_there = bytes.windows(canary.len()).any(|part| part == canary.as_bytes());
            assert!(!is_there, "{canary} stands in {}", file.display());
        }
    }
    assert!(looked > 20, "only {looked} files");
}

fn seal(world: &World, arguments: &[&str]) -> Run {
    world.kit(["seal"].iter().chain(arguments).chain(&["--dir", "team"]))
}

fn seal_at_terminal(world: &World, arguments: &[&str]) -> Screen {
    world.terminal(["seal"].iter().chain(arguments).chain(&["--dir", "team"]))
}

/// The code of the commands that a run showed.
#[track_caller]
pub fn code(run: &Run) -> String {
    let code = run.stderr.lines().find_map(|line| line.split("has the code ").nth(1));
    code.unwrap_or_else(|| panic!("no code in\n{}", run.stderr)).trim_end_matches('.').to_owned()
}

#[test]
fn values_come_from_options_commands_and_files_and_open_for_holders() {
    let vault = Vault::sealed();
    let dana = with_bin(&vault.acme.dana);
    script(&dana, "manager", &format!("echo '{CANARY}'; echo 'url: x'"));
    dana.write("given/key", "-----BEGIN\nx\n");
    dana.write("given/notes", "one\ntwo\n");
    let arguments =
        ["aws-root", "--field", "user=root@example.com", "--from", "password=manager show 'a b'", "--from-file", "key=given/key"];
    let run = seal(&dana, &[&arguments[..], &["--from-file", "note=given/notes"]].concat());
    run.ok().first_line("SEALED  aws-root   4 fields for on-call (3 holders)   version 2").has("kit publish team").lacks(CANARY);
    run.says("Version 1 has totp, codes too; version 2 will not.");
    let field = |name: &str, kind, value: &str| (name.to_owned(), kind, value.to_owned());
    let expected = vec![
        field("user", FieldKind::Text, "root@example.com"),
        field("password", FieldKind::Secret, CANARY),
        field("key", FieldKind::File, "LS0tLS1CRUdJTgp4Cg=="),
        field("note", FieldKind::Note, "one\ntwo"),
    ];
    assert_eq!(opened(&dana, "aws-root"), (2, expected));
    assert_nowhere(&dana, &[CANARY, CANARY_PASSWORD]);
    let run = seal(&dana, &["aws-root", "--field", "user=x", "--json"]);
    run.ok().has("\"schema\": \"kit.seal/1\"").has("\"version\": 3").has("\"left_out\": [");
    vault.publish();
    vault.mia.kit(["sync"]).ok();
    assert_nowhere(&dana, &[CANARY]);
}

#[test]
fn what_is_typed_is_not_seen() {
    let vault = Vault::sealed();
    let arguments = ["aws-root", "--field", "user", "--field", "password", "--field", "totp", "--field", "codes"];
    let mut screen = seal_at_terminal(&vault.acme.dana, &arguments);
    screen.expect("kit asks: user:").send_line("root@example.com");
    screen.expect("kit asks: password (unseen):").send_line(CANARY);
    screen.expect("kit asks: The same again:").send_line(CANARY);
    screen.expect("password: 22 characters.").expect("kit asks: totp (unseen):").send_line(SEED);
    screen.expect("Does your authenticator show the same?").send_line("y");
    screen.expect("kit asks: codes (unseen, line by line; an empty line ends it):").send_line("canary-1");
    screen.expect("next line:").send_line("canary-2");
    screen.expect("next line:").send_line("");
    let seen = screen.ends(0);
    assert!(seen.contains("codes: 2 codes.") && seen.contains("SEALED  aws-root   4 fields"), "{seen}");
    assert!(!seen.contains("canary") && !seen.contains("GEZD"), "{seen}");
    let values: Vec<String> = opened(&vault.acme.dana, "aws-root").1.into_iter().map(|(_, _, value)| value).collect();
    assert_eq!((values[1].as_str(), values[3].as_str()), (CANARY, "canary-1\ncanary-2"));
    assert!(values[2].starts_with("otpauth://totp/") && values[2].contains("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "one form");
    assert_nowhere(&vault.acme.dana, &[CANARY, "canary-1", "GEZDGNBV"]);
    // Who breaks off changes nothing.
    let mut screen = seal_at_terminal(&vault.acme.dana, &["aws-root", "--field", "password"]);
    screen.expect("password (unseen):").send("half").control('c');
    screen.ends(130);
    assert_eq!(opened(&vault.acme.dana, "aws-root").0, 2);
}

/// A seed as sites print it.
const SEED: &str = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ";

#[test]
fn a6_c2_a_slip_is_asked_again_and_loses_nothing() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let mut screen = seal_at_terminal(dana, &["aws-root", "--field", "password", "--field", "totp"]);
    screen.expect("password (unseen):").send_line("");
    screen.expect("there is nothing in it").expect("password (unseen):").send_line(CANARY);
    screen.expect("The same again:").send_line("canary-Zr5-lichen-pQ8v");
    screen.expect("The two differ").expect("password (unseen):").send_line(CANARY);
    screen.expect("The same again:").send_line(CANARY);
    screen.expect("totp (unseen):").send_line("canary!");
    screen.expect("none of A to Z and 2 to 7").expect("totp (unseen):").send_line("JBSW Y3DP EHPK 3PXP");
    screen.expect("Does your authenticator show the same?").send_line("n");
    screen.expect("Once more").expect("totp (unseen):").send_line(SEED);
    let shown = screen.expect("its code now is ").until(" s more)");
    // It is the code of a moment at or after the start, as the authenticator makes it.
    let code: String = shown.split('(').next().unwrap().chars().filter(char::is_ascii_digit).collect();
    let totp = Totp::parse(SEED).unwrap();
    let start = crate::world::NOW.parse::<jiff::Timestamp>().unwrap().as_second();
    assert!((0..20).any(|step| *totp.at(start + 30 * step).now == code), "{code}");
    screen.expect("Does your authenticator show the same?").send_line("");
    screen.expect("Not compared");
    let seen = screen.ends(0);
    assert!(seen.contains("SEALED  aws-root   2 fields") && !seen.contains("canary"), "{seen}");
    assert_eq!(opened(dana, "aws-root").1[0].2, CANARY);
    assert!(opened(dana, "aws-root").1[1].2.contains("GEZDGNBVGY3TQOJQ"));
    // Off a terminal no code is said, wherever the talk goes.
    let run = dana.kit_reading(SEED.as_bytes(), ["seal", "aws-root", "--field", "totp", "--dir", "team"]);
    run.ok().lacks("code now").lacks("authenticator");
}

#[test]
fn b3_the_command_of_a_burned_line_asks_for_the_fields_that_are_sealed() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let burned = dana.kit(["reveal", "aws-root", "--field", "user", "--reason", "x", "--passphrase-file", "p"]);
    burned.ok();
    let status = dana.kit(["status", "--plain"]);
    let hint = status.stdout.lines().find_map(|line| line.split('\t').find(|part| part.starts_with("kit seal"))).unwrap();
    assert_eq!(hint, "kit seal aws-root --dir team", "it can be pasted");
    // Nobody at a terminal: every field is named, as it is typed.
    let run = dana.kit(["seal", "aws-root", "--dir", "team"]);
    run.fails(2).says("kit seal aws-root --field user=… --field password --field totp --field codes --field note --dir team");
    let mut screen = seal_at_terminal(dana, &["aws-root"]);
    screen.expect("kit asks: user:").send_line("root@example.com");
    screen.expect("kit asks: password (unseen):").send_line(CANARY);
    screen.expect("The same again:").send_line(CANARY);
    screen.expect("kit asks: totp (unseen):").send_line(SEED);
    screen.expect("Does your authenticator show the same?").send_line("y");
    screen.expect("kit asks: codes (unseen").send_line("canary-1");
    screen.expect("next line:").send_line("");
    screen.expect("kit asks: note (unseen").send_line("canary-note");
    screen.expect("next line:").send_line("");
    let seen = screen.ends(0);
    assert!(seen.contains("SEALED  aws-root   5 fields") && !seen.contains("will not"), "{seen}");
    // Kinds are the label's: a file by its path, a text that its name does not tell.
    dana.write("given/key", [0xff, 0x00]);
    let arguments = ["aws-root", "--from-file", "key=given/key", "--field", "pin", "--kind", "pin=text"];
    dana.kit_reading(b"1234", ["seal"].iter().chain(&arguments).chain(&["--dir", "team"])).ok();
    seal(dana, &["aws-root"]).fails(2).says("--field pin --kind pin=text --from-file key=PATH");
    let mut screen = seal_at_terminal(dana, &["aws-root"]);
    screen.expect("kit asks: pin: ").send_line("5678");
    screen.expect("key is a file. Its path:").send_line("given/none");
    screen.expect("key is a file. Its path:").send_line("given/key");
    screen.ends(0);
    let kinds: Vec<FieldKind> = opened(dana, "aws-root").1.into_iter().map(|field| field.1).collect();
    assert_eq!(kinds, [FieldKind::Text, FieldKind::File]);
}

#[test]
fn c1_what_is_refused_anyway_needs_no_passphrase() {
    let vault = Vault::sealed();
    // Dana's contacts behind her passphrase, nobody to ask.
    let dana = &vault.acme.dana;
    let settings = dana.files("home").into_iter().find(|path| path.ends_with("settings.json")).unwrap();
    let text = String::from_utf8(dana.read(&settings)).unwrap();
    dana.write(&settings, text.replace("\"reader\": \"plain\"", "\"reader\": \"passphrase\""));
    seal(dana, &["aws-root", "--field", "password=hunter2"]).fails(2).says("it is not taken").lacks("nobody to ask");
    seal(dana, &["aws-rot", "--field", "user=x"]).fails(3).says("Did you mean aws-root?");
    seal(dana, &["aws-root"]).fails(2).says("no field is named");
    seal(dana, &["aws-root", "--import", "given/none"]).fails(2).says("--import");
    let seen = seal_at_terminal(dana, &["aws-rot", "--field", "user=x"]).ends(3);
    assert!(!seen.contains("kit asks"), "{seen}");
}

#[test]
fn l1_what_is_no_file_is_not_repeated() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    seal(dana, &["aws-root", "--from-file", "password=hunter2-canary"])
        .fails_talking(2)
        .says("password: there is no such file")
        .lacks("hunter2");
    seal(dana, &["aws-root", "--import", "hunter2-canary"]).fails(2).says("--import").lacks("hunter2");
    seal(dana, &["aws-root", "--from-file", "password=team"]).fails_talking(2).says("team");
}

#[test]
fn b5_a_forgotten_directory_is_named() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    dana.kit(["seal", "aws-root", "--field", "password"]).fails(2).says("last from here: --dir team");
    let elsewhere = dana.path("given");
    fs::create_dir_all(&elsewhere).unwrap();
    let mut kit = dana.kit_command();
    kit.current_dir(&elsewhere).args(["seal", "aws-root", "--field", "password"]);
    let run = kit.output().unwrap();
    let said: String = String::from_utf8(run.stderr).unwrap().split_whitespace().collect();
    assert!(said.contains(&format!("--dir{}", dana.path("team").canonicalize().unwrap().display())), "{said}");
    // Who never published is told nothing, and neither is one whose directory went away.
    vault.mia.kit(["seal", "aws-root", "--field", "password"]).fails(2).says("--dir <DIR>").lacks("last from here");
    fs::rename(dana.path("team"), dana.path("gone")).unwrap();
    dana.kit(["seal", "aws-root", "--field", "password"]).fails(2).lacks("last from here");
}

#[test]
fn m5_commands_that_change_with_the_directory_are_never_run() {
    let vault = Vault::sealed();
    let dana = with_bin(&vault.acme.dana);
    script(&dana, "manager", "touch \"$0.ran\"; echo x");
    let evil = dana.write("team/bin/get", "#!/bin/sh\necho x\n");
    fs::set_permissions(&evil, fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir_all(dana.path("other")).unwrap();
    std::os::unix::fs::symlink(&evil, dana.path("bin/linked")).unwrap();
    let (evil, team) = (evil.display().to_string(), dana.path("team"));
    let refused = |command: &str| {
        commanded(&dana, "github-owner", &format!("password = {command:?}"));
        seal(&dana, &["github-owner"]).fails(2).says("It is not run.").says("Put it elsewhere").lacks("has the code");
        let run = dana.kit(["seal", "--refresh", "--dir", "team"]);
        run.status(1).first_line("REFRESHED  0 of 1, 1 failed").has("changes together with the team directory");
    };
    refused(&evil);
    refused("linked");
    refused(&format!("/bin/sh {evil}"));
    refused(&format!("/bin/sh -c 'exec {evil}'"));
    refused(&format!("manager --config={evil}"));
    refused(&format!("manager {}/../team/bin/get", team.display()));
    refused(&format!("manager {}/not-there-yet", team.canonicalize().unwrap().display()));
    assert!(!dana.path("bin/manager.ran").exists(), "nothing ran");
    // What lies in the git work tree around it comes with the same pull.
    let tools = dana.write("tools/get", "#!/bin/sh\necho x\n");
    fs::set_permissions(&tools, fs::Permissions::from_mode(0o755)).unwrap();
    commanded(&dana, "github-owner", &format!("password = {:?}", tools.display().to_string()));
    let asked = seal(&dana, &["github-owner"]);
    asked.fails_talking(1);
    seal(&dana, &["github-owner", "--accept-commands", &code(&asked)]).ok();
    fs::create_dir_all(dana.path(".git")).unwrap();
    seal(&dana, &["github-owner"]).fails(2).says("It is not run.").says("Put it elsewhere");
}

#[test]
fn one_value_comes_through_a_pipe() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let pipe =
        |input: &[u8], arguments: &[&str]| dana.kit_reading(input, [&["seal", "aws-root", "--dir", "team"], arguments].concat());
    pipe(format!("{CANARY}\n").as_bytes(), &["--field", "password"]).ok().lacks(CANARY);
    assert_eq!(opened(dana, "aws-root").1, [("password".to_owned(), FieldKind::Secret, CANARY.to_owned())]);
    for (input, arguments, why) in [
        (&b""[..], &["--field", "password"][..], "there is nothing in it"),
        (b"canary\ncanary\n", &["--field", "password"], "several lines"),
        (b"canary", &["--field", "password", "--field", "pin"], "there is nobody to ask"),
        (b"canary!", &["--field", "totp"], "none of A to Z and 2 to 7"),
        (b"\xffcanary", &["--field", "password"], "no text"),
        (&[b'c'; 70_000], &["--field", "note"], "larger than"),
    ] {
        pipe(input, arguments).fails_talking(2).says(why).lacks("canary");
    }
    assert_eq!(opened(dana, "aws-root").0, 2, "nothing was sealed since");
    assert_nowhere(dana, &[CANARY]);
}

#[test]
fn u50_f6_secrets_in_arguments_are_refused_and_not_repeated() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let before = dana.read("team/sealed/credentials/aws-root.json");
    for arguments in [
        &["aws-root", "--field", "password=hunter2-canary"][..],
        &["aws-root", "--field", "api-key=hunter2-canary"],
        &["aws-root", "--field", "totp=hunter2-canary"],
        &["aws-root", "--field", "whatever=hunter2-canary"],
        &["aws-root", "--field", "hunter2-canary=="],
        &["aws-root", "--field", "PASSWORD=hunter2-canary"],
        &["aws-root", "password=hunter2-canary", "--field", "password"],
        &["aws-root", "--field", "password", "--kind", "password=hunter2-canary"],
        &["aws-root", "--password=hunter2-canary"],
        &["aws-root", "--from", "hunter2-canary"],
    ] {
        seal(dana, arguments).fails(2).lacks("hunter2");
    }
    seal(dana, &["aws-root", "--field", "password=hunter2-canary"]).says("--field password").says("--from 'password=op read");
    // No variable is one either.
    let world = dana.with("KIT_PASSWORD", "hunter2-canary").with("PASSWORD", "hunter2-canary");
    seal(&world, &["aws-root", "--field", "password"]).fails_talking(2).lacks("hunter2");
    assert_eq!(dana.read("team/sealed/credentials/aws-root.json"), before);
    assert_nowhere(dana, &["hunter2"]);
}

#[test]
fn the_version_goes_above_everything_that_was_opened_or_has_to_change() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let task = Task {
        rotate: Rotate::Credential { id: Id::parse("aws-root").unwrap(), version: 7 },
        why: "bob.reyes left".to_owned(),
        since: TODAY,
        by: TODAY,
    };
    let files = SealedFiles { tasks: Some(vec![task]), ..SealedFiles::default() };
    authored::sealed::write(&dana.path("team"), &files).unwrap();
    let run = dana.kit_reading(b"x", ["seal", "aws-root", "--field", "password", "--dir", "team"]);
    run.ok().has("version 8").has("that is settled if you changed it where it is used too");
    let run = dana.kit_reading(b"x", ["seal", "aws-root", "--field", "password", "--dir", "team"]);
    run.ok().has("version 9").lacks("settled");
}

#[test]
fn others_are_kept_by_a_holder_who_is_recorded_first() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    let keep = |world: &World, name: &str, passphrase: &str| {
        let arguments = ["seal", name, "--from-file", "password=given/new", "--keep-others", "--dir", "team"];
        world.kit(arguments.iter().chain(&["--passphrase-file", passphrase]))
    };
    dana.write("given/new", CANARY);
    dana.write("given/wrong", "wrong");
    keep(dana, "aws-root", "given/wrong").fails(5);
    keep(dana, "okta-admin", "p").fails(5).says("2");
    assert!(store(dana, "home").journals().unwrap().is_empty(), "nothing was opened, so nothing is recorded");
    let run = keep(dana, "aws-root", "p");
    run.ok().first_line("SEALED  aws-root   5 fields for on-call (3 holders)   version 2").lacks("canary");
    let (_, fields) = opened(dana, "aws-root");
    let value = |name: &str| fields.iter().find(|field| field.0 == name).map(|field| field.2.as_str());
    assert_eq!((value("password"), value("codes"), value("note")), (Some(CANARY), Some(CANARY_CODES), Some(CANARY_NOTE)));
    assert_eq!(lines(&store(dana, "home")).len(), 1, "one line for one opening");
    // Where the journal cannot be written nothing is opened, and nothing sealed.
    let folder = store(dana, "home").dir().join("journal");
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "").unwrap();
    let run = keep(dana, "aws-root", "p");
    run.assert(run.status != 0, "a failure").says("journal").lacks("canary");
    assert_eq!(opened(dana, "aws-root").0, 2);
    assert_nowhere(dana, &[CANARY, CANARY_PASSWORD, "canary-c1", "canary-note"]);
}

fn lines(store: &Store) -> Vec<journal::Line> {
    store.journals().unwrap().iter().flat_map(|handle| store.journal(handle).unwrap().lines).collect()
}

#[test]
fn c5_a_key_that_came_into_the_directory_by_another_way_is_not_sealed_to() {
    let vault = Vault::sealed();
    let dana = with_bin(&vault.acme.dana);
    script(&dana, "manager", "touch ran; echo canary");
    let id = Id::parse("on-call").unwrap();
    let kit = store(&dana, "home").trust().pin.kit.clone();
    let mallory = vec![(Id::parse("dana.fox").unwrap(), vec![Identity::generate().recipient()])];
    let (key, _) = tier::make(&kit, &id, (1, Rule::Any), &mallory, TODAY).unwrap();
    let good = dana.read("team/sealed/tiers/on-call.json");
    let before = dana.read("team/sealed/credentials/aws-root.json");
    let mut files = SealedFiles::default();
    files.tiers.insert(id, vec![key]);
    authored::sealed::write(&dana.path("team"), &files).unwrap();
    seal(&dana, &["aws-root", "--from", "password=manager"]).fails(6).says("on-call").says("Dana Fox").says("Nothing was sealed");
    commanded(&dana, "aws-root", "password = \"manager\"");
    dana.kit(["seal", "--refresh", "--dir", "team"]).fails(6).says("Nothing was sealed");
    assert!(!dana.path("bin/ran").exists() && !dana.files("").iter().any(|file| file.ends_with("ran")), "no command was run");
    assert_eq!(dana.read("team/sealed/credentials/aws-root.json"), before);
    dana.write("team/sealed/tiers/on-call.json", good);
    seal(&dana, &["aws-root", "--from", "password=manager"]).ok();
}

/// Writes commands below the label of a credential in Dana's directory.
pub fn commanded(dana: &World, id: &str, commands: &str) {
    let text = String::from_utf8(dana.read("team/credentials.toml")).unwrap();
    let mut parts: Vec<String> = text.split("[[credential]]").map(str::to_owned).collect();
    let own = parts.iter().position(|part| part.contains(&format!("id = \"{id}\""))).unwrap();
    let part = parts.remove(own);
    let part = format!("{}\n\n[credential.from]\n{commands}\n\n", part.split("\n[credential.from]").next().unwrap().trim_end());
    parts.push(part);
    dana.write("team/credentials.toml", parts.join("[[credential]]"));
}

#[test]
fn without_a_label_or_a_key_it_says_what_to_write() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    seal(dana, &["aws-rot", "--field", "user=x"]).fails(3).says("Did you mean aws-root?").says("[[credential]]");
    seal(dana, &["aws-root"]).fails(2).says("no field is named").says("--field password");
    seal(dana, &["aws-root", "okta-admin", "--field", "user=x"]).fails(2);
    seal(dana, &["aws-root", "--field", "user=x", "--field", "user=y"]).fails(2).says("twice");
    fs::remove_file(dana.path("team/sealed/tiers/on-call.json")).unwrap();
    seal(dana, &["aws-root", "--field", "user=x"]).fails(3).says("kit tier new on-call");
}

#[test]
fn f14_commands_of_the_directory_run_only_once_all_of_each_was_accepted() {
    let vault = Vault::sealed();
    let dana = with_bin(&vault.acme.dana);
    let ran = dana.path("given/ran");
    fs::create_dir_all(dana.path("given")).unwrap();
    script(&dana, "manager", &format!("echo \"$@\" >> {}; echo {CANARY}", ran.display()));
    commanded(&dana, "aws-root", "password = \"manager show aws 'root account'\"");
    let asked = seal(&dana, &["aws-root"]);
    asked.fails_talking(1).says(&format!("  {} show aws 'root account'", dana.path("bin/manager").display()));
    assert!(!ran.exists(), "it was not run");
    seal(&dana, &["aws-root", "--accept-commands", "0123456789abcdef"]).fails_talking(1);
    assert!(!ran.exists(), "a wrong code accepts nothing");
    seal(&dana, &["aws-root", "--accept-commands", &code(&asked)]).ok().has("1 field for on-call");
    assert_eq!(fs::read_to_string(&ran).unwrap(), "show aws root account\n");
    seal(&dana, &["aws-root"]).ok();
    assert_eq!(fs::read_to_string(&ran).unwrap().lines().count(), 2, "accepted once, it runs");
    // Another word is another command; so is another program of the same name.
    commanded(&dana, "aws-root", "password = \"manager show aws root\"");
    seal(&dana, &["aws-root"]).fails_talking(1);
    commanded(&dana, "aws-root", "password = \"manager show aws 'root account'\"");
    seal(&dana, &["aws-root"]).ok();
    let other = dana.write("other/manager", format!("#!/bin/sh\ntouch {}; echo x\n", dana.path("given/evil").display()));
    fs::set_permissions(&other, fs::Permissions::from_mode(0o755)).unwrap();
    let elsewhere = dana.with("PATH", format!("{}:/usr/bin:/bin", dana.path("other").display()));
    seal(&elsewhere, &["aws-root"]).fails_talking(1).says("other/manager show");
    assert!(!dana.path("given/evil").exists());
    // Everybody accepts for themselves, at the terminal too.
    let alice = with_bin(&vault.acme.alice);
    let mut screen = seal_at_terminal(&alice, &["aws-root"]);
    let shown = screen.until("Type the code to let it run, now and later (Enter: no): ");
    let code = shown.split("has the code ").nth(1).and_then(|rest| rest.split('.').next()).unwrap().to_owned();
    assert_eq!(code.len(), 6, "what a person types is short");
    // A slip is asked again; kept in a script, the short one accepts nothing: commands could be made to fit it.
    seal(&alice, &["aws-root", "--accept-commands", &code]).fails_talking(1);
    screen.send_line("000000");
    screen.expect("That is not the code.").send_line(&code);
    assert!(screen.ends(0).contains("SEALED  aws-root"));
    assert_nowhere(&dana, &[CANARY]);
}

#[test]
fn a_directory_says_commands_as_words_and_no_kit_has_them() {
    let vault = Vault::sealed();
    let dana = &vault.acme.dana;
    for (commands, why) in [
        ("password = \"op read x | head -1\"", "without a shell"),
        ("password = \"op read $(canary)\"", "without a shell"),
        ("password = \"\"", "password"),
        ("password = 7", "wants a command, not a number"),
        ("password = [\"op\"]", "wants a command, not a list"),
        ("\"pass word\" = \"op read x\"", "cannot be the name of a field"),
        ("password = \"otpauth://totp/canary?secret=AA\"", "secret"),
    ] {
        commanded(dana, "aws-root", commands);
        let run = dana.kit(["check", "team"]);
        run.status(1).has(why).lacks("canary");
    }
    commanded(dana, "aws-root", "password = \"op read op://ops/aws/password\"");
    dana.kit(["check", "team"]).ok();
    vault.publish();
    let opened = dana.kit(["lookup", "aws-root", "--json"]);
    opened.ok().lacks("op://ops");
}

#[test]
fn f6_f12_a_child_sees_neither_values_nor_more_of_the_environment_than_it_needs() {
    let vault = Vault::sealed();
    let world = with_bin(&vault.acme.dana)
        .with("OP_SERVICE_ACCOUNT_TOKEN", "token")
        .with("BASH_ENV", "/evil")
        .with("NODE_OPTIONS", "-r/evil");
    let folder = world.path("given");
    fs::create_dir_all(&folder).unwrap();
    // The second command runs while kit has the value of the first.
    let dump = "tr '\\0' '\\n' < /proc/$$/cmdline > DIR/$1.own; tr '\\0' '\\n' < /proc/$PPID/cmdline > DIR/$1.kit; env > DIR/$1.env; pwd > DIR/$1.pwd";
    script(&world, "first", &format!("echo {CANARY}"));
    script(&world, "second", &format!("{}; echo x", dump.replace("DIR", &folder.display().to_string())));
    seal(&world, &["aws-root", "--from", "password=first", "--from", "pin=second seen"]).ok();
    for part in ["own", "kit", "env"] {
        let seen = fs::read_to_string(folder.join(format!("seen.{part}"))).unwrap();
        assert!(!seen.is_empty() && !seen.contains(CANARY), "{part}: {seen}");
    }
    let env = fs::read_to_string(folder.join("seen.env")).unwrap();
    assert!(env.contains("OP_SERVICE_ACCOUNT_TOKEN=token") && !env.contains("evil") && !env.contains("KIT_HOME"), "{env}");
    assert_eq!(fs::read_to_string(folder.join("seen.pwd")).unwrap(), "/\n", "not in the directory that others write");
}
