//! The git source: repositories of this machine, over ssh and over http, each through the git of the system.

use std::{fs, os::unix::fs::PermissionsExt};

use outage_kit::source::{Bounds, Fetch, Item, SourceError, Version};

use crate::{
    acme::{Acme, token},
    git_peers::{GitHttp, bare, force, git, place, plain_path, show},
    place::Place,
    sshd::Sshd,
    world::{World, peer},
};

const CAP_BYTES: u64 = 64 << 20;

/// Publishes, fetches, publishes over it, loses a race, and uses the inbox: what each way of reaching a repository has to do.
fn goes_round(publisher: &Place, member: &Place) {
    assert_eq!(member.fetch(CAP_BYTES).unwrap(), None, "nothing is there yet");
    publisher.publish(b"kit 41", None).unwrap();
    let first = member.fetch(CAP_BYTES).unwrap().expect("published");
    assert_eq!(first.bytes, b"kit 41");
    let again = member.0.fetch(Some(&first.version), &Bounds::of(CAP_BYTES)).unwrap();
    assert_eq!(again, Fetch::Unchanged);
    assert!(matches!(publisher.publish(b"other", None), Err(SourceError::LostRace { .. })), "somebody was first");
    publisher.publish(b"kit 42", Some(&first.version)).unwrap();
    assert!(matches!(publisher.publish(b"other", Some(&first.version)), Err(SourceError::LostRace { .. })));
    let Fetch::Bytes(second) = member.0.fetch(Some(&first.version), &Bounds::of(CAP_BYTES)).unwrap() else { panic!("new") };
    assert_eq!(second.bytes, b"kit 42");
    let bounds = || Bounds::of(CAP_BYTES);
    assert_eq!(publisher.inbox().list(&bounds()).unwrap(), [], "no inbox yet");
    let letters: Vec<(Item, Vec<u8>)> = (1..4)
        .map(|number: u64| {
            let bytes = format!("letter {number}").into_bytes();
            (Item::new("abcdefghij234567", number, &bytes).unwrap(), bytes)
        })
        .collect();
    for (item, bytes) in &letters {
        member.inbox().put(item, bytes, &bounds()).unwrap();
    }
    member.inbox().put(&letters[0].0, &letters[0].1, &bounds()).unwrap();
    let mut items = publisher.inbox().list(&bounds()).unwrap();
    items.sort();
    assert_eq!(items, letters.iter().map(|(item, _)| item.clone()).collect::<Vec<_>>());
    items.push(Item::new("abcdefghij234567", 9, b"not there").unwrap());
    assert_eq!(publisher.inbox().take(&items, &bounds()).unwrap(), letters);
    assert_eq!(member.fetch(CAP_BYTES).unwrap().expect("there").bytes, b"kit 42", "the inbox is another branch");
}

