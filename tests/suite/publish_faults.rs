//! Publishing to several places when one is away, behind, ahead or somebody else's, and when the publisher's machine dies on
//! the way: what is out stays out, the next publish goes on from it, and mirrors come along.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use outage_kit::{
    bundle::{self, Hash},
    disk,
};

use crate::{
    acme::Acme,
    publish_races::Duo,
    world::{Run, peer},
};

/// All ways to give a file its name.
const RENAMES: &str = "rename,renameat,renameat2";

/// The number and the head of what stands in a folder.
#[track_caller]
fn standing(team: &Duo, place: &str) -> (u64, Hash) {
    let bytes = team.acme.dana.read(format!("{place}/bundle.kit"));
    let bundle = bundle::verify_unpinned(bytes).unwrap_or_else(|refusal| panic!("{place}: {refusal}"));
    (bundle.seq(), bundle.head_sha256())
}

/// Dana publishes, and at the N-th of some calls something happens to it.
fn struck(team: &Duo, more: &[&str], inject: &str) -> (Run, bool) {
    let trace = team.acme.dana.path("trace");
    let calls = inject.split(':').next().unwrap().to_owned();
    let mut words: Vec<String> = ["-f", "-qq", "-o"].map(str::to_owned).into();
    words.push(trace.to_str().unwrap().to_owned());
    words.extend(more.iter().map(|word| (*word).to_owned()));
    words.extend(["-e".to_owned(), format!("trace={calls}"), "-e".to_owned(), format!("inject={inject}")]);
    let kit = [env!("CARGO_BIN_EXE_kit"), "--at", crate::world::NOW, "publish", "dana", "--passphrase-file", "p"];
    words.extend(kit.map(str::to_owned));
    peer("strace");
    let run = team.acme.dana.run("strace", words, b"");
    let is_struck = run.status == 137 || fs::read_to_string(trace).unwrap().contains("(INJECTED)");
    (run, is_struck)
}

/// Dana and Alice, who both publish to `box` and to `mirror`.
fn mirrored() -> Duo {
    let team = Duo::at("box");
    team.publishes("dana", &["--to", "mirror"]).ok();
    team.acme.alice.kit(["source", "add", "mirror"]).ok();
    team.acme.alice.kit(["sync"]).ok();
    team
}

#[test]
fn f41_whoever_dies_while_publishing_another_goes_on_and_so_do_they() {
    let team = mirrored();
    let mirror = team.acme.dana.path("mirror/bundle.kit");
    let only_mirror = ["-P", mirror.to_str().unwrap()];
    let mut died = Vec::new();
    // Once in the thread that brings the mirror up, which has written it and is about to read it back; then at each rename.
    let mut blows: Vec<(String, &[&str])> = vec![("openat:signal=SIGKILL:when=2".to_owned(), &only_mirror)];
    blows.extend((1..12).map(|number| (format!("{RENAMES}:signal=SIGKILL:when={number}"), &[][..])));
    for (round, (blow, more)) in blows.iter().enumerate() {
        let (seq, head) = standing(&team, "box");
        team.writes("dana", &format!("dana-{round}"));
        let (run, is_struck) = struck(&team, more, blow);
        let after = standing(&team, "box");
        let is_out = after.0 == seq + 1;
        assert!(is_out || after == (seq, head), "{blow}: the old kit or the new one");
        run.assert(run.status == if is_struck { 137 } else { 0 }, "it was killed, or came through");
        died.extend(is_struck.then_some((is_out, standing(&team, "mirror").0 == after.0)));
        // Alice goes on from what is out, and brings the mirror along.
        team.acme.alice.kit(["sync"]).ok();
        team.acme.alice.kit(["lookup", &format!("dana-{round}")]).status(if is_out { 0 } else { 3 });
        if is_out {
            team.takes_over("alice");
        }
        team.writes("alice", &format!("alice-{round}"));
        team.publishes("alice", &[]).ok();
        assert_eq!(standing(&team, "box").0, after.0 + 1, "{blow}: no gap");
        assert_eq!(standing(&team, "box"), standing(&team, "mirror"), "{blow}");
        // And so does Dana, whose change is out then in any case.
        team.acme.dana.kit(["sync"]).ok();
        team.takes_over("dana");
        team.publishes("dana", &[]).ok();
        assert_eq!(standing(&team, "box").0, after.0 + 2, "{blow}");
        assert_eq!(standing(&team, "box"), standing(&team, "mirror"), "{blow}");
        team.acme.alice.kit(["sync"]).ok();
        team.takes_over("alice");
        for id in [format!("dana-{round}"), format!("alice-{round}")] {
            team.acme.alice.kit(["lookup", &id]).ok();
        }
        if !is_struck {
            break;
        }
    }
    for moment in [(false, true), (true, false), (true, true)] {
        assert!(died.contains(&moment), "nobody died when {moment:?} (it is out, the mirror is the same): {died:?}");
    }
    assert!((5..12).contains(&died.len()), "{died:?}");
}

