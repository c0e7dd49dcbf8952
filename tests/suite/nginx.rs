//! nginx and Apache, as they come with Debian: read from, published to by WebDAV, and raced for.

use std::{
    fs,
    path::Path,
    sync::{Arc, Barrier},
    thread,
};

use outage_kit::source::{Bounds, Fetch, Item, SourceError, Version};

use crate::{
    certificates::Authority,
    child::{Under, job},
    place::Place,
    web_server::{NGINX_DAV, WebServer},
    world::peer,
};

const CAP_BYTES: u64 = 64 << 20;

/// Apache with locks, the same without, and nginx.
fn servers() -> [(&'static str, WebServer); 3] {
    let open = "Require all granted";
    [
        ("nginx", WebServer::nginx(NGINX_DAV)),
        ("Apache", WebServer::apache(open, true)),
        ("Apache without locks", WebServer::apache(open, false)),
    ]
}

#[test]
fn what_is_published_over_tls_is_fetched_over_tls() {
    let scratch = tempfile::tempdir().unwrap();
    let authority = Authority::new(&scratch.path().join("ca"));
    let certificate = authority.vouches_for("server", "DNS:localhost,IP:127.0.0.1", "20200101000000Z", "20990101000000Z");
    let nginx = WebServer::nginx_tls(NGINX_DAV, &certificate);
    let trusted = authority.file();
    let variables = [("SSL_CERT_FILE", trusted.to_str().unwrap())];
    for host in ["localhost", "127.0.0.1"] {
        let place = Place::with(&format!("https://{host}:{}/{host}/", nginx.port), &variables, scratch.path());
        assert_eq!(place.fetch(CAP_BYTES).unwrap(), None);
        place.publish(b"first", None).unwrap();
        let first = place.fetch(CAP_BYTES).unwrap().unwrap();
        assert_eq!(first.bytes, b"first");
        place.publish(&vec![b'x'; 3_000_000], Some(&first.version)).unwrap();
        assert_eq!(place.fetch(CAP_BYTES).unwrap().unwrap().bytes, vec![b'x'; 3_000_000]);
    }
    // A folder of authorities does as well, and an empty one trusts nobody.
    let folder = scratch.path().join("roots");
    fs::create_dir(&folder).unwrap();
    let address = format!("https://localhost:{}/localhost/", nginx.port);
    let variables = [("SSL_CERT_DIR", folder.to_str().unwrap())];
    let error = Place::with(&address, &variables, scratch.path()).fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(error, SourceError::Setup { .. }), "{error}");
    fs::copy(&trusted, folder.join("ours.pem")).unwrap();
    fs::write(folder.join("README"), "no certificate").unwrap();
    assert!(Place::with(&address, &variables, scratch.path()).fetch(CAP_BYTES).unwrap().is_some());
}

#[test]
fn publishing_compares_and_reading_again_is_one_request_b13() {
    for (name, server) in servers() {
        let place = Place::at(&server.url("/a/kit/"));
        place.publish(b"first", None).unwrap_or_else(|e| panic!("{name}: {e}"));
        let first = place.fetch(CAP_BYTES).unwrap().unwrap();
        assert_eq!(first.bytes, b"first", "{name}");
        assert!(matches!(place.publish(b"again", None), Err(SourceError::LostRace { .. })), "{name}: something stands there");
        place.publish(b"secnd", Some(&first.version)).unwrap_or_else(|e| panic!("{name}: {e}"));
        for stale in [Some(&first.version), None, Some(&Version::new("another"))] {
            let error = place.publish(b"third", stale).unwrap_err();
            assert!(matches!(error, SourceError::LostRace { .. }), "{name}: {error}");
        }
        assert_eq!(place.fetch(CAP_BYTES).unwrap().unwrap().bytes, b"secnd", "{name}");
        let mut left: Vec<_> = fs::read_dir(server.root().join("a/kit")).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.retain(|name| name != ".DAV");
        left.sort();
        let expected: &[&str] = if name == "Apache without locks" { &["bundle.kit"] } else { &["bundle.kit", "bundle.kit.lock"] };
        assert_eq!(left, expected, "{name}");
        // Once some time has passed, nothing changed is one request without a body.
        let bundle = server.root().join("a/kit/bundle.kit");
        let past = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
        fs::File::options().write(true).open(&bundle).unwrap().set_modified(past).unwrap();
        let version = place.fetch(CAP_BYTES).unwrap().unwrap().version;
        let before = server.requests().len();
        assert_eq!(place.0.fetch(Some(&version), &Bounds::of(CAP_BYTES)).unwrap(), Fetch::Unchanged, "{name}");
        if name == "nginx" {
            assert_eq!(server.requests()[before..], ["GET /a/kit/bundle.kit 304"]);
        }
    }
}

