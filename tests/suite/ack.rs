//! Acknowledgements: who has the kit, who is silent and whom to call; and everything that may stand in an inbox instead.

use std::{fs, os::unix::fs::symlink, path::Path, thread};

use outage_kit::{
    bundle::{
        Hash, KitId,
        letter::{self, Ack, Content, Envelope},
    },
    key::{DeviceKey, Identity, Passphrase, Recipient},
    source::Item,
};

use crate::{
    acme::{Acme, PASSPHRASE},
    forge::Parts,
    world::{NOW, Run, World},
};

/// Dana, who publishes, and three members with their machines: kit 2 in `box`, synced by all.
struct Four {
    acme: Acme,
    bob: World,
    erin: World,
}

impl Four {
    fn new() -> Self {
        let acme = Acme::published();
        let (bob, erin) = (acme.dana.machine("bob-home"), acme.dana.machine("erin-home"));
        for (machine, person) in [(&acme.alice, "alice.okafor"), (&bob, "bob.reyes"), (&erin, "erin.lam")] {
            acme.admit(&acme.join(machine, person));
        }
        acme.publish().ok();
        for machine in [&acme.alice, &bob, &erin] {
            machine.kit(["sync"]).ok();
        }
        Self { acme, bob, erin }
    }

    fn dana(&self) -> &World {
        &self.acme.dana
    }

    fn alice(&self) -> &World {
        &self.acme.alice
    }

    /// The box is not there: a stick in somebody's pocket.
    fn unplug(&self) {
        fs::rename(self.dana().path("box"), self.dana().path("away")).unwrap();
    }

    fn plug(&self) {
        fs::rename(self.dana().path("away"), self.dana().path("box")).unwrap();
    }
}

fn ack(machine: &World) -> Run {
    machine.kit(["ack", "--passphrase-file", "p"])
}

/// What `kit acks --plain` says of somebody: their state, the number of their kit, and their number to call.
#[track_caller]
fn state(run: &Run, person: &str) -> [String; 3] {
    let line = run.stdout.lines().find(|line| line.starts_with(&format!("{person}\t")));
    let line = line.unwrap_or_else(|| panic!("no {person} in\n{}\n{}", run.stdout, run.stderr));
    let columns: Vec<&str> = line.split('\t').collect();
    [columns[2], columns[3], columns[6]].map(str::to_owned)
}

/// The store of a machine's one kit, relative to the world's folder.
fn store(machine: &World, home: &str) -> String {
    let kits: Vec<_> = fs::read_dir(machine.path(home).join("kits")).unwrap().collect();
    assert_eq!(kits.len(), 1);
    format!("{home}/kits/{}", kits[0].as_ref().unwrap().file_name().to_str().unwrap())
}

/// Somebody with a key who leaves things in the inbox of `box`.
struct Forger {
    world: World,
    kit: KitId,
    reader: Recipient,
    head: Hash,
}

impl Forger {
    /// Knows all that a member knows: the kit, and to whom letters are sealed.
    fn of(four: &Four) -> Self {
        let dana = four.dana();
        let folder = store(dana, "home");
        let reader = String::from_utf8(dana.read(format!("{folder}/device/reader.txt"))).unwrap();
        let head = Hash::of(Parts::of(&dana.read("box/bundle.kit")).head.line.as_bytes());
        let kit = KitId::parse(Path::new(&folder).file_name().unwrap().to_str().unwrap()).unwrap();
        Self { world: dana.clone(), kit, reader: Identity::parse(&reader).unwrap().recipient(), head }
    }

    /// The key of a member's device, as a thief of it has it.
    fn key_of(&self, home: &str) -> DeviceKey {
        let text = self.world.read(format!("{}/device/device_ed25519", store(&self.world, home)));
        let passphrase = Passphrase::new(PASSPHRASE.trim_end().to_owned());
        DeviceKey::unseal(std::str::from_utf8(&text).unwrap(), &passphrase).unwrap()
    }

    /// That this kit is here and opens.
    fn ack(&self) -> Ack {
        Ack { root: 1, seq: 2, head: self.head, contacts: true, credentials: true }
    }

    fn letter(&self, key: &DeviceKey, number: u64, ack: &Ack) -> Vec<u8> {
        self.letter_of(&self.kit, key, number, ack)
    }

