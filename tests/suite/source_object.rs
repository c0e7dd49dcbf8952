//! Object stores: S3 as moto speaks it, behind a check of each signature by AWS's own code; Azure as Azurite speaks it.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

use jiff::{Timestamp, ToSpan};
use outage_kit::{
    program::ChildEnvironment,
    source::{Address, Bounds, CredentialCommand, Fetch, Item, Outside, SourceError, Watch},
};

use crate::{
    acme::Acme,
    azurite::{self, Azurite},
    place::{Place, race},
    s3::{self, BUCKET, KEY, REGION, S3, SECRET, TOKEN},
    world::World,
};

const CAP_BYTES: u64 = 64 << 20;
const DEVICE: &str = "abcdefghij234567";

/// A source of each kind, empty, as somebody sees it who may do everything there.
struct Stores {
    world: World,
    s3: S3,
    azurite: Azurite,
}

impl Stores {
    fn start() -> Self {
        let world = World::new();
        let (s3, azurite) = (S3::start(&world), Azurite::start(&world));
        Self { world, s3, azurite }
    }

    fn places(&self, folder: &str) -> [(String, Place); 2] {
        let sas = self.azurite.sas("rwdlc", Timestamp::now() + 1.hour());
        let s3 = Place::with(&self.s3.address(folder), &s3::variables(), &self.world.path("scratch"));
        let azure = [("AZURE_STORAGE_SAS_TOKEN", sas.as_str())];
        let azure = Place::with(&self.azurite.address(folder), &azure, &self.world.path("scratch"));
        [("S3".to_owned(), s3), ("Azure".to_owned(), azure)]
    }
}

/// A source as somebody sees it with these variables, at this time, with this command.
fn place(address: &str, variables: &[(&str, &str)], now: Timestamp, command: Option<&str>) -> Place {
    let path = std::env::var("PATH").unwrap();
    let vars: Vec<(OsString, OsString)> =
        variables.iter().chain(&[("PATH", path.as_str())]).map(|(name, value)| (name.into(), value.into())).collect();
    let children = ChildEnvironment::from_vars(vars.clone());
    let command = command.map(|line| CredentialCommand::parse(line, &children).unwrap());
    let outside = Outside::new(vars, children, None).at(now);
    Place(Address::parse(address, Path::new("/")).unwrap().source(&outside, command.as_ref()))
}

/// Keeps what is said to whoever watches.
#[derive(Default)]
struct Steps(Mutex<Vec<String>>);

impl Watch for Steps {
    fn step(&self, words: &str) {
        self.0.lock().unwrap().push(words.to_owned());
    }
}

#[test]
fn what_is_published_is_fetched_and_no_change_costs_one_request() {
    let stores = Stores::start();
    for folder in ["kits/acme", "", "a b/Größe+%2525"] {
        for (kind, place) in stores.places(&folder.replace('ö', "%C3%B6").replace('ß', "%C3%9F").replace(' ', "%20")) {
            assert_eq!(place.fetch(CAP_BYTES).unwrap(), None, "{kind}");
            place.publish(b"first", None).unwrap_or_else(|e| panic!("{kind} {folder:?}: {e}"));
            let first = place.fetch(CAP_BYTES).unwrap().unwrap();
            assert_eq!(first.bytes, b"first", "{kind}");
            let ask = |known| place.0.fetch(known, &Bounds::of(CAP_BYTES)).unwrap();
            assert_eq!(ask(Some(&first.version)), Fetch::Unchanged, "{kind}");
            let second = vec![7; 300_000];
            place.publish(&second, Some(&first.version)).unwrap_or_else(|e| panic!("{kind}: {e}"));
            let Fetch::Bytes(found) = ask(Some(&first.version)) else { panic!("{kind}: it changed") };
            assert!(found.bytes == second && found.version != first.version, "{kind}");
            for expected in [Some(&first.version), None] {
                let error = place.publish(b"mine", expected).unwrap_err();
                assert!(matches!(error, SourceError::LostRace { .. }), "{kind}: {error}");
            }
            let error = place.fetch(1000).unwrap_err();
            assert!(matches!(error, SourceError::TooBig { cap_bytes: 1000, .. }), "{kind}: {error}");
        }
    }
    let [(_, place), _] = stores.places("kits/acme");
    let known = place.fetch(CAP_BYTES).unwrap().unwrap().version;
    let before = stores.s3.seen().len();
    assert_eq!(place.0.fetch(Some(&known), &Bounds::of(CAP_BYTES)).unwrap(), Fetch::Unchanged);
    let seen = stores.s3.seen().split_off(before);
    assert_eq!(seen.iter().map(|seen| (seen.method.as_str(), seen.status)).collect::<Vec<_>>(), [("GET", 304)]);
    // What was tried and written was removed again.
    let count = |method: &str, part: &str, status: u64| {
        stores
            .s3
            .seen()
            .iter()
            .filter(|seen| seen.method == method && seen.status == status && seen.target.contains(part))
            .count()
    };
    let probes = (count("PUT", ".kit-probe-", 200), count("DELETE", ".kit-probe-", 204));
    assert!(probes.0 > 0 && probes.0 == probes.1, "{probes:?}");
}

