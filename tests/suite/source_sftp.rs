//! The sftp source against a real OpenSSH server: fetched whole or not at all, published by one at a time, killed anywhere.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    time::Duration,
};

use outage_kit::source::{Bounds, Fetch, Fetched, Item, SourceError};

use crate::{
    child::{Under, WARM_UP, job},
    place::Place,
    sshd::Sshd,
    world::{World, peer},
};

const CAP_BYTES: u64 = 1 << 20;
const DEVICE: &str = "abcdefghij234567";

/// A folder behind a server, and a user who may go there.
struct Far {
    world: World,
    sshd: Sshd,
    folder: PathBuf,
}

/// The same without ssh between: the user's `sftp` starts the server itself, which it can. For tests that connect hundreds of
/// times; what is between the two has tests of its own.
struct Near {
    world: World,
    folder: PathBuf,
}

impl Near {
    /// `script` ends in the server, so that it can be struck there.
    fn new(script: &str) -> Self {
        let world = World::new();
        let folder = world.path("srv/kit");
        fs::create_dir_all(&folder).unwrap();
        let near = Self { world, folder };
        let server = near.program("server", &format!("cd {}\n{script}", near.world.path("").display()));
        let sftp = peer("sftp");
        near.program("bin/sftp", &format!("exec {} -D {} \"$@\"", sftp.display(), server.display()));
        near
    }

    fn program(&self, name: &str, script: &str) -> PathBuf {
        let file = self.world.write(name, format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        file
    }

    fn path(&self) -> String {
        format!("{}:{}", self.world.path("bin").display(), std::env::var("PATH").unwrap())
    }

    fn address(&self) -> String {
        format!("sftp://127.0.0.1{}", self.folder.display())
    }

    fn place(&self) -> Place {
        Place::with(&self.address(), &[("PATH", &self.path())], &self.world.path("scratch"))
    }

    fn bundle(&self) -> PathBuf {
        self.folder.join("bundle.kit")
    }
}

impl Far {
    fn new(lines: &[&str]) -> Self {
        let world = World::new();
        let folder = world.path("srv/kit");
        fs::create_dir_all(&folder).unwrap();
        Self { sshd: Sshd::start(&world, lines), world, folder }
    }

    fn at(&self, address: &str) -> Place {
        let path = self.sshd.path();
        Place::with(address, &[("PATH", path.to_str().unwrap())], &self.world.path("scratch"))
    }

    fn place(&self) -> Place {
        self.at(&self.sshd.url("sftp", &self.folder))
    }

    fn bundle(&self) -> PathBuf {
        self.folder.join("bundle.kit")
    }
}

/// All that stands in the folder but marks.
fn names(folder: &Path) -> Vec<String> {
    listed(folder, |name| !name.starts_with(".bundle.kit.is-"))
}

/// The marks: one stands there for what was published last.
fn marks(folder: &Path) -> usize {
    listed(folder, |name| name.starts_with(".bundle.kit.is-")).len()
}

fn listed(folder: &Path, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| is_wanted(name)).collect();
    names.sort();
    names
}

/// Nothing of a fetch or a publish stays on this machine.
fn check_scratch(world: &World) {
    assert_eq!(fs::read_dir(world.path("scratch")).unwrap().count(), 0);
}

fn bounds() -> Bounds {
    Bounds::of(CAP_BYTES)
}

fn with(change: impl FnOnce(&mut Bounds)) -> Bounds {
    let mut bounds = bounds();
    change(&mut bounds);
    bounds
}

fn fetched(place: &Place) -> Fetched {
    place.fetch(CAP_BYTES).unwrap().expect("a bundle is there")
}

#[test]
fn what_is_published_is_fetched_and_asked_for_again_it_is_unchanged() {
    let far = Far::new(&[]);
    fs::remove_dir(&far.folder).unwrap();
    let place = far.place();
    assert_eq!(place.fetch(CAP_BYTES).unwrap(), None);
    assert!(!far.folder.exists(), "asking makes nothing");
    place.publish(b"forty-one", None).unwrap();
    let first = fetched(&place);
    assert_eq!(first.bytes, b"forty-one");
    let again = |known: &Fetched| place.0.fetch(Some(&known.version), &bounds()).unwrap();
    assert_eq!(again(&first), Fetch::Unchanged);
    // The same size, in the same minute: no list of files shows it.
    place.publish(b"forty-two", Some(&first.version)).unwrap();
    let Fetch::Bytes(second) = again(&first) else { panic!("it changed") };
    assert_eq!(second.bytes, b"forty-two");
    assert_eq!((again(&second), names(&far.folder)), (Fetch::Unchanged, vec!["bundle.kit".to_owned()]));
    // Somebody copies another one there by hand, and says nothing.
    fs::write(far.bundle(), b"forty-three").unwrap();
    assert!(matches!(again(&second), Fetch::Bytes(third) if third.bytes == b"forty-three"));
    check_scratch(&far.world);
}

