//! Several publishers, each with a directory and a machine of their own: one wins a round, no number is used twice, and what
//! each wrote is in the kit at the end, whoever is killed on the way.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Barrier},
    thread,
};

use jiff::{Timestamp, civil::Date};
use outage_kit::{
    bundle::{self, Hash},
    key::{DeviceKey, Identity, Passphrase, Signer},
    open,
    program::ChildEnvironment,
    publish::{self, Prepared, PublishError},
    reach::Route,
    source::{Bounds, Outside},
    store::Store,
    sync,
    team::Team,
    undo,
};

use crate::{
    acme::{Acme, PASSPHRASE, token, words},
    world::{NOW, Run, World, peer},
};

/// Dana and Alice, who both publish; each has a copy of the directory, called after their first name.
pub(crate) struct Duo {
    pub(crate) acme: Acme,
}

impl Duo {
    /// A small team at a place: nothing there yet but what Dana and Alice publish first.
    pub(crate) fn at(place: &str) -> Self {
        let dana = World::new();
        dana.write("p", PASSPHRASE);
        let made = ["init", "dana", "--name", "Acme", "--as", "dana.fox", "--device", "desk", "--empty"];
        let keys = ["--reader", "plain", "--passphrase-file", "p", "--work-factor", "14"];
        dana.kit(made.into_iter().chain(keys)).ok();
        dana.write("dana/alice.toml", person("alice.okafor", "Alice Okafor"));
        let alice = dana.machine("alice-home");
        let mut acme = Acme { dana, alice, invite: String::new() };
        acme.dana.kit(["publish", "dana", "--to", place, "--passphrase-file", "p"]).ok();
        acme.invite = token(&acme.dana.kit(["invite"]), "kit-invite1:");
        let join = acme.join(&acme.alice, "alice.okafor");
        let request = token(&join, "kit-join1:");
        acme.dana.kit(["member", "add", &request, "--dir", "dana", "--words", &words(&join)]).ok();
        acme.dana.kit(["publisher", "add", "alice.okafor", "--dir", "dana", "--passphrase-file", "p"]).ok();
        acme.dana.kit(["publish", "dana", "--passphrase-file", "p"]).ok();
        acme.alice.kit(["sync", "--from", place]).ok();
        let team = Self { acme };
        for file in team.acme.dana.files("dana") {
            let name = file.strip_prefix("dana").unwrap();
            team.acme.dana.write(Path::new("alice").join(name), team.acme.dana.read(&file));
        }
        team
    }

    fn machine(&self, who: &str) -> &World {
        if who == "dana" { &self.acme.dana } else { &self.acme.alice }
    }

    /// Writes somebody new into the file of `who`, in their own directory.
    pub(crate) fn writes(&self, who: &str, id: &str) {
        let file = format!("{who}/by-{who}.toml");
        let old = fs::read_to_string(self.acme.dana.path(&file)).unwrap_or_default();
        self.acme.dana.write(file, old + &person(id, &format!("Somebody {id}")));
    }

    /// `git pull`: `who` has what the other wrote in their own directory too.
    pub(crate) fn takes_over(&self, who: &str) {
        let other = other(who);
        if let Ok(theirs) = fs::read(self.acme.dana.path(format!("{other}/by-{other}.toml"))) {
            self.acme.dana.write(format!("{who}/by-{other}.toml"), theirs);
        }
    }

    pub(crate) fn publishes(&self, who: &str, more: &[&str]) -> Run {
        self.machine(who).kit(["publish", who, "--passphrase-file", "p"].iter().chain(more))
    }

    /// The publisher as the library knows one.
    fn publisher(&self, who: &'static str, places: &[String], outside: &Outside) -> Publisher {
        let home = self.acme.dana.path(if who == "dana" { "home" } else { "alice-home" });
        let kit = Store::list(&home).expect("listed").remove(0);
        let store = Store::open(&home, &kit).expect("a store");
        let sealed = String::from_utf8(store.device_key().expect("a key")).expect("text");
        let key = DeviceKey::unseal(&sealed, &Passphrase::new(PASSPHRASE.trim().to_owned())).expect("the passphrase is right");
        let identity = open::reader(&store, &ChildEnvironment::default(), || Err::<Passphrase, ()>(())).expect("a plain reader");
        let dir = self.acme.dana.path(who);
        Publisher { store, dir, places: places.to_vec(), outside: outside.clone(), signer: Signer::device(key), identity }
    }
}

