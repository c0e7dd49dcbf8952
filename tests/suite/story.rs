//! Break-glass from end to end, as three people live it: by the real program alone, with stock `age` and `jq` where it is gone.
//!
//! Dana publishes and opens nothing alone. Alice and Mia are on call. Of the three any two open what nobody opens alone.

use serde_json::Value;

use crate::{
    acme::{Acme, PASSPHRASE, token},
    quorum::{on_one_line, plain, scanned, words_of},
    vault::Vault,
    world::{Run, Screen, World, peer},
};

/// The password of the tier that any holder opens: a space at its end, and what shells and JSON would change.
const AWS: &str = r#"tulip "7" \ $HOME 'ü' "#;
/// A key in a file, end of line and all.
const KEY: &[u8] = b"-----BEGIN KEY-----\n\x00\xff\n-----END KEY-----\n";
/// The password of the tier that two open.
const OKTA: &str = "walnut-Kq8-harbour";
const VIEWER: &str = "\x1b[?1049h";
const LEFT: &str = "\x1b[?1049l";

/// Three machines; `Vault` is borrowed for publishing only: nothing here is sealed by the library.
struct Team {
    vault: Vault,
}

impl Team {
    fn dana(&self) -> &World {
        &self.vault.acme.dana
    }

    fn alice(&self) -> &World {
        &self.vault.acme.alice
    }

    fn mia(&self) -> &World {
        &self.vault.mia
    }

    /// Dana does something to the team directory.
    fn author(&self, line: &str) -> Run {
        self.dana().kit(line.split(' ').chain(["--dir", "team", "--passphrase-file", "p"]))
    }

    fn publish_and_sync(&self) {
        self.vault.publish();
        self.sync();
    }

    fn sync(&self) {
        for machine in self.vault.machines() {
            machine.kit(["sync"]).ok();
        }
    }
}

/// `kit reveal NAME --field FIELD`, off a terminal.
fn reveal(who: &World, name: &str, field: &str, with: &[&str]) -> Run {
    let with = with.iter().flat_map(|share| ["--with", share]);
    let fixed = ["reveal", name, "--field", field, "--reason", "Okta is down", "--incident", "INC-7", "--passphrase-file", "p"];
    who.kit(fixed.into_iter().chain(with))
}

fn request(who: &World, more: &[&str]) -> Run {
    let fixed = ["request", "okta-admin", "--reason", "nobody can sign in", "--incident", "INC-7", "--passphrase-file", "p"];
    who.kit(fixed.iter().chain(more))
}

fn approve(who: &World, request: &str, more: &[&str]) -> Run {
    who.kit(["approve", request, "--yes", "--passphrase-file", "p"].iter().chain(more))
}