#[test]
fn a_lost_race_is_told_and_changes_nothing_b13() {
    let far = Far::new(&[]);
    let place = far.place();
    place.publish(b"41", None).unwrap();
    let seen = fetched(&place).version;
    place.publish(b"42 of somebody else", Some(&seen)).unwrap();
    for expected in [Some(&seen), None] {
        let lost = place.publish(b"42 of mine", expected);
        assert!(matches!(lost, Err(SourceError::LostRace { .. })), "{lost:?}");
    }
    assert_eq!((fs::read(far.bundle()).unwrap().as_slice(), names(&far.folder).len()), (&b"42 of somebody else"[..], 1));
    fs::remove_file(far.bundle()).unwrap();
    assert!(matches!(place.publish(b"43", Some(&seen)), Err(SourceError::LostRace { .. })), "emptied meanwhile");
    assert_eq!(names(&far.folder), [""; 0]);
    check_scratch(&far.world);
}

#[test]
fn names_with_spaces_quotes_and_umlauts_are_names() {
    let far = Far::new(&[]);
    let folder = far.folder.join("it's a größe #1; id");
    fs::create_dir(&folder).unwrap();
    let url = far.sshd.url("sftp", format!("{}/it%27s%20a%20gr%C3%B6%C3%9Fe%20%231;%20id/acme.kit", far.folder.display()));
    let place = far.at(&url);
    assert_eq!(place.name(), url);
    place.publish(b"41", None).unwrap();
    let first = fetched(&place);
    assert_eq!(fs::read(folder.join("acme.kit")).unwrap(), b"41");
    assert_eq!(place.0.fetch(Some(&first.version), &bounds()).unwrap(), Fetch::Unchanged);
    place.publish(b"42", Some(&first.version)).unwrap();
    assert_eq!(fetched(&place).bytes, b"42");
}

#[test]
fn who_may_read_it_and_who_may_take_over_follows_the_folder() {
    let far = Far::new(&[]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(&far.folder, fs::Permissions::from_mode(0o775)).unwrap();
    let place = far.place();
    place.publish(b"41", None).unwrap();
    assert_eq!(mode(&far.bundle()), 0o664);
    let item = Item::new(DEVICE, 1, b"I have it").unwrap();
    place.inbox().put(&item, b"I have it", &bounds()).unwrap();
    assert_eq!(mode(&far.folder.join("inbox")), 0o775);
}

#[test]
fn a_host_key_that_changed_or_is_unknown_fails_that_source_and_is_never_taken_a23() {
    let mut far = Far::new(&[]);
    let place = far.place();
    place.publish(b"41", None).unwrap();
    let known_hosts = || fs::read(far.world.path("ssh/known_hosts")).unwrap();
    let before = known_hosts();
    far.sshd.change_host_key();
    let known_hosts = || fs::read(far.world.path("ssh/known_hosts")).unwrap();
    for error in [place.fetch(CAP_BYTES).unwrap_err(), place.publish(b"42", None).unwrap_err()] {
        assert!(
            matches!(&error, SourceError::Identity { why, clock: false, .. } if why.contains("another ssh host key")),
            "{error}"
        );
    }
    assert_eq!(known_hosts(), before);
    far.sshd.forget_host_key();
    let error = place.fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(&error, SourceError::Identity { why, .. } if why.contains("not known")), "{error}");
    assert_eq!(known_hosts(), b"");
    // Not even when the user's own configuration would take any.
    let config = far.world.path("ssh/config");
    let lenient = fs::read_to_string(&config).unwrap() + " StrictHostKeyChecking no\n UpdateHostKeys yes\n";
    fs::write(&config, lenient).unwrap();
    assert!(matches!(place.fetch(CAP_BYTES), Err(SourceError::Identity { .. })));
    assert_eq!(known_hosts(), b"");
    far.sshd.trust_host_key();
    assert_eq!(fetched(&place).bytes, b"41");
    check_scratch(&far.world);
}

