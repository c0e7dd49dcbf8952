//! What stands between a machine and a web server: certificates, proxies, networks that lead nowhere.

use std::{fs, process::Command, time::Duration};

use outage_kit::source::{Bounds, SourceError};

use crate::{
    certificates::Authority,
    place::Place,
    sim::{Sim, reply},
    web_server::{WebServer, free_port, nginx_tls_server},
    world::{World, peer},
};

const CAP_BYTES: u64 = 1 << 20;
const LONG_AGO: &str = "20200101000000Z";
const LONG_HENCE: &str = "20990101000000Z";

#[test]
fn a14_f24_a_server_that_cannot_show_who_it_is_is_not_listened_to() {
    let scratch = tempfile::tempdir().unwrap();
    let authority = Authority::new(&scratch.path().join("ca"));
    let stranger = Authority::new(&scratch.path().join("stranger"));
    let here = "DNS:localhost,IP:127.0.0.1";
    let old_tls = "ssl_protocols TLSv1 TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;";
    let cases = [
        (authority.vouches_for("good", here, LONG_AGO, LONG_HENCE), "", None),
        (
            authority.vouches_for("ended", here, LONG_AGO, "20210203000000Z"),
            "",
            Some(("ended on 2021-02-03; or this machine's clock is wrong", true)),
        ),
        (
            authority.vouches_for("early", here, "20980203000000Z", LONG_HENCE),
            "",
            Some(("begins on 2098-02-03; or this machine's clock is wrong", true)),
        ),
        (authority.vouches_for("other", "DNS:other.example", LONG_AGO, LONG_HENCE), "", Some(("is for another name", false))),
        (authority.self_signed("alone", here), "", Some(("its certificate", false))),
        (stranger.vouches_for("stranger", here, LONG_AGO, LONG_HENCE), "", Some(("nobody whom this machine trusts", false))),
        (authority.vouches_for("old", here, LONG_AGO, LONG_HENCE), old_tls, Some(("speaks no TLS that is still safe", false))),
    ];
    let ports: Vec<u16> = cases.iter().map(|_| free_port()).collect();
    let servers: String =
        cases.iter().zip(&ports).map(|((certificate, more, _), port)| nginx_tls_server(*port, certificate, more, "")).collect();
    let nginx = WebServer::nginx_of(ports[0], &servers);
    fs::write(nginx.root().join("bundle.kit"), "bundle").unwrap();
    let trusted = authority.file();
    let variables = [("SSL_CERT_FILE", trusted.to_str().unwrap())];
    for ((certificate, _, expected), port) in cases.iter().zip(&ports) {
        let found = Place::with(&format!("https://localhost:{port}/"), &variables, scratch.path()).fetch(CAP_BYTES);
        let name = certificate.file.file_stem().unwrap().to_string_lossy();
        match (found, expected) {
            (Ok(found), None) => assert_eq!(found.unwrap().bytes, b"bundle", "{name}"),
            (Err(error), Some((why, is_clock))) => {
                assert!(error.to_string().contains(why), "{name}: {error}");
                if *is_clock {
                    assert!(matches!(error, SourceError::Identity { clock: true, .. }), "{name}: {error:?}");
                } else {
                    let is_told = matches!(error, SourceError::Identity { clock: false, .. } | SourceError::Answer { .. });
                    assert!(is_told, "{name}: {error:?}");
                }
            }
            (found, _) => panic!("{name}: {found:?}"),
        }
    }
    // What the system trusts, or the bundled list, does not vouch for any of these.
    let error = Place::at(&format!("https://localhost:{}/", ports[0])).fetch(CAP_BYTES).unwrap_err();
    assert!(matches!(error, SourceError::Identity { clock: false, .. }), "{error}");
}

#[test]
fn f24_what_does_not_speak_tls_is_said_not_to() {
    let mut bounds = Bounds::of(CAP_BYTES);
    bounds.connect = Duration::from_millis(500);
    let ask = |sim: &Sim| Place::at(&sim.url("/").replace("http:", "https:")).0.fetch(None, &bounds).unwrap_err().to_string();
    let error = ask(&Sim::mute(|line| line.say(&reply(200, &[], b"plain"))));
    assert!(error.contains("does not speak TLS"), "{error}");
    let error = ask(&Sim::mute(|line| line.say(&[0x16, 3, 3, 0, 2, 0xff, 0xff])));
    assert!(error.contains("TLS"), "{error}");
    let error = ask(&Sim::mute(|line| line.say(b"")));
    assert!(error.contains("closed the connection") || error.contains("within"), "{error}");
    // It takes the connection and says nothing.
    let error = ask(&Sim::mute(|line| line.hang()));
    assert!(error.contains("no connection: none within"), "{error}");
}