#[test]
fn a18_two_devices_send_the_same_and_nothing_of_themselves() {
    let world = World::new();
    let s3 = S3::start(&world);
    for home in ["/home/dana", "/home/alice"] {
        let vars = [("HOME", home), ("LANG", home), ("USER", home)];
        let vars: Vec<_> = vars.into_iter().chain(s3::variables()).collect();
        Place::with(&s3.address("kit"), &vars, &world.path(home.trim_start_matches('/'))).fetch(CAP_BYTES).unwrap();
    }
    let plain = |mut seen: s3::Seen| {
        // The time of day is signed: what is left is the same for everybody.
        seen.target =
            seen.target.split('&').filter(|part| !part.contains("X-Amz-Date") && !part.contains("Signature=")).collect();
        seen
    };
    let seen: Vec<_> = s3.seen().into_iter().map(plain).collect();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0], seen[1]);
    let names: Vec<_> = seen[0].headers.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.iter().all(|name| ["host", "user-agent", "accept", "accept-encoding"].contains(name)), "{names:?}");
}

#[test]
fn b13_of_two_who_publish_at_once_exactly_one_wins_a_hundred_times() {
    let stores = Stores::start();
    for (kind, place) in stores.places("race") {
        let won = race(&[place.clone(), place], 100);
        assert_eq!(won.len(), 100, "{kind}");
    }
}

#[test]
fn items_are_created_once_listed_over_pages_and_taken() {
    let stores = Stores::start();
    for folder in ["kit", ""] {
        for (kind, place) in stores.places(folder) {
            let (inbox, bounds) = (place.inbox(), Bounds::of(CAP_BYTES));
            assert_eq!(inbox.list(&bounds).unwrap(), [], "{kind}");
            let items: Vec<_> = (1..=11)
                .map(|number| {
                    let bytes = format!("letter {number}").into_bytes();
                    (Item::new(DEVICE, number, &bytes).unwrap(), bytes)
                })
                .collect();
            for (item, bytes) in &items {
                inbox.put(item, bytes, &bounds).unwrap();
                inbox.put(item, bytes, &bounds).unwrap();
            }
            // What is no item is passed over; what is not what its name says is not taken.
            let other = Item::new(DEVICE, 99, b"what was sent").unwrap();
            inbox.put(&other, b"something else", &bounds).unwrap();
            place.publish(b"bundle", None).unwrap();
            let mut listed = inbox.list(&bounds).unwrap();
            listed.sort();
            let named: Vec<_> = items.iter().map(|(item, _)| item.clone()).chain([other]).collect();
            assert_eq!(listed, named, "{kind}");
            let gone = Item::new(DEVICE, 100, b"gone").unwrap();
            listed.push(gone);
            assert_eq!(inbox.take(&listed, &bounds).unwrap(), items, "{kind}");
        }
    }
}

