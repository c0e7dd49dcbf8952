//! Object stores that refuse, stumble or lie: a scripted server stands in for them. Those that work are in `source_object`.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use jiff::{Timestamp, ToSpan};
use outage_kit::source::{Bounds, Fetch, SourceError, Version};

use crate::{place::Place, s3};

const CAP_BYTES: u64 = 1 << 20;

/// A request as it arrived.
#[derive(Debug, Clone)]
struct Asked {
    method: String,
    target: String,
    headers: Vec<String>,
    body: Vec<u8>,
}

impl Asked {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find_map(|line| line.split_once(": ").filter(|(found, _)| found.eq_ignore_ascii_case(name)))
            .map(|(_, value)| value)
    }

    fn is(&self, method: &str, part: &str) -> bool {
        self.method == method && self.target.contains(part)
    }
}

/// A server that says what a test wants, and the requests that it saw.
struct Liar {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    is_over: Arc<AtomicBool>,
}

impl Liar {
    /// `answer` gets each request and how many came before it; [`None`] ends the connection without a word.
    fn start(answer: impl Fn(&Asked, usize) -> Option<String> + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, is_over) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let liar = Self { port, asked: Arc::clone(&asked), is_over: Arc::clone(&is_over) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                let mut stream = stream.unwrap();
                let Some(request) = request_of(&stream) else { continue };
                let before = {
                    let mut asked = asked.lock().unwrap();
                    asked.push(request.clone());
                    asked.len() - 1
                };
                if let Some(said) = answer(&request, before) {
                    let _ = stream.write_all(said.as_bytes()); // it may have gone meanwhile
                }
            }
        });
        liar
    }

    fn address(&self) -> String {
        format!("s3://bucket/kit?endpoint=http://127.0.0.1:{}&region=eu-central-1", self.port)
    }

    fn place(&self) -> Place {
        Place::with(&self.address(), &s3::variables(), std::path::Path::new("/nowhere"))
    }

    fn azure(&self) -> Place {
        let address = format!("azblob://account/container/kit?endpoint=http://127.0.0.1:{}/account", self.port);
        Place::with(&address, &[("AZURE_STORAGE_SAS_TOKEN", "sv=1&sig=canary")], std::path::Path::new("/nowhere"))
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    fn count(&self, method: &str, part: &str) -> usize {
        self.asked().iter().filter(|asked| asked.is(method, part)).count()
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn request_of(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        headers.push(line.trim().to_owned());
    }
    let mut asked = Asked { method, target, headers, body: Vec::new() };
    let length = asked.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    asked.body = vec![0; length];
    reader.read_exact(&mut asked.body).ok()?;
    Some(asked)
}

/// An answer; `headers` each end with a line break.
fn says(status: u16, headers: &str, body: &str) -> Option<String> {
    let length = if status == 304 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    Some(format!("HTTP/1.1 {status} x\r\nconnection: close\r\n{length}{headers}\r\n{body}"))
}

fn fault(code: &str, more: &str) -> String {
    format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>so it is</Message>{more}</Error>")
}

/// What an honest store says to the try that must not hold.
fn refused(asked: &Asked) -> Option<Option<String>> {
    asked.is("PUT", ".kit-probe-").then(|| says(412, "", &fault("PreconditionFailed", "")))
}

fn version() -> Version {
    Version::new("\"41\"")
}

#[test]
fn f27_each_refusal_has_its_own_reason() {
    let date = |at: Timestamp| format!("date: {}\r\n", at.strftime("%a, %d %b %Y %H:%M:%S GMT"));
    let long = "x".repeat(5000);
    type Is = fn(&SourceError) -> bool;
    let cases: Vec<(u16, String, String, Is, &str)> = vec![
        (403, String::new(), fault("AccessDenied", ""), |e| matches!(e, SourceError::Denied { .. }), "AccessDenied: so it is"),
        (403, String::new(), String::new(), |e| matches!(e, SourceError::Denied { .. }), "without a reason"),
        (403, String::new(), fault("SignatureDoesNotMatch", ""), |e| matches!(e, SourceError::Denied { .. }), "the secret"),
        (404, String::new(), fault("NoSuchBucket", ""), |e| matches!(e, SourceError::Setup { .. }), "no bucket bucket"),
        (404, String::new(), "<html>not found</html>".to_owned(), |e| matches!(e, SourceError::Answer { .. }), "answered 404"),
        (400, String::new(), fault("ExpiredToken", ""), |e| matches!(e, SourceError::Setup { .. }), "have expired"),
        (
            403,
            String::new(),
            fault("RequestTimeTooSkewed", ""),
            |e| matches!(e, SourceError::Identity { clock: true, .. }),
            "clock is off",
        ),
        (
            403,
            date(Timestamp::now() + 3.hours()),
            fault("AccessDenied", ""),
            |e| matches!(e, SourceError::Identity { clock: true, .. }),
            "180 min behind its own",
        ),
        (
            301,
            "x-amz-bucket-region: eu-west-3\r\n".to_owned(),
            fault("PermanentRedirect", ""),
            |e| matches!(e, SourceError::Setup { .. }),
            "write region=eu-west-3",
        ),
        (
            400,
            String::new(),
            fault("AuthorizationHeaderMalformed", "<Region>us-west-2</Region>"),
            |e| matches!(e, SourceError::Setup { .. }),
            "write region=us-west-2",
        ),
        (
            301,
            "x-amz-bucket-region: evil.example.com/\r\n".to_owned(),
            fault("PermanentRedirect", "<Endpoint>evil.example.com/path</Endpoint>"),
            |e| matches!(e, SourceError::Redirect { .. }),
            "redirects to evil.example.com, and what is signed",
        ),
        (304, String::new(), String::new(), |e| matches!(e, SourceError::Answer { .. }), "nothing changed, though"),
        (206, String::new(), "half".to_owned(), |e| matches!(e, SourceError::Answer { .. }), "answered 206"),
        (204, String::new(), String::new(), |e| matches!(e, SourceError::Answer { .. }), "answered 204"),
        (418, String::new(), fault(&long, ""), |e| matches!(e, SourceError::Answer { .. }), "answered 418"),
        (403, String::new(), "<a>".repeat(20_000), |e| matches!(e, SourceError::Denied { .. }), "without a reason"),
    ];
    for (status, headers, body, is, why) in cases {
        let liar = Liar::start(move |_, _| says(status, &headers, &body));
        let error = liar.place().fetch(CAP_BYTES).unwrap_err();
        assert!(is(&error) && error.to_string().contains(why), "{status} {why}: {error:?}");
        assert!(error.to_string().len() < 700 && !error.to_string().contains("evil.example.com/"), "{error}");
        assert_eq!(liar.asked().len(), 1, "{why}: asked once");
    }
    let missing = Liar::start(|_, _| says(404, "", &fault("NoSuchKey", "")));
    assert_eq!(missing.place().fetch(CAP_BYTES).unwrap(), None);
    let azure = Liar::start(|_, _| says(403, "x-ms-error-code: AuthorizationFailure\r\n", ""));
    let error = azure.azure().fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(&error, SourceError::Denied { why, .. } if why == "AuthorizationFailure"), "{error}");
}