#[test]
fn f25_a_dead_proxy_is_named_without_its_password() {
    let scratch = tempfile::tempdir().unwrap();
    let dead = free_port();
    let proxy = format!("http://me:canary@127.0.0.1:{dead}");
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let place = Place::with("https://kit.test/", &[(variable, &proxy)], scratch.path());
        let error = place.fetch(CAP_BYTES).unwrap_err().to_string();
        let expected = format!("the proxy http://127.0.0.1:{dead} cannot be reached: 127.0.0.1:{dead}: nothing listens there");
        assert!(error.contains(&expected) && !error.contains("canary"), "{variable}: {error}");
    }
    // One that says no, and one that says nothing of the kind.
    for (answer, why) in [("403 Forbidden", "does not connect to it"), ("407 Who?", "does not connect to it"), ("x", "no HTTP")] {
        let sim = Sim::telling(move |_, line| line.say(format!("HTTP/1.1 {answer}\r\n\r\n").as_bytes()));
        let proxy = sim.url("").replace("http://", "http://me:canary@");
        let error = Place::with("https://kit.test/", &[("HTTPS_PROXY", &proxy)], scratch.path()).fetch(CAP_BYTES).unwrap_err();
        assert!(error.to_string().contains(why) && !error.to_string().contains("canary"), "{answer}: {error}");
        let asked = sim.asked();
        assert_eq!(asked[0].line(), "CONNECT kit.test:443");
        assert_eq!(asked[0].header("proxy-authorization"), Some("Basic bWU6Y2FuYXJ5"));
        assert!(asked[0].header("authorization").is_none());
    }
}

