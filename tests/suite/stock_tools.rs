//! What kit makes, stock tools open and check, and the other way round: `ssh-keygen`, `age`, `jq`, and the documented recipe.

use std::{fs, path::Path};

use outage_kit::{
    authored::{self, Draft},
    bundle::{HEAD_NAMESPACE, Hash, Roots, open, seal, sign, verify},
    key::{self, DeviceKey, Identity, Passphrase, SignError, Signer, WorkFactor},
    program::{ChildEnvironment, Program},
    team::{Id, Team, Zone},
};
use secrecy::ExposeSecret;

use crate::{
    forge::{self, Parts, Party, Sshsig, keys, kit, one_root},
    world::World,
};

/// The blocks of shell under a heading of docs/format.md.
pub(crate) fn recipe(headings: &[&str]) -> String {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/format.md")).unwrap();
    let block = |heading: &&str| {
        let (_, after) = page.split_once(&format!("\n### {heading}\n")).unwrap_or_else(|| panic!("no heading {heading:?}"));
        after.split_once("```sh\n").unwrap().1.split_once("```").unwrap().0.to_owned()
    };
    headings.iter().map(block).collect()
}

/// The example team of `kit init`, with devices.
fn example(readers: &[&Identity]) -> Team {
    let zone = Zone::parse("Europe/Berlin").unwrap();
    let today = jiff::civil::date(2026, 11, 18);
    let files = authored::template("Acme", &Id::parse("dana.fox").unwrap(), &zone, today, true);
    let draft = Draft::of(files.iter().map(|(path, text)| (path.to_str().unwrap(), text.as_str())));
    let team = authored::check(&draft, today).map_err(|problems| problems.errors).unwrap().team;
    Team { devices: forge::team(readers).devices, ..team }
}

/// A bundle of the example team.
fn published(roots: &Roots, by: &[&Party], readers: &[&Identity]) -> Vec<u8> {
    let signers: Vec<&Signer> = by.iter().map(|party| &party.signer).collect();
    let sealed = seal(&example(readers), roots.kit(), 42).unwrap();
    let bundle = sign(sealed, roots, forge::CREATED.parse().unwrap(), forge::REFRESH_BY.parse().unwrap(), &signers).unwrap();
    bundle.bytes().to_vec()
}

fn tools(world: &World) -> ChildEnvironment {
    let path = std::env::var_os("PATH").unwrap();
    ChildEnvironment::from_vars([("PATH".into(), path), ("HOME".into(), world.path("").into_os_string())])
}

#[test]
fn the_documented_recipe_opens_and_checks_a_bundle() {
    let world = World::new();
    let [root, publisher, next] = Party::many([1, 2, 3]);
    let reader = Identity::generate();
    let roots = one_root(&root, &[&publisher]);
    let roots = roots.next(keys(&[&root, &next], 2, &[&publisher], 1), &[&root.signer, &next.signer]).unwrap();
    let roots = roots.next(roots.last().keys(), &[&root.signer, &next.signer]).unwrap();
    world.write("bundle.kit", published(&roots, &[&publisher], &[&Identity::generate(), &reader]));
    world.write("reader.txt", reader.to_text().expose_secret());
    let script = recipe(&["Open", "Check first who made it", "From an older root to the last one"]);
    let run = world.run("sh", ["-euc", &script], b"");
    run.ok().has("Alice Okafor  +44 7700 900123\n").has(&format!("root: {}  -\n", roots.pin().root));
    run.has("the head is for this root\n").has("the payload is the signed one\n");
    let good = |namespace: &str, key: &Party| {
        format!(
            "Good \"{namespace}\" signature for {} with ED25519 key {}",
            if namespace == HEAD_NAMESPACE { "publisher" } else { "root" },
            key.public().fingerprint()
        )
    };
    run.has(&good(HEAD_NAMESPACE, &publisher));
    assert_eq!(run.stdout.matches(&good("kit-root-v1@outage-kit", &root)).count(), 2, "{}", run.stdout);
    // The payload is the team, to the last key.
    let payload: serde_json::Value = serde_json::from_slice(&world.read("payload.json")).unwrap();
    assert_eq!(
        payload["team"],
        serde_json::to_value(example(&[]))
            .map(|mut team| {
                team["devices"] = payload["team"]["devices"].clone();
                team
            })
            .unwrap()
    );
}