#[test]
fn f41_after_a_death_the_same_kit_goes_to_the_mirrors() {
    let team = mirrored();
    team.writes("dana", "erin");
    // The state is written fourth, after what members sent: the first place has the kit, and this machine too.
    let (run, _) = struck(&team, &[], &format!("{RENAMES}:signal=SIGKILL:when=4"));
    run.status(137);
    let (out, late) = (standing(&team, "box"), standing(&team, "mirror"));
    assert_eq!(out.0, late.0 + 1);
    team.acme.dana.kit(["publish", "dana", "--mirrors"]).ok().has(&format!("BROUGHT UP  kit {}", out.0));
    assert_eq!(team.acme.dana.read("mirror/bundle.kit"), team.acme.dana.read("box/bundle.kit"));
    assert_eq!(standing(&team, "box"), out, "no new kit was made");
    team.publishes("dana", &[]).ok().has(&format!("PUBLISHED  kit {}", out.0 + 1));
}

#[test]
fn what_is_published_and_could_not_be_kept_comes_with_the_next_sync() {
    let team = Duo::at("box");
    team.writes("dana", "erin");
    // What members sent, the place, then this machine's copy.
    let (run, _) = struck(&team, &[], &format!("{RENAMES}:error=ENOSPC:when=3"));
    run.status(2).has("PUBLISHED  kit 3").says("kit 3 is published, but could not be kept on this machine").says("kit sync");
    team.publishes("dana", &[]).fails_talking(1).says("Kit 3, signed by dana.fox").says("added    Somebody erin");
    team.acme.dana.kit(["sync"]).ok().has("UPDATED  kit 2 -> 3");
    team.publishes("dana", &[]).ok().has("PUBLISHED  kit 4");
}

#[test]
fn an_answer_that_is_lost_on_the_way_is_looked_for() {
    let team = Duo::at("box");
    team.writes("dana", "erin");
    let bundle = team.acme.dana.path("box/bundle.kit");
    // The first time it is opened is before it is replaced, the second to read it back.
    let (run, is_struck) = struck(&team, &["-P", bundle.to_str().unwrap()], "openat:error=EIO:when=2");
    assert!(is_struck);
    run.ok().has("PUBLISHED  kit 3");
    team.publishes("dana", &[]).ok().has("PUBLISHED  kit 4");
}

#[test]
fn mirrors_that_are_behind_or_empty_are_brought_up() {
    let team = mirrored();
    let old = team.acme.dana.read("mirror/bundle.kit");
    let source = ["source", "remove", "mirror"];
    team.acme.dana.kit(source).ok();
    for _ in 0..3 {
        team.publishes("dana", &[]).ok();
    }
    team.publishes("dana", &["--to", "mirror", "--to", "empty"]).ok().has("  at       ");
    for place in ["mirror", "empty"] {
        assert_eq!(team.acme.dana.read("box/bundle.kit"), team.acme.dana.read(format!("{place}/bundle.kit")), "{place}");
    }
    // Rewound by whoever serves it, a place is brought up again, the first one too.
    for place in ["box", "mirror"] {
        team.acme.dana.write(format!("{place}/bundle.kit"), &old);
    }
    team.acme.dana.kit(["publish", "dana", "--mirrors"]).ok().has("BROUGHT UP  kit 7");
    assert_eq!(standing(&team, "box"), standing(&team, "empty"));
    team.acme.dana.write("box/bundle.kit", &old);
    team.publishes("dana", &[]).ok().has("PUBLISHED  kit 8");
    assert_eq!(standing(&team, "box"), standing(&team, "mirror"));
}

#[test]
fn a_mirror_that_is_away_busy_or_a_strangers_holds_nobody_up() {
    let team = mirrored();
    let stranger = Duo::at("box").acme.dana.read("box/bundle.kit");
    // Away: the folder it stands in is gone.
    fs::create_dir(team.acme.dana.path("stick")).unwrap();
    team.publishes("dana", &["--to", "stick/kit"]).ok();
    fs::rename(team.acme.dana.path("stick"), team.acme.dana.path("away")).unwrap();
    let run = team.publishes("dana", &[]);
    run.status(7).has("PUBLISHED  kit 5").says("not at every place").says("stick/kit: not there").says("publish dana --mirrors");
    let json: serde_json::Value = serde_json::from_str(&team.publishes("dana", &["--json"]).status(7).stdout).unwrap();
    assert!(json["published"] == true && json["places"].as_array().unwrap().len() == 2, "{json}");
    assert!(json["failed"][0]["place"].as_str().unwrap().ends_with("stick/kit"), "{json}");
    fs::rename(team.acme.dana.path("away"), team.acme.dana.path("stick")).unwrap();
    team.acme.dana.kit(["publish", "dana", "--mirrors"]).ok();
    assert_eq!(standing(&team, "stick/kit"), standing(&team, "box"));
    // Somebody else's: it is told of and stays.
    team.acme.dana.write("mirror/bundle.kit", &stranger);
    team.publishes("dana", &[]).status(7).has("PUBLISHED  kit 7").says("something that is not this kit");
    team.acme.dana.kit(["publish", "dana", "--mirrors"]).status(7).has("BROUGHT UP  kit 7").says("not this kit");
    assert_eq!(team.acme.dana.read("mirror/bundle.kit"), stranger);
    // Busy: its lock is held by somebody who hangs.
    fs::remove_file(team.acme.dana.path("mirror/bundle.kit")).unwrap();
    let lock = disk::lock_folder(&team.acme.dana.path("mirror"), ".bundle.kit.lock", 10).unwrap();
    team.publishes("dana", &[]).status(7).has("PUBLISHED  kit 8").says("somebody else is publishing there");
    drop(lock);
    assert_eq!(standing(&team, "stick/kit"), standing(&team, "box"), "the others have it");
    team.publishes("dana", &[]).ok().has("PUBLISHED  kit 9");
    assert_eq!(standing(&team, "mirror"), standing(&team, "box"));
}

