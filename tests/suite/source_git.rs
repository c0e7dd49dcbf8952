//! The git source: repositories of this machine, over ssh and over http, each through the git of the system.

use std::fs;

use outage_kit::source::{Bounds, Fetch, Item, SourceError};

use crate::{
    git_peers::{GitHttp, bare, force, git, place, plain_path, show},
    place::Place,
    sshd::Sshd,
    world::World,
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