/// Nothing is left of all the work.
fn is_clean(world: &World) {
    let left = world.files("scratch");
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_repository_of_this_machine_is_published_to_and_read() {
    let world = World::new();
    let repository = bare(&world, "srv/kit.git");
    let address = format!("git+file://{}", repository.display());
    let place = place(&world, &address, &plain_path());
    assert_eq!(place.name(), address);
    goes_round(&place, &place);
    assert_eq!(show(&world, &repository, "kit", "bundle.kit"), b"kit 42");
    let log = git(&world, &["-C", repository.to_str().unwrap(), "log", "--format=%an %ae %cn %ce %at %s", "kit"]);
    let line = "kit kit@kit.invalid kit kit@kit.invalid 946684800 kit: publish\n";
    log.ok().prints(&line.repeat(2));
    is_clean(&world);
}

#[test]
fn over_ssh_the_users_key_and_known_hosts_count_as_for_git() {
    let world = World::new();
    let repository = bare(&world, "srv/kit.git");
    git(&world, &["-C", repository.to_str().unwrap(), "config", "uploadpack.allowFilter", "true"]).ok();
    let sshd = Sshd::start(&world, &[]);
    let place = place(&world, &sshd.url("git+ssh", &repository), &sshd.path());
    goes_round(&place, &place);
    is_clean(&world);
}

#[test]
fn the_short_form_is_from_the_home_of_the_user_there() {
    let world = World::new();
    bare(&world, "there/acme/kit.git");
    // What a server with homes of its own does.
    let home = world.path("there");
    let sshd = Sshd::start(&world, &[&format!("ForceCommand cd {} && eval \"$SSH_ORIGINAL_COMMAND\"", home.display())]);
    let user = rustix::process::geteuid().is_root().then(|| "root".to_owned());
    let user = user.unwrap_or_else(|| world.run("id", ["-un"], b"").ok().stdout.trim().to_owned());
    fs::write(
        world.path("ssh/config"),
        fs::read_to_string(world.path("ssh/config")).unwrap() + &format!(" Port {}\n", sshd.port()),
    )
    .unwrap();
    let place = place(&world, &format!("{user}@127.0.0.1:acme/kit.git"), &sshd.path());
    place.publish(b"kit 41", None).unwrap();
    assert_eq!(place.fetch(CAP_BYTES).unwrap().expect("there").bytes, b"kit 41");
    assert_eq!(show(&world, &world.path("there/acme/kit.git"), "kit", "bundle.kit"), b"kit 41");
}

#[test]
fn over_http_the_users_credential_helper_counts_as_for_git_and_nobody_is_asked() {
    let world = World::new();
    let repository = bare(&world, "srv/kit.git");
    git(&world, &["-C", repository.to_str().unwrap(), "config", "http.receivepack", "true"]).ok();
    let server = GitHttp::start(&world, &world.path("srv"), "");
    let place = place(&world, &server.url("kit.git"), &plain_path());
    let denied = place.fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(denied, SourceError::Denied { .. }), "{denied}");
    let (user, password) = GitHttp::USER;
    let stored = server.host().replace("://", &format!("://{user}:{password}@"));
    fs::write(world.path("user-home/credentials"), format!("{stored}\n")).unwrap();
    let file = world.path("user-home/credentials");
    fs::write(world.path("user-home/.gitconfig"), format!("[credential]\n helper = store --file={}\n", file.display())).unwrap();
    goes_round(&place, &place);
    fs::write(&file, stored.replace(password, "wrong") + "\n").unwrap();
    let denied = place.fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(denied, SourceError::Denied { .. }), "{denied}");
    assert!(!denied.to_string().contains("wrong"), "{denied}");
    is_clean(&world);
}

/// Dana publishes to a git repository of the machine; Alice has joined and has kit 2 of there.
fn team() -> (Acme, std::path::PathBuf, String) {
    let mut acme = Acme::founded();
    let repository = bare(&acme.dana, "srv/kit.git");
    let address = format!("git+file://{}", repository.display());
    publish(&acme, &address).ok();
    acme.invite = token(&acme.dana.kit(["invite"]), "kit-invite1:");
    acme.admit(&acme.join(&acme.alice, "alice.okafor"));
    publish(&acme, &address).ok();
    acme.alice.kit(["sync", "--from", &address]).ok().has("UPDATED  kit 2 from git+file://");
    (acme, repository, address)
}

fn publish(acme: &Acme, address: &str) -> crate::world::Run {
    acme.dana.kit(["publish", "team", "--to", address, "--passphrase-file", "p"])
}

#[test]
fn a22_a_branch_that_is_forced_rewound_or_gone_is_judged_by_what_it_gives() {
    let (acme, repository, address) = team();
    let bundle = || show(&acme.dana, &repository, "kit", "bundle.kit");
    let sync = || acme.alice.kit(["sync", "--from", &address]);
    let second = bundle();
    publish(&acme, &address).ok();
    let third = bundle();
    sync().ok().has("UPDATED  kit 2 -> 3");
    // Rewound by force, and an old kit in a new commit.
    force(&acme.dana, &repository, "kit", "bundle.kit", &second);
    sync().fails(6).says("ROLLBACK");
    let at = repository.to_str().unwrap();
    git(&acme.dana, &["-C", at, "update-ref", "-d", "refs/heads/kit"]).ok();
    sync().fails(7).says("nothing is published there yet").says("Your kit still works");
    force(&acme.dana, &repository, "kit", "README.md", b"moved");
    sync().fails(7).says("nothing is published there yet");
    force(&acme.dana, &repository, "kit", "bundle.kit", b"<!doctype html>");
    sync().fails(6);
    acme.alice.kit(["lookup", "alice"]).ok().has("Kit 3,");
    // What is good is good, whatever history it has.
    force(&acme.dana, &repository, "kit", "bundle.kit", &third);
    sync().ok().has("UP TO DATE  kit 3");
    publish(&acme, &address).ok();
    let fourth = bundle();
    force(&acme.dana, &repository, "kit", "bundle.kit", &fourth);
    sync().ok().has("UPDATED  kit 3 -> 4");
    let log = git(&acme.dana, &["-C", at, "log", "--oneline", "kit"]);
    assert_eq!(log.ok().stdout.lines().count(), 1, "one commit without a history");
    assert!(acme.dana.files("home/scratch").is_empty() && acme.dana.files("alice-home/scratch").is_empty());
}

