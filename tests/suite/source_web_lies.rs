//! A web server that lies to `kit sync`: whatever it says, the exit status and one line tell, and the kit here answers as before.

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::{
    acme::Acme,
    forge::{Parts, Party},
    sim::{Asked, Line, Sim, raw, reply},
    world::{Run, peer},
};

/// What is asked for a kit, and not for what members sent.
const BUNDLE: &str = "GET /kit/bundle.kit";

/// Alice asks this server: refused with this status and reason, and nothing else is different.
#[track_caller]
fn refused(acme: &Acme, sim: &Sim, status: i32, reason: &str) -> Run {
    let files = acme.alice.files("alice-home");
    let run = acme.alice.kit(["sync", "--from", &sim.url("/kit/")]);
    run.fails_talking(status);
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    run.assert(said.matches(reason).count() == 1, &format!("{reason:?} once on stderr"));
    run.assert(!run.stderr.contains('\u{1b}'), "nothing that drives the terminal");
    assert_eq!(acme.alice.files("alice-home"), files, "{reason}: something was left behind");
    acme.alice.kit(["lookup", "alice"]).ok().has("+44 7700 900123").has("Kit 2,");
    run
}

fn serving(bytes: Vec<u8>) -> Sim {
    Sim::telling(move |_, line| line.say(&reply(200, &[("ETag", "\"one\"")], &bytes)))
}

#[test]
fn a_kit_that_is_not_to_be_trusted_is_refused_by_what_it_is_a1_a3_a4_a8_a9() {
    let acme = Acme::joined();
    let second = acme.dana.read("box/bundle.kit");
    acme.publish().ok();
    let third = acme.dana.read("box/bundle.kit");
    let parts = Parts::of(&third);
    let stranger = Party::new(77);
    let mut unsigned = parts.clone();
    unsigned.head.blocks.clear();
    refused(&acme, &serving(unsigned.bytes()), 6, "signature");
    let run = refused(&acme, &serving(parts.head_edited(&[&stranger], |_| {}).bytes()), 6, "SHA256:");
    run.says(&stranger.public().fingerprint());
    refused(&acme, &serving(third[..third.len() - 1].to_vec()), 6, "is not to be trusted. Nothing changed");
    refused(&acme, &serving([third.clone(), b"x".to_vec()].concat()), 6, "is not to be trusted. Nothing changed");
    refused(&acme, &serving([second.clone(), third.clone()].concat()), 6, "is not to be trusted. Nothing changed");
    let mixed = Parts { payload: Parts::of(&second).payload, ..parts };
    refused(&acme, &serving(mixed.bytes()), 6, "is not to be trusted. Nothing changed");
    let other = Acme::published();
    refused(&acme, &serving(other.dana.read("box/bundle.kit")), 6, "is not to be trusted. Nothing changed");
    // The right one, from the same kind of server; then the older one again, also in a new process.
    acme.alice.kit(["sync", "--from", &serving(third).url("/kit/")]).ok();
    for _ in 0..2 {
        acme.alice.kit(["sync", "--from", &serving(second.clone()).url("/kit/")]).fails(6).says("ROLLBACK");
        acme.alice.kit(["lookup", "alice"]).ok().has("Kit 3,");
    }
}

#[test]
fn two_kits_of_one_number_are_a_fork_a5() {
    let acme = Acme::joined();
    // The publisher's machine twice: each publishes a third kit over the same second one.
    let copy = |from: &str, to: &str| {
        let status = Command::new("cp").arg("-a").args([acme.dana.path(from), acme.dana.path(to)]).status();
        assert!(status.unwrap().success());
    };
    copy("home", "home-2");
    copy("team", "team-2");
    let second = acme.dana.read("box/bundle.kit");
    acme.publish().ok();
    let one = acme.dana.read("box/bundle.kit");
    acme.dana.write("box/bundle.kit", second);
    let twin = acme.dana.machine("home-2");
    twin.kit(["publish", "team-2", "--to", "box", "--passphrase-file", "p"]).ok();
    let two = acme.dana.read("box/bundle.kit");
    assert_ne!(one, two);
    acme.alice.kit(["sync", "--from", &serving(one).url("/kit/")]).ok();
    acme.alice.kit(["sync", "--from", &serving(two).url("/kit/")]).fails(6).says("FORK");
    acme.alice.kit(["lookup", "alice"]).ok().has("Kit 3,");
}