#[test]
fn a_real_proxy_is_gone_through_to_a_name_that_only_it_knows() {
    let scratch = tempfile::tempdir().unwrap();
    let authority = Authority::new(&scratch.path().join("ca"));
    let nginx = WebServer::nginx_tls("", &authority.vouches_for("kit", "DNS:kit.test", LONG_AGO, LONG_HENCE));
    fs::write(nginx.root().join("bundle.kit"), "bundle").unwrap();
    let port = free_port();
    let write = |name: &str, text: String| {
        let path = scratch.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let hosts = write("hosts", "127.0.0.1 localhost kit.test\n".to_owned());
    let at = scratch.path().display();
    let settings =
        format!("Port {port}\nListen 127.0.0.1\nLogFile \"{at}/log\"\nBasicAuth me canary\nMaxClients 10\nTimeout 60\n");
    let settings = write("tinyproxy.conf", settings);
    let script = "mount --bind \"$1\" /etc/hosts && exec \"$2\" -d -c \"$3\"";
    let is_root = rustix::process::geteuid().is_root();
    let mut proxy = Command::new(peer("unshare"));
    proxy.args([if is_root { "-m" } else { "-rm" }, "sh", "-c", script, "sh"]);
    let mut proxy = proxy.arg(hosts).arg(peer("tinyproxy")).arg(settings).spawn().unwrap();
    // A guard for what is broken, never a measure.
    let is_up = (0..3000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    let trusted = authority.file();
    let address = format!("https://kit.test:{}/", nginx.port);
    let ask = |proxy: &str| {
        let variables = [("SSL_CERT_FILE", trusted.to_str().unwrap()), ("HTTPS_PROXY", proxy)];
        Place::with(&address, &variables, scratch.path()).fetch(CAP_BYTES)
    };
    let found = ask(&format!("http://me:canary@127.0.0.1:{port}"));
    let unknown = ask(&format!("http://127.0.0.1:{port}"));
    proxy.kill().unwrap();
    proxy.wait().unwrap();
    assert!(is_up, "tinyproxy does not listen");
    assert_eq!(found.unwrap().unwrap().bytes, b"bundle");
    let error = unknown.unwrap_err().to_string();
    assert!(error.contains(&format!("the proxy http://127.0.0.1:{port} does not connect to it")), "{error}");
}

/// Runs `kit sync --from` in a network of its own, after a script that lays it.
fn sync_in_network(world: &World, script: &str, place: &str) -> crate::world::Run {
    let is_root = rustix::process::geteuid().is_root();
    let script = format!("set -e; ip link set lo up; {script}; shift; exec \"$@\"");
    let mut words = vec![if is_root { "-n" } else { "-rn" }, "sh", "-c", &script, "sh", "-"];
    let kit = env!("CARGO_BIN_EXE_kit");
    words.extend([kit, "--at", crate::world::NOW, "sync", "--from", place]);
    peer("ip");
    world.run("unshare", words, b"")
}

#[test]
fn f18_f19_networks_that_lead_nowhere_end_in_a_sentence_and_the_kit_answers() {
    let acme = crate::acme::Acme::joined();
    let dummy = "ip link add nowhere type dummy; ip addr add 192.0.2.1/24 dev nowhere; ip link set nowhere up";
    for (script, place, why) in [
        (":", "https://kit.test/", "the name kit.test cannot be looked up"),
        (":", "https://192.0.2.7/", "there is no way there"),
        ("ip route add unreachable 192.0.2.0/24", "https://192.0.2.7/", "there is no way there"),
        ("ip route add blackhole 192.0.2.0/24", "https://192.0.2.7/", "192.0.2.7:443"),
        (":", "http://127.0.0.1:9/", "nothing listens there"),
        // Whatever is sent there is never answered: only the deadline ends it.
        (dummy, "https://192.0.2.7/", "no connection"),
    ] {
        let files = acme.alice.files("alice-home");
        let run = sync_in_network(&acme.alice, script, place);
        run.fails(7).says(why).says("Your kit still works");
        assert_eq!(acme.alice.files("alice-home"), files, "{place}");
        acme.alice.kit(["lookup", "alice"]).ok().has("Kit 2,");
    }
}

#[test]
fn a13_a_name_that_stands_for_a_clouds_secrets_is_not_connected_to() {
    let world = crate::acme::Acme::joined().alice;
    let is_root = rustix::process::geteuid().is_root();
    // In a network of its own nothing can leave, whatever the answer.
    let hosts = world.write("hosts", "169.254.169.254 kit.test\n");
    let script = "ip link set lo up; ip addr add 169.254.169.254/32 dev lo; mount --bind \"$1\" /etc/hosts; shift; exec \"$@\"";
    let run = world.run(
        "unshare",
        [
            if is_root { "-mn" } else { "-rmn" },
            "sh",
            "-c",
            script,
            "sh",
            hosts.to_str().unwrap(),
            env!("CARGO_BIN_EXE_kit"),
            "--at",
            crate::world::NOW,
            "sync",
            "--from",
            "https://kit.test/",
        ],
        b"",
    );
    run.fails(7).says("kit.test is 169.254.169.254: such an address means another machine everywhere");
}

#[test]
fn a_machine_without_roots_uses_the_bundled_ones_and_says_so() {
    // Nothing vouches for the server, but the question has to get as far as that.
    let scratch = tempfile::tempdir().unwrap();
    let authority = Authority::new(&scratch.path().join("ca"));
    let nginx = WebServer::nginx_tls("", &authority.vouches_for("kit", "IP:127.0.0.1", LONG_AGO, LONG_HENCE));
    let acme = crate::acme::Acme::joined();
    let is_root = rustix::process::geteuid().is_root();
    acme.alice.write("none/README", "");
    let none = acme.alice.path("none");
    let script = "for at in /etc/ssl /usr/share/ca-certificates /usr/local/share/certs /usr/lib/ssl; do \
                  if [ -d $at ]; then mount --bind \"$1\" $at; fi; done; shift; exec \"$@\"";
    let run = acme.alice.run(
        "unshare",
        [
            if is_root { "-m" } else { "-rm" },
            "sh",
            "-c",
            script,
            "sh",
            none.to_str().unwrap(),
            env!("CARGO_BIN_EXE_kit"),
            "--at",
            crate::world::NOW,
            "sync",
            "--from",
            &format!("https://127.0.0.1:{}/", nginx.port),
        ],
        b"",
    );
    run.fails(7).says("nobody whom this machine trusts vouches for its certificate");
}
