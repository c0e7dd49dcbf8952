//! Acknowledgements: who has the kit, who is silent and whom to call; and everything that may stand in an inbox instead.

use std::fs;

use crate::{
    acme::Acme,
    world::{Run, World},
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
        let four = Self { acme, bob, erin };
        four.members().into_iter().for_each(|machine| drop(machine.kit(["sync"]).ok()));
        four
    }

    fn members(&self) -> [&World; 3] {
        [&self.acme.alice, &self.bob, &self.erin]
    }

    /// The box is not there: a stick in somebody's pocket.
    fn unplug(&self) {
        fs::rename(self.dana().path("box"), self.dana().path("away")).unwrap();
    }

    fn plug(&self) {
        fs::rename(self.dana().path("away"), self.dana().path("box")).unwrap();
    }

    fn dana(&self) -> &World {
        &self.acme.dana
    }
}

fn ack(machine: &World) -> Run {
    machine.kit(["ack", "--passphrase-file", "p"])
}

#[test]
fn of_four_the_silent_one_is_named_with_the_number_to_call() {
    let four = Four::new();
    println!("{}", four.dana().kit(["acks"]).stdout);
    for machine in [&four.acme.alice, &four.bob] {
        let run = ack(machine);
        println!("{}", run.stdout);
        run.ok();
    }
    four.unplug();
    let run = ack(&four.erin);
    println!("{}\n{}", run.stdout, run.stderr);
    four.plug();
    for options in [&["acks"][..], &["acks", "--plain"], &["acks", "--json"], &["acks", "--accessible"], &["acks", "--window", "epic-migration"], &["acks", "--gen", "1"], &["acks", "--offline"]] {
        let run = four.dana().kit(options);
        println!("$ {options:?}\n{}\n{}", run.stdout, run.stderr);
    }
    println!("{}", four.dana().with("COLUMNS", "40").kit(["acks"]).stdout);
    let run = four.erin.kit(["sync"]);
    println!("{}\n{}", run.stdout, run.stderr);
    let run = four.dana().kit(["acks"]);
    println!("{}\n{}", run.stdout, run.stderr);
    let run = four.bob.kit(["acks"]);
    println!("{}\n{}", run.stdout, run.stderr);
    panic!("look");
}