    fn letter_of(&self, kit: &KitId, key: &DeviceKey, number: u64, ack: &Ack) -> Vec<u8> {
        let envelope = Envelope { kit: kit.clone(), key: key.public().clone(), number, at: NOW.parse().unwrap() };
        letter::seal(&envelope, &Content::Ack(ack.clone()), key, std::slice::from_ref(&self.reader)).unwrap()
    }

    fn leaves(&self, handle: &str, number: u64, bytes: &[u8]) {
        let item = Item::new(handle, number, bytes).unwrap();
        self.world.write(format!("box/inbox/{item}"), bytes);
    }
}

#[test]
fn of_four_the_silent_one_is_named_with_the_number_to_call() {
    let four = Four::new();
    four.dana().kit(["acks"]).status(1).first_line("CALL  Bob Reyes   +1 202 555 0143   1 of 4 have kit 2");
    for machine in [four.alice(), &four.bob] {
        let run = ack(machine);
        run.ok().quiet().has("ACKNOWLEDGED  kit 2, sent to").has("opens    contacts and credentials").has("read by  Dana Fox");
    }
    four.unplug();
    let run = ack(&four.erin);
    run.ok().first_line("QUEUED  kit 2 is acknowledged here; it goes with the next kit sync").says("not there");
    four.plug();

    let run = four.dana().kit(["acks"]);
    run.status(1).first_line("CALL  Erin Lam   +1 415 555 0132   3 of 4 have kit 2").says("1 of 4 have not acknowledged kit 2");
    run.has("Last heard").has("never");
    let run = four.dana().kit(["acks", "--plain"]);
    assert_eq!(state(run.status(1), "erin.lam"), ["silent", "", "+14155550132"]);
    assert_eq!(state(&run, "bob.reyes")[..2], ["has", "2"]);
    let json: serde_json::Value = serde_json::from_str(&four.dana().kit(["acks", "--json"]).stdout).unwrap();
    assert_eq!((&json["have"], &json["of"], &json["silent"][0]["id"]), (&3.into(), &4.into(), &"erin.lam".into()));

    // Erin comes by: the next sync carries it.
    four.erin.kit(["sync"]).ok().quiet().has("sent     1 acknowledgement, to");
    four.erin.kit(["sync"]).ok().lacks("sent  ");
    four.dana().kit(["acks"]).ok().quiet().first_line("ALL 4  have kit 2");
    four.dana().with("COLUMNS", "40").kit(["acks"]).ok().first_line("ALL 4  have kit 2");

    // The next kit is one that nobody has yet; who had the one before still has that.
    four.acme.publish().ok();
    let run = four.dana().kit(["acks"]);
    run.status(1).first_line("CALL  Bob Reyes   +1 202 555 0143   1 of 4 have kit 3").has("kit 2, just now");
    four.dana().kit(["acks", "--gen", "2"]).ok().first_line("ALL 4  have kit 2");
    four.dana().kit(["acks", "--gen", "4"]).fails(3).says("there is no kit 4");
    four.alice().kit(["sync"]).ok();
    ack(four.alice()).ok();
    assert_eq!(state(&four.dana().kit(["acks", "--plain"]), "alice.okafor")[..2], ["has", "3"]);
    assert_eq!(state(&four.dana().kit(["acks", "--plain", "--gen", "2"]), "alice.okafor")[..2], ["has", "3"]);
}

#[test]
fn only_who_publishes_or_leads_can_read_them() {
    let four = Four::new();
    ack(&four.erin).ok();
    // Alice would lead if Chris could not.
    assert_eq!(state(&four.alice().kit(["acks", "--plain"]), "erin.lam")[..2], ["has", "2"]);
    let run = four.erin.kit(["acks"]);
    run.fails(5).says("Who can say it: Dana Fox, Alice Okafor, Bob Reyes").lacks("Erin Lam");
}