#[test]
fn what_is_not_let_in_not_there_or_not_listening_is_told_apart() {
    let mut far = Far::new(&[]);
    let place = far.place();
    let deep = far.at(&far.sshd.url("sftp", far.folder.join("a/b")));
    let error = deep.fetch(CAP_BYTES).unwrap_err().to_string();
    assert!(error.contains("there is no folder"), "{error}");
    assert!(deep.publish(b"41", None).unwrap_err().to_string().contains("no such file or folder"));
    far.sshd.lock_out();
    let error = place.fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(&error, SourceError::Denied { why, .. } if why.contains("publickey")), "{error}");
    far.sshd.stop();
    let error = place.fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(&error, SourceError::Offline { why, .. } if why.contains("Connection refused")), "{error}");
    let none = Place::with(&place.name(), &[("PATH", "/nowhere")], &far.world.path("scratch"));
    let error = none.fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(error, SourceError::Program { program: "sftp", .. }), "{error}");
    check_scratch(&far.world);
}

#[test]
fn a_server_that_only_listens_is_given_up_in_time_f21() {
    let far = Far::new(&[]);
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = mute.local_addr().unwrap().port();
    let place = far.at(&format!("sftp://127.0.0.1:{port}/srv/kit"));
    let short = with(|b| (b.connect, b.first_byte) = (Duration::from_secs(60), Duration::from_millis(300)));
    let error = place.0.fetch(None, &short).unwrap_err();
    assert!(matches!(error, SourceError::NoAnswer { .. }), "{error}");
    let error = place.0.fetch(None, &with(|b| b.total = Duration::from_millis(300))).unwrap_err();
    assert!(matches!(error, SourceError::TooLong { .. }), "{error}");
    let stopped = bounds();
    stopped.stop.stop();
    let error = place.0.fetch(None, &stopped).unwrap_err();
    assert!(matches!(error, SourceError::Stopped { .. }), "{error}");
    // ssh's own limit, for a host that takes no connection at all.
    let error = place.0.fetch(None, &with(|b| b.connect = Duration::from_secs(1))).unwrap_err();
    assert!(matches!(error, SourceError::NoAnswer { .. } | SourceError::Offline { .. }), "{error}");
    check_scratch(&far.world);
}

#[test]
fn an_account_that_may_only_read_says_so() {
    let far = Far::new(&["Subsystem sftp internal-sftp -R"]);
    fs::write(far.bundle(), b"41").unwrap();
    let place = far.place();
    assert_eq!(fetched(&place).bytes, b"41");
    for error in [
        place.publish(b"42", Some(&fetched(&place).version)).unwrap_err(),
        place.inbox().put(&Item::new(DEVICE, 1, b"x").unwrap(), b"x", &bounds()).unwrap_err(),
    ] {
        assert!(matches!(&error, SourceError::ReadOnly { why, .. } if why.contains("permission denied")), "{error}");
    }
    assert_eq!(names(&far.folder), ["bundle.kit"]);
}

#[test]
fn an_account_without_sftp_says_so() {
    let far = Far::new(&["Subsystem other internal-sftp", "Subsystem sftp /nonexistent/sftp-server"]);
    let error = far.place().fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(&error, SourceError::Answer { what, .. } if what.contains("no sftp")), "{error}");
}

#[test]
fn a_server_that_cannot_replace_a_file_takes_the_first_and_refuses_the_next_f29() {
    let far = Far::new(&["Subsystem sftp internal-sftp -P posix-rename"]);
    let place = far.place();
    place.publish(b"41", None).unwrap();
    let first = fetched(&place);
    let error = place.publish(b"42", Some(&first.version)).unwrap_err();
    assert!(matches!(&error, SourceError::ReadOnly { why, .. } if why.contains("posix-rename")), "{error}");
    assert_eq!((fetched(&place).bytes.as_slice(), names(&far.folder)), (&b"41"[..], vec!["bundle.kit".to_owned()]));
    assert!(matches!(place.publish(b"42", None), Err(SourceError::LostRace { .. })));
    check_scratch(&far.world);
}

