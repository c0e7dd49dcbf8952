//! The file source: a folder or a file, read whole or not at all, and published to by one at a time.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use outage_kit::{
    disk::DiskError,
    source::{Bounds, Item, SourceError},
};

use crate::{
    acme::Acme,
    child::{Under, job},
    place::Place,
    world::Run,
};

const CAP_BYTES: u64 = 64 << 20;

fn source(path: &Path) -> Place {
    Place::at(path.to_str().expect("UTF-8"))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_published_is_fetched_and_the_folder_is_made_for_it() {
    let folder = folder();
    let path = folder.path().join("box");
    let source = source(&path);
    assert_eq!(source.name(), path.display().to_string());
    assert_eq!(source.fetch(CAP_BYTES).expect("reachable"), None);
    assert!(!path.exists(), "asking makes nothing");
    source.publish(b"first", None).expect("published");
    let first = source.fetch(CAP_BYTES).expect("reachable").expect("there");
    assert_eq!(first.bytes, b"first");
    source.publish(b"second", Some(&first.version)).expect("published");
    assert_eq!(source.fetch(CAP_BYTES).expect("reachable").expect("there").bytes, b"second");
    assert_eq!(names(&path), ["bundle.kit"], "nothing else is left there");
}

#[test]
fn one_file_is_a_source_too() {
    let folder = folder();
    let path = folder.path().join("acme.kit");
    source(&path).publish(b"first", None).expect("published");
    assert_eq!(fs::read(&path).expect("a file"), b"first");
    fs::rename(&path, folder.path().join("without-ending")).expect("renamed");
    let other = source(&folder.path().join("without-ending"));
    assert_eq!(other.fetch(CAP_BYTES).expect("reachable").expect("there").bytes, b"first");
    assert_eq!(names(folder.path()), ["without-ending"]);
}

#[test]
fn a_stick_that_is_not_there_is_unreachable_not_empty() {
    let folder = folder();
    let source = source(&folder.path().join("stick/kits"));
    for error in [source.fetch(CAP_BYTES).expect_err("away"), source.publish(b"x", None).expect_err("away")] {
        assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
        assert!(error.to_string().ends_with(": not there"), "{error}");
    }
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_lost_race_is_told_and_changes_nothing_b13() {
    let folder = folder();
    let source = source(folder.path());
    source.publish(b"41", None).expect("published");
    let seen = source.fetch(CAP_BYTES).expect("reachable").expect("there").version;
    source.publish(b"42 of somebody else", Some(&seen)).expect("published");
    for expected in [Some(&seen), None] {
        assert!(matches!(source.publish(b"42 of mine", expected), Err(SourceError::LostRace { .. })));
    }
    fs::remove_file(folder.path().join("bundle.kit")).expect("removed");
    assert!(matches!(source.publish(b"43", Some(&seen)), Err(SourceError::LostRace { .. })), "emptied meanwhile");
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn hostile_things_in_place_of_the_bundle_are_refused_and_left_alone_a25() {
    let folder = folder();
    let bundle = folder.path().join("bundle.kit");
    let elsewhere = folder.path().join("elsewhere");
    fs::write(&elsewhere, b"of another").expect("written");
    let set = |how: &str| match how {
        "link" => symlink(&elsewhere, &bundle).expect("a link"),
        "link to /dev/zero" => symlink("/dev/zero", &bundle).expect("a link"),
        "dangling link" => symlink("nowhere", &bundle).expect("a link"),
        "pipe" => assert!(Command::new("mkfifo").arg(&bundle).status().expect("mkfifo runs").success()),
        "folder" => fs::create_dir(&bundle).expect("a folder"),
        _ => fs::File::create(&bundle).expect("made").set_len(1 << 40).expect("1 TiB of nothing"),
    };
    for how in ["link", "link to /dev/zero", "dangling link", "pipe", "folder", "sparse"] {
        set(how);
        let source = source(folder.path());
        let error = source.fetch(CAP_BYTES).expect_err("no bundle");
        let is_told = match &error {
            SourceError::Disk(DiskError::TooLarge { .. }) => how == "sparse",
            SourceError::Disk(DiskError::Kind { .. }) => how != "sparse",
            _ => false,
        };
        assert!(is_told, "{how}: {error}");
        assert!(source.publish(b"x", None).is_err(), "{how}");
        if how == "folder" { fs::remove_dir(&bundle) } else { fs::remove_file(&bundle) }.expect("still there");
        assert_eq!(names(folder.path()), ["elsewhere"], "{how}");
        assert_eq!(fs::read(&elsewhere).expect("read"), b"of another", "{how}");
    }
}

#[test]
fn the_folder_may_be_a_link_and_have_any_name() {
    let folder = folder();
    fs::create_dir(folder.path().join("a\nb c")).expect("made");
    symlink("a\nb c", folder.path().join("link")).expect("a link");
    source(&folder.path().join("link")).publish(b"42", None).expect("published");
    assert_eq!(source(&folder.path().join("a\nb c")).fetch(CAP_BYTES).expect("reachable").expect("there").bytes, b"42");
}

#[test]
fn a_share_that_cannot_lock_folders_locks_a_file_beside_b13() {
    let folder = folder();
    let offered = folder.path().join("offered");
    fs::write(&offered, b"42").expect("written");
    let share = folder.path().join("share");
    let publish = job(&[Path::new("publish"), &share, &offered]);
    let answer =
        publish.answer(&Under::Strace(&["-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:error=EBADF:when=1"]));
    assert_eq!(answer, "published");
    assert_eq!(names(&share), [".bundle.kit.lock", "bundle.kit"]);
    assert_eq!(fs::read(share.join(".bundle.kit.lock")).expect("read"), b"", "nothing is ever written into it");
}

#[test]
fn publishing_works_where_there_are_no_modes_hard_links_or_exclusive_renames() {
    let folder = folder();
    let [first, second, stick] = ["first", "second", "stick"].map(|name| folder.path().join(name));
    fs::write(&first, b"41").expect("written");
    fs::write(&second, b"42").expect("written");
    let fat = [
        "-o",
        "/dev/null",
        "-e",
        "trace=renameat2,link,linkat,fchmod,fchmodat,chmod,flock",
        "-e",
        "inject=renameat2:error=EINVAL",
        "-e",
        "inject=link,linkat,fchmod,fchmodat,chmod:error=EPERM",
    ];
    assert_eq!(job(&[Path::new("publish"), &stick, &first]).answer(&Under::Strace(&fat)), "published");
    assert_eq!(job(&[Path::new("publish"), &stick, &second, &first]).answer(&Under::Strace(&fat)), "published");
    assert!(job(&[Path::new("publish"), &stick, &second]).answer(&Under::Strace(&fat)).contains("somebody else published"));
    assert_eq!(fs::read(stick.join("bundle.kit")).expect("read"), b"42");
    assert_eq!(names(&stick), ["bundle.kit"]);
}

#[test]
fn of_many_publishers_at_once_exactly_one_wins_each_round_b13() {
    race(100, 3, &Under::Nothing, &["bundle.kit"]);
}

#[test]
fn of_many_publishers_on_a_share_that_cannot_lock_folders_one_wins_each_round_b13() {
    let no_folders = ["-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:error=EBADF:when=1"];
    race(20, 3, &Under::Strace(&no_folders), &[".bundle.kit.lock", "bundle.kit"]);
}

#[test]
fn a_share_without_any_locks_keeps_nobody_apart_and_says_so_b13() {
    let folder = folder();
    let offered = folder.path().join("offered");
    fs::write(&offered, b"42").expect("written");
    for error in ["ENOLCK", "ENOSYS", "EOPNOTSUPP"] {
        let share = folder.path().join(error);
        let inject = format!("inject=flock:error={error}");
        let publish = job(&[Path::new("publish"), &share, &offered]);
        let answer = publish.answer(&Under::Strace(&["-o", "/dev/null", "-e", "trace=flock", "-e", &inject]));
        assert!(answer.contains("cannot keep two publishers apart: its file system has no locks"), "{answer}");
        assert_eq!(names(&share), [".bundle.kit.lock"]);
    }
}

/// So many publishers offer something else at once, so many times.
fn race(rounds: usize, publishers: usize, under: &Under<'_>, left: &[&str]) {
    let folder = folder();
    let share = folder.path().join("share");
    let mut standing: Option<PathBuf> = None;
    for round in 0..rounds {
        let offers: Vec<PathBuf> = (0..publishers).map(|who| folder.path().join(format!("{round}-{who}"))).collect();
        let running: Vec<Child> = offers
            .iter()
            .map(|offer| {
                fs::write(offer, offer.to_str().expect("UTF-8").repeat(1000)).expect("written");
                let mut words = vec![Path::new("publish"), &share, offer];
                words.extend(standing.as_deref());
                job(&words).command(under).stdout(Stdio::piped()).spawn().expect("started")
            })
            .collect();
        let outputs: Vec<String> = running
            .into_iter()
            .map(|child| String::from_utf8(child.wait_with_output().expect("ended").stdout).expect("UTF-8"))
            .collect();
        let won: Vec<usize> = (0..publishers).filter(|&who| outputs[who].contains("job: published")).collect();
        let lost = outputs.iter().filter(|output| output.contains("somebody else published meanwhile")).count();
        assert_eq!((won.len(), lost), (1, publishers - 1), "{outputs:?}");
        assert_eq!(fs::read(share.join("bundle.kit")).expect("read"), fs::read(&offers[won[0]]).expect("read"), "the winner's");
        standing = Some(offers[won[0]].clone());
    }
    assert_eq!(names(&share), left);
}

#[test]
fn a_place_where_nobody_may_write_says_so_f30() {
    let folder = folder();
    let offered = folder.path().join("offered");
    fs::write(&offered, b"42").expect("written");
    fs::write(folder.path().join("bundle.kit"), b"41").expect("written");
    for (error, why) in [("EROFS", "the disk or share is read-only"), ("EACCES", "this user may not write there")] {
        // The folder is opened to be locked before anything in it is opened to be written.
        let inject = format!("inject=link,linkat,rename,renameat,renameat2:error={error}");
        let publish = job(&[Path::new("publish"), folder.path(), &offered, &folder.path().join("bundle.kit")]);
        let strace = ["-o", "/dev/null", "-e", "trace=link,linkat,rename,renameat,renameat2", "-e", &inject];
        let answer = publish.answer(&Under::Strace(&strace));
        assert!(answer.contains(&format!("cannot be published to: {why}")), "{answer}");
    }
    // And a real mount, as by a stick with its switch set.
    let script = format!("mount --bind {0} {0}; mount -o remount,ro,bind {0}", folder.path().display());
    let publish = job(&[Path::new("publish"), folder.path(), &offered, &folder.path().join("bundle.kit")]);
    let answer = publish.answer(&Under::Mounts(&script));
    assert!(answer.contains("cannot be published to: the disk or share is read-only"), "{answer}");
    assert_eq!(names(folder.path()), ["bundle.kit", "offered"]);
}

const DEVICE: &str = "abcdefghij234567";

fn bounds() -> Bounds {
    Bounds::of(CAP_BYTES)
}

#[test]
fn an_inbox_takes_each_item_once_and_passes_over_what_is_none() {
    let folder = folder();
    fs::write(folder.path().join("bundle.kit"), "an inbox stands beside a bundle").expect("written");
    let place = source(folder.path());
    let inbox = place.inbox();
    assert_eq!(inbox.list(&bounds()).expect("no inbox yet"), []);
    let item = |number: u64, bytes: &[u8]| Item::new(DEVICE, number, bytes).expect("a name");
    let first = item(1, b"first");
    inbox.put(&first, b"first", &bounds()).expect("put");
    inbox.put(&first, b"first", &bounds()).expect("the same again is fine");
    let at = |item: &Item| folder.path().join("inbox").join(item.to_string());
    fs::write(at(&first), b"FIRST").expect("written");
    inbox.put(&first, b"first", &bounds()).expect("it is there");
    assert_eq!(fs::read(at(&first)).expect("read"), b"FIRST", "nothing is replaced");
    fs::write(at(&first), b"first").expect("written");
    // Half of one, an endless one, a pipe, links, a folder, and names that are none.
    let [half, endless, pipe, link, nested] = [b"2", b"3", b"4", b"5", b"6"].map(|bytes| item(2, bytes));
    fs::write(at(&half), b"").expect("written");
    fs::File::create(at(&endless)).expect("made").set_len(1 << 40).expect("1 TiB of nothing");
    assert!(Command::new("mkfifo").arg(at(&pipe)).status().expect("mkfifo runs").success());
    symlink("/dev/zero", at(&link)).expect("a link");
    fs::create_dir(at(&nested)).expect("a folder");
    let device = folder.path().join("inbox").join(DEVICE);
    for name in [".kit-0123456789abcdef.tmp", "-rf", "a\nb", "0000000001-2cf24dba5fb0a30", "0000000001-2CF24DBA5FB0A30E"] {
        fs::write(device.join(name), b"x").expect("written");
    }
    fs::write(folder.path().join("inbox/README"), b"x").expect("written");
    symlink(&device, folder.path().join("inbox/zzzzzzzzzzzzzzzz")).expect("a link");
    let listed = inbox.list(&bounds()).expect("listed");
    let mut expected = vec![first.clone(), half, endless, pipe, link, nested];
    expected.sort();
    assert_eq!(listed, expected, "names in order; what they hold shows when they are taken");
    let gone = item(9, b"gone");
    let taken = inbox.take(&[listed, vec![gone]].concat(), &bounds()).expect("taken");
    assert_eq!(taken, [(first, b"first".to_vec())]);
}

#[test]
fn an_inbox_that_is_a_link_is_refused_and_nothing_is_written_where_it_leads() {
    let folder = folder();
    let elsewhere = folder.path().join("elsewhere");
    let share = folder.path().join("share");
    fs::create_dir(&elsewhere).expect("made");
    fs::create_dir(&share).expect("made");
    fs::write(share.join("bundle.kit"), "an inbox stands beside a bundle").expect("written");
    let place = source(&share);
    let item = Item::new(DEVICE, 1, b"x").expect("a name");
    symlink(&elsewhere, share.join("inbox")).expect("a link");
    let inbox = place.inbox();
    let refused = [
        inbox.put(&item, b"x", &bounds()).expect_err("a link"),
        inbox.list(&bounds()).expect_err("a link"),
        inbox.take(std::slice::from_ref(&item), &bounds()).expect_err("a link"),
    ];
    for error in refused {
        assert!(error.to_string().ends_with("inbox: is a link, not a folder"), "{error}");
    }
    fs::remove_file(share.join("inbox")).expect("removed");
    fs::create_dir(share.join("inbox")).expect("made");
    symlink(&elsewhere, share.join("inbox").join(DEVICE)).expect("a link");
    assert!(inbox.put(&item, b"x", &bounds()).is_err());
    assert_eq!(names(&elsewhere), [""; 0]);
}

#[test]
fn many_put_into_one_inbox_at_once_and_all_of_it_is_there() {
    const SENDERS: u8 = 8;
    const EACH: u64 = 20;
    let folder = folder();
    fs::write(folder.path().join("bundle.kit"), "an inbox stands beside a bundle").expect("written");
    let place = source(folder.path());
    let device = |who: u8| format!("{}bcdefghij234567", char::from(b'a' + who));
    std::thread::scope(|scope| {
        for who in 0..SENDERS {
            let (place, device) = (&place, device(who % 4));
            scope.spawn(move || {
                for number in 1..=EACH {
                    let bytes = format!("{who} {number}");
                    let item = Item::new(&device, number, bytes.as_bytes()).expect("a name");
                    place.inbox().put(&item, bytes.as_bytes(), &bounds()).expect("put");
                }
            });
        }
    });
    let items = place.inbox().list(&bounds()).expect("listed");
    assert_eq!(items.len(), usize::from(SENDERS) * 20);
    assert_eq!(place.inbox().take(&items, &bounds()).expect("taken").len(), items.len(), "each whole");
}

#[test]
fn a_full_disk_keeps_the_old_one_f30() {
    let folder = folder();
    let [small, large] = [1, 2 << 20].map(|bytes| {
        let path = folder.path().join(format!("{bytes}"));
        fs::write(&path, vec![7; bytes]).expect("written");
        path
    });
    let share = folder.path().join("share");
    fs::create_dir(&share).expect("made");
    let script = format!("mount -t tmpfs -o size=1m tmpfs {0}; cp {1} {0}/bundle.kit", share.display(), small.display());
    let look =
        format!("{script}; trap 'ls -A {0}; cmp {0}/bundle.kit {1} && echo the old one' EXIT", share.display(), small.display());
    let publish = job(&[Path::new("publish"), &share, &large, &small]);
    // The shell stays, to look at what only its own mounts show.
    let ran = publish.run(&Under::Mounts(&format!("{look}; \"$@\"; exit")));
    let stdout = String::from_utf8_lossy(&ran.output.stdout).into_owned();
    assert!(ran.answer.is_some_and(|answer| answer.contains("the disk is full")), "{stdout}");
    assert!(stdout.ends_with("bundle.kit\nthe old one\n"), "{stdout}");
}

#[test]
fn commands_do_not_wait_for_pipes_or_endless_files_on_a_stick_a25() {
    let acme = Acme::joined();
    let stick = acme.alice.path("stick");
    let bundle = stick.join("bundle.kit");
    fs::create_dir(&stick).expect("made");
    for how in ["pipe", "link to /dev/zero", "link to /etc/shadow", "folder", "sparse"] {
        match how {
            "pipe" => drop(acme.alice.run("mkfifo", [&bundle], b"").ok()),
            "link to /dev/zero" => symlink("/dev/zero", &bundle).expect("a link"),
            "link to /etc/shadow" => symlink("/etc/shadow", &bundle).expect("a link"),
            "folder" => fs::create_dir(&bundle).expect("a folder"),
            _ => fs::File::create(&bundle).expect("made").set_len(1 << 40).expect("1 TiB of nothing"),
        }
        let what = if how == "sparse" { "is larger than" } else { "not a file" };
        let says = |run: &Run| {
            let words = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
            run.assert(words.contains(what), what).lacks("root:");
        };
        says(acme.alice.kit(["sync", "--from", "stick"]).fails_talking(7));
        for path in ["stick", "stick/bundle.kit"] {
            if how == "folder" && path != "stick" {
                continue; // a folder is looked into, and this one is empty
            }
            says(acme.alice.kit(["verify", path]).fails(2));
        }
        says(acme.alice.kit(["export", "bundle", "stick", "--force"]).fails(7));
        if how == "folder" { fs::remove_dir(&bundle) } else { fs::remove_file(&bundle) }.expect("left alone");
        assert_eq!(names(&stick), [""; 0], "{how}");
    }
    acme.alice.kit(["lookup", "alice"]).ok();
}