fn other(who: &str) -> &'static str {
    if who == "dana" { "alice" } else { "dana" }
}

fn person(id: &str, name: &str) -> String {
    format!("[[person]]\nid = \"{id}\"\nname = \"{name}\"\nzone = \"Europe/Berlin\"\n\n")
}

/// One publisher's machine, driven without the command line.
struct Publisher {
    store: Store,
    dir: PathBuf,
    places: Vec<String>,
    outside: Outside,
    signer: Signer,
    identity: Identity,
}

fn bounds(_place: &str) -> Bounds {
    Bounds::of(64 << 20)
}

fn now() -> Timestamp {
    NOW.parse().expect("a time")
}

impl Publisher {
    fn team(&self) -> Team {
        let generation = self.store.current().expect("a kit is here");
        bundle::open(generation.verified(), &self.identity, None).expect("it opens").team
    }

    fn prepares(&self) -> Result<Prepared, PublishError> {
        let route = Route { places: &self.places, base: Path::new("/"), outside: &self.outside };
        publish::prepare(&self.store, &self.dir, route, Some(&self.team()), Date::constant(2026, 11, 18), bounds)
    }

    fn publishes(&mut self, prepared: Prepared) -> Result<u64, PublishError> {
        let published = publish::publish(&mut self.store, prepared, &[&self.signer], now(), bounds)?;
        assert!(published.failed.is_empty() && published.not_kept.is_none(), "{published:?}");
        Ok(published.seq)
    }

    fn syncs(&mut self) {
        let each: Vec<Bounds> = self.places.iter().map(|place| bounds(place)).collect();
        let heard =
            sync::ask(&self.store, Route { places: &self.places, base: Path::new("/"), outside: &self.outside }, &each, |_| {});
        let mut heard = heard.expect("asked");
        assert!(heard.best.is_some(), "{:?}", heard.answers);
        heard.take(&mut self.store, now(), None).expect("stored");
    }

    /// What the directory would undo of what others published.
    fn undoes(&self) -> Vec<String> {
        let generation = self.store.current().expect("a kit is here");
        let reading = open::open_with::<()>(&self.store, generation, &self.identity).expect("it opens");
        let team = self.prepares().expect("nobody else publishes now").team;
        let undoings = undo::undoings(&self.store, &reading, &self.identity, &team).expect("kept");
        undoings.changes.iter().map(outage_kit::answer::Change::line).collect()
    }

    fn head(&self) -> (u64, Hash) {
        let generation = self.store.current().expect("a kit is here");
        (generation.mark().seq, generation.mark().head)
    }
}