#[test]
fn hostile_things_in_place_of_the_bundle_are_refused_a25() {
    let far = Far::new(&[]);
    let place = far.place();
    for how in ["folder", "full folder", "pipe", "device", "sparse", "dangling link"] {
        match how {
            "folder" => fs::create_dir(far.bundle()).unwrap(),
            "full folder" => {
                fs::create_dir(far.bundle()).unwrap();
                fs::write(far.bundle().join("x"), "x").unwrap();
            }
            "pipe" => drop(far.world.run("mkfifo", [far.bundle()], b"").ok()),
            "device" => symlink("/dev/zero", far.bundle()).unwrap(),
            "sparse" => fs::File::create(far.bundle()).unwrap().set_len(1 << 40).unwrap(),
            _ => symlink("nowhere", far.bundle()).unwrap(),
        }
        let result = place.fetch(CAP_BYTES);
        match how {
            "sparse" => assert!(matches!(result, Err(SourceError::TooBig { .. })), "{how}: {result:?}"),
            "dangling link" => assert!(matches!(result, Ok(None) | Err(SourceError::Answer { .. })), "{how}: {result:?}"),
            _ => assert!(matches!(result, Err(SourceError::Answer { .. })), "{how}: {result:?}"),
        }
        if how == "full folder" {
            fs::remove_file(far.bundle().join("x")).unwrap();
        }
        if far.bundle().is_dir() { fs::remove_dir(far.bundle()) } else { fs::remove_file(far.bundle()) }.unwrap();
    }
    check_scratch(&far.world);
}

#[test]
fn an_inbox_takes_each_item_once_and_passes_over_what_is_none() {
    let far = Far::new(&[]);
    let place = far.place();
    let inbox = place.inbox();
    assert_eq!(inbox.list(&bounds()).unwrap(), []);
    let first = Item::new(DEVICE, 1, b"first").unwrap();
    let second = Item::new("zzzzzzzzzzzzzzzz", 2, b"second").unwrap();
    inbox.put(&first, b"first", &bounds()).unwrap();
    inbox.put(&second, b"second", &bounds()).unwrap();
    inbox.put(&first, b"first", &bounds()).unwrap();
    let on_server = far.folder.join("inbox").join(first.to_string());
    fs::write(&on_server, b"FIRST").unwrap();
    inbox.put(&first, b"first", &bounds()).unwrap();
    assert_eq!(fs::read(&on_server).unwrap(), b"FIRST", "nothing is replaced");
    for hostile in
        ["inbox/README", "inbox/abcdefghij234567/.0123456789abcdef", "inbox/abcdefghij234567/0000000009-2cf24dba5fb0a30e.tmp"]
    {
        fs::write(far.folder.join(hostile), "x").unwrap();
    }
    fs::create_dir(far.folder.join("inbox/-rf \n\"x")).unwrap();
    let large = Item::new(DEVICE, 3, b"large").unwrap();
    fs::write(far.folder.join("inbox").join(large.to_string()), vec![0; 1 << 20]).unwrap();
    let mut listed = inbox.list(&bounds()).unwrap();
    listed.sort();
    assert_eq!(listed, [first.clone(), large.clone(), second.clone()]);
    let gone = Item::new(DEVICE, 9, b"gone").unwrap();
    let taken = inbox.take(&[gone, large, first, second.clone()], &bounds()).unwrap();
    assert_eq!(taken, [(second, b"second".to_vec())], "what is not what its name says is not there");
    check_scratch(&far.world);
}

#[test]
fn of_many_publishers_at_once_exactly_one_wins_each_round_b13() {
    const PUBLISHERS: usize = 3;
    const ROUNDS: usize = 100;
    let far = Near::new(&format!("exec {SERVER}"));
    let mut standing = None;
    for round in 0..ROUNDS {
        let offers: Vec<Vec<u8>> = (0..PUBLISHERS).map(|who| format!("{round} {who} ").repeat(1000).into_bytes()).collect();
        let running: Vec<_> = offers
            .iter()
            .map(|offer| {
                let (place, offer, standing): (Place, _, Option<_>) = (far.place(), offer.clone(), standing.clone());
                std::thread::spawn(move || place.publish(&offer, standing.as_ref()))
            })
            .collect();
        let results: Vec<_> = running.into_iter().map(|publisher| publisher.join().unwrap()).collect();
        let won: Vec<usize> = (0..PUBLISHERS).filter(|&who| results[who].is_ok()).collect();
        let lost = results.iter().filter(|result| matches!(result, Err(SourceError::LostRace { .. }))).count();
        assert_eq!((won.len(), lost), (1, PUBLISHERS - 1), "{results:?}");
        let now = fetched(&far.place());
        assert!(now.bytes == offers[won[0]], "the winner's");
        standing = Some(now.version);
    }
    assert_eq!(names(&far.folder), ["bundle.kit"]);
    check_scratch(&far.world);
}

/// Where Debian keeps the server that sshd starts for each session.
const SERVER: &str = "/usr/lib/openssh/sftp-server";