#[test]
fn the_documented_recipe_notices_a_change() {
    let [root, publisher, stranger] = Party::many([1, 2, 9]);
    let reader = Identity::generate();
    let good = Parts::of(&published(&one_root(&root, &[&publisher]), &[&publisher], &[&reader]));
    let script = recipe(&["Check first who made it"]);
    let fails = |parts: &Parts| {
        let world = World::new();
        world.write("bundle.kit", parts.bytes());
        world.run("sh", ["-euc", &script], b"").status != 0
    };
    assert!(!fails(&good));
    let mut other = good.clone();
    other.head.line = good.head.line.replace("\"seq\":42", "\"seq\":43");
    assert!(fails(&other), "a changed head");
    assert!(fails(&Parts { payload: forge::payload_of(b"{}", &reader), ..good.clone() }), "another payload");
    assert!(fails(&good.head_edited(&[&stranger], |_| {})), "another signer");
}

#[test]
fn ssh_keygen_accepts_what_kit_signs_even_with_hardware() {
    let world = World::new();
    let publisher = Party::new(2);
    let line = "{\"head\":{}}\n";
    let hand_made = Sshsig { hardware: Some(1), ..Sshsig::default() }.by(&publisher, line);
    for (key, signature) in [(publisher.public(), publisher.signs(HEAD_NAMESPACE, line)), (&publisher.hardware(), hand_made)] {
        world.write("allowed", format!("publisher {key}\n"));
        world.write("sig", &signature);
        let arguments = ["-Y", "verify", "-f", "allowed", "-I", "publisher", "-n", HEAD_NAMESPACE, "-s", "sig"];
        world.run("ssh-keygen", arguments, line.as_bytes()).ok().has(&key.fingerprint());
        world.run("ssh-keygen", arguments, b"{\"head\":{} }\n").status(255);
        assert_eq!(key::verify(HEAD_NAMESPACE, line.as_bytes(), &signature).as_ref(), Ok(key));
    }
}

#[test]
fn kit_accepts_what_ssh_keygen_signs_from_a_file_and_from_an_agent() {
    let world = World::new();
    world.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "a comment", "-f", "key with spaces"], b"").ok();
    let (path, public) = (world.path("key with spaces"), String::from_utf8(world.read("key with spaces.pub")).unwrap());
    let ssh_keygen = Program::find("ssh-keygen", &tools(&world)).unwrap();
    let signer = Signer::program(ssh_keygen.clone(), path, &public).unwrap();
    let signature = signer.sign(HEAD_NAMESPACE, b"line\n").unwrap();
    assert_eq!(key::verify(HEAD_NAMESPACE, b"line\n", &signature).as_ref(), Ok(signer.public()));
    assert!(public.starts_with(&signer.public().to_string()));

    // It makes roots and heads like any other.
    let founder = outage_kit::bundle::RootKeys {
        root_keys: vec![signer.public().clone()],
        publish_keys: vec![signer.public().clone()],
        ..keys(&[], 1, &[], 1)
    };
    let roots = Roots::first(kit(), founder, &[&signer]).unwrap();
    let reader = Identity::generate();
    let sealed = seal(&example(&[&reader]), roots.kit(), 1).unwrap();
    let bundle = sign(sealed, &roots, forge::CREATED.parse().unwrap(), forge::REFRESH_BY.parse().unwrap(), &[&signer]).unwrap();
    assert_eq!(open(&bundle, &reader, None).unwrap().team.name, "Acme");

    // From an agent, by the public file alone.
    let script = "eval $(ssh-agent -s) >/dev/null; trap 'ssh-agent -k >/dev/null' EXIT; ssh-add -q 'key with spaces' 2>&1
        mv 'key with spaces' away; printf 'line\\n' | ssh-keygen -Y sign -n kit-head-v1@outage-kit -f 'key with spaces.pub'";
    let run = world.run("sh", ["-euc", script], b"");
    assert_eq!(run.ok().stdout, signature, "the same key, the same signature, the same spelling");

    // A signer that is not the one it says it is.
    world.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", "other"], b"").ok();
    let other = Signer::program(ssh_keygen.clone(), world.path("other"), &public).unwrap();
    assert!(matches!(other.sign(HEAD_NAMESPACE, b"line\n"), Err(SignError::OtherKey { .. })));
    let missing = Signer::program(ssh_keygen.clone(), world.path("missing"), &public).unwrap();
    assert!(matches!(missing.sign(HEAD_NAMESPACE, b"line\n"), Err(SignError::Program(_))));
    assert!(matches!(Signer::program(ssh_keygen, "-oProxyCommand=x".into(), &public), Err(SignError::Path(_))));
}