#[test]
fn a_window_asks_its_own_people() {
    let four = Four::new();
    for machine in [four.alice(), &four.bob] {
        ack(machine);
    }
    let run = four.dana().kit(["acks", "--window", "migration"]);
    run.status(1).first_line("CALL  Chris Lindqvist   +1 202 555 0131   2 of 5 of Epic migration have kit 2");
    run.has("has no device").lacks("Erin Lam").says("kit invite");
    four.dana().kit(["acks", "--window", "nothing"]).fails(3);
    // Without names of its own, it asks who is needed or on standby.
    let file = "team/windows/epic-migration.toml";
    let text = String::from_utf8(four.dana().read(file)).unwrap();
    let without: String = text.lines().filter(|line| !line.starts_with("acknowledge")).map(|line| format!("{line}\n")).collect();
    assert_ne!(text, without);
    four.dana().write(file, without);
    four.acme.publish().ok();
    let run = four.dana().kit(["acks", "--window", "migration", "--plain"]);
    run.status(1);
    assert_eq!(state(&run, "alice.okafor")[..2], ["older", "2"]);
    assert_eq!(state(&run, "chris.lindqvist")[0], "no-device");
}

#[test]
fn no_number_is_used_twice_whatever_is_lost() {
    let four = Four::new();
    let (alice, folder) = (four.alice(), store(four.dana(), "alice-home"));
    let number = |run: Run| serde_json::from_str::<serde_json::Value>(&run.ok().stdout).unwrap()["number"].as_u64().unwrap();
    let again = || number(alice.kit(["ack", "--json", "--passphrase-file", "p"]));
    four.unplug();
    assert_eq!([again(), again(), again()], [1, 2, 3]);
    assert_eq!(alice.files(format!("{folder}/queue")).len(), 3);
    four.plug();
    alice.kit(["sync"]).ok().has("sent     3 acknowledgements, to");
    assert_eq!(alice.files(format!("{folder}/queue")).len(), 0);
    assert_eq!(again(), 4);
    // Only its name has to last.
    let sent = alice.files(format!("{folder}/sent"));
    assert_eq!(sent.len(), 1, "{sent:?}");
    alice.write(&sent[0], "decay");
    assert_eq!(again(), 5);
    // What was collected reminds it too.
    alice.kit(["acks"]).status(1);
    fs::remove_dir_all(alice.path(format!("{folder}/sent"))).unwrap();
    assert_eq!(again(), 6);
    // Side by side.
    four.unplug();
    let numbers: Vec<u64> = thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(again)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut sorted = numbers.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [7, 8, 9, 10], "{numbers:?}");
    // What decays while it waits is never delivered, and said.
    let queued = alice.files(format!("{folder}/queue"));
    alice.write(&queued[0], "decay");
    four.plug();
    alice.kit(["sync"]).ok().has("sent     3 acknowledgements").says("is damaged and cannot be delivered");
    four.dana().kit(["acks", "--plain"]).status(1).has("alice.okafor\tAlice Okafor\thas\t2").lacks("DOUBT");
}

#[test]
fn what_cannot_be_said_is_not_queued() {
    let four = Four::new();
    four.dana().write("wrong", "not it\n");
    four.alice().kit(["ack", "--passphrase-file", "wrong"]).fails(5).says("passphrase is wrong");
    four.alice().kit(["ack", "--no-input"]).fails(2).says("--passphrase-file");
    let new = four.dana().machine("new-home");
    new.kit(["ack", "--passphrase-file", "p"]).fails(3);
    four.acme.join(&new, "priya.nair");
    new.kit(["sync", "--from", "box"]).status(5);
    new.kit(["ack", "--passphrase-file", "p"]).fails(5).says("sealed to other devices");
    assert!(four.dana().files("box/inbox").is_empty());
    // On a terminal it is asked for once.
    let mut screen = four.alice().terminal(["ack"]);
    screen.expect("Passphrase:").send_line(PASSPHRASE.trim_end()).expect("ACKNOWLEDGED");
    assert_eq!(screen.ends(0).matches("kit asks").count(), 1);
}

#[test]
fn a_key_for_credentials_that_does_not_open_is_said() {
    let four = Four::new();
    let folder = store(four.dana(), "alice-home");
    four.alice().write(format!("{folder}/device/opener.age"), "decay");
    ack(four.alice()).ok().has("NOT credentials");
    ack(&four.bob).ok();
    let run = four.dana().kit(["acks"]);
    run.status(1).first_line("CALL  Erin Lam   +1 415 555 0132   3 of 4 have kit 2").has("credentials do NOT open");
}

