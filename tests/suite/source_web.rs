//! A web server as a source: what is asked, what is understood, and what ends waiting. Against `sim`, which lies and fails.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use outage_kit::source::{Bounds, Fetch, Progress, SourceError, Version, Watch};

use crate::{
    place::Place,
    sim::{Asked, Line, Sim, raw, reply},
};

const CAP_BYTES: u64 = 1 << 20;

/// Bounds that a test can wait for; what is long in them is never reached.
fn soon() -> Bounds {
    let mut bounds = Bounds::of(CAP_BYTES);
    bounds.connect = Duration::from_millis(600);
    bounds.first_byte = Duration::from_millis(700);
    bounds.total = Duration::from_secs(6);
    bounds
}

fn fetch(sim: &Sim) -> Result<Fetch, SourceError> {
    Place::at(&sim.url("/kit/")).0.fetch(None, &soon())
}

/// What a server comes to that answers so.
fn told(tell: impl Fn(&Asked, &mut Line) + Send + Sync + 'static) -> Result<Fetch, SourceError> {
    fetch(&Sim::telling(tell))
}

fn bytes_of(fetch: Result<Fetch, SourceError>) -> Vec<u8> {
    fetch.expect("answered").into_fetched().expect("there").bytes
}

/// Remembers the steps.
#[derive(Default)]
struct Steps(Mutex<Vec<String>>, Mutex<Vec<Progress>>);

impl Watch for Steps {
    fn step(&self, words: &str) {
        self.0.lock().unwrap().push(words.to_owned());
    }

    fn progress(&self, progress: Progress) {
        self.1.lock().unwrap().push(progress);
    }
}

#[test]
fn a_folder_is_asked_for_its_bundle_and_nothing_is_said_of_the_device_a18() {
    let sim = Sim::telling(|_, line| line.say(&reply(200, &[("ETag", "\"one\""), ("Set-Cookie", "id=42")], b"bundle")));
    let place = Place::at(&sim.url("/kit"));
    assert_eq!(place.name(), sim.url("/kit/"));
    for _ in 0..2 {
        assert_eq!(bytes_of(place.0.fetch(None, &soon())), b"bundle");
    }
    let host = sim.address();
    for asked in sim.asked() {
        let mut lines: Vec<String> = asked.head.lines().map(str::to_lowercase).collect();
        lines[1..].sort();
        let expected = [
            "get /kit/bundle.kit http/1.1".to_owned(),
            "accept-encoding: identity".to_owned(),
            "accept: */*".to_owned(),
            format!("host: {host}"),
            "user-agent: kit".to_owned(),
        ];
        assert_eq!(lines, expected, "no cookie, no name, no language, no version");
    }
    let file = Place::at(&sim.url("/a%20b/acme.kit"));
    assert_eq!(bytes_of(file.0.fetch(None, &soon())), b"bundle");
    assert_eq!(sim.asked()[2].line(), "GET /a%20b/acme.kit");
}