#[test]
fn credentials_are_found_where_people_keep_them() {
    let world = World::new();
    let s3 = S3::start(&world);
    let address = s3.address("kit");
    let json = format!(r#"{{"Version":1,"AccessKeyId":"{KEY}","SecretAccessKey":"{SECRET}","SessionToken":"{TOKEN}"}}"#);
    let printed = world.write("printed", &json).display().to_string();
    let keys = format!("aws_access_key_id = {KEY}\naws_secret_access_key={SECRET}\naws_session_token= {TOKEN}\n");
    world.write(
        "home/.aws/credentials",
        format!("[default]\naws_access_key_id = other\naws_secret_access_key = x\n[kit]\n{keys}"),
    );
    world.write(
        "home/.aws/config",
        format!("[profile kit]\nregion = {REGION}\nendpoint_url = {}\n[profile process]\ncredential_process = cat '{printed}'\n[profile sso]\nsso_session = x\n", s3.endpoint()),
    );
    let home = world.path("home").display().to_string();
    let home = ("HOME", home.as_str());
    let config = world.path("home/.aws/config").display().to_string();
    let other = ("AWS_ACCESS_KEY_ID", "other");
    let bare = format!("s3://{BUCKET}/kit");
    let profile = |address: &str, name: &str| format!("{address}{}profile={name}", if address.contains('?') { '&' } else { '?' });
    let fetch = |address: &str, vars: &[(&str, &str)], command: Option<&str>| {
        place(address, vars, Timestamp::now(), command).fetch(CAP_BYTES)
    };
    let cat = format!("cat '{printed}'");
    let environment = s3::variables();
    let secret_of_other = ("AWS_SECRET_ACCESS_KEY", "x");
    for (case, address, vars, command) in [
        ("the environment", address.clone(), &environment[..], None),
        ("a command before the environment", address.clone(), &[other, secret_of_other][..], Some(cat.as_str())),
        ("AWS_PROFILE, which has region and endpoint too", bare.clone(), &[home, ("AWS_PROFILE", "kit")], None),
        ("the address's profile before the environment", profile(&bare, "kit"), &[home, other, secret_of_other], None),
        ("a command that a profile names", profile(&address, "process"), &[home], None),
        ("files that are elsewhere", profile(&address, "process"), &[("AWS_CONFIG_FILE", config.as_str())], None),
    ] {
        let found = fetch(&address, vars, command);
        assert!(matches!(found, Ok(None)), "{case}: {found:?}");
    }
    let expired = world.write("expired", json.replace("}", r#","Expiration":"2020-01-01T00:00:00Z"}"#)).display().to_string();
    let (sas, expired) = ("echo 'sv=1&sig=canary'", format!("cat '{expired}'"));
    for (why, address, vars, command) in [
        ("no credentials", address.clone(), &[][..], None),
        ("AWS_SECRET_ACCESS_KEY is not", address.clone(), &[other], None),
        ("the access key is not known", address.clone(), &[other, secret_of_other], None),
        ("the secret of the access key is wrong", address.clone(), &[environment[0], secret_of_other, environment[2]], None),
        ("session token", address.clone(), &[environment[0], environment[1], ("AWS_SESSION_TOKEN", "old")], None),
        ("no profile nobody", profile(&address, "nobody"), &[home], None),
        ("AWS's own tools", profile(&address, "sso"), &[home], None),
        ("something else than keys", address.clone(), &[], Some(sas)),
        ("have expired", address.clone(), &[], Some(&expired)),
        (
            "the bucket is in the region eu-central-1, not in us-west-2: write region=eu-central-1",
            address.replace(REGION, "us-west-2"),
            &environment,
            None,
        ),
        ("there is no bucket other-kits", address.replace(BUCKET, "other-kits"), &environment, None),
    ] {
        let error = fetch(&address, vars, command).unwrap_err().to_string();
        assert!(error.contains(why) && !error.contains("canary") && error.len() < 500, "{why}: {error}");
    }
    // A clock that is off makes every signature worthless: that is said, not that the key is wrong.
    for off in [2.hours(), (-2).hours()] {
        let error = place(&address, &environment, Timestamp::now() + off, None).fetch(CAP_BYTES).unwrap_err();
        assert!(matches!(error, SourceError::Identity { clock: true, .. }), "{error}");
    }
}

#[test]
fn keys_that_others_can_read_are_taken_with_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let s3 = S3::start(&world);
    let keys = format!("[default]\naws_access_key_id={KEY}\naws_secret_access_key={SECRET}\naws_session_token={TOKEN}\n");
    let file = world.write("dotfiles/credentials", keys);
    std::os::unix::fs::symlink(&file, world.path("linked")).unwrap();
    let linked = world.path("linked").display().to_string();
    for (mode, is_said) in [(0o600, false), (0o644, true), (0o666, true)] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let steps = Arc::new(Steps::default());
        let mut bounds = Bounds::of(CAP_BYTES);
        bounds.watch = Arc::clone(&steps) as Arc<dyn Watch>;
        let place = place(&s3.address("kit"), &[("AWS_SHARED_CREDENTIALS_FILE", &linked)], Timestamp::now(), None);
        assert_eq!(place.0.fetch(None, &bounds).unwrap(), Fetch::Nothing, "{mode:o}");
        let steps = steps.0.lock().unwrap().join("\n");
        assert_eq!(steps.contains("warning: ") && steps.contains("dotfiles/credentials"), is_said, "{mode:o}: {steps}");
        assert!(!steps.contains("canary") && !steps.contains(SECRET) && !steps.contains("X-Amz"), "{steps}");
    }
}

#[test]
fn an_azure_signature_allows_what_it_says_until_it_ends() {
    let world = World::new();
    let azurite = Azurite::start(&world);
    let now = Timestamp::now();
    let at = |sas: &str, now| place(&azurite.address("kit"), &[("AZURE_STORAGE_SAS_TOKEN", sas)], now, None);
    let (reader, publisher, old) =
        (azurite.sas("r", now + 1.hour()), azurite.sas("rcw", now + 1.hour()), azurite.sas("rcw", now - 1.hour()));
    at(&publisher, now).publish(b"kit", None).unwrap();
    assert_eq!(at(&reader, now).fetch(CAP_BYTES).unwrap().unwrap().bytes, b"kit");
    let printed = world.write("sas", &reader).display().to_string();
    let by_command = place(&azurite.address("kit"), &[], now, Some(&format!("cat '{printed}'")));
    assert_eq!(by_command.fetch(CAP_BYTES).unwrap().unwrap().bytes, b"kit");
    let error = at(&reader, now).publish(b"mine", None).unwrap_err();
    assert!(matches!(error, SourceError::Denied { .. }), "{error}");
    let error = at(&old, now).fetch(CAP_BYTES).unwrap_err().to_string();
    assert!(error.contains("the shared access signature ended at"), "{error}");
    let wrong = reader.replace("sig=", "sig=AAAA");
    for (sas, why) in [("", "no credentials"), ("sv=1", "no shared access signature"), (wrong.as_str(), "access denied")] {
        let error = at(sas, now).fetch(CAP_BYTES).unwrap_err().to_string();
        assert!(error.contains(why) && !error.contains("sig=AAAA"), "{error}");
    }
    let nowhere =
        place(&azurite.address("kit").replace(azurite::CONTAINER, "nowhere"), &[("AZURE_STORAGE_SAS_TOKEN", &reader)], now, None);
    assert!(nowhere.fetch(CAP_BYTES).is_err());
}

#[test]
fn a_team_publishes_and_syncs_and_its_credentials_are_seen_nowhere() {
    let acme = Acme::joined();
    let (s3, azurite) = (S3::start(&acme.dana), Azurite::start(&acme.dana));
    let sas = azurite.sas("rwdlc", Timestamp::now() + 1.hour());
    let with = |world: &World| {
        let world = s3::variables().into_iter().fold(world.clone(), |world, (name, value)| world.with(name, value));
        world.with("AZURE_STORAGE_SAS_TOKEN", &sas)
    };
    let (dana, alice) = (with(&acme.dana), with(&acme.alice));
    let (first, second) = (s3.address("kits/acme"), azurite.address("kits/acme"));
    let mut said = Vec::new();
    let mut keep = |run: crate::world::Run| {
        said.push(format!("{}{}", run.stdout, run.stderr));
        run
    };
    keep(dana.kit(["publish", "team", "--to", &first, "--to", &second, "--passphrase-file", "p"])).ok();
    for address in [&first, &second] {
        let alice = alice.machine(&address[..2]);
        fs::create_dir(alice.path(&address[..2])).unwrap();
        let copied = alice.run("cp", ["-a", "alice-home/.", &address[..2]], b"");
        copied.ok();
        keep(alice.kit(["sync", "--from", address])).ok();
        assert!(keep(alice.kit(["status"])).stdout.contains("kit 3"), "{address}");
    }
    // By a profile; then by nothing: the reason names no secret either.
    let keys = format!("[default]\naws_access_key_id={KEY}\naws_secret_access_key={SECRET}\naws_session_token={TOKEN}\n");
    acme.dana.write("profile/.aws/credentials", keys);
    let by_profile = acme.dana.with("HOME", acme.dana.path("profile")).with("AZURE_STORAGE_SAS_TOKEN", &sas);
    keep(by_profile.kit(["publish", "team", "--to", &first, "--passphrase-file", "p"])).ok();
    keep(acme.alice.kit(["sync", "--from", &first])).fails(7).says("no credentials");
    let wrong = alice.with("AWS_SECRET_ACCESS_KEY", "another-canary");
    keep(wrong.kit(["sync", "--from", &first])).fails(7).says("the secret of the access key is wrong");
    let mut texts: BTreeMap<String, Vec<u8>> =
        said.into_iter().enumerate().map(|(at, said)| (format!("run {at}"), said.into_bytes())).collect();
    for file in acme.dana.files("").into_iter().filter(|file| !file.starts_with("profile") && !file.starts_with("s3.log")) {
        if acme.dana.path(&file).is_file() {
            texts.insert(file.display().to_string(), acme.dana.read(&file));
        }
    }
    assert!(texts.len() > 50, "{}", texts.len());
    let signature = sas.split("sig=").nth(1).unwrap().split('&').next().unwrap();
    for (place, text) in texts {
        let text = String::from_utf8_lossy(&text);
        for secret in [SECRET, TOKEN, "another-canary", signature, "X-Amz-Signature"] {
            assert!(!text.contains(secret), "{secret} in {place}");
        }
    }
}

#[test]
fn a_command_is_asked_and_no_argument_of_kit_holds_a_secret() {
    let world = World::new();
    let s3 = S3::start(&world);
    let json = format!(r#"{{"Version":1,"AccessKeyId":"{KEY}","SecretAccessKey":"{SECRET}","SessionToken":"{TOKEN}"}}"#);
    world.write("printed", json);
    let acme = Acme::joined();
    let script =
        format!("#!/bin/sh\ntr '\\0' ' ' </proc/$PPID/cmdline >{0}/cmdline\ncat {0}/printed\n", world.path("").display());
    let program = world.write("ask", script);
    fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    // As `kit source add ADDRESS --credentials-from` keeps it.
    let place = place(&s3.address("kit"), &[], Timestamp::now(), Some(program.to_str().unwrap()));
    place.publish(&acme.dana.read("box/bundle.kit"), None).unwrap();
    let asked = String::from_utf8(world.read("cmdline")).unwrap();
    assert!(!asked.is_empty() && ![SECRET, TOKEN].iter().any(|secret| asked.contains(secret)), "{asked}");
}

#[test]
fn b14_publishing_is_killed_at_any_request_and_the_old_kit_or_the_new_one_stands() {
    let acme = Acme::joined();
    let s3 = S3::start(&acme.dana);
    let with = |world: &World| s3::variables().into_iter().fold(world.clone(), |world, (name, value)| world.with(name, value));
    let (dana, alice) = (with(&acme.dana), with(&acme.alice));
    let address = s3.address("kit");
    dana.kit(["source", "remove", "box"]).ok();
    let publish = ["publish", "team", "--to", address.as_str(), "--passphrase-file", "p"];
    dana.kit(publish).ok();
    let start = s3.seen().len();
    dana.kit(publish).ok();
    let requests = s3.seen().len() - start;
    assert!(requests >= 4, "it looks, tries a condition, writes and reads back: {requests}");
    for after in 0..requests {
        let start = s3.seen().len();
        let mut kit = dana.kit_command();
        let mut kit = kit.args(publish).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        while s3.seen().len() < start + after && kit.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        kit.kill().unwrap();
        kit.wait().unwrap();
        alice.kit(["sync", "--from", &address]).ok();
        // What the publisher did not get to know is taken like anybody else's, and publishing goes on.
        dana.kit(["sync", "--from", &address]).ok();
        dana.kit(publish).ok();
    }
}