/// A server that says "not found" to every GET if it is to `answer` those, and to anything else nothing, for ever.
fn hanging(answer: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut kept = Vec::new();
        for mut client in listener.incoming().map_while(Result::ok) {
            let mut head = [0; 4096];
            let read = client.read(&mut head).unwrap_or(0);
            if answer && head[..read].starts_with(b"GET ") {
                let _ = client.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            } else {
                kept.push(client);
            }
        }
    });
    format!("http://127.0.0.1:{port}/kit/")
}

#[test]
fn mirrors_that_hang_end_by_their_deadlines_and_the_others_have_the_kit() {
    let team = mirrored();
    let (silent, half) = (hanging(false), hanging(true));
    let run = team.publishes("dana", &["--to", &silent, "--to", &half]);
    run.status(7).has("PUBLISHED  kit 4").says(&silent).says(&half);
    assert_eq!(standing(&team, "mirror"), standing(&team, "box"));
    assert_eq!(standing(&team, "box").0, 4);
    team.publishes("dana", &[]).ok().has("PUBLISHED  kit 5");
}

#[test]
fn a_mirror_that_is_ahead_stops_publishing_before_two_kits_have_a_number() {
    let team = mirrored();
    let old = team.acme.dana.read("box/bundle.kit");
    team.writes("alice", "erin");
    team.publishes("alice", &[]).ok();
    // The first place is rewound (A22): only the mirror tells that there is more.
    team.acme.dana.write("box/bundle.kit", &old);
    let ahead = team.acme.dana.read("mirror/bundle.kit");
    team.publishes("dana", &[]).fails_talking(1).says("added    Somebody erin").says("kit sync");
    team.acme.dana.kit(["publish", "dana", "--mirrors"]).fails_talking(1);
    assert_eq!((team.acme.dana.read("box/bundle.kit"), team.acme.dana.read("mirror/bundle.kit")), (old, ahead));
    team.acme.dana.kit(["sync"]).ok();
    team.takes_over("dana");
    team.publishes("dana", &[]).ok().has("PUBLISHED  kit 5");
    assert_eq!(standing(&team, "box"), standing(&team, "mirror"));
    // Another kit with the number that is here: a fork, told of and never written over.
    let lone = team.acme.dana.read("box/bundle.kit");
    team.acme.alice.kit(["source", "remove", "box"]).ok();
    team.acme.alice.kit(["source", "remove", "mirror"]).ok();
    team.takes_over("alice");
    team.publishes("alice", &["--to", "aside"]).ok().has("PUBLISHED  kit 5");
    fs::copy(team.acme.dana.path("aside/bundle.kit"), team.acme.dana.path("mirror/bundle.kit")).unwrap();
    team.publishes("dana", &[]).status(7).has("PUBLISHED  kit 6").says("it holds another kit 5 than the one here");
    assert_eq!(team.acme.dana.read("mirror/bundle.kit"), team.acme.dana.read("aside/bundle.kit"));
    team.acme.dana.write("box/bundle.kit", team.acme.dana.read("aside/bundle.kit"));
    assert_ne!(team.acme.dana.read("box/bundle.kit"), lone);
}

#[test]
fn a_folder_that_was_there_and_is_gone_is_not_made_anew() {
    let acme = Acme::joined();
    fs::rename(acme.dana.path("box"), acme.dana.path("away")).unwrap();
    let run = acme.dana.kit(["publish", "team", "--passphrase-file", "p"]);
    run.fails(7).says("not there").says("Nothing was published");
    acme.alice.kit(["sync"]).fails(7).says("not there");
    assert!(!acme.dana.path("box").exists(), "a folder where a stick is missing");
    fs::rename(acme.dana.path("away"), acme.dana.path("box")).unwrap();
    acme.dana.kit(["publish", "team", "--passphrase-file", "p"]).ok().has("PUBLISHED  kit 3");
}