#[test]
fn nothing_changed_is_one_request() {
    let tell = |asked: &Asked, line: &mut Line| {
        let same = asked.header("if-none-match") == Some("W/\"one\"")
            || asked.header("if-modified-since") == Some("Wed, 18 Nov 2026 02:12:00 GMT");
        let headers: &[(&str, &str)] = match asked.line() {
            "GET /tag.kit" => &[("ETag", "W/\"one\"")],
            "GET /time.kit" => &[("Last-Modified", "Wed, 18 Nov 2026 02:12:00 GMT"), ("Date", "Thu, 19 Nov 2026 02:12:00 GMT")],
            "GET /fresh.kit" => &[
                ("ETag", "\"one\""),
                ("Last-Modified", "Wed, 18 Nov 2026 02:12:00 GMT"),
                ("Date", "Wed, 18 Nov 2026 02:12:01 GMT"),
            ],
            _ => &[("ETag", "no tag")],
        };
        line.say(&if same { raw(304, headers, b"") } else { reply(200, headers, b"bundle") });
    };
    let sim = Sim::telling(tell);
    for (path, condition) in [
        ("/tag.kit", Some(("if-none-match", "W/\"one\""))),
        ("/time.kit", Some(("if-modified-since", "Wed, 18 Nov 2026 02:12:00 GMT"))),
        ("/none.kit", None),
        // Written this very second: it may be written again and be called the same.
        ("/fresh.kit", None),
    ] {
        let place = Place::at(&sim.url(path));
        let version = place.fetch(CAP_BYTES).unwrap().unwrap().version;
        let before = sim.asked().len();
        assert_eq!(place.0.fetch(Some(&version), &soon()).unwrap(), Fetch::Unchanged, "{path}");
        let asked = &sim.asked()[before..];
        assert_eq!(asked.len(), 1, "{path}");
        match condition {
            Some((name, value)) => assert_eq!(asked[0].header(name), Some(value), "{path}"),
            None => assert!(!asked[0].head.to_lowercase().contains("if-"), "{path}: {}", asked[0].head),
        }
        // Somebody else's version is asked about too, and what comes is given.
        let other = Version::new("another");
        assert!(matches!(place.0.fetch(Some(&other), &soon()), Ok(Fetch::Bytes(_))), "{path}");
    }
}

#[test]
fn f22_every_status_is_understood() {
    for status in [404, 410] {
        assert_eq!(told(move |_, line| line.say(&reply(status, &[], b"not here"))).unwrap(), Fetch::Nothing, "{status}");
    }
    assert_eq!(bytes_of(told(|_, line| line.say(&reply(200, &[], b"")))), b"");
    for (status, expected) in [
        (201, "answers with status 201: words"),
        (202, "answers with status 202: words"),
        (204, "answers with status 204"),
        (206, "answers with status 206: words"),
        (300, "answers with status 300: words"),
        (304, "answers with status 304"),
        (400, "answers with status 400: words"),
        (401, "access denied: it wants to know who asks (401): words"),
        (403, "access denied: it does not let this user in (403): words"),
        (405, "answers with status 405: words"),
        (418, "answers with status 418: words"),
        (429, "is busy (429), try again in 120 s: words"),
        (500, "answers with status 500: words"),
        (502, "answers with status 502: words"),
        (503, "is busy (503), try again in 120 s: words"),
        (504, "answers with status 504: words"),
        (599, "answers with status 599: words"),
        (999, "answers with status 999: words"),
    ] {
        let body: &[u8] = if matches!(status, 204 | 304) { b"" } else { b"<html><p>words</p></html>" };
        let sim = Sim::telling(move |_, line| line.say(&reply(status, &[("Retry-After", "120")], body)));
        let error = fetch(&sim).expect_err("no bundle").to_string();
        assert_eq!(error, format!("{}: {expected}", sim.url("/kit/")));
        assert_eq!(sim.asked().len(), 1, "{status} is not asked again");
    }
}

#[test]
fn f22_a_busy_server_is_asked_once_more_and_only_if_it_says_soon() {
    let busy = |wait: &'static str, times: usize| {
        Sim::telling(move |asked, line| {
            let is_busy = asked.number < times;
            line.say(&if is_busy { reply(503, &[("Retry-After", wait)], b"") } else { reply(200, &[], b"bundle") });
        })
    };
    let sim = busy("0", 1);
    assert_eq!((bytes_of(fetch(&sim)), sim.asked().len()), (b"bundle".to_vec(), 2));
    let sim = busy("1", 9);
    assert!(fetch(&sim).is_err());
    assert_eq!(sim.asked().len(), 2);
    for wait in ["3", "-1", "soon", "Fri, 20 Nov 2026 00:00:00 GMT", "99999999999999999999"] {
        let sim = busy(wait, 1);
        let error = fetch(&sim).unwrap_err().to_string();
        assert!(error.contains(&format!("is busy (503), try again {}", if wait == "3" { "in 3 s" } else { "at" })), "{error}");
        assert_eq!(sim.asked().len(), 1, "{wait}");
    }
}