/// Set for the run of the suite that signs on a terminal: the path of the key.
const SIGN_WITH: &str = "KIT_SUITE_SIGN_WITH";

#[test]
fn ssh_keygen_asks_for_a_passphrase_on_the_terminal_even_on_a_desktop() {
    if let Some(path) = std::env::var_os(SIGN_WITH) {
        let path = std::path::PathBuf::from(path);
        let public = fs::read_to_string(path.with_extension("pub")).unwrap();
        let ssh_keygen = Program::find("ssh-keygen", &ChildEnvironment::from_vars(std::env::vars_os())).unwrap();
        let signature = Signer::program(ssh_keygen, path, &public).unwrap().sign(HEAD_NAMESPACE, b"line\n");
        println!("signed: {}", signature.is_ok());
        return;
    }
    let world = World::new();
    world.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "correct horse", "-f", "key"], b"").ok();
    let mut suite = world.command(std::env::current_exe().unwrap());
    let this = "stock_tools::ssh_keygen_asks_for_a_passphrase_on_the_terminal_even_on_a_desktop";
    suite.args(["--exact", this, "--nocapture"]);
    let desktop = world.with(SIGN_WITH, world.path("key")).with("DISPLAY", ":9").with("SSH_ASKPASS", "/bin/false");
    let mut screen = desktop.screen(&suite);
    screen.expect("passphrase").send_line("correct horse").expect("signed: true");
    screen.ends(0);
}

#[test]
fn b7_real_signatures_by_other_algorithms_are_refused() {
    let world = World::new();
    for (kind, options) in [("rsa", &["-b", "2048"][..]), ("ecdsa", &[]), ("ed25519", &["-Ohashalg=sha256"])] {
        let (make, with) = if kind == "ed25519" { (&[][..], options) } else { (options, &[][..]) };
        let key = format!("{kind}.key");
        world.run("ssh-keygen", [&["-q", "-t", kind, "-N", "", "-f", &key], make].concat(), b"").ok();
        let run = world.run("ssh-keygen", [&["-Y", "sign", "-n", HEAD_NAMESPACE, "-f", &key], with].concat(), b"line\n");
        let refused = key::verify(HEAD_NAMESPACE, b"line\n", &run.ok().stdout).unwrap_err();
        let expected = if kind == "ed25519" {
            matches!(refused, key::SignatureError::Hash)
        } else {
            matches!(refused, key::SignatureError::Key(key::VerifyKeyError::Algorithm(_)))
        };
        assert!(expected, "{kind}: {refused:?}");
        if kind != "ed25519" {
            let public = String::from_utf8(world.read(format!("{key}.pub"))).unwrap();
            assert!(matches!(key::VerifyKey::parse(&public), Err(key::VerifyKeyError::Algorithm(_))));
        }
    }
}