#[test]
fn a24_what_is_signed_for_one_host_is_shown_to_no_other() {
    let other = Liar::start(|_, _| says(200, "", "theirs"));
    let to = format!("location: http://localhost:{}/bucket/kit/bundle.kit?x=canary\r\n", other.port);
    for status in [301, 302, 303, 307, 308] {
        let to = to.clone();
        let liar =
            Liar::start(move |asked, _| refused(asked).unwrap_or_else(|| says(status, &to, &fault("TemporaryRedirect", ""))));
        let fetched = liar.place().fetch(CAP_BYTES).unwrap_err();
        let published = liar.place().publish(b"kit", Some(&version())).unwrap_err();
        let azure = liar.azure().fetch(CAP_BYTES).unwrap_err();
        for error in [fetched, published, azure] {
            assert!(matches!(error, SourceError::Redirect { .. }), "{status}: {error}");
            assert!(!error.to_string().contains("canary") && !error.to_string().contains("X-Amz"), "{error}");
        }
    }
    assert_eq!(other.asked().len(), 0, "nobody went there");
}

#[test]
fn a24_an_object_and_its_tag_come_in_one_answer() {
    // Replaced at every request: what is remembered belongs to the bytes that came with it.
    let liar = Liar::start(|_, before| says(200, &format!("etag: \"{before}\"\r\n"), &format!("kit {before}")));
    for number in 0..3 {
        let found = liar.place().fetch(CAP_BYTES).unwrap().unwrap();
        assert_eq!((found.bytes, found.version), (format!("kit {number}").into_bytes(), Version::new(format!("\"{number}\""))));
    }
    assert_eq!(liar.count("GET", "/bucket/kit/bundle.kit?"), 3);
    assert_eq!(liar.asked().len(), 3);
}