#[test]
fn a13_redirects_are_followed_on_the_same_host_three_times_and_no_further() {
    let chain = |hops: usize| {
        Sim::telling(move |asked, line| {
            let to = format!("/hop/{}", asked.number + 1);
            let headers: &[(&str, &str)] = &[("Location", &to)];
            line.say(&if asked.number < hops {
                reply([301, 302, 307, 308][asked.number % 4], headers, b"")
            } else {
                reply(200, &[], b"bundle")
            });
        })
    };
    let sim = chain(3);
    assert_eq!(bytes_of(fetch(&sim)), b"bundle");
    assert_eq!(
        sim.asked().iter().map(Asked::line).collect::<Vec<_>>(),
        ["GET /kit/bundle.kit", "GET /hop/1", "GET /hop/2", "GET /hop/3"]
    );
    let sim = chain(99);
    let error = fetch(&sim).unwrap_err();
    assert!(matches!(&error, SourceError::Redirect { why, .. } if why.contains("three")), "{error}");
    assert_eq!(sim.asked().len(), 4);
}

#[test]
fn a13_nobody_is_sent_elsewhere_and_no_password_is_shown_there() {
    let scratch = tempfile::tempdir().unwrap();
    let netrc = scratch.path().join("netrc");
    std::fs::write(&netrc, "machine 127.0.0.1 login dana password canary\n").unwrap();
    std::fs::set_permissions(&netrc, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let elsewhere = Sim::telling_at(Ipv4Addr::new(127, 0, 0, 2).into(), |_, line| line.say(&reply(200, &[], b"bundle")));
    let same_host = Sim::telling(|_, line| line.say(&reply(200, &[], b"bundle")));
    for (to, followed) in [
        (elsewhere.url("/x.kit"), false),
        (elsewhere.url("/x.kit").replace("http:", "HTTP:"), false),
        (format!("//{}/x.kit", elsewhere.address()), false),
        (same_host.url("/x.kit"), true),
        (same_host.url("/x.kit").replace("127.0.0.1", "localhost"), false),
        ("file:///etc/passwd".to_owned(), false),
        ("ftp://127.0.0.1/x".to_owned(), false),
        ("https://169.254.169.254/latest/meta-data/".to_owned(), false),
        ("http://169.254.169.254/latest/meta-data/".to_owned(), false),
        ("https://10.0.0.1/".to_owned(), false),
        ("http://example.com/".to_owned(), false),
        ("http://127.0.0.1@example.com/".to_owned(), false),
        ("http://0x7f000001/".to_owned(), false),
        ("javascript:alert(1)".to_owned(), false),
        ("http://".to_owned(), false),
        ("\u{1b}]52;c;aGk=\u{7}".to_owned(), false),
    ] {
        let location = to.clone();
        let sim = Sim::telling(move |_, line| line.say(&reply(302, &[("Location", &location)], b"")));
        let place = Place::with(&sim.url("/kit/"), &[("NETRC", netrc.to_str().unwrap())], scratch.path());
        let found = place.0.fetch(None, &soon());
        let asked = sim.asked();
        assert_eq!(asked.len(), 1, "{to:?}");
        assert_eq!(
            asked[0].header("authorization"),
            Some("Basic ZGFuYTpjYW5hcnk="),
            "the server that was named is told who asks"
        );
        if followed {
            assert_eq!(bytes_of(found), b"bundle");
        } else {
            let error = found.expect_err(&to);
            let is_told = matches!(&error, SourceError::Redirect { .. } | SourceError::Answer { .. });
            assert!(is_told && !error.to_string().contains("canary"), "{to:?}: {error}");
        }
    }
    assert_eq!(elsewhere.asked(), [], "nobody ever came by");
    let asked = same_host.asked();
    assert_eq!(asked.len(), 1);
    assert!(!asked[0].head.to_lowercase().contains("authorization"), "another port is another server: {}", asked[0].head);
}

#[test]
fn a12_packed_answers_are_refused_unread() {
    for coding in ["gzip", "br", "x-gzip", "identity, gzip", "deflate"] {
        let error = told(move |_, line| {
            line.say(&raw(200, &[("Content-Encoding", coding), ("Content-Length", "9")], b"\x1f\x8b"));
            line.hang();
        });
        let error = error.expect_err("packed").to_string();
        assert!(error.contains("packs its answer") && error.contains(coding), "{error}");
    }
    assert_eq!(bytes_of(told(|_, line| line.say(&reply(200, &[("Content-Encoding", "identity")], b"bundle")))), b"bundle");
}

#[test]
fn f23_a_body_is_as_long_as_it_was_announced_to_be() {
    let cut = |of: usize, sent: usize| {
        told(move |_, line| line.say(&raw(200, &[("Content-Length", &of.to_string())], &vec![b'x'; sent])))
    };
    for (of, sent) in [(10, 9), (10, 0), (200_000, 199_999), (200_000, 1)] {
        let error = cut(of, sent).expect_err("too short");
        let expected = format!("cut off at {sent} of {of} bytes");
        assert!(matches!(&error, SourceError::CutOff { .. }) && error.to_string().ends_with(&expected), "{error}");
    }
    // What is too much is not read; what is left is judged like anything else.
    assert_eq!(bytes_of(cut(5, 10)), b"xxxxx");
    for headers in [
        &[("Content-Length", "6"), ("Content-Length", "7")][..],
        &[("Content-Length", "6, 7")],
        &[("Content-Length", "-6")],
        &[("Content-Length", "+6")],
        &[("Content-Length", "0x6")],
        &[("Content-Length", "")],
        &[("Content-Length", "99999999999999999999999")],
    ] {
        let headers: Vec<(&'static str, &'static str)> = headers.to_vec();
        let shown = format!("{headers:?}");
        let error = told(move |_, line| line.say(&raw(200, &headers, b"bundle"))).expect_err(&shown);
        assert!(matches!(error, SourceError::Answer { .. }), "{shown}: {error}");
    }
    for body in
        ["zz\r\nxx", "6\r\nbundle", "6\r\nbundleXX", "6\r\nbundle\r\n0", "ffffffffffffffffff\r\nx", "-1\r\n", "", "\r\n\r\n"]
    {
        let error = told(move |_, line| line.say(&raw(200, &[("Transfer-Encoding", "chunked")], body.as_bytes())));
        let error = error.expect_err(body);
        assert!(matches!(error, SourceError::Answer { .. }), "{body:?}: {error}");
    }
    let whole =
        told(|_, line| line.say(&raw(200, &[("Transfer-Encoding", "chunked")], b"3\r\nbun\r\n3;x=y\r\ndle\r\n0\r\n\r\n")));
    assert_eq!(bytes_of(whole), b"bundle");
    assert_eq!(bytes_of(told(|_, line| line.say(b"HTTP/1.0 200 OK\r\n\r\nbundle"))), b"bundle");
}

#[test]
fn f19_a_connection_that_breaks_is_told_from_an_end() {
    let sim = Sim::mute(|line| {
        line.say(&raw(200, &[("Content-Length", "10")], b"bun"));
        line.reset();
    });
    let error = fetch(&sim).expect_err("broken").to_string();
    assert!(error.contains("cut off at") || error.contains("closed the connection"), "{error}");
    let sim = Sim::mute(Line::reset);
    let error = fetch(&sim).expect_err("broken").to_string();
    assert!(error.contains("it closed the connection before it answered"), "{error}");
    let error = told(|_, _| {}).expect_err("no answer").to_string();
    assert!(error.contains("it closed the connection before it answered"), "{error}");
    let closed = Sim::telling(|_, _| {}).url("/");
    let error = Place::at(&closed).0.fetch(None, &soon()).expect_err("nobody is there any more");
    assert!(matches!(error, SourceError::Offline { .. }), "{error}");
}

#[test]
fn f22_what_is_no_http_is_said_to_be_none() {
    for (answer, expected) in [
        (&b"SSH-2.0-OpenSSH_9.2\r\n\r\n"[..], "no HTTP"),
        (b"HTTP/2 200\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 20\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n", "no HTTP"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "no HTTP"),
        (b"\r\n\r\n", "closed the connection"),
        (b"HTTP/1.1 200 OK\r\nContent-Len", "closed the connection"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "status 101"),
    ] {
        let error = told(move |_, line| line.say(answer)).expect_err("no answer").to_string();
        assert!(error.contains(expected), "{}: {error}", String::from_utf8_lossy(answer));
    }
    let error = told(|_, line| {
        line.say(b"HTTP/1.1 200 OK\r\nX: ");
        line.say(&vec![b'x'; 1 << 20]);
        line.say(b"\r\n\r\nbundle");
    });
    let error = error.expect_err("a header of 1 MB").to_string();
    assert!(error.contains("of headers") || error.contains("before its answer begins"), "{error}");
    let many: String = (0..1000).map(|n| format!("X-{n}: y\r\n")).collect();
    let error = told(move |_, line| line.say(format!("HTTP/1.1 200 OK\r\n{many}\r\n").as_bytes()));
    assert!(error.is_err(), "a thousand headers");
    let error = told(|_, line| line.say_for_ever(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", Duration::ZERO));
    let error = error.expect_err("interim answers without end").to_string();
    assert!(error.contains("before its answer begins"), "{error}");
    let sim = Sim::telling(|_, line| {
        line.say(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
        line.say(&reply(200, &[], b"bundle"));
    });
    assert_eq!(bytes_of(fetch(&sim)), b"bundle");
}

#[test]
fn f21_whoever_says_nothing_is_given_up() {
    let error = told(|_, line| line.hang()).expect_err("silence");
    assert!(matches!(error, SourceError::NoAnswer { .. }), "{error}");
    // It stops in the middle of its head, or of its body.
    for start in [
        &b"HTTP/1.1 200 OK\r\nX-"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbun",
    ] {
        let error = told(move |_, line| {
            line.say(start);
            line.hang();
        });
        let error = error.expect_err("silence");
        assert!(matches!(error, SourceError::TooSlow { .. }), "{}: {error}", String::from_utf8_lossy(start));
    }
    // It holds on to the connection when all was said: that is no reason to wait.
    let bytes = told(|_, line| {
        line.say(&raw(200, &[("Content-Length", "6")], b"bundle"));
        line.hang();
    });
    assert_eq!(bytes_of(bytes), b"bundle");
}

#[test]
fn a11_a_drip_is_given_up_and_so_is_what_never_ends() {
    let drip = |body: &'static [u8]| {
        Sim::telling(move |_, line| {
            line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            line.say_for_ever(body, Duration::from_millis(100));
        })
    };
    let error = fetch(&drip(b"x")).expect_err("a drip");
    assert!(matches!(error, SourceError::TooSlow { .. }), "{error}");
    // Fast enough, but for too long.
    let mut bounds = soon();
    bounds.total = Duration::from_secs(1);
    let error = Place::at(&drip(&[b'x'; 1000]).url("/")).0.fetch(None, &bounds).expect_err("too long");
    assert!(matches!(error, SourceError::TooLong { .. }), "{error}");
    let heads = Sim::telling(|_, line| line.say_for_ever(b"HTTP/1.1 102 Processing\r\n\r\n", Duration::from_millis(300)));
    let error = fetch(&heads).expect_err("a drip of interim answers");
    assert!(matches!(error, SourceError::TooSlow { .. }), "{error}");
}

#[test]
fn whoever_is_not_waited_for_ends_at_once() {
    let sim = Sim::telling(|_, line| {
        line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx");
        line.hang();
    });
    let bounds = Bounds::of(CAP_BYTES);
    let stop = bounds.stop.clone();
    let waiting = thread::spawn({
        let place = Place::at(&sim.url("/"));
        move || place.0.fetch(None, &bounds)
    });
    while sim.asked().is_empty() {
        thread::yield_now();
    }
    stop.stop();
    let error = waiting.join().unwrap().expect_err("stopped");
    assert!(matches!(error, SourceError::Stopped { .. }), "the deadlines would say something else: {error}");
}

#[test]
fn a10_more_than_the_cap_is_not_taken_whatever_was_announced() {
    for headers in [&[("Content-Length", "1048577")][..], &[("Content-Length", "18446744073709551615")]] {
        let headers = headers.to_vec();
        let sim = Sim::telling(move |_, line| {
            line.say(&raw(200, &headers, b""));
            line.hang();
        });
        let error = fetch(&sim).expect_err("too big");
        assert!(matches!(error, SourceError::TooBig { cap_bytes: CAP_BYTES, .. }), "said from the header alone: {error}");
    }
    for head in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"] {
        let error = told(move |_, line| {
            line.say(head.as_bytes());
            let piece = [&b"8000\r\n"[..], &[b'x'; 0x8000], b"\r\n"].concat();
            line.say_for_ever(&piece, Duration::ZERO);
        });
        let error = error.expect_err("without end");
        assert!(matches!(error, SourceError::TooBig { cap_bytes: CAP_BYTES, .. }), "{error}");
    }
    // A reason without end is no reason to go on either.
    let error = told(|_, line| {
        line.say(b"HTTP/1.1 500 Oh\r\n\r\n");
        line.say_for_ever(&[b'x'; 0x8000], Duration::ZERO);
    });
    assert!(error.expect_err("500").to_string().len() < 400);
}

#[test]
fn a16_what_a_server_says_is_one_line_of_two_hundred_characters() {
    let page = format!("<title>Oh\r\nno \u{1b}]52;c;aGk=\u{7}{}</title>", "ü".repeat(5000));
    let error = told(move |_, line| line.say(&reply(500, &[], page.as_bytes()))).expect_err("500").to_string();
    let said = error.split("500: ").nth(1).unwrap();
    assert!(said.starts_with("Oh no ") && said.chars().count() == 201, "{said:?}");
}

#[test]
fn each_decision_is_a_step_and_none_shows_a_secret() {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join(".netrc"), "default login dana password canary").unwrap();
    std::fs::set_permissions(scratch.path().join(".netrc"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let sim = Sim::telling(|asked, line| {
        let answer = if asked.number == 0 {
            reply(302, &[("Location", "/b?token=canary")], b"")
        } else {
            reply(200, &[], &[b'x'; 100_000])
        };
        line.say(&answer);
    });
    let steps = Arc::new(Steps::default());
    let mut bounds = soon();
    bounds.watch = Arc::<Steps>::clone(&steps);
    let home = scratch.path().to_str().unwrap();
    Place::with(&sim.url("/"), &[("HOME", home)], scratch.path()).0.fetch(None, &bounds).unwrap();
    let said = steps.0.lock().unwrap().join("\n");
    let host = sim.address();
    for step in [
        "as the user that the netrc file names",
        "GET http",
        &format!("connected to {host}"),
        "redirected (302)",
        "status 200, 100000 bytes",
    ] {
        assert!(said.contains(step), "{step:?} in\n{said}");
    }
    assert!(!said.contains("canary"), "{said}");
    let progress = steps.1.lock().unwrap().clone();
    assert_eq!(progress.last(), Some(&Progress { bytes: 100_000, of: Some(100_000) }));
    assert!(progress.is_sorted_by_key(|progress| progress.bytes));
}

#[test]
fn a_netrc_file_that_others_can_read_is_not_used() {
    let scratch = tempfile::tempdir().unwrap();
    let netrc = scratch.path().join(".netrc");
    std::fs::write(&netrc, "default login dana password canary").unwrap();
    std::fs::set_permissions(&netrc, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let sim = Sim::telling(|_, line| line.say(&reply(200, &[], b"bundle")));
    let home = scratch.path().to_str().unwrap();
    let error = Place::with(&sim.url("/"), &[("HOME", home)], scratch.path()).0.fetch(None, &soon()).expect_err("exposed");
    assert!(matches!(error, SourceError::Setup { .. }) && error.to_string().contains(".netrc"), "{error}");
    assert_eq!(sim.asked(), []);
}