#[test]
fn device_keys_are_openssh_keys_both_ways() {
    let world = World::new();
    let key = DeviceKey::generate("alice.okafor laptop").unwrap();
    let pass = Passphrase::new("correct horse".to_owned());
    private(&world, "device_ed25519", &key.seal(&pass).unwrap());
    world.run("ssh-keygen", ["-y", "-P", "correct horse", "-f", "device_ed25519"], b"").ok().has(&key.public().to_string());
    assert_ne!(world.run("ssh-keygen", ["-y", "-P", "wrong", "-f", "device_ed25519"], b"").status, 0);
    world.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "correct horse", "-f", "theirs"], b"").ok();
    let theirs = DeviceKey::unseal(std::str::from_utf8(&world.read("theirs")).unwrap(), &pass).unwrap();
    let public = String::from_utf8(world.read("theirs.pub")).unwrap();
    assert!(public.starts_with(&theirs.public().to_string()));
    world.run("ssh-keygen", ["-lf", "theirs.pub"], b"").ok().has(&theirs.public().fingerprint());
}

#[test]
fn age_opens_what_kit_sealed_by_a_passphrase_and_kit_what_age_sealed() {
    let world = World::new();
    let identity = Identity::generate();
    let sealed = key::seal(&identity.to_text(), &Passphrase::new("correct horse".to_owned()), WorkFactor::MIN).unwrap();
    private(&world, "reader.age", &sealed);
    let mut age = world.command(crate::world::peer("age"));
    age.args(["-d", "-o", "reader.txt", "reader.age"]);
    let mut screen = world.screen(&age);
    screen.expect("passphrase").send_line("correct horse");
    screen.ends(0);
    assert_eq!(world.read("reader.txt"), identity.to_text().expose_secret().as_bytes());

    let mut age = world.command(crate::world::peer("age"));
    age.args(["-p", "-a", "-o", "theirs.age", "reader.txt"]);
    let mut screen = world.screen(&age);
    screen.expect("passphrase").send_line("battery staple").expect("onfirm passphrase").send_line("battery staple");
    screen.ends(0);
    let opened = key::unseal(&world.read("theirs.age"), &Passphrase::new("battery staple".to_owned())).unwrap();
    assert_eq!(opened.expose_secret(), identity.to_text().expose_secret());
    // What age-keygen makes is an identity too.
    let made = world.run("age-keygen", [""; 0], b"");
    let theirs = Identity::parse(&made.ok().stdout).unwrap();
    made.has(theirs.recipient().as_str());
}

#[test]
fn c13_the_documented_recipe_opens_a_credential_of_any_holder() {
    let vault = crate::vault::Vault::sealed();
    let world = World::new();
    let home = vault.mia.path("mia-home");
    let store = outage_kit::store::Store::open(&home, &outage_kit::store::Store::list(&home).unwrap().remove(0)).unwrap();
    let children = outage_kit::cli::Context::of_process().children;
    let reading = outage_kit::open::open(&store, &children, || Err(())).unwrap();
    let opener = outage_kit::unseal::opener(&store, &Passphrase::new(crate::acme::PASSPHRASE.trim().to_owned())).unwrap();
    world.write("payload.json", serde_json::to_vec(&serde_json::json!({ "team": reading.team })).unwrap());
    world.write("opener.txt", opener.to_text().expose_secret());
    let lines = recipe(&["Open a credential"]);
    let run = world.run("sh", ["-euc", &lines], b"");
    run.ok().has("the values are the signed ones").has("aws-root 1").has(&format!("password\t{}", crate::vault::CANARY_PASSWORD));
    // A value that is not the signed one is noticed.
    let mut team = serde_json::to_value(&reading.team).unwrap();
    team["credentials"]["aws-root"]["capsule"]["sha256"] = "00".into();
    world.write("payload.json", serde_json::to_vec(&serde_json::json!({ "team": team })).unwrap());
    world.run("sh", ["-uc", &lines], b"").lacks("the signed ones");
}