#[test]
fn a23_a_host_key_that_changed_or_is_unknown_is_never_taken() {
    let world = World::new();
    let repository = bare(&world, "srv/kit.git");
    force(&world, &repository, "kit", "bundle.kit", b"kit 41");
    let mut sshd = Sshd::start(&world, &[]);
    let address = sshd.url("git+ssh", &repository);
    let place = place(&world, &address, &sshd.path());
    assert_eq!(place.fetch(CAP_BYTES).unwrap().expect("there").bytes, b"kit 41");
    let known = world.read("ssh/known_hosts");
    sshd.change_host_key();
    let version = Version::new(format!("{0} {0}", "0".repeat(40)));
    let errors = [
        place.fetch(CAP_BYTES).unwrap_err(),
        place.0.fetch(Some(&version), &Bounds::of(CAP_BYTES)).unwrap_err(),
        place.publish(b"kit 42", None).unwrap_err(),
        place.inbox().list(&Bounds::of(CAP_BYTES)).unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(&error, SourceError::Identity { clock: false, .. }), "{error}");
        assert!(error.to_string().contains("another one than before"), "{error}");
    }
    assert_eq!(world.read("ssh/known_hosts"), known, "nothing is learned");
    sshd.forget_host_key();
    let error = place.fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(&error, SourceError::Identity { .. }) && error.to_string().contains("not known"), "{error}");
    assert_eq!(world.read("ssh/known_hosts"), b"", "nothing is learned");
    sshd.trust_host_key();
    assert_eq!(place.fetch(CAP_BYTES).unwrap().expect("there").bytes, b"kit 41");
    sshd.lock_out();
    let error = place.fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(&error, SourceError::Denied { .. }), "{error}");
    sshd.stop();
    let error = place.fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(&error, SourceError::Offline { .. }), "{error}");
}