#[test]
fn a_kit_that_does_not_open_is_not_had() {
    let four = Four::new();
    ack(four.alice()).ok();
    // A later kit without Alice's device: it is signed and newer, so it is here, but the one before answers.
    let file = "team/devices/alice.okafor.laptop.toml";
    let device = four.dana().read(file);
    fs::remove_file(four.dana().path(file)).unwrap();
    four.acme.publish().ok();
    four.alice().kit(["sync"]).status(5);
    let run = ack(four.alice());
    run.ok().has("kit 3").has("NOT the contacts of this kit");
    four.dana().write(file, device);
    // Known again, but not with that kit: what it said of kit 3 counts.
    let talk = four.dana().kit(["publish", "team", "--passphrase-file", "p"]).status(1).stderr.clone();
    let code = talk.split("have the code ").nth(1).unwrap().split('.').next().unwrap().to_owned();
    four.dana().kit(["publish", "team", "--passphrase-file", "p", "--ack-recipients", &code]).ok();
    assert_eq!(state(&four.dana().kit(["acks", "--plain", "--gen", "3"]), "alice.okafor")[..2], ["cannot-open", "3"]);
    assert_eq!(state(&four.dana().kit(["acks", "--plain"]), "alice.okafor")[..2], ["older", "3"]);
}

#[test]
fn without_a_network_it_answers_by_what_was_collected() {
    let four = Four::new();
    ack(four.alice()).ok();
    // Publishing took in what was there then: nothing.
    four.dana().kit(["acks", "--offline"]).status(1).has("Collected     just now").has("1 of 4");
    four.dana().kit(["acks"]).status(1).has("2 of 4");
    four.unplug();
    let later = four.dana().at("2026-11-18T03:42:00Z");
    let run = later.kit(["acks"]);
    run.status(1).has("2 of 4 have kit 2").has("Collected     90 min ago").has("Not heard").has("not there");
    later.kit(["acks", "--offline"]).status(1).has("Collected     90 min ago").lacks("Not heard");
    // Decay in what was collected is fetched again.
    four.plug();
    let received = four.dana().files(format!("{}/received", store(four.dana(), "home")));
    assert_eq!(received.len(), 1);
    four.dana().write(&received[0], "decay");
    later.kit(["acks", "--offline"]).status(1).has("1 of 4");
    later.kit(["acks"]).status(1).has("2 of 4").has("just now");
    later.kit(["acks", "--offline"]).status(1).has("2 of 4");
}

#[test]
fn a_source_that_withholds_makes_silent_and_never_undoes() {
    let four = Four::new();
    ack(&four.bob).ok();
    four.dana().kit(["acks"]).status(1).has("2 of 4");
    fs::remove_dir_all(four.dana().path("box/inbox")).unwrap();
    // Dana has it already; Alice, who looks for the first time, is told to call.
    four.dana().kit(["acks"]).status(1).has("2 of 4");
    four.alice().kit(["acks"]).status(1).has("1 of 4 have kit 2").has("Bob Reyes");
}

#[test]
fn a_source_that_takes_nothing_fails_nothing() {
    let four = Four::new();
    four.dana().write("box/inbox", "a file where the folder would be");
    ack(four.alice()).ok().has("QUEUED");
    four.alice().kit(["sync"]).ok().has("UP TO DATE").says("waits for the next kit sync");
    let json: serde_json::Value = serde_json::from_str(&four.alice().kit(["sync", "--json"]).ok().stdout).unwrap();
    assert_eq!(json["delivered"], 0);
    // Another place takes it, and the reader finds it there.
    four.dana().kit(["publish", "team", "--to", "share", "--passphrase-file", "p"]).ok();
    four.alice().kit(["source", "add", "share"]).ok();
    four.alice().kit(["sync"]).ok().has("sent     1 acknowledgement").has("share");
    assert_eq!(state(&four.dana().kit(["acks", "--plain"]), "alice.okafor")[..2], ["older", "2"]);
}

#[test]
fn one_device_is_enough_and_the_others_are_named() {
    let four = Four::new();
    let phone = four.dana().machine("phone-home");
    let join = phone.kit(
        ["join", &four.acme.invite, "--as", "alice.okafor", "--device", "phone", "--reader", "plain", "--passphrase-file", "p"]
            .into_iter()
            .chain(crate::acme::CHEAP),
    );
    four.acme.admit(&join);
    ack(four.alice()).ok();
    four.acme.publish().ok();
    phone.kit(["sync", "--from", "box"]).ok();
    phone.kit(["source", "add", "box"]).ok();
    ack(&phone).ok();
    let run = four.dana().kit(["acks"]);
    run.status(1).has("2 of 4 have kit 3").has("phone").has("laptop kit 2");
}