#[test]
fn a17_the_file_names_nobody_and_nothing() {
    let [root, publisher] = Party::many([1, 2]);
    let readers: Vec<Identity> = (0..5).map(|_| Identity::generate()).collect();
    let readers: Vec<&Identity> = readers.iter().collect();
    let bundle = published(&one_root(&root, &[&publisher]), &[&publisher], &readers);
    let text = String::from_utf8(bundle.clone()).unwrap();
    let parts = Parts::of(&bundle);
    let team = serde_json::to_value(example(&readers)).unwrap();
    let mut names = Vec::new();
    strings_of(&team, &mut names);
    assert!(names.len() > 200, "the example says a lot: {}", names.len());
    // Short words turn up in base64 by chance: 6 characters as they are written, 9 in any case, do not.
    let folded = text.to_lowercase();
    let is_day = |name: &str| name.parse::<jiff::civil::Date>().is_ok(); // the head has days of its own
    let stands =
        |name: &str| (name.len() >= 6 && text.contains(name)) || (name.len() >= 9 && folded.contains(&name.to_lowercase()));
    let found: Vec<_> = names.iter().filter(|name| stands(name) && !is_day(name)).collect();
    assert!(found.is_empty(), "readable in the file: {found:?}");
    // What stands outside of the ciphertext is a kit's id, hashes, public keys of publishers, times and a release. Nothing else.
    let mut outside = Vec::new();
    for line in parts.roots.iter().chain([&parts.head]).map(|section| &section.line) {
        strings_of(&serde_json::from_str(line).unwrap(), &mut outside);
    }
    let publics = [&root, &publisher].map(|party| party.public().to_string());
    let known = |text: &str| {
        text == forge::KIT
            || publics.iter().any(|key| key == text)
            || [forge::CREATED, forge::REFRESH_BY, "0.1.0"].contains(&text)
    };
    let other: Vec<_> = outside.iter().filter(|text| !known(text) && Hash::parse(text).is_err()).collect();
    assert!(other.is_empty(), "{other:?}");
    // Nor in the bytes under the armour.
    let under = key::armour::AGE_FILE.decode(parts.payload.as_bytes()).unwrap();
    let under = String::from_utf8_lossy(&under).to_lowercase();
    let found: Vec<_> = names.iter().filter(|name| name.len() >= 6 && under.contains(&name.to_lowercase())).collect();
    assert!(found.is_empty(), "readable under the armour: {found:?}");

    // The stanzas: X25519, a fresh share and nothing else, and the one that age adds as grease.
    let kinds: Vec<&str> =
        under.lines().take_while(|line| !line.starts_with("---")).filter_map(|line| line.strip_prefix("-> ")).collect();
    let (grease, ours) = kinds.split_last().unwrap();
    assert!(grease.split(' ').next().unwrap().ends_with("-grease"), "{grease}");
    assert_eq!(ours.len(), 5);
    assert!(ours.iter().all(|line| line.starts_with("x25519 ") && line.split(' ').count() == 2), "{ours:?}");

    // The head says no more than the format allows.
    let head: serde_json::Value = serde_json::from_str(&parts.head.line).unwrap();
    let names: Vec<&String> = head["head"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["created", "format", "kit", "min_reader", "payload", "refresh_by", "root", "seq"]);
    assert!(verify(bundle, &one_root(&root, &[&publisher]).pin()).is_ok());
}

fn strings_of(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => found.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| strings_of(item, found)),
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                // Names of fields are the format's own words; ids are the team's.
                if name.contains(['.', '-']) {
                    found.push(name.clone());
                }
                strings_of(value, found);
            }
        }
        _ => {}
    }
}

fn private(world: &World, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(world.write(name, text), fs::Permissions::from_mode(0o600)).unwrap();
}