#[test]
fn f27_a_busy_store_is_asked_again_a_few_times() {
    for (status, code) in [(503, "SlowDown"), (500, "InternalError"), (429, "TooManyRequests")] {
        let liar = Liar::start(
            move |_, before| {
                if before < 2 { says(status, "", &fault(code, "")) } else { says(200, "etag: \"1\"\r\n", "kit") }
            },
        );
        assert_eq!(liar.place().fetch(CAP_BYTES).unwrap().unwrap().bytes, b"kit", "{code}");
        let liar = Liar::start(move |_, _| says(status, "", &fault(code, "")));
        let error = liar.place().fetch(CAP_BYTES).unwrap_err().to_string();
        assert!(error.contains("is busy") && error.contains(code), "{error}");
        assert_eq!(liar.asked().len(), 5, "{code}");
    }
    // Nobody waits for one that wants an hour, and not at all when nobody waits any more.
    let liar = Liar::start(|_, _| says(503, "retry-after: 3600\r\n", ""));
    let bounds = Bounds::of(CAP_BYTES);
    let stop = bounds.stop.clone();
    let (place, asked) = (liar.place(), Arc::clone(&liar.asked));
    let stopper = thread::spawn(move || {
        while asked.lock().unwrap().is_empty() {
            thread::sleep(Duration::from_millis(1));
        }
        stop.stop();
    });
    let error = place.0.fetch(None, &bounds).unwrap_err();
    stopper.join().unwrap();
    assert!(matches!(error, SourceError::Stopped { .. }), "{error}");
    assert_eq!(liar.asked().len(), 1);
}

#[test]
fn b13_a_store_that_ignores_conditions_is_not_published_to() {
    // Google's does, by its S3 endpoint, unless it is told in its own words.
    for expected in [Some(version()), None] {
        for (answer, why) in [(200, "writes whatever"), (501, "does not know")] {
            let liar = Liar::start(move |asked, _| match asked.method.as_str() {
                "PUT" => says(answer, "", &if answer == 200 { String::new() } else { fault("NotImplemented", "") }),
                "DELETE" => says(204, "", ""),
                _ => says(200, "etag: \"41\"\r\n", "kit 41"),
            });
            let error = liar.place().publish(b"kit 42", expected.as_ref()).unwrap_err();
            assert!(matches!(error, SourceError::NoCompare { .. }) && error.to_string().contains(why), "{error}");
            assert_eq!(liar.count("PUT", "bundle.kit"), 0, "the bundle was left alone");
            assert_eq!(liar.count("DELETE", ".kit-probe-"), usize::from(answer == 200), "and what was tried, removed");
            assert_eq!(liar.place().fetch(CAP_BYTES).unwrap().unwrap().bytes, b"kit 41", "reading goes on");
        }
    }
    // Without a tag, or with one that cannot be compared, there is nothing to name what is replaced by.
    for tag in ["", "etag: W/\"1\"\r\n", "etag: none\r\n", "etag: \"a\"b\"\r\n"] {
        let liar = Liar::start(move |_, _| says(200, tag, "kit 41"));
        let seen = liar.place().fetch(CAP_BYTES).unwrap().unwrap();
        let error = liar.place().publish(b"kit 42", Some(&seen.version)).unwrap_err();
        assert!(matches!(error, SourceError::NoCompare { .. }), "{tag}: {error}");
        let again = liar.place().0.fetch(Some(&seen.version), &Bounds::of(CAP_BYTES)).unwrap();
        assert_eq!(again, Fetch::Unchanged, "{tag}");
    }
}