#[test]
fn servers_that_talk_nonsense_or_nothing_or_hang_up_are_given_up() {
    for (script, is_fine) in [
        ("exec true", "Offline Answer"),
        ("echo You are not allowed here", "Offline Answer"),
        ("exec head -c 100000 /dev/zero", "Offline Answer NoAnswer"),
        ("exec sleep 1000", "NoAnswer"),
        ("exec yes sftp", "Offline Answer NoAnswer"),
    ] {
        let far = Near::new(script);
        let error = far.place().0.fetch(None, &with(|b| b.first_byte = Duration::from_secs(2))).unwrap_err();
        let kind = format!("{error:?}");
        assert!(is_fine.split(' ').any(|kind_| kind.starts_with(kind_)), "{script}: {kind}");
        check_scratch(&far.world);
    }
}

#[test]
fn a_connection_that_breaks_while_it_brings_the_bundle_is_cut_off_f29() {
    // The server dies at its hundredth answer: in the middle of a bundle of 8 MiB.
    let far =
        Near::new(&format!("exec strace -f -qq -o /dev/null -e trace=write -e inject=write:signal=SIGKILL:when=20 {SERVER}"));
    peer("strace");
    fs::write(far.bundle(), vec![7; 8 << 20]).unwrap();
    let result = far.place().0.fetch(None, &with(|b| b.cap_bytes = 64 << 20)).map(|_| "all of it");
    assert!(matches!(result, Err(SourceError::CutOff { bytes, of, .. }) if bytes < of && of == 8 << 20), "{result:?}");
    check_scratch(&far.world);
}

/// Publishes until it is published: what a person does, who does not mend anything on the server.
fn publish_at_last(far: &Near, bytes: &[u8]) {
    for attempt in 0..6 {
        let place = far.place();
        let standing = place.fetch(CAP_BYTES).unwrap().map(|fetched| fetched.version);
        // A lock is taken over after a third of this.
        match place.0.publish(bytes, standing.as_ref(), &with(|b| b.total = Duration::from_secs(3 << attempt))) {
            Ok(()) => return,
            Err(error) => assert!(!matches!(error, SourceError::LostRace { .. } | SourceError::ReadOnly { .. }), "{error}"),
        }
    }
    panic!("never published: {:?}", names(&far.folder));
}

#[test]
fn a_server_killed_at_any_call_leaves_the_old_or_the_new_and_nothing_to_mend_b14() {
    peer("strace");
    for calls in ["rename,renameat,renameat2", "mkdir,mkdirat", "unlink,unlinkat,rmdir", "openat,open"] {
        let far = Near::new(&format!(
            "n=$(cat blow); exec strace -f -qq -o trace -e trace={calls} -e inject={calls}:signal=SIGKILL:when=$n {SERVER}"
        ));
        let never = || far.world.write("blow", "10000");
        never();
        publish_at_last(&far, b"41");
        let mut left_over = 0;
        for number in 1.. {
            let place = far.place();
            let before = fetched(&place);
            let offered = format!("{calls} {number}").into_bytes();
            far.world.write("blow", number.to_string());
            let result = place.publish(&offered, Some(&before.version));
            never();
            let is_struck = String::from_utf8(far.world.read("trace")).unwrap().contains("SIGKILL");
            let after = fetched(&place);
            assert!(after.bytes == offered || (after.bytes == before.bytes && result.is_err()), "{calls} {number}: {result:?}");
            left_over = left_over.max(names(&far.folder).len());
            if !is_struck && result.is_ok() {
                break;
            }
            publish_at_last(&far, format!("mended after {calls} {number}").as_bytes());
            // What was left behind is gone, and a reader who has the newest asks once.
            assert_eq!((names(&far.folder), marks(&far.folder)), (vec!["bundle.kit".to_owned()], 1), "{calls} {number}");
            let newest = fetched(&place);
            assert_eq!(place.0.fetch(Some(&newest.version), &bounds()).unwrap(), Fetch::Unchanged, "{calls} {number}");
            assert!(number < 100, "there is no end of them");
        }
        assert!(left_over > 1 || calls.starts_with("unlink"), "{calls}: no kill left anything behind");
        check_scratch(&far.world);
    }
}