#[test]
fn a17_a_source_learns_no_name_and_no_kit_from_a_letter() {
    let four = Four::new();
    ack(&four.bob).ok();
    let files = four.dana().files("box/inbox");
    assert_eq!(files.len(), 1);
    let (name, bytes) = (files[0].to_str().unwrap(), four.dana().read(&files[0]));
    let text = String::from_utf8(bytes.clone()).unwrap();
    let under = outage_kit::key::armour::AGE_FILE.decode(&bytes).unwrap();
    let forger = Forger::of(&four);
    let key = forger.key_of("bob-home").public().to_string();
    for secret in ["bob", "reyes", "laptop", forger.kit.as_str(), &forger.head.to_string(), key.split(' ').nth(1).unwrap()] {
        assert!(!name.contains(secret) && !text.contains(secret), "{secret}");
        assert!(!under.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
    let header = String::from_utf8_lossy(&under);
    let stanzas: Vec<&str> = header.lines().filter(|line| line.starts_with("-> ")).collect();
    assert!(stanzas.iter().all(|line| line.starts_with("-> X25519 ") || line.contains("-grease")), "{stanzas:?}");
}

#[test]
fn what_is_forged_is_not_believed() {
    let four = Four::new();
    let forger = Forger::of(&four);
    let (alice, bob) = (forger.key_of("alice-home"), forger.key_of("bob-home"));
    let (of_alice, of_bob) = (alice.public().handle(), bob.public().handle());
    let stranger = DeviceKey::generate("").unwrap();
    let other = KitId::generate().unwrap();
    let good = forger.ack();
    // Bob's key speaks for Bob only; a key that the kit does not have for nobody; another kit's letter, and another number's.
    forger.leaves(&of_alice, 1, &forger.letter(&bob, 1, &good));
    forger.leaves(&of_alice, 2, &forger.letter(&stranger, 2, &good));
    forger.leaves(&of_alice, 3, &forger.letter_of(&other, &alice, 3, &good));
    forger.leaves(&of_alice, 5, &forger.letter(&alice, 4, &good));
    forger.leaves(&of_alice, 6, b"I have kit 2, believe me");
    forger.leaves(&of_alice, 7, b"");
    forger.leaves(&stranger.public().handle(), 1, &forger.letter(&stranger, 1, &good));
    let run = four.dana().kit(["acks"]);
    run.status(1).has("1 of 4 have kit 2").has("6 items under the name of alice.okafor/laptop not believed");
    run.has("1 item by devices that this kit does not have");
    assert_eq!(state(&four.dana().kit(["acks", "--plain"]), "alice.okafor")[0], "silent");
    // What she says herself counts all the same, and Bob for himself.
    ack(four.alice()).ok();
    forger.leaves(&of_bob, 1, &forger.letter(&bob, 1, &good));
    let run = four.dana().kit(["acks", "--plain"]);
    assert_eq!(state(&run, "alice.okafor")[..2], ["has", "2"]);
    assert_eq!(state(&run, "bob.reyes")[..2], ["has", "2"]);
}

#[test]
fn what_contradicts_itself_is_said_and_the_worse_is_believed() {
    let four = Four::new();
    let forger = Forger::of(&four);
    let (alice, bob, erin) = (forger.key_of("alice-home"), forger.key_of("bob-home"), forger.key_of("erin-home"));
    let good = forger.ack();
    // Another kit 2: two publishers, or one who lies to some.
    forger.leaves(&alice.public().handle(), 1, &forger.letter(&alice, 1, &Ack { head: Hash::of(b"fork"), ..good.clone() }));
    // The same number for two letters, and the same letter sealed twice.
    let older = Ack { seq: 1, ..good.clone() };
    forger.leaves(&bob.public().handle(), 1, &forger.letter(&bob, 1, &good));
    forger.leaves(&bob.public().handle(), 1, &forger.letter(&bob, 1, &older));
    forger.leaves(&erin.public().handle(), 1, &forger.letter(&erin, 1, &good));
    forger.leaves(&erin.public().handle(), 1, &forger.letter(&erin, 1, &good));
    let run = four.dana().kit(["acks"]);
    run.status(1).has("2 of 4 have kit 2").has("Alice Okafor's laptop has ANOTHER kit 2");
    run.has("bob.reyes/laptop sent two different letters 1").lacks("erin.lam/laptop sent");
    let run = four.dana().kit(["acks", "--plain"]);
    assert_eq!(state(&run, "alice.okafor")[..2], ["other-kit", "2"]);
    assert_eq!(state(&run, "bob.reyes")[..2], ["older", "1"]);
    assert_eq!(state(&run, "erin.lam")[..2], ["has", "2"]);
    // A replay of what she said before changes nothing: the highest number counts.
    forger.leaves(&erin.public().handle(), 3, &forger.letter(&erin, 3, &Ack { contacts: false, ..good.clone() }));
    forger.leaves(&erin.public().handle(), 2, &forger.letter(&erin, 2, &good));
    assert_eq!(state(&four.dana().kit(["acks", "--plain"]), "erin.lam")[..2], ["cannot-open", "2"]);
}

#[test]
fn garbage_under_a_name_is_dug_through_and_not_twice() {
    let four = Four::new();
    ack(four.alice()).ok();
    let forger = Forger::of(&four);
    let handle = forger.key_of("alice-home").public().handle();
    for number in 2..=200 {
        forger.leaves(&handle, number, format!("garbage {number}").as_bytes());
    }
    ack(&four.bob).ok();
    let run = four.dana().kit(["acks"]);
    run.status(1).has("2 of 4 have kit 2").has("114 items under the name of alice.okafor/laptop not believed");
    let run = four.dana().kit(["acks"]);
    run.status(1).has("3 of 4 have kit 2").has("199 items under the name of alice.okafor/laptop not believed");
    // None of it is kept.
    assert_eq!(four.dana().files(format!("{}/received", store(four.dana(), "home"))).len(), 2);
}

#[test]
fn what_is_planted_in_an_inbox_hides_nothing() {
    let four = Four::new();
    ack(&four.bob).ok();
    ack(four.alice()).ok();
    let forger = Forger::of(&four);
    let handle = forger.key_of("alice-home").public().handle();
    let inbox = four.dana().path("box/inbox");
    forger.leaves(&handle, 9_999_999_999, &vec![b'x'; 300 << 10]);
    let name = |number: u64| inbox.join(Item::new(&handle, number, b"").unwrap().to_string());
    symlink(four.dana().path("p"), name(9_999_999_998)).unwrap();
    fs::create_dir(name(9_999_999_997)).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(name(9_999_999_996)).status().unwrap().success());
    for strange in ["README", "..x", "\u{202e}abc", "CON", "aaaaaaaaaaaaaaaa/../../bundle.kit.d"] {
        four.dana().write(format!("box/inbox/{strange}"), "x");
    }
    symlink("/", inbox.join("bbbbbbbbbbbbbbbb")).unwrap();
    symlink(&inbox, inbox.join("cccccccccccccccc")).unwrap();
    let run = four.dana().kit(["acks"]);
    run.status(1).has("3 of 4 have kit 2").lacks("README");
    assert!(!run.stdout.contains('\u{202e}'));
    let kept = four.dana().files(format!("{}/received", store(four.dana(), "home")));
    assert_eq!(kept.len(), 2, "{kept:?}");
}

#[test]
fn an_inbox_without_end_is_given_up_and_the_rest_is_said() {
    let four = Four::new();
    ack(four.alice()).ok();
    four.dana().kit(["acks"]).status(1).has("2 of 4");
    let folder = four.dana().path("box/inbox/aaaaaaaaaaaaaaaa");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("0000000001-0000000000000000"), "").unwrap();
    for number in 2..=100_001 {
        // One file under many names: quickly made, and gone with the folder.
        let name = folder.join(format!("{number:010}-0000000000000000"));
        if number % 30_000 == 1 {
            fs::write(&name, "").unwrap();
        } else {
            let first = (number - 1) / 30_000 * 30_000 + 1;
            fs::hard_link(folder.join(format!("{first:010}-0000000000000000")), name).unwrap();
        }
    }
    let run = four.dana().kit(["acks"]);
    run.status(1).has("2 of 4 have kit 2").has("Not heard").has("more than 100000 items");
}