/// Races of two publishers at one address, `rounds` times: both look, both write, one wins; the other takes over what it lacked
/// and goes on, at once or in the next round.
pub(crate) fn races(address: &str, outside: &Outside, rounds: usize) {
    let team = Duo::at(address);
    let places = [address.to_owned()];
    let mut publishers = ["dana", "alice"].map(|who| (who, team.publisher(who, &places, outside)));
    publishers.iter_mut().for_each(|(_, publisher)| publisher.syncs());
    let mut kits: BTreeMap<u64, Hash> = BTreeMap::new();
    let mut keep = |(seq, head): (u64, Hash)| {
        let is_another = kits.insert(seq, head).is_some_and(|before| before != head);
        assert!(!is_another, "two kits have the number {seq}");
    };
    let mut wins = BTreeMap::from([("dana", 0), ("alice", 0)]);
    let mut expected = Vec::new();
    for round in 0..rounds {
        for who in ["dana", "alice"] {
            let id = format!("{who}-{round}");
            team.writes(who, &id);
            expected.push(id);
        }
        let start = Arc::new(Barrier::new(2));
        let results: Vec<Result<u64, PublishError>> = thread::scope(|scope| {
            let running: Vec<_> = publishers
                .iter_mut()
                .map(|(_, publisher)| {
                    let start = Arc::clone(&start);
                    scope.spawn(move || {
                        // Both have looked before one of them writes.
                        let prepared = publisher.prepares();
                        start.wait();
                        publisher.publishes(prepared?)
                    })
                })
                .collect();
            running.into_iter().map(|running| running.join().expect("no panic")).collect()
        });
        let won: Vec<usize> = (0..2).filter(|index| results[*index].is_ok()).collect();
        assert_eq!(won.len(), 1, "round {round}: {results:?}");
        let (winner, loser) = (won[0], 1 - won[0]);
        keep(publishers[winner].1.head());
        let Err(PublishError::Behind { theirs, .. }) = &results[loser] else { panic!("round {round}: {results:?}") };
        assert_eq!(theirs.head_sha256(), publishers[winner].1.head().1, "the loser holds what the winner published");
        *wins.get_mut(publishers[winner].0).expect("one of the two") += 1;
        let who = publishers[loser].0;
        publishers[loser].1.syncs();
        // Without what the winner wrote, the loser's directory would undo it, and that is seen.
        let undone = publishers[loser].1.undoes();
        assert!(undone.iter().any(|line| line.contains(&format!("Somebody {}-{round}", other(who)))), "{undone:?}");
        team.takes_over(who);
        assert_eq!(publishers[loser].1.undoes(), [""; 0], "round {round}");
        if round % 4 == 0 || round + 1 == rounds {
            let prepared = publishers[loser].1.prepares().expect("nobody else publishes now");
            publishers[loser].1.publishes(prepared).expect("published");
            keep(publishers[loser].1.head());
            publishers[winner].1.syncs();
            team.takes_over(publishers[winner].0);
        }
    }
    let first = *kits.keys().next().expect("somebody won");
    assert!(kits.keys().copied().eq(first..first + kits.len() as u64), "no number is left out: {:?}", kits.keys());
    publishers.iter_mut().for_each(|(_, publisher)| publisher.syncs());
    let heads = publishers.each_ref().map(|(_, publisher)| publisher.head());
    assert_eq!(heads[0], heads[1]);
    let people = publishers[0].1.team().people;
    for id in expected {
        assert!(people.keys().any(|known| known.as_str() == id), "{id} is lost; the wins: {wins:?}");
    }
}

#[test]
fn b13_a_hundred_races_at_a_folder_have_one_winner_each_and_lose_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    races(folder.path().join("box").to_str().expect("UTF-8"), &Outside::default(), 100);
}

#[test]
fn b13_races_at_a_repository_have_one_winner_each_and_lose_nothing() {
    peer("git");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = folder.path();
    let made = Command::new("git").args(["init", "--quiet", "--bare", "--template="]).arg(at.join("kit.git")).status();
    assert!(made.expect("git runs").success());
    let variables = [("PATH".into(), std::env::var_os("PATH").expect("a path")), ("HOME".into(), at.into())];
    let children = ChildEnvironment::from_vars(variables.clone());
    let outside = Outside::new(variables, children, Some(at.join("scratch")));
    races(&format!("git+file://{}", at.join("kit.git").display()), &outside, 6);
}