/// A folder with these programs and nothing else.
fn programs(world: &World, folder: &str, names: &[(&str, String)]) -> std::ffi::OsString {
    for (name, script) in names {
        let path = world.write(format!("{folder}/{name}"), format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::create_dir_all(world.path(folder)).unwrap();
    world.path(folder).into_os_string()
}

#[test]
fn f26_a_git_that_is_missing_too_old_or_no_git_is_named() {
    let world = World::new();
    let repository = bare(&world, "srv/kit.git");
    let git = peer("git").display().to_string();
    let local = format!("git+file://{}", repository.display());
    let ssh = "git+ssh://127.0.0.1:1/x".to_owned();
    let rows = [
        (&local, programs(&world, "none", &[]), "the program git is not installed"),
        (&ssh, programs(&world, "only-git", &[("git", format!("exec {git} \"$@\""))]), "the program ssh is not installed"),
        (
            &local,
            programs(&world, "old", &[("git", "echo git version 2.20.1".to_owned())]),
            "git 2.20 is too old: kit needs 2.30",
        ),
        (&local, programs(&world, "other", &[("git", "echo hello".to_owned())]), "does not say which version"),
        (&local, programs(&world, "fails", &[("git", "echo broken >&2; exit 127".to_owned())]), "broken"),
    ];
    for (address, path, why) in rows {
        let error = place(&world, address, &path).fetch(CAP_BYTES).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
    let run = world.with("PATH", world.path("old")).kit(["sync", "--from", &local]);
    run.assert(run.status != 0, "a failure");
}

#[test]
fn f26_a_repository_that_is_empty_away_or_of_another_user_is_told_apart() {
    let world = World::new();
    let repository = bare(&world, "srv/kit.git");
    let local = |path: &std::ffi::OsStr| place(&world, &format!("git+file://{}", repository.display()), path);
    assert_eq!(local(&plain_path()).fetch(CAP_BYTES).unwrap(), None, "empty");
    force(&world, &repository, "main", "bundle.kit", b"kit 41");
    assert_eq!(local(&plain_path()).fetch(CAP_BYTES).unwrap(), None, "no such branch");
    let gone = place(&world, &format!("git+file://{}/away", repository.display()), &plain_path());
    for error in [gone.fetch(CAP_BYTES).unwrap_err(), gone.publish(b"x", None).unwrap_err()] {
        assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
    }
    // git's own word for somebody else's repository, which makes the same way for whoever is not root.
    let path = match rustix::process::geteuid().is_root() {
        true => {
            assert!(world.run("chown", ["-R", "65534:65534", repository.to_str().unwrap()], b"").status == 0);
            plain_path()
        }
        false => {
            let git = format!("GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {} \"$@\"", peer("git").display());
            programs(&world, "owner", &[("git", git)])
        }
    };
    for error in [local(&path).fetch(CAP_BYTES).unwrap_err(), local(&path).publish(b"x", None).unwrap_err()] {
        assert!(matches!(error, SourceError::Setup { .. }) && error.to_string().contains("safe.directory"), "{error}");
    }
    // What its user allows works.
    world.write("user-home/.gitconfig", format!("[safe]\n directory = {}\n", repository.display()));
    assert_eq!(local(&path).fetch(CAP_BYTES).unwrap(), None);
    assert!(world.files("scratch").is_empty());
}

#[test]
fn repositories_that_number_by_sha256_are_the_same() {
    let world = World::new();
    let path = world.path("srv/kit.git");
    git(&world, &["init", "--quiet", "--bare", "--object-format=sha256", path.to_str().unwrap()]).ok();
    force(&world, &path, "kit", "bundle.kit", b"kit 41");
    let place = place(&world, &format!("git+file://{}", path.display()), &plain_path());
    let first = place.fetch(CAP_BYTES).unwrap().expect("there");
    assert_eq!(first.bytes, b"kit 41");
    place.publish(b"kit 42", Some(&first.version)).unwrap();
    assert_eq!(place.fetch(CAP_BYTES).unwrap().expect("there").bytes, b"kit 42");
}

#[test]
fn what_others_do_to_other_files_of_the_branch_disturbs_nobody() {
    let world = World::new();
    let repository = bare(&world, "srv/kit.git");
    let address = format!("git+file://{}?branch=ops/kit&path=acme/prod.kit", repository.display());
    let place = place(&world, &address, &plain_path());
    place.publish(b"kit 41", None).unwrap();
    let seen = place.fetch(CAP_BYTES).unwrap().expect("there");
    let at = repository.to_str().unwrap();
    let work = world.path("clone");
    git(&world, &["clone", "--quiet", "--branch", "ops/kit", at, work.to_str().unwrap()]).ok();
    fs::write(work.join("README.md"), "read me\n").unwrap();
    git(&world, &["-C", work.to_str().unwrap(), "add", "."]).ok();
    git(&world, &["-C", work.to_str().unwrap(), "commit", "--quiet", "-m", "read me"]).ok();
    git(&world, &["-C", work.to_str().unwrap(), "push", "--quiet"]).ok();
    let Fetch::Bytes(again) = place.0.fetch(Some(&seen.version), &Bounds::of(CAP_BYTES)).unwrap() else { panic!("moved") };
    assert_eq!(again.bytes, b"kit 41");
    place.publish(b"kit 42", Some(&seen.version)).unwrap();
    assert_eq!(show(&world, &repository, "ops/kit", "README.md"), b"read me\n");
    assert_eq!(show(&world, &repository, "ops/kit", "acme/prod.kit"), b"kit 42");
    let log = git(&world, &["-C", at, "log", "--oneline", "ops/kit"]);
    assert_eq!(log.ok().stdout.lines().count(), 3, "the history goes on");
}

#[test]
fn a_branch_that_may_not_be_pushed_to_says_why() {
    let world = World::new();
    let repository = bare(&world, "srv/kit.git");
    force(&world, &repository, "kit", "bundle.kit", b"kit 41");
    let hook = world.write("srv/kit.git/hooks/update", "#!/bin/sh\necho 'kit is a protected branch' >&2\nexit 1\n");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let sshd = Sshd::start(&world, &[]);
    let place = place(&world, &sshd.url("git+ssh", &repository), &sshd.path());
    let version = place.fetch(CAP_BYTES).unwrap().expect("there").version;
    let error = place.publish(b"kit 42", Some(&version)).unwrap_err();
    assert!(matches!(error, SourceError::ReadOnly { .. }) && error.to_string().contains("kit is a protected branch"), "{error}");
    assert_eq!(show(&world, &repository, "kit", "bundle.kit"), b"kit 41");
}