#[test]
fn of_two_publishers_exactly_one_wins_each_of_a_hundred_races_b13() {
    for (name, server) in servers().into_iter().take(2) {
        let rounds = if name == "nginx" { 100 } else { 20 };
        let mut version = None;
        for round in 0..rounds {
            let start = Arc::new(Barrier::new(2));
            let racers = [0, 1].map(|who| {
                let (start, version, place) = (Arc::clone(&start), version.clone(), Place::at(&server.url("/kit/")));
                // Of one length, within one second: what a server makes of time and length does not tell them apart.
                let bytes = format!("{round:05} {who}").repeat(5000).into_bytes();
                thread::spawn(move || {
                    start.wait();
                    (place.publish(&bytes, version.as_ref()), bytes)
                })
            });
            let results = racers.map(|racer| racer.join().unwrap());
            let won: Vec<_> = results.iter().filter(|(result, _)| result.is_ok()).collect();
            let lost = results.iter().filter(|(result, _)| matches!(result, Err(SourceError::LostRace { .. }))).count();
            let said: Vec<_> = results.iter().map(|(result, _)| result).collect();
            assert_eq!((won.len(), lost), (1, 1), "{name}, round {round}: {said:?}");
            let fetched = Place::at(&server.url("/kit/")).fetch(CAP_BYTES).unwrap().unwrap();
            assert_eq!(fetched.bytes, won[0].1, "{name}, round {round}: what stands there is the winner's");
            version = Some(fetched.version);
        }
    }
}

#[test]
fn a_publisher_killed_at_any_send_leaves_the_old_kit_or_the_new_one_b14() {
    peer("strace");
    let scratch = tempfile::tempdir().unwrap();
    let [old, new] = ["old", "new"].map(|name| {
        let path = scratch.path().join(name);
        fs::write(&path, name.repeat(200_000)).unwrap();
        path
    });
    for (name, server) in servers() {
        let mut killed = 0;
        for nth in 1.. {
            assert!(nth < 200, "{name}: it never survives");
            let url = server.url(&format!("/{nth}/"));
            Place::at(&url).publish(&fs::read(&old).unwrap(), None).unwrap_or_else(|e| panic!("{name}: {e}"));
            let inject = format!("inject=sendto:signal=SIGKILL:when={nth}");
            let publish = job(&[Path::new("publish"), Path::new(&url), &new, &old]);
            let ran = publish.run(&Under::Strace(&["-o", "/dev/null", "-e", "trace=sendto", "-e", &inject]));
            let standing = Place::at(&url).fetch(CAP_BYTES).unwrap().unwrap().bytes;
            let is_new = standing == fs::read(&new).unwrap();
            assert!(
                is_new || standing == fs::read(&old).unwrap(),
                "{name}: killed at send {nth}, {} bytes stand there",
                standing.len()
            );
            if let Some(answer) = ran.answer {
                assert_eq!((answer.as_str(), is_new), ("published", true), "{name}");
                break;
            }
            killed += 1;
        }
        assert!(killed > 5, "{name}: killed only {killed} times");
    }
}