#[test]
fn b13_whoever_loses_a_race_and_does_as_printed_loses_nothing() {
    let team = Duo::at("box");
    let start = |who: &str| -> Child {
        let mut command = team.machine(who).kit_command();
        command.args(["publish", who, "--passphrase-file", "p"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("kit runs")
    };
    let mut published = 2;
    for round in 0..8 {
        ["dana", "alice"].iter().for_each(|who| team.writes(who, &format!("{who}-{round}")));
        let running = ["dana", "alice"].map(|who| (who, start(who)));
        let ended = running.map(|(who, child)| (who, child.wait_with_output().expect("ended")));
        let lost: Vec<_> = ended.iter().filter(|(_, output)| !output.status.success()).collect();
        assert_eq!(lost.len(), 1, "round {round}: {ended:?}");
        let (who, output) = lost[0];
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(output.stdout.is_empty());
        let theirs = format!("added    Somebody {}-{round}", other(who));
        let steps = ["kit sync", "git pull", &format!("kit publish {who}")];
        for needle in ["somebody else published", &theirs, "Your kit still works"].into_iter().chain(steps) {
            assert!(said.contains(needle), "{needle:?} in\n{said}");
        }
        // Only the middle step forgotten: the kit does not forget it.
        team.machine(who).kit(["sync"]).ok().has(&theirs);
        team.publishes(who, &[]).fails_talking(1).says(&format!("removed  Somebody {}-{round}", other(who)));
        team.takes_over(who);
        team.publishes(who, &[]).ok().has(&format!("PUBLISHED  kit {}", published + 2));
        published += 2;
        team.machine(other(who)).kit(["sync"]).ok();
        team.takes_over(other(who));
    }
    for round in 0..8 {
        for who in ["dana", "alice"] {
            team.acme.alice.kit(["lookup", &format!("{who}-{round}")]).ok().has(&format!("Somebody {who}-{round}"));
        }
    }
}

#[test]
fn what_others_published_is_undone_by_its_code_alone() {
    let team = Duo::at("box");
    team.writes("alice", "erin");
    team.publishes("alice", &[]).ok();
    let before = team.acme.dana.read("box/bundle.kit");
    team.acme.dana.kit(["sync"]).ok();
    let refused = team.publishes("dana", &[]);
    refused.fails_talking(1).says("removed  Somebody erin, published with kit 3 by alice.okafor").says("git pull").says("--undo");
    let code = refused.stderr.split_once("has the code ").unwrap().1.split_once('.').unwrap().0.to_owned();
    team.publishes("dana", &["--undo", "00000000"]).fails_talking(1);
    team.publishes("dana", &["--undo", ""]).fails_talking(1);
    team.publishes("dana", &["--dry-run"]).fails_talking(1).says("published with kit 3");
    let publish = ["publish", "dana", "--passphrase-file", "p"];
    team.acme.dana.terminal(publish.into_iter().chain(["--no-input"])).ends(1);
    let mut screen = team.acme.dana.terminal(publish);
    screen.expect("Type the code to undo it").send_line("");
    screen.ends(1);
    assert_eq!(team.acme.dana.read("box/bundle.kit"), before, "nothing was published");
    // What else others publish is not covered by the code of this.
    team.writes("alice", "frank");
    team.publishes("alice", &[]).ok();
    team.acme.dana.kit(["sync"]).ok();
    team.publishes("dana", &["--undo", &code]).fails_talking(1).says("Somebody frank");
    let mut screen = team.acme.dana.terminal(publish);
    let code = screen.expect("has the code ").until(".");
    screen.expect("Type the code to undo it").send_line(&code).expect("PUBLISHED  kit 5");
    screen.ends(0);
    // That is Dana's word from now on: it is not asked about again, and Alice is told when hers would bring it back.
    team.publishes("dana", &[]).ok().lacks("would undo");
    team.acme.alice.kit(["sync"]).ok();
    team.publishes("alice", &[]).fails_talking(1).says("added    Somebody frank, published with one of the kits 5 to 6");
}

#[test]
fn what_was_published_long_ago_is_not_undone_either() {
    let team = Duo::at("box");
    team.publishes("dana", &[]).ok();
    team.acme.alice.kit(["sync"]).ok();
    for round in 0..6 {
        team.writes("alice", &format!("erin-{round}"));
        team.publishes("alice", &[]).ok();
        team.acme.dana.kit(["sync"]).ok();
    }
    // Far more than the three kits that a member keeps.
    let refused = team.publishes("dana", &[]);
    for round in 0..6 {
        refused.fails_talking(1).says(&format!("Somebody erin-{round}, published with kit {} by alice.okafor", round + 4));
    }
    team.takes_over("dana");
    team.publishes("dana", &[]).ok();
    // From here on they are not needed any more.
    let kits = team.acme.dana.files("home").into_iter().filter(|file| file.extension().is_some_and(|end| end == "kit"));
    assert_eq!(kits.count(), 3);
}
