//! The file source: a folder or a file, read whole or not at all, and published to by one at a time.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use outage_kit::{disk::DiskError, source::SourceError};

use crate::{
    child::{Under, job},
    place::Place,
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
        assert!(error.to_string().contains("Is the stick plugged in"), "{error}");
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
    const PUBLISHERS: usize = 6;
    const ROUNDS: usize = 8;
    let folder = folder();
    let share = folder.path().join("share");
    let mut standing: Option<PathBuf> = None;
    for round in 0..ROUNDS {
        let offers: Vec<PathBuf> = (0..PUBLISHERS).map(|who| folder.path().join(format!("{round}-{who}"))).collect();
        let running: Vec<Child> = offers
            .iter()
            .map(|offer| {
                fs::write(offer, offer.to_str().expect("UTF-8").repeat(1000)).expect("written");
                let mut words = vec![Path::new("publish"), &share, offer];
                words.extend(standing.as_deref());
                job(&words).command(&Under::Nothing).stdout(Stdio::piped()).spawn().expect("started")
            })
            .collect();
        let outputs: Vec<String> = running
            .into_iter()
            .map(|child| String::from_utf8(child.wait_with_output().expect("ended").stdout).expect("UTF-8"))
            .collect();
        let won: Vec<usize> = (0..PUBLISHERS).filter(|&who| outputs[who].contains("job: published")).collect();
        let lost = outputs.iter().filter(|output| output.contains("somebody else published meanwhile")).count();
        assert_eq!((won.len(), lost), (1, PUBLISHERS - 1), "{outputs:?}");
        assert_eq!(fs::read(share.join("bundle.kit")).expect("read"), fs::read(&offers[won[0]]).expect("read"), "the winner's");
        standing = Some(offers[won[0]].clone());
    }
    assert_eq!(names(&share), ["bundle.kit"]);
}