#[test]
fn what_members_send_is_created_listed_and_taken() {
    for (name, server) in servers() {
        let place = Place::at(&server.url("/kit/"));
        let inbox = place.inbox();
        let bounds = Bounds::of(CAP_BYTES);
        assert_eq!(inbox.list(&bounds).unwrap(), [], "{name}: nobody sent anything yet");
        let item = |device: &str, number, bytes: &[u8]| Item::new(device, number, bytes).unwrap();
        let items =
            [item("abcdefghij234567", 1, b"one"), item("abcdefghij234567", 2, b"two"), item("zbcdefghij234567", 1, b"three")];
        for (item, bytes) in items.iter().zip([&b"one"[..], b"two", b"three"]) {
            for _ in 0..2 {
                inbox.put(item, bytes, &bounds).unwrap_or_else(|e| panic!("{name}: {e}"));
            }
        }
        // What is no item is passed over, and what is not what its name says is not taken.
        fs::write(server.root().join("kit/inbox/README"), "hello").unwrap();
        fs::write(server.root().join("kit/inbox/abcdefghij234567/x y"), "hello").unwrap();
        let forged = item("zbcdefghij234567", 9, b"nine");
        fs::write(server.root().join(format!("kit/inbox/{forged}")), "nein").unwrap();
        let mut all = items.to_vec();
        all.push(forged);
        assert_eq!(inbox.list(&bounds).unwrap(), all, "{name}");
        all.push(item("zbcdefghij234567", 7, b"gone"));
        let taken = inbox.take(&all, &bounds).unwrap();
        let expected: Vec<_> = items.iter().cloned().zip([b"one".to_vec(), b"two".to_vec(), b"three".to_vec()]).collect();
        assert_eq!(taken, expected, "{name}");
    }
}

#[test]
fn a_server_that_keeps_nobody_apart_is_not_published_to_f28() {
    // PUT alone: no locks, and conditions are not heeded.
    let nginx = WebServer::nginx("dav_methods PUT DELETE MKCOL;");
    fs::create_dir(nginx.root().join("kit")).unwrap();
    let place = Place::at(&nginx.url("/kit/"));
    let error = place.publish(b"first", None).unwrap_err();
    assert!(matches!(error, SourceError::NoCompare { .. }), "{error}");
    assert_eq!(fs::read_dir(nginx.root().join("kit")).unwrap().count(), 0, "what was tried is gone");
    // Nothing but reading.
    let nginx = WebServer::nginx("");
    fs::write(nginx.root().join("bundle.kit"), "first").unwrap();
    let place = Place::at(&nginx.url("/"));
    let version = place.fetch(CAP_BYTES).unwrap().unwrap().version;
    let error = place.publish(b"second", Some(&version)).unwrap_err();
    assert!(matches!(error, SourceError::ReadOnly { .. }), "{error}");
    assert!(matches!(place.inbox().list(&Bounds::of(CAP_BYTES)), Err(SourceError::ReadOnly { .. })));
}

#[test]
fn who_asks_is_told_by_the_netrc_file() {
    let scratch = tempfile::tempdir().unwrap();
    // dana:canary, as `htpasswd -s` writes it.
    let users = scratch.path().join("users");
    fs::write(&users, "dana:{SHA}tH3f1q/SqcODlHyJjVtD/w71Drg=\n").unwrap();
    let settings = format!("AuthType Basic\nAuthName kit\nAuthUserFile {}\nRequire valid-user", users.display());
    let apache = WebServer::apache(&settings, true);
    let url = apache.url("/kit/");
    let error = Place::at(&url).fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(error, SourceError::Denied { .. }) && error.to_string().contains("401"), "{error}");
    let netrc = scratch.path().join("netrc");
    fs::write(&netrc, "machine 127.0.0.1 login dana password \"canary\"\n").unwrap();
    fs::set_permissions(&netrc, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let variables = [("NETRC", netrc.to_str().unwrap())];
    let place = Place::with(&url, &variables, scratch.path());
    place.publish(b"first", None).unwrap();
    assert_eq!(place.fetch(CAP_BYTES).unwrap().unwrap().bytes, b"first");
    let error = Place::with(&url.replace("127.", "erin@127."), &variables, scratch.path()).fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(error, SourceError::Denied { .. }), "another user has no entry: {error}");
}