#[test]
fn b13_a_conflict_is_tried_again_and_a_lost_race_is_not() {
    let conflict = fault("ConditionalRequestConflict", "");
    let store = |answers: Vec<(u16, String)>, standing: &'static str| {
        let at = Mutex::new(answers.into_iter());
        Liar::start(move |asked, _| {
            refused(asked).unwrap_or_else(|| match asked.method.as_str() {
                "GET" => says(200, "etag: \"42\"\r\n", standing),
                _ => at.lock().unwrap().next().and_then(|(status, body)| says(status, "", &body)),
            })
        })
    };
    let liar = store(vec![(409, conflict.clone()), (409, conflict.clone()), (200, String::new())], "kit 42");
    liar.place().publish(b"kit 42", Some(&version())).unwrap();
    assert_eq!(liar.count("PUT", "bundle.kit"), 3);
    assert!(liar.asked().iter().filter(|asked| asked.method == "PUT").all(|asked| asked.header("if-match").is_some()));
    let liar = store(vec![(409, conflict); 5], "kit 42");
    let error = liar.place().publish(b"kit 42", Some(&version())).unwrap_err().to_string();
    assert!(error.contains("is busy") && error.contains("ConditionalRequestConflict"), "{error}");
    for (status, code) in [(412, "PreconditionFailed"), (404, "NoSuchKey")] {
        let liar = store(vec![(status, fault(code, ""))], "kit 42 of somebody else");
        let error = liar.place().publish(b"kit 42", Some(&version())).unwrap_err();
        assert!(matches!(error, SourceError::LostRace { .. }), "{error}");
        assert_eq!(liar.count("PUT", "bundle.kit"), 1);
    }
    // The first answer was lost, the second says that something stands there: it is ours.
    let liar = store(vec![(500, String::new()), (412, fault("PreconditionFailed", ""))], "kit 42");
    liar.place().publish(b"kit 42", Some(&version())).unwrap();
    let liar = store(Vec::new(), "kit 42");
    liar.place().publish(b"kit 42", Some(&version())).unwrap();
    // It says that it has written, and holds something else.
    let liar = store(vec![(200, String::new())], "kit 41");
    let error = liar.place().publish(b"kit 42", Some(&version())).unwrap_err();
    assert!(matches!(error, SourceError::ReadBack { .. }), "{error}");
    let liar = store(vec![(403, fault("AccessDenied", ""))], "kit 41");
    let error = liar.place().publish(b"kit 42", Some(&version())).unwrap_err();
    assert!(matches!(error, SourceError::Denied { .. }), "{error}");
    let azure = Liar::start(|asked, _| {
        if asked.method == "PUT" {
            says(409, "x-ms-error-code: BlobAlreadyExists\r\n", "")
        } else {
            says(200, "etag: \"1\"\r\n", "theirs")
        }
    });
    let error = azure.azure().publish(b"kit 42", None).unwrap_err();
    assert!(matches!(error, SourceError::LostRace { .. }), "{error}");
}

#[test]
fn an_inbox_without_end_is_given_up() {
    let page = |token: &str, keys: &str| {
        format!(
            "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>{keys}</ListBucketResult>"
        )
    };
    let bounds = || Bounds::of(CAP_BYTES);
    let same = Liar::start(move |_, _| says(200, "", &page("again", "")));
    let error = same.place().inbox().list(&bounds()).unwrap_err().to_string();
    assert!(error.contains("the same again and again"), "{error}");
    assert_eq!(same.asked().len(), 2);
    let empty = Liar::start(move |_, before| says(200, "", &page(&before.to_string(), "")));
    let error = empty.place().inbox().list(&bounds()).unwrap_err().to_string();
    assert!(error.contains("more than 1000 pages"), "{error}");
    for wrong in ["", "<html/>", "<ListBucketResult>", "<!DOCTYPE a [<!ENTITY b \"c\">]><ListBucketResult/>"] {
        let liar = Liar::start(move |_, _| says(200, "", wrong));
        let error = liar.place().inbox().list(&bounds()).unwrap_err().to_string();
        assert!(error.contains("no list of a bucket"), "{wrong}: {error}");
        let error = liar.azure().inbox().list(&bounds()).unwrap_err().to_string();
        assert!(error.contains("no list of blobs"), "{wrong}: {error}");
    }
}
