//! Publishing to git at the same time as others, and being killed on the way.

use std::{fs, os::unix::fs::PermissionsExt, thread, time::Duration};

use outage_kit::source::{Bounds, Item};

use crate::{
    acme::{Acme, token},
    git_peers::{bare, git, place, plain_path, show},
    place::race,
    sshd::Sshd,
    world::{World, peer},
};

const CAP_BYTES: u64 = 1 << 20;

/// What each commit of the branch holds, oldest first.
fn history(world: &World, repository: &std::path::Path) -> Vec<String> {
    let at = repository.to_str().unwrap();
    let commits = git(world, &["-C", at, "rev-list", "--reverse", "kit"]);
    let commits: Vec<String> = commits.ok().stdout.lines().map(str::to_owned).collect();
    commits.iter().map(|commit| String::from_utf8(show(world, repository, commit, "bundle.kit")).unwrap()).collect()
}

#[test]
fn b13_of_two_publishers_one_wins_each_of_a_hundred_rounds() {
    let world = World::new();
    let repository = bare(&world, "srv/kit.git");
    let publisher = || place(&world, &format!("git+file://{}", repository.display()), &plain_path());
    let won = race(&[publisher(), publisher()], 100);
    assert_eq!(history(&world, &repository), won);
}

#[test]
fn b13_over_ssh_too() {
    let world = World::new();
    let repository = bare(&world, "srv/kit.git");
    let sshd = Sshd::start(&world, &[]);
    let publisher = || place(&world, &sshd.url("git+ssh", &repository), &sshd.path());
    let won = race(&[publisher(), publisher()], 5);
    assert_eq!(history(&world, &repository), won);
}

#[test]
fn b13_the_very_first_publish_is_a_race_too() {
    let world = World::new();
    for round in 0..10 {
        let repository = bare(&world, &format!("srv/{round}.git"));
        let publisher = || place(&world, &format!("git+file://{}", repository.display()), &plain_path());
        race(&[publisher(), publisher()], 1);
    }
}

#[test]
fn what_many_members_send_at_once_is_all_there() {
    let world = World::new();
    let repository = bare(&world, "srv/kit.git");
    let member = place(&world, &format!("git+file://{}", repository.display()), &plain_path());
    let letters: Vec<(Item, Vec<u8>)> = (0..12u8)
        .map(|who| {
            let bytes = format!("kit 42 is here, says {who}").into_bytes();
            let device = format!("abcdefghij2345{}{}", char::from(b'a' + who), char::from(b'a' + who));
            (Item::new(&device, 1, &bytes).unwrap(), bytes)
        })
        .collect();
    let running: Vec<_> = letters
        .iter()
        .cloned()
        .map(|(item, bytes)| {
            let member = member.clone();
            thread::spawn(move || member.inbox().put(&item, &bytes, &Bounds::of(CAP_BYTES)))
        })
        .collect();
    for thread in running {
        thread.join().unwrap().unwrap();
    }
    let bounds = || Bounds::of(CAP_BYTES);
    let items = member.inbox().list(&bounds()).unwrap();
    assert_eq!(items.len(), letters.len());
    assert_eq!(member.inbox().take(&items, &bounds()).unwrap(), letters);
    assert!(world.files("scratch").is_empty());
}

/// A `git` that kills whoever started it: at the end of its Nth call, or at its start, going on by itself until it is done.
fn killer(world: &World) -> World {
    let path = |name: &str| world.path(name).display().to_string();
    let script = format!(
        "#!/bin/sh\n[ \"$KIT_GIT\" ] && exec {git} \"$@\"\nexport KIT_GIT=1\n\
         count=$(($(cat {count}) + 1))\necho $count >{count}\nat=$(cat {at})\n\
         [ \"$at\" = \"during $count\" ] && kill -KILL $PPID\n\
         {git} \"$@\"\nstatus=$?\n\
         [ \"$at\" = \"after $count\" ] && kill -KILL $PPID\n\
         [ \"${{at#* }}\" = $count ] && touch {done}\nexit $status\n",
        git = peer("git").display(),
        count = path("count"),
        at = path("at"),
        done = path("done"),
    );
    let file = world.write("bin/git", script);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    let rest = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths([world.path("bin")].into_iter().chain(std::env::split_paths(&rest))).unwrap();
    world.with("PATH", path)
}

#[test]
fn b14_killed_at_any_step_of_publishing_leaves_the_old_kit_or_the_new_one() {
    let mut acme = Acme::founded();
    let repository = bare(&acme.dana, "srv/kit.git");
    let address = format!("git+file://{}", repository.display());
    let publish = |dana: &World| dana.kit(["publish", "team", "--to", &address, "--passphrase-file", "p"]);
    publish(&acme.dana).ok();
    acme.invite = token(&acme.dana.kit(["invite"]), "kit-invite1:");
    acme.admit(&acme.join(&acme.alice, "alice.okafor"));
    publish(&acme.dana).ok();
    acme.alice.kit(["sync", "--from", &address]).ok();
    let dana = killer(&acme.dana);
    let standing = || show(&acme.dana, &repository, "kit", "bundle.kit");
    let (mut old, mut new, mut survived) = (0, 0, 0);
    for how in ["after", "during"] {
        for step in 1..100 {
            dana.write("at", format!("{how} {step}"));
            dana.write("count", "0");
            let before = standing();
            let run = publish(&dana);
            if run.status != 0 {
                ended(&dana);
            }
            let after = standing();
            let is_new = before != after;
            *(if is_new { &mut new } else { &mut old }) += 1;
            // Whole, and newer or the same.
            let sync = acme.alice.kit(["sync", "--from", &address]);
            sync.ok().has(if is_new { "UPDATED" } else { "UP TO DATE" });
            if run.status == 0 {
                survived += 1;
                break;
            }
            run.status(137);
            // The publisher takes in what came of it, and goes on.
            acme.dana.kit(["sync", "--from", &address]).ok();
        }
    }
    assert_eq!(survived, 2, "each way came to its end");
    assert!(old > 8 && new > 2, "killed before the push {old} times, after it {new} times");
    publish(&acme.dana).ok();
    assert!(acme.dana.files("home/scratch").is_empty(), "what the killed left is swept");
}

/// Waits until the git that killed its kit has ended too.
fn ended(world: &World) {
    for _ in 0..12_000 {
        if fs::remove_file(world.path("done")).is_ok() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("the last git never ended");
}