#[test]
fn a_holder_that_was_taken_for_dead_changes_nothing_when_it_wakes_up_b13() {
    let far = Far::new(&[]);
    let place = far.place();
    place.publish(b"41", None).unwrap();
    let seen = fetched(&place).version;
    // What a publisher leaves that was stopped while it held the lock.
    let lock = far.folder.join(".bundle.kit.lock");
    fs::create_dir(&lock).unwrap();
    fs::write(lock.join("0123456789abcdef"), b"42 of the sleeper").unwrap();
    let other = place.0.publish(b"42", Some(&seen), &with(|b| b.total = Duration::from_secs(6)));
    assert!(other.is_ok(), "{other:?}");
    // It wakes up, and does the one thing that was left to do.
    let sleeper = format!("rename \"{}/0123456789abcdef\" \"{}\"\n", lock.display(), far.bundle().display());
    let user = far.sshd.user(&far.world);
    let port = far.sshd.port().to_string();
    let run =
        user.run(far.world.path("ssh/bin/sftp").to_str().unwrap(), ["-b", "-", "-P", &port, "127.0.0.1"], sleeper.as_bytes());
    run.assert(run.status != 0, "a refusal").says("No such file");
    assert_eq!(fetched(&place).bytes, b"42");
    assert_eq!(names(&far.folder), ["bundle.kit"]);
}

#[test]
fn a_lock_that_changes_hands_is_waited_for_and_not_taken_over() {
    let far = Far::new(&[]);
    let place = far.place();
    place.publish(b"41", None).unwrap();
    let seen = fetched(&place).version;
    let lock = far.folder.join(".bundle.kit.lock");
    fs::create_dir(&lock).unwrap();
    fs::write(lock.join("0123456789abcdef"), b"42").unwrap();
    let waiting = std::thread::spawn({
        let (place, seen) = (place.clone(), seen.clone());
        move || place.publish(b"42 of the one who waits", Some(&seen))
    });
    // Its files stand beside: it waits, or soon will. The holder publishes.
    while names(&far.folder).len() < 3 {
        std::thread::yield_now();
    }
    fs::rename(lock.join("0123456789abcdef"), far.bundle()).unwrap();
    let result = waiting.join().unwrap();
    assert!(matches!(result, Err(SourceError::LostRace { .. })), "{result:?}");
    assert_eq!((fetched(&place).bytes.as_slice(), names(&far.folder)), (&b"42"[..], vec!["bundle.kit".to_owned()]));
}

#[test]
fn a_full_disk_there_is_told_and_leaves_the_old_one_f29() {
    // A limit on the size of its files is to a server what a quota is.
    let far = Near::new(&format!("trap '' XFSZ; ulimit -f 64; exec {SERVER}"));
    let place = far.place();
    place.publish(b"41", None).unwrap();
    let first = fetched(&place);
    let error = place.publish(&vec![7; 1 << 20], Some(&first.version)).unwrap_err();
    assert!(matches!(&error, SourceError::Answer { what, .. } if what.contains("a full disk or a used-up quota")), "{error}");
    assert_eq!((fetched(&place).bytes.as_slice(), names(&far.folder)), (&b"41"[..], vec!["bundle.kit".to_owned()]));
    place.publish(b"42", Some(&first.version)).unwrap();
    check_scratch(&far.world);
}

#[test]
fn a_publisher_killed_anywhere_leaves_the_old_or_the_new_and_nothing_to_mend_b14() {
    let far = Near::new(&format!("exec {SERVER}"));
    far.place().publish(b"41", None).unwrap();
    let (old, new) = (far.world.write("old", "41"), far.world.write("new", "42"));
    let address = far.address();
    let mut killed = 0;
    // Each of its threads and programs is killed at its N-th write: whichever comes to it first.
    for number in (2..WARM_UP + 40).step_by(4) {
        fs::write(far.bundle(), "41").unwrap();
        let inject = format!("inject=write:signal=SIGKILL:when={number}");
        let strace = ["-o", "/dev/null", "-e", "trace=write", "-e", &inject];
        let words = [Path::new("publish"), Path::new(&address), &new, &old];
        let mut publish = job(&words).command(&Under::Strace(&strace));
        publish.env("PATH", far.path()).env("TMPDIR", far.world.path("scratch"));
        let output = publish.output().unwrap();
        killed += usize::from(!String::from_utf8_lossy(&output.stdout).contains("job: published"));
        let after = fs::read(far.bundle()).unwrap();
        assert!(after == b"41" || after == b"42", "{number}: {after:?}");
        publish_at_last(&far, format!("after {number}").as_bytes());
        assert_eq!(names(&far.folder), ["bundle.kit"], "{number}");
    }
    assert!(killed > 10, "{killed}");
}
