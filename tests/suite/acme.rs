//! The example team on two machines: Dana publishes, Alice reads. What most suites start from.

use crate::world::{Run, World};

/// The passphrase of everybody's keys in these tests.
pub const PASSPHRASE: &str = "orbit lantern maple seven\n";

/// Cheap scrypt for tests: the smallest cost that the command line takes.
pub const CHEAP: [&str; 2] = ["--work-factor", "14"];

/// Dana's and Alice's machines, sharing a folder that holds `team` (the directory) and `box` (the source).
pub struct Acme {
    /// Dana Fox, who founded the kit and publishes.
    pub dana: World,
    /// Alice Okafor, a member.
    pub alice: World,
    /// What Alice would paste to Dana.
    pub invite: String,
}

impl Acme {
    /// `kit init` alone: nothing published yet.
    pub fn founded() -> Self {
        let dana = World::new();
        dana.write("p", PASSPHRASE);
        dana.kit(
            [
                "init",
                "team",
                "--name",
                "Acme",
                "--as",
                "dana.fox",
                "--device",
                "desk",
                "--reader",
                "plain",
                "--passphrase-file",
                "p",
            ]
            .into_iter()
            .chain(CHEAP),
        )
        .ok();
        let alice = dana.machine("alice-home");
        Self { dana, alice, invite: String::new() }
    }

    /// Kit 1 in `box`, readable by Dana alone.
    pub fn published() -> Self {
        let mut acme = Self::founded();
        acme.publish().ok();
        acme.invite = token(&acme.dana.kit(["invite"]), "kit-invite1:");
        acme
    }

    /// Kit 2 in `box`, readable by Alice, who has synced it.
    pub fn joined() -> Self {
        let acme = Self::published();
        let join = acme.join(&acme.alice, "alice.okafor");
        acme.admit(&join);
        acme.publish().ok();
        acme.alice.kit(["sync"]).ok();
        acme
    }

    /// The same with Alice's reader behind her passphrase; she has not synced yet.
    pub fn joined_behind_a_passphrase() -> Self {
        let acme = Self::published();
        let join = acme.alice.kit(
            [
                "join",
                &acme.invite,
                "--as",
                "alice.okafor",
                "--device",
                "laptop",
                "--reader",
                "passphrase",
                "--passphrase-file",
                "p",
            ]
            .into_iter()
            .chain(CHEAP),
        );
        acme.admit(&join);
        acme.publish().ok();
        acme
    }

    /// Publishes `team` to `box`.
    pub fn publish(&self) -> Run {
        self.dana.kit(["publish", "team", "--to", "box", "--passphrase-file", "p"])
    }

    /// Joins a machine and gives what `kit join` printed.
    pub fn join(&self, machine: &World, person: &str) -> Run {
        let run = machine.kit(
            ["join", &self.invite, "--as", person, "--device", "laptop", "--reader", "plain", "--passphrase-file", "p"]
                .into_iter()
                .chain(CHEAP),
        );
        run.ok();
        run
    }

    /// Adds a joined device to the team directory, with the words that its owner reads out.
    pub fn admit(&self, join: &Run) {
        let request = token(join, "kit-join1:");
        let words = words(join);
        self.dana.kit(["member", "add", &request, "--dir", "team", "--words", &words]).ok();
    }
}

/// The line of a run's answer that begins so.
#[track_caller]
pub fn token(run: &Run, prefix: &str) -> String {
    let found = run.ok().stdout.lines().map(str::trim).find(|line| line.starts_with(prefix));
    found.unwrap_or_else(|| panic!("no {prefix} in\n{}", run.stdout)).to_owned()
}

/// The twelve words of a run's answer, in one line.
#[track_caller]
pub fn words(run: &Run) -> String {
    let numbered = |line: &str| -> Vec<String> {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let pairs = parts.chunks(2).filter(|pair| pair.len() == 2 && pair[0].parse::<u8>().is_ok());
        pairs.map(|pair| pair[1].to_owned()).collect()
    };
    let words: Vec<String> = run.ok().stdout.lines().flat_map(numbered).collect();
    assert_eq!(words.len(), 12, "twelve numbered words in\n{}", run.stdout);
    words.join(" ")
}