#[test]
fn whatever_is_no_kit_is_named_and_never_kept_a10_a12_a15_a16_f22_f23() {
    let acme = Acme::joined();
    let good = acme.dana.read("box/bundle.kit");
    let telling = |tell: fn(&Asked, &mut Line)| Sim::telling(tell);
    let page =
        telling(|_, line| line.say(&reply(200, &[("Content-Type", "text/html")], b"<!DOCTYPE html><title>Log in</title>")));
    refused(&acme, &page, 6, "captive portal");
    let escapes = telling(|_, line| line.say(&reply(500, &[], b"\x1b]52;c;aGVsbG8=\x07Oh\x1b[2Jno\xff\xc2\x9b31m")));
    refused(&acme, &escapes, 7, "status 500").says("\\x1b");
    let packed = telling(|_, line| line.say(&reply(200, &[("Content-Encoding", "gzip")], b"\x1f\x8b\x08")));
    refused(&acme, &packed, 7, "packs its answer");
    let length = good.len();
    let half = Sim::telling(move |_, line| line.say(&raw(200, &[("Content-Length", &length.to_string())], &good[..length / 2])));
    refused(&acme, &half, 7, &format!("cut off at {} of {length} bytes", length / 2));
    refused(&acme, &telling(|_, line| line.say(&raw(304, &[], b""))), 7, "status 304");
    refused(&acme, &telling(|_, line| line.say(&reply(200, &[], b""))), 6, "empty");
    refused(&acme, &telling(|_, line| line.say(&reply(404, &[], b"gone"))), 7, "/kit/: nothing is published there yet");
    let away = telling(|_, line| line.say(&reply(302, &[("Location", "https://169.254.169.254/")], b"")));
    refused(&acme, &away, 7, "redirects to https://169.254.169.254/…");
    refused(&acme, &telling(|_, line| line.say(b"SSH-2.0-OpenSSH\r\n\r\n")), 7, "no HTTP");
    refused(&acme, &telling(|_, _| {}), 7, "closed the connection");
    let newer = serving(b"kit-bundle 9\n{}\n".to_vec());
    refused(&acme, &newer, 6, "is not to be trusted. Nothing changed");
}

#[test]
fn a10_an_endless_answer_takes_no_more_memory_than_a_kit_may() {
    let acme = Acme::joined();
    for head in
        ["HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 500 Oh\r\n\r\n"]
    {
        let sim = Sim::telling(move |_, line| {
            line.say(head.as_bytes());
            line.say_for_ever(&[b'x'; 1 << 16], Duration::ZERO);
        });
        let files = acme.alice.files("alice-home");
        let mut time = acme.alice.command(peer("sh"));
        // 400 MiB of addresses: threads and mappings take some of them; a kit has 64 MiB at most.
        time.args(["-c", "ulimit -v 400000; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_kit"), "sync", "--from", &sim.url("/kit/")]);
        let output = time.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(7), "{head:?}: {said}");
        assert!(said.contains("sends more than") || said.contains("status 500"), "{said}");
        assert_eq!(acme.alice.files("alice-home"), files, "{head:?}");
    }
}

#[test]
fn a_hanging_server_is_given_up_by_the_real_deadlines_a11() {
    let acme = Acme::joined();
    refused(&acme, &Sim::telling(|_, line| line.hang()), 7, "no answer within 8 s");
}

#[test]
fn a18_two_devices_ask_in_the_same_words_and_a_mirror_that_alternates_is_judged_each_time_f45() {
    let acme = Acme::joined();
    let second = acme.dana.read("box/bundle.kit");
    acme.publish().ok();
    let third = acme.dana.read("box/bundle.kit");
    let answers = Arc::new([second.clone(), b"<html>".to_vec(), third.clone(), second, third]);
    let told = AtomicUsize::new(0);
    let sim = Sim::telling(move |asked, line| {
        let headers = [("ETag", "\"same\""), ("Set-Cookie", "id=canary"), ("Last-Modified", "Wed, 18 Nov 2026 02:12:00 GMT")];
        match asked.line() == BUNDLE {
            true => line.say(&reply(200, &headers, &answers[told.fetch_add(1, Ordering::Relaxed)])),
            false => line.say(&reply(404, &headers, b"")),
        }
    });
    let url = sim.url("/kit/");
    acme.alice.kit(["sync", "--from", &url]).ok();
    acme.alice.kit(["sync", "--from", &url]).fails(6).says("captive portal");
    acme.alice.kit(["sync", "--from", &url]).ok();
    acme.alice.kit(["sync", "--from", &url]).fails(6).says("ROLLBACK");
    acme.alice.kit(["lookup", "alice"]).ok().has("Kit 3,");
    // Dana's device, another locale, another terminal, another name.
    let dana = acme.dana.with("LANG", "de_DE.UTF-8").with("HOSTNAME", "danas-desk").with("USER", "dana");
    dana.kit(["sync", "--from", &url]).ok();
    let asked = sim.asked();
    let bundles: Vec<_> = asked.iter().filter(|asked| asked.line() == BUNDLE).collect();
    assert_eq!(bundles[4].head, bundles[0].head, "the first request of each is the same");
    for request in &asked {
        let head = request.head.to_lowercase();
        for word in ["cookie", "canary", "dana", "alice", "referer", "language", "0.1"] {
            let host = format!("host: {}", sim.address());
            assert!(!head.replace(&host, "").contains(word), "{word} in {head}");
        }
    }
}