/// The eight words that a run ends with.
fn receipt(run: &Run) -> String {
    let said = on_one_line(&run.stderr);
    said.split("Receipt: ").nth(1).unwrap_or_else(|| panic!("{said}")).split(' ').take(8).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_team_from_the_first_evening_to_the_morning_after() {
    let team = before_the_night();
    let receipt = a_holder_opens_alone(&team);
    who_cannot_is_told_who_can(&team);
    two_open_by_text(&team);
    two_open_by_camera(&team);
    two_open_by_voice(&team);
    the_record_stands(&team, &receipt);
    what_was_opened_gets_a_new_value(&team);
    without_kit(&team);
    mia_leaves(&team);
}

/// Three machines, two tiers, two credentials: one through a pipe, with a file; one from a file.
fn before_the_night() -> Team {
    let acme = Acme::joined();
    let mia = acme.dana.machine("mia-home");
    let join = acme.join(&mia, "mia.krause");
    acme.admit(&join);
    let team = Team { vault: Vault { acme, mia } };
    // The labels, as people edit them: who holds what.
    let labels = String::from_utf8(team.dana().read("team/credentials.toml")).unwrap();
    let (two_open, any_opens) = labels.split_once("id = \"on-call\"").unwrap();
    let (any_opens, credentials) = any_opens.split_once("[[credential]]").unwrap();
    let held_by = |text: &str, rule: &str, people: &str| {
        let lines = text.lines().map(|line| match line {
            _ if line.starts_with("rule = ") => format!("rule = \"{rule}\""),
            _ if line.starts_with("holders = ") => format!("holders = [{people}]"),
            line => line.to_owned(),
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    let two_open = held_by(two_open, "2-of-3", r#""alice.okafor", "dana.fox", "mia.krause""#);
    let any_opens = held_by(any_opens, "any", r#""alice.okafor", "mia.krause""#);
    let labels = format!("{two_open}\nid = \"on-call\"{any_opens}\n\n[[credential]]{credentials}");
    team.dana().write("team/credentials.toml", labels);

    team.author("tier new on-call").ok().has("MADE  tier on-call, key 1");
    team.author("tier new break-glass").ok().has("MADE  tier break-glass, key 1");
    team.dana().write("given/key", KEY);
    team.dana().write("given/okta", format!("{OKTA}\n"));
    let seal = "seal aws-root --field user=aws-root@example.com --field password --from-file key=given/key --dir team";
    let run = team.dana().kit_reading(format!("{AWS}\n").as_bytes(), seal.split(' '));
    run.ok().first_line("SEALED  aws-root   3 fields for on-call (2 holders)   version 1").lacks("tulip");
    let run = team.dana().kit("seal okta-admin --from-file password=given/okta --dir team".split(' '));
    run.ok().has("SEALED  okta-admin   1 field for break-glass (2 of 3 holders together)   version 1").lacks("walnut-");
    std::fs::remove_dir_all(team.dana().path("given")).unwrap();
    team.publish_and_sync();

    // Each proves that it opens; nothing is shown.
    for who in [team.alice(), team.mia()] {
        who.kit(["rescue-drill", "--passphrase-file", "p"]).ok().has("OPENS  1 credential in 2 tiers").lacks("tulip");
    }
    team
}

/// Alice opens one alone: for a program the exact bytes, and on her screen one at a time. Gives the receipt.
fn a_holder_opens_alone(team: &Team) -> String {
    let alice = team.alice();
    let run = reveal(alice, "aws-root", "password", &[]);
    run.ok().prints(AWS).says("Next: tell Dana Fox   +1 202 555 0177.").says("Rotate within 24 h");
    reveal(alice, "aws-root", "user", &[]).ok().prints("aws-root@example.com");
    alice.kit("reveal aws-root --field key --to key --reason x --passphrase-file p".split(' ')).ok().prints("");
    assert_eq!(alice.read("key"), KEY);
    std::fs::remove_file(alice.path("key")).unwrap();

    let mut screen = alice.with("TERM", "xterm").terminal(["reveal", "aws-root"]);
    screen.expect("Why are you opening it?").send_line("Okta is down").expect("Incident").send_line("INC-7");
    screen.expect("Passphrase:").send_line(PASSPHRASE.trim());
    screen.expect("aws-root@example.com").expect(VIEWER).send("s").expect(AWS.trim_end()).send("q").expect(LEFT);
    let seen = screen.ends(0);
    let left = seen.rsplit_once(LEFT).unwrap().1;
    assert!(left.contains("Receipt: ") && !left.contains("tulip"), "{left}");

    // And a program gets it without a screen, a file or an argument.
    let exec = "exec aws-root --reason INC-7 --passphrase-file p --stdin password -- cat";
    alice.kit(exec.split(' ')).ok().prints(AWS);
    receipt(&run)
}

/// Dana holds none of the one tier, and a part of the other: both say whom to call.
fn who_cannot_is_told_who_can(team: &Team) {
    let run = reveal(team.dana(), "aws-root", "password", &[]);
    run.fails(5).says("this device is no holder of aws-root").lacks("tulip");
    run.says("Alice Okafor   +44 7700 900123").says("Mia Krause");
    let run = reveal(team.alice(), "okta-admin", "password", &[]);
    run.fails(5).says("okta-admin needs 2 of 3 holders together; yours and one more").lacks("walnut-");
    run.says("kit request okta-admin").says("Dana Fox   +1 202 555 0177");
}

/// The request goes by chat, and so does the answer.
fn two_open_by_text(team: &Team) {
    let asked = token(&request(team.alice(), &[]), "kit-ask1:");
    let given = approve(team.mia(), &asked, &[]);
    given.says("CALL  Alice Okafor   +44 7700 900123   before you give them anything").says("nobody can sign in");
    let share = token(&given, "kit-share1:");
    reveal(team.alice(), "okta-admin", "password", &[&share]).ok().prints(OKTA);
    // It is worth nothing to anybody else.
    reveal(team.dana(), "okta-admin", "password", &[&share]).fails(5).says("sealed to another device");
}

/// No chat, but a camera: both sides are photographed from the screen.
fn two_open_by_camera(team: &Team) {
    let asked = scanned(team.alice(), &request(team.alice(), &["--qr"]).ok().stdout);
    let given = approve(team.dana(), &asked, &["--qr"]);
    team.alice().write("photographed", scanned(team.alice(), &given.ok().stdout));
    reveal(team.alice(), "okta-admin", "password", &["photographed"]).ok().prints(OKTA);
}

/// No screen in sight either: a code and 25 words by telephone.
fn two_open_by_voice(team: &Team) {
    let first = request(team.alice(), &[]).ok().stdout.lines().next().unwrap().to_owned();
    let code = first.rsplit(' ').next().unwrap();
    let mut screen = team.mia().with("TERM", "xterm").terminal(["approve", code, "--voice"]);
    screen.expect("it is for? ").send_line("Okta is down").expect("has a name: ").send_line("INC-7");
    screen.expect("[y/N] ").send_line("y").expect("Passphrase: ").send_line(PASSPHRASE.trim());
    screen.expect(VIEWER);
    let words = words_of(&plain(&screen.until("when they have them all.")));
    screen.send("\r").expect(LEFT);
    let left = screen.ends(0).rsplit_once(LEFT).unwrap().1.to_owned();
    assert!(left.contains("SHARED  by voice, with Alice Okafor") && !left.contains(&words[..2].join(" ")), "{left}");

    let ask = ["reveal", "okta-admin", "--field", "password", "--to", "heard", "--reason", "Okta is down"];
    let mut screen: Screen = team.alice().terminal(ask);
    screen.expect("kit asks: one more needed.").expect("): ").send_line(&words.join(" "));
    screen.expect("Passphrase: ").send_line(PASSPHRASE.trim());
    let seen = screen.ends(0);
    assert!(!seen.contains(&words[..3].join(" ")) && !seen.contains("walnut-"), "{seen}");
    assert_eq!(team.alice().read("heard"), OKTA.as_bytes());
    std::fs::remove_file(team.alice().path("heard")).unwrap();
}

/// Receipts hold, those who read journals have every line, and somebody looks at it.
fn the_record_stands(team: &Team, receipt: &str) {
    team.alice().kit(["log", "verify", "--receipt", receipt]).ok().has("each signed and in its place");
    let other = "abandon abandon abandon abandon abandon abandon abandon abandon";
    team.alice().kit(["log", "verify", "--receipt", other]).status(3).says("no entry here has this receipt");
    team.sync();
    let dana = team.dana().with("COLUMNS", "200");
    let all = dana.kit(["log", "--all", "--plain"]);
    let opened = |line: &&str| line.contains("alice.okafor/laptop") && line.contains("\topened\taws-root\t");
    all.ok().assert(all.stdout.lines().filter(opened).count() >= 4, "each opening");
    all.has("asked").has("shared").has("Okta is down").has("INC-7").lacks("tulip").lacks("walnut-");
    dana.kit(["log", "verify", "--all", "--receipt", receipt]).ok();
    let review = ["review"].into_iter().chain(receipt.split(' ')).chain(["--note", "as agreed", "--passphrase-file", "p"]);
    dana.kit(review).ok().has("REVIEWED  entry").has("of alice.okafor/laptop: opened aws-root");
    dana.kit(["log", "--all", "--last", "50"]).ok().has("Dana Fox");
}

/// Opened is burned, for everybody, until a new value is published.
fn what_was_opened_gets_a_new_value(team: &Team) {
    team.publish_and_sync();
    for who in team.vault.machines() {
        let status = who.with("COLUMNS", "200").kit(["status"]);
        status.has("aws-root was opened").has("okta-admin was opened").has("rotate by");
    }
    team.dana().kit(["check", "team"]).status(1).has("FAIL  aws-root was opened");
    for name in ["aws-root", "okta-admin"] {
        let seal = ["seal", name, "--field", "password", "--dir", "team"];
        team.dana().kit_reading(b"a new one\n", seal).ok().has("version 2").lacks("a new one");
    }
    team.publish_and_sync();
    for who in team.vault.machines() {
        who.with("COLUMNS", "200").kit(["status"]).lacks("was opened").lacks("rotate by");
    }
    reveal(team.alice(), "aws-root", "password", &[]).ok().prints("a new one");
}

/// `kit` is gone: Alice has the file, her keys and the programs of any machine.
fn without_kit(team: &Team) {
    let alice = team.alice();
    for program in ["sed", "jq", "age"] {
        peer(program);
    }
    let file = |name: &str| {
        let files = alice.files("alice-home");
        let found = files.iter().find(|file| file.ends_with(name)).unwrap_or_else(|| panic!("{name} in {files:?}"));
        alice.path(found).display().to_string()
    };
    let mut age = alice.command(peer("age"));
    age.args(["-d", "-o", "opener.txt", &file("opener.age")]);
    let mut screen = alice.screen(&age);
    screen.expect("passphrase").send_line(PASSPHRASE.trim());
    screen.ends(0);
    let reader = file("reader.txt");
    let recipe = format!(
        r#"sed -n '/^-----BEGIN AGE/,$p' box/bundle.kit | age -d -i '{reader}' > payload.json
        jq -r '.team.tiers["on-call"].keys[-1].boxes[0].age' payload.json | age -d -i opener.txt > key.txt
        jq -r '.team.credentials["aws-root"].capsule.age' payload.json | age -d -i key.txt"#
    );
    let run = alice.run("sh", ["-euc", &recipe], b"");
    let capsule: Value = serde_json::from_str(run.ok().stdout.trim_end()).unwrap();
    assert_eq!((&capsule["id"], &capsule["fields"][0]["value"]), (&"aws-root".into(), &"a new one".into()));
    for name in ["opener.txt", "key.txt", "payload.json"] {
        std::fs::remove_file(alice.path(name)).unwrap();
    }
}

/// Mia leaves: her tiers get other keys, what she could read becomes tasks, and her old machine opens nothing that is new.
fn mia_leaves(team: &Team) {
    let (dana, mia) = (team.dana(), team.mia());
    dana.kit(["exposure", "mia.krause", "--plain"]).ok().has("alone\taws-root").has("with-others\tokta-admin");
    let run = team.author("member remove mia.krause --to alice.okafor");
    run.ok().has("aws-root");
    dana.kit_reading(b"after Mia\n", ["seal", "aws-root", "--field", "password", "--dir", "team"]).ok();
    team.vault.publish();
    team.alice().kit(["sync"]).ok();
    reveal(team.alice(), "aws-root", "password", &[]).ok().prints("after Mia");
    // She has what she had, and nothing that came after.
    assert_ne!(mia.kit(["sync"]).status, 0);
    let run = reveal(mia, "aws-root", "password", &[]);
    run.ok().prints("a new one");
    let shown = dana.kit(["tier", "show", "break-glass"]);
    shown.ok().has("Alice Okafor").has("Dana Fox").lacks("Mia Krause");
}
